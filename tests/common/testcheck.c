/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include "common/testleaks.h"

/* ASSERT_CRITICAL() and ASSERT_WARNING() of gst-check keep working. */
static gboolean
is_expected (GLogLevelFlags level)
{
  if (!_gst_check_expecting_log)
    return FALSE;
  if (level & G_LOG_LEVEL_CRITICAL)
    _gst_check_raised_critical = TRUE;
  else
    _gst_check_raised_warning = TRUE;
  return TRUE;
}

/**
 * test_check_init:
 * @argc: (inout): as given to main()
 * @argv: (inout): as given to main()
 *
 * gst_check_init() and test_log_init() in one.
 */
void
test_check_init (int *argc, char ***argv)
{
  test_leaks_prepare ();
  gst_check_init (argc, argv);
  test_leaks_watch ();
  test_log_init ();
  test_log_set_filter (is_expected);
}
