/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-server.h"

#include "sio-engine.h"
#include "sio-error.h"
#include "sio-listener.h"
#include "sio-packet.h"
#include "sio-random-id.h"
#include "sio-request-check.h"
#include "sio-server-private.h"
#include "sio-transport-ws.h"

#include <string.h>

/**
 * SioServer:
 *
 * A Socket.IO server for the main namespace, over WebSocket. It knows nothing
 * about what its clients say to each other.
 *
 * A server and its sockets belong to the thread-default main context in which
 * the server was created: all their functions are called there, and all their
 * signals are emitted there. They keep no source on another context, and none
 * after sio_server_close() or the end of the last reference, but for at most two
 * seconds in which the last words to a slow client are sent.
 *
 * HTTP is a #SoupServer's, of which its makers say that it should not be shown
 * to clients that are not trusted. What this class adds are limits on the number
 * of connections, on the time to make a request and on its size; each answer
 * ends its connection. They hold for pages that the application adds, too.
 *
 * Since: 0.1
 */

/* From the end of a request's head to the end of the answer. */
#define EXCHANGE_DEADLINE_MS 60000
/* What is left to a request that is too large. */
#define REFUSED_DEADLINE_MS 2000
/* The largest body of a request. */
#define MAX_BODY (1024 * 1024)
/* What may wait for a client that does not take it. */
#define MAX_BUFFERED (1024 * 1024)

struct _SioServer {
  GObject parent_instance;

  char *path;
  guint ping_interval;
  guint ping_timeout;
  guint max_payload;
  guint connect_timeout;
  guint request_timeout;
  guint max_connections;
  guint max_connections_per_address;
  char **allowed_origins;
  SioLimits *limits;

  SoupServer *soup;
  SioListener *listener; /* NULL unless listening */
  char *handler_path;
  GHashTable *sessions; /* set of SioServerSocket, owned */
  GHashTable *sockets;  /* id -> those of them that are connected */
  SioRooms *rooms;
};

enum {
  PROP_0,
  PROP_PATH,
  PROP_PING_INTERVAL,
  PROP_PING_TIMEOUT,
  PROP_MAX_PAYLOAD,
  PROP_CONNECT_TIMEOUT,
  PROP_REQUEST_TIMEOUT,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_CONNECTIONS_PER_ADDRESS,
  PROP_ALLOWED_ORIGINS,
  PROP_LIMITS,
  N_PROPS
};

enum { AUTHENTICATE, CONNECTION, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioServer, sio_server, G_TYPE_OBJECT)

SioRooms *
sio_server_get_rooms (SioServer *self)
{
  return self->rooms;
}

/* What to refuse the client with, or NULL to let it in. */
char *
sio_server_authenticate (SioServer *self, SioServerSocket *socket)
{
  char *refusal = NULL;

  g_signal_emit (self, signals[AUTHENTICATE], 0, socket, &refusal);
  return refusal;
}

void
sio_server_socket_began (SioServer *self, SioServerSocket *socket)
{
  g_hash_table_insert (
      self->sockets, (char *) sio_server_socket_get_id (socket), socket);
  g_signal_emit (self, signals[CONNECTION], 0, socket);
}

void
sio_server_socket_gone (SioServer *self, SioServerSocket *socket)
{
  g_hash_table_remove (self->sockets, sio_server_socket_get_id (socket));
  g_hash_table_remove (self->sessions, socket);
}

static void
begin_session (SioServer *self, GIOStream *stream, GUri *uri)
{
  g_autofree char *session_id = sio_random_id_new ();
  g_autofree char *socket_id = sio_random_id_new ();
  const char *query = g_uri_get_query (uri);
  g_autoptr (GHashTable) fields = soup_form_decode (query != NULL ? query : "");
  g_autoptr (SioTransport) transport = NULL;
  SioEngineHandshake handshake = {
    .sid = session_id,
    .ping_interval = self->ping_interval,
    .ping_timeout = self->ping_timeout,
    .max_payload = self->max_payload,
  };

  if (session_id == NULL || socket_id == NULL || self->listener == NULL) {
    g_io_stream_close (stream, NULL, NULL);
    return;
  }
  transport = sio_transport_ws_new (
      stream, SIO_WS_SERVER, NULL, self->max_payload, MAX_BUFFERED);
  g_hash_table_add (self->sessions,
      sio_server_socket_new (self, socket_id, transport, &handshake, fields,
          self->connect_timeout));
}

