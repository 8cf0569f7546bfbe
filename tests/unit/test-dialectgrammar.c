/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the grammar of dialects can say that the recorded ones do not need. */
#include "dialect.h"

#include "common/testlog.h"
#include "roomcontract.h"

#include <glib/gstdio.h>
#include <sio/sio.h>
#include <string.h>

#define HEAD "\"name\": \"x\", \"roster\": {\"quiet-ms\": 1}"

static Dialect *
dialect_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  Dialect *dialect = dialect_new_from_text (text, -1, &error);

  g_assert_no_error (error);
  return dialect;
}

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

static RoomEvent *
hear (
    Dialect *dialect, TemplateVars *memory, const char *name, const char *args)
{
  g_autoptr (JsonNode) node = parse_json (args);
  g_autoptr (GError) error = NULL;
  RoomEvent *event = dialect_parse (dialect, name, node, memory, &error);

  g_assert_no_error (error);
  g_assert_nonnull (event);
  return event;
}

static void
assert_says (GPtrArray *messages, guint index, const char *text)
{
  DialectMessage *message = g_ptr_array_index (messages, index);
  g_autofree char *args = sio_json_print (message->args, NULL, NULL);
  g_autofree char *all = g_strconcat (message->event, args, NULL);

  g_assert_cmpstr (all, ==, text);
}

static void
assert_built (Dialect *dialect, DialectIntent intent, TemplateVars *vars,
    const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages =
      dialect_build (dialect, intent, vars, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (messages->len, ==, 1);
  assert_says (messages, 0, text);
}

/* --- message --- */

static void
test_message (void)
{
  g_autoptr (Dialect) dialect = builtin ("message");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) self =
      hear (dialect, memory, "client-id", "[{\"id\":\"c1\"}]");
  g_autoptr (RoomEvent) ready = NULL;
  g_autoptr (RoomEvent) offer = NULL;
  g_autoptr (RoomEvent) candidate = NULL;
  g_autoptr (RoomEvent) bye = NULL;

  g_assert_true (dialect_awaits_self (dialect));
  g_assert_true (dialect_has_single_peer (dialect));
  g_assert_null (dialect_get_present_role (dialect, memory));
  g_assert_cmpstr (self->text, ==, "c1");
  template_vars_set_string (memory, "self", "c1");

  ready = hear (
      dialect, memory, "message", "[{\"type\":\"ready\",\"clientId\":\"c2\"}]");
  g_assert_cmpint (ready->kind, ==, ROOM_EVENT_PEER_JOINED);
  offer = hear (dialect, memory, "message",
      "[{\"type\":\"offer\",\"sdp\":\"v=0\",\"clientId\":\"c2\"}]");
  g_assert_cmpstr (offer->type, ==, "offer");
  g_assert_cmpstr (offer->text, ==, "v=0");
  g_assert_cmpstr (offer->peer, ==, "c2");
  /* A bare string, which needs an m-line. */
  candidate = hear (dialect, memory, "message",
      "[{\"type\":\"candidate\",\"candidate\":\"candidate:1\"}]");
  g_assert_cmpstr (candidate->text, ==, "candidate:1");
  g_assert_cmpint (candidate->mline, ==, 0);
  g_assert_null (candidate->peer);
  bye = hear (dialect, memory, "message", "[{\"type\":\"bye\"}]");
  g_assert_cmpint (bye->kind, ==, ROOM_EVENT_PEER_LEFT);
}

static void
test_message_says (void)
{
  g_autoptr (Dialect) dialect = builtin ("message");
  g_autoptr (TemplateVars) vars = template_vars_new ();

  template_vars_set_string (vars, "self", "c1");
  template_vars_set_string (vars, "type", "offer");
  template_vars_set_string (vars, "sdp", "v=0");
  template_vars_set_string (vars, "candidate", "candidate:1");
  assert_built (dialect, DIALECT_JOIN, vars,
      "message[{\"type\":\"ready\",\"clientId\":\"c1\"}]");
  assert_built (dialect, DIALECT_OFFER, vars,
      "message[{\"type\":\"offer\",\"sdp\":\"v=0\",\"clientId\":\"c1\"}]");
  assert_built (dialect, DIALECT_CANDIDATE, vars,
      "message[{\"type\":\"candidate\",\"candidate\":\"candidate:1\","
      "\"clientId\":\"c1\"}]");
}

