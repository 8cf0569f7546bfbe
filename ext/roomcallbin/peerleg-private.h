/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of a peer leg: its life (peerleg.c), its offers and answers
 * (legnegotiation.c) and its candidates (legcandidates.c). Included by them alone. */

#define GST_USE_UNSTABLE_API
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include "legrelays.h"
#include "negotiator.h"
#include "peerleg.h"
#include "sendleg.h"

G_BEGIN_DECLS

/**
 * LegStep:
 * @LEG_STEP_OFFER: create-offer is next
 * @LEG_STEP_ANSWER: set-remote-description and create-answer are next
 *
 * What waits until webrtcbin knows the caps of all inputs.
 */
typedef enum {
  LEG_STEP_NONE,
  LEG_STEP_OFFER,
  LEG_STEP_ANSWER,
} LegStep;

/* One that webrtcbin gathered. */
typedef struct {
  guint mline;
  char *mid; /* nullable */
  char *text;
} LegCandidate;

struct _PeerLeg {
  gint refs; /* atomic: owner, posts, webrtcbin's handlers */
  LoopThread *loop;
  GstBin *bin;
  GstElement *peer_bin; /* child of bin until the leg is retired */
  GstElement *webrtcbin;
  PeerLegSettings settings;
  char *member;
  char *id; /* a=x-roomcall-leg */
  const PeerLegFuncs *funcs;
  gpointer data;

  Negotiator negotiator;
  GPtrArray *inputs;     /* SendBranch, not owned: those to be sent */
  GPtrArray *sends;      /* SendLeg: those that have an m-line */
  RoomStats sent_before; /* by those that were removed */
  guint n_mlines;        /* of the last description, ours or theirs */
  guint n_settled;       /* of the last exchange that was completed */
  gboolean has_mline[2]; /* by MediaKind: audio, video */

  LegStep step;
  GSource *caps_timer;
  GstWebRTCSessionDescription *offer; /* made by us, not yet committed */
  gboolean unsent; /* without trickle: a description waits for the gathering */
  SdpType unsent_type;
  gboolean settled_unsent; /* and then the exchange is complete */
  GSource *gathering_timer;
  GSource *answer_timer;       /* of a later offer */
  GSource *key_timer;          /* a key frame may have been asked for in vain */
  SdpDescription *local_offer; /* the last one sent */
  SdpDescription *remote;      /* the last one taken */
  SdpDescription *deferred;
  char *remote_session;  /* o= of the peer's last offer */
  char *remote_leg;      /* a=x-roomcall-leg of its last description */
  GPtrArray *candidates; /* of the peer, until webrtcbin has a description */
  guint n_candidates;    /* of the peer, counted against its budget */
  gboolean remote_set;
  gboolean cannot_reoffer; /* webrtcbin would abort */
  const char *role;    /* ours in DTLS: active, passive; NULL: not yet agreed */
  gboolean negotiated; /* one exchange was completed */
  gboolean gathering;  /* a local description was set */
  gboolean gathered;
  LegRelays *relays;
  GSource *relay_timer; /* until they are asked why there is none */
  gboolean has_turn;    /* some server */
  gboolean has_relay;   /* of one of them */
  GPtrArray *early; /* LegCandidate: ours that went before the first answer */

  gint verified; /* atomic: webrtcbin's threads read it, too */
  gint closed;   /* atomic */

  guint n_promises; /* what webrtcbin is doing for us */
  PeerLegRetired retired;
  gpointer retired_data;
  GSource *retire_timer;

  GMutex lock;
  /* Guarded by lock, as webrtcbin's threads add the pads and make the jitter
   * buffers. */
  GPtrArray *tracks;       /* RecvBranch; NULL once the connection is freed */
  GHashTable *video_ssrcs; /* of the peer's video, for which lost packets are
                            * asked for again */
};

/* A call on the leg's loop thread; fields are filled as @func needs them. */
typedef struct _LegPost LegPost;
typedef void (*LegPostFunc) (PeerLeg *leg, LegPost *post);
struct _LegPost {
  PeerLeg *leg;
  LegPostFunc func;
  gboolean always; /* also when the leg is closed */
  gboolean promised;
  GstWebRTCSessionDescription *description;
  RecvBranch *track;
  GError *error;
  char *text;
  int number;
};

PeerLeg *peer_leg_ref (PeerLeg *self);
void peer_leg_unref (gpointer data);
LegPost *leg_post_new (PeerLeg *leg, LegPostFunc func);
void leg_post_send (LegPost *post);
GSource *leg_add_timer (PeerLeg *self, guint ms, LegPostFunc func);
void leg_clear_timer (GSource **timer);
GstPromise *leg_promise_new (PeerLeg *leg, LegPostFunc func, const char *field);
void leg_fail (PeerLeg *self, const GError *error);
void leg_fail_description (
    PeerLeg *self, const char *what, const GError *cause);

void leg_candidate_free (gpointer data);
void leg_on_ice_candidate (
    GstElement *webrtcbin, guint mline, const char *candidate, PeerLeg *self);
void leg_send_early_again (PeerLeg *self);
void leg_begin_gathering (PeerLeg *self);
void leg_ask_relays (PeerLeg *self);

void leg_add_sent (SendLeg *send, RoomStats *totals);

void leg_negotiation_gathered (PeerLeg *self);
gboolean leg_negotiation_receives (PeerLeg *self, MediaKind kind);
void leg_negotiation_open_sends (PeerLeg *self);
void leg_negotiation_close (PeerLeg *self);

G_END_DECLS
