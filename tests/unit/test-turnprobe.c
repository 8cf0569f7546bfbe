/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turnprobe.h"

#include "common/testlog.h"
#include "common/turnlistener.h"

typedef struct {
  GMainLoop *loop;
  guint n_said;
  TurnProbeVerdict verdict;
  char *text;
} Answer;

static void
on_said (TurnProbeVerdict verdict, const char *text, gpointer data)
{
  Answer *answer = data;

  answer->n_said++;
  answer->verdict = verdict;
  g_free (answer->text);
  answer->text = g_strdup (text);
  g_main_loop_quit (answer->loop);
}

/* Asks, and gives it up half way if @is_cancelled. */
static void
ask_from (Answer *answer, guint port, gboolean is_tcp, GPtrArray *addresses,
    gboolean is_cancelled)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  const guint before = answer->n_said;
  TurnProbe *probe;

  g_main_context_push_thread_default (context);
  answer->loop = g_main_loop_new (context, FALSE);
  probe = turn_probe_new (
      "127.0.0.1", port, is_tcp, "u:%", "p/", addresses, on_said, answer);
  g_assert_cmpuint (answer->n_said, ==, before);
  if (!is_cancelled)
    g_main_loop_run (answer->loop);
  turn_probe_free (probe);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_loop_unref (answer->loop);
  g_main_context_pop_thread_default (context);
}

static void
ask (Answer *answer, guint port, gboolean is_tcp, gboolean is_cancelled)
{
  ask_from (answer, port, is_tcp, NULL, is_cancelled);
}

/* The one that listens takes the password, and then gives nobody anything. */
static void
test_refused (void)
{
  g_autoptr (TurnListener) listener =
      turn_listener_new ("127.0.0.1", "u:%", "p/");
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  ask (&answer, turn_listener_get_port (listener), FALSE, FALSE);
  g_assert_cmpuint (answer.n_said, ==, 1);
  g_assert_cmpint (answer.verdict, ==, TURN_PROBE_REFUSED);
  g_assert_cmpstr (answer.text, ==, "refuses us (403)");
  g_assert_true (turn_listener_wait_user (listener, test_deadline (1)));
  g_assert_cmpuint (turn_listener_count_strangers (listener), ==, 0);
  g_free (answer.text);
}

/* Where a port was that nobody has now. */
static void
test_silent (void)
{
  TurnListener *listener = turn_listener_new ("127.0.0.1", "u", "p");
  guint port = turn_listener_get_port (listener);
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  turn_listener_free (listener);
  ask (&answer, port, FALSE, FALSE);
  g_assert_cmpint (answer.verdict, ==, TURN_PROBE_SILENT);
  g_assert_cmpstr (answer.text, ==, "does not answer");
  ask (&answer, port, TRUE, FALSE);
  g_assert_cmpint (answer.verdict, ==, TURN_PROBE_SILENT);
  g_assert_true (g_str_has_prefix (answer.text, "cannot be reached: "));
  g_assert_cmpuint (answer.n_said, ==, 2);
  g_free (answer.text);
}

typedef struct {
  GSocketListener *listener;
  const char *bytes;
  gsize length;
  guint port;
} Stranger;

static gpointer
speak (gpointer data)
{
  Stranger *stranger = data;
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept (stranger->listener, NULL, NULL, NULL);
  char request[2048];

  if (connection == NULL)
    return NULL;
  g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
      request, sizeof (request), NULL, NULL);
  g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (connection)), stranger->bytes,
      stranger->length, NULL, NULL, NULL);
  return NULL;
}

/* What is no TURN server says what it likes, in pieces or not at all. */
static void
test_stranger (void)
{
  static const struct {
    const char *bytes;
    gsize length;
  } cases[] = {
    { "", 0 },
    { "HTTP/1.1 400 Bad Request\r\n\r\n", 28 },
    { "\x01\x13\x00\x00", 4 },
    { "\x01\x13\xff\xff\x21\x12\xa4\x42 and so on, but not for so long", 37 },
    { "\x01\x13\x00\x00\x21\x12\xa4\x42"
      "another one.",
        20 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GSocketListener) listener = g_socket_listener_new ();
    Stranger stranger = { listener, cases[i].bytes, cases[i].length,
      g_socket_listener_add_any_inet_port (listener, NULL, NULL) };
    GThread *thread = g_thread_new ("stranger", speak, &stranger);
    Answer answer = { 0 };

    TEST_WATCHDOG (30);
    ask (&answer, stranger.port, TRUE, FALSE);
    g_assert_cmpint (answer.verdict, ==, TURN_PROBE_SILENT);
    g_assert_cmpuint (answer.n_said, ==, 1);
    g_thread_join (thread);
    g_free (answer.text);
  }
}

