/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-server-socket.h"

#include "sio-ack-private.h"
#include "sio-ack-table.h"
#include "sio-error.h"
#include "sio-packet-input.h"
#include "sio-server-private.h"
#include "sio-timer.h"

#include <string.h>

/**
 * SioServerSocket:
 *
 * A client of a #SioServer, from #SioServer::connection on. It knows nothing of
 * the other clients, but for the rooms it shares with them.
 *
 * All of it is used from the thread-default main context in which the server
 * was created, and its signals are emitted there. The server holds it until it
 * is disconnected.
 *
 * Since: 0.1
 */

typedef enum {
  STATE_PENDING, /* the client has not sent CONNECT, or was refused */
  STATE_CONNECTED,
  STATE_ENDED
} State;

struct _SioServerSocket {
  GObject parent_instance;

  SioServer *server; /* not owned; NULL once ended */
  SioEngine *engine;
  SioLimits *limits;
  SioPacketInput *input;
  State state;
  GSource *connect_due;

  char *id;
  JsonNode *auth;
  GHashTable *query;
  SioAckTable *acks;
};

enum { DISCONNECTING, DISCONNECT, EVENT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioServerSocket, sio_server_socket, G_TYPE_OBJECT)

/* Ends the session, after what was sent. Idempotent. */
void
sio_server_socket_end (SioServerSocket *self, const char *reason)
{
  State before = self->state;

  if (before == STATE_ENDED)
    return;
  g_object_ref (self);
  self->state = STATE_ENDED;
  sio_timer_stop (&self->connect_due);
  sio_packet_input_reset (self->input);
  sio_engine_close (self->engine);
  sio_ack_table_fail_lost (self->acks, FALSE);
  if (before == STATE_CONNECTED)
    g_signal_emit (self, signals[DISCONNECTING], 0, reason);
  sio_rooms_leave_all (sio_server_get_rooms (self->server), self);
  if (before == STATE_CONNECTED)
    g_signal_emit (self, signals[DISCONNECT], 0, reason);
  sio_server_socket_gone (g_steal_pointer (&self->server), self);
  g_object_unref (self);
}

/* Sends a Socket.IO packet; FALSE without a connection. */
gboolean
sio_server_socket_send (SioServerSocket *self, const SioMessage *message)
{
  return self->state == STATE_CONNECTED
      && sio_engine_send_message (
          self->engine, message->text, message->length, message->attachments);
}

static void
send_object (SioServerSocket *self, SioPacketType type, const char *nsp,
    const char *name, const char *value)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (SioMessage) message = NULL;

  json_object_set_string_member (object, name, value);
  json_node_init_object (node, object);
  message =
      sio_message_new (type, nsp, node, sio_limits_peek (self->limits), NULL);
  if (message != NULL)
    sio_engine_send (self->engine, message->text, message->length);
}

static gboolean
on_connect_overdue (gpointer data)
{
  sio_server_socket_end (data, SIO_REASON_FORCED_CLOSE);
  return G_SOURCE_REMOVE;
}

static void
handle_connect (SioServerSocket *self, SioPacket *packet)
{
  g_autofree char *refusal = NULL;

  if (strcmp (packet->nsp, "/") != 0) {
    send_object (self, SIO_PACKET_CONNECT_ERROR, packet->nsp, "message",
        "Invalid namespace");
    return;
  }
  if (self->state == STATE_CONNECTED) {
    sio_server_socket_end (self, SIO_REASON_PARSE_ERROR);
    return;
  }
  g_clear_pointer (&self->auth, json_node_unref);
  if (packet->payload != NULL) {
    self->auth = json_node_ref (packet->payload);
  } else {
    self->auth = json_node_alloc ();
    json_node_take_object (
        json_node_init (self->auth, JSON_NODE_OBJECT), json_object_new ());
  }
  refusal = sio_server_authenticate (self->server, self);
  if (self->state != STATE_PENDING)
    return;
  if (refusal != NULL) {
    send_object (
        self, SIO_PACKET_CONNECT_ERROR, packet->nsp, "message", refusal);
    return;
  }
  sio_timer_stop (&self->connect_due);
  self->state = STATE_CONNECTED;
  sio_rooms_join (sio_server_get_rooms (self->server), self->id, self);
  send_object (self, SIO_PACKET_CONNECT, packet->nsp, "sid", self->id);
  sio_server_socket_began (self->server, self);
}

