/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sendbranch.h"

G_BEGIN_DECLS

/**
 * SendLeg:
 *
 * One input on its way to one peer: the branch's encoded media are payloaded
 * with the payload type that was negotiated with this peer.
 *
 *   branch tee -> | gate -> queue (leaky) -> payloader -> capsfilter |-> webrtcbin
 *                 ^ ghost pad of the peer's bin
 *
 * The gate lets events pass, so that webrtcbin learns the caps, and no media
 * before send_leg_open(). Owned and used by the thread that owns the peer.
 */
typedef struct _SendLeg SendLeg;

SendLeg *send_leg_new (GstBin *peer_bin, SendBranch *branch, guint mline,
    guint payload_type, GError **error);
void send_leg_free (SendLeg *self);

SendBranch *send_leg_get_branch (SendLeg *self);
guint send_leg_get_mline (SendLeg *self);
GstPad *send_leg_get_src_pad (SendLeg *self);

gboolean send_leg_attach (SendLeg *self, GError **error);
void send_leg_detach (SendLeg *self);
gboolean send_leg_has_caps (SendLeg *self);
void send_leg_open (SendLeg *self);
void send_leg_ask_again (SendLeg *self);
void send_leg_mute (SendLeg *self);

void send_leg_get_counters (SendLeg *self, guint64 *frames, guint64 *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SendLeg, send_leg_free)

G_END_DECLS
