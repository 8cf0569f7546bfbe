/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-outbox.h>

static SioMessage *
make_message (gsize size)
{
  SioMessage *message = g_new0 (SioMessage, 1);

  message->text = g_strnfill (size, 'x');
  message->length = message->size = size;
  return message;
}

static void
test_order (void)
{
  g_autoptr (SioOutbox) outbox = sio_outbox_new ();
  guint64 id;

  g_assert_null (sio_outbox_peek (outbox, &id));
  sio_outbox_drop (outbox);
  for (guint i = 0; i < 3; i++)
    g_assert_true (sio_outbox_push (
        outbox, make_message (i), i, &sio_limits_defaults, NULL));
  for (guint i = 0; i < 3; i++) {
    const SioMessage *message = sio_outbox_peek (outbox, &id);

    g_assert_cmpuint (message->length, ==, i);
    g_assert_cmpuint (id, ==, i);
    sio_outbox_drop (outbox);
  }
  g_assert_null (sio_outbox_peek (outbox, &id));
}

static guint
fill (SioOutbox *outbox, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint count = 0;

  while (sio_outbox_push (
      outbox, make_message (size), 0, &sio_limits_defaults, &error))
    count++;
  g_assert_error (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL);
  return count;
}

static void
test_limits (void)
{
  g_autoptr (SioOutbox) outbox = sio_outbox_new ();

  g_assert_cmpuint (fill (outbox, 1), ==, 1024);
  sio_outbox_clear (outbox);
  g_assert_cmpuint (fill (outbox, 1024 * 1024), ==, 4);
  /* What goes out makes room. */
  sio_outbox_drop (outbox);
  g_assert_cmpuint (fill (outbox, 1024 * 1024), ==, 1);
}

static gboolean
is_odd (guint64 id, gpointer data)
{
  return id % 2 == 1;
}

static void
test_sort_out (void)
{
  g_autoptr (SioOutbox) outbox = sio_outbox_new ();
  guint64 id;

  for (guint i = 0; i < 4; i++)
    g_assert_true (sio_outbox_push (
        outbox, make_message (1024 * 1024), i, &sio_limits_defaults, NULL));
  g_assert_cmpuint (fill (outbox, 1), ==, 0);
  sio_outbox_sort_out (outbox, is_odd, NULL);
  for (guint i = 1; i < 4; i += 2) {
    g_assert_nonnull (sio_outbox_peek (outbox, &id));
    g_assert_cmpuint (id, ==, i);
    sio_outbox_drop (outbox);
  }
  g_assert_true (sio_outbox_is_empty (outbox));
  g_assert_cmpuint (fill (outbox, 1024 * 1024), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/order", test_order);
  g_test_add_func ("/outbox/limits", test_limits);
  g_test_add_func ("/outbox/sort-out", test_sort_out);
  return g_test_run ();
}
