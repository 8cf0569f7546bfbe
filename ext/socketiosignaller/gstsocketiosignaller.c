/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-socketiosignaller
 * @title: socketiosignaller
 * @short_description: joins a call room over Socket.IO, or hosts one
 *
 * Speaks the Socket.IO signalling of a call application for roomcallbin, in the
 * words of a dialect. It has no pads and knows nothing of WebRTC: an SDP is a
 * text to it. See docs/signaller.md and docs/signalling-contract.md.
 *
 * ## Host a room, and nothing else
 *
 * |[
 * gst-launch-1.0 -m socketiosignaller run-signalling-server=true signalling-server-port=8080
 * ]|
 *
 * Since: 0.1
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstsocketiosignaller-private.h"
#include "roomcontract.h"
#include "signallererror.h"
#include "signallerteller.h"

#include <sio/sio.h>

GST_DEBUG_CATEGORY (socketiosignaller_debug);
#define GST_CAT_DEFAULT socketiosignaller_debug

/* How long the change from PAUSED to READY waits for the goodbyes. */
#define LEAVE_TIMEOUT_MS 1000

enum { PROP_TRICKLE = SIGNALLER_N_PROPS, PROP_CONNECTION_STATE, N_PROPERTIES };

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (
    GstSocketIOSignaller, gst_socket_io_signaller, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (socketiosignaller, "socketiosignaller",
    GST_RANK_NONE, GST_TYPE_SOCKET_IO_SIGNALLER,
    GST_DEBUG_CATEGORY_INIT (socketiosignaller_debug, "socketiosignaller", 0,
        "Signalling over Socket.IO"))

/* --- actions, any thread --- */

static void
do_join (GstSocketIOSignaller *self)
{
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL)
    signaller_run_join (self->run);
  g_mutex_unlock (&self->run_lock);
}

static void
do_send_description (GstSocketIOSignaller *self, const char *id,
    const char *type, const char *sdp)
{
  if (id == NULL || sdp == NULL
      || (g_strcmp0 (type, "offer") != 0 && g_strcmp0 (type, "answer") != 0)) {
    GST_WARNING_OBJECT (self, "a description without receiver, type or SDP");
    return;
  }
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL)
    signaller_run_send_description (self->run, id, type, sdp);
  g_mutex_unlock (&self->run_lock);
}

static void
do_send_candidate (GstSocketIOSignaller *self, const char *id, gint mline,
    const char *mid, const char *candidate)
{
  if (id == NULL || candidate == NULL) {
    GST_WARNING_OBJECT (self, "a candidate without receiver or text");
    return;
  }
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL)
    signaller_run_send_candidate (self->run, id, mline, mid, candidate);
  g_mutex_unlock (&self->run_lock);
}

static void
end_call (GstSocketIOSignaller *self, const char *id, const char *reason,
    void (*post) (SignallerRun *, const char *, const char *))
{
  if (id == NULL) {
    GST_WARNING_OBJECT (self, "the end of a call without a receiver");
    return;
  }
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL)
    post (self->run, id, reason);
  g_mutex_unlock (&self->run_lock);
}

static void
do_end_call (GstSocketIOSignaller *self, const char *id, const char *reason)
{
  end_call (self, id, reason, signaller_run_end_call);
}

static void
do_reject_call (GstSocketIOSignaller *self, const char *id, const char *reason)
{
  end_call (self, id, reason, signaller_run_reject_call);
}

static void
do_forget_call (GstSocketIOSignaller *self, const char *id)
{
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL && id != NULL)
    signaller_run_forget_call (self->run, id);
  g_mutex_unlock (&self->run_lock);
}

static gboolean
do_refresh_ice_servers (GstSocketIOSignaller *self)
{
  gboolean asks;

  g_mutex_lock (&self->run_lock);
  asks = self->run != NULL && signaller_run_refresh_ice_servers (self->run);
  g_mutex_unlock (&self->run_lock);
  return asks;
}

