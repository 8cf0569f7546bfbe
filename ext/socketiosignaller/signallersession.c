/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallersession.h"

#include "signallererror.h"

#include "roomcontract.h"

#include <sio/sio.h>
#include <string.h>

/* A peer that floods ids costs us at most this many. */
#define MAX_PEERS 1024
/* Without a roster message nothing tells a slow server from an empty room. After
 * a loss that matters (who is missing then is gone), and nothing waits for it. */
#define REJOIN_QUIET_MS 2000
/* However many arrive one after the other, the roster is complete after this. */
#define MAX_QUIET_MS 5000
/* A connection that lasted this long is no reason to give up. */
#define STABLE_US (30 * G_USEC_PER_SEC)
/* Thrown out this often without a stable connection in between: not wanted. */
#define MAX_EVICTIONS 5

struct _SignallerSession {
  SignallerSettings *settings;
  Dialect *dialect;
  SignallerListener listener;
  gpointer data;
  GMainContext *context;

  SioManager *manager;
  /* Owned by the manager */
  SioSocket *socket;

  SessionState state;
  gboolean wanted;
  gboolean was_connected;
  gboolean was_joined;
  /* When the connection came up, monotonic; how often it was ended for us */
  gint64 up_since;
  guint n_evictions;

  /* The ids that were named as being in the room */
  GHashTable *peers;
  /* id -> user name fragment of our last description to it */
  GHashTable *ufrags;
  gboolean roster_complete;
  gint64 roster_deadline;
  /* Until the roster is complete, or the join is given up */
  GSource *roster_timer;
  /* Until a new attempt that the manager does not make by itself */
  GSource *retry_timer;
};

static void step (
    SignallerSession *self, SessionInput input, const GError *reason);

/* --- timers --- */

static void
clear_timer (GSource **timer)
{
  if (*timer != NULL) {
    g_source_destroy (*timer);
    g_clear_pointer (timer, g_source_unref);
  }
}

static void
set_timer (SignallerSession *self, GSource **timer, guint ms, GSourceFunc func)
{
  clear_timer (timer);
  *timer = g_timeout_source_new (ms);
  g_source_set_callback (*timer, func, self, NULL);
  g_source_attach (*timer, self->context);
}

static gboolean
on_retry (gpointer data)
{
  SignallerSession *self = data;

  clear_timer (&self->retry_timer);
  sio_socket_connect (self->socket);
  return G_SOURCE_REMOVE;
}

/* What the manager does not try again by itself, after the longest delay. */
static void
retry_later (SignallerSession *self)
{
  double jitter = g_random_double () * self->settings->randomization_factor;

  set_timer (self, &self->retry_timer,
      (guint) (self->settings->reconnection_delay_max * (1.0 - jitter)),
      on_retry);
}

/* --- saying something --- */

static TemplateVars *
new_vars (SignallerSession *self)
{
  TemplateVars *vars = template_vars_new ();

  template_vars_set_string (vars, "room", self->settings->room);
  template_vars_set_string (vars, "self", sio_socket_get_id (self->socket));
  return vars;
}

static gboolean
say (SignallerSession *self, DialectIntent intent, TemplateVars *vars,
    GError **error)
{
  g_autoptr (GPtrArray) messages =
      dialect_build (self->dialect, intent, vars, error);

  if (messages == NULL)
    return FALSE;
  for (guint i = 0; i < messages->len; i++) {
    DialectMessage *message = g_ptr_array_index (messages, i);

    if (!sio_socket_emit (self->socket, message->event, message->args, error))
      return FALSE;
  }
  return TRUE;
}

/* What goes to one peer: a failure is told, and is not the end. */
static void
say_to_peer (SignallerSession *self, DialectIntent intent, TemplateVars *vars)
{
  g_autoptr (GError) error = NULL;

  if (!say (self, intent, vars, &error))
    self->listener.warned (error, self->data);
}

