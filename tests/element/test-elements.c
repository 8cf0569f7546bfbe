/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "elements.h"

#define PACKET (20 * GST_MSECOND)
#define HELD_PACKETS 5

typedef struct {
  GstElement *pipeline;
  GstPad *src;
  GstPad *sink;
  GstPad *queue_src;
  GAsyncQueue *seen; /* what came to the sink, in words */
} World;

static gboolean
see_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  World *world = gst_pad_get_element_private (pad);

  g_async_queue_push (world->seen, g_strdup (GST_EVENT_TYPE_NAME (event)));
  gst_event_unref (event);
  return TRUE;
}

static GstFlowReturn
see_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  World *world = gst_pad_get_element_private (pad);

  g_async_queue_push (world->seen,
      g_strdup_printf ("%u", (guint) (GST_BUFFER_PTS (buffer) / GST_MSECOND)));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
world_init (World *world, guint n, GstClockTime time)
{
  g_autoptr (GstPad) queue_sink = NULL;
  GstElement *queue;

  *world = (World){ .pipeline = gst_pipeline_new (NULL) };
  world->seen = g_async_queue_new_full (g_free);
  queue = elements_make_leaky_queue (GST_BIN (world->pipeline), n, time, NULL);
  queue_sink = gst_element_get_static_pad (queue, "sink");
  world->queue_src = gst_element_get_static_pad (queue, "src");

  world->sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_element_private (world->sink, world);
  gst_pad_set_event_function (world->sink, see_event);
  gst_pad_set_chain_function (world->sink, see_buffer);
  gst_pad_set_active (world->sink, TRUE);
  gst_pad_link (world->queue_src, world->sink);

  world->src = gst_pad_new ("src", GST_PAD_SRC);
  gst_pad_set_active (world->src, TRUE);
  gst_pad_link (world->src, queue_sink);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
}

static void
world_clear (World *world)
{
  gst_pad_set_active (world->src, FALSE);
  gst_pad_set_active (world->sink, FALSE);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  gst_object_unref (world->queue_src);
  gst_object_unref (world->pipeline);
  gst_object_unref (world->sink);
  gst_object_unref (world->src);
  g_async_queue_unref (world->seen);
}

static GstPadProbeReturn
hold (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  World *world = data;

  g_async_queue_push (world->seen, g_strdup ("held"));
  return GST_PAD_PROBE_OK;
}

static void
push_packets (World *world, GstClockTime begin, guint n)
{
  for (guint i = 0; i < n; i++) {
    GstBuffer *buffer = gst_buffer_new ();

    GST_BUFFER_PTS (buffer) = begin + i * PACKET;
    GST_BUFFER_DURATION (buffer) = PACKET;
    fail_unless (gst_pad_push (world->src, buffer) == GST_FLOW_OK);
  }
}

/* A stream that is taken from its middle, as every newcomer's is. */
static void
begin_stream (World *world)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("audio/x-opus");
  GstSegment segment;

  gst_pad_push_event (world->src, gst_event_new_stream_start ("ada"));
  gst_pad_push_event (world->src, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (world->src, gst_event_new_segment (&segment));
}

static void
expect (World *world, const char *what)
{
  g_autofree char *seen =
      g_async_queue_timeout_pop (world->seen, 10 * G_TIME_SPAN_SECOND);

  fail_unless_equals_string (seen, what);
}

static void
expect_events (World *world)
{
  expect (world, "stream-start");
  expect (world, "caps");
  expect (world, "segment");
}

/* Nothing of it is given up while the thread of the queue is only beginning. */
static void
expect_from_the_middle (World *world)
{
  gulong probe = gst_pad_add_probe (world->queue_src,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, hold,
      world, NULL);

  begin_stream (world);
  push_packets (world, 10 * GST_SECOND, 2);
  expect (world, "held");
  gst_pad_remove_probe (world->queue_src, probe);
  expect_events (world);
  expect (world, "10000");
  expect (world, "10020");
  world_clear (world);
}

GST_START_TEST (test_queue_from_the_middle)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, 0, HELD_PACKETS * PACKET);
  expect_from_the_middle (&world);
}
GST_END_TEST

