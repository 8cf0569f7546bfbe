/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-engine-server.h"

#include "sio-error.h"
#include "sio-soup-body.h"
#include "sio-soup-exchange.h"
#include "sio-limits-private.h"
#include "sio-listener.h"
#include "sio-random-id.h"
#include "sio-request-check.h"
#include "sio-tally.h"
#include "sio-timer.h"
#include "sio-transport-held.h"
#include "sio-transport-ws.h"

#include <string.h>

/* Engine.IO at a path of a SoupServer: requests become sessions, or belong to
 * one. It knows nothing of what is said in them.
 *
 * libsoup's WebSocket handler is not used: it writes into the answer of a
 * request that is held on the same path. */

/* How long after the end of a session a poll may take that is owed an answer. */
#define CROSSING_MS 1000

struct _SioEngineServer {
  GObject parent_instance;

  const SioServerSettings *settings;
  SioLimits *limits;
  SioEngineServerFunc func; /* NULL once its owner is gone */
  gpointer data;

  SoupServer *soup;                 /* NULL unless attached */
  gboolean refusing;                /* there are no new sessions */
  void (*finished) (gpointer data); /* to be called with the last of the old */
  char *path;           /* of the handler, without a slash at its end */
  GHashTable *sessions; /* id -> Session */
  SioTally *addresses;  /* that they come from */
  SioBudget *budget;    /* for what clients have begun to send */
  SioBudget *unsent;    /* and for what waits for them */
};

typedef struct {
  SioEngineServer *server;
  char *sid;
  char *address;
  SioEngine *engine;      /* NULL while it is made, and after its end */
  SioTransportHeld *held; /* NULL if it did not begin with polling */
  GSource *crossing;      /* a poll is still to be answered */
} Session;

/* A POST that has begun: what becomes of it is told to the transport, or that it
 * went away. */
typedef struct {
  SioTransportHeld *held; /* NULL once told */
} Post;

static const char post_key[] = "sio-post";

G_DEFINE_FINAL_TYPE (SioEngineServer, sio_engine_server, G_TYPE_OBJECT)

static void
session_free (gpointer data)
{
  Session *session = data;

  sio_timer_stop (&session->crossing);
  sio_tally_remove (session->server->addresses, session->address);
  g_clear_object (&session->engine);
  g_clear_object (&session->held);
  g_free (session->address);
  g_free (session->sid);
  g_free (session);
}

static const char *
lookup (GHashTable *query, const char *name)
{
  return query != NULL ? g_hash_table_lookup (query, name) : NULL;
}

static Session *
find_session (SioEngineServer *self, GHashTable *query)
{
  const char *sid = lookup (query, "sid");

  return sid != NULL ? g_hash_table_lookup (self->sessions, sid) : NULL;
}

static SioSessionKind
classify_session (SioEngineServer *self, GHashTable *query)
{
  Session *session;

  if (lookup (query, "sid") == NULL)
    return SIO_SESSION_NONE;
  session = find_session (self, query);
  if (session != NULL && session->crossing != NULL
      && sio_transport_held_is_expecting (session->held))
    return SIO_SESSION_ENDED;
  if (session == NULL || session->engine == NULL)
    return SIO_SESSION_UNKNOWN;
  return session->held != NULL
          && sio_engine_get_transport (session->engine)
              == SIO_TRANSPORT (session->held)
      ? SIO_SESSION_POLLING
      : SIO_SESSION_WEBSOCKET;
}

