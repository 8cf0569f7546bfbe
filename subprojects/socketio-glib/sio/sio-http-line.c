/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-http-line.h"

#include "sio-dial.h"
#include "sio-http-request.h"
#include "sio-timer.h"

#include <string.h>

/* No request is made twice: whether the server took it the first time is not
 * known when a connection ends without an answer. Redirections are answers like
 * others. What belongs to the context is not held by the line, so that the
 * context can end before it. */

#define READ_SIZE (16 * 1024)
/* At most this much before other sources get their turn. */
#define READ_PER_TURN (64 * 1024)

struct _SioHttpLine {
  GMainContext *context; /* the owner's */
  SioTarget *target;
  gsize max_body;
  SioHttpLineDone done;
  gpointer data;

  GCancellable *dialing;
  GIOStream *stream; /* NULL without a connection */
  gboolean to_proxy; /* the connection ends at one */
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSource *readable;
  GSource *writable;

  const char *method;
  char *resource;
  const char *type;
  GBytes *body;
  SioHttpAnswer *answer; /* what is waited for; NULL when idle */
  GByteArray *unsent;
  gsize unsent_at;
  GError *failure; /* to be told from the context */
  GSource *soon;
};

static gboolean on_readable (GObject *stream, gpointer data);
static gboolean on_writable (GObject *stream, gpointer data);

/* A TLS connection is not asked to say goodbye: that would block on a peer that
 * does not read. */
static void
drop_connection (SioHttpLine *self)
{
  sio_timer_stop (&self->readable);
  sio_timer_stop (&self->writable);
  if (self->stream == NULL)
    return;
  sio_dial_hang_up (self->stream);
  g_clear_object (&self->stream);
}

/* The last thing to be done in a call from the context: whoever is told may
 * free the line. */
static void
finish (SioHttpLine *self, const GError *error)
{
  SioHttpAnswer *answer = g_steal_pointer (&self->answer);

  /* An answer may come before all of the request is out: it is the last. */
  if (error != NULL || self->unsent_at < self->unsent->len
      || !sio_http_answer_keeps_alive (answer))
    drop_connection (self);
  if (error == NULL)
    sio_cookies_keep (
        self->target->cookies, sio_http_answer_get_headers (answer));
  g_byte_array_set_size (self->unsent, 0);
  self->unsent_at = 0;
  g_clear_pointer (&self->resource, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->done (self->data, error == NULL ? answer : NULL, error);
  sio_http_answer_free (answer);
}

static gboolean
on_failure (gpointer data)
{
  SioHttpLine *self = data;
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  sio_timer_stop (&self->soon);
  finish (self, failure);
  return G_SOURCE_REMOVE;
}

static void
fail_soon (SioHttpLine *self, GError *failure)
{
  self->failure = failure;
  self->soon = sio_timer_start (self->context, 0, on_failure, self);
}

/* Writes what the connection takes at once; FALSE on an error. */
static gboolean
flush (SioHttpLine *self, GError **error)
{
  while (self->unsent_at < self->unsent->len) {
    g_autoptr (GError) local = NULL;
    gssize count = g_pollable_output_stream_write_nonblocking (self->output,
        self->unsent->data + self->unsent_at,
        self->unsent->len - self->unsent_at, NULL, &local);

    if (count < 0
        && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (count < 0) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    self->unsent_at += (gsize) count;
  }
  if (self->unsent_at == self->unsent->len) {
    sio_timer_stop (&self->writable);
  } else if (self->writable == NULL) {
    self->writable =
        g_pollable_output_stream_create_source (self->output, NULL);
    g_source_set_callback (
        self->writable, G_SOURCE_FUNC (on_writable), self, NULL);
    g_source_attach (self->writable, self->context);
  }
  return TRUE;
}

static gboolean
on_writable (GObject *stream, gpointer data)
{
  SioHttpLine *self = data;
  g_autoptr (GError) error = NULL;

  if (!flush (self, &error))
    finish (self, error);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  SioHttpLine *self = data;
  char buffer[READ_SIZE];
  gsize total = 0;

  while (total < READ_PER_TURN) {
    g_autoptr (GError) error = NULL;
    SioHttpResult result;
    gssize count = g_pollable_input_stream_read_nonblocking (
        self->input, buffer, sizeof buffer, NULL, &error);

    if (count < 0
        && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (self->answer == NULL) {
      /* An end, or words that nobody asked for. */
      drop_connection (self);
      break;
    }
    if (count < 0)
      result = SIO_HTTP_BROKEN;
    else if (count == 0)
      result = sio_http_answer_end (self->answer, &error);
    else
      result =
          sio_http_answer_push (self->answer, buffer, (gsize) count, &error);
    total += count > 0 ? (gsize) count : 0;
    if (result != SIO_HTTP_MORE) {
      if (count == 0)
        drop_connection (self);
      finish (self, error);
      break;
    }
  }
  return G_SOURCE_CONTINUE;
}

static void
take_connection (SioHttpLine *self, GIOStream *stream)
{
  self->stream = stream;
  g_set_object (&self->input,
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)));
  g_set_object (&self->output,
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)));
  self->readable = g_pollable_input_stream_create_source (self->input, NULL);
  g_source_set_callback (
      self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, self->context);
}