/* An array is the arguments; anything else is the only one. */
static void
do_emit (GstSocketIOSignaller *self, const char *event, const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *args;

  args = sio_json_parse (json != NULL ? json : "[]", -1, &error);
  if (event == NULL || args == NULL) {
    GST_WARNING_OBJECT (self, "an event without a name, or not in JSON: %s",
        error != NULL ? error->message : "");
    g_clear_pointer (&args, json_node_unref);
    return;
  }
  if (!JSON_NODE_HOLDS_ARRAY (args)) {
    JsonArray *array = json_array_new ();

    json_array_add_element (array, args);
    args = json_node_init (json_node_alloc (), JSON_NODE_ARRAY);
    json_node_take_array (args, array);
  }
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL)
    signaller_run_emit (self->run, event, args);
  else
    json_node_unref (args);
  g_mutex_unlock (&self->run_lock);
}

/* --- states --- */

static gboolean
begin_server (SignallerRun *run, const SignallerPlan *plan, GError **error)
{
  g_autoptr (GError) inner = NULL;

  if (signaller_run_host (run, plan->host, plan->port, &inner))
    return TRUE;
  g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
      "No server can be hosted on %s port %u: %s. Check the properties "
      "signalling-server-host and signalling-server-port; port 0 takes any "
      "free one.",
      plan->host, plan->port, inner->message);
  return FALSE;
}

static void
tell_of_server (
    GstSocketIOSignaller *self, SignallerRun *run, const SignallerPlan *plan)
{
  g_object_notify_by_pspec (
      G_OBJECT (self), properties[SIGNALLER_PROP_SERVER_PORT]);
  signaller_teller_post (self,
      gst_structure_new ("roomcall/server-started", "host", G_TYPE_STRING,
          plan->host, "port", G_TYPE_UINT, signaller_run_get_port (run), "uri",
          G_TYPE_STRING, signaller_run_get_uri (run), NULL));
}

static gboolean
begin_session (GstSocketIOSignaller *self, SignallerRun *run,
    SignallerPlan *plan, GError **error)
{
  if (plan->settings->uri == NULL)
    plan->settings->uri = g_strdup (signaller_run_get_uri (run));
  return signaller_run_start (run, g_steal_pointer (&plan->settings),
      g_steal_pointer (&plan->dialect), &signaller_teller_listener,
      signaller_teller_new (self), g_free, error);
}

static void
copy_typed (GstSocketIOSignaller *self, SignallerProperties *typed)
{
  GST_OBJECT_LOCK (self);
  signaller_properties_copy (typed, &self->properties);
  GST_OBJECT_UNLOCK (self);
}

