/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <string.h>

/* What may be done from within a handler, and what others notice of it; and
 * several namespaces that share a connection. */

typedef struct {
  Fixture base;
  RawServer *server;
  SioManager *manager;
  gpointer weak; /* the manager, while it lives */
  Log root;
  Log other; /* the namespace /b */
  guint answers;
} Arena;

static void
set_up (Arena *arena, gconstpointer data)
{
  static const char *const websocket[] = { "websocket", NULL };
  g_autofree char *uri = NULL;

  fixture_set_up (&arena->base);
  arena->server = raw_server_new ();
  uri = g_strdup_printf ("ws://127.0.0.1:%u", arena->server->port);
  arena->manager = sio_manager_new (uri);
  arena->weak = arena->manager;
  g_object_add_weak_pointer (G_OBJECT (arena->manager), &arena->weak);
  g_object_set (arena->manager, "reconnection-delay", 10,
      "reconnection-delay-max", 20, "transports", websocket, NULL);
  log_watch (&arena->root, sio_manager_get_socket (arena->manager, NULL));
  log_watch (&arena->other, sio_manager_get_socket (arena->manager, "/b"));
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  if (arena->weak != NULL)
    g_object_unref (arena->manager);
  log_clear (&arena->root);
  log_clear (&arena->other);
  raw_server_free (arena->server);
  fixture_tear_down (&arena->base);
}

static void
say (Arena *arena, const char *text)
{
  raw_send_frame (arena->server->guest, FALSE, text);
}

/* Whether the server was sent these packets, each with a line's end behind it,
 * one after the other. */
static gboolean
heard (Arena *arena, const char *packets)
{
  g_autofree char *lines = raw_dup_messages (arena->server->guest);

  return strstr (lines, packets) != NULL;
}

static void
open_engine (Arena *arena)
{
  fixture_wait (&arena->base, raw_server_serve (arena->server));
  say (arena, RAW_HANDSHAKE);
}

static void
open_root (Arena *arena)
{
  guint before = arena->root.connects;

  sio_socket_connect (arena->root.socket);
  open_engine (arena);
  say (arena, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, arena->root.connects > before);
}

static void
let_go (Arena *arena)
{
  g_clear_object (&arena->manager);
}

/* --- the manager's end in each handler --- */

static void
let_go_in_handler (GObject *object, ...)
{
  let_go (g_object_get_data (object, "arena"));
}

static void
let_go_of_answer (GObject *socket, GAsyncResult *result, gpointer data)
{
  JsonNode *answer =
      sio_socket_emit_with_ack_finish (SIO_SOCKET (socket), result, NULL);

  let_go (data);
  g_clear_pointer (&answer, json_node_unref);
}

static void
test_let_go (Arena *arena, gconstpointer data)
{
  const char *signal = data;
  GObject *of = g_str_equal (signal, "reconnect-attempt")
          || g_str_equal (signal, "notify::transport")
      ? G_OBJECT (arena->manager)
      : G_OBJECT (arena->root.socket);

  g_object_set_data (of, "arena", arena);
  g_signal_connect (of, signal, G_CALLBACK (let_go_in_handler), NULL);
  sio_socket_connect (arena->root.socket);
  fixture_wait (&arena->base, raw_server_serve (arena->server));
  if (g_str_equal (signal, "connect-error")) {
    say (arena, "x");
  } else {
    say (arena, RAW_HANDSHAKE);
    say (arena, "40{\"sid\":\"abc\"}");
    say (arena, "42[\"a\"]");
    say (arena, "43"); /* what is none */
  }
  fixture_wait_for_gone (&arena->base, &arena->weak);
}

static void
test_let_go_of_answer (Arena *arena, gconstpointer data)
{
  const char *answer = data;

  open_root (arena);
  sio_socket_emit_with_ack_async (arena->root.socket, "a", NULL,
      answer != NULL ? 0 : 20, NULL, let_go_of_answer, arena);
  if (answer != NULL)
    say (arena, answer);
  fixture_wait_for_gone (&arena->base, &arena->weak);
}

