/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-paced-stream.h"

/* A connection of which no more than so much is read at a time. libsoup reads a
 * request's body until nothing is there; of a client that sends as fast as it is
 * read from, that is never, and until then nobody else has his turn and no timer
 * fires: a body of 200 MB kept the others waiting for 180 ms, one without end for
 * ever. Here something is said not to be there now and then, upon which a reader
 * goes back to the main loop. */

/* Of a turn. It takes less than a millisecond. */
#define MAX_BYTES (64 * 1024)

#define SIO_TYPE_PACED_INPUT (sio_paced_input_get_type ())
G_DECLARE_FINAL_TYPE (
    SioPacedInput, sio_paced_input, SIO, PACED_INPUT, GFilterInputStream)

struct _SioPacedInput {
  GFilterInputStream parent_instance;

  gsize left; /* until the next pause */
};

struct _SioPacedStream {
  GIOStream parent_instance;

  GIOStream *base;
  GInputStream *input;
};

static void sio_paced_input_pollable_init (
    GPollableInputStreamInterface *pollable);

G_DEFINE_FINAL_TYPE_WITH_CODE (SioPacedInput, sio_paced_input,
    G_TYPE_FILTER_INPUT_STREAM,
    G_IMPLEMENT_INTERFACE (
        G_TYPE_POLLABLE_INPUT_STREAM, sio_paced_input_pollable_init))

G_DEFINE_FINAL_TYPE (SioPacedStream, sio_paced_stream, G_TYPE_IO_STREAM)

static GPollableInputStream *
get_base (GPollableInputStream *self)
{
  return G_POLLABLE_INPUT_STREAM (
      g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self)));
}

static gboolean
sio_paced_input_can_poll (GPollableInputStream *self)
{
  return g_pollable_input_stream_can_poll (get_base (self));
}

static gboolean
sio_paced_input_is_readable (GPollableInputStream *self)
{
  return g_pollable_input_stream_is_readable (get_base (self));
}

static GSource *
sio_paced_input_create_source (
    GPollableInputStream *self, GCancellable *cancellable)
{
  g_autoptr (GSource) base =
      g_pollable_input_stream_create_source (get_base (self), NULL);

  return g_pollable_source_new_full (self, base, cancellable);
}

static gssize
sio_paced_input_read_nonblocking (
    GPollableInputStream *stream, void *buffer, gsize size, GError **error)
{
  SioPacedInput *self = SIO_PACED_INPUT (stream);
  gssize count;

  if (self->left == 0) {
    self->left = MAX_BYTES;
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "others have their turn");
    return -1;
  }
  count = g_pollable_input_stream_read_nonblocking (
      get_base (stream), buffer, MIN (size, self->left), NULL, error);
  self->left = count > 0 ? self->left - (gsize) count : MAX_BYTES;
  return count;
}

static void
sio_paced_input_pollable_init (GPollableInputStreamInterface *pollable)
{
  pollable->can_poll = sio_paced_input_can_poll;
  pollable->is_readable = sio_paced_input_is_readable;
  pollable->create_source = sio_paced_input_create_source;
  pollable->read_nonblocking = sio_paced_input_read_nonblocking;
}

static void
sio_paced_input_class_init (SioPacedInputClass *klass)
{
}

static void
sio_paced_input_init (SioPacedInput *self)
{
  self->left = MAX_BYTES;
}

static GInputStream *
sio_paced_stream_get_input (GIOStream *stream)
{
  return SIO_PACED_STREAM (stream)->input;
}

static GOutputStream *
sio_paced_stream_get_output (GIOStream *stream)
{
  return g_io_stream_get_output_stream (SIO_PACED_STREAM (stream)->base);
}

static gboolean
sio_paced_stream_close (
    GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return g_io_stream_close (
      SIO_PACED_STREAM (stream)->base, cancellable, error);
}

/* Not in a thread, as is done by default: a socket's end waits for nothing. */
static void
sio_paced_stream_close_async (GIOStream *stream, int priority,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, data);
  GError *error = NULL;

  g_task_set_priority (task, priority);
  if (sio_paced_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
sio_paced_stream_close_finish (
    GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sio_paced_stream_finalize (GObject *object)
{
  SioPacedStream *self = SIO_PACED_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->base);
  G_OBJECT_CLASS (sio_paced_stream_parent_class)->finalize (object);
}

static void
sio_paced_stream_class_init (SioPacedStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = sio_paced_stream_finalize;
  stream_class->get_input_stream = sio_paced_stream_get_input;
  stream_class->get_output_stream = sio_paced_stream_get_output;
  stream_class->close_fn = sio_paced_stream_close;
  stream_class->close_async = sio_paced_stream_close_async;
  stream_class->close_finish = sio_paced_stream_close_finish;
}

static void
sio_paced_stream_init (SioPacedStream *self)
{
}

/* @base is one whose two sides can be polled, and ends with this. */
GIOStream *
sio_paced_stream_new (GIOStream *base)
{
  SioPacedStream *self = g_object_new (SIO_TYPE_PACED_STREAM, NULL);

  self->base = g_object_ref (base);
  self->input = g_object_new (SIO_TYPE_PACED_INPUT, "base-stream",
      g_io_stream_get_input_stream (base), "close-base-stream", FALSE, NULL);
  return G_IO_STREAM (self);
}
