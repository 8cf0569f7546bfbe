/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mixworld.h"

#include <gst/video/video.h>

/* --- Looking and listening ---------------------------------------- */

static guint
luma_of (GstBuffer *buffer, guint x, guint y)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  guint luma;

  gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, 320, 240);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  luma = ((guint8 *) GST_VIDEO_FRAME_COMP_DATA (
      &frame, 0))[y * GST_VIDEO_FRAME_COMP_STRIDE (&frame, 0) + x];
  gst_video_frame_unmap (&frame);

  return luma;
}

static guint
peak_of (GstBuffer *buffer)
{
  GstMapInfo map;
  guint highest = 0;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i + 1 < map.size; i += 2) {
    gint16 sample = (gint16) GST_READ_UINT16_LE (map.data + i);

    highest = MAX (highest, (guint) ABS ((int) sample));
  }
  gst_buffer_unmap (buffer, &map);

  return highest;
}

static gboolean
shows_signal (MediaKind kind, GstBuffer *buffer)
{
  return kind == MEDIA_VIDEO ? luma_of (buffer, 160, 60) > 200
                             : peak_of (buffer) > 5000;
}

/* --- A pipeline around one mixer ------------------------------------------ */

static void
note_buffer (MixWorld *world, GstBuffer *buffer)
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
  if (world->watching) {
    gboolean empty = !shows_signal (world->kind, buffer);

    world->n_watched++;
    world->n_empty += empty;
    if (!empty)
      world->last_shown = world->next_pts;
  }
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->lock);
}

static GstPadProbeReturn
on_output (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  MixWorld *world = user_data;

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
  MixWorld *world = user_data;

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

GstClockTime
mix_latency_of (GstPad *pad, gboolean *live)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  GstClockTime min, max;

  fail_unless (gst_pad_query (pad, query));
  gst_query_parse_latency (query, live, &min, &max);
  fail_unless (max == GST_CLOCK_TIME_NONE);

  return min;
}

MixWorld *
mix_world_new (MediaKind kind, const char *wish)
{
  MixWorld *world = g_new0 (MixWorld, 1);
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

MixWorld *
mix_world_of (MediaKind kind)
{
  return mix_world_new (kind, kind == MEDIA_VIDEO ? MIX_VIDEO : MIX_AUDIO);
}

void
mix_world_free (MixWorld *world)
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

void
mix_world_play (MixWorld *world)
{
  /* A live source: nothing waits for it in PAUSED. */
  fail_unless_equals_int (
      gst_element_set_state (world->pipeline, GST_STATE_PAUSED),
      GST_STATE_CHANGE_NO_PREROLL);
  world->latency = mix_latency_of (live_mixer_get_src_pad (world->mixer), NULL);
  fail_unless_equals_int (
      gst_element_set_state (world->pipeline, GST_STATE_PLAYING),
      GST_STATE_CHANGE_SUCCESS);
}

static void
wait_stamp (MixWorld *world, GstClockTime until)
{
  gint64 deadline = test_deadline (20);

  g_mutex_lock (&world->lock);
  while (world->n_buffers == 0 || world->next_pts < until)
    fail_unless (g_cond_wait_until (&world->cond, &world->lock, deadline),
        "no output up to %" GST_TIME_FORMAT ", at %" GST_TIME_FORMAT,
        GST_TIME_ARGS (until), GST_TIME_ARGS (world->next_pts));
  g_mutex_unlock (&world->lock);
}

void
mix_world_run (MixWorld *world, GstClockTime time)
{
  GstClockTime until;

  g_mutex_lock (&world->lock);
  until = (world->n_buffers == 0 ? 0 : world->next_pts) + time;
  g_mutex_unlock (&world->lock);
  wait_stamp (world, until);
}

void
mix_world_check (MixWorld *world)
{
  g_mutex_lock (&world->lock);
  fail_unless_equals_int (world->n_broken, 0);
  fail_unless_equals_int (world->n_caps, 1);
  fail_unless_equals_int (world->n_errors, 0);
  g_mutex_unlock (&world->lock);
}

/* --- Somebody who sends -------------------------------------------------- */

static GstElement *
make_source (MixWorld *world, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full =
      g_strdup_printf ("%s ! tee name=tee allow-not-linked=true", description);
  GstElement *bin = gst_parse_bin_from_description (full, FALSE, &error);

  fail_unless (bin != NULL, "%s", error ? error->message : "");
  gst_bin_add (GST_BIN (world->pipeline), bin);

  return bin;
}

Talker *
talker_new (
    MixWorld *world, const char *description, const LiveMixerInput *params)
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

void
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

guint
mix_world_luma (MixWorld *world, guint x, guint y)
{
  guint luma;

  g_mutex_lock (&world->lock);
  luma = luma_of (world->last, x, y);
  g_mutex_unlock (&world->lock);

  return luma;
}

guint
mix_world_peak (MixWorld *world)
{
  guint highest;

  g_mutex_lock (&world->lock);
  highest = peak_of (world->last);
  g_mutex_unlock (&world->lock);

  return highest;
}

gboolean
mix_world_shows (MixWorld *world)
{
  gboolean shown;

  g_mutex_lock (&world->lock);
  shown = shows_signal (world->kind, world->last);
  g_mutex_unlock (&world->lock);

  return shown;
}

void
mix_attempt (MixAttempt attempt, MediaKind kind)
{
  g_autofree char *fault = attempt (kind);

  for (guint i = 1; i < MIX_ATTEMPTS && fault != NULL; i++) {
    g_free (fault);
    fault = attempt (kind);
  }
  fail_unless (fault == NULL, "%s", fault);
}

void
mix_world_watch (MixWorld *world, gboolean watching)
{
  g_mutex_lock (&world->lock);
  world->watching = watching;
  g_mutex_unlock (&world->lock);
}

void
mix_world_wait (MixWorld *world, gboolean shown)
{
  gint64 deadline = test_deadline (20);

  do {
    fail_unless (g_get_monotonic_time () < deadline, "%s is still %s",
        media_kind_to_string (world->kind), shown ? "absent" : "there");
    mix_world_run (world, 60 * GST_MSECOND);
  } while (mix_world_shows (world) != shown);
}