static void
refuse (SoupServerMessage *message, const SioRefusal *refusal)
{
  g_autofree char *body = sio_refusal_print (refusal);

  soup_server_message_set_status (message, refusal->status, NULL);
  soup_server_message_set_response (
      message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
}

static SioRequestKind
check (SioEngineServer *self, SoupServerMessage *message, GHashTable *query,
    const SioRefusal **refusal)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  const SioRequest request = {
    .method = soup_server_message_get_method (message),
    .revision = lookup (query, "EIO"),
    .transport = lookup (query, "transport"),
    .session = classify_session (self, query),
    .upgrade = soup_message_headers_get_one (headers, "Upgrade") != NULL,
    .ambiguous =
        soup_message_headers_get_list (headers, "Transfer-Encoding") != NULL
        && soup_message_headers_get_list (headers, "Content-Length") != NULL,
    .host = soup_message_headers_get_list (headers, "Host"),
    .machine = g_get_host_name (),
    .allowed_hosts = (const char *const *) self->settings->allowed_hosts,
    .origin = soup_message_headers_get_list (headers, "Origin"),
    .allowed_origins = (const char *const *) self->settings->allowed_origins,
    .allow_old = self->settings->allow_eio3,
  };

  return sio_request_check (&request, refusal);
}

/* Makes a session of what the client connects with. */
static void
arrive (SioEngineServer *self, SoupServerMessage *message, const char *sid,
    SioTransport *transport, SioTransportHeld *held, GHashTable *query)
{
  Session *session = g_new0 (Session, 1);
  const SioEngineHandshake handshake = {
    .sid = (char *) sid,
    .ping_interval = self->settings->ping_interval,
    .ping_timeout = self->settings->ping_timeout,
    .max_payload = self->settings->max_payload,
    .websocket = held != NULL,
  };
  SioEngineArrival arrival = { transport, &handshake, query, NULL,
    sio_engine_server_get_budget (self) };
  SioEngine *engine;

  session->server = self;
  session->sid = g_strdup (sid);
  arrival.address = session->address = sio_listener_dup_address (
      soup_server_message_get_remote_address (message));
  if (held != NULL)
    session->held = g_object_ref (held);
  sio_tally_add (self->addresses, session->address);
  g_hash_table_insert (self->sessions, session->sid, session);
  engine = self->func (self->data, &arrival);
  /* It may be gone again. */
  session = g_hash_table_lookup (self->sessions, sid);
  if (session != NULL && engine != NULL)
    session->engine = engine;
  else
    g_clear_object (&engine);
}

static gboolean
has_room (SioEngineServer *self, SoupServerMessage *message)
{
  g_autofree char *address = sio_listener_dup_address (
      soup_server_message_get_remote_address (message));

  if (self->refusing)
    return FALSE;
  if (sio_tally_total (self->addresses) < self->settings->max_sessions
      && sio_tally_count (self->addresses, address)
          < self->settings->max_sessions_per_address)
    return TRUE;
  g_info ("too many sessions, one from %s is refused", address);
  return FALSE;
}

static SioBudget *
get_unsent (SioEngineServer *self)
{
  sio_budget_set_max (self->unsent, self->settings->max_unsent_total);
  return self->unsent;
}

static void
open_polling (
    SioEngineServer *self, SoupServerMessage *message, GHashTable *query)
{
  gboolean old = strcmp (lookup (query, "EIO"), "3") == 0;
  const SioHeldLimits limits = {
    .max_body = self->settings->max_payload,
    .max_packets = sio_limits_peek (self->limits)->max_payload_packets,
    .max_buffered = self->settings->max_unsent,
  };
  g_autofree char *sid = sio_random_id_new ();
  g_autoptr (SioTransportHeld) held = NULL;

  if (sid == NULL || !has_room (self, message)) {
    refuse (message, &sio_refusal_too_many);
    return;
  }
  held = sio_transport_held_new (
      old ? SIO_ENGINE_OLD_REVISION : SIO_ENGINE_REVISION,
      lookup (query, "b64") != NULL, &limits, get_unsent (self));
  arrive (self, message, sid, SIO_TRANSPORT (held), held, query);
  sio_transport_held_poll (held, sio_soup_exchange_new (message));
}

