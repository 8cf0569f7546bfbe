/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverdialect.h"
#include "serverice.h"

G_BEGIN_DECLS

/**
 * ServerOptions:
 * @host: the interface to listen on
 * @port: 0: any free one
 * @dialect: %SERVER_DIALECT_NONE: each client chooses
 * @origins: (nullable): of pages that may connect; %NULL: the server's own
 * @allowed_hosts: names of the server's, those of @origins among them
 * @allow_eio3: whether clients of Socket.IO 2 may connect
 * @metrics: whether `/metrics` is answered
 * @web_root: (nullable): the folder of an application's own page
 * @token: (nullable): what clients have to know
 * @ice: STUN and TURN servers to hand out, maybe none
 * @max_clients: how many may be connected; 0: as built in
 * @max_clients_per_address: the same of one address
 * @show_version: only that is wanted
 *
 * What roomcall-server was told on its command line and in its environment.
 */
typedef struct {
  char *host;
  guint port;
  ServerDialect dialect;
  char **origins;
  char **allowed_hosts;
  gboolean allow_eio3;
  gboolean metrics;
  char *web_root;
  char *token;
  ServerIce *ice;
  guint max_clients;
  guint max_clients_per_address;
  gboolean show_version;
} ServerOptions;

ServerOptions *server_options_parse (
    char ***arguments, const char *const *environment, GError **error);
void server_options_free (ServerOptions *self);

gboolean server_options_is_loopback (const char *host);
char *server_options_explain_host (const ServerOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerOptions, server_options_free)

G_END_DECLS