static void
send_join (SignallerSession *self)
{
  g_autoptr (TemplateVars) vars = new_vars (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) words = NULL;

  template_vars_set_string (vars, "name", self->settings->name);
  template_vars_set_string (vars, "client_id", self->settings->client_id);
  if (self->settings->userdata != NULL)
    template_vars_set (
        vars, "userdata", json_node_copy (self->settings->userdata));
  if (say (self, DIALECT_JOIN, vars, &error))
    return;
  words = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
      "The dialect “%s” cannot say that we join: %s. Check the properties "
      "room, user-data and dialect.",
      dialect_get_name (self->dialect), error->message);
  step (self, SESSION_FATAL, words);
}

static void
send_leave (SignallerSession *self)
{
  g_autoptr (TemplateVars) vars = new_vars (self);
  g_autoptr (GError) error = NULL;

  if (!say (self, DIALECT_LEAVE, vars, &error))
    self->listener.warned (error, self->data);
}

/* --- the roster --- */

static void
complete_roster (SignallerSession *self)
{
  clear_timer (&self->roster_timer);
  if (self->roster_complete)
    return;
  self->roster_complete = TRUE;
  self->listener.roster_complete (self->data);
}

static gboolean
on_quiet (gpointer data)
{
  complete_roster (data);
  return G_SOURCE_REMOVE;
}

/* Begins anew with every arrival, but ends at the deadline. */
static void
wait_for_quiet (SignallerSession *self, guint quiet_ms)
{
  gint64 left = (self->roster_deadline - g_get_monotonic_time ())
      / G_TIME_SPAN_MILLISECOND;

  set_timer (self, &self->roster_timer,
      (guint) MIN ((gint64) quiet_ms, MAX (left, 0)), on_quiet);
}

static void await_roster (SignallerSession *self);

static gboolean
on_unanswered (gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error = NULL;

  clear_timer (&self->roster_timer);
  if (self->state == SESSION_IN_ROOM) {
    complete_roster (self);
    return G_SOURCE_REMOVE;
  }
  /* It was the right dialect before the loss: ask again. */
  if (self->was_joined) {
    send_join (self);
    if (self->state == SESSION_JOINING)
      await_roster (self);
    return G_SOURCE_REMOVE;
  }
  error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL,
      "The server did not answer “%s” in %u ms. Is “%s” the dialect of this "
      "application? Set the property dialect.",
      dialect_get_join_event (self->dialect), self->settings->timeout,
      dialect_get_name (self->dialect));
  step (self, SESSION_UNANSWERED, error);
  return G_SOURCE_REMOVE;
}

/* Without a roster message nothing answers a join: we are in at once. */
static void
await_roster (SignallerSession *self)
{
  guint quiet = dialect_get_roster_quiet (self->dialect);

  if (quiet == 0) {
    set_timer (
        self, &self->roster_timer, self->settings->timeout, on_unanswered);
    return;
  }
  self->roster_deadline =
      g_get_monotonic_time () + MAX_QUIET_MS * G_TIME_SPAN_MILLISECOND;
  wait_for_quiet (
      self, self->was_joined ? MAX (quiet, REJOIN_QUIET_MS) : quiet);
  step (self, SESSION_ENTERED, NULL);
}

static void
add_peer (SignallerSession *self, const RoomMember *member)
{
  if (g_hash_table_contains (self->peers, member->id)
      || g_hash_table_size (self->peers) >= MAX_PEERS)
    return;
  g_hash_table_add (self->peers, g_strdup (member->id));
  self->listener.peer_joined (member, self->data);
}

/* --- hearing something --- */

static void
refuse (SignallerSession *self, const char *reason)
{
  g_autoptr (GError) error = g_error_new (SIGNALLER_ERROR,
      SIGNALLER_ERROR_REFUSED,
      "The server does not let us into the room “%s”: "
      "%s",
      self->settings->room, reason != NULL ? reason : "it does not say why");

  step (self, SESSION_FATAL, error);
}

