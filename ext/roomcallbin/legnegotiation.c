/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peerleg-private.h"

#include "elements.h"
#include "sdpmunge.h"
#include "sdpselect.h"
#include "webrtctuning.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* The caps of a new input reach webrtcbin with its first encoded frame. An offer
 * that is made before lacks its a=ssrc lines. */
#define CAPS_TIMEOUT_MS 1000
/* A little more than an encoder waits between key frames. */
#define KEY_TIMEOUT_MS (SEND_BRANCH_KEY_UNIT_INTERVAL_MS + 10)
/* webrtcbin 1.22 may never report the end of gathering. */
#define GATHERING_TIMEOUT_MS 2000

static void act (
    PeerLeg *self, NegotiatorAction action, SdpDescription *remote);
static void settle (PeerLeg *self);

static void
handle (PeerLeg *self, NegotiatorEvent event)
{
  act (self, negotiator_handle (&self->negotiator, event), NULL);
}

/* --- sending descriptions --- */

static void
send_text (PeerLeg *self, SdpType type, const GstSDPMessage *message)
{
  g_autofree char *full = sdp_from_webrtcbin (message,
      type == SDP_ANSWER ? self->remote : NULL, self->id, self->member);
  g_autofree char *text =
      ice_filter_description (self->settings.candidate_types, full);

  GST_DEBUG_OBJECT (
      self->peer_bin, "sending our %s", type == SDP_OFFER ? "offer" : "answer");
  if (type == SDP_OFFER) {
    g_clear_pointer (&self->local_offer, sdp_description_free);
    self->local_offer = sdp_gate_check (SDP_OFFER, text, NULL, NULL);
  }
  self->funcs->send_description (self, type, text, self->data);
}

static void
send_gathered (PeerLeg *self)
{
  g_autoptr (GstWebRTCSessionDescription) local = NULL;

  leg_clear_timer (&self->gathering_timer);
  if (!self->unsent)
    return;
  self->unsent = FALSE;
  g_object_get (self->webrtcbin, "local-description", &local, NULL);
  if (local != NULL)
    send_text (self, self->unsent_type, local->sdp);
  if (self->settled_unsent) {
    self->settled_unsent = FALSE;
    settle (self);
  }
}

static void
gathering_timed_out (PeerLeg *self, LegPost *post)
{
  send_gathered (self);
}

/* With trickle the text goes out before the description is set, so that no
 * candidate overtakes it; without, after the candidates are in it. */
static void
send_description (
    PeerLeg *self, SdpType type, const GstWebRTCSessionDescription *description)
{
  if (self->settings.trickle || self->gathered) {
    send_text (self, type, description->sdp);
    return;
  }
  self->unsent = TRUE;
  self->unsent_type = type;
  leg_clear_timer (&self->gathering_timer);
  self->gathering_timer =
      leg_add_timer (self, GATHERING_TIMEOUT_MS, gathering_timed_out);
}

/* webrtcbin has gathered all its candidates. */
void
leg_negotiation_gathered (PeerLeg *self)
{
  self->gathered = TRUE;
  send_gathered (self);
}

/* --- steps that wait for caps --- */

static void offer_created (PeerLeg *self, LegPost *post);
static void offer_applied (PeerLeg *self, LegPost *post);
static void set_remote (PeerLeg *self, LegPostFunc done);

static void
run_step (PeerLeg *self)
{
  LegStep step = self->step;

  self->step = LEG_STEP_NONE;
  leg_clear_timer (&self->caps_timer);
  switch (step) {
    case LEG_STEP_NONE:
      break;
    case LEG_STEP_OFFER:
      g_signal_emit_by_name (self->webrtcbin, "create-offer", NULL,
          leg_promise_new (self, offer_created, "offer"));
      break;
    case LEG_STEP_ANSWER:
      set_remote (self, offer_applied);
      break;
  }
}

static gboolean
all_have_caps (PeerLeg *self)
{
  for (guint i = 0; i < self->sends->len; i++) {
    if (!send_leg_has_caps (g_ptr_array_index (self->sends, i)))
      return FALSE;
  }
  return TRUE;
}

static void
caps_arrived (PeerLeg *self, LegPost *post)
{
  if (all_have_caps (self))
    run_step (self);
}

