/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallersession-private.h"

#include "signallererror.h"
#include "signallermanager.h"

/* A connection that lasted this long is no reason to give up. */
#define STABLE_US (30 * G_USEC_PER_SEC)
/* A server on npm's socket.io 4 forgets an event whose sender disconnects in the
 * same read: measured, as it calls handlers one tick later, and only of sockets
 * that are still connected. */
#define FAREWELL_MS 100
/* Thrown out this often without a stable connection in between: not wanted. */
#define MAX_EVICTIONS 5

/* --- timers --- */

void
session_clear_timer (GSource **timer)
{
  if (*timer != NULL) {
    g_source_destroy (*timer);
    g_clear_pointer (timer, g_source_unref);
  }
}

void
session_set_timer (
    SignallerSession *self, GSource **timer, guint ms, GSourceFunc func)
{
  session_clear_timer (timer);
  *timer = g_timeout_source_new (ms);
  g_source_set_callback (*timer, func, self, NULL);
  g_source_attach (*timer, self->context);
}

static gboolean
on_retry (gpointer data)
{
  SignallerSession *self = data;

  session_clear_timer (&self->retry_timer);
  sio_socket_connect (self->socket);
  return G_SOURCE_REMOVE;
}

/* What the manager does not try again by itself, after the longest delay. */
static void
retry_later (SignallerSession *self)
{
  double jitter = g_random_double () * self->settings->randomization_factor;

  session_set_timer (self, &self->retry_timer,
      (guint) (self->settings->reconnection_delay_max * (1.0 - jitter)),
      on_retry);
}

/* --- saying something --- */

