/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <string.h>

/* Namespaces of a server: who gets into them, and what is theirs alone. */

typedef struct {
  Fixture base;
  SioServer *server;
  SioManager *manager;
  GPtrArray *sockets; /* SioServerSocket, in the order they connected */
  GString *lines;     /* "NAMESPACE REASON" for each that left */
  GPtrArray *held;    /* SioServerSocket that wait to be let in */
} Arena;

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  Arena *arena = data;

  g_string_append_printf (arena->lines, "%s %s\n",
      sio_namespace_get_name (sio_server_socket_get_namespace (socket)),
      reason);
}

static void
on_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  if (ack != NULL)
    sio_ack_reply (ack, args);
}

static void
on_connection (SioNamespace *nsp, SioServerSocket *socket, gpointer data)
{
  Arena *arena = data;

  g_assert_true (sio_server_socket_get_namespace (socket) == nsp);
  g_ptr_array_add (arena->sockets, g_object_ref (socket));
  g_signal_connect (socket, "event", G_CALLBACK (on_event), arena);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), arena);
}

static char *
on_authenticate (SioNamespace *nsp, SioServerSocket *socket, gpointer data)
{
  Arena *arena = data;

  sio_server_socket_hold (socket);
  g_ptr_array_add (arena->held, g_object_ref (socket));
  return NULL;
}

static SioNamespace *
open_namespace (Arena *arena, const char *name)
{
  SioNamespace *nsp = sio_server_add_namespace (arena->server, name);

  g_assert_nonnull (nsp);
  g_signal_connect (nsp, "connection", G_CALLBACK (on_connection), arena);
  return nsp;
}

static SioServerSocket *
socket_at (Arena *arena, guint index)
{
  g_assert_cmpuint (index, <, arena->sockets->len);
  return arena->sockets->pdata[index];
}

static void
set_up (Arena *arena, gconstpointer data)
{
  fixture_set_up (&arena->base);
  arena->server = server_new ();
  arena->manager = manager_for (arena->server);
  arena->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  arena->held = g_ptr_array_new_with_free_func (g_object_unref);
  arena->lines = g_string_new (NULL);
  open_namespace (arena, "/");
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  g_object_unref (arena->manager);
  g_object_unref (arena->server);
  g_ptr_array_unref (arena->sockets);
  g_ptr_array_unref (arena->held);
  g_string_free (arena->lines, TRUE);
  fixture_tear_down (&arena->base);
}

static void
test_apart (Arena *arena, gconstpointer data)
{
  SioNamespace *root = sio_server_get_namespace (arena->server, "/");
  SioNamespace *chat = open_namespace (arena, "chat");
  SioSocket *socket = sio_manager_get_socket (arena->manager, "/");
  SioSocket *other = sio_manager_get_socket (arena->manager, "/chat");
  g_autoptr (GPtrArray) members = NULL;
  Log log, other_log;

  g_assert_cmpstr (sio_namespace_get_name (chat), ==, "/chat");
  g_assert_true (sio_server_add_namespace (arena->server, "/chat") == chat);
  g_assert_null (sio_server_get_namespace (arena->server, "/nowhere"));
  g_assert_null (sio_server_add_namespace (arena->server, "/a,b"));
  log_watch (&log, socket);
  log_watch (&other_log, other);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, log.connects == 1);
  sio_socket_connect (other);
  fixture_wait (&arena->base, other_log.connects == 1);
  g_assert_cmpstr (sio_socket_get_id (socket), !=, sio_socket_get_id (other));
  g_assert_true (sio_namespace_get_socket (chat, sio_socket_get_id (other))
      == socket_at (arena, 1));
  g_assert_null (sio_namespace_get_socket (chat, sio_socket_get_id (socket)));

  /* Rooms of the same name are two. */
  sio_server_socket_join (socket_at (arena, 0), "r");
  sio_server_socket_join (socket_at (arena, 1), "r");
  members = sio_namespace_get_members (chat, "r");
  g_assert_cmpuint (members->len, ==, 1);
  g_assert_true (members->pdata[0] == socket_at (arena, 1));
  sio_namespace_emit (chat, "r", NULL, "to-chat", NULL);
  sio_namespace_emit (root, "r", NULL, "to-root", NULL);
  sio_namespace_emit (root, NULL, socket_at (arena, 0), "to-nobody", NULL);
  fixture_wait (&arena->base, log.events == 1 && other_log.events == 1);
  g_assert_cmpstr (log.lines->str, ==, "connect\nevent to-root []\n");
  g_assert_cmpstr (other_log.lines->str, ==, "connect\nevent to-chat []\n");

  /* The server sends it out of one, and it stays in the other. */
  sio_server_socket_disconnect (socket_at (arena, 1));
  fixture_wait (&arena->base, other_log.disconnects == 1);
  g_assert_cmpstr (
      arena->lines->str, ==, "/chat server namespace disconnect\n");
  g_assert_true (sio_socket_get_connected (socket));
  sio_socket_connect (other);
  fixture_wait (&arena->base, other_log.connects == 2);
  g_string_truncate (arena->lines, 0);
  sio_server_close (arena->server);
  g_assert_nonnull (strstr (arena->lines->str, "/ server shutting down\n"));
  g_assert_nonnull (strstr (arena->lines->str, "/chat server shutting down\n"));
  log_clear (&log);
  log_clear (&other_log);
}