static void
caps_timed_out (PeerLeg *self, LegPost *post)
{
  GST_WARNING_OBJECT (self->peer_bin,
      "an input has no encoded frame after %u ms, negotiating without it",
      CAPS_TIMEOUT_MS);
  run_step (self);
}

static void
begin_step (PeerLeg *self, LegStep step)
{
  self->step = step;
  leg_clear_timer (&self->caps_timer);
  if (all_have_caps (self))
    run_step (self);
  else
    self->caps_timer = leg_add_timer (self, CAPS_TIMEOUT_MS, caps_timed_out);
}

/* On a streaming thread, when webrtcbin has them. */
static void
on_caps (GstPad *sink_pad, GParamSpec *pspec, gpointer data)
{
  leg_post_send (leg_post_new (data, caps_arrived));
}

/* --- inputs --- */

static gboolean
is_sent (PeerLeg *self, SendBranch *input)
{
  for (guint i = 0; i < self->sends->len; i++) {
    if (send_leg_get_branch (g_ptr_array_index (self->sends, i)) == input)
      return TRUE;
  }
  return FALSE;
}

static SendLeg *
find_send_at (PeerLeg *self, guint mline)
{
  for (guint i = 0; i < self->sends->len; i++) {
    SendLeg *send = g_ptr_array_index (self->sends, i);

    if (send_leg_get_mline (send) == mline)
      return send;
  }
  return NULL;
}

static SendBranch *
find_unsent_input (PeerLeg *self, MediaKind kind, const Codec *codec)
{
  for (guint i = 0; i < self->inputs->len; i++) {
    SendBranch *input = g_ptr_array_index (self->inputs, i);

    if (send_branch_get_kind (input) == kind && !is_sent (self, input)
        && (codec == NULL || send_branch_get_codec (input) == codec))
      return input;
  }
  return NULL;
}

/* Whether media of @kind are taken from the peer. */
gboolean
leg_negotiation_receives (PeerLeg *self, MediaKind kind)
{
  return kind == MEDIA_AUDIO ? self->settings.receive_audio
                             : self->settings.receive_video;
}

static void
key_timed_out (PeerLeg *self, LegPost *post)
{
  leg_clear_timer (&self->key_timer);
  for (guint i = 0; i < self->sends->len; i++)
    send_leg_ask_again (g_ptr_array_index (self->sends, i));
}

/* Opens what the peer wants of us, and closes what it does not: webrtcbin sends
 * whatever it is given, even where the peer said "inactive". */
void
leg_negotiation_open_sends (PeerLeg *self)
{
  for (guint i = 0; i < self->sends->len; i++) {
    SendLeg *send = g_ptr_array_index (self->sends, i);
    guint mline = send_leg_get_mline (send);
    const SdpMedia *media = mline < self->remote->media->len
        ? sdp_description_get_media (self->remote, mline)
        : NULL;

    if (media != NULL && !media->rejected
        && (media->direction & SDP_DIRECTION_RECV))
      send_leg_open (send);
    else
      send_leg_mute (send);
  }
  leg_clear_timer (&self->key_timer);
  self->key_timer = leg_add_timer (self, KEY_TIMEOUT_MS, key_timed_out);
}

static void
configure_transceiver (
    PeerLeg *self, GstWebRTCRTPTransceiver *transceiver, MediaKind kind)
{
  /* On audio it would ask for each late packet, and write rtx/48000. */
  if (transceiver != NULL && kind == MEDIA_VIDEO
      && self->settings.do_retransmission)
    g_object_set (transceiver, "do-nack", TRUE, NULL);
}

