/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>
#include <gst/audio/audio.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include "common/analyservectors.h"
#include "vizworld.h"

#define SMALL "video/x-raw,format=BGRx,width=64,height=48"

/* The frames and the pictures depend on the sound alone, not on how it is cut
 * up; n seconds give n * fps frames, and the one that begins where they end. */
GST_START_TEST (test_buffer_sizes)
{
  const guint sizes[] = { 0, 1, 160, 441, 960, 1024, 4800, 30000 };
  const struct {
    guint rate, channels;
    gint fps_n, fps_d;
  } cases[] = { { 48000, 1, 30, 1 }, { 44100, 2, 30000, 1001 },
    { 8000, 1, 240, 1 }, { 16000, 6, 25, 2 }, { 192000, 3, 60, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GArray) want = NULL;

    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      g_autofree gchar *audio = g_strdup_printf (
          "audio/x-raw,format=S16LE,layout=interleaved,rate=%u,channels=%u%s",
          cases[i].rate, cases[i].channels,
          cases[i].channels > 2 ? ",channel-mask=(bitmask)0" : "");
      g_autofree gchar *video = g_strdup_printf (
          SMALL ",framerate=%d/%d", cases[i].fps_n, cases[i].fps_d);
      GstHarness *h = viz_new ("", audio, video);
      guint length = cases[i].rate / 2;
      g_autoptr (GArray) sums = NULL;

      if (sizes[s] == 1)
        length = cases[i].rate / 20;
      viz_push_sine (h, cases[i].rate, cases[i].channels, 0, length,
          sizes[s] ? sizes[s] : length);
      sums = viz_pull_frames (h, 0, cases[i].fps_n, cases[i].fps_d);
      fail_unless_equals_uint64 (sums->len,
          (guint64) length * (guint64) cases[i].fps_n
                  / ((guint64) cases[i].rate * (guint64) cases[i].fps_d)
              + 1);
      if (!want)
        want = g_steal_pointer (&sums);
      else
        fail_unless (
            memcmp (want->data, sums->data, sums->len * sizeof (guint)) == 0);
      gst_harness_teardown (h);
    }
  }
}
GST_END_TEST;

/* A whole way through the element, pixel for pixel what Chromium shows. */
GST_START_TEST (test_browser)
{
  g_autoptr (GPtrArray) vectors = analyser_vectors_load ();

  for (guint i = 0; i < vectors->len; i++) {
    const AnalyserVector *vector = g_ptr_array_index (vectors, i);
    guint width, height;
    g_autofree guint8 *png = NULL;
    GstHarness *h;
    GstBuffer *buffer;
    GstMapInfo map;

    if (!g_str_equal (vector->name, "speech_256_s08"))
      continue;
    png = analyser_vectors_load_png (
        "speech_256_s08_r12_640x360_mdn-current.png", &width, &height);
    h = viz_new ("fft-size=256 style=webaudio",
        "audio/x-raw,format=S16LE,layout=interleaved,rate=16000,channels=1",
        "video/x-raw,format=RGBx,width=640,height=360,framerate=25/1");
    buffer = gst_buffer_new_wrapped_bytes (vector->signal);
    GST_BUFFER_PTS (buffer) = 0;
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
    /* Frame 0 has heard nothing; the browser's first read is frame 1. */
    for (guint n = 0; n <= 12; n++)
      gst_buffer_unref (gst_harness_pull (h));
    buffer = gst_harness_pull (h);
    gst_buffer_map (buffer, &map, GST_MAP_READ);
    for (guint p = 0; p < width * height; p++)
      fail_unless (memcmp (map.data + p * 4, png + p * 4, 3) == 0);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
    gst_harness_teardown (h);
  }
}
GST_END_TEST;

static GstHarness *
plain_viz (void)
{
  return viz_new ("fft-size=256",
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1",
      SMALL ",framerate=50/1");
}

static void
push_gap (GstHarness *h, GstClockTime pts, GstClockTime duration)
{
  fail_unless (gst_harness_push_event (h, gst_event_new_gap (pts, duration)));
}

/* Missing sound is silence, said by a GAP or by a time stamp: the frames go on
 * at their times, and the bars fall as they would have. */
