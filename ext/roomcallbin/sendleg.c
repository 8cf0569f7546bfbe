/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sendleg.h"

#include "elements.h"

/* webrtcbin blocks its sink pads until the description is set: an un-leaky
 * queue would then stall the branch, and with it every other peer. In buffers,
 * so about two seconds of video and of 20 ms audio. */
#define QUEUE_BUFFERS 60
/* Room for SRTP, RTP extensions, UDP and a tunnel in 1280 bytes of IPv6. */
#define PAYLOADER_MTU 1200

typedef enum {
  GATE_CLOSED,
  GATE_KEY_FRAME, /* opens with the next key frame */
  GATE_OPEN,
} Gate;

struct _SendLeg {
  GstBin *peer_bin;
  SendBranch *branch;

  GstElement *queue;
  GstElement *payloader;
  GstElement *capsfilter;
  GstPad *ghost;   /* sink pad of peer_bin */
  GstPad *tee_pad; /* non-NULL while attached */
  guint mline;

  gint gate; /* atomic: a Gate */
  /* Written by streaming threads, read for statistics. */
  volatile guint64 frames;
  volatile guint64 bytes;
};

static GstPadProbeReturn
gate_buffers (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SendLeg *self = data;
  gboolean list = (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0;
  GstBuffer *buffer = list ? gst_buffer_list_get (info->data, 0) : info->data;

  switch ((Gate) g_atomic_int_get (&self->gate)) {
    case GATE_CLOSED:
      return GST_PAD_PROBE_DROP;
    case GATE_KEY_FRAME:
      /* Delta frames of a picture that the peer never saw are of no use. */
      if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
        return GST_PAD_PROBE_DROP;
      g_atomic_int_compare_and_exchange (
          &self->gate, GATE_KEY_FRAME, GATE_OPEN);
      break;
    case GATE_OPEN:
      break;
  }
  __atomic_add_fetch (&self->frames,
      list ? gst_buffer_list_length (info->data) : 1, __ATOMIC_RELAXED);
  __atomic_add_fetch (&self->bytes,
      list ? gst_buffer_list_calculate_size (info->data)
           : gst_buffer_get_size (buffer),
      __ATOMIC_RELAXED);
  return GST_PAD_PROBE_OK;
}

/**
 * send_leg_new:
 * @peer_bin: the peer's bin
 * @branch: an input that is ready; must outlive the leg
 * @mline: index of the m-line it is sent in
 * @payload_type: RTP payload type, 0 to 127
 * @error: set if a plugin is missing
 *
 * Returns: (transfer full) (nullable): the leg, detached and closed
 */
SendLeg *
send_leg_new (GstBin *peer_bin, SendBranch *branch, guint mline,
    guint payload_type, GError **error)
{
  const Codec *codec = send_branch_get_codec (branch);
  g_autoptr (SendLeg) self = g_new0 (SendLeg, 1);
  g_autoptr (GstPad) sink_pad = NULL;
  g_autoptr (GstCaps) caps = codec_get_rtp_caps (codec, payload_type);
  GstElement *chain[3];

  self->peer_bin = peer_bin;
  self->branch = branch;
  self->mline = mline;
  if ((self->queue =
              elements_make_leaky_queue (peer_bin, QUEUE_BUFFERS, 0, error))
          == NULL
      || (self->payloader = elements_make (
              peer_bin, codec->payloader, "gstreamer1.0-plugins-good", error))
          == NULL
      || (self->capsfilter = elements_make (
              peer_bin, "capsfilter", "libgstreamer1.0-0", error))
          == NULL)
    return NULL;

  g_object_set (
      self->payloader, "pt", payload_type, "mtu", PAYLOADER_MTU, NULL);
  /* Browsers tell a lost picture from a new one by the long picture id. */
  if (g_object_class_find_property (
          G_OBJECT_GET_CLASS (self->payloader), "picture-id-mode"))
    gst_util_set_object_arg (
        G_OBJECT (self->payloader), "picture-id-mode", "15-bit");
  g_object_set (self->capsfilter, "caps", caps, NULL);

  chain[0] = self->queue;
  chain[1] = self->payloader;
  chain[2] = self->capsfilter;
  if (!elements_link_chain (chain, G_N_ELEMENTS (chain))) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The payloader for %s cannot be linked.", codec->encoding_name);
    return NULL;
  }

  sink_pad = gst_element_get_static_pad (self->queue, "sink");
  self->ghost = gst_object_ref_sink (gst_ghost_pad_new (NULL, sink_pad));
  gst_pad_add_probe (self->ghost,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, gate_buffers,
      self, NULL);
  elements_shield (self->ghost);
  gst_pad_set_active (self->ghost, TRUE);
  gst_element_add_pad (GST_ELEMENT (peer_bin), self->ghost);
  return g_steal_pointer (&self);
}

