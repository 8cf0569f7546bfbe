/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomoutputs.h"

#include "elements.h"
#include "livemixer.h"
#include "outputqueue.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* Pads whose last buffers, and EOS, an application does not take. It gets no new
 * pads from here on, so that peers which come and go cannot fill the memory. */
#define MAX_ENDING 32
/* What such an application is waited for when the room stops. */
#define STOP_PATIENCE_US G_TIME_SPAN_SECOND

typedef struct {
  RecvBranch *branch;
  guint slot;
  guint index; /* among the peer's tracks of one kind */
  char *peer_id;
  char *stream_id;
  char *title;
  gboolean stands_alone;
  gboolean superseded; /* another one is shown in its place */
} Track;

/* What feeds one output from one source. */
typedef struct {
  gpointer source; /* RecvBranch or SendBranch */
  gboolean own;    /* source is a SendBranch */
  GstPad *media_pad;
  GstElement *viz;   /* the voice as a picture, or NULL */
  GstPad *mixer_pad; /* NULL: the output's queue */
} Feed;

typedef struct {
  GstPad *pad; /* ghost pad of the element */
  OutputRole role;
  MediaKind kind;
  guint slot;
  guint index;
  gboolean requested; /* by the application, not added by us */
  gboolean started;
  gboolean encoded;
  gboolean ending;    /* its track is gone; removed when EOS has passed */
  LiveMixer *mixer;   /* what runs from the first second; or: */
  OutputQueue *queue; /* what passes a track as it comes */
  GPtrArray *feeds;
} Output;

struct _RoomOutputs {
  LoopThread *loop;
  GstBin *bin;
  const RoomOutputsFuncs *funcs;
  gpointer data;
  GPtrArray *outputs;
  GPtrArray *tracks;
  GPtrArray *inputs; /* SendBranch, not owned */
  gboolean running;
  GstClockTime latency;
  gboolean mix_self_view;
};

static void
track_free (gpointer data)
{
  Track *track = data;

  g_free (track->peer_id);
  g_free (track->stream_id);
  g_free (track->title);
  g_free (track);
}

static void
output_free (gpointer data)
{
  Output *output = data;

  g_ptr_array_unref (output->feeds);
  gst_object_unref (output->pad);
  g_free (output);
}

/* --- which output takes what --- */

static gboolean
output_wants_track (const Output *output, const Track *track)
{
  MediaKind kind = recv_branch_get_kind (track->branch);

  if (output->ending)
    return FALSE;
  if (output->role == OUTPUT_SLOT)
    return output->kind == kind && output->slot == track->slot
        && output->index == track->index;
  return output->kind == kind
      || (output->kind == MEDIA_VIDEO && track->stands_alone);
}

static gboolean
output_wants_input (
    const RoomOutputs *self, const Output *output, SendBranch *input)
{
  if (output->kind != send_branch_get_kind (input))
    return FALSE;
  return output->role == OUTPUT_PROGRAM
      || (output->role == OUTPUT_MIX && output->kind == MEDIA_VIDEO
          && self->mix_self_view);
}

/* --- whose stream it is --- */

