/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/*
 * What webrtcbin does not do with its ICE agent, libnice's. It knows nothing of
 * legs and peers. With another agent there is nothing of it.
 */

/**
 * IceAgentPair:
 * @local_type: of the candidate pair that is used: host, srflx, prflx or relay
 * @remote_type: the peer's
 * @local_address: ADDRESS:PORT, an IPv6 address in brackets; of a relay the one
 *   there
 * @remote_address: the peer's
 *
 * The words are those of RTCIceCandidateType.
 */
typedef struct {
  const char *local_type;
  const char *remote_type;
  char *local_address;
  char *remote_address;
} IceAgentPair;

#define ICE_AGENT_ERROR (ice_agent_error_quark ())

/**
 * IceAgentError:
 * @ICE_AGENT_ERROR_INTERFACE: no network interface is left to use
 */
typedef enum {
  ICE_AGENT_ERROR_INTERFACE,
} IceAgentError;

GQuark ice_agent_error_quark (void);

gboolean ice_agent_set_interfaces (GstElement *webrtcbin, const char *patterns,
    GPtrArray **addresses, GError **error);

void ice_agent_release_relays (GstElement *webrtcbin);

IceAgentPair *ice_agent_get_pair (GstElement *webrtcbin);
void ice_agent_pair_free (IceAgentPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IceAgentPair, ice_agent_pair_free)

G_END_DECLS