/* A listener may stop us in the middle: each step looks at the state again. */
static void
hear_arrivals (SignallerSession *self, const RoomEvent *event)
{
  for (guint i = 0; event->peers != NULL && i < event->peers->len
       && self->state == SESSION_IN_ROOM;
       i++)
    add_peer (self, g_ptr_array_index (event->peers, i));
  if (self->state != SESSION_IN_ROOM)
    return;
  if (event->kind == ROOM_EVENT_ROSTER)
    complete_roster (self);
  else if (!self->roster_complete
      && dialect_get_roster_quiet (self->dialect) > 0)
    wait_for_quiet (self, dialect_get_roster_quiet (self->dialect));
}

static void
hear (SignallerSession *self, const RoomEvent *event)
{
  if (event->kind == ROOM_EVENT_REFUSED) {
    if (self->state == SESSION_JOINING || self->state == SESSION_IN_ROOM)
      refuse (self, event->text);
    return;
  }
  /* Whatever else comes from the room shows that we are in it. */
  if (self->state == SESSION_JOINING)
    step (self, SESSION_ENTERED, NULL);
  if (self->state != SESSION_IN_ROOM)
    return;

  switch (event->kind) {
    case ROOM_EVENT_ROSTER:
    case ROOM_EVENT_PEER_JOINED:
      hear_arrivals (self, event);
      break;
    case ROOM_EVENT_PEER_LEFT:
      g_hash_table_remove (self->ufrags, event->peer);
      if (g_hash_table_remove (self->peers, event->peer))
        self->listener.peer_left (event->peer,
            event->text != NULL ? event->text : "left", self->data);
      break;
    default:
      self->listener.message (event, self->data);
      break;
  }
}

static void
on_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) event = dialect_parse (
      self->dialect, name, args, sio_socket_get_id (socket), &error);

  if (event != NULL)
    hear (self, event);
  else if (error != NULL)
    self->listener.warned (error, self->data);
  else if (!dialect_knows (self->dialect, name))
    self->listener.foreign (name, args, self->data);
}

/* --- the connection --- */

static void
on_connect (SioSocket *socket, gpointer data)
{
  SignallerSession *self = data;

  clear_timer (&self->retry_timer);
  self->was_connected = TRUE;
  self->up_since = g_get_monotonic_time ();
  step (self, self->wanted ? SESSION_UP_WANTED : SESSION_UP, NULL);
}

static void
on_connect_error (
    SioSocket *socket, const GError *cause, gboolean will_retry, gpointer data)
{
  SignallerSession *self = data;
  gboolean fatal;
  g_autoptr (GError) error = signaller_error_explain (cause,
      self->settings->uri, self->settings->path, self->settings->nsp, &fatal);

  /* A proxy answers with 404 while it looks for a server that restarts. */
  if (self->was_connected && error->code != SIGNALLER_ERROR_TLS
      && error->code != SIGNALLER_ERROR_REFUSED)
    fatal = FALSE;
  if (!fatal && !will_retry)
    retry_later (self);
  step (self, fatal ? SESSION_FATAL : SESSION_DOWN, error);
}

static void
on_disconnect (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error =
      g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
          "The connection to the server is lost: %s", reason);

  if (self->state == SESSION_IDLE || self->state == SESSION_FAILED)
    return;
  if (g_get_monotonic_time () - self->up_since > STABLE_US)
    self->n_evictions = 0;
  /* The server ended it on purpose, which is also how one says goodbye that
   * restarts: come back, but not for ever. */
  if (!will_retry && ++self->n_evictions >= MAX_EVICTIONS) {
    g_clear_error (&error);
    error = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_REFUSED,
        "The server ended the connection %u times (%s). Check the properties "
        "auth, room and dialect.",
        self->n_evictions, reason);
    step (self, SESSION_FATAL, error);
    return;
  }
  if (!will_retry)
    retry_later (self);
  step (self, SESSION_DOWN, error);
}