static gboolean
send_ack (GObject *socket, guint session, guint64 id, JsonNode *arguments)
{
  SioServerSocket *self = SIO_SERVER_SOCKET (socket);
  g_autoptr (SioMessage) message = sio_message_new_ack (
      "/", id, arguments, sio_limits_peek (self->limits), NULL);

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

static void
on_packet (gpointer data, SioPacket *packet)
{
  SioServerSocket *self = data;

  if (packet->type == SIO_PACKET_CONNECT) {
    handle_connect (self, packet);
    return;
  }
  if (self->state != STATE_CONNECTED || strcmp (packet->nsp, "/") != 0) {
    sio_server_socket_end (self, SIO_REASON_PARSE_ERROR);
    return;
  }
  switch (packet->type) {
    case SIO_PACKET_DISCONNECT:
      sio_server_socket_end (self, SIO_REASON_CLIENT_NAMESPACE);
      break;
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      handle_event (self, packet);
      break;
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
      sio_ack_table_handle (self->acks, packet);
      break;
    case SIO_PACKET_CONNECT:
    case SIO_PACKET_CONNECT_ERROR:
    default:
      sio_server_socket_end (self, SIO_REASON_PARSE_ERROR);
      break;
  }
}

static void
on_broken (gpointer data, const GError *error)
{
  g_info ("a client is disconnected: %s", error->message);
  sio_server_socket_end (data, SIO_REASON_PARSE_ERROR);
}

static const SioPacketInputHandler input_handler = {
  .packet = on_packet,
  .broken = on_broken,
};

static void
on_message (gpointer data, const char *text, gsize length)
{
  SioServerSocket *self = g_object_ref (data);

  sio_packet_input_text (self->input, text, length);
  g_object_unref (self);
}

static void
on_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioServerSocket *self = g_object_ref (data);

  sio_packet_input_binary (self->input, bytes, length);
  g_object_unref (self);
}

static void
on_closed (gpointer data, const char *reason, const GError *error)
{
  if (error != NULL)
    g_debug ("a client's connection ended: %s", error->message);
  sio_server_socket_end (data, reason);
}

static const SioEngineHandler engine_handler = {
  .message = on_message,
  .binary = on_binary,
  .closed = on_closed,
};

/**
 * sio_server_socket_get_id:
 * @self: a socket
 *
 * Returns: (transfer none): its id, of 22 characters, which cannot be guessed
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

/**
 * sio_server_socket_join:
 * @self: a socket
 * @room: the room's name
 *
 * Puts the socket into a room. Each is already in the room that has the name of
 * its id. Does nothing once it is disconnected.
 *
 * Since: 0.1
 */
void
sio_server_socket_join (SioServerSocket *self, const char *room)
{
  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));
  g_return_if_fail (room != NULL);

  if (self->state == STATE_CONNECTED)
    sio_rooms_join (sio_server_get_rooms (self->server), room, self);
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
    sio_rooms_leave (sio_server_get_rooms (self->server), room, self);
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

  if (self->server == NULL)
    return g_new0 (char *, 1);
  return sio_rooms_list (sio_server_get_rooms (self->server), self);
}

static gboolean
emit_packet (SioServerSocket *self, const char *event, JsonNode *args,
    guint64 ack_id, GError **error)
{
  g_autoptr (SioMessage) message = sio_message_new_event (
      "/", ack_id, event, args, sio_limits_peek (self->limits), error);

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
 * over 1 MB waits for it already.
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
 * Disconnects the client after what was sent; it will not come again by itself.
 * #SioServerSocket::disconnect with "server namespace disconnect" is emitted
 * before this function returns. Does nothing if it is disconnected already.
 *
 * Since: 0.1
 */
void
sio_server_socket_disconnect (SioServerSocket *self)
{
  g_autoptr (SioMessage) message = NULL;

  g_return_if_fail (SIO_IS_SERVER_SOCKET (self));

  message = sio_message_new (
      SIO_PACKET_DISCONNECT, "/", NULL, sio_limits_peek (self->limits), NULL);
  sio_server_socket_send (self, message);
  sio_server_socket_end (self, SIO_REASON_SERVER_NAMESPACE);
}

static void
sio_server_socket_finalize (GObject *object)
{
  SioServerSocket *self = SIO_SERVER_SOCKET (object);

  sio_timer_stop (&self->connect_due);
  g_clear_pointer (&self->input, sio_packet_input_free);
  g_clear_object (&self->limits);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->acks, sio_ack_table_free);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_clear_pointer (&self->auth, json_node_unref);
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
   *   error" or "parse error", as Socket.IO defines them
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

/* A session over @transport, which the client is to CONNECT within
 * @connect_timeout milliseconds. */
SioServerSocket *
sio_server_socket_new (SioServer *server, const char *id,
    SioTransport *transport, const SioEngineHandshake *handshake,
    GHashTable *query, guint connect_timeout)
{
  SioServerSocket *self = g_object_new (SIO_TYPE_SERVER_SOCKET, NULL);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->server = server;
  self->id = g_strdup (id);
  self->limits = g_object_ref (sio_server_get_limits (server));
  self->input =
      sio_packet_input_new (context, self->limits, TRUE, &input_handler, self);
  self->query = g_hash_table_ref (query);
  self->engine =
      sio_engine_new_server (transport, handshake, &engine_handler, self);
  self->connect_due =
      sio_timer_start (context, connect_timeout, on_connect_overdue, self);
  return self;
}
