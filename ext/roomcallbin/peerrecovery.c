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
/* For the other end to call, if it was the caller. It notices within seconds of
 * us: consent is asked for every 5 s (RFC 7675). */
#define PATIENCE_MS 8000
/* How often in a row, and what ends the row. */
#define MAX_ATTEMPTS 4
#define STABLE_US (30 * G_TIME_SPAN_SECOND)

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

/**
 * peer_recover_first:
 * @self: a peer whose leg has no path for want of a relay
 * @reason: for people
 *
 * As peer_recover(), also of a call that never stood: a relay that is down now
 * comes back.
 *
 * Returns: whether the call will be made anew
 */
gboolean
peer_recover_first (RoomPeer *self, const char *reason)
{
  gint64 now = g_get_monotonic_time ();
  guint delay = PATIENCE_MS;

  /* Nobody calls by hand where calls are made by custom. */
  if (self->is_superseded || g_strcmp0 (self->role, ROOM_ROLE_MANUAL) == 0)
    return FALSE;
  if (now - self->connected_at > STABLE_US && !self->recovering)
    self->n_attempts = 0;
  if (self->n_attempts >= MAX_ATTEMPTS)
    return FALSE;
  if (self->caller)
    delay = FIRST_DELAY_MS << (2 * self->n_attempts);
  self->n_attempts++;
  GST_INFO_OBJECT (self->context->bin, "peer %s: %s; the call is made anew",
      self->id, reason);
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
 * peer_recover:
 * @self: a peer whose leg has no path, or none any more
 * @reason: for people
 *
 * Returns: whether the call will be made anew; %FALSE: it never stood, or that
 *   was tried often enough
 */
gboolean
peer_recover (RoomPeer *self, const char *reason)
{
  return self->connected_at != 0 && peer_recover_first (self, reason);
}
