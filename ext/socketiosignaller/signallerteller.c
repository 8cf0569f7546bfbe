/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallerteller.h"

#include "gstsocketiosignaller-private.h"
#include "roomcontract.h"
#include "ratelimit.h"
#include "signallererror.h"

#include <sio/sio.h>

GST_DEBUG_CATEGORY_EXTERN (socketiosignaller_debug);
#define GST_CAT_DEFAULT socketiosignaller_debug

enum {
  SIGNAL_JOINED,
  SIGNAL_DISCONNECTED,
  SIGNAL_LEFT,
  SIGNAL_ROSTER_COMPLETE,
  SIGNAL_PEER_JOINED,
  SIGNAL_PEER_LEFT,
  SIGNAL_DESCRIPTION,
  SIGNAL_CANDIDATE,
  SIGNAL_CALL_ENDED,
  SIGNAL_ICE_SERVERS,
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What one run tells through; used on its thread only. A run whose leave is
 * overdue may still be telling when the next has begun: nobody hears it then. */
struct _SignallerTeller {
  GstSocketIOSignaller *element; /* outlives the run */
  guint64 run;                   /* which one, from 1 */
  gboolean retry_told;
  RateLimit warnings;
};

/**
 * signaller_teller_post:
 * @self: the element
 * @structure: (transfer full): an element message
 */
void
signaller_teller_post (GstSocketIOSignaller *self, GstStructure *structure)
{
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
post_connection (
    GstSocketIOSignaller *self, SessionState state, const char *reason)
{
  signaller_teller_post (self,
      gst_structure_new ("roomcall/connection", "state", G_TYPE_STRING,
          session_state_to_string (state), "reason", G_TYPE_STRING, reason,
          NULL));
}

/* The element, or NULL if another run has begun. */
static GstSocketIOSignaller *
get_listening (SignallerTeller *teller)
{
  GstSocketIOSignaller *self = teller->element;
  gboolean is_latest;

  GST_OBJECT_LOCK (self);
  is_latest = teller->run == self->n_runs;
  GST_OBJECT_UNLOCK (self);
  return is_latest ? self : NULL;
}

static void
on_state (SessionState state, const char *reason, gpointer data)
{
  SignallerTeller *teller = data;
  GstSocketIOSignaller *self = teller->element;
  gboolean is_latest;

  GST_INFO_OBJECT (self, "%s %s", session_state_to_string (state), reason);
  GST_OBJECT_LOCK (self);
  is_latest = teller->run == self->n_runs;
  if (is_latest)
    self->state = state;
  GST_OBJECT_UNLOCK (self);
  if (!is_latest)
    return;
  if (state == SESSION_CONNECTED || state == SESSION_JOINING)
    teller->retry_told = FALSE;
  g_object_notify (G_OBJECT (self), "connection-state");
  post_connection (self, state, reason);
}

static void
on_joined (const char *self_id, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_JOINED], 0, self_id);
}

static void
on_disconnected (const char *reason, gboolean will_retry, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_DISCONNECTED], 0, reason, will_retry);
}

static void
on_left (const char *reason, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_LEFT], 0, reason);
}

static void
on_roster_complete (gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL_ROSTER_COMPLETE], 0);
}

static void
set_field (GstStructure *info, const char *name, const char *value)
{
  if (value != NULL)
    gst_structure_set (info, name, G_TYPE_STRING, value, NULL);
}

static void
on_peer_joined (const RoomMember *member, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);
  GstStructure *info;

  if (self == NULL)
    return;
  info = gst_structure_new_empty ("peer");
  set_field (info, "name", member->name);
  set_field (info, "client-id", member->client_id);
  set_field (info, "userdata", member->userdata);
  GST_INFO_OBJECT (self, "peer %s joined, we are %s", member->id, member->role);
  g_signal_emit (
      self, signals[SIGNAL_PEER_JOINED], 0, member->id, member->role, info);
  gst_structure_free (info);
}

static void
on_peer_left (const char *id, const char *reason, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self == NULL)
    return;
  GST_INFO_OBJECT (self, "peer %s left: %s", id, reason);
  g_signal_emit (self, signals[SIGNAL_PEER_LEFT], 0, id, reason);
}

static void
on_ice_servers (const char *peer, const IceServers *servers, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);
  GstStructure *structure;

  if (self == NULL)
    return;
  GST_INFO_OBJECT (self, "%u ICE servers for calls with %s", servers->list->len,
      peer != NULL ? peer : "everybody");
  structure = ice_servers_to_structure (servers);
  g_signal_emit (self, signals[SIGNAL_ICE_SERVERS], 0, peer, structure);
  gst_structure_free (structure);
}

static void
on_message (const RoomEvent *event, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self == NULL)
    return;
  GST_DEBUG_OBJECT (self, "%s from %s", room_event_kind_to_string (event->kind),
      GST_STR_NULL (event->peer));
  switch (event->kind) {
    case ROOM_EVENT_DESCRIPTION:
      g_signal_emit (self, signals[SIGNAL_DESCRIPTION], 0, event->peer,
          event->type, event->text);
      break;
    case ROOM_EVENT_CANDIDATE:
      g_signal_emit (self, signals[SIGNAL_CANDIDATE], 0, event->peer,
          event->mline, event->mid, event->text);
      break;
    case ROOM_EVENT_CALL_ENDED:
      g_signal_emit (self, signals[SIGNAL_CALL_ENDED], 0, event->peer,
          event->text != NULL ? event->text : "hung up");
      break;
    default:
      break;
  }
}