static void
close_connection (SignallerSession *self)
{
  clear_timer (&self->roster_timer);
  clear_timer (&self->retry_timer);
  sio_socket_disconnect (self->socket);
  sio_manager_close (self->manager);
}

/* --- the state machine --- */

static void
act (SignallerSession *self, SessionAction action, const GError *reason)
{
  switch (action) {
    case SESSION_DO_NOTHING:
      break;
    case SESSION_DO_CONNECT:
      sio_socket_connect (self->socket);
      break;
    case SESSION_DO_JOIN:
      g_hash_table_remove_all (self->peers);
      g_hash_table_remove_all (self->ufrags);
      self->roster_complete = FALSE;
      send_join (self);
      if (self->state == SESSION_JOINING)
        await_roster (self);
      break;
    case SESSION_DO_ENTER:
      self->was_joined = TRUE;
      self->listener.joined (sio_socket_get_id (self->socket), self->data);
      break;
    case SESSION_DO_REPORT:
      self->listener.retrying (reason, self->data);
      break;
    case SESSION_DO_LOSE:
      clear_timer (&self->roster_timer);
      self->listener.disconnected (reason->message, TRUE, self->data);
      break;
    case SESSION_DO_FAIL:
      close_connection (self);
      self->listener.disconnected (reason->message, FALSE, self->data);
      self->listener.failed (reason, self->data);
      break;
    case SESSION_DO_LEAVE:
      send_leave (self);
      close_connection (self);
      self->listener.left ("left", self->data);
      break;
    case SESSION_DO_CLOSE:
      close_connection (self);
      break;
  }
}

static void
step (SignallerSession *self, SessionInput input, const GError *reason)
{
  SessionState before = self->state;
  SessionStep next;

  if (!session_table_step (before, input, &next)) {
    g_debug ("%s does not happen in state %s", session_input_to_string (input),
        session_state_to_string (before));
    return;
  }
  self->state = next.next;
  if (next.next != before)
    self->listener.state (
        next.next, reason != NULL ? reason->message : "", self->data);
  /* The listener may have stopped us meanwhile. */
  if (self->state == next.next)
    act (self, next.action, reason);
}

/* --- from outside --- */

static char *
query_to_text (JsonNode *query)
{
  GString *text = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, json_node_get_object (query));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    g_string_append (text, text->len > 0 ? "&" : "");
    g_string_append_uri_escaped (text, name, NULL, FALSE);
    g_string_append_c (text, '=');
    g_string_append_uri_escaped (
        text, json_node_get_string (value), NULL, FALSE);
  }
  return g_string_free (text, FALSE);
}

static SoupMessageHeaders *
table_to_headers (GHashTable *table)
{
  SoupMessageHeaders *headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    soup_message_headers_append (headers, name, value);
  return headers;
}

static GTlsDatabase *
open_cafile (const char *cafile, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *path = g_canonicalize_filename (cafile, NULL);
  /* glib-networking takes absolute paths only. */
  GTlsDatabase *database = g_tls_file_database_new (path, &inner);

  if (database == NULL)
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property cafile names no PEM file of certificates: %s",
        inner->message);
  return database;
}

static SioManager *
new_manager (const SignallerSettings *settings, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (SoupMessageHeaders) headers = NULL;
  g_autofree char *query = NULL;
  SioManager *manager;

  if (settings->cafile != NULL) {
    database = open_cafile (settings->cafile, error);
    if (database == NULL)
      return NULL;
  }
  if (settings->headers != NULL)
    headers = table_to_headers (settings->headers);
  if (settings->query != NULL)
    query = query_to_text (settings->query);
  manager = sio_manager_new (settings->uri);
  g_object_set (manager, "path", settings->path, "query", query, "headers",
      headers, "tls-database", database, "insecure-tls", settings->insecure_tls,
      "transports", settings->transports, "timeout", settings->timeout,
      "reconnection-delay", settings->reconnection_delay,
      "reconnection-delay-max", settings->reconnection_delay_max,
      "randomization-factor", settings->randomization_factor, NULL);
  return manager;
}

