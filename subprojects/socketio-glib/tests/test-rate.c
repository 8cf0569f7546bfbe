/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-rate.h>

#define BEGIN (5 * G_USEC_PER_SEC)

static guint
take_all (SioRate *rate, guint count, gint64 now)
{
  guint taken = 0;

  while (taken < 10000 && sio_rate_take (rate, count, now))
    taken++;
  return taken;
}

static void
test_burst (void)
{
  SioRate rate;

  sio_rate_init (&rate, 50, 100);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN), ==, 100);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN + 19999), ==, 0);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN + 20000), ==, 1);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN + G_USEC_PER_SEC), ==, 49);
  /* What nobody used is kept up to the burst. */
  g_assert_cmpuint (
      take_all (&rate, 1, BEGIN + 3600 * (gint64) G_USEC_PER_SEC), ==, 100);
}

static void
test_count (void)
{
  SioRate rate;

  sio_rate_init (&rate, 50, 100);
  g_assert_cmpuint (take_all (&rate, 30, BEGIN), ==, 3);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN), ==, 10);
  /* More than a burst is one, and needs all of it. */
  g_assert_false (sio_rate_take (&rate, 1000, BEGIN + 1999999));
  g_assert_true (sio_rate_take (&rate, 1000, BEGIN + 2000000));
  g_assert_false (sio_rate_take (&rate, 1, BEGIN + 2000000));
}

static void
test_extremes (void)
{
  SioRate rate;

  sio_rate_init (&rate, 0, 1);
  g_assert_cmpuint (take_all (&rate, G_MAXUINT, BEGIN), ==, 10000);
  sio_rate_init (&rate, 1, 0);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN), ==, 1);
  sio_rate_init (&rate, 1, G_MAXUINT);
  g_assert_true (sio_rate_take (&rate, G_MAXUINT, BEGIN));
  g_assert_false (sio_rate_take (&rate, G_MAXUINT, BEGIN));
  sio_rate_init (&rate, 1000000, 10);
  g_assert_cmpuint (take_all (&rate, 1, BEGIN), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/burst", test_burst);
  g_test_add_func ("/rate/count", test_count);
  g_test_add_func ("/rate/extremes", test_extremes);
  return g_test_run ();
}
