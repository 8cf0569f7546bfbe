/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialect.h"

#include "common/testlog.h"
#include "roomcontract.h"

#include <sio/sio.h>
#include <string.h>

static Dialect *
builtin (const char *name)
{
  g_autoptr (GError) error = NULL;
  Dialect *dialect = dialect_new_builtin (name, &error);

  g_assert_no_error (error);
  return dialect;
}

static JsonNode *
parse_json (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = sio_json_parse (text, -1, &error);

  g_assert_no_error (error);
  return node;
}

static TemplateVars *
memory_of (const char *self_id)
{
  TemplateVars *memory = template_vars_new ();

  template_vars_set_string (memory, "self", self_id);
  template_vars_set_string (memory, "room", "r1");
  return memory;
}

static RoomEvent *
hear (Dialect *dialect, const char *event, const char *args)
{
  g_autoptr (JsonNode) node = parse_json (args);
  g_autoptr (GError) error = NULL;
  g_autoptr (TemplateVars) memory = memory_of ("me");
  RoomEvent *found = dialect_parse (dialect, event, node, memory, &error);

  g_assert_no_error (error);
  return found;
}

static char *
say (Dialect *dialect, DialectIntent intent, TemplateVars *vars)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages =
      dialect_build (dialect, intent, vars, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++) {
    DialectMessage *message = g_ptr_array_index (messages, i);
    g_autofree char *args = sio_json_print (message->args, NULL, NULL);

    g_string_append_printf (text, "%s%s", message->event, args);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- recorded traffic --- */

typedef struct {
  const char *dialect;
  guint n_in;
  guint n_out;
} Recording;

static DialectIntent
intent_of (const char *event, JsonNode *arg)
{
  g_autofree char *text = sio_json_print (arg, NULL, NULL);

  if (g_str_has_prefix (event, "join"))
    return DIALECT_JOIN;
  if (g_strcmp0 (event, "part") == 0)
    return DIALECT_LEAVE;
  if (g_strcmp0 (event, "end-call") == 0)
    return DIALECT_END_CALL;
  if (g_ascii_strcasecmp (event, "relayICECandidate") == 0
      || g_strcmp0 (event, "ice-candidate") == 0)
    return DIALECT_CANDIDATE;
  return strstr (text, "\"type\":\"offer\"") != NULL ? DIALECT_OFFER
                                                     : DIALECT_ANSWER;
}

/* Finds the string member @name anywhere in @node. */
static const char *
find (JsonNode *node, const char *name)
{
  JsonObjectIter iter;
  JsonNode *member;
  const char *key;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &member)) {
    const char *inside = NULL;

    if (g_strcmp0 (key, name) == 0 && JSON_NODE_HOLDS_VALUE (member)
        && json_node_get_value_type (member) == G_TYPE_STRING)
      return json_node_get_string (member);
    inside = find (member, name);
    if (inside != NULL)
      return inside;
  }
  return NULL;
}

/* What roomcallbin would have had in hand to send this message. */
static TemplateVars *
vars_of (JsonNode *arg)
{
  static const struct {
    const char *member;
    const char *variable;
  } names[] = {
    { "peer_id", "peer" },
    { "target", "peer" },
    { "to", "peer" },
    { "caller", "self" },
    { "from", "self" },
    { "type", "type" },
    { "sdp", "sdp" },
    { "candidate", "candidate" },
    { "sdpMid", "mid" },
    { "usernameFragment", "ufrag" },
  };
  TemplateVars *vars = template_vars_new ();
  JsonNode *inner = arg;

  template_vars_set_string (vars, "room", "r1");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    template_vars_set_string (
        vars, names[i].variable, find (arg, names[i].member));
  if (JSON_NODE_HOLDS_OBJECT (arg)) {
    JsonObject *object = json_node_get_object (arg);

    if (json_object_has_member (object, "userdata"))
      template_vars_set (vars, "userdata",
          json_node_copy (json_object_get_member (object, "userdata")));
    for (gsize i = 0; i < 2; i++) {
      const char *name = i == 0 ? "ice_candidate" : "candidate";

      if (json_object_has_member (object, name)
          && JSON_NODE_HOLDS_OBJECT (json_object_get_member (object, name)))
        inner = json_object_get_member (object, name);
    }
    if (json_object_has_member (json_node_get_object (inner), "sdpMLineIndex"))
      template_vars_set_int (vars, "mline",
          json_object_get_int_member (
              json_node_get_object (inner), "sdpMLineIndex"));
  }
  return vars;
}

