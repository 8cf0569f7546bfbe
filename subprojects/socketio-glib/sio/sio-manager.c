/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-manager.h"

#include "sio-backoff.h"
#include "sio-client-private.h"
#include "sio-connection.h"
#include "sio-error.h"
#include "sio-lingering.h"
#include "sio-packet-input.h"
#include "sio-retry.h"
#include "sio-settings.h"
#include "sio-timer.h"

#include <string.h>

/**
 * SioManager:
 *
 * A client's connection to a Socket.IO server: it makes the connection when a
 * #SioSocket wants one, makes it again when it is lost, and carries the packets
 * of all its sockets, one per namespace. It knows nothing of events.
 *
 * A manager and its sockets belong to the thread-default main context in which
 * the manager was created: all their functions are called there, and all their
 * signals are emitted there. They keep no other source than on that context,
 * and none after the last reference is gone, but for data still being sent: for
 * 2 s at most, and not longer than the context lives.
 *
 * Properties take effect with the next connection.
 *
 * Since: 0.1
 */

/* What one packet may hold if the server does not say, which is what its own
 * default is. */
#define DEFAULT_MAX_PACKET (1000 * 1000)

typedef enum {
  STATE_IDLE,
  STATE_OPENING, /* until Engine.IO's handshake */
  STATE_OPEN,
  STATE_BACKOFF /* until the next attempt */
} State;

struct _SioManager {
  GObject parent_instance;

  GMainContext *context;
  SioSettings settings;

  GHashTable *sockets; /* namespace -> SioSocket */
  State state;
  gboolean was_open; /* at least once: what refuses now may be passing */
  GSource *timer;    /* of the state: the connection is overdue, or due */
  SioConnection *connection;
  guint revision; /* that the server spoke last */
  gboolean knows_revision;
  gboolean websocket_out; /* got no WebSocket through, but polling */
  gboolean upgraded;      /* the last connection was */
  SioRoot root;
  guint epoch;   /* counts the connections, and attempts, that ended */
  gboolean gone; /* being disposed of: nothing begins any more */
  SioLingering *lingering;
  gint64 max_packet;
  SioLimits *limits;
  SioPacketInput *input;
  SioBackoff backoff;
};

enum { PROP_LIMITS = SIO_SETTINGS_END, PROP_TRANSPORT };
enum { RECONNECT_ATTEMPT, N_SIGNALS };

static GParamSpec *transport_property;
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioManager, sio_manager, G_TYPE_OBJECT)

static void begin_opening (SioManager *self);

static GPtrArray *
dup_sockets (SioManager *self)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket))
    g_ptr_array_add (sockets, g_object_ref (socket));
  return sockets;
}

/* Whether the socket is concerned by what ended at @epoch: it may have been asked
 * to connect again meanwhile, in a handler of another one. */
static gboolean
is_concerned (SioSocket *socket, guint epoch)
{
  return sio_socket_get_epoch (socket) < epoch;
}

static gboolean
has_active_socket (SioManager *self)
{
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket)) {
    if (sio_socket_is_active (socket))
      return TRUE;
  }
  return FALSE;
}

/* Ends the connection, or what is done to get one. */
static void
reset (SioManager *self)
{
  gpointer transport = self->connection != NULL
      ? sio_connection_peek_transport (self->connection)
      : NULL;
  gboolean had_transport = self->connection != NULL
      && sio_connection_get_transport (self->connection) != NULL;

  if (transport != NULL)
    sio_lingering_add (self->lingering, transport);
  g_clear_pointer (&self->connection, sio_connection_free);
  sio_timer_stop (&self->timer);
  self->epoch++;
  sio_packet_input_reset (self->input);
  self->backoff.stable = self->settings.stable_time;
  sio_backoff_closed (&self->backoff, g_get_monotonic_time ());
  self->state = STATE_IDLE;
  self->root = SIO_ROOT_ON_REQUEST;
  if (had_transport)
    g_object_notify_by_pspec (G_OBJECT (self), transport_property);
}

static gboolean
on_backoff_over (gpointer data)
{
  SioManager *self = data;

  sio_timer_stop (&self->timer);
  begin_opening (self);
  return G_SOURCE_REMOVE;
}

