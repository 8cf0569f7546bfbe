/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

#define SIO_TYPE_SOCKET (sio_socket_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (SioSocket, sio_socket, SIO, SOCKET, GObject)

SIO_API void sio_socket_connect (SioSocket *self);
SIO_API void sio_socket_disconnect (SioSocket *self);
SIO_API gboolean sio_socket_emit (
    SioSocket *self, const char *event, JsonNode *args, GError **error);
SIO_API gboolean sio_socket_emit_volatile (
    SioSocket *self, const char *event, JsonNode *args, GError **error);
SIO_API void sio_socket_emit_with_ack_async (SioSocket *self, const char *event,
    JsonNode *args, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data);
SIO_API JsonNode *sio_socket_emit_with_ack_finish (
    SioSocket *self, GAsyncResult *result, GError **error);

SIO_API void sio_socket_deliver_async (SioSocket *self, const char *event,
    JsonNode *args, guint timeout_ms, guint retries, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data);
SIO_API JsonNode *sio_socket_deliver_finish (
    SioSocket *self, GAsyncResult *result, GError **error);

SIO_API const char *sio_socket_get_id (SioSocket *self);
SIO_API gboolean sio_socket_get_connected (SioSocket *self);
SIO_API gboolean sio_socket_get_recovered (SioSocket *self);
SIO_API const char *sio_socket_get_nsp (SioSocket *self);
SIO_API void sio_socket_set_auth (SioSocket *self, JsonNode *auth);
SIO_API void sio_socket_provide_auth (SioSocket *self, JsonNode *auth);

G_END_DECLS