/* --- broadcast --- */

static void
test_broadcast (void)
{
  g_autoptr (Dialect) dialect = builtin ("broadcast");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) offer =
      hear (dialect, memory, "offer", "[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  g_autoptr (RoomEvent) candidate = hear (dialect, memory, "candidate",
      "[{\"candidate\":\"candidate:1\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}]");
  g_autoptr (RoomEvent) end = hear (dialect, memory, "candidate", "[null]");

  g_assert_null (offer->peer);
  g_assert_cmpstr (offer->type, ==, "offer");
  g_assert_cmpstr (candidate->text, ==, "candidate:1");
  g_assert_cmpstr (end->text, ==, "");
  g_assert_true (dialect_fill_variables (dialect, NULL, memory, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (
      dialect_get_present_role (dialect, memory), ==, ROOM_ROLE_MANUAL);
  g_assert_null (dialect_get_join_event (dialect));
}

/* --- the grammar --- */

static void
test_remembers (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ", \"out\": {}, \"in\": ["
      "{\"is\":\"entered\",\"message\":[\"created\",\"$room\"],"
      " \"keep\":{\"creator\":true}},"
      "{\"is\":\"peer-joined\",\"role\":\"offerer\",\"when\":{\"creator\":true},"
      " \"message\":[\"ready\",\"$peer\"]},"
      "{\"is\":\"peer-joined\",\"role\":\"answerer\",\"when\":{\"creator\":null},"
      " \"message\":[\"ready\",\"$peer\"]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) before = hear (dialect, memory, "ready", "[\"p\"]");
  g_autoptr (RoomEvent) created = hear (dialect, memory, "created", "[\"r\"]");
  g_autoptr (RoomEvent) after = hear (dialect, memory, "ready", "[\"p\"]");
  RoomMember *member = g_ptr_array_index (before->peers, 0);

  g_assert_cmpstr (member->role, ==, ROOM_ROLE_ANSWERER);
  member = g_ptr_array_index (after->peers, 0);
  g_assert_cmpstr (member->role, ==, ROOM_ROLE_OFFERER);
  g_assert_cmpint (created->kind, ==, ROOM_EVENT_ENTERED);
  g_assert_true (dialect_awaits_entry (dialect));
}

static void
test_reacts (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ", \"out\": {}, \"in\": ["
      "{\"is\":\"nothing\",\"message\":[\"who\",{\"nonce\":\"$n\"}],"
      " \"say\":[[\"me\",\"$self\",\"$n\"],[\"more\"]]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) event = NULL;

  template_vars_set_string (memory, "self", "s");
  event = hear (dialect, memory, "who", "[{\"nonce\":7}]");
  g_assert_cmpint (event->kind, ==, ROOM_EVENT_NOTHING);
  g_assert_cmpuint (event->replies->len, ==, 2);
  assert_says (event->replies, 0, "me[\"s\",7]");
  assert_says (event->replies, 1, "more[]");
}

/* A message for somebody else is told by our own id in it. */
static void
test_addressed (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ", \"out\": {}, \"in\": ["
      "{\"is\":\"description\",\"message\":[\"sdp\",{\"to\":\"$self\","
      " \"from\":\"$peer\",\"d\":\"$desc\"}]},"
      "{\"is\":\"nothing\",\"message\":[\"sdp\"]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) mine = NULL;
  g_autoptr (RoomEvent) other = NULL;

  template_vars_set_string (memory, "self", "s");
  mine = hear (dialect, memory, "sdp",
      "[{\"to\":\"s\",\"from\":\"p\",\"d\":{\"type\":\"offer\",\"sdp\":\"v\"}}]");
  other = hear (dialect, memory, "sdp",
      "[{\"to\":\"q\",\"from\":\"p\",\"d\":{\"type\":\"offer\",\"sdp\":\"v\"}}]");
  g_assert_cmpint (mine->kind, ==, ROOM_EVENT_DESCRIPTION);
  g_assert_cmpint (other->kind, ==, ROOM_EVENT_NOTHING);
}

static void
test_acknowledged (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"join\",\"$room\"]},"
      "\"in\":[{\"is\":\"refused\",\"ack\":\"join\",\"args\":[\"$reason\"]},"
      "{\"is\":\"roster\",\"role\":\"offerer\",\"ack\":\"join\","
      " \"args\":[null,{\"clients\":{\"$keys\":{\"$peer\":{}}}}]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (JsonNode) full = parse_json ("[\"full\"]");
  g_autoptr (JsonNode) good =
      parse_json ("[null,{\"clients\":{\"a\":{\"audio\":true},\"b\":{}}}]");
  g_autoptr (JsonNode) odd = parse_json ("[null,7]");
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) refused =
      dialect_parse_ack (dialect, DIALECT_JOIN, full, memory, NULL);
  g_autoptr (RoomEvent) roster =
      dialect_parse_ack (dialect, DIALECT_JOIN, good, memory, NULL);

  g_assert_true (dialect_awaits_ack (dialect, DIALECT_JOIN));
  g_assert_false (dialect_awaits_ack (dialect, DIALECT_OFFER));
  g_assert_cmpint (refused->kind, ==, ROOM_EVENT_REFUSED);
  g_assert_cmpstr (refused->text, ==, "full");
  g_assert_cmpuint (roster->peers->len, ==, 2);
  g_assert_null (
      dialect_parse_ack (dialect, DIALECT_JOIN, odd, memory, &error));
  g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE);
}

