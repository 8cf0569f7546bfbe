/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ratelimit.h"

#include "common/testlog.h"

static guint
take_all (RateLimit *limit, gint64 now)
{
  guint taken = 0;

  while (rate_limit_take (limit, now))
    taken++;
  return taken;
}

static void
test_burst_then_rate (void)
{
  RateLimit limit;

  rate_limit_init (&limit, 50, 100, 0);
  g_assert_cmpuint (take_all (&limit, 0), ==, 100);
  g_assert_cmpuint (take_all (&limit, G_USEC_PER_SEC / 2), ==, 25);
  g_assert_cmpuint (take_all (&limit, G_USEC_PER_SEC), ==, 25);
  /* What is not used is not saved beyond a burst. */
  g_assert_cmpuint (take_all (&limit, 3600 * (gint64) G_USEC_PER_SEC), ==, 100);
}

static void
test_steady (void)
{
  RateLimit limit;

  rate_limit_init (&limit, 10, 1, 0);
  for (gint64 i = 1; i < 100; i++)
    g_assert_true (rate_limit_take (&limit, i * G_USEC_PER_SEC / 10 + i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/ratelimit/burst-then-rate", test_burst_then_rate);
  g_test_add_func ("/ratelimit/steady", test_steady);
  return g_test_run ();
}
