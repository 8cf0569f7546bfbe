/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "legservers.h"

#include <string.h>

/* Servers come before the peer that they are for, who may never come. A room has
 * 64 members at most. */
#define MAX_PEERS 256
#define MAX_ID_LENGTH 256
/* Each is a socket and an allocation for each network address of this machine. */
#define MAX_TURN 8
/* Seconds: of the time for which a password counts, too few to begin a call. */
#define ENDING 30
/* Reasons that are given, in a run. */
#define MAX_TOLD 32

struct _LegServers {
  IceServers *configured;
  IceServers *common;
  GHashTable *of_peers; /* id -> IceServers */
  GHashTable *told;     /* the reasons that were given */
};

/**
 * leg_servers_new:
 *
 * Returns: (transfer full): none
 */
LegServers *
leg_servers_new (void)
{
  LegServers *self = g_new0 (LegServers, 1);

  self->configured = ice_servers_new ();
  self->common = ice_servers_new ();
  self->of_peers = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) ice_servers_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

/**
 * leg_servers_free:
 * @self: (transfer full): the servers
 */
void
leg_servers_free (LegServers *self)
{
  ice_servers_free (self->configured);
  ice_servers_free (self->common);
  g_hash_table_unref (self->of_peers);
  g_hash_table_unref (self->told);
  g_free (self);
}

/**
 * leg_servers_tell_once:
 * @self: the servers
 * @reason: why some are not used, for people
 *
 * The same servers come with each peer.
 *
 * Returns: whether people are to be told, for the first time in this run
 */
gboolean
leg_servers_tell_once (LegServers *self, const char *reason)
{
  return g_hash_table_size (self->told) < MAX_TOLD
      && g_hash_table_add (self->told, g_strdup (reason));
}

static void
add_reason (LegServers *self, GPtrArray *reasons, const char *reason)
{
  if (leg_servers_tell_once (self, reason))
    g_ptr_array_add (reasons, g_strdup (reason));
}

static GPtrArray *
find_useless (LegServers *self, const IceServers *servers)
{
  GPtrArray *reasons = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < servers->dropped->len; i++)
    add_reason (self, reasons, g_ptr_array_index (servers->dropped, i));
  return reasons;
}

/**
 * leg_servers_configure:
 * @self: the servers
 * @configured: what the user set
 *
 * Begins anew: nothing the signaller has said counts any more.
 *
 * Returns: (transfer full) (element-type utf8): why some are not used, for people;
 *   each reason once in a run
 */
GPtrArray *
leg_servers_configure (LegServers *self, const IceServers *configured)
{
  ice_servers_free (self->configured);
  self->configured = ice_servers_copy (configured);
  g_hash_table_remove_all (self->of_peers);
  g_hash_table_remove_all (self->told);
  ice_servers_free (self->common);
  self->common = ice_servers_new ();
  return find_useless (self, configured);
}

/**
 * leg_servers_take:
 * @self: the servers
 * @id: (nullable): the peer that they are for; %NULL: everybody
 * @servers: what the signaller said, in place of what it said before
 *
 * Returns: (transfer full) (element-type utf8): why some are not used, for people;
 *   each reason once in a run
 */
GPtrArray *
leg_servers_take (LegServers *self, const char *id, const IceServers *servers)
{
  if (id == NULL) {
    ice_servers_free (self->common);
    self->common = ice_servers_copy (servers);
  } else if (strlen (id) <= MAX_ID_LENGTH
      && (g_hash_table_size (self->of_peers) < MAX_PEERS
          || g_hash_table_contains (self->of_peers, id))) {
    g_hash_table_replace (
        self->of_peers, g_strdup (id), ice_servers_copy (servers));
  }
  return find_useless (self, servers);
}

/**
 * leg_servers_hear:
 * @self: the servers
 * @id: (nullable): as with leg_servers_take()
 * @structure: (nullable): of the contract's signal ice-servers, unchecked
 *
 * Returns: (transfer full) (element-type utf8): as with leg_servers_take()
 */
GPtrArray *
leg_servers_hear (
    LegServers *self, const char *id, const GstStructure *structure)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IceServers) servers = NULL;
  GPtrArray *reasons;

  if (structure != NULL)
    servers = ice_servers_from_structure (structure, &error);
  if (servers != NULL)
    return leg_servers_take (self, id, servers);
  reasons = g_ptr_array_new_with_free_func (g_free);
  if (error != NULL)
    add_reason (self, reasons, error->message);
  return reasons;
}

/**
 * leg_servers_forget:
 * @self: the servers
 * @id: a peer that is gone
 */
void
leg_servers_forget (LegServers *self, const char *id)
{
  g_hash_table_remove (self->of_peers, id);
}

static void
add_addresses (LegAddresses *addresses, const IceServers *servers)
{
  for (guint i = 0; servers != NULL && i < servers->list->len; i++) {
    const IceServer *server = g_ptr_array_index (servers->list, i);

    if (server->uri->scheme == ICE_URI_STUN && addresses->stun == NULL)
      addresses->stun = ice_uri_to_string_with_user (server->uri, NULL, NULL);
    else if (server->uri->scheme != ICE_URI_STUN
        && addresses->turn->list->len < MAX_TURN)
      ice_servers_add (addresses->turn, ice_uri_copy (server->uri),
          server->username, server->credential, server->expires);
  }
}

/**
 * leg_servers_get_addresses:
 * @self: the servers
 * @id: a peer
 *
 * Returns: (transfer full): for a connection with it that is made now
 */
LegAddresses *
leg_servers_get_addresses (LegServers *self, const char *id)
{
  LegAddresses *addresses = g_new0 (LegAddresses, 1);

  addresses->turn = ice_servers_new ();
  add_addresses (addresses, self->configured);
  add_addresses (addresses, g_hash_table_lookup (self->of_peers, id));
  add_addresses (addresses, self->common);
  return addresses;
}

static gboolean
has_turn (const IceServers *servers)
{
  for (guint i = 0; servers != NULL && i < servers->list->len; i++) {
    const IceServer *server = g_ptr_array_index (servers->list, i);

    if (server->uri->scheme != ICE_URI_STUN)
      return TRUE;
  }
  return FALSE;
}

/**
 * leg_servers_may_change:
 * @self: the servers
 * @id: a peer
 *
 * Returns: whether the signaller has a say in the TURN servers that the peer gets: it
 *   named some, or there are none
 */
gboolean
leg_servers_may_change (LegServers *self, const char *id)
{
  return has_turn (self->common)
      || has_turn (g_hash_table_lookup (self->of_peers, id))
      || !has_turn (self->configured);
}

static gboolean
are_ending (const IceServers *servers, gint64 now)
{
  for (guint i = 0; servers != NULL && i < servers->list->len; i++) {
    const IceServer *server = g_ptr_array_index (servers->list, i);

    if (server->expires != 0 && server->expires - ENDING < now)
      return TRUE;
  }
  return FALSE;
}

/**
 * leg_servers_are_ending:
 * @self: the servers
 * @id: a peer
 * @now: seconds since 1970
 *
 * Returns: whether a password that the signaller named is over, or nearly; which it
 *   should have renewed, but for a clock that was set, or a machine that slept
 */
gboolean
leg_servers_are_ending (LegServers *self, const char *id, gint64 now)
{
  return are_ending (self->common, now)
      || are_ending (g_hash_table_lookup (self->of_peers, id), now);
}

/**
 * leg_addresses_free:
 * @self: (transfer full): the addresses
 */
void
leg_addresses_free (LegAddresses *self)
{
  g_free (self->stun);
  ice_servers_free (self->turn);
  g_free (self);
}
