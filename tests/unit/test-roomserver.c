/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/roomserver.h"

#include "common/roomclient.h"
#include "common/tcprelay.h"
#include "common/testlog.h"
#include "server/serverroom.h"

#include <string.h>

/* Its own next message comes back: so nothing else came before. */
static void
hears_nothing (RoomClient *self, RoomClient *other, const char *proof)
{
  room_client_hears (self, "%s", proof);
  g_assert_cmpuint (other->heard->len, ==, 0);
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_mesh (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) b = room_client_join (server);

  TEST_WATCHDOG (20);
  room_client_say (
      a, "join", "[{\"channel\":\"r\",\"userdata\":{\"name\":\"A\"}}]");
  /* A second time changes nothing. */
  room_client_say (a, "join", "[{\"channel\":\"r\"}]");
  room_client_say (
      b, "join", "[{\"channel\":\"r\",\"userdata\":{\"name\":\"B\"}}]");
  room_client_hears (a,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false,"
      "\"userdata\":{\"name\":\"B\"}}]",
      room_client_id (b));
  room_client_hears (b,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":true,"
      "\"userdata\":{\"name\":\"A\"}}]",
      room_client_id (a));

  /* The sender's id is the server's, whatever it says itself. */
  room_client_say (b, "relaySessionDescription",
      "[{\"peer_id\":\"%s\",\"from\":\"x\",\"session_description\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      room_client_id (a));
  room_client_hears (a,
      "sessionDescription[{\"peer_id\":\"%s\",\"session_description\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      room_client_id (b));
  room_client_say (a, "relayICECandidate",
      "[{\"peer_id\":\"%s\",\"ice_candidate\":{\"sdpMLineIndex\":0,"
      "\"candidate\":\"c\"}}]",
      room_client_id (b));
  room_client_hears (b,
      "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":"
      "{\"sdpMLineIndex\":0,\"candidate\":\"c\"}}]",
      room_client_id (a));

  room_client_say (a, "part", "[\"another\"]");
  room_client_say (b, "part", "[\"r\"]");
  room_client_hears (a, "removePeer[{\"peer_id\":\"%s\"}]", room_client_id (b));
  room_client_hears (b, "removePeer[{\"peer_id\":\"%s\"}]", room_client_id (a));
}

static void
test_mesh_disconnect (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  RoomClient *b = room_client_join (server);
  g_autofree char *id_of_b = g_strdup (room_client_id (b));

  TEST_WATCHDOG (20);
  room_client_say (a, "join", "[{\"channel\":\"r\"}]");
  room_client_say (b, "join", "[{\"channel\":\"r\"}]");
  room_client_hears (a,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false}]", id_of_b);
  room_client_free (b);
  room_client_hears (a, "removePeer[{\"peer_id\":\"%s\"}]", id_of_b);
}

static void
test_rooms (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  RoomClient *b = room_client_join (server);
  g_autofree char *id_of_b = g_strdup (room_client_id (b));

  TEST_WATCHDOG (20);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join-room", "[\"r\"]");
  room_client_hears (
      b, "users[[\"%s\",\"%s\"]]", room_client_id (a), room_client_id (b));
  room_client_hears (a, "user-joined[\"%s\"]", room_client_id (b));

  room_client_say (b, "offer",
      "[{\"target\":\"%s\",\"caller\":\"forged\",\"sdp\":{\"type\":\"offer\","
      "\"sdp\":\"v=0\"}}]",
      room_client_id (a));
  room_client_hears (a,
      "offer[{\"caller\":\"%s\",\"target\":\"%s\",\"sdp\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      room_client_id (b), room_client_id (a));
  /* The room as the target: everybody else. */
  room_client_say (a, "answer",
      "[{\"target\":\"r\",\"sdp\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}]");
  room_client_hears (b,
      "answer[{\"caller\":\"%s\",\"target\":\"r\",\"sdp\":"
      "{\"type\":\"answer\",\"sdp\":\"v=0\"}}]",
      room_client_id (a));
  room_client_say (a, "ice-candidate",
      "[{\"target\":\"%s\",\"candidate\":{\"candidate\":\"c\"}}]",
      room_client_id (b));
  room_client_hears (b, "ice-candidate[{\"candidate\":\"c\"}]");
  room_client_say (a, "end-call", "[{\"to\":\"%s\"}]", room_client_id (b));
  room_client_hears (b, "end-call[{\"from\":\"%s\",\"to\":\"%s\"}]",
      room_client_id (a), room_client_id (b));

  room_client_free (b);
  room_client_hears (a, "user-left[\"%s\"]", id_of_b);
}

/* Nobody reaches a member of another room, in neither dialect. */
static void
test_isolation (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) b = room_client_join (server);
  g_autoptr (RoomClient) outside = room_client_join (server);

  TEST_WATCHDOG (20);
  room_client_say (a, "join", "[{\"channel\":\"one\"}]");
  room_client_say (b, "join-room", "[\"two\"]");
  room_client_hears (b, "users[[\"%s\"]]", room_client_id (b));
  for (int i = 0; i < 2; i++) {
    RoomClient *sender = i == 0 ? b : outside;

    room_client_say (sender, "relaySessionDescription",
        "[{\"peer_id\":\"%s\",\"session_description\":{}}]",
        room_client_id (a));
    room_client_say (sender, "relayICECandidate",
        "[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]", room_client_id (a));
    room_client_say (sender, "offer", "[{\"target\":\"%s\",\"sdp\":{}}]",
        room_client_id (a));
    room_client_say (sender, "offer", "[{\"target\":\"one\",\"sdp\":{}}]");
    room_client_say (sender, "ice-candidate",
        "[{\"target\":\"%s\",\"candidate\":{}}]", room_client_id (a));
    room_client_say (
        sender, "end-call", "[{\"to\":\"%s\"}]", room_client_id (a));
    room_client_say (sender, "part", "[\"one\"]");
  }
  /* What comes next from the same sender proves that all that was handled. */
  room_client_say (outside, "join", "[{\"channel\":\"three\"}]");
  room_client_say (outside, "join", "[{\"channel\":\"four\"}]");
  hears_nothing (outside, a,
      "refused[{\"reason\":\"you are in another room: leave it first\"}]");
}

static void
test_one_dialect_per_room (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) b = room_client_join (server);

  TEST_WATCHDOG (20);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join", "[{\"channel\":\"r\"}]");
  room_client_hears (b,
      "refused[{\"reason\":\"this room speaks the dialect rooms, and you speak "
      "mesh\"}]");
}

static void
test_limits (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autofree char *long_name = g_strnfill (SERVER_ROOM_MAX_NAME + 1, 'r');
  g_autofree char *long_data = g_strnfill (SERVER_ROOM_MAX_USERDATA, 'u');

  TEST_WATCHDOG (20);
  room_client_say (a, "join", "[{\"channel\":\"%s\"}]", long_name);
  room_client_hears (a,
      "refused[{\"reason\":\"the name of the room is longer than 128 bytes\"}]");
  room_client_say (
      a, "join", "[{\"channel\":\"r\",\"userdata\":\"%s\"}]", long_data);
  room_client_hears (
      a, "refused[{\"reason\":\"userdata is longer than 8192 bytes\"}]");
  room_client_say (a, "join-room", "[{}]");
  room_client_hears (
      a, "refused[{\"reason\":\"the name of the room is missing\"}]");
}

/* What the server does not take, it says beforehand. */
static void
test_long_message (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) args = NULL;
  g_autofree char *text = g_strnfill (128 * 1024, 'x');
  g_autofree char *json = g_strdup_printf ("[\"%s\"]", text);

  args = sio_json_parse (json, -1, NULL);
  g_assert_nonnull (args);
  g_assert_false (sio_socket_emit (a->socket, "chat", args, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  drain ();
}

/* Who comes into a full room gets all that its members say of themselves. */
static void
test_full_mesh (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) room_client_free);
  g_autofree char *text = g_strnfill (SERVER_ROOM_MAX_USERDATA - 2, 'u');
  RoomClient *last = NULL;

  TEST_WATCHDOG (60);
  for (int i = 0; i < 64; i++) {
    last = room_client_join (server);
    g_ptr_array_add (members, last);
    room_client_say (
        last, "join", "[{\"channel\":\"r\",\"userdata\":\"%s\"}]", text);
    while (last->heard->len < (guint) i)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (sio_socket_get_connected (last->socket));
  g_assert_cmpuint (last->heard->len, ==, 63);
}

static void
test_full_room (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) room_client_free);
  g_autoptr (RoomClient) late = NULL;

  TEST_WATCHDOG (60);
  for (int i = 0; i < 64; i++) {
    RoomClient *member = room_client_join (server);

    g_ptr_array_add (members, member);
    room_client_say (member, "join-room", "[\"r\"]");
    while (member->heard->len == 0)
      g_main_context_iteration (NULL, TRUE);
  }
  late = room_client_join (server);
  room_client_say (late, "join-room", "[\"r\"]");
  room_client_hears (
      late, "refused[{\"reason\":\"the room is full: it has 64 members\"}]");
}

