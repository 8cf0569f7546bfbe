/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-connection.h"

#include "sio-error-private.h"
#include "sio-timer.h"
#include "sio-transport-polling.h"
#include "sio-transport-ws.h"
#include "sio-ws-dial.h"

/* A client's session of Engine.IO over the first transport that works, and then
 * over a better one if there is. It knows nothing of Socket.IO, and makes one
 * attempt. */

#define WEBSOCKET "websocket"
#define POLLING "polling"
/* How long a WebSocket to upgrade to may take. Nobody waits for it. */
#define UPGRADE_MS 10000
/* Engine.IO's code for a revision that is not spoken. */
#define UNSUPPORTED_REVISION 5

struct _SioConnection {
  GMainContext *context; /* the owner's */
  SioConnectionSettings settings;
  GStrv transports;
  const SioConnectionHandler *handler;
  gpointer data;

  guint at;         /* the transport that is tried, or carries the session */
  GError *refusal;  /* of the one revision, when the other is tried */
  gboolean unshown; /* a WebSocket has not shown the revision */
  gboolean open;
  GSource *turn; /* when it is the next transport's; or that of the upgrade */
  GCancellable *dialing;
  SioEngine *engine;
};

static void begin_transport (SioConnection *self);
static void try_transport (SioConnection *self);

gboolean
sio_connection_knows_transport (const char *name)
{
  return g_str_equal (name, WEBSOCKET) || g_str_equal (name, POLLING);
}

/* Ends what is done to get a session, or the session. */
static void
drop_session (SioConnection *self)
{
  if (self->dialing != NULL)
    g_cancellable_cancel (self->dialing);
  g_clear_object (&self->dialing);
  if (self->engine != NULL)
    sio_engine_close (self->engine);
  g_clear_object (&self->engine);
}

static void
drop (SioConnection *self)
{
  sio_timer_stop (&self->turn);
  drop_session (self);
}

static void
swap_revision (SioConnection *self)
{
  self->settings.revision = self->settings.revision == SIO_ENGINE_REVISION
      ? SIO_ENGINE_OLD_REVISION
      : SIO_ENGINE_REVISION;
  self->settings.knows_revision = FALSE;
}

/* Whether another transport may get through where one did not. What is wrong
 * with the address, the certificate or the machine at the other end is wrong for
 * each of them. */
static gboolean
is_of_transport (const GError *error)
{
  if (error->domain == G_TLS_ERROR || error->domain == G_RESOLVER_ERROR)
    return FALSE;
  if (error->domain == SIO_ERROR)
    return sio_error_get_retry_after (error) == 0;
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

/* Whether the server may only refuse the revision. npm's says so in a code;
 * python-engineio 3 gives none, and neither do proxies that let no WebSocket
 * through: then other transports come first. */
static gboolean
is_of_revision (SioConnection *self, const GError *error)
{
  int code = sio_error_get_engine_code (error);

  return self->refusal == NULL && sio_error_get_http_status (error) == 400
      && sio_error_get_retry_after (error) == 0
      && (code == UNSUPPORTED_REVISION
          || (code == -1 && self->transports[self->at + 1] == NULL));
}

/* The transport does not work. The last thing in a call from the context, as the
 * owner may free the connection. */
static void
attempt_failed (SioConnection *self, const GError *failure)
{
  g_autoptr (GError) error = NULL;

  if (is_of_revision (self, failure)) {
    g_info ("the other revision of Engine.IO is tried: %s", failure->message);
    drop_session (self);
    self->refusal = g_error_copy (failure);
    swap_revision (self);
    begin_transport (self);
    return;
  }
  drop (self);
  if (self->refusal != NULL) {
    /* It was not the revision: the first answer is the one to go by. */
    error = g_steal_pointer (&self->refusal);
    swap_revision (self);
  } else {
    error = g_error_copy (failure);
  }
  if (self->transports[self->at + 1] != NULL && is_of_transport (error)) {
    g_info ("%s does not get through: %s", self->transports[self->at],
        error->message);
    self->at++;
    try_transport (self);
    return;
  }
  self->handler->closed (self->data, NULL, error);
}

static gboolean
on_turn_over (gpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (
      G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the server did not answer in time");

  attempt_failed (data, error);
  return G_SOURCE_REMOVE;
}

/* Though a WebSocket has just not got through: that may have passed, and nobody
 * waits for it. */
static gboolean
may_upgrade (SioConnection *self)
{
  return g_str_equal (self->transports[self->at], POLLING)
      && g_strv_contains ((const char *const *) self->transports, WEBSOCKET)
      && sio_engine_get_handshake (self->engine)->websocket;
}

/* Takes over what was dialed; NULL if that failed. The caller returns if there
 * is neither a stream nor an error: the dialing was given up. */
static SioTransport *
finish_dialing (GAsyncResult *result, SioConnection *self, GError **error)
{
  g_autoptr (GBytes) received = NULL;
  g_autoptr (GIOStream) stream = sio_ws_dial_finish (result, &received, error);

  if (stream == NULL)
    return NULL;
  g_clear_object (&self->dialing);
  return sio_transport_ws_new (stream, SIO_WS_CLIENT, received,
      self->settings.limits->max_message_bytes,
      self->settings.limits->max_unsent_bytes);
}

static void
on_upgrade_dialed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SioTransport) transport = finish_dialing (result, data, &error);
  SioConnection *self = data;

  /* Whoever cancelled it may have freed the connection. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->dialing);
  sio_timer_stop (&self->turn);
  if (transport != NULL)
    sio_engine_upgrade (self->engine, transport);
  else
    g_info ("the session stays on " POLLING ": %s", error->message);
}

static void
dial (SioConnection *self, const char *session, GAsyncReadyCallback callback)
{
  g_autoptr (GMainContextPusher) pusher G_GNUC_UNUSED =
      g_main_context_pusher_new (self->context);
  g_autofree char *resource = sio_target_dup_resource (
      self->settings.target, self->settings.revision, WEBSOCKET, session);

  self->dialing = g_cancellable_new ();
  sio_ws_dial_async (
      self->settings.target, resource, self->dialing, callback, self);
}

/* A server must not own our timers. */
static gboolean
check_period (SioConnection *self, guint period, GError **error)
{
  const SioLimitValues *limits = self->settings.limits;

  if (period >= limits->min_ping_period && period <= limits->max_ping_period)
    return TRUE;
  g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
      "Engine.IO: a ping interval or timeout of %u ms is out of range", period);
  return FALSE;
}