static gboolean
attach_input (
    PeerLeg *self, SendBranch *input, guint mline, guint pt, GError **error)
{
  MediaKind kind = send_branch_get_kind (input);
  g_autofree char *name = g_strdup_printf ("sink_%u", mline);
  g_autoptr (SendLeg) send =
      send_leg_new (GST_BIN (self->peer_bin), input, mline, pt, error);
  g_autoptr (GstPad) src_pad = NULL;
  g_autoptr (GstPad) sink_pad = NULL;
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  if (send == NULL)
    return FALSE;
  src_pad = send_leg_get_src_pad (send);
  /* By its number: webrtcbin 1.22 makes two pads of one name from "sink_%u". */
  sink_pad = gst_element_request_pad_simple (self->webrtcbin, name);
  if (sink_pad == NULL || gst_pad_link (src_pad, sink_pad) != GST_PAD_LINK_OK) {
    g_set_error (error, PEER_LEG_ERROR, PEER_LEG_ERROR_DESCRIPTION,
        "webrtcbin takes no input for m-line %u", mline);
    return FALSE;
  }
  /* The packet that nicesink sends while it goes to PAUSED is answered with
   * FLUSHING, by which the queue of the leg would end for good. */
  elements_shield (sink_pad);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (sink_pad), "msid"))
    g_object_set (sink_pad, "msid", self->member, NULL);
  g_object_get (sink_pad, "transceiver", &transceiver, NULL);
  configure_transceiver (self, transceiver, kind);
  if (transceiver != NULL && !leg_negotiation_receives (self, kind))
    g_object_set (transceiver, "direction",
        GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, NULL);

  g_signal_connect_data (sink_pad, "notify::caps", G_CALLBACK (on_caps),
      peer_leg_ref (self), (GClosureNotify) (GCallback) peer_leg_unref, 0);
  if (!send_leg_attach (send, error))
    return FALSE;
  g_ptr_array_add (self->sends, g_steal_pointer (&send));
  return TRUE;
}

static void
add_transceiver (PeerLeg *self, GstWebRTCRTPTransceiverDirection direction,
    const Codec *codec, guint pt)
{
  g_autoptr (GstCaps) caps = codec_get_rtp_caps (codec, pt);
  g_autoptr (GstWebRTCRTPTransceiver) transceiver = NULL;

  g_signal_emit_by_name (
      self->webrtcbin, "add-transceiver", direction, caps, &transceiver);
  configure_transceiver (self, transceiver, codec->kind);
}

/* --- our offer --- */

static gboolean
plan_offer_for (PeerLeg *self, MediaKind kind, GError **error)
{
  SendBranch *input;

  while ((input = find_unsent_input (self, kind, NULL)) != NULL) {
    const Codec *codec = send_branch_get_codec (input);

    if (!attach_input (self, input, self->n_mlines, codec->payload_type, error))
      return FALSE;
    self->n_mlines++;
    self->has_mline[kind] = TRUE;
  }
  if (!self->has_mline[kind] && leg_negotiation_receives (self, kind)) {
    const Codec *codec = codec_table_get_default (kind);

    add_transceiver (self, GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, codec,
        codec->payload_type);
    self->n_mlines++;
    self->has_mline[kind] = TRUE;
  }
  return TRUE;
}

static void
create_offer (PeerLeg *self)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->sends->len; i++)
    self->n_mlines = MAX (self->n_mlines,
        send_leg_get_mline (g_ptr_array_index (self->sends, i)) + 1);
  if (plan_offer_for (self, MEDIA_AUDIO, &error)
      && plan_offer_for (self, MEDIA_VIDEO, &error))
    begin_step (self, LEG_STEP_OFFER);
  else
    leg_fail (self, error);
}

static void
offer_created (PeerLeg *self, LegPost *post)
{
  if (post->error != NULL) {
    leg_fail_description (self, "No offer can be made", post->error);
    return;
  }
  if (self->negotiator.state != NEGOTIATOR_CREATING)
    return;
  self->offer = g_steal_pointer (&post->description);
  sdp_prepare_offer (self->offer->sdp);
  handle (self, NEGOTIATOR_EVENT_CREATED);
}

static void
local_set (PeerLeg *self, LegPost *post)
{
  if (post->error != NULL)
    leg_fail_description (self, "webrtcbin refused its own offer", post->error);
}

static void
commit_offer (PeerLeg *self)
{
  if (self->offer == NULL)
    return;
  leg_begin_gathering (self);
  g_signal_emit_by_name (self->webrtcbin, "set-local-description", self->offer,
      leg_promise_new (self, local_set, NULL));
  g_clear_pointer (&self->offer, gst_webrtc_session_description_free);
}

static void
answer_timed_out (PeerLeg *self, LegPost *post)
{
  handle (self, NEGOTIATOR_EVENT_TIMEOUT);
}

