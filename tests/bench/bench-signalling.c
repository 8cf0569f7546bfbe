/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libsoup/soup.h>
#include <sio/sio.h>
#include <string.h>

/*
 * One client of the signalling benchmark, see signalling/run.mjs, which runs it
 * beside npm's:
 *
 *   bench-signalling sio|bare WHAT TRANSPORTS URI PAYLOAD WARM-UP COUNT
 *
 * WHAT is "rtt" (an emit after the other's acknowledgement), "pipe" (64 emits
 * are under way) or "connect". Prints what it measured as JSON: microseconds of
 * each round trip or connect, or messages per second. `bare` is a loop on
 * libsoup's WebSocket that knows no Socket.IO but what this needs: the least
 * that a client on GLib can cost.
 */

#define PIPELINE 64

typedef struct {
  GMainLoop *loop;
  const char *what, *uri;
  GStrv transports;
  char *payload; /* a description in quotes, as JSON */
  guint warm_up, count;
  guint sent, answered;
  gint64 begin; /* of the first message that counts, or of the connect */
  gint64 *sent_at;
  GArray *samples;
} Bench;

static void
bench_failed (const char *text)
{
  g_printerr ("bench-signalling: %s\n", text);
  exit (1);
}

static gboolean
is_pipelined (const Bench *self)
{
  return g_str_equal (self->what, "pipe");
}

static void
add_sample (Bench *self, double value)
{
  g_array_append_val (self->samples, value);
}

/* Returns: whether another one may be sent now. */
static gboolean
may_send (const Bench *self)
{
  guint window = is_pipelined (self) ? PIPELINE : 1;

  return self->sent < self->warm_up + self->count
      && self->sent - self->answered < window;
}

static void
note_sent (Bench *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->sent == self->warm_up)
    self->begin = now;
  self->sent_at[self->sent++] = now;
}

static void
note_answered (Bench *self)
{
  gint64 now = g_get_monotonic_time ();
  guint number = self->answered++;

  if (!is_pipelined (self) && number >= self->warm_up)
    add_sample (self, (double) (now - self->sent_at[number]));
  if (self->answered < self->warm_up + self->count)
    return;
  if (is_pipelined (self))
    add_sample (self, self->count * 1e6 / (double) (now - self->begin));
  g_main_loop_quit (self->loop);
}

/* --- this project's client --- */

typedef struct {
  Bench *bench;
  SioManager *manager;
  SioSocket *socket;
  JsonNode *args;
  gulong id;
} Client;

static void send_sio (Client *self);

static void
on_ack (GObject *source, GAsyncResult *result, gpointer data)
{
  Client *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
      sio_socket_emit_with_ack_finish (self->socket, result, &error);

  if (answer == NULL)
    bench_failed (error->message);
  note_answered (self->bench);
  send_sio (self);
}

static void
send_sio (Client *self)
{
  while (may_send (self->bench)) {
    note_sent (self->bench);
    sio_socket_emit_with_ack_async (
        self->socket, "echo", self->args, 10000, NULL, on_ack, self);
  }
}

static void
on_connect (SioSocket *socket, Client *self)
{
  if (g_str_equal (self->bench->what, "connect")) {
    add_sample (
        self->bench, (double) (g_get_monotonic_time () - self->bench->begin));
    g_main_loop_quit (self->bench->loop);
    return;
  }
  send_sio (self);
}

static void
on_connect_error (SioSocket *socket, const GError *error, Client *self)
{
  bench_failed (error->message);
}

static void
client_open (Client *self)
{
  self->manager = sio_manager_new (self->bench->uri);
  g_object_set (self->manager, "transports", self->bench->transports, NULL);
  self->socket = sio_manager_get_socket (self->manager, NULL);
  g_signal_connect (self->socket, "connect", G_CALLBACK (on_connect), self);
  g_signal_connect (
      self->socket, "connect-error", G_CALLBACK (on_connect_error), self);
  self->bench->begin = g_get_monotonic_time ();
  sio_socket_connect (self->socket);
}