/* The answer to the handshake is out: the connection is taken from libsoup. */
static void
on_switched (SoupServerMessage *message, gpointer data)
{
  SioEngineServer *self = data;
  g_autoptr (GUri) uri = g_uri_ref (soup_server_message_get_uri (message));
  const char *text = g_uri_get_query (uri);
  g_autoptr (GHashTable) query = soup_form_decode (text != NULL ? text : "");
  g_autofree char *sid = sio_random_id_new ();
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (SioTransport) transport = NULL;
  Session *session;

  sio_listener_set_deadline (
      soup_server_message_get_remote_address (message), 0);
  /* libsoup lets go of it. */
  g_object_ref (message);
  stream = soup_server_message_steal_connection (message);
  if (stream != NULL) {
    transport = sio_transport_ws_new (stream, SIO_WS_SERVER, NULL,
        self->settings->max_payload, self->settings->max_unsent);
    sio_transport_ws_limit_unfinished (SIO_TRANSPORT_WS (transport),
        sio_engine_server_get_budget (self), self->settings->exchange_timeout);
    sio_transport_ws_limit_unsent (
        SIO_TRANSPORT_WS (transport), get_unsent (self));
  }
  session = find_session (self, query);
  if (transport == NULL) {
    g_object_unref (message);
    return;
  }
  if (session != NULL && session->engine != NULL) {
    sio_engine_offer (
        session->engine, transport, self->settings->upgrade_timeout);
  } else if (lookup (query, "sid") != NULL || sid == NULL || self->soup == NULL
      || !has_room (self, message)) {
    sio_transport_close (transport);
  } else {
    if (strcmp (lookup (query, "EIO"), "3") == 0)
      sio_transport_set_revision (transport, SIO_ENGINE_OLD_REVISION);
    arrive (self, message, sid, transport, NULL, query);
  }
  g_object_unref (message);
}

static void
switch_to_websocket (
    SioEngineServer *self, SoupServerMessage *message, GHashTable *query)
{
  if (lookup (query, "sid") == NULL && !has_room (self, message)) {
    refuse (message, &sio_refusal_too_many);
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
post_free (gpointer data)
{
  Post *post = data;
  g_autoptr (SioTransportHeld) held = g_steal_pointer (&post->held);

  g_free (post);
  if (held != NULL) {
    g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR,
        G_IO_ERROR_CONNECTION_CLOSED, "a request ended before its body did");

    sio_transport_held_abort_post (held, error);
  }
}

/* The body has come. */
static void
finish_post (SioEngineServer *self, SoupServerMessage *message)
{
  Post *post = g_object_get_data (G_OBJECT (message), post_key);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (SioTransportHeld) held = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (message), NULL);
  gconstpointer data;
  gsize length;

  if (post == NULL || post->held == NULL) {
    refuse (message, &sio_refusal_bad_request);
    return;
  }
  held = g_steal_pointer (&post->held);
  sio_soup_body_taken (message);
  bytes = soup_message_body_flatten (body);
  /* The answer may take its time. */
  soup_message_body_truncate (body);
  data = g_bytes_get_data (bytes, &length);
  sio_transport_held_post (held, sio_soup_exchange_new (message),
      data != NULL ? data : "", length,
      g_strcmp0 (type, "application/octet-stream") == 0);
}

static void
finish_if_idle (SioEngineServer *self)
{
  if (self->finished == NULL || g_hash_table_size (self->sessions) > 0)
    return;
  sio_engine_server_detach (self);
}

static gboolean
on_crossing_over (gpointer data)
{
  Session *session = data;
  g_autoptr (SioEngineServer) self = g_object_ref (session->server);

  g_hash_table_remove (self->sessions, session->sid);
  finish_if_idle (self);
  return G_SOURCE_REMOVE;
}

/* Keeps what is left of a session for the poll that is to come, or until the
 * context gets to it if there is none. */
static void
await_crossing (Session *session)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  sio_timer_stop (&session->crossing);
  session->crossing = sio_timer_start (context,
      sio_transport_held_is_expecting (session->held) ? CROSSING_MS : 0,
      on_crossing_over, session);
}