gboolean
session_send_messages (
    SignallerSession *self, GPtrArray *messages, GError **error)
{
  for (guint i = 0; i < messages->len; i++) {
    DialectMessage *message = g_ptr_array_index (messages, i);

    if (!sio_socket_emit (self->socket, message->event, message->args, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
session_say (SignallerSession *self, DialectIntent intent, TemplateVars *vars,
    GError **error)
{
  g_autoptr (GPtrArray) messages =
      dialect_build (self->dialect, intent, vars, error);

  return messages != NULL && session_send_messages (self, messages, error);
}

static void
stop_waiting_for_ack (SignallerSession *self)
{
  if (self->ack_wait != NULL)
    self->ack_wait->session = NULL;
  self->ack_wait = NULL;
}

static void
on_ack (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree AckWait *wait = data;
  SignallerSession *self = wait->session;
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) event = NULL;
  g_autoptr (JsonNode) args =
      sio_socket_emit_with_ack_finish (SIO_SOCKET (source), result, &error);

  if (self == NULL)
    return;
  self->ack_wait = NULL;
  /* What comes of no answer is seen by the timer. */
  if (args == NULL)
    return;
  event = dialect_parse_ack (
      self->dialect, wait->intent, args, self->memory, &error);
  if (event != NULL)
    session_hear (self, event);
  else if (error != NULL)
    self->listener.warned (error, self->data);
}

/* The last message is the one that is acknowledged. */
static gboolean
say_and_wait (SignallerSession *self, DialectIntent intent, TemplateVars *vars,
    GError **error)
{
  g_autoptr (GPtrArray) messages =
      dialect_build (self->dialect, intent, vars, error);
  DialectMessage *last;

  if (messages == NULL || messages->len == 0)
    return messages != NULL;
  last = g_ptr_array_index (messages, messages->len - 1);
  for (guint i = 0; i + 1 < messages->len; i++) {
    DialectMessage *message = g_ptr_array_index (messages, i);

    if (!sio_socket_emit (self->socket, message->event, message->args, error))
      return FALSE;
  }
  stop_waiting_for_ack (self);
  self->ack_wait = g_new0 (AckWait, 1);
  self->ack_wait->session = self;
  self->ack_wait->intent = intent;
  sio_socket_emit_with_ack_async (self->socket, last->event, last->args,
      self->settings->timeout, NULL, on_ack, self->ack_wait);
  return TRUE;
}

static gboolean
say_join (SignallerSession *self, TemplateVars *vars, GError **error)
{
  return dialect_awaits_ack (self->dialect, DIALECT_JOIN)
      ? say_and_wait (self, DIALECT_JOIN, vars, error)
      : session_say (self, DIALECT_JOIN, vars, error);
}

void
session_send_join (SignallerSession *self)
{
  g_autoptr (TemplateVars) vars = template_vars_new_row (self->memory);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) words = NULL;

  template_vars_set_string (vars, "name", self->settings->name);
  template_vars_set_string (vars, "client_id", self->settings->client_id);
  if (self->settings->userdata != NULL)
    template_vars_set (
        vars, "userdata", json_node_copy (self->settings->userdata));
  if (say_join (self, vars, &error))
    return;
  words = g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
      "The dialect “%s” cannot say that we join: %s. Check the properties "
      "room, user-data, display-name, dialect and variables.",
      dialect_get_name (self->dialect), error->message);
  session_step (self, SESSION_FATAL, words);
}

static void
send_leave (SignallerSession *self)
{
  g_autoptr (TemplateVars) vars = template_vars_new_row (self->memory);
  g_autoptr (GError) error = NULL;

  if (!session_say (self, DIALECT_LEAVE, vars, &error))
    self->listener.warned (error, self->data);
}

/* --- the connection --- */

static gboolean
on_anonymous (gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error = g_error_new (SIGNALLER_ERROR,
      SIGNALLER_ERROR_PROTOCOL,
      "The server did not tell us our id in %u ms, as it does in the dialect "
      "“%s”. Set the property dialect.",
      self->settings->timeout, dialect_get_name (self->dialect));

  session_clear_timer (&self->roster_timer);
  session_step (self, SESSION_FATAL, error);
  return G_SOURCE_REMOVE;
}

/* Of what was heard nothing is remembered from one room or connection to the
 * next but who we are, which is not told again. */
static void
begin_memory (SignallerSession *self)
{
  g_autoptr (TemplateVars) before = g_steal_pointer (&self->memory);

  self->memory = template_vars_new ();
  template_vars_set_string (self->memory, "room", self->settings->room);
  /* Checked when the session was made. */
  dialect_fill_variables (
      self->dialect, self->settings->variables, self->memory, NULL);
  if (!dialect_awaits_self (self->dialect))
    template_vars_set_string (
        self->memory, "self", sio_socket_get_id (self->socket));
  else if (self->knows_self)
    template_vars_set_string (
        self->memory, "self", template_vars_get_string (before, "self"));
}

static gboolean
may_join (SignallerSession *self)
{
  return self->knows_self && !session_servers_are_awaited (self);
}

static void
on_connect (SioSocket *socket, gpointer data)
{
  SignallerSession *self = data;

  session_clear_timer (&self->retry_timer);
  session_clear_timer (&self->farewell_timer);
  self->was_connected = TRUE;
  self->up_since = g_get_monotonic_time ();
  self->knows_self = !dialect_awaits_self (self->dialect);
  begin_memory (self);
  if (!self->knows_self)
    session_set_timer (
        self, &self->roster_timer, self->settings->timeout, on_anonymous);
  session_servers_fetch (self);
  session_step (self,
      self->wanted && may_join (self) ? SESSION_UP_WANTED : SESSION_UP, NULL);
}

static void
on_connect_error (
    SioSocket *socket, const GError *cause, gboolean will_retry, gpointer data)
{
  SignallerSession *self = data;
  gboolean fatal;
  g_autofree char *words =
      signaller_settings_hide_secrets (self->settings, cause->message);
  g_autoptr (GError) shown = g_error_copy (cause);
  g_autoptr (GError) error = NULL;

  g_free (shown->message);
  shown->message = g_steal_pointer (&words);
  error = signaller_error_explain (shown, self->settings->uri,
      self->settings->path, self->settings->nsp, &fatal);

  /* A proxy answers with 404 while it looks for a server that restarts. */
  if (self->was_connected && error->code != SIGNALLER_ERROR_TLS
      && error->code != SIGNALLER_ERROR_REFUSED)
    fatal = FALSE;
  if (!fatal && !will_retry)
    retry_later (self);
  session_step (self, fatal ? SESSION_FATAL : SESSION_DOWN, error);
}

static void
on_disconnect (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  SignallerSession *self = data;
  g_autoptr (GError) error =
      g_error_new (SIGNALLER_ERROR, SIGNALLER_ERROR_TRANSPORT,
          "The connection to the server is lost: %s", reason);

  if (self->state == SESSION_IDLE || self->state == SESSION_FAILED
      || g_strcmp0 (reason, SIO_REASON_CLIENT_DISCONNECT) == 0)
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
    session_step (self, SESSION_FATAL, error);
    return;
  }
  if (!will_retry)
    retry_later (self);
  session_step (self, SESSION_DOWN, error);
}

