/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverroom.h"

#include "servername.h"

#include <sio/sio.h>
#include <string.h>

struct _ServerRoom {
  char *name;
  /* Of the first member, and so of all */
  ServerDialect dialect;
  /* ServerMember, in the order in which they came */
  GPtrArray *members;
};

struct _ServerRooms {
  /* name -> ServerRoom; one without members is gone */
  GHashTable *rooms;
  /* ServerMember, who have never been in a room */
  GPtrArray *silent;
  guint n_members[SERVER_DIALECT_COUNT];
};

static const char *const refusal_labels[SERVER_REFUSAL_COUNT] = {
  [SERVER_REFUSAL_TOKEN] = "token",
  [SERVER_REFUSAL_DIALECT] = "dialect",
  [SERVER_REFUSAL_FULL] = "full",
  [SERVER_REFUSAL_NAME] = "room-name",
  [SERVER_REFUSAL_USERDATA] = "userdata",
  [SERVER_REFUSAL_ELSEWHERE] = "elsewhere",
  [SERVER_REFUSAL_RATE] = "rate",
};

GQuark
server_refusal_quark (void)
{
  return g_quark_from_static_string ("server-refusal");
}

/**
 * server_refusal_get_label:
 * @self: why somebody is refused
 *
 * Returns: it in one word, for logs and metrics
 */
const char *
server_refusal_get_label (ServerRefusal self)
{
  return refusal_labels[self];
}

/* --- what there is --- */

/**
 * server_room_get_name:
 * @self: a room
 *
 * Returns: its name, which a stranger gave it
 */
const char *
server_room_get_name (const ServerRoom *self)
{
  return self->name;
}

/**
 * server_room_get_dialect:
 * @self: a room
 *
 * Returns: what is spoken there
 */
ServerDialect
server_room_get_dialect (const ServerRoom *self)
{
  return self->dialect;
}

/**
 * server_room_get_size:
 * @self: a room
 *
 * Returns: how many members it has
 */
guint
server_room_get_size (const ServerRoom *self)
{
  return self->members->len;
}

static void
room_free (gpointer data)
{
  ServerRoom *room = data;

  g_free (room->name);
  g_ptr_array_unref (room->members);
  g_free (room);
}

/**
 * server_rooms_new:
 *
 * The rooms of a server. They know members, and nothing of how those are connected.
 *
 * Returns: (transfer full): no rooms
 */
ServerRooms *
server_rooms_new (void)
{
  ServerRooms *self = g_new0 (ServerRooms, 1);

  self->rooms =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->silent = g_ptr_array_new ();
  return self;
}

/**
 * server_rooms_free:
 * @self: (transfer full): the rooms, which no member uses any more
 */
void
server_rooms_free (ServerRooms *self)
{
  g_hash_table_unref (self->rooms);
  g_ptr_array_unref (self->silent);
  g_free (self);
}

/**
 * server_rooms_count:
 * @self: the rooms
 *
 * Returns: how many there are
 */
guint
server_rooms_count (const ServerRooms *self)
{
  return g_hash_table_size (self->rooms);
}

/**
 * server_rooms_count_members:
 * @self: the rooms
 * @dialect: a dialect
 *
 * Returns: how many members all rooms of @dialect have
 */
guint
server_rooms_count_members (const ServerRooms *self, ServerDialect dialect)
{
  return self->n_members[dialect];
}

/* --- what is told --- */

static void
tell_taking (ServerMember *member, const char *event, JsonNode *argument)
{
  g_autoptr (JsonNode) taken = argument;

  member->tell (member, event, taken);
}