static void
check_sent (Dialect *dialect, const char *event, JsonNode *args)
{
  JsonNode *arg = json_array_get_element (json_node_get_array (args), 0);
  g_autoptr (TemplateVars) vars = vars_of (arg);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages =
      dialect_build (dialect, intent_of (event, arg), vars, &error);
  DialectMessage *message;

  g_assert_no_error (error);
  g_assert_cmpuint (messages->len, ==, 1);
  message = g_ptr_array_index (messages, 0);
  g_assert_cmpstr (message->event, ==, event);
  g_assert_true (json_node_equal (message->args, args));
}

static void
check_received (Dialect *dialect, const char *event, JsonNode *args)
{
  g_autoptr (TemplateVars) memory = memory_of ("nobody");
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) found =
      dialect_parse (dialect, event, args, memory, &error);

  g_assert_no_error (error);
  g_assert_nonnull (found);
  g_test_message ("%s is %s", event, room_event_kind_to_string (found->kind));
  if (found->kind == ROOM_EVENT_DESCRIPTION)
    g_assert_true (g_str_has_prefix (found->text, "v=0\r\n"));
  if (found->kind == ROOM_EVENT_CANDIDATE) {
    g_assert_true (g_str_has_prefix (found->text, "candidate:"));
    g_assert_cmpint (found->mline, >=, 0);
  }
}

/* The whole traffic of a call between two browsers, as both saw it. */
static void
test_recorded (gconstpointer data)
{
  const Recording *recording = data;
  g_autoptr (Dialect) dialect = builtin (recording->dialect);
  g_autofree char *file = g_strdup_printf ("wire-%s.json", recording->dialect);
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  guint n_in = 0, n_out = 0;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  root = parse_json (text);
  for (int side = 0; side < 2; side++) {
    JsonArray *lines = json_object_get_array_member (
        json_node_get_object (root), side == 0 ? "A" : "B");

    for (guint i = 0; i < json_array_get_length (lines); i++) {
      JsonArray *line = json_array_get_array_element (lines, i);
      const char *event = json_array_get_string_element (line, 2);
      g_autoptr (JsonArray) array = json_array_new ();
      g_autoptr (JsonNode) args = NULL;

      for (guint j = 3; j < json_array_get_length (line); j++)
        json_array_add_element (
            array, json_node_copy (json_array_get_element (line, j)));
      args = json_node_init_array (json_node_alloc (), array);
      if (g_strcmp0 (json_array_get_string_element (line, 1), "in") == 0) {
        check_received (dialect, event, args);
        n_in++;
      } else {
        check_sent (dialect, event, args);
        n_out++;
      }
    }
  }
  g_assert_cmpuint (n_in, ==, recording->n_in);
  g_assert_cmpuint (n_out, ==, recording->n_out);
}

/* --- mesh --- */

static void
test_mesh_arrivals (void)
{
  g_autoptr (Dialect) dialect = builtin ("mesh");
  g_autoptr (RoomEvent) caller = hear (dialect, "addPeer",
      "[{\"peer_id\":\"p\",\"should_create_offer\":true,"
      "\"userdata\":{\"name\":\"Ada\",\"x\":1}}]");
  g_autoptr (RoomEvent) callee = hear (dialect, "addPeer",
      "[{\"peer_id\":\"p\",\"should_create_offer\":false,"
      "\"userdata\":\"text\"},\"offset\"]");
  g_autoptr (RoomEvent) left =
      hear (dialect, "removePeer", "[{\"peer_id\":\"p\"}]");
  RoomMember *member = g_ptr_array_index (caller->peers, 0);

  g_assert_cmpint (caller->kind, ==, ROOM_EVENT_PEER_JOINED);
  g_assert_cmpstr (member->id, ==, "p");
  g_assert_cmpstr (member->role, ==, ROOM_ROLE_OFFERER);
  g_assert_cmpstr (member->name, ==, "Ada");
  g_assert_cmpstr (member->userdata, ==, "{\"name\":\"Ada\",\"x\":1}");

  member = g_ptr_array_index (callee->peers, 0);
  g_assert_cmpstr (member->role, ==, ROOM_ROLE_ANSWERER);
  g_assert_null (member->name);
  g_assert_cmpstr (member->userdata, ==, "\"text\"");

  g_assert_cmpint (left->kind, ==, ROOM_EVENT_PEER_LEFT);
  g_assert_cmpstr (left->peer, ==, "p");
}