static void
close_connection (SignallerSession *self)
{
  session_clear_timer (&self->roster_timer);
  session_clear_timer (&self->retry_timer);
  session_clear_timer (&self->farewell_timer);
  session_servers_stop (self);
  sio_socket_disconnect (self->socket);
  sio_manager_close (self->manager);
}

/* Frees the session. */
void
session_end (SignallerSession *self)
{
  /* Then it comes back. */
  if (session_servers_stop (self))
    return;
  sio_manager_close_async (self->manager, self->ended, self->ended_data);
  signaller_session_free (self);
}

static void
close_now (SignallerSession *self)
{
  close_connection (self);
  if (self->state == SESSION_RECONNECTING)
    sio_socket_connect (self->socket);
  else if (self->ended != NULL)
    session_end (self);
}

static gboolean
on_farewell_over (gpointer data)
{
  close_now (data);
  return G_SOURCE_REMOVE;
}

/* Says that we leave, and ends the connection when that is out. */
static void
leave (SignallerSession *self)
{
  send_leave (self);
  session_clear_timer (&self->roster_timer);
  session_clear_timer (&self->retry_timer);
  if (dialect_can_say (self->dialect, DIALECT_LEAVE))
    session_set_timer (
        self, &self->farewell_timer, FAREWELL_MS, on_farewell_over);
  else
    close_now (self);
}

/* --- rooms --- */

static void
join (SignallerSession *self)
{
  session_peers_clear (self->peers);
  if (self->single != NULL)
    single_peer_reconnect (self->single);
  g_clear_pointer (&self->waiting, room_event_free);
  self->roster_complete = FALSE;
  self->is_rejoin = self->is_return;
  session_send_join (self);
  if (self->state == SESSION_JOINING)
    session_await_roster (self);
}

static void
tell_left (SignallerSession *self, const char *reason)
{
  if (!self->is_told)
    return;
  self->is_told = FALSE;
  self->listener.left (reason, self->data);
}

/* The room is another one from here on, and nobody in it is known. */
static void
forget_room (SignallerSession *self)
{
  session_peers_clear (self->peers);
  if (self->single != NULL)
    single_peer_release (self->single);
  g_clear_pointer (&self->waiting, room_event_free);
  self->is_return = FALSE;
  tell_left (self, "moved to another room");
}

static gboolean
is_dialling (SignallerSession *self)
{
  return self->state == SESSION_CONNECTING
      || self->state == SESSION_RECONNECTING;
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
      join (self);
      break;
    case SESSION_DO_ENTER:
      self->was_joined = self->is_return = self->is_told = TRUE;
      self->listener.joined (
          template_vars_get_string (self->memory, "self"), self->data);
      session_present_single (self);
      break;
    case SESSION_DO_REPORT:
      self->listener.retrying (reason, self->data);
      break;
    case SESSION_DO_LOSE:
      session_clear_timer (&self->roster_timer);
      self->listener.disconnected (reason->message, TRUE, self->data);
      break;
    case SESSION_DO_RETREAT:
      close_connection (self);
      self->listener.disconnected (reason->message, TRUE, self->data);
      /* The listener may have stopped us meanwhile. */
      if (self->state == SESSION_RECONNECTING)
        retry_later (self);
      break;
    case SESSION_DO_FAIL:
      close_connection (self);
      self->listener.disconnected (reason->message, FALSE, self->data);
      self->listener.failed (reason, self->data);
      break;
    case SESSION_DO_RENAME:
      begin_memory (self);
      break;
    case SESSION_DO_MOVE:
      send_leave (self);
      forget_room (self);
      /* The listener may have stopped us meanwhile. */
      if (self->state != SESSION_JOINING)
        break;
      begin_memory (self);
      join (self);
      break;
    case SESSION_DO_REDIAL:
      leave (self);
      forget_room (self);
      break;
    case SESSION_DO_ABANDON:
      forget_room (self);
      break;
    case SESSION_DO_RECALL:
      forget_room (self);
      /* Else that is where it ends; the listener may have stopped us meanwhile. */
      if (self->farewell_timer == NULL && is_dialling (self)) {
        close_connection (self);
        sio_socket_connect (self->socket);
      }
      break;
    case SESSION_DO_LEAVE:
      leave (self);
      tell_left (self, "left");
      break;
    case SESSION_DO_CLOSE:
      /* Else when the goodbye is out. */
      if (self->farewell_timer == NULL)
        close_connection (self);
      break;
  }
}