static JsonNode *
new_object (void)
{
  g_autoptr (JsonObject) object = json_object_new ();

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
new_peer (const ServerMember *member)
{
  JsonNode *argument = new_object ();

  json_object_set_string_member (
      json_node_get_object (argument), "peer_id", member->id);
  return argument;
}

static JsonNode *
new_text (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static void
tell_add_peer (ServerMember *to, const ServerMember *about, gboolean offers)
{
  JsonNode *argument = new_peer (about);
  JsonObject *object = json_node_get_object (argument);

  json_object_set_boolean_member (object, "should_create_offer", offers);
  if (about->userdata != NULL)
    json_object_set_member (
        object, "userdata", json_node_copy (about->userdata));
  tell_taking (to, "addPeer", argument);
}

/* {id: name} of those who have one. `mesh` has its userdata for it; of others the
 * reader makes a name from the id. */
static void
tell_names (ServerMember *to, ServerMember *const *members, guint count)
{
  g_autoptr (JsonNode) argument = new_object ();
  JsonObject *object = json_node_get_object (argument);

  for (guint i = 0; i < count; i++) {
    if (members[i] != to && members[i]->is_named)
      json_object_set_string_member (object, members[i]->id, members[i]->name);
  }
  if (json_object_get_size (object) > 0)
    to->tell (to, "names", argument);
}

static void
tell_users (ServerMember *to, const ServerRoom *room)
{
  JsonArray *ids = json_array_new ();
  JsonNode *argument = json_node_init (json_node_alloc (), JSON_NODE_ARRAY);

  for (guint i = 0; i < room->members->len; i++) {
    const ServerMember *member = g_ptr_array_index (room->members, i);

    json_array_add_string_element (ids, member->id);
  }
  json_node_take_array (argument, ids);
  tell_taking (to, "users", argument);
}

/* @member has just become the last in the list. */
static void
tell_arrival (const ServerRoom *room, ServerMember *member)
{
  ServerMember *const *members = (ServerMember *const *) room->members->pdata;
  guint count = room->members->len;

  for (guint i = 0; i < count - 1; i++) {
    if (room->dialect == SERVER_DIALECT_MESH) {
      /* The one who comes calls. */
      tell_add_peer (members[i], member, FALSE);
      tell_add_peer (member, members[i], TRUE);
      continue;
    }
    tell_names (members[i], &member, 1);
    if (room->dialect == SERVER_DIALECT_ROOMS)
      tell_taking (members[i], "user-joined", new_text (member->id));
  }
  if (room->dialect != SERVER_DIALECT_MESH)
    tell_names (member, members, count);
  if (room->dialect == SERVER_DIALECT_ROOMS)
    tell_users (member, room);
}

/* In `message` and `broadcast` it is for the member to say goodbye: a call outlives
 * the connection to the server. */
static void
tell_departure (
    const ServerRoom *room, ServerMember *member, gboolean is_connected)
{
  for (guint i = 0; i < room->members->len; i++) {
    ServerMember *other = g_ptr_array_index (room->members, i);

    if (room->dialect == SERVER_DIALECT_ROOMS)
      tell_taking (other, "user-left", new_text (member->id));
    if (room->dialect != SERVER_DIALECT_MESH)
      continue;
    tell_taking (other, "removePeer", new_peer (member));
    if (is_connected)
      tell_taking (member, "removePeer", new_peer (other));
  }
}

/* --- coming and going --- */

/**
 * server_rooms_add_silent:
 * @self: the rooms
 * @member: who has not said yet what it speaks
 * @room: the room of which it hears what is broadcast
 *
 * In `broadcast` nobody joins: who only waits to be called says nothing until then.
 */
void
server_rooms_add_silent (
    ServerRooms *self, ServerMember *member, const char *room)
{
  member->silent_room = g_strdup (room);
  g_ptr_array_add (self->silent, member);
}

static void
end_silence (ServerRooms *self, ServerMember *member)
{
  g_ptr_array_remove_fast (self->silent, member);
  g_clear_pointer (&member->silent_room, g_free);
}

/**
 * server_rooms_remove:
 * @self: the rooms
 * @member: who is disconnected
 *
 * Takes the member out of all that there is.
 */
void
server_rooms_remove (ServerRooms *self, ServerMember *member)
{
  server_rooms_leave (self, member, FALSE);
  end_silence (self, member);
}

/**
 * server_member_clear:
 * @self: a member that is in no room any more, or whose rooms are not used any more
 *
 * Frees what was noted in it.
 */
void
server_member_clear (ServerMember *self)
{
  self->room = NULL;
  g_clear_pointer (&self->silent_room, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->userdata, json_node_unref);
}

static gboolean
check_name (const char *name, GError **error)
{
  if (name == NULL || name[0] == '\0')
    g_set_error_literal (error, SERVER_REFUSAL, SERVER_REFUSAL_NAME,
        "the name of the room is missing");
  else if (strlen (name) > SERVER_ROOM_MAX_NAME)
    g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_NAME,
        "the name of the room is longer than %d bytes", SERVER_ROOM_MAX_NAME);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_userdata (JsonNode *userdata, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (userdata == NULL)
    return TRUE;
  text = sio_json_print (userdata, &length, NULL);
  if (text != NULL && length <= SERVER_ROOM_MAX_USERDATA)
    return TRUE;
  g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_USERDATA,
      "userdata is longer than %d bytes", SERVER_ROOM_MAX_USERDATA);
  return FALSE;
}

static gboolean
check_room (const ServerRoom *room, ServerDialect dialect, GError **error)
{
  if (room->dialect != dialect) {
    g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_DIALECT,
        "this room speaks the dialect %s, and you speak %s",
        server_dialect_get_name (room->dialect),
        server_dialect_get_name (dialect));
    return FALSE;
  }
  if (room->members->len < server_dialect_get_capacity (dialect))
    return TRUE;
  g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_FULL,
      "the room is full: it has %u members", room->members->len);
  return FALSE;
}

static ServerRoom *
open_room (ServerRooms *self, const char *name, ServerDialect dialect)
{
  ServerRoom *room = g_new0 (ServerRoom, 1);

  room->name = g_strdup (name);
  room->dialect = dialect;
  room->members = g_ptr_array_new ();
  g_hash_table_insert (self->rooms, room->name, room);
  return room;
}

