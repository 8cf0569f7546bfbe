/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"

#include <string.h>

/* A client and a server of this library, over loopback. */

static void
test_connect (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (JsonNode) auth = json ("{\"token\":\"s3cret\"}");
  g_autofree char *seen = NULL;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  g_object_set (manager, "query", "a=b%20c&d=e", NULL);
  g_object_set (socket, "auth", auth, NULL);
  g_assert_true (sio_manager_get_socket (manager, "/") == socket);
  g_assert_null (sio_manager_get_socket (manager, "a,b"));
  g_assert_false (sio_socket_get_connected (socket));

  sio_socket_connect (socket);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  g_assert_true (sio_socket_get_connected (socket));
  g_assert_cmpuint (host.connections, ==, 1);
  g_assert_cmpstr (
      sio_socket_get_id (socket), ==, sio_server_socket_get_id (host.socket));
  g_assert_cmpuint (strlen (sio_socket_get_id (socket)), ==, 22);
  g_assert_true (sio_server_get_socket (server, sio_socket_get_id (socket))
      == host.socket);
  seen = json_text (sio_server_socket_get_auth (host.socket));
  g_assert_cmpstr (seen, ==, "{\"token\":\"s3cret\"}");
  g_assert_cmpstr (
      sio_server_socket_get_handshake_query (host.socket, "a"), ==, "b c");
  g_assert_cmpstr (
      sio_server_socket_get_handshake_query (host.socket, "d"), ==, "e");
  g_assert_null (sio_server_socket_get_handshake_query (host.socket, "x"));

  sio_socket_disconnect (socket);
  g_assert_cmpstr (
      log.lines->str, ==, "connect\ndisconnect io client disconnect 0\n");
  g_assert_null (sio_socket_get_id (socket));
  fixture_wait (fixture, strstr (host.lines->str, "\ndisconnect") != NULL);
  g_assert_cmpstr (host.lines->str, ==,
      "disconnecting client namespace disconnect 1\n"
      "disconnect client namespace disconnect\n");
  g_assert_false (sio_server_socket_get_connected (host.socket));

  /* And again. */
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 2);
  log_clear (&log);
  host_clear (&host);
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (JsonNode) args = json ("[1,\"\xc3\xa9\",{\"a\":[null,1.5]}]");
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (300000, 'x');
  g_autofree char *large_text = g_strdup_printf ("[\"%s\"]", large);
  g_autoptr (JsonNode) large_args = json (large_text);
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  /* Before the connection: they wait. */
  for (int i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("early%d", i);

    g_assert_true (sio_socket_emit (socket, name, NULL, &error));
  }
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  g_assert_true (sio_socket_emit (socket, "late", args, &error));
  g_assert_false (sio_socket_emit (socket, "connect", args, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  fixture_wait (fixture, strstr (host.lines->str, "late") != NULL);
  g_assert_cmpstr (host.lines->str, ==,
      "event early0 []\nevent early1 []\nevent early2 []\n"
      "event late [1,\"\xc3\xa9\",{\"a\":[null,1.5]}]\n");

  g_assert_true (sio_server_socket_emit (host.socket, "wanted", args, NULL));
  g_assert_true (
      sio_server_socket_emit (host.socket, "large", large_args, NULL));
  fixture_wait (fixture, log.events == 2);
  g_assert_nonnull (strstr (
      log.lines->str, "event wanted [1,\"\xc3\xa9\",{\"a\":[null,1.5]}]\n"));
  g_assert_nonnull (strstr (log.lines->str, large_text));
  g_string_truncate (host.lines, 0);
  g_assert_true (sio_socket_emit (socket, "large", large_args, NULL));
  fixture_wait (fixture, strstr (host.lines->str, large_text) != NULL);
  log_clear (&log);
  host_clear (&host);
}

static void
count_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_assert_cmpstr (name, ==, "wanted");
  ++*(guint *) data;
}

