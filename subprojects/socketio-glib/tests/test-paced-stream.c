/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-paced-stream.h>

#define MUCH (200 * 1000)

/* A connection at whose other side there is always more. */
static GIOStream *
open_much (GIOStream **base)
{
  g_autofree char *bytes = g_malloc0 (MUCH);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data (
      g_steal_pointer (&bytes), MUCH, g_free);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  *base = g_simple_io_stream_new (input, output);
  return sio_paced_stream_new (*base);
}

static gssize
read_some (GIOStream *stream, gsize size, GError **error)
{
  g_autofree char *buffer = g_malloc (size);

  return g_pollable_input_stream_read_nonblocking (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), buffer,
      size, NULL, error);
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* It is not the end, and not an error: it can be read on at once. */
static void
await_readable (GIOStream *stream)
{
  GPollableInputStream *input =
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  g_autoptr (GSource) source =
      g_pollable_input_stream_create_source (input, NULL);
  gboolean readable = FALSE;

  g_assert_true (g_pollable_input_stream_can_poll (input));
  g_assert_true (g_pollable_input_stream_is_readable (input));
  g_source_set_callback (source, G_SOURCE_FUNC (on_readable), &readable, NULL);
  g_source_attach (source, NULL);
  while (!readable)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_pace (void)
{
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GIOStream) stream = open_much (&base);
  gssize total = 0;
  guint pauses = 0;

  for (;;) {
    g_autoptr (GError) error = NULL;
    gssize count = read_some (stream, 10000, &error);

    if (count == 0)
      break;
    if (count < 0) {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
      g_assert_cmpint (total % (64 * 1024), ==, 0);
      pauses++;
      await_readable (stream);
      continue;
    }
    total += count;
  }
  g_assert_cmpint (total, ==, MUCH);
  g_assert_cmpuint (pauses, ==, 3);
}

static void
on_closed (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_assert_true (g_io_stream_close_finish (G_IO_STREAM (stream), result, NULL));
  *(gboolean *) data = TRUE;
}

static void
test_close (void)
{
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (GIOStream) stream = open_much (&base);
  g_autoptr (GIOStream) other_base = NULL;
  g_autoptr (GIOStream) other = open_much (&other_base);
  gboolean closed = FALSE;

  g_assert_true (g_io_stream_close (stream, NULL, NULL));
  g_assert_true (g_io_stream_is_closed (base));
  g_io_stream_close_async (other, G_PRIORITY_DEFAULT, NULL, on_closed, &closed);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_io_stream_is_closed (other_base));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paced-stream/pace", test_pace);
  g_test_add_func ("/paced-stream/close", test_close);
  return g_test_run ();
}
