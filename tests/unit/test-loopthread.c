/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loopthread.h"

static gboolean
append (gpointer data)
{
  GString *seen = data;

  g_string_append_c (seen, 'a' + (char) seen->len);
  return G_SOURCE_REMOVE;
}

static gboolean
note_thread (gpointer data)
{
  *(GThread **) data = g_thread_self ();
  return G_SOURCE_REMOVE;
}

static void
test_order (void)
{
  g_autoptr (LoopThread) loop = loop_thread_new ("order");
  g_autoptr (GString) seen = g_string_new (NULL);

  for (int i = 0; i < 20; i++)
    g_assert_true (loop_thread_post (loop, append, seen, NULL));
  loop_thread_stop (loop);
  g_assert_cmpstr (seen->str, ==, "abcdefghijklmnopqrst");
}

static void
test_call_runs_on_thread (void)
{
  g_autoptr (LoopThread) loop = loop_thread_new ("call");
  GThread *thread = NULL;

  g_assert_true (loop_thread_call (loop, note_thread, &thread, -1));
  g_assert_nonnull (thread);
  g_assert_true (thread != g_thread_self ());
  g_assert_false (loop_thread_is_current (loop));
}

static void
count_destroy (gpointer data)
{
  ++*(int *) data;
}

static gboolean
ignore (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static void
test_post_after_stop (void)
{
  g_autoptr (LoopThread) loop = loop_thread_new ("stopped");
  int destroyed = 0;

  loop_thread_stop (loop);
  loop_thread_stop (loop);
  g_assert_false (loop_thread_post (loop, ignore, &destroyed, count_destroy));
  g_assert_cmpint (destroyed, ==, 1);
  g_assert_false (loop_thread_call (loop, ignore, NULL, -1));
}

typedef struct {
  GMutex lock;
  int begun;
} Blocked;

static gboolean
block (gpointer data)
{
  Blocked *blocked = data;

  g_mutex_lock (&blocked->lock);
  blocked->begun++;
  g_mutex_unlock (&blocked->lock);
  return G_SOURCE_REMOVE;
}

static void
test_call_times_out (void)
{
  g_autoptr (LoopThread) loop = loop_thread_new ("slow");
  Blocked blocked = { .begun = 0 };

  g_mutex_init (&blocked.lock);
  g_mutex_lock (&blocked.lock);
  loop_thread_post (loop, block, &blocked, NULL);
  g_assert_false (loop_thread_call (loop, block, &blocked, 20000));
  g_mutex_unlock (&blocked.lock);
  loop_thread_stop (loop);
  /* The call that timed out was never begun. */
  g_assert_cmpint (blocked.begun, ==, 1);
  g_mutex_clear (&blocked.lock);
}

typedef struct {
  LoopThread *loop;
  gboolean is_current;
  gboolean called;
  gboolean ran;
} Last;

static gboolean
note_ran (gpointer data)
{
  ((Last *) data)->ran = TRUE;
  return G_SOURCE_REMOVE;
}

/* Begins before the stop and goes on in it. */
static gboolean
outlast_stop (gpointer data)
{
  Last *last = data;
  GSource *source;

  /* It refuses timers first; then it posts the end of the loop, and waits. */
  while ((source = loop_thread_add_timeout (
              last->loop, G_MAXINT, ignore, NULL, NULL))
      != NULL) {
    g_source_destroy (source);
    g_thread_yield ();
  }
  while (!g_main_context_pending (g_main_context_get_thread_default ()))
    g_thread_yield ();
  last->is_current = loop_thread_is_current (last->loop);
  last->called = loop_thread_call (last->loop, note_ran, last, -1);
  return G_SOURCE_REMOVE;
}

static void
test_current_while_stopping (void)
{
  g_autoptr (LoopThread) loop = loop_thread_new ("stopping");
  Last last = { .loop = loop };

  g_assert_false (loop_thread_is_current (loop));
  loop_thread_post (loop, outlast_stop, &last, NULL);
  loop_thread_stop (loop);
  g_assert_true (last.is_current);
  g_assert_true (last.called);
  g_assert_true (last.ran);
}

static void
test_clear_source (void)
{
  GSource *source = g_idle_source_new ();
  GSource *kept = g_source_ref (source);

  g_source_attach (source, NULL);
  loop_thread_clear_source (&source);
  g_assert_null (source);
  g_assert_true (g_source_is_destroyed (kept));
  loop_thread_clear_source (&source);
  g_source_unref (kept);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loopthread/order", test_order);
  g_test_add_func ("/loopthread/call-runs-on-thread", test_call_runs_on_thread);
  g_test_add_func ("/loopthread/post-after-stop", test_post_after_stop);
  g_test_add_func ("/loopthread/call-times-out", test_call_times_out);
  g_test_add_func (
      "/loopthread/current-while-stopping", test_current_while_stopping);
  g_test_add_func ("/loopthread/clear-source", test_clear_source);
  return g_test_run ();
}