static void
on_requested (SioServer *server, const char *name, gpointer data)
{
  if (g_str_has_prefix (name, "/game-"))
    open_namespace (data, name);
}

static void
test_on_request (Arena *arena, gconstpointer data)
{
  SioSocket *game = sio_manager_get_socket (arena->manager, "/game-1");
  SioSocket *nowhere = sio_manager_get_socket (arena->manager, "/nowhere");
  Log log, nowhere_log;

  log_watch (&log, game);
  log_watch (&nowhere_log, nowhere);
  g_signal_connect (
      arena->server, "namespace-requested", G_CALLBACK (on_requested), arena);
  sio_socket_connect (game);
  sio_socket_connect (nowhere);
  fixture_wait (
      &arena->base, log.connects == 1 && nowhere_log.connect_errors == 1);
  g_assert_error (nowhere_log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (nowhere_log.error->message, ==, "Invalid namespace");
  g_assert_null (sio_server_get_namespace (arena->server, "/nowhere"));

  g_signal_handlers_disconnect_by_data (arena->server, arena);
  sio_server_remove_namespace (arena->server, "/nowhere");
  sio_server_remove_namespace (arena->server, "/game-1");
  fixture_wait (&arena->base, log.disconnects == 1);
  g_assert_cmpstr (
      log.lines->str, ==, "connect\ndisconnect io server disconnect 0\n");
  sio_socket_connect (game);
  fixture_wait (&arena->base, log.connect_errors == 1);
  g_assert_cmpstr (log.error->message, ==, "Invalid namespace");
  log_clear (&log);
  log_clear (&nowhere_log);
}

/* Two who decide, each in their own time. */
static void
test_later (Arena *arena, gconstpointer data)
{
  SioNamespace *nsp = open_namespace (arena, "/later");
  SioSocket *socket = sio_manager_get_socket (arena->manager, "/later");
  g_autoptr (JsonNode) args = json ("[1]");
  Log log;

  log_watch (&log, socket);
  g_signal_connect (nsp, "authenticate", G_CALLBACK (on_authenticate), arena);
  g_signal_connect (nsp, "authenticate", G_CALLBACK (on_authenticate), arena);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, arena->held->len == 2);
  g_assert_false (sio_server_socket_get_connected (arena->held->pdata[0]));
  g_assert_false (
      sio_server_socket_emit (arena->held->pdata[0], "early", args, NULL));
  sio_server_socket_admit (arena->held->pdata[0]);
  fixture_linger (&arena->base, 20);
  g_assert_cmpuint (log.connects, ==, 0);
  g_assert_cmpuint (arena->sockets->len, ==, 0);
  sio_server_socket_admit (arena->held->pdata[1]);
  g_assert_cmpuint (arena->sockets->len, ==, 1);
  fixture_wait (&arena->base, log.connects == 1);
  /* It has been said. */
  sio_server_socket_admit (arena->held->pdata[0]);
  sio_server_socket_refuse (arena->held->pdata[0], "too late", NULL);
  sio_server_socket_emit (arena->held->pdata[0], "welcome", args, NULL);
  fixture_wait (&arena->base, log.events == 1);
  log_clear (&log);
}

