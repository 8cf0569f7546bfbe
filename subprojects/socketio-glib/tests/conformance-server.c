/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-engine-server.h>
#include <sio/sio.h>

#include <string.h>

/* What the test suites of the protocols' own repository need of a server:
 *
 *   conformance-server engine PORT    Engine.IO at /engine.io/, both revisions
 *   conformance-server socket PORT    Socket.IO at /socket.io/
 *
 * Port 0 is any free one. Two numbers more are another ping interval and ping
 * timeout, in ms. It prints the port, and runs until it is ended. The
 * suites themselves are not here: they are run by hand, from a checkout of
 * https://github.com/socketio/socket.io, docs/engine.io-protocol and
 * docs/socket.io-protocol, with their URL set to this server's. What they check
 * test-conformance.py checks as well. */

typedef struct {
  guint port;
  guint ping_interval; /* ms */
  guint ping_timeout;  /* ms */
} Options;

/* --- Engine.IO: what is said comes back --- */

typedef struct {
  SioServerSettings settings;
  SioEngineServer *engines;
} EngineHost;

typedef struct {
  EngineHost *host;
  SioEngine *engine;
  char *id;
} EngineGuest;

static void
on_engine_message (gpointer data, const char *text, gsize length)
{
  EngineGuest *guest = data;

  sio_engine_send (guest->engine, text, length);
}

static void
on_engine_binary (gpointer data, gconstpointer bytes, gsize length)
{
  EngineGuest *guest = data;

  sio_transport_send_binary (
      sio_engine_get_transport (guest->engine), bytes, length);
}

static void
on_engine_closed (gpointer data, const char *reason, const GError *error)
{
  EngineGuest *guest = data;

  sio_engine_server_remove (guest->host->engines, guest->id);
  g_object_unref (guest->engine);
  g_free (guest->id);
  g_free (guest);
}

static const SioEngineHandler engine_handler = {
  .message = on_engine_message,
  .binary = on_engine_binary,
  .closed = on_engine_closed,
};

static SioEngine *
on_arrival (gpointer data, const SioEngineArrival *arrival)
{
  EngineGuest *guest = g_new0 (EngineGuest, 1);

  guest->host = data;
  guest->id = g_strdup (arrival->handshake->sid);
  guest->engine = sio_engine_new_server (
      arrival->transport, arrival->handshake, &engine_handler, guest);
  return g_object_ref (guest->engine);
}

static gboolean
run_engine (const Options *options, GMainLoop *loop, GError **error)
{
  EngineHost host = {
    .settings = {
      .path = (char *) "/engine.io/",
      .allow_eio3 = TRUE,
      .ping_interval = options->ping_interval,
      .ping_timeout = options->ping_timeout,
      .upgrade_timeout = 10000,
      .exchange_timeout = 60000,
      .max_payload = 1000000,
      .max_unsent = 1000000,
      .max_sessions = 1000,
      .max_sessions_per_address = 1000,
    },
  };
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
  g_autoptr (SioLimits) limits = sio_limits_new ();
  GSList *uris;

  host.engines =
      sio_engine_server_new (&host.settings, limits, on_arrival, NULL, &host);
  if (!sio_engine_server_attach (host.engines, soup, error)
      || !soup_server_listen_local (soup, options->port, 0, error))
    return FALSE;
  uris = soup_server_get_uris (soup);
  g_print ("%d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);
  return TRUE;
}

/* --- Socket.IO: the events that the suite knows --- */

static void
on_message (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  sio_server_socket_emit (socket, "message-back", args, NULL);
}

static void
on_message_with_ack (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  if (ack != NULL)
    sio_ack_reply (ack, args);
}

static void
on_connection (gpointer where, SioServerSocket *socket, gpointer data)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) args = NULL;

  g_signal_connect (socket, "event::message", G_CALLBACK (on_message), NULL);
  g_signal_connect (socket, "event::message-with-ack",
      G_CALLBACK (on_message_with_ack), NULL);
  json_array_add_element (
      array, json_node_copy (sio_server_socket_get_auth (socket)));
  args = json_node_init_array (json_node_alloc (), array);
  sio_server_socket_emit (socket, "auth", args, NULL);
}

static gboolean
run_socket (const Options *options, GMainLoop *loop, GError **error)
{
  g_autoptr (SioServer) server = g_object_new (SIO_TYPE_SERVER, "allow-eio3",
      TRUE, "ping-interval", options->ping_interval, "ping-timeout",
      options->ping_timeout, "connect-timeout", 1000, "max-sessions", 1000,
      "max-sessions-per-address", 1000, NULL);

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_signal_connect (sio_server_add_namespace (server, "/custom"), "connection",
      G_CALLBACK (on_connection), NULL);
  if (!sio_server_listen (server, "localhost", options->port, error))
    return FALSE;
  g_print ("%u\n", sio_server_get_port (server));
  g_main_loop_run (loop);
  return TRUE;
}

static gboolean
read_number (int argc, char **argv, int index, guint max, guint *number)
{
  guint64 value;

  if (index >= argc)
    return TRUE;
  if (!g_ascii_string_to_unsigned (argv[index], 10, 0, max, &value, NULL))
    return FALSE;
  *number = (guint) value;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  gboolean engine = argc >= 3 && strcmp (argv[1], "engine") == 0;
  Options options = { .ping_interval = 300, .ping_timeout = 200 };

  if (!(engine || (argc >= 3 && strcmp (argv[1], "socket") == 0))
      || !read_number (argc, argv, 2, 65535, &options.port)
      || !read_number (argc, argv, 3, 3600000, &options.ping_interval)
      || !read_number (argc, argv, 4, 3600000, &options.ping_timeout)) {
    g_printerr ("usage: conformance-server engine|socket PORT "
                "[PING_INTERVAL PING_TIMEOUT]\n");
    return 2;
  }
  if (engine ? run_engine (&options, loop, &error)
             : run_socket (&options, loop, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}
