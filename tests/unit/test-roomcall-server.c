/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program as a user runs it. */
#include "common/roomclient.h"
#include "common/testlog.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

typedef struct {
  GSubprocess *process;
  char *uri;
} Program;

/* A test that is aborted leaves no server behind. */
static void
end_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
launch (const char *arguments, const char *token)
{
  g_autofree char *line =
      g_strdup_printf ("%s %s", g_getenv ("ROOMCALL_SERVER"), arguments);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  if (token != NULL)
    g_subprocess_launcher_setenv (launcher, "ROOMCALL_TOKEN", token, TRUE);
  process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

static Program *
program_new (const char *arguments, const char *token)
{
  Program *self = g_new0 (Program, 1);
  g_autofree char *line = g_strconcat ("--port 0 ", arguments, NULL);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *first = NULL;

  self->process = launch (line, token);
  output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_filter_input_stream_set_close_base_stream (
      G_FILTER_INPUT_STREAM (output), FALSE);
  first = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_nonnull (first);
  g_assert_true (g_str_has_prefix (first, "Listening: http://127.0.0.1:"));
  self->uri = g_strdup (first + strlen ("Listening: "));
  return self;
}

static void
program_free (Program *self)
{
  g_subprocess_force_exit (self->process);
  g_object_unref (self->process);
  g_free (self->uri);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Program, program_free)

static void
store_result (GObject *source, GAsyncResult *done, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (done);
}

/* Waits for the end; returns what it wrote to stderr. */
static char *
wait_end (GSubprocess *process, int status)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_subprocess_communicate_utf8_async (
      process, NULL, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, NULL, &text, &error);
  g_assert_no_error (error);
  g_test_message ("%s", text);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, status);
  return text;
}

static void
on_disconnect (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  *(char **) data = g_strdup (reason);
}

/* Who is connected is told at once, over either transport, and so that it tries to
 * come back. */
static void
test_signals (gconstpointer data)
{
  static const int signals[] = { SIGINT, SIGTERM };
  const char *const transports[] = { data, NULL };
  gint64 took = G_MAXINT64;

  TEST_WATCHDOG (30);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++) {
    g_autoptr (Program) program = program_new ("", NULL);
    SioManager *manager = sio_manager_new (program->uri);
    SioSocket *socket = sio_manager_get_socket (manager, "/");
    g_autofree char *reason = NULL;
    g_autofree char *log = NULL;
    gint64 told;

    g_object_set (manager, "transports", transports, NULL);
    g_signal_connect (
        socket, "disconnect", G_CALLBACK (on_disconnect), &reason);
    sio_socket_connect (socket);
    while (!sio_socket_get_connected (socket))
      g_main_context_iteration (NULL, TRUE);
    g_subprocess_send_signal (program->process, signals[i]);
    while (reason == NULL)
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpstr (reason, ==, "transport close");
    told = g_get_monotonic_time ();
    sio_manager_close (manager);
    g_object_unref (manager);
    log = wait_end (program->process, 0);
    took = MIN (took, g_get_monotonic_time () - told);
    g_assert_nonnull (strstr (log, " connect id="));
    g_assert_nonnull (strstr (log, " shutting down\n"));
  }
  /* Who has been told is not waited for: its time to read is 3 s. */
  g_assert_cmpint (took, <, 2 * G_USEC_PER_SEC);
}

