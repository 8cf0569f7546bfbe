/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testlog.h"

#define KNOWN \
  "g_hash_table_foreach: assertion 'version == hash_table->version' failed"

typedef void (*Scene) (void);

static void
nothing_wrong (void)
{
  g_message ("all is well");
}

static void
critical (void)
{
  g_log ("Somebody", G_LOG_LEVEL_CRITICAL, "it broke");
}

static void
critical_of_claimed_domain (void)
{
  g_log ("GLib", G_LOG_LEVEL_CRITICAL, "it broke");
}

static void
structured_critical (void)
{
  g_log_structured ("Somebody", G_LOG_LEVEL_CRITICAL, "MESSAGE", "it broke");
}

static void
warning (void)
{
  g_log (NULL, G_LOG_LEVEL_WARNING, "it broke");
}

static gpointer
critical_thread (gpointer data)
{
  critical ();
  return NULL;
}

static void
critical_in_thread (void)
{
  g_thread_join (g_thread_new ("breaker", critical_thread, NULL));
}

static void
expected (void)
{
  g_test_expect_message ("Somebody", G_LOG_LEVEL_CRITICAL, "it br*");
  critical ();
  g_test_assert_expected_messages ();
}

static gboolean
allow (GLogLevelFlags level)
{
  return TRUE;
}

static void
filtered (void)
{
  test_log_set_filter (allow);
  critical_of_claimed_domain ();
}

static void
watchdog_in_time (void)
{
  TEST_WATCHDOG (60);
}

static void
watchdog_too_late (void)
{
  TEST_WATCHDOG (0);

  for (;;)
    g_thread_yield ();
}

static const struct {
  const char *path;
  Scene scene;
  const char *says; /* NULL: passes */
} scenes[] = {
  { "/testlog/nothing-wrong", nothing_wrong, NULL },
  { "/testlog/critical", critical, "*Somebody-CRITICAL: it broke*" },
  { "/testlog/claimed-domain", critical_of_claimed_domain,
      "*GLib-CRITICAL: it broke*" },
  { "/testlog/structured", structured_critical,
      "*Somebody-CRITICAL: it broke*" },
  { "/testlog/warning", warning, "*WARNING: it broke*" },
  { "/testlog/thread", critical_in_thread, "*Somebody-CRITICAL: it broke*" },
  { "/testlog/expected", expected, NULL },
  { "/testlog/filtered", filtered, NULL },
  { "/testlog/watchdog-in-time", watchdog_in_time, NULL },
  { "/testlog/watchdog-too-late", watchdog_too_late,
      "*watchdog: watchdog_too_late did not end*" },
};

/* Each scene is a process of its own: most of them end it. */
static void
test_scene (gconstpointer data)
{
  int i = GPOINTER_TO_INT (data);

  if (g_test_subprocess ()) {
    test_log_init ();
    scenes[i].scene ();
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  if (scenes[i].says) {
    g_test_trap_assert_failed ();
    g_test_trap_assert_stderr (scenes[i].says);
  } else {
    g_test_trap_assert_passed ();
  }
}

/* GStreamer 1.22.0 logs this one at random; 1.22.3 and later must not. */
static void
test_known (void)
{
  gboolean known = test_log_is_known ("GLib", KNOWN);

  if (g_test_subprocess ()) {
    test_log_init ();
    g_log ("GLib", G_LOG_LEVEL_CRITICAL, "%s", KNOWN);
    return;
  }
  g_assert_false (test_log_is_known ("GLib", "another"));
  g_assert_false (test_log_is_known ("Somebody", KNOWN));
  g_assert_false (test_log_is_known (NULL, KNOWN));
  g_test_trap_subprocess (NULL, 0, 0);
  if (known) {
    g_test_trap_assert_passed ();
    g_test_trap_assert_stderr ("*# known: GLib: g_hash_table_foreach*");
  } else {
    g_test_trap_assert_failed ();
  }
}

static void
test_find_critical (void)
{
  const char *clean = "Setting pipeline to PAUSED\n"
                      "(gst-launch-1.0:7): GLib-WARNING **: 10:00:00.1: so\n";
  g_autofree char *known = g_strconcat (
      "(gst-launch-1.0:7): GLib-CRITICAL **: 10:00:00.123: " KNOWN "\n", NULL);
  g_autofree char *unknown = g_strconcat (clean, known,
      "(gst-launch-1.0:7): GStreamer-CRITICAL **: 10:00:00.5: it broke\n",
      NULL);
  const char *nameless =
      "\n** (gst-launch-1.0:7): CRITICAL **: 10:00:00.5: it broke\n";
  g_autofree char *none = test_log_find_critical (clean);
  g_autofree char *other = test_log_find_critical (nameless);
  g_autofree char *listed = test_log_find_critical (known);
  g_autofree char *found = test_log_find_critical (unknown);

  g_assert_null (none);
  g_assert_cmpstr (
      other, ==, "** (gst-launch-1.0:7): CRITICAL **: 10:00:00.5: it broke");
  if (test_log_is_known ("GLib", KNOWN)) {
    g_assert_null (listed);
    g_assert_cmpstr (found, ==,
        "(gst-launch-1.0:7): GStreamer-CRITICAL **: 10:00:00.5: it broke");
  } else {
    g_assert_nonnull (listed);
    g_assert_nonnull (found);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    g_test_add_data_func (scenes[i].path, GINT_TO_POINTER (i), test_scene);
  g_test_add_func ("/testlog/known", test_known);
  g_test_add_func ("/testlog/find-critical", test_find_critical);
  return g_test_run ();
}