static void
client_close (Client *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  sio_socket_disconnect (self->socket);
  sio_manager_close (self->manager);
  g_clear_object (&self->manager);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
run_sio (Bench *bench)
{
  Client self = { .bench = bench };
  g_autofree char *args = g_strdup_printf ("[%s]", bench->payload);
  guint rounds =
      g_str_equal (bench->what, "connect") ? bench->warm_up + bench->count : 1;

  self.args = json_from_string (args, NULL);
  for (guint i = 0; i < rounds; i++) {
    client_open (&self);
    g_main_loop_run (bench->loop);
    client_close (&self);
  }
  if (rounds > 1)
    g_array_remove_range (bench->samples, 0, bench->warm_up);
  json_node_unref (self.args);
}

/* --- the bare loop --- */

typedef struct {
  Bench *bench;
  SoupWebsocketConnection *connection;
  gboolean connected;
} Bare;

static void
send_bare (Bare *self)
{
  while (may_send (self->bench)) {
    g_autofree char *text = g_strdup_printf (
        "42%u[\"echo\",%s]", self->bench->sent, self->bench->payload);

    note_sent (self->bench);
    soup_websocket_connection_send_text (self->connection, text);
  }
}

static void
on_message (
    SoupWebsocketConnection *connection, int type, GBytes *message, Bare *self)
{
  gsize size;
  const char *text = g_bytes_get_data (message, &size);

  if (size == 0)
    return;
  if (text[0] == '0')
    soup_websocket_connection_send_text (connection, "40");
  else if (text[0] == '2')
    soup_websocket_connection_send_text (connection, "3");
  else if (size > 1 && text[0] == '4' && text[1] == '0') {
    if (g_str_equal (self->bench->what, "connect")) {
      add_sample (
          self->bench, (double) (g_get_monotonic_time () - self->bench->begin));
      g_main_loop_quit (self->bench->loop);
    } else
      send_bare (self);
  } else if (size > 1 && text[0] == '4' && text[1] == '3') {
    note_answered (self->bench);
    send_bare (self);
  }
}

static void
on_websocket (GObject *source, GAsyncResult *result, gpointer data)
{
  Bare *self = data;
  g_autoptr (GError) error = NULL;

  self->connection = soup_session_websocket_connect_finish (
      SOUP_SESSION (source), result, &error);
  if (self->connection == NULL)
    bench_failed (error->message);
  soup_websocket_connection_set_max_incoming_payload_size (
      self->connection, 1024 * 1024);
  g_signal_connect (self->connection, "message", G_CALLBACK (on_message), self);
}

static void
run_bare (Bench *bench)
{
  g_autofree char *uri =
      g_strconcat (bench->uri, "/socket.io/?EIO=4&transport=websocket", NULL);
  guint rounds =
      g_str_equal (bench->what, "connect") ? bench->warm_up + bench->count : 1;

  for (guint i = 0; i < rounds; i++) {
    g_autoptr (SoupSession) session = soup_session_new ();
    g_autoptr (SoupMessage) message = soup_message_new ("GET", uri);
    Bare self = { .bench = bench };

    soup_session_set_proxy_resolver (session, NULL);
    bench->begin = g_get_monotonic_time ();
    soup_session_websocket_connect_async (session, message, NULL, NULL,
        G_PRIORITY_DEFAULT, NULL, on_websocket, &self);
    g_main_loop_run (bench->loop);
    g_signal_handlers_disconnect_by_data (self.connection, &self);
    soup_websocket_connection_close (self.connection, 1000, NULL);
    while (soup_websocket_connection_get_state (self.connection)
        != SOUP_WEBSOCKET_STATE_CLOSED)
      g_main_context_iteration (NULL, TRUE);
    g_object_unref (self.connection);
  }
  if (rounds > 1)
    g_array_remove_range (bench->samples, 0, bench->warm_up);
}

int
main (int argc, char **argv)
{
  Bench self = { 0 };

  if (argc != 8) {
    g_printerr ("Usage: %s sio|bare rtt|pipe|connect TRANSPORTS URI PAYLOAD "
                "WARM-UP COUNT\n",
        argv[0]);
    return 2;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.what = argv[2];
  self.transports = g_strsplit (argv[3], ",", -1);
  self.uri = argv[4];
  self.payload = argv[5];
  self.warm_up = (guint) g_ascii_strtoull (argv[6], NULL, 10);
  self.count = (guint) g_ascii_strtoull (argv[7], NULL, 10);
  self.sent_at = g_new0 (gint64, self.warm_up + self.count);
  self.samples = g_array_new (FALSE, FALSE, sizeof (double));
  if (g_str_equal (argv[1], "sio"))
    run_sio (&self);
  else
    run_bare (&self);
  g_print ("[");
  for (guint i = 0; i < self.samples->len; i++)
    g_print (
        "%s%.1f", i > 0 ? "," : "", g_array_index (self.samples, double, i));
  g_print ("]\n");
  g_array_unref (self.samples);
  g_free (self.sent_at);
  g_strfreev (self.transports);
  g_main_loop_unref (self.loop);
  return 0;
}
