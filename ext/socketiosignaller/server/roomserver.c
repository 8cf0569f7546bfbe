/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomserver.h"

#include "secrettext.h"
#include "serverclient.h"
#include "serverroutes.h"

#include <string.h>

/* One who comes into a full room offers to 63 others and sends each some 20
 * candidates, all in the first second. */
#define MESSAGES_BURST 1500
#define MESSAGES_PER_SECOND 100

/* A tab or a pipeline has one each. A full room behind one proxy is one address,
 * with some to spare for who fetches the page, or is told that it is full. What
 * all of them together can make the server hold is what the limits are for. */
#define MAX_CONNECTIONS 256
#define MAX_CONNECTIONS_PER_ADDRESS 80
/* In bytes: room for an SDP, the longest that is relayed, many times over. */
#define MAX_PAYLOAD (128 * 1024)

/* Whom the network has swallowed is gone after both, and its place free: Socket.IO's
 * 45 s are long for who waits for it. In ms. */
#define PING_INTERVAL 15000
#define PING_TIMEOUT 15000

struct _RoomServer {
  SioServer *sio;
  char *host;
  ServerShared shared;
  ServerRoutes routes;
  /* SioServerSocket -> ServerClient */
  GHashTable *clients;
};

/* --- connections --- */

static void
on_event (SioServerSocket *socket, const char *event, JsonNode *args,
    SioAck *ack, gpointer data)
{
  RoomServer *self = data;

  server_client_hear (g_hash_table_lookup (self->clients, socket), event, args);
}

static void
forget (RoomServer *self, SioServerSocket *socket)
{
  g_signal_handlers_disconnect_by_data (socket, self);
  g_hash_table_remove (self->clients, socket);
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  RoomServer *self = data;

  server_client_gone (g_hash_table_lookup (self->clients, socket));
  forget (self, socket);
}

static gboolean
check_token (RoomServer *self, SioServerSocket *socket, GError **error)
{
  JsonNode *auth = sio_server_socket_get_auth (socket);
  const char *token = server_json_get_text (server_json_get (auth, "token"));

  if (self->routes.token == NULL
      || secret_text_equal (self->routes.token, token))
    return TRUE;
  g_set_error_literal (error, SERVER_REFUSAL, SERVER_REFUSAL_TOKEN,
      token == NULL ? "a token is needed: auth {\"token\": …}"
                    : "the token is wrong");
  return FALSE;
}

static char *
on_authenticate (SioServer *sio, SioServerSocket *socket, gpointer data)
{
  RoomServer *self = data;
  g_autoptr (GError) refusal = NULL;

  if (check_token (self, socket, &refusal)
      && server_client_check (&self->shared, socket, &refusal))
    return NULL;
  server_client_note_stranger (&self->shared, socket, refusal);
  return g_strdup (refusal->message);
}

static void
on_connection (SioServer *sio, SioServerSocket *socket, gpointer data)
{
  RoomServer *self = data;
  ServerClient *client = server_client_new (&self->shared, socket);

  g_hash_table_insert (self->clients, socket, client);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), self);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), self);
  server_client_begin (client);
}

/* --- the server --- */

static char *
print_metrics (gpointer data)
{
  RoomServer *self = data;

  self->shared.metrics.clients = g_hash_table_size (self->clients);
  self->shared.metrics.rooms = server_rooms_count (self->shared.rooms);
  for (guint i = 0; i < SERVER_DIALECT_COUNT; i++)
    self->shared.metrics.members[i] =
        server_rooms_count_members (self->shared.rooms, i);
  return server_metrics_print (&self->shared.metrics);
}

/**
 * room_server_new:
 *
 * Returns: (transfer full): a server that does not listen yet
 */
RoomServer *
room_server_new (void)
{
  RoomServer *self = g_new0 (RoomServer, 1);

  self->sio = sio_server_new ();
  g_object_set (self->sio, "max-connections", MAX_CONNECTIONS,
      "max-connections-per-address", MAX_CONNECTIONS_PER_ADDRESS,
      "max-sessions", MAX_CONNECTIONS, "max-sessions-per-address",
      MAX_CONNECTIONS_PER_ADDRESS, "max-payload", MAX_PAYLOAD, "ping-interval",
      PING_INTERVAL, "ping-timeout", PING_TIMEOUT, "max-messages-per-second",
      2 * MESSAGES_PER_SECOND, "max-message-burst", 2 * MESSAGES_BURST, NULL);
  self->shared.messages_per_second = MESSAGES_PER_SECOND;
  self->shared.messages_burst = MESSAGES_BURST;
  self->shared.rooms = server_rooms_new ();
  self->clients = g_hash_table_new_full (
      NULL, NULL, NULL, (GDestroyNotify) server_client_free);
  g_signal_connect (
      self->sio, "authenticate", G_CALLBACK (on_authenticate), self);
  g_signal_connect (self->sio, "connection", G_CALLBACK (on_connection), self);
  server_routes_serve (&self->routes, sio_server_get_soup_server (self->sio));
  return self;
}

