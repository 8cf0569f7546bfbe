/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"
#include "sdplines.h"

G_BEGIN_DECLS

#define SDP_GATE_MAX_MEDIA 16
/* Without a bundle each m-line is an ICE agent's stream with its sockets. */
#define SDP_GATE_MAX_TRANSPORTS 4

SdpDescription *sdp_gate_check (SdpType type, const char *text,
    const SdpDescription *reference, GError **error);
gboolean sdp_gate_reject (
    SdpDescription *description, guint mline, GError **error);

G_END_DECLS