/* @track: (nullable): what a slot's pad shows */
static void
show_identity (const Output *output, const Track *track)
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
feed_release (RoomOutputs *self, Output *output, Feed *feed)
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
feed_link (RoomOutputs *self, Output *output, Feed *feed, MediaKind kind,
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

static void
output_add_feed (RoomOutputs *self, Output *output, gpointer source,
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

static void
output_remove_feed (RoomOutputs *self, Output *output, gpointer source)
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

static void
output_add_track (RoomOutputs *self, Output *output, const Track *track)
{
  if (output->role == OUTPUT_SLOT && track->title != NULL)
    gst_pad_add_probe (output->pad, GST_PAD_PROBE_TYPE_BUFFER, push_title,
        g_strdup (track->title), g_free);
  output_add_feed (self, output, track->branch, FALSE,
      recv_branch_get_kind (track->branch), track->stream_id);
}

/* --- starting and stopping --- */

static gboolean
downstream_wants_encoded (Output *output)
{
  g_autoptr (GstCaps) raw = gst_caps_new_empty_simple (
      output->kind == MEDIA_AUDIO ? "audio/x-raw" : "video/x-raw");
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (output->pad, NULL);

  /* A muxer takes both; decoded is what runs from the first second. */
  return caps != NULL && !gst_caps_can_intersect (caps, raw);
}

static gboolean
output_start_mixer (RoomOutputs *self, Output *output, GError **error)
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

typedef struct {
  RoomOutputs *outputs;
  GstPad *pad;
} OutputEnded;

static void
output_ended_free (gpointer data)
{
  gst_object_unref (((OutputEnded *) data)->pad);
  g_free (data);
}

static gboolean output_ended (gpointer data);

/* What the queues' threads may use longer than the outputs are there. */
typedef struct {
  LoopThread *loop;
  RoomOutputs *outputs; /* not used but on the loop thread */
} QueueContext;

static void
queue_context_free (gpointer data)
{
  loop_thread_unref (((QueueContext *) data)->loop);
  g_free (data);
}

static void
on_queue_ended (GstPad *pad, gpointer data)
{
  QueueContext *context = data;
  OutputEnded *ended = g_new0 (OutputEnded, 1);

  ended->outputs = context->outputs;
  ended->pad = gst_object_ref (pad);
  loop_thread_post (context->loop, output_ended, ended, output_ended_free);
}

static gboolean
output_start_queue (RoomOutputs *self, Output *output, GError **error)
{
  QueueContext *context = g_new0 (QueueContext, 1);

  context->loop = loop_thread_ref (self->loop);
  context->outputs = self;
  output->queue = output_queue_new (self->bin, output->pad, on_queue_ended,
      context, queue_context_free, error);
  return output->queue != NULL;
}

static void
output_start (RoomOutputs *self, Output *output)
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

    if (output_wants_input (self, output, input))
      output_add_feed (self, output, input, TRUE, output->kind, "self");
  }
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (output_wants_track (output, track))
      output_add_track (self, output, track);
  }
}

static void
output_remove_feeds (RoomOutputs *self, Output *output)
{
  while (output->feeds->len > 0) {
    feed_release (self, output,
        g_ptr_array_index (output->feeds, output->feeds->len - 1));
    g_ptr_array_remove_index (output->feeds, output->feeds->len - 1);
  }
}

static void
output_stop (RoomOutputs *self, Output *output)
{
  output_remove_feeds (self, output);
  g_clear_pointer (&output->queue, output_queue_free);
  if (output->mixer != NULL) {
    gst_ghost_pad_set_target (GST_GHOST_PAD (output->pad), NULL);
    g_clear_pointer (&output->mixer, live_mixer_free);
  }
  output->started = FALSE;
}

static Output *
find_output (RoomOutputs *self, GstPad *pad)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    Output *output = g_ptr_array_index (self->outputs, i);

    if (output->pad == pad)
      return output;
  }
  return NULL;
}

static Output *
add_output (RoomOutputs *self, GstPad *pad, OutputRole role, MediaKind kind,
    guint slot, guint index, gboolean requested)
{
  Output *output = g_new0 (Output, 1);

  output->pad = gst_object_ref (pad);
  output->role = role;
  output->kind = kind;
  output->slot = slot;
  output->index = index;
  output->requested = requested;
  output->feeds = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->outputs, output);
  return output;
}

static void
remove_added_pad (RoomOutputs *self, Output *output)
{
  GstPad *pad = gst_object_ref (output->pad);

  output_stop (self, output);
  g_ptr_array_remove (self->outputs, output);
  self->funcs->remove_pad (pad, self->data);
}

