/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sendbranch.h"

#include <gst/video/video.h>

#include "decoder.h"
#include "elements.h"
#include "lastframe.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* Of several peers that ask for a key frame at once, as after a join, all are
 * served by one. Measured: three peers' requests made 14 key frames otherwise. */
#define KEY_UNIT_INTERVAL (SEND_BRANCH_KEY_UNIT_INTERVAL_MS * GST_MSECOND)
/* Peers ask for a key frame when they need one; this one is for recorders that
 * cannot ask. In frames. */
#define KEY_FRAME_MAX_DISTANCE 300
/* Before the encoder. */
#define QUEUE_FRAMES 3
#define QUEUE_TIME (500 * GST_MSECOND)
/* In the captured audio: a frame of the encoder's. */
#define PAUSE (20 * GST_MSECOND)

struct _SendBranch {
  GstBin *bin;
  MediaKind kind;
  SendBranchSettings settings;
  SendBranchFunc ready;
  gpointer ready_data;

  GPtrArray *elements; /* owned; children of bin until it is removed */
  GstElement *clocksync;

  /* Written by the streaming thread before ready() is called, read after. */
  const Codec *codec;
  GstElement *mute;
  GstElement *encoder;
  GstElement *raw_tee;
  GstElement *encoded_tee;
  LastFrame *last_frame; /* of raw video, else NULL */
  Decoder *decoder;      /* of encoded input, made when raw is asked for */

  /* Of the encoder's thread: */
  GstClockTime end;  /* of the audio that the encoder has, or NONE */
  gboolean draining; /* what comes out is too old */

  /* Atomic. */
  gint built; /* ready() was called */
  gint muted;
  gint has_encoded; /* one frame was encoded */
  gint n_encoded;   /* users of encoded_tee */
};

/* @element: (nullable): one of the bin that goes with the branch */
static GstElement *
keep (SendBranch *self, GstElement *element)
{
  if (element != NULL)
    g_ptr_array_add (self->elements, gst_object_ref (element));
  return element;
}

static GstElement *
add (SendBranch *self, const char *factory, const char *package, GError **error)
{
  return keep (self, elements_make (self->bin, factory, package, error));
}

static void
set_mute (SendBranch *self, gboolean muted)
{
  if (self->last_frame != NULL)
    last_frame_set_hidden (self->last_frame, muted);
  if (self->kind == MEDIA_AUDIO)
    g_object_set (self->mute, "mute", muted, NULL);
  else
    /* Black, as a browser sends for a disabled track. */
    g_object_set (self->mute, "brightness", muted ? -1.0 : 0.0, "contrast",
        muted ? 0.0 : 1.0, "saturation", muted ? 0.0 : 1.0, NULL);
}

/* What does not fill a frame of the encoder's waits in it and would be sent before
 * what comes after a pause, with a time of before: who joins after 830 ms of nobody
 * there saw the first picture that much later, as the receiver keeps picture and
 * sound in step. A segment has the encoder fill the frame up, and nobody gets it. */
static void
drain_encoder (SendBranch *self, GstPad *sink_pad)
{
  GstEvent *segment = gst_pad_get_sticky_event (sink_pad, GST_EVENT_SEGMENT, 0);

  if (segment == NULL)
    return;
  self->draining = TRUE;
  gst_pad_send_event (sink_pad, segment);
  self->draining = FALSE;
}