static void
send_offer (PeerLeg *self)
{
  self->n_mlines = gst_sdp_message_medias_len (self->offer->sdp);
  send_description (self, SDP_OFFER, self->offer);
  /* The first offer is committed at once, as connecting needs its candidates.
   * Later ones when they are answered: webrtcbin 1.22 cannot roll back, and
   * both sides may offer at the same time. */
  if (!self->negotiated)
    commit_offer (self);
  else if (self->settings.answer_timeout > 0)
    self->answer_timer =
        leg_add_timer (self, self->settings.answer_timeout, answer_timed_out);
}

/* --- the peer's description --- */

static void
learn_ssrcs (PeerLeg *self)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove_all (self->video_ssrcs);
  for (guint i = 0; i < self->remote->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (self->remote, i);

    if (media->kind != MEDIA_VIDEO || media->rejected)
      continue;
    for (guint j = 0; j < media->ssrcs->len; j++)
      g_hash_table_add (self->video_ssrcs,
          GUINT_TO_POINTER (g_array_index (media->ssrcs, guint32, j)));
  }
  g_mutex_unlock (&self->lock);
}

static gboolean
take_remote (PeerLeg *self, SdpDescription *remote)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->remote, sdp_description_free);
  self->remote = remote;
  if (remote->type == SDP_OFFER) {
    g_free (self->remote_session);
    self->remote_session = g_strdup (remote->session_id);
  }
  g_free (self->remote_leg);
  self->remote_leg = g_strdup (remote->leg);
  self->n_mlines = remote->media->len;
  if (!sdp_select_codecs (remote, &error)) {
    leg_fail_description (self, "There is no codec in common", error);
    return FALSE;
  }
  for (guint i = 0; remote->type == SDP_ANSWER && i < remote->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (remote, i);

    /* As with an answer of ours: see sdp_can_reoffer(). */
    self->cannot_reoffer |= media->rejected;
    if (!media->rejected && self->role == NULL)
      self->role = media->setup == SDP_SETUP_ACTIVE ? "passive" : "active";
  }
  learn_ssrcs (self);
  return TRUE;
}

static void
set_remote (PeerLeg *self, LegPostFunc done)
{
  GstSDPMessage *message = NULL;
  GstWebRTCSessionDescription *description;

  gst_sdp_message_copy (self->remote->message, &message);
  description = gst_webrtc_session_description_new (
      self->remote->type == SDP_OFFER ? GST_WEBRTC_SDP_TYPE_OFFER
                                      : GST_WEBRTC_SDP_TYPE_ANSWER,
      message);

  g_signal_emit_by_name (self->webrtcbin, "set-remote-description", description,
      leg_promise_new (self, done, NULL));
  gst_webrtc_session_description_free (description);

  self->remote_set = TRUE;
  for (guint i = 0; i < self->candidates->len; i++)
    g_signal_emit_by_name (self->webrtcbin, "add-ice-candidate",
        self->remote->bundle_mline, g_ptr_array_index (self->candidates, i));
  g_ptr_array_set_size (self->candidates, 0);
}

/* What we do with one m-line of the peer's offer that webrtcbin has not seen. */
static gboolean
plan_answer_for (PeerLeg *self, guint mline, GError **error)
{
  const SdpMedia *media = sdp_description_get_media (self->remote, mline);
  guint pt = 0;
  const Codec *codec = sdp_select_codec (media, &pt);
  SendBranch *input = NULL;
  SendLeg *pending = find_send_at (self, mline);

  /* Our offer gave way, but webrtcbin's pad for it stays. */
  if (pending != NULL && codec != NULL
      && send_branch_get_codec (send_leg_get_branch (pending)) == codec
      && codec->payload_type == pt)
    return TRUE;
  if (pending != NULL) {
    g_set_error_literal (error, PEER_LEG_ERROR, PEER_LEG_ERROR_DESCRIPTION,
        "Both sides offered different media at once, and webrtcbin cannot take "
        "an offer back");
    return FALSE;
  }
  if (codec == NULL)
    return TRUE;
  self->has_mline[codec->kind] = TRUE;
  if (media->direction & SDP_DIRECTION_RECV)
    input = find_unsent_input (self, codec->kind, codec);
  if (input != NULL)
    return attach_input (self, input, mline, pt, error);
  add_transceiver (self,
      leg_negotiation_receives (self, codec->kind)
          ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY
          : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE,
      codec, pt);
  return TRUE;
}

