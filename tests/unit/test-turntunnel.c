/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turntunnel.h"

#include "common/testlog.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* More than the buffers of a connection hold; each a message. */
#define LENGTH (1024 * 1024)
#define MESSAGE_LENGTH 1024

static char *
data_file (const char *name)
{
  return g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", name, NULL);
}

/* --- a server that says what it hears --- */

typedef struct {
  const char *answer; /* or that, once it has heard something; NULL */
  gsize answer_length;
  gint is_closing; /* atomic: and nothing more */

  GSocketService *service;
  GTlsCertificate *certificate; /* NULL: it speaks TCP */
  guint port;
  GMainLoop *loop;
  GThread *thread;
} Echo;

static void
answer (Echo *echo, GIOStream *stream)
{
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  char bytes[2048];

  if (g_input_stream_read (in, bytes, sizeof (bytes), NULL, NULL) <= 0)
    return;
  g_output_stream_write_all (
      out, echo->answer, echo->answer_length, NULL, NULL, NULL);
  while (g_input_stream_read (in, bytes, sizeof (bytes), NULL, NULL) > 0)
    ;
}

static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection,
    GObject *source, Echo *echo)
{
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));
  char bytes[2048];

  if (g_atomic_int_get (&echo->is_closing)) {
    g_input_stream_read (g_io_stream_get_input_stream (stream), bytes,
        sizeof (bytes), NULL, NULL);
    return FALSE;
  }
  if (echo->certificate != NULL) {
    g_object_unref (stream);
    stream = g_tls_server_connection_new (
        G_IO_STREAM (connection), echo->certificate, NULL);
  }
  if (echo->answer != NULL)
    answer (echo, stream);
  else
    g_output_stream_splice (g_io_stream_get_output_stream (stream),
        g_io_stream_get_input_stream (stream), G_OUTPUT_STREAM_SPLICE_NONE,
        NULL, NULL);
  return FALSE;
}

/* The service's own main context is the test's: connections are accepted while
 * it is iterated, here by a thread. */
static gpointer
iterate (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

static void
echo_open (Echo *echo, gboolean is_tls)
{
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autofree char *key = data_file ("localhost-key.pem");
  g_autoptr (GError) error = NULL;

  if (is_tls)
    echo->certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);
  echo->service = g_threaded_socket_service_new (32);
  echo->port = g_socket_listener_add_any_inet_port (
      G_SOCKET_LISTENER (echo->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (echo->service, "run", G_CALLBACK (on_run), echo);
  echo->loop = g_main_loop_new (NULL, FALSE);
  echo->thread = g_thread_new ("echo", iterate, echo->loop);
}

static void
echo_close (Echo *echo)
{
  g_main_loop_quit (echo->loop);
  g_thread_join (echo->thread);
  g_main_loop_unref (echo->loop);
  g_socket_service_stop (echo->service);
  g_socket_listener_close (G_SOCKET_LISTENER (echo->service));
  g_object_unref (echo->service);
  g_clear_object (&echo->certificate);
}

/* --- the tunnel to it --- */

static TurnTunnel *
open_tunnel (guint port, gboolean is_tls, gboolean is_trusted)
{
  g_autofree char *cert = data_file ("localhost-cert.pem");
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (GError) error = NULL;
  TurnTunnel *tunnel;

  if (is_trusted)
    authorities = g_tls_file_database_new (cert, &error);
  g_assert_no_error (error);
  tunnel =
      turn_tunnel_new ("127.0.0.1", port, is_tls, authorities, NULL, &error);
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
  for (gsize i = 0; i < LENGTH; i += MESSAGE_LENGTH) {
    /* On a channel, and padded. */
    const guint content = MESSAGE_LENGTH - 4 - i / MESSAGE_LENGTH % 4;

    sent[i] = 0x40;
    sent[i + 2] = (char) (content >> 8);
    sent[i + 3] = (char) content;
  }
  thread = g_thread_new ("writer", write_all, &writing);
  g_assert_true (g_input_stream_read_all (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), got, LENGTH,
      &length, NULL, NULL));
  g_thread_join (thread);
  g_assert_cmpmem (sent, LENGTH, got, length);
}

static gssize
read_one (GSocketConnection *connection)
{
  char byte;

  return g_input_stream_read (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)), &byte, 1, NULL,
      NULL);
}