/* So early because a mistake in a file is no failure of the network. */
static gboolean
check_dialect (GstSocketIOSignaller *self, GError **error)
{
  g_auto (SignallerProperties) typed = { 0 };
  g_autoptr (Dialect) dialect = NULL;

  copy_typed (self, &typed);
  dialect = signaller_properties_load_dialect (&typed, error);
  if (dialect == NULL)
    return FALSE;
  GST_OBJECT_LOCK (self);
  self->trickle = dialect_get_trickle (dialect);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static gboolean
start (GstSocketIOSignaller *self, GError **error)
{
  g_auto (SignallerProperties) typed = { 0 };
  g_autoptr (SignallerPlan) plan = NULL;
  SignallerRun *run;
  gboolean hosted;

  /* A plan reads files: not under a lock. From here on the last run is not heard. */
  GST_OBJECT_LOCK (self);
  self->n_runs++;
  self->state = SESSION_IDLE;
  signaller_properties_copy (&typed, &self->properties);
  GST_OBJECT_UNLOCK (self);
  plan = signaller_properties_plan (&typed, error);
  if (plan == NULL)
    return FALSE;

  /* Known after the server's address is: whoever asks may be on any thread. And
   * before the session begins: a handler may want to send at once. */
  run = signaller_run_new ();
  hosted = plan->host == NULL || begin_server (run, plan, error);
  g_mutex_lock (&self->run_lock);
  self->run = run;
  g_mutex_unlock (&self->run_lock);
  if (!hosted)
    return FALSE;
  if (plan->host != NULL)
    tell_of_server (self, run, plan);
  return plan->settings == NULL || begin_session (self, run, plan, error);
}

static void
stop (GstSocketIOSignaller *self)
{
  SignallerRun *run;

  g_mutex_lock (&self->run_lock);
  run = g_steal_pointer (&self->run);
  g_mutex_unlock (&self->run_lock);
  if (run != NULL)
    signaller_run_stop (run, LEAVE_TIMEOUT_MS, G_OBJECT (self));
}

static GstStateChangeReturn
gst_socket_io_signaller_change_state (
    GstElement *element, GstStateChange transition)
{
  GstSocketIOSignaller *self = GST_SOCKET_IO_SIGNALLER (element);
  g_autoptr (GError) error = NULL;
  GstStateChangeReturn result;
  gboolean auto_join;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && !check_dialect (self, &error)) {
    signaller_teller_fail (self, error);
    return GST_STATE_CHANGE_FAILURE;
  }
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self, &error)) {
    stop (self);
    signaller_teller_fail (self, error);
    return GST_STATE_CHANGE_FAILURE;
  }
  result = GST_ELEMENT_CLASS (gst_socket_io_signaller_parent_class)
               ->change_state (element, transition);
  switch (transition) {
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      GST_OBJECT_LOCK (self);
      auto_join = signaller_properties_get_auto_join (&self->properties);
      GST_OBJECT_UNLOCK (self);
      if (auto_join)
        do_join (self);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      stop (self);
      break;
    default:
      break;
  }
  return result;
}

/* --- properties --- */

/* To the room that is set by now: where several set it, the last one counts.
 * Returns whether it takes effect; no name is no room to go to. */
static gboolean
move (GstSocketIOSignaller *self)
{
  g_autofree char *room = NULL;
  gboolean moves;

  g_mutex_lock (&self->run_lock);
  GST_OBJECT_LOCK (self);
  room = g_strdup (signaller_properties_get_room (&self->properties));
  GST_OBJECT_UNLOCK (self);
  moves = self->run != NULL && room != NULL;
  if (moves)
    signaller_run_move (self->run, room);
  g_mutex_unlock (&self->run_lock);
  return moves;
}

static void
gst_socket_io_signaller_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSocketIOSignaller *self = GST_SOCKET_IO_SIGNALLER (object);
  GstState state;

  if (id >= SIGNALLER_N_PROPS) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  signaller_properties_set (&self->properties, id, value);
  state = GST_STATE (self);
  GST_OBJECT_UNLOCK (self);
  if (id == SIGNALLER_PROP_ROOM && move (self))
    return;
  if (state > GST_STATE_READY && id != SIGNALLER_PROP_AUTO_JOIN)
    GST_WARNING_OBJECT (
        self, "%s takes effect after the next READY", pspec->name);
}

/* What is unset is the hosted server's. */
static void
get_hosted (GstSocketIOSignaller *self, guint id, GValue *value)
{
  g_mutex_lock (&self->run_lock);
  if (self->run != NULL && signaller_run_get_port (self->run) != 0) {
    if (id == SIGNALLER_PROP_SERVER_PORT)
      g_value_set_uint (value, signaller_run_get_port (self->run));
    else if (id == SIGNALLER_PROP_URI && g_value_get_string (value) == NULL)
      g_value_set_string (value, signaller_run_get_uri (self->run));
  }
  g_mutex_unlock (&self->run_lock);
}