static void
poll (Session *session, SoupServerMessage *message)
{
  g_autoptr (SioTransportHeld) held = g_object_ref (session->held);
  gboolean crossing = session->crossing != NULL;

  sio_transport_held_poll (held, sio_soup_exchange_new (message));
  if (crossing)
    await_crossing (session);
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  g_autoptr (SioEngineServer) self = g_object_ref (data);
  const SioRefusal *refusal;

  if (!sio_engine_server_owns (self, path)) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  switch (check (self, message, query, &refusal)) {
    case SIO_REQUEST_OPEN:
      open_polling (self, message, query);
      break;
    case SIO_REQUEST_WEBSOCKET:
      switch_to_websocket (self, message, query);
      break;
    case SIO_REQUEST_POLL:
      poll (find_session (self, query), message);
      break;
    case SIO_REQUEST_POST:
      finish_post (self, message);
      break;
    case SIO_REQUEST_REFUSED:
    default:
      refuse (message, refusal);
      break;
  }
}

/* What still comes of its body is not kept. */
static void
refuse_early (SoupServerMessage *message, const SioRefusal *refusal)
{
  refuse (message, refusal);
  sio_soup_body_discard (message);
}

static void
refuse_length (SoupServerMessage *message)
{
  static const SioRefusal too_large = { 413, 3,
    "Bad request: the body is too large" };
  Post *post = g_object_get_data (G_OBJECT (message), post_key);
  g_autoptr (SioTransportHeld) held = NULL;
  g_autoptr (GError) error = NULL;

  refuse_early (message, &too_large);
  if (post == NULL)
    return;
  held = g_steal_pointer (&post->held);
  if (held == NULL)
    return;
  error = g_error_new_literal (
      SIO_ERROR, SIO_ERROR_TOO_LARGE, "Engine.IO: a body is over the limit");
  sio_transport_held_abort_post (held, error);
}

static void
begin_post (SioEngineServer *self, SoupServerMessage *message, Session *session)
{
  g_autoptr (SioTransportHeld) held = g_object_ref (session->held);
  Post *post;

  if (!sio_transport_held_begin_post (held)) {
    refuse_early (message, &sio_refusal_bad_request);
    return;
  }
  post = g_new0 (Post, 1);
  post->held = g_steal_pointer (&held);
  g_object_set_data_full (G_OBJECT (message), post_key, post, post_free);
  sio_soup_body_limit (message, self->settings->max_payload,
      sio_engine_server_get_budget (self), refuse_length);
}

/* A page of another origin may read what it is answered, if it may connect. */
static void
allow_origin (SoupServerMessage *message)
{
  const char *origin = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Origin");
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  if (origin == NULL)
    return;
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
  soup_message_headers_replace (headers, "Vary", "Origin");
}

/* The head of a request is there, and its body may come. */
static void
on_early (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  g_autoptr (SioEngineServer) self = g_object_ref (data);
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);
  const SioRefusal *refusal;

  /* libsoup 3.2 keeps a file descriptor for each connection that is kept alive
   * and closed by the client. */
  soup_message_headers_replace (headers, "Connection", "close");
  sio_soup_exchange_keep_server (message, soup);
  sio_soup_exchange_limit_unsent (message, get_unsent (self));
  sio_listener_set_deadline (soup_server_message_get_remote_address (message),
      self->settings->exchange_timeout);
  if (!sio_engine_server_owns (self, path))
    return;
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  switch (check (self, message, query, &refusal)) {
    case SIO_REQUEST_REFUSED:
      refuse_early (message, refusal);
      return;
    case SIO_REQUEST_POST:
      begin_post (self, message, find_session (self, query));
      break;
    case SIO_REQUEST_OPEN:
    case SIO_REQUEST_WEBSOCKET:
    case SIO_REQUEST_POLL:
    default:
      break;
  }
  allow_origin (message);
}

/* For what clients have begun to send, requests for pages included. */
SioBudget *
sio_engine_server_get_budget (SioEngineServer *self)
{
  sio_budget_set_max (self->budget, self->settings->max_unfinished);
  return self->budget;
}

/* Whether a request to that path is for Engine.IO. libsoup gives all that begins
 * so. */
