/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recvbranch.h"

#include <gst/video/video.h>

#include "decoder.h"
#include "elements.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* 4096x2304. One key frame of 16383x16383 would take 400 MB, many times over. */
#define MAX_PIXELS (4096 * 2304)

struct _RecvBranch {
  GstBin *peer_bin;
  GstPad *rtp_pad; /* webrtcbin's */
  MediaKind kind;
  const Codec *codec; /* NULL: thrown away */
  char *mid;
  char *msid;

  GstElement *encoded_tee;
  GstPad *held; /* where the first picture is held, NULL: it went on */
  gulong hold;  /* by this probe */
  Decoder *decoder;
  GstElement *warm_sink; /* keeps the decoder at work before anybody looks */
  GstPad *warm_pad;      /* the decoder's for it */
  gint warm;             /* atomic: something was decoded */

  gint open; /* atomic: the peer was found to be who the signalling says */
  /* Written by the streaming thread, read for statistics and watching. */
  volatile guint64 frames;
  volatile guint64 bytes;
  volatile gint64 last_time; /* monotonic, us */
};

static GstPadProbeReturn
gate_rtp (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  RecvBranch *self = data;
  gsize size = 0;

  if (!g_atomic_int_get (&self->open))
    return GST_PAD_PROBE_DROP;
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST)
    size = gst_buffer_list_calculate_size (info->data);
  else
    size = gst_buffer_get_size (info->data);
  __atomic_add_fetch (&self->bytes, size, __ATOMIC_RELAXED);
  __atomic_store_n (
      &self->last_time, g_get_monotonic_time (), __ATOMIC_RELAXED);
  return GST_PAD_PROBE_OK;
}

/* RFC 6386, section 9.1: a key frame says how large the pictures are. */
static gboolean
vp8_is_too_large (GstBuffer *buffer)
{
  guint8 header[10];
  guint width, height;

  if (gst_buffer_extract (buffer, 0, header, sizeof header) < sizeof header
      || (header[0] & 0x01) != 0 || header[3] != 0x9d || header[4] != 0x01
      || header[5] != 0x2a)
    return FALSE;
  width = GST_READ_UINT16_LE (header + 6) & 0x3fff;
  height = GST_READ_UINT16_LE (header + 8) & 0x3fff;
  return width * height > MAX_PIXELS;
}

static GstPadProbeReturn
count_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  RecvBranch *self = data;

  if (self->kind == MEDIA_VIDEO && vp8_is_too_large (info->data)) {
    GST_ELEMENT_ERROR (self->encoded_tee, STREAM, DECODE,
        ("The peer's pictures are larger than %u pixels", MAX_PIXELS), (NULL));
    return GST_PAD_PROBE_DROP;
  }
  __atomic_add_fetch (&self->frames, 1, __ATOMIC_RELAXED);
  return GST_PAD_PROBE_OK;
}

/* The first picture is a key frame, and gone where nobody takes it: outputs are
 * added on another thread, a moment later, and would wait for the next one, which
 * senders make 250 ms later at the soonest. The thread that waits is of one stream
 * alone (rtpjitterbuffer's), and let go by the end of the leg, too. Before the tee,
 * whose stream lock is needed to add them. */