static void
test_refused_later (Arena *arena, gconstpointer data)
{
  SioNamespace *nsp = open_namespace (arena, "/later");
  SioSocket *socket = sio_manager_get_socket (arena->manager, "/later");
  g_autoptr (JsonNode) more = json ("{\"code\":7}");
  g_autofree char *text = NULL;
  Log log;

  log_watch (&log, socket);
  g_signal_connect (nsp, "authenticate", G_CALLBACK (on_authenticate), arena);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, arena->held->len == 1);
  sio_server_socket_refuse (arena->held->pdata[0], "not you", more);
  sio_server_socket_admit (arena->held->pdata[0]);
  fixture_wait (&arena->base, log.connect_errors == 1);
  g_assert_error (log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (log.error->message, ==, "not you");
  text = json_text (sio_error_get_data (log.error));
  g_assert_cmpstr (text, ==, "{\"code\":7}");
  g_assert_cmpuint (arena->sockets->len, ==, 0);

  /* One who does not wait for it, and one whose namespace goes. */
  sio_socket_connect (socket);
  fixture_wait (&arena->base, arena->held->len == 2);
  sio_socket_disconnect (socket);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, arena->held->len == 3);
  sio_server_socket_admit (arena->held->pdata[1]);
  sio_server_remove_namespace (arena->server, "/later");
  sio_server_socket_admit (arena->held->pdata[2]);
  fixture_wait (&arena->base, log.connect_errors == 2);
  g_assert_cmpstr (log.error->message, ==, "Invalid namespace");
  g_assert_cmpuint (arena->sockets->len, ==, 0);

  /* And one whose server goes. */
  nsp = open_namespace (arena, "/later");
  g_signal_connect (nsp, "authenticate", G_CALLBACK (on_authenticate), arena);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, arena->held->len == 4);
  sio_server_close (arena->server);
  sio_server_socket_admit (arena->held->pdata[3]);
  sio_server_socket_join (arena->held->pdata[3], "r");
  sio_server_socket_disconnect (arena->held->pdata[3]);
  g_assert_cmpuint (arena->sockets->len, ==, 0);
  log_clear (&log);
}

/* Nobody waits for ever. */
static void
test_never_decided (Arena *arena, gconstpointer data)
{
  SioNamespace *nsp = open_namespace (arena, "/later");
  SioSocket *socket = sio_manager_get_socket (arena->manager, "/later");
  Log log;

  g_object_set (arena->server, "connect-timeout", 50, NULL);
  g_object_set (arena->manager, "reconnection", FALSE, NULL);
  log_watch (&log, socket);
  g_signal_connect (nsp, "authenticate", G_CALLBACK (on_authenticate), arena);
  sio_socket_connect (socket);
  fixture_wait (&arena->base, log.connect_errors == 1);
  g_assert_cmpuint (arena->held->len, ==, 1);
  sio_server_socket_admit (arena->held->pdata[0]);
  g_assert_cmpuint (arena->sockets->len, ==, 0);
  log_clear (&log);
}

static void
test_limits (Arena *arena, gconstpointer data)
{
  static const char *const names[] = { "/", "/a", "/b" };
  g_auto (GStrv) rooms = NULL;
  Log logs[3];

  g_object_set (arena->server, "max-namespaces", 2, "max-rooms", 3, NULL);
  open_namespace (arena, "/a");
  open_namespace (arena, "/b");
  for (guint i = 0; i < 3; i++) {
    log_watch (&logs[i], sio_manager_get_socket (arena->manager, names[i]));
    sio_socket_connect (logs[i].socket);
    fixture_wait (&arena->base, logs[i].connects + logs[i].connect_errors == 1);
  }
  g_assert_cmpuint (logs[2].connect_errors, ==, 1);
  g_assert_cmpstr (logs[2].error->message, ==, "too many namespaces");
  /* With one left there is room. */
  sio_socket_disconnect (logs[1].socket);
  sio_socket_connect (logs[2].socket);
  fixture_wait (&arena->base, logs[2].connects == 1);

  sio_server_socket_join (socket_at (arena, 0), "one");
  sio_server_socket_join (socket_at (arena, 0), "two");
  sio_server_socket_join (socket_at (arena, 0), "three");
  rooms = sio_server_socket_get_rooms (socket_at (arena, 0));
  g_assert_cmpuint (g_strv_length (rooms), ==, 3);
  g_assert_cmpstr (rooms[2], ==, "two");
  for (guint i = 0; i < 3; i++)
    log_clear (&logs[i]);
}

#define ADD(name, func) \
  g_test_add ("/namespaces/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("apart", test_apart);
  ADD ("on-request", test_on_request);
  ADD ("later", test_later);
  ADD ("refused-later", test_refused_later);
  ADD ("never-decided", test_never_decided);
  ADD ("limits", test_limits);
  return g_test_run ();
}
