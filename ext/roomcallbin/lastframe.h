/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _LastFrame LastFrame;

LastFrame *last_frame_new (GstPad *sink_pad, GstClockTime interval);
void last_frame_free (LastFrame *self);
void last_frame_repeat (LastFrame *self);
void last_frame_forget (LastFrame *self);
void last_frame_set_hidden (LastFrame *self, gboolean hidden);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LastFrame, last_frame_free)

G_END_DECLS
