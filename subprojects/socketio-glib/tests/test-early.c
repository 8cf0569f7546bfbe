/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-early.h>

static gboolean
push (SioEarly *early, gsize size, const SioLimitValues *limits)
{
  char nsp[] = "/";
  const SioPacket packet = { .nsp = nsp, .size = size };

  return sio_early_push (early, &packet, limits);
}

static void
pop (SioEarly *early, gsize size)
{
  g_autoptr (SioPacket) packet = sio_early_pop (early);

  g_assert_nonnull (packet);
  g_assert_cmpuint (packet->size, ==, size);
}

static void
test_order_and_limits (void)
{
  const SioLimitValues limits = {
    .max_early_packets = 3,
    .max_early_bytes = 10,
  };
  SioEarly early = { G_QUEUE_INIT };

  g_assert_null (sio_early_pop (&early));
  g_assert_true (push (&early, 1, &limits));
  g_assert_true (push (&early, 2, &limits));
  g_assert_true (push (&early, 3, &limits));
  g_assert_false (push (&early, 0, &limits));
  pop (&early, 1);
  g_assert_false (push (&early, 6, &limits));
  g_assert_true (push (&early, 5, &limits));
  pop (&early, 2);
  pop (&early, 3);
  sio_early_clear (&early);
  g_assert_null (sio_early_pop (&early));
  g_assert_true (push (&early, 10, &limits));
  sio_early_clear (&early);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/early/order-and-limits", test_order_and_limits);
  return g_test_run ();
}
