/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/mediameter.h"
#include "common/testcheck.h"

#include <math.h>

/* Runs `description`, which ends by itself in an element "sink", and measures
 * there. */
typedef struct {
  GstElement *pipeline;
  GstPad *pad;
  MediaMeter *meter;
} Bench;

static void
bench_init (Bench *self, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;

  self->pipeline = gst_parse_launch (description, &error);
  fail_unless (self->pipeline, "%s", error ? error->message : "");
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  self->pad = gst_element_get_static_pad (sink, "sink");
  self->meter = media_meter_new (self->pad);
}

static void
bench_run (Bench *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 20 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
}

static void
bench_clear (Bench *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_pointer (&self->meter, media_meter_free);
  gst_clear_object (&self->pad);
  gst_clear_object (&self->pipeline);
}

static MediaReading
measure (const char *description)
{
  Bench bench;
  MediaReading reading;

  bench_init (&bench, description);
  bench_run (&bench);
  media_meter_read (bench.meter, &reading);
  bench_clear (&bench);
  return reading;
}

GST_START_TEST (test_moving_picture)
{
  static const char *formats[] = { "I420", "NV12", "YUY2", "GRAY8", "RGB",
    "BGRx", "AYUV" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *description = g_strdup_printf (
        "videotestsrc pattern=smpte75 horizontal-speed=8 num-buffers=30 ! "
        "video/x-raw,format=%s,width=160,height=90,framerate=30/1 ! "
        "fakesink name=sink",
        formats[i]);
    MediaReading reading = measure (description);

    fail_unless_equals_uint64 (reading.buffers, 30);
    fail_unless_equals_uint64 (reading.changed, 29);
    fail_unless_equals_uint64 (reading.still, 0);
    fail_unless_equals_int (reading.width, 160);
    fail_unless_equals_int (reading.height, 90);
    fail_unless_equals_uint64 (reading.length, GST_SECOND * 29 / 30);
    fail_unless (reading.luma > 30 && reading.luma < 200);
    fail_unless_equals_uint64 (reading.pts_back, 0);
    fail_unless (reading.pts_gap < GST_MSECOND);
    fail_unless (reading.eos);
  }
}
GST_END_TEST;

GST_START_TEST (test_still_picture)
{
  MediaReading reading =
      measure ("videotestsrc pattern=black num-buffers=31 ! "
               "video/x-raw,format=I420,width=160,height=90,framerate=30/1 ! "
               "fakesink name=sink");

  fail_unless_equals_uint64 (reading.buffers, 31);
  fail_unless_equals_uint64 (reading.changed, 0);
  fail_unless (ABS (GST_CLOCK_DIFF (reading.still, GST_SECOND)) < GST_USECOND);
  fail_unless (fabs (reading.luma - 16) < 0.01);
}
GST_END_TEST;

/* Left half still, right half moving. */
GST_START_TEST (test_region)
{
  static const struct {
    double left, right;
    guint64 changed;
  } parts[] = { { 0, 0.5, 0 }, { 0.5, 1, 29 } };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    Bench bench;
    MediaReading reading;

    bench_init (&bench,
        "compositor name=mix background=black sink_1::xpos=160 ! "
        "video/x-raw,format=I420,width=320,height=90 ! fakesink name=sink "
        "videotestsrc pattern=smpte num-buffers=30 ! "
        "video/x-raw,width=160,height=89,framerate=30/1 ! mix.sink_0 "
        "videotestsrc pattern=smpte75 horizontal-speed=8 num-buffers=30 ! "
        "video/x-raw,width=160,height=90,framerate=30/1 ! mix.sink_1");
    media_meter_set_region (bench.meter, parts[i].left, 0, parts[i].right, 0.7);
    bench_run (&bench);
    media_meter_read (bench.meter, &reading);
    fail_unless_equals_uint64 (reading.buffers, 30);
    fail_unless_equals_uint64 (reading.changed, parts[i].changed);
    bench_clear (&bench);
  }
}
GST_END_TEST;

GST_START_TEST (test_sound)
{
  static const char *formats[] = { "S16LE", "S32LE", "F32LE", "F64LE", "U8" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree char *description = g_strdup_printf (
        "audiotestsrc wave=sine freq=440 volume=0.1 num-buffers=100 "
        "samplesperbuffer=480 ! audio/x-raw,format=%s,rate=48000,channels=2 ! "
        "fakesink name=sink",
        formats[i]);
    MediaReading reading = measure (description);

    fail_unless_equals_uint64 (reading.buffers, 100);
    fail_unless (fabs (reading.rms - -23.01) < 0.2, "%f", reading.rms);
    fail_unless (fabs (reading.recent - -23.01) < 0.2);
    fail_unless_equals_uint64 (reading.silence, 0);
    fail_unless_equals_uint64 (reading.pts_gap, 0);
    fail_unless_equals_uint64 (reading.pts_back, 0);
  }
}
GST_END_TEST;

GST_START_TEST (test_silent_sound)
{
  MediaReading reading = measure (
      "audiotestsrc wave=silence num-buffers=100 samplesperbuffer=480 ! "
      "audio/x-raw,format=S16LE,rate=48000,channels=1 ! fakesink name=sink");

  fail_unless (reading.rms < -100);
  fail_unless_equals_uint64 (reading.silence, GST_SECOND);
}
GST_END_TEST;

