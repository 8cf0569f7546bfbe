/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-manager.h"
#include "sio-message.h"
#include "sio-socket.h"

G_BEGIN_DECLS

/* What a manager and its sockets say to each other. */

/* How it is with the main namespace of a server of Socket.IO 2, which takes each
 * connection into it unasked. */
typedef enum {
  SIO_ROOT_ON_REQUEST, /* it is no such server, or we left */
  SIO_ROOT_AWAITED,
  SIO_ROOT_JOINED
} SioRoot;

GMainContext *sio_manager_get_context (SioManager *self);
guint sio_manager_get_timeout (SioManager *self);
guint sio_manager_get_ack_timeout (SioManager *self);
gsize sio_manager_get_max_packet (SioManager *self);
gboolean sio_manager_is_writable (SioManager *self);
gboolean sio_manager_send (SioManager *self, const SioMessage *message);
SioRoot sio_manager_get_root (SioManager *self);
const char *sio_manager_get_old_session (SioManager *self);
void sio_manager_socket_left (SioManager *self, SioSocket *socket);
guint sio_manager_get_epoch (SioManager *self);
gboolean sio_manager_socket_began (SioManager *self);
void sio_manager_socket_ended (SioManager *self);
gboolean sio_manager_fail (SioManager *self, const GError *error);

SioSocket *sio_socket_new (SioManager *manager, const char *nsp);
void sio_socket_detach (SioSocket *self);
gboolean sio_socket_is_active (SioSocket *self);
guint sio_socket_get_epoch (SioSocket *self);
void sio_socket_engine_opened (SioSocket *self);
void sio_socket_engine_closed (SioSocket *self, const char *reason,
    const GError *error, gboolean will_retry);
void sio_socket_connect_failed (
    SioSocket *self, const GError *error, gboolean will_retry);
void sio_socket_handle_packet (SioSocket *self, SioPacket *packet);

G_END_DECLS