GST_START_TEST (test_gap)
{
  g_autoptr (GArray) want = NULL;

  for (guint how = 0; how < 4; how++) {
    GstHarness *h = plain_viz ();
    g_autoptr (GArray) sums = NULL;
    GstBuffer *buffer = viz_sine (48000, 1, 24000, 12000);

    viz_push_sine (h, 48000, 1, 0, 12000, 480);
    if (how == 0) {
      GstBuffer *silence = gst_buffer_new_allocate (NULL, 24000, NULL);

      gst_buffer_memset (silence, 0, 0, 24000);
      GST_BUFFER_PTS (silence) = 250 * GST_MSECOND;
      gst_harness_push (h, silence);
    } else if (how == 1) {
      push_gap (h, 250 * GST_MSECOND, 100 * GST_MSECOND);
      push_gap (h, 350 * GST_MSECOND, 150 * GST_MSECOND);
    } else if (how == 2) {
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    }
    gst_harness_push (h, buffer);
    gst_harness_push_event (h, gst_event_new_eos ());
    sums = viz_pull_frames (h, 0, 50, 1);
    fail_unless_equals_int (sums->len, 38);
    if (want)
      fail_unless (
          memcmp (want->data, sums->data, sums->len * sizeof (guint)) == 0);
    else
      want = g_steal_pointer (&sums);
    gst_harness_teardown (h);
  }
}
GST_END_TEST;