static void
test_mesh_says (void)
{
  g_autoptr (Dialect) dialect = builtin ("mesh");
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autofree char *plain = NULL;
  g_autofree char *join = NULL;
  g_autofree char *leave = NULL;
  g_autofree char *end = NULL;

  template_vars_set_string (vars, "room", "lobby");
  plain = say (dialect, DIALECT_JOIN, vars);
  g_assert_cmpstr (plain, ==, "join[{\"channel\":\"lobby\",\"userdata\":{}}]");
  template_vars_set_string (vars, "name", "Ada");
  template_vars_set (vars, "userdata", parse_json ("{\"x\":[1]}"));
  join = say (dialect, DIALECT_JOIN, vars);
  g_assert_cmpstr (join, ==,
      "join[{\"channel\":\"lobby\",\"userdata\":{\"x\":[1],\"name\":\"Ada\"}}]");
  /* The bare string, not an object. */
  leave = say (dialect, DIALECT_LEAVE, vars);
  g_assert_cmpstr (leave, ==, "part[\"lobby\"]");
  end = say (dialect, DIALECT_END_CALL, vars);
  g_assert_cmpstr (end, ==, "");
  g_assert_cmpuint (dialect_get_roster_quiet (dialect), ==, 300);
  g_assert_cmpstr (dialect_get_join_event (dialect), ==, "join");
}

static void
test_mesh_candidates (void)
{
  g_autoptr (Dialect) dialect = builtin ("mesh");
  g_autoptr (RoomEvent) one = hear (dialect, "iceCandidate",
      "[{\"peer_id\":\"p\",\"ice_candidate\":"
      "{\"sdpMLineIndex\":1,\"candidate\":\"candidate:1\"}}]");
  g_autoptr (RoomEvent) end = hear (
      dialect, "iceCandidate", "[{\"peer_id\":\"p\",\"ice_candidate\":null}]");

  g_assert_cmpstr (one->peer, ==, "p");
  g_assert_cmpint (one->mline, ==, 1);
  g_assert_null (one->mid);
  g_assert_cmpstr (one->text, ==, "candidate:1");
  g_assert_cmpstr (end->text, ==, "");
}

/* --- rooms --- */

static void
test_rooms_arrivals (void)
{
  g_autoptr (Dialect) dialect = builtin ("rooms");
  g_autoptr (RoomEvent) roster =
      hear (dialect, "users", "[[\"a\",\"me\",\"b\"]]");
  g_autoptr (RoomEvent) alone = hear (dialect, "users", "[[\"me\"]]");
  g_autoptr (RoomEvent) later = hear (dialect, "user-joined", "[\"c\"]");
  g_autoptr (RoomEvent) myself = hear (dialect, "user-joined", "[\"me\"]");
  RoomMember *member = g_ptr_array_index (roster->peers, 1);

  g_assert_cmpuint (roster->peers->len, ==, 2);
  g_assert_cmpstr (member->id, ==, "b");
  g_assert_cmpstr (member->role, ==, ROOM_ROLE_OFFERER);
  g_assert_cmpint (alone->kind, ==, ROOM_EVENT_ROSTER);
  g_assert_null (alone->peers);
  member = g_ptr_array_index (later->peers, 0);
  /* Pages do not call by themselves. */
  g_assert_cmpstr (member->role, ==, ROOM_ROLE_LATE_OFFERER);
  g_assert_null (myself);
  g_assert_cmpuint (dialect_get_roster_quiet (dialect), ==, 0);
}

