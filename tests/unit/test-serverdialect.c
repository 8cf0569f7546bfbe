/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverdialect.h"

#include "common/testlog.h"

#include <sio/sio.h>

static JsonNode *
parse (const char *text)
{
  JsonNode *node = sio_json_parse (text, -1, NULL);

  g_assert_nonnull (node);
  return node;
}

static void
test_names (void)
{
  for (ServerDialect i = SERVER_DIALECT_MESH; i < SERVER_DIALECT_COUNT; i++)
    g_assert_cmpint (
        server_dialect_from_name (server_dialect_get_name (i)), ==, i);
  g_assert_null (server_dialect_get_name (SERVER_DIALECT_NONE));
  g_assert_cmpint (server_dialect_from_name (NULL), ==, SERVER_DIALECT_NONE);
  g_assert_cmpint (server_dialect_from_name (""), ==, SERVER_DIALECT_NONE);
  g_assert_cmpint (server_dialect_from_name ("Mesh"), ==, SERVER_DIALECT_NONE);
}

static void
test_guess (void)
{
  static const struct {
    const char *event;
    const char *argument;
    ServerDialect dialect;
  } cases[] = {
    { "join", "{\"channel\":\"r\"}", SERVER_DIALECT_MESH },
    { "join-room", "\"r\"", SERVER_DIALECT_ROOMS },
    { "message", "{\"type\":\"ready\"}", SERVER_DIALECT_MESSAGE },
    { "message", "\"a text\"", SERVER_DIALECT_MESSAGE },
    { "offer", "{\"type\":\"offer\",\"sdp\":\"v=0\"}",
        SERVER_DIALECT_BROADCAST },
    { "answer", "{\"type\":\"answer\",\"sdp\":\"v=0\"}",
        SERVER_DIALECT_BROADCAST },
    { "candidate", "null", SERVER_DIALECT_BROADCAST },
    { "offer", "{\"target\":\"x\",\"sdp\":{\"type\":\"offer\"}}",
        SERVER_DIALECT_NONE },
    { "offer", "{\"type\":7}", SERVER_DIALECT_NONE },
    { "offer", "[]", SERVER_DIALECT_NONE },
    { "offer", "\"offer\"", SERVER_DIALECT_NONE },
    { "ice-candidate", "{}", SERVER_DIALECT_NONE },
    { "relaySessionDescription", "{}", SERVER_DIALECT_NONE },
    { "chat", "{}", SERVER_DIALECT_NONE },
    { "", "{}", SERVER_DIALECT_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) argument = parse (cases[i].argument);

    g_test_message ("%s %s", cases[i].event, cases[i].argument);
    g_assert_cmpint (
        server_dialect_guess (cases[i].event, argument), ==, cases[i].dialect);
  }
  g_assert_cmpint (
      server_dialect_guess ("offer", NULL), ==, SERVER_DIALECT_NONE);
}

static void
test_rooms (void)
{
  g_assert_true (server_dialect_joins_by_word (SERVER_DIALECT_MESH));
  g_assert_true (server_dialect_joins_by_word (SERVER_DIALECT_ROOMS));
  g_assert_false (server_dialect_joins_by_word (SERVER_DIALECT_MESSAGE));
  g_assert_false (server_dialect_joins_by_word (SERVER_DIALECT_BROADCAST));
  g_assert_cmpuint (server_dialect_get_capacity (SERVER_DIALECT_MESH), ==, 64);
  g_assert_cmpuint (server_dialect_get_capacity (SERVER_DIALECT_ROOMS), ==, 64);
  g_assert_cmpuint (
      server_dialect_get_capacity (SERVER_DIALECT_MESSAGE), ==, 2);
  g_assert_cmpuint (
      server_dialect_get_capacity (SERVER_DIALECT_BROADCAST), ==, 2);
}

