/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverlog.h"
#include "servermetrics.h"

#include <sio/sio.h>

G_BEGIN_DECLS

/* Where clients of `message` and `broadcast` are who do not say it. */
#define SERVER_CLIENT_LOBBY "lobby"

/**
 * ServerShared:
 * @rooms: the rooms
 * @metrics: the numbers
 * @log: the log
 * @dialect: the one that is spoken; %SERVER_DIALECT_NONE: each client chooses
 * @messages_per_second: how many messages of a client are heard in the long run
 * @messages_burst: how many at once
 *
 * What all clients of a server share.
 */
typedef struct {
  ServerRooms *rooms;
  ServerMetrics metrics;
  ServerLog log;
  ServerDialect dialect;
  double messages_per_second;
  double messages_burst;
} ServerShared;

/**
 * ServerClient:
 *
 * Who is connected: what it speaks, where it is, and what becomes of what it says.
 */
typedef struct _ServerClient ServerClient;

gboolean server_client_check (
    const ServerShared *shared, SioServerSocket *socket, GError **error);
void server_client_note_stranger (
    ServerShared *shared, SioServerSocket *socket, const GError *refusal);

ServerClient *server_client_new (ServerShared *shared, SioServerSocket *socket);
void server_client_free (ServerClient *self);
void server_client_begin (ServerClient *self);
void server_client_hear (ServerClient *self, const char *event, JsonNode *args);
void server_client_gone (ServerClient *self);

G_END_DECLS
