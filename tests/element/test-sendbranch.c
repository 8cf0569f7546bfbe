/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "sendbranch.h"

#define AUDIO \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
#define AUDIO_MS_SIZE (48 * 4)
#define VIDEO "video/x-raw,format=I420,width=64,height=48,framerate=1/1"
#define VIDEO_SIZE (64 * 48 * 3 / 2)

static const SendBranchSettings settings = {
  .audio_bitrate = 32000,
  .video_bitrate = 200000,
};

typedef struct {
  GstElement *pipeline;
  const char *encoder; /* what it makes is seen; NULL: what a user gets */
  SendBranch *branch;
  GstPad *src;
  GAsyncQueue *encoded; /* buffers */
} World;

static gboolean
answer_latency (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

static GstPadProbeReturn
on_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_async_queue_push (data, gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info)));
  return GST_PAD_PROBE_OK;
}

static void
on_element (GstBin *bin, GstBin *parent, GstElement *element, World *world)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = NULL;

  if (factory == NULL
      || g_strcmp0 (GST_OBJECT_NAME (factory), world->encoder) != 0)
    return;
  pad = gst_element_get_static_pad (element, "src");
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_BUFFER, on_encoded, world->encoded, NULL);
}

static void
on_ready (SendBranch *branch, const GError *error, gpointer data)
{
  fail_unless (error == NULL);
}

static void
world_init (
    World *world, MediaKind kind, const char *encoder, const char *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstPad) sink_pad = NULL;
  GstSegment segment;

  *world = (World){ .encoder = encoder, .pipeline = gst_pipeline_new (NULL) };
  world->encoded = g_async_queue_new_full ((GDestroyNotify) gst_buffer_unref);
  g_signal_connect (
      world->pipeline, "deep-element-added", G_CALLBACK (on_element), world);
  world->branch = send_branch_new (
      GST_BIN (world->pipeline), kind, &settings, on_ready, NULL, NULL);
  sink_pad = send_branch_get_sink_pad (world->branch);
  world->src = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_query_function (world->src, answer_latency);
  gst_pad_set_active (world->src, TRUE);
  gst_pad_link (world->src, sink_pad);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  gst_pad_push_event (world->src, gst_event_new_stream_start ("captured"));
  gst_pad_push_event (world->src, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (world->src, gst_event_new_segment (&segment));
}

static void
world_clear (World *world)
{
  send_branch_stop (world->branch);
  gst_pad_set_active (world->src, FALSE);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  send_branch_remove (world->branch);
  gst_object_unref (world->pipeline);
  gst_object_unref (world->src);
  g_async_queue_unref (world->encoded);
}

static void
push (World *world, gsize size, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x40, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  fail_unless (gst_pad_push (world->src, buffer) == GST_FLOW_OK);
}

static void
push_audio (World *world, GstClockTime begin, guint ms)
{
  push (world, ms * AUDIO_MS_SIZE, begin, ms * GST_MSECOND);
}

static GstBuffer *
pop_encoded (World *world)
{
  GstBuffer *buffer =
      g_async_queue_timeout_pop (world->encoded, 10 * G_TIME_SPAN_SECOND);

  fail_unless (buffer != NULL);
  return buffer;
}

static void
expect_time (World *world, GstClockTime pts)
{
  g_autoptr (GstBuffer) buffer = pop_encoded (world);

  fail_unless (ABS (GST_CLOCK_DIFF (pts, GST_BUFFER_PTS (buffer)))
      <= 10 * (gint64) GST_MSECOND);
}

/* An encoder that was not used keeps nothing for who comes later: an old packet
 * would have the receiver take all times for earlier than they are. */
GST_START_TEST (test_audio_after_pause)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_AUDIO, NULL, AUDIO);
  for (guint i = 0; i < 4; i++) {
    const GstClockTime begin = i * 300 * GST_MSECOND;
    GstPad *pad = send_branch_request_encoded (world.branch);

    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_BUFFER, on_encoded, world.encoded, NULL);
    push_audio (&world, begin, 50);
    expect_time (&world, begin);
    expect_time (&world, begin + 20 * GST_MSECOND);
    send_branch_release (world.branch, pad);
  }
  world_clear (&world);
}
GST_END_TEST

static gboolean
is_key_frame (World *world)
{
  g_autoptr (GstBuffer) buffer = pop_encoded (world);

  return !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

static void
expect_picture (World *world, gboolean key)
{
  fail_unless_equals_int (is_key_frame (world), key);
}

/* Who comes does not wait for the camera. */
GST_START_TEST (test_key_frame_at_once)
{
  World world;
  GstPad *pad;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_VIDEO, "vp8enc", VIDEO);
  pad = send_branch_request_encoded (world.branch);
  push (&world, VIDEO_SIZE, 0, GST_SECOND);
  expect_picture (&world, TRUE);
  push (&world, VIDEO_SIZE, GST_SECOND, GST_SECOND);
  expect_picture (&world, FALSE);
  send_branch_force_key_unit (world.branch);
  expect_picture (&world, TRUE);
  push (&world, VIDEO_SIZE, 100 * GST_SECOND, GST_SECOND);
  expect_picture (&world, FALSE);
  send_branch_release (world.branch, pad);
  world_clear (&world);
}
GST_END_TEST

/* Also who is the first: of what came when nobody was there. */
GST_START_TEST (test_key_frame_for_the_first)
{
  World world;
  GstPad *pad;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_VIDEO, "vp8enc", VIDEO);
  push (&world, VIDEO_SIZE, 0, GST_SECOND);
  expect_picture (&world, TRUE);
  push (&world, VIDEO_SIZE, GST_SECOND, GST_SECOND);
  pad = send_branch_request_encoded (world.branch);
  send_branch_force_key_unit (world.branch);
  /* The picture itself may have been on its way to the encoder still. */
  if (!is_key_frame (&world))
    expect_picture (&world, TRUE);
  send_branch_release (world.branch, pad);
  world_clear (&world);
}
GST_END_TEST

static void
expect_no_repetition (World *world, GstClockTime next)
{
  g_autoptr (GstBuffer) buffer = NULL;

  send_branch_force_key_unit (world->branch);
  push (world, VIDEO_SIZE, next, GST_SECOND);
  buffer = pop_encoded (world);
  fail_unless_equals_clocktime (GST_BUFFER_PTS (buffer), next);
}

static void
set_muted (World *world, gboolean muted)
{
  send_branch_set_muted (world->branch, muted);
  send_branch_apply_muted (world->branch);
}

/* What was captured before somebody said that he is not to be seen. */
GST_START_TEST (test_muted_is_not_repeated)
{
  World world;
  GstPad *pad;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_VIDEO, "vp8enc", VIDEO);
  pad = send_branch_request_encoded (world.branch);
  push (&world, VIDEO_SIZE, 0, GST_SECOND);
  expect_picture (&world, TRUE);
  set_muted (&world, TRUE);
  expect_no_repetition (&world, GST_SECOND);
  set_muted (&world, FALSE);
  expect_no_repetition (&world, 2 * GST_SECOND);
  send_branch_release (world.branch, pad);
  world_clear (&world);
}
GST_END_TEST

static Suite *
sendbranch_suite (void)
{
  Suite *suite = suite_create ("sendbranch");
  TCase *tc = tcase_create ("sendbranch");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_audio_after_pause);
  tcase_add_test (tc, test_key_frame_at_once);
  tcase_add_test (tc, test_key_frame_for_the_first);
  tcase_add_test (tc, test_muted_is_not_repeated);
  return suite;
}

TEST_CHECK_MAIN (sendbranch)
