/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ICE_CANDIDATE_MAX_BYTES 512
/* How many candidates one peer may send in the life of one connection. */
#define ICE_CANDIDATE_BUDGET 64

#define ICE_CANDIDATE_ERROR (ice_candidate_error_quark ())

/**
 * IceCandidateError:
 * @ICE_CANDIDATE_ERROR_SYNTAX: not the grammar of RFC 8839, section 5.1
 * @ICE_CANDIDATE_ERROR_RANGE: a number or an address that cannot be
 */
typedef enum {
  ICE_CANDIDATE_ERROR_SYNTAX,
  ICE_CANDIDATE_ERROR_RANGE,
} IceCandidateError;

GQuark ice_candidate_error_quark (void);

typedef enum {
  ICE_TRANSPORT_UDP,
  ICE_TRANSPORT_TCP,
} IceTransport;

typedef enum {
  ICE_TYPE_HOST,
  ICE_TYPE_SRFLX,
  ICE_TYPE_PRFLX,
  ICE_TYPE_RELAY,
} IceType;

/**
 * IceCandidate:
 * @is_end: end-of-candidates; nothing else is set then
 * @is_mdns: @address is a name that ends in ".local"
 * @foundation: 1-32 ice-chars
 * @component: 1 RTP, 2 RTCP
 * @transport: UDP or TCP
 * @priority: 1 to 2^31-1 where the peer keeps the RFC
 * @address: literal IPv4 or IPv6 address, or an mDNS name
 * @port: 1-65535
 * @type: host, srflx, prflx or relay
 * @related_address: (nullable): literal address
 * @related_port: 0-65535
 * @tcptype: (nullable): "active", "passive" or "so", for TCP only
 * @ufrag: (nullable): whose candidate it is
 *
 * One checked candidate.
 */
typedef struct {
  gboolean is_end;
  gboolean is_mdns;
  char *foundation;
  guint component;
  IceTransport transport;
  guint32 priority;
  char *address;
  guint port;
  IceType type;
  char *related_address;
  guint related_port;
  const char *tcptype;
  char *ufrag;
} IceCandidate;

IceCandidate *ice_candidate_parse (const char *text, GError **error);
void ice_candidate_free (IceCandidate *self);
char *ice_candidate_to_string (const IceCandidate *self);
gboolean ice_candidate_is_usable (const IceCandidate *self);
gboolean ice_candidate_take_budget (guint *used);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IceCandidate, ice_candidate_free)

G_END_DECLS