static void
say (GSocketConnection *connection, const char *text)
{
  g_assert_true (g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
      strlen (text), NULL, NULL, NULL));
}

/* Nothing comes but the end, and the tunnel knows why. */
static void
check_closed (TurnTunnel *tunnel, const char *words, gboolean is_refusal)
{
  g_autoptr (GSocketConnection) connection = connect_to (tunnel);
  g_autofree char *error = NULL;
  gboolean refuses = !is_refusal;

  say (connection, "hello");
  g_assert_cmpint (read_one (connection), <=, 0);
  error = turn_tunnel_dup_error (tunnel, &refuses);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error, words));
  g_assert_true (refuses == is_refusal);
}

static void
test_tls (void)
{
  Echo echo = { 0 };

  TEST_WATCHDOG (60);
  echo_open (&echo, TRUE);
  {
    g_autoptr (TurnTunnel) trusting = open_tunnel (echo.port, TRUE, TRUE);
    g_autoptr (TurnTunnel) untrusting = open_tunnel (echo.port, TRUE, FALSE);
    g_autoptr (TurnTunnel) unused = open_tunnel (echo.port, TRUE, TRUE);
    g_autoptr (GSocketConnection) idle G_GNUC_UNUSED = connect_to (trusting);

    check_both_ways (trusting);
    check_both_ways (trusting);
    check_closed (untrusting, "no authority that is trusted", TRUE);
    g_assert_cmpuint (turn_tunnel_get_port (unused), !=, 0);
  }
  echo_close (&echo);
  {
    g_autoptr (TurnTunnel) lonely = open_tunnel (echo.port, TRUE, TRUE);

    check_closed (lonely, "cannot be reached", FALSE);
  }
}

static void
test_tcp (void)
{
  Echo echo = { 0 };

  TEST_WATCHDOG (60);
  echo_open (&echo, FALSE);
  {
    g_autoptr (TurnTunnel) tunnel = open_tunnel (echo.port, FALSE, FALSE);

    check_both_ways (tunnel);
  }
  echo_close (&echo);
}

/* What is not handed on to libnice. The message before it may be. */
static void
test_checked (void)
{
  static const char redirect[] =
      "\x40\x00\x00\x04good"
      "\x01\x13\x00\x14\x21\x12\xa4\x42twelve bytes"
      "\x00\x09\x00\x04\x00\x00\x03\x00"
      "\x80\x23\x00\x08\x00\x01\x0d\x96\x7f\x00\x00\x01";
  static const char stranger[] = "220 mail.example.org\r\n";

  for (guint i = 0; i < 4; i++) {
    const gboolean is_redirect = i < 2, is_tls = i % 2 == 0;
    Echo echo = { .answer = is_redirect ? redirect : stranger,
      .answer_length =
          is_redirect ? sizeof (redirect) - 1 : sizeof (stranger) - 1 };

    TEST_WATCHDOG (60);
    echo_open (&echo, is_tls);
    {
      g_autoptr (TurnTunnel) tunnel = open_tunnel (echo.port, is_tls, TRUE);

      check_closed (tunnel,
          is_redirect
              ? "sends us to another server (300), which is not followed"
              : "does not answer as a TURN server",
          is_redirect);
    }
    echo_close (&echo);
  }
}

/* It is not we who refuse a server that closes the connection. */
static void
test_closing (void)
{
  Echo echo = { .is_closing = TRUE };

  TEST_WATCHDOG (60);
  echo_open (&echo, TRUE);
  {
    g_autoptr (TurnTunnel) tunnel = open_tunnel (echo.port, TRUE, TRUE);
    g_autofree char *error = NULL;
    gboolean refuses = TRUE;

    check_closed (tunnel, "does not speak TLS with us", FALSE);
    g_atomic_int_set (&echo.is_closing, FALSE);
    check_both_ways (tunnel);
    /* It could be reached, then. */
    error = turn_tunnel_dup_error (tunnel, &refuses);
    g_assert_null (error);
    g_assert_false (refuses);
  }
  echo_close (&echo);
}