/* Starts the wait for the next attempt; returns how long it is. */
static guint
begin_backoff (SioManager *self, const GError *error)
{
  guint delay;

  self->backoff.delay = self->settings.reconnection_delay;
  self->backoff.delay_max = MAX (
      self->settings.reconnection_delay, self->settings.reconnection_delay_max);
  self->backoff.jitter = self->settings.randomization_factor;
  delay = sio_retry_get_delay (&self->backoff, error, g_random_double ());
  self->state = STATE_BACKOFF;
  self->timer = sio_timer_start (self->context, delay, on_backoff_over, self);
  return delay;
}

/* The connection ended, or could not be made (without @reason). The next
 * attempt is arranged before anybody is told, so that they may undo it. */
static void
end_connection (SioManager *self, const char *reason, const GError *error)
{
  g_autoptr (GPtrArray) sockets = NULL;
  gboolean will_retry;
  guint delay = 0;
  guint epoch;

  g_object_ref (self);
  reset (self);
  will_retry = self->settings.reconnection && has_active_socket (self)
      && sio_retry_is_useful (error, self->was_open);
  if (will_retry)
    delay = begin_backoff (self, error);
  epoch = self->epoch;

  sockets = dup_sockets (self);
  for (guint i = 0; i < sockets->len; i++) {
    /* Each may do as it likes with the others and with the manager. */
    gboolean retry = will_retry && self->epoch == epoch;

    if (!is_concerned (sockets->pdata[i], epoch))
      continue;
    if (reason != NULL)
      sio_socket_engine_closed (sockets->pdata[i], reason, error, retry);
    else
      sio_socket_connect_failed (sockets->pdata[i], error, retry);
  }
  if (will_retry && self->epoch == epoch)
    g_signal_emit (
        self, signals[RECONNECT_ATTEMPT], 0, self->backoff.attempts, delay);
  g_object_unref (self);
}

/* What carries the connection is another. */
static void
note_transport (SioManager *self)
{
  const char *transport = sio_connection_get_transport (self->connection);

  gboolean websocket = g_strcmp0 (transport, "websocket") == 0;

  self->upgraded = websocket;
  self->websocket_out =
      !websocket && g_str_equal (self->settings.transports[0], "websocket");
  g_object_notify_by_pspec (G_OBJECT (self), transport_property);
}

/* Those that wait ask for their namespaces. */
static void
open_sockets (SioManager *self)
{
  g_autoptr (GPtrArray) sockets = dup_sockets (self);

  for (guint i = 0; i < sockets->len && self->state == STATE_OPEN; i++)
    sio_socket_engine_opened (sockets->pdata[i]);
}

static void
on_opened (gpointer data)
{
  SioManager *self = g_object_ref (data);
  gint64 max_packet =
      sio_connection_get_handshake (self->connection)->max_payload;

  sio_timer_stop (&self->timer);
  self->state = STATE_OPEN;
  self->was_open = TRUE;
  self->revision = sio_connection_get_revision (self->connection);
  self->knows_revision = TRUE;
  if (self->revision == SIO_ENGINE_OLD_REVISION)
    self->root = SIO_ROOT_AWAITED;
  note_transport (self);
  self->max_packet = max_packet > 0 ? max_packet : DEFAULT_MAX_PACKET;
  sio_backoff_opened (&self->backoff, g_get_monotonic_time ());
  open_sockets (self);
  g_object_unref (self);
}

/* Only servers of Socket.IO 2 say CONNECT without a word more. One that took its
 * time for that is found out here. */
static void
note_root (SioManager *self, const SioPacket *packet)
{
  gboolean root = strcmp (packet->nsp, "/") == 0;

  if (packet->type == SIO_PACKET_CONNECT && packet->payload == NULL
      && sio_connection_set_old (self->connection)) {
    self->revision = SIO_ENGINE_OLD_REVISION;
    if (root)
      self->root = SIO_ROOT_JOINED;
  } else if (root
      && (packet->type == SIO_PACKET_DISCONNECT
          || packet->type == SIO_PACKET_CONNECT_ERROR)) {
    self->root = SIO_ROOT_ON_REQUEST;
  }
}