static void
on_foreign (const char *event, JsonNode *args, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);
  g_autofree char *text = sio_json_print (args, NULL, NULL);

  if (self != NULL && text != NULL)
    g_signal_emit (self, signals[SIGNAL_EVENT], 0, event, text);
}

/* Each attempt is an element message; a WARNING, which gst-launch-1.0 prints,
 * only the first of a row. */
static void
on_retrying (const GError *error, gpointer data)
{
  SignallerTeller *teller = data;
  GstSocketIOSignaller *self = get_listening (teller);
  SessionState state;

  if (self == NULL)
    return;
  GST_OBJECT_LOCK (self);
  state = self->state;
  GST_OBJECT_UNLOCK (self);
  post_connection (self, state, error->message);
  if (teller->retry_told)
    return;
  teller->retry_told = TRUE;
  GST_ELEMENT_WARNING (self, RESOURCE, OPEN_READ_WRITE,
      ("%s It is tried again.", error->message), (NULL));
}

static void
on_warned (const GError *error, gpointer data)
{
  SignallerTeller *teller = data;
  GstSocketIOSignaller *self = get_listening (teller);

  if (self == NULL)
    return;
  GST_WARNING_OBJECT (self, "%s", error->message);
  /* What comes from strangers must not fill the bus. */
  if (rate_limit_take (&teller->warnings, g_get_monotonic_time ()))
    signaller_teller_post (self,
        gst_structure_new (
            "roomcall/warning", "text", G_TYPE_STRING, error->message, NULL));
}

/**
 * signaller_teller_fail:
 * @self: the element
 * @error: why it cannot go on
 *
 * The one place where an error becomes an ERROR.
 */
void
signaller_teller_fail (GstSocketIOSignaller *self, const GError *error)
{
  gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_ERROR,
      GST_RESOURCE_ERROR, signaller_error_to_resource (error),
      g_strdup (error->message), NULL, __FILE__, GST_FUNCTION, __LINE__);
}

static void
on_failed (const GError *error, gpointer data)
{
  GstSocketIOSignaller *self = get_listening (data);

  if (self != NULL)
    signaller_teller_fail (self, error);
}

const SignallerListener signaller_teller_listener = {
  .state = on_state,
  .joined = on_joined,
  .disconnected = on_disconnected,
  .left = on_left,
  .roster_complete = on_roster_complete,
  .peer_joined = on_peer_joined,
  .peer_left = on_peer_left,
  .ice_servers = on_ice_servers,
  .message = on_message,
  .foreign = on_foreign,
  .retrying = on_retrying,
  .warned = on_warned,
  .failed = on_failed,
};

/**
 * signaller_teller_new:
 * @element: whose latest run is told of; outlives the teller
 *
 * Returns: (transfer full): heard as long as no other run has begun
 */
SignallerTeller *
signaller_teller_new (GstSocketIOSignaller *element)
{
  SignallerTeller *self = g_new0 (SignallerTeller, 1);

  self->element = element;
  rate_limit_init (&self->warnings, 1, 5, g_get_monotonic_time ());
  GST_OBJECT_LOCK (element);
  self->run = element->n_runs;
  GST_OBJECT_UNLOCK (element);
  return self;
}

static guint
make_signal (GType type, const char *name, guint n_types, ...)
{
  va_list types;
  guint id;

  va_start (types, n_types);
  id = g_signal_new_valist (name, type, G_SIGNAL_RUN_LAST, NULL, NULL, NULL,
      NULL, G_TYPE_NONE, n_types, types);
  va_end (types);
  return id;
}

/**
 * signaller_teller_install:
 * @type: the element's, in its class_init
 */
void
signaller_teller_install (GType type)
{
  const GType s = G_TYPE_STRING;
  const GType i = G_TYPE_INT;
  const GType b = G_TYPE_BOOLEAN;
  const GType t = GST_TYPE_STRUCTURE;

  /* docs/signalling-contract.md says when each one is emitted. */
  signals[SIGNAL_JOINED] = make_signal (type, ROOM_SIGNAL_JOINED, 1, s);
  signals[SIGNAL_DISCONNECTED] =
      make_signal (type, ROOM_SIGNAL_DISCONNECTED, 2, s, b);
  signals[SIGNAL_LEFT] = make_signal (type, ROOM_SIGNAL_LEFT, 1, s);
  signals[SIGNAL_ROSTER_COMPLETE] =
      make_signal (type, ROOM_SIGNAL_ROSTER_COMPLETE, 0);
  signals[SIGNAL_PEER_JOINED] =
      make_signal (type, ROOM_SIGNAL_PEER_JOINED, 3, s, s, t);
  signals[SIGNAL_PEER_LEFT] =
      make_signal (type, ROOM_SIGNAL_PEER_LEFT, 2, s, s);
  signals[SIGNAL_DESCRIPTION] =
      make_signal (type, ROOM_SIGNAL_DESCRIPTION, 3, s, s, s);
  signals[SIGNAL_CANDIDATE] =
      make_signal (type, ROOM_SIGNAL_CANDIDATE, 4, s, i, s, s);
  signals[SIGNAL_CALL_ENDED] =
      make_signal (type, ROOM_SIGNAL_CALL_ENDED, 2, s, s);
  signals[SIGNAL_ICE_SERVERS] =
      make_signal (type, ROOM_SIGNAL_ICE_SERVERS, 2, s, t);
  /* An event that is none of the dialect's: name, JSON array of arguments. */
  signals[SIGNAL_EVENT] = make_signal (type, "event", 2, s, s);
}
