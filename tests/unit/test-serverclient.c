/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverclient.h"

#include "common/roomclient.h"
#include "common/testlog.h"

#include <string.h>

/* Who sends too much is heard in part; the others do not notice. */
static void
test_flood (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) b = room_client_join (server);
  RoomClient *a;
  g_autofree char *id_of_a = NULL;

  TEST_WATCHDOG (20);
  room_client_say (b, "join", "[{\"channel\":\"r\"}]");
  room_server_set_log (server, room_client_keep_line, lines);
  /* Nothing is earned while the test runs, however slow the machine is. */
  room_server_set_message_limit (server, 1e-6, 10);
  a = room_client_join (server);
  id_of_a = g_strdup (room_client_id (a));
  room_client_say (a, "join", "[{\"channel\":\"r\"}]");
  room_client_hears (b,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false}]", id_of_a);
  for (int i = 0; i < 100; i++)
    room_client_say (a, "relayICECandidate",
        "[{\"peer_id\":\"%s\",\"ice_candidate\":%d}]", room_client_id (b), i);
  room_client_say (b, "relayICECandidate",
      "[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]", room_client_id (a));
  room_client_hears (a,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":true}]",
      room_client_id (b));
  room_client_hears (a,
      "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]",
      room_client_id (b));

  room_client_free (a);
  for (int i = 0; i < 9; i++)
    room_client_hears (b,
        "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":%d}]", id_of_a, i);
  room_client_hears (b, "removePeer[{\"peer_id\":\"%s\"}]", id_of_a);
  g_assert_true (g_str_has_suffix (g_ptr_array_index (lines, lines->len - 2),
      "reason=rate: too many messages: some are dropped"));
}

/* One event, two members, and the id under which it was sent is the server's. */
static void
test_message (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  /* It is in its room when it is connected. */
  g_autoptr (RoomClient) a =
      room_client_join_with (server, "dialect=message", NULL);
  g_autoptr (RoomClient) b = room_client_join (server);
  g_autoptr (RoomClient) c = room_client_join (server);
  g_autoptr (RoomClient) elsewhere =
      room_client_join_with (server, "room=elsewhere", NULL);

  TEST_WATCHDOG (20);
  room_client_say (elsewhere, "message", "[{\"type\":\"ready\"}]");
  room_client_say (
      b, "message", "[{\"type\":\"ready\",\"clientId\":\"forged\"}]");
  room_client_hears (a, "message[{\"type\":\"ready\",\"clientId\":\"%s\"}]",
      room_client_id (b));
  room_client_say (a, "message", "[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_hears (b,
      "message[{\"type\":\"offer\",\"sdp\":\"v=0\",\"clientId\":\"%s\"}]",
      room_client_id (a));
  room_client_say (b, "message", "[\"a text\"]");
  room_client_hears (a, "message[\"a text\"]");

  /* A third is told so, once for what it says at once. */
  for (int i = 0; i < 3; i++)
    room_client_say (c, "message", "[{\"type\":\"ready\"}]");
  room_client_hears_refusal (c, "the room is full: it has 2 members");
  room_client_say (b, "message", "[\"next\"]");
  room_client_hears (a, "message[\"next\"]");
  g_assert_cmpuint (b->heard->len, ==, 0);
  g_assert_cmpuint (c->heard->len, ==, 0);
  g_assert_cmpuint (elsewhere->heard->len, ==, 0);

  /* There is a place again, and the one who is refused may take it. */
  room_client_free (g_steal_pointer (&b));
  while (c->heard->len == 0 && a->heard->len == 0) {
    room_client_say (c, "message", "[\"anybody?\"]");
    g_main_context_iteration (NULL, TRUE);
  }
}

