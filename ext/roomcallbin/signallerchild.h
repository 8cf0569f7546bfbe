/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define SIGNALLER_CHILD_NAME "signaller"
#define SIGNALLER_CHILD_DEFAULT "socketiosignaller"

/**
 * SignallerChild:
 * @bin: the bin that it is a child of, not owned
 * @element: (nullable): the signaller, under the bin's OBJECT_LOCK
 *
 * The signaller as a child of the element: taken in, replaced, and brought to
 * its states, which follow other rules than those of media.
 */
typedef struct {
  GstBin *bin;
  GstElement *element;
} SignallerChild;

void signaller_child_init (SignallerChild *self, GstBin *bin);
void signaller_child_clear (SignallerChild *self);

GstElement *signaller_child_ref (SignallerChild *self);
void signaller_child_set (SignallerChild *self, GstElement *signaller);
gboolean signaller_child_check (SignallerChild *self);
gboolean signaller_child_set_state (SignallerChild *self, GstState state);
void signaller_child_pause (SignallerChild *self);

G_END_DECLS