static void
test_detail (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  guint wanted = 0;
  Log log;

  log_watch (&log, socket);
  g_signal_connect (socket, "event::wanted", G_CALLBACK (count_event), &wanted);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connects == 1);
  sio_server_emit (server, NULL, NULL, "never-heard-of", NULL);
  sio_server_emit (server, NULL, NULL, "wanted", NULL);
  sio_server_emit (server, NULL, NULL, "last", NULL);
  fixture_wait (fixture, log.events == 3);
  g_assert_cmpuint (wanted, ==, 1);
  /* What a peer says does not stay in the process for ever. */
  g_assert_cmpuint (g_quark_try_string ("never-heard-of"), ==, 0);
  log_clear (&log);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
reply_twice (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  if (ack != NULL)
    *(SioAck **) data = sio_ack_ref (ack);
}

static void
test_acks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  g_autoptr (JsonNode) args = json ("[1,2]");
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (JsonNode) back = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) early = NULL;
  g_autoptr (GAsyncResult) asked = NULL;
  g_autoptr (GAsyncResult) unanswered = NULL;
  g_autoptr (GAsyncResult) lost = NULL;
  g_autoptr (SioAck) ack = NULL;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, socket);
  sio_socket_emit_with_ack_async (
      socket, "echo", args, 30000, NULL, on_result, &early);
  sio_socket_connect (socket);
  fixture_wait (fixture, early != NULL);
  answer = sio_socket_emit_with_ack_finish (socket, early, &error);
  g_assert_no_error (error);
  text = json_text (answer);
  g_assert_cmpstr (text, ==, "[1,2]");

  /* The other way. */
  g_signal_connect (socket, "event", G_CALLBACK (reply_twice), &ack);
  fixture_wait (fixture, log.connects == 1);
  sio_server_socket_emit_with_ack_async (
      host.socket, "ask", NULL, 0, NULL, on_result, &asked);
  fixture_wait (fixture, ack != NULL);
  g_assert_true (sio_ack_reply (ack, NULL));
  g_assert_false (sio_ack_reply (ack, NULL));
  fixture_wait (fixture, asked != NULL);
  back = sio_server_socket_emit_with_ack_finish (host.socket, asked, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (back)), ==, 0);

  /* An answer that does not come, and one that cannot any more. */
  g_clear_pointer (&ack, sio_ack_unref);
  sio_server_socket_emit_with_ack_async (
      host.socket, "ask", NULL, 20, NULL, on_result, &unanswered);
  fixture_wait (fixture, unanswered != NULL && ack != NULL);
  g_assert_null (
      sio_server_socket_emit_with_ack_finish (host.socket, unanswered, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  sio_server_socket_emit_with_ack_async (
      host.socket, "ask", NULL, 0, NULL, on_result, &lost);
  sio_socket_disconnect (socket);
  g_assert_false (sio_ack_reply (ack, NULL));
  fixture_wait (fixture, lost != NULL);
  g_assert_null (
      sio_server_socket_emit_with_ack_finish (host.socket, lost, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  log_clear (&log);
  host_clear (&host);
}

static void
test_rooms (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  SioManager *managers[3];
  SioServerSocket *sockets[3];
  Log logs[3];
  Host host;

  host_watch (&host, server);
  for (int i = 0; i < 3; i++) {
    managers[i] = manager_for (server);
    log_watch (&logs[i], sio_manager_get_socket (managers[i], NULL));
    sio_socket_connect (logs[i].socket);
    fixture_wait (fixture, logs[i].connects == 1);
    sockets[i] = host.socket;
  }
  sio_server_socket_join (sockets[0], "r");
  sio_server_socket_join (sockets[1], "r");
  sio_server_emit (server, "r", sockets[0], "to-r", NULL);
  sio_server_emit (
      server, sio_server_socket_get_id (sockets[2]), NULL, "to-2", NULL);
  sio_server_socket_leave (sockets[1], "r");
  sio_server_emit (server, "r", NULL, "to-r-again", NULL);
  sio_server_emit (server, "nobody", NULL, "to-nobody", NULL);
  sio_server_emit (server, NULL, sockets[1], "to-all-but-1", NULL);
  sio_server_emit (server, NULL, NULL, "last", NULL);
  for (int i = 0; i < 3; i++)
    fixture_wait (fixture, strstr (logs[i].lines->str, "last") != NULL);
  g_assert_cmpstr (logs[0].lines->str, ==,
      "connect\nevent to-r-again []\nevent to-all-but-1 []\nevent last []\n");
  g_assert_cmpstr (
      logs[1].lines->str, ==, "connect\nevent to-r []\nevent last []\n");
  g_assert_cmpstr (logs[2].lines->str, ==,
      "connect\nevent to-2 []\nevent to-all-but-1 []\nevent last []\n");
  for (int i = 0; i < 3; i++) {
    log_clear (&logs[i]);
    g_object_unref (managers[i]);
  }
  host_clear (&host);
}

static char *
refuse_without_token (SioServer *server, SioServerSocket *socket, gpointer data)
{
  JsonObject *auth = json_node_get_object (sio_server_socket_get_auth (socket));

  return json_object_has_member (auth, "token") ? NULL
                                                : g_strdup ("who are you?");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  SioSocket *socket = sio_manager_get_socket (manager, NULL);
  SioSocket *nope = sio_manager_get_socket (manager, "nope");
  g_autoptr (JsonNode) auth = json ("{\"token\":1}");
  Log log, nope_log;

  g_signal_connect (
      server, "authenticate", G_CALLBACK (refuse_without_token), NULL);
  log_watch (&log, socket);
  log_watch (&nope_log, nope);
  sio_socket_connect (socket);
  fixture_wait (fixture, log.connect_errors == 1);
  g_assert_error (log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (log.error->message, ==, "who are you?");
  g_assert_cmpstr (log.lines->str, ==, "connect-error 0\n");
  sio_socket_set_auth (socket, auth);
  sio_socket_connect (socket);
  sio_socket_connect (nope);
  fixture_wait (fixture, log.connects == 1 && nope_log.connect_errors == 1);
  g_assert_error (nope_log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (nope_log.error->message, ==, "Invalid namespace");
  g_assert_true (sio_socket_get_connected (socket));
  log_clear (&log);
  log_clear (&nope_log);
}

static void
test_server_disconnects (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 1);
  sio_server_socket_disconnect (host.socket);
  sio_server_socket_disconnect (host.socket);
  fixture_wait (fixture, log.disconnects == 1);
  g_assert_cmpstr (
      log.lines->str, ==, "connect\ndisconnect io server disconnect 0\n");
  g_assert_cmpstr (host.lines->str, ==,
      "disconnecting server namespace disconnect 1\n"
      "disconnect server namespace disconnect\n");
  fixture_linger (fixture, 50);
  g_assert_cmpuint (host.connections, ==, 1);
  log_clear (&log);
  host_clear (&host);
}

static void
test_reconnects (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  guint port = sio_server_get_port (server);
  g_autofree char *first_id = NULL;
  g_autoptr (GError) error = NULL;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 1);
  first_id = g_strdup (sio_socket_get_id (log.socket));
  for (guint i = 1; i <= 5; i++) {
    g_string_truncate (host.lines, 0);
    g_string_truncate (log.lines, 0);
    sio_server_close (server);
    g_assert_cmpstr (host.lines->str, ==,
        "disconnecting server shutting down 1\n"
        "disconnect server shutting down\n");
    fixture_wait (fixture, log.disconnects == i);
    g_assert_cmpstr (log.lines->str, ==, "disconnect transport close 1\n");
    g_assert_true (sio_socket_emit (log.socket, "kept", NULL, NULL));
    /* At least one attempt finds nobody. */
    fixture_wait (fixture, log.connect_errors > (i - 1) * 2);
    g_assert_error (log.error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
    log.connect_errors = 2 * i;
    sio_server_listen (server, NULL, port, &error);
    g_assert_no_error (error);
    fixture_wait (fixture, strstr (host.lines->str, "event kept []") != NULL);
    fixture_wait (fixture, log.connects == i + 1);
    log.connect_errors = 2 * i;
  }
  g_assert_cmpstr (first_id, !=, sio_socket_get_id (log.socket));
  log_clear (&log);
  host_clear (&host);
}

static void
note_attempt (SioManager *manager, guint attempt, guint delay, gpointer data)
{
  g_assert_cmpuint (attempt, ==, *(guint *) data + 1);
  g_assert_cmpuint (delay, <=, 100);
  *(guint *) data = attempt;
}

static void
test_gives_up_when_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  guint attempts = 0;
  Log log;

  g_signal_connect (
      manager, "reconnect-attempt", G_CALLBACK (note_attempt), &attempts);
  sio_server_close (server);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  g_assert_cmpuint (log.connect_errors, ==, 0);
  fixture_wait (fixture, attempts == 4);
  sio_socket_disconnect (log.socket);
  fixture_linger (fixture, 150);
  g_assert_cmpuint (attempts, ==, 4);
  g_object_set (manager, "reconnection", FALSE, NULL);
  g_string_truncate (log.lines, 0);
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.lines->len > 0);
  g_assert_cmpstr (log.lines->str, ==, "connect-error 0\n");
  log_clear (&log);
}

static void
test_manager_closes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  SioManager *manager = manager_for (server);
  Log log;

  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 1);
  sio_manager_close (manager);
  g_assert_cmpstr (log.lines->str, ==, "connect\ndisconnect forced close 0\n");
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 2);
  /* The socket lives on without it, of no use. */
  g_object_unref (manager);
  g_assert_cmpuint (log.disconnects, ==, 2);
  sio_socket_connect (log.socket);
  g_assert_false (sio_socket_emit (log.socket, "a", NULL, NULL));
  log_clear (&log);
}

