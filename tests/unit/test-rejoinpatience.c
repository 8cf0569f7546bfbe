/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rejoinpatience.h"

#include "common/testlog.h"

#define SECOND G_USEC_PER_SEC
#define PAUSE (5 * SECOND)

/* Longer than a server with Socket.IO's times takes to notice that one is gone. */
static void
test_row (void)
{
  RejoinPatience patience = { 0 };
  gint64 begin = 1000 * SECOND;

  for (gint64 at = 0; at <= 59; at++)
    g_assert_true (
        rejoin_patience_take (&patience, begin + at * SECOND, PAUSE));
  g_assert_false (
      rejoin_patience_take (&patience, begin + REJOIN_PATIENCE_US, PAUSE));
  g_assert_false (rejoin_patience_take (&patience, begin + 70 * SECOND, PAUSE));
}

/* Who was let in meanwhile begins anew, long as the pause may be. */
static void
test_rows (void)
{
  RejoinPatience patience = { 0 };

  g_assert_true (rejoin_patience_take (&patience, 10 * SECOND, PAUSE));
  g_assert_true (rejoin_patience_take (&patience, 46 * SECOND, PAUSE));
  g_assert_true (rejoin_patience_take (&patience, 80 * SECOND, PAUSE));
  g_assert_false (rejoin_patience_take (&patience, 110 * SECOND, PAUSE));

  patience = (RejoinPatience){ 0 };
  g_assert_true (rejoin_patience_take (&patience, 10 * SECOND, 60 * SECOND));
  g_assert_false (rejoin_patience_take (&patience, 75 * SECOND, 60 * SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/rejoinpatience/row", test_row);
  g_test_add_func ("/rejoinpatience/rows", test_rows);
  return g_test_run ();
}
