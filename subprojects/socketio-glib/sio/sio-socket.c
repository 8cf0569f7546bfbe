/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-socket.h"

#include "sio-ack-private.h"
#include "sio-ack-table.h"
#include "sio-client-private.h"
#include "sio-connect-reply.h"
#include "sio-engine.h"
#include "sio-error.h"
#include "sio-outbox.h"
#include "sio-timer.h"

/**
 * SioSocket:
 *
 * A client's connection to one namespace of a Socket.IO server, over the
 * connection of its #SioManager, from which sio_manager_get_socket() gives it.
 * It knows nothing about how the connection is made and made again.
 *
 * All of it is used from the thread-default main context in which the manager
 * was created, and its signals are emitted there.
 *
 * Since: 0.1
 */

typedef enum {
  STATE_INACTIVE,   /* not asked to be connected, or given up */
  STATE_WAITING,    /* wants a connection, and the manager has none */
  STATE_CONNECTING, /* CONNECT is sent */
  STATE_CONNECTED
} State;

struct _SioSocket {
  GObject parent_instance;

  SioManager *manager; /* not owned; NULL once it is gone */
  char *nsp;
  char *id;
  JsonNode *auth;
  State state;
  guint session; /* counts the connections */

  GSource *reply_due;
  SioLimits *limits;
  GQueue early; /* of SioPacket: what came before the answer to CONNECT */
  gsize early_bytes;
  SioOutbox *outbox;
  SioAckTable *acks;
};

enum { PROP_0, PROP_ID, PROP_CONNECTED, PROP_AUTH, N_PROPS };
enum { CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioSocket, sio_socket, G_TYPE_OBJECT)

static void
clear_early (SioSocket *self)
{
  g_queue_clear_full (&self->early, (GDestroyNotify) sio_packet_free);
  self->early_bytes = 0;
}

/* Leaves whatever state it is in; those who wait for an answer are told only
 * after the state is the new one. */
static void
leave_connection (SioSocket *self, State state)
{
  gboolean was_connected = self->state == STATE_CONNECTED;

  self->state = state;
  sio_timer_stop (&self->reply_due);
  clear_early (self);
  if (!was_connected)
    return;
  g_clear_pointer (&self->id, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECTED]);
}

static void
emit_disconnect (SioSocket *self, const char *reason, gboolean will_retry)
{
  sio_ack_table_fail_lost (self->acks, will_retry);
  g_signal_emit (self, signals[DISCONNECT], 0, reason, will_retry);
}

static void
emit_connect_error (SioSocket *self, const GError *error, gboolean will_retry)
{
  if (!will_retry)
    sio_ack_table_fail_lost (self->acks, FALSE);
  g_signal_emit (self, signals[CONNECT_ERROR], 0, error, will_retry);
}

/* No attempt will follow by itself. */
static void
end_refused (SioSocket *self, const GError *error)
{
  leave_connection (self, STATE_INACTIVE);
  emit_connect_error (self, error, FALSE);
  if (self->manager != NULL)
    sio_manager_socket_ended (self->manager);
}

static gboolean
on_reply_overdue (gpointer data)
{
  SioSocket *self = data;
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      "the server did not answer the connection to %s in time", self->nsp);

  sio_timer_stop (&self->reply_due);
  sio_manager_fail (self->manager, error);
  return G_SOURCE_REMOVE;
}

