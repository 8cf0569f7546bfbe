/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-engine-server.h"
#include "sio-message.h"
#include "sio-rooms.h"
#include "sio-server.h"

G_BEGIN_DECLS

/* What a server, its namespaces, its sessions and their sockets say to each
 * other. */

typedef struct _SioServerSession SioServerSession;

const SioServerSettings *sio_server_peek_settings (SioServer *self);
SioNamespace *sio_server_find_namespace (SioServer *self, const char *name);
void sio_server_session_gone (SioServer *self, SioServerSession *session);

SioNamespace *sio_namespace_new (const char *name, SioLimits *limits);
void sio_namespace_close (SioNamespace *self);
gboolean sio_namespace_is_closed (SioNamespace *self);
SioRooms *sio_namespace_get_rooms (SioNamespace *self);
char *sio_namespace_authenticate (SioNamespace *self, SioServerSocket *socket);
SioServerSocket *sio_namespace_find_secret (
    SioNamespace *self, const char *secret);
void sio_namespace_socket_began (SioNamespace *self, SioServerSocket *socket);
void sio_namespace_socket_gone (SioNamespace *self, SioServerSocket *socket);
gboolean sio_namespace_accumulate_refusal (GSignalInvocationHint *hint,
    GValue *result, const GValue *value, gpointer data);

SioServerSession *sio_server_session_new (
    SioServer *server, const SioEngineArrival *arrival);
void sio_server_session_unref (SioServerSession *self);
void sio_server_session_begin (SioServerSession *self);
void sio_server_session_end (SioServerSession *self, const char *reason);
SioEngine *sio_server_session_get_engine (SioServerSession *self);
const char *sio_server_session_get_id (SioServerSession *self);
const char *sio_server_session_get_address (SioServerSession *self);
GHashTable *sio_server_session_get_query (SioServerSession *self);
const SioServerSettings *sio_server_session_peek_settings (
    SioServerSession *self);
gboolean sio_server_session_is_old (SioServerSession *self);
gboolean sio_server_session_send (
    SioServerSession *self, const SioMessage *message);
void sio_server_session_refuse (
    SioServerSession *self, const char *nsp, const char *text, JsonNode *data);
void sio_server_session_joined (SioServerSession *self);
void sio_server_session_left (
    SioServerSession *self, SioServerSocket *socket, gboolean was_connected);

SioServerSocket *sio_server_socket_new (SioServerSession *session,
    SioNamespace *nsp, const char *id, JsonNode *auth, SioLimits *limits);
const char *sio_server_socket_peek_secret (SioServerSocket *self);
void sio_server_socket_begin (SioServerSocket *self);
gboolean sio_server_socket_handle_packet (
    SioServerSocket *self, SioPacket *packet);
gboolean sio_server_socket_send (
    SioServerSocket *self, const SioMessage *message);
void sio_server_socket_end (SioServerSocket *self, const char *reason);

G_END_DECLS