/* Rubbish costs nothing but the message. */
static void
test_rubbish (void)
{
  static const char *const events[] = { "join", "part",
    "relaySessionDescription", "relayICECandidate", "join-room", "offer",
    "answer", "ice-candidate", "end-call", "client-id", "unheard-of" };
  static const char *const args[] = { "[]", "[null]", "[1]", "[[]]", "[{}]",
    "[\"\"]", "[{\"peer_id\":7,\"target\":[],\"to\":{},\"channel\":1}]" };
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autofree char *last = NULL;

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (args); j++)
      room_client_say (a, events[i], "%s", args[j]);
  room_client_say (a, "join-room", "[\"r\"]");
  last = g_strdup_printf ("users[[\"%s\"]]", room_client_id (a));
  while (a->heard->len == 0
      || g_strcmp0 (g_ptr_array_index (a->heard, a->heard->len - 1), last) != 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_token (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RoomServer) server = room_client_serve ();
  static const struct {
    const char *auth;
    const char *refusal;
  } cases[] = {
    { NULL, "a token is needed: auth {\"token\": …}" },
    { "{\"token\":7}", "a token is needed: auth {\"token\": …}" },
    { "{\"token\":\"\"}", "the token is wrong" },
    { "{\"token\":\"sesam\"}", "the token is wrong" },
    { "{\"token\":\"sesame\"}", NULL },
  };

  TEST_WATCHDOG (20);
  room_server_set_log (server, room_client_keep_line, lines);
  room_server_set_token (server, "sesame");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RoomClient) client =
        room_client_join_with (server, NULL, cases[i].auth);

    g_assert_cmpstr (client->refusal, ==, cases[i].refusal);
  }
  g_assert_cmpuint (lines->len, ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < lines->len; i++) {
    const char *line = g_ptr_array_index (lines, i);

    g_assert_null (strstr (line, "sesam"));
    g_assert_true (g_str_has_prefix (line, i < 4 ? "refusal " : "connect "));
  }
}