/* The answer to the handshake is out: the connection is taken from libsoup. */
static void
on_switched (SoupServerMessage *message, gpointer data)
{
  SioServer *self = data;
  g_autoptr (GUri) uri = g_uri_ref (soup_server_message_get_uri (message));
  g_autoptr (GIOStream) stream = NULL;

  sio_listener_set_deadline (
      soup_server_message_get_remote_address (message), 0);
  /* libsoup lets go of it. */
  g_object_ref (message);
  stream = soup_server_message_steal_connection (message);
  g_object_unref (message);
  if (stream != NULL)
    begin_session (self, stream, uri);
}

static void
refuse (SoupServerMessage *message, const SioRefusal *refusal)
{
  g_autofree char *body = sio_refusal_print (refusal);

  soup_server_message_set_status (message, refusal->status, NULL);
  soup_server_message_set_response (
      message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static const char *
lookup (GHashTable *query, const char *name)
{
  return query != NULL ? g_hash_table_lookup (query, name) : NULL;
}

/* libsoup's WebSocket handler is not used: what it does to a request that is
 * held would be in the way of long polling on the same path. */
static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  SioServer *self = data;
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  const SioRequest request = {
    .method = soup_server_message_get_method (message),
    .revision = lookup (query, "EIO"),
    .transport = lookup (query, "transport"),
    .sid = lookup (query, "sid"),
    .upgrade = soup_message_headers_get_one (headers, "Upgrade") != NULL,
    .host = soup_message_headers_get_list (headers, "Host"),
    .origin = soup_message_headers_get_list (headers, "Origin"),
    .allowed_origins = (const char *const *) self->allowed_origins,
  };
  const SioRefusal *refusal;

  /* libsoup gives all that begins so. */
  if (strcmp (path, self->path) != 0
      && strcmp (path, self->handler_path) != 0) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  refusal = sio_request_check (&request);
  if (refusal != NULL) {
    refuse (message, refusal);
    return;
  }
  soup_message_headers_remove (
      soup_server_message_get_response_headers (message), "Connection");
  /* Without extensions: nothing here inflates what a client sends. On failure
   * the answer is set. */
  if (soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL))
    g_signal_connect_object (
        message, "wrote-informational", G_CALLBACK (on_switched), self, 0);
}

static void
refuse_body (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  soup_server_message_set_status (
      message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  sio_listener_set_deadline (
      soup_server_message_get_remote_address (message), REFUSED_DEADLINE_MS);
}

/* A body without a length announced is counted. */
static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (soup_message_body_get_accumulate (body) && body->length > MAX_BODY)
    refuse_body (message);
}

static void
on_got_headers (SoupServerMessage *message, gpointer data)
{
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);

  /* libsoup 3.2 keeps a file descriptor for each connection that is kept alive
   * and closed by the client. */
  soup_message_headers_replace (response, "Connection", "close");
  sio_listener_set_deadline (
      soup_server_message_get_remote_address (message), EXCHANGE_DEADLINE_MS);
  if (soup_message_headers_get_content_length (request) > MAX_BODY)
    refuse_body (message);
}

/* By this signal and not by early handlers, of which only that of the longest
 * path is called: the application's own would go round them. */
static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), NULL);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), NULL);
}

static void
on_accepted (GSocketConnection *connection, GSocketAddress *local,
    GSocketAddress *remote, gpointer data)
{
  SioServer *self = data;

  soup_server_accept_iostream (
      self->soup, G_IO_STREAM (connection), local, remote, NULL);
}

/**
 * sio_server_new:
 *
 * Returns: (transfer full): a new server, which does not listen yet
 *
 * Since: 0.1
 */
SioServer *
sio_server_new (void)
{
  return g_object_new (SIO_TYPE_SERVER, NULL);
}

/**
 * sio_server_listen:
 * @self: a server
 * @host: (nullable): a name or an address of this machine: "127.0.0.1" (which is
 *   also what %NULL means) for programs on the same machine, "0.0.0.0" or "::"
 *   for everybody
 * @port: the port, or 0 for any that is free
 * @error: where to put the error
 *
 * Starts to accept connections, within the limits that the properties set now.
 *
 * Errors are of the domains %G_IO_ERROR and %G_RESOLVER_ERROR, %G_IO_ERROR_EXISTS
 * if it listens already; %SIO_ERROR_INVALID_ARGUMENT if #SioServer:path is none.
 *
 * Returns: whether it listens
 *
 * Since: 0.1
 */