static gboolean
on_upgrade_overdue (gpointer data)
{
  SioConnection *self = data;

  sio_timer_stop (&self->turn);
  g_cancellable_cancel (self->dialing);
  g_clear_object (&self->dialing);
  g_info ("the session stays on " POLLING ": a WebSocket takes too long");
  return G_SOURCE_REMOVE;
}

static void
on_opened (gpointer data)
{
  SioConnection *self = data;
  const SioEngineHandshake *handshake = sio_engine_get_handshake (self->engine);
  g_autoptr (GError) error = NULL;

  if (!check_period (self, handshake->ping_interval, &error)
      || !check_period (self, handshake->ping_timeout, &error)) {
    attempt_failed (self, error);
    return;
  }
  sio_timer_stop (&self->turn);
  g_clear_error (&self->refusal);
  self->open = TRUE;
  self->settings.revision =
      sio_transport_get_revision (sio_engine_get_transport (self->engine));
  if (may_upgrade (self)) {
    dial (self, handshake->sid, on_upgrade_dialed);
    self->turn =
        sio_timer_start (self->context, UPGRADE_MS, on_upgrade_overdue, self);
  }
  self->handler->opened (self->data);
}

static void
on_message (gpointer data, const char *text, gsize length)
{
  SioConnection *self = data;

  self->handler->message (self->data, text, length);
}

static void
on_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioConnection *self = data;

  self->handler->binary (self->data, bytes, length);
}

/* To a WebSocket of before 4.5 that is of Socket.IO 2, and takes its time to let
 * us in, one must not say CONNECT: it lets us in twice. The answer to a poll
 * shows what it is, and the WebSocket comes after it. */
static gboolean
on_unshown (gpointer data)
{
  static const char *const asking_first[] = { POLLING, WEBSOCKET, NULL };
  SioConnection *self = data;

  if (self->unshown
      || !g_strv_contains (
          (const char *const *) self->transports + self->at + 1, POLLING))
    return FALSE;
  drop (self);
  self->unshown = TRUE;
  g_strfreev (self->transports);
  self->transports = g_strdupv ((char **) asking_first);
  self->at = 0;
  try_transport (self);
  return TRUE;
}

static void
on_upgraded (gpointer data)
{
  SioConnection *self = data;

  self->handler->upgraded (self->data);
}

