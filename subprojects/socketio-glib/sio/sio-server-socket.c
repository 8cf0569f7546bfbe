/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-server-socket.h"

#include "sio-ack-private.h"
#include "sio-ack-table.h"
#include "sio-error.h"
#include "sio-namespace.h"
#include "sio-random-id.h"
#include "sio-server-private.h"
#include "sio-text.h"

/**
 * SioServerSocket:
 *
 * A client of a #SioServer in one of its namespaces, from
 * #SioNamespace::authenticate on. It knows nothing of the other clients, but for
 * the rooms it shares with them.
 *
 * All of it is used from the thread-default main context in which the server
 * was created, and its signals are emitted there. The server holds it until it
 * is disconnected.
 *
 * Since: 0.1
 */

typedef enum {
  STATE_PENDING, /* it is not decided whether the client is let in */
  STATE_CONNECTED,
  STATE_ENDED
} State;

struct _SioServerSocket {
  GObject parent_instance;

  SioServerSession *session; /* not owned; NULL once ended */
  SioNamespace *nsp;
  SioLimits *limits;
  State state;
  guint holds; /* who has not said yes yet */

  char *id;
  char *secret; /* that the client is told; NULL if it is told none */
  char *address;
  JsonNode *auth;
  GHashTable *query;
  SioAckTable *acks;
};

enum { DISCONNECTING, DISCONNECT, EVENT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioServerSocket, sio_server_socket, G_TYPE_OBJECT)

static SioRooms *
get_rooms (SioServerSocket *self)
{
  return sio_namespace_get_rooms (self->nsp);
}

/* Ends it here; the client is told elsewhere. Idempotent. */
void
sio_server_socket_end (SioServerSocket *self, const char *reason)
{
  State before = self->state;

  if (before == STATE_ENDED)
    return;
  g_object_ref (self);
  self->state = STATE_ENDED;
  sio_ack_table_fail_lost (self->acks, FALSE);
  if (before == STATE_CONNECTED) {
    g_signal_emit (self, signals[DISCONNECTING], 0, reason);
    sio_rooms_leave_all (get_rooms (self), self);
    sio_namespace_socket_gone (self->nsp, self);
    g_signal_emit (self, signals[DISCONNECT], 0, reason);
  }
  sio_server_session_left (
      g_steal_pointer (&self->session), self, before == STATE_CONNECTED);
  g_object_unref (self);
}

/* Sends a Socket.IO packet; FALSE without a connection. */
gboolean
sio_server_socket_send (SioServerSocket *self, const SioMessage *message)
{
  return self->state == STATE_CONNECTED
      && sio_server_session_send (self->session, message);
}

static JsonNode *
new_reply (SioServerSocket *self)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "sid", self->id);
  if (self->secret != NULL)
    json_object_set_string_member (object, "pid", self->secret);
  return json_node_init_object (json_node_alloc (), object);
}

/* With Socket.IO 2 the client knows its id already. */
static void
send_connect (SioServerSocket *self)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (SioMessage) message = NULL;

  if (!sio_server_session_is_old (self->session))
    node = new_reply (self);
  message =
      sio_message_new (SIO_PACKET_CONNECT, sio_namespace_get_name (self->nsp),
          node, sio_limits_peek (self->limits), NULL);
  sio_server_socket_send (self, message);
}

/* The namespace decides whether the client is let in, now or later. */
void
sio_server_socket_begin (SioServerSocket *self)
{
  g_autofree char *refusal = NULL;

  self->holds = 1;
  refusal = sio_namespace_authenticate (self->nsp, self);
  if (refusal != NULL)
    sio_server_socket_refuse (self, refusal, NULL);
  else
    sio_server_socket_admit (self);
}

static gboolean
send_ack (GObject *socket, guint session, guint64 id, JsonNode *arguments)
{
  SioServerSocket *self = SIO_SERVER_SOCKET (socket);
  g_autoptr (SioMessage) message =
      sio_message_new_ack (sio_namespace_get_name (self->nsp), id, arguments,
          sio_limits_peek (self->limits), NULL);

  return message != NULL && sio_server_socket_send (self, message);
}

static void
handle_event (SioServerSocket *self, SioPacket *packet)
{
  g_autofree char *name = sio_packet_dup_event (packet);
  g_autoptr (JsonNode) arguments = sio_packet_dup_arguments (packet);
  g_autoptr (SioAck) ack = NULL;

  if (packet->id != SIO_PACKET_NO_ID)
    ack = sio_ack_new (G_OBJECT (self), 0, packet->id, send_ack);
  /* A name that nobody asked for is no quark: those are never freed. */
  g_signal_emit (
      self, signals[EVENT], g_quark_try_string (name), name, arguments, ack);
}