/* Everybody is disconnected and nobody is told that the others leave. */
static void
test_close (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) b = room_client_join (server);

  TEST_WATCHDOG (20);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join-room", "[\"r\"]");
  room_client_hears (a, "user-joined[\"%s\"]", room_client_id (b));
  room_client_hears (
      b, "users[[\"%s\",\"%s\"]]", room_client_id (a), room_client_id (b));
  g_assert_cmpuint (room_server_close (server), ==, 2);
  while (sio_socket_get_connected (a->socket)
      || sio_socket_get_connected (b->socket))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (a->heard->len, ==, 0);
  g_assert_cmpuint (b->heard->len, ==, 0);
}

/* --- who comes back --- */

static RoomClient *
client_behind (TcpRelay *relay, const char *query)
{
  g_autofree char *uri =
      g_strdup_printf ("http://127.0.0.1:%u", tcp_relay_get_port (relay));

  return room_client_new_with (uri, query, NULL);
}

/* The server takes 30 s to notice that somebody is gone, and who comes back takes its
 * own place: in a room of two it would be a third. */
static void
test_return_to_pair (void)
{
  static const char *const dialects[] = { "message", "broadcast" };

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++) {
    g_autoptr (RoomServer) server = room_client_serve ();
    g_autoptr (TcpRelay) relay = tcp_relay_new (room_server_get_port (server));
    g_autofree char *query = g_strconcat ("dialect=", dialects[i], NULL);
    g_autoptr (RoomClient) a = room_client_join_with (server, query, NULL);
    g_autoptr (RoomClient) b = client_behind (relay, query);
    g_autoptr (RoomClient) stranger = NULL;
    const char *event = i == 0 ? "message" : "offer";

    tcp_relay_swallow (relay);
    while (sio_socket_get_connected (b->socket))
      g_main_context_iteration (NULL, TRUE);
    /* Anybody else is a third. */
    stranger = room_client_join_with (server, query, NULL);
    room_client_hears_refusal (stranger, "the room is full: it has 2 members");
    while (!sio_socket_get_connected (b->socket))
      g_main_context_iteration (NULL, TRUE);
    room_client_hears (b, "client-id[{\"id\":\"%s\"}]", room_client_id (b));
    room_client_say (b, event, "[\"I am back\"]");
    room_client_hears (a, "%s[\"I am back\"]", event);
    room_client_say (a, event, "[\"so you are\"]");
    room_client_hears (b, "%s[\"so you are\"]", event);
  }
}

