/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LoopThread:
 *
 * A named thread that runs a #GMainContext of its own. Everything that belongs
 * to the thread is touched only by callbacks that were posted to it, so that it
 * needs no lock. It knows nothing about what is posted.
 */
typedef struct _LoopThread LoopThread;

LoopThread *loop_thread_new (const char *name);
LoopThread *loop_thread_ref (LoopThread *self);
void loop_thread_unref (LoopThread *self);
void loop_thread_stop (LoopThread *self);
void loop_thread_free (LoopThread *self);

gboolean loop_thread_is_current (LoopThread *self);
gboolean loop_thread_post (
    LoopThread *self, GSourceFunc func, gpointer data, GDestroyNotify destroy);
gboolean loop_thread_call (
    LoopThread *self, GSourceFunc func, gpointer data, gint64 timeout_us);
GSource *loop_thread_add_timeout (LoopThread *self, guint interval_ms,
    GSourceFunc func, gpointer data, GDestroyNotify destroy);
void loop_thread_clear_source (GSource **source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LoopThread, loop_thread_free)

G_END_DECLS
