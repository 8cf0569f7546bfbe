/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The limits that a peer's description is held to; see docs/sdp-gate.md. */
#define SDP_GATE_MAX_BYTES (64 * 1024)
#define SDP_GATE_MAX_LINE 4096
#define SDP_GATE_MAX_LINES 4096

#define SDP_GATE_ERROR (sdp_gate_error_quark ())

/**
 * SdpGateError:
 * @SDP_GATE_ERROR_LIMIT: too long, or too much of something
 * @SDP_GATE_ERROR_SYNTAX: not the grammar of RFC 8866 or of the attribute
 * @SDP_GATE_ERROR_TRANSPORT: no usable ICE or DTLS parameters, or several
 * @SDP_GATE_ERROR_MISMATCH: does not belong to what was offered or negotiated
 *   before, or leaves nothing to negotiate
 * @SDP_GATE_ERROR_EMPTY: right, but without any m-line
 */
typedef enum {
  SDP_GATE_ERROR_LIMIT,
  SDP_GATE_ERROR_SYNTAX,
  SDP_GATE_ERROR_TRANSPORT,
  SDP_GATE_ERROR_MISMATCH,
  SDP_GATE_ERROR_EMPTY,
} SdpGateError;

GQuark sdp_gate_error_quark (void);

/**
 * SdpLine:
 * @type: the letter before "="
 * @value: what comes behind it, without the line end; may be written to
 */
typedef struct {
  char type;
  char *value;
} SdpLine;

/**
 * SdpLines:
 * @text: the memory that the values point into
 * @lines: (element-type SdpLine): in order
 *
 * Text cut into typed lines; what they mean is not known here.
 */
typedef struct {
  char *text;
  GArray *lines;
} SdpLines;

SdpLines *sdp_lines_parse (const char *text, GError **error);
void sdp_lines_free (SdpLines *self);

char *sdp_take_word (char **cursor);
gboolean sdp_take_uint (char **cursor, guint max, guint *value);
gboolean sdp_is_token (const char *text, gsize max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SdpLines, sdp_lines_free)

G_END_DECLS
