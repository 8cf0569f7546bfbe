/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <math.h>
#include <string.h>

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "vizworld.h"

/* audiospectrumviz under what no source sends on purpose: frames stay on their
 * grid and of their size, and nothing piles up. */

#define MONO "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1"

static const gfloat odd[] = { NAN, INFINITY, -INFINITY, 1e38f, -1e38f, 1e-42f,
  0, 1000 };

/* Random sound, in caps that change all the time. */
typedef struct {
  GRand *rand;
  GstHarness *h;
  GstAudioInfo info;
  GstClockTime pts;
} Source;

static void
choose_format (Source *self)
{
  const guint rates[] = { 8000, 11025, 16000, 22050, 44100, 48000, 96000,
    192000, 8001, 191999 };
  GstAudioChannelPosition none[64];
  GstAudioFormat format = (GstAudioFormat) g_rand_int_range (
      self->rand, GST_AUDIO_FORMAT_S8, GST_AUDIO_FORMAT_F64BE + 1);
  g_autoptr (GstCaps) caps = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    none[i] = GST_AUDIO_CHANNEL_POSITION_NONE;
  gst_audio_info_init (&self->info);
  gst_audio_info_set_format (&self->info, format,
      (gint) rates[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (rates))],
      g_rand_int_range (self->rand, 1, 33), none);
  if (g_rand_boolean (self->rand))
    self->info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  caps = gst_audio_info_to_caps (&self->info);
  gst_audio_info_from_caps (&self->info, caps);
  gst_harness_set_src_caps (self->h, g_steal_pointer (&caps));
}

static GstBuffer *
make_buffer (Source *self)
{
  guint frames = (guint) g_rand_int_range (self->rand, 0, 3)
      * (guint) g_rand_int_range (self->rand, 0, 700);
  gsize size = frames * (gsize) GST_AUDIO_INFO_BPF (&self->info);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  guint width = (guint) GST_AUDIO_INFO_WIDTH (&self->info) / 8;
  guint32 state = g_rand_int (self->rand);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < size; i++)
    map.data[i] = (guint8) ((state = state * 1664525u + 1013904223u) >> 24);
  if (GST_AUDIO_INFO_IS_FLOAT (&self->info))
    for (gsize i = 0; i + width <= size; i += width * 7) {
      gfloat value = odd[i % G_N_ELEMENTS (odd)];
      gdouble wide = (gdouble) value;

      if (width == sizeof value)
        memcpy (map.data + i, &value, width);
      else
        memcpy (map.data + i, &wide, width);
    }
  gst_buffer_unmap (buffer, &map);
  if (GST_AUDIO_INFO_LAYOUT (&self->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED)
    gst_buffer_add_audio_meta (buffer, &self->info, frames, NULL);
  GST_BUFFER_PTS (buffer) = self->pts;
  if (g_rand_int_range (self->rand, 0, 20) == 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  if (g_rand_int_range (self->rand, 0, 20) == 0)
    GST_BUFFER_PTS (buffer) = GST_CLOCK_TIME_NONE;
  self->pts += gst_util_uint64_scale (
      frames, GST_SECOND, (guint64) GST_AUDIO_INFO_RATE (&self->info));
  return buffer;
}

/* What flows out: on the grid of 25 frames per second, forwards, right in size.
 */
static guint
check_frames (GstHarness *h, GstClockTime *last, gsize size)
{
  GstBuffer *buffer;
  guint n = 0;

  for (; (buffer = gst_harness_try_pull (h)); n++) {
    GstClockTime pts = GST_BUFFER_PTS (buffer);

    fail_unless_equals_uint64 (pts % (40 * GST_MSECOND), 0);
    fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), 40 * GST_MSECOND);
    fail_unless (!GST_CLOCK_TIME_IS_VALID (*last) || pts > *last);
    fail_unless_equals_uint64 (gst_buffer_get_size (buffer), size);
    *last = pts;
    gst_buffer_unref (buffer);
  }
  return n;
}