/* A long gap ends in silence, not in a flood of frames. */
GST_START_TEST (test_long_gap)
{
  GstHarness *h = plain_viz ();
  GstBuffer *buffer, *last = NULL;
  guint n = 0;

  viz_push_sine (h, 48000, 1, 0, 4800, 480);
  push_gap (h, 100 * GST_MSECOND, 100000 * GST_SECOND);
  while ((buffer = gst_harness_try_pull (h))) {
    gst_clear_buffer (&last);
    last = buffer;
    n++;
  }
  fail_unless_equals_int (n, 506);
  gst_buffer_unref (last);

  buffer = viz_sine (48000, 1, 0, 4800);
  GST_BUFFER_PTS (buffer) = 100000 * GST_SECOND + 100 * GST_MSECOND;
  gst_harness_push (h, buffer);
  buffer = gst_harness_pull (h);
  fail_unless (GST_BUFFER_IS_DISCONT (buffer));
  fail_unless_equals_uint64 (
      GST_BUFFER_PTS (buffer), 100000 * GST_SECOND + 100 * GST_MSECOND);
  gst_buffer_unref (buffer);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* After a flush all begins anew: the same sound, the same pictures. */
GST_START_TEST (test_flush)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GArray) before = NULL;
  g_autoptr (GArray) after = NULL;
  GstSegment segment;

  viz_push_sine (h, 48000, 1, 0, 24000, 1000);
  before = viz_pull_frames (h, 0, 50, 1);

  gst_harness_push_event (h, gst_event_new_flush_start ());
  gst_harness_push_event (h, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  viz_push_sine (h, 48000, 1, 0, 24000, 333);
  after = viz_pull_frames (h, 0, 50, 1);
  fail_unless_equals_int (before->len, 26);
  fail_unless_equals_int (after->len, 26);
  fail_unless (memcmp (before->data, after->data, 26 * sizeof (guint)) == 0);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* The timeline begins at the first sound, wherever that is; a segment cuts. */
GST_START_TEST (test_segment)
{
  GstHarness *h = plain_viz ();
  GstBuffer *buffer;
  GstSegment segment;
  guint n = 0;

  buffer = viz_sine (48000, 1, 0, 4800);
  GST_BUFFER_PTS (buffer) = 3 * GST_SECOND + 1;
  gst_harness_push (h, buffer);
  g_array_unref (viz_pull_frames (h, 3 * GST_SECOND + 1, 50, 1));

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 10 * GST_SECOND;
  segment.stop = 10 * GST_SECOND + 50 * GST_MSECOND;
  segment.base = 4 * GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  buffer = viz_sine (48000, 1, 0, 9600);
  GST_BUFFER_PTS (buffer) = 10 * GST_SECOND - 20 * GST_MSECOND;
  gst_harness_push (h, buffer);
  while ((buffer = gst_harness_try_pull (h))) {
    fail_unless_equals_uint64 (
        GST_BUFFER_PTS (buffer), 10 * GST_SECOND + n * 20 * GST_MSECOND);
    gst_buffer_unref (buffer);
    n++;
  }
  fail_unless_equals_int (n, 3);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Played backwards, frames go back in time, and show what the same sound, turned
 * round, shows when played forwards. */
GST_START_TEST (test_backwards)
{
  GstHarness *h = plain_viz (), *forwards = plain_viz ();
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GArray) want = NULL;
  GstBuffer *whole = viz_sine (48000, 1, 0, 24000);
  GstBuffer *turned = gst_buffer_copy_deep (whole);
  GstMapInfo from, to;
  GstSegment segment;
  GstBuffer *buffer;
  guint n = 0;

  gst_buffer_map (whole, &from, GST_MAP_READ);
  gst_buffer_map (turned, &to, GST_MAP_WRITE);
  for (guint i = 0; i < 24000; i++)
    ((gint16 *) to.data)[i] = ((gint16 *) from.data)[23999 - i];
  gst_buffer_unmap (whole, &from);
  gst_buffer_unmap (turned, &to);
  gst_harness_push (forwards, turned);
  want = viz_pull_frames (forwards, 0, 50, 1);
  fail_unless_equals_int (want->len, 26);

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = -1;
  segment.stop = 500 * GST_MSECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  for (guint i = 0; i < 25; i++) {
    guint begin = 24000 - (i + 1) * 960;

    buffer =
        gst_buffer_copy_region (whole, GST_BUFFER_COPY_ALL, begin * 2, 960 * 2);
    GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (begin, GST_SECOND, 48000);
    GST_BUFFER_DURATION (buffer) = 20 * GST_MSECOND;
    /* As decoders do. */
    if (i % 5 == 0)
      GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  }
  for (; (buffer = gst_harness_try_pull (h)); n++) {
    fail_unless_equals_uint64 (
        GST_BUFFER_PTS (buffer), (24 - n) * 20 * GST_MSECOND);
    fail_unless_equals_int (
        viz_checksum (buffer), g_array_index (want, guint, n));
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_int (n, 25);

  gst_element_set_bus (viz, bus);
  segment.stop = GST_CLOCK_TIME_NONE;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_element_set_bus (viz, NULL);
  gst_buffer_unref (whole);
  gst_harness_teardown (h);
  gst_harness_teardown (forwards);
}
GST_END_TEST;

/* Rate, channels and format may change at any buffer; frames keep their grid. */
GST_START_TEST (test_audio_caps_change)
{
  const gchar *formats[] = { "S16LE", "F32LE", "U8", "S24BE", "F64LE" };
  GstHarness *h = plain_viz ();
  GstClockTime pts = 0;
  g_autoptr (GArray) sums = NULL;

  for (guint i = 0; i < 50; i++) {
    guint rate = 8000 + 8000 * (i % 6);
    guint channels = 1 + i % 9;
    g_autofree gchar *caps = g_strdup_printf (
        "audio/x-raw,format=%s,layout=%s,rate=%u,channels=%u%s", formats[i % 5],
        "interleaved", rate, channels,
        channels > 2 ? ",channel-mask=(bitmask)0" : "");
    GstAudioInfo info;
    GstBuffer *buffer;
    g_autoptr (GstCaps) parsed = gst_caps_from_string (caps);

    gst_audio_info_from_caps (&info, parsed);
    gst_harness_set_src_caps_str (h, caps);
    buffer = gst_buffer_new_allocate (
        NULL, (gsize) (GST_AUDIO_INFO_BPF (&info) * (gint) rate / 40), NULL);
    gst_buffer_memset (
        buffer, 0, (guint8) (i * 37), gst_buffer_get_size (buffer));
    GST_BUFFER_PTS (buffer) = pts;
    pts += 25 * GST_MSECOND;
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  }
  sums = viz_pull_frames (h, 0, 50, 1);
  fail_unless_equals_int (sums->len, 63);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Downstream changes its mind: the next frames are of the new kind. */
GST_START_TEST (test_video_caps_change)
{
  GstHarness *h = plain_viz ();
  GstBuffer *buffer;

  viz_push_sine (h, 48000, 1, 0, 960, 960);
  buffer = gst_harness_pull (h);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 64 * 48 * 4);
  gst_buffer_unref (buffer);
  gst_buffer_unref (gst_harness_pull (h));

  gst_harness_set_sink_caps_str (
      h, "video/x-raw,format=I420,width=32,height=32,framerate=25/1");
  fail_unless (
      gst_harness_push_upstream_event (h, gst_event_new_reconfigure ()));
  viz_push_sine (h, 48000, 1, 960, 4800, 960);
  buffer = gst_harness_pull (h);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), 40 * GST_MSECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), 40 * GST_MSECOND);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 32 * 32 * 3 / 2);
  gst_buffer_unref (buffer);
  buffer = gst_harness_pull (h);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), 80 * GST_MSECOND);
  gst_buffer_unref (buffer);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* A frame that comes too late is not drawn, but it is heard: the ones after it
 * are what they would have been. */