static void
count_answer (GObject *socket, GAsyncResult *result, gpointer data)
{
  Arena *arena = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (
      sio_socket_emit_with_ack_finish (SIO_SOCKET (socket), result, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TIMED_OUT);
  arena->answers++;
}

static void
connect_again (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  if (!will_retry)
    sio_socket_connect (socket);
}

static void
connect_again_after_error (
    SioSocket *socket, GError *error, gboolean will_retry, gpointer data)
{
  connect_again (socket, NULL, will_retry, data);
}

/* A manager that goes away makes no further connection, whoever asks for it. */
static void
test_connect_at_end (Arena *arena, gconstpointer data)
{
  g_signal_connect (
      arena->root.socket, "disconnect", G_CALLBACK (connect_again), NULL);
  g_signal_connect (arena->root.socket, "connect-error",
      G_CALLBACK (connect_again_after_error), NULL);
  if (data != NULL) {
    open_root (arena);
  } else {
    sio_socket_connect (arena->root.socket);
    fixture_wait (&arena->base, raw_server_serve (arena->server));
  }
  let_go (arena);
  g_assert_null (arena->weak);
  g_assert_false (sio_socket_get_connected (arena->root.socket));
}

static void
let_go_on_error (
    SioSocket *socket, GError *error, gboolean will_retry, gpointer data)
{
  let_go (data);
}

/* What is provided cannot be sent, and whoever is told lets go. */
static void
test_wrong_auth (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) deep = json ("{\"a\":[[[[[1]]]]]}");

  g_object_set (
      sio_manager_get_limits (arena->manager), "max-json-depth", 3, NULL);
  g_signal_connect (
      arena->root.socket, "connect-error", G_CALLBACK (let_go_on_error), arena);
  sio_socket_set_auth (arena->root.socket, deep);
  sio_socket_connect (arena->root.socket);
  open_engine (arena);
  fixture_wait_for_gone (&arena->base, &arena->weak);
}

/* --- order --- */

static void
emit_late (SioSocket *socket, GParamSpec *pspec, gpointer data)
{
  if (sio_socket_get_connected (socket))
    sio_socket_emit (socket, "late", NULL, NULL);
}

static void
test_order (Arena *arena, gconstpointer data)
{
  sio_socket_emit (arena->root.socket, "first", NULL, NULL);
  g_signal_connect (
      arena->root.socket, "notify::connected", G_CALLBACK (emit_late), NULL);
  open_root (arena);
  fixture_wait (&arena->base, heard (arena, "42[\"first\"]\n42[\"late\"]\n"));
}

/* While the program was busy the time was up: what it sends then goes over the
 * next connection. */
static void
test_overdue (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->root.socket);
  fixture_wait (&arena->base, raw_server_serve (arena->server));
  say (arena,
      "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":50,"
      "\"pingTimeout\":50,\"maxPayload\":1000000}");
  say (arena, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, arena->root.connects == 1);
  g_usleep (150 * 1000); /* the program is busy, the context does not run */
  say (arena, "2");
  g_assert_true (sio_socket_emit (arena->root.socket, "a", NULL, NULL));
  fixture_wait (&arena->base, arena->root.disconnects == 1);
  g_assert_cmpstr (
      arena->root.lines->str, ==, "connect\ndisconnect ping timeout 1\n");
  fixture_wait (&arena->base, arena->server->guests == 2);
  open_engine (arena);
  say (arena, "40{\"sid\":\"abc\"}");
  fixture_wait (&arena->base, heard (arena, "40\n42[\"a\"]\n"));
}

/* Who asked without a connection, and waits no longer, is in nobody's way. */
static void
test_questions_overdue (Arena *arena, gconstpointer data)
{
  g_object_set (
      sio_manager_get_limits (arena->manager), "max-waiting-packets", 2, NULL);
  g_object_set (arena->manager, "ack-timeout", 10, NULL);
  for (guint i = 0; i < 2; i++)
    sio_socket_emit_with_ack_async (
        arena->root.socket, "question", NULL, 0, NULL, count_answer, arena);
  g_assert_false (sio_socket_emit (arena->root.socket, "a", NULL, NULL));
  fixture_wait (&arena->base, arena->answers == 2);
  g_assert_true (sio_socket_emit (arena->root.socket, "a", NULL, NULL));
  open_root (arena);
  fixture_wait (&arena->base, heard (arena, "40\n42[\"a\"]\n"));
}

/* It tells of nothing before it has returned. */
static void
test_connect_tells_later (Arena *arena, gconstpointer data)
{
  g_autoptr (JsonNode) deep = json ("{\"a\":[[[[[1]]]]]}");

  open_root (arena);
  g_object_set (
      sio_manager_get_limits (arena->manager), "max-json-depth", 3, NULL);
  sio_socket_set_auth (arena->other.socket, deep);
  sio_socket_connect (arena->other.socket);
  g_assert_cmpuint (arena->other.connect_errors, ==, 0);
  fixture_wait (&arena->base, arena->other.connect_errors == 1);
  g_assert_true (sio_socket_get_connected (arena->root.socket));
}

static void
restart_all (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  Arena *arena = data;

  g_signal_handlers_disconnect_by_func (socket, restart_all, arena);
  sio_manager_close (arena->manager);
  sio_socket_connect (arena->root.socket);
  sio_socket_connect (arena->other.socket);
}

/* Those that were asked to connect again are not told the old end's verdict. */
static void
test_restart (Arena *arena, gconstpointer data)
{
  open_root (arena);
  sio_socket_connect (arena->other.socket);
  fixture_wait (&arena->base, heard (arena, "40/b,\n"));
  say (arena, "40/b,{\"sid\":\"def\"}");
  fixture_wait (&arena->base, arena->other.connects == 1);
  g_signal_connect (data != NULL ? arena->other.socket : arena->root.socket,
      "disconnect", G_CALLBACK (restart_all), arena);
  g_clear_pointer (&arena->server->guest, raw_free);
  fixture_wait (&arena->base, arena->server->guests == 2);
  open_engine (arena);
  say (arena, "40{\"sid\":\"abc\"}");
  say (arena, "40/b,{\"sid\":\"def\"}");
  fixture_wait (
      &arena->base, arena->root.connects == 2 && arena->other.connects == 2);
}

