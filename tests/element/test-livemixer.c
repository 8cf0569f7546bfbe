/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <string.h>

#include "livemixer.h"

/* Small pictures: what is tested is the clock, not the scaler. */
#define VIDEO_WISH "video/x-raw,format=I420,width=320,height=240,framerate=15/1"
#define AUDIO_WISH "audio/x-raw,format=S16LE,rate=48000,channels=2"
#define VIDEO_IN "video/x-raw,format=I420,width=160,height=120,framerate=15/1"
#define AUDIO_IN "audio/x-raw,format=S16LE,rate=48000,channels=2"

#define UPSTREAM_LATENCY (100 * GST_MSECOND)
#define GAP_MAX (200 * G_TIME_SPAN_MILLISECOND)

/* --- A pipeline around one mixer ------------------------------------------ */

typedef struct {
  MediaKind kind;
  GstElement *pipeline;
  GstElement *filter;
  GstElement *sink;
  LiveMixer *mixer;
  GstClockTime latency;

  GMutex lock; /* guards all below */
  GCond cond;
  guint n_buffers;
  guint n_late;
  guint n_caps;
  guint n_eos;
  guint n_after_eos;
  guint n_warnings;
  guint n_errors;
  guint n_broken;
  GstClockTime first_pts;
  GstClockTime next_pts;
  gint64 last_arrival;
  gint64 worst_gap;
  gint64 eos_time;
  GstBuffer *last;
  char *warned_id;
} World;

static void
note_buffer (World *world, GstBuffer *buffer)
{
  gint64 now = g_get_monotonic_time ();
  GstClockTime running = gst_element_get_current_running_time (world->pipeline);
  GstClockTime due = GST_BUFFER_PTS (buffer) + world->latency;

  g_mutex_lock (&world->lock);
  if (world->n_buffers == 0)
    world->first_pts = GST_BUFFER_PTS (buffer);
  else {
    /* To the nanosecond, but for the rounding of a frame's duration. */
    if (ABS (GST_CLOCK_DIFF (world->next_pts, GST_BUFFER_PTS (buffer))) > 2)
      world->n_broken++;
    world->worst_gap = MAX (world->worst_gap, now - world->last_arrival);
  }
  if (world->n_eos > 0)
    world->n_after_eos++;
  if (GST_CLOCK_TIME_IS_VALID (running) && running > due)
    world->n_late++;
  world->next_pts = GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer);
  world->last_arrival = now;
  world->n_buffers++;
  gst_buffer_replace (&world->last, buffer);
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->lock);
}

static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  World *world = user_data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    note_buffer (world, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_OK;
  }

  g_mutex_lock (&world->lock);
  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))) {
    case GST_EVENT_CAPS:
      world->n_caps++;
      break;
    case GST_EVENT_EOS:
      world->n_eos++;
      world->eos_time = g_get_monotonic_time ();
      g_cond_broadcast (&world->cond);
      break;
    default:
      break;
  }
  g_mutex_unlock (&world->lock);

  return GST_PAD_PROBE_OK;
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  World *world = user_data;

  g_mutex_lock (&world->lock);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    world->n_errors++;
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    const GstStructure *details = NULL;

    gst_message_parse_warning_details (message, &details);
    world->n_warnings++;
    g_free (world->warned_id);
    world->warned_id = details != NULL
        ? g_strdup (gst_structure_get_string (details, "input-id"))
        : NULL;
  }
  g_mutex_unlock (&world->lock);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

static GstClockTime
query_latency (GstPad *pad, gboolean *live)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;

  fail_unless (gst_pad_query (pad, query));
  gst_query_parse_latency (query, live, &min, &max);
  fail_unless (max == GST_CLOCK_TIME_NONE);

  return min;
}

