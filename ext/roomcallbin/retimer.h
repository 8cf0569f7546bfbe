/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * Retimer:
 *
 * Finds by how much the time stamps of a live stream must be moved for its
 * buffers to be in time at a mixer that waits no longer than a fixed budget.
 * A stream that is in time is left alone, a burst after an outage too; one that
 * is late as a rule, or that comes from the future, is moved once. It knows
 * nothing of what the stream carries, and reads no clock.
 */
typedef struct {
  /*< private >*/
  GstClockTimeDiff budget;
  GstClockTimeDiff shift;

  GstClockTime window_start;
  GstClockTime last;
  guint n;
  guint n_late;
  GstClockTimeDiff worst;

  guint bad_windows;
  guint calm_windows;
  GstClockTimeDiff calm_worst;
} Retimer;

void retimer_init (Retimer *self, GstClockTime budget);
GstClockTimeDiff retimer_feed (
    Retimer *self, GstClockTime now, GstClockTime running_time);

G_END_DECLS