static void
on_packet (gpointer data, SioPacket *packet)
{
  g_autoptr (SioManager) self = g_object_ref (data);
  SioSocket *socket = g_hash_table_lookup (self->sockets, packet->nsp);
  gboolean awaited = self->root == SIO_ROOT_AWAITED;

  note_root (self, packet);
  if (socket != NULL)
    sio_socket_handle_packet (socket, packet);
  if (awaited && self->root != SIO_ROOT_AWAITED)
    open_sockets (self);
}

static void
on_broken (gpointer data, const GError *error)
{
  end_connection (data, SIO_REASON_PARSE_ERROR, error);
}

static const SioPacketInputHandler input_handler = {
  .packet = on_packet,
  .broken = on_broken,
};

static void
on_message (gpointer data, const char *text, gsize length)
{
  SioManager *self = data;

  sio_packet_input_text (self->input, text, length);
}

static void
on_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioManager *self = data;

  sio_packet_input_binary (self->input, bytes, length);
}

static void
on_upgraded (gpointer data)
{
  note_transport (data);
}

static void
on_closed (gpointer data, const char *reason, const GError *error)
{
  SioManager *self = data;

  /* It may be another server by the next attempt. */
  if (reason == NULL)
    self->revision = SIO_ENGINE_REVISION;
  self->knows_revision = reason != NULL;
  end_connection (self, reason, error);
}

static const SioConnectionHandler connection_handler = {
  .opened = on_opened,
  .message = on_message,
  .binary = on_binary,
  .upgraded = on_upgraded,
  .closed = on_closed,
};

static gboolean
on_overdue (gpointer data)
{
  SioManager *self = data;
  g_autoptr (GError) error = g_error_new_literal (
      G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the server did not answer in time");

  end_connection (self, NULL, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wrong_address (gpointer data)
{
  SioManager *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SioTarget) target =
      sio_settings_make_target (&self->settings, &error);

  /* It may have been set right in the meantime. */
  if (target != NULL) {
    sio_timer_stop (&self->timer);
    begin_opening (self);
  } else {
    end_connection (self, NULL, error);
  }
  return G_SOURCE_REMOVE;
}

static void
begin_opening (SioManager *self)
{
  static const char *const polling_first[] = { "polling", "websocket", NULL };
  static const char *const websocket_first[] = { "websocket", "polling", NULL };
  g_autoptr (SioTarget) target =
      sio_settings_make_target (&self->settings, NULL);
  SioConnectionSettings settings = {
    .target = target,
    .transports = (const char *const *) self->settings.transports,
    .revision = self->revision,
    .knows_revision = self->knows_revision,
    .timeout = self->settings.timeout,
    .limits = sio_limits_peek (self->limits),
  };

  self->state = STATE_OPENING;
  if (target == NULL) {
    self->timer = sio_timer_start (self->context, 0, on_wrong_address, self);
    return;
  }
  if (target->tls && target->insecure)
    g_warning ("the certificate of %s is not checked", target->host);
  /* What is in the way of a WebSocket is not waited for each time: the upgrade
   * shows whether it still is. */
  if (self->websocket_out
      && g_strv_contains (
          (const char *const *) self->settings.transports, "polling"))
    settings.transports = polling_first;
  if (self->upgraded && self->settings.remember_upgrade
      && g_strv_length (self->settings.transports) > 1)
    settings.transports = websocket_first;
  self->timer =
      sio_timer_start (self->context, self->settings.timeout, on_overdue, self);
  self->connection =
      sio_connection_new (self->context, &settings, &connection_handler, self);
}

GMainContext *
sio_manager_get_context (SioManager *self)
{
  return self->context;
}

guint
sio_manager_get_timeout (SioManager *self)
{
  return self->settings.timeout;
}

/* In milliseconds; 0: none. */
guint
sio_manager_get_ack_timeout (SioManager *self)
{
  return self->settings.ack_timeout;
}

/* How many bytes the server takes in one packet, the type's digit included. */
gsize
sio_manager_get_max_packet (SioManager *self)
{
  return (gsize) self->max_packet;
}

/* Whether what is sent now goes out at once. */
gboolean
sio_manager_is_writable (SioManager *self)
{
  return self->state == STATE_OPEN
      && sio_connection_is_writable (self->connection);
}

/* Returns FALSE without an open connection. */
gboolean
sio_manager_send (SioManager *self, const SioMessage *message)
{
  return self->state == STATE_OPEN
      && sio_connection_send_message (self->connection, message->text,
          message->length, message->attachments);
}

SioRoot
sio_manager_get_root (SioManager *self)
{
  return self->root;
}

/* The id of the session with a server of Socket.IO 2, NULL with another. */
const char *
sio_manager_get_old_session (SioManager *self)
{
  if (self->state != STATE_OPEN || self->revision != SIO_ENGINE_OLD_REVISION)
    return NULL;
  return sio_connection_get_handshake (self->connection)->sid;
}

/* A socket has said so to the server. */
void
sio_manager_socket_left (SioManager *self, SioSocket *socket)
{
  if (strcmp (sio_socket_get_nsp (socket), "/") == 0)
    self->root = SIO_ROOT_ON_REQUEST;
}

/* How many connections and attempts have ended so far. */
guint
sio_manager_get_epoch (SioManager *self)
{
  return self->epoch;
}

/* A socket wants to be connected. Returns whether there is a connection. */
gboolean
sio_manager_socket_began (SioManager *self)
{
  if (self->state == STATE_IDLE && !self->gone)
    begin_opening (self);
  return self->state == STATE_OPEN;
}

/* A socket wants no connection any more; without any the manager's ends. */
void
sio_manager_socket_ended (SioManager *self)
{
  if (!has_active_socket (self))
    reset (self);
}

/* A socket found no use in the connection. Returns FALSE, and does nothing, if
 * another one has. */
gboolean
sio_manager_fail (SioManager *self, const GError *error)
{
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket)) {
    if (sio_socket_get_connected (socket))
      return FALSE;
  }
  end_connection (self, SIO_REASON_TRANSPORT_ERROR, error);
  return TRUE;
}

