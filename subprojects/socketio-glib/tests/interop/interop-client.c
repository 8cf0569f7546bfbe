/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* This library's client before npm's server (test-npm-server.mjs), which is the
 * parent process: its address is in SIO_INTEROP_URI, its version, 2, 3 or 4, in
 * SIO_INTEROP_VERSION, and what to connect with in SIO_INTEROP_TRANSPORTS. Each
 * case of the table at the end is run with each of them. */

typedef struct {
  Fixture base;
  SioManager *manager;
  SioSocket *socket;
  Log log;
  guint version;
  gboolean upgrades;
} Arena;

static void
set_up (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) auth = json ("{\"token\":\"right\"}");
  g_auto (GStrv) transports =
      g_strsplit (g_getenv ("SIO_INTEROP_TRANSPORTS"), ",", -1);

  fixture_set_up (&arena->base);
  arena->version =
      (guint) g_ascii_strtoull (g_getenv ("SIO_INTEROP_VERSION"), NULL, 10);
  arena->upgrades = g_strv_length (transports) > 1;
  arena->manager = sio_manager_new (g_getenv ("SIO_INTEROP_URI"));
  g_object_set (arena->manager, "reconnection-delay", 20,
      "reconnection-delay-max", 100, "transports", transports, "query",
      "token=right", NULL);
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