static World *
world_new (MediaKind kind, const char *wish)
{
  World *world = g_new0 (World, 1);
  GstElement *queue, *sink;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) filter_sink = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&world->lock);
  g_cond_init (&world->cond);
  world->kind = kind;
  world->pipeline = gst_pipeline_new (NULL);
  bus = gst_element_get_bus (world->pipeline);
  gst_bus_set_sync_handler (bus, on_message, world, NULL);

  world->mixer = live_mixer_new (
      GST_BIN (world->pipeline), kind, "mix", UPSTREAM_LATENCY, &error);
  fail_unless (world->mixer != NULL, "%s", error ? error->message : "");
  world->filter = gst_element_factory_make ("capsfilter", NULL);
  if (wish != NULL)
    gst_util_set_object_arg (G_OBJECT (world->filter), "caps", wish);
  /* A queue, so that what is measured is the mixer and not the sink's wait. */
  queue = gst_element_factory_make ("queue", NULL);
  sink = gst_element_factory_make ("fakesink", NULL);
  g_object_set (sink, "sync", TRUE, "async", FALSE, "max-lateness",
      (gint64) (20 * GST_MSECOND), NULL);
  gst_bin_add_many (
      GST_BIN (world->pipeline), world->filter, queue, sink, NULL);
  fail_unless (gst_element_link_many (world->filter, queue, sink, NULL));
  world->sink = sink;
  filter_sink = gst_element_get_static_pad (world->filter, "sink");
  fail_unless_equals_int (
      gst_pad_link (live_mixer_get_src_pad (world->mixer), filter_sink),
      GST_PAD_LINK_OK);

  pad = gst_element_get_static_pad (queue, "sink");
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_output, world, NULL);

  return world;
}

static World *
world_of (MediaKind kind)
{
  return world_new (kind, kind == MEDIA_VIDEO ? VIDEO_WISH : AUDIO_WISH);
}

static void
world_free (World *world)
{
  gst_element_set_state (world->pipeline, GST_STATE_NULL);
  live_mixer_free (world->mixer);
  gst_object_unref (world->pipeline);
  gst_buffer_replace (&world->last, NULL);
  g_free (world->warned_id);
  g_mutex_clear (&world->lock);
  g_cond_clear (&world->cond);
  g_free (world);
}

static void
world_play (World *world)
{
  /* A live source: nothing waits for it in PAUSED. */
  fail_unless_equals_int (
      gst_element_set_state (world->pipeline, GST_STATE_PAUSED),
      GST_STATE_CHANGE_NO_PREROLL);
  world->latency = query_latency (live_mixer_get_src_pad (world->mixer), NULL);
  fail_unless_equals_int (
      gst_element_set_state (world->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
}

static void
wait_stamp (World *world, GstClockTime until)
{
  gint64 deadline = test_deadline (20);

  g_mutex_lock (&world->lock);
  while (world->n_buffers == 0 || world->next_pts < until)
    fail_unless (g_cond_wait_until (&world->cond, &world->lock, deadline),
        "no output up to %" GST_TIME_FORMAT ", at %" GST_TIME_FORMAT,
        GST_TIME_ARGS (until), GST_TIME_ARGS (world->next_pts));
  g_mutex_unlock (&world->lock);
}

/* Lets the mixer give so much more. */
static void
run_for (World *world, GstClockTime time)
{
  GstClockTime until;

  g_mutex_lock (&world->lock);
  until = (world->n_buffers == 0 ? 0 : world->next_pts) + time;
  g_mutex_unlock (&world->lock);
  wait_stamp (world, until);
}

static void
fail_unless_unbroken (World *world)
{
  g_mutex_lock (&world->lock);
  fail_unless_equals_int (world->n_broken, 0);
  fail_unless_equals_int (world->n_caps, 1);
  fail_unless_equals_int (world->n_errors, 0);
  g_mutex_unlock (&world->lock);
}

/* --- Somebody who sends -------------------------------------------------- */

typedef struct {
  World *world;
  GstElement *source; /* a bin with a src pad of a tee */
  GstPad *src;
  GstPad *entry;
} Talker;

static GstElement *
make_source (World *world, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full =
      g_strdup_printf ("%s ! tee name=tee allow-not-linked=true", description);
  GstElement *bin = gst_parse_bin_from_description (full, FALSE, &error);

  fail_unless (bin != NULL, "%s", error ? error->message : "");
  gst_bin_add (GST_BIN (world->pipeline), bin);

  return bin;
}

static Talker *
talker_new (World *world, const char *description, const LiveMixerInput *params)
{
  Talker *talker = g_new0 (Talker, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) tee = NULL;
  g_autoptr (GstPad) tee_pad = NULL;

  if (description == NULL)
    description = world->kind == MEDIA_VIDEO
        ? "videotestsrc is-live=true pattern=white "
          "do-timestamp=true ! " VIDEO_IN
        : "audiotestsrc is-live=true samplesperbuffer=960 "
          "do-timestamp=true ! " AUDIO_IN;
  talker->world = world;
  talker->source = make_source (world, description);
  tee = gst_bin_get_by_name (GST_BIN (talker->source), "tee");
  tee_pad = gst_element_request_pad_simple (tee, "src_%u");
  talker->src = gst_object_ref (gst_ghost_pad_new ("src", tee_pad));
  gst_pad_set_active (talker->src, TRUE);
  gst_element_add_pad (talker->source, talker->src);

  talker->entry = live_mixer_add_input (world->mixer, params, &error);
  fail_unless (talker->entry != NULL, "%s", error ? error->message : "");
  gst_object_ref (talker->entry);
  fail_unless_equals_int (
      gst_pad_link (talker->src, talker->entry), GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent (talker->source);

  return talker;
}

/* Takes the input out first: what feeds it still pushes. */
static void
talker_free (Talker *talker)
{
  live_mixer_remove_input (talker->world->mixer, talker->entry);
  fail_if (gst_pad_is_linked (talker->src));
  gst_object_unref (talker->entry);
  gst_object_unref (talker->src);
  gst_element_set_locked_state (talker->source, TRUE);
  gst_element_set_state (talker->source, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (talker->world->pipeline), talker->source);
  g_free (talker);
}

/* --- Looking at and listening to the last buffer --------------------------- */

static guint
luma_at (World *world, guint x, guint y)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint luma;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 320, 240);
  g_mutex_lock (&world->lock);
  fail_unless (gst_video_frame_map (&frame, &info, world->last, GST_MAP_READ));
  luma = ((guint8 *) GST_VIDEO_FRAME_COMP_DATA (
      &frame, 0))[y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, 0) + x];
  gst_video_frame_unmap (&frame);
  g_mutex_unlock (&world->lock);

  return luma;
}

