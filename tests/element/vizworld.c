/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vizworld.h"

#include <math.h>

#include <gst/check/gstcheck.h>

GstHarness *
viz_new (const gchar *properties, const gchar *audio, const gchar *video)
{
  g_autofree gchar *line = g_strdup_printf ("audiospectrumviz %s", properties);
  GstHarness *h = gst_harness_new_parse (line);

  gst_harness_set_sink_caps_str (h, video);
  gst_harness_set_src_caps_str (h, audio);
  return h;
}

/* S16 frames of a sine, with the time stamp of @position at @rate. */
GstBuffer *
viz_sine (guint rate, guint channels, guint64 position, guint frames)
{
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, frames * channels * 2, NULL);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < frames; i++)
    for (guint c = 0; c < channels; c++)
      ((gint16 *) map.data)[i * channels + c] = (gint16) (16000
          * sin (2 * G_PI * 440 * (gdouble) (position + i) / rate));
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (position, GST_SECOND, rate);
  GST_BUFFER_DURATION (buffer) =
      gst_util_uint64_scale (frames, GST_SECOND, rate);
  return buffer;
}

guint
viz_checksum (GstBuffer *buffer)
{
  GstMapInfo map;
  guint sum = 5381;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize i = 0; i < map.size; i++)
    sum = sum * 33 + map.data[i];
  gst_buffer_unmap (buffer, &map);
  return sum;
}

/* Pulls what is there: times are checked, checksums returned. */
GArray *
viz_pull_frames (GstHarness *h, GstClockTime origin, gint fps_n, gint fps_d)
{
  GArray *sums = g_array_new (FALSE, FALSE, sizeof (guint));
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h))) {
    guint64 n = sums->len;
    guint sum = viz_checksum (buffer);
    GstClockTime pts = origin
        + gst_util_uint64_scale (
            n, (guint64) fps_d * GST_SECOND, (guint64) fps_n);
    GstClockTime next = origin
        + gst_util_uint64_scale (
            n + 1, (guint64) fps_d * GST_SECOND, (guint64) fps_n);

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), pts);
    fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), next - pts);
    fail_unless_equals_int (GST_BUFFER_IS_DISCONT (buffer) != 0, n == 0);
    g_array_append_val (sums, sum);
    gst_buffer_unref (buffer);
  }
  return sums;
}

void
viz_push_sine (GstHarness *h, guint rate, guint channels, guint64 from,
    guint64 to, guint step)
{
  for (; from < to; from += step) {
    guint frames = (guint) MIN (step, to - from);

    fail_unless_equals_int (
        gst_harness_push (h, viz_sine (rate, channels, from, frames)),
        GST_FLOW_OK);
  }
}
