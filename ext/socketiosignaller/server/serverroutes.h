/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverice.h"
#include "webroot.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * ServerRoutes:
 * @ice: (nullable): STUN and TURN servers to hand out
 * @root: (nullable): an application's own page; %NULL: the built-in one
 * @token: (nullable): what one has to know to be told a password
 * @print_metrics: (nullable): what is at `/metrics`
 * @data: for @print_metrics
 *
 * What the server answers by HTTP beside Socket.IO. It knows nothing of rooms.
 */
typedef struct {
  ServerIce *ice;
  WebRoot *root;
  char *token;
  char *(*print_metrics) (gpointer data);
  gpointer data;
} ServerRoutes;

void server_routes_serve (ServerRoutes *self, SoupServer *soup);
void server_routes_clear (ServerRoutes *self);

G_END_DECLS