/* Elsewhere the others do not see it twice. */
static void
test_return_to_many (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (TcpRelay) relay = tcp_relay_new (room_server_get_port (server));
  g_autoptr (RoomClient) a = room_client_join (server);
  g_autoptr (RoomClient) b = client_behind (relay, NULL);
  g_autofree char *before = g_strdup (room_client_id (b));

  TEST_WATCHDOG (20);
  room_client_say (a, "join-room", "[\"r\"]");
  room_client_hears (a, "users[[\"%s\"]]", room_client_id (a));
  room_client_say (b, "join-room", "[\"r\"]");
  room_client_hears (a, "user-joined[\"%s\"]", before);
  tcp_relay_swallow (relay);
  room_client_hears (a, "user-left[\"%s\"]", before);
  while (!sio_socket_get_connected (b->socket))
    g_main_context_iteration (NULL, TRUE);
  room_client_say (b, "join-room", "[\"r\"]");
  room_client_hears (a, "user-joined[\"%s\"]", room_client_id (b));
}

static void
test_port_in_use (void)
{
  g_autoptr (RoomServer) server = room_client_serve ();
  g_autoptr (RoomServer) second = room_server_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (room_server_listen (
      second, "127.0.0.1", room_server_get_port (server), &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/roomserver/mesh", test_mesh);
  g_test_add_func ("/roomserver/mesh-disconnect", test_mesh_disconnect);
  g_test_add_func ("/roomserver/rooms", test_rooms);
  g_test_add_func ("/roomserver/isolation", test_isolation);
  g_test_add_func (
      "/roomserver/one-dialect-per-room", test_one_dialect_per_room);
  g_test_add_func ("/roomserver/limits", test_limits);
  g_test_add_func ("/roomserver/long-message", test_long_message);
  g_test_add_func ("/roomserver/full-mesh", test_full_mesh);
  g_test_add_func ("/roomserver/full-room", test_full_room);
  g_test_add_func ("/roomserver/rubbish", test_rubbish);
  g_test_add_func ("/roomserver/token", test_token);
  g_test_add_func ("/roomserver/close", test_close);
  g_test_add_func ("/roomserver/return-to-pair", test_return_to_pair);
  g_test_add_func ("/roomserver/return-to-many", test_return_to_many);
  g_test_add_func ("/roomserver/port-in-use", test_port_in_use);
  return g_test_run ();
}
