/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "icefilter.h"
#include "legrelays.h"
#include "legservers.h"
#include "loopthread.h"
#include "recvbranch.h"
#include "roomstats.h"
#include "sdpgate.h"
#include "sendbranch.h"

G_BEGIN_DECLS

/**
 * PeerLeg:
 *
 * One webrtcbin: the connection with one peer from the first offer or answer
 * until it is retired. It knows nothing of rooms, names or signalling formats.
 *
 * Everything here is called on the owner's loop thread, and so are all the
 * callbacks; webrtcbin's threads only post. Set to NULL it is on a worker:
 * webrtcbin's own callbacks, or a thread that they wait for, would deadlock.
 */
typedef struct _PeerLeg PeerLeg;

#define PEER_LEG_ERROR (peer_leg_error_quark ())

/**
 * PeerLegError:
 * @PEER_LEG_ERROR_DESCRIPTION: webrtcbin cannot use the peer's description
 * @PEER_LEG_ERROR_FINGERPRINT: the peer is not who the signalling named
 * @PEER_LEG_ERROR_ICE: no way to the peer, or no longer
 * @PEER_LEG_ERROR_RELAY: only relays may be used, and there is none now
 * @PEER_LEG_ERROR_MEDIA: an element of the leg failed
 * @PEER_LEG_ERROR_CLOSED: the peer closed the connection that stood
 */
typedef enum {
  PEER_LEG_ERROR_DESCRIPTION,
  PEER_LEG_ERROR_FINGERPRINT,
  PEER_LEG_ERROR_ICE,
  PEER_LEG_ERROR_RELAY,
  PEER_LEG_ERROR_MEDIA,
  PEER_LEG_ERROR_CLOSED,
} PeerLegError;

GQuark peer_leg_error_quark (void);

/**
 * PeerLegSettings:
 * @latency: of the jitter buffers, in milliseconds
 * @receive_audio: whether audio is taken from the peer
 * @receive_video: whether video is taken from the peer
 * @do_retransmission: whether lost video packets are asked for again
 * @trickle: whether candidates go apart from the description
 * @relay_only: whether only TURN relays may be used
 * @candidate_types: which of our candidates the peer is told
 * @interfaces: (nullable): names of the network interfaces that may be used
 * @answer_timeout: how long a later offer waits for its answer, in milliseconds
 *   (0 = for ever); the first one is the owner's matter
 * @polite: whether our offer gives way when offers cross
 * @addresses: of STUN and TURN servers
 * @authorities: (nullable): whose certificates are trusted, of TURN servers over
 *   TLS; %NULL: the system's
 * @member: hex, the same for all legs of this member of the room
 */
typedef struct {
  guint latency;
  gboolean receive_audio;
  gboolean receive_video;
  gboolean do_retransmission;
  gboolean trickle;
  gboolean relay_only;
  IceFilter candidate_types;
  const char *interfaces;
  guint answer_timeout;
  gboolean polite;
  const LegAddresses *addresses;
  GTlsDatabase *authorities;
  const char *member;
} PeerLegSettings;

/**
 * PeerLegFuncs:
 * @send_description: hand it to the peer
 * @send_candidate: hand it to the peer; @mid may be %NULL
 * @connecting: descriptions are exchanged, ICE and DTLS begin
 * @renegotiated: later descriptions are exchanged
 * @connected: media may flow, the peer's certificate is the right one
 * @track_added: the peer sends this; valid until the leg is retired
 * @without_relay: no TURN server gave a relay; the other ways are tried, if there
 *   may be others
 * @failed: the leg is of no use any more; retire it
 *
 * Called on the owner's loop thread, never after peer_leg_retire().
 */
typedef struct {
  void (*send_description) (
      PeerLeg *leg, SdpType type, const char *sdp, gpointer data);
  void (*send_candidate) (PeerLeg *leg, guint mline, const char *mid,
      const char *candidate, gpointer data);
  void (*connecting) (PeerLeg *leg, gpointer data);
  void (*renegotiated) (PeerLeg *leg, gpointer data);
  void (*connected) (PeerLeg *leg, gpointer data);
  void (*track_added) (PeerLeg *leg, RecvBranch *track, gpointer data);
  void (*without_relay) (PeerLeg *leg, LegRelaysVerdict verdict,
      const char *reason, gpointer data);
  void (*failed) (PeerLeg *leg, const GError *error, gpointer data);
} PeerLegFuncs;

/**
 * PeerLegRetired:
 * @data: handed to peer_leg_retire()
 *
 * Called on the owner's loop thread once nothing of the leg is left.
 */
typedef void (*PeerLegRetired) (gpointer data);

PeerLeg *peer_leg_new (LoopThread *loop, GstBin *bin, const char *name,
    const PeerLegSettings *settings, const PeerLegFuncs *funcs, gpointer data,
    GError **error);
void peer_leg_say_goodbye (PeerLeg *self);
void peer_leg_retire (
    PeerLeg *self, guint patience, PeerLegRetired retired, gpointer data);

void peer_leg_add_input (PeerLeg *self, SendBranch *input);
void peer_leg_remove_input (PeerLeg *self, SendBranch *input);
void peer_leg_offer (PeerLeg *self);
void peer_leg_take_description (PeerLeg *self, SdpDescription *description);
void peer_leg_take_candidate (
    PeerLeg *self, int mline, const char *mid, const char *candidate);

gboolean peer_leg_has_media (PeerLeg *self);
gboolean peer_leg_is_sent_to (PeerLeg *self);
gboolean peer_leg_is_for_offer (PeerLeg *self, const SdpDescription *offer);
const SdpDescription *peer_leg_get_offer (PeerLeg *self);
const SdpDescription *peer_leg_get_remote (PeerLeg *self);
void peer_leg_add_sent (PeerLeg *self, RoomStats *totals);
void peer_leg_write_path (PeerLeg *self, GstStructure *structure);

G_END_DECLS