/* A pad that we added goes with its track; but when the application has taken
 * the rest of it, and EOS, and it may have stopped taking anything. */
static void
end_added_pad (RoomOutputs *self, Output *output)
{
  output->ending = TRUE;
  output_remove_feeds (self, output);
  if (output->queue == NULL || !output_queue_end (output->queue))
    remove_added_pad (self, output);
}

static gboolean
output_ended (gpointer data)
{
  OutputEnded *ended = data;
  Output *output = find_output (ended->outputs, ended->pad);

  if (output != NULL && output->ending)
    remove_added_pad (ended->outputs, output);
  return G_SOURCE_REMOVE;
}

/**
 * room_outputs_new:
 * @loop: the room's thread
 * @bin: the bin that holds all elements
 * @funcs: must outlive the outputs
 * @data: handed to @funcs
 *
 * Returns: (transfer full): without a pad yet
 */
RoomOutputs *
room_outputs_new (
    LoopThread *loop, GstBin *bin, const RoomOutputsFuncs *funcs, gpointer data)
{
  RoomOutputs *self = g_new0 (RoomOutputs, 1);

  self->loop = loop;
  self->bin = bin;
  self->funcs = funcs;
  self->data = data;
  self->outputs = g_ptr_array_new_with_free_func (output_free);
  self->tracks = g_ptr_array_new_with_free_func (track_free);
  self->inputs = g_ptr_array_new ();
  return self;
}

/**
 * room_outputs_free:
 * @self: (transfer full): outputs that were stopped
 */
void
room_outputs_free (RoomOutputs *self)
{
  g_ptr_array_unref (self->outputs);
  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->inputs);
  g_free (self);
}

/**
 * room_outputs_add:
 * @self: the outputs
 * @pad: a ghost pad that the application requested
 * @role: what it shows
 * @kind: audio or video
 * @slot: for %OUTPUT_SLOT, whose
 */
void
room_outputs_add (
    RoomOutputs *self, GstPad *pad, OutputRole role, MediaKind kind, guint slot)
{
  Output *output = add_output (self, pad, role, kind, slot, 0, TRUE);

  if (self->running)
    output_start (self, output);
}

/**
 * room_outputs_remove:
 * @self: the outputs
 * @pad: a pad that the application releases
 */
void
room_outputs_remove (RoomOutputs *self, GstPad *pad)
{
  Output *output = find_output (self, pad);

  if (output == NULL)
    return;
  output_stop (self, output);
  g_ptr_array_remove (self->outputs, output);
}

/**
 * room_outputs_linked:
 * @self: the outputs
 * @pad: a pad that was just linked
 *
 * What nobody takes is not even decoded: an output begins when it is linked.
 */
void
room_outputs_linked (RoomOutputs *self, GstPad *pad)
{
  Output *output = find_output (self, pad);

  if (output != NULL && self->running)
    output_start (self, output);
}

/**
 * room_outputs_start:
 * @self: the outputs
 * @latency: of what peers send, in nanoseconds
 * @mix_self_view: whether our own picture is part of video_mix
 *
 * From here on the pads that are linked run, whoever is in the room.
 */
void
room_outputs_start (
    RoomOutputs *self, GstClockTime latency, gboolean mix_self_view)
{
  self->running = TRUE;
  self->latency = latency;
  self->mix_self_view = mix_self_view;
  for (guint i = 0; i < self->outputs->len; i++)
    output_start (self, g_ptr_array_index (self->outputs, i));
}

/* The application's sink may be waiting for the state that we are leaving. */
static void
release_sink (Output *output, gint64 end_time)
{
  if (output_queue_wait_ended (output->queue, end_time))
    return;
  GST_WARNING_OBJECT (output->pad, "nobody takes the end of the stream");
  gst_pad_push_event (output->pad, gst_event_new_flush_start ());
}

