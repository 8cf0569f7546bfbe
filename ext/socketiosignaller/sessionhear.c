/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcontract.h"
#include "signallererror.h"
#include "signallersession-private.h"

/* Without a roster message nothing tells a slow server from an empty room. After
 * a loss that matters (who is missing then is gone), and nothing waits for it. */
#define REJOIN_QUIET_MS 2000
/* However many arrive one after the other, the roster is complete after this. */
#define MAX_QUIET_MS 5000

/* --- the roster --- */

static void
complete_roster (SignallerSession *self)
{
  session_clear_timer (&self->roster_timer);
  if (self->roster_complete)
    return;
  self->roster_complete = TRUE;
  self->listener.roster_complete (self->data);
}

static gboolean
on_quiet (gpointer data)
{
  complete_roster (data);
  return G_SOURCE_REMOVE;
}

/* Begins anew with every arrival, but ends at the deadline. */
static void
wait_for_quiet (SignallerSession *self, guint quiet_ms)
{
  gint64 left = (self->roster_deadline - g_get_monotonic_time ())
      / G_TIME_SPAN_MILLISECOND;

  session_set_timer (self, &self->roster_timer,
      (guint) MIN ((gint64) quiet_ms, MAX (left, 0)), on_quiet);
}

static gboolean
on_unanswered (gpointer data)
{
  SignallerSession *self = data;
  const char *event = dialect_get_join_event (self->dialect);
  g_autoptr (GError) error = NULL;

  session_clear_timer (&self->roster_timer);
  if (self->state == SESSION_IN_ROOM) {
    complete_roster (self);
    return G_SOURCE_REMOVE;
  }
  /* It was the right dialect before the loss: ask again. */
  if (self->was_joined) {
    session_send_join (self);
    if (self->state == SESSION_JOINING)
      session_await_roster (self);
    return G_SOURCE_REMOVE;
  }
  error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
      "The server did not answer “%s” in %u ms. Is “%s” the dialect of this "
      "application? Set the property dialect.",
      event != NULL ? event : "connect", self->settings->timeout,
      dialect_get_name (self->dialect));
  session_step (self, SESSION_UNANSWERED, error);
  return G_SOURCE_REMOVE;
}

static void
begin_quiet (SignallerSession *self)
{
  guint quiet = dialect_get_roster_quiet (self->dialect);

  self->roster_deadline =
      g_get_monotonic_time () + MAX_QUIET_MS * G_TIME_SPAN_MILLISECOND;
  wait_for_quiet (self, self->is_return ? MAX (quiet, REJOIN_QUIET_MS) : quiet);
}

/* We are in the room, so far as anybody says. */
static void
enter (SignallerSession *self)
{
  if (dialect_get_roster_quiet (self->dialect) > 0)
    begin_quiet (self);
  session_step (self, SESSION_ENTERED, NULL);
}

/* Where nothing answers a join we are in at once. */
void
session_await_roster (SignallerSession *self)
{
  if (dialect_awaits_entry (self->dialect))
    session_set_timer (
        self, &self->roster_timer, self->settings->timeout, on_unanswered);
  else
    enter (self);
}

static void
remove_peer (SignallerSession *self, const char *id, const char *reason)
{
  if (session_peers_remove (self->peers, id))
    self->listener.peer_left (id, reason != NULL ? reason : "left", self->data);
}

static void
add_peer (SignallerSession *self, const RoomMember *member)
{
  if (!session_peers_add (self->peers, member->id))
    return;
  session_servers_tell_of (self, member);
  if (self->state == SESSION_IN_ROOM)
    self->listener.peer_joined (member, self->data);
}

static void
add_bare_peer (SignallerSession *self, const char *id, const char *role)
{
  RoomMember member = { .id = (char *) id, .role = role };

  add_peer (self, &member);
}

/* --- hearing something --- */

/* A call that goes on does not end because the server takes us for a third party. */
static gboolean
may_ask_again (SignallerSession *self)
{
  return self->is_rejoin
      && rejoin_patience_take (&self->patience, g_get_monotonic_time (),
          self->settings->reconnection_delay_max * G_TIME_SPAN_MILLISECOND);
}

static void
refuse (SignallerSession *self, const char *reason)
{
  g_autofree char *words = signaller_settings_hide_secrets (
      self->settings, reason != NULL ? reason : "it does not say why");
  g_autoptr (GError) error =
      g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_REFUSED,
          "The server does not let us into the room “%s”: %s",
          self->settings->room, words);

  session_step (
      self, may_ask_again (self) ? SESSION_REFUSED : SESSION_FATAL, error);
}

