/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallersession-private.h"

#include "sdpfind.h"

/* What a room asks to be said. */

/* What goes to one peer: a failure is told, and is not the end. */
static void
say_to_peer (SignallerSession *self, DialectIntent intent, TemplateVars *vars)
{
  g_autoptr (GError) error = NULL;

  if (!session_say (self, intent, vars, &error))
    self->listener.warned (error, self->data);
}

static gboolean
can_send (SignallerSession *self, const char *what, const char *peer)
{
  if (self->state == SESSION_IN_ROOM)
    return TRUE;
  g_debug ("%s for %s is dropped: not in the room", what, peer);
  return FALSE;
}

static DialectIntent
description_intent (
    SignallerSession *self, gboolean is_offer, gboolean is_later)
{
  DialectIntent later = is_offer ? DIALECT_LATER_OFFER : DIALECT_LATER_ANSWER;

  if (is_later && dialect_can_say (self->dialect, later))
    return later;
  return is_offer ? DIALECT_OFFER : DIALECT_ANSWER;
}

/**
 * signaller_session_send_description:
 * @self: the session
 * @peer: the receiver
 * @type: "offer" or "answer"
 * @sdp: the SDP
 *
 * Dropped unless we are in the room: what was agreed on before a loss is agreed
 * on anew after it.
 */
void
signaller_session_send_description (
    SignallerSession *self, const char *peer, const char *type, const char *sdp)
{
  g_autoptr (TemplateVars) vars = NULL;
  gboolean is_offer = g_strcmp0 (type, "offer") == 0;
  gboolean is_later;

  if (!can_send (self, type, peer))
    return;
  is_later = session_peers_says (self->peers, peer, is_offer, sdp);
  if (self->single != NULL && is_offer)
    single_peer_take_own (self->single, sdp);
  vars = template_vars_new_row (self->memory);
  template_vars_set_string (vars, "peer", peer);
  template_vars_set_string (vars, "type", type);
  template_vars_set_string (vars, "sdp", sdp);
  say_to_peer (self, description_intent (self, is_offer, is_later), vars);
}

/**
 * signaller_session_send_candidate:
 * @self: the session
 * @peer: the receiver
 * @mline: its m-line, from 0; -1: not known
 * @mid: (nullable): its media id
 * @candidate: the candidate; "": there are no more, which no application of the
 *   built-in dialects is told
 *
 * Dropped unless we are in the room.
 */
void
signaller_session_send_candidate (SignallerSession *self, const char *peer,
    int mline, const char *mid, const char *candidate)
{
  g_autoptr (TemplateVars) vars = NULL;
  g_autofree char *ufrag = NULL;

  if (candidate[0] == '\0' || !can_send (self, "a candidate", peer))
    return;
  ufrag = sdp_find_ufrag (candidate);
  vars = template_vars_new_row (self->memory);
  template_vars_set_string (vars, "peer", peer);
  template_vars_set_string (vars, "candidate", candidate);
  template_vars_set_string (vars, "mid", mid);
  template_vars_set_string (vars, "ufrag",
      ufrag != NULL ? ufrag : session_peers_get_ufrag (self->peers, peer));
  if (mline >= 0)
    template_vars_set_int (vars, "mline", mline);
  say_to_peer (self, DIALECT_CANDIDATE, vars);
}

static void
end_call (SignallerSession *self, DialectIntent intent, const char *peer,
    const char *reason)
{
  g_autoptr (TemplateVars) vars = NULL;

  if (can_send (self, "the end of the call", peer)) {
    vars = template_vars_new_row (self->memory);
    template_vars_set_string (vars, "peer", peer);
    template_vars_set_string (vars, "reason", reason);
    say_to_peer (self, intent, vars);
  }
  signaller_session_forget_call (self, peer);
}

/**
 * signaller_session_forget_call:
 * @self: the session
 * @peer: who has ended the call itself, or whose offer is passed over
 *
 * Says nothing. Where there is one peer only, who announced itself meanwhile is
 * the next one.
 */
void
signaller_session_forget_call (SignallerSession *self, const char *peer)
{
  session_peers_end_call (self->peers, peer);
  session_free_single (self);
}

/**
 * signaller_session_end_call:
 * @self: the session
 * @peer: the receiver
 * @reason: for people
 *
 * Hangs up on a peer, if the dialect has words for that, and forgets the call.
 */
void
signaller_session_end_call (
    SignallerSession *self, const char *peer, const char *reason)
{
  end_call (self, DIALECT_END_CALL, peer, reason);
}

/**
 * signaller_session_reject_call:
 * @self: the session
 * @peer: who offered a call
 * @reason: for people
 *
 * Refuses the call, in the dialect's words for that, or else for hanging up.
 */
void
signaller_session_reject_call (
    SignallerSession *self, const char *peer, const char *reason)
{
  end_call (self,
      dialect_can_say (self->dialect, DIALECT_REJECT) ? DIALECT_REJECT
                                                      : DIALECT_END_CALL,
      peer, reason);
}

/**
 * signaller_session_emit:
 * @self: the session
 * @event: an event of the application's own
 * @args: its arguments, an array
 */
void
signaller_session_emit (
    SignallerSession *self, const char *event, JsonNode *args)
{
  g_autoptr (GError) error = NULL;

  if (!sio_socket_emit (self->socket, event, args, &error))
    self->listener.warned (error, self->data);
}
