/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomoutput.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* Pads whose last buffers, and EOS, an application does not take. It gets no new
 * pads from here on, so that peers which come and go cannot fill the memory. */
#define MAX_ENDING 32
/* What such an application is waited for when the room stops. */
#define STOP_PATIENCE_US G_TIME_SPAN_SECOND

static void
track_free (gpointer data)
{
  RoomTrack *track = data;

  g_free (track->peer_id);
  g_free (track->stream_id);
  g_free (track->title);
  g_free (track);
}

static RoomOutput *
find_output (RoomOutputs *self, GstPad *pad)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    RoomOutput *output = g_ptr_array_index (self->outputs, i);

    if (output->pad == pad)
      return output;
  }
  return NULL;
}

static RoomOutput *
add_output (RoomOutputs *self, GstPad *pad, OutputRole role, MediaKind kind,
    guint slot, guint index, gboolean requested)
{
  RoomOutput *output = g_new0 (RoomOutput, 1);

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
remove_added_pad (RoomOutputs *self, RoomOutput *output)
{
  GstPad *pad = gst_object_ref (output->pad);

  room_output_stop (self, output);
  g_ptr_array_remove (self->outputs, output);
  self->funcs->remove_pad (pad, self->data);
}

/* A pad that we added goes with its track; but when the application has taken
 * the rest of it, and EOS, and it may have stopped taking anything. */
static void
end_added_pad (RoomOutputs *self, RoomOutput *output)
{
  output->ending = TRUE;
  room_output_remove_feeds (self, output);
  if (output->queue == NULL || !output_queue_end (output->queue))
    remove_added_pad (self, output);
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

static gboolean
output_ended (gpointer data)
{
  OutputEnded *ended = data;
  RoomOutput *output = find_output (ended->outputs, ended->pad);

  if (output != NULL && output->ending)
    remove_added_pad (ended->outputs, output);
  return G_SOURCE_REMOVE;
}

/* From the queue's thread. */
void
room_outputs_queue_ended (GstPad *pad, gpointer data)
{
  RoomQueueContext *context = data;
  OutputEnded *ended = g_new0 (OutputEnded, 1);

  ended->outputs = context->outputs;
  ended->pad = gst_object_ref (pad);
  loop_thread_post (context->loop, output_ended, ended, output_ended_free);
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
  self->outputs = g_ptr_array_new_with_free_func (room_output_free);
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
  RoomOutput *output = add_output (self, pad, role, kind, slot, 0, TRUE);

  if (self->running)
    room_output_start (self, output);
}

/**
 * room_outputs_remove:
 * @self: the outputs
 * @pad: a pad that the application releases
 */
void
room_outputs_remove (RoomOutputs *self, GstPad *pad)
{
  RoomOutput *output = find_output (self, pad);

  if (output == NULL)
    return;
  room_output_stop (self, output);
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
  RoomOutput *output = find_output (self, pad);

  if (output != NULL && self->running)
    room_output_start (self, output);
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
    room_output_start (self, g_ptr_array_index (self->outputs, i));
}

/* The application's sink may be waiting for the state that we are leaving. */
static void
release_sink (RoomOutput *output, gint64 end_time)
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
    RoomOutput *output = g_ptr_array_index (self->outputs, i - 1);

    if (!output->requested && !output->ending)
      end_added_pad (self, output);
  }
  for (guint i = self->outputs->len; i > 0; i--) {
    RoomOutput *output = g_ptr_array_index (self->outputs, i - 1);

    if (output->requested) {
      room_output_stop (self, output);
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
    RoomOutput *output = g_ptr_array_index (self->outputs, i);

    if (output->mixer != NULL)
      live_mixer_send_eos (output->mixer);
    else if (output->queue != NULL && !output->ending)
      output_queue_end (output->queue);
  }
}

static RoomTrack *
find_track (RoomOutputs *self, RecvBranch *branch)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->branch == branch)
      return track;
  }
  return NULL;
}

static guint
count_tracks (RoomOutputs *self, guint slot, MediaKind kind)
{
  guint n = 0;

  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    n += track->slot == slot && !track->superseded
        && recv_branch_get_kind (track->branch) == kind;
  }
  return n;
}

static gboolean
has_picture (RoomOutputs *self, guint slot)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->slot == slot && !track->superseded && !track->paused
        && recv_branch_get_kind (track->branch) == MEDIA_VIDEO)
      return TRUE;
  }
  return FALSE;
}

/* Shows @track on the outputs that mix a kind of media, or takes it off them. */
static void
show_in_mixes (
    RoomOutputs *self, const RoomTrack *track, MediaKind kind, gboolean shown)
{
  for (guint i = 0; i < self->outputs->len; i++) {
    RoomOutput *output = g_ptr_array_index (self->outputs, i);

    if (output->role == OUTPUT_SLOT || output->kind != kind)
      continue;
    if (!shown)
      room_output_remove_feed (self, output, track->branch);
    else if (output->started)
      room_output_add_track (self, output, track);
  }
}