/**
 * sio_manager_new:
 * @uri: the server: scheme (http, https, ws or wss), host and port; what else
 *   it has is its query, which is sent, and its path, which is not used
 *
 * Nothing is connected before a socket asks for it.
 *
 * Returns: (transfer full): a new manager
 *
 * Since: 0.1
 */
SioManager *
sio_manager_new (const char *uri)
{
  return g_object_new (SIO_TYPE_MANAGER, "uri", uri, NULL);
}

/**
 * sio_manager_get_socket:
 * @self: a manager
 * @nsp: (nullable): the namespace, at most 256 bytes without comma; %NULL is
 *   "/"
 *
 * Gives the socket for a namespace, always the same for the same one. It does
 * not connect before sio_socket_connect().
 *
 * Returns: (transfer none) (nullable): the socket, or %NULL if @nsp is none
 *
 * Since: 0.1
 */
SioSocket *
sio_manager_get_socket (SioManager *self, const char *nsp)
{
  g_autofree char *name = NULL;
  SioSocket *socket;

  g_return_val_if_fail (SIO_IS_MANAGER (self), NULL);

  if (nsp == NULL)
    nsp = "/";
  name = nsp[0] == '/' ? g_strdup (nsp) : g_strconcat ("/", nsp, NULL);
  if (!sio_packet_check_namespace (name, sio_limits_peek (self->limits), NULL))
    return NULL;
  socket = g_hash_table_lookup (self->sockets, name);
  if (socket == NULL) {
    socket = sio_socket_new (self, name);
    g_hash_table_insert (self->sockets, g_steal_pointer (&name), socket);
  }
  return socket;
}

/**
 * sio_manager_get_limits:
 * @self: a manager
 *
 * Returns: (transfer none): the limits for the packets of all its sockets,
 *   whose properties may be set at any time
 *
 * Since: 0.1
 */
SioLimits *
sio_manager_get_limits (SioManager *self)
{
  g_return_val_if_fail (SIO_IS_MANAGER (self), NULL);

  return self->limits;
}

/**
 * sio_manager_close:
 * @self: a manager
 *
 * Ends the connection and every attempt to get one, after what was sent. The
 * sockets that were connected emit #SioSocket::disconnect with "forced close"
 * before this function returns. sio_socket_connect() begins anew.
 *
 * Since: 0.1
 */
void
sio_manager_close (SioManager *self)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (GError) error = g_error_new_literal (
      SIO_ERROR, SIO_ERROR_DISCONNECTED, "the manager was closed");
  guint epoch;

  g_return_if_fail (SIO_IS_MANAGER (self));

  reset (self);
  epoch = self->epoch;
  sockets = dup_sockets (self);
  for (guint i = 0; i < sockets->len; i++) {
    if (is_concerned (sockets->pdata[i], epoch))
      sio_socket_engine_closed (
          sockets->pdata[i], SIO_REASON_FORCED_CLOSE, error, FALSE);
  }
}

