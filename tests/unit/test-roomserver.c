/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/roomserver.h"

#include "common/roomclient.h"
#include "common/testlog.h"
#include "server/serverroom.h"

#include <string.h>

#define id room_client_id
#define say room_client_say
#define hears room_client_hears
#define hears_refusal room_client_hears_refusal
#define client_new room_client_join
#define client_new_with room_client_join_with
#define client_free room_client_free
#define server_new room_client_serve
#define keep_line room_client_keep_line

/* Its own next message comes back: so nothing else came before. */
static void
hears_nothing (RoomClient *self, RoomClient *other, const char *proof)
{
  hears (self, "%s", proof);
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
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autoptr (RoomClient) b = client_new (server);

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"r\",\"userdata\":{\"name\":\"A\"}}]");
  /* A second time changes nothing. */
  say (a, "join", "[{\"channel\":\"r\"}]");
  say (b, "join", "[{\"channel\":\"r\",\"userdata\":{\"name\":\"B\"}}]");
  hears (a,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false,"
      "\"userdata\":{\"name\":\"B\"}}]",
      id (b));
  hears (b,
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":true,"
      "\"userdata\":{\"name\":\"A\"}}]",
      id (a));

  /* The sender's id is the server's, whatever it says itself. */
  say (b, "relaySessionDescription",
      "[{\"peer_id\":\"%s\",\"from\":\"x\",\"session_description\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      id (a));
  hears (a,
      "sessionDescription[{\"peer_id\":\"%s\",\"session_description\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      id (b));
  say (a, "relayICECandidate",
      "[{\"peer_id\":\"%s\",\"ice_candidate\":{\"sdpMLineIndex\":0,"
      "\"candidate\":\"c\"}}]",
      id (b));
  hears (b,
      "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":"
      "{\"sdpMLineIndex\":0,\"candidate\":\"c\"}}]",
      id (a));

  say (a, "part", "[\"another\"]");
  say (b, "part", "[\"r\"]");
  hears (a, "removePeer[{\"peer_id\":\"%s\"}]", id (b));
  hears (b, "removePeer[{\"peer_id\":\"%s\"}]", id (a));
}

static void
test_mesh_disconnect (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  RoomClient *b = client_new (server);
  g_autofree char *id_of_b = g_strdup (id (b));

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"r\"}]");
  say (b, "join", "[{\"channel\":\"r\"}]");
  hears (a, "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false}]",
      id_of_b);
  client_free (b);
  hears (a, "removePeer[{\"peer_id\":\"%s\"}]", id_of_b);
}

static void
test_rooms (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  RoomClient *b = client_new (server);
  g_autofree char *id_of_b = g_strdup (id (b));

  TEST_WATCHDOG (20);
  say (a, "join-room", "[\"r\"]");
  hears (a, "users[[\"%s\"]]", id (a));
  say (b, "join-room", "[\"r\"]");
  hears (b, "users[[\"%s\",\"%s\"]]", id (a), id (b));
  hears (a, "user-joined[\"%s\"]", id (b));

  say (b, "offer",
      "[{\"target\":\"%s\",\"caller\":\"forged\",\"sdp\":{\"type\":\"offer\","
      "\"sdp\":\"v=0\"}}]",
      id (a));
  hears (a,
      "offer[{\"caller\":\"%s\",\"target\":\"%s\",\"sdp\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      id (b), id (a));
  /* The room as the target: everybody else. */
  say (a, "answer",
      "[{\"target\":\"r\",\"sdp\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}]");
  hears (b,
      "answer[{\"caller\":\"%s\",\"target\":\"r\",\"sdp\":"
      "{\"type\":\"answer\",\"sdp\":\"v=0\"}}]",
      id (a));
  say (a, "ice-candidate",
      "[{\"target\":\"%s\",\"candidate\":{\"candidate\":\"c\"}}]", id (b));
  hears (b, "ice-candidate[{\"candidate\":\"c\"}]");
  say (a, "end-call", "[{\"to\":\"%s\"}]", id (b));
  hears (b, "end-call[{\"from\":\"%s\",\"to\":\"%s\"}]", id (a), id (b));

  client_free (b);
  hears (a, "user-left[\"%s\"]", id_of_b);
}

/* Nobody reaches a member of another room, in neither dialect. */
static void
test_isolation (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autoptr (RoomClient) b = client_new (server);
  g_autoptr (RoomClient) outside = client_new (server);

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"one\"}]");
  say (b, "join-room", "[\"two\"]");
  hears (b, "users[[\"%s\"]]", id (b));
  for (int i = 0; i < 2; i++) {
    RoomClient *sender = i == 0 ? b : outside;

    say (sender, "relaySessionDescription",
        "[{\"peer_id\":\"%s\",\"session_description\":{}}]", id (a));
    say (sender, "relayICECandidate",
        "[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]", id (a));
    say (sender, "offer", "[{\"target\":\"%s\",\"sdp\":{}}]", id (a));
    say (sender, "offer", "[{\"target\":\"one\",\"sdp\":{}}]");
    say (sender, "ice-candidate", "[{\"target\":\"%s\",\"candidate\":{}}]",
        id (a));
    say (sender, "end-call", "[{\"to\":\"%s\"}]", id (a));
    say (sender, "part", "[\"one\"]");
  }
  /* What comes next from the same sender proves that all that was handled. */
  say (outside, "join", "[{\"channel\":\"three\"}]");
  say (outside, "join", "[{\"channel\":\"four\"}]");
  hears_nothing (outside, a,
      "refused[{\"reason\":\"you are in another room: leave it first\"}]");
}

