/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>
#include <sio/sio-limits.h>
#include <sio/sio-socket.h>

G_BEGIN_DECLS

#define SIO_TYPE_MANAGER (sio_manager_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (SioManager, sio_manager, SIO, MANAGER, GObject)

SIO_API SioManager *sio_manager_new (const char *uri);
SIO_API SioSocket *sio_manager_get_socket (SioManager *self, const char *nsp);
SIO_API SioLimits *sio_manager_get_limits (SioManager *self);
SIO_API void sio_manager_close (SioManager *self);
SIO_API void sio_manager_close_async (
    SioManager *self, GAsyncReadyCallback callback, gpointer data);
SIO_API void sio_manager_close_finish (SioManager *self, GAsyncResult *result);

G_END_DECLS