static void
test_later (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ", \"trickle\": false,"
      "\"out\": {\"offer\":[\"call\"],\"later-offer\":[\"again\"]}, \"in\": ["
      "{\"is\":\"description\",\"later\":true,\"set\":{\"type\":\"offer\"},"
      " \"message\":[\"again\",{\"from\":\"$peer\",\"offer\":{\"sdp\":\"$sdp\"}}]}"
      "]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) event = hear (dialect, memory, "again",
      "[{\"from\":\"p\",\"offer\":{\"type\":\"offer\",\"sdp\":\"v\"}}]");

  g_assert_true (event->is_later);
  g_assert_cmpstr (event->type, ==, "offer");
  g_assert_false (dialect_get_trickle (dialect));
  g_assert_true (dialect_can_say (dialect, DIALECT_LATER_OFFER));
  g_assert_false (dialect_can_say (dialect, DIALECT_LATER_ANSWER));
}

static void
test_variables (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ","
      "\"variables\":{\"code\":null,\"kind\":\"cam\"},"
      "\"out\":{\"join\":[\"join\",\"$code\",\"$kind\"]},\"in\":[]}");
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (JsonNode) given = parse_json ("{\"code\":7}");
  g_autoptr (JsonNode) unknown = parse_json ("{\"cod\":7}");
  g_autoptr (GError) error = NULL;

  g_assert_false (dialect_fill_variables (dialect, NULL, vars, &error));
  g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE);
  g_assert_nonnull (strstr (error->message, "“code”"));
  g_clear_error (&error);
  g_assert_false (dialect_fill_variables (dialect, unknown, vars, &error));
  g_assert_nonnull (strstr (error->message, "no variable “cod”"));
  g_clear_error (&error);
  g_assert_true (dialect_fill_variables (dialect, given, vars, &error));
  g_assert_no_error (error);
  assert_built (dialect, DIALECT_JOIN, vars, "join[7,\"cam\"]");
}

/* Each role goes wherever a role goes. */
static void
test_roles (void)
{
  static const char *const roles[] = { ROOM_ROLE_OFFERER, ROOM_ROLE_ANSWERER,
    ROOM_ROLE_LATE_OFFERER, ROOM_ROLE_MANUAL };

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autofree char *text = g_strdup_printf (
        "{" HEAD ",\"single-peer\":{\"role\":\"%s\"},\"out\":{},\"in\":["
        "{\"is\":\"roster\",\"role\":\"%s\",\"later-role\":\"%s\","
        "\"message\":[\"all\",{\"$each\":\"$peer\"}]}]}",
        roles[i], roles[i], roles[i]);
    g_autoptr (Dialect) dialect = dialect_of (text);
    g_autoptr (TemplateVars) memory = template_vars_new ();
    g_autoptr (RoomEvent) event = hear (dialect, memory, "all", "[[\"p\"]]");

    g_assert_cmpstr (dialect_get_present_role (dialect, memory), ==, roles[i]);
    g_assert_cmpstr (event->later_role, ==, roles[i]);
    g_assert_cmpstr (((RoomMember *) g_ptr_array_index (event->peers, 0))->role,
        ==, roles[i]);
  }
}

