/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-transport-ws.h>

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

/* One side of a pair of sockets is the transport's, the other the test's. */
typedef struct {
  GMainContext *context;
  SioTransport *transport; /* weak */
  GSocket *peer;
} Pair;

#define MESSAGE_SIZE 100000

static GSocket *
make_socket (int descriptor)
{
  GError *error = NULL;
  GSocket *socket = g_socket_new_from_fd (descriptor, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* A transport with more to send than the connection takes, closed and forgotten
 * by all. Returns how many bytes of messages it was given. */
static gsize
close_unsent (Pair *pair)
{
  g_autofree char *text = g_strnfill (MESSAGE_SIZE, 'x');
  g_autoptr (GSocket) own = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  int descriptors[2];
  gsize sent = 0;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, descriptors), ==, 0);
  own = make_socket (descriptors[0]);
  pair->peer = make_socket (descriptors[1]);
  connection = g_socket_connection_factory_create_connection (own);
  pair->context = g_main_context_new ();

  g_main_context_push_thread_default (pair->context);
  pair->transport = sio_transport_ws_new (
      G_IO_STREAM (connection), SIO_WS_SERVER, NULL, 1000, 4 * MESSAGE_SIZE);
  g_main_context_pop_thread_default (pair->context);
  g_clear_object (&connection);
  g_object_add_weak_pointer (
      G_OBJECT (pair->transport), (gpointer *) &pair->transport);

  /* The limit for what waits is asked before each message. */
  while (sio_transport_send (
      pair->transport, SIO_ENGINE_MESSAGE, text, MESSAGE_SIZE))
    sent += MESSAGE_SIZE;
  sio_transport_close (pair->transport);
  g_object_unref (pair->transport);
  g_assert_nonnull (pair->transport);
  return sent;
}

/* Takes what there is; FALSE at the end. */
static gboolean
take (GSocket *socket, gsize *total)
{
  char buffer[65536];
  gssize count;

  do {
    g_autoptr (GError) error = NULL;

    count = g_socket_receive (socket, buffer, sizeof buffer, NULL, &error);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return TRUE;
    g_assert_no_error (error);
    *total += (gsize) count;
  } while (count > 0);
  return FALSE;
}

/* What was sent arrives after the end, and then there is nothing left. */
static void
test_lingers (void)
{
  Pair pair = { 0 };
  gsize sent = close_unsent (&pair);
  gsize total = 0;

  while (take (pair.peer, &total))
    g_main_context_iteration (pair.context, FALSE);
  g_assert_cmpuint (total, >, sent);
  g_assert_null (pair.transport);
  g_main_context_unref (pair.context);
  g_object_unref (pair.peer);
}

/* A peer that takes nothing costs two seconds at most. */
static void
test_lingers_not_for_ever (void)
{
  Pair pair = { 0 };
  gint64 start = g_get_monotonic_time ();

  close_unsent (&pair);
  while (pair.transport != NULL)
    g_main_context_iteration (pair.context, TRUE);
  g_assert_cmpint (
      g_get_monotonic_time () - start, >=, 1900 * G_TIME_SPAN_MILLISECOND);
  g_main_context_unref (pair.context);
  g_object_unref (pair.peer);
}

/* Nobody iterates the context any more: what lingers ends with it. */
static void
test_ends_with_context (void)
{
  Pair pair = { 0 };
  gsize sent = close_unsent (&pair);
  gsize total = 0;

  g_main_context_unref (pair.context);
  g_assert_null (pair.transport);
  g_assert_false (take (pair.peer, &total));
  g_assert_cmpuint (total, <, sent);
  g_object_unref (pair.peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-ws/lingers", test_lingers);
  g_test_add_func (
      "/transport-ws/lingers-not-for-ever", test_lingers_not_for_ever);
  g_test_add_func ("/transport-ws/ends-with-context", test_ends_with_context);
  return g_test_run ();
}