static void
test_cancelled (void)
{
  g_autoptr (TurnListener) listener = turn_listener_new ("127.0.0.1", "u", "p");
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  ask (&answer, turn_listener_get_port (listener), FALSE, TRUE);
  g_assert_cmpuint (answer.n_said, ==, 0);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Nobody accepts, and the queue of those who wait is full: whoever connects hears
 * nothing at all. */
static void
fill (GSocket *listener, GSocket **waiting, gsize n)
{
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) there = NULL;

  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_bind (listener, any, TRUE, NULL));
  g_assert_true (g_socket_listen (listener, NULL));
  there = g_socket_get_local_address (listener, NULL);
  for (gsize i = 0; i < n; i++) {
    waiting[i] = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
        G_SOCKET_PROTOCOL_TCP, NULL);
    g_socket_set_blocking (waiting[i], FALSE);
    g_socket_connect (waiting[i], there, NULL, NULL);
  }
}

static guint
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) here = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (here));
}

/* A connection that is given up is not waited for behind the answer, which could be
 * given once more. */
static void
test_hanging (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSocket) listener = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  GSocket *waiting[4];
  Answer answer = { .loop = loop };
  TurnProbe *probe;
  guint before;
  gint64 deadline;

  TEST_WATCHDOG (30);
  fill (listener, waiting, G_N_ELEMENTS (waiting));
  g_main_context_push_thread_default (context);
  before = count_descriptors ();
  probe = turn_probe_new (
      "127.0.0.1", get_port (listener), TRUE, "u", "p", NULL, on_said, &answer);
  g_main_loop_run (loop);
  g_assert_cmpint (answer.verdict, ==, TURN_PROBE_SILENT);
  g_assert_cmpstr (answer.text, ==, "does not answer");
  deadline = test_deadline (20);
  while (count_descriptors () > before && g_get_monotonic_time () < deadline)
    g_main_context_iteration (context, FALSE);
  g_assert_cmpuint (count_descriptors (), ==, before);
  g_assert_cmpuint (answer.n_said, ==, 1);
  turn_probe_free (probe);
  g_main_context_pop_thread_default (context);
  for (gsize i = 0; i < G_N_ELEMENTS (waiting); i++)
    g_object_unref (waiting[i]);
  g_free (answer.text);
}

/* It is asked from the addresses that may be used, or not at all. */
static void
test_addresses (void)
{
  static const char *const froms[] = { "127.0.0.2", "::1" };

  for (guint i = 0; i < 4; i++) {
    g_autoptr (TurnListener) listener =
        turn_listener_new ("127.0.0.1", "u:%", "p/");
    g_autoptr (GPtrArray) addresses =
        g_ptr_array_new_with_free_func (g_object_unref);
    const gboolean is_tcp = i / 2 == 1;
    Answer answer = { 0 };

    TEST_WATCHDOG (30);
    g_ptr_array_add (addresses, g_inet_address_new_from_string (froms[i % 2]));
    ask_from (
        &answer, turn_listener_get_port (listener), is_tcp, addresses, FALSE);
    g_assert_cmpuint (answer.n_said, ==, 1);
    if (i % 2 == 1)
      g_assert_cmpstr (answer.text, ==,
          "cannot be reached from an address of ice-interfaces");
    g_assert_cmpuint (turn_listener_count_others (listener, froms[0]), ==, 0);
    g_free (answer.text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/turnprobe/refused", test_refused);
  g_test_add_func ("/turnprobe/silent", test_silent);
  g_test_add_func ("/turnprobe/stranger", test_stranger);
  g_test_add_func ("/turnprobe/cancelled", test_cancelled);
  g_test_add_func ("/turnprobe/hanging", test_hanging);
  g_test_add_func ("/turnprobe/addresses", test_addresses);
  return g_test_run ();
}