/* The manager has a connection: CONNECT goes out. */
void
sio_socket_engine_opened (SioSocket *self)
{
  g_autoptr (SioMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (self->state != STATE_WAITING)
    return;
  message = sio_message_new (SIO_PACKET_CONNECT, self->nsp, self->auth,
      sio_limits_peek (self->limits), &error);
  if (message == NULL) {
    end_refused (self, error);
    return;
  }
  self->state = STATE_CONNECTING;
  self->reply_due = sio_timer_start (sio_manager_get_context (self->manager),
      sio_manager_get_timeout (self->manager), on_reply_overdue, self);
  sio_manager_send (self->manager, message);
}

/* The manager's connection ended. */
void
sio_socket_engine_closed (SioSocket *self, const char *reason,
    const GError *error, gboolean will_retry)
{
  State before = self->state;
  g_autoptr (GError) unknown = NULL;

  if (before == STATE_INACTIVE)
    return;
  leave_connection (self, will_retry ? STATE_WAITING : STATE_INACTIVE);
  if (before == STATE_CONNECTED) {
    emit_disconnect (self, reason, will_retry);
    return;
  }
  if (error == NULL)
    error = unknown = g_error_new (
        SIO_ERROR, SIO_ERROR_DISCONNECTED, "the connection ended: %s", reason);
  emit_connect_error (self, error, will_retry);
}

/* The manager could not make a connection. */
void
sio_socket_connect_failed (
    SioSocket *self, const GError *error, gboolean will_retry)
{
  if (self->state != STATE_WAITING)
    return;
  if (!will_retry)
    self->state = STATE_INACTIVE;
  emit_connect_error (self, error, will_retry);
}

static gboolean
send_message (SioSocket *self, const SioMessage *message, guint64 ack_id)
{
  gboolean sent = self->state == STATE_CONNECTED
      && sio_manager_send (self->manager, message);

  if (sent && ack_id != SIO_PACKET_NO_ID)
    sio_ack_table_mark_sent (self->acks, ack_id);
  return sent;
}

static void
flush_outbox (SioSocket *self)
{
  const SioMessage *message;
  guint64 ack_id;

  while ((message = sio_outbox_peek (self->outbox, &ack_id)) != NULL) {
    /* Nobody waits for the answer any more: it timed out, or was cancelled. */
    gboolean wanted = ack_id == SIO_PACKET_NO_ID
        || sio_ack_table_contains (self->acks, ack_id);

    if (wanted && !send_message (self, message, ack_id))
      return;
    sio_outbox_drop (self->outbox);
  }
}

static gboolean
send_ack (GObject *socket, guint session, guint64 id, JsonNode *arguments)
{
  SioSocket *self = SIO_SOCKET (socket);
  g_autoptr (SioMessage) message = NULL;

  if (self->state != STATE_CONNECTED || self->session != session)
    return FALSE;
  message = sio_message_new_ack (
      self->nsp, id, arguments, sio_limits_peek (self->limits), NULL);
  return message != NULL
      && message->largest <= sio_manager_get_max_packet (self->manager)
      && send_message (self, message, SIO_PACKET_NO_ID);
}

static void
deliver_event (SioSocket *self, SioPacket *packet)
{
  g_autofree char *name = sio_packet_dup_event (packet);
  g_autoptr (JsonNode) arguments = sio_packet_dup_arguments (packet);
  g_autoptr (SioAck) ack = NULL;

  if (packet->id != SIO_PACKET_NO_ID)
    ack = sio_ack_new (G_OBJECT (self), self->session, packet->id, send_ack);
  /* A name that nobody asked for is no quark: those are never freed. */
  g_signal_emit (
      self, signals[EVENT], g_quark_try_string (name), name, arguments, ack);
}

static void
deliver_early (SioSocket *self)
{
  while (self->state == STATE_CONNECTED && self->early.length > 0) {
    SioPacket *packet = g_queue_pop_head (&self->early);

    deliver_event (self, packet);
    sio_packet_free (packet);
  }
}

static void
handle_connect (SioSocket *self, SioPacket *packet)
{
  g_autoptr (GError) error = NULL;

  if (self->state != STATE_CONNECTING)
    return;
  self->id = sio_connect_reply_dup_id (packet, &error);
  if (self->id == NULL) {
    end_refused (self, error);
    return;
  }
  sio_timer_stop (&self->reply_due);
  self->session++;
  self->state = STATE_CONNECTED;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECTED]);
  deliver_early (self);
  flush_outbox (self);
  if (self->state == STATE_CONNECTED)
    g_signal_emit (self, signals[CONNECT], 0);
}

static void
handle_connect_error (SioSocket *self, SioPacket *packet)
{
  g_autoptr (GError) error = sio_connect_reply_get_refusal (packet);

  if (self->state == STATE_CONNECTING)
    end_refused (self, error);
}

