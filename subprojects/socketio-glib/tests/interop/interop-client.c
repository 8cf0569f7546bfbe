/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <string.h>

/* This library's client before npm's server (test-npm-server.mjs), whose address
 * is in SIO_INTEROP_URI. */

typedef struct {
  Fixture base;
  SioManager *manager;
  SioSocket *socket;
  Log log;
} Arena;

static void
set_up (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) auth = json ("{\"token\":\"right\"}");

  fixture_set_up (&arena->base);
  arena->manager = sio_manager_new (g_getenv ("SIO_INTEROP_URI"));
  g_object_set (arena->manager, "reconnection-delay", 20,
      "reconnection-delay-max", 100, NULL);
  arena->socket = sio_manager_get_socket (arena->manager, NULL);
  sio_socket_set_auth (arena->socket, auth);
  log_watch (&arena->log, arena->socket);
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  log_clear (&arena->log);
  g_object_unref (arena->manager);
  fixture_tear_down (&arena->base);
}

static void
connect_socket (Arena *arena)
{
  sio_socket_connect (arena->socket);
  fixture_wait (&arena->base, arena->log.connects == 1);
  g_string_truncate (arena->log.lines, 0);
}

static void
emit (Arena *arena, const char *event, const char *args)
{
  g_autoptr (JsonNode) node = json (args);
  g_autoptr (GError) error = NULL;

  sio_socket_emit (arena->socket, event, node, &error);
  g_assert_no_error (error);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static char *
ask (Arena *arena, const char *event, const char *args, GError **error)
{
  g_autoptr (JsonNode) node = json (args);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  sio_socket_emit_with_ack_async (
      arena->socket, event, node, 10000, NULL, on_result, &result);
  fixture_wait (&arena->base, result != NULL);
  answer = sio_socket_emit_with_ack_finish (arena->socket, result, error);
  return answer != NULL ? json_text (answer) : NULL;
}

#define BYTES(text) "{\"_placeholder\":true,\"base64\":\"" text "\"}"

#define VALUES                                                   \
  "[1,-2.5,1e+21,null,true,\"\xc3\xa9\xf0\x9f\x98\x80\\\"\\n\"," \
  "{\"a\":[{}],\"b\":\"\"}]"

/* With state recovery on, the server adds an argument of its own at the end. */
static void
test_echo (Arena *arena, gconstpointer data)
{
  g_autofree char *answer = NULL;

  connect_socket (arena);
  g_assert_nonnull (sio_socket_get_id (arena->socket));
  answer = ask (arena, "echo", VALUES, NULL);
  g_assert_cmpstr (answer, ==, VALUES);
  emit (arena, "echo", "[\"x\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_true (
      g_str_has_prefix (arena->log.lines->str, "event echo [\"x\",\""));
}

static void
test_early (Arena *arena, gconstpointer data)
{
  for (int i = 0; i < 3; i++) {
    g_autofree char *args = g_strdup_printf ("[%d]", i);

    emit (arena, "echo", args);
  }
  sio_socket_connect (arena->socket);
  fixture_wait (&arena->base, arena->log.events == 3);
  g_assert_true (
      g_str_has_prefix (arena->log.lines->str, "connect\nevent echo [0,\""));
}

static void
answer_question (SioSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  g_autoptr (JsonNode) answer = json ("[{\"yes\":1}]");

  g_assert_nonnull (ack);
  g_assert_true (sio_ack_reply (ack, answer));
}

static void
test_question (Arena *arena, gconstpointer data)
{
  g_signal_connect (
      arena->socket, "event::question", G_CALLBACK (answer_question), NULL);
  connect_socket (arena);
  emit (arena, "ask", "[]");
  fixture_wait (&arena->base, arena->log.events == 2);
  g_assert_nonnull (
      strstr (arena->log.lines->str, "event question [1,\"x\"]\n"));
  g_assert_nonnull (
      strstr (arena->log.lines->str, "event answered [{\"yes\":1}"));
}

static void
test_rooms (Arena *arena, gconstpointer data)
{
  g_autofree char *joined = NULL;

  connect_socket (arena);
  emit (arena, "room", "[\"r\",\"too early\"]");
  joined = ask (arena, "join", "[\"r\"]", NULL);
  g_assert_cmpstr (joined, ==, "[]");
  emit (arena, "room", "[\"r\",\"now\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_true (
      g_str_has_prefix (arena->log.lines->str, "event room [\"now\""));
}

static void
test_large (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  emit (arena, "large", "[900000]");
  fixture_wait (&arena->base, arena->log.events == 1);
  g_assert_cmpuint (arena->log.lines->len, >, 900000);
}

/* Bytes come, in an event and in an acknowledgement, and go. */
static void
test_binary (Arena *arena, gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\xff{", 3);
  g_autoptr (JsonNode) args = json ("[{\"a\":[]}]");
  g_autofree char *first = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *back = NULL;

  connect_socket (arena);
  first = ask (arena, "binary", "[]", NULL);
  g_assert_cmpstr (first, ==, "[" BYTES ("BA==") "]");
  g_assert_true (g_str_has_prefix (arena->log.lines->str,
      "event binary [" BYTES ("AQI=") ",{\"more\":" BYTES ("Aw==") "},\""));

  json_array_add_element (
      json_object_get_array_member (
          json_array_get_object_element (json_node_get_array (args), 0), "a"),
      sio_bytes_to_json (bytes));
  sent = json_text (args);
  back = ask (arena, "echo", sent, NULL);
  g_assert_cmpstr (back, ==, sent);
}

static void
test_refused (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) wrong = json ("{\"token\":\"wrong\"}");
  g_autofree char *details = NULL;

  sio_socket_set_auth (arena->socket, wrong);
  sio_socket_connect (arena->socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_error (arena->log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (arena->log.error->message, ==, "not you");
  details = json_text (sio_error_get_data (arena->log.error));
  g_assert_cmpstr (details, ==, "{\"code\":7}");
  g_assert_cmpstr (arena->log.lines->str, ==, "connect-error 0\n");
}

static void
test_namespaces (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) auth = json ("{\"who\":\"me\"}");
  SioSocket *custom = sio_manager_get_socket (arena->manager, "/custom");
  SioSocket *nowhere = sio_manager_get_socket (arena->manager, "/nowhere");
  Log custom_log, nowhere_log;

  g_object_set (arena->manager, "query", "room=a%20b", NULL);
  sio_socket_set_auth (custom, auth);
  log_watch (&custom_log, custom);
  log_watch (&nowhere_log, nowhere);
  sio_socket_connect (custom);
  sio_socket_connect (nowhere);
  connect_socket (arena);
  fixture_wait (
      &arena->base, custom_log.events == 1 && nowhere_log.connect_errors == 1);
  g_assert_true (g_str_has_prefix (
      custom_log.lines->str, "connect\nevent hello [{\"who\":\"me\"},\"a b\""));
  g_assert_cmpstr (nowhere_log.error->message, ==, "Invalid namespace");
  sio_socket_disconnect (custom);
  g_assert_true (sio_socket_get_connected (arena->socket));
  log_clear (&custom_log);
  log_clear (&nowhere_log);
}

static void
test_disconnects (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  emit (arena, "kick", "[]");
  fixture_wait (&arena->base, arena->log.connects == 2);
  g_assert_cmpstr (
      arena->log.lines->str, ==, "disconnect transport close 1\nconnect\n");
  g_string_truncate (arena->log.lines, 0);
  emit (arena, "leave", "[]");
  fixture_wait (&arena->base, arena->log.disconnects == 2);
  g_assert_cmpstr (
      arena->log.lines->str, ==, "disconnect io server disconnect 0\n");
}

/* The server keeps what was said while the connection was lost. */
static void
test_recovery (Arena *arena, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *missed = NULL;

  connect_socket (arena);
  g_assert_false (sio_socket_get_recovered (arena->socket));
  id = g_strdup (sio_socket_get_id (arena->socket));
  missed = g_strdup_printf ("event missed [\"%s\",", id);
  emit (arena, "echo", "[1]");
  fixture_wait (&arena->base, arena->log.events == 1);
  emit (arena, "miss", "[]");
  fixture_wait (&arena->base, arena->log.events == 2);
  g_assert_true (sio_socket_get_recovered (arena->socket));
  g_assert_cmpstr (sio_socket_get_id (arena->socket), ==, id);
  g_assert_nonnull (strstr (arena->log.lines->str, missed));
}

static void
test_restart (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  emit (arena, "restart", "[]");
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  emit (arena, "echo", "[\"kept\"]");
  fixture_wait (&arena->base, arena->log.events == 1);
  fixture_wait (&arena->base, arena->log.connects == 2);
  g_assert_cmpuint (arena->log.connect_errors, >=, 1);
}

static void
test_heartbeat (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  /* Several of the server's pings, 200 ms apart. */
  fixture_linger (&arena->base, 1000);
  g_assert_cmpstr (arena->log.lines->str, ==, "");
}

#define ADD(name, func) \
  g_test_add ("/npm-server/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("echo", test_echo);
  ADD ("early", test_early);
  ADD ("question", test_question);
  ADD ("rooms", test_rooms);
  ADD ("large", test_large);
  ADD ("binary", test_binary);
  ADD ("refused", test_refused);
  ADD ("namespaces", test_namespaces);
  ADD ("disconnects", test_disconnects);
  ADD ("recovery", test_recovery);
  ADD ("restart", test_restart);
  ADD ("heartbeat", test_heartbeat);
  return g_test_run ();
}
