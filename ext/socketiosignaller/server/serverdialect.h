/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ServerDialect:
 * @SERVER_DIALECT_NONE: not known yet
 * @SERVER_DIALECT_MESH: `mesh`
 * @SERVER_DIALECT_ROOMS: `rooms`
 * @SERVER_DIALECT_MESSAGE: `message`
 * @SERVER_DIALECT_BROADCAST: `broadcast`
 *
 * What a room of the server speaks: docs/dialects.md.
 */
typedef enum {
  SERVER_DIALECT_NONE,
  SERVER_DIALECT_MESH,
  SERVER_DIALECT_ROOMS,
  SERVER_DIALECT_MESSAGE,
  SERVER_DIALECT_BROADCAST,
} ServerDialect;

#define SERVER_DIALECT_COUNT (SERVER_DIALECT_BROADCAST + 1)

/**
 * ServerRelay:
 * @event: as it is heard
 * @relayed: as it is told
 * @to: (nullable): the member of the argument that names who is to be told; %NULL:
 *   everybody else
 * @from: (nullable): the member that names the sender, which is the server's
 *   matter; %NULL: nobody is named
 * @parts: members of the argument that are handed on; none: the argument is, as it
 *   is but for @from
 * @bare: @parts[0] alone is the argument that is told
 *
 * What becomes of a message from one member to others.
 */
typedef struct {
  const char *event;
  const char *relayed;
  const char *to;
  const char *from;
  const char *parts[2];
  gboolean bare;
} ServerRelay;

ServerDialect server_dialect_from_name (const char *name);
const char *server_dialect_get_name (ServerDialect self);
ServerDialect server_dialect_guess (const char *event, JsonNode *argument);
gboolean server_dialect_joins_by_word (ServerDialect self);
guint server_dialect_get_capacity (ServerDialect self);

const ServerRelay *server_dialect_find_relay (
    ServerDialect self, const char *event);
const char *server_relay_get_target (
    const ServerRelay *self, JsonNode *argument);
JsonNode *server_relay_build (
    const ServerRelay *self, JsonNode *argument, const char *sender);

JsonNode *server_json_get (JsonNode *node, const char *name);
const char *server_json_get_text (JsonNode *node);

G_END_DECLS
