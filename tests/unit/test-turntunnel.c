/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turntunnel.h"

#include "common/testlog.h"

#include <string.h>

/* More than the buffers of a connection hold. */
#define LENGTH (1024 * 1024)

static char *
data_file (const char *name)
{
  return g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", name, NULL);
}

/* --- a server that says what it hears --- */

typedef struct {
  GSocketService *service;
  GTlsCertificate *certificate;
  guint port;
} Echo;

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection,
    GObject *source, Echo *echo)
{
  g_autoptr (GIOStream) tls = g_tls_server_connection_new (
      G_IO_STREAM (connection), echo->certificate, NULL);

  if (tls != NULL)
    g_output_stream_splice (g_io_stream_get_output_stream (tls),
        g_io_stream_get_input_stream (tls), G_OUTPUT_STREAM_SPLICE_NONE, NULL,
        NULL);
  return FALSE;
}

static void
echo_open (Echo *echo)
{
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autofree char *key = data_file ("localhost-key.pem");
  g_autoptr (GError) error = NULL;

  echo->certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);
  echo->service = g_threaded_socket_service_new (4);
  echo->port = g_socket_listener_add_any_inet_port (
      G_SOCKET_LISTENER (echo->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (echo->service, "run", G_CALLBACK (on_run), echo);
}

static void
echo_close (Echo *echo)
{
  g_socket_service_stop (echo->service);
  g_socket_listener_close (G_SOCKET_LISTENER (echo->service));
  g_object_unref (echo->service);
  g_object_unref (echo->certificate);
}

/* The service's own main context is the test's: connections are accepted while
 * it is iterated, here by a thread. */
static gpointer
iterate (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

static TurnTunnel *
open_tunnel (guint port, gboolean is_trusted)
{
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (GError) error = NULL;
  TurnTunnel *tunnel;

  if (is_trusted)
    authorities = g_tls_file_database_new (cert, &error);
  g_assert_no_error (error);
  tunnel = turn_tunnel_new ("127.0.0.1", port, authorities, &error);
  g_assert_no_error (error);
  return tunnel;
}

static GSocketConnection *
connect_to (TurnTunnel *tunnel)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_host (client,
      "127.0.0.1", (guint16) turn_tunnel_get_port (tunnel), NULL, &error);

  g_assert_no_error (error);
  return connection;
}

typedef struct {
  GOutputStream *stream;
  const char *bytes;
} Writing;

static gpointer
write_all (gpointer data)
{
  Writing *writing = data;

  g_assert_true (g_output_stream_write_all (
      writing->stream, writing->bytes, LENGTH, NULL, NULL, NULL));
  return NULL;
}

static void
check_both_ways (TurnTunnel *tunnel)
{
  g_autoptr (GSocketConnection) connection = connect_to (tunnel);
  g_autofree char *sent = g_malloc (LENGTH);
  g_autofree char *got = g_malloc (LENGTH);
  Writing writing = { g_io_stream_get_output_stream (G_IO_STREAM (connection)),
    sent };
  GThread *thread;
  gsize length = 0;

  for (gsize i = 0; i < LENGTH; i++)
    sent[i] = (char) (i * 7 + i / 251);
  thread = g_thread_new ("writer", write_all, &writing);
  g_assert_true (g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), got, LENGTH,
      &length, NULL, NULL));
  g_thread_join (thread);
  g_assert_cmpmem (sent, LENGTH, got, length);
}

/* Nothing comes but the end, and the tunnel knows why. */
static void
check_closed (TurnTunnel *tunnel, const char *words, gboolean is_refusal)
{
  g_autoptr (GSocketConnection) connection = connect_to (tunnel);
  g_autofree char *error = NULL;
  gboolean refuses = !is_refusal;
  char byte;

  g_assert_cmpint (g_input_stream_read (
                       g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                       &byte, 1, NULL, NULL),
      <=, 0);
  error = turn_tunnel_dup_error (tunnel, &refuses);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error, words));
  g_assert_true (refuses == is_refusal);
}

static void
test_tunnel (void)
{
  Echo echo;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GThread *thread;
  guint port;

  TEST_WATCHDOG (60);
  echo_open (&echo);
  port = echo.port;
  thread = g_thread_new ("echo", iterate, loop);
  {
    g_autoptr (TurnTunnel) trusting = open_tunnel (port, TRUE);
    g_autoptr (TurnTunnel) untrusting = open_tunnel (port, FALSE);
    g_autoptr (TurnTunnel) unused = open_tunnel (port, TRUE);
    g_autoptr (GSocketConnection) idle G_GNUC_UNUSED = connect_to (trusting);

    check_both_ways (trusting);
    check_both_ways (trusting);
    check_closed (untrusting, "no authority that is trusted", TRUE);
    g_assert_cmpuint (turn_tunnel_get_port (unused), !=, 0);
  }
  g_main_loop_quit (loop);
  g_thread_join (thread);
  echo_close (&echo);
  {
    g_autoptr (TurnTunnel) lonely = open_tunnel (port, TRUE);

    check_closed (lonely, "cannot be reached", FALSE);
  }
}

/* A server that accepts and is silent does not hold up the end. */
static void
test_silent (void)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  gint64 begun = g_get_monotonic_time ();
  TurnTunnel *tunnel = open_tunnel (port, TRUE);
  g_autoptr (GSocketConnection) near G_GNUC_UNUSED = connect_to (tunnel);
  g_autoptr (GSocketConnection) far = NULL;

  TEST_WATCHDOG (60);
  far = g_socket_listener_accept (silent, NULL, NULL, NULL);
  turn_tunnel_free (tunnel);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 3 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/turntunnel/tunnel", test_tunnel);
  g_test_add_func ("/turntunnel/silent", test_silent);
  return g_test_run ();
}