static GstPadProbeReturn
hold_frame (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

static void
begin_hold (RecvBranch *self, GstElement *depayloader)
{
  self->held = gst_element_get_static_pad (depayloader, "src");
  self->hold = gst_pad_add_probe (self->held,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER
          | GST_PAD_PROBE_TYPE_BUFFER_LIST,
      hold_frame, NULL, NULL);
}

static gboolean
link_rtp (RecvBranch *self, GstElement *first)
{
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (first, "sink");

  return gst_pad_link (self->rtp_pad, sink_pad) == GST_PAD_LINK_OK;
}

static gboolean
build_depayloader (RecvBranch *self, GError **error)
{
  GstElement *chain[2];
  GObjectClass *klass;

  if ((chain[0] = elements_make (self->peer_bin, self->codec->depayloader,
           "gstreamer1.0-plugins-good", error))
          == NULL
      || (chain[1] = self->encoded_tee =
                 elements_make_tee (self->peer_bin, error))
          == NULL)
    return FALSE;
  klass = G_OBJECT_GET_CLASS (chain[0]);
  if (g_object_class_find_property (klass, "request-keyframe")) {
    g_object_set (
        chain[0], "request-keyframe", TRUE, "wait-for-keyframe", TRUE, NULL);
    begin_hold (self, chain[0]);
  }
  elements_add_probe (
      chain[1], "sink", GST_PAD_PROBE_TYPE_BUFFER, count_frame, self);
  if (!elements_link_chain (chain, 2)) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The depayloader for %s cannot be linked.", self->codec->encoding_name);
    return FALSE;
  }
  elements_sync_chain (chain, 2);
  return link_rtp (self, chain[0]);
}

/* A src pad that is not linked ends webrtcbin's receiving thread, and with it
 * the whole transport. */
static gboolean
build_fakesink (RecvBranch *self, GError **error)
{
  GstElement *sink =
      elements_make (self->peer_bin, "fakesink", "libgstreamer1.0-0", error);

  if (sink == NULL)
    return FALSE;
  g_object_set (
      sink, "async", FALSE, "sync", FALSE, "enable-last-sample", FALSE, NULL);
  gst_element_sync_state_with_parent (sink);
  return link_rtp (self, sink);
}

static void
read_pad (RecvBranch *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->rtp_pad);
  g_autoptr (GObject) transceiver = NULL;
  const GstStructure *s;
  const char *media;

  if (caps == NULL)
    caps = gst_pad_query_caps (self->rtp_pad, NULL);
  s = gst_caps_is_empty (caps) || gst_caps_is_any (caps)
      ? NULL
      : gst_caps_get_structure (caps, 0);
  media = s != NULL ? gst_structure_get_string (s, "media") : NULL;
  if (g_strcmp0 (media, "audio") == 0)
    self->kind = MEDIA_AUDIO;
  else if (g_strcmp0 (media, "video") == 0)
    self->kind = MEDIA_VIDEO;
  else
    self->kind = MEDIA_OTHER;
  if (s != NULL)
    self->codec = codec_table_find (
        self->kind, gst_structure_get_string (s, "encoding-name"));

  g_object_get (self->rtp_pad, "transceiver", &transceiver, NULL);
  if (transceiver != NULL)
    g_object_get (transceiver, "mid", &self->mid, NULL);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->rtp_pad), "msid"))
    g_object_get (self->rtp_pad, "msid", &self->msid, NULL);
}

/**
 * recv_branch_new:
 * @peer_bin: the peer's bin
 * @pad: the src pad that webrtcbin has just added
 * @error: set if a plugin is missing
 *
 * Links @pad at once: to a depayloader if its codec is one of ours, else to a
 * sink that throws it away. Called from webrtcbin's streaming thread.
 *
 * Returns: (transfer full) (nullable): the branch, closed
 */
RecvBranch *
recv_branch_new (GstBin *peer_bin, GstPad *pad, GError **error)
{
  g_autoptr (RecvBranch) self = g_new0 (RecvBranch, 1);
  gulong gate;

  self->peer_bin = peer_bin;
  self->rtp_pad = gst_object_ref (pad);
  self->last_time = g_get_monotonic_time ();
  read_pad (self);
  gate = gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, gate_rtp,
      self, NULL);
  if (self->codec == NULL)
    GST_INFO_OBJECT (pad, "not a codec of calls, thrown away");
  if (!(self->codec != NULL ? build_depayloader (self, error)
                            : build_fakesink (self, error))) {
    gst_pad_remove_probe (pad, gate);
    return NULL;
  }
  return g_steal_pointer (&self);
}