gboolean
sio_server_listen (
    SioServer *self, const char *host, guint port, GError **error)
{
  g_autoptr (SioListener) listener = NULL;
  gsize length;

  g_return_val_if_fail (SIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (port <= G_MAXUINT16, FALSE);

  if (self->listener != NULL) {
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_EXISTS, "the server listens already");
    return FALSE;
  }
  if (self->path[0] != '/') {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "the server's path must begin with a slash");
    return FALSE;
  }
  listener = sio_listener_new (on_accepted, self);
  sio_listener_set_limits (listener, self->max_connections,
      self->max_connections_per_address, self->request_timeout);
  if (!sio_listener_bind (
          listener, host != NULL ? host : "127.0.0.1", port, error))
    return FALSE;
  self->listener = g_steal_pointer (&listener);

  length = strlen (self->path);
  if (length > 1 && self->path[length - 1] == '/')
    length--;
  self->handler_path = g_strndup (self->path, length);
  soup_server_add_handler (
      self->soup, self->handler_path, on_request, self, NULL);
  return TRUE;
}

/**
 * sio_server_get_port:
 * @self: a server
 *
 * Returns: the port it listens at, 0 if it does not
 *
 * Since: 0.1
 */
guint
sio_server_get_port (SioServer *self)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), 0);

  return self->listener != NULL ? sio_listener_get_port (self->listener) : 0;
}

/**
 * sio_server_get_limits:
 * @self: a server
 *
 * Returns: (transfer none): the limits for the packets of each client, whose
 *   properties may be set at any time
 *
 * Since: 0.1
 */
SioLimits *
sio_server_get_limits (SioServer *self)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);

  return self->limits;
}

/**
 * sio_server_get_soup_server:
 * @self: a server
 *
 * Returns: (transfer none): the HTTP server, to which pages may be added. Its
 *   own listening functions and its WebSocket handlers are not to be used. A
 *   request and its answer may take 60 s, a request's body hold 1 MB.
 *
 * Since: 0.1
 */
SoupServer *
sio_server_get_soup_server (SioServer *self)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);

  return self->soup;
}

/**
 * sio_server_get_socket:
 * @self: a server
 * @id: a socket's id
 *
 * Returns: (transfer none) (nullable): the connected client with that id
 *
 * Since: 0.1
 */
SioServerSocket *
sio_server_get_socket (SioServer *self, const char *id)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->sockets, id);
}

/**
 * sio_server_emit:
 * @self: a server
 * @room: (nullable): a room, or %NULL for all clients
 * @except: (nullable): a client that is left out
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 *
 * Sends an event to many clients. One of them may also be meant, since each is
 * in the room of its id.
 *
 * Returns: %FALSE, with a warning, if @event and @args can be sent to nobody:
 *   a reserved name, arguments that are no array or are nested too deeply
 *
 * Since: 0.1
 */
gboolean
sio_server_emit (SioServer *self, const char *room, SioServerSocket *except,
    const char *event, JsonNode *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SioMessage) message = NULL;
  GHashTableIter iter;
  gpointer socket;

  g_return_val_if_fail (SIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  if (sio_packet_check_event (
          event, args, sio_limits_peek (self->limits), &error))
    message = sio_message_new_event ("/", SIO_PACKET_NO_ID, event, args,
        sio_limits_peek (self->limits), &error);
  if (message == NULL) {
    g_warning ("an event was not sent: %s", error->message);
    return FALSE;
  }
  if (room != NULL) {
    GPtrArray *members = sio_rooms_members (self->rooms, room);

    for (guint i = 0; members != NULL && i < members->len; i++) {
      if (members->pdata[i] != except)
        sio_server_socket_send (members->pdata[i], message);
    }
    return TRUE;
  }
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket)) {
    if (socket != except)
      sio_server_socket_send (socket, message);
  }
  return TRUE;
}

/**
 * sio_server_close:
 * @self: a server
 *
 * Stops to listen and disconnects every client after what was sent to it; their
 * #SioServerSocket::disconnect with "server shutting down" is emitted before
 * this function returns. sio_server_listen() may be called again.
 *
 * Since: 0.1
 */
