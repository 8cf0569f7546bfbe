/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "speechgate.h"
#include "spectrumview.h"

G_BEGIN_DECLS

/**
 * ReportSettings:
 * @spectrum: whether to post spectrum messages
 * @interval: ns from one to the next
 * @speaking: whether to post speaking messages
 * @threshold: dB from which somebody speaks
 * @hangover: seconds of quiet after which nobody does
 *
 * Since: 0.1
 */
typedef struct {
  gboolean spectrum;
  GstClockTime interval;
  gboolean speaking;
  gdouble threshold;
  gdouble hangover;
} ReportSettings;

/**
 * VizReporter:
 *
 * Tells the application in numbers what the pictures show: messages that are
 * those of the element `spectrum`, with the level beside, and who speaks.
 *
 * Since: 0.1
 */
typedef struct {
  SpeechGate gate;
  /*< private >*/
  gdouble energy; /* of the frames since the last message */
  gdouble seconds;
  gdouble peak;
  GstClockTime end; /* of the last message, or where the sound begins */
} VizReporter;

void viz_reporter_reset (VizReporter *self);
void viz_reporter_frame (VizReporter *self, GstElement *element,
    const ReportSettings *settings, const GstSegment *segment,
    const SpectrumView *view, GstClockTime pts, guint rate);
void viz_reporter_stop (
    VizReporter *self, GstElement *element, const ReportSettings *settings);

G_END_DECLS