static gboolean
is_listed (const RoomEvent *event, const char *id)
{
  for (guint i = 0; event->peers != NULL && i < event->peers->len; i++) {
    if (g_strcmp0 (((RoomMember *) g_ptr_array_index (event->peers, i))->id, id)
        == 0)
      return TRUE;
  }
  return FALSE;
}

/* A whole list, again: who is not in it has left, and who is new came later. */
static void
hear_whole_roster (SignallerSession *self, const RoomEvent *event)
{
  g_auto (GStrv) ids = session_peers_list (self->peers);

  for (guint i = 0; ids[i] != NULL && self->state == SESSION_IN_ROOM; i++) {
    if (!is_listed (event, ids[i]))
      remove_peer (self, ids[i], NULL);
  }
  for (guint i = 0;
       self->roster_complete && event->peers != NULL && i < event->peers->len;
       i++)
    ((RoomMember *) g_ptr_array_index (event->peers, i))->role =
        event->later_role;
}

/* A listener may stop us in the middle: each step looks at the state again. */
static void
hear_arrivals (SignallerSession *self, const RoomEvent *event)
{
  if (event->later_role != NULL)
    hear_whole_roster (self, event);
  /* Where there is one peer, who comes while one is there is another one by the
   * same name, or has begun anew. */
  if (self->single != NULL && event->kind == ROOM_EVENT_PEER_JOINED)
    remove_peer (self, DIALECT_SINGLE_PEER, "somebody came in its place");
  for (guint i = 0; event->peers != NULL && i < event->peers->len
       && self->state == SESSION_IN_ROOM;
       i++)
    add_peer (self, g_ptr_array_index (event->peers, i));
  if (self->state != SESSION_IN_ROOM)
    return;
  if (event->kind == ROOM_EVENT_ROSTER)
    complete_roster (self);
  else if (!self->roster_complete
      && dialect_get_roster_quiet (self->dialect) > 0)
    wait_for_quiet (self, dialect_get_roster_quiet (self->dialect));
}

static void
hear_message (SignallerSession *self, const RoomEvent *event)
{
  gboolean is_offer = g_strcmp0 (event->type, "offer") == 0;

  if (event->kind == ROOM_EVENT_CALL_ENDED)
    session_peers_end_call (self->peers, event->peer);
  if (event->kind == ROOM_EVENT_DESCRIPTION) {
    /* In some applications an offer is all that says that there is a peer. */
    if (is_offer && event->peer != NULL
        && !session_peers_contains (self->peers, event->peer))
      add_bare_peer (self, event->peer, ROOM_ROLE_ANSWERER);
    session_peers_heard (self->peers, event->peer, is_offer, event->is_later);
  }
  if (self->state == SESSION_IN_ROOM)
    self->listener.message (event, self->data);
}

static void
tell_of_third_party (SignallerSession *self)
{
  g_autoptr (GError) error = NULL;

  if (self->third_party_told)
    return;
  self->third_party_told = TRUE;
  error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
      "In the dialect “%s” there is one peer only: somebody else's messages are "
      "dropped while the call lasts",
      dialect_get_name (self->dialect));
  self->listener.warned (error, self->data);
}

static void
set_text (char **target, const char *text)
{
  g_free (*target);
  *target = g_strdup (text);
}

static gboolean
is_waiting (SignallerSession *self, const char *id)
{
  return self->waiting != NULL
      && g_strcmp0 (
             ((RoomMember *) g_ptr_array_index (self->waiting->peers, 0))->id,
             id)
      == 0;
}

/* Whoever the one peer is, it is called the same. FALSE: a third party's. */
static gboolean
admit_single (SignallerSession *self, RoomEvent *event)
{
  if (!single_peer_admit (self->single, event))
    return FALSE;
  /* It was the peer itself, under the id of another connection. */
  if (event->peer != NULL && is_waiting (self, event->peer))
    g_clear_pointer (&self->waiting, room_event_free);
  if (event->kind == ROOM_EVENT_PEER_JOINED)
    set_text (&((RoomMember *) g_ptr_array_index (event->peers, 0))->id,
        DIALECT_SINGLE_PEER);
  set_text (&event->peer, DIALECT_SINGLE_PEER);
  return TRUE;
}