static void
on_closed (gpointer data, const char *reason, const GError *error)
{
  SioConnection *self = data;
  g_autoptr (GError) early = NULL;

  if (self->open) {
    drop (self);
    self->handler->closed (self->data, reason, error);
    return;
  }
  if (error == NULL)
    error = early =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
            "the server closed the connection before its handshake");
  attempt_failed (self, error);
}

static const SioEngineHandler engine_handler = {
  .opened = on_opened,
  .message = on_message,
  .binary = on_binary,
  .upgraded = on_upgraded,
  .unshown = on_unshown,
  .closed = on_closed,
};

/* What is made here keeps to the thread-default context, which need not be the
 * owner's when the application's loop calls us. */
static void
begin_session (SioConnection *self, SioTransport *transport)
{
  g_autoptr (GMainContextPusher) pusher G_GNUC_UNUSED =
      g_main_context_pusher_new (self->context);

  sio_transport_set_revision (transport, self->settings.revision);
  self->engine = sio_engine_new_client (transport, &engine_handler, self);
  if (self->settings.knows_revision)
    sio_engine_expect_no_greeting (self->engine);
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SioTransport) transport = finish_dialing (result, data, &error);

  /* Whoever cancelled it may have freed the connection. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (transport != NULL)
    begin_session (data, transport);
  else
    attempt_failed (data, error);
}

static void
begin_transport (SioConnection *self)
{
  if (g_str_equal (self->transports[self->at], WEBSOCKET)) {
    dial (self, NULL, on_dialed);
  } else {
    const SioLimitValues *limits = self->settings.limits;
    g_autoptr (GMainContextPusher) pusher G_GNUC_UNUSED =
        g_main_context_pusher_new (self->context);
    g_autoptr (SioTransport) transport = sio_transport_polling_new (
        self->settings.target, self->settings.revision,
        limits->max_message_bytes, limits->max_body_bytes,
        limits->max_payload_packets, limits->max_unsent_bytes);

    begin_session (self, transport);
  }
}

static void
try_transport (SioConnection *self)
{
  guint left = g_strv_length (self->transports + self->at);

  /* Who comes last has what is left of the owner's patience. */
  if (left > 1)
    self->turn = sio_timer_start (
        self->context, self->settings.timeout / left, on_turn_over, self);
  begin_transport (self);
}

/* Begins to connect; what comes of it is told by @handler, from @context, which
 * must live as long. */
SioConnection *
sio_connection_new (GMainContext *context,
    const SioConnectionSettings *settings, const SioConnectionHandler *handler,
    gpointer data)
{
  SioConnection *self = g_new0 (SioConnection, 1);

  self->context = context;
  self->settings = *settings;
  sio_target_ref (self->settings.target);
  self->transports = g_strdupv ((char **) settings->transports);
  self->handler = handler;
  self->data = data;
  try_transport (self);
  return self;
}

/* Ends it after what was sent. */
void
sio_connection_free (SioConnection *self)
{
  drop (self);
  g_clear_error (&self->refusal);
  sio_target_unref (self->settings.target);
  g_strfreev (self->transports);
  g_free (self);
}

/* Returns FALSE if the session is not open. */
gboolean
sio_connection_send_message (
    SioConnection *self, const char *text, gsize length, GPtrArray *attachments)
{
  return self->engine != NULL
      && sio_engine_send_message (self->engine, text, length, attachments);
}

/* Whether what is sent now goes out at once. */
gboolean
sio_connection_is_writable (SioConnection *self)
{
  return self->engine != NULL && sio_engine_is_writable (self->engine);
}

/* What the handshake said; only of an open session. */
const SioEngineHandshake *
sio_connection_get_handshake (SioConnection *self)
{
  return sio_engine_get_handshake (self->engine);
}

/* What it is that carries the session, or may come to; nullable. */
gpointer
sio_connection_peek_transport (SioConnection *self)
{
  return self->engine != NULL ? sio_engine_get_transport (self->engine) : NULL;
}

/* What carries the session; NULL without one. */
const char *
sio_connection_get_transport (SioConnection *self)
{
  return self->open && self->engine != NULL
      ? sio_transport_get_name (sio_engine_get_transport (self->engine))
      : NULL;
}

guint
sio_connection_get_revision (SioConnection *self)
{
  return self->settings.revision;
}

/* The server seems to speak the revision before. Returns FALSE if it has shown
 * that it does not. */
gboolean
sio_connection_set_old (SioConnection *self)
{
  if (!sio_engine_set_old (self->engine))
    return FALSE;
  self->settings.revision = SIO_ENGINE_OLD_REVISION;
  return TRUE;
}
