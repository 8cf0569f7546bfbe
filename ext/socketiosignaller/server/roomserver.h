/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverice.h"
#include "serverlog.h"
#include "webroot.h"

#include <sio/sio.h>

G_BEGIN_DECLS

/**
 * RoomServer:
 *
 * A server of call rooms for browsers and pipelines: Socket.IO in the built-in
 * dialects, the web page, STUN and TURN servers. It relays and knows nothing of what
 * it relays. All of it is used on one thread, the one whose default context is
 * current in room_server_new().
 */
typedef struct _RoomServer RoomServer;

RoomServer *room_server_new (void);
void room_server_free (RoomServer *self);

void room_server_set_message_limit (
    RoomServer *self, double per_second, double burst);
void room_server_set_dialect (RoomServer *self, ServerDialect dialect);
void room_server_set_token (RoomServer *self, const char *token);
void room_server_set_log (RoomServer *self, RoomServerLog log, gpointer data);
void room_server_take_ice (RoomServer *self, ServerIce *ice);
void room_server_take_web_root (RoomServer *self, WebRoot *root);
void room_server_enable_metrics (RoomServer *self);
SioServer *room_server_get_sio (RoomServer *self);

gboolean room_server_listen (
    RoomServer *self, const char *host, guint port, GError **error);
guint room_server_get_port (RoomServer *self);
char *room_server_get_uri (RoomServer *self);
guint room_server_close (RoomServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomServer, room_server_free)

G_END_DECLS