static void
keep_early (SioSocket *self, const SioPacket *packet)
{
  const SioLimitValues *limits = sio_limits_peek (self->limits);

  if (self->early.length >= limits->max_early_packets
      || self->early_bytes + packet->size > limits->max_early_bytes) {
    g_info (
        "an event that came before the connection to %s is dropped", self->nsp);
    return;
  }
  self->early_bytes += packet->size;
  g_queue_push_tail (&self->early, sio_packet_copy (packet));
}

static void
handle_event (SioSocket *self, SioPacket *packet)
{
  if (self->state == STATE_CONNECTED)
    deliver_event (self, packet);
  else if (self->state == STATE_CONNECTING)
    keep_early (self, packet);
}

static void
handle_disconnect (SioSocket *self)
{
  if (self->state != STATE_CONNECTED)
    return;
  leave_connection (self, STATE_INACTIVE);
  emit_disconnect (self, SIO_REASON_SERVER_DISCONNECT, FALSE);
  if (self->manager != NULL)
    sio_manager_socket_ended (self->manager);
}

/* A packet for this namespace. */
void
sio_socket_handle_packet (SioSocket *self, SioPacket *packet)
{
  g_object_ref (self);
  switch (packet->type) {
    case SIO_PACKET_CONNECT:
      handle_connect (self, packet);
      break;
    case SIO_PACKET_DISCONNECT:
      handle_disconnect (self);
      break;
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      handle_event (self, packet);
      break;
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
      sio_ack_table_handle (self->acks, packet);
      break;
    case SIO_PACKET_CONNECT_ERROR:
    default:
      handle_connect_error (self, packet);
      break;
  }
  g_object_unref (self);
}

gboolean
sio_socket_is_active (SioSocket *self)
{
  return self->state != STATE_INACTIVE;
}

/* The manager is going away; the socket may be held by others for longer. */
void
sio_socket_detach (SioSocket *self)
{
  self->manager = NULL;
}

/**
 * sio_socket_connect:
 * @self: a socket
 *
 * Asks for the connection to the namespace. What comes of it is told by the
 * signals #SioSocket::connect and #SioSocket::connect-error, never before this
 * function has returned. Does nothing while it is connected, or trying to be.
 *
 * Since: 0.1
 */
void
sio_socket_connect (SioSocket *self)
{
  g_return_if_fail (SIO_IS_SOCKET (self));

  if (self->manager == NULL || self->state != STATE_INACTIVE)
    return;
  self->state = STATE_WAITING;
  sio_manager_socket_began (self->manager, self);
}

/**
 * sio_socket_disconnect:
 * @self: a socket
 *
 * Leaves the namespace, after what was emitted before, and makes no further
 * attempt. What waits to be sent is dropped and every acknowledgement that is
 * waited for fails. If it was connected, #SioSocket::disconnect with "io client
 * disconnect" is emitted before this function returns.
 *
 * Since: 0.1
 */
void
sio_socket_disconnect (SioSocket *self)
{
  State before;

  g_return_if_fail (SIO_IS_SOCKET (self));

  before = self->state;
  if (before == STATE_INACTIVE)
    return;
  g_object_ref (self);
  if (before != STATE_WAITING) {
    g_autoptr (SioMessage) message = sio_message_new (SIO_PACKET_DISCONNECT,
        self->nsp, NULL, sio_limits_peek (self->limits), NULL);

    sio_manager_send (self->manager, message);
  }
  leave_connection (self, STATE_INACTIVE);
  sio_outbox_clear (self->outbox);
  if (before == STATE_CONNECTED)
    emit_disconnect (self, SIO_REASON_CLIENT_DISCONNECT, FALSE);
  else
    sio_ack_table_fail_lost (self->acks, FALSE);
  if (self->manager != NULL)
    sio_manager_socket_ended (self->manager);
  g_object_unref (self);
}

static gboolean
emit_packet (SioSocket *self, const char *event, JsonNode *args, guint64 ack_id,
    GError **error)
{
  const SioLimitValues *limits = sio_limits_peek (self->limits);
  g_autoptr (SioMessage) message = NULL;

  if (self->manager == NULL) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_DISCONNECTED,
        "the socket's manager is gone");
    return FALSE;
  }
  message =
      sio_message_new_event (self->nsp, ack_id, event, args, limits, error);
  if (message == NULL)
    return FALSE;
  if (message->largest > sio_manager_get_max_packet (self->manager)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
        "the event \"%s\" is larger than the server takes", event);
    return FALSE;
  }
  return send_message (self, message, ack_id)
      || sio_outbox_push (
          self->outbox, g_steal_pointer (&message), ack_id, limits, error);
}