/* So again after everything was stopped, though time counted then. */
GST_START_TEST (test_queue_started_again)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, 0, HELD_PACKETS * PACKET);
  begin_stream (&world);
  push_packets (&world, 10 * GST_SECOND, 1);
  expect_events (&world);
  expect (&world, "10000");
  gst_pad_set_active (world.src, FALSE);
  gst_element_set_state (world.pipeline, GST_STATE_READY);
  gst_element_set_state (world.pipeline, GST_STATE_PLAYING);
  gst_pad_set_active (world.src, TRUE);
  expect_from_the_middle (&world);
}
GST_END_TEST

/* Who does not take what comes gets the newest of it. */
static void
expect_newest (World *world)
{
  gulong probe;

  TEST_WATCHDOG (30);
  begin_stream (world);
  push_packets (world, 10 * GST_SECOND, 1);
  expect_events (world);
  expect (world, "10000");
  probe = gst_pad_add_probe (world->queue_src,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, hold, world, NULL);
  push_packets (world, 11 * GST_SECOND, 1);
  expect (world, "held");
  push_packets (world, 12 * GST_SECOND, 5 * HELD_PACKETS);
  gst_pad_remove_probe (world->queue_src, probe);
  expect (world, "11000");
  expect (world, "12400");
  expect (world, "12420");
  expect (world, "12440");
  expect (world, "12460");
  expect (world, "12480");
  world_clear (world);
}

GST_START_TEST (test_queue_by_buffers)
{
  World world;

  world_init (&world, HELD_PACKETS, 0);
  expect_newest (&world);
}
GST_END_TEST

GST_START_TEST (test_queue_by_time)
{
  World world;

  world_init (&world, 0, HELD_PACKETS * PACKET);
  expect_newest (&world);
}
GST_END_TEST

/* Between what feeds the queue and the queue.
 *
 * Returns: (transfer full): the queue's pad, which is fed by nothing for now */
static GstPad *
insert_tee (World *world, GstElement **tee)
{
  GstPad *queue_sink = gst_pad_get_peer (world->src);
  g_autoptr (GstPad) tee_sink = NULL;

  gst_pad_unlink (world->src, queue_sink);
  *tee = elements_make_tee (GST_BIN (world->pipeline), NULL);
  gst_element_sync_state_with_parent (*tee);
  tee_sink = gst_element_get_static_pad (*tee, "sink");
  gst_pad_link (world->src, tee_sink);
  return queue_sink;
}

/* Who waits for the caps does not wait for a buffer. */
GST_START_TEST (test_linked_tee_tells_its_caps)
{
  g_autoptr (GstPad) branch = NULL;
  g_autoptr (GstPad) queue_sink = NULL;
  GstElement *tee;
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, HELD_PACKETS, 0);
  queue_sink = insert_tee (&world, &tee);
  begin_stream (&world);
  push_packets (&world, 10 * GST_SECOND, 1);
  branch = elements_request_tee_pad (tee);
  fail_unless (elements_link_tee_pad (branch, queue_sink));
  expect_events (&world);
  push_packets (&world, 11 * GST_SECOND, 1);
  expect (&world, "11000");
  world_clear (&world);
}
GST_END_TEST

/* Nor is anything told of a stream that has not begun. */
GST_START_TEST (test_linked_tee_knows_nothing)
{
  g_autoptr (GstPad) branch = NULL;
  g_autoptr (GstPad) queue_sink = NULL;
  GstElement *tee;
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, HELD_PACKETS, 0);
  queue_sink = insert_tee (&world, &tee);
  branch = elements_request_tee_pad (tee);
  fail_unless (elements_link_tee_pad (branch, queue_sink));
  fail_if (gst_pad_has_current_caps (queue_sink));
  world_clear (&world);
}
GST_END_TEST

static Suite *
elements_suite (void)
{
  Suite *suite = suite_create ("elements");
  TCase *tc = tcase_create ("elements");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_queue_from_the_middle);
  tcase_add_test (tc, test_queue_started_again);
  tcase_add_test (tc, test_queue_by_buffers);
  tcase_add_test (tc, test_queue_by_time);
  tcase_add_test (tc, test_linked_tee_tells_its_caps);
  tcase_add_test (tc, test_linked_tee_knows_nothing);
  return suite;
}

TEST_CHECK_MAIN (elements)