static void
answer_offer (PeerLeg *self, SdpDescription *remote)
{
  guint known = self->n_settled;
  g_autoptr (GError) error = NULL;

  if (!take_remote (self, remote))
    return;
  for (guint mline = known; mline < remote->media->len; mline++) {
    if (!plan_answer_for (self, mline, &error)) {
      leg_fail (self, error);
      return;
    }
  }
  begin_step (self, LEG_STEP_ANSWER);
}

static gboolean
has_more_to_offer (PeerLeg *self)
{
  if (find_unsent_input (self, MEDIA_AUDIO, NULL) == NULL
      && find_unsent_input (self, MEDIA_VIDEO, NULL) == NULL)
    return FALSE;
  if (!self->cannot_reoffer)
    return TRUE;
  GST_WARNING_OBJECT (self->peer_bin,
      "an input cannot be sent to this peer: webrtcbin cannot offer again after "
      "a rejected m-line");
  return FALSE;
}

/* An exchange is complete. */
static void
settle (PeerLeg *self)
{
  gboolean first = !self->negotiated;

  self->negotiated = TRUE;
  self->n_settled = self->n_mlines;
  /* The session exists only now. */
  webrtc_tuning_raise_rtcp_bandwidth (self->webrtcbin);
  if (g_atomic_int_get (&self->verified))
    leg_negotiation_open_sends (self);
  if (first) {
    leg_send_early_again (self);
    self->funcs->connecting (self, self->data);
  } else {
    self->funcs->renegotiated (self, self->data);
  }
  if (has_more_to_offer (self))
    self->negotiator.wanted = TRUE;
  handle (self, NEGOTIATOR_EVENT_DONE);
}

static void
answer_applied (PeerLeg *self, LegPost *post)
{
  if (post->error != NULL)
    leg_fail_description (self, "The peer's answer was refused", post->error);
  else
    settle (self);
}

static void
answer_set (PeerLeg *self, LegPost *post)
{
  if (post->error != NULL)
    leg_fail_description (
        self, "webrtcbin refused its own answer", post->error);
  else if (self->unsent)
    /* Nothing else may be sent before it. */
    self->settled_unsent = TRUE;
  else
    settle (self);
}

static void
answer_created (PeerLeg *self, LegPost *post)
{
  g_autoptr (GError) error = g_steal_pointer (&post->error);

  if (error != NULL
      || !sdp_prepare_answer (post->description->sdp, self->remote, &error)) {
    leg_fail_description (self, "The peer's offer cannot be answered", error);
    return;
  }
  sdp_keep_role (post->description->sdp, self->remote, &self->role);
  self->cannot_reoffer = !sdp_can_reoffer (post->description->sdp);
  send_description (self, SDP_ANSWER, post->description);
  leg_begin_gathering (self);
  g_signal_emit_by_name (self->webrtcbin, "set-local-description",
      post->description, leg_promise_new (self, answer_set, NULL));
}

static void
offer_applied (PeerLeg *self, LegPost *post)
{
  if (post->error != NULL)
    leg_fail_description (self, "The peer's offer was refused", post->error);
  else
    g_signal_emit_by_name (self->webrtcbin, "create-answer", NULL,
        leg_promise_new (self, answer_created, "answer"));
}

/* --- the table's actions --- */

