/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loopthread.h"

struct _LoopThread {
  gint refs; /* atomic */
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  /* Guards `stopped`, so that nothing is posted after the last drain. */
  GMutex lock;
  gboolean stopped;
};

static gpointer
loop_thread_main (gpointer data)
{
  LoopThread *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  /* What was posted before the stop still runs, so that each post that was
   * accepted is either called or waited for by its poster. */
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * loop_thread_new:
 * @name: the thread's name, at most 15 bytes are shown by the kernel
 *
 * Starts a thread that runs a main context of its own.
 *
 * Returns: (transfer full): the thread, to be freed with loop_thread_free()
 */
LoopThread *
loop_thread_new (const char *name)
{
  LoopThread *self = g_new0 (LoopThread, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new (name, loop_thread_main, self);
  return self;
}

static gboolean
quit_loop (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/**
 * loop_thread_stop:
 * @self: the thread
 *
 * Runs what was posted so far, then ends and joins the thread; later posts are
 * refused. Idempotent. Must not be called from the thread itself.
 */
void
loop_thread_stop (LoopThread *self)
{
  g_autoptr (GSource) source = NULL;

  g_return_if_fail (!loop_thread_is_current (self));

  g_mutex_lock (&self->lock);
  if (self->stopped) {
    g_mutex_unlock (&self->lock);
    return;
  }
  self->stopped = TRUE;
  g_mutex_unlock (&self->lock);

  /* As a source and not by g_main_loop_quit() alone: the loop may not have
   * begun to run yet, and a quit before the run is forgotten. */
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, quit_loop, self->loop, NULL);
  g_source_attach (source, self->context);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * loop_thread_ref:
 * @self: the thread
 *
 * For whoever may post to it after its owner has freed it; such posts are
 * refused.
 *
 * Returns: (transfer full): @self
 */
LoopThread *
loop_thread_ref (LoopThread *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * loop_thread_unref:
 * @self: (transfer full): a thread from loop_thread_ref()
 */
void
loop_thread_unref (LoopThread *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * loop_thread_free:
 * @self: (transfer full): the thread
 *
 * Stops the thread if it still runs, and gives up the owner's reference.
 */
void
loop_thread_free (LoopThread *self)
{
  loop_thread_stop (self);
  loop_thread_unref (self);
}

/**
 * loop_thread_is_current:
 * @self: the thread
 *
 * Returns: whether the caller runs on this thread
 */
gboolean
loop_thread_is_current (LoopThread *self)
{
  /* And not by its GThread, which loop_thread_stop() takes to join it while the
   * last calls run. */
  return g_main_context_is_owner (self->context);
}

/**
 * loop_thread_post:
 * @self: the thread
 * @func: called once on the thread; its result is ignored
 * @data: (nullable): handed to @func
 * @destroy: (nullable): called on @data after @func, or at once if the thread
 *   has stopped
 *
 * Posts a call. Calls run in the order in which they were posted. Any thread.
 *
 * Returns: %FALSE if the thread has stopped and @func will not be called
 */
gboolean
loop_thread_post (
    LoopThread *self, GSourceFunc func, gpointer data, GDestroyNotify destroy)
{
  return loop_thread_add_timeout (self, 0, func, data, destroy) != NULL;
}

typedef struct {
  gint refs;
  GSourceFunc func;
  gpointer data;
  GMutex lock;
  GCond cond;
  /* Guarded by lock: `abandoned` once the caller stopped waiting. */
  gboolean done;
  gboolean abandoned;
} Call;

static void
call_unref (gpointer data)
{
  Call *call = data;

  if (!g_atomic_int_dec_and_test (&call->refs))
    return;
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->cond);
  g_free (call);
}

static gboolean
call_run (gpointer data)
{
  Call *call = data;
  gboolean abandoned;

  g_mutex_lock (&call->lock);
  abandoned = call->abandoned;
  g_mutex_unlock (&call->lock);
  if (!abandoned)
    call->func (call->data);
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
  return G_SOURCE_REMOVE;
}

/**
 * loop_thread_call:
 * @self: the thread
 * @func: called once on the thread
 * @data: (nullable): handed to @func; must outlive the call even on a time-out,
 *   as @func may be running then
 * @timeout_us: how long to wait for it, in microseconds; -1: for ever
 *
 * Calls @func on the thread and waits for it; directly, if the caller is that
 * thread. After a time-out @func is not begun any more.
 *
 * Returns: %TRUE if @func has returned; %FALSE on a time-out or if the thread
 *   has stopped
 */
gboolean
loop_thread_call (
    LoopThread *self, GSourceFunc func, gpointer data, gint64 timeout_us)
{
  gint64 end = g_get_monotonic_time () + timeout_us;
  Call *call;
  gboolean done;

  if (loop_thread_is_current (self)) {
    func (data);
    return TRUE;
  }

  call = g_new0 (Call, 1);
  call->refs = 2;
  call->func = func;
  call->data = data;
  g_mutex_init (&call->lock);
  g_cond_init (&call->cond);

  if (!loop_thread_post (self, call_run, call, call_unref)) {
    call_unref (call);
    return FALSE;
  }

  g_mutex_lock (&call->lock);
  while (!call->done) {
    if (timeout_us < 0)
      g_cond_wait (&call->cond, &call->lock);
    else if (!g_cond_wait_until (&call->cond, &call->lock, end))
      break;
  }
  done = call->done;
  call->abandoned = !done;
  g_mutex_unlock (&call->lock);
  call_unref (call);
  return done;
}

/**
 * loop_thread_add_timeout:
 * @self: the thread
 * @interval_ms: in milliseconds; 0: as soon as possible
 * @func: called on the thread, again while it returns %G_SOURCE_CONTINUE
 * @data: (nullable): handed to @func
 * @destroy: (nullable): called on @data when the source is gone, or at once if
 *   the thread has stopped
 *
 * Adds a timer to the thread. Any thread may add it; only the thread itself may
 * g_source_destroy() it and be sure that it does not run.
 *
 * Returns: (transfer none) (nullable): the source, owned by the context until it
 *   fires for the last time; %NULL if the thread has stopped
 */
GSource *
loop_thread_add_timeout (LoopThread *self, guint interval_ms, GSourceFunc func,
    gpointer data, GDestroyNotify destroy)
{
  g_autoptr (GSource) source = NULL;

  g_mutex_lock (&self->lock);
  if (self->stopped) {
    g_mutex_unlock (&self->lock);
    if (destroy != NULL)
      destroy (data);
    return NULL;
  }
  source = interval_ms == 0 ? g_idle_source_new ()
                            : g_timeout_source_new (interval_ms);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, self->context);
  g_mutex_unlock (&self->lock);
  return source;
}

/**
 * loop_thread_clear_source:
 * @source: (inout) (transfer full) (nullable): where a source of the current
 *   thread is kept
 *
 * Ends it, if there is one, and leaves %NULL.
 */
void
loop_thread_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