void
session_step (SignallerSession *self, SessionInput input, const GError *reason)
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

/* Says with the connection what the dialect has there. */
static gboolean
set_query (SignallerSession *self, GError **error)
{
  g_autoptr (TemplateVars) vars = template_vars_new ();
  g_autoptr (GError) inner = NULL;
  g_autoptr (JsonNode) query = NULL;

  template_vars_set_string (vars, "room", self->settings->room);
  template_vars_set_string (vars, "name", self->settings->name);
  template_vars_set_string (vars, "client_id", self->settings->client_id);
  if (dialect_fill_variables (
          self->dialect, self->settings->variables, vars, &inner))
    query = dialect_build_query (self->dialect, vars, &inner);
  if (query == NULL) {
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The dialect “%s” cannot say where we connect to: %s. Check the "
        "properties room, display-name, client-id, dialect and variables.",
        dialect_get_name (self->dialect), inner->message);
    return FALSE;
  }
  signaller_manager_set_query (self->manager, self->settings, query);
  return TRUE;
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
  session_servers_init (self);
  self->peers = session_peers_new ();
  self->memory = template_vars_new ();
  if (dialect_has_single_peer (dialect))
    self->single = single_peer_new ();
  self->manager = signaller_manager_new (settings, error);
  if (self->manager == NULL || !set_query (self, error))
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
  g_signal_connect (self->socket, "event", G_CALLBACK (session_on_event), self);
  return g_steal_pointer (&self);
}

/**
 * signaller_session_free:
 * @self: (transfer full): the session, stopped, and not from inside its listener
 */
void
signaller_session_free (SignallerSession *self)
{
  session_clear_timer (&self->roster_timer);
  session_clear_timer (&self->retry_timer);
  session_clear_timer (&self->farewell_timer);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->manager);
  stop_waiting_for_ack (self);
  session_servers_clear (self);
  session_peers_free (self->peers);
  g_clear_pointer (&self->single, single_peer_free);
  g_clear_pointer (&self->waiting, room_event_free);
  template_vars_free (self->memory);
  g_main_context_unref (self->context);
  dialect_free (self->dialect);
  signaller_settings_free (self->settings);
  g_free (self);
}

/**
 * signaller_session_end:
 * @self: (transfer full): the session, stopped, and not from inside its listener
 * @ended: called on the thread when the last words are out, 2.1 s later at most
 * @data: handed to @ended
 *
 * Frees the session. With long polling the word that we leave takes a request.
 */
void
signaller_session_end (
    SignallerSession *self, GAsyncReadyCallback ended, gpointer data)
{
  self->ended = ended;
  self->ended_data = data;
  if (self->farewell_timer == NULL)
    session_end (self);
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
  session_step (self, SESSION_START, NULL);
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
  /* Else when we are told who we are, or have the ICE servers. */
  if (self->state != SESSION_CONNECTED || may_join (self))
    session_step (self, SESSION_WANT, NULL);
}

static SessionInput
choose_move (SignallerSession *self)
{
  if (dialect_dials_room (self->dialect))
    return SESSION_MOVE_DIAL;
  return dialect_can_move (self->dialect) ? SESSION_MOVE : SESSION_MOVE_AWAY;
}

/**
 * signaller_session_move:
 * @self: the session
 * @room: another room
 *
 * Leaves the room and enters that one, now or as soon as it can be; the last one
 * that was asked for counts. Nothing is told of who was in the old one any more.
 */
void
signaller_session_move (SignallerSession *self, const char *room)
{
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (self->settings->room, room) == 0)
    return;
  g_free (self->settings->room);
  self->settings->room = g_strdup (room);
  if (!set_query (self, &error))
    self->listener.warned (error, self->data);
  session_step (self, choose_move (self), NULL);
}

/**
 * signaller_session_stop:
 * @self: the session
 *
 * Leaves the room and disconnects. Nothing is told any more afterwards. Where
 * the dialect has a goodbye, the connection ends a moment later.
 */
void
signaller_session_stop (SignallerSession *self)
{
  self->wanted = FALSE;
  session_step (self, SESSION_STOP, NULL);
}