/* A packet for its namespace; FALSE if it may not come now. */
gboolean
sio_server_socket_handle_packet (SioServerSocket *self, SioPacket *packet)
{
  if (packet->type != SIO_PACKET_DISCONNECT && self->state != STATE_CONNECTED)
    return FALSE;
  switch (packet->type) {
    case SIO_PACKET_DISCONNECT:
      sio_server_socket_end (self, SIO_REASON_CLIENT_NAMESPACE);
      return TRUE;
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      handle_event (self, packet);
      return TRUE;
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
      sio_ack_table_handle (self->acks, packet);
      return TRUE;
    case SIO_PACKET_CONNECT:
    case SIO_PACKET_CONNECT_ERROR:
    default:
      return FALSE;
  }
}

/**
 * sio_server_socket_get_id:
 * @self: a socket
 *
 * Returns: (transfer none): its id, of 22 characters, which cannot be guessed.
 *   For a client of Socket.IO 2 it is made of the session's, see
 *   #SioServer:allow-eio3.
 *
 * Since: 0.1
 */
const char *
sio_server_socket_get_id (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  return self->id;
}

/**
 * sio_server_socket_get_connected:
 * @self: a socket
 *
 * Returns: whether it is connected
 *
 * Since: 0.1
 */
gboolean
sio_server_socket_get_connected (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), FALSE);

  return self->state == STATE_CONNECTED;
}

/**
 * sio_server_socket_get_namespace:
 * @self: a socket
 *
 * Returns: (transfer none): the namespace it is in
 *
 * Since: 0.1
 */
SioNamespace *
sio_server_socket_get_namespace (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  return self->nsp;
}

/**
 * sio_server_socket_get_transport:
 * @self: a socket
 *
 * Returns: (transfer none) (nullable): "websocket" or "polling", which may
 *   change from the latter to the former; %NULL once it is disconnected
 *
 * Since: 0.1
 */
const char *
sio_server_socket_get_transport (SioServerSocket *self)
{
  SioTransport *transport = NULL;

  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  if (self->session != NULL)
    transport = sio_engine_get_transport (
        sio_server_session_get_engine (self->session));
  return transport != NULL ? sio_transport_get_name (transport) : NULL;
}

/**
 * sio_server_socket_get_address:
 * @self: a socket
 *
 * Returns: (transfer none): the address of the client's first request, as text,
 *   which is that of a proxy if there is one between; empty if it has none
 *
 * Since: 0.1
 */
const char *
sio_server_socket_get_address (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  return self->address;
}

/**
 * sio_server_socket_get_auth:
 * @self: a socket
 *
 * Returns: (transfer none) (nullable): a node that holds the object the client
 *   sent to authenticate, which is empty if it sent none
 *
 * Since: 0.1
 */
JsonNode *
sio_server_socket_get_auth (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  return self->auth;
}

/**
 * sio_server_socket_get_handshake_query:
 * @self: a socket
 * @name: a name
 *
 * Returns: (transfer none) (nullable): what the query of the client's first
 *   request has under @name
 *
 * Since: 0.1
 */
const char *
sio_server_socket_get_handshake_query (SioServerSocket *self, const char *name)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->query, name);
}

const char *
sio_server_socket_peek_secret (SioServerSocket *self)
{
  return self->secret;
}

/**
 * sio_server_socket_get_former:
 * @self: a socket, which need not be let in yet
 *
 * With #SioServer:recognize-clients, the same client as it was before: it has lost
 * its connection, which the server has not noticed, and has come back. It may be
 * disconnected, so that it is not there twice.
 *
 * Returns: (transfer none) (nullable): its former socket, which is connected
 *
 * Since: 0.1
 */
SioServerSocket *
sio_server_socket_get_former (SioServerSocket *self)
{
  const char *secret;
  SioServerSocket *former;

  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  secret = sio_text_peek (
      json_object_get_member (json_node_get_object (self->auth), "pid"));
  former =
      secret != NULL ? sio_namespace_find_secret (self->nsp, secret) : NULL;
  return former != self ? former : NULL;
}

/**
 * sio_server_socket_hold:
 * @self: a socket
 *
 * To be called by a handler of #SioNamespace::authenticate that decides later:
 * the client waits until sio_server_socket_admit() has been called once for each
 * call to this function, or sio_server_socket_refuse(). It waits no longer than
 * #SioServer:connect-timeout if it is in no other namespace.
 *
 * Since: 0.1
 */
void
sio_server_socket_hold (SioServerSocket *self)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));

  if (self->state == STATE_PENDING)
    self->holds++;
}

/**
 * sio_server_socket_admit:
 * @self: a socket that is held
 *
 * Lets the client in, as far as its caller is concerned. Does nothing if the
 * client has gone meanwhile, or was refused.
 *
 * Since: 0.1
 */
