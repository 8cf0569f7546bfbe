/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-server.h"

#include "sio-error.h"
#include "sio-listener.h"
#include "sio-paced-stream.h"
#include "sio-request-check.h"
#include "sio-server-private.h"
#include "sio-soup-body.h"

#include <string.h>

/**
 * SioServer:
 *
 * A Socket.IO server, over WebSocket, HTTP long-polling and the upgrade from one
 * to the other. It knows nothing about what its clients say to each other.
 *
 * A server, its namespaces and sockets belong to the thread-default main context
 * in which the server was created: all their functions are called there, and all
 * their signals are emitted there. They keep no source on another context, and
 * none after sio_server_close() or the end of the last reference, but for at most
 * two seconds in which the last words to a slow client are sent.
 *
 * HTTP is a #SoupServer's, of which its makers say that it should not be shown
 * to clients that are not trusted. What this class adds, if it listens itself,
 * are limits on the number of connections, on the time to make a request and on
 * its size; each answer ends its connection. They hold for pages that the
 * application adds, too.
 *
 * Since: 0.1
 */

/* The largest body of a request for a page. */
#define MAX_BODY (1024 * 1024)

struct _SioServer {
  GObject parent_instance;

  SioServerSettings settings;
  SioLimits *limits;

  SoupServer *soup;
  SioListener *listener; /* NULL unless listening by itself, or closing */
  gboolean attached;     /* at its own or somebody else's SoupServer */
  SioEngineServer *engines;
  GHashTable *sessions;   /* set of SioServerSession, owned */
  GHashTable *namespaces; /* name -> SioNamespace */
  SioNamespace *root;
};

enum { PROP_LIMITS = SIO_SERVER_SETTINGS_END };

enum { AUTHENTICATE, CONNECTION, NAMESPACE_REQUESTED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioServer, sio_server, G_TYPE_OBJECT)

const SioServerSettings *
sio_server_peek_settings (SioServer *self)
{
  return &self->settings;
}

/* The namespace that a client asks for, or NULL: the application may add it
 * now. */
SioNamespace *
sio_server_find_namespace (SioServer *self, const char *name)
{
  SioNamespace *nsp = g_hash_table_lookup (self->namespaces, name);

  if (nsp != NULL)
    return nsp;
  g_signal_emit (self, signals[NAMESPACE_REQUESTED], 0, name);
  return g_hash_table_lookup (self->namespaces, name);
}

void
sio_server_session_gone (SioServer *self, SioServerSession *session)
{
  sio_engine_server_remove (self->engines, sio_server_session_get_id (session));
  g_hash_table_remove (self->sessions, session);
}

static SioEngine *
on_arrival (gpointer data, const SioEngineArrival *arrival)
{
  SioServer *self = data;
  SioServerSession *session = sio_server_session_new (self, arrival);
  SioEngine *engine = g_object_ref (sio_server_session_get_engine (session));

  g_hash_table_add (self->sessions, g_rc_box_acquire (session));
  sio_server_session_begin (session);
  sio_server_session_unref (session);
  return engine;
}

static char *
on_root_authenticate (
    SioNamespace *root, SioServerSocket *socket, gpointer data)
{
  char *refusal = NULL;

  g_signal_emit (data, signals[AUTHENTICATE], 0, socket, &refusal);
  return refusal;
}

static void
on_root_connection (SioNamespace *root, SioServerSocket *socket, gpointer data)
{
  g_signal_emit (data, signals[CONNECTION], 0, socket);
}

static void
refuse (SoupServerMessage *message, guint status)
{
  soup_server_message_set_status (message, status, NULL);
  sio_soup_body_discard (message);
}

static void
on_too_large (SoupServerMessage *message)
{
  refuse (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE);
}

