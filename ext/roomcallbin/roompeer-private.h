/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "peerleg.h"
#include "ratelimit.h"
#include "roompeer.h"

G_BEGIN_DECLS

/* Shared by roompeer.c (who it is, its legs), peercall.c (which offers become a
 * call with it), peerrecovery.c and peertakeover.c. */

struct _RoomPeer {
  RoomPeerContext *context;
  char *id;
  char *name;       /* nullable */
  char *client_id;  /* nullable */
  char *userdata;   /* nullable: JSON */
  char *member;     /* nullable: hex, from its descriptions */
  char *role;       /* nullable: ours */
  gboolean refrain; /* from calling it */
  RoomPeerState state;
  int slot; /* -1: none yet */

  PeerLeg *leg;
  gboolean is_late;      /* to call us; we do when the deadline is over */
  gboolean recovering;   /* the call is made anew, with or without a leg */
  gboolean owes_answer;  /* to the offer of a leg that is gone */
  gboolean awaited;      /* it offered nothing, which is answered; no leg yet */
  guint n_attempts;      /* to do so, in a row */
  gint64 connecting_at;  /* the leg, monotonic, us; 0: not yet */
  gint64 connected_at;   /* monotonic, us; 0: never */
  char *no_relay;        /* nullable: why the leg has none, though it should */
  gboolean is_relay_due; /* another leg may have one */
  gboolean caller;       /* it is we who offered the leg */
  SdpDescription *held;  /* nullable: its offer, which waits: to be accepted
                           without a leg, else for our own to be answered */
  GPtrArray *tracks;     /* RecvBranch of leg, not owned */
  GPtrArray *candidates; /* char: that came before there is a leg */
  GSource *deadline;     /* of its call, of the answer, then of ICE */
  GSource *crossing;     /* until we give way */
  GSource *watch;
  GSource *takeover;   /* until it is shown in place of its old connection */
  gint64 takeover_end; /* monotonic, us */
  gboolean is_connected;
  gboolean is_superseded;
  RoomStats past; /* of the legs before */
  RateLimit legs;
};

void peer_set_state (RoomPeer *self, RoomPeerState state, const char *reason);
void peer_warn (RoomPeer *self, const char *text);
void peer_clear_source (GSource **source);
GSource *peer_add_source (RoomPeer *self, guint ms, GSourceFunc func);
void peer_set_deadline (RoomPeer *self, guint ms, GSourceFunc func);
gboolean peer_answer_timed_out (gpointer data);
void peer_give_up (RoomPeer *self, const char *reason);
gboolean peer_may_begin (RoomPeer *self);
gboolean peer_make_leg (RoomPeer *self);
void peer_drop_leg (RoomPeer *self);
void peer_drop_held (RoomPeer *self);
void peer_take_slot (RoomPeer *self);
void peer_show_track (RoomPeer *self, RecvBranch *track);
gboolean peer_awaits_takeover (RoomPeer *self);
void peer_prepare_track (RoomPeer *self, RecvBranch *track);
void peer_abandon_takeover (RoomPeer *self);
void peer_note_connected (RoomPeer *self);
void peer_note_connecting (RoomPeer *self);
void peer_note_without_relay (
    RoomPeer *self, LegRelaysVerdict verdict, const char *reason);
void peer_forget_relays (RoomPeer *self);
void peer_lose_path (RoomPeer *self, const char *reason);
gboolean peer_take_owed_answer (RoomPeer *self);

G_END_DECLS