GST_START_TEST (test_qos)
{
  GstHarness *all = plain_viz ();
  GstHarness *late = plain_viz ();
  g_autoptr (GArray) want = NULL;
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  GstBuffer *buffer;
  GstFormat format;
  guint64 processed, dropped;
  guint n = 0;

  viz_push_sine (all, 48000, 1, 0, 24000, 480);
  want = viz_pull_frames (all, 0, 50, 1);

  gst_element_set_bus (late->element, bus);
  viz_push_sine (late, 48000, 1, 0, 4800, 480);
  fail_unless (gst_harness_push_upstream_event (late,
      gst_event_new_qos (
          GST_QOS_TYPE_UNDERFLOW, 2.0, 100 * GST_MSECOND, 100 * GST_MSECOND)));
  viz_push_sine (late, 48000, 1, 4800, 24000, 480);
  while ((buffer = gst_harness_try_pull (late))) {
    if (n == 6)
      n = 16;
    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), n * 20 * GST_MSECOND);
    fail_unless_equals_int (
        viz_checksum (buffer), g_array_index (want, guint, n));
    gst_buffer_unref (buffer);
    n++;
  }
  fail_unless_equals_int (n, 26);

  message = gst_bus_pop_filtered (bus, GST_MESSAGE_QOS);
  fail_unless (message != NULL);
  gst_message_parse_qos_stats (message, &format, &processed, &dropped);
  fail_unless_equals_uint64 (processed, 6);
  fail_unless_equals_uint64 (dropped, 1);
  gst_element_set_bus (late->element, NULL);
  gst_harness_teardown (all);
  gst_harness_teardown (late);
}
GST_END_TEST;

/* It adds no latency of its own to what upstream has. */
GST_START_TEST (test_latency)
{
  GstHarness *h = plain_viz ();

  gst_harness_set_upstream_latency (h, 30 * GST_MSECOND);
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 30 * GST_MSECOND);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* In silence nothing is drawn and nothing allocated: the same pixels go round.
 */
GST_START_TEST (test_silence_is_free)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GHashTable) memories = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 100; i++) {
    GstBuffer *buffer;

    push_gap (h, i * 20 * GST_MSECOND, 20 * GST_MSECOND);
    while ((buffer = gst_harness_try_pull (h))) {
      g_hash_table_add (memories, gst_buffer_peek_memory (buffer, 0));
      fail_if (gst_buffer_is_writable (buffer));
      gst_buffer_unref (buffer);
    }
  }
  /* Frames 0 and 1 come from the same gap, so two were on their way. */
  fail_unless_equals_int (g_hash_table_size (memories), 2);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Properties change the next frame, in any state and at any time. */
GST_START_TEST (test_properties_while_playing)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  guint64 at = 0;

  for (guint i = 0; i < 200; i++) {
    g_object_set (viz, "fft-size", 32u << i % 11, "style", i % 4,
        "channel-mode", i / 5 % 3, "channel", i % 3, "bands", i * 7 % 90,
        "frequency-scale", i % 4, "centered", i & 1, "min-frequency",
        (gdouble) (i * 61 % 9000), "max-frequency", (gdouble) (i * 97 % 20000),
        "min-decibels", -90.0 + i % 80, "max-decibels", -70.0 + i % 97,
        "background-color", i * 77777777u, "smoothing-reference-fps",
        (gdouble) (i % 3 * 60), "mirror", i % 3, "orientation", i % 4, "peaks",
        (i & 2) != 0, "gradient", i / 2 % 2, "gap", i % 10 / 10.0, NULL);
    viz_push_sine (h, 48000, 1, at, at + 960, 960);
    at += 960;
  }
  g_array_unref (viz_pull_frames (h, 0, 50, 1));
  gst_harness_teardown (h);
}
GST_END_TEST;