/* One server, four rooms, each in another dialect. */
static void
test_dialects (void)
{
  g_autoptr (Program) program = program_new ("--metrics", NULL);
  g_autofree char *metrics = NULL;
  g_autoptr (SoupMessage) get = NULL;
  RoomClient *pairs[4][2];
  RoomClient **pair;

  TEST_WATCHDOG (30);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *query = g_strdup_printf ("room=r%u", i);

    for (guint j = 0; j < 2; j++)
      pairs[i][j] = room_client_new_with (program->uri, query, NULL);
  }
  pair = pairs[0];
  room_client_say (pair[0], "join-room", "[\"rooms\"]");
  room_client_hears (pair[0], "users[[\"%s\"]]", room_client_id (pair[0]));
  room_client_say (pair[1], "join-room", "[\"rooms\"]");
  room_client_hears (pair[0], "user-joined[\"%s\"]", room_client_id (pair[1]));
  pair = pairs[1];
  room_client_say (pair[0], "offer", "[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_hears (pair[1], "offer[{\"type\":\"offer\",\"sdp\":\"v=0\"}]");
  room_client_say (
      pair[1], "answer", "[{\"type\":\"answer\",\"sdp\":\"v=0\"}]");
  room_client_hears (pair[0], "answer[{\"type\":\"answer\",\"sdp\":\"v=0\"}]");
  pair = pairs[2];
  room_client_say (pair[0], "join", "[{\"channel\":\"mesh\"}]");
  room_client_say (pair[0], "join", "[{\"channel\":\"elsewhere\"}]");
  room_client_hears_refusal (
      pair[0], "you are in another room: leave it first");
  room_client_say (pair[1], "join",
      "[{\"channel\":\"mesh\",\"userdata\":{\"name\":\"Ada\"}}]");
  room_client_hears (pair[0],
      "addPeer[{\"peer_id\":\"%s\",\"should_create_offer\":false,"
      "\"userdata\":{\"name\":\"Ada\"}}]",
      room_client_id (pair[1]));
  pair = pairs[3];
  room_client_say (pair[0], "message", "[{\"type\":\"ready\"}]");
  /* It is there when the server has answered it something else. */
  room_client_say (pair[0], "join", "[{\"channel\":\"elsewhere\"}]");
  room_client_hears_refusal (
      pair[0], "you began with the dialect message, and this is mesh");
  room_client_say (pair[1], "message", "[{\"type\":\"ready\"}]");
  room_client_hears (pair[0],
      "message[{\"type\":\"ready\",\"clientId\":\"%s\"}]",
      room_client_id (pair[1]));

  get = room_client_fetch (program->uri, "GET", "/metrics", NULL, &metrics);
  g_assert_nonnull (strstr (metrics, "\nroomcall_rooms 4\n"));
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    room_client_free (pairs[i][0]);
    room_client_free (pairs[i][1]);
  }
}

static void
test_token (void)
{
  g_autoptr (Program) program = program_new ("", "sesame");
  g_autoptr (RoomClient) stranger =
      room_client_new_with (program->uri, NULL, NULL);
  g_autoptr (RoomClient) guest =
      room_client_new_with (program->uri, NULL, "{\"token\":\"sesame\"}");
  g_autofree char *log = NULL;

  TEST_WATCHDOG (30);
  g_assert_nonnull (stranger->refusal);
  g_assert_true (guest->connected);
  g_subprocess_send_signal (program->process, SIGTERM);
  log = wait_end (program->process, 0);
  g_assert_nonnull (strstr (log, "reason=token"));
  g_assert_null (strstr (log, "sesame"));
}

/* One line on stderr, and a status that says whose fault it is. */
static void
test_mistakes (void)
{
  static const struct {
    const char *arguments;
    int status;
    const char *says;
  } cases[] = {
    { "--port 0 --host 192.0.2.1", 1, "cannot listen at 192.0.2.1" },
    { "--port 99999", 2, "--port is a number" },
    { "--mystery", 2, "--mystery" },
    { "--token-file /nowhere/token", 2, "/nowhere/token" },
    { "--web-root /nowhere/page", 2, "--web-root names a folder" },
    { "--turn relay.example.org", 2, "a user name and a password" },
  };
  g_autoptr (Program) program = program_new ("", NULL);
  g_autofree char *busy =
      g_strdup_printf ("--port %s", strrchr (program->uri, ':') + 1);

  TEST_WATCHDOG (30);
  for (gsize i = 0; i <= G_N_ELEMENTS (cases); i++) {
    gboolean last = i == G_N_ELEMENTS (cases);
    g_autoptr (GSubprocess) process =
        launch (last ? busy : cases[i].arguments, NULL);
    g_autofree char *text = wait_end (process, last ? 1 : cases[i].status);

    g_assert_true (g_str_has_prefix (text, "roomcall-server: "));
    g_assert_nonnull (strstr (text, last ? "in use" : cases[i].says));
    g_assert_true (strchr (text, '\n') == text + strlen (text) - 1);
  }
}

