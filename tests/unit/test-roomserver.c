/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/roomserver.h"

#include "common/testlog.h"

#include <libsoup/soup.h>
#include <sio/sio.h>
#include <string.h>

/* One client; what it hears is a text per event: name and arguments. */
typedef struct {
  SioManager *manager;
  SioSocket *socket;
  GPtrArray *heard;
  gboolean connected;
} Client;

static void
on_connect (SioSocket *socket, gpointer data)
{
  ((Client *) data)->connected = TRUE;
}

static void
on_event (SioSocket *socket, const char *event, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_autofree char *text = sio_json_print (args, NULL, NULL);

  g_ptr_array_add (((Client *) data)->heard, g_strconcat (event, text, NULL));
}

static Client *
client_new (RoomServer *server)
{
  g_autofree char *uri = room_server_get_uri (server);
  Client *self = g_new0 (Client, 1);

  self->heard = g_ptr_array_new_with_free_func (g_free);
  self->manager = sio_manager_new (uri);
  self->socket = sio_manager_get_socket (self->manager, "/");
  g_signal_connect (self->socket, "connect", G_CALLBACK (on_connect), self);
  g_signal_connect (self->socket, "event", G_CALLBACK (on_event), self);
  sio_socket_connect (self->socket);
  while (!self->connected)
    g_main_context_iteration (NULL, TRUE);
  return self;
}

