/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-outbox.h>

static void
test_order (void)
{
  g_autoptr (SioOutbox) outbox = sio_outbox_new ();
  gsize length;
  guint64 id;

  g_assert_null (sio_outbox_peek (outbox, &length, &id));
  sio_outbox_drop (outbox);
  for (guint i = 0; i < 3; i++) {
    char text[] = { 'a' + (char) i, 'x', '\0' };

    g_assert_true (sio_outbox_push (outbox, text, 1, i, NULL));
  }
  for (guint i = 0; i < 3; i++) {
    char text[] = { 'a' + (char) i, '\0' };

    g_assert_cmpstr (sio_outbox_peek (outbox, &length, &id), ==, text);
    g_assert_cmpuint (length, ==, 1);
    g_assert_cmpuint (id, ==, i);
    sio_outbox_drop (outbox);
  }
  g_assert_null (sio_outbox_peek (outbox, &length, &id));
}

static guint
fill (SioOutbox *outbox, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint count = 0;

  while (sio_outbox_push (outbox, text, size, 0, &error))
    count++;
  g_assert_error (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL);
  return count;
}

static void
test_limits (void)
{
  g_autoptr (SioOutbox) outbox = sio_outbox_new ();
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');

  g_assert_cmpuint (fill (outbox, "x", 1), ==, 1024);
  sio_outbox_clear (outbox);
  g_assert_cmpuint (fill (outbox, large, 1024 * 1024), ==, 4);
  /* What goes out makes room. */
  sio_outbox_drop (outbox);
  g_assert_cmpuint (fill (outbox, large, 1024 * 1024), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/order", test_order);
  g_test_add_func ("/outbox/limits", test_limits);
  return g_test_run ();
}