static guint
peak (World *world)
{
  GstMapInfo map;
  guint highest = 0;

  g_mutex_lock (&world->lock);
  fail_unless (gst_buffer_map (world->last, &map, GST_MAP_READ));
  for (gsize i = 0; i + 1 < map.size; i += 2)
    highest = MAX (highest,
        (guint) ABS ((int) GST_READ_UINT16_LE (map.data + i)
            - ((map.data[i + 1] & 0x80) ? 65536 : 0)));
  gst_buffer_unmap (world->last, &map);
  g_mutex_unlock (&world->lock);

  return highest;
}

static gboolean
is_shown (World *world)
{
  return world->kind == MEDIA_VIDEO ? luma_at (world, 160, 120) > 200
                                    : peak (world) > 5000;
}

/* Until the output shows, or no longer shows, the one input. */
static void
wait_shown (World *world, gboolean shown)
{
  gint64 deadline = test_deadline (20);

  do {
    fail_unless (g_get_monotonic_time () < deadline, "%s is still %s",
        media_kind_to_string (world->kind), shown ? "absent" : "there");
    run_for (world, 60 * GST_MSECOND);
  } while (is_shown (world) != shown);
}

/* --- Tests --------------------------------------------------------------- */

static const MediaKind kinds[] = { MEDIA_AUDIO, MEDIA_VIDEO };

/* From the first second, with nobody there. */
GST_START_TEST (test_runs_empty)
{
  World *world = world_of (kinds[__i__]);

  world_play (world);
  run_for (world, 500 * GST_MSECOND);
  fail_unless_unbroken (world);
  fail_unless (world->first_pts < 200 * GST_MSECOND);
  fail_if (is_shown (world));
  world_free (world);
}
GST_END_TEST;

/* Aggregators of 1.22 go back to zero on the first buffer of any pad, and
 * compositor when its last pad goes. */