/**
 * room_outputs_stop:
 * @self: the outputs
 *
 * Stops the pads of the application and removes those that we added, when they
 * have ended. Waits for an application that does not take that, at most 1 s, and
 * then flushes what is behind the pad.
 */
void
room_outputs_stop (RoomOutputs *self)
{
  gint64 end_time = g_get_monotonic_time () + STOP_PATIENCE_US;

  self->running = FALSE;
  for (guint i = self->outputs->len; i > 0; i--) {
    Output *output = g_ptr_array_index (self->outputs, i - 1);

    if (!output->requested && !output->ending)
      end_added_pad (self, output);
  }
  for (guint i = self->outputs->len; i > 0; i--) {
    Output *output = g_ptr_array_index (self->outputs, i - 1);

    if (output->requested) {
      output_stop (self, output);
    } else {
      release_sink (output, end_time);
      remove_added_pad (self, output);
    }
  }
  g_ptr_array_set_size (self->tracks, 0);
}

/**
 * room_outputs_send_eos:
 * @self: outputs that no peer feeds any more
 *
 * Ends the stream of every pad.
 */
void
room_outputs_send_eos (RoomOutputs *self)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    Output *output = g_ptr_array_index (self->outputs, i);

    if (output->mixer != NULL)
      live_mixer_send_eos (output->mixer);
    else if (output->queue != NULL && !output->ending)
      output_queue_end (output->queue);
  }
}

static guint
count_tracks (RoomOutputs *self, guint slot, MediaKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    n += track->slot == slot && !track->superseded
        && recv_branch_get_kind (track->branch) == kind;
  }
  return n;
}

/* Once there is a picture, the voice of the same peer needs none. */
static void
stop_standing_alone (RoomOutputs *self, guint slot)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (track->slot != slot || !track->stands_alone)
      continue;
    track->stands_alone = FALSE;
    for (guint j = 0; j < self->outputs->len; j++) {
      Output *output = g_ptr_array_index (self->outputs, j);

      if (output->kind == MEDIA_VIDEO && output->role != OUTPUT_SLOT)
        output_remove_feed (self, output, track->branch);
    }
  }
}

static guint
count_ending (RoomOutputs *self)
{
  guint n = 0;

  for (guint i = 0; i < self->outputs->len; i++)
    n += ((Output *) g_ptr_array_index (self->outputs, i))->ending;
  return n;
}

static void
ensure_slot_pad (RoomOutputs *self, const Track *track)
{
  MediaKind kind = recv_branch_get_kind (track->branch);
  g_autoptr (GstPad) pad = NULL;
  Output *output;

  for (guint i = 0; i < self->outputs->len; i++) {
    output = g_ptr_array_index (self->outputs, i);
    if (output->role == OUTPUT_SLOT && output_wants_track (output, track))
      return;
  }
  if (count_ending (self) >= MAX_ENDING) {
    GST_WARNING_OBJECT (
        self->bin, "the application takes no EOS, it gets no further pads");
    return;
  }
  pad = self->funcs->make_pad (kind, track->slot, track->index, self->data);
  if (pad == NULL)
    return;
  output = add_output (
      self, pad, OUTPUT_SLOT, kind, track->slot, track->index, FALSE);
  show_identity (output, track);
  self->funcs->add_pad (pad, self->data);
  /* The application may have let it go, too. */
  output = find_output (self, pad);
  if (output != NULL)
    output_start (self, output);
}

/**
 * room_outputs_add_track:
 * @self: the outputs
 * @params: copied; the branch must be removed before its leg is retired
 *
 * Shows what a peer sends on every output that it belongs to.
 */
