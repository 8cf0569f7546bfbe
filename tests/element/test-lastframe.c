/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "lastframe.h"

#include <gst/check/gsttestclock.h>

#define FRAME (100 * GST_MSECOND)

typedef struct {
  GstElement *pipeline;
  GstClock *clock;
  GstPad *src;
  GstPad *queue_sink;
  GstPad *sink;
  GAsyncQueue *taken; /* buffers */
  LastFrame *last;
  /* As a repetition enters the pad; NULL: nothing */
  void (*meanwhile) (gpointer world);
} World;

static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  g_async_queue_push (gst_pad_get_element_private (pad), buffer);
  return GST_FLOW_OK;
}

static GstPadProbeReturn
on_entry (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  World *world = data;
  void (*meanwhile) (gpointer) = g_steal_pointer (&world->meanwhile);

  if (meanwhile != NULL)
    meanwhile (world);
  return GST_PAD_PROBE_OK;
}

static void
begin_segment (gpointer data)
{
  World *world = data;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (world->src, gst_event_new_segment (&segment));
}

static void
world_init (World *world)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-raw");
  g_autoptr (GstPad) queue_src = NULL;
  GstElement *queue;

  *world = (World){ .pipeline = gst_pipeline_new (NULL) };
  world->taken = g_async_queue_new_full ((GDestroyNotify) gst_buffer_unref);
  world->clock = gst_test_clock_new ();
  gst_pipeline_use_clock (GST_PIPELINE (world->pipeline), world->clock);
  queue = gst_element_factory_make ("queue", NULL);
  gst_bin_add (GST_BIN (world->pipeline), queue);
  world->queue_sink = gst_element_get_static_pad (queue, "sink");
  queue_src = gst_element_get_static_pad (queue, "src");

  world->sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_element_private (world->sink, world->taken);
  gst_pad_set_chain_function (world->sink, take_buffer);
  gst_pad_set_active (world->sink, TRUE);
  gst_pad_link (queue_src, world->sink);
  world->src = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_active (world->src, TRUE);
  gst_pad_link (world->src, world->queue_sink);

  gst_pad_add_probe (
      world->queue_sink, GST_PAD_PROBE_TYPE_BUFFER, on_entry, world, NULL);
  world->last = last_frame_new (world->queue_sink, 250 * GST_MSECOND);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  gst_pad_push_event (world->src, gst_event_new_stream_start ("camera"));
  gst_pad_push_event (world->src, gst_event_new_caps (caps));
  begin_segment (world);
}

static void
world_clear (World *world)
{
  gst_pad_set_active (world->src, FALSE);
  gst_pad_set_active (world->sink, FALSE);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  last_frame_free (world->last);
  gst_object_unref (world->queue_sink);
  gst_object_unref (world->pipeline);
  gst_object_unref (world->clock);
  gst_object_unref (world->sink);
  gst_object_unref (world->src);
  g_async_queue_unref (world->taken);
}

static void
set_time (World *world, GstClockTime running_time)
{
  gst_test_clock_set_time (GST_TEST_CLOCK (world->clock),
      gst_element_get_base_time (world->pipeline) + running_time);
}

/* A source that is @late, as all are. */
static void
push_frame (World *world, guint8 picture, GstClockTime pts, GstClockTime late)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 1, NULL);

  gst_buffer_memset (buffer, 0, picture, 1);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = FRAME;
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  set_time (world, pts + late);
  fail_unless (gst_pad_push (world->src, buffer) == GST_FLOW_OK);
}

static void
repeat_at (World *world, GstClockTime running_time)
{
  set_time (world, running_time);
  last_frame_repeat (world->last);
}

static void
expect (World *world, guint8 picture, GstClockTime pts)
{
  g_autoptr (GstBuffer) buffer =
      g_async_queue_timeout_pop (world->taken, 10 * G_TIME_SPAN_SECOND);

  fail_unless (buffer != NULL);
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0, &picture, 1), 0);
  fail_unless_equals_clocktime (GST_BUFFER_PTS (buffer), pts);
}

