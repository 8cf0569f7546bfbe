/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverdialect.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* In bytes. Who comes into a full room is sent that of 63 others at once, and may
 * have 1 MiB waiting (SioServer:max-unsent). */
#define SERVER_ROOM_MAX_NAME 128
#define SERVER_ROOM_MAX_USERDATA (8 * 1024)

#define SERVER_REFUSAL (server_refusal_quark ())

/**
 * ServerRefusal:
 * @SERVER_REFUSAL_TOKEN: the token is missing or wrong
 * @SERVER_REFUSAL_DIALECT: the room, or the server, speaks another dialect
 * @SERVER_REFUSAL_FULL: the room is full
 * @SERVER_REFUSAL_NAME: the room has no name, or one that is too long
 * @SERVER_REFUSAL_USERDATA: userdata is too long
 * @SERVER_REFUSAL_ELSEWHERE: the member is in another room
 * @SERVER_REFUSAL_RATE: too many messages
 *
 * Why somebody is refused; as a GError, with words for who is refused.
 */
typedef enum {
  SERVER_REFUSAL_TOKEN,
  SERVER_REFUSAL_DIALECT,
  SERVER_REFUSAL_FULL,
  SERVER_REFUSAL_NAME,
  SERVER_REFUSAL_USERDATA,
  SERVER_REFUSAL_ELSEWHERE,
  SERVER_REFUSAL_RATE,
} ServerRefusal;

#define SERVER_REFUSAL_COUNT (SERVER_REFUSAL_RATE + 1)

typedef struct _ServerRoom ServerRoom;
typedef struct _ServerRooms ServerRooms;
typedef struct _ServerMember ServerMember;

/**
 * ServerTell:
 * @member: who is told
 * @event: the event
 * @argument: (transfer none): its argument
 *
 * Sends something to a member. Nothing of the rooms may be changed by it.
 */
typedef void (*ServerTell) (
    ServerMember *member, const char *event, JsonNode *argument);

/**
 * ServerMember:
 * @id: its id, for other members
 * @auth: (nullable): what it sent to authenticate
 * @tell: how it is told something
 * @data: for @tell
 * @silent_room: (nullable): the room in which it hears what is broadcast, while it
 *   has not said what it speaks
 * @name: (nullable): what people call it, since it has been in a room
 * @is_named: whether it gave itself that name
 * @room: (nullable): where it is, which is for serverroom.c to set
 * @userdata: (nullable): what it says of itself there
 *
 * Who is connected. Its first four are given by who makes it, who ends it with
 * server_rooms_remove() and server_member_clear().
 */
struct _ServerMember {
  const char *id;
  JsonNode *auth;
  ServerTell tell;
  gpointer data;
  char *silent_room;
  char *name;
  gboolean is_named;
  ServerRoom *room;
  JsonNode *userdata;
};

GQuark server_refusal_quark (void);
const char *server_refusal_get_label (ServerRefusal self);

void server_member_clear (ServerMember *self);

const char *server_room_get_name (const ServerRoom *self);
ServerDialect server_room_get_dialect (const ServerRoom *self);
guint server_room_get_size (const ServerRoom *self);

ServerRooms *server_rooms_new (void);
void server_rooms_free (ServerRooms *self);
guint server_rooms_count (const ServerRooms *self);
guint server_rooms_count_members (
    const ServerRooms *self, ServerDialect dialect);
void server_rooms_add_silent (
    ServerRooms *self, ServerMember *member, const char *room);
void server_rooms_remove (ServerRooms *self, ServerMember *member);
gboolean server_rooms_enter (ServerRooms *self, ServerMember *member,
    const char *name, ServerDialect dialect, JsonNode *userdata,
    GError **error);
void server_rooms_leave (
    ServerRooms *self, ServerMember *member, gboolean is_connected);
guint server_rooms_relay (ServerRooms *self, ServerMember *member,
    const ServerRelay *relay, JsonNode *argument);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ServerRooms, server_rooms_free)

G_END_DECLS