void
sio_server_close (SioServer *self)
{
  GHashTableIter iter;
  gpointer socket;

  g_return_if_fail (SIO_IS_SERVER (self));

  if (self->listener == NULL)
    return;
  g_clear_pointer (&self->listener, sio_listener_free);
  /* Each of them takes itself out, and its handlers may take out others. */
  for (;;) {
    g_hash_table_iter_init (&iter, self->sessions);
    if (!g_hash_table_iter_next (&iter, &socket, NULL))
      break;
    sio_server_socket_end (socket, SIO_REASON_SERVER_SHUTDOWN);
  }
  soup_server_remove_handler (self->soup, self->handler_path);
  g_clear_pointer (&self->handler_path, g_free);
  soup_server_disconnect (self->soup);
}

static void
sio_server_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SioServer *self = SIO_SERVER (object);

  switch (id) {
    case PROP_PATH:
      g_free (self->path);
      self->path = g_strdup (
          g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;
    case PROP_PING_INTERVAL:
      self->ping_interval = g_value_get_uint (value);
      break;
    case PROP_PING_TIMEOUT:
      self->ping_timeout = g_value_get_uint (value);
      break;
    case PROP_MAX_PAYLOAD:
      self->max_payload = g_value_get_uint (value);
      break;
    case PROP_CONNECT_TIMEOUT:
      self->connect_timeout = g_value_get_uint (value);
      break;
    case PROP_REQUEST_TIMEOUT:
      self->request_timeout = g_value_get_uint (value);
      break;
    case PROP_MAX_CONNECTIONS:
      self->max_connections = g_value_get_uint (value);
      break;
    case PROP_MAX_CONNECTIONS_PER_ADDRESS:
      self->max_connections_per_address = g_value_get_uint (value);
      break;
    case PROP_ALLOWED_ORIGINS:
      g_strfreev (self->allowed_origins);
      self->allowed_origins = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_server_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SioServer *self = SIO_SERVER (object);

  switch (id) {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_PING_INTERVAL:
      g_value_set_uint (value, self->ping_interval);
      break;
    case PROP_PING_TIMEOUT:
      g_value_set_uint (value, self->ping_timeout);
      break;
    case PROP_MAX_PAYLOAD:
      g_value_set_uint (value, self->max_payload);
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_uint (value, self->connect_timeout);
      break;
    case PROP_REQUEST_TIMEOUT:
      g_value_set_uint (value, self->request_timeout);
      break;
    case PROP_MAX_CONNECTIONS:
      g_value_set_uint (value, self->max_connections);
      break;
    case PROP_MAX_CONNECTIONS_PER_ADDRESS:
      g_value_set_uint (value, self->max_connections_per_address);
      break;
    case PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, self->allowed_origins);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, self->limits);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_server_dispose (GObject *object)
{
  SioServer *self = SIO_SERVER (object);

  sio_server_close (self);
  g_clear_object (&self->soup);
  G_OBJECT_CLASS (sio_server_parent_class)->dispose (object);
}

static void
sio_server_finalize (GObject *object)
{
  SioServer *self = SIO_SERVER (object);

  g_hash_table_unref (self->sockets);
  g_hash_table_unref (self->sessions);
  sio_rooms_free (self->rooms);
  g_object_unref (self->limits);
  g_strfreev (self->allowed_origins);
  g_free (self->path);
  G_OBJECT_CLASS (sio_server_parent_class)->finalize (object);
}

/* The first handler that has something against the client decides. */
static gboolean
accumulate_refusal (GSignalInvocationHint *hint, GValue *result,
    const GValue *value, gpointer data)
{
  g_value_copy (value, result);
  return g_value_get_string (value) == NULL;
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  /**
   * SioServer:path:
   *
   * Where Engine.IO is, the slash at its end included. May change while the
   * server does not listen.
   *
   * Since: 0.1
   */
  props[PROP_PATH] =
      g_param_spec_string ("path", NULL, NULL, "/socket.io/", flags);
  /**
   * SioServer:ping-interval:
   *
   * How often a client is asked whether it is there, in milliseconds. As all
   * that is said in the handshake, it holds for the clients to come.
   *
   * Since: 0.1
   */
  props[PROP_PING_INTERVAL] = g_param_spec_uint (
      "ping-interval", NULL, NULL, 1, 24 * 60 * 60 * 1000, 25000, flags);
  /**
   * SioServer:ping-timeout:
   *
   * How long a client may take to answer, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_PING_TIMEOUT] = g_param_spec_uint (
      "ping-timeout", NULL, NULL, 1, 24 * 60 * 60 * 1000, 20000, flags);
  /**
   * SioServer:max-payload:
   *
   * The largest message a client may send, in bytes; one that sends more is
   * disconnected.
   *
   * Since: 0.1
   */
  props[PROP_MAX_PAYLOAD] = g_param_spec_uint (
      "max-payload", NULL, NULL, 1000, 64 * 1000 * 1000, 1000000, flags);
  /**
   * SioServer:connect-timeout:
   *
   * How long a client may take from the handshake to CONNECT, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_CONNECT_TIMEOUT] = g_param_spec_uint (
      "connect-timeout", NULL, NULL, 1, G_MAXINT, 45000, flags);
  /**
   * SioServer:request-timeout:
   *
   * How long a client may take from the TCP connection to the end of the head of
   * its request, in milliseconds. Takes effect with sio_server_listen().
   *
   * Since: 0.1
   */
  props[PROP_REQUEST_TIMEOUT] = g_param_spec_uint (
      "request-timeout", NULL, NULL, 1, G_MAXINT, 10000, flags);
  /**
   * SioServer:max-connections:
   *
   * How many TCP connections there may be at a time; more are closed at once.
   * Takes effect with sio_server_listen().
   *
   * Since: 0.1
   */
  props[PROP_MAX_CONNECTIONS] = g_param_spec_uint (
      "max-connections", NULL, NULL, 1, G_MAXINT, 256, flags);
  /**
   * SioServer:max-connections-per-address:
   *
   * How many of them may come from one address. Clients behind one router, or
   * behind a proxy on this machine, share one. Takes effect with
   * sio_server_listen().
   *
   * Since: 0.1
   */
  props[PROP_MAX_CONNECTIONS_PER_ADDRESS] = g_param_spec_uint (
      "max-connections-per-address", NULL, NULL, 1, G_MAXINT, 64, flags);
  /**
   * SioServer:allowed-origins:
   *
   * The origins whose pages may connect, as in "https://example.org"; "*" is
   * any. With %NULL it is the server itself, as the page's request names it.
   * Programs that send no origin may always connect.
   *
   * Since: 0.1
   */
  props[PROP_ALLOWED_ORIGINS] =
      g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * SioServer:limits:
   *
   * The limits for the packets of each client. The object stays the same, and
   * its properties may be set.
   *
   * Since: 0.1
   */
  props[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL,
      SIO_TYPE_LIMITS, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sio_server_class_init (SioServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_server_set_property;
  object_class->get_property = sio_server_get_property;
  object_class->dispose = sio_server_dispose;
  object_class->finalize = sio_server_finalize;

  install_properties (object_class);

  /**
   * SioServer::authenticate:
   * @self: the server
   * @socket: who wants to connect; its sio_server_socket_get_auth() and
   *   sio_server_socket_get_handshake_query() say what it brings
   *
   * Decides whether a client is let in; without a handler each is.
   *
   * Returns: (transfer full) (nullable): %NULL to let it in, else the message
   *   with which it is refused
   *
   * Since: 0.1
   */
  signals[AUTHENTICATE] = g_signal_new ("authenticate", SIO_TYPE_SERVER,
      G_SIGNAL_RUN_LAST, 0, accumulate_refusal, NULL, NULL, G_TYPE_STRING, 1,
      SIO_TYPE_SERVER_SOCKET);
  /**
   * SioServer::connection:
   * @self: the server
   * @socket: the client
   *
   * A client is connected.
   *
   * Since: 0.1
   */
  signals[CONNECTION] =
      g_signal_new ("connection", SIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
          NULL, NULL, G_TYPE_NONE, 1, SIO_TYPE_SERVER_SOCKET);
}

static void
sio_server_init (SioServer *self)
{
  self->limits = sio_limits_new ();
  self->sessions = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->sockets = g_hash_table_new (g_str_hash, g_str_equal);
  self->rooms = sio_rooms_new ();
  self->soup = soup_server_new (NULL, NULL);
  g_signal_connect (
      self->soup, "request-started", G_CALLBACK (on_request_started), NULL);
}