GST_START_TEST (test_first_and_last_link)
{
  World *world = world_of (kinds[__i__]);

  world_play (world);
  run_for (world, 300 * GST_MSECOND);
  for (int i = 0; i < 2; i++) {
    Talker *talker = talker_new (world, NULL, NULL);

    wait_shown (world, TRUE);
    talker_free (talker);
    wait_shown (world, FALSE);
  }
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

/* An input that is there before anything plays. */
GST_START_TEST (test_linked_from_start)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  world_play (world);
  wait_shown (world, TRUE);
  fail_unless_unbroken (world);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_latency_is_constant)
{
  World *world = world_of (kinds[__i__]);
  GstPad *src = live_mixer_get_src_pad (world->mixer);
  g_autoptr (GstPad) inner = gst_ghost_pad_get_target (GST_GHOST_PAD (src));
  GstClockTime expected = UPSTREAM_LATENCY + 40 * GST_MSECOND
      + (world->kind == MEDIA_VIDEO ? GST_SECOND / 15 : 10 * GST_MSECOND);
  Talker *talkers[3];
  gboolean live = FALSE;

  world_play (world);
  fail_unless_equals_uint64 (query_latency (src, &live), expected);
  fail_unless (live);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++) {
    talkers[i] = talker_new (world, NULL, NULL);
    run_for (world, 150 * GST_MSECOND);
    fail_unless_equals_uint64 (query_latency (src, &live), expected);
    fail_unless (live);
    /* What the mixer itself waits for leaves the margin free. */
    fail_unless (query_latency (inner, &live) + 40 * GST_MSECOND <= expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  fail_unless_equals_uint64 (query_latency (src, &live), expected);
  world_free (world);
}
GST_END_TEST;

static guint64
count_dropped (World *world)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 dropped = G_MAXUINT64;

  g_object_get (world->sink, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "dropped", &dropped));

  return dropped;
}

GST_START_TEST (test_twenty_joins)
{
  World *world = world_of (kinds[__i__]);
  Talker *talkers[3] = { NULL };

  world_play (world);
  run_for (world, 200 * GST_MSECOND);
  for (guint i = 0; i < 20; i++) {
    Talker **talker = &talkers[i % G_N_ELEMENTS (talkers)];

    g_clear_pointer (talker, talker_free);
    *talker = talker_new (world, NULL, NULL);
    run_for (world, 100 * GST_MSECOND);
  }
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  run_for (world, 100 * GST_MSECOND);

  fail_unless_unbroken (world);
  fail_unless (world->worst_gap <= GAP_MAX, "a gap of %" G_GINT64_FORMAT " us",
      world->worst_gap);
  /* None on a machine that has time; all of them without an own answer to the
   * latency query. */
  fail_unless (world->n_late * 10 <= world->n_buffers, "%u of %u buffers late",
      world->n_late, world->n_buffers);
  fail_unless (count_dropped (world) * 10 <= world->n_buffers);
  world_free (world);
}
GST_END_TEST;

/* Formats, sizes, rates and colorimetries that are not the mix's. */
GST_START_TEST (test_caps_are_fixed)
{
  static const char *const video[] = {
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=BGRx,width=200,height=100,framerate=30/1",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=I420,width=1280,height=720,framerate=5/1,"
    "colorimetry=bt709",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=I420,width=90,height=160,framerate=15/1,"
    "colorimetry=bt601,chroma-site=jpeg",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=NV12,width=160,height=120,framerate=15/1,"
    "colorimetry=bt2020",
  };
  static const char *const audio[] = {
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=F32LE,rate=44100,channels=1",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S16LE,rate=8000,channels=1",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S24LE,rate=96000,channels=2",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S32LE,rate=48000,channels=2,layout=non-interleaved",
  };
  World *world = world_of (kinds[__i__]);
  Talker *talkers[G_N_ELEMENTS (video)];

  G_STATIC_ASSERT (G_N_ELEMENTS (video) == G_N_ELEMENTS (audio));
  world_play (world);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++) {
    talkers[i] = talker_new (
        world, world->kind == MEDIA_VIDEO ? video[i] : audio[i], NULL);
    run_for (world, 200 * GST_MSECOND);
  }
  run_for (world, 300 * GST_MSECOND);
  fail_unless_equals_int (world->n_warnings, 0);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