/**
 * signaller_session_new:
 * @settings: (transfer full): where to connect to and as whom
 * @dialect: (transfer full): what is spoken there
 * @listener: whom to tell, copied
 * @data: handed to @listener
 * @error: why it cannot be made, in words for the user
 *
 * Returns: (transfer full) (nullable): a session that has not been started
 */
SignallerSession *
signaller_session_new (SignallerSettings *settings, Dialect *dialect,
    const SignallerListener *listener, gpointer data, GError **error)
{
  g_autoptr (SignallerSession) self = g_new0 (SignallerSession, 1);

  self->settings = settings;
  self->dialect = dialect;
  self->listener = *listener;
  self->data = data;
  self->context = g_main_context_ref_thread_default ();
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ufrags =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->manager = new_manager (settings, error);
  if (self->manager == NULL)
    return NULL;
  self->socket = sio_manager_get_socket (self->manager, settings->nsp);
  if (self->socket == NULL) {
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property namespace is none: “%s”", settings->nsp);
    return NULL;
  }
  if (settings->auth != NULL)
    sio_socket_set_auth (self->socket, settings->auth);
  g_signal_connect (self->socket, "connect", G_CALLBACK (on_connect), self);
  g_signal_connect (
      self->socket, "connect-error", G_CALLBACK (on_connect_error), self);
  g_signal_connect (
      self->socket, "disconnect", G_CALLBACK (on_disconnect), self);
  g_signal_connect (self->socket, "event", G_CALLBACK (on_event), self);
  return g_steal_pointer (&self);
}

/**
 * signaller_session_free:
 * @self: (transfer full): the session, stopped, and not from inside its listener
 */
void
signaller_session_free (SignallerSession *self)
{
  clear_timer (&self->roster_timer);
  clear_timer (&self->retry_timer);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->manager);
  g_hash_table_unref (self->peers);
  g_hash_table_unref (self->ufrags);
  g_main_context_unref (self->context);
  dialect_free (self->dialect);
  signaller_settings_free (self->settings);
  g_free (self);
}

/**
 * signaller_session_end:
 * @self: (transfer full): the session, stopped, and not from inside its listener
 * @ended: called on the thread when the last words are out, 2 s later at most
 * @data: handed to @ended
 *
 * Frees the session. With long polling the word that we leave takes a request.
 */
void
signaller_session_end (
    SignallerSession *self, GAsyncReadyCallback ended, gpointer data)
{
  sio_manager_close_async (self->manager, ended, data);
  signaller_session_free (self);
}

/**
 * signaller_session_start:
 * @self: the session
 *
 * Begins to connect.
 */
void
signaller_session_start (SignallerSession *self)
{
  step (self, SESSION_START, NULL);
}

/**
 * signaller_session_join:
 * @self: the session
 *
 * Enters the room now, or as soon as the connection is there, and again after
 * every loss.
 */
void
signaller_session_join (SignallerSession *self)
{
  self->wanted = TRUE;
  step (self, SESSION_WANT, NULL);
}

/**
 * signaller_session_stop:
 * @self: the session
 *
 * Leaves the room and disconnects. Nothing is told any more afterwards.
 */
void
signaller_session_stop (SignallerSession *self)
{
  self->wanted = FALSE;
  step (self, SESSION_STOP, NULL);
}

/* A receiver that is not told who sends a candidate goes by this (RFC 8839
 * section 5.4): it must be the one of our description to that peer. */
static char *
find_ufrag (const char *text, const char *before)
{
  const char *start = strstr (text, before);

  if (start == NULL)
    return NULL;
  start += strlen (before);
  return g_strndup (start, strcspn (start, " \r\n"));
}

