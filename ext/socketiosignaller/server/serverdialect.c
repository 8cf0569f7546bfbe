/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverdialect.h"

/* In a mesh, everybody sends to everybody: more is too much for any uplink. */
#define MESH_CAPACITY 64
/* Their messages go to everybody else and are for one. */
#define PAIR_CAPACITY 2

static const struct {
  const char *name;
  guint capacity;
  /* A message says which room; else it is said with the connection. */
  gboolean joins_by_word;
} dialects[SERVER_DIALECT_COUNT] = {
  [SERVER_DIALECT_MESH] = { "mesh", MESH_CAPACITY, TRUE },
  [SERVER_DIALECT_ROOMS] = { "rooms", MESH_CAPACITY, TRUE },
  [SERVER_DIALECT_MESSAGE] = { "message", PAIR_CAPACITY, FALSE },
  [SERVER_DIALECT_BROADCAST] = { "broadcast", PAIR_CAPACITY, FALSE },
};

static const ServerRelay mesh[] = {
  { "relaySessionDescription", "sessionDescription", "peer_id", "peer_id",
      { "session_description" } },
  { "relayICECandidate", "iceCandidate", "peer_id", "peer_id",
      { "ice_candidate" } },
  { NULL },
};

static const ServerRelay rooms[] = {
  { "offer", "offer", "target", "caller", { "target", "sdp" } },
  { "answer", "answer", "target", "caller", { "target", "sdp" } },
  { "ice-candidate", "ice-candidate", "target", NULL, { "candidate" }, TRUE },
  { "end-call", "end-call", "to", "from", { "to" } },
  { NULL },
};

static const ServerRelay message[] = {
  { "message", "message", NULL, "clientId" },
  { NULL },
};

static const ServerRelay broadcast[] = {
  { "offer", "offer" },
  { "answer", "answer" },
  { "candidate", "candidate" },
  { NULL },
};

static const ServerRelay none[] = { { NULL } };

static const ServerRelay *const relays[SERVER_DIALECT_COUNT] = {
  [SERVER_DIALECT_NONE] = none,
  [SERVER_DIALECT_MESH] = mesh,
  [SERVER_DIALECT_ROOMS] = rooms,
  [SERVER_DIALECT_MESSAGE] = message,
  [SERVER_DIALECT_BROADCAST] = broadcast,
};

/**
 * server_json_get:
 * @node: (nullable): anything
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the member of that name, where @node is an
 *   object that has it
 */
JsonNode *
server_json_get (JsonNode *node, const char *name)
{
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  return json_object_get_member (json_node_get_object (node), name);
}

/**
 * server_json_get_text:
 * @node: (nullable): anything
 *
 * Returns: (transfer none) (nullable): the text, where @node is one
 */
const char *
server_json_get_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/**
 * server_dialect_from_name:
 * @name: a name, which anybody may have sent
 *
 * Returns: the dialect, or %SERVER_DIALECT_NONE
 */
ServerDialect
server_dialect_from_name (const char *name)
{
  for (guint i = SERVER_DIALECT_MESH; i < SERVER_DIALECT_COUNT; i++) {
    if (g_strcmp0 (name, dialects[i].name) == 0)
      return i;
  }
  return SERVER_DIALECT_NONE;
}

/**
 * server_dialect_get_name:
 * @self: a dialect
 *
 * Returns: its name; %NULL of %SERVER_DIALECT_NONE
 */
const char *
server_dialect_get_name (ServerDialect self)
{
  return dialects[self].name;
}

/**
 * server_dialect_joins_by_word:
 * @self: a dialect
 *
 * Returns: whether a message says which room to enter
 */
gboolean
server_dialect_joins_by_word (ServerDialect self)
{
  return dialects[self].joins_by_word;
}

/**
 * server_dialect_get_capacity:
 * @self: a dialect
 *
 * Returns: how many members a room of it can have
 */
guint
server_dialect_get_capacity (ServerDialect self)
{
  return dialects[self].capacity;
}