/**
 * recv_branch_free:
 * @self: (transfer full): a branch whose peer bin has stopped
 *
 * Its elements stay in the peer's bin and go with it.
 */
void
recv_branch_free (RecvBranch *self)
{
  gst_clear_object (&self->rtp_pad);
  gst_clear_object (&self->held);
  g_clear_pointer (&self->decoder, decoder_free);
  g_free (self->mid);
  g_free (self->msid);
  g_free (self);
}

/**
 * recv_branch_get_kind:
 * @self: the branch
 *
 * Returns: what the peer sends in it
 */
MediaKind
recv_branch_get_kind (RecvBranch *self)
{
  return self->kind;
}

/**
 * recv_branch_get_codec:
 * @self: the branch
 *
 * Returns: (transfer none) (nullable): its codec, %NULL if it is thrown away
 */
const Codec *
recv_branch_get_codec (RecvBranch *self)
{
  return self->codec;
}

/**
 * recv_branch_get_mid:
 * @self: the branch
 *
 * Returns: (transfer none) (nullable): the m-line's identification tag
 */
const char *
recv_branch_get_mid (RecvBranch *self)
{
  return self->mid;
}

/**
 * recv_branch_get_msid:
 * @self: the branch
 *
 * Returns: (transfer none) (nullable): the peer's MediaStream id
 */
const char *
recv_branch_get_msid (RecvBranch *self)
{
  return self->msid;
}

/**
 * recv_branch_open:
 * @self: the branch
 *
 * Lets media pass: the peer's certificate is the one that the signalling named.
 * Any thread.
 */
void
recv_branch_open (RecvBranch *self)
{
  g_atomic_int_set (&self->open, TRUE);
}

/**
 * recv_branch_release:
 * @self: a branch whose first outputs were added
 *
 * Lets its first picture go, which was held for them.
 */
void
recv_branch_release (RecvBranch *self)
{
  if (self->held == NULL)
    return;
  gst_pad_remove_probe (self->held, self->hold);
  gst_clear_object (&self->held);
}

static void
request_key_frame (RecvBranch *self)
{
  g_autoptr (GstPad) pad = NULL;

  /* What is held is one. */
  if (self->kind != MEDIA_VIDEO || self->held != NULL)
    return;
  pad = gst_element_get_static_pad (self->encoded_tee, "sink");
  gst_pad_push_event (pad,
      gst_video_event_new_upstream_force_key_unit (
          GST_CLOCK_TIME_NONE, TRUE, 0));
}

static gboolean
ensure_decoder (RecvBranch *self, GError **error)
{
  if (self->decoder == NULL)
    self->decoder =
        decoder_new (self->peer_bin, self->codec, self->encoded_tee, error);
  return self->decoder != NULL;
}

/**
 * recv_branch_add_output:
 * @self: a branch with a codec
 * @encoded: whether the stream is wanted as it came, not decoded
 * @error: set if a plugin is missing
 *
 * What is linked to an output must not block: a leaky queue goes first.
 *
 * Returns: (transfer full) (nullable): a src pad of the peer's bin
 */
GstPad *
recv_branch_add_output (RecvBranch *self, gboolean encoded, GError **error)
{
  g_autoptr (GstPad) tee_pad = NULL;
  GstPad *ghost;

  g_return_val_if_fail (self->codec != NULL, NULL);

  if (!encoded && !ensure_decoder (self, error))
    return NULL;
  tee_pad = encoded ? elements_request_tee_pad (self->encoded_tee)
                    : decoder_request (self->decoder);
  /* Active before it has a target: a frame that finds it inactive is answered
   * with FLUSHING, which ends webrtcbin's receiving thread for good. */
  ghost = gst_object_ref_sink (gst_ghost_pad_new_no_target (NULL, GST_PAD_SRC));
  elements_shield (ghost);
  gst_pad_set_active (ghost, TRUE);
  gst_ghost_pad_set_target (GST_GHOST_PAD (ghost), tee_pad);
  gst_element_add_pad (GST_ELEMENT (self->peer_bin), ghost);
  /* A newcomer among the outputs cannot begin in the middle of a group of
   * pictures. */
  request_key_frame (self);
  return ghost;
}