/* Nobody joins: who is silent hears the offer, and has its place by answering. */
static void
test_broadcast (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) silent = room_client_join (server);
  g_autoptr (RoomClient) late = room_client_join (server);
  g_autoptr (RoomClient) elsewhere =
      room_client_join_with (server, "room=elsewhere", NULL);
  g_autoptr (RoomClient) mesh =
      room_client_join_with (server, "dialect=mesh", NULL);

  TEST_WATCHDOG (20);
  room_client_say (a, "offer", "[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_hears (silent, "offer[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_hears (late, "offer[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_say (a, "candidate", "[{\"candidate\":\"c\",\"sdpMid\":\"0\"}]");
  room_client_hears (
      silent, "candidate[{\"candidate\":\"c\",\"sdpMid\":\"0\"}]");
  room_client_hears (late, "candidate[{\"candidate\":\"c\",\"sdpMid\":\"0\"}]");
  room_client_say (silent, "answer", "[{\"type\":\"answer\",\"sdp\":\"v=0\"}]");
  room_client_hears (a, "answer[{\"type\":\"answer\",\"sdp\":\"v=0\"}]");

  room_client_say (late, "answer", "[{\"type\":\"answer\",\"sdp\":\"late\"}]");
  room_client_hears_refusal (late, "the room is full: it has 2 members");
  room_client_say (a, "candidate", "[null]");
  room_client_hears (silent, "candidate[null]");
  room_client_say (silent, "candidate", "[{\"candidate\":\"d\"}]");
  room_client_hears (a, "candidate[{\"candidate\":\"d\"}]");
  g_assert_cmpuint (late->heard->len, ==, 0);
  g_assert_cmpuint (elsewhere->heard->len, ==, 0);
  g_assert_cmpuint (mesh->heard->len, ==, 0);
}

/* What is said with the connection comes before the first event. */
static void
test_query (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a =
      room_client_join_with (server, "dialect=message&room=den", NULL);
  g_autoptr (RoomClient) b =
      room_client_join_with (server, "dialect=message&room=den", NULL);
  g_autoptr (RoomClient) c = room_client_join_with (
      server, "dialect=message&room=den", "{\"name\":\"Cy\"}");
  g_autoptr (RoomClient) wrong =
      room_client_join_with (server, "dialect=esperanto", NULL);

  TEST_WATCHDOG (20);
  /* It is in the room without a word. */
  room_client_hears_refusal (c, "the room is full: it has 2 members");
  room_client_say (b, "message", "[{\"type\":\"ready\"}]");
  room_client_hears (a, "message[{\"type\":\"ready\",\"clientId\":\"%s\"}]",
      room_client_id (b));
  room_client_say (b, "join", "[{\"channel\":\"r\"}]");
  room_client_hears_refusal (
      b, "you began with the dialect message, and this is mesh");
  g_assert_cmpstr (wrong->refusal, ==,
      "the dialects here are mesh, rooms, message and broadcast");
}

/* Who has spoken one dialect does not change it, and may have events of its own. */
static void
test_first_event (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);

  TEST_WATCHDOG (20);
  room_client_say (a, "join", "[{}]");
  room_client_hears_refusal (a, "the name of the room is missing");
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (a, "message", "[\"chat\"]");
  room_client_say (a, "candidate", "[null]");
  room_client_say (a, "join", "[{\"channel\":\"r\"}]");
  room_client_hears_refusal (
      a, "you began with the dialect rooms, and this is mesh");
}

static void
test_one_dialect (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = NULL;

  TEST_WATCHDOG (20);
  room_server_set_dialect (server, SERVER_DIALECT_ROOMS);
  a = room_client_join_with (server, "dialect=mesh", NULL);
  room_client_say (a, "message", "[{\"type\":\"ready\"}]");
  room_client_hears_refusal (
      a, "this server speaks the dialect rooms, and you speak message");
  room_client_say (a, "join", "[{\"channel\":\"r\"}]");
  room_client_hears_refusal (
      a, "this server speaks the dialect rooms, and you speak mesh");
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
}

/* In `mesh` they are in userdata; elsewhere they come in an event of their own. */
static void
test_names (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a =
      room_client_join_with (server, NULL, "{\"name\":\"Ada\"}");
  g_autoptr (RoomClient) b = room_client_join (server);
  g_autoptr (RoomClient) c =
      room_client_join_with (server, NULL, "{\"name\":\"Cy\"}");

  TEST_WATCHDOG (20);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join-room", "[\"r\"]");
  room_client_hears (b, "names[{\"%s\":\"Ada\"}]", room_client_id (a));
  room_client_hears (
      b, "users[[\"%s\",\"%s\"]]", room_client_id (a), room_client_id (b));
  room_client_hears (a, "user-joined[\"%s\"]", room_client_id (b));
  room_client_say (c, "join-room", "[\"r\"]");
  room_client_hears (a, "names[{\"%s\":\"Cy\"}]", room_client_id (c));
  room_client_hears (a, "user-joined[\"%s\"]", room_client_id (c));
}

/* Whatever is said in whatever dialect, the server stays, and so do the clients. */
static void
test_rubbish (void)
{
  static const char *const queries[] = { NULL, "dialect=mesh", "dialect=rooms",
    "dialect=message", "dialect=broadcast",
    "dialect=", "room=", "room=%00%ff&dialect=message" };
  static const char *const events[] = { "join", "part",
    "relaySessionDescription", "relayICECandidate", "join-room", "offer",
    "answer", "ice-candidate", "end-call", "message", "candidate", "client-id",
    "names", "refused", "" };
  static const char *const args[] = { "[]", "[null]", "[1]", "[[]]", "[{}]",
    "[\"\"]", "[\"r\"]", "[{\"type\":{},\"sdp\":1}]",
    "[{\"type\":\"offer\",\"clientId\":[]}]",
    "[{\"channel\":\"r\",\"userdata\":[[]]}]",
    "[{\"peer_id\":7,\"target\":[],\"to\":{},\"channel\":1}]" };
  g_autoptr (RoomServer) server = room_client_serve ();

  TEST_WATCHDOG (40);
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++) {
    g_autoptr (RoomClient) a = room_client_join_with (server, queries[i], NULL);
    g_autoptr (RoomClient) b = room_client_join_with (server, queries[i], NULL);
    g_autoptr (RoomClient) c = room_client_join (server);
    RoomClient *const clients[] = { a, b };

    g_test_message ("%s", queries[i]);
    g_assert_true (a->connected && b->connected);
    for (gsize j = 0; j < G_N_ELEMENTS (events); j++)
      for (gsize k = 0; k < G_N_ELEMENTS (args); k++)
        room_client_say (clients[k % 2], events[j], "%s", args[k]);
    room_client_say (c, "join-room", "[\"proof\"]");
    room_client_hears (c, "users[[\"%s\"]]", room_client_id (c));
    g_assert_true (sio_socket_get_connected (a->socket));
    g_assert_true (sio_socket_get_connected (b->socket));
  }
}

/* One line each for connect, join, part and refusal, whatever names are like. */
static void
test_log (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = NULL;
  g_autofree char *all = NULL;
  g_autofree char *short_id = NULL;

  TEST_WATCHDOG (20);
  room_server_set_log (server, room_client_keep_line, lines);
  a = room_client_join (server);
  short_id = g_strndup (room_client_id (a), 8);
  room_client_say (a, "join",
      "[{\"channel\":\"a \\\"b\\\"\\nconnect\","
      "\"userdata\":{\"name\":\"Ada\\u202e\\n\"}}]");
  room_client_say (a, "join", "[{\"channel\":\"other\"}]");
  room_client_hears_refusal (a, "you are in another room: leave it first");
  room_client_say (a, "part", "[\"a \\\"b\\\"\\nconnect\"]");
  room_client_say (a, "join", "[{}]");
  room_client_hears_refusal (a, "the name of the room is missing");
  g_ptr_array_add (lines, NULL);
  all = g_strjoinv ("\n", (char **) lines->pdata);
  g_test_message ("%s", all);
  g_assert_cmpuint (lines->len, ==, 6);
  g_assert_null (strstr (all, room_client_id (a)));
  g_assert_true (g_str_has_prefix (lines->pdata[0], "connect id="));
  g_assert_nonnull (strstr (lines->pdata[0], short_id));
  g_assert_nonnull (strstr (lines->pdata[0], "address=127.0.0.1 transport="));
  g_assert_nonnull (strstr (lines->pdata[1],
      "name=\"Ada\" room=\"a \\u{22}b\\u{22}\\u{a}connect\" dialect=mesh "
      "members=1"));
  g_assert_nonnull (strstr (lines->pdata[2], "reason=elsewhere: you are"));
  g_assert_true (g_str_has_prefix (lines->pdata[3], "part id="));
  g_assert_nonnull (strstr (lines->pdata[4], "reason=room-name: the name"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverclient/message", test_message);
  g_test_add_func ("/serverclient/broadcast", test_broadcast);
  g_test_add_func ("/serverclient/query", test_query);
  g_test_add_func ("/serverclient/first-event", test_first_event);
  g_test_add_func ("/serverclient/one-dialect", test_one_dialect);
  g_test_add_func ("/serverclient/names", test_names);
  g_test_add_func ("/serverclient/flood", test_flood);
  g_test_add_func ("/serverclient/rubbish", test_rubbish);
  g_test_add_func ("/serverclient/log", test_log);
  return g_test_run ();
}
