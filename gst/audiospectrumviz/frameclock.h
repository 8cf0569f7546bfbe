/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Time stamps of live sound shake; a step smaller than this is no gap. */
#define FRAME_CLOCK_TOLERANCE (40 * GST_MSECOND)
/* After this much silence the picture stands still and no frame says more. */
#define FRAME_CLOCK_MAX_SILENCE (10 * GST_SECOND)
/* Time that steps back further is another timeline. */
#define FRAME_CLOCK_MAX_OVERLAP GST_SECOND

/**
 * FrameClock:
 *
 * Says, to the sample, when the next video frame is due. Frame n of a timeline
 * is due when the sound up to n / framerate has been heard; it counts samples
 * and frames, so nothing ever drifts. Pure: it knows neither buffers nor
 * clocks.
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  guint rate;
  gint fps_n;
  gint fps_d;
  gboolean running;
  GstClockTime origin; /* time of sample 0 and frame 0 */
  gint64 position;     /* samples heard since the origin */
  guint64 frame;       /* the next frame */
} FrameClock;

/**
 * FrameClockStep:
 * @FRAME_CLOCK_CONTINUES: the sound goes on where it stopped
 * @FRAME_CLOCK_SILENCE: samples are missing before it
 * @FRAME_CLOCK_OVERLAP: it repeats what was heard; no frame until it is over
 * @FRAME_CLOCK_RESTARTS: it begins a timeline of its own: frame 0 is due
 *
 * Since: 0.1
 */
typedef enum {
  FRAME_CLOCK_CONTINUES,
  FRAME_CLOCK_SILENCE,
  FRAME_CLOCK_OVERLAP,
  FRAME_CLOCK_RESTARTS,
} FrameClockStep;

void frame_clock_init (FrameClock *self);
void frame_clock_stop (FrameClock *self);
void frame_clock_set_rate (FrameClock *self, guint rate);
void frame_clock_set_framerate (FrameClock *self, gint fps_n, gint fps_d);

FrameClockStep frame_clock_place (
    FrameClock *self, GstClockTime pts, gboolean discont, guint64 *silence);
gboolean frame_clock_skip_to (FrameClock *self, GstClockTime pts);

guint64 frame_clock_get_wanted (const FrameClock *self);
void frame_clock_advance (FrameClock *self, guint64 samples);
GstClockTime frame_clock_get_time (const FrameClock *self);
GstClockTime frame_clock_next_frame (FrameClock *self, GstClockTime *duration);

G_END_DECLS
