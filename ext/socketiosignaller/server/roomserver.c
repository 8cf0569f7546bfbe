/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomserver.h"

#include "ratelimit.h"
#include "webpage.h"

#include <sio/sio.h>
#include <string.h>

/* One who comes into a full room offers to 63 others and sends each some 20
 * candidates, all in the first second. */
#define MESSAGES_BURST 1500
#define MESSAGES_PER_SECOND 100

/* A tab or a pipeline has one each. A full room behind one proxy is one address,
 * with some to spare for who fetches the page, or is told that it is full. What
 * all of them together can make the server hold is what the limits are for. */
#define MAX_CONNECTIONS 256
#define MAX_CONNECTIONS_PER_ADDRESS (ROOM_SERVER_MAX_MEMBERS + 16)
/* In bytes: room for an SDP, the longest that is relayed, many times over. */
#define MAX_PAYLOAD (128 * 1024)

typedef enum {
  SPEAKS_MESH,
  SPEAKS_ROOMS,
} Speaks;

static const char *const dialect_names[] = {
  [SPEAKS_MESH] = "mesh",
  [SPEAKS_ROOMS] = "rooms",
};

typedef struct {
  char *name;
  /* Of the first member, and so of all */
  Speaks speaks;
  /* Member, in the order in which they came */
  GPtrArray *members;
} Room;

typedef struct {
  RoomServer *server;
  SioServerSocket *socket;
  /* Owned by the server; NULL: in none */
  Room *room;
  JsonNode *userdata;
  RateLimit limit;
  gboolean limit_told;
} Member;

struct _RoomServer {
  SioServer *sio;
  char *host;
  double messages_per_second;
  double messages_burst;
  /* name -> Room; a room without members is gone */
  GHashTable *rooms;
  /* SioServerSocket -> Member */
  GHashTable *members;
};

static void
room_free (gpointer data)
{
  Room *room = data;

  g_free (room->name);
  g_ptr_array_unref (room->members);
  g_free (room);
}

/* --- JSON, out and in --- */

static JsonNode *
new_object (void)
{
  JsonNode *node = json_node_alloc ();

  json_node_init (node, JSON_NODE_OBJECT);
  json_node_take_object (node, json_object_new ());
  return node;
}

static void
set_string (JsonNode *object, const char *name, const char *value)
{
  json_object_set_string_member (json_node_get_object (object), name, value);
}

static void
set_copy (JsonNode *object, const char *name, JsonNode *value)
{
  if (value != NULL)
    json_object_set_member (
        json_node_get_object (object), name, json_node_copy (value));
}

static JsonNode *
new_string (const char *value)
{
  return json_node_init_string (json_node_alloc (), value);
}

static JsonNode *
get_member (JsonNode *node, const char *name)
{
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_object_get_member (json_node_get_object (node), name);
}

static const char *
get_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* Sends one event with one argument, which it takes. */
static void
tell (Member *member, const char *event, JsonNode *argument)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) args = NULL;
  g_autoptr (GError) error = NULL;

  json_array_add_element (array, argument);
  args = json_node_init_array (json_node_alloc (), array);
  if (!sio_server_socket_emit (member->socket, event, args, &error))
    g_debug ("%s to %s: %s", event, sio_server_socket_get_id (member->socket),
        error->message);
}

