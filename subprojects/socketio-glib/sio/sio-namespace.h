/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio-server-socket.h>

G_BEGIN_DECLS

SIO_API const char *sio_namespace_get_name (SioNamespace *self);
SIO_API SioServerSocket *sio_namespace_get_socket (
    SioNamespace *self, const char *id);
SIO_API GPtrArray *sio_namespace_get_members (
    SioNamespace *self, const char *room);
SIO_API gboolean sio_namespace_emit (SioNamespace *self, const char *room,
    SioServerSocket *except, const char *event, JsonNode *args);

G_END_DECLS