static void
remember_ufrag (SignallerSession *self, const char *peer, const char *sdp)
{
  g_autofree char *ufrag = find_ufrag (sdp, "a=ice-ufrag:");

  if (ufrag != NULL
      && (g_hash_table_contains (self->ufrags, peer)
          || g_hash_table_size (self->ufrags) < MAX_PEERS))
    g_hash_table_insert (
        self->ufrags, g_strdup (peer), g_steal_pointer (&ufrag));
}

static gboolean
can_send (SignallerSession *self, const char *what, const char *peer)
{
  if (self->state == SESSION_IN_ROOM)
    return TRUE;
  g_debug ("%s for %s is dropped: not in the room", what, peer);
  return FALSE;
}

/**
 * signaller_session_send_description:
 * @self: the session
 * @peer: the receiver
 * @type: "offer" or "answer"
 * @sdp: the SDP
 *
 * Dropped unless we are in the room: what was agreed on before a loss is agreed
 * on anew after it.
 */
void
signaller_session_send_description (
    SignallerSession *self, const char *peer, const char *type, const char *sdp)
{
  g_autoptr (TemplateVars) vars = NULL;
  gboolean is_offer = g_strcmp0 (type, "offer") == 0;

  if (!can_send (self, type, peer))
    return;
  remember_ufrag (self, peer, sdp);
  vars = new_vars (self);
  template_vars_set_string (vars, "peer", peer);
  template_vars_set_string (vars, "type", type);
  template_vars_set_string (vars, "sdp", sdp);
  say_to_peer (self, is_offer ? DIALECT_OFFER : DIALECT_ANSWER, vars);
}

/**
 * signaller_session_send_candidate:
 * @self: the session
 * @peer: the receiver
 * @mline: its m-line, from 0; -1: not known
 * @mid: (nullable): its media id
 * @candidate: the candidate; "": there are no more, which no application of the
 *   built-in dialects is told
 *
 * Dropped unless we are in the room.
 */
void
signaller_session_send_candidate (SignallerSession *self, const char *peer,
    int mline, const char *mid, const char *candidate)
{
  g_autoptr (TemplateVars) vars = NULL;
  g_autofree char *ufrag = NULL;

  if (candidate[0] == '\0' || !can_send (self, "a candidate", peer))
    return;
  ufrag = find_ufrag (candidate, " ufrag ");
  vars = new_vars (self);
  template_vars_set_string (vars, "peer", peer);
  template_vars_set_string (vars, "candidate", candidate);
  template_vars_set_string (vars, "mid", mid);
  template_vars_set_string (vars, "ufrag",
      ufrag != NULL ? ufrag : g_hash_table_lookup (self->ufrags, peer));
  if (mline >= 0)
    template_vars_set_int (vars, "mline", mline);
  say_to_peer (self, DIALECT_CANDIDATE, vars);
}

/**
 * signaller_session_end_call:
 * @self: the session
 * @peer: the receiver
 * @reason: for people
 *
 * Hangs up on a peer, if the dialect has words for that.
 */
void
signaller_session_end_call (
    SignallerSession *self, const char *peer, const char *reason)
{
  g_autoptr (TemplateVars) vars = NULL;

  if (!can_send (self, "the end of the call", peer))
    return;
  vars = new_vars (self);
  template_vars_set_string (vars, "peer", peer);
  template_vars_set_string (vars, "reason", reason);
  say_to_peer (self, DIALECT_END_CALL, vars);
}

/**
 * signaller_session_emit:
 * @self: the session
 * @event: an event of the application's own
 * @args: its arguments, an array
 */
void
signaller_session_emit (
    SignallerSession *self, const char *event, JsonNode *args)
{
  g_autoptr (GError) error = NULL;

  if (!sio_socket_emit (self->socket, event, args, &error))
    self->listener.warned (error, self->data);
}