/* Who says what, and what is made of it; the sender's id is "me". */
static void
test_relays (void)
{
  static const struct {
    ServerDialect dialect;
    const char *event;
    const char *argument;
    const char *target;  /* NULL: everybody else */
    const char *relayed; /* NULL: nothing */
    const char *as;
  } cases[] = {
    { SERVER_DIALECT_MESH, "relaySessionDescription",
        "{\"peer_id\":\"you\",\"session_description\":{\"type\":\"offer\"},"
        "\"from\":\"forged\"}",
        "you", "sessionDescription",
        "{\"peer_id\":\"me\",\"session_description\":{\"type\":\"offer\"}}" },
    { SERVER_DIALECT_MESH, "relayICECandidate",
        "{\"peer_id\":\"you\",\"ice_candidate\":null}", "you", "iceCandidate",
        "{\"peer_id\":\"me\",\"ice_candidate\":null}" },
    { SERVER_DIALECT_MESH, "relayICECandidate", "[]", NULL, "iceCandidate",
        "{\"peer_id\":\"me\"}" },
    { SERVER_DIALECT_ROOMS, "offer",
        "{\"target\":\"you\",\"caller\":\"forged\",\"sdp\":{},\"x\":1}", "you",
        "offer", "{\"caller\":\"me\",\"target\":\"you\",\"sdp\":{}}" },
    { SERVER_DIALECT_ROOMS, "ice-candidate",
        "{\"target\":\"you\",\"candidate\":{\"candidate\":\"c\"}}", "you",
        "ice-candidate", "{\"candidate\":\"c\"}" },
    { SERVER_DIALECT_ROOMS, "ice-candidate", "{\"target\":\"you\"}", "you",
        "ice-candidate", NULL },
    { SERVER_DIALECT_ROOMS, "end-call", "{\"from\":\"forged\",\"to\":\"you\"}",
        "you", "end-call", "{\"from\":\"me\",\"to\":\"you\"}" },
    { SERVER_DIALECT_MESSAGE, "message",
        "{\"clientId\":\"forged\",\"type\":\"offer\",\"sdp\":\"v=0\"}", NULL,
        "message", "{\"clientId\":\"me\",\"type\":\"offer\",\"sdp\":\"v=0\"}" },
    { SERVER_DIALECT_MESSAGE, "message", "{}", NULL, "message",
        "{\"clientId\":\"me\"}" },
    { SERVER_DIALECT_MESSAGE, "message", "[1,\"two\"]", NULL, "message",
        "[1,\"two\"]" },
    { SERVER_DIALECT_BROADCAST, "offer", "{\"type\":\"offer\",\"sdp\":\"v=0\"}",
        NULL, "offer", "{\"type\":\"offer\",\"sdp\":\"v=0\"}" },
    { SERVER_DIALECT_BROADCAST, "candidate", "null", NULL, "candidate",
        "null" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const ServerRelay *relay =
        server_dialect_find_relay (cases[i].dialect, cases[i].event);
    g_autoptr (JsonNode) argument = parse (cases[i].argument);
    g_autofree char *before = sio_json_print (argument, NULL, NULL);
    g_autoptr (JsonNode) built = NULL;
    g_autofree char *after = NULL;
    g_autofree char *text = NULL;

    g_test_message ("%s %s", cases[i].event, cases[i].argument);
    g_assert_nonnull (relay);
    g_assert_cmpstr (relay->relayed, ==, cases[i].relayed);
    if (relay->to != NULL)
      g_assert_cmpstr (
          server_relay_get_target (relay, argument), ==, cases[i].target);
    else
      g_assert_null (cases[i].target);
    built = server_relay_build (relay, argument, "me");
    text = built != NULL ? sio_json_print (built, NULL, NULL) : NULL;
    g_assert_cmpstr (text, ==, cases[i].as);
    /* What was heard may be wanted again. */
    after = sio_json_print (argument, NULL, NULL);
    g_assert_cmpstr (after, ==, before);
  }
  g_assert_null (server_relay_build (
      server_dialect_find_relay (SERVER_DIALECT_BROADCAST, "offer"), NULL,
      "me"));
}

/* No dialect hears what is another's, nor what only servers say. */
static void
test_no_relay (void)
{
  static const char *const events[] = { "join", "addPeer", "client-id",
    "sessionDescription", "users", "refused", "" };

  for (ServerDialect i = SERVER_DIALECT_NONE; i < SERVER_DIALECT_COUNT; i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (events); j++)
      g_assert_null (server_dialect_find_relay (i, events[j]));
  }
  g_assert_null (server_dialect_find_relay (SERVER_DIALECT_MESH, "offer"));
  g_assert_null (server_dialect_find_relay (SERVER_DIALECT_ROOMS, "candidate"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverdialect/names", test_names);
  g_test_add_func ("/serverdialect/guess", test_guess);
  g_test_add_func ("/serverdialect/rooms", test_rooms);
  g_test_add_func ("/serverdialect/relays", test_relays);
  g_test_add_func ("/serverdialect/no-relay", test_no_relay);
  return g_test_run ();
}
