/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcalls.h"

struct _RoomCalls {
  Roster *roster;
  RoomPost *messages;
  CallPolicy policy; /* owns its patterns */
};

static void
clear_policy (RoomCalls *self)
{
  g_free ((char *) self->policy.call_peer);
  g_free ((char *) self->policy.accept_from);
  self->policy = (CallPolicy){ 0 };
}

/**
 * room_calls_new:
 * @roster: who is there; must outlive the calls
 * @messages: takes what goes wrong; must outlive them, too
 *
 * Returns: (transfer full): with the policy that does what is custom
 */
RoomCalls *
room_calls_new (Roster *roster, RoomPost *messages)
{
  RoomCalls *self = g_new0 (RoomCalls, 1);

  self->roster = roster;
  self->messages = messages;
  return self;
}

/**
 * room_calls_free:
 * @self: (transfer full): the calls
 */
void
room_calls_free (RoomCalls *self)
{
  clear_policy (self);
  g_free (self);
}

/**
 * room_calls_configure:
 * @self: the calls
 * @policy: copied
 */
void
room_calls_configure (RoomCalls *self, const CallPolicy *policy)
{
  clear_policy (self);
  self->policy = *policy;
  self->policy.call_peer = g_strdup (policy->call_peer);
  self->policy.accept_from = g_strdup (policy->accept_from);
}

static gboolean
is_engaged (RoomPeer *peer)
{
  return room_peer_has_call (peer) || room_peer_is_ringing (peer);
}

static CallParty
make_party (RoomCalls *self, RoomPeer *peer)
{
  CallParty party = {
    .id = room_peer_get_id (peer),
    .name = room_peer_get_name (peer),
    .role = room_peer_get_role (peer),
    .refrain = room_peer_is_refrained_from (peer),
  };

  for (guint i = 0; i < roster_count (self->roster); i++) {
    RoomPeer *other = roster_get (self->roster, i);

    /* Who is not in the list any more has come back as somebody else. */
    party.n_calls += other != peer && is_engaged (other)
        && roster_is_listed (self->roster, other);
  }
  return party;
}

/* --- what comes of itself --- */

/**
 * room_calls_arrived:
 * @self: the calls
 * @peer: a peer of the roster that is there, or still there
 *
 * Calls it if that is the policy.
 */
void
room_calls_arrived (RoomCalls *self, RoomPeer *peer)
{
  CallParty party = make_party (self, peer);

  if (is_engaged (peer))
    return;
  switch (call_policy_on_arrival (&self->policy, &party)) {
    case CALL_NOW:
      room_peer_call (peer);
      break;
    case CALL_LATE:
      room_peer_call_late (peer);
      break;
    case CALL_NOT:
      break;
  }
}

/**
 * room_calls_late:
 * @self: the calls
 * @peer: a peer that has not called as it was to
 */
void
room_calls_late (RoomCalls *self, RoomPeer *peer)
{
  CallParty party = make_party (self, peer);

  if (!is_engaged (peer)
      && call_policy_on_arrival (&self->policy, &party) != CALL_NOT)
    room_peer_call (peer);
}

/* Whether it is offered by a program with which there is a call under the id that
 * it had before: that was accepted already. Its number anybody may claim, but not
 * its certificate. */
static gboolean
continues_call (RoomCalls *self, const char *offer)
{
  g_autoptr (SdpDescription) description =
      sdp_gate_check (SDP_OFFER, offer, NULL, NULL);
  RoomPeer *same = description != NULL && description->member != NULL
      ? roster_find_unlisted (self->roster, description->member)
      : NULL;

  return same != NULL && room_peer_has_certificate_of (same, description);
}

/**
 * room_calls_offered:
 * @self: the calls
 * @peer: a peer of the roster
 * @offer: what it sent, unchecked
 *
 * Where there is a call already, or one is being made, this is for it.
 */
void
room_calls_offered (RoomCalls *self, RoomPeer *peer, const char *offer)
{
  CallParty party = make_party (self, peer);

  if (room_peer_has_call (peer) || continues_call (self, offer)) {
    room_peer_take_description (peer, SDP_OFFER, offer);
    return;
  }
  switch (call_policy_on_offer (&self->policy, &party)) {
    case OFFER_ACCEPT:
      room_peer_take_description (peer, SDP_OFFER, offer);
      break;
    case OFFER_RING:
      room_peer_ring (peer, offer);
      break;
    case OFFER_REJECT:
      room_peer_refuse (
          peer, "Not among those whose calls are accepted (accept-from)");
      break;
    case OFFER_BUSY:
      room_peer_refuse (peer, "Busy: there are max-calls already");
      break;
  }
}

/**
 * room_calls_ended:
 * @self: the calls
 * @id: (nullable): who says so; %NULL: nobody knows
 * @reason: (nullable): for people
 *
 * A peer hung up, or refused our call.
 */
