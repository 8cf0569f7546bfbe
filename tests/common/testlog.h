/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * What every test program shares: CRITICALs and WARNINGs that end it, and a
 * watchdog. See docs/testing.md.
 */

void test_log_init (void);

/* TRUE if the message was waited for by the test, and is to be dropped. */
typedef gboolean (*TestLogFilter) (GLogLevelFlags level);
void test_log_set_filter (TestLogFilter filter);

gboolean test_log_is_known (const char *domain, const char *message);
char *test_log_find_critical (const char *output);

typedef struct _TestWatchdog TestWatchdog;

TestWatchdog *test_watchdog_new (guint seconds, const char *what);
void test_watchdog_free (TestWatchdog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestWatchdog, test_watchdog_free)

/* A watchdog over the block that this stands in. */
#define TEST_WATCHDOG(seconds)                       \
  g_autoptr (TestWatchdog) watchdog_ G_GNUC_UNUSED = \
      test_watchdog_new ((seconds), G_STRFUNC)

gint64 test_deadline (guint seconds);
