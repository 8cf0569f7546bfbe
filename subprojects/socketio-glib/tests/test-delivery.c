/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"
#include "host.h"

#include <string.h>

/* Events that are sent until they are acknowledged. */

typedef struct {
  Fixture base;
  SioServer *server;
  SioManager *manager;
  SioSocket *socket;
  SioServerSocket *client; /* the last that connected */
  GString *lines;          /* what came at the server */
  guint ignore;            /* how many more are not answered */
  gboolean drop;           /* instead of an answer */
} Arena;

static void
on_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Arena *arena = data;

  g_string_append_printf (arena->lines, "%s ", name);
  if (arena->ignore > 0) {
    arena->ignore--;
    /* Without a word: the client takes it for a loss of the connection. */
    if (arena->drop)
      g_assert_true (sio_server_socket_emit (socket, "drop", NULL, NULL));
    return;
  }
  g_assert_true (sio_ack_reply (ack, args));
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  Arena *arena = data;

  g_set_object (&arena->client, socket);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), arena);
}

static void
set_up (Arena *arena, gconstpointer data)
{
  fixture_set_up (&arena->base);
  arena->server = server_new ();
  arena->manager = manager_for (arena->server);
  arena->socket = g_object_ref (sio_manager_get_socket (arena->manager, NULL));
  arena->lines = g_string_new (NULL);
  g_signal_connect (
      arena->server, "connection", G_CALLBACK (on_connection), arena);
}