/* With nothing wished for, and an input that is nothing like it. */
GST_START_TEST (test_default_caps)
{
  World *world = world_new (kinds[__i__], NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (world->filter, "src");
  g_autoptr (GstCaps) expected =
      gst_caps_from_string (world->kind == MEDIA_VIDEO
              ? "video/x-raw,format=I420,width=1280,height=720,framerate=30/1"
              : "audio/x-raw,format=S16LE,rate=48000,channels=2,"
                "layout=interleaved");
  g_autoptr (GstCaps) caps = NULL;
  Talker *talker;

  world_play (world);
  run_for (world, 100 * GST_MSECOND);
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_caps_is_subset (caps, expected));
  talker = talker_new (world,
      world->kind == MEDIA_VIDEO
          ? "videotestsrc is-live=true do-timestamp=true ! "
            "video/x-raw,format=BGRx,width=90,height=160,framerate=10/1"
          : "audiotestsrc is-live=true do-timestamp=true ! "
            "audio/x-raw,format=F32LE,rate=8000,channels=1",
      NULL);
  run_for (world, 400 * GST_MSECOND);
  talker_free (talker);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

static gpointer
end_it (gpointer user_data)
{
  live_mixer_send_eos (user_data);
  return NULL;
}

/* Twice at a time, from other threads. */
GST_START_TEST (test_eos_in_time)
{
  static const guint n_inputs[] = { 0, 1, 3 };
  MediaKind kind = kinds[__i__ % 2];
  guint n = n_inputs[__i__ / 2];
  World *world = world_of (kind);
  Talker *talkers[3];
  GThread *threads[2];
  gint64 begin;

  world_play (world);
  for (guint i = 0; i < n; i++)
    talkers[i] = talker_new (world, NULL, NULL);
  run_for (world, 300 * GST_MSECOND);

  begin = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ender", end_it, world->mixer);
  g_mutex_lock (&world->lock);
  while (world->n_eos == 0)
    fail_unless (
        g_cond_wait_until (&world->cond, &world->lock, test_deadline (10)));
  g_mutex_unlock (&world->lock);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  fail_unless (world->eos_time - begin < 100 * G_TIME_SPAN_MILLISECOND,
      "EOS after %" G_GINT64_FORMAT " us", world->eos_time - begin);

  for (guint i = 0; i < n; i++)
    talker_free (talkers[i]);
  live_mixer_send_eos (world->mixer);
  fail_unless_equals_int (world->n_eos, 1);
  fail_unless_equals_int (world->n_after_eos, 0);
  world_free (world);
}
GST_END_TEST;

static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  World *world = user_data;

  g_mutex_lock (&world->lock);
  world->n_warnings++;
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->lock);

  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_removed_while_blocked)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker;
  GstPad *silent;
  gulong id;

  world_play (world);
  talker = talker_new (world, NULL, NULL);
  wait_shown (world, TRUE);
  id = gst_pad_add_probe (talker->src,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, on_blocked, world,
      NULL);
  g_mutex_lock (&world->lock);
  while (world->n_warnings == 0)
    g_cond_wait (&world->cond, &world->lock);
  g_mutex_unlock (&world->lock);

  /* One that never got anything, and one that is gone already. */
  silent = live_mixer_add_input (world->mixer, NULL, NULL);
  live_mixer_remove_input (world->mixer, silent);

  live_mixer_remove_input (world->mixer, talker->entry);
  gst_pad_remove_probe (talker->src, id);
  wait_shown (world, FALSE);
  fail_unless_unbroken (world);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

/* A mixer in PAUSED takes nothing: the branch's thread waits inside it. */
GST_START_TEST (test_removed_while_full)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker;
  guint n_buffers;

  world_play (world);
  talker = talker_new (world, NULL, NULL);
  wait_shown (world, TRUE);
  gst_element_set_locked_state (live_mixer_get_element (world->mixer), TRUE);
  gst_element_set_state (
      live_mixer_get_element (world->mixer), GST_STATE_PAUSED);
  /* Whoever feeds it is not stopped by that. */
  n_buffers = 0;
  for (gint64 deadline = test_deadline (20); n_buffers < 20;) {
    g_autoptr (GstPad) probed = gst_object_ref (talker->src);
    gulong id;

    g_mutex_lock (&world->lock);
    world->n_warnings = 0;
    g_mutex_unlock (&world->lock);
    id = gst_pad_add_probe (
        probed, GST_PAD_PROBE_TYPE_BUFFER, on_blocked, world, NULL);
    g_mutex_lock (&world->lock);
    while (world->n_warnings == 0)
      fail_unless (g_cond_wait_until (&world->cond, &world->lock, deadline));
    n_buffers += world->n_warnings;
    g_mutex_unlock (&world->lock);
    gst_pad_remove_probe (probed, id);
  }
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static guint
count_pads (GstElement *element)
{
  guint n;

  GST_OBJECT_LOCK (element);
  n = element->numpads;
  GST_OBJECT_UNLOCK (element);

  return n;
}