/* Who announced itself while the peer was in a call with us is called after it,
 * unless it went again. */
static void
hold_third_party (SignallerSession *self, const RoomEvent *event)
{
  if (event->kind != ROOM_EVENT_PEER_JOINED) {
    if (event->kind == ROOM_EVENT_PEER_LEFT && is_waiting (self, event->peer))
      g_clear_pointer (&self->waiting, room_event_free);
    tell_of_third_party (self);
    return;
  }
  g_clear_pointer (&self->waiting, room_event_free);
  self->waiting = room_event_copy_arrival (event);
}

/* The call with the one peer is over. */
void
session_free_single (SignallerSession *self)
{
  g_autoptr (RoomEvent) next = NULL;

  if (self->single == NULL)
    return;
  single_peer_release (self->single);
  next = g_steal_pointer (&self->waiting);
  if (next != NULL)
    session_hear (self, next);
}

static void
know_self (SignallerSession *self, const char *id)
{
  template_vars_set_string (self->memory, "self", id);
  session_clear_timer (&self->roster_timer);
  self->knows_self = TRUE;
  if (self->wanted && !session_servers_are_awaited (self))
    session_step (self, SESSION_WANT, NULL);
}

static void
hear_in_room (SignallerSession *self, RoomEvent *event)
{
  switch (event->kind) {
    case ROOM_EVENT_ROSTER:
    case ROOM_EVENT_PEER_JOINED:
      hear_arrivals (self, event);
      break;
    case ROOM_EVENT_PEER_LEFT:
      remove_peer (self, event->peer, event->text);
      break;
    case ROOM_EVENT_DESCRIPTION:
    case ROOM_EVENT_CANDIDATE:
    case ROOM_EVENT_CALL_ENDED:
      hear_message (self, event);
      break;
    default:
      break;
  }
}

static void
reply (SignallerSession *self, const RoomEvent *event)
{
  g_autoptr (GError) error = NULL;

  if (event->replies != NULL && self->state == SESSION_IN_ROOM
      && !session_send_messages (self, event->replies, &error))
    self->listener.warned (error, self->data);
}

void
session_hear (SignallerSession *self, RoomEvent *event)
{
  if (event->kind == ROOM_EVENT_SELF_ID) {
    if (self->state == SESSION_CONNECTED)
      know_self (self, event->text);
    return;
  }
  if (event->kind == ROOM_EVENT_ICE_SERVERS || event->ice_servers != NULL)
    session_servers_hear (self, event);
  if (event->kind == ROOM_EVENT_ICE_SERVERS)
    return;
  if (event->kind == ROOM_EVENT_REFUSED) {
    if (self->state == SESSION_JOINING || self->state == SESSION_IN_ROOM)
      refuse (self, event->text);
    return;
  }
  if (event->kind == ROOM_EVENT_ENTERED)
    template_vars_set_string (self->memory, "self", event->text);
  /* Whatever else comes from the room shows that we are in it. */
  if (self->state == SESSION_JOINING)
    enter (self);
  if (self->state != SESSION_IN_ROOM)
    return;
  if (self->single != NULL && !admit_single (self, event)) {
    hold_third_party (self, event);
    return;
  }
  hear_in_room (self, event);
  reply (self, event);
  if (event->kind == ROOM_EVENT_PEER_LEFT
      || event->kind == ROOM_EVENT_CALL_ENDED)
    session_free_single (self);
}

void
session_on_event (SioSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) event = NULL;

  if (self->state == SESSION_IDLE)
    return;
  event = dialect_parse (self->dialect, name, args, self->memory, &error);
  if (event != NULL)
    session_hear (self, event);
  else if (error != NULL)
    self->listener.warned (error, self->data);
  else if (!dialect_knows (self->dialect, name))
    self->listener.foreign (name, args, self->data);
}

/* Where nothing tells of the one peer, it is taken to be there. So is one with
 * which there was a call before a loss: nobody names it again, and if it is gone
 * the call shows it. */
void
session_present_single (SignallerSession *self)
{
  const char *role = dialect_get_present_role (self->dialect, self->memory);

  if (role == NULL && self->single != NULL
      && single_peer_is_busy (self->single))
    role = ROOM_ROLE_ANSWERER;
  if (role != NULL && self->state == SESSION_IN_ROOM)
    add_bare_peer (self, DIALECT_SINGLE_PEER, role);
}
