/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-socket.h"

#include "sio-ack-private.h"
#include "sio-connect-reply.h"
#include "sio-engine.h"
#include "sio-error.h"
#include "sio-socket-private.h"
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

enum { PROP_0, PROP_ID, PROP_CONNECTED, PROP_RECOVERED, PROP_AUTH, N_PROPS };
enum { AUTH_REQUESTED, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioSocket, sio_socket, G_TYPE_OBJECT)

/* Leaves whatever state it is in; those who wait for an answer are told only
 * after the state is the new one. */
static void
leave_connection (SioSocket *self, State state)
{
  gboolean was_connected = self->state == STATE_CONNECTED;

  self->state = state;
  self->awaiting_auth = FALSE;
  sio_timer_stop (&self->reply_due);
  sio_early_clear (&self->early);
  if (!was_connected)
    return;
  g_clear_pointer (&self->id, g_free);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECTED]);
}

/* Answers to what was sent do not come any more, nor any at all if no connection
 * will follow by itself. */
static void
lose_answers (SioSocket *self, gboolean will_retry)
{
  sio_ack_table_fail_lost (self->acks, will_retry);
  if (!will_retry)
    sio_socket_lose_deliveries (self);
}

static void
emit_disconnect (SioSocket *self, const char *reason, gboolean will_retry)
{
  lose_answers (self, will_retry);
  g_signal_emit (self, signals[DISCONNECT], 0, reason, will_retry);
}

static void
emit_connect_error (SioSocket *self, const GError *error, gboolean will_retry)
{
  if (!will_retry)
    lose_answers (self, FALSE);
  g_signal_emit (self, signals[CONNECT_ERROR], 0, error, will_retry);
}

/* No attempt will follow by itself. */
void
sio_socket_end_refused (SioSocket *self, const GError *error)
{
  g_object_ref (self);
  leave_connection (self, STATE_INACTIVE);
  emit_connect_error (self, error, FALSE);
  if (self->manager != NULL)
    sio_manager_socket_ended (self->manager);
  g_object_unref (self);
}

/* Returns: whether what authenticates the connection is provided later */
gboolean
sio_socket_ask_auth (SioSocket *self)
{
  gboolean later = FALSE;

  g_signal_emit (self, signals[AUTH_REQUESTED], 0, &later);
  return later;
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

/* By its name, or by those who take any. */
static gboolean
is_handled (SioSocket *self, GQuark detail)
{
  return g_signal_has_handler_pending (self, signals[EVENT], 0, FALSE)
      || (detail != 0
          && g_signal_has_handler_pending (
              self, signals[EVENT], detail, FALSE));
}

static void
deliver_event (SioSocket *self, SioPacket *packet)
{
  g_autofree char *name = sio_packet_dup_event (packet);
  g_autoptr (JsonNode) arguments = sio_packet_dup_arguments (packet);
  g_autoptr (SioAck) ack = NULL;
  GQuark detail;

  if (packet->id != SIO_PACKET_NO_ID)
    ack = sio_ack_new (
        G_OBJECT (self), self->session, packet->id, sio_socket_send_ack);
  sio_recovery_note (&self->recovery, packet);
  /* A name that nobody asked for is no quark: those are never freed. */
  detail = g_quark_try_string (name);
  if (!is_handled (self, detail)) {
    g_autofree char *shown = g_strescape (name, NULL);

    if (sio_name_log_add (self->unhandled, name))
      g_info ("nobody handles the event \"%s\" of %s", shown, self->nsp);
    return;
  }
  g_signal_emit (self, signals[EVENT], detail, name, arguments, ack);
}

static void
deliver_early (SioSocket *self)
{
  while (self->state == STATE_CONNECTED) {
    g_autoptr (SioPacket) packet = sio_early_pop (&self->early);

    if (packet == NULL)
      return;
    deliver_event (self, packet);
  }
}

static void
send_disconnect (SioSocket *self)
{
  g_autoptr (SioMessage) message = sio_message_new (SIO_PACKET_DISCONNECT,
      self->nsp, NULL, sio_limits_peek (self->limits), NULL);

  sio_manager_send (self->manager, message);
  sio_manager_socket_left (self->manager, self);
}

static void
handle_connect (SioSocket *self, SioPacket *packet)
{
  g_autoptr (GError) error = NULL;

  if (self->state == STATE_INACTIVE && sio_socket_owes_disconnect (self)) {
    self->owed = 0;
    send_disconnect (self);
    return;
  }
  if (self->state != STATE_CONNECTING || self->awaiting_auth)
    return;
  self->id = sio_connect_reply_dup_id (
      packet, sio_manager_get_old_session (self->manager), &error);
  if (self->id == NULL) {
    sio_socket_end_refused (self, error);
    return;
  }
  sio_timer_stop (&self->reply_due);
  self->session++;
  self->recovered = sio_recovery_connected (&self->recovery, packet);
  self->state = STATE_CONNECTED;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONNECTED]);
  deliver_early (self);
  sio_socket_flush (self);
  sio_socket_resume_deliveries (self);
  if (self->state == STATE_CONNECTED)
    g_signal_emit (self, signals[CONNECT], 0);
}

