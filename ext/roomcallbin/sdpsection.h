/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sdpdescription.h"
#include "sdplines.h"
#include "sdppayload.h"

G_BEGIN_DECLS

#define SDP_GATE_MAX_SSRCS 64
#define SDP_GATE_MAX_EXTENSIONS 32

/**
 * SdpSection:
 * @media: what is kept; for the session level only its transport and direction
 * @session: before the first m-line
 * @port: from the m-line
 * @rtcp_mux: a=rtcp-mux was there
 * @has_direction: one of a=sendrecv, sendonly, recvonly, inactive was there
 * @has_extension: RTP header extension ids in use
 * @payloads: the codec lines
 * @ice_lite: a=ice-lite was there, session level only
 * @group: (nullable): mids of the first a=group:BUNDLE, session level only
 * @leg: (nullable): a=x-roomcall-leg, session level only
 * @member: (nullable): a=x-roomcall-member, session level only
 *
 * One section of a description while it is read: the session level or one
 * m-line. It knows nothing about the other sections.
 */
typedef struct {
  SdpMedia *media;
  gboolean session;
  guint port;
  gboolean rtcp_mux;
  gboolean has_direction;
  gboolean has_extension[256];
  SdpPayloadTable payloads;
  gboolean ice_lite;
  char *group;
  char *leg;
  char *member;
} SdpSection;

SdpSection *sdp_section_new_session (void);
SdpSection *sdp_section_new_media (char *value, GError **error);
void sdp_section_free (SdpSection *self);
gboolean sdp_section_add_attribute (
    SdpSection *self, char *value, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SdpSection, sdp_section_free)

G_END_DECLS
