/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "retimer.h"

/* Two windows in a row must agree before a stream is moved, so that a burst,
 * which is all in one window, moves nothing; a stream that is always late is
 * heard after a second. */
#define WINDOW (500 * GST_MSECOND)
#define MIN_BUFFERS 5
#define BAD_WINDOWS 2

/* A pause of the stream says nothing about its timing. */
#define PAUSE (3 * GST_SECOND)

/* More than one late buffer in five is heard and seen. */
#define LATE_SHARE 5

/* What is left between the latest buffer and its deadline after a move. */
#define HEADROOM (20 * GST_MSECOND)

/* Stamps that far beyond what a source of no latency has are of another clock.
 */
#define FUTURE (500 * GST_MSECOND)

/* A stream that was moved goes back when it was early enough for so long. */
#define CALM_WINDOWS 20
#define CALM_GAIN (60 * GST_MSECOND)

/**
 * retimer_init:
 * @self: (out caller-allocates): a #Retimer
 * @budget: nanoseconds after its running time at which a buffer is still in
 *   time
 *
 * Since: 0.1
 */
void
retimer_init (Retimer *self, GstClockTime budget)
{
  *self = (Retimer){ .budget = (GstClockTimeDiff) budget,
    .window_start = GST_CLOCK_TIME_NONE,
    .last = GST_CLOCK_TIME_NONE };
}

static void
retimer_open_window (Retimer *self, GstClockTime now)
{
  self->window_start = now;
  self->n = 0;
  self->n_late = 0;
  self->worst = G_MININT64;
}

static void
retimer_move (Retimer *self, GstClockTimeDiff by)
{
  self->shift += by;
  self->bad_windows = 0;
  self->calm_windows = 0;
}

static void
retimer_close_window (Retimer *self)
{
  gboolean late = self->n_late * LATE_SHARE > self->n;
  gboolean future = self->worst < -(self->budget + (GstClockTimeDiff) FUTURE);

  if (late || future) {
    self->calm_windows = 0;
    if (++self->bad_windows >= BAD_WINDOWS)
      retimer_move (self, self->worst + (GstClockTimeDiff) HEADROOM);
    return;
  }
  self->bad_windows = 0;

  if (self->shift <= 0)
    return;

  if (self->calm_windows == 0)
    self->calm_worst = self->worst;
  else
    self->calm_worst = MAX (self->calm_worst, self->worst);
  if (++self->calm_windows < CALM_WINDOWS)
    return;
  self->calm_windows = 0;
  if (self->calm_worst < -(GstClockTimeDiff) CALM_GAIN)
    retimer_move (self,
        MAX (-self->shift, self->calm_worst + (GstClockTimeDiff) HEADROOM));
}

/**
 * retimer_feed:
 * @self: a #Retimer
 * @now: the pipeline's running time, at which the buffer came
 * @running_time: the buffer's own
 *
 * Returns: nanoseconds to add to the running time of this buffer, negative to
 *   take away
 *
 * Since: 0.1
 */
GstClockTimeDiff
retimer_feed (Retimer *self, GstClockTime now, GstClockTime running_time)
{
  GstClockTimeDiff late;

  if (self->last == GST_CLOCK_TIME_NONE || now < self->last
      || now - self->last > PAUSE) {
    retimer_open_window (self, now);
    self->bad_windows = 0;
  }
  self->last = now;

  late = GST_CLOCK_DIFF (running_time, now) - self->shift - self->budget;
  self->n++;
  if (late > 0)
    self->n_late++;
  self->worst = MAX (self->worst, late);

  if (now - self->window_start >= WINDOW && self->n >= MIN_BUFFERS) {
    retimer_close_window (self);
    retimer_open_window (self, now);
  }

  return self->shift;
}
