/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallerrun.h"

#include "loopthread.h"
#include "server/roomserver.h"

struct _SignallerRun {
  LoopThread *thread;
  /* Written on the thread before signaller_run_host() returns, when only its
   * caller has the run, and constant from then on: no lock. */
  guint port;
  char *uri;
  /* The listener's, until the thread has ended */
  gpointer data;
  GDestroyNotify destroy;
  /* Atomic: how often we were asked to move; all but the last are for nothing */
  gint moves;
  /* Atomic: whether there is somewhere to ask for ICE servers */
  gint has_ice_servers_url;
  /* Only on the thread */
  RoomServer *server;
  SignallerSession *session;
  /* Guards `ended`: the last words to the server are out. */
  GMutex lock;
  GCond cond;
  gboolean ended;
};

/**
 * signaller_run_new:
 *
 * Returns: (transfer full): a thread on which nothing happens yet, to be ended
 *   with signaller_run_stop()
 */
SignallerRun *
signaller_run_new (void)
{
  SignallerRun *self = g_new0 (SignallerRun, 1);

  self->thread = loop_thread_new ("sio-signal");
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  return self;
}

/* --- calls that are waited for --- */

typedef struct {
  SignallerRun *run;
  const char *host;
  guint port;
  SignallerSettings *settings;
  Dialect *dialect;
  const SignallerListener *listener;
  gpointer data;
  GError **error;
  gboolean done;
} Call;

static gboolean
host_on_thread (gpointer data)
{
  Call *call = data;
  SignallerRun *self = call->run;

  self->server = room_server_new ();
  call->done =
      room_server_listen (self->server, call->host, call->port, call->error);
  if (call->done) {
    self->port = room_server_get_port (self->server);
    self->uri = room_server_get_uri (self->server);
  }
  return G_SOURCE_REMOVE;
}

/**
 * signaller_run_host:
 * @self: the run
 * @host: the address of the interface to listen on
 * @port: 0: any free one
 * @error: why not
 *
 * Hosts a room server on the thread, until the run is stopped. Before anybody
 * but the caller has the run.
 *
 * Returns: whether it listens
 */
gboolean
signaller_run_host (
    SignallerRun *self, const char *host, guint port, GError **error)
{
  Call call = { .run = self, .host = host, .port = port, .error = error };

  loop_thread_call (self->thread, host_on_thread, &call, -1);
  return call.done;
}

/**
 * signaller_run_get_port:
 * @self: the run
 *
 * Returns: the port of the hosted server; 0: there is none
 */
guint
signaller_run_get_port (SignallerRun *self)
{
  return self->port;
}

/**
 * signaller_run_get_uri:
 * @self: the run
 *
 * Returns: (nullable): the address of the hosted server
 */
const char *
signaller_run_get_uri (SignallerRun *self)
{
  return self->uri;
}

static gboolean
start_on_thread (gpointer data)
{
  Call *call = data;
  SignallerRun *self = call->run;

  self->session = signaller_session_new (
      call->settings, call->dialect, call->listener, call->data, call->error);
  call->done = self->session != NULL;
  g_atomic_int_set (&self->has_ice_servers_url,
      call->done && signaller_session_has_ice_servers_url (self->session));
  if (call->done)
    signaller_session_start (self->session);
  return G_SOURCE_REMOVE;
}

/**
 * signaller_run_start:
 * @self: the run
 * @settings: (transfer full): where to connect to and as whom
 * @dialect: (transfer full): what is spoken there
 * @listener: whom to tell, on the thread
 * @data: handed to @listener
 * @destroy: (nullable): what to do with @data when @listener hears no more
 * @error: why not
 *
 * Makes a session on the thread and begins to connect. Once in a run.
 *
 * Returns: whether it began
 */
gboolean
signaller_run_start (SignallerRun *self, SignallerSettings *settings,
    Dialect *dialect, const SignallerListener *listener, gpointer data,
    GDestroyNotify destroy, GError **error)
{
  Call call = { .run = self,
    .settings = settings,
    .dialect = dialect,
    .listener = listener,
    .data = data,
    .error = error };

  self->data = data;
  self->destroy = destroy;
  loop_thread_call (self->thread, start_on_thread, &call, -1);
  return call.done;
}

/* --- the end --- */

static gboolean
stop_on_thread (gpointer data)
{
  SignallerRun *self = data;

  if (self->session != NULL)
    signaller_session_stop (self->session);
  return G_SOURCE_REMOVE;
}