void
sio_server_socket_admit (SioServerSocket *self)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));

  if (self->state != STATE_PENDING || --self->holds > 0)
    return;
  if (sio_namespace_is_closed (self->nsp)) {
    sio_server_socket_refuse (self, "Invalid namespace", NULL);
    return;
  }
  self->state = STATE_CONNECTED;
  if (sio_server_session_peek_settings (self->session)->recognize_clients
      && !sio_server_session_is_old (self->session))
    self->secret = sio_random_id_new ();
  sio_rooms_join (get_rooms (self), self->id, self);
  sio_server_session_joined (self->session);
  send_connect (self);
  sio_namespace_socket_began (self->nsp, self);
}

/**
 * sio_server_socket_refuse:
 * @self: a socket
 * @message: what to tell the client
 * @data: (nullable) (transfer none): what to tell it beside that
 *
 * Refuses the client, in a handler of #SioNamespace::authenticate or, if it is
 * held, later. Does nothing if the client has gone meanwhile, or is connected.
 * A client of Socket.IO 2 is told only @data, if there is any.
 *
 * Since: 0.1
 */
void
sio_server_socket_refuse (
    SioServerSocket *self, const char *message, JsonNode *data)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));
  g_return_if_fail (message != NULL);

  if (self->state != STATE_PENDING)
    return;
  sio_server_session_refuse (
      self->session, sio_namespace_get_name (self->nsp), message, data);
  sio_server_socket_end (self, SIO_REASON_SERVER_NAMESPACE);
}

/**
 * sio_server_socket_join:
 * @self: a socket
 * @room: the room's name
 *
 * Puts the socket into a room. Each is already in the room that has the name of
 * its id. Does nothing once it is disconnected, or if it is in
 * #SioServer:max-rooms already.
 *
 * Since: 0.1
 */
void
sio_server_socket_join (SioServerSocket *self, const char *room)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));
  g_return_if_fail (room != NULL);

  if (self->state == STATE_CONNECTED
      && sio_rooms_count_of (get_rooms (self), self)
          < sio_server_session_peek_settings (self->session)->max_rooms)
    sio_rooms_join (get_rooms (self), room, self);
}

/**
 * sio_server_socket_leave:
 * @self: a socket
 * @room: the room's name
 *
 * Takes the socket out of a room, if it is in it.
 *
 * Since: 0.1
 */
void
sio_server_socket_leave (SioServerSocket *self, const char *room)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));
  g_return_if_fail (room != NULL);

  if (self->state == STATE_CONNECTED)
    sio_rooms_leave (get_rooms (self), room, self);
}

/**
 * sio_server_socket_get_rooms:
 * @self: a socket
 *
 * Returns: (transfer full): the rooms it is in, in the order it joined them,
 *   the one of its own id first. During #SioServerSocket::disconnecting it is
 *   still in them.
 *
 * Since: 0.1
 */
char **
sio_server_socket_get_rooms (SioServerSocket *self)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), NULL);

  return sio_rooms_list (get_rooms (self), self);
}

static gboolean
emit_packet (SioServerSocket *self, const char *event, JsonNode *args,
    guint64 ack_id, GError **error)
{
  g_autoptr (SioMessage) message =
      sio_message_new_event (sio_namespace_get_name (self->nsp), ack_id, event,
          args, sio_limits_peek (self->limits), error);

  if (message == NULL)
    return FALSE;
  if (!sio_server_socket_send (self, message)) {
    g_set_error_literal (
        error, SIO_ERROR, SIO_ERROR_DISCONNECTED, "the client is gone");
    return FALSE;
  }
  return TRUE;
}

/**
 * sio_server_socket_emit:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @error: where to put the error
 *
 * Sends an event to the client.
 *
 * Errors: %SIO_ERROR_INVALID_ARGUMENT for a reserved name or arguments that are
 * no array, %SIO_ERROR_DISCONNECTED if the client is gone, or goes now because
 * over #SioServer:max-unsent waits for it already.
 *
 * Returns: whether the event was sent
 *
 * Since: 0.1
 */