GST_START_TEST (test_repeated)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  repeat_at (&world, 1 * GST_SECOND); /* what is not there yet */
  push_frame (&world, 'a', 2 * GST_SECOND, 5 * GST_MSECOND);
  repeat_at (&world, 2 * GST_SECOND + 45 * GST_MSECOND);
  push_frame (&world, 'b', 2 * GST_SECOND + FRAME, 5 * GST_MSECOND);
  repeat_at (&world, 5 * GST_SECOND + 5 * GST_MSECOND);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'a', 2 * GST_SECOND + 40 * GST_MSECOND);
  expect (&world, 'b', 2 * GST_SECOND + FRAME);
  expect (&world, 'b', 5 * GST_SECOND);
  world_clear (&world);
}
GST_END_TEST

/* One does for all that come within 250 ms. */
GST_START_TEST (test_repeated_once)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  repeat_at (&world, 2 * GST_SECOND + 10 * GST_MSECOND);
  repeat_at (&world, 2 * GST_SECOND + 20 * GST_MSECOND);
  push_frame (&world, 'b', 2 * GST_SECOND + FRAME, 0);
  repeat_at (&world, 2 * GST_SECOND + 255 * GST_MSECOND);
  repeat_at (&world, 2 * GST_SECOND + 265 * GST_MSECOND);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'a', 2 * GST_SECOND + 10 * GST_MSECOND);
  expect (&world, 'b', 2 * GST_SECOND + FRAME);
  expect (&world, 'b', 2 * GST_SECOND + 265 * GST_MSECOND);
  world_clear (&world);
}
GST_END_TEST

/* A frame that was late this time comes after a repetition that is of its time. */
GST_START_TEST (test_order_of_time)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  repeat_at (&world, 2 * GST_SECOND + FRAME + GST_MSECOND);
  push_frame (&world, 'b', 2 * GST_SECOND + FRAME, 2 * GST_MSECOND);
  push_frame (&world, 'c', 2 * GST_SECOND + 2 * FRAME, 0);
  push_frame (&world, 'd', 2 * GST_SECOND + 3 * FRAME, 0);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'a', 2 * GST_SECOND + FRAME + GST_MSECOND);
  expect (&world, 'b', 2 * GST_SECOND + FRAME + 2 * GST_MSECOND);
  expect (&world, 'c', 2 * GST_SECOND + 2 * FRAME);
  expect (&world, 'd', 2 * GST_SECOND + 3 * FRAME);
  world_clear (&world);
}
GST_END_TEST

/* A source that stood still and goes on as if nothing had been loses nothing. */
GST_START_TEST (test_stalled_source)
{
  World world;
  const GstClockTime again = 12 * GST_SECOND;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  repeat_at (&world, again);
  push_frame (&world, 'b', 2 * GST_SECOND + FRAME, 10 * GST_SECOND);
  push_frame (&world, 'c', 2 * GST_SECOND + 2 * FRAME, 10 * GST_SECOND);
  repeat_at (&world, again + 5 * FRAME);
  push_frame (&world, 'd', 20 * GST_SECOND, 0);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'a', again);
  expect (&world, 'b', again + 1 * GST_MSECOND);
  expect (&world, 'c', again + 2 * GST_MSECOND);
  expect (&world, 'c', again + 2 * GST_MSECOND + 3 * FRAME);
  expect (&world, 'd', 20 * GST_SECOND);
  world_clear (&world);
}
GST_END_TEST

GST_START_TEST (test_paused)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  expect (&world, 'a', 2 * GST_SECOND);
  gst_element_set_state (world.pipeline, GST_STATE_PAUSED);
  repeat_at (&world, 3 * GST_SECOND);
  gst_element_set_state (world.pipeline, GST_STATE_PLAYING);
  push_frame (&world, 'b', 4 * GST_SECOND, 0);
  expect (&world, 'b', 4 * GST_SECOND);
  world_clear (&world);
}
GST_END_TEST

static void
push_next (gpointer data)
{
  push_frame (data, 'b', 2 * GST_SECOND + FRAME, 0);
}

static void
push_anew (gpointer data)
{
  begin_segment (data);
  push_frame (data, 'b', FRAME, 2 * GST_SECOND);
}

