/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "icefilter.h"
#include "legservers.h"
#include "loopthread.h"
#include "roomoutputs.h"
#include "roomsignaller.h"
#include "roomstats.h"
#include "sdpgate.h"

G_BEGIN_DECLS

/**
 * RoomPeer:
 *
 * Another member of the room: who it is, whether we have a call with it, and
 * what it shows. A peer may outlive several legs. Used on the room's thread
 * alone.
 */
typedef struct _RoomPeer RoomPeer;

typedef enum {
  ROOM_PEER_NEW,
  ROOM_PEER_RINGING, /* its offer waits to be accepted */
  ROOM_PEER_CONNECTING,
  ROOM_PEER_CONNECTED,
  ROOM_PEER_DISCONNECTED,
  ROOM_PEER_RECONNECTING, /* the path was lost, the call is made anew */
  ROOM_PEER_FAILED,
  ROOM_PEER_CLOSED,
} RoomPeerState;

/**
 * RoomPeerSettings:
 *
 * What all peers of a room have in common; times in milliseconds, 0: no limit.
 */
typedef struct {
  const char *room;
  const char *member;
  guint latency;
  gboolean receive_audio;
  gboolean receive_video;
  gboolean do_retransmission;
  gboolean relay_only;
  IceFilter ice_candidate_types;
  const char *ice_interfaces;
  GTlsDatabase *turn_authorities;
  guint call_timeout;
  guint ice_timeout;
} RoomPeerSettings;

/**
 * RoomPeerContext:
 * @loop: the room's thread
 * @bin: holds all elements
 * @inputs: (element-type SendBranch): those that are ready
 * @take_slot: gives the peer a slot; called once, when its first media come
 * @has_predecessor: whether the peer is shown by another connection that it has
 * @superseded: another connection is shown in the peer's place, and it may go
 * @post: takes a structure for the bus, (transfer full)
 * @late: the peer has not called in the time it was given for that
 * @patience: for peer_leg_retire(), in milliseconds
 * @max_legs: how many legs may be alive, those that end included
 * @leg_retired: a leg is gone for good; the room counts them
 *
 * What a peer uses of its room. Must outlive the peer and its legs.
 */
typedef struct {
  LoopThread *loop;
  GstBin *bin;
  RoomPeerSettings settings;
  LegServers *servers;
  RoomSignaller *signaller;
  RoomOutputs *outputs;
  GPtrArray *inputs;
  guint patience;
  guint max_legs;     /* that may be alive at once */
  guint n_legs;       /* made so far, for their names */
  guint n_legs_alive; /* not yet retired */
  guint (*take_slot) (RoomPeer *peer, gpointer data);
  gboolean (*has_predecessor) (RoomPeer *peer, gpointer data);
  void (*superseded) (RoomPeer *peer, gpointer data);
  void (*post) (GstStructure *structure, gpointer data);
  void (*late) (RoomPeer *peer, gpointer data);
  void (*leg_retired) (gpointer data);
  gpointer data;
} RoomPeerContext;

RoomPeer *room_peer_new (RoomPeerContext *context, const char *id,
    const char *role, const GstStructure *info);
void room_peer_free (RoomPeer *self);

const char *room_peer_get_id (RoomPeer *self);
const char *room_peer_get_name (RoomPeer *self);
const char *room_peer_get_role (RoomPeer *self);
void room_peer_describe (RoomPeer *self, GstStructure *structure);
const char *room_peer_get_member (RoomPeer *self);
int room_peer_get_slot (RoomPeer *self);
RoomPeerState room_peer_get_state (RoomPeer *self);
gboolean room_peer_has_call (RoomPeer *self);
gboolean room_peer_is_ringing (RoomPeer *self);
gboolean room_peer_is_superseded (RoomPeer *self);
gboolean room_peer_is_refrained_from (RoomPeer *self);
void room_peer_set_refrain (RoomPeer *self, gboolean refrain);
gboolean room_peer_has_ufrag (RoomPeer *self, const char *ufrag);
gboolean room_peer_has_certificate_of (
    RoomPeer *self, const SdpDescription *description);

void room_peer_call (RoomPeer *self);
void room_peer_call_late (RoomPeer *self);
gboolean room_peer_will_be_called (RoomPeer *self);
void room_peer_ring (RoomPeer *self, const char *offer);
void room_peer_accept (RoomPeer *self);
void room_peer_reject (RoomPeer *self, const char *reason);
void room_peer_refuse (RoomPeer *self, const char *reason);
void room_peer_hang_up (RoomPeer *self, const char *reason);
void room_peer_hear_hang_up (RoomPeer *self, const char *reason);
void room_peer_take_description (
    RoomPeer *self, SdpType type, const char *text);
void room_peer_take_candidate (
    RoomPeer *self, int mline, const char *mid, const char *candidate);
void room_peer_end_call (
    RoomPeer *self, RoomPeerState state, const char *reason);
void room_peer_supersede (RoomPeer *self);
void room_peer_add_input (RoomPeer *self, SendBranch *input);
void room_peer_remove_input (RoomPeer *self, SendBranch *input);

void room_peer_add_totals (RoomPeer *self, RoomStats *totals);
GstStructure *room_peer_get_stats (RoomPeer *self);

G_END_DECLS
