/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"

G_BEGIN_DECLS

#define SDP_GATE_MAX_FORMATS 64

/**
 * SdpPayload:
 * @listed: is a format of the m-line
 * @mapped: has an rtpmap
 *
 * What the lines of one m-line say about one payload type.
 */
typedef struct {
  gboolean listed;
  gboolean mapped;
  char encoding_name[SDP_ENCODING_NAME_SIZE];
  guint clock_rate;
  guint channels;
  char *fmtp;
  guint feedback;
} SdpPayload;

/**
 * SdpPayloadTable:
 * @payloads: indexed by payload type
 * @formats: payload types in the order of the m-line
 * @n_formats: how many @formats hold
 *
 * The codec lines of one m-line, which come in any order. All members zero is
 * an empty table.
 */
typedef struct {
  SdpPayload payloads[128];
  guint8 formats[SDP_GATE_MAX_FORMATS];
  guint n_formats;
} SdpPayloadTable;

const char *sdp_payload_table_add_format (SdpPayloadTable *self, char *value);
const char *sdp_payload_table_add_rtpmap (SdpPayloadTable *self, char *value);
const char *sdp_payload_table_add_fmtp (SdpPayloadTable *self, char *value);
const char *sdp_payload_table_add_rtcp_fb (SdpPayloadTable *self, char *value);
void sdp_payload_table_collect (
    SdpPayloadTable *self, MediaKind kind, GArray *codecs);
void sdp_payload_table_clear (SdpPayloadTable *self);

G_END_DECLS