static void
on_session_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  SignallerRun *self = data;

  g_clear_pointer (&self->server, room_server_free);
  g_mutex_lock (&self->lock);
  self->ended = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static gboolean
clear_on_thread (gpointer data)
{
  SignallerRun *self = data;

  if (self->session != NULL)
    signaller_session_end (
        g_steal_pointer (&self->session), on_session_ended, self);
  else
    on_session_ended (NULL, NULL, self);
  return G_SOURCE_REMOVE;
}

/* Returns FALSE if that takes longer, or a listener does. */
static gboolean
wait_for_end (SignallerRun *self, guint timeout_ms)
{
  gint64 deadline =
      g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  gboolean ended;

  g_mutex_lock (&self->lock);
  while (!self->ended && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  ended = self->ended;
  g_mutex_unlock (&self->lock);
  return ended;
}

static void
run_free (SignallerRun *self)
{
  loop_thread_free (self->thread);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  g_free (self->uri);
  g_free (self);
}

typedef struct {
  SignallerRun *run;
  GObject *keep_alive;
} Burial;

static gpointer
bury (gpointer data)
{
  Burial *burial = data;

  wait_for_end (burial->run, G_MAXINT32);
  run_free (burial->run);
  g_object_unref (burial->keep_alive);
  g_free (burial);
  return NULL;
}

/**
 * signaller_run_stop:
 * @self: (transfer full): the run; nobody posts to it any more
 * @timeout_ms: how long to wait, in milliseconds
 * @keep_alive: lives until nothing is told any more
 *
 * Leaves, disconnects and ends the thread. May be called on the thread itself,
 * from inside the listener. Where it cannot be waited for the end, because that
 * is so or a listener does not return in time, another thread sees to the rest.
 */
void
signaller_run_stop (SignallerRun *self, guint timeout_ms, GObject *keep_alive)
{
  gboolean is_own = loop_thread_is_current (self->thread);
  Burial *burial;

  if (is_own)
    stop_on_thread (self);
  else
    loop_thread_post (self->thread, stop_on_thread, self, NULL);
  /* Not now: the session may be telling the one who calls us. */
  loop_thread_post (self->thread, clear_on_thread, self, NULL);
  if (!is_own && wait_for_end (self, timeout_ms)) {
    run_free (self);
    return;
  }
  burial = g_new0 (Burial, 1);
  burial->run = self;
  burial->keep_alive = g_object_ref (keep_alive);
  g_thread_unref (g_thread_new ("sio-signal-end", bury, burial));
}

/* --- posts --- */

typedef enum {
  POST_JOIN,
  POST_MOVE,
  POST_DESCRIPTION,
  POST_CANDIDATE,
  POST_END_CALL,
  POST_REJECT_CALL,
  POST_FORGET_CALL,
  POST_REFRESH_ICE_SERVERS,
  POST_EMIT,
} PostKind;

typedef struct {
  SignallerRun *run;
  PostKind kind;
  char *peer;
  char *text;
  char *extra;
  int mline;
  gint move; /* which one */
  JsonNode *args;
} Post;

static void
post_free (gpointer data)
{
  Post *post = data;

  g_free (post->peer);
  g_free (post->text);
  g_free (post->extra);
  g_clear_pointer (&post->args, json_node_unref);
  g_free (post);
}

static gboolean
post_on_thread (gpointer data)
{
  Post *post = data;
  SignallerSession *session = post->run->session;

  if (session == NULL)
    return G_SOURCE_REMOVE;
  switch (post->kind) {
    case POST_JOIN:
      signaller_session_join (session);
      break;
    case POST_MOVE:
      if (post->move == g_atomic_int_get (&post->run->moves))
        signaller_session_move (session, post->text);
      break;
    case POST_DESCRIPTION:
      signaller_session_send_description (
          session, post->peer, post->extra, post->text);
      break;
    case POST_CANDIDATE:
      signaller_session_send_candidate (
          session, post->peer, post->mline, post->extra, post->text);
      break;
    case POST_END_CALL:
      signaller_session_end_call (session, post->peer, post->text);
      break;
    case POST_REJECT_CALL:
      signaller_session_reject_call (session, post->peer, post->text);
      break;
    case POST_FORGET_CALL:
      signaller_session_forget_call (session, post->peer);
      break;
    case POST_REFRESH_ICE_SERVERS:
      signaller_session_refresh_ice_servers (session);
      break;
    case POST_EMIT:
      signaller_session_emit (session, post->text, post->args);
      break;
  }
  return G_SOURCE_REMOVE;
}

static void
send_post (SignallerRun *self, Post post)
{
  Post *copy = g_memdup2 (&post, sizeof (post));

  copy->run = self;
  loop_thread_post (self->thread, post_on_thread, copy, post_free);
}

/**
 * signaller_run_join:
 * @self: the run
 *
 * Posts signaller_session_join(). Any thread.
 */
void
signaller_run_join (SignallerRun *self)
{
  send_post (self, (Post){ .kind = POST_JOIN });
}

/**
 * signaller_run_move:
 * @self: the run
 * @room: another room
 *
 * Posts signaller_session_move(), for the last of several that wait. Any thread.
 */
void
signaller_run_move (SignallerRun *self, const char *room)
{
  send_post (self,
      (Post){ .kind = POST_MOVE,
          .text = g_strdup (room),
          .move = g_atomic_int_add (&self->moves, 1) + 1 });
}

/**
 * signaller_run_send_description:
 * @self: the run
 * @peer: the receiver
 * @type: "offer" or "answer"
 * @sdp: the SDP
 *
 * Posts signaller_session_send_description(). Any thread.
 */
void
signaller_run_send_description (
    SignallerRun *self, const char *peer, const char *type, const char *sdp)
{
  send_post (self,
      (Post){ .kind = POST_DESCRIPTION,
          .peer = g_strdup (peer),
          .extra = g_strdup (type),
          .text = g_strdup (sdp) });
}

/**
 * signaller_run_send_candidate:
 * @self: the run
 * @peer: the receiver
 * @mline: its m-line, from 0; -1: not known
 * @mid: (nullable): its media id
 * @candidate: the candidate; "": there are no more
 *
 * Posts signaller_session_send_candidate(). Any thread.
 */
void
signaller_run_send_candidate (SignallerRun *self, const char *peer, int mline,
    const char *mid, const char *candidate)
{
  send_post (self,
      (Post){ .kind = POST_CANDIDATE,
          .peer = g_strdup (peer),
          .mline = mline,
          .extra = g_strdup (mid),
          .text = g_strdup (candidate) });
}

/**
 * signaller_run_end_call:
 * @self: the run
 * @peer: the receiver
 * @reason: for people
 *
 * Posts signaller_session_end_call(). Any thread.
 */
void
signaller_run_end_call (
    SignallerRun *self, const char *peer, const char *reason)
{
  send_post (self,
      (Post){ .kind = POST_END_CALL,
          .peer = g_strdup (peer),
          .text = g_strdup (reason) });
}

/**
 * signaller_run_reject_call:
 * @self: the run
 * @peer: who offered a call
 * @reason: for people
 *
 * Posts signaller_session_reject_call(). Any thread.
 */
void
signaller_run_reject_call (
    SignallerRun *self, const char *peer, const char *reason)
{
  send_post (self,
      (Post){ .kind = POST_REJECT_CALL,
          .peer = g_strdup (peer),
          .text = g_strdup (reason) });
}

/**
 * signaller_run_forget_call:
 * @self: the run
 * @peer: with whom the call is over
 *
 * Posts signaller_session_forget_call(). Any thread.
 */
void
signaller_run_forget_call (SignallerRun *self, const char *peer)
{
  send_post (self, (Post){ .kind = POST_FORGET_CALL, .peer = g_strdup (peer) });
}

/**
 * signaller_run_refresh_ice_servers:
 * @self: the run
 *
 * Posts signaller_session_refresh_ice_servers(). Any thread.
 *
 * Returns: whether there is somewhere to ask
 */
gboolean
signaller_run_refresh_ice_servers (SignallerRun *self)
{
  if (!g_atomic_int_get (&self->has_ice_servers_url))
    return FALSE;
  send_post (self, (Post){ .kind = POST_REFRESH_ICE_SERVERS });
  return TRUE;
}

/**
 * signaller_run_emit:
 * @self: the run
 * @event: an event of the application's own
 * @args: (transfer full): its arguments, an array
 *
 * Posts signaller_session_emit(). Any thread.
 */
void
signaller_run_emit (SignallerRun *self, const char *event, JsonNode *args)
{
  send_post (self,
      (Post){ .kind = POST_EMIT, .text = g_strdup (event), .args = args });
}