static void refuse (Member *member, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static void
refuse (Member *member, const char *format, ...)
{
  g_autofree char *reason = NULL;
  JsonNode *argument = new_object ();
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  set_string (argument, "reason", reason);
  tell (member, "refused", argument);
}

/* --- rooms --- */

static const char *
id_of (Member *member)
{
  return sio_server_socket_get_id (member->socket);
}

/* Another member of the same room, or NULL: nobody reaches further. */
static Member *
find_in_room (Member *member, const char *id)
{
  for (guint i = 0; member->room != NULL && i < member->room->members->len;
       i++) {
    Member *other = g_ptr_array_index (member->room->members, i);

    if (other != member && g_strcmp0 (id_of (other), id) == 0)
      return other;
  }
  return NULL;
}

static gboolean
check_name (Member *member, const char *name)
{
  if (name == NULL || name[0] == '\0')
    refuse (member, "the name of the room is missing");
  else if (strlen (name) > ROOM_SERVER_MAX_NAME)
    refuse (member, "the name of the room is longer than %d bytes",
        ROOM_SERVER_MAX_NAME);
  else
    return TRUE;
  return FALSE;
}

/* Returns the room that the member may enter now. */
static Room *
open_room (Member *member, const char *name, Speaks speaks)
{
  Room *room;

  if (!check_name (member, name))
    return NULL;
  if (member->room != NULL) {
    /* Twice is once. */
    if (g_strcmp0 (member->room->name, name) != 0)
      refuse (member, "you are in another room: leave it first");
    return NULL;
  }
  room = g_hash_table_lookup (member->server->rooms, name);
  if (room == NULL) {
    room = g_new0 (Room, 1);
    room->name = g_strdup (name);
    room->speaks = speaks;
    room->members = g_ptr_array_new ();
    g_hash_table_insert (member->server->rooms, room->name, room);
  } else if (room->speaks != speaks) {
    refuse (member, "this room speaks the dialect %s, and you speak %s",
        dialect_names[room->speaks], dialect_names[speaks]);
    return NULL;
  } else if (room->members->len >= ROOM_SERVER_MAX_MEMBERS) {
    refuse (
        member, "the room is full: it has %d members", ROOM_SERVER_MAX_MEMBERS);
    return NULL;
  }
  return room;
}

static void
enter (Member *member, Room *room)
{
  member->room = room;
  g_ptr_array_add (room->members, member);
}

static JsonNode *
new_peer (Member *member)
{
  JsonNode *argument = new_object ();

  set_string (argument, "peer_id", id_of (member));
  return argument;
}

static void
leave (Member *member, gboolean is_connected)
{
  Room *room = g_steal_pointer (&member->room);

  if (room == NULL)
    return;
  g_ptr_array_remove (room->members, member);
  g_clear_pointer (&member->userdata, json_node_unref);
  for (guint i = 0; i < room->members->len; i++) {
    Member *other = g_ptr_array_index (room->members, i);

    if (room->speaks == SPEAKS_ROOMS) {
      tell (other, "user-left", new_string (id_of (member)));
      continue;
    }
    tell (other, "removePeer", new_peer (member));
    if (is_connected)
      tell (member, "removePeer", new_peer (other));
  }
  if (room->members->len == 0)
    g_hash_table_remove (member->server->rooms, room->name);
}

/* --- mesh --- */

static void
tell_add_peer (Member *to, Member *about, gboolean offers)
{
  JsonNode *argument = new_peer (about);

  json_object_set_boolean_member (
      json_node_get_object (argument), "should_create_offer", offers);
  set_copy (argument, "userdata", about->userdata);
  tell (to, "addPeer", argument);
}

static gboolean
check_userdata (Member *member, JsonNode *userdata)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  if (userdata == NULL)
    return TRUE;
  text = sio_json_print (userdata, &length, NULL);
  if (text != NULL && length <= ROOM_SERVER_MAX_USERDATA)
    return TRUE;
  refuse (member, "userdata is longer than %d bytes", ROOM_SERVER_MAX_USERDATA);
  return FALSE;
}

static void
on_join (Member *member, JsonNode *argument)
{
  JsonNode *userdata = get_member (argument, "userdata");
  Room *room;

  if (!check_userdata (member, userdata))
    return;
  room = open_room (
      member, get_text (get_member (argument, "channel")), SPEAKS_MESH);
  if (room == NULL)
    return;
  if (userdata != NULL)
    member->userdata = json_node_copy (userdata);
  for (guint i = 0; i < room->members->len; i++) {
    Member *other = g_ptr_array_index (room->members, i);

    /* The one who comes calls. */
    tell_add_peer (other, member, FALSE);
    tell_add_peer (member, other, TRUE);
  }
  enter (member, room);
}

static void
on_part (Member *member, JsonNode *argument)
{
  if (member->room != NULL && member->room->speaks == SPEAKS_MESH
      && g_strcmp0 (get_text (argument), member->room->name) == 0)
    leave (member, TRUE);
}

/* Hands the part called @name on, with the sender's id in place of the
 * receiver's. */
static void
relay_to_peer (
    Member *member, JsonNode *argument, const char *name, const char *event)
{
  Member *other =
      find_in_room (member, get_text (get_member (argument, "peer_id")));
  JsonNode *relayed;

  if (other == NULL || member->room->speaks != SPEAKS_MESH)
    return;
  relayed = new_peer (member);
  set_copy (relayed, name, get_member (argument, name));
  tell (other, event, relayed);
}