static void
handle_connect_error (SioSocket *self, SioPacket *packet)
{
  g_autoptr (GError) error = sio_connect_reply_get_refusal (packet);

  self->owed = 0;
  if (self->state == STATE_CONNECTING)
    sio_socket_end_refused (self, error);
}

static void
handle_event (SioSocket *self, SioPacket *packet)
{
  if (self->state == STATE_CONNECTED)
    deliver_event (self, packet);
  else if (self->state == STATE_CONNECTING
      && !sio_early_push (&self->early, packet, sio_limits_peek (self->limits)))
    g_info (
        "an event that came before the connection to %s is dropped", self->nsp);
}

static void
handle_disconnect (SioSocket *self)
{
  if (self->state == STATE_CONNECTING && !self->awaiting_auth) {
    g_autoptr (GError) error = g_error_new (SIO_ERROR, SIO_ERROR_DISCONNECTED,
        "the server does not take the connection to %s", self->nsp);

    sio_socket_end_refused (self, error);
    return;
  }
  if (self->state != STATE_CONNECTED)
    return;
  leave_connection (self, STATE_INACTIVE);
  sio_recovery_clear (&self->recovery);
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

/* The manager's count of ended connections when it was asked to connect. */
guint
sio_socket_get_epoch (SioSocket *self)
{
  return self->epoch;
}

/* The manager is going away; the socket may be held by others for longer. */
void
sio_socket_detach (SioSocket *self)
{
  leave_connection (self, STATE_INACTIVE);
  self->manager = NULL;
  sio_outbox_clear (self->outbox);
  lose_answers (self, FALSE);
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
  self->epoch = sio_manager_get_epoch (self->manager);
  if (sio_socket_owes_disconnect (self)) {
    /* The answer that is still to come is the one. */
    self->owed = 0;
    self->state = STATE_CONNECTING;
    sio_socket_await_reply (self);
    return;
  }
  self->state = STATE_WAITING;
  if (sio_manager_socket_began (self->manager))
    sio_socket_await_turn (self);
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
  if (before == STATE_CONNECTED)
    send_disconnect (self);
  else if (before == STATE_CONNECTING && !self->awaiting_auth)
    sio_socket_owe_disconnect (self);
  leave_connection (self, STATE_INACTIVE);
  sio_recovery_clear (&self->recovery);
  sio_outbox_clear (self->outbox);
  if (before == STATE_CONNECTED)
    emit_disconnect (self, SIO_REASON_CLIENT_DISCONNECT, FALSE);
  else
    lose_answers (self, FALSE);
  if (self->manager != NULL)
    sio_manager_socket_ended (self->manager);
  g_object_unref (self);
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

/**
 * sio_socket_get_recovered:
 * @self: a socket
 *
 * Returns: whether the server has restored the state that this connection had
 *   before it was lost: the id and the rooms are the same, and what was missed
 *   is sent. %FALSE without a connection.
 *
 * Since: 0.1
 */
gboolean
sio_socket_get_recovered (SioSocket *self)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), FALSE);

  return self->state == STATE_CONNECTED && self->recovered;
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
    case PROP_RECOVERED:
      g_value_set_boolean (value, sio_socket_get_recovered (self));
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
  sio_early_clear (&self->early);
  g_clear_pointer (&self->acks, sio_ack_table_free);
  g_clear_pointer (&self->outbox, sio_outbox_free);
  g_clear_pointer (&self->auth, json_node_unref);
  g_clear_object (&self->limits);
  sio_recovery_clear (&self->recovery);
  sio_name_log_free (self->unhandled);
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
   * SioSocket:recovered:
   *
   * Whether the server has restored the state of the connection before; see
   * sio_socket_get_recovered(). It is what it will be when #SioSocket::connect
   * is emitted, and not notified.
   *
   * Since: 0.1
   */
  props[PROP_RECOVERED] = g_param_spec_boolean ("recovered", NULL, NULL, FALSE,
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
   * SioSocket::auth-requested:
   * @self: the socket
   *
   * A connection stands, and the server is about to be asked for the namespace.
   * A handler may set #SioSocket:auth and return %FALSE, or return %TRUE and
   * call sio_socket_provide_auth() when it has what it needs, within
   * #SioManager:timeout. Without a handler #SioSocket:auth is sent as it is.
   *
   * Returns: whether sio_socket_provide_auth() will be called
   *
   * Since: 0.1
   */
  signals[AUTH_REQUESTED] =
      g_signal_new ("auth-requested", SIO_TYPE_SOCKET, G_SIGNAL_RUN_LAST, 0,
          g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);
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
   * `event::message` is emitted for "message" alone, `event` for all. One that
   * nobody handles is logged at level INFO, once for its name.
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
  self->unhandled = sio_name_log_new ();
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
