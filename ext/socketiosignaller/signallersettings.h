/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SIGNALLER_DEFAULT_PATH "/socket.io/"
#define SIGNALLER_DEFAULT_NAMESPACE "/"
#define SIGNALLER_NO_ICE_SERVERS "none"
/* Milliseconds; those of socket.io-client 4. */
#define SIGNALLER_DEFAULT_TIMEOUT 20000
#define SIGNALLER_DEFAULT_RECONNECTION_DELAY 1000
#define SIGNALLER_DEFAULT_RECONNECTION_DELAY_MAX 5000
#define SIGNALLER_DEFAULT_RANDOMIZATION_FACTOR 0.5

/**
 * SignallerSettings:
 * @uri: the server: http, https, ws or wss
 * @path: the Socket.IO path on it
 * @nsp: the namespace
 * @query: (nullable): query parameters of the handshake, an object of strings
 * @headers: (nullable) (element-type utf8 utf8): header fields of the handshake
 * @auth: (nullable): what the namespace wants to let us in
 * @cafile: (nullable): the authorities to trust, PEM; %NULL: the system's
 * @insecure_tls: trust any certificate
 * @ice_servers_url: (nullable): where ICE servers are fetched from, a path on the
 *   server or a web address; "none": nowhere; %NULL: where the dialect says
 * @transports: (nullable): what to connect with, in order; %NULL: as is best
 * @timeout: for one attempt to connect, and for the answer to a join, in
 *   milliseconds
 * @reconnection_delay: before the first new attempt, in milliseconds
 * @reconnection_delay_max: the longest between two attempts, in milliseconds
 * @randomization_factor: share of the delay that is random, 0 to 1
 * @room: the room
 * @name: (nullable): our name for people
 * @client_id: (nullable): our id that outlives the connection
 * @userdata: (nullable): the application's own data about us
 * @variables: (nullable): of the dialect's own variables, an object
 *
 * What a session needs to know, all of it before it starts. Errors say which
 * property is wrong, and never its value if that may be secret.
 */
typedef struct {
  char *uri;
  char *path;
  char *nsp;
  JsonNode *query;
  GHashTable *headers;
  JsonNode *auth;
  char *cafile;
  gboolean insecure_tls;
  char *ice_servers_url;
  GStrv transports;
  guint timeout;
  guint reconnection_delay;
  guint reconnection_delay_max;
  double randomization_factor;
  char *room;
  char *name;
  char *client_id;
  JsonNode *userdata;
  JsonNode *variables;
} SignallerSettings;

SignallerSettings *signaller_settings_new (void);
void signaller_settings_free (SignallerSettings *self);

gboolean signaller_settings_set_uri (
    SignallerSettings *self, const char *uri, GError **error);
gboolean signaller_settings_set_path (
    SignallerSettings *self, const char *path, GError **error);
gboolean signaller_settings_set_auth (
    SignallerSettings *self, const char *auth, GError **error);
gboolean signaller_settings_set_query (
    SignallerSettings *self, const char *query, GError **error);
gboolean signaller_settings_is_server_path (const char *path);
gboolean signaller_settings_set_ice_servers_url (
    SignallerSettings *self, const char *url, GError **error);
gboolean signaller_settings_set_transports (
    SignallerSettings *self, const char *transports, GError **error);
gboolean signaller_settings_set_userdata (
    SignallerSettings *self, const char *userdata, GError **error);
gboolean signaller_settings_set_variables (
    SignallerSettings *self, const char *variables, GError **error);
char *signaller_settings_hide_secrets (
    const SignallerSettings *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignallerSettings, signaller_settings_free)

G_END_DECLS