static void
test_one_dialect_per_room (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autoptr (RoomClient) b = client_new (server);

  TEST_WATCHDOG (20);
  say (a, "join-room", "[\"r\"]");
  hears (a, "users[[\"%s\"]]", id (a));
  say (b, "join", "[{\"channel\":\"r\"}]");
  hears (b,
      "refused[{\"reason\":\"this room speaks the dialect rooms, and you speak "
      "mesh\"}]");
}

static void
test_limits (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autofree char *long_name = g_strnfill (SERVER_ROOM_MAX_NAME + 1, 'r');
  g_autofree char *long_data = g_strnfill (SERVER_ROOM_MAX_USERDATA, 'u');

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"%s\"}]", long_name);
  hears (a,
      "refused[{\"reason\":\"the name of the room is longer than 128 bytes\"}]");
  say (a, "join", "[{\"channel\":\"r\",\"userdata\":\"%s\"}]", long_data);
  hears (a, "refused[{\"reason\":\"userdata is longer than 8192 bytes\"}]");
  say (a, "join-room", "[{}]");
  hears (a, "refused[{\"reason\":\"the name of the room is missing\"}]");
}

/* What the server does not take, it says beforehand. */
static void
test_long_message (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
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
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autofree char *text = g_strnfill (SERVER_ROOM_MAX_USERDATA - 2, 'u');
  RoomClient *last = NULL;

  TEST_WATCHDOG (60);
  for (int i = 0; i < 64; i++) {
    last = client_new (server);
    g_ptr_array_add (members, last);
    say (last, "join", "[{\"channel\":\"r\",\"userdata\":\"%s\"}]", text);
    while (last->heard->len < (guint) i)
      g_main_context_iteration (NULL, TRUE);
  }
  g_assert_true (sio_socket_get_connected (last->socket));
  g_assert_cmpuint (last->heard->len, ==, 63);
}

static void
test_full_room (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (RoomClient) late = NULL;

  TEST_WATCHDOG (60);
  for (int i = 0; i < 64; i++) {
    RoomClient *member = client_new (server);

    g_ptr_array_add (members, member);
    say (member, "join-room", "[\"r\"]");
    while (member->heard->len == 0)
      g_main_context_iteration (NULL, TRUE);
  }
  late = client_new (server);
  say (late, "join-room", "[\"r\"]");
  hears (late, "refused[{\"reason\":\"the room is full: it has 64 members\"}]");
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
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autofree char *last = NULL;

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (args); j++)
      say (a, events[i], "%s", args[j]);
  say (a, "join-room", "[\"r\"]");
  last = g_strdup_printf ("users[[\"%s\"]]", id (a));
  while (a->heard->len == 0
      || g_strcmp0 (g_ptr_array_index (a->heard, a->heard->len - 1), last) != 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_token (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RoomServer) server = server_new ();
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
  room_server_set_log (server, keep_line, lines);
  room_server_set_token (server, "sesame");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (RoomClient) client =
        client_new_with (server, NULL, cases[i].auth);

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
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (RoomClient) a = client_new (server);
  g_autoptr (RoomClient) b = client_new (server);

  TEST_WATCHDOG (20);
  say (a, "join-room", "[\"r\"]");
  hears (a, "users[[\"%s\"]]", id (a));
  say (b, "join-room", "[\"r\"]");
  hears (a, "user-joined[\"%s\"]", id (b));
  hears (b, "users[[\"%s\",\"%s\"]]", id (a), id (b));
  g_assert_cmpuint (room_server_close (server), ==, 2);
  while (sio_socket_get_connected (a->socket)
      || sio_socket_get_connected (b->socket))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (a->heard->len, ==, 0);
  g_assert_cmpuint (b->heard->len, ==, 0);
}

static void
test_port_in_use (void)
{
  g_autoptr (RoomServer) server = server_new ();
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
  g_test_add_func ("/roomserver/port-in-use", test_port_in_use);
  return g_test_run ();
}