static void
tear_down (Arena *arena, gconstpointer data)
{
  g_clear_object (&arena->manager);
  g_clear_object (&arena->socket);
  g_clear_object (&arena->server);
  g_clear_object (&arena->client);
  g_string_free (arena->lines, TRUE);
  fixture_tear_down (&arena->base);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
deliver (Arena *arena, const char *event, guint timeout, guint retries,
    GCancellable *cancellable, GAsyncResult **result)
{
  g_autoptr (JsonNode) args = json ("[1]");

  sio_socket_deliver_async (arena->socket, event, args, timeout, retries,
      cancellable, on_result, result);
}

static void
assert_delivered (Arena *arena, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
      sio_socket_deliver_finish (arena->socket, result, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = json_text (answer);
  g_assert_cmpstr (text, ==, "[1]");
}

static void
assert_failed (Arena *arena, GAsyncResult *result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sio_socket_deliver_finish (arena->socket, result, &error));
  g_assert_error (error, domain, code);
}

/* Those that follow wait for the first, which is sent three times. */
static void
test_order (Arena *arena, gconstpointer data)
{
  g_autoptr (GAsyncResult) a = NULL;
  g_autoptr (GAsyncResult) b = NULL;
  g_autoptr (GAsyncResult) c = NULL;

  arena->ignore = 2;
  deliver (arena, "a", 50, 2, NULL, &a);
  deliver (arena, "b", 5000, 0, NULL, &b);
  sio_socket_connect (arena->socket);
  deliver (arena, "c", 5000, 0, NULL, &c);
  fixture_wait (&arena->base, c != NULL);
  assert_delivered (arena, a);
  assert_delivered (arena, b);
  assert_delivered (arena, c);
  g_assert_cmpstr (arena->lines->str, ==, "a a a b c ");
}

/* One that fails for good lets the next go. */
static void
test_gives_up (Arena *arena, gconstpointer data)
{
  g_autoptr (GAsyncResult) a = NULL;
  g_autoptr (GAsyncResult) b = NULL;

  arena->ignore = 2;
  sio_socket_connect (arena->socket);
  deliver (arena, "a", 50, 1, NULL, &a);
  deliver (arena, "b", 5000, 0, NULL, &b);
  fixture_wait (&arena->base, b != NULL);
  assert_failed (arena, a, SIO_ERROR, SIO_ERROR_TIMED_OUT);
  assert_delivered (arena, b);
  g_assert_cmpstr (arena->lines->str, ==, "a a b ");
}

static void
on_drop (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  Arena *arena = data;
  guint port = sio_server_get_port (arena->server);

  /* The connection is lost, and the server is soon back. */
  sio_server_close (arena->server);
  g_assert_true (sio_server_listen (arena->server, NULL, port, NULL));
}

/* With the connection the answer is lost: it is sent again by the next one. */
static void
test_reconnects (Arena *arena, gconstpointer data)
{
  g_autoptr (GAsyncResult) a = NULL;

  g_signal_connect (arena->socket, "event::drop", G_CALLBACK (on_drop), arena);
  arena->ignore = 1;
  arena->drop = TRUE;
  sio_socket_connect (arena->socket);
  deliver (arena, "a", 30000, 1, NULL, &a);
  fixture_wait (&arena->base, a != NULL);
  assert_delivered (arena, a);
  g_assert_cmpstr (arena->lines->str, ==, "a a ");
}

static void
test_cancelled (Arena *arena, gconstpointer data)
{
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  g_autoptr (GAsyncResult) a = NULL;
  g_autoptr (GAsyncResult) b = NULL;
  g_autoptr (GAsyncResult) c = NULL;

  arena->ignore = 1;
  sio_socket_connect (arena->socket);
  deliver (arena, "a", 30000, 9, first, &a);
  deliver (arena, "b", 30000, 9, second, &b);
  deliver (arena, "c", 30000, 9, NULL, &c);
  fixture_wait (&arena->base, arena->lines->len > 0);
  g_cancellable_cancel (second);
  fixture_wait (&arena->base, b != NULL);
  g_assert_null (a);
  g_cancellable_cancel (first);
  fixture_wait (&arena->base, c != NULL);
  assert_failed (arena, a, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_failed (arena, b, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_delivered (arena, c);
  g_assert_cmpstr (arena->lines->str, ==, "a c ");
}

/* Without a connection to come, and without a manager. */
static void
test_lost (Arena *arena, gconstpointer data)
{
  g_autoptr (GAsyncResult) a = NULL;
  g_autoptr (GAsyncResult) b = NULL;
  g_autoptr (GAsyncResult) c = NULL;
  g_autoptr (GAsyncResult) acked = NULL;
  g_autoptr (GError) error = NULL;

  arena->ignore = 1;
  sio_socket_connect (arena->socket);
  deliver (arena, "a", 30000, 9, NULL, &a);
  deliver (arena, "b", 30000, 9, NULL, &b);
  fixture_wait (&arena->base, arena->lines->len > 0);
  sio_socket_disconnect (arena->socket);
  fixture_wait (&arena->base, a != NULL && b != NULL);
  assert_failed (arena, a, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  assert_failed (arena, b, SIO_ERROR, SIO_ERROR_DISCONNECTED);

  deliver (arena, "c", 30000, 9, NULL, &c);
  sio_socket_emit_with_ack_async (
      arena->socket, "d", NULL, 0, NULL, on_result, &acked);
  g_clear_object (&arena->manager);
  fixture_wait (&arena->base, c != NULL && acked != NULL);
  assert_failed (arena, c, SIO_ERROR, SIO_ERROR_DISCONNECTED);
  g_assert_null (
      sio_socket_emit_with_ack_finish (arena->socket, acked, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
}

static void
test_refused (Arena *arena, gconstpointer data)
{
  g_autoptr (GAsyncResult) reserved = NULL;
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GAsyncResult) full = NULL;

  g_object_set (
      sio_manager_get_limits (arena->manager), "max-pending-acks", 1, NULL);
  deliver (arena, "disconnect", 1000, 0, NULL, &reserved);
  deliver (arena, "a", 1000, 0, NULL, &waiting);
  deliver (arena, "b", 1000, 0, NULL, &full);
  fixture_wait (&arena->base, full != NULL);
  assert_failed (arena, reserved, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  assert_failed (arena, full, SIO_ERROR, SIO_ERROR_QUEUE_FULL);
  g_assert_null (waiting);
  g_clear_object (&arena->manager);
  fixture_wait (&arena->base, waiting != NULL);
}

#define ADD(name, func) \
  g_test_add ("/delivery/" name, Arena, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order);
  ADD ("gives-up", test_gives_up);
  ADD ("reconnects", test_reconnects);
  ADD ("cancelled", test_cancelled);
  ADD ("lost", test_lost);
  ADD ("refused", test_refused);
  return g_test_run ();
}
