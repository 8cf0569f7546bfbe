/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ROOM_SERVER_MAX_NAME 128
#define ROOM_SERVER_MAX_MEMBERS 64
#define ROOM_SERVER_MAX_USERDATA (16 * 1024)

/**
 * RoomServer:
 *
 * A server of call rooms for browsers and pipelines: Socket.IO in the dialects
 * `mesh` and `rooms`, and the web page. It relays and knows nothing of what it
 * relays. All of it is used on one thread, the one whose default context is
 * current in room_server_new().
 */
typedef struct _RoomServer RoomServer;

RoomServer *room_server_new (void);
void room_server_free (RoomServer *self);

void room_server_set_message_limit (
    RoomServer *self, double per_second, double burst);
gboolean room_server_listen (
    RoomServer *self, const char *host, guint port, GError **error);
guint room_server_get_port (RoomServer *self);
char *room_server_get_uri (RoomServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomServer, room_server_free)

G_END_DECLS