/**
 * recv_branch_remove_output:
 * @self: the branch
 * @pad: (transfer full): a pad from recv_branch_add_output()
 *
 * Unlinks @pad between two buffers and removes it.
 */
void
recv_branch_remove_output (RecvBranch *self, GstPad *pad)
{
  GstPad *tee_pad = gst_ghost_pad_get_target (GST_GHOST_PAD (pad));
  g_autoptr (GstElement) tee = gst_pad_get_parent_element (tee_pad);

  elements_unlink_when_idle (tee_pad);
  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self->peer_bin), pad);
  if (tee == self->encoded_tee) {
    gst_element_release_request_pad (tee, tee_pad);
    gst_object_unref (tee_pad);
  } else {
    decoder_release (self->decoder, tee_pad);
  }
  gst_object_unref (pad);
}

static GstPadProbeReturn
note_warmth (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  RecvBranch *self = data;

  g_atomic_int_set (&self->warm, TRUE);
  return GST_PAD_PROBE_REMOVE;
}

/**
 * recv_branch_warm_up:
 * @self: a branch with a codec
 * @error: set if a plugin is missing
 *
 * Begins to decode before there is an output: one that is added when it is warm
 * shows its first picture at once, and need not wait for a key frame.
 *
 * Returns: whether it does
 */
gboolean
recv_branch_warm_up (RecvBranch *self, GError **error)
{
  g_autoptr (GstPad) sink_pad = NULL;

  if (!ensure_decoder (self, error))
    return FALSE;
  self->warm_sink =
      elements_make (self->peer_bin, "fakesink", "libgstreamer1.0-0", error);
  if (self->warm_sink == NULL)
    return FALSE;
  g_object_set (self->warm_sink, "async", FALSE, "sync", FALSE,
      "enable-last-sample", FALSE, NULL);
  sink_pad = gst_element_get_static_pad (self->warm_sink, "sink");
  gst_pad_add_probe (
      sink_pad, GST_PAD_PROBE_TYPE_BUFFER, note_warmth, self, NULL);
  gst_element_sync_state_with_parent (self->warm_sink);
  self->warm_pad = decoder_request (self->decoder);
  gst_pad_link (self->warm_pad, sink_pad);
  request_key_frame (self);
  return TRUE;
}

/**
 * recv_branch_is_warm:
 * @self: a branch that is being warmed up
 *
 * Returns: whether something was decoded
 */
gboolean
recv_branch_is_warm (RecvBranch *self)
{
  return g_atomic_int_get (&self->warm);
}

/**
 * recv_branch_cool_down:
 * @self: a branch that is being warmed up
 *
 * It is decoded only for its outputs from here on.
 */
void
recv_branch_cool_down (RecvBranch *self)
{
  if (self->warm_sink == NULL)
    return;
  decoder_release (self->decoder, g_steal_pointer (&self->warm_pad));
  elements_remove (self->peer_bin, g_steal_pointer (&self->warm_sink));
}

/**
 * recv_branch_get_counters:
 * @self: the branch
 * @frames: (out): encoded frames received
 * @bytes: (out): size of the RTP packets
 */
void
recv_branch_get_counters (RecvBranch *self, guint64 *frames, guint64 *bytes)
{
  *frames = __atomic_load_n (&self->frames, __ATOMIC_RELAXED);
  *bytes = __atomic_load_n (&self->bytes, __ATOMIC_RELAXED);
}

/**
 * recv_branch_get_last_time:
 * @self: the branch
 *
 * Returns: when the last packet came, in g_get_monotonic_time() units
 */
gint64
recv_branch_get_last_time (RecvBranch *self)
{
  return __atomic_load_n (&self->last_time, __ATOMIC_RELAXED);
}
