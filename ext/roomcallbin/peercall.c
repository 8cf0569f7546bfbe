/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icecandidate.h"
#include "roompeer-private.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* Which offers, ours and the peer's, become a call, and how it ends; see
 * docs/calls.md. */

/* What a peer is given to call us before we call it. */
#define LATE_MS 1000
/* Of two calls that crossed: how long a page is given to answer ours. */
#define CROSSING_MS 2000

static void
tell_connecting (RoomPeer *self)
{
  peer_set_state (self,
      self->recovering ? ROOM_PEER_RECONNECTING : ROOM_PEER_CONNECTING, NULL);
}

/**
 * room_peer_call:
 * @self: a peer without a call
 *
 * Offers it a call.
 */
void
room_peer_call (RoomPeer *self)
{
  if (self->leg != NULL)
    return;
  self->caller = TRUE;
  if (!peer_make_leg (self))
    return;
  tell_connecting (self);
  peer_set_deadline (
      self, self->context->settings.call_timeout, peer_answer_timed_out);
  peer_leg_offer (self->leg);
}

static gboolean
on_late (gpointer data)
{
  RoomPeer *self = data;

  peer_clear_source (&self->deadline);
  self->is_late = FALSE;
  self->context->late (self, self->context->data);
  return G_SOURCE_REMOVE;
}

/**
 * room_peer_call_late:
 * @self: a peer without a call
 *
 * Has the context told if it has not called in a second.
 */
void
room_peer_call_late (RoomPeer *self)
{
  peer_set_deadline (self, LATE_MS, on_late);
  self->is_late = TRUE;
}

/**
 * room_peer_will_be_called:
 * @self: the peer
 *
 * Returns: whether it is called if it does not call soon
 */
gboolean
room_peer_will_be_called (RoomPeer *self)
{
  return self->is_late;
}

static SdpDescription *
check_description (
    RoomPeer *self, SdpType type, const char *text, GError **error)
{
  g_autoptr (SdpDescription) description = NULL;

  if (type == SDP_ANSWER)
    return sdp_gate_check (type, text, peer_leg_get_offer (self->leg), error);
  description = sdp_gate_check (type, text, NULL, error);
  if (description == NULL || self->leg == NULL
      || peer_leg_get_remote (self->leg) == NULL
      || !peer_leg_is_for_offer (self->leg, description))
    return g_steal_pointer (&description);
  return sdp_gate_check (type, text, peer_leg_get_remote (self->leg), error);
}

static gboolean
nothing_followed (gpointer data)
{
  RoomPeer *self = data;

  peer_clear_source (&self->deadline);
  room_peer_call (self);
  return G_SOURCE_REMOVE;
}

/* A page that calls before it has any track (room:join) offers nothing, and what
 * it has when that is answered (RFC 8829 allows it); one that has nothing to send
 * may never do so, and is offered what we have. webrtcbin is not asked. */