static void
test_rooms_echo (void)
{
  g_autoptr (Dialect) dialect = builtin ("rooms");
  g_autoptr (RoomEvent) echo = hear (dialect, "offer",
      "[{\"target\":\"r1\",\"caller\":\"me\","
      "\"sdp\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}]");
  g_autoptr (RoomEvent) other = hear (dialect, "offer",
      "[{\"target\":\"r1\",\"caller\":\"p\","
      "\"sdp\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}]");

  g_assert_null (echo);
  g_assert_cmpstr (other->peer, ==, "p");
  g_assert_cmpstr (other->type, ==, "offer");
  g_assert_cmpstr (other->text, ==, "v=0");
}

/* The server sends to everybody in the room. */
static void
test_rooms_others (void)
{
  static const struct {
    const char *event;
    const char *args;
    RoomEventKind kind;
  } cases[] = {
    { "offer",
        "[{\"target\":\"other\",\"caller\":\"p\","
        "\"sdp\":{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
        ROOM_EVENT_NOTHING },
    { "answer",
        "[{\"target\":\"other\",\"caller\":\"p\","
        "\"sdp\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}]",
        ROOM_EVENT_NOTHING },
    { "end-call", "[{\"from\":\"p\",\"to\":\"other\"}]", ROOM_EVENT_NOTHING },
    { "end-call", "[{\"from\":\"p\",\"to\":\"r1\"}]", ROOM_EVENT_CALL_ENDED },
    { "end-call", "[{\"from\":\"p\",\"to\":\"me\"}]", ROOM_EVENT_CALL_ENDED },
  };
  g_autoptr (Dialect) dialect = builtin ("rooms");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RoomEvent) event = hear (dialect, cases[i].event, cases[i].args);

    g_assert_cmpint (event->kind, ==, cases[i].kind);
  }
}

static void
test_rooms_candidates (void)
{
  g_autoptr (Dialect) dialect = builtin ("rooms");
  g_autoptr (RoomEvent) one = hear (dialect, "ice-candidate",
      "[{\"candidate\":\"candidate:1 1 udp\",\"sdpMid\":\"1\","
      "\"sdpMLineIndex\":1,\"usernameFragment\":\"QMAW\"}]");
  g_autoptr (RoomEvent) end = hear (dialect, "ice-candidate", "[null]");

  g_assert_null (one->peer);
  g_assert_cmpstr (one->mid, ==, "1");
  g_assert_cmpstr (one->text, ==, "candidate:1 1 udp ufrag QMAW");
  g_assert_null (end->peer);
  g_assert_cmpstr (end->text, ==, "");
}

static void
test_rooms_hang_up (void)
{
  g_autoptr (Dialect) dialect = builtin ("rooms");
  g_autoptr (RoomEvent) named =
      hear (dialect, "end-call", "[{\"from\":\"p\",\"to\":\"me\"}]");
  g_autoptr (RoomEvent) unnamed =
      hear (dialect, "end-call", "[{\"to\":\"me\"}]");
  g_autoptr (RoomEvent) left = hear (dialect, "user-left", "[\"p\"]");

  g_assert_cmpint (named->kind, ==, ROOM_EVENT_CALL_ENDED);
  g_assert_cmpstr (named->peer, ==, "p");
  g_assert_cmpint (unnamed->kind, ==, ROOM_EVENT_CALL_ENDED);
  g_assert_null (unnamed->peer);
  g_assert_cmpint (left->kind, ==, ROOM_EVENT_PEER_LEFT);
}

/* --- bad input --- */