static GstPadProbeReturn
drop_drained (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;

  return self->draining ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
drain_at_pause (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;
  const GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  const GstClockTime pts = GST_BUFFER_PTS (buffer);

  if (GST_CLOCK_TIME_IS_VALID (pts) && GST_CLOCK_TIME_IS_VALID (self->end)
      && pts > self->end + PAUSE)
    drain_encoder (self, pad);
  self->end =
      GST_CLOCK_TIME_IS_VALID (pts) && GST_BUFFER_DURATION_IS_VALID (buffer)
      ? pts + GST_BUFFER_DURATION (buffer)
      : GST_CLOCK_TIME_NONE;
  return GST_PAD_PROBE_OK;
}

/* Nobody to send to: nothing is encoded, but for the first frame: its caps are
 * what an offer waits for. */
static GstPadProbeReturn
drop_unless_used (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;

  return g_atomic_int_get (&self->n_encoded) > 0
          || !g_atomic_int_get (&self->has_encoded)
      ? GST_PAD_PROBE_OK
      : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
note_encoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;

  g_atomic_int_set (&self->has_encoded, TRUE);
  return GST_PAD_PROBE_REMOVE;
}

/* Encoded media cannot be blackened, so that muting holds it back. */
static GstPadProbeReturn
drop_if_muted (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;

  return g_atomic_int_get (&self->muted) ? GST_PAD_PROBE_DROP
                                         : GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
drop_eos (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  /* An input that ends stops being sent; the peers' RTP sessions, and what
   * they send us, go on. */
  return GST_EVENT_TYPE (info->data) == GST_EVENT_EOS ? GST_PAD_PROBE_DROP
                                                      : GST_PAD_PROBE_OK;
}

static void
configure_encoder (SendBranch *self)
{
  if (self->kind == MEDIA_AUDIO) {
    g_object_set (self->encoder, "bitrate", (gint) self->settings.audio_bitrate,
        "inband-fec", TRUE, "packet-loss-percentage", 5, NULL);
    return;
  }
  /* Real time: one frame in, one frame out, constant bit rate. One thread:
   * libvpx's wait for each other by spinning. 250 frames of 640x360 take 0.6 s
   * of one thread and 1.0 s of two on two idle cores, but 0.7 and 11.5 s where
   * other programs want the cores as well. */
  g_object_set (self->encoder, "deadline", (gint64) 1, "cpu-used", 8,
      "target-bitrate", (gint) self->settings.video_bitrate, "lag-in-frames", 0,
      "keyframe-max-dist", KEY_FRAME_MAX_DISTANCE, "threads", 1,
      "min-force-key-unit-interval", (guint64) KEY_UNIT_INTERVAL, NULL);
  gst_util_set_object_arg (G_OBJECT (self->encoder), "end-usage", "cbr");
}

static GstElement *
add_tee (SendBranch *self, GError **error)
{
  return keep (self, elements_make_tee (self->bin, error));
}

/* A slow encoder costs frames of this input, never the capture. */
static GstElement *
add_queue (SendBranch *self, GError **error)
{
  return keep (self,
      self->kind == MEDIA_VIDEO
          ? elements_make_leaky_queue (self->bin, QUEUE_FRAMES, 0, error)
          : elements_make_leaky_queue (self->bin, 0, QUEUE_TIME, error));
}

static gboolean
link_and_start (GstElement *const *chain, guint n, GError **error)
{
  if (!elements_link_chain (chain, n)) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The input's elements cannot be linked.");
    return FALSE;
  }
  elements_sync_chain (chain + 1, n - 1);
  return TRUE;
}

static gboolean
build_encoded (SendBranch *self, GError **error)
{
  GstElement *chain[2] = { self->clocksync, NULL };

  if ((chain[1] = self->encoded_tee = add_tee (self, error)) == NULL)
    return FALSE;
  elements_add_probe (chain[1], "sink",
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, drop_if_muted,
      self);
  elements_add_probe (
      chain[1], "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_eos, NULL);
  return link_and_start (chain, G_N_ELEMENTS (chain), error);
}

static gboolean
add_all (SendBranch *self, GstElement **chain, guint *n, GError **error)
{
  const Codec *codec = codec_table_get_default (self->kind);
  const char *core = "libgstreamer1.0-0";
  const char *base = "gstreamer1.0-plugins-base";
  const char *good = "gstreamer1.0-plugins-good";
  gboolean audio = self->kind == MEDIA_AUDIO;

  /* Converted before all else: to be blackened a picture has to be in a format
   * that videobalance knows, or it crashes, and so it is converted once for the
   * encoder and the mixes. */
  return (chain[(*n)++] = add (
              self, audio ? "audioconvert" : "videoconvert", base, error))
      != NULL
      && (!audio
          || (chain[(*n)++] = add (self, "audioresample", base, error)) != NULL)
      && (chain[(*n)++] = add (self, "capsfilter", core, error)) != NULL
      && (chain[(*n)++] = self->mute = add (self,
              audio ? "volume" : "videobalance", audio ? base : good, error))
      != NULL
      && (chain[(*n)++] = self->raw_tee = add_tee (self, error)) != NULL
      && (chain[(*n)++] = add_queue (self, error)) != NULL
      && (chain[(*n)++] = self->encoder =
                 add (self, codec->encoder, codec->package, error))
      != NULL
      && (chain[(*n)++] = self->encoded_tee = add_tee (self, error)) != NULL;
}

static gboolean
build_raw (SendBranch *self, GError **error)
{
  const Codec *codec = codec_table_get_default (self->kind);
  g_autoptr (GstCaps) caps = gst_caps_from_string (codec->raw_caps);
  GstElement *chain[9] = { self->clocksync };
  guint n = 1;
  GstElement *filter, *queue;

  if (!add_all (self, chain, &n, error))
    return FALSE;
  filter = chain[n - 6];
  queue = chain[n - 3];
  g_object_set (filter, "caps", caps, NULL);
  if (self->kind == MEDIA_VIDEO) {
    g_autoptr (GstPad) pad = gst_element_get_static_pad (queue, "sink");

    self->last_frame = last_frame_new (pad, KEY_UNIT_INTERVAL);
  }
  /* Behind the queue, which would take a pause for as much media. */
  elements_add_probe (
      self->encoder, "sink", GST_PAD_PROBE_TYPE_BUFFER, drop_unless_used, self);
  if (self->kind == MEDIA_AUDIO) {
    elements_add_probe (
        self->encoder, "sink", GST_PAD_PROBE_TYPE_BUFFER, drain_at_pause, self);
    elements_add_probe (self->encoded_tee, "sink", GST_PAD_PROBE_TYPE_BUFFER,
        drop_drained, self);
  }
  elements_add_probe (
      queue, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, drop_eos, NULL);
  elements_add_probe (
      self->encoded_tee, "sink", GST_PAD_PROBE_TYPE_BUFFER, note_encoded, self);
  configure_encoder (self);
  return link_and_start (chain, n, error);
}

static gboolean
upstream_is_live (GstPad *sink_pad)
{
  g_autoptr (GstQuery) query = gst_query_new_latency ();
  gboolean live = FALSE;

  if (gst_pad_peer_query (sink_pad, query))
    gst_query_parse_latency (query, &live, NULL, NULL);
  return live;
}

static GstPadProbeReturn
build_on_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendBranch *self = data;
  g_autoptr (GstPad) sink_pad = NULL;
  g_autoptr (GError) error = NULL;
  GstCaps *caps;

  if (GST_EVENT_TYPE (info->data) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (info->data, &caps);

  /* A file, unlike a camera, comes as fast as it is taken, and webrtcbin takes
   * what comes. */
  sink_pad = send_branch_get_sink_pad (self);
  g_object_set (self->clocksync, "sync", !upstream_is_live (sink_pad), NULL);

  self->codec = codec_table_find_encoded (caps);
  if (self->codec != NULL ? build_encoded (self, &error)
                          : build_raw (self, &error)) {
    if (self->codec == NULL)
      self->codec = codec_table_get_default (self->kind);
    GST_INFO_OBJECT (self->bin, "%s input with %" GST_PTR_FORMAT " sent as %s",
        media_kind_to_string (self->kind), caps, self->codec->encoding_name);
  }
  /* In this order: muting is seen either here or there. No frame has passed. */
  g_atomic_int_set (&self->built, TRUE);
  send_branch_apply_muted (self);
  self->ready (self, error, self->ready_data);
  return GST_PAD_PROBE_REMOVE;
}

/**
 * send_branch_new:
 * @bin: the bin that will hold its elements
 * @kind: audio or video
 * @settings: copied
 * @ready: called from the streaming thread once the caps are known
 * @data: handed to @ready; must outlive the branch
 * @error: set if a plugin is missing
 *
 * Returns: (transfer full) (nullable): the branch, without an encoder yet
 */
SendBranch *
send_branch_new (GstBin *bin, MediaKind kind,
    const SendBranchSettings *settings, SendBranchFunc ready, gpointer data,
    GError **error)
{
  SendBranch *self = g_atomic_rc_box_new0 (SendBranch);

  self->bin = bin;
  self->kind = kind;
  self->settings = *settings;
  self->ready = ready;
  self->ready_data = data;
  self->elements = g_ptr_array_new_with_free_func (gst_object_unref);
  self->end = GST_CLOCK_TIME_NONE;
  self->clocksync = add (self, "clocksync", "libgstreamer1.0-0", error);
  if (self->clocksync == NULL) {
    send_branch_remove (self);
    return NULL;
  }
  elements_add_probe (self->clocksync, "src",
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, build_on_caps, self);
  gst_element_sync_state_with_parent (self->clocksync);
  return self;
}

/**
 * send_branch_rest:
 * @self: a branch that takes nothing in for now
 *
 * Gives back the buffer that it remembers: a camera may have few.
 */
void
send_branch_rest (SendBranch *self)
{
  if (g_atomic_int_get (&self->built) && self->last_frame != NULL)
    last_frame_forget (self->last_frame);
}

/**
 * send_branch_stop:
 * @self: the branch
 *
 * Takes nothing in any more: what waits for the clock, or for PLAYING, is let
 * go, so that the sink pad can be deactivated.
 */
void
send_branch_stop (SendBranch *self)
{
  gst_element_set_locked_state (self->clocksync, TRUE);
  gst_element_set_state (self->clocksync, GST_STATE_NULL);
}

/**
 * send_branch_remove:
 * @self: (transfer full): a branch that was stopped, and whose requested pads
 *   were released
 *
 * Takes its elements out of the bin. Who has a reference may still mute it, which
 * nobody sees.
 */
void
send_branch_remove (SendBranch *self)
{
  g_clear_pointer (&self->decoder, decoder_remove);
  for (guint i = 0; i < self->elements->len; i++)
    elements_remove (self->bin, g_ptr_array_index (self->elements, i));
  send_branch_rest (self);
  send_branch_unref (self);
}

/**
 * send_branch_ref:
 * @self: the branch
 *
 * For who mutes it, or has it rest, while its owner may remove it.
 *
 * Returns: (transfer full): @self
 */
SendBranch *
send_branch_ref (SendBranch *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
send_branch_clear (SendBranch *self)
{
  g_clear_pointer (&self->last_frame, last_frame_free);
  g_ptr_array_unref (self->elements);
}

/**
 * send_branch_unref:
 * @self: (transfer full): the branch
 */
void
send_branch_unref (SendBranch *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) send_branch_clear);
}

/**
 * send_branch_get_kind:
 * @self: the branch
 *
 * Returns: audio or video
 */
MediaKind
send_branch_get_kind (SendBranch *self)
{
  return self->kind;
}

/**
 * send_branch_get_codec:
 * @self: the branch
 *
 * Returns: (transfer none) (nullable): how it is sent; %NULL while the caps of
 *   the input are not known
 */
const Codec *
send_branch_get_codec (SendBranch *self)
{
  return g_atomic_int_get (&self->built) && self->encoded_tee != NULL
      ? self->codec
      : NULL;
}

/**
 * send_branch_get_sink_pad:
 * @self: the branch
 *
 * Returns: (transfer full): the pad that takes what is captured
 */
GstPad *
send_branch_get_sink_pad (SendBranch *self)
{
  return gst_element_get_static_pad (self->clocksync, "sink");
}

/**
 * send_branch_request_encoded:
 * @self: a branch that is ready
 *
 * Returns: (transfer full): a new pad that pushes the encoded media, to be
 *   given back with send_branch_release()
 */
GstPad *
send_branch_request_encoded (SendBranch *self)
{
  g_atomic_int_inc (&self->n_encoded);
  return elements_request_tee_pad (self->encoded_tee);
}

/**
 * send_branch_request_raw:
 * @self: a branch that is ready
 * @error: set if a plugin is missing
 *
 * Returns: (transfer full) (nullable): a new pad that pushes the captured media,
 *   to be given back with send_branch_release()
 */
GstPad *
send_branch_request_raw (SendBranch *self, GError **error)
{
  if (self->raw_tee != NULL)
    return elements_request_tee_pad (self->raw_tee);
  if (self->decoder == NULL)
    self->decoder =
        decoder_new (self->bin, self->codec, self->encoded_tee, error);
  return self->decoder != NULL ? decoder_request (self->decoder) : NULL;
}

/**
 * send_branch_release:
 * @self: the branch
 * @pad: (transfer full): a pad that was requested from it
 *
 * Unlinks @pad between two buffers and gives it back.
 */
void
send_branch_release (SendBranch *self, GstPad *pad)
{
  g_autoptr (GstElement) tee = gst_pad_get_parent_element (pad);

  if (tee != self->encoded_tee && tee != self->raw_tee) {
    decoder_release (self->decoder, pad);
    return;
  }
  elements_unlink_when_idle (pad);
  gst_element_release_request_pad (tee, pad);
  if (tee == self->encoded_tee)
    g_atomic_int_add (&self->n_encoded, -1);
  gst_object_unref (pad);
}

/**
 * send_branch_force_key_unit:
 * @self: a branch that is ready
 *
 * Has the encoder make a key frame: of the last picture, once more and at once,
 * where it was captured raw and is not muted, else of the next. Of several calls
 * within %SEND_BRANCH_KEY_UNIT_INTERVAL_MS only the first does so at once.
 */
void
send_branch_force_key_unit (SendBranch *self)
{
  g_autoptr (GstPad) pad = NULL;

  if (self->kind != MEDIA_VIDEO || self->encoded_tee == NULL)
    return;
  pad = gst_element_get_static_pad (self->encoded_tee, "sink");
  gst_pad_push_event (pad,
      gst_video_event_new_upstream_force_key_unit (
          GST_CLOCK_TIME_NONE, TRUE, 0));
  if (self->last_frame != NULL)
    last_frame_repeat (self->last_frame);
}

/**
 * send_branch_set_muted:
 * @self: the branch
 * @muted: whether silence or black is sent instead of what is captured
 *
 * Only notes it, so that the caller may hold a lock: send_branch_apply_muted() makes
 * it so. Any thread.
 */
void
send_branch_set_muted (SendBranch *self, gboolean muted)
{
  g_atomic_int_set (&self->muted, muted);
}

/**
 * send_branch_apply_muted:
 * @self: the branch
 *
 * Any thread, and several at once: of what they set the last holds.
 */
void
send_branch_apply_muted (SendBranch *self)
{
  gboolean muted;

  if (!g_atomic_int_get (&self->built) || self->mute == NULL)
    return;
  /* Whoever made it so before another thread did looks afterwards. */
  do {
    muted = g_atomic_int_get (&self->muted);
    set_mute (self, muted);
  } while (muted != g_atomic_int_get (&self->muted));
}