static void
on_got_headers (SoupServerMessage *message, gpointer data)
{
  SioServer *self = data;
  GUri *uri = soup_server_message_get_uri (message);
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);
  const SioRefusal *wrong;

  if (uri != NULL
      && sio_engine_server_owns (self->engines, g_uri_get_path (uri)))
    return;
  /* libsoup 3.2 keeps a file descriptor for each connection that is kept alive
   * and closed by the client. */
  soup_message_headers_replace (response, "Connection", "close");
  sio_listener_set_deadline (soup_server_message_get_remote_address (message),
      self->settings.exchange_timeout);
  wrong = sio_request_check_host (
      soup_message_headers_get_list (request, "Host"), g_get_host_name (),
      (const char *const *) self->settings.allowed_hosts);
  if (wrong != NULL)
    refuse (message, wrong->status);
  else
    sio_soup_body_limit (message, MAX_BODY,
        sio_engine_server_get_budget (self->engines), on_too_large);
}

/* By this signal and not by early handlers, of which only that of the longest
 * path is called: the application's own would go round them. */
static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_signal_connect_object (
      message, "got-headers", G_CALLBACK (on_got_headers), data, 0);
}

static void
on_accepted (GSocketConnection *connection, GSocketAddress *local,
    GSocketAddress *remote, gpointer data)
{
  SioServer *self = data;
  g_autoptr (GIOStream) paced = sio_paced_stream_new (G_IO_STREAM (connection));

  soup_server_accept_iostream (self->soup, paced, local, remote, NULL);
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

static gboolean
check_attachable (SioServer *self, GError **error)
{
  /* The last words of what was before are lost if they are not out. */
  if (!self->attached) {
    sio_engine_server_detach (self->engines);
    return TRUE;
  }
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_EXISTS, "the server listens already");
  return FALSE;
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
 * if it listens already or is attached; %SIO_ERROR_INVALID_ARGUMENT if
 * #SioServer:path is none.
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

  g_return_val_if_fail (SIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (port <= G_MAXUINT16, FALSE);

  if (!check_attachable (self, error))
    return FALSE;
  listener = sio_listener_new (on_accepted, self);
  sio_listener_set_limits (listener, self->settings.max_connections,
      self->settings.max_connections_per_address,
      self->settings.request_timeout);
  if (!sio_listener_bind (
          listener, host != NULL ? host : "127.0.0.1", port, error)
      || !sio_engine_server_attach (self->engines, self->soup, error))
    return FALSE;
  self->listener = g_steal_pointer (&listener);
  self->attached = TRUE;
  return TRUE;
}

/**
 * sio_server_attach:
 * @self: a server
 * @soup: the application's own HTTP server
 * @error: where to put the error
 *
 * Takes clients at #SioServer:path of @soup, which listens, or will, in the main
 * context that @self belongs to. @soup must have no handlers of its own there.
 *
 * What comes before a request, the number of connections and how long the head
 * and the body of a request may take, is then @soup's affair, as is TLS;
 * everything else is limited as it is with sio_server_listen().
 * sio_server_close() takes it back.
 *
 * Errors: %G_IO_ERROR_EXISTS if it is attached already, or listens;
 * %SIO_ERROR_INVALID_ARGUMENT if #SioServer:path is none.
 *
 * Returns: whether it is attached
 *
 * Since: 0.1
 */
gboolean
sio_server_attach (SioServer *self, SoupServer *soup, GError **error)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), FALSE);
  g_return_val_if_fail (SOUP_IS_SERVER (soup), FALSE);

  if (!check_attachable (self, error)
      || !sio_engine_server_attach (self->engines, soup, error))
    return FALSE;
  self->attached = TRUE;
  return TRUE;
}

/**
 * sio_server_get_port:
 * @self: a server
 *
 * Returns: the port it listens at, 0 if it does not listen by itself
 *
 * Since: 0.1
 */