/* Once there is a picture, the voice of the same peer needs none. */
static void
let_voices_stand_alone (RoomOutputs *self, guint slot, gboolean alone)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->slot != slot || track->superseded
        || recv_branch_get_kind (track->branch) != MEDIA_AUDIO
        || track->stands_alone == alone)
      continue;
    track->stands_alone = alone;
    show_in_mixes (self, track, MEDIA_VIDEO, alone);
  }
}

static guint
count_ending (RoomOutputs *self)
{
  guint n = 0;

  for (guint i = 0; i < self->outputs->len; i++)
    n += ((RoomOutput *) g_ptr_array_index (self->outputs, i))->ending;
  return n;
}

static void
ensure_slot_pad (RoomOutputs *self, const RoomTrack *track)
{
  MediaKind kind = recv_branch_get_kind (track->branch);
  g_autoptr (GstPad) pad = NULL;
  RoomOutput *output;

  for (guint i = 0; i < self->outputs->len; i++) {
    output = g_ptr_array_index (self->outputs, i);
    if (output->role == OUTPUT_SLOT && room_output_wants_track (output, track))
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
  room_output_show_identity (output, track);
  self->funcs->add_pad (pad, self->data);
  /* The application may have let it go, too. */
  output = find_output (self, pad);
  if (output != NULL)
    room_output_start (self, output);
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
  RoomTrack *track = g_new0 (RoomTrack, 1);

  track->branch = params->branch;
  track->slot = params->slot;
  track->peer_id = g_strdup (params->peer_id);
  track->index = count_tracks (self, params->slot, kind);
  track->stream_id = g_strdup (params->stream_id);
  track->title = g_strdup (params->title);
  track->stands_alone =
      params->stands_alone && !has_picture (self, params->slot);
  if (kind == MEDIA_VIDEO)
    let_voices_stand_alone (self, params->slot, FALSE);
  g_ptr_array_add (self->tracks, track);

  for (guint i = 0; i < self->outputs->len; i++) {
    RoomOutput *output = g_ptr_array_index (self->outputs, i);

    if (!room_output_wants_track (output, track))
      continue;
    room_output_show_identity (output, track);
    if (output->started)
      room_output_add_track (self, output, track);
  }
  ensure_slot_pad (self, track);
}

static gboolean
has_track (RoomOutputs *self, const RoomOutput *output)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    if (room_output_wants_track (output, g_ptr_array_index (self->tracks, i)))
      return TRUE;
  }
  return FALSE;
}

/* Another track is about to take its place on @output. A sound that is mixed is
 * left for as long as the other one's first takes to come through the mixer. */
static void
make_place (RoomOutputs *self, RoomOutput *output, const RoomTrack *track)
{
  if (!room_output_wants_track (output, track)
      || (output->mixer != NULL && output->kind == MEDIA_AUDIO))
    return;
  room_output_remove_feed (self, output, track->branch);
  if (!output->requested)
    end_added_pad (self, output);
}

/**
 * room_outputs_pause_track:
 * @self: the outputs
 * @branch: a track that was added
 * @paused: whether the peer says that it sends nothing on it
 *
 * Takes it off the mixes, where a picture that stands for nothing would keep a
 * tile, and the voice of the same peer from having one; or brings it back.
 */
void
room_outputs_pause_track (
    RoomOutputs *self, RecvBranch *branch, gboolean paused)
{
  RoomTrack *track = find_track (self, branch);
  MediaKind kind = recv_branch_get_kind (branch);

  if (track == NULL || track->superseded || track->paused == paused)
    return;
  track->paused = paused;
  if (kind == MEDIA_VIDEO)
    let_voices_stand_alone (
        self, track->slot, !has_picture (self, track->slot));
  show_in_mixes (self, track, kind, !paused);
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
  RoomTrack *track = find_track (self, branch);

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
    room_output_remove_feed (
        self, g_ptr_array_index (self->outputs, i), branch);
  for (guint i = 0; i < self->tracks->len; i++) {
    RoomTrack *track = g_ptr_array_index (self->tracks, i);

    if (track->branch == branch) {
      g_ptr_array_remove_index (self->tracks, i);
      break;
    }
  }
  for (guint i = self->outputs->len; i > 0; i--) {
    RoomOutput *output = g_ptr_array_index (self->outputs, i - 1);

    if (output->ending || has_track (self, output))
      continue;
    if (output->requested)
      room_output_show_identity (output, NULL);
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
    RoomOutput *output = g_ptr_array_index (self->outputs, i);

    if (output->started && room_output_wants_input (self, output, input))
      room_output_add_feed (self, output, input, TRUE, output->kind, "self");
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
    room_output_remove_feed (self, g_ptr_array_index (self->outputs, i), input);
}