static void
client_free (Client *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  sio_manager_close (self->manager);
  g_object_unref (self->manager);
  g_ptr_array_unref (self->heard);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static const char *
id (Client *self)
{
  return sio_socket_get_id (self->socket);
}

static void say (Client *self, const char *event, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
say (Client *self, const char *event, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) args = NULL;
  g_autoptr (GError) error = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  args = sio_json_parse (text, -1, &error);
  g_assert_no_error (error);
  sio_socket_emit (self->socket, event, args, &error);
  g_assert_no_error (error);
}

/* Waits for the next thing the client hears. */
static void hears (Client *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
hears (Client *self, const char *format, ...)
{
  g_autofree char *expected = NULL;
  g_autofree char *heard = NULL;
  va_list list;

  va_start (list, format);
  expected = g_strdup_vprintf (format, list);
  va_end (list);
  while (self->heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  heard = g_ptr_array_steal_index (self->heard, 0);
  g_assert_cmpstr (heard, ==, expected);
}

/* Its own next message comes back: so nothing else came before. */
static void
hears_nothing (Client *self, Client *other, const char *proof)
{
  hears (self, "%s", proof);
  g_assert_cmpuint (other->heard->len, ==, 0);
}

static RoomServer *
server_new (void)
{
  g_autoptr (GError) error = NULL;
  RoomServer *server = room_server_new ();

  room_server_listen (server, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (room_server_get_port (server), !=, 0);
  return server;
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
  g_autoptr (Client) a = client_new (server);
  g_autoptr (Client) b = client_new (server);

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
  g_autoptr (Client) a = client_new (server);
  Client *b = client_new (server);
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
  g_autoptr (Client) a = client_new (server);
  Client *b = client_new (server);
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
      "offer[{\"target\":\"%s\",\"caller\":\"%s\",\"sdp\":"
      "{\"type\":\"offer\",\"sdp\":\"v=0\"}}]",
      id (a), id (b));
  /* The room as the target: everybody else. */
  say (a, "answer",
      "[{\"target\":\"r\",\"sdp\":{\"type\":\"answer\",\"sdp\":\"v=0\"}}]");
  hears (b,
      "answer[{\"target\":\"r\",\"caller\":\"%s\",\"sdp\":"
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
  g_autoptr (Client) a = client_new (server);
  g_autoptr (Client) b = client_new (server);
  g_autoptr (Client) outside = client_new (server);

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"one\"}]");
  say (b, "join-room", "[\"two\"]");
  hears (b, "users[[\"%s\"]]", id (b));
  for (int i = 0; i < 2; i++) {
    Client *sender = i == 0 ? b : outside;

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
  g_autoptr (Client) a = client_new (server);
  g_autoptr (Client) b = client_new (server);

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
  g_autoptr (Client) a = client_new (server);
  g_autofree char *long_name = g_strnfill (ROOM_SERVER_MAX_NAME + 1, 'r');
  g_autofree char *long_data = g_strnfill (ROOM_SERVER_MAX_USERDATA, 'u');

  TEST_WATCHDOG (20);
  say (a, "join", "[{\"channel\":\"%s\"}]", long_name);
  hears (a,
      "refused[{\"reason\":\"the name of the room is longer than 128 bytes\"}]");
  say (a, "join", "[{\"channel\":\"r\",\"userdata\":\"%s\"}]", long_data);
  hears (a, "refused[{\"reason\":\"userdata is longer than 16384 bytes\"}]");
  say (a, "join-room", "[{}]");
  hears (a, "refused[{\"reason\":\"the name of the room is missing\"}]");
}

/* What the server does not take, it says beforehand. */
static void
test_long_message (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (Client) a = client_new (server);
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

static void
test_full_room (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (GPtrArray) members =
      g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (Client) late = NULL;

  TEST_WATCHDOG (60);
  for (int i = 0; i < ROOM_SERVER_MAX_MEMBERS; i++) {
    Client *member = client_new (server);

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
  g_autoptr (Client) a = client_new (server);
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

/* Who sends too much is heard in part; the others do not notice. */
static void
test_flood (void)
{
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (Client) b = client_new (server);
  Client *a;
  g_autofree char *id_of_a = NULL;

  TEST_WATCHDOG (20);
  say (b, "join", "[{\"channel\":\"r\"}]");
  /* Nothing is earned while the test runs, however slow the machine is. */
  room_server_set_message_limit (server, 1e-6, 10);
  a = client_new (server);
  id_of_a = g_strdup (id (a));
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "*some are dropped");
  say (a, "join", "[{\"channel\":\"r\"}]");
  hears (b, "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false}]",
      id_of_a);
  for (int i = 0; i < 100; i++)
    say (a, "relayICECandidate", "[{\"peer_id\":\"%s\",\"ice_candidate\":%d}]",
        id (b), i);
  say (b, "relayICECandidate", "[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]",
      id (a));
  hears (
      a, "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":true}]", id (b));
  hears (a, "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":{}}]", id (b));

  client_free (a);
  for (int i = 0; i < 9; i++)
    hears (b, "iceCandidate[{\"peer_id\":\"%s\",\"ice_candidate\":%d}]",
        id_of_a, i);
  hears (b, "removePeer[{\"peer_id\":\"%s\"}]", id_of_a);
  g_test_assert_expected_messages ();
}

/* --- the page --- */

static void
store_result (GObject *source, GAsyncResult *done, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (done);
}

static SoupMessage *
request (
    RoomServer *server, const char *method, const char *path, gsize *length)
{
  g_autoptr (SoupSession) session =
      soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *root = room_server_get_uri (server);
  g_autofree char *uri = g_strconcat (root, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  soup_session_send_and_read_async (
      session, message, G_PRIORITY_DEFAULT, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);
  *length = g_bytes_get_size (bytes);
  return message;
}

static void
test_page (void)
{
  static const struct {
    const char *path;
    const char *type;
  } files[] = {
    { "/", "text/html" },
    { "/?room=lobby", "text/html" },
    { "/index.html", "text/html" },
    { "/style.css", "text/css" },
    { "/call.mjs", "text/javascript" },
    { "/socketio.mjs", "text/javascript" },
    { "/icon.svg", "image/svg+xml" },
  };
  g_autoptr (RoomServer) server = server_new ();

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    gsize length, head_length;
    g_autoptr (SoupMessage) get =
        request (server, "GET", files[i].path, &length);
    g_autoptr (SoupMessage) head =
        request (server, "HEAD", files[i].path, &head_length);
    SoupMessageHeaders *headers = soup_message_get_response_headers (get);

    g_test_message ("%s", files[i].path);
    g_assert_cmpuint (soup_message_get_status (get), ==, 200);
    g_assert_cmpuint (length, >, 100);
    g_assert_cmpstr (soup_message_headers_get_content_type (headers, NULL), ==,
        files[i].type);
    g_assert_cmpstr (
        soup_message_headers_get_one (headers, "X-Content-Type-Options"), ==,
        "nosniff");
    g_assert_cmpstr (
        soup_message_headers_get_one (headers, "Content-Security-Policy"), ==,
        "default-src 'self'");
    g_assert_cmpuint (soup_message_get_status (head), ==, 200);
    g_assert_cmpuint (head_length, ==, 0);
  }
  drain ();
}

static void
test_page_refuses (void)
{
  static const char *const paths[] = { "/missing", "/../index.html",
    "/..%2f..%2fetc/passwd", "/%2e%2e/etc/passwd", "/index.html/",
    "/org/roomcall/page/index.html", "//style.css", "/style.css%00" };
  g_autoptr (RoomServer) server = server_new ();
  g_autoptr (SoupMessage) post = NULL;
  gsize length;

  TEST_WATCHDOG (20);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (SoupMessage) get = request (server, "GET", paths[i], &length);
    guint status = soup_message_get_status (get);

    g_test_message ("%s: %u", paths[i], status);
    /* libsoup takes "/.." away before it asks, and refuses a NUL. */
    if (i == 1)
      g_assert_cmpuint (status, ==, 200);
    else
      g_assert_cmpuint (status, >=, 400);
    g_assert_cmpuint (status, <, 500);
  }
  post = request (server, "POST", "/", &length);
  g_assert_cmpuint (soup_message_get_status (post), ==, 405);
  drain ();
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
  g_test_add_func ("/roomserver/full-room", test_full_room);
  g_test_add_func ("/roomserver/rubbish", test_rubbish);
  g_test_add_func ("/roomserver/flood", test_flood);
  g_test_add_func ("/roomserver/page", test_page);
  g_test_add_func ("/roomserver/page-refuses", test_page_refuses);
  g_test_add_func ("/roomserver/port-in-use", test_port_in_use);
  return g_test_run ();
}