static gboolean
pop_speaking (GstBus *bus, gboolean *speaking)
{
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);

  if (!message)
    return FALSE;
  fail_unless (gst_message_has_name (message, "speaking"));
  fail_unless (gst_structure_get_boolean (
      gst_message_get_structure (message), "speaking", speaking));
  return TRUE;
}

/* Who speaks is said when it changes; GAP and EOS end it at once. */
GST_START_TEST (test_speaking)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  g_autoptr (GstBus) bus = gst_bus_new ();
  gboolean speaking;

  gst_element_set_bus (viz, bus);
  g_object_set (viz, "post-speaking", TRUE, NULL);
  push_gap (h, 0, 100 * GST_MSECOND);
  fail_if (pop_speaking (bus, &speaking));
  viz_push_sine (h, 48000, 1, 4800, 9600, 480);
  fail_unless (pop_speaking (bus, &speaking));
  fail_unless (speaking);
  fail_if (pop_speaking (bus, &speaking));
  push_gap (h, 200 * GST_MSECOND, 20 * GST_MSECOND);
  fail_unless (pop_speaking (bus, &speaking));
  fail_if (speaking);
  viz_push_sine (h, 48000, 1, 10560, 14400, 480);
  fail_unless (pop_speaking (bus, &speaking));
  fail_unless (speaking);
  gst_harness_push_event (h, gst_event_new_eos ());
  fail_unless (pop_speaking (bus, &speaking));
  fail_if (speaking);
  gst_element_set_bus (viz, NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* The fields of the element spectrum's messages, and the level. */
GST_START_TEST (test_spectrum_messages)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  g_autoptr (GstBus) bus = gst_bus_new ();
  GstMessage *message;
  guint n = 0;

  gst_element_set_bus (viz, bus);
  g_object_set (
      viz, "post-messages", TRUE, "interval", 100 * GST_MSECOND, NULL);
  viz_push_sine (h, 48000, 1, 0, 48000, 480);
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    const GstStructure *s = gst_message_get_structure (message);
    const GValue *magnitude = gst_structure_get_value (s, "magnitude");
    guint64 time, duration;
    gdouble rms, peak;

    fail_unless (gst_structure_has_name (s, "spectrum"));
    fail_unless (gst_structure_get_uint64 (s, "running-time", &time));
    fail_unless (gst_structure_get_uint64 (s, "stream-time", &time));
    fail_unless (gst_structure_get_uint64 (s, "timestamp", &time));
    fail_unless (gst_structure_get_uint64 (s, "duration", &duration));
    fail_unless_equals_uint64 (duration, 100 * GST_MSECOND);
    fail_unless_equals_int (gst_value_list_get_size (magnitude), 128);
    fail_unless (gst_structure_get_double (s, "rms", &rms));
    fail_unless (gst_structure_get_double (s, "peak", &peak));
    fail_unless_equals_uint64 (time, n * 100 * GST_MSECOND);
    fail_unless (gst_structure_get_uint64 (s, "endtime", &time));
    fail_unless_equals_uint64 (time, (n + 1) * 100 * GST_MSECOND);
    fail_unless (fabs (rms + 9.24) < 0.2);
    fail_unless (fabs (peak + 6.23) < 0.2);
    /* 440 Hz is in bin 2 of 187.5 Hz each. */
    fail_unless (
        g_value_get_float (gst_value_list_get_value (magnitude, 2)) > -30);
    fail_unless (
        g_value_get_float (gst_value_list_get_value (magnitude, 100)) < -60);
    gst_message_unref (message);
    n++;
  }
  fail_unless_equals_int (n, 10);
  gst_element_set_bus (viz, NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Also where frames fall between samples. */
GST_START_TEST (test_spectrum_intervals)
{
  GstHarness *h = viz_new ("post-messages=true",
      "audio/x-raw,format=S16LE,layout=interleaved,rate=44100,channels=1",
      SMALL ",framerate=30000/1001");
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  g_autoptr (GstBus) bus = gst_bus_new ();
  guint64 expected = 0, time, duration;
  GstMessage *message;
  guint n = 0;

  gst_element_set_bus (viz, bus);
  viz_push_sine (h, 44100, 1, 0, 44100, 441);
  for (; (message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT)); n++) {
    const GstStructure *s = gst_message_get_structure (message);

    fail_unless (gst_structure_get_uint64 (s, "timestamp", &time));
    fail_unless (gst_structure_get_uint64 (s, "duration", &duration));
    fail_unless_equals_uint64 (time, expected);
    expected += duration;
    fail_unless (gst_structure_get_uint64 (s, "endtime", &time));
    fail_unless_equals_uint64 (time, expected);
    gst_message_unref (message);
  }
  fail_unless_equals_int (n, 9);
  gst_element_set_bus (viz, NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Silence counts: half of each makes half the power. */
GST_START_TEST (test_level_of_gap)
{
  GstHarness *h = plain_viz ();
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  gdouble rms;

  gst_element_set_bus (viz, bus);
  g_object_set (viz, "post-messages", TRUE, "interval", 100 * GST_MSECOND,
      "channel-mode", 2, NULL);
  viz_push_sine (h, 48000, 1, 0, 2400, 480);
  push_gap (h, 50 * GST_MSECOND, 50 * GST_MSECOND);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  fail_unless (gst_structure_get_double (
      gst_message_get_structure (message), "rms", &rms));
  fail_unless (fabs (rms + 9.24 + 3.01) < 0.2);
  gst_element_set_bus (viz, NULL);
  gst_harness_teardown (h);
}
GST_END_TEST;

GST_START_TEST (test_bad_properties)
{
  g_autoptr (GstElement) viz =
      gst_element_factory_make ("audiospectrumviz", NULL);
  g_autofree gchar *colors = NULL;
  guint size;

  ASSERT_WARNING (g_object_set (viz, "fft-size", 1000u, NULL));
  ASSERT_WARNING (g_object_set (viz, "colors", "no color", NULL));
  g_object_get (viz, "fft-size", &size, "colors", &colors, NULL);
  fail_unless_equals_int (size, 2048);
  fail_unless_equals_string (colors, "#22d3ee #6366f1 #ec4899");
  gst_object_unref (g_steal_pointer (&viz));
}
GST_END_TEST;

/* Pictures of one pixel and of the largest, in each format. */
GST_START_TEST (test_formats_and_sizes)
{
  const gchar *formats[] = { "BGRx", "RGBx", "xRGB", "xBGR", "BGRA", "RGBA",
    "ARGB", "ABGR", "AYUV", "A420", "I420", "YV12", "NV12", "NV21" };
  const guint sizes[][2] = { { 1, 1 }, { 3, 3 }, { 161, 91 }, { 4096, 2 },
    { 2, 4096 } };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      g_autofree gchar *video = g_strdup_printf (
          "video/x-raw,format=%s,width=%u,height=%u,framerate=30/1", formats[f],
          sizes[s][0], sizes[s][1]);
      GstHarness *h = viz_new ("",
          "audio/x-raw,format=F32LE,layout=interleaved,rate=48000,channels=2",
          video);
      GstBuffer *buffer = gst_buffer_new_allocate (NULL, 48000 * 8 / 5, NULL);

      gst_buffer_memset (buffer, 0, 0x3e, 48000 * 8 / 5);
      GST_BUFFER_PTS (buffer) = 0;
      gst_harness_push (h, buffer);
      g_array_unref (viz_pull_frames (h, 0, 30, 1));
      gst_harness_teardown (h);
    }
}
GST_END_TEST;

GST_START_TEST (test_no_common_format)
{
  GstHarness *h = gst_harness_new ("audiospectrumviz");

  gst_harness_set_sink_caps_str (h, "video/x-raw,format=v210");
  gst_harness_set_src_caps_str (
      h, "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1");
  fail_unless_equals_int (gst_harness_push (h, viz_sine (48000, 1, 0, 960)),
      GST_FLOW_NOT_NEGOTIATED);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* As gst-launch runs it. */
GST_START_TEST (test_pipeline)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "audiotestsrc num-buffers=50 samplesperbuffer=960 ! "
      "audio/x-raw,rate=48000 ! "
      "audiospectrumviz ! video/x-raw,framerate=30/1 ! videoconvert ! "
      "fakesink name=sink sync=false",
      &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstStructure) stats = NULL;
  guint64 rendered;

  fail_unless (error == NULL);
  for (guint round = 0; round < 3; round++) {
    g_clear_pointer (&stats, gst_structure_free);
    gst_clear_message (&message);
    gst_clear_object (&bus);
    gst_clear_object (&sink);
    bus = gst_element_get_bus (pipeline);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    message = gst_bus_timed_pop_filtered (bus, test_deadline (20) * GST_USECOND,
        GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    fail_unless (message != NULL);
    fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
    sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
    g_object_get (sink, "stats", &stats, NULL);
    fail_unless (gst_structure_get_uint64 (stats, "rendered", &rendered));
    fail_unless_equals_uint64 (rendered, 31);
    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
}
GST_END_TEST;

static void
run_to_eos (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
}

/* As players show music: playbin puts it beside the sound of a file. */
GST_START_TEST (test_playbin)
{
  TEST_WATCHDOG (60);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *folder = g_dir_make_tmp ("viz-XXXXXX", &error);
  g_autofree gchar *file = g_build_filename (folder, "sound.wav", NULL);
  g_autofree gchar *uri = gst_filename_to_uri (file, &error);
  g_autofree gchar *line =
      g_strdup_printf ("audiotestsrc num-buffers=100 samplesperbuffer=480 ! "
                       "audio/x-raw,rate=48000 ! wavenc ! filesink location=%s",
          file);
  g_autoptr (GstElement) recorder = gst_parse_launch (line, &error);
  g_autoptr (GstElement) player = gst_element_factory_make ("playbin", NULL);
  g_autoptr (GstStructure) stats = NULL;
  GstElement *viz = gst_element_factory_make ("audiospectrumviz", NULL);
  GstElement *video = gst_element_factory_make ("fakesink", NULL);
  GstElement *audio = gst_element_factory_make ("fakesink", NULL);
  guint64 rendered;

  fail_unless (error == NULL);
  run_to_eos (recorder);
  gst_element_set_state (recorder, GST_STATE_NULL);
  g_object_set (video, "sync", FALSE, NULL);
  gst_util_set_object_arg (G_OBJECT (player), "flags", "audio+vis+soft-volume");
  g_object_set (player, "uri", uri, "vis-plugin", viz, "video-sink", video,
      "audio-sink", audio, NULL);
  run_to_eos (player);
  g_object_get (video, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "rendered", &rendered));
  fail_unless (rendered >= 20);
  gst_element_set_state (player, GST_STATE_NULL);
  g_unlink (file);
  g_rmdir (folder);
}
GST_END_TEST;

static Suite *
audiospectrumviz_suite (void)
{
  Suite *suite = suite_create ("audiospectrumviz");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_buffer_sizes);
  tcase_add_test (tcase, test_browser);
  tcase_add_test (tcase, test_gap);
  tcase_add_test (tcase, test_long_gap);
  tcase_add_test (tcase, test_flush);
  tcase_add_test (tcase, test_segment);
  tcase_add_test (tcase, test_backwards);
  tcase_add_test (tcase, test_audio_caps_change);
  tcase_add_test (tcase, test_video_caps_change);
  tcase_add_test (tcase, test_qos);
  tcase_add_test (tcase, test_latency);
  tcase_add_test (tcase, test_silence_is_free);
  tcase_add_test (tcase, test_properties_while_playing);
  tcase_add_test (tcase, test_speaking);
  tcase_add_test (tcase, test_spectrum_messages);
  tcase_add_test (tcase, test_spectrum_intervals);
  tcase_add_test (tcase, test_level_of_gap);
  tcase_add_test (tcase, test_bad_properties);
  tcase_add_test (tcase, test_formats_and_sizes);
  tcase_add_test (tcase, test_no_common_format);
  tcase_add_test (tcase, test_pipeline);
  /* GStreamer 1.22's playsink leaks four objects with any vis-plugin. */
  if (!g_getenv ("GST_TRACERS") && !g_getenv ("ASAN_OPTIONS"))
    tcase_add_test (tcase, test_playbin);
  return suite;
}

TEST_CHECK_MAIN (audiospectrumviz)