/**
 * sio_socket_emit:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @error: where to put the error
 *
 * Sends an event. Without a connection it waits, in order with the others, and
 * is sent as soon as there is one; sio_socket_disconnect() drops it.
 *
 * Errors: %SIO_ERROR_INVALID_ARGUMENT for a reserved name or arguments that are
 * no array, %SIO_ERROR_TOO_LARGE for more than the server takes (1 MB if it does
 * not say), %SIO_ERROR_QUEUE_FULL if 1,024 packets or 4 MB wait already,
 * %SIO_ERROR_DISCONNECTED if the manager is gone.
 *
 * Returns: whether the event was sent or waits to be
 *
 * Since: 0.1
 */
gboolean
sio_socket_emit (
    SioSocket *self, const char *event, JsonNode *args, GError **error)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return sio_packet_check_event (
             event, args, sio_limits_peek (self->limits), error)
      && emit_packet (self, event, args, SIO_PACKET_NO_ID, error);
}

/**
 * sio_socket_emit_with_ack_async:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @timeout_ms: how long to wait for the answer, in milliseconds; 0 is as long
 *   as the connection holds. It begins now, connected or not.
 * @cancellable: (nullable): ends the waiting
 * @callback: what to call with the answer
 * @data: what to give to @callback
 *
 * Sends an event as sio_socket_emit() does, and waits for its acknowledgement.
 *
 * Errors, besides those of sio_socket_emit(): %SIO_ERROR_TIMED_OUT,
 * %SIO_ERROR_DISCONNECTED when the connection ends before the answer came,
 * %SIO_ERROR_QUEUE_FULL when 4,096 answers are outstanding.
 *
 * Since: 0.1
 */
void
sio_socket_emit_with_ack_async (SioSocket *self, const char *event,
    JsonNode *args, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  const SioLimitValues *limits;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  guint64 id;

  g_return_if_fail (SIO_IS_SOCKET (self));
  g_return_if_fail (event != NULL);

  limits = sio_limits_peek (self->limits);
  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, sio_socket_emit_with_ack_async);
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
 * sio_socket_emit_with_ack_finish:
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
sio_socket_emit_with_ack_finish (
    SioSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sio_socket_get_id:
 * @self: a socket
 *
 * Returns: (transfer none) (nullable): the id the server gave to this
 *   connection; another one after each reconnection, %NULL without connection
 *
 * Since: 0.1
 */
const char *
sio_socket_get_id (SioSocket *self)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), NULL);

  return self->id;
}

/**
 * sio_socket_get_connected:
 * @self: a socket
 *
 * Returns: whether the server has taken the connection to the namespace, and it
 *   has not ended since
 *
 * Since: 0.1
 */
gboolean
sio_socket_get_connected (SioSocket *self)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), FALSE);

  return self->state == STATE_CONNECTED;
}

/**
 * sio_socket_get_nsp:
 * @self: a socket
 *
 * Returns: (transfer none): the namespace, "/" for the main one
 *
 * Since: 0.1
 */
const char *
sio_socket_get_nsp (SioSocket *self)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), NULL);

  return self->nsp;
}

/**
 * sio_socket_set_auth:
 * @self: a socket
 * @auth: (nullable) (transfer none): a node that holds an object, or %NULL
 *
 * Sets what is sent to the server to authenticate each connection from now on.
 * It is never logged, and cannot be read back.
 *
 * Since: 0.1
 */
void
sio_socket_set_auth (SioSocket *self, JsonNode *auth)
{
  g_return_if_fail (SIO_IS_SOCKET (self));
  g_return_if_fail (auth == NULL || JSON_NODE_HOLDS_OBJECT (auth));

  g_clear_pointer (&self->auth, json_node_unref);
  self->auth = auth != NULL ? json_node_copy (auth) : NULL;
}

