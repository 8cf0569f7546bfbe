/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-tally.h>

static void
test_tally (void)
{
  g_autoptr (SioTally) tally = sio_tally_new ();

  g_assert_cmpuint (sio_tally_total (tally), ==, 0);
  g_assert_cmpuint (sio_tally_count (tally, "a"), ==, 0);
  sio_tally_add (tally, "a");
  sio_tally_add (tally, "a");
  sio_tally_add (tally, "b");
  g_assert_cmpuint (sio_tally_count (tally, "a"), ==, 2);
  g_assert_cmpuint (sio_tally_count (tally, "b"), ==, 1);
  g_assert_cmpuint (sio_tally_total (tally), ==, 3);
  sio_tally_remove (tally, "a");
  sio_tally_remove (tally, "b");
  g_assert_cmpuint (sio_tally_count (tally, "a"), ==, 1);
  g_assert_cmpuint (sio_tally_count (tally, "b"), ==, 0);
  sio_tally_remove (tally, "a");
  g_assert_cmpuint (sio_tally_total (tally), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tally/tally", test_tally);
  return g_test_run ();
}