/* The request, as the connection wants it. A proxy is told the server. */
static void
append_request (SioHttpLine *self)
{
  g_autofree char *authority = sio_target_dup_authority (self->target);
  g_autoptr (SoupMessageHeaders) headers =
      sio_target_dup_headers (self->target);
  g_autofree char *where = self->to_proxy
      ? g_strconcat ("http://", authority, self->resource, NULL)
      : g_strdup (self->resource);
  gsize length;
  gconstpointer body = g_bytes_get_data (self->body, &length);
  g_autofree char *head = sio_http_request_print (
      self->method, authority, where, headers, self->type, length);

  g_byte_array_append (
      self->unsent, (const guint8 *) head, (guint) strlen (head));
  if (length > 0)
    g_byte_array_append (self->unsent, body, (guint) length);
  g_clear_pointer (&self->resource, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer data)
{
  SioHttpLine *self;
  g_autoptr (GError) error = NULL;
  gboolean to_proxy;
  g_autoptr (GIOStream) stream =
      sio_dial_http_finish (result, &to_proxy, &error);

  /* Whoever cancelled it freed the line. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = data;
  g_clear_object (&self->dialing);
  if (stream != NULL) {
    take_connection (self, g_steal_pointer (&stream));
    self->to_proxy = to_proxy;
    append_request (self);
    flush (self, &error);
  }
  if (error != NULL)
    finish (self, error);
}

/* Whether the connection that was kept can still be used. */
static gboolean
is_usable (SioHttpLine *self)
{
  char byte;
  g_autoptr (GError) error = NULL;

  if (self->stream == NULL)
    return FALSE;
  g_pollable_input_stream_read_nonblocking (
      self->input, &byte, 1, NULL, &error);
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* Makes a request; there is no time limit. @method and @type, which is NULL
 * without a body, are not copied. `done` is called once, and not from within this
 * call. */
void
sio_http_line_send (SioHttpLine *self, const char *method, const char *resource,
    const char *type, const char *body, gsize length)
{
  g_autoptr (GMainContextPusher) pusher = NULL;
  GError *error = NULL;

  g_return_if_fail (self->answer == NULL);

  self->answer = sio_http_answer_new (self->max_body);
  self->method = method;
  self->type = type;
  self->resource = g_strdup (resource);
  self->body = g_bytes_new (body, length);
  if (is_usable (self)) {
    append_request (self);
    if (!flush (self, &error))
      fail_soon (self, error);
    return;
  }
  drop_connection (self);
  self->dialing = g_cancellable_new ();
  pusher = g_main_context_pusher_new (self->context);
  sio_dial_http_async (self->target, self->dialing, on_dialed, self);
}

/* Whether an answer is waited for. */
gboolean
sio_http_line_is_busy (SioHttpLine *self)
{
  return self->answer != NULL;
}

/* Answers are read up to @max_body bytes. The line belongs to the thread-default
 * main context, which must live as long. */
SioHttpLine *
sio_http_line_new (
    SioTarget *target, gsize max_body, SioHttpLineDone done, gpointer data)
{
  SioHttpLine *self = g_new0 (SioHttpLine, 1);

  self->context = g_main_context_get_thread_default ();
  self->target = sio_target_ref (target);
  self->max_body = max_body;
  self->done = done;
  self->data = data;
  self->unsent = g_byte_array_new ();
  return self;
}

/* Gives up a request that is not answered yet. */
void
sio_http_line_free (SioHttpLine *self)
{
  if (self->dialing != NULL)
    g_cancellable_cancel (self->dialing);
  g_clear_object (&self->dialing);
  drop_connection (self);
  sio_timer_stop (&self->soon);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->answer, sio_http_answer_free);
  g_clear_pointer (&self->resource, g_free);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_byte_array_unref (self->unsent);
  sio_target_unref (self->target);
  g_free (self);
}