void
room_calls_ended (RoomCalls *self, const char *id, const char *reason)
{
  RoomPeer *peer = id != NULL ? roster_find (self->roster, id)
                              : roster_find_only_call (self->roster);

  if (peer == NULL && id == NULL)
    room_post_warning (self->messages,
        "Somebody ended a call, and it is not known whose; ignored");
  if (peer == NULL || !is_engaged (peer))
    return;
  room_peer_hear_hang_up (
      peer, reason != NULL ? reason : "The peer ended the call");
}

/* --- what the application asks for --- */

static const char *const action_words[] = {
  [ROOM_CALL_CALL] = "call",
  [ROOM_CALL_ACCEPT] = "accept",
  [ROOM_CALL_REJECT] = "reject",
  [ROOM_CALL_HANG_UP] = "hangup",
  [ROOM_CALL_HANG_UP_ALL] = "hangup-all",
};

static gboolean
is_possible (RoomPeer *peer, RoomCallAction action)
{
  switch (action) {
    case ROOM_CALL_CALL:
      return !is_engaged (peer);
    case ROOM_CALL_ACCEPT:
    case ROOM_CALL_REJECT:
      return room_peer_is_ringing (peer);
    default:
      return is_engaged (peer) || room_peer_will_be_called (peer);
  }
}

static gboolean
is_meant (RoomPeer *peer, const char *who)
{
  return who == NULL || g_str_equal (who, room_peer_get_id (peer))
      || g_strcmp0 (who, room_peer_get_name (peer)) == 0;
}

/* An id before a name, and a name only if nobody else has it. */
static RoomPeer *
find_meant (RoomCalls *self, RoomCallAction action, const char *who)
{
  RoomPeer *meant = who != NULL ? roster_find (self->roster, who) : NULL;

  if (meant != NULL)
    return is_possible (meant, action) ? meant : NULL;
  for (guint i = 0; i < roster_count (self->roster); i++) {
    RoomPeer *peer = roster_get (self->roster, i);

    if (!is_meant (peer, who) || !is_possible (peer, action))
      continue;
    if (meant != NULL)
      return NULL;
    meant = peer;
  }
  return meant;
}

static void
tell_impossible (RoomCalls *self, RoomCallAction action, const char *who)
{
  static const char *const reasons[] = {
    [ROOM_CALL_CALL] = "there is no peer without a call",
    [ROOM_CALL_ACCEPT] = "no call waits",
    [ROOM_CALL_REJECT] = "no call waits",
    [ROOM_CALL_HANG_UP] = "there is no call",
  };
  g_autofree char *text = who != NULL
      ? g_strdup_printf ("“%s” “%s”: %s of that id, or of that name alone",
          action_words[action], who, reasons[action])
      : g_strdup_printf ("“%s”: %s, or more than one; name the peer",
          action_words[action], reasons[action]);

  room_post_warning (self->messages, text);
}

static void
act_on (RoomPeer *peer, RoomCallAction action)
{
  room_peer_set_refrain (
      peer, action != ROOM_CALL_CALL && action != ROOM_CALL_ACCEPT);
  switch (action) {
    case ROOM_CALL_CALL:
      room_peer_call (peer);
      break;
    case ROOM_CALL_ACCEPT:
      room_peer_accept (peer);
      break;
    case ROOM_CALL_REJECT:
      room_peer_reject (peer, "We rejected the call");
      break;
    default:
      room_peer_hang_up (peer, "We hung up");
      break;
  }
}

/**
 * room_calls_act:
 * @self: the calls
 * @action: what is asked for
 * @who: (nullable): an id or a display name; %NULL: the one it can only be
 *
 * What cannot be done is a warning.
 */
void
room_calls_act (RoomCalls *self, RoomCallAction action, const char *who)
{
  RoomPeer *peer;

  if (action == ROOM_CALL_HANG_UP_ALL) {
    for (guint i = 0; i < roster_count (self->roster); i++) {
      peer = roster_get (self->roster, i);
      if (is_possible (peer, action))
        act_on (peer, action);
    }
    return;
  }
  peer = find_meant (self, action, who);
  if (peer != NULL)
    act_on (peer, action);
  else
    tell_impossible (self, action, who);
}

/**
 * room_calls_get_peers:
 * @self: the calls
 *
 * Returns: (transfer full): "roomcall/peers": who is there, and how the call
 *   with each stands
 */
GstStructure *
room_calls_get_peers (RoomCalls *self)
{
  GstStructure *structure = gst_structure_new_empty ("roomcall/peers");
  g_auto (GValue) list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_ARRAY);
  for (guint i = 0; i < roster_count (self->roster); i++) {
    GstStructure *entry = gst_structure_new_empty ("peer");
    g_auto (GValue) value = G_VALUE_INIT;

    room_peer_describe (roster_get (self->roster, i), entry);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, entry);
    gst_value_array_append_value (&list, &value);
  }
  gst_structure_set_value (structure, "peers", &list);
  return structure;
}