gboolean
sio_server_socket_emit (
    SioServerSocket *self, const char *event, JsonNode *args, GError **error)
{
  g_return_val_if_fail (SIO_IS_SERVER_SOCKET (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return sio_packet_check_event (
             event, args, sio_limits_peek (self->limits), error)
      && emit_packet (self, event, args, SIO_PACKET_NO_ID, error);
}

/**
 * sio_server_socket_emit_with_ack_async:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @timeout_ms: how long to wait for the answer, in milliseconds; 0 is as long
 *   as the client stays
 * @cancellable: (nullable): ends the waiting
 * @callback: what to call with the answer
 * @data: what to give to @callback
 *
 * Sends an event as sio_server_socket_emit() does, and waits for its
 * acknowledgement. The errors are those of sio_socket_emit_with_ack_async().
 *
 * Since: 0.1
 */
void
sio_server_socket_emit_with_ack_async (SioServerSocket *self, const char *event,
    JsonNode *args, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  const SioLimitValues *limits;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  guint64 id;

  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));
  g_return_if_fail (event != NULL);

  limits = sio_limits_peek (self->limits);
  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, sio_server_socket_emit_with_ack_async);
  if (!sio_packet_check_event (event, args, limits, &error)
      || !sio_ack_table_add (self->acks, task, timeout_ms,
          limits->max_pending_acks, &id, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (!emit_packet (self, event, args, id, &error)) {
    sio_ack_table_fail (self->acks, id, error);
    g_clear_error (&error);
  }
}

/**
 * sio_server_socket_emit_with_ack_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: where to put the error
 *
 * Returns: (transfer full): a node that holds the array of the answer's
 *   arguments, or %NULL with @error set
 *
 * Since: 0.1
 */
JsonNode *
sio_server_socket_emit_with_ack_finish (
    SioServerSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sio_server_socket_disconnect:
 * @self: a socket
 *
 * Disconnects the client from the namespace, after what was sent; it will not
 * come again by itself. #SioServerSocket::disconnect with "server namespace
 * disconnect" is emitted before this function returns. Its connection goes with
 * the last namespace. Does nothing if it is disconnected already.
 *
 * Since: 0.1
 */
void
sio_server_socket_disconnect (SioServerSocket *self)
{
  g_autoptr (SioMessage) message = NULL;

  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));

  if (self->state == STATE_PENDING) {
    sio_server_socket_refuse (self, "disconnected", NULL);
    return;
  }
  message = sio_message_new (SIO_PACKET_DISCONNECT,
      sio_namespace_get_name (self->nsp), NULL, sio_limits_peek (self->limits),
      NULL);
  sio_server_socket_send (self, message);
  sio_server_socket_end (self, SIO_REASON_SERVER_NAMESPACE);
}

static void
sio_server_socket_finalize (GObject *object)
{
  SioServerSocket *self = SIO_SERVER_SOCKET (object);

  g_clear_object (&self->limits);
  g_clear_object (&self->nsp);
  g_clear_pointer (&self->acks, sio_ack_table_free);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->auth, json_node_unref);
  g_free (self->address);
  g_free (self->secret);
  g_free (self->id);
  G_OBJECT_CLASS (sio_server_socket_parent_class)->finalize (object);
}

static void
sio_server_socket_class_init (SioServerSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sio_server_socket_finalize;

  /**
   * SioServerSocket::disconnecting:
   * @self: the socket
   * @reason: as in #SioServerSocket::disconnect
   *
   * The client is leaving, and is still in its rooms. Nothing can be sent to it
   * any more.
   *
   * Since: 0.1
   */
  signals[DISCONNECTING] = g_signal_new ("disconnecting",
      SIO_TYPE_SERVER_SOCKET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * SioServerSocket::disconnect:
   * @self: the socket
   * @reason: "client namespace disconnect", "server namespace disconnect",
   *   "server shutting down", "ping timeout", "transport close", "transport
   *   error", "parse error" or "forced server close", as Socket.IO defines them
   *
   * The client is gone.
   *
   * Since: 0.1
   */
  signals[DISCONNECT] = g_signal_new ("disconnect", SIO_TYPE_SERVER_SOCKET,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  /**
   * SioServerSocket::event:
   * @self: the socket
   * @name: the event's name
   * @args: a node that holds the array of the arguments
   * @ack: (nullable): set if the client waits for an answer
   *
   * An event from the client. The detail is the event's name: `event::message`
   * is emitted for "message" alone.
   *
   * Since: 0.1
   */
  signals[EVENT] = g_signal_new ("event", SIO_TYPE_SERVER_SOCKET,
      G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL, G_TYPE_NONE,
      3, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      JSON_TYPE_NODE | G_SIGNAL_TYPE_STATIC_SCOPE,
      SIO_TYPE_ACK | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sio_server_socket_init (SioServerSocket *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->acks = sio_ack_table_new (context);
}

/* A client over @session that wants into @nsp. */
SioServerSocket *
sio_server_socket_new (SioServerSession *session, SioNamespace *nsp,
    const char *id, JsonNode *auth, SioLimits *limits)
{
  SioServerSocket *self = g_object_new (SIO_TYPE_SERVER_SOCKET, NULL);

  self->session = session;
  self->nsp = g_object_ref (nsp);
  self->id = g_strdup (id);
  self->auth = json_node_ref (auth);
  self->limits = g_object_ref (limits);
  self->address = g_strdup (sio_server_session_get_address (session));
  self->query = g_hash_table_ref (sio_server_session_get_query (session));
  return self;
}
