/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcontract.h"
#include "roompeer-private.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* A call whose path was lost is made anew, while the peer keeps its place in the
 * room; see docs/calls.md. */

/* A page is told that the call is over, and needs a moment to make an end of it:
 * one that keeps its connection would take our new one for it, as webrtcbin has
 * one certificate for all of them, and connect to nothing. */
#define FIRST_DELAY_MS 250
/* For the answer to an offer that we have given up, which would be taken for that
 * to the next one: no description says what it answers. A page on a busy machine
 * took 0.3 s. */
#define OWED_ANSWER_MS 3000
/* For the other end to call, if it was the caller. It notices within seconds of
 * us: consent is asked for every 5 s (RFC 7675). */
#define PATIENCE_MS 8000
/* How often in a row, after 0.25, 1, 4 and 8 s, and what ends the row. A longer one
 * would find that the other end has given the call up (ice-timeout). */
#define MAX_ATTEMPTS 4
#define MAX_DELAY_MS 8000
#define STABLE_US (30 * G_TIME_SPAN_SECOND)

/* What a leg is given that should have a relay, and has none: the other ways need
 * less, and the other end, which has 15 s (ice-timeout), waits for another one. */
#define RELAYLESS_PATIENCE_MS 9000

static gboolean
ice_timed_out (gpointer data)
{
  peer_lose_path (data,
      "No connection with the peer came about in time (ice-timeout): is there a "
      "network path, or is a TURN server needed?");
  return G_SOURCE_REMOVE;
}

static void
set_ice_deadline (RoomPeer *self)
{
  guint ms = self->context->settings.ice_timeout;
  guint passed =
      (guint) ((g_get_monotonic_time () - self->connecting_at) / 1000);

  if (self->no_relay != NULL && self->is_relay_due)
    ms = MIN (ms, RELAYLESS_PATIENCE_MS);
  if (!peer_leg_has_media (self->leg) || ms == 0)
    peer_set_deadline (self, 0, NULL);
  else
    peer_set_deadline (self, ms > passed ? ms - passed : 1, ice_timed_out);
}

/**
 * peer_note_connecting:
 * @self: a peer whose leg has its first descriptions
 */
void
peer_note_connecting (RoomPeer *self)
{
  self->connecting_at = g_get_monotonic_time ();
  set_ice_deadline (self);
}

/**
 * peer_note_without_relay:
 * @self: a peer
 * @verdict: of the TURN servers of its leg
 * @reason: why none of them gives a relay, for people
 *
 * The other ways are tried, if there may be others, and servers of the signaller
 * that are outdated are asked for anew, for the next leg.
 */
void
peer_note_without_relay (
    RoomPeer *self, LegRelaysVerdict verdict, const char *reason)
{
  RoomPeerContext *context = self->context;

  self->is_relay_due = !(verdict & LEG_RELAYS_FINAL);
  if ((verdict & LEG_RELAYS_OUTDATED)
      && leg_servers_may_change (context->servers, self->id)
      && room_signaller_refresh_ice_servers (context->signaller))
    self->is_relay_due = TRUE;
  g_free (self->no_relay);
  self->no_relay = g_strdup (reason);
  /* Else it is the reason why the call fails. */
  if (!context->settings.relay_only
      && leg_servers_tell_once (context->servers, reason))
    peer_warn (self, reason);
  if (self->connecting_at != 0 && !self->is_connected)
    set_ice_deadline (self);
}

/**
 * peer_forget_relays:
 * @self: a peer that gets another leg, or none any more
 */
void
peer_forget_relays (RoomPeer *self)
{
  g_clear_pointer (&self->no_relay, g_free);
  self->connecting_at = 0;
}

/**
 * peer_note_connected:
 * @self: a peer whose leg is connected
 */
void
peer_note_connected (RoomPeer *self)
{
  self->recovering = FALSE;
  self->connected_at = g_get_monotonic_time ();
}

static gboolean
on_turn (gpointer data)
{
  RoomPeer *self = data;

  peer_clear_source (&self->deadline);
  room_peer_call (self);
  return G_SOURCE_REMOVE;
}

/* Whether another leg may have a path that this one has not. */
static gboolean
may_recover (RoomPeer *self)
{
  if (self->no_relay == NULL)
    return self->connected_at != 0 || self->recovering;
  if (self->connected_at == 0 || self->context->settings.relay_only)
    return self->is_relay_due;
  return TRUE;
}

static gboolean
recover (RoomPeer *self, const char *reason)
{
  gint64 now = g_get_monotonic_time ();
  guint delay = PATIENCE_MS;

  /* Nobody calls by hand where calls are made by custom. */
  if (!may_recover (self) || self->is_superseded
      || g_strcmp0 (self->role, ROOM_ROLE_MANUAL) == 0)
    return FALSE;
  if (now - self->connected_at > STABLE_US && !self->recovering)
    self->n_attempts = 0;
  if (self->n_attempts >= MAX_ATTEMPTS)
    return FALSE;
  if (self->caller)
    delay = MIN (FIRST_DELAY_MS << (2 * self->n_attempts), MAX_DELAY_MS);
  self->n_attempts++;
  GST_INFO_OBJECT (self->context->bin, "peer %s: %s; the call is made anew",
      self->id, reason);
  self->owes_answer = self->caller && self->leg != NULL
      && peer_leg_get_remote (self->leg) == NULL;
  if (self->owes_answer)
    delay = MAX (delay, OWED_ANSWER_MS);
  if (self->member == NULL)
    room_signaller_end_call (self->context->signaller, self->id, reason);
  peer_drop_held (self);
  peer_drop_leg (self);
  self->recovering = TRUE;
  peer_set_state (self, ROOM_PEER_RECONNECTING, reason);
  peer_set_deadline (self, delay, on_turn);
  return TRUE;
}

/**
 * peer_take_owed_answer:
 * @self: a peer without a leg, of which an answer comes
 *
 * Returns: whether it is one to an offer that was given up
 */
gboolean
peer_take_owed_answer (RoomPeer *self)
{
  if (!self->recovering || !self->owes_answer)
    return FALSE;
  self->owes_answer = FALSE;
  if (self->deadline != NULL)
    peer_set_deadline (self, FIRST_DELAY_MS, on_turn);
  return TRUE;
}

/**
 * peer_lose_path:
 * @self: a peer whose leg has no path, or none any more
 * @reason: for people
 *
 * Makes the call anew, if it stood or a relay was missing, and not too often
 * already; else it is over.
 */
void
peer_lose_path (RoomPeer *self, const char *reason)
{
  g_autofree char *text =
      self->no_relay == NULL || g_str_equal (self->no_relay, reason)
      ? g_strdup (reason)
      : g_strdup_printf ("%s %s", reason, self->no_relay);

  if (!recover (self, text))
    peer_give_up (self, text);
}