/* {type, sdp} and not {target, caller, sdp: {type, sdp}}, which `rooms` has under
 * the same events. */
static gboolean
is_bare_description (JsonNode *argument)
{
  return server_json_get_text (server_json_get (argument, "type")) != NULL;
}

/**
 * server_dialect_guess:
 * @event: the event that somebody sends of whom nothing is known
 * @argument: (nullable): its first argument
 *
 * An answer decides as an offer does: who was silent until then has heard one. So
 * does a candidate, which may overtake the offer, and is called otherwise elsewhere.
 *
 * Returns: which dialect this is; %SERVER_DIALECT_NONE: it does not say
 */
ServerDialect
server_dialect_guess (const char *event, JsonNode *argument)
{
  if (g_str_equal (event, "join"))
    return SERVER_DIALECT_MESH;
  if (g_str_equal (event, "join-room"))
    return SERVER_DIALECT_ROOMS;
  if (g_str_equal (event, "message"))
    return SERVER_DIALECT_MESSAGE;
  if (g_str_equal (event, "candidate")
      || ((g_str_equal (event, "offer") || g_str_equal (event, "answer"))
          && is_bare_description (argument)))
    return SERVER_DIALECT_BROADCAST;
  return SERVER_DIALECT_NONE;
}

/**
 * server_dialect_find_relay:
 * @self: a dialect
 * @event: an event
 *
 * Returns: (nullable): what becomes of it, if it is one for other members
 */
const ServerRelay *
server_dialect_find_relay (ServerDialect self, const char *event)
{
  for (const ServerRelay *relay = relays[self]; relay->event != NULL; relay++) {
    if (g_str_equal (event, relay->event))
      return relay;
  }
  return NULL;
}

/**
 * server_relay_get_target:
 * @self: a relay that has a `to`
 * @argument: (nullable): what was heard
 *
 * Returns: (transfer none) (nullable): whom it is for
 */
const char *
server_relay_get_target (const ServerRelay *self, JsonNode *argument)
{
  return server_json_get_text (server_json_get (argument, self->to));
}

static void
copy_part (JsonObject *into, const char *name, JsonNode *from)
{
  JsonNode *part = server_json_get (from, name);

  if (part != NULL)
    json_object_set_member (into, name, json_node_copy (part));
}

static JsonNode *
copy_whole (JsonNode *argument, const char *from, const char *sender)
{
  g_autoptr (JsonObject) object = NULL;
  JsonObject *source;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  /* What is no object has no place for a sender. */
  if (from == NULL || !JSON_NODE_HOLDS_OBJECT (argument))
    return json_node_copy (argument);
  /* Not json_node_copy(), whose object is the same one. */
  object = json_object_new ();
  source = json_node_get_object (argument);
  json_object_iter_init_ordered (&iter, source);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    json_object_set_member (object, name, json_node_copy (value));
  json_object_set_string_member (object, from, sender);
  return json_node_init_object (json_node_alloc (), object);
}

/**
 * server_relay_build:
 * @self: a relay
 * @argument: (nullable): what was heard
 * @sender: the id of who said it, whatever it says itself
 *
 * Returns: (transfer full) (nullable): what to tell; %NULL: there is nothing in it
 */
JsonNode *
server_relay_build (
    const ServerRelay *self, JsonNode *argument, const char *sender)
{
  g_autoptr (JsonObject) object = NULL;

  if (self->bare) {
    JsonNode *part = server_json_get (argument, self->parts[0]);

    return part != NULL ? json_node_copy (part) : NULL;
  }
  if (self->parts[0] == NULL)
    return argument != NULL ? copy_whole (argument, self->from, sender) : NULL;
  object = json_object_new ();
  json_object_set_string_member (object, self->from, sender);
  for (guint i = 0; i < G_N_ELEMENTS (self->parts); i++) {
    if (self->parts[i] != NULL)
      copy_part (object, self->parts[i], argument);
  }
  return json_node_init_object (json_node_alloc (), object);
}
