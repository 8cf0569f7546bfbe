/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

/* Here, since a namespace and its sockets know each other; its functions are in
 * sio-namespace.h. */
#define SIO_TYPE_NAMESPACE (sio_namespace_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (SioNamespace, sio_namespace, SIO, NAMESPACE, GObject)

#define SIO_TYPE_SERVER_SOCKET (sio_server_socket_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (
    SioServerSocket, sio_server_socket, SIO, SERVER_SOCKET, GObject)

SIO_API const char *sio_server_socket_get_id (SioServerSocket *self);
SIO_API gboolean sio_server_socket_get_connected (SioServerSocket *self);
SIO_API SioNamespace *sio_server_socket_get_namespace (SioServerSocket *self);
SIO_API const char *sio_server_socket_get_transport (SioServerSocket *self);
SIO_API const char *sio_server_socket_get_address (SioServerSocket *self);
SIO_API JsonNode *sio_server_socket_get_auth (SioServerSocket *self);
SIO_API const char *sio_server_socket_get_handshake_query (
    SioServerSocket *self, const char *name);
SIO_API SioServerSocket *sio_server_socket_get_former (SioServerSocket *self);

SIO_API void sio_server_socket_hold (SioServerSocket *self);
SIO_API void sio_server_socket_admit (SioServerSocket *self);
SIO_API void sio_server_socket_refuse (
    SioServerSocket *self, const char *message, JsonNode *data);

SIO_API void sio_server_socket_join (SioServerSocket *self, const char *room);
SIO_API void sio_server_socket_leave (SioServerSocket *self, const char *room);
SIO_API char **sio_server_socket_get_rooms (SioServerSocket *self);

SIO_API gboolean sio_server_socket_emit (
    SioServerSocket *self, const char *event, JsonNode *args, GError **error);
SIO_API void sio_server_socket_emit_with_ack_async (SioServerSocket *self,
    const char *event, JsonNode *args, guint timeout_ms,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
SIO_API JsonNode *sio_server_socket_emit_with_ack_finish (
    SioServerSocket *self, GAsyncResult *result, GError **error);
SIO_API void sio_server_socket_disconnect (SioServerSocket *self);

G_END_DECLS