/**
 * send_leg_free:
 * @self: (transfer full): a leg that is detached, or whose peer bin has stopped
 *
 * Its elements stay in the peer's bin and go with it.
 */
void
send_leg_free (SendLeg *self)
{
  send_leg_detach (self);
  g_clear_object (&self->ghost);
  g_free (self);
}

/**
 * send_leg_get_branch:
 * @self: the leg
 *
 * Returns: (transfer none): the input that it sends
 */
SendBranch *
send_leg_get_branch (SendLeg *self)
{
  return self->branch;
}

/**
 * send_leg_get_mline:
 * @self: the leg
 *
 * Returns: index of the m-line it is sent in
 */
guint
send_leg_get_mline (SendLeg *self)
{
  return self->mline;
}

/**
 * send_leg_get_src_pad:
 * @self: the leg
 *
 * Returns: (transfer full): the pad to be linked to webrtcbin
 */
GstPad *
send_leg_get_src_pad (SendLeg *self)
{
  return gst_element_get_static_pad (self->capsfilter, "src");
}

/**
 * send_leg_attach:
 * @self: a leg whose src pad is linked
 * @error: set if it cannot be linked
 *
 * Starts the leg and then, last of all, links it to its input, so that the
 * input never pushes into something that does not run.
 *
 * Returns: whether it is attached
 */
gboolean
send_leg_attach (SendLeg *self, GError **error)
{
  GstElement *chain[] = { self->queue, self->payloader, self->capsfilter };

  elements_sync_chain (chain, G_N_ELEMENTS (chain));
  self->tee_pad = send_branch_request_encoded (self->branch);
  if (!elements_link_tee_pad (self->tee_pad, self->ghost)) {
    send_leg_detach (self);
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The input cannot be linked to the peer.");
    return FALSE;
  }
  return TRUE;
}

/**
 * send_leg_detach:
 * @self: the leg
 *
 * Takes the leg off its input for good. Idempotent.
 */
void
send_leg_detach (SendLeg *self)
{
  g_atomic_int_set (&self->gate, GATE_CLOSED);
  if (self->tee_pad != NULL)
    send_branch_release (self->branch, g_steal_pointer (&self->tee_pad));
}

/**
 * send_leg_has_caps:
 * @self: the leg
 *
 * Returns: whether webrtcbin knows what will be sent; an offer made earlier
 *   lacks its a=ssrc lines, and the peer's webrtcbin then takes the stream for
 *   another one of its first m-line
 */
gboolean
send_leg_has_caps (SendLeg *self)
{
  g_autoptr (GstPad) pad = send_leg_get_src_pad (self);
  g_autoptr (GstPad) sink_pad = gst_pad_get_peer (pad);

  /* Not of our own pad: that has them while they are still on their way. */
  return sink_pad != NULL && gst_pad_has_current_caps (sink_pad);
}

/**
 * send_leg_open:
 * @self: the leg
 *
 * Lets media pass: audio at once, video from a key frame on, which is asked
 * for. Does nothing if it is open.
 */
void
send_leg_open (SendLeg *self)
{
  gboolean video = send_branch_get_kind (self->branch) == MEDIA_VIDEO;

  if (!g_atomic_int_compare_and_exchange (
          &self->gate, GATE_CLOSED, video ? GATE_KEY_FRAME : GATE_OPEN))
    return;
  send_branch_force_key_unit (self->branch);
}

/**
 * send_leg_ask_again:
 * @self: the leg
 *
 * Asks for a key frame if it was opened and none has come. To be called once
 * %SEND_BRANCH_KEY_UNIT_INTERVAL_MS later: an encoder that has just made one makes
 * none before, and of a screen that stands there may be no next picture.
 */
void
send_leg_ask_again (SendLeg *self)
{
  if (g_atomic_int_get (&self->gate) == GATE_KEY_FRAME)
    send_branch_force_key_unit (self->branch);
}

/**
 * send_leg_mute:
 * @self: the leg
 *
 * Lets no more media pass. Any thread.
 */
void
send_leg_mute (SendLeg *self)
{
  g_atomic_int_set (&self->gate, GATE_CLOSED);
}

/**
 * send_leg_get_counters:
 * @self: the leg
 * @frames: (out): encoded frames that were let pass
 * @bytes: (out): their size
 */
void
send_leg_get_counters (SendLeg *self, guint64 *frames, guint64 *bytes)
{
  *frames = __atomic_load_n (&self->frames, __ATOMIC_RELAXED);
  *bytes = __atomic_load_n (&self->bytes, __ATOMIC_RELAXED);
}