/* --- namespaces --- */

/* One that the server does not answer costs the others nothing. */
static void
test_unanswered (Arena *arena, gconstpointer data)
{
  open_root (arena);
  g_object_set (arena->manager, "timeout", 100, NULL);
  sio_socket_connect (arena->other.socket);
  fixture_wait (&arena->base, arena->other.connect_errors == 1);
  g_assert_error (arena->other.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (arena->other.lines->str, ==, "connect-error 0\n");
  g_assert_cmpstr (arena->root.lines->str, ==, "connect\n");
  /* What comes of it late is taken back. */
  say (arena, "40/b,{\"sid\":\"def\"}");
  fixture_wait (&arena->base, heard (arena, "40/b,\n41/b,\n"));
}

/* A server of Socket.IO 4 ends the connection for a word about a namespace that
 * it has not let us into yet. */
static void
test_leave_early (Arena *arena, gconstpointer data)
{
  open_root (arena);
  sio_socket_connect (arena->other.socket);
  fixture_wait (&arena->base, heard (arena, "40\n40/b,\n"));
  sio_socket_disconnect (arena->other.socket);
  sio_socket_emit (arena->root.socket, "a", NULL, NULL);
  fixture_wait (&arena->base, heard (arena, "40\n40/b,\n42[\"a\"]\n"));
  say (arena, "40/b,{\"sid\":\"def\"}");
  fixture_wait (&arena->base, heard (arena, "42[\"a\"]\n41/b,\n"));
  g_assert_cmpstr (arena->other.lines->str, ==, "");
  g_assert_cmpstr (arena->root.lines->str, ==, "connect\n");
}

/* Who left and comes back at once is let in by the first answer. */
static void
test_leave_and_come (Arena *arena, gconstpointer data)
{
  open_root (arena);
  sio_socket_connect (arena->other.socket);
  fixture_wait (&arena->base, heard (arena, "40/b,\n"));
  sio_socket_disconnect (arena->other.socket);
  sio_socket_connect (arena->other.socket);
  say (arena, "40/b,{\"sid\":\"def\"}");
  fixture_wait (&arena->base, arena->other.connects == 1);
  g_assert_cmpstr (arena->root.lines->str, ==, "connect\n");
}

static void
test_refused_by_disconnect (Arena *arena, gconstpointer data)
{
  sio_socket_connect (arena->root.socket);
  open_engine (arena);
  say (arena, "41");
  fixture_wait (&arena->base, arena->root.connect_errors == 1);
  g_assert_error (arena->root.error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  g_assert_cmpstr (arena->root.lines->str, ==, "connect-error 0\n");
}

/* --- contexts --- */

/* An application may run the context without making it the thread's default. */
static void
test_other_default (Arena *arena, gconstpointer data)
{
  g_main_context_pop_thread_default (arena->base.context);
  open_root (arena);
  g_assert_false (g_main_context_pending (NULL));
  g_main_context_push_thread_default (arena->base.context);
}

#define ADD_TO(name, func, data) \
  g_test_add ("/handlers/" name, Arena, data, set_up, func, tear_down)
#define ADD(name, func) ADD_TO (name, func, NULL)

int
main (int argc, char **argv)
{
  static const char *const signals[] = { "connect", "disconnect",
    "connect-error", "event", "auth-requested", "reconnect-attempt",
    "notify::id", "notify::connected", "notify::transport" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_autofree char *path = g_strconcat ("/handlers/let-go/", signals[i], NULL);

    g_test_add (path, Arena, signals[i], set_up, test_let_go, tear_down);
  }
  ADD_TO ("let-go/answer", test_let_go_of_answer, "430[]");
  ADD ("let-go/answer-overdue", test_let_go_of_answer);
  ADD_TO ("connect-at-end/connected", test_connect_at_end, "connected");
  ADD ("connect-at-end/connecting", test_connect_at_end);
  ADD ("wrong-auth", test_wrong_auth);
  ADD ("order", test_order);
  ADD ("overdue", test_overdue);
  ADD ("questions-overdue", test_questions_overdue);
  ADD ("connect-tells-later", test_connect_tells_later);
  ADD ("restart/root", test_restart);
  ADD_TO ("restart/other", test_restart, "/b");
  ADD ("unanswered", test_unanswered);
  ADD ("leave-early", test_leave_early);
  ADD ("leave-and-come", test_leave_and_come);
  ADD ("refused-by-disconnect", test_refused_by_disconnect);
  ADD ("other-default", test_other_default);
  return g_test_run ();
}
