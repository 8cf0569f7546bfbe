/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

G_BEGIN_DECLS

/* The limits that a peer's description is held to; see docs/sdp-gate.md. */
#define SDP_GATE_MAX_BYTES (64 * 1024)
#define SDP_GATE_MAX_LINE 4096
#define SDP_GATE_MAX_LINES 4096
#define SDP_GATE_MAX_MEDIA 16
#define SDP_GATE_MAX_FORMATS 64
#define SDP_GATE_MAX_SSRCS 64
#define SDP_GATE_MAX_EXTENSIONS 32

#define SDP_GATE_ERROR (sdp_gate_error_quark ())

/**
 * SdpGateError:
 * @SDP_GATE_ERROR_LIMIT: too long, or too much of something
 * @SDP_GATE_ERROR_SYNTAX: not the grammar of RFC 8866 or of the attribute
 * @SDP_GATE_ERROR_TRANSPORT: no usable ICE or DTLS parameters, or several
 * @SDP_GATE_ERROR_MISMATCH: an answer that does not belong to the offer
 */
typedef enum {
  SDP_GATE_ERROR_LIMIT,
  SDP_GATE_ERROR_SYNTAX,
  SDP_GATE_ERROR_TRANSPORT,
  SDP_GATE_ERROR_MISMATCH,
} SdpGateError;

GQuark sdp_gate_error_quark (void);

SdpDescription *sdp_gate_check (SdpType type, const char *text,
    const SdpDescription *offer, GError **error);

G_END_DECLS