/**
 * sio_manager_close_async:
 * @self: a manager
 * @callback: what to call when nothing is on its way any more
 * @data: what to give to @callback
 *
 * Does what sio_manager_close() does, if that has not been done, and waits until
 * what was sent before is out, or given up after 2 s. Who stops to run the main
 * context earlier may lose it.
 *
 * Since: 0.1
 */
void
sio_manager_close_async (
    SioManager *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SIO_IS_MANAGER (self));

  task = g_task_new (self, NULL, callback, data);
  g_task_set_source_tag (task, sio_manager_close_async);
  sio_manager_close (self);
  sio_lingering_wait (self->lingering, task);
}

/**
 * sio_manager_close_finish:
 * @self: a manager
 * @result: what the callback was given
 *
 * Ends sio_manager_close_async(), which cannot fail.
 *
 * Since: 0.1
 */
void
sio_manager_close_finish (SioManager *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
sio_manager_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SioManager *self = SIO_MANAGER (object);

  if (!sio_settings_set (&self->settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sio_manager_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SioManager *self = SIO_MANAGER (object);

  switch (id) {
    case PROP_LIMITS:
      g_value_set_object (value, self->limits);
      break;
    case PROP_TRANSPORT:
      g_value_set_string (value,
          self->connection != NULL
              ? sio_connection_get_transport (self->connection)
              : NULL);
      break;
    default:
      if (!sio_settings_get (&self->settings, id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_manager_dispose (GObject *object)
{
  SioManager *self = SIO_MANAGER (object);
  g_autoptr (GPtrArray) sockets = NULL;

  self->gone = TRUE;
  sio_manager_close (self);
  sockets = dup_sockets (self);
  for (guint i = 0; i < sockets->len; i++)
    sio_socket_detach (sockets->pdata[i]);
  g_hash_table_remove_all (self->sockets);
  G_OBJECT_CLASS (sio_manager_parent_class)->dispose (object);
}

static void
sio_manager_finalize (GObject *object)
{
  SioManager *self = SIO_MANAGER (object);

  sio_lingering_free (self->lingering);
  g_hash_table_unref (self->sockets);
  sio_packet_input_free (self->input);
  g_object_unref (self->limits);
  g_main_context_unref (self->context);
  sio_settings_clear (&self->settings);
  G_OBJECT_CLASS (sio_manager_parent_class)->finalize (object);
}

static void
sio_manager_class_init (SioManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_manager_set_property;
  object_class->get_property = sio_manager_get_property;
  object_class->dispose = sio_manager_dispose;
  object_class->finalize = sio_manager_finalize;

  sio_settings_install (object_class);
  /**
   * SioManager:limits:
   *
   * The limits for the packets of all sockets. The object stays the same, and
   * its properties may be set.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LIMITS,
      g_param_spec_object ("limits", NULL, NULL, SIO_TYPE_LIMITS,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  /**
   * SioManager:transport:
   *
   * What carries the connection now, %NULL without one.
   *
   * Since: 0.1
   */
  transport_property = g_param_spec_string (
      "transport", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (
      object_class, PROP_TRANSPORT, transport_property);

  /**
   * SioManager::reconnect-attempt:
   * @self: the manager
   * @attempt: how many were made since the last connection that held, this one
   *   included
   * @delay_ms: when it comes, in milliseconds from now
   *
   * A further attempt to connect is arranged.
   *
   * Since: 0.1
   */
  signals[RECONNECT_ATTEMPT] =
      g_signal_new ("reconnect-attempt", SIO_TYPE_MANAGER, G_SIGNAL_RUN_LAST, 0,
          NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
sio_manager_init (SioManager *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->epoch = 1;
  self->lingering = sio_lingering_new ();
  self->max_packet = DEFAULT_MAX_PACKET;
  self->revision = SIO_ENGINE_REVISION;
  self->limits = sio_limits_new ();
  self->input = sio_packet_input_new (
      self->context, self->limits, FALSE, &input_handler, self);
  self->sockets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}