/* After all that, a while of silence looks as silence does. */
GST_START_TEST (test_random_sound)
{
  TEST_WATCHDOG (100);
  Source source = { .rand = g_rand_new_with_seed (5) };
  GstHarness *h = viz_new ("peaks=true fft-size=512", MONO,
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1");
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  GstHarness *calm = viz_new ("fft-size=512", MONO,
      "video/x-raw,format=I420,width=64,height=48,framerate=25/1");
  GstClockTime last = GST_CLOCK_TIME_NONE;
  GstBuffer *after, *want;
  guint n = 0;

  source.h = h;
  for (guint i = 0; i < 20000; i++) {
    if (i % 3 == 0)
      choose_format (&source);
    if (i % 50 == 0)
      g_object_set (
          viz, "style", i / 50 % 4, "channel-mode", i / 100 % 3, NULL);
    if (i % 100 == 99) {
      GstClockTime length =
          (GstClockTime) g_rand_int_range (source.rand, 0, 200) * GST_MSECOND;

      gst_harness_push_event (h, gst_event_new_gap (source.pts, length));
      source.pts += length;
    }
    if (i % 1000 == 500)
      source.pts += 100 * GST_SECOND;
    fail_unless_equals_int (
        gst_harness_push (h, make_buffer (&source)), GST_FLOW_OK);
    n += check_frames (h, &last, 64 * 48 * 3 / 2);
  }
  GST_INFO ("%u frames", n);
  fail_unless (n > 1000);
  fail_unless (last <= source.pts + 40 * GST_MSECOND);
  fail_unless (last + GST_SECOND >= source.pts);

  g_object_set (viz, "style", 0, "channel-mode", 0, "peaks", FALSE, NULL);
  gst_harness_push_event (h, gst_event_new_gap (source.pts, 9 * GST_SECOND));
  gst_harness_push_event (calm, gst_event_new_gap (0, GST_SECOND));
  for (after = NULL; gst_harness_buffers_in_queue (h) > 0;) {
    gst_clear_buffer (&after);
    after = gst_harness_pull (h);
  }
  want = gst_harness_pull (calm);
  fail_unless_equals_int (viz_checksum (after), viz_checksum (want));
  gst_buffer_unref (after);
  gst_buffer_unref (want);
  g_rand_free (source.rand);
  gst_harness_teardown (h);
  gst_harness_teardown (calm);
}
GST_END_TEST;

static void
check_kind (guint rate, guint channels, const gchar *format, guint width,
    guint height, guint fps)
{
  g_autofree gchar *audio = g_strdup_printf (
      "audio/x-raw,format=F32LE,layout=interleaved,rate=%u,channels=%u%s", rate,
      channels, channels > 2 ? ",channel-mask=(bitmask)0" : "");
  g_autofree gchar *video = g_strdup_printf (
      "video/x-raw,format=%s,width=%u,height=%u,framerate=%u/1", format, width,
      height, fps);
  GstHarness *h = viz_new ("", audio, video);
  guint frames = rate * 3 / fps;
  GstBuffer *buffer =
      gst_buffer_new_allocate (NULL, (gsize) frames * channels * 4, NULL);
  g_autoptr (GArray) sums = NULL;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (guint i = 0; i < frames * channels; i++)
    ((gfloat *) map.data)[i] =
        i % 50 ? sinf ((gfloat) i) / 2 : odd[i / 50 % G_N_ELEMENTS (odd)];
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = 0;
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  sums = viz_pull_frames (h, 0, (gint) fps, 1);
  /* Frame n is due with sample floor (n * rate / fps). */
  fail_unless_equals_uint64 (
      sums->len, ((guint64) (frames + 1) * fps + rate - 1) / rate);
  gst_harness_teardown (h);
}

GST_START_TEST (test_extremes)
{
  TEST_WATCHDOG (100);
  const guint rates[] = { 8000, 11025, 44100, 192000 };
  const guint channels[] = { 1, 2, 3, 6, 32 };
  const guint fps[] = { 1, 7, 24, 60, 144, 240 };
  const guint sizes[][2] = { { 1, 1 }, { 1, 4096 }, { 4096, 1 }, { 2, 3 },
    { 33, 17 }, { 4096, 4096 } };
  const gchar *formats[] = { "BGRx", "I420", "NV12", "A420", "AYUV" };

  for (guint r = 0; r < G_N_ELEMENTS (rates); r++)
    for (guint c = 0; c < G_N_ELEMENTS (channels); c++)
      for (guint f = 0; f < G_N_ELEMENTS (fps); f++)
        check_kind (rates[r], channels[c], "I420", 32, 18, fps[f]);
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
      check_kind (48000, 2, formats[f], sizes[s][0], sizes[s][1], 30);
}
GST_END_TEST;

/* Another picture is wanted with each buffer. */
GST_START_TEST (test_video_caps_each_buffer)
{
  TEST_WATCHDOG (60);
  const gchar *formats[] = { "BGRx", "I420", "NV12", "A420", "AYUV", "RGBA" };
  GstHarness *h = viz_new ("", MONO, "video/x-raw,framerate=50/1");
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GstClockTime last = GST_CLOCK_TIME_NONE;
  guint n = 0;

  for (guint i = 0; i < 500; i++) {
    gint width = g_rand_int_range (rand, 1, 400);
    gint height = g_rand_int_range (rand, 1, 300);
    gint fps = g_rand_int_range (rand, 1, 241);
    const gchar *format = formats[i % G_N_ELEMENTS (formats)];
    g_autofree gchar *caps = g_strdup_printf (
        "video/x-raw,format=%s,width=%d,height=%d,framerate=%d/1", format,
        width, height, fps);
    GstVideoInfo info;
    GstBuffer *buffer;

    gst_video_info_set_format (&info, gst_video_format_from_string (format),
        (guint) width, (guint) height);
    gst_harness_set_sink_caps_str (h, caps);
    gst_harness_push_upstream_event (h, gst_event_new_reconfigure ());
    viz_push_sine (h, 48000, 1, i * 960, i * 960 + 960, 960);
    while ((buffer = gst_harness_try_pull (h))) {
      fail_unless_equals_uint64 (
          gst_buffer_get_size (buffer), GST_VIDEO_INFO_SIZE (&info));
      fail_unless (
          !GST_CLOCK_TIME_IS_VALID (last) || GST_BUFFER_PTS (buffer) > last);
      last = GST_BUFFER_PTS (buffer);
      gst_buffer_unref (buffer);
      n++;
    }
  }
  fail_unless (n > 250);
  gst_harness_teardown (h);
}
GST_END_TEST;

static gpointer
turn_knobs (gpointer data)
{
  GstElement *viz = data;

  for (guint i = 0; !g_object_get_data (G_OBJECT (viz), "enough"); i++) {
    gchar *colors = NULL;

    g_object_set (viz, "style", i % 4, "channel-mode", i / 4 % 3, "fft-size",
        64u << i % 8, "peaks", i & 1, "orientation", i / 3 % 4, "colors",
        i & 1 ? "#fff" : "#123 #456", NULL);
    g_object_get (viz, "colors", &colors, NULL);
    g_free (colors);
    g_thread_yield ();
  }
  return NULL;
}

/* States change while sound flows and another thread turns all knobs. */
GST_START_TEST (test_states_under_load)
{
  TEST_WATCHDOG (100);
  const GstState states[] = { GST_STATE_PLAYING, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_NULL, GST_STATE_PAUSED,
    GST_STATE_NULL, GST_STATE_PLAYING, GST_STATE_PAUSED, GST_STATE_READY };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (
      "audiotestsrc wave=pink-noise samplesperbuffer=441 ! "
      "audio/x-raw,rate=44100,channels=2 ! queue ! "
      "audiospectrumviz name=viz post-messages=true post-speaking=true ! "
      "video/x-raw,format=I420,width=320,height=180,framerate=60/1 ! "
      "fakesink sync=false",
      &error);
  g_autoptr (GstElement) viz = NULL;
  GstState before = GST_STATE_NULL;
  GThread *thread;

  fail_unless (error == NULL);
  viz = gst_bin_get_by_name (GST_BIN (pipeline), "viz");
  thread = g_thread_new ("knobs", turn_knobs, viz);
  for (guint i = 0; i < 600; i++) {
    GstState state = states[i % G_N_ELEMENTS (states)];
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
    GstMessage *message;

    gst_element_set_state (pipeline, state);
    /* PLAYING to PAUSED may stay asynchronous for good, with identity in the
     * place of this element too. */
    if (state >= GST_STATE_PAUSED && before <= GST_STATE_READY)
      fail_unless_equals_int (
          gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE),
          GST_STATE_CHANGE_SUCCESS);
    while ((message = gst_bus_pop_filtered (
                bus, GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT))) {
      fail_if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR);
      gst_message_unref (message);
    }
    before = state;
  }
  g_object_set_data (G_OBJECT (viz), "enough", viz);
  g_thread_join (thread);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
GST_END_TEST;

static Suite *
vizsoak_suite (void)
{
  Suite *suite = suite_create ("vizsoak");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_random_sound);
  tcase_add_test (tcase, test_extremes);
  tcase_add_test (tcase, test_video_caps_each_buffer);
  tcase_add_test (tcase, test_states_under_load);
  return suite;
}

TEST_CHECK_MAIN (vizsoak)
