/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SERVER_ICE_ERROR (server_ice_error_quark ())

/**
 * ServerIceError:
 * @SERVER_ICE_ERROR_URL: an address is none, or there are too many
 * @SERVER_ICE_ERROR_CREDENTIAL: a TURN server has no user and password
 *
 * The texts hold nothing that is secret.
 */
typedef enum {
  SERVER_ICE_ERROR_URL,
  SERVER_ICE_ERROR_CREDENTIAL,
} ServerIceError;

/* In seconds. A password outlives the call that begins with it by an hour. */
#define SERVER_ICE_DEFAULT_TTL 3600
#define SERVER_ICE_MAX_TTL (7 * 24 * 3600)

/**
 * ServerIce:
 *
 * The STUN and TURN servers that a server hands out to browsers, and how it makes
 * passwords for them. Pure.
 */
typedef struct _ServerIce ServerIce;

GQuark server_ice_error_quark (void);

ServerIce *server_ice_new (void);
void server_ice_free (ServerIce *self);
gboolean server_ice_add_urls (
    ServerIce *self, const char *scheme, const char *urls, GError **error);
void server_ice_set_password (
    ServerIce *self, const char *username, const char *credential);
void server_ice_set_secret (
    ServerIce *self, const char *secret, const char *name, guint ttl);
gboolean server_ice_check (const ServerIce *self, GError **error);
gboolean server_ice_is_secret (const ServerIce *self);
char *server_ice_print (const ServerIce *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerIce, server_ice_free)

G_END_DECLS