/**
 * room_server_close:
 * @self: the server
 *
 * Stops to listen and disconnects everybody, behind what was said to them, which
 * takes the context two seconds at most. Nobody is told that the others leave, for
 * their calls go on.
 *
 * Returns: how many were connected
 */
guint
room_server_close (RoomServer *self)
{
  guint count = g_hash_table_size (self->clients);
  GHashTableIter iter;
  gpointer socket;

  g_signal_handlers_disconnect_by_data (self->sio, self);
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_signal_handlers_disconnect_by_data (socket, self);
  g_hash_table_remove_all (self->clients);
  server_rooms_free (self->shared.rooms);
  self->shared.rooms = server_rooms_new ();
  sio_server_close (self->sio);
  return count;
}

/**
 * room_server_free:
 * @self: (transfer full): the server
 *
 * Ends all connections and frees the server.
 */
void
room_server_free (RoomServer *self)
{
  room_server_close (self);
  soup_server_remove_handler (sio_server_get_soup_server (self->sio), NULL);
  g_object_unref (self->sio);
  g_hash_table_unref (self->clients);
  server_rooms_free (self->shared.rooms);
  server_routes_clear (&self->routes);
  g_free (self->host);
  g_free (self);
}

/**
 * room_server_set_message_limit:
 * @self: the server
 * @per_second: how many messages a member may send in the long run
 * @burst: how many at once, at least 1
 *
 * What is more is dropped. Holds for those who connect from now on.
 */
void
room_server_set_message_limit (
    RoomServer *self, double per_second, double burst)
{
  self->shared.messages_per_second = per_second;
  self->shared.messages_burst = burst;
}

/**
 * room_server_set_dialect:
 * @self: the server
 * @dialect: the one that is spoken; %SERVER_DIALECT_NONE: each client chooses
 *
 * Holds for those who connect from now on.
 */
void
room_server_set_dialect (RoomServer *self, ServerDialect dialect)
{
  self->shared.dialect = dialect;
}

/**
 * room_server_set_token:
 * @self: the server
 * @token: (nullable): what a client has to send as `auth {token}`; %NULL: nothing
 */
void
room_server_set_token (RoomServer *self, const char *token)
{
  g_free (self->routes.token);
  self->routes.token = g_strdup (token);
}

/**
 * room_server_set_log:
 * @self: the server
 * @log: what to do with a line for each that connects, joins, parts, is refused
 * @data: for @log
 *
 * Without it they are messages of GLib, of the level "info".
 */
void
room_server_set_log (RoomServer *self, RoomServerLog log, gpointer data)
{
  self->shared.log.write = log;
  self->shared.log.data = data;
}

/**
 * room_server_take_ice:
 * @self: the server
 * @ice: (transfer full): what to answer at `/ice-servers`
 */
void
room_server_take_ice (RoomServer *self, ServerIce *ice)
{
  g_clear_pointer (&self->routes.ice, server_ice_free);
  self->routes.ice = ice;
}

/**
 * room_server_take_web_root:
 * @self: the server
 * @root: (transfer full): the page to serve in place of the built-in one
 */
void
room_server_take_web_root (RoomServer *self, WebRoot *root)
{
  g_clear_pointer (&self->routes.root, web_root_free);
  self->routes.root = root;
}

/**
 * room_server_enable_metrics:
 * @self: the server
 *
 * Answers `/metrics`.
 */
void
room_server_enable_metrics (RoomServer *self)
{
  self->routes.print_metrics = print_metrics;
  self->routes.data = self;
}

/**
 * room_server_get_sio:
 * @self: the server
 *
 * Returns: (transfer none): what it is on, for properties that are about connections
 */
SioServer *
room_server_get_sio (RoomServer *self)
{
  return self->sio;
}

/**
 * room_server_listen:
 * @self: the server
 * @host: the address or name of an interface of this machine
 * @port: 0: any free one
 * @error: why not
 *
 * Returns: whether it listens now
 */
gboolean
room_server_listen (
    RoomServer *self, const char *host, guint port, GError **error)
{
  if (!sio_server_listen (self->sio, host, port, error))
    return FALSE;
  g_free (self->host);
  self->host = g_strdup (host);
  return TRUE;
}

/**
 * room_server_get_port:
 * @self: the server
 *
 * Returns: the port on which it listens; 0: it does not
 */
guint
room_server_get_port (RoomServer *self)
{
  return sio_server_get_port (self->sio);
}

/**
 * room_server_get_uri:
 * @self: the server, which listens
 *
 * Returns: (transfer full): an address at which this machine reaches it
 */
char *
room_server_get_uri (RoomServer *self)
{
  gboolean is_any = g_strcmp0 (self->host, "0.0.0.0") == 0
      || g_strcmp0 (self->host, "::") == 0;
  gboolean is_ipv6 = !is_any && strchr (self->host, ':') != NULL;

  return g_strdup_printf ("http://%s%s%s:%u", is_ipv6 ? "[" : "",
      is_any ? "127.0.0.1" : self->host, is_ipv6 ? "]" : "",
      room_server_get_port (self));
}
