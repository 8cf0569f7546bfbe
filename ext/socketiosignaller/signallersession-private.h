/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "icefetch.h"
#include "ratelimit.h"
#include "rejoinpatience.h"
#include "sessionpeers.h"
#include "signallersession.h"
#include "singlepeer.h"

#include <sio/sio.h>

G_BEGIN_DECLS

/* Outlives the session where an acknowledgement is not there yet. */
typedef struct {
  SignallerSession *session; /* NULL: nobody waits any more */
  DialectIntent intent;
} AckWait;

/* STUN and TURN servers for everybody. */
typedef struct {
  /* What each source has said last, in the order in which they first did */
  GPtrArray *parts;
  /* While one is under way */
  IceFetch *fetch;
  gboolean is_fetched;
  gboolean failure_told;
  /* In a row, and no more than count */
  guint n_missed;
  /* By TURN servers */
  RateLimit refusals;
  /* While the join waits for the first fetch */
  GSource *hold_timer;
  /* Until they are fetched again */
  GSource *refresh_timer;
} SessionServers;

struct _SignallerSession {
  SignallerSettings *settings;
  Dialect *dialect;
  SignallerListener listener;
  gpointer data;
  GMainContext *context;

  SioManager *manager;
  /* Owned by the manager */
  SioSocket *socket;

  SessionState state;
  gboolean wanted;
  gboolean was_connected;
  gboolean was_joined;
  /* Told that we are in the room, and not yet that we are out of it */
  gboolean is_told;
  /* We were in this room before: who is missing now has left it */
  gboolean is_return;
  /* The same, when we asked to be let in */
  gboolean is_rejoin;
  RejoinPatience patience;
  /* When the connection came up, monotonic; how often it was ended for us */
  gint64 up_since;
  guint n_evictions;

  SessionServers servers;
  SessionPeers *peers;
  /* NULL: there may be many */
  SinglePeer *single;
  gboolean third_party_told;
  /* Who announced itself while we were in a call with another one */
  RoomEvent *waiting;
  /* What templates see in either direction: $room, $self, the dialect's own and
   * what it remembers; until the next connection */
  TemplateVars *memory;
  /* The latest acknowledgement that is waited for */
  AckWait *ack_wait;
  gboolean knows_self;
  gboolean roster_complete;
  gint64 roster_deadline;
  /* Until the roster is complete, or the join is given up */
  GSource *roster_timer;
  /* Until a new attempt that the manager does not make by itself */
  GSource *retry_timer;
  /* Until the connection ends after the goodbye */
  GSource *farewell_timer;
  /* Set when the session is to be freed after that */
  GAsyncReadyCallback ended;
  gpointer ended_data;
};

/* signallersession.c: the connection and what is said */
void session_step (
    SignallerSession *self, SessionInput input, const GError *reason);
void session_set_timer (
    SignallerSession *self, GSource **timer, guint ms, GSourceFunc func);
void session_clear_timer (GSource **timer);
void session_end (SignallerSession *self);
void session_send_join (SignallerSession *self);
gboolean session_say (SignallerSession *self, DialectIntent intent,
    TemplateVars *vars, GError **error);
gboolean session_send_messages (
    SignallerSession *self, GPtrArray *messages, GError **error);

/* sessionservers.c: STUN and TURN servers */
void session_servers_init (SignallerSession *self);
void session_servers_clear (SignallerSession *self);
void session_servers_fetch (SignallerSession *self);
gboolean session_servers_stop (SignallerSession *self);
gboolean session_servers_are_awaited (SignallerSession *self);
void session_servers_hear (SignallerSession *self, const RoomEvent *event);
void session_servers_tell_of (SignallerSession *self, const RoomMember *member);

/* sessionhear.c: what is heard */
void session_await_roster (SignallerSession *self);
void session_present_single (SignallerSession *self);
void session_free_single (SignallerSession *self);
void session_hear (SignallerSession *self, RoomEvent *event);
void session_on_event (SioSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data);

G_END_DECLS