static void
test_wrong_addresses (Fixture *fixture, gconstpointer data)
{
  static const char *const cases[] = { "", "x", "ftp://localhost", "http://",
    "ws://user:secret@localhost", "http://a%0d%0ab/" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SioManager) manager = sio_manager_new (cases[i]);
    Log log;

    log_watch (&log, sio_manager_get_socket (manager, NULL));
    sio_socket_connect (log.socket);
    fixture_wait (fixture, log.connect_errors == 1);
    g_assert_error (log.error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
    g_assert_null (strstr (log.error->message, "secret"));
    g_assert_cmpstr (log.lines->str, ==, "connect-error 0\n");
    log_clear (&log);
  }
}

static void
test_wrong_path (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  Log log;

  g_object_set (manager, "path", "/elsewhere/", NULL);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connect_errors == 1);
  g_assert_cmpuint (sio_error_get_http_status (log.error), ==, 404);
  g_assert_cmpstr (log.lines->str, ==, "connect-error 0\n");
  log_clear (&log);
}

static void
test_listens (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = sio_server_new ();
  g_autoptr (SioServer) other = sio_server_new ();
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) taken = NULL;
  g_autoptr (GError) nowhere = NULL;
  g_autoptr (GError) path = NULL;

  g_assert_cmpuint (sio_server_get_port (server), ==, 0);
  sio_server_close (server);
  g_object_set (server, "path", "nothing", NULL);
  g_assert_false (sio_server_listen (server, NULL, 0, &path));
  g_assert_error (path, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  g_object_set (server, "path", "/chat", NULL);
  g_assert_true (sio_server_listen (server, "127.0.0.1", 0, NULL));
  g_assert_cmpuint (sio_server_get_port (server), !=, 0);
  g_assert_false (sio_server_listen (server, NULL, 0, &twice));
  g_assert_error (twice, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_false (sio_server_listen (
      other, "127.0.0.1", sio_server_get_port (server), &taken));
  g_assert_error (taken, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  /* An address for documentation, which no machine has. */
  g_assert_false (sio_server_listen (other, "192.0.2.1", 0, &nowhere));
  g_assert_nonnull (nowhere);
}

/* A port that is free at one address of a host may be somebody's at another: who
 * asks for any gets one that is free at all of them. */
static void
test_free_port (Fixture *fixture, gconstpointer data)
{
  GSocket *taken[400];
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  for (guint i = 0; i < G_N_ELEMENTS (taken); i++) {
    taken[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
        G_SOCKET_PROTOCOL_TCP, NULL);
    g_assert_true (g_socket_bind (taken[i], any, FALSE, NULL));
  }
  for (guint i = 0; i < 400; i++) {
    g_autoptr (SioServer) server = sio_server_new ();
    g_autoptr (GSocketConnection) connection = NULL;
    g_autoptr (GError) error = NULL;

    g_assert_true (sio_server_listen (server, "localhost", 0, &error));
    g_assert_no_error (error);
    connection = g_socket_client_connect_to_host (client, "127.0.0.1",
        (guint16) sio_server_get_port (server), NULL, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    g_object_unref (taken[i]);
}

static void
test_socket_outlives_server (Fixture *fixture, gconstpointer data)
{
  SioServer *server = server_new ();
  g_autoptr (SioManager) manager = manager_for (server);
  g_autoptr (SioServerSocket) socket = NULL;
  g_auto (GStrv) rooms = NULL;
  g_autoptr (GError) error = NULL;
  Host host;
  Log log;

  host_watch (&host, server);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 1);
  socket = g_object_ref (host.socket);
  host_clear (&host);
  g_object_unref (server);
  rooms = sio_server_socket_get_rooms (socket);
  g_assert_null (rooms[0]);
  sio_server_socket_join (socket, "r");
  sio_server_socket_disconnect (socket);
  g_assert_false (sio_server_socket_emit (socket, "a", NULL, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  log_clear (&log);
}

static guint
count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;
  return count;
}

/* libsoup 3.2 loses one for each request on a connection that is kept alive. */
static void
test_no_descriptor_is_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = server_new ();
  guint before = count_fds ();

  for (int i = 0; i < 30; i++) {
    g_autoptr (SioManager) manager = manager_for (server);
    Raw *page = raw_connect (sio_server_get_port (server));
    Raw *silent = raw_connect (sio_server_get_port (server));
    Raw *rude = raw_connect (sio_server_get_port (server));
    Log log;

    log_watch (&log, sio_manager_get_socket (manager, NULL));
    raw_send_text (page,
        "GET /socket.io/ HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
    raw_upgrade (rude);
    sio_socket_connect (log.socket);
    fixture_wait (fixture, log.connects == 1);
    log_clear (&log);
    raw_free (page);
    raw_free (silent);
    raw_free (rude);
  }
  while (count_fds () > before)
    fixture_linger (fixture, 5);
}

static void
test_ping_keeps_alive (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SioServer) server = g_object_new (
      SIO_TYPE_SERVER, "ping-interval", 20, "ping-timeout", 5000, NULL);
  g_autoptr (SioManager) manager = NULL;
  Log log;

  g_assert_true (sio_server_listen (server, "localhost", 0, NULL));
  manager = manager_for (server);
  log_watch (&log, sio_manager_get_socket (manager, NULL));
  sio_socket_connect (log.socket);
  fixture_wait (fixture, log.connects == 1);
  fixture_linger (fixture, 300);
  g_assert_cmpstr (log.lines->str, ==, "connect\n");
  log_clear (&log);
}

static void
test_own_thread_context (Fixture *fixture, gconstpointer data)
{
  /* Nothing of all this may have used the default context. */
  g_assert_false (g_main_context_pending (NULL));
}

#define ADD(name, func)                                                      \
  g_test_add ("/client-server/" name, Fixture, NULL, (gpointer) setup, func, \
      (gpointer) teardown)

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture_set_up (fixture);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("connect", test_connect);
  ADD ("events", test_events);
  ADD ("detail", test_detail);
  ADD ("acks", test_acks);
  ADD ("rooms", test_rooms);
  ADD ("refused", test_refused);
  ADD ("server-disconnects", test_server_disconnects);
  ADD ("reconnects", test_reconnects);
  ADD ("gives-up-when-told", test_gives_up_when_told);
  ADD ("manager-closes", test_manager_closes);
  ADD ("wrong-addresses", test_wrong_addresses);
  ADD ("wrong-path", test_wrong_path);
  ADD ("listens", test_listens);
  ADD ("free-port", test_free_port);
  ADD ("socket-outlives-server", test_socket_outlives_server);
  ADD ("no-descriptor-is-lost", test_no_descriptor_is_lost);
  ADD ("ping-keeps-alive", test_ping_keeps_alive);
  ADD ("own-thread-context", test_own_thread_context);
  return g_test_run ();
}