static void
assert_query (Dialect *dialect, const char *room, const char *expected)
{
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) query = NULL;
  g_autofree char *text = NULL;

  g_assert_true (dialect_fill_variables (dialect, NULL, vars, NULL));
  template_vars_set_string (vars, "room", room);
  query = dialect_build_query (dialect, vars, &error);
  if (expected == NULL) {
    g_assert_null (query);
    g_assert_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE);
    g_assert_nonnull (strstr (error->message, "“pin”"));
    return;
  }
  g_assert_no_error (error);
  text = sio_json_print (query, NULL, NULL);
  g_assert_cmpstr (text, ==, expected);
}

/* What a server is told with the connection. */
static void
test_query (void)
{
  g_autoptr (Dialect) none = dialect_of ("{" HEAD ",\"out\":{},\"in\":[]}");
  g_autoptr (Dialect) message = dialect_new_builtin ("message", NULL);
  g_autoptr (Dialect) own = dialect_of (
      "{" HEAD
      ",\"variables\":{\"kind\":\"b\"},\"query\":{\"is\":\"a\",\"k\":\"$kind\"},"
      "\"out\":{},\"in\":[]}");
  g_autoptr (Dialect) wrong = dialect_of (
      "{" HEAD ",\"variables\":{\"pin\":7},\"query\":{\"pin\":\"$pin\"},"
      "\"out\":{},\"in\":[]}");

  assert_query (none, "den", "{}");
  g_assert_false (dialect_dials_room (none));
  assert_query (message, "den", "{\"room\":\"den\"}");
  assert_query (message, NULL, "{}");
  g_assert_true (dialect_dials_room (message));
  g_assert_false (dialect_names_room (message));
  assert_query (own, "den", "{\"is\":\"a\",\"k\":\"b\"}");
  g_assert_false (dialect_dials_room (own));
  assert_query (wrong, "den", NULL);
}