GST_START_TEST (test_tones)
{
  Bench bench;
  guint played, other;

  bench_init (&bench,
      "audiotestsrc wave=sine freq=440 volume=0.1 num-buffers=100 "
      "samplesperbuffer=480 ! audio/x-raw,format=F32LE,rate=48000 ! "
      "fakesink name=sink");
  played = media_meter_add_tone (bench.meter, 440);
  other = media_meter_add_tone (bench.meter, 880);
  bench_run (&bench);
  fail_unless (fabs (media_meter_tone (bench.meter, played) - -23.01) < 0.2);
  fail_unless (media_meter_tone (bench.meter, other) < -60);
  bench_clear (&bench);
}
GST_END_TEST;

static void
push (GstElement *source, int pts_ms, int duration_ms)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 8, NULL);
  GstFlowReturn flow;

  GST_BUFFER_PTS (buffer) = pts_ms * GST_MSECOND;
  GST_BUFFER_DURATION (buffer) = duration_ms * GST_MSECOND;
  g_signal_emit_by_name (source, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (flow, GST_FLOW_OK);
}

/* Holes and steps back in time, and what a reset forgets. */
GST_START_TEST (test_time)
{
  Bench bench;
  MediaReading reading;
  g_autoptr (GstElement) source = NULL;

  bench_init (&bench,
      "appsrc name=source format=time caps=application/x-test ! "
      "fakesink name=sink sync=false async=false");
  source = gst_bin_get_by_name (GST_BIN (bench.pipeline), "source");
  gst_element_set_state (bench.pipeline, GST_STATE_PLAYING);

  push (source, 1000, 20);
  push (source, 1020, 20);
  push (source, 1090, 20); /* 50 late */
  push (source, 1110, 20);
  push (source, 1100, 20); /* 30 early */
  fail_unless (media_meter_wait_buffers (bench.meter, 5, test_deadline (10)));
  media_meter_read (bench.meter, &reading);
  fail_unless_equals_uint64 (reading.pts_gap, 50 * GST_MSECOND);
  fail_unless_equals_uint64 (reading.pts_back, 30 * GST_MSECOND);

  media_meter_reset (bench.meter);
  push (source, 5000, 20);
  push (source, 5020, 20);
  fail_unless (media_meter_wait_buffers (bench.meter, 2, test_deadline (10)));
  media_meter_read (bench.meter, &reading);
  fail_unless_equals_uint64 (reading.buffers, 2);
  fail_unless_equals_uint64 (reading.pts_gap, 0);
  fail_unless_equals_uint64 (reading.pts_back, 0);
  /* Nobody pushes: the wait ends by its deadline. */
  fail_if (media_meter_wait_buffers (
      bench.meter, 3, g_get_monotonic_time () + 20 * G_TIME_SPAN_MILLISECOND));

  push (source, 5040, 20);
  fail_unless (media_meter_wait_buffers (bench.meter, 3, test_deadline (10)));
  media_meter_read (bench.meter, &reading);
  /* The wait above was a gap in the arrival, and in nothing else. */
  fail_unless (reading.arrival_gap >= 20 * GST_MSECOND);
  fail_unless_equals_uint64 (reading.pts_gap, 0);
  bench_clear (&bench);
}
GST_END_TEST;

GST_START_TEST (test_alive)
{
  static const struct {
    const char *description;
    gboolean alive;
  } sources[] = {
    { "videotestsrc is-live=true pattern=smpte75 horizontal-speed=8 ! "
      "video/x-raw,format=I420,width=160,height=90,framerate=60/1 ! fakesink name=sink",
        TRUE },
    { "videotestsrc num-buffers=60 pattern=black ! "
      "video/x-raw,format=I420,width=160,height=90 ! fakesink name=sink",
        FALSE },
    { "audiotestsrc is-live=true volume=0.2 ! fakesink name=sink", TRUE },
    { "audiotestsrc num-buffers=60 wave=silence ! fakesink name=sink", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    Bench bench;

    bench_init (&bench, sources[i].description);
    if (sources[i].alive) {
      gst_element_set_state (bench.pipeline, GST_STATE_PLAYING);
      fail_unless (media_meter_wait_alive (bench.meter, test_deadline (20)));
    } else {
      bench_run (&bench);
      fail_if (media_meter_wait_alive (bench.meter, g_get_monotonic_time ()));
    }
    bench_clear (&bench);
  }
}
GST_END_TEST;

/* Freed while buffers flow. */
GST_START_TEST (test_free_while_playing)
{
  Bench bench;

  bench_init (
      &bench, "videotestsrc ! video/x-raw,format=I420 ! fakesink name=sink");
  gst_element_set_state (bench.pipeline, GST_STATE_PLAYING);
  for (int i = 0; i < 20; i++) {
    fail_unless (media_meter_wait_buffers (bench.meter, 2, test_deadline (20)));
    media_meter_free (bench.meter);
    bench.meter = media_meter_new (bench.pad);
  }
  bench_clear (&bench);
}
GST_END_TEST;

static Suite *
mediameter_suite (void)
{
  Suite *suite = suite_create ("mediameter");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_moving_picture);
  tcase_add_test (tcase, test_still_picture);
  tcase_add_test (tcase, test_region);
  tcase_add_test (tcase, test_sound);
  tcase_add_test (tcase, test_silent_sound);
  tcase_add_test (tcase, test_tones);
  tcase_add_test (tcase, test_time);
  tcase_add_test (tcase, test_alive);
  tcase_add_test (tcase, test_free_while_playing);
  return suite;
}

TEST_CHECK_MAIN (mediameter)