static void
hide (gpointer data)
{
  last_frame_set_hidden (((World *) data)->last, TRUE);
}

/* What comes between the two steps of a repetition makes it void.
 *
 * @comes: the time of a frame that does, or NONE */
static void
expect_void (void (*meanwhile) (gpointer), GstClockTime comes)
{
  World world;

  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  world.meanwhile = meanwhile;
  repeat_at (&world, 2 * GST_SECOND + 50 * GST_MSECOND);
  fail_unless (world.meanwhile == NULL);
  push_frame (&world, 'c', 3 * GST_SECOND, 0);
  expect (&world, 'a', 2 * GST_SECOND);
  if (GST_CLOCK_TIME_IS_VALID (comes))
    expect (&world, 'b', comes);
  expect (&world, 'c', 3 * GST_SECOND);
  world_clear (&world);
}

GST_START_TEST (test_faster_source)
{
  TEST_WATCHDOG (30);
  expect_void (push_next, 2 * GST_SECOND + FRAME);
}
GST_END_TEST

GST_START_TEST (test_segment_meanwhile)
{
  TEST_WATCHDOG (30);
  expect_void (push_anew, FRAME);
}
GST_END_TEST

GST_START_TEST (test_hidden_meanwhile)
{
  TEST_WATCHDOG (30);
  expect_void (hide, GST_CLOCK_TIME_NONE);
}
GST_END_TEST

/* Nor is what came while it was hidden. */
GST_START_TEST (test_hidden)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  last_frame_set_hidden (world.last, TRUE);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  repeat_at (&world, 3 * GST_SECOND);
  last_frame_set_hidden (world.last, FALSE);
  repeat_at (&world, 4 * GST_SECOND);
  push_frame (&world, 'b', 5 * GST_SECOND, 0);
  repeat_at (&world, 6 * GST_SECOND);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'b', 5 * GST_SECOND);
  expect (&world, 'b', 6 * GST_SECOND);
  world_clear (&world);
}
GST_END_TEST

static void
expect_forgotten (World *world)
{
  repeat_at (world, 3 * GST_SECOND);
  push_frame (world, 'b', 4 * GST_SECOND, 0);
  expect (world, 'a', 2 * GST_SECOND);
  expect (world, 'b', 4 * GST_SECOND);
}

GST_START_TEST (test_forgotten)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  last_frame_forget (world.last);
  expect_forgotten (&world);
  world_clear (&world);
}
GST_END_TEST

/* Its time means nothing in what comes then. */
GST_START_TEST (test_new_segment)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  begin_segment (&world);
  expect_forgotten (&world);
  world_clear (&world);
}
GST_END_TEST

GST_START_TEST (test_without_time)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  push_frame (&world, 'a', 2 * GST_SECOND, 0);
  fail_unless (
      gst_pad_push (world.src, gst_buffer_new_memdup ("n", 1)) == GST_FLOW_OK);
  repeat_at (&world, 3 * GST_SECOND);
  push_frame (&world, 'b', 4 * GST_SECOND, 0);
  expect (&world, 'a', 2 * GST_SECOND);
  expect (&world, 'n', GST_CLOCK_TIME_NONE);
  expect (&world, 'b', 4 * GST_SECOND);
  world_clear (&world);
}
GST_END_TEST

static Suite *
lastframe_suite (void)
{
  Suite *suite = suite_create ("lastframe");
  TCase *tc = tcase_create ("lastframe");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_repeated);
  tcase_add_test (tc, test_repeated_once);
  tcase_add_test (tc, test_order_of_time);
  tcase_add_test (tc, test_stalled_source);
  tcase_add_test (tc, test_paused);
  tcase_add_test (tc, test_faster_source);
  tcase_add_test (tc, test_segment_meanwhile);
  tcase_add_test (tc, test_hidden_meanwhile);
  tcase_add_test (tc, test_hidden);
  tcase_add_test (tc, test_forgotten);
  tcase_add_test (tc, test_new_segment);
  tcase_add_test (tc, test_without_time);
  return suite;
}

TEST_CHECK_MAIN (lastframe)
