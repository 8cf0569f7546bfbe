/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dialect.h"
#include "iceservers.h"
#include "sessiontable.h"
#include "signallersettings.h"

G_BEGIN_DECLS

/**
 * SignallerListener:
 * @state: the state is another one; reason is for people
 * @joined: we are in the room; self_id may be %NULL
 * @disconnected: the connection is lost, or refused for good
 * @left: we left
 * @roster_complete: everybody who was there has been named
 * @peer_joined: a peer is there
 * @peer_left: a peer that was named is gone
 * @ice_servers: what a connection with this peer, or with anybody if it is %NULL,
 *   may use from now on
 * @message: a description, a candidate or the end of a call
 * @foreign: an event that is none of the dialect's
 * @retrying: an attempt to connect failed, and is made again
 * @warned: something failed that does no harm to the rest
 * @failed: something failed for good; the session does nothing more
 *
 * What a session tells, on its thread. It may be stopped from inside any of
 * them, but not freed.
 */
typedef struct {
  void (*state) (SessionState state, const char *reason, gpointer data);
  void (*joined) (const char *self_id, gpointer data);
  void (*disconnected) (const char *reason, gboolean will_retry, gpointer data);
  void (*left) (const char *reason, gpointer data);
  void (*roster_complete) (gpointer data);
  void (*peer_joined) (const RoomMember *member, gpointer data);
  void (*peer_left) (const char *id, const char *reason, gpointer data);
  void (*ice_servers) (
      const char *peer, const IceServers *servers, gpointer data);
  void (*message) (const RoomEvent *event, gpointer data);
  void (*foreign) (const char *event, JsonNode *args, gpointer data);
  void (*retrying) (const GError *error, gpointer data);
  void (*warned) (const GError *error, gpointer data);
  void (*failed) (const GError *error, gpointer data);
} SignallerListener;

/**
 * SignallerSession:
 *
 * One connection to one room: connects, joins, speaks the dialect, and comes
 * back after a loss. It knows nothing of GStreamer elements and WebRTC. All of
 * it is used on one thread, the one whose default context is current in
 * signaller_session_new().
 */
typedef struct _SignallerSession SignallerSession;

SignallerSession *signaller_session_new (SignallerSettings *settings,
    Dialect *dialect, const SignallerListener *listener, gpointer data,
    GError **error);
void signaller_session_free (SignallerSession *self);
void signaller_session_end (
    SignallerSession *self, GAsyncReadyCallback ended, gpointer data);

void signaller_session_start (SignallerSession *self);
void signaller_session_join (SignallerSession *self);
void signaller_session_move (SignallerSession *self, const char *room);
void signaller_session_stop (SignallerSession *self);

void signaller_session_send_description (SignallerSession *self,
    const char *peer, const char *type, const char *sdp);
void signaller_session_send_candidate (SignallerSession *self, const char *peer,
    int mline, const char *mid, const char *candidate);
void signaller_session_end_call (
    SignallerSession *self, const char *peer, const char *reason);
void signaller_session_forget_call (SignallerSession *self, const char *peer);
void signaller_session_reject_call (
    SignallerSession *self, const char *peer, const char *reason);
gboolean signaller_session_has_ice_servers_url (SignallerSession *self);
void signaller_session_refresh_ice_servers (SignallerSession *self);
void signaller_session_emit (
    SignallerSession *self, const char *event, JsonNode *args);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignallerSession, signaller_session_free)

G_END_DECLS
