/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "outputqueue.h"

#define CAPS "audio/x-opus"

typedef struct {
  GstElement *pipeline;
  GstPad *src; /* what feeds the queue */
  GstPad *ghost;
  GstPad *sink; /* the application's */
  OutputQueue *queue;
  GAsyncQueue *ended;
} World;

static GstFlowReturn
take_buffer (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
on_ended (GstPad *pad, gpointer data)
{
  g_async_queue_push (data, pad);
}

static void
world_init (World *world)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (CAPS);
  GstSegment segment;

  *world = (World){ .pipeline = gst_pipeline_new (NULL) };
  world->ended = g_async_queue_new ();
  world->ghost = gst_ghost_pad_new_no_target ("src", GST_PAD_SRC);
  gst_pad_set_active (world->ghost, TRUE);
  gst_element_add_pad (world->pipeline, world->ghost);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  world->queue = output_queue_new (GST_BIN (world->pipeline), world->ghost,
      on_ended, g_async_queue_ref (world->ended),
      (GDestroyNotify) g_async_queue_unref, NULL);

  world->sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_chain_function (world->sink, take_buffer);
  gst_pad_set_active (world->sink, TRUE);
  gst_pad_link (world->ghost, world->sink);

  world->src = gst_pad_new ("media", GST_PAD_SRC);
  gst_pad_set_active (world->src, TRUE);
  fail_unless (output_queue_link (world->queue, world->src, "room/ada/0"));
  gst_pad_push_event (world->src, gst_event_new_stream_start ("webrtcbin"));
  gst_pad_push_event (world->src, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (world->src, gst_event_new_segment (&segment));
}

/* What feeds it is gone. */
static void
unlink_media (World *world)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (world->src);

  gst_pad_unlink (world->src, peer);
}

static void
world_clear (World *world)
{
  g_clear_pointer (&world->queue, output_queue_free);
  gst_pad_set_active (world->sink, FALSE);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  gst_object_unref (world->pipeline);
  gst_object_unref (world->sink);
  gst_object_unref (world->src);
  g_async_queue_unref (world->ended);
}

static GstPadProbeReturn
hold (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
note_id (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const char *id;

  if (GST_EVENT_TYPE (info->data) == GST_EVENT_STREAM_START) {
    gst_event_parse_stream_start (info->data, &id);
    g_async_queue_push (data, g_strdup (id));
  }
  return GST_PAD_PROBE_OK;
}

static void
wait_ended (World *world)
{
  fail_unless (g_async_queue_timeout_pop (world->ended, 10 * G_TIME_SPAN_SECOND)
      == world->ghost);
  fail_unless (output_queue_wait_ended (world->queue, 0));
}

GST_START_TEST (test_named)
{
  g_autoptr (GAsyncQueue) ids = g_async_queue_new_full (g_free);
  g_autofree char *id = NULL;
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  gst_pad_add_probe (world.sink, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_id,
      g_async_queue_ref (ids), (GDestroyNotify) g_async_queue_unref);
  gst_pad_push_event (world.src, gst_event_new_stream_start ("another"));
  gst_pad_push (world.src, gst_buffer_new ());
  id = g_async_queue_timeout_pop (ids, 10 * G_TIME_SPAN_SECOND);
  fail_unless_equals_string (id, "room/ada/0");
  world_clear (&world);
}
GST_END_TEST

/* Its streaming thread may be writing other flags of it. */
static gboolean
is_eos (GstPad *pad)
{
  gboolean eos;

  GST_OBJECT_LOCK (pad);
  eos = GST_PAD_IS_EOS (pad);
  GST_OBJECT_UNLOCK (pad);
  return eos;
}

/* Who ends a stream does not wait for who takes it. */
GST_START_TEST (test_held_up)
{
  World world;
  gulong probe;

  TEST_WATCHDOG (30);
  world_init (&world);
  probe = gst_pad_add_probe (world.sink,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, hold, NULL, NULL);
  for (guint i = 0; i < 200; i++)
    fail_unless (gst_pad_push (world.src, gst_buffer_new ()) == GST_FLOW_OK);
  unlink_media (&world);
  fail_unless (output_queue_end (world.queue));
  fail_if (output_queue_wait_ended (world.queue, 0));
  fail_unless (g_async_queue_try_pop (world.ended) == NULL);
  fail_if (is_eos (world.sink));
  gst_pad_remove_probe (world.sink, probe);
  wait_ended (&world);
  fail_unless (is_eos (world.sink));
  world_clear (&world);
}
GST_END_TEST

/* Nor is it kept by somebody who never takes anything again. */
GST_START_TEST (test_freed_while_held_up)
{
  World world;

  TEST_WATCHDOG (30);
  world_init (&world);
  gst_pad_add_probe (world.sink,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, hold, NULL, NULL);
  fail_unless (gst_pad_push (world.src, gst_buffer_new ()) == GST_FLOW_OK);
  unlink_media (&world);
  fail_unless (output_queue_end (world.queue));
  g_clear_pointer (&world.queue, output_queue_free);
  world_clear (&world);
}
GST_END_TEST

/* A pad that was unlinked ends, too, and nothing fails. */
GST_START_TEST (test_unlinked)
{
  World world;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) error = NULL;

  TEST_WATCHDOG (30);
  world_init (&world);
  gst_pad_unlink (world.ghost, world.sink);
  for (guint i = 0; i < 10; i++)
    fail_unless (gst_pad_push (world.src, gst_buffer_new ()) == GST_FLOW_OK);
  unlink_media (&world);
  fail_unless (output_queue_end (world.queue));
  wait_ended (&world);
  bus = gst_element_get_bus (world.pipeline);
  error = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (error == NULL);
  world_clear (&world);
}
GST_END_TEST

static Suite *
outputqueue_suite (void)
{
  Suite *suite = suite_create ("outputqueue");
  TCase *tc = tcase_create ("outputqueue");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_named);
  tcase_add_test (tc, test_held_up);
  tcase_add_test (tc, test_freed_while_held_up);
  tcase_add_test (tc, test_unlinked);
  return suite;
}

TEST_CHECK_MAIN (outputqueue)
