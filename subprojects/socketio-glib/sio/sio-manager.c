/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-manager.h"

#include "sio-backoff.h"
#include "sio-client-private.h"
#include "sio-engine.h"
#include "sio-error.h"
#include "sio-packet-input.h"
#include "sio-retry.h"
#include "sio-timer.h"
#include "sio-transport-ws.h"
#include "sio-ws-dial.h"

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

/* What is read of one message. Twice what Socket.IO servers take by default: a
 * message that another client sent may have grown on the way through. */
#define MAX_INCOMING (2 * 1000 * 1000)
/* What one packet may hold if the server does not say, which is what its own
 * default is. */
#define DEFAULT_MAX_PACKET (1000 * 1000)
/* What may wait in the connection before it is given up. */
#define MAX_BUFFERED (4 * 1024 * 1024)

typedef enum {
  STATE_IDLE,
  STATE_OPENING, /* until Engine.IO's handshake */
  STATE_OPEN,
  STATE_BACKOFF /* until the next attempt */
} State;

struct _SioManager {
  GObject parent_instance;

  GMainContext *context;
  char *uri;
  char *path;
  char *query;
  SoupMessageHeaders *headers;
  GTlsDatabase *tls_database;
  gboolean insecure_tls;
  gboolean reconnection;
  guint reconnection_delay;
  guint reconnection_delay_max;
  double randomization_factor;
  guint timeout;

  GHashTable *sockets; /* namespace -> SioSocket */
  State state;
  gboolean was_open; /* at least once: what refuses now may be passing */
  GSource *timer;    /* of the state: the connection is overdue, or due */
  GCancellable *dialing;
  SioEngine *engine;
  gint64 max_packet;
  SioLimits *limits;
  SioPacketInput *input;
  SioBackoff backoff;
};

enum {
  PROP_0,
  PROP_URI,
  PROP_PATH,
  PROP_QUERY,
  PROP_HEADERS,
  PROP_TLS_DATABASE,
  PROP_INSECURE_TLS,
  PROP_RECONNECTION,
  PROP_RECONNECTION_DELAY,
  PROP_RECONNECTION_DELAY_MAX,
  PROP_RANDOMIZATION_FACTOR,
  PROP_TIMEOUT,
  PROP_LIMITS,
  N_PROPS
};

enum { RECONNECT_ATTEMPT, N_SIGNALS };

static GParamSpec *props[N_PROPS];
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
  if (self->engine != NULL) {
    sio_engine_close (self->engine);
    g_clear_object (&self->engine);
  }
  if (self->dialing != NULL) {
    g_cancellable_cancel (self->dialing);
    g_clear_object (&self->dialing);
  }
  sio_timer_stop (&self->timer);
  sio_packet_input_reset (self->input);
  sio_backoff_closed (&self->backoff, g_get_monotonic_time ());
  self->state = STATE_IDLE;
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

  self->backoff.delay = self->reconnection_delay;
  self->backoff.delay_max =
      MAX (self->reconnection_delay, self->reconnection_delay_max);
  self->backoff.jitter = self->randomization_factor;
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
  GSource *timer;

  g_object_ref (self);
  reset (self);
  will_retry = self->reconnection && has_active_socket (self)
      && sio_retry_is_useful (error, self->was_open);
  if (will_retry)
    delay = begin_backoff (self, error);
  timer = self->timer;

  sockets = dup_sockets (self);
  for (guint i = 0; i < sockets->len; i++) {
    /* Each may do as it likes with the others and with the manager. */
    gboolean retry = will_retry && self->timer == timer;

    if (reason != NULL)
      sio_socket_engine_closed (sockets->pdata[i], reason, error, retry);
    else
      sio_socket_connect_failed (sockets->pdata[i], error, retry);
  }
  if (will_retry && self->timer == timer)
    g_signal_emit (
        self, signals[RECONNECT_ATTEMPT], 0, self->backoff.attempts, delay);
  g_object_unref (self);
}