/**
 * server_rooms_enter:
 * @self: the rooms
 * @member: who comes
 * @name: (nullable): the room's name
 * @dialect: what the member speaks
 * @userdata: (nullable): what it says of itself
 * @error: why not, as %SERVER_REFUSAL
 *
 * Puts the member into a room, which is made if there is none of that name, and
 * tells everybody who has to know. Twice is once.
 *
 * Returns: whether it is in that room now
 */
gboolean
server_rooms_enter (ServerRooms *self, ServerMember *member, const char *name,
    ServerDialect dialect, JsonNode *userdata, GError **error)
{
  ServerRoom *room;

  if (!check_userdata (userdata, error) || !check_name (name, error))
    return FALSE;
  if (member->room != NULL) {
    if (g_str_equal (member->room->name, name))
      return TRUE;
    g_set_error_literal (error, SERVER_REFUSAL, SERVER_REFUSAL_ELSEWHERE,
        "you are in another room: leave it first");
    return FALSE;
  }
  room = g_hash_table_lookup (self->rooms, name);
  if (room != NULL && !check_room (room, dialect, error))
    return FALSE;
  if (room == NULL)
    room = open_room (self, name, dialect);
  end_silence (self, member);
  member->userdata = userdata != NULL ? json_node_copy (userdata) : NULL;
  g_free (member->name);
  member->name = server_name_choose (
      userdata, member->auth, member->id, &member->is_named);
  member->room = room;
  g_ptr_array_add (room->members, member);
  self->n_members[dialect]++;
  tell_arrival (room, member);
  return TRUE;
}

/**
 * server_rooms_leave:
 * @self: the rooms
 * @member: who goes, if it is in a room
 * @is_connected: whether it can still be told something
 *
 * Takes the member out of its room, and tells everybody who has to know.
 */
void
server_rooms_leave (
    ServerRooms *self, ServerMember *member, gboolean is_connected)
{
  ServerRoom *room = g_steal_pointer (&member->room);

  if (room == NULL)
    return;
  g_ptr_array_remove (room->members, member);
  self->n_members[room->dialect]--;
  g_clear_pointer (&member->userdata, json_node_unref);
  tell_departure (room, member, is_connected);
  if (room->members->len == 0)
    g_hash_table_remove (self->rooms, room->name);
}

/* --- relays --- */

/* Another member of the same room, or NULL: nobody reaches further. */
static ServerMember *
find_other (const ServerMember *member, const char *id)
{
  GPtrArray *members = member->room->members;

  for (guint i = 0; i < members->len; i++) {
    ServerMember *other = g_ptr_array_index (members, i);

    if (other != member && g_strcmp0 (other->id, id) == 0)
      return other;
  }
  return NULL;
}

static void
add_all_others (const ServerMember *member, GPtrArray *targets)
{
  GPtrArray *members = member->room->members;

  for (guint i = 0; i < members->len; i++) {
    if (g_ptr_array_index (members, i) != member)
      g_ptr_array_add (targets, g_ptr_array_index (members, i));
  }
}

/* While there is a place for one of them. */
static void
add_silent (
    const ServerRooms *self, const ServerMember *member, GPtrArray *targets)
{
  const ServerRoom *room = member->room;

  if (room->dialect != SERVER_DIALECT_BROADCAST
      || room->members->len >= server_dialect_get_capacity (room->dialect))
    return;
  for (guint i = 0; i < self->silent->len; i++) {
    ServerMember *other = g_ptr_array_index (self->silent, i);

    if (g_str_equal (other->silent_room, room->name))
      g_ptr_array_add (targets, other);
  }
}

static GPtrArray *
find_targets (const ServerRooms *self, const ServerMember *member,
    const ServerRelay *relay, JsonNode *argument)
{
  GPtrArray *targets = g_ptr_array_new ();
  const char *target;
  ServerMember *one;

  if (relay->to == NULL) {
    add_all_others (member, targets);
    add_silent (self, member, targets);
    return targets;
  }
  target = server_relay_get_target (relay, argument);
  one = find_other (member, target);
  if (one != NULL)
    g_ptr_array_add (targets, one);
  /* Pages of `rooms` give the room in place of a member: all the others. */
  else if (member->room->dialect == SERVER_DIALECT_ROOMS
      && g_strcmp0 (target, member->room->name) == 0)
    add_all_others (member, targets);
  return targets;
}

/**
 * server_rooms_relay:
 * @self: the rooms
 * @member: who says something, in a room
 * @relay: what becomes of it there
 * @argument: (nullable): what it says
 *
 * Returns: how many were told
 */
guint
server_rooms_relay (ServerRooms *self, ServerMember *member,
    const ServerRelay *relay, JsonNode *argument)
{
  g_autoptr (GPtrArray) targets = find_targets (self, member, relay, argument);
  g_autoptr (JsonNode) told = NULL;

  if (targets->len > 0)
    told = server_relay_build (relay, argument, member->id);
  if (told == NULL)
    return 0;
  for (guint i = 0; i < targets->len; i++) {
    ServerMember *target = g_ptr_array_index (targets, i);

    target->tell (target, relay->relayed, told);
  }
  return targets->len;
}