static void
on_relay_description (Member *member, JsonNode *argument)
{
  relay_to_peer (member, argument, "session_description", "sessionDescription");
}

static void
on_relay_candidate (Member *member, JsonNode *argument)
{
  relay_to_peer (member, argument, "ice_candidate", "iceCandidate");
}

/* --- rooms --- */

static void
on_join_room (Member *member, JsonNode *argument)
{
  Room *room = open_room (member, get_text (argument), SPEAKS_ROOMS);
  JsonNode *users;
  JsonArray *ids;

  if (room == NULL)
    return;
  enter (member, room);
  ids = json_array_new ();
  for (guint i = 0; i < room->members->len; i++) {
    Member *other = g_ptr_array_index (room->members, i);

    json_array_add_string_element (ids, id_of (other));
    if (other != member)
      tell (other, "user-joined", new_string (id_of (member)));
  }
  users = json_node_init (json_node_alloc (), JSON_NODE_ARRAY);
  json_node_take_array (users, ids);
  tell (member, "users", users);
}

/* The pages give a member as the target, or the room: then all the others. */
static GPtrArray *
find_targets (Member *member, const char *target)
{
  GPtrArray *targets = g_ptr_array_new ();
  Member *one;

  if (member->room == NULL || member->room->speaks != SPEAKS_ROOMS
      || target == NULL)
    return targets;
  one = find_in_room (member, target);
  if (one != NULL) {
    g_ptr_array_add (targets, one);
  } else if (g_strcmp0 (target, member->room->name) == 0) {
    for (guint i = 0; i < member->room->members->len; i++) {
      if (g_ptr_array_index (member->room->members, i) != member)
        g_ptr_array_add (targets, g_ptr_array_index (member->room->members, i));
    }
  }
  return targets;
}

static void
relay_description (Member *member, JsonNode *argument, const char *event)
{
  const char *target = get_text (get_member (argument, "target"));
  g_autoptr (GPtrArray) targets = find_targets (member, target);

  for (guint i = 0; i < targets->len; i++) {
    JsonNode *relayed = new_object ();

    set_string (relayed, "target", target);
    set_string (relayed, "caller", id_of (member));
    set_copy (relayed, "sdp", get_member (argument, "sdp"));
    tell (g_ptr_array_index (targets, i), event, relayed);
  }
}

static void
on_offer (Member *member, JsonNode *argument)
{
  relay_description (member, argument, "offer");
}

static void
on_answer (Member *member, JsonNode *argument)
{
  relay_description (member, argument, "answer");
}

static void
on_ice_candidate (Member *member, JsonNode *argument)
{
  JsonNode *candidate = get_member (argument, "candidate");
  g_autoptr (GPtrArray) targets =
      find_targets (member, get_text (get_member (argument, "target")));

  if (candidate == NULL)
    return;
  for (guint i = 0; i < targets->len; i++)
    tell (g_ptr_array_index (targets, i), "ice-candidate",
        json_node_copy (candidate));
}

static void
on_end_call (Member *member, JsonNode *argument)
{
  const char *target = get_text (get_member (argument, "to"));
  g_autoptr (GPtrArray) targets = find_targets (member, target);

  for (guint i = 0; i < targets->len; i++) {
    JsonNode *relayed = new_object ();

    set_string (relayed, "from", id_of (member));
    set_string (relayed, "to", target);
    tell (g_ptr_array_index (targets, i), "end-call", relayed);
  }
}

/* --- connections --- */

static const struct {
  const char *event;
  void (*handle) (Member *member, JsonNode *argument);
} handlers[] = {
  { "join", on_join },
  { "part", on_part },
  { "relaySessionDescription", on_relay_description },
  { "relayICECandidate", on_relay_candidate },
  { "join-room", on_join_room },
  { "offer", on_offer },
  { "answer", on_answer },
  { "ice-candidate", on_ice_candidate },
  { "end-call", on_end_call },
};

