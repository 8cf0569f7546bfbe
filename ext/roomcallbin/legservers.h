/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "iceservers.h"

G_BEGIN_DECLS

/**
 * LegServers:
 *
 * Which STUN and TURN servers a connection gets: those that are set, those that
 * the signaller has for this peer, those that it has for everybody. Pure, and
 * bounded whatever a signaller floods it with. Not thread-safe.
 */
typedef struct _LegServers LegServers;

/**
 * LegAddresses:
 * @stun: (nullable): of a STUN server; webrtcbin takes one
 * @turn: TURN servers
 *
 * As many as a connection may have.
 */
typedef struct {
  char *stun;
  IceServers *turn;
} LegAddresses;

LegServers *leg_servers_new (void);
void leg_servers_free (LegServers *self);

GPtrArray *leg_servers_configure (
    LegServers *self, const IceServers *configured);
GPtrArray *leg_servers_take (
    LegServers *self, const char *id, const IceServers *servers);
GPtrArray *leg_servers_hear (
    LegServers *self, const char *id, const GstStructure *structure);
void leg_servers_forget (LegServers *self, const char *id);

LegAddresses *leg_servers_get_addresses (LegServers *self, const char *id);
gboolean leg_servers_may_change (LegServers *self, const char *id);
gboolean leg_servers_are_ending (LegServers *self, const char *id, gint64 now);
gboolean leg_servers_tell_once (LegServers *self, const char *reason);
void leg_addresses_free (LegAddresses *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LegServers, leg_servers_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LegAddresses, leg_addresses_free)

G_END_DECLS