static void
on_engine_opened (gpointer data)
{
  SioManager *self = g_object_ref (data);
  g_autoptr (GPtrArray) sockets = dup_sockets (self);
  gint64 max_packet = sio_engine_get_handshake (self->engine)->max_payload;

  sio_timer_stop (&self->timer);
  self->state = STATE_OPEN;
  self->was_open = TRUE;
  self->max_packet = max_packet > 0 ? max_packet : DEFAULT_MAX_PACKET;
  sio_backoff_opened (&self->backoff, g_get_monotonic_time ());
  for (guint i = 0; i < sockets->len && self->state == STATE_OPEN; i++)
    sio_socket_engine_opened (sockets->pdata[i]);
  g_object_unref (self);
}

static void
on_packet (gpointer data, SioPacket *packet)
{
  SioManager *self = data;
  SioSocket *socket = g_hash_table_lookup (self->sockets, packet->nsp);

  if (socket != NULL)
    sio_socket_handle_packet (socket, packet);
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
on_engine_message (gpointer data, const char *text, gsize length)
{
  SioManager *self = data;

  sio_packet_input_text (self->input, text, length);
}

static void
on_engine_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioManager *self = data;

  sio_packet_input_binary (self->input, bytes, length);
}

static void
on_engine_closed (gpointer data, const char *reason, const GError *error)
{
  SioManager *self = data;
  g_autoptr (GError) early = NULL;

  if (self->state == STATE_OPEN) {
    end_connection (self, reason, error);
    return;
  }
  if (error == NULL)
    error = early =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
            "the server closed the connection before its handshake");
  end_connection (self, NULL, error);
}

static const SioEngineHandler engine_handler = {
  .opened = on_engine_opened,
  .message = on_engine_message,
  .binary = on_engine_binary,
  .closed = on_engine_closed,
};

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer data)
{
  GWeakRef *weak = data;
  g_autoptr (SioManager) self = g_weak_ref_get (weak);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GBytes) received = NULL;
  g_autoptr (SioTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  g_weak_ref_clear (weak);
  g_free (weak);
  stream = sio_ws_dial_finish (result, &received, &error);
  /* Whoever cancelled it has moved on. */
  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->dialing);
  if (stream == NULL) {
    end_connection (self, NULL, error);
    return;
  }
  transport = sio_transport_ws_new (
      stream, SIO_WS_CLIENT, received, MAX_INCOMING, MAX_BUFFERED);
  self->engine = sio_engine_new_client (transport, &engine_handler, self);
}

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
  g_autoptr (SioWsTarget) target = NULL;

  target = sio_ws_target_new (self->uri, self->path, self->query, &error);
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
  SioWsTarget *target =
      sio_ws_target_new (self->uri, self->path, self->query, NULL);
  GWeakRef *weak;

  self->state = STATE_OPENING;
  if (target == NULL) {
    self->timer = sio_timer_start (self->context, 0, on_wrong_address, self);
    return;
  }
  if (self->headers != NULL)
    target->headers = soup_message_headers_ref (self->headers);
  if (self->tls_database != NULL)
    target->database = g_object_ref (self->tls_database);
  target->insecure = self->insecure_tls;
  if (target->tls && target->insecure)
    g_warning ("the certificate of %s is not checked", target->host);

  /* The answer may come after the manager's end. */
  weak = g_new (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  self->dialing = g_cancellable_new ();
  self->timer =
      sio_timer_start (self->context, self->timeout, on_overdue, self);
  sio_ws_dial_async (target, self->dialing, on_dialed, weak);
}

GMainContext *
sio_manager_get_context (SioManager *self)
{
  return self->context;
}

guint
sio_manager_get_timeout (SioManager *self)
{
  return self->timeout;
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
  return self->state == STATE_OPEN && sio_engine_is_writable (self->engine);
}