static void
test_malformed (void)
{
  static const struct {
    const char *dialect;
    const char *event;
    const char *args;
  } cases[] = {
    { "mesh", "addPeer", "[]" },
    { "mesh", "addPeer", "[{\"peer_id\":1,\"should_create_offer\":true}]" },
    { "mesh", "addPeer", "[{\"peer_id\":\"\",\"should_create_offer\":true}]" },
    { "mesh", "addPeer", "[{\"peer_id\":\"p\"}]" },
    { "mesh", "removePeer", "[null]" },
    { "mesh", "sessionDescription",
        "[{\"peer_id\":\"p\",\"session_description\":{\"type\":\"rollback\","
        "\"sdp\":\"\"}}]" },
    { "mesh", "sessionDescription",
        "[{\"peer_id\":\"p\",\"session_description\":{\"type\":\"offer\","
        "\"sdp\":{}}}]" },
    { "mesh", "iceCandidate",
        "[{\"peer_id\":\"p\",\"ice_candidate\":{\"candidate\":7}}]" },
    { "rooms", "users", "[{}]" },
    { "rooms", "users", "[[1]]" },
    { "rooms", "user-left", "[]" },
    { "rooms", "ice-candidate", "[\"text\"]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Dialect) dialect = builtin (cases[i].dialect);
    g_autoptr (JsonNode) args = parse_json (cases[i].args);
    g_autoptr (TemplateVars) memory = memory_of ("me");
    g_autoptr (GError) error = NULL;

    g_test_message ("%s %s", cases[i].event, cases[i].args);
    g_assert_null (
        dialect_parse (dialect, cases[i].event, args, memory, &error));
    g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE);
  }
}

/* Recorded messages with single bytes changed: whatever is still JSON is taken
 * or refused. */
static void
test_mutated (void)
{
  static const char *const texts[] = {
    "[\"addPeer\",{\"peer_id\":\"p\",\"should_create_offer\":true,"
    "\"userdata\":{\"name\":\"n\"}}]",
    "[\"sessionDescription\",{\"peer_id\":\"p\",\"session_description\":"
    "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
    "[\"iceCandidate\",{\"peer_id\":\"p\",\"ice_candidate\":"
    "{\"sdpMLineIndex\":0,\"candidate\":\"c\"}}]",
    "[\"users\",[\"a\",\"b\"]]",
    "[\"ice-candidate\",{\"candidate\":\"c\",\"sdpMLineIndex\":0,"
    "\"usernameFragment\":\"u\"}]",
    "[\"end-call\",{\"from\":\"p\",\"to\":\"me\"}]",
  };
  static const char bytes[] = "0-9.e\"[]{},:ntf \\x";
  g_autoptr (Dialect) mesh = builtin ("mesh");
  g_autoptr (Dialect) rooms = builtin ("rooms");
  g_autoptr (TemplateVars) memory = memory_of ("me");
  guint n_json = 0;

  for (int i = 0; i < 3000; i++) {
    g_autofree char *text =
        g_strdup (texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
    g_autoptr (JsonNode) node = NULL;
    g_autoptr (JsonNode) args = NULL;
    JsonArray *array;

    for (int j = g_test_rand_int_range (0, 4); j > 0; j--)
      text[g_test_rand_int_range (0, (gint32) strlen (text))] =
          bytes[g_test_rand_int_range (0, sizeof bytes - 1)];
    node = sio_json_parse (text, -1, NULL);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
      continue;
    n_json++;
    array = json_array_new ();
    for (guint j = 1; j < json_array_get_length (json_node_get_array (node));
         j++)
      json_array_add_element (array,
          json_node_copy (
              json_array_get_element (json_node_get_array (node), j)));
    args = json_node_init (json_node_alloc (), JSON_NODE_ARRAY);
    json_node_take_array (args, array);
    for (int j = 0; j < 2; j++) {
      static const char *const events[] = { "addPeer", "sessionDescription",
        "iceCandidate", "removePeer", "users", "ice-candidate", "end-call" };

      for (gsize k = 0; k < G_N_ELEMENTS (events); k++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (RoomEvent) event = dialect_parse (
            j == 0 ? mesh : rooms, events[k], args, memory, &error);

        g_assert_true (event == NULL || error == NULL);
      }
    }
  }
  g_assert_cmpuint (n_json, >, 300);
}

static void
test_too_long (void)
{
  g_autoptr (Dialect) dialect = builtin ("rooms");
  g_autofree char *id = g_strnfill (1000, 'x');
  g_autofree char *text = g_strdup_printf ("[\"%s\"]", id);
  g_autoptr (JsonNode) args = parse_json (text);
  g_autoptr (TemplateVars) memory = memory_of ("me");
  g_autoptr (GError) error = NULL;

  g_assert_null (dialect_parse (dialect, "user-joined", args, memory, &error));
  g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE);
}

