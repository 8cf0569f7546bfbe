/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * HeldFrame:
 * @buffer: the caller may write to it
 * @marks: what it shows, for the caller to read and to write
 * @painted: whether @marks says what it shows; set after painting
 *
 * Since: 0.1
 */
typedef struct {
  GstBuffer *buffer;
  guint16 *marks;
  gboolean painted;
} HeldFrame;

/**
 * HeldFrames:
 *
 * A few buffers of a pool that are not given back. Downstream gets them with
 * a reference too many to write to, so their pixels are known for certain when
 * they return, and only what moved since has to be drawn. Who wants to draw
 * into one downstream copies it first, as with any shared buffer.
 *
 * Since: 0.1
 */
typedef struct _HeldFrames HeldFrames;

HeldFrames *held_frames_new (
    GstPad *src, GstCaps *caps, const GstVideoInfo *info);
void held_frames_free (HeldFrames *self);
void held_frames_set_n_marks (HeldFrames *self, guint n_marks);
GstFlowReturn held_frames_take (
    HeldFrames *self, const guint16 *marks, HeldFrame **frame);
GstBuffer *held_frames_give (HeldFrames *self, HeldFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeldFrames, held_frames_free)

G_END_DECLS
