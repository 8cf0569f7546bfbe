/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstroomcallpad.h"

#include "common/testcheck.h"

#define AUDIO \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
#define VIDEO "video/x-raw,format=I420,width=64,height=48,framerate=1/1"
#define VIDEO_SIZE (64 * 48 * 3 / 2)
#define N_RELEASES 50

static const SendBranchSettings settings = {
  .audio_bitrate = 32000,
  .video_bitrate = 200000,
};

/* An input of a call, without the call. */
typedef struct {
  GstElement *pipeline;
  SendBranch *branch;
  GstPad *pad;
  GstPad *camera;
  GstElement *mute; /* what blackens or silences, owned by the pipeline */
  GAsyncQueue *markers;
} World;

static GstPadProbeReturn
note_marker (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  if (GST_EVENT_TYPE (info->data) == GST_EVENT_CUSTOM_DOWNSTREAM)
    g_async_queue_push (data, g_strdup ("marker"));
  return GST_PAD_PROBE_OK;
}

static void
on_element (GstBin *bin, GstBin *parent, GstElement *element, World *world)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *name = factory != NULL ? GST_OBJECT_NAME (factory) : "";
  g_autoptr (GstPad) pad = NULL;

  if (g_str_equal (name, "volume"))
    world->mute = element;
  if (!g_str_equal (name, "vp8enc"))
    return;
  /* What comes in after a picture comes when that is encoded. */
  pad = gst_element_get_static_pad (element, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_marker,
      world->markers, NULL);
}

static void
on_ready (SendBranch *branch, const GError *error, gpointer data)
{
  fail_unless (error == NULL);
}

static void
world_init (World *world, MediaKind kind, const char *caps_text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (caps_text);
  g_autoptr (GstPad) target = NULL;
  GstSegment segment;

  *world = (World){ .pipeline = gst_pipeline_new (NULL),
    .camera = gst_pad_new ("camera", GST_PAD_SRC),
    .markers = g_async_queue_new_full (g_free) };
  g_signal_connect (
      world->pipeline, "deep-element-added", G_CALLBACK (on_element), world);
  world->branch = send_branch_new (
      GST_BIN (world->pipeline), kind, &settings, on_ready, NULL, NULL);
  target = send_branch_get_sink_pad (world->branch);
  world->pad = gst_object_ref_sink (g_object_new (GST_TYPE_ROOM_CALL_SINK_PAD,
      "name", "video_0", "direction", GST_PAD_SINK, NULL));
  gst_ghost_pad_set_target (GST_GHOST_PAD (world->pad), target);
  gst_room_call_sink_pad_set_branch (
      GST_ROOM_CALL_SINK_PAD (world->pad), world->branch);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  gst_pad_set_active (world->pad, TRUE);
  gst_pad_set_active (world->camera, TRUE);
  gst_pad_link (world->camera, world->pad);
  gst_pad_push_event (world->camera, gst_event_new_stream_start ("captured"));
  gst_pad_push_event (world->camera, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (world->camera, gst_event_new_segment (&segment));
}

/* As the element does. */
static void
release (World *world)
{
  send_branch_stop (world->branch);
  gst_pad_set_active (world->pad, FALSE);
  gst_room_call_sink_pad_set_branch (GST_ROOM_CALL_SINK_PAD (world->pad), NULL);
  gst_ghost_pad_set_target (GST_GHOST_PAD (world->pad), NULL);
  send_branch_remove (world->branch);
}

static void
world_clear (World *world)
{
  release (world);
  gst_pad_set_active (world->camera, FALSE);
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  gst_object_unref (world->pad);
  gst_object_unref (world->camera);
  gst_object_unref (world->pipeline);
  g_async_queue_unref (world->markers);
}

typedef struct {
  GstPad *pad;
  GThread *given_back; /* by whom */
} Picture;

static void
give_back (gpointer data)
{
  Picture *picture = data;

  g_object_set (picture->pad, "muted", TRUE, NULL);
  picture->given_back = g_thread_self ();
}

/* Of a camera that is taken away. What it does when it has it, we do not know: here
 * it mutes the pad that gives it back. */
GST_START_TEST (test_last_picture)
{
  static guint8 data[VIDEO_SIZE];
  Picture picture = { NULL };
  World world;
  GstBuffer *buffer;
  g_autofree char *marker = NULL;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_VIDEO, VIDEO);
  picture.pad = world.pad;
  buffer = gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY, data,
      sizeof data, 0, sizeof data, &picture, give_back);
  GST_BUFFER_PTS (buffer) = 0;
  fail_unless (gst_pad_push (world.camera, buffer) == GST_FLOW_OK);
  gst_pad_push_event (world.camera,
      gst_event_new_custom (
          GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty ("marker")));
  marker = g_async_queue_timeout_pop (world.markers, 10 * G_TIME_SPAN_SECOND);
  fail_unless (marker != NULL);
  fail_unless (picture.given_back == NULL);
  gst_pad_unlink (world.camera, world.pad);
  fail_unless (picture.given_back == g_thread_self ());
  world_clear (&world);
}
GST_END_TEST

static void
unmute (GObject *mute, GParamSpec *pspec, gpointer pad)
{
  gboolean muted = FALSE;

  g_object_get (mute, "mute", &muted, NULL);
  if (muted)
    g_object_set (pad, "muted", FALSE, NULL);
}

/* Somebody who watches the properties of all elements, as deep-notify does. */
GST_START_TEST (test_muted_meanwhile)
{
  gboolean muted = TRUE;
  World world;

  TEST_WATCHDOG (30);
  world_init (&world, MEDIA_AUDIO, AUDIO);
  fail_unless (world.mute != NULL);
  g_signal_connect (world.mute, "notify::mute", G_CALLBACK (unmute), world.pad);
  g_object_set (world.pad, "muted", TRUE, NULL);
  g_object_get (world.pad, "muted", &muted, NULL);
  fail_if (muted);
  g_object_get (world.mute, "mute", &muted, NULL);
  fail_if (muted);
  world_clear (&world);
}
GST_END_TEST

typedef struct {
  GstPad *pad;
  GAsyncQueue *begun;
  gint stop; /* atomic */
} Muter;

static gpointer
mute_and_unmute (gpointer data)
{
  Muter *muter = data;

  g_async_queue_push (muter->begun, muter);
  while (!g_atomic_int_get (&muter->stop)) {
    g_object_set (muter->pad, "muted", TRUE, NULL);
    g_object_set (muter->pad, "muted", FALSE, NULL);
  }
  return NULL;
}

/* While the pad is released. */
GST_START_TEST (test_muted_while_released)
{
  TEST_WATCHDOG (60);
  for (guint i = 0; i < N_RELEASES; i++) {
    Muter muter = { .begun = g_async_queue_new () };
    World world;
    GThread *thread;

    world_init (&world, MEDIA_AUDIO, AUDIO);
    muter.pad = gst_object_ref (world.pad);
    thread = g_thread_new ("muter", mute_and_unmute, &muter);
    g_async_queue_pop (muter.begun);
    world_clear (&world);
    g_atomic_int_set (&muter.stop, TRUE);
    g_thread_join (thread);
    gst_object_unref (muter.pad);
    g_async_queue_unref (muter.begun);
  }
}
GST_END_TEST

static Suite *
gstroomcallpad_suite (void)
{
  Suite *suite = suite_create ("gstroomcallpad");
  TCase *tc = tcase_create ("gstroomcallpad");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_last_picture);
  tcase_add_test (tc, test_muted_meanwhile);
  tcase_add_test (tc, test_muted_while_released);
  return suite;
}

TEST_CHECK_MAIN (gstroomcallpad)