static void
answer_nothing (RoomPeer *self)
{
  room_signaller_send_description (self->context->signaller, self->id, "answer",
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");
  if (self->recovering)
    return;
  self->caller = FALSE;
  self->awaited = TRUE;
  tell_connecting (self);
  peer_set_deadline (self, LATE_MS, nothing_followed);
}

/* @offer: (transfer full) */
static void
answer (RoomPeer *self, SdpDescription *offer)
{
  if (offer->media->len == 0) {
    sdp_description_free (offer);
    answer_nothing (self);
    return;
  }
  if (self->leg == NULL) {
    self->caller = FALSE;
    if (!peer_make_leg (self)) {
      sdp_description_free (offer);
      return;
    }
    tell_connecting (self);
    peer_set_deadline (
        self, self->context->settings.call_timeout, peer_answer_timed_out);
  }
  peer_leg_take_description (self->leg, offer);
  for (guint i = 0; self->leg != NULL && i < self->candidates->len; i++)
    peer_leg_take_candidate (
        self->leg, -1, NULL, g_ptr_array_index (self->candidates, i));
  g_ptr_array_set_size (self->candidates, 0);
}

static gboolean
give_way (gpointer data)
{
  RoomPeer *self = data;
  SdpDescription *offer = g_steal_pointer (&self->held);

  peer_clear_source (&self->crossing);
  GST_INFO_OBJECT (
      self->context->bin, "peer %s answers only its own call", self->id);
  peer_drop_leg (self);
  answer (self, offer);
  return G_SOURCE_REMOVE;
}

/* Both called before either heard the other. Of two members that know this
 * rule, one has the smaller number and gives way. A page knows no rule: most
 * answer whatever they are offered, some nothing while they call. */
static void
cross (RoomPeer *self, SdpDescription *offer)
{
  peer_drop_held (self);
  if (offer->member == NULL) {
    self->held = offer;
    self->crossing = peer_add_source (self, CROSSING_MS, give_way);
  } else if (strcmp (self->context->settings.member, offer->member) < 0) {
    /* webrtcbin cannot take its first offer back but by being another one. */
    peer_drop_leg (self);
    answer (self, offer);
  } else {
    sdp_description_free (offer);
  }
}

static void
take_offer (RoomPeer *self, SdpDescription *offer)
{
  if (self->leg != NULL && self->caller
      && peer_leg_get_remote (self->leg) == NULL) {
    cross (self, offer);
    return;
  }
  peer_drop_held (self);
  /* It has made a new connection. */
  if (self->leg != NULL && !peer_leg_is_for_offer (self->leg, offer))
    peer_drop_leg (self);
  if (self->leg == NULL && !peer_may_begin (self)) {
    sdp_description_free (offer);
    peer_give_up (self, "The peer makes too many connections");
    return;
  }
  answer (self, offer);
}

/* An offer of nothing begins a call, and is of no use on one: of two that cross,
 * ours has more to say. */
static SdpDescription *
read_nothing (RoomPeer *self)
{
  if (self->leg == NULL)
    return sdp_description_new (SDP_OFFER);
  if (peer_leg_get_remote (self->leg) != NULL)
    peer_warn (self, "An offer of nothing on a call, dropped");
  return NULL;
}

/* Returns: (transfer full) (nullable): without any media for an offer of nothing.
 *   %NULL: it is dropped, or the call is over for it */
static SdpDescription *
read_description (RoomPeer *self, SdpType type, const char *text)
{
  g_autoptr (GError) error = NULL;
  SdpDescription *description = check_description (self, type, text, &error);

  if (type == SDP_OFFER
      && g_error_matches (error, SDP_GATE_ERROR, SDP_GATE_ERROR_EMPTY))
    return read_nothing (self);
  if (description == NULL) {
    g_autofree char *reason = g_strdup_printf (
        "The peer's description cannot be used: %s", error->message);

    peer_give_up (self, reason);
    return NULL;
  }
  if (description->member != NULL && self->member == NULL)
    self->member = g_strdup (description->member);
  return description;
}

/**
 * room_peer_take_description:
 * @self: the peer
 * @type: offer or answer
 * @text: what it sent, unchecked
 *
 * An offer is answered. A description that cannot be used ends the call with
 * this peer.
 */
void
room_peer_take_description (RoomPeer *self, SdpType type, const char *text)
{
  SdpDescription *description;

  if (type == SDP_ANSWER && self->leg == NULL) {
    if (!peer_take_owed_answer (self))
      peer_warn (self, "An answer without an offer, dropped");
    return;
  }
  description = read_description (self, type, text);
  if (description == NULL)
    return;
  if (type == SDP_OFFER) {
    take_offer (self, description);
  } else {
    peer_drop_held (self);
    g_ptr_array_set_size (self->candidates, 0);
    peer_leg_take_description (self->leg, description);
  }
}

static gboolean
ringing_timed_out (gpointer data)
{
  room_peer_reject (data, "Nobody accepted the call in time (call-timeout)");
  return G_SOURCE_REMOVE;
}

static gboolean
offers (const SdpDescription *offer, MediaKind kind)
{
  for (guint i = 0; i < offer->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (offer, i);

    if (media->kind == kind && !media->rejected
        && (media->direction & SDP_DIRECTION_SEND))
      return TRUE;
  }
  return FALSE;
}

static void
tell_incoming (RoomPeer *self)
{
  GstStructure *message = gst_structure_new_empty ("roomcall/incoming-call");

  room_peer_describe (self, message);
  gst_structure_set (message, "audio", G_TYPE_BOOLEAN,
      offers (self->held, MEDIA_AUDIO), "video", G_TYPE_BOOLEAN,
      offers (self->held, MEDIA_VIDEO), NULL);
  self->context->post (message, self->context->data);
}

static void
tell_ended (RoomPeer *self, const char *reason)
{
  GstStructure *message = gst_structure_new ("roomcall/call-ended", "peer-id",
      G_TYPE_STRING, self->id, "peer-name", G_TYPE_STRING, self->name, "reason",
      G_TYPE_STRING, reason, NULL);

  self->context->post (message, self->context->data);
}

/**
 * room_peer_ring:
 * @self: a peer without a call
 * @offer: what it sent, unchecked
 *
 * Keeps the offer until room_peer_accept() or room_peer_reject(), but for
 * call-timeout at most, and tells of it. One that comes in its place is not told.
 */
void
room_peer_ring (RoomPeer *self, const char *offer)
{
  gboolean again = room_peer_is_ringing (self);
  SdpDescription *description = read_description (self, SDP_OFFER, offer);

  if (description == NULL)
    return;
  /* Who calls again and again is not answered. */
  if (!again && !peer_may_begin (self)) {
    sdp_description_free (description);
    room_signaller_forget_call (self->context->signaller, self->id);
    return;
  }
  peer_drop_held (self);
  self->held = description;
  if (again) {
    g_ptr_array_set_size (self->candidates, 0);
    return;
  }
  peer_set_deadline (
      self, self->context->settings.call_timeout, ringing_timed_out);
  peer_set_state (self, ROOM_PEER_RINGING, NULL);
  tell_incoming (self);
}

/**
 * room_peer_accept:
 * @self: a peer whose call waits
 *
 * Answers it.
 */
void
room_peer_accept (RoomPeer *self)
{
  if (room_peer_is_ringing (self))
    answer (self, g_steal_pointer (&self->held));
}

/**
 * room_peer_reject:
 * @self: a peer whose call waits
 * @reason: for people
 *
 * Refuses it.
 */
void
room_peer_reject (RoomPeer *self, const char *reason)
{
  room_signaller_reject_call (self->context->signaller, self->id, reason);
  room_peer_end_call (self, ROOM_PEER_CLOSED, reason);
}

/**
 * room_peer_refuse:
 * @self: a peer that offers a call, and has none
 * @reason: for people
 *
 * Refuses it before anybody is asked. Who asks again and again is not answered.
 */
void
room_peer_refuse (RoomPeer *self, const char *reason)
{
  if (!peer_may_begin (self)) {
    room_signaller_forget_call (self->context->signaller, self->id);
    return;
  }
  room_signaller_reject_call (self->context->signaller, self->id, reason);
  peer_set_state (self, ROOM_PEER_CLOSED, reason);
  tell_ended (self, reason);
}

/**
 * room_peer_hang_up:
 * @self: a peer
 * @reason: for people
 *
 * Ends the call, or rejects the one that waits, and tells the peer.
 */
void
room_peer_hang_up (RoomPeer *self, const char *reason)
{
  if (room_peer_is_ringing (self)) {
    room_peer_reject (self, reason);
    return;
  }
  if (room_peer_has_call (self))
    room_signaller_end_call (self->context->signaller, self->id, reason);
  if (self->leg != NULL)
    peer_leg_say_goodbye (self->leg);
  room_peer_end_call (self, ROOM_PEER_CLOSED, reason);
}

/**
 * room_peer_hear_hang_up:
 * @self: a peer that ended the call, or refused ours
 * @reason: for people
 */
void
room_peer_hear_hang_up (RoomPeer *self, const char *reason)
{
  room_peer_set_refrain (self, TRUE);
  room_peer_end_call (self, ROOM_PEER_CLOSED, reason);
  room_signaller_forget_call (self->context->signaller, self->id);
}

/**
 * room_peer_take_candidate:
 * @self: the peer
 * @mline: index of the m-line, -1: not known
 * @mid: (nullable): identification tag of the m-line
 * @candidate: what it sent, unchecked; "" at the end
 */
void
room_peer_take_candidate (
    RoomPeer *self, int mline, const char *mid, const char *candidate)
{
  /* While calls cross nobody knows yet which one it is for. */
  if ((self->leg == NULL || self->held != NULL)
      && self->candidates->len < ICE_CANDIDATE_BUDGET
      && strlen (candidate) <= ICE_CANDIDATE_MAX_BYTES)
    g_ptr_array_add (self->candidates, g_strdup (candidate));
  if (self->leg != NULL)
    peer_leg_take_candidate (self->leg, mline, mid, candidate);
}

/**
 * room_peer_end_call:
 * @self: the peer
 * @state: what becomes of it
 * @reason: for people
 *
 * Ends the call, the attempt or the wait, if there is one, without telling the
 * peer.
 */
void
room_peer_end_call (RoomPeer *self, RoomPeerState state, const char *reason)
{
  gboolean had_call = room_peer_has_call (self) || self->held != NULL;

  self->recovering = self->awaited = self->is_late = FALSE;
  self->connected_at = 0;
  peer_drop_held (self);
  peer_drop_leg (self);
  g_ptr_array_set_size (self->candidates, 0);
  peer_set_state (self, state, reason);
  if (had_call)
    tell_ended (self, reason);
}
