/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testlog.h"

#include "common/known-criticals.h"

#include <stdlib.h>
#include <string.h>

static TestLogFilter log_filter;

/**
 * test_log_is_known:
 * @domain: (nullable): the log domain
 * @message: the message
 *
 * Returns: whether the frozen list of known-criticals.h has it.
 */
gboolean
test_log_is_known (const char *domain, const char *message)
{
  for (int i = 0; known_criticals[i].message; i++)
    if (g_strcmp0 (domain, known_criticals[i].domain) == 0
        && g_strcmp0 (message, known_criticals[i].message) == 0)
      return TRUE;
  return FALSE;
}

/* Ends the program unless the message is known, expected, or no complaint. */
static void
judge (GLogLevelFlags level, const char *domain, const char *message)
{
  if (!(level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)))
    return;
  if (log_filter && log_filter (level))
    return;
  if (test_log_is_known (domain, message)) {
    g_printerr ("# known: %s: %s\n", domain, message);
    return;
  }
  g_printerr ("\n%s-%s: %s\nThe test ends here: a CRITICAL or WARNING that "
              "nobody expected.\n",
      domain ? domain : "(no domain)",
      level & G_LOG_LEVEL_CRITICAL ? "CRITICAL" : "WARNING",
      message ? message : "");
  abort ();
}

static void
on_message (const char *domain, GLogLevelFlags level, const char *message,
    gpointer data)
{
  judge (level, domain, message);
  if (!(level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)))
    g_log_default_handler (domain, level, message, data);
}

static GLogWriterOutput
on_structured (GLogLevelFlags level, const GLogField *fields, gsize n_fields,
    gpointer data)
{
  const char *domain = NULL, *message = NULL;
  gboolean judged = FALSE;

  for (gsize i = 0; i < n_fields; i++) {
    if (strcmp (fields[i].key, "GLIB_OLD_LOG_API") == 0)
      judged = TRUE; /* came through on_message() */
    else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
      domain = fields[i].value;
    else if (strcmp (fields[i].key, "MESSAGE") == 0)
      message = fields[i].value;
  }
  if (!judged)
    judge (level, domain, message);
  return g_log_writer_default (level, fields, n_fields, data);
}

/**
 * test_log_init:
 *
 * From here on a CRITICAL or a WARNING from any library and any thread ends the
 * program, unless it is in known-criticals.h or expected (with
 * g_test_expect_message(), or by the filter). Call it once, after g_test_init()
 * or gst_check_init(), whose own handlers it replaces: those know no exceptions
 * and, in gst-check, look at five log domains only.
 */
void
test_log_init (void)
{
  /* The domains that gst-check claims for itself. */
  static const char *claimed[] = { "GStreamer", "GLib-GObject", "GLib-GIO",
    "GLib" };
  const GLogLevelFlags complaints = G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING;

  /* GLib's own aborts would come before, and instead of, our verdict. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_default_handler (on_message, NULL);
  g_log_set_handler (NULL, complaints, on_message, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (claimed); i++)
    g_log_set_handler (claimed[i], complaints, on_message, NULL);
  g_log_set_writer_func (on_structured, NULL, NULL);
}

/**
 * test_log_set_filter:
 * @filter: (nullable): called, from any thread, before a complaint is judged
 *
 * For test frameworks with a way of their own to expect a message.
 */
void
test_log_set_filter (TestLogFilter filter)
{
  log_filter = filter;
}

/**
 * test_log_find_critical:
 * @output: what a child process wrote to its standard error
 *
 * Looks for "(program:123): Domain-CRITICAL **: time: message", and for one
 * without a domain, as our plugins' and many of GStreamer's are: "** (program:123):
 * CRITICAL **: time: message".
 *
 * Returns: (transfer full) (nullable): the first line with a CRITICAL that is
 *   not in known-criticals.h
 */
char *
test_log_find_critical (const char *output)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  for (char **line = lines; *line; line++) {
    const char *mark = strstr (*line, "CRITICAL **: ");
    const char *message, *begin;
    g_autofree char *domain = NULL;

    if (!mark)
      continue;
    begin = g_strstr_len (*line, mark - *line, "): ");
    begin = begin ? begin + strlen ("): ") : *line;
    if (mark > begin && mark[-1] == '-')
      domain = g_strndup (begin, mark - 1 - begin);
    /* GLib puts the time of day first, and colours both on a terminal. */
    message = strstr (mark + strlen ("CRITICAL **: "), ": ");
    if (message && test_log_is_known (domain, message + 2))
      continue;
    return g_strdup (*line);
  }
  return NULL;
}

/* Slow instruments (valgrind, sanitizers) stretch every limit of a test. */
static guint
timeout_factor (void)
{
  const char *factor = g_getenv ("TEST_TIMEOUT_FACTOR");
  int value = factor ? atoi (factor) : 1;

  return value > 0 ? value : 1;
}

/**
 * test_deadline:
 * @seconds: how long to wait on a machine of ordinary speed
 *
 * Returns: the monotonic time, in microseconds, at which to give up
 */
gint64
test_deadline (guint seconds)
{
  return g_get_monotonic_time ()
      + (gint64) seconds * timeout_factor () * G_TIME_SPAN_SECOND;
}

struct _TestWatchdog {
  GThread *thread;
  GMutex lock; /* guards ended */
  GCond cond;
  gboolean ended;
  gint64 deadline;
  guint seconds;
  char *what;
};

static gpointer
watch (gpointer data)
{
  TestWatchdog *self = data;

  g_mutex_lock (&self->lock);
  while (!self->ended) {
    if (g_cond_wait_until (&self->cond, &self->lock, self->deadline))
      continue;
    if (self->ended)
      break;
    g_printerr (
        "\nwatchdog: %s did not end within %u s\n", self->what, self->seconds);
    abort ();
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * test_watchdog_new:
 * @seconds: how long @what may take on a machine of ordinary speed
 * @what: named in the message
 *
 * Ends the program with a message if test_watchdog_free() does not come first.
 * Threads do not survive a fork: with gst-check make it inside the test.
 */
TestWatchdog *
test_watchdog_new (guint seconds, const char *what)
{
  TestWatchdog *self = g_new0 (TestWatchdog, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->seconds = seconds * timeout_factor ();
  self->deadline = test_deadline (seconds);
  self->what = g_strdup (what);
  self->thread = g_thread_new ("watchdog", watch, self);
  return self;
}

void
test_watchdog_free (TestWatchdog *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->what);
  g_free (self);
}