GST_START_TEST (test_hundred_cycles)
{
  World *world = world_of (kinds[__i__]);
  GstElement *mixer = live_mixer_get_element (world->mixer);
  guint threads = 0, children = 0, pads = 0;

  world_play (world);
  run_for (world, 100 * GST_MSECOND);
  for (guint i = 0; i < 100; i++) {
    Talker *talker = talker_new (world, NULL, NULL);

    if (i % 10 == 0)
      run_for (world, 100 * GST_MSECOND);
    talker_free (talker);
    if (i == 10) {
      threads = count_threads ();
      children = (guint) GST_BIN_NUMCHILDREN (GST_BIN (mixer));
      pads = count_pads (mixer);
    }
  }
  fail_unless_equals_int (children, GST_BIN_NUMCHILDREN (GST_BIN (mixer)));
  fail_unless_equals_int (pads, count_pads (mixer));
  fail_unless_equals_int (pads, 1);
  fail_unless_equals_int (live_mixer_count_inputs (world->mixer), 0);
  /* The pool of threads breathes. */
  fail_unless (count_threads () <= threads + 2, "%u threads, then %u", threads,
      count_threads ());
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

/* Its tile goes dark in time, and comes back. */
GST_START_TEST (test_input_stalls)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker, *other;
  GstClockTime begin;

  world_play (world);
  talker = talker_new (world, NULL, NULL);
  wait_shown (world, TRUE);
  gst_element_set_locked_state (talker->source, TRUE);
  gst_element_set_state (talker->source, GST_STATE_PAUSED);
  begin = world->next_pts;
  wait_shown (world, FALSE);
  if (world->kind == MEDIA_VIDEO) {
    fail_unless (world->next_pts - begin > 2 * GST_SECOND);
    fail_unless (world->next_pts - begin < 4 * GST_SECOND);
  }
  gst_element_set_state (talker->source, GST_STATE_PLAYING);
  wait_shown (world, TRUE);

  /* An end is only an input's own. */
  gst_element_send_event (talker->source, gst_event_new_eos ());
  run_for (world, 300 * GST_MSECOND);
  fail_unless_equals_int (world->n_eos, 0);
  other = talker_new (world, NULL, NULL);
  run_for (world, 300 * GST_MSECOND);
  talker_free (other);
  talker_free (talker);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

/* Half a second more than the mixer waits for. */
GST_START_TEST (test_late_input_is_heard)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker;

  world_play (world);
  run_for (world, GST_SECOND);
  talker = talker_new (world, NULL, NULL);
  gst_pad_set_offset (talker->src, -(gint64) (600 * GST_MSECOND));
  run_for (world, 3 * GST_SECOND);
  fail_unless (is_shown (world));
  fail_unless_unbroken (world);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_output_relinked)
{
  World *world = world_of (kinds[__i__]);
  GstPad *src = live_mixer_get_src_pad (world->mixer);
  g_autoptr (GstPad) peer = gst_pad_get_peer (src);
  Talker *talker;
  guint n_buffers;

  world_play (world);
  run_for (world, 200 * GST_MSECOND);
  gst_pad_unlink (src, peer);
  talker = talker_new (world, NULL, NULL);
  g_mutex_lock (&world->lock);
  n_buffers = world->n_buffers;
  g_mutex_unlock (&world->lock);
  fail_unless_equals_int (gst_pad_link (src, peer), GST_PAD_LINK_OK);
  wait_shown (world, TRUE);
  fail_unless (world->n_buffers > n_buffers);
  fail_unless_equals_int (world->n_errors, 0);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

/* A mix that somebody asks for in the middle of a call. */
GST_START_TEST (test_starts_late)
{
  World *world = world_of (kinds[__i__]);
  GstElement *mixer = live_mixer_get_element (world->mixer);

  gst_element_set_locked_state (mixer, TRUE);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  while (gst_element_get_current_running_time (world->pipeline)
      < 500 * GST_MSECOND) {
    g_autoptr (GstClock) clock =
        gst_pipeline_get_clock (GST_PIPELINE (world->pipeline));
    GstClockID id = gst_clock_new_single_shot_id (
        clock, gst_element_get_base_time (world->pipeline) + 500 * GST_MSECOND);

    gst_clock_id_wait (id, NULL);
    gst_clock_id_unref (id);
  }
  gst_element_set_locked_state (mixer, FALSE);
  gst_element_sync_state_with_parent (mixer);
  run_for (world, 700 * GST_MSECOND);
  fail_unless (world->first_pts >= 500 * GST_MSECOND);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

/* Down and up again, with the inputs in place. */
GST_START_TEST (test_restarts)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  for (int i = 0; i < 2; i++) {
    world_play (world);
    wait_shown (world, TRUE);
    live_mixer_send_eos (world->mixer);
    g_mutex_lock (&world->lock);
    while (world->n_eos == 0)
      g_cond_wait (&world->cond, &world->lock);
    g_mutex_unlock (&world->lock);
    fail_unless_unbroken (world);
    fail_unless_equals_int (world->n_eos, 1);
    gst_element_set_state (world->pipeline, GST_STATE_READY);
    world->n_buffers = world->n_eos = world->n_caps = 0;
  }
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_pause_and_resume)
{
  World *world = world_of (kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  world_play (world);
  wait_shown (world, TRUE);
  gst_element_set_state (world->pipeline, GST_STATE_PAUSED);
  world_play (world);
  wait_shown (world, TRUE);
  fail_unless_unbroken (world);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

/* --- One kind only --------------------------------------------------------- */

GST_START_TEST (test_grid)
{
  World *world = world_of (MEDIA_VIDEO);
  Talker *first, *second;

  world_play (world);
  first = talker_new (world, NULL, NULL);
  wait_shown (world, TRUE);
  /* 4:3 alone fills 4:3. */
  fail_unless (luma_at (world, 2, 2) > 200);
  fail_unless (luma_at (world, 317, 237) > 200);

  second = talker_new (world,
      "videotestsrc is-live=true pattern=black do-timestamp=true ! " VIDEO_IN,
      &(LiveMixerInput){ .id = "second", .cover = TRUE });
  /* One above the other is larger than side by side. */
  while (luma_at (world, 160, 180) > 30)
    run_for (world, 60 * GST_MSECOND);
  fail_unless (luma_at (world, 160, 60) > 200);
  fail_unless (luma_at (world, 2, 60) < 30);

  talker_free (first);
  wait_shown (world, FALSE);
  talker_free (second);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_voices_add_up)
{
  World *world = world_of (MEDIA_AUDIO);
  Talker *talkers[2];

  world_play (world);
  for (guint i = 0; i < 2; i++)
    talkers[i] = talker_new (world,
        "audiotestsrc is-live=true wave=square volume=0.25 freq=50 "
        "samplesperbuffer=960 do-timestamp=true ! " AUDIO_IN,
        NULL);
  run_for (world, 10 * GST_MSECOND);
  for (gint64 deadline = test_deadline (20); peak (world) < 15000;) {
    fail_unless (g_get_monotonic_time () < deadline);
    run_for (world, 10 * GST_MSECOND);
  }
  for (guint i = 0; i < 2; i++)
    talker_free (talkers[i]);
  world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_failing_input_is_a_warning)
{
  World *world = world_of (MEDIA_VIDEO);
  Talker *talker;
  g_autoptr (GstElement) branch = NULL;

  world_play (world);
  talker =
      talker_new (world, NULL, &(LiveMixerInput){ .id = "somebody \"else\"" });
  wait_shown (world, TRUE);
  branch = gst_bin_get_by_name (
      GST_BIN (live_mixer_get_element (world->mixer)), "input_0");
  GST_ELEMENT_ERROR (branch, STREAM, FAILED, ("it broke"), ("it broke"));
  fail_unless_equals_int (world->n_warnings, 1);
  fail_unless_equals_string (world->warned_id, "somebody \"else\"");
  fail_unless_unbroken (world);
  talker_free (talker);
  world_free (world);
}
GST_END_TEST;

/* No stamps, no frame, another kind of media, a segment in bytes, a flush. */
static void
push_nonsense (World *world, const char *caps)
{
  GstPad *src = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  GstPad *entry = live_mixer_add_input (world->mixer, NULL, NULL);
  g_autoptr (GstCaps) parsed = gst_caps_from_string (caps);
  GstSegment segment;

  gst_pad_link_full (src, entry, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_set_active (src, TRUE);
  gst_pad_push_event (src, gst_event_new_stream_start ("nonsense"));
  gst_pad_push_event (src, gst_event_new_caps (parsed));
  for (int i = 0; i < 4; i++) {
    gst_segment_init (&segment, i % 2 ? GST_FORMAT_TIME : GST_FORMAT_BYTES);
    gst_pad_push_event (src, gst_event_new_segment (&segment));
    fail_unless_equals_int (
        gst_pad_push (src, gst_buffer_new_allocate (NULL, 7, NULL)),
        GST_FLOW_OK);
    fail_unless_equals_int (gst_pad_push (src, gst_buffer_new ()), GST_FLOW_OK);
    run_for (world, 50 * GST_MSECOND);
  }
  gst_pad_push_event (src, gst_event_new_flush_start ());
  gst_pad_push_event (src, gst_event_new_flush_stop (TRUE));
  gst_pad_push_event (src, gst_event_new_eos ());
  run_for (world, 50 * GST_MSECOND);
  live_mixer_remove_input (world->mixer, entry);
  gst_pad_set_active (src, FALSE);
  gst_object_unref (src);
}

GST_START_TEST (test_nonsense_is_harmless)
{
  static const char *const caps[] = { "text/x-raw,format=utf8", VIDEO_IN,
    AUDIO_IN,
    "video/x-raw(memory:GLMemory),format=RGBA,width=16,height=16,"
    "framerate=0/1",
    "audio/x-raw,format=S16LE,rate=1,channels=2,"
    "layout=interleaved" };
  World *world = world_of (kinds[__i__]);

  world_play (world);
  run_for (world, 100 * GST_MSECOND);
  for (guint i = 0; i < G_N_ELEMENTS (caps); i++)
    push_nonsense (world, caps[i]);
  fail_unless_equals_int (world->n_eos, 0);
  fail_unless_unbroken (world);
  world_free (world);
}
GST_END_TEST;

static Suite *
livemixer_suite (void)
{
  Suite *suite = suite_create ("livemixer");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_runs_empty, 0, 2);
  tcase_add_loop_test (tcase, test_first_and_last_link, 0, 2);
  tcase_add_loop_test (tcase, test_linked_from_start, 0, 2);
  tcase_add_loop_test (tcase, test_latency_is_constant, 0, 2);
  tcase_add_loop_test (tcase, test_twenty_joins, 0, 2);
  tcase_add_loop_test (tcase, test_caps_are_fixed, 0, 2);
  tcase_add_loop_test (tcase, test_default_caps, 0, 2);
  tcase_add_loop_test (tcase, test_eos_in_time, 0, 6);
  tcase_add_loop_test (tcase, test_removed_while_blocked, 0, 2);
  tcase_add_loop_test (tcase, test_removed_while_full, 0, 2);
  tcase_add_loop_test (tcase, test_hundred_cycles, 0, 2);
  tcase_add_loop_test (tcase, test_input_stalls, 0, 2);
  tcase_add_loop_test (tcase, test_late_input_is_heard, 0, 2);
  tcase_add_loop_test (tcase, test_output_relinked, 0, 2);
  tcase_add_loop_test (tcase, test_starts_late, 0, 2);
  tcase_add_loop_test (tcase, test_restarts, 0, 2);
  tcase_add_loop_test (tcase, test_pause_and_resume, 0, 2);
  tcase_add_loop_test (tcase, test_nonsense_is_harmless, 0, 2);
  tcase_add_test (tcase, test_grid);
  tcase_add_test (tcase, test_voices_add_up);
  tcase_add_test (tcase, test_failing_input_is_a_warning);

  return suite;
}

TEST_CHECK_MAIN (livemixer)
