/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <sio/sio-limits.h>
#include <sio/sio-namespace.h>

G_BEGIN_DECLS

#define SIO_TYPE_SERVER (sio_server_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (SioServer, sio_server, SIO, SERVER, GObject)

SIO_API SioServer *sio_server_new (void);
SIO_API gboolean sio_server_listen (
    SioServer *self, const char *host, guint port, GError **error);
SIO_API gboolean sio_server_attach (
    SioServer *self, SoupServer *soup, GError **error);
SIO_API guint sio_server_get_port (SioServer *self);
SIO_API SioLimits *sio_server_get_limits (SioServer *self);
SIO_API SoupServer *sio_server_get_soup_server (SioServer *self);
SIO_API SioNamespace *sio_server_add_namespace (
    SioServer *self, const char *name);
SIO_API SioNamespace *sio_server_get_namespace (
    SioServer *self, const char *name);
SIO_API void sio_server_remove_namespace (SioServer *self, const char *name);
SIO_API SioServerSocket *sio_server_get_socket (
    SioServer *self, const char *id);
SIO_API gboolean sio_server_emit (SioServer *self, const char *room,
    SioServerSocket *except, const char *event, JsonNode *args);
SIO_API void sio_server_close (SioServer *self);
SIO_API void sio_server_close_async (
    SioServer *self, GAsyncReadyCallback callback, gpointer data);
SIO_API void sio_server_close_finish (SioServer *self, GAsyncResult *result);

G_END_DECLS