/* Bound elsewhere than to the loopback it says what that means. */
static void
test_open (void)
{
  g_autoptr (Program) program = program_new ("--host 0.0.0.0", NULL);
  g_autofree char *log = NULL;

  TEST_WATCHDOG (30);
  g_subprocess_send_signal (program->process, SIGTERM);
  log = wait_end (program->process, 0);
  g_assert_nonnull (strstr (log, "Other machines can reach this server"));
  g_assert_nonnull (strstr (log, "no camera"));
}

static guint
ask (Program *program, const char *path, const char *header)
{
  g_autoptr (SoupMessage) get =
      room_client_fetch (program->uri, "GET", path, header, NULL);

  return soup_message_get_status (get);
}

#define HANDSHAKE(revision) "/socket.io/?transport=polling&EIO=" revision
#define FOREIGN "Origin: https://calls.example.org"
#define FOREIGN_HOST "Host: calls.example.org"

/* Options that are about connections get to where those are. */
static void
test_connections (void)
{
  g_autoptr (Program) closed = program_new ("--max-clients 2", NULL);
  g_autoptr (Program) open =
      program_new ("--allow-eio3 --origin https://calls.example.org", NULL);
  static const char *const lines[] = {
    "reason=protocol: Unsupported protocol version\n",
    "origin=\"https://calls.example.org\" reason=origin: ",
    "reason=busy: ",
    "host=\"calls.example.org\" origin=\"\" reason=host: ",
  };
  g_autofree char *log = NULL;
  g_autofree char *own = g_strconcat ("Origin: ", closed->uri, NULL);
  g_autofree char *other = g_strconcat ("Origin: ", open->uri, NULL);

  TEST_WATCHDOG (30);
  g_assert_cmpuint (ask (closed, HANDSHAKE ("3"), NULL), ==, 400);
  g_assert_cmpuint (ask (closed, HANDSHAKE ("4"), FOREIGN), ==, 403);
  g_assert_cmpuint (ask (closed, HANDSHAKE ("4"), own), ==, 200);
  g_assert_cmpuint (ask (closed, HANDSHAKE ("4"), NULL), ==, 200);
  g_assert_cmpuint (ask (closed, HANDSHAKE ("4"), NULL), ==, 503);
  g_assert_cmpuint (ask (closed, "/", NULL), ==, 200);
  g_assert_cmpuint (ask (open, HANDSHAKE ("3"), NULL), ==, 200);
  g_assert_cmpuint (ask (open, HANDSHAKE ("4"), FOREIGN), ==, 200);
  g_assert_cmpuint (ask (open, HANDSHAKE ("4"), other), ==, 403);
  g_assert_cmpuint (ask (closed, "/", FOREIGN_HOST), ==, 403);
  g_assert_cmpuint (ask (open, "/", FOREIGN_HOST), ==, 200);
  /* Whose page is nowhere to be seen finds in the log why. */
  g_subprocess_send_signal (closed->process, SIGTERM);
  log = wait_end (closed->process, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_nonnull (strstr (log, lines[i]));
}

static void
test_help (void)
{
  g_autoptr (GSubprocess) help = launch ("--help", NULL);
  g_autoptr (GSubprocess) version = launch ("--version", NULL);
  g_autofree char *text = NULL;
  g_autofree char *number = NULL;

  TEST_WATCHDOG (30);
  g_assert_true (
      g_subprocess_communicate_utf8 (help, NULL, NULL, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "Not for: the open internet"));
  g_assert_true (
      g_subprocess_communicate_utf8 (version, NULL, NULL, &number, NULL, NULL));
  g_assert_true (g_str_has_prefix (number, "roomcall-server 0."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_data_func (
      "/roomcall-server/signals/websocket", "websocket", test_signals);
  g_test_add_data_func (
      "/roomcall-server/signals/polling", "polling", test_signals);
  g_test_add_func ("/roomcall-server/dialects", test_dialects);
  g_test_add_func ("/roomcall-server/token", test_token);
  g_test_add_func ("/roomcall-server/mistakes", test_mistakes);
  g_test_add_func ("/roomcall-server/open", test_open);
  g_test_add_func ("/roomcall-server/connections", test_connections);
  g_test_add_func ("/roomcall-server/help", test_help);
  return g_test_run ();
}