/* Returns FALSE without an open connection. */
gboolean
sio_manager_send (SioManager *self, const SioMessage *message)
{
  return self->state == STATE_OPEN
      && sio_engine_send_message (
          self->engine, message->text, message->length, message->attachments);
}

/* A socket wants to be connected. */
void
sio_manager_socket_began (SioManager *self, SioSocket *socket)
{
  if (self->state == STATE_OPEN)
    sio_socket_engine_opened (socket);
  else if (self->state == STATE_IDLE)
    begin_opening (self);
}

/* A socket wants no connection any more; without any the manager's ends. */
void
sio_manager_socket_ended (SioManager *self)
{
  if (!has_active_socket (self))
    reset (self);
}

/* A socket found the connection to be of no use. */
void
sio_manager_fail (SioManager *self, const GError *error)
{
  end_connection (self, SIO_REASON_TRANSPORT_ERROR, error);
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

  g_return_if_fail (SIO_IS_MANAGER (self));

  reset (self);
  sockets = dup_sockets (self);
  for (guint i = 0; i < sockets->len; i++)
    sio_socket_engine_closed (
        sockets->pdata[i], SIO_REASON_FORCED_CLOSE, error, FALSE);
}

static void
sio_manager_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SioManager *self = SIO_MANAGER (object);

  switch (id) {
    case PROP_URI:
      g_free (self->uri);
      self->uri = g_strdup (
          g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;
    case PROP_PATH:
      g_free (self->path);
      self->path = g_strdup (
          g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
      break;
    case PROP_QUERY:
      g_free (self->query);
      self->query = g_value_dup_string (value);
      break;
    case PROP_HEADERS:
      g_clear_pointer (&self->headers, soup_message_headers_unref);
      self->headers = g_value_dup_boxed (value);
      break;
    case PROP_TLS_DATABASE:
      g_set_object (&self->tls_database, g_value_get_object (value));
      break;
    case PROP_INSECURE_TLS:
      self->insecure_tls = g_value_get_boolean (value);
      break;
    case PROP_RECONNECTION:
      self->reconnection = g_value_get_boolean (value);
      break;
    case PROP_RECONNECTION_DELAY:
      self->reconnection_delay = g_value_get_uint (value);
      break;
    case PROP_RECONNECTION_DELAY_MAX:
      self->reconnection_delay_max = g_value_get_uint (value);
      break;
    case PROP_RANDOMIZATION_FACTOR:
      self->randomization_factor = g_value_get_double (value);
      break;
    case PROP_TIMEOUT:
      self->timeout = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
  }
}

static void
sio_manager_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SioManager *self = SIO_MANAGER (object);

  switch (id) {
    case PROP_URI:
      g_value_set_string (value, self->uri);
      break;
    case PROP_PATH:
      g_value_set_string (value, self->path);
      break;
    case PROP_TLS_DATABASE:
      g_value_set_object (value, self->tls_database);
      break;
    case PROP_INSECURE_TLS:
      g_value_set_boolean (value, self->insecure_tls);
      break;
    case PROP_RECONNECTION:
      g_value_set_boolean (value, self->reconnection);
      break;
    case PROP_RECONNECTION_DELAY:
      g_value_set_uint (value, self->reconnection_delay);
      break;
    case PROP_RECONNECTION_DELAY_MAX:
      g_value_set_uint (value, self->reconnection_delay_max);
      break;
    case PROP_RANDOMIZATION_FACTOR:
      g_value_set_double (value, self->randomization_factor);
      break;
    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
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
sio_manager_dispose (GObject *object)
{
  SioManager *self = SIO_MANAGER (object);
  g_autoptr (GPtrArray) sockets = NULL;

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

  g_hash_table_unref (self->sockets);
  sio_packet_input_free (self->input);
  g_object_unref (self->limits);
  g_main_context_unref (self->context);
  g_clear_object (&self->tls_database);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self->query);
  g_free (self->path);
  g_free (self->uri);
  G_OBJECT_CLASS (sio_manager_parent_class)->finalize (object);
}

static void
install_address_properties (void)
{
  /**
   * SioManager:uri:
   *
   * The server; see sio_manager_new().
   *
   * Since: 0.1
   */
  props[PROP_URI] = g_param_spec_string (
      "uri", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:path:
   *
   * Where on the server Engine.IO is, the slash at its end included.
   *
   * Since: 0.1
   */
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, "/socket.io/",
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:query:
   *
   * What is sent in the query besides Engine.IO's own: "a=b&c=d", with the
   * values percent-encoded where they need be; %NULL is nothing. Cannot be read
   * back, since it may hold a token.
   *
   * Since: 0.1
   */
  props[PROP_QUERY] = g_param_spec_string (
      "query", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:headers:
   *
   * Headers that are sent with the WebSocket handshake. Those that belong to the
   * handshake itself are left out. Cannot be read back, since they may hold a
   * token.
   *
   * Since: 0.1
   */
  props[PROP_HEADERS] = g_param_spec_boxed ("headers", NULL, NULL,
      SOUP_TYPE_MESSAGE_HEADERS, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:tls-database:
   *
   * Whom to trust; %NULL is whom the system trusts.
   *
   * Since: 0.1
   */
  props[PROP_TLS_DATABASE] = g_param_spec_object ("tls-database", NULL, NULL,
      G_TYPE_TLS_DATABASE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:insecure-tls:
   *
   * Whether any certificate is taken. Each connection then logs a warning.
   *
   * Since: 0.1
   */
  props[PROP_INSECURE_TLS] = g_param_spec_boolean ("insecure-tls", NULL, NULL,
      FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
}

static void
install_retry_properties (void)
{
  /**
   * SioManager:reconnection:
   *
   * Whether a connection that is lost, or cannot be made, is tried again by
   * itself.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION] = g_param_spec_boolean ("reconnection", NULL, NULL,
      TRUE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:reconnection-delay:
   *
   * The delay before the first further attempt, in milliseconds. It doubles
   * with each one, until a connection holds for 10 s.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION_DELAY] =
      g_param_spec_uint ("reconnection-delay", NULL, NULL, 1, G_MAXINT, 1000,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:reconnection-delay-max:
   *
   * The longest delay, in milliseconds.
   *
   * Since: 0.1
   */
  props[PROP_RECONNECTION_DELAY_MAX] =
      g_param_spec_uint ("reconnection-delay-max", NULL, NULL, 1, G_MAXINT,
          5000, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:randomization-factor:
   *
   * How much of each delay is left to chance: with 0.5 it is 50 to 100 % of what
   * it would be.
   *
   * Since: 0.1
   */
  props[PROP_RANDOMIZATION_FACTOR] =
      g_param_spec_double ("randomization-factor", NULL, NULL, 0.0, 1.0, 0.5,
          G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:timeout:
   *
   * How long a connection may take to stand, in milliseconds, and then again
   * how long the server may take to answer a socket's CONNECT.
   *
   * Since: 0.1
   */
  props[PROP_TIMEOUT] = g_param_spec_uint ("timeout", NULL, NULL, 1, G_MAXINT,
      20000, G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS);
  /**
   * SioManager:limits:
   *
   * The limits for the packets of all sockets. The object stays the same, and
   * its properties may be set.
   *
   * Since: 0.1
   */
  props[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL,
      SIO_TYPE_LIMITS, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void
sio_manager_class_init (SioManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sio_manager_set_property;
  object_class->get_property = sio_manager_get_property;
  object_class->dispose = sio_manager_dispose;
  object_class->finalize = sio_manager_finalize;

  install_address_properties ();
  install_retry_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);

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
  self->uri = g_strdup ("");
  self->max_packet = DEFAULT_MAX_PACKET;
  self->limits = sio_limits_new ();
  self->input = sio_packet_input_new (
      self->context, self->limits, FALSE, &input_handler, self);
  self->sockets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}