static void
assert_ice_servers (JsonNode *node, const char *expected)
{
  g_autofree char *text =
      node != NULL ? sio_json_print (node, NULL, NULL) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_ice_servers (void)
{
  g_autoptr (Dialect) dialect =
      dialect_of ("{" HEAD ",\"ice-servers-url\":\"/ice?a=b\",\"out\":{},"
                  "\"in\":[{\"is\":\"peer-joined\",\"role\":\"offerer\","
                  "\"message\":[\"p\",\"$peer\",\"$ice_servers?\"]},"
                  "{\"is\":\"roster\",\"role\":\"offerer\",\"message\":[\"r\","
                  "{\"$each\":\"$peer\"},\"$ice_servers\"]},"
                  "{\"is\":\"ice-servers\","
                  "\"message\":[\"i\",\"$ice_servers?\",\"$peer?\"]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) peer =
      hear (dialect, memory, "p", "[\"a\",[\"stun:s\"]]");
  g_autoptr (RoomEvent) copy = room_event_copy_arrival (peer);
  g_autoptr (RoomEvent) bare = hear (dialect, memory, "p", "[\"a\"]");
  g_autoptr (RoomEvent) roster =
      hear (dialect, memory, "r", "[[\"a\",\"b\"],{\"urls\":\"stun:s\"}]");
  g_autoptr (RoomEvent) all = hear (dialect, memory, "i", "[[\"stun:s\"]]");
  g_autoptr (RoomEvent) none = hear (dialect, memory, "i", "[]");
  g_autoptr (RoomEvent) one = hear (dialect, memory, "i", "[7,\"a\"]");
#define MEMBER(event, i) ((RoomMember *) g_ptr_array_index (event->peers, i))

  g_assert_cmpstr (dialect_get_ice_servers_url (dialect), ==, "/ice?a=b");
  assert_ice_servers (MEMBER (peer, 0)->ice_servers, "[\"stun:s\"]");
  assert_ice_servers (MEMBER (copy, 0)->ice_servers, "[\"stun:s\"]");
  assert_ice_servers (MEMBER (bare, 0)->ice_servers, NULL);
  for (guint i = 0; i < 2; i++)
    assert_ice_servers (
        MEMBER (roster, i)->ice_servers, "{\"urls\":\"stun:s\"}");
#undef MEMBER
  g_assert_cmpint (all->kind, ==, ROOM_EVENT_ICE_SERVERS);
  assert_ice_servers (all->ice_servers, "[\"stun:s\"]");
  g_assert_null (all->peer);
  assert_ice_servers (none->ice_servers, NULL);
  /* Whether they are any is not the grammar's matter. */
  assert_ice_servers (one->ice_servers, "7");
  g_assert_cmpstr (one->peer, ==, "a");
}

/* A mistake is told with its line and what was expected. */
static void
test_mistakes (void)
{
  static const struct {
    const char *text;
    const char *words;
  } cases[] = {
    { "{\n\"name\": \"x\",\n,}", "line 3: a name is missing" },
    { "{\n\"name\": \"x\",\n\"rooster\": 1}",
        "line 3: the dialect: there is no" },
    { "{" HEAD ",\n\"trickle\":\n1}",
        "line 3: trickle: expected true or false" },
    { "{" HEAD ",\"out\":{\n\"join\":[\"j\",{\"r\":\"$rooom\"}]},\"in\":[]}",
        "line 2: out.join: there is no variable “rooom”" },
    { "{" HEAD ",\"out\":{\"offer\":\n[\"o\",{\"$of\":{\"$pear\":\"$desc\"}}]},"
      "\"in\":[]}",
        "line 2: out.offer: there is no variable “pear”" },
    { "{" HEAD
      ",\"out\":{},\"in\":[{\"is\":\"nothing\",\"message\":[\"m\",\"$x\"],"
      "\n\"say\":[\"a\",\"$y\"]}]}",
        "line 2: in[0]: there is no variable “y”" },
    { "{" HEAD
      ",\"out\":{},\"in\":[{\"is\":\"nothing\",\"message\":[\"m\",\"$x\"],"
      "\n\"keep\":{\"z\":\"$y\"}}]}",
        "line 2: in[0]: there is no variable “y”" },
    { "{" HEAD ",\"single-peer\":{\n\"role\":\"$rolle\"},"
      "\"variables\":{\"role\":\"offerer\"},\"out\":{},\"in\":[]}",
        "line 2: single-peer.role: there is no variable “rolle”" },
    { "{" HEAD ",\"out\":{},\"in\":[],\n\"moves\":true}",
        "line 2: moves: without out.leave" },
    { "{" HEAD ",\n\"single-peer\":{\n\"role\":\"boss\"}}",
        "line 3: single-peer.role: expected offerer" },
    { "{" HEAD ",\n\"query\":\n[]}", "line 3: query must be an object" },
    { "{" HEAD ",\n\"query\":\n{\"$room\":\"a\"}}",
        "line 3: query must be an object" },
    { "{" HEAD ",\n\"query\":{\n\"room\":7}}",
        "line 3: query.room: expected a text" },
    { "{" HEAD ",\"query\":\n{\"room\":\"$self\"},\"out\":{},\"in\":[]}",
        "line 2: query: there is no variable “self”" },
    { "{" HEAD ",\n\"variables\":{\n\"self\":1}}",
        "line 3: variables: “self”" },
    { "{" HEAD ",\n\"variables\":{\n\"ice_servers\":1}}",
        "line 3: variables: “ice_servers”" },
    { "{" HEAD ",\n\"ice-servers-url\":\n\"http://x/\"}",
        "line 3: ice-servers-url must be a path" },
    { "{" HEAD ",\n\"ice-servers-url\":\n7}",
        "line 3: ice-servers-url must be a path" },
    { "{" HEAD ",\n\"ice-servers-url\":\n\"//x/\"}",
        "line 3: ice-servers-url must be a path" },
    { "{" HEAD ",\n\"out\":{\n\"join\":[\"j\",\n{\"a\":\"$R\"}]}}",
        "line 4: out.join: [0].a: “$R” is no variable" },
    { "{" HEAD ",\"out\":{},\n\"in\":[\n{\"is\":\"tea\"}]}",
        "line 3: in[0].is: “tea” is no kind of event, expected one of: roster" },
    { "{" HEAD ",\"out\":{},\n\"in\":[{\"is\":\"refused\",\n\"mesage\":[]}]}",
        "line 3: in[0]: there is no “mesage”" },
    { "{" HEAD
      ",\"out\":{},\n\"in\":[{\"is\":\"refused\",\"ack\":\n\"offer\"}]}",
        "line 3: in[0].ack: expected “join”" },
    { "{" HEAD
      ",\"out\":{},\n\"in\":[{\"is\":\"nothing\",\"message\":[\"a\"],\n"
      "\"say\":[[\"b\"],\n[\"$x\"]]}]}",
        "line 4: in[0].say: a message is an array" },
    { "{" HEAD
      ",\"out\":{},\n\"in\":[{\"is\":\"nothing\",\"message\":[\"a\"],\n"
      "\"keep\":7}]}",
        "line 3: in[0].keep: expected an object" },
    /* What the message itself brings is not remembered yet. */
    { "{" HEAD
      ",\"out\":{},\"in\":[{\"is\":\"nothing\",\"message\":[\"m\",\"$x\"],"
      "\n\"when\":{\"x\":1}}]}",
        "line 2: in[0].when: there is no variable “x”" },
    { "{" HEAD
      ",\"out\":{},\"in\":[{\"is\":\"nothing\",\"message\":[\"m\",\"$x\"],"
      "\"keep\":{\"creator\":true},\n\"when\":{\"createor\":null}}]}",
        "line 2: in[0].when: there is no variable “createor”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (dialect_new_from_text (cases[i].text, -1, &error));
    g_test_message ("%s", error->message);
    g_assert_true (g_str_has_prefix (error->message, cases[i].words));
  }
}

static void
test_file (void)
{
  g_autofree char *path =
      g_build_filename (g_get_tmp_dir (), "dialect-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (Dialect) dialect = NULL;
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "{\n7}", -1, NULL));
  g_assert_null (dialect_new_from_file (path, &error));
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, ": line 2: "));
  g_clear_error (&error);
  g_assert_true (
      g_file_set_contents (path, "{" HEAD ",\"out\":{},\"in\":[]}", -1, NULL));
  dialect = dialect_new_from_file (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dialect_get_name (dialect), ==, "x");
  g_remove (path);
  g_assert_null (dialect_new_from_file (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* What a rule's message brings, sets and keeps has a value too. */
static void
test_known (void)
{
  g_autoptr (Dialect) dialect = dialect_of (
      "{" HEAD ",\"variables\":{\"token\":\"t\"},"
      "\"out\":{\"join\":[\"j\",\"$token\",\"$key\"]},"
      "\"in\":[{\"is\":\"nothing\",\"message\":[\"m\",\"$x\"],\"set\":{\"y\":\"$x\"},"
      "\"keep\":{\"key\":\"$y\"},\"say\":[\"a\",\"$y\",\"$key\"]}]}");
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (JsonNode) args = parse_json ("[\"once\"]");
  g_autoptr (RoomEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  event = dialect_parse (dialect, "m", args, memory, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (event->replies->len, ==, 1);
  g_assert_cmpstr (template_vars_get_string (memory, "key"), ==, "once");
}

/* A role that a variable gives. */
static void
test_role_given (void)
{
  g_autoptr (Dialect) dialect = builtin ("broadcast");
  static const struct {
    const char *given;
    gboolean good;
  } cases[] = {
    { "{\"role\":\"offerer\"}", TRUE },
    { "{}", TRUE },
    { "{\"role\":\"boss\"}", FALSE },
    { "{\"role\":1}", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TemplateVars) vars = template_vars_new ();
    g_autoptr (JsonNode) given = parse_json (cases[i].given);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (dialect_fill_variables (dialect, given, vars, &error), ==,
        cases[i].good);
    g_assert_cmpint (error == NULL, ==, cases[i].good);
    if (error != NULL)
      g_assert_nonnull (strstr (error->message, "must be offerer"));
  }
}

/* Those that are shipped beside the built-in ones. */
static void
test_shipped (void)
{
  g_autofree char *folder =
      g_test_build_filename (G_TEST_DIST, "..", "examples", "dialects", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *file = NULL;
    g_autoptr (Dialect) dialect = dialect_new_from_file (path, &error);

    g_assert_no_error (error);
    file = g_strconcat (dialect_get_name (dialect), ".json", NULL);
    g_assert_cmpstr (file, ==, name);
    n++;
  }
  g_assert_cmpuint (n, >=, 6);
}

/* Whoever created the room is not the caller any more when it comes back. */
static void
test_codelab (void)
{
  g_autofree char *path = g_test_build_filename (
      G_TEST_DIST, "..", "examples", "dialects", "codelab.json", NULL);
  g_autoptr (Dialect) dialect = dialect_new_from_file (path, NULL);
  g_autoptr (TemplateVars) memory = template_vars_new ();
  g_autoptr (RoomEvent) late = NULL;
  g_autoptr (RoomEvent) created = NULL;
  g_autoptr (RoomEvent) came = NULL;
  g_autoptr (RoomEvent) ready = NULL;

  template_vars_set_string (memory, "room", "r");
  late = hear (dialect, memory, "message", "[\"got user media\"]");
  g_assert_cmpstr (((RoomMember *) g_ptr_array_index (late->peers, 0))->role,
      ==, ROOM_ROLE_LATE_OFFERER);
  created = hear (dialect, memory, "created", "[\"r\",\"me\"]");
  came = hear (dialect, memory, "join", "[\"r\"]");
  g_assert_cmpint (came->kind, ==, ROOM_EVENT_PEER_LEFT);
  ready = hear (dialect, memory, "message", "[\"got user media\"]");
  g_assert_cmpstr (((RoomMember *) g_ptr_array_index (ready->peers, 0))->role,
      ==, ROOM_ROLE_OFFERER);
}

static JsonObject *
get_inside (JsonNode *root, const char *const *names)
{
  JsonObject *object = json_node_get_object (root);

  for (; *names != NULL; names++)
    object = json_object_get_object_member (object, *names);
  return object;
}

/* The schema for editors has the words that are read. */
static void
test_schema (void)
{
  static const char *const rule[] = { "$defs", "rule", "properties", "is",
    NULL };
  static const char *const out[] = { "properties", "out", "properties", NULL };
  static const char *const role[] = { "$defs", "role", NULL };
  static const char *const roles[] = { ROOM_ROLE_OFFERER, ROOM_ROLE_ANSWERER,
    ROOM_ROLE_LATE_OFFERER, ROOM_ROLE_MANUAL };
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "ext",
      "socketiosignaller", "dialects", "dialect.schema.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *kinds = room_event_list_kinds ();
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (JsonNode) root = NULL;
  JsonArray *array;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  root = parse_json (text);
  array = json_object_get_array_member (get_inside (root, rule), "enum");
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_string_append_printf (found, "%s%s", i > 0 ? ", " : "",
        json_array_get_string_element (array, i));
  g_assert_cmpstr (found->str, ==, kinds);
  array = json_object_get_array_member (get_inside (root, role), "enum");
  g_assert_cmpuint (json_array_get_length (array), ==, G_N_ELEMENTS (roles));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    g_assert_cmpstr (json_array_get_string_element (array, i), ==, roles[i]);
  g_assert_cmpuint (
      json_object_get_size (get_inside (root, out)), ==, DIALECT_N_INTENTS);
  for (int i = 0; i < DIALECT_N_INTENTS; i++)
    g_assert_true (json_object_has_member (
        get_inside (root, out), dialect_intent_to_string (i)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/dialectgrammar/message", test_message);
  g_test_add_func ("/dialectgrammar/message/says", test_message_says);
  g_test_add_func ("/dialectgrammar/broadcast", test_broadcast);
  g_test_add_func ("/dialectgrammar/remembers", test_remembers);
  g_test_add_func ("/dialectgrammar/reacts", test_reacts);
  g_test_add_func ("/dialectgrammar/addressed", test_addressed);
  g_test_add_func ("/dialectgrammar/acknowledged", test_acknowledged);
  g_test_add_func ("/dialectgrammar/later", test_later);
  g_test_add_func ("/dialectgrammar/variables", test_variables);
  g_test_add_func ("/dialectgrammar/roles", test_roles);
  g_test_add_func ("/dialectgrammar/query", test_query);
  g_test_add_func ("/dialectgrammar/ice-servers", test_ice_servers);
  g_test_add_func ("/dialectgrammar/mistakes", test_mistakes);
  g_test_add_func ("/dialectgrammar/known", test_known);
  g_test_add_func ("/dialectgrammar/role-given", test_role_given);
  g_test_add_func ("/dialectgrammar/file", test_file);
  g_test_add_func ("/dialectgrammar/shipped", test_shipped);
  g_test_add_func ("/dialectgrammar/codelab", test_codelab);
  g_test_add_func ("/dialectgrammar/schema", test_schema);
  return g_test_run ();
}
