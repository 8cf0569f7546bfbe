/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomoutput.h"

#include "elements.h"

void
room_output_free (gpointer data)
{
  RoomOutput *output = data;

  g_ptr_array_unref (output->feeds);
  gst_object_unref (output->pad);
  g_free (output);
}

/* --- which output takes what --- */

gboolean
room_output_wants_track (const RoomOutput *output, const RoomTrack *track)
{
  MediaKind kind = recv_branch_get_kind (track->branch);

  if (output->ending)
    return FALSE;
  if (output->role == OUTPUT_SLOT)
    return output->kind == kind && output->slot == track->slot
        && output->index == track->index;
  return (output->kind == kind && !track->paused)
      || (output->kind == MEDIA_VIDEO && track->stands_alone);
}

gboolean
room_output_wants_input (
    const RoomOutputs *self, const RoomOutput *output, SendBranch *input)
{
  if (output->kind != send_branch_get_kind (input))
    return FALSE;
  return output->role == OUTPUT_PROGRAM
      || (output->role == OUTPUT_MIX && output->kind == MEDIA_VIDEO
          && self->mix_self_view);
}

/* --- whose stream it is --- */

/* @track: (nullable): what a slot's pad shows */
void
room_output_show_identity (const RoomOutput *output, const RoomTrack *track)
{
  if (output->role != OUTPUT_SLOT)
    return;
  g_object_set (output->pad, "peer-id", track != NULL ? track->peer_id : NULL,
      "peer-name", track != NULL ? track->title : NULL, "mid",
      track != NULL ? recv_branch_get_mid (track->branch) : NULL, "msid",
      track != NULL ? recv_branch_get_msid (track->branch) : NULL, NULL);
}

/* With the first buffer, as a tag must come after the segment. */
static GstPadProbeReturn
push_title (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  gst_pad_push_event (
      pad, gst_event_new_tag (gst_tag_list_new (GST_TAG_TITLE, data, NULL)));
  return GST_PAD_PROBE_REMOVE;
}

/* --- feeds --- */

static void
feed_release (RoomOutputs *self, RoomOutput *output, Feed *feed)
{
  GstPad *media_pad = g_steal_pointer (&feed->media_pad);

  if (media_pad != NULL && feed->own)
    send_branch_release (feed->source, media_pad);
  else if (media_pad != NULL)
    recv_branch_remove_output (feed->source, media_pad);
  if (feed->mixer_pad != NULL)
    live_mixer_remove_input (output->mixer, feed->mixer_pad);
  if (feed->viz != NULL)
    elements_remove (self->bin, feed->viz);
}

static gboolean
link_voice (RoomOutputs *self, Feed *feed, GError **error)
{
  g_autoptr (GstPad) sink_pad = NULL;
  g_autoptr (GstPad) src_pad = NULL;

  feed->viz = elements_make (
      self->bin, "audiospectrumviz", "gstreamer1.0-roomcall", error);
  if (feed->viz == NULL)
    return FALSE;
  g_object_set (feed->viz, "bands", 5, "gap", 0.4, NULL);
  gst_util_set_object_arg (G_OBJECT (feed->viz), "mirror", "center");
  sink_pad = gst_element_get_static_pad (feed->viz, "sink");
  src_pad = gst_element_get_static_pad (feed->viz, "src");
  if (gst_pad_link (src_pad, feed->mixer_pad) != GST_PAD_LINK_OK)
    return FALSE;
  gst_element_sync_state_with_parent (feed->viz);
  return gst_pad_link (feed->media_pad, sink_pad) == GST_PAD_LINK_OK;
}

static gboolean
feed_link (RoomOutputs *self, RoomOutput *output, Feed *feed, MediaKind kind,
    const char *id, GError **error)
{
  LiveMixerInput params = { .id = id };

  feed->media_pad = feed->own
      ? send_branch_request_raw (feed->source, error)
      : recv_branch_add_output (feed->source, output->encoded, error);
  if (feed->media_pad == NULL)
    return FALSE;
  if (output->mixer == NULL)
    return output_queue_link (output->queue, feed->media_pad, id);
  feed->mixer_pad = live_mixer_add_input (output->mixer, &params, error);
  if (feed->mixer_pad == NULL)
    return FALSE;
  if (kind != output->kind)
    return link_voice (self, feed, error);
  return gst_pad_link (feed->media_pad, feed->mixer_pad) == GST_PAD_LINK_OK;
}

