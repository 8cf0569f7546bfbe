/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <signal.h>

static void
complain (const char *domain, GLogLevelFlags level)
{
  g_log (domain, level, "it broke");
}

GST_START_TEST (test_expected)
{
  ASSERT_CRITICAL (complain ("GStreamer", G_LOG_LEVEL_CRITICAL));
  ASSERT_WARNING (complain ("GLib", G_LOG_LEVEL_WARNING));
}
GST_END_TEST;

GST_START_TEST (test_critical_ends)
{
  complain ("GStreamer", G_LOG_LEVEL_CRITICAL);
}
GST_END_TEST;

/* gst-check itself does not look at this domain. */
GST_START_TEST (test_any_domain_ends)
{
  complain ("Somebody", G_LOG_LEVEL_CRITICAL);
}
GST_END_TEST;

GST_START_TEST (test_known_passes)
{
  if (test_log_is_known ("GLib",
          "g_hash_table_foreach: assertion "
          "'version == hash_table->version' failed"))
    g_log ("GLib", G_LOG_LEVEL_CRITICAL,
        "g_hash_table_foreach: assertion "
        "'version == hash_table->version' failed");
}
GST_END_TEST;

static Suite *
testcheck_suite (void)
{
  Suite *suite = suite_create ("testcheck");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_expected);
  tcase_add_test (tcase, test_known_passes);
  tcase_add_test_raise_signal (tcase, test_critical_ends, SIGABRT);
  tcase_add_test_raise_signal (tcase, test_any_domain_ends, SIGABRT);
  return suite;
}

TEST_CHECK_MAIN (testcheck)