static void
gst_socket_io_signaller_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSocketIOSignaller *self = GST_SOCKET_IO_SIGNALLER (object);

  switch (id) {
    case PROP_TRICKLE:
      GST_OBJECT_LOCK (self);
      g_value_set_boolean (value, self->trickle);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_CONNECTION_STATE:
      GST_OBJECT_LOCK (self);
      g_value_set_enum (value, self->state);
      GST_OBJECT_UNLOCK (self);
      break;
    default:
      if (id >= SIGNALLER_N_PROPS) {
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
        return;
      }
      GST_OBJECT_LOCK (self);
      signaller_properties_get (&self->properties, id, value);
      GST_OBJECT_UNLOCK (self);
      get_hosted (self, id, value);
      break;
  }
}

static void
gst_socket_io_signaller_finalize (GObject *object)
{
  GstSocketIOSignaller *self = GST_SOCKET_IO_SIGNALLER (object);

  signaller_properties_clear (&self->properties);
  g_mutex_clear (&self->run_lock);
  G_OBJECT_CLASS (gst_socket_io_signaller_parent_class)->finalize (object);
}

static void
gst_socket_io_signaller_init (GstSocketIOSignaller *self)
{
  g_mutex_init (&self->run_lock);
  signaller_properties_init (&self->properties, properties);
  self->state = SESSION_IDLE;
  self->trickle = TRUE;
}

static void
make_action (const char *name, GCallback handler, guint n_types, ...)
{
  GClosure *closure = g_cclosure_new (handler, NULL, NULL);
  va_list types;

  va_start (types, n_types);
  g_signal_new_valist (name, GST_TYPE_SOCKET_IO_SIGNALLER,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, closure, NULL, NULL, NULL,
      G_TYPE_NONE, n_types, types);
  va_end (types);
}

static void
make_actions (void)
{
  const GType s = G_TYPE_STRING;
  const GType i = G_TYPE_INT;

  /* docs/signalling-contract.md says what each one does. */
  make_action (ROOM_ACTION_SEND_DESCRIPTION, G_CALLBACK (do_send_description),
      3, s, s, s);
  make_action (ROOM_ACTION_SEND_CANDIDATE, G_CALLBACK (do_send_candidate), 4, s,
      i, s, s);
  make_action (ROOM_ACTION_END_CALL, G_CALLBACK (do_end_call), 2, s, s);
  make_action (ROOM_ACTION_REJECT_CALL, G_CALLBACK (do_reject_call), 2, s, s);
  make_action (ROOM_ACTION_FORGET_CALL, G_CALLBACK (do_forget_call), 1, s);
  g_signal_new_class_handler (ROOM_ACTION_REFRESH_ICE_SERVERS,
      GST_TYPE_SOCKET_IO_SIGNALLER, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (do_refresh_ice_servers), NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);
  make_action ("join", G_CALLBACK (do_join), 0);
  /* An event of the application's own: name, JSON. */
  make_action ("emit", G_CALLBACK (do_emit), 2, s, s);
}

static void
gst_socket_io_signaller_class_init (GstSocketIOSignallerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GstElementClass *element_class = GST_ELEMENT_CLASS (class);

  object_class->set_property = gst_socket_io_signaller_set_property;
  object_class->get_property = gst_socket_io_signaller_get_property;
  object_class->finalize = gst_socket_io_signaller_finalize;
  element_class->change_state = gst_socket_io_signaller_change_state;

  signaller_properties_install (properties);
  properties[PROP_TRICKLE] = g_param_spec_boolean ("trickle", "Trickle",
      "Whether the dialect sends candidates on their own, after the description",
      TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CONNECTION_STATE] =
      g_param_spec_enum ("connection-state", "Connection state",
          "How far the connection to the room is", SESSION_TYPE_STATE,
          SESSION_IDLE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signaller_teller_install (G_TYPE_FROM_CLASS (class));
  make_actions ();

  gst_element_class_set_static_metadata (element_class, "Socket.IO signaller",
      "Network/WebRTC",
      "Joins a call room over Socket.IO for roomcallbin, or hosts one",
      "The gst-roomcall authors");
  gst_type_mark_as_plugin_api (SESSION_TYPE_STATE, 0);
}
