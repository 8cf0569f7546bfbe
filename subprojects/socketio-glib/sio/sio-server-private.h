/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-engine.h"
#include "sio-message.h"
#include "sio-rooms.h"
#include "sio-server.h"

G_BEGIN_DECLS

/* What a server and its sockets say to each other. */

SioRooms *sio_server_get_rooms (SioServer *self);
char *sio_server_authenticate (SioServer *self, SioServerSocket *socket);
void sio_server_socket_began (SioServer *self, SioServerSocket *socket);
void sio_server_socket_gone (SioServer *self, SioServerSocket *socket);

SioServerSocket *sio_server_socket_new (SioServer *server, const char *id,
    SioTransport *transport, const SioEngineHandshake *handshake,
    GHashTable *query, guint connect_timeout);
gboolean sio_server_socket_send (
    SioServerSocket *self, const SioMessage *message);
void sio_server_socket_end (SioServerSocket *self, const char *reason);

G_END_DECLS
