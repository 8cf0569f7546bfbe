/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frameclock.h"

static gint64
frame_position (const FrameClock *self, guint64 frame)
{
  return (gint64) gst_util_uint64_scale (frame,
      (guint64) self->rate * (guint64) self->fps_d, (guint64) self->fps_n);
}

static GstClockTime
frame_time (const FrameClock *self, guint64 frame)
{
  return self->origin
      + gst_util_uint64_scale (
          frame, (guint64) self->fps_d * GST_SECOND, (guint64) self->fps_n);
}

/**
 * frame_clock_init:
 * @self: (out caller-allocates): a clock that does not run yet
 *
 * Since: 0.1
 */
void
frame_clock_init (FrameClock *self)
{
  *self = (FrameClock){ .rate = 48000, .fps_n = 30, .fps_d = 1 };
}

/**
 * frame_clock_stop:
 * @self: a clock
 *
 * What comes next begins a timeline of its own.
 *
 * Since: 0.1
 */
void
frame_clock_stop (FrameClock *self)
{
  self->running = FALSE;
}

/* The next frame keeps its time, and the sound its distance from it. */
static void
move_origin (FrameClock *self)
{
  gint64 next = frame_position (self, self->frame);

  self->origin = frame_time (self, self->frame);
  self->position -= next;
  self->frame = 0;
}

/**
 * frame_clock_set_rate:
 * @self: a clock
 * @rate: samples per second, not 0
 *
 * Since: 0.1
 */
void
frame_clock_set_rate (FrameClock *self, guint rate)
{
  g_return_if_fail (rate > 0);

  if (rate == self->rate)
    return;
  if (self->running) {
    move_origin (self);
    self->position = self->position * (gint64) rate / (gint64) self->rate;
  }
  self->rate = rate;
}

/**
 * frame_clock_set_framerate:
 * @self: a clock
 * @fps_n: frames, not 0
 * @fps_d: per so many seconds, not 0
 *
 * Since: 0.1
 */
void
frame_clock_set_framerate (FrameClock *self, gint fps_n, gint fps_d)
{
  g_return_if_fail (fps_n > 0 && fps_d > 0);

  if (self->running)
    move_origin (self);
  self->fps_n = fps_n;
  self->fps_d = fps_d;
}

/**
 * frame_clock_get_time:
 * @self: a running clock
 *
 * Returns: the time up to which sound was heard
 * Since: 0.1
 */
GstClockTime
frame_clock_get_time (const FrameClock *self)
{
  if (self->position < 0) {
    GstClockTime back = gst_util_uint64_scale (
        (guint64) -self->position, GST_SECOND, self->rate);

    return self->origin > back ? self->origin - back : 0;
  }
  return self->origin
      + gst_util_uint64_scale (
          (guint64) self->position, GST_SECOND, self->rate);
}

/**
 * frame_clock_place:
 * @self: a clock
 * @pts: time of the sound that comes next, or none
 * @discont: whether it says of itself that something is missing
 * @silence: (out): samples that are missing, for %FRAME_CLOCK_SILENCE, else 0;
 *   at most %FRAME_CLOCK_MAX_SILENCE
 *
 * After %FRAME_CLOCK_SILENCE the caller advances by @silence and then calls
 * frame_clock_skip_to(), which does nothing unless more was missing.
 *
 * Returns: how it joins what was heard
 * Since: 0.1
 */
FrameClockStep
frame_clock_place (
    FrameClock *self, GstClockTime pts, gboolean discont, guint64 *silence)
{
  GstClockTime expected, apart;
  guint64 samples;
  gboolean ahead;

  *silence = 0;
  if (!self->running) {
    self->running = TRUE;
    self->origin = GST_CLOCK_TIME_IS_VALID (pts) ? pts : 0;
    self->position = 0;
    self->frame = 0;
    return FRAME_CLOCK_RESTARTS;
  }
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return FRAME_CLOCK_CONTINUES;

  expected = frame_clock_get_time (self);
  ahead = pts > expected;
  apart = ahead ? pts - expected : expected - pts;
  samples = gst_util_uint64_scale_round (apart, self->rate, GST_SECOND);
  /* A time stamp is cut to nanoseconds, and often to a sample. */
  if (discont ? samples <= 1 : apart <= FRAME_CLOCK_TOLERANCE)
    return FRAME_CLOCK_CONTINUES;

  if (ahead) {
    *silence = MIN (samples,
        gst_util_uint64_scale (
            FRAME_CLOCK_MAX_SILENCE, self->rate, GST_SECOND));
    return FRAME_CLOCK_SILENCE;
  }
  if (apart <= FRAME_CLOCK_MAX_OVERLAP) {
    self->position -= (gint64) samples;
    return FRAME_CLOCK_OVERLAP;
  }
  self->origin = pts;
  self->position = 0;
  self->frame = 0;
  return FRAME_CLOCK_RESTARTS;
}

/**
 * frame_clock_skip_to:
 * @self: a running clock
 * @pts: a time
 *
 * Leaves out the frames before @pts when it lies further ahead than time
 * stamps shake. The frames after it stay on the same grid.
 *
 * Returns: whether it did
 * Since: 0.1
 */
gboolean
frame_clock_skip_to (FrameClock *self, GstClockTime pts)
{
  guint64 frame;

  if (!GST_CLOCK_TIME_IS_VALID (pts) || pts <= self->origin
      || pts <= frame_clock_get_time (self) + FRAME_CLOCK_TOLERANCE)
    return FALSE;

  frame = gst_util_uint64_scale_ceil (pts - self->origin, (guint64) self->fps_n,
      (guint64) self->fps_d * GST_SECOND);
  self->frame = MAX (self->frame, frame);
  self->position = (gint64) gst_util_uint64_scale_round (
      pts - self->origin, self->rate, GST_SECOND);
  /* Keeps the numbers small however far time jumps. */
  move_origin (self);
  return TRUE;
}

/**
 * frame_clock_get_wanted:
 * @self: a running clock
 *
 * Returns: samples to hear before the next frame is due; 0 when it is
 * Since: 0.1
 */
guint64
frame_clock_get_wanted (const FrameClock *self)
{
  gint64 due = frame_position (self, self->frame);

  return due > self->position ? (guint64) (due - self->position) : 0;
}

/**
 * frame_clock_advance:
 * @self: a running clock
 * @samples: that were heard
 *
 * Since: 0.1
 */
void
frame_clock_advance (FrameClock *self, guint64 samples)
{
  self->position += (gint64) samples;
}

/**
 * frame_clock_next_frame:
 * @self: a running clock
 * @duration: (out) (optional): until the frame after it
 *
 * Counts the frame that is due.
 *
 * Returns: its time
 * Since: 0.1
 */
GstClockTime
frame_clock_next_frame (FrameClock *self, GstClockTime *duration)
{
  GstClockTime pts = frame_time (self, self->frame);

  self->frame++;
  if (duration)
    *duration = frame_time (self, self->frame) - pts;
  return pts;
}
