/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define TYPE_LOOPBACK_SIGNALLER (loopback_signaller_get_type ())
G_DECLARE_FINAL_TYPE (
    LoopbackSignaller, loopback_signaller, LOOPBACK, SIGNALLER, GstElement)

/**
 * LoopbackSignaller:
 *
 * A signaller without a server: all elements in one process with the same
 * "room" are members of that room. A newcomer offers. Messages pass through one
 * thread, as they do with a server, in order. Used alone, without a roomcallbin,
 * it is a member whose every word the test decides.
 */

/**
 * LoopbackFilter:
 * @from: who sends
 * @kind: "offer", "answer" or "candidate"
 * @text: the description or candidate
 *
 * Returns: (transfer full) (nullable): what is sent instead, %NULL: nothing
 */
typedef char *(*LoopbackFilter) (
    const char *from, const char *kind, const char *text, gpointer data);

void loopback_signaller_set_filter (
    LoopbackSignaller *self, LoopbackFilter filter, gpointer data);

void loopback_signaller_set_roles (
    LoopbackSignaller *self, const char *role, const char *others_role);
void loopback_signaller_set_called (
    LoopbackSignaller *self, gboolean is_called);

void loopback_signaller_cut (const char *room);
void loopback_signaller_shutdown (void);

G_END_DECLS