static gboolean
is_websocket (Arena *arena)
{
  g_autofree char *transport = NULL;

  g_object_get (arena->manager, "transport", &transport, NULL);
  return g_strcmp0 (transport, "websocket") == 0;
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
  g_assert_true (g_str_has_prefix (arena->log.lines->str, "event echo [\"x\""));
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
      g_str_has_prefix (arena->log.lines->str, "connect\nevent echo [0"));
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
      "event binary [" BYTES ("AQI=") ",{\"more\":" BYTES ("Aw==") "}"));

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
  g_object_set (arena->manager, "query", "token=wrong", NULL);
  sio_socket_connect (arena->socket);
  fixture_wait (&arena->base, arena->log.connect_errors == 1);
  g_assert_error (arena->log.error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  /* Before version 3 there was either the data or the message. */
  if (arena->version > 2)
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

  g_object_set (arena->manager, "query", "token=right&room=a%20b", NULL);
  sio_socket_set_auth (custom, auth);
  log_watch (&custom_log, custom);
  log_watch (&nowhere_log, nowhere);
  sio_socket_connect (custom);
  sio_socket_connect (nowhere);
  connect_socket (arena);
  fixture_wait (
      &arena->base, custom_log.events == 1 && nowhere_log.connect_errors == 1);
  g_assert_true (g_str_has_prefix (
      custom_log.lines->str, "connect\nevent hello [\"me\",\"a b\""));
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

static gboolean
provide_auth (gpointer data)
{
  g_autoptr (JsonNode) auth = json ("{\"token\":\"right\"}");

  sio_socket_provide_auth (data, auth);
  return G_SOURCE_REMOVE;
}

static gboolean
promise_auth (SioSocket *socket, gpointer data)
{
  Arena *arena = data;
  g_autoptr (GSource) soon = g_timeout_source_new (20);

  g_source_set_callback (soon, provide_auth, socket, NULL);
  g_source_attach (soon, arena->base.context);
  return TRUE;
}

/* What authenticates is asked for at each connection, and comes later. */
static void
test_auth_requested (Arena *arena, gconstpointer data)
{
  g_autofree char *answer = NULL;

  sio_socket_set_auth (arena->socket, NULL);
  g_signal_connect (
      arena->socket, "auth-requested", G_CALLBACK (promise_auth), arena);
  connect_socket (arena);
  emit (arena, "kick", "[]");
  fixture_wait (&arena->base, arena->log.connects == 2);
  answer = ask (arena, "echo", "[1]", NULL);
  g_assert_cmpstr (answer, ==, "[1]");
}

/* The server loses the connection instead of an answer. */
static void
test_delivery (Arena *arena, gconstpointer data)
{
  g_autofree char *key = g_strdup_printf ("[\"%08x\"]", g_random_int ());
  g_autoptr (JsonNode) args = json (key);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *text = NULL;

  connect_socket (arena);
  sio_socket_deliver_async (
      arena->socket, "flaky", args, 10000, 1, NULL, on_result, &result);
  fixture_wait (&arena->base, result != NULL);
  answer = sio_socket_deliver_finish (arena->socket, result, &error);
  g_assert_no_error (error);
  text = json_text (answer);
  g_assert_cmpstr (text, ==, "[\"twice\"]");
  g_assert_cmpuint (arena->log.disconnects, ==, 1);
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

/* The server stands still, as a machine does that is put to sleep. */
static void
test_ping_timeout (Arena *arena, gconstpointer data)
{
  connect_socket (arena);
  g_assert_cmpint (kill (getppid (), SIGSTOP), ==, 0);
  fixture_wait (&arena->base, arena->log.disconnects == 1);
  g_assert_cmpint (kill (getppid (), SIGCONT), ==, 0);
  g_assert_true (
      g_str_has_prefix (arena->log.lines->str, "disconnect ping timeout 1\n"));
  fixture_wait (&arena->base, arena->log.connects == 2);
}

/* What is more than the server takes is not sent; what is more than the client
 * takes ends the connection. */
static void
test_oversize (Arena *arena, gconstpointer data)
{
  g_autofree char *text = g_strnfill (1000000, 'x');
  g_autofree char *args = g_strdup_printf ("[\"%s\"]", text);
  g_autoptr (JsonNode) node = json (args);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  connect_socket (arena);
  g_assert_false (sio_socket_emit (arena->socket, "echo", node, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  after = ask (arena, "echo", "[1]", NULL);
  g_assert_cmpstr (after, ==, "[1]");
  emit (arena, "large", "[3000000]");
  fixture_wait (&arena->base, arena->log.connects == 2);
  g_assert_cmpstr (
      arena->log.lines->str, ==, "disconnect transport error 1\nconnect\n");
}

/* Many events, without a pause: while the connection is upgraded, if it is. A slow
 * server gets no more than the buffer takes. */
static void
test_order (Arena *arena, gconstpointer data)
{
  guint sent = 0;

  connect_socket (arena);
  while (sent < 500 || (arena->upgrades && !is_websocket (arena))) {
    if (sent < arena->log.events + 500) {
      g_autofree char *args = g_strdup_printf ("[%u]", sent++);

      emit (arena, "echo", args);
    }
    g_main_context_iteration (arena->base.context, FALSE);
  }
  fixture_wait (&arena->base, arena->log.events == sent);
  for (guint i = 0; i < sent; i++) {
    g_autofree char *line = g_strdup_printf ("event echo [%u", i);
    char *end = strchr (arena->log.lines->str, '\n');

    g_assert_true (g_str_has_prefix (arena->log.lines->str, line));
    g_assert_false (g_ascii_isdigit (arena->log.lines->str[strlen (line)]));
    g_string_erase (arena->log.lines, 0, end + 1 - arena->log.lines->str);
  }
}

/* A connection may be ended whatever is on its way to stand. */
static void
test_ended_anywhere (Arena *arena, gconstpointer data)
{
  g_autofree char *after = NULL;

  for (guint i = 0; i < 60; i++) {
    sio_socket_connect (arena->socket);
    emit (arena, "echo", "[]");
    fixture_linger (&arena->base, i % 20);
    sio_socket_disconnect (arena->socket);
  }
  arena->log.connects = 0;
  connect_socket (arena);
  after = ask (arena, "echo", "[1]", NULL);
  g_assert_cmpstr (after, ==, "[1]");
}

typedef struct {
  const char *name;
  void (*func) (Arena *arena, gconstpointer data);
  guint since; /* the server's version, 0 for any */
} Case;

/* A server that takes its time to let us in, longer than Socket.IO 2 is waited
 * for by the way it shows itself: one connection comes of it. */
static void
test_slow_door (Arena *arena, gconstpointer data)
{
  g_autofree char *answer = NULL;

  g_object_set (arena->manager, "query", "token=right&wait=700", "transports",
      NULL, NULL);
  connect_socket (arena);
  answer = ask (arena, "slow", "[]", NULL);
  g_assert_cmpstr (answer, ==, "[1]");
}

static const Case cases[] = {
  { "echo", test_echo },
  { "early", test_early },
  { "question", test_question },
  { "rooms", test_rooms },
  { "large", test_large },
  { "binary", test_binary },
  { "refused", test_refused },
  { "namespaces", test_namespaces },
  { "disconnects", test_disconnects },
  { "auth-requested", test_auth_requested },
  { "delivery", test_delivery },
  { "recovery", test_recovery, .since = 4 },
  { "restart", test_restart },
  { "heartbeat", test_heartbeat },
  { "ping-timeout", test_ping_timeout },
  { "oversize", test_oversize },
  { "order", test_order },
  { "ended-anywhere", test_ended_anywhere },
  { "slow-door", test_slow_door },
};

int
main (int argc, char **argv)
{
  guint version =
      (guint) g_ascii_strtoull (g_getenv ("SIO_INTEROP_VERSION"), NULL, 10);

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/npm-server/", cases[i].name, NULL);

    if (version >= cases[i].since)
      g_test_add (path, Arena, NULL, set_up, cases[i].func, tear_down);
  }
  return g_test_run ();
}