void
room_outputs_add_track (RoomOutputs *self, const OutputTrack *params)
{
  MediaKind kind = recv_branch_get_kind (params->branch);
  Track *track = g_new0 (Track, 1);

  track->branch = params->branch;
  track->slot = params->slot;
  track->peer_id = g_strdup (params->peer_id);
  track->index = count_tracks (self, params->slot, kind);
  track->stream_id = g_strdup (params->stream_id);
  track->title = g_strdup (params->title);
  track->stands_alone = params->stands_alone
      && count_tracks (self, params->slot, MEDIA_VIDEO) == 0;
  if (kind == MEDIA_VIDEO)
    stop_standing_alone (self, params->slot);
  g_ptr_array_add (self->tracks, track);

  for (guint i = 0; i < self->outputs->len; i++) {
    Output *output = g_ptr_array_index (self->outputs, i);

    if (!output_wants_track (output, track))
      continue;
    show_identity (output, track);
    if (output->started)
      output_add_track (self, output, track);
  }
  ensure_slot_pad (self, track);
}

static gboolean
has_track (RoomOutputs *self, const Output *output)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    if (output_wants_track (output, g_ptr_array_index (self->tracks, i)))
      return TRUE;
  }
  return FALSE;
}

/* Another track is about to take its place on @output. A sound that is mixed is
 * left for as long as the other one's first takes to come through the mixer. */
static void
make_place (RoomOutputs *self, Output *output, const Track *track)
{
  if (!output_wants_track (output, track)
      || (output->mixer != NULL && output->kind == MEDIA_AUDIO))
    return;
  output_remove_feed (self, output, track->branch);
  if (!output->requested)
    end_added_pad (self, output);
}

/**
 * room_outputs_supersede_track:
 * @self: the outputs
 * @branch: a track that was added, and will be removed soon
 *
 * Another connection of the same peer shows the same from here on.
 */
void
room_outputs_supersede_track (RoomOutputs *self, RecvBranch *branch)
{
  Track *track = NULL;

  for (guint i = 0; i < self->tracks->len && track == NULL; i++) {
    track = g_ptr_array_index (self->tracks, i);
    if (track->branch != branch)
      track = NULL;
  }
  if (track == NULL)
    return;
  for (guint i = self->outputs->len; i > 0; i--)
    make_place (self, g_ptr_array_index (self->outputs, i - 1), track);
  track->superseded = TRUE;
}

/**
 * room_outputs_remove_track:
 * @self: the outputs
 * @branch: a track that was added
 */
void
room_outputs_remove_track (RoomOutputs *self, RecvBranch *branch)
{
  for (guint i = 0; i < self->outputs->len; i++)
    output_remove_feed (self, g_ptr_array_index (self->outputs, i), branch);
  for (guint i = 0; i < self->tracks->len; i++) {
    Track *track = g_ptr_array_index (self->tracks, i);

    if (track->branch == branch) {
      g_ptr_array_remove_index (self->tracks, i);
      break;
    }
  }
  for (guint i = self->outputs->len; i > 0; i--) {
    Output *output = g_ptr_array_index (self->outputs, i - 1);

    if (output->ending || has_track (self, output))
      continue;
    if (output->requested)
      show_identity (output, NULL);
    else
      end_added_pad (self, output);
  }
}

/**
 * room_outputs_add_input:
 * @self: the outputs
 * @input: an input that is ready; must be removed before it is freed
 */
void
room_outputs_add_input (RoomOutputs *self, SendBranch *input)
{
  g_ptr_array_add (self->inputs, input);
  for (guint i = 0; i < self->outputs->len; i++) {
    Output *output = g_ptr_array_index (self->outputs, i);

    if (output->started && output_wants_input (self, output, input))
      output_add_feed (self, output, input, TRUE, output->kind, "self");
  }
}

/**
 * room_outputs_remove_input:
 * @self: the outputs
 * @input: an input that was added
 */
void
room_outputs_remove_input (RoomOutputs *self, SendBranch *input)
{
  g_ptr_array_remove (self->inputs, input);
  for (guint i = 0; i < self->outputs->len; i++)
    output_remove_feed (self, g_ptr_array_index (self->outputs, i), input);
}