void
room_output_add_feed (RoomOutputs *self, RoomOutput *output, gpointer source,
    gboolean own, MediaKind kind, const char *id)
{
  Feed *feed = g_new0 (Feed, 1);
  g_autoptr (GError) error = NULL;

  feed->source = source;
  feed->own = own;
  if (feed_link (self, output, feed, kind, id, &error)) {
    g_ptr_array_add (output->feeds, feed);
    return;
  }
  if (error == NULL)
    error = g_error_new (GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "%s cannot be linked.", GST_PAD_NAME (output->pad));
  self->funcs->failed (error, self->data);
  feed_release (self, output, feed);
  g_free (feed);
}

void
room_output_remove_feed (RoomOutputs *self, RoomOutput *output, gpointer source)
{
  for (guint i = 0; i < output->feeds->len; i++) {
    Feed *feed = g_ptr_array_index (output->feeds, i);

    if (feed->source != source)
      continue;
    feed_release (self, output, feed);
    g_ptr_array_remove_index (output->feeds, i);
    return;
  }
}

void
room_output_add_track (
    RoomOutputs *self, RoomOutput *output, const RoomTrack *track)
{
  if (output->role == OUTPUT_SLOT && track->title != NULL)
    gst_pad_add_probe (output->pad, GST_PAD_PROBE_TYPE_BUFFER, push_title,
        g_strdup (track->title), g_free);
  room_output_add_feed (self, output, track->branch, FALSE,
      recv_branch_get_kind (track->branch), track->stream_id);
}

/* --- starting and stopping --- */

static gboolean
downstream_wants_encoded (RoomOutput *output)
{
  g_autoptr (GstCaps) raw = gst_caps_new_empty_simple (
      output->kind == MEDIA_AUDIO ? "audio/x-raw" : "video/x-raw");
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (output->pad, NULL);

  /* A muxer takes both; decoded is what runs from the first second. */
  return caps != NULL && !gst_caps_can_intersect (caps, raw);
}

static gboolean
output_start_mixer (RoomOutputs *self, RoomOutput *output, GError **error)
{
  g_autofree char *name =
      g_strdup_printf ("%s-mixer", GST_PAD_NAME (output->pad));

  output->mixer =
      live_mixer_new (self->bin, output->kind, name, self->latency, error);
  if (output->mixer == NULL)
    return FALSE;
  gst_ghost_pad_set_target (
      GST_GHOST_PAD (output->pad), live_mixer_get_src_pad (output->mixer));
  gst_element_sync_state_with_parent (live_mixer_get_element (output->mixer));
  return TRUE;
}

static void
queue_context_free (gpointer data)
{
  loop_thread_unref (((RoomQueueContext *) data)->loop);
  g_free (data);
}

static gboolean
output_start_queue (RoomOutputs *self, RoomOutput *output, GError **error)
{
  RoomQueueContext *context = g_new0 (RoomQueueContext, 1);

  context->loop = loop_thread_ref (self->loop);
  context->outputs = self;
  output->queue = output_queue_new (self->bin, output->pad,
      room_outputs_queue_ended, context, queue_context_free, error);
  return output->queue != NULL;
}

void
room_output_start (RoomOutputs *self, RoomOutput *output)
{
  g_autoptr (GError) error = NULL;

  if (output->started || !gst_pad_is_linked (output->pad))
    return;
  output->started = TRUE;
  output->encoded =
      output->role == OUTPUT_SLOT && downstream_wants_encoded (output);
  if (!(output->requested && !output->encoded
              ? output_start_mixer (self, output, &error)
              : output_start_queue (self, output, &error))) {
    output->started = FALSE;
    self->funcs->failed (error, self->data);
    return;
  }
  for (guint i = 0; i < self->inputs->len; i++) {
    SendBranch *input = g_ptr_array_index (self->inputs, i);

    if (room_output_wants_input (self, output, input))
      room_output_add_feed (self, output, input, TRUE, output->kind, "self");
  }
  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    if (room_output_wants_track (output, track))
      room_output_add_track (self, output, track);
  }
}

void
room_output_remove_feeds (RoomOutputs *self, RoomOutput *output)
{
  while (output->feeds->len > 0) {
    feed_release (self, output,
        g_ptr_array_index (output->feeds, output->feeds->len - 1));
    g_ptr_array_remove_index (output->feeds, output->feeds->len - 1);
  }
}

void
room_output_stop (RoomOutputs *self, RoomOutput *output)
{
  room_output_remove_feeds (self, output);
  g_clear_pointer (&output->queue, output_queue_free);
  if (output->mixer != NULL) {
    gst_ghost_pad_set_target (GST_GHOST_PAD (output->pad), NULL);
    g_clear_pointer (&output->mixer, live_mixer_free);
  }
  output->started = FALSE;
}