guint
sio_server_get_port (SioServer *self)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), 0);

  return self->attached && self->listener != NULL
      ? sio_listener_get_port (self->listener)
      : 0;
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
 * sio_server_add_namespace:
 * @self: a server
 * @name: its name; a slash before it may be left out
 *
 * Opens a namespace to clients, at any time; a handler of
 * #SioServer::namespace-requested may do so for the client that asks. The main
 * one, "/", is always there.
 *
 * Returns: (transfer none) (nullable): the namespace, which may have been there
 *   already; %NULL if @name can be none
 *
 * Since: 0.1
 */
SioNamespace *
sio_server_add_namespace (SioServer *self, const char *name)
{
  g_autofree char *full = NULL;
  SioNamespace *nsp;

  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  full = g_strconcat (name[0] == '/' ? "" : "/", name, NULL);
  nsp = g_hash_table_lookup (self->namespaces, full);
  if (nsp != NULL
      || !sio_packet_check_namespace (
          full, sio_limits_peek (self->limits), NULL))
    return nsp;
  nsp = sio_namespace_new (full, self->limits);
  g_hash_table_insert (self->namespaces, g_steal_pointer (&full), nsp);
  return nsp;
}

/**
 * sio_server_get_namespace:
 * @self: a server
 * @name: a namespace's name, with the slash
 *
 * Returns: (transfer none) (nullable): the namespace, if there is one
 *
 * Since: 0.1
 */
SioNamespace *
sio_server_get_namespace (SioServer *self, const char *name)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->namespaces, name);
}

/**
 * sio_server_remove_namespace:
 * @self: a server
 * @name: a namespace's name, with the slash; not "/"
 *
 * Closes a namespace, if it is there: its clients are disconnected from it as
 * with sio_server_socket_disconnect(), and others are told that it is none.
 *
 * Since: 0.1
 */
void
sio_server_remove_namespace (SioServer *self, const char *name)
{
  g_autoptr (SioNamespace) nsp = NULL;

  g_return_if_fail (SIO_IS_SERVER (self));
  g_return_if_fail (name != NULL && strcmp (name, "/") != 0);

  nsp = g_hash_table_lookup (self->namespaces, name);
  if (nsp == NULL)
    return;
  g_object_ref (nsp);
  g_hash_table_remove (self->namespaces, name);
  sio_namespace_close (nsp);
}

/**
 * sio_server_get_socket:
 * @self: a server
 * @id: a socket's id
 *
 * Returns: (transfer none) (nullable): the client with that id that is connected
 *   to the main namespace
 *
 * Since: 0.1
 */
SioServerSocket *
sio_server_get_socket (SioServer *self, const char *id)
{
  g_return_val_if_fail (SIO_IS_SERVER (self), NULL);

  return sio_namespace_get_socket (self->root, id);
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
 * Sends an event to many clients of the main namespace, see sio_namespace_emit().
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
  g_return_val_if_fail (SIO_IS_SERVER (self), FALSE);

  return sio_namespace_emit (self->root, room, except, event, args);
}

static void
on_finished (gpointer data)
{
  SioServer *self = data;

  g_clear_pointer (&self->listener, sio_listener_free);
}

/**
 * sio_server_close:
 * @self: a server
 *
 * Stops to listen, or leaves the #SoupServer it is attached to, and disconnects
 * every client after what was sent to it; their #SioServerSocket::disconnect with
 * "server shutting down" is emitted before this function returns. A client that
 * polls has a second for the request by which it gets the rest; until then, or
 * the end of the last reference, others are answered with 503.
 * sio_server_listen() and sio_server_attach() may be called again.
 *
 * Since: 0.1
 */
void
sio_server_close (SioServer *self)
{
  GHashTableIter iter;
  gpointer session;

  g_return_if_fail (SIO_IS_SERVER (self));

  if (!self->attached)
    return;
  self->attached = FALSE;
  sio_engine_server_refuse (self->engines);
  /* Each of them takes itself out, and its handlers may take out others. */
  for (;;) {
    g_hash_table_iter_init (&iter, self->sessions);
    if (!g_hash_table_iter_next (&iter, &session, NULL))
      break;
    sio_server_session_end (session, SIO_REASON_SERVER_SHUTDOWN);
  }
  sio_engine_server_finish (self->engines, on_finished);
}

