/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ws-dial.h"

#include "sio-dial.h"
#include "sio-ws-handshake.h"

#include <string.h>

/* Connects to a WebSocket server. libsoup's client is not used for it: it gives
 * away neither the connection (so that a message could be bounded) nor the body
 * of a refusal, follows redirects with the credentials, and asks a proxy for
 * ws:// in a way that most refuse. */

typedef struct {
  SioTarget *target;
  char *resource;
  char *key;
  char *request;
  GIOStream *stream;
  GByteArray *answer;
  char chunk[4096];
} Dial;

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  sio_target_unref (dial->target);
  g_free (dial->resource);
  g_free (dial->key);
  g_free (dial->request);
  g_clear_object (&dial->stream);
  g_byte_array_unref (dial->answer);
  g_free (dial);
}

/* Hands out the stream and what was read behind the answer. */
static void
succeed (GTask *task, gsize head_length)
{
  Dial *dial = g_task_get_task_data (task);

  g_byte_array_remove_range (dial->answer, 0, (guint) head_length);
  g_task_return_pointer (task, g_object_ref (dial->stream), g_object_unref);
}

static void read_on (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Dial *dial = g_task_get_task_data (task);
  GError *error = NULL;
  gsize head_length = 0;
  gssize count =
      g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (count < 0) {
    g_task_return_error (task, error);
    return;
  }
  g_byte_array_append (dial->answer, (guint8 *) dial->chunk, (guint) count);
  switch (sio_ws_handshake_read ((const char *) dial->answer->data,
      dial->answer->len, count == 0, dial->key, &head_length, &error)) {
    case SIO_WS_ANSWER_PARTIAL:
      read_on (g_steal_pointer (&task));
      break;
    case SIO_WS_ANSWER_ACCEPTED:
      succeed (task, head_length);
      break;
    case SIO_WS_ANSWER_REFUSED:
    default:
      g_task_return_error (task, error);
      break;
  }
}

/* Takes the task over. */
static void
read_on (GTask *task)
{
  Dial *dial = g_task_get_task_data (task);

  g_input_stream_read_async (g_io_stream_get_input_stream (dial->stream),
      dial->chunk, sizeof dial->chunk, G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), on_read, task);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (
          G_OUTPUT_STREAM (source), result, NULL, &error)) {
    g_task_return_error (task, error);
    return;
  }
  read_on (g_steal_pointer (&task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Dial *dial = g_task_get_task_data (task);
  g_autofree char *authority = sio_target_dup_authority (dial->target);
  g_autoptr (SoupMessageHeaders) headers = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  dial->stream = sio_dial_finish (result, &error);
  if (dial->stream == NULL) {
    g_task_return_error (task, error);
    return;
  }
  headers = sio_target_dup_headers (dial->target);
  dial->request =
      sio_ws_handshake_print (authority, dial->resource, dial->key, headers);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (dial->stream),
      dial->request, strlen (dial->request), G_PRIORITY_DEFAULT, cancellable,
      on_written, g_steal_pointer (&task));
}

/* @resource is path and query. There is no time limit but the cancellable. */
void
sio_ws_dial_async (SioTarget *target, const char *resource,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  Dial *dial = g_new0 (Dial, 1);

  dial->target = sio_target_ref (target);
  dial->resource = g_strdup (resource);
  dial->key = sio_ws_handshake_new_key ();
  dial->answer = g_byte_array_new ();
  g_task_set_source_tag (task, sio_ws_dial_async);
  g_task_set_task_data (task, dial, dial_free);
  sio_dial_async (target, cancellable, on_connected, task);
}

/* Returns the stream, and in @received what came behind the handshake. */
GIOStream *
sio_ws_dial_finish (GAsyncResult *result, GBytes **received, GError **error)
{
  GTask *task = G_TASK (result);
  Dial *dial = g_task_get_task_data (task);
  GIOStream *stream = g_task_propagate_pointer (task, error);

  if (stream != NULL)
    *received = g_bytes_new (dial->answer->data, dial->answer->len);
  return stream;
}
