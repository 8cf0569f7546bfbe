/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vizreporter.h"

#include <math.h>

void
viz_reporter_reset (VizReporter *self)
{
  *self =
      (VizReporter){ .peak = SPEECH_GATE_SILENT, .end = GST_CLOCK_TIME_NONE };
}

static void
post_speaking (VizReporter *self, GstElement *element, gdouble rms)
{
  gst_element_post_message (element,
      gst_message_new_element (GST_OBJECT (element),
          gst_structure_new ("speaking", "speaking", G_TYPE_BOOLEAN,
              self->gate.speaking, "rms", G_TYPE_DOUBLE, rms, NULL)));
}

/* As the element spectrum does, a list of floats: dB of each bin, cut at
 * SPEECH_GATE_SILENT. */
static void
set_magnitude (GstStructure *structure, const SpectrumView *view)
{
  guint bins = spectrum_view_get_bin_count (view);
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < bins; i++) {
    GValue value = G_VALUE_INIT;
    gfloat magnitude = spectrum_view_get_magnitude (view, i);

    g_value_init (&value, G_TYPE_FLOAT);
    g_value_set_float (&value,
        magnitude > 0
            ? MAX (20 * log10f (magnitude), (gfloat) SPEECH_GATE_SILENT)
            : (gfloat) SPEECH_GATE_SILENT);
    gst_value_list_append_and_take_value (&list, &value);
  }
  gst_structure_take_value (structure, "magnitude", &list);
}

static void
post_spectrum (VizReporter *self, GstElement *element,
    const GstSegment *segment, const SpectrumView *view, GstClockTime end)
{
  GstClockTime duration = (GstClockTime) (self->seconds * GST_SECOND + 0.5);
  GstClockTime pts = end > duration ? end - duration : 0;
  gdouble rms = SPEECH_GATE_SILENT;
  GstStructure *structure;

  /* A frame falls between two samples, yet intervals follow on each other. */
  if (GST_CLOCK_TIME_IS_VALID (self->end) && end > self->end
      && ABS (GST_CLOCK_DIFF (pts, self->end)) < GST_MSECOND) {
    pts = self->end;
    duration = end - pts;
  }
  self->end = end;
  if (self->energy > 0)
    rms = MAX (10 * log10 (self->energy / self->seconds), rms);
  structure = gst_structure_new ("spectrum", "endtime", GST_TYPE_CLOCK_TIME,
      gst_segment_to_stream_time (segment, GST_FORMAT_TIME, end), "timestamp",
      G_TYPE_UINT64, pts, "stream-time", G_TYPE_UINT64,
      gst_segment_to_stream_time (segment, GST_FORMAT_TIME, pts),
      "running-time", G_TYPE_UINT64,
      gst_segment_to_running_time (segment, GST_FORMAT_TIME, pts), "duration",
      G_TYPE_UINT64, duration, "rms", G_TYPE_DOUBLE, rms, "peak", G_TYPE_DOUBLE,
      self->peak, "speaking", G_TYPE_BOOLEAN, self->gate.speaking, NULL);
  set_magnitude (structure, view);
  gst_element_post_message (
      element, gst_message_new_element (GST_OBJECT (element), structure));
}

/**
 * viz_reporter_frame:
 * @self: a reporter
 * @element: posts the messages
 * @settings: what to post
 * @segment: for the times in the messages
 * @view: after the analysis of the frame
 * @pts: time of the frame, up to which sound was heard
 * @rate: samples per second
 *
 * A frame before which nothing new was heard, as the first one, tells nothing.
 *
 * Since: 0.1
 */
void
viz_reporter_frame (VizReporter *self, GstElement *element,
    const ReportSettings *settings, const GstSegment *segment,
    const SpectrumView *view, GstClockTime pts, guint rate)
{
  SpeechGateReading reading = speech_gate_read (&self->gate);
  guint n_channels = spectrum_view_get_n_channels (view);
  gdouble seconds = (gdouble) reading.samples / n_channels / rate;

  if (reading.samples == 0) {
    if (self->seconds <= 0)
      self->end = pts;
    return;
  }
  if (speech_gate_step (&self->gate, reading.rms, seconds, settings->threshold,
          settings->hangover)
      && settings->speaking)
    post_speaking (self, element, reading.rms);

  if (!settings->spectrum)
    return;
  if (reading.rms > SPEECH_GATE_SILENT)
    self->energy += pow (10, reading.rms / 10) * seconds;
  self->peak = MAX (self->peak, reading.peak);
  self->seconds += seconds;
  /* Half a frame early rather than half a frame late. */
  if (self->seconds + seconds / 2 < (gdouble) settings->interval / GST_SECOND)
    return;
  post_spectrum (self, element, segment, view, pts);
  self->energy = 0;
  self->seconds = 0;
  self->peak = SPEECH_GATE_SILENT;
}

/**
 * viz_reporter_stop:
 * @self: a reporter
 * @element: posts the message
 * @settings: what to post
 *
 * The sound ended or is known to be missing: who spoke does no more.
 *
 * Since: 0.1
 */
void
viz_reporter_stop (
    VizReporter *self, GstElement *element, const ReportSettings *settings)
{
  if (speech_gate_stop (&self->gate) && settings->speaking)
    post_speaking (self, element, SPEECH_GATE_SILENT);
}