gboolean
sio_engine_server_owns (SioEngineServer *self, const char *path)
{
  return self->path != NULL
      && (strcmp (path, self->settings->path) == 0
          || strcmp (path, self->path) == 0);
}

/* The session has ended, as everybody knows by now. */
void
sio_engine_server_remove (SioEngineServer *self, const char *sid)
{
  Session *session = g_hash_table_lookup (self->sessions, sid);

  if (session == NULL)
    return;
  if (self->soup == NULL || session->held == NULL
      || !sio_transport_held_is_expecting (session->held)) {
    g_hash_table_remove (self->sessions, sid);
    return;
  }
  g_clear_object (&session->engine);
  await_crossing (session);
}

/* Takes requests to the path, until it is detached. */
gboolean
sio_engine_server_attach (
    SioEngineServer *self, SoupServer *soup, GError **error)
{
  gsize length = strlen (self->settings->path);

  if (self->settings->path[0] != '/') {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "the server's path must begin with a slash");
    return FALSE;
  }
  self->soup = g_object_ref (soup);
  if (length > 1 && self->settings->path[length - 1] == '/')
    length--;
  self->path = g_strndup (self->settings->path, length);
  soup_server_add_early_handler (soup, self->path, on_early, self, NULL);
  soup_server_add_handler (soup, self->path, on_request, self, NULL);
  return TRUE;
}

static gboolean
is_crossing (gpointer sid, gpointer session, gpointer data)
{
  return ((Session *) session)->crossing != NULL;
}

/* From now on there are no new sessions. */
void
sio_engine_server_refuse (SioEngineServer *self)
{
  self->refusing = TRUE;
}

/* With the sessions ended, goes on until their clients have got what they are
 * owed, then detaches itself and calls @finished. */
void
sio_engine_server_finish (
    SioEngineServer *self, void (*finished) (gpointer data))
{
  self->finished = finished;
  finish_if_idle (self);
}

/* Takes no requests any more; what clients are owed is lost. Sessions that have
 * not ended stay until they do. */
void
sio_engine_server_detach (SioEngineServer *self)
{
  void (*finished) (gpointer data) = g_steal_pointer (&self->finished);

  g_hash_table_foreach_remove (self->sessions, is_crossing, NULL);
  self->refusing = FALSE;
  if (self->soup == NULL)
    return;
  /* The early handler is one of the same path, and goes with the other. */
  soup_server_remove_handler (self->soup, self->path);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->soup);
  if (finished != NULL)
    finished (self->data);
}

static void
sio_engine_server_dispose (GObject *object)
{
  SioEngineServer *self = SIO_ENGINE_SERVER (object);

  sio_engine_server_detach (self);
  G_OBJECT_CLASS (sio_engine_server_parent_class)->dispose (object);
}

static void
sio_engine_server_finalize (GObject *object)
{
  SioEngineServer *self = SIO_ENGINE_SERVER (object);

  g_hash_table_unref (self->sessions);
  sio_tally_free (self->addresses);
  sio_budget_unref (self->budget);
  sio_budget_unref (self->unsent);
  g_object_unref (self->limits);
  G_OBJECT_CLASS (sio_engine_server_parent_class)->finalize (object);
}

static void
sio_engine_server_class_init (SioEngineServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sio_engine_server_dispose;
  object_class->finalize = sio_engine_server_finalize;
}

static void
sio_engine_server_init (SioEngineServer *self)
{
  self->sessions =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, session_free);
  self->addresses = sio_tally_new ();
  self->budget = sio_budget_new ();
  self->unsent = sio_budget_new ();
}

/* @settings and @data are those of its owner, whom it does not outlive but for
 * the duration of a call from libsoup. */
SioEngineServer *
sio_engine_server_new (const SioServerSettings *settings, SioLimits *limits,
    SioEngineServerFunc func, gpointer data)
{
  SioEngineServer *self = g_object_new (SIO_TYPE_ENGINE_SERVER, NULL);

  self->settings = settings;
  self->limits = g_object_ref (limits);
  self->func = func;
  self->data = data;
  return self;
}
