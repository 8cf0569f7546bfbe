/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "iceuri.h"

#include <gst/gst.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define ICE_SERVERS_ERROR (ice_servers_error_quark ())

/**
 * IceServersError:
 * @ICE_SERVERS_ERROR_FORM: it is no list of servers at all
 * @ICE_SERVERS_ERROR_ACCESS: user name or password of a TURN server are none
 *
 * The texts hold nothing of what was read, which is secret in part.
 */
typedef enum {
  ICE_SERVERS_ERROR_FORM,
  ICE_SERVERS_ERROR_ACCESS,
} IceServersError;

/**
 * IceServer:
 * @uri: its address
 * @username: (nullable): of a TURN server, always
 * @credential: (nullable): of a TURN server, always; its password
 * @expires: when @credential ends to count, in seconds since 1970; 0: not known
 *
 * One address of what browsers know as RTCIceServer, which may have several.
 */
typedef struct {
  IceUri *uri;
  char *username;
  char *credential;
  gint64 expires;
} IceServer;

/**
 * IceServers:
 * @list: (element-type IceServer): in order, %ICE_SERVERS_MAX at most
 * @dropped: (element-type utf8): for people, what else there was and why it is of
 *   no use; without what may be secret in it
 *
 * What strangers, or the user, said of STUN and TURN servers, checked. Pure.
 */
typedef struct {
  GPtrArray *list;
  GPtrArray *dropped;
} IceServers;

/* More is no help (each costs the time and the sockets of a candidate), but is what
 * a hostile server would send. */
#define ICE_SERVERS_MAX 16
/* Seconds between two questions for new ones, whatever the server says or our clock. */
#define ICE_SERVERS_MIN_REFRESH 60

GQuark ice_servers_error_quark (void);

IceServers *ice_servers_new (void);
IceServers *ice_servers_copy (const IceServers *self);
void ice_servers_free (IceServers *self);
gboolean ice_servers_check_access (
    const char *username, const char *credential, GError **error);
void ice_servers_add (IceServers *self, IceUri *uri, const char *username,
    const char *credential, gint64 expires);
void ice_servers_add_all (IceServers *self, const IceServers *other);

IceServers *ice_servers_from_json (JsonNode *node, gint64 now, GError **error);
IceServers *ice_servers_from_text (
    const char *text, gint64 now, GError **error);
IceServers *ice_servers_from_structure (
    const GstStructure *structure, GError **error);
GstStructure *ice_servers_to_structure (const IceServers *self);

guint ice_servers_get_refresh (const IceServers *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IceServers, ice_servers_free)

G_END_DECLS