static void
on_event (SioServerSocket *socket, const char *event, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Member *member = data;
  JsonArray *array = json_node_get_array (args);

  if (!rate_limit_take (&member->limit, g_get_monotonic_time ())) {
    if (!member->limit_told)
      g_message (
          "%s sends too many messages: some are dropped", id_of (member));
    member->limit_told = TRUE;
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_strcmp0 (event, handlers[i].event) == 0) {
      handlers[i].handle (member,
          json_array_get_length (array) > 0 ? json_array_get_element (array, 0)
                                            : NULL);
      return;
    }
  }
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  Member *member = data;

  leave (member, FALSE);
  g_hash_table_remove (member->server->members, socket);
}

static void
member_free (gpointer data)
{
  Member *member = data;

  g_signal_handlers_disconnect_by_data (member->socket, member);
  g_clear_pointer (&member->userdata, json_node_unref);
  g_object_unref (member->socket);
  g_free (member);
}

static void
on_connection (SioServer *sio, SioServerSocket *socket, gpointer data)
{
  RoomServer *self = data;
  Member *member = g_new0 (Member, 1);

  member->server = self;
  member->socket = g_object_ref (socket);
  rate_limit_init (&member->limit, self->messages_per_second,
      self->messages_burst, g_get_monotonic_time ());
  g_hash_table_insert (self->members, socket, member);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), member);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), member);
}

/**
 * room_server_new:
 *
 * Returns: (transfer full): a server that does not listen yet
 */
RoomServer *
room_server_new (void)
{
  RoomServer *self = g_new0 (RoomServer, 1);

  self->sio = sio_server_new ();
  g_object_set (self->sio, "max-connections", MAX_CONNECTIONS,
      "max-connections-per-address", MAX_CONNECTIONS_PER_ADDRESS,
      "max-sessions", MAX_CONNECTIONS, "max-sessions-per-address",
      MAX_CONNECTIONS_PER_ADDRESS, "max-payload", MAX_PAYLOAD, NULL);
  self->messages_per_second = MESSAGES_PER_SECOND;
  self->messages_burst = MESSAGES_BURST;
  self->rooms =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  self->members = g_hash_table_new_full (NULL, NULL, NULL, member_free);
  g_signal_connect (self->sio, "connection", G_CALLBACK (on_connection), self);
  web_page_serve (sio_server_get_soup_server (self->sio));
  return self;
}

/**
 * room_server_free:
 * @self: (transfer full): the server
 *
 * Ends all connections and frees the server.
 */
void
room_server_free (RoomServer *self)
{
  g_signal_handlers_disconnect_by_data (self->sio, self);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->rooms);
  sio_server_close (self->sio);
  g_object_unref (self->sio);
  g_free (self->host);
  g_free (self);
}

/**
 * room_server_set_message_limit:
 * @self: the server
 * @per_second: how many messages a member may send in the long run
 * @burst: how many at once, at least 1
 *
 * What is more is dropped. Holds for those who connect from now on.
 */
void
room_server_set_message_limit (
    RoomServer *self, double per_second, double burst)
{
  self->messages_per_second = per_second;
  self->messages_burst = burst;
}

/**
 * room_server_listen:
 * @self: the server
 * @host: the address or name of an interface of this machine
 * @port: 0: any free one
 * @error: why not
 *
 * Returns: whether it listens now
 */
gboolean
room_server_listen (
    RoomServer *self, const char *host, guint port, GError **error)
{
  if (!sio_server_listen (self->sio, host, port, error))
    return FALSE;
  g_free (self->host);
  self->host = g_strdup (host);
  return TRUE;
}

/**
 * room_server_get_port:
 * @self: the server
 *
 * Returns: the port on which it listens; 0: it does not
 */
guint
room_server_get_port (RoomServer *self)
{
  return sio_server_get_port (self->sio);
}

/**
 * room_server_get_uri:
 * @self: the server, which listens
 *
 * Returns: (transfer full): an address at which this machine reaches it
 */
char *
room_server_get_uri (RoomServer *self)
{
  gboolean is_any = g_strcmp0 (self->host, "0.0.0.0") == 0
      || g_strcmp0 (self->host, "::") == 0;
  gboolean is_ipv6 = !is_any && strchr (self->host, ':') != NULL;

  return g_strdup_printf ("http://%s%s%s:%u", is_ipv6 ? "[" : "",
      is_any ? "127.0.0.1" : self->host, is_ipv6 ? "]" : "",
      room_server_get_port (self));
}