/* @remote: (transfer full) (nullable): what the event brought */
static void
act (PeerLeg *self, NegotiatorAction action, SdpDescription *remote)
{
  g_autoptr (SdpDescription) unused = remote;

  switch (action) {
    case NEGOTIATOR_NOTHING:
    case NEGOTIATOR_FAIL:
      break;
    case NEGOTIATOR_CREATE_OFFER:
      create_offer (self);
      break;
    case NEGOTIATOR_SEND_OFFER:
      send_offer (self);
      break;
    case NEGOTIATOR_APPLY_ANSWER:
      leg_clear_timer (&self->answer_timer);
      commit_offer (self);
      if (take_remote (self, g_steal_pointer (&unused)))
        set_remote (self, answer_applied);
      break;
    case NEGOTIATOR_ABANDON_OFFER:
      GST_WARNING_OBJECT (self->peer_bin, "nobody answers our later offer");
      leg_clear_timer (&self->answer_timer);
      g_clear_pointer (&self->offer, gst_webrtc_session_description_free);
      break;
    case NEGOTIATOR_YIELD_AND_ANSWER:
      leg_clear_timer (&self->answer_timer);
      self->step = LEG_STEP_NONE;
      g_clear_pointer (&self->offer, gst_webrtc_session_description_free);
      answer_offer (self, g_steal_pointer (&unused));
      break;
    case NEGOTIATOR_ANSWER_OFFER:
      answer_offer (self, g_steal_pointer (&unused));
      break;
    case NEGOTIATOR_DEFER:
      g_clear_pointer (&self->deferred, sdp_description_free);
      self->deferred = g_steal_pointer (&unused);
      break;
    case NEGOTIATOR_ANSWER_DEFERRED:
      answer_offer (self, g_steal_pointer (&self->deferred));
      break;
    case NEGOTIATOR_IGNORE:
      GST_INFO_OBJECT (self->peer_bin, "offers crossed, ours counts");
      break;
    case NEGOTIATOR_REFUSE:
      GST_WARNING_OBJECT (self->peer_bin, "an unexpected %s while %s, dropped",
          remote->type == SDP_OFFER ? "offer" : "answer",
          negotiator_state_get_name (self->negotiator.state));
      break;
  }
}

/**
 * peer_leg_add_input:
 * @self: the leg
 * @input: an input that is ready; must be removed before it is freed
 *
 * Offers @input to the peer: with the first offer or answer, or by a new offer
 * if one was exchanged.
 */
void
peer_leg_add_input (PeerLeg *self, SendBranch *input)
{
  g_ptr_array_add (self->inputs, input);
  if (self->negotiated && has_more_to_offer (self))
    handle (self, NEGOTIATOR_EVENT_WANT);
}

/**
 * peer_leg_remove_input:
 * @self: the leg
 * @input: an input of the leg
 *
 * Nothing of @input goes to the peer any more; its m-line stays, silent.
 */
void
peer_leg_remove_input (PeerLeg *self, SendBranch *input)
{
  for (guint i = 0; i < self->sends->len; i++) {
    SendLeg *send = g_ptr_array_index (self->sends, i);

    if (send_leg_get_branch (send) == input) {
      leg_add_sent (send, &self->sent_before);
      g_ptr_array_remove_index (self->sends, i);
      break;
    }
  }
  g_ptr_array_remove (self->inputs, input);
}

/**
 * peer_leg_offer:
 * @self: the leg
 *
 * Begins an exchange: our inputs and what we receive are offered.
 */
void
peer_leg_offer (PeerLeg *self)
{
  handle (self, NEGOTIATOR_EVENT_WANT);
}

/**
 * peer_leg_take_description:
 * @self: the leg
 * @remote: (transfer full): a checked description of the peer
 */
void
peer_leg_take_description (PeerLeg *self, SdpDescription *remote)
{
  gboolean offer = remote->type == SDP_OFFER;

  if (!offer && self->negotiator.state == NEGOTIATOR_OFFERED
      && remote->media->len != self->n_mlines) {
    g_autoptr (GError) error =
        g_error_new (PEER_LEG_ERROR, PEER_LEG_ERROR_DESCRIPTION,
            "The peer's answer has %u m-lines, the offer had %u",
            remote->media->len, self->n_mlines);

    sdp_description_free (remote);
    leg_fail (self, error);
    return;
  }
  if (offer && remote->media->len < self->n_settled) {
    GST_WARNING_OBJECT (
        self->peer_bin, "the peer's offer drops m-lines, ignored");
    sdp_description_free (remote);
    return;
  }
  self->n_candidates += remote->n_candidates;
  act (self,
      negotiator_handle (&self->negotiator,
          offer ? NEGOTIATOR_EVENT_OFFER : NEGOTIATOR_EVENT_ANSWER),
      remote);
}

/* Nothing is negotiated any more. */
void
leg_negotiation_close (PeerLeg *self)
{
  negotiator_handle (&self->negotiator, NEGOTIATOR_EVENT_CLOSE);
  self->step = LEG_STEP_NONE;
  self->unsent = FALSE;
  leg_clear_timer (&self->caps_timer);
  leg_clear_timer (&self->gathering_timer);
  leg_clear_timer (&self->relay_timer);
  leg_clear_timer (&self->answer_timer);
  leg_clear_timer (&self->key_timer);
}