static void
sio_socket_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SioSocket *self = SIO_SOCKET (object);

  switch (id) {
    case PROP_AUTH:
      sio_socket_set_auth (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_socket_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SioSocket *self = SIO_SOCKET (object);

  switch (id) {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_CONNECTED:
      g_value_set_boolean (value, self->state == STATE_CONNECTED);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_socket_finalize (GObject *object)
{
  SioSocket *self = SIO_SOCKET (object);

  sio_timer_stop (&self->reply_due);
  clear_early (self);
  g_clear_pointer (&self->acks, sio_ack_table_free);
  g_clear_pointer (&self->outbox, sio_outbox_free);
  g_clear_pointer (&self->auth, json_node_unref);
  g_clear_object (&self->limits);
  g_free (self->id);
  g_free (self->nsp);
  G_OBJECT_CLASS (sio_socket_parent_class)->finalize (object);
}

static void
sio_socket_class_init (SioSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_socket_set_property;
  object_class->get_property = sio_socket_get_property;
  object_class->finalize = sio_socket_finalize;

  /**
   * SioSocket:id:
   *
   * The id the server gave to this connection, %NULL without one.
   *
   * Since: 0.1
   */
  props[PROP_ID] = g_param_spec_string (
      "id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioSocket:connected:
   *
   * Whether the connection to the namespace stands.
   *
   * Since: 0.1
   */
  props[PROP_CONNECTED] = g_param_spec_boolean ("connected", NULL, NULL, FALSE,
      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioSocket:auth:
   *
   * A node that holds an object, sent to authenticate each connection; see
   * sio_socket_set_auth(). May change at any time, for the next connection.
   *
   * Since: 0.1
   */
  props[PROP_AUTH] = g_param_spec_boxed ("auth", NULL, NULL, JSON_TYPE_NODE,
      G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * SioSocket::connect:
   * @self: the socket
   *
   * The server has taken the connection. What waited to be sent is on its way.
   *
   * Since: 0.1
   */
  signals[CONNECT] = g_signal_new ("connect", SIO_TYPE_SOCKET,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * SioSocket::connect-error:
   * @self: the socket
   * @error: what went wrong
   * @will_retry: whether another attempt follows by itself
   *
   * The connection could not be made. See #SioError for what @error may be.
   *
   * Since: 0.1
   */
  signals[CONNECT_ERROR] = g_signal_new ("connect-error", SIO_TYPE_SOCKET,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_ERROR | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_BOOLEAN);
  /**
   * SioSocket::disconnect:
   * @self: the socket
   * @reason: "io server disconnect", "io client disconnect", "ping timeout",
   *   "transport close", "transport error", "parse error" or "forced close", as
   *   Socket.IO defines them
   * @will_retry: whether an attempt to connect again follows by itself
   *
   * A connection that stood has ended.
   *
   * Since: 0.1
   */
  signals[DISCONNECT] = g_signal_new ("disconnect", SIO_TYPE_SOCKET,
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_BOOLEAN);
  /**
   * SioSocket::event:
   * @self: the socket
   * @name: the event's name
   * @args: a node that holds the array of the arguments
   * @ack: (nullable): set if the server waits for an answer
   *
   * An event from the server. The detail is the event's name:
   * `event::message` is emitted for "message" alone.
   *
   * Since: 0.1
   */
  signals[EVENT] = g_signal_new ("event", SIO_TYPE_SOCKET,
      G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL, G_TYPE_NONE,
      3, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
      JSON_TYPE_NODE | G_SIGNAL_TYPE_STATIC_SCOPE,
      SIO_TYPE_ACK | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
sio_socket_init (SioSocket *self)
{
  g_queue_init (&self->early);
  self->outbox = sio_outbox_new ();
}

SioSocket *
sio_socket_new (SioManager *manager, const char *nsp)
{
  SioSocket *self = g_object_new (SIO_TYPE_SOCKET, NULL);

  self->manager = manager;
  self->nsp = g_strdup (nsp);
  self->limits = g_object_ref (sio_manager_get_limits (manager));
  self->acks = sio_ack_table_new (sio_manager_get_context (manager));
  return self;
}
