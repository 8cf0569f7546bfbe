/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-backoff.h>

#define SECOND G_USEC_PER_SEC

static void
test_grows_to_the_maximum (void)
{
  SioBackoff backoff;

  sio_backoff_init (&backoff, 1000, 5000, 0.5);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 1000);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 2000);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 4000);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 5000);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 5000);
}

static void
test_ten_thousand_attempts (void)
{
  SioBackoff backoff;
  guint seen[10] = { 0 };

  sio_backoff_init (&backoff, 1000, 5000, 0.5);
  for (int i = 0; i < 10000; i++) {
    guint delay = sio_backoff_next (&backoff, g_test_rand_double ());

    g_assert_cmpuint (delay, >=, i == 0 ? 500 : i == 1 ? 1000 : 2000);
    g_assert_cmpuint (delay, <=, 5000);
    if (i >= 3)
      seen[MIN ((delay - 2500) / 250, 9)]++;
  }
  g_assert_cmpuint (backoff.attempts, ==, 10000);
  /* They are spread, and not at the maximum one and all. */
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    g_assert_cmpuint (seen[i], >, 500);
}

static void
test_extremes (void)
{
  SioBackoff backoff;

  sio_backoff_init (&backoff, G_MAXUINT, G_MAXUINT, 0);
  for (int i = 0; i < 100; i++)
    g_assert_cmpuint (sio_backoff_next (&backoff, 0.999), ==, G_MAXUINT);
  sio_backoff_init (&backoff, 0, 0, 7);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 1);
  sio_backoff_init (&backoff, 100, 10, 0);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 100);
  backoff.attempts = G_MAXUINT;
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 100);
  g_assert_cmpuint (backoff.attempts, ==, G_MAXUINT);
}

static void
test_begins_anew_after_a_stable_connection (void)
{
  SioBackoff backoff;

  sio_backoff_init (&backoff, 1000, 5000, 0);
  for (int i = 0; i < 5; i++)
    sio_backoff_next (&backoff, 0);
  sio_backoff_opened (&backoff, 100 * SECOND);
  sio_backoff_closed (&backoff, 109 * SECOND);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 5000);
  /* Closed without having been opened. */
  sio_backoff_closed (&backoff, 1000 * SECOND);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 5000);
  sio_backoff_opened (&backoff, 2000 * SECOND);
  sio_backoff_closed (&backoff, 2010 * SECOND);
  g_assert_cmpuint (sio_backoff_next (&backoff, 0), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/grows-to-the-maximum", test_grows_to_the_maximum);
  g_test_add_func (
      "/backoff/ten-thousand-attempts", test_ten_thousand_attempts);
  g_test_add_func ("/backoff/extremes", test_extremes);
  g_test_add_func ("/backoff/begins-anew-after-a-stable-connection",
      test_begins_anew_after_a_stable_connection);
  return g_test_run ();
}