/* Who says nothing is put out in the end, and one who spoke is not. */
static void
test_crowd (void)
{
  Echo echo = { 0 };

  TEST_WATCHDOG (60);
  echo_open (&echo, TRUE);
  {
    g_autoptr (TurnTunnel) tunnel = open_tunnel (echo.port, TRUE, TRUE);
    g_autoptr (GSocketConnection) speaker = connect_to (tunnel);
    g_autoptr (GPtrArray) crowd =
        g_ptr_array_new_with_free_func (g_object_unref);

    say (speaker, "\x40\x01\x01\x01");
    for (guint i = 0; i < 15; i++)
      g_ptr_array_add (crowd, connect_to (tunnel));
    /* One too many. */
    {
      g_autoptr (GSocketConnection) late = connect_to (tunnel);

      g_assert_cmpint (read_one (late), <=, 0);
    }
    for (guint i = 0; i < crowd->len; i++)
      g_assert_cmpint (read_one (g_ptr_array_index (crowd, i)), <=, 0);
    check_both_ways (tunnel);
    for (guint i = 0; i < 257; i++)
      say (speaker, "~");
    for (guint i = 0; i < 3; i++)
      say (speaker, "~");
    g_assert_cmpint (read_one (speaker), ==, 1);
  }
  echo_close (&echo);
}

static gint64
get_cpu_time (void)
{
  struct timespec now;

  g_assert_cmpint (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now), ==, 0);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* All that there are; returns them. */
static GArray *
take_descriptors (void)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (int));
  int fd;

  while ((fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
    g_array_append_val (taken, fd);
  return taken;
}

/* Without file descriptors it waits, and does not run in circles; then it goes
 * on. */
static void
test_no_descriptors (void)
{
  Echo echo = { 0 };
  struct rlimit limit, low;

  TEST_WATCHDOG (60);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  echo_open (&echo, TRUE);
  {
    g_autoptr (TurnTunnel) tunnel = open_tunnel (echo.port, TRUE, TRUE);
    g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4,
        G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
    g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (
        "127.0.0.1", turn_tunnel_get_port (tunnel));
    g_autoptr (GArray) taken = NULL;
    struct pollfd nothing = { .fd = -1 };
    gint64 begun;

    low = limit;
    low.rlim_cur = 64;
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
    taken = take_descriptors ();
    g_assert_true (g_socket_connect (socket, there, NULL, NULL));
    begun = get_cpu_time ();
    g_assert_cmpint (poll (&nothing, 1, 1000), ==, 0);
    g_assert_cmpint (get_cpu_time () - begun, <, G_USEC_PER_SEC / 4);
    for (guint i = 0; i < taken->len; i++)
      close (g_array_index (taken, int, i));
    g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
    g_assert_cmpint (
        g_socket_send (socket, "\x40\x01\x00\x01~\0\0\0", 8, NULL, NULL), ==,
        8);
    {
      char byte;

      g_assert_cmpint (g_socket_receive (socket, &byte, 1, NULL, NULL), ==, 1);
    }
  }
  echo_close (&echo);
}

/* A server that accepts and is silent does not hold up the end. */
static void
test_silent (void)
{
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (silent, NULL, NULL);
  gint64 begun = g_get_monotonic_time ();
  TurnTunnel *tunnel = open_tunnel (port, TRUE, TRUE);
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
  g_test_add_func ("/turntunnel/tls", test_tls);
  g_test_add_func ("/turntunnel/tcp", test_tcp);
  g_test_add_func ("/turntunnel/checked", test_checked);
  g_test_add_func ("/turntunnel/closing", test_closing);
  g_test_add_func ("/turntunnel/crowd", test_crowd);
  g_test_add_func ("/turntunnel/no-descriptors", test_no_descriptors);
  g_test_add_func ("/turntunnel/silent", test_silent);
  return g_test_run ();
}