static void
sio_server_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SioServer *self = SIO_SERVER (object);

  if (!sio_server_settings_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sio_server_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SioServer *self = SIO_SERVER (object);

  if (id == PROP_LIMITS)
    g_value_set_object (value, self->limits);
  else if (!sio_server_settings_get (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sio_server_dispose (GObject *object)
{
  SioServer *self = SIO_SERVER (object);

  sio_server_close (self);
  sio_engine_server_detach (self->engines);
  if (self->root != NULL)
    g_signal_handlers_disconnect_by_data (self->root, self);
  g_clear_object (&self->soup);
  G_OBJECT_CLASS (sio_server_parent_class)->dispose (object);
}

static void
sio_server_finalize (GObject *object)
{
  SioServer *self = SIO_SERVER (object);

  g_object_unref (self->engines);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->namespaces);
  g_object_unref (self->limits);
  sio_server_settings_clear (&self->settings);
  G_OBJECT_CLASS (sio_server_parent_class)->finalize (object);
}

static void
sio_server_class_init (SioServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_server_set_property;
  object_class->get_property = sio_server_get_property;
  object_class->dispose = sio_server_dispose;
  object_class->finalize = sio_server_finalize;

  sio_server_settings_install (object_class);
  /**
   * SioServer:limits:
   *
   * The limits for the packets of each client. The object stays the same, and
   * its properties may be set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LIMITS,
      g_param_spec_object ("limits", NULL, NULL, SIO_TYPE_LIMITS,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  /**
   * SioServer::authenticate:
   * @self: the server
   * @socket: who wants to connect
   *
   * Decides whether a client is let into the main namespace, as
   * #SioNamespace::authenticate does for each.
   *
   * Returns: (transfer full) (nullable): %NULL to let it in, else the message
   *   with which it is refused
   *
   * Since: 0.1
   */
  signals[AUTHENTICATE] = g_signal_new ("authenticate", SIO_TYPE_SERVER,
      G_SIGNAL_RUN_LAST, 0, sio_namespace_accumulate_refusal, NULL, NULL,
      G_TYPE_STRING, 1, SIO_TYPE_SERVER_SOCKET);
  /**
   * SioServer::connection:
   * @self: the server
   * @socket: the client
   *
   * A client is connected to the main namespace.
   *
   * Since: 0.1
   */
  signals[CONNECTION] =
      g_signal_new ("connection", SIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
          NULL, NULL, G_TYPE_NONE, 1, SIO_TYPE_SERVER_SOCKET);
  /**
   * SioServer::namespace-requested:
   * @self: the server
   * @name: the namespace's name
   *
   * A client wants into a namespace that is not there. A handler may allow it
   * with sio_server_add_namespace(); else the client is told "Invalid
   * namespace".
   *
   * Since: 0.1
   */
  signals[NAMESPACE_REQUESTED] = g_signal_new ("namespace-requested",
      SIO_TYPE_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sio_server_init (SioServer *self)
{
  self->limits = sio_limits_new ();
  self->sessions = g_hash_table_new_full (
      NULL, NULL, (GDestroyNotify) sio_server_session_unref, NULL);
  self->namespaces =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->root = sio_server_add_namespace (self, "/");
  g_signal_connect (
      self->root, "authenticate", G_CALLBACK (on_root_authenticate), self);
  g_signal_connect (
      self->root, "connection", G_CALLBACK (on_root_connection), self);
  self->engines =
      sio_engine_server_new (&self->settings, self->limits, on_arrival, self);
  self->soup = soup_server_new (NULL, NULL);
  g_signal_connect_object (
      self->soup, "request-started", G_CALLBACK (on_request_started), self, 0);
}