static void
test_foreign_event (void)
{
  g_autoptr (Dialect) dialect = builtin ("mesh");

  g_assert_null (hear (dialect, "chat", "[\"hello\"]"));
}

static void
test_unknown (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dialect_new_builtin ("mash", &error));
  g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_UNKNOWN);
  g_assert_nonnull (strstr (error->message, "broadcast, mesh, message, rooms"));
  g_clear_error (&error);
  g_assert_null (dialect_new_builtin ("../dialects/mesh", &error));
  g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_UNKNOWN);
}

static void
test_invalid (void)
{
  static const struct {
    const char *text;
    const char *words;
  } cases[] = {
    { "[]", "an object" },
    { "{}", "name" },
    { "{\"name\":\"x\"}", "roster" },
    { "{\"name\":\"x\",\"roster\":{\"quiet-ms\":0}}", "roster.quiet-ms" },
    { "{\"name\":\"x\",\"roster\":\"list\"}", "out must" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"dance\":[\"e\"]}}",
        "no intent “dance”" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":{}}}",
        "out.join: a message" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"j\",\"$R\"]}}",
        "out.join: [0]" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{}}", "in must" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"j\"]},"
      "\"in\":[{\"is\":\"tea\"}]}",
        "in[0].is" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"j\"]},"
      "\"in\":[{\"is\":\"peer-joined\",\"role\":\"boss\"}]}",
        "in[0].role" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"j\"]},"
      "\"in\":[{\"is\":\"refused\"}]}",
        "in[0].message" },
    { "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"j\"]},"
      "\"in\":[]}",
        "no rule" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dialect_new_from_text (cases[i].text, -1, &error));
    g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_INVALID);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].words));
  }
}

/* An intent may need several messages. */
static void
test_several_messages (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialect) dialect = dialect_new_from_text (
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},"
      "\"out\":{\"join\":[[\"hello\"],[\"join\",\"$room\",1]]},\"in\":[]}",
      -1, &error);
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  template_vars_set_string (vars, "room", "r");
  text = say (dialect, DIALECT_JOIN, vars);
  g_assert_cmpstr (text, ==, "hello[]join[\"r\",1]");
}

/* Where everybody is in one place, nobody need be asked for a room. */
static void
test_names_room (void)
{
  static const struct {
    const char *name;
    gboolean names_room;
  } cases[] = {
    { "mesh", TRUE },
    { "rooms", TRUE },
    { "message", FALSE },
    { "broadcast", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (Dialect) dialect = dialect_new_builtin (cases[i].name, NULL);

    g_assert_cmpint (dialect_names_room (dialect), ==, cases[i].names_room);
  }
}

int
main (int argc, char **argv)
{
  static const Recording mesh = { "mesh", .n_in = 12, .n_out = 11 };
  static const Recording rooms = { "rooms", .n_in = 16, .n_out = 15 };

  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_data_func ("/dialect/recorded/mesh", &mesh, test_recorded);
  g_test_add_data_func ("/dialect/recorded/rooms", &rooms, test_recorded);
  g_test_add_func ("/dialect/mesh/arrivals", test_mesh_arrivals);
  g_test_add_func ("/dialect/mesh/says", test_mesh_says);
  g_test_add_func ("/dialect/mesh/candidates", test_mesh_candidates);
  g_test_add_func ("/dialect/rooms/arrivals", test_rooms_arrivals);
  g_test_add_func ("/dialect/rooms/echo", test_rooms_echo);
  g_test_add_func ("/dialect/rooms/others", test_rooms_others);
  g_test_add_func ("/dialect/rooms/candidates", test_rooms_candidates);
  g_test_add_func ("/dialect/rooms/hang-up", test_rooms_hang_up);
  g_test_add_func ("/dialect/malformed", test_malformed);
  g_test_add_func ("/dialect/mutated", test_mutated);
  g_test_add_func ("/dialect/too-long", test_too_long);
  g_test_add_func ("/dialect/foreign-event", test_foreign_event);
  g_test_add_func ("/dialect/unknown", test_unknown);
  g_test_add_func ("/dialect/invalid", test_invalid);
  g_test_add_func ("/dialect/several-messages", test_several_messages);
  g_test_add_func ("/dialect/names-room", test_names_room);
  return g_test_run ();
}
