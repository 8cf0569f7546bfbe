/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-roomcallbin
 * @title: roomcallbin
 *
 * A room: what comes in is sent to every other member, what they send comes
 * out. The signalling is the matter of its signaller, by default a
 * socketiosignaller.
 *
 *   video_%u, audio_%u -> | send branches -> legs with the peers
 *                         | tracks of the peers -> slots, mixes, programs | ->
 *                           video_src_%u, audio_src_%u, video_mix, audio_mix,
 *                           video_program, audio_program
 *
 * ## Example
 *
 * |[
 * gst-launch-1.0 roomcallbin name=call uri=https://calls.example.org room=lobby \
 *     v4l2src ! call.video_0   autoaudiosrc ! call.audio_0 \
 *     call.video_mix ! autovideosink   call.audio_mix ! autoaudiosink
 * ]|
 * Joins the room with camera and microphone, and shows and plays everyone else.
 *
 * Since: 0.1
 */
#include "gstroomcallbin-private.h"
#include "peerbin.h"
#include "roomcallactions.h"
#include "roomcallpads.h"
#include "webrtctuning.h"

GST_DEBUG_CATEGORY (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

enum {
  PROP_0,
  PROP_SIGNALLER,
  PROP_STATS,
  PROP_SETTINGS, /* and on: roomcallsettings.h */
};

static void gst_room_call_bin_child_proxy_init (
    gpointer iface, gpointer iface_data);

G_DEFINE_FINAL_TYPE_WITH_CODE (GstRoomCallBin, gst_room_call_bin, GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (
        GST_TYPE_CHILD_PROXY, gst_room_call_bin_child_proxy_init))
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (roomcallbin, "roomcallbin",
    GST_RANK_NONE, GST_TYPE_ROOM_CALL_BIN,
    GST_DEBUG_CATEGORY_INIT (
        gst_room_call_bin_debug, "roomcallbin", 0, "roomcallbin element"))

/* --- what the room asks for, on its thread --- */

static void
on_room_post (GstStructure *structure, gpointer data)
{
  GstRoomCallBin *self = data;
  GstMessage *message = gst_message_new_element (GST_OBJECT (self), structure);

  room_call_actions_tell (self, gst_message_get_structure (message));
  gst_element_post_message (GST_ELEMENT (self), message);
}

static void
on_room_failed (const GError *error, gpointer data)
{
  GstRoomCallBin *self = data;

  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_error (GST_OBJECT (self), (GError *) error, NULL));
}

static const RoomFuncs room_funcs = {
  .post = on_room_post,
  .failed = on_room_failed,
  .outputs = {
      .make_pad = room_call_pads_make,
      .add_pad = room_call_pads_add,
      .remove_pad = room_call_pads_remove,
      .failed = on_room_failed,
  },
};

/* --- states --- */

/* Else each peer would fail for itself, and nobody would know why. */
static gboolean
check_plugins (GstRoomCallBin *self)
{
  static const struct {
    const char *factory;
    const char *package;
  } needed[] = {
    { "webrtcbin", "gstreamer1.0-plugins-bad" },
    { "dtlssrtpdec", "gstreamer1.0-plugins-bad" },
    { "nicesrc", "gstreamer1.0-nice" },
    { "rtpbin", "gstreamer1.0-plugins-good" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++) {
    g_autoptr (GstElementFactory) factory =
        gst_element_factory_find (needed[i].factory);

    if (factory != NULL)
      continue;
    GST_ELEMENT_ERROR (self, CORE, MISSING_PLUGIN,
        ("There is no element “%s”. Install its plugin (Debian: apt install "
         "%s).",
            needed[i].factory, needed[i].package),
        (NULL));
    return FALSE;
  }
  return TRUE;
}

static gboolean
prepare_signaller (GstRoomCallBin *self)
{
  g_autoptr (GstElement) signaller = NULL;

  if (!signaller_child_check (&self->signaller))
    return FALSE;
  signaller = signaller_child_ref (&self->signaller);
  room_call_settings_forward (&self->settings, signaller);
  return TRUE;
}

static gboolean
start_room (GstRoomCallBin *self)
{
  g_autoptr (GstElement) signaller = signaller_child_ref (&self->signaller);
  g_autoptr (IceServers) servers = NULL;
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (IceSettings) ice = { 0 };
  RoomSettings settings;

  GST_OBJECT_LOCK (self);
  room_call_settings_copy_room (&self->settings, &settings);
  ice_settings_copy (&ice, &self->settings.ice);
  self->ended = FALSE;
  self->n_ended = 0;
  GST_OBJECT_UNLOCK (self);
  servers = ice_settings_read (&ice, &error);
  if (servers == NULL
      || !ice_settings_check_told (
          settings.relay_only, settings.ice_candidate_types, &error)
      || !ice_settings_read_authorities (&ice, &authorities, &error)) {
    GST_ELEMENT_ERROR (
        self, RESOURCE, SETTINGS, ("%s", error->message), (NULL));
  } else {
    settings.ice_servers = servers;
    settings.turn_authorities = authorities;
    room_start (self->room, signaller, &settings);
  }
  room_call_settings_clear_room (&settings);
  return error == NULL;
}

static GstStateChangeReturn
gst_room_call_bin_change_state (GstElement *element, GstStateChange transition)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (element);
  GstStateChangeReturn result;

  switch (transition) {
    case GST_STATE_CHANGE_NULL_TO_READY:
      if (!check_plugins (self) || !prepare_signaller (self))
        return GST_STATE_CHANGE_FAILURE;
      room_prepare (self->room);
      break;
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (!start_room (self))
        return GST_STATE_CHANGE_FAILURE;
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      room_cancel_join (self->room);
      signaller_child_pause (&self->signaller);
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      signaller_child_set_state (&self->signaller, GST_STATE_READY);
      room_stop (self->room);
      break;
    case GST_STATE_CHANGE_READY_TO_NULL:
      signaller_child_set_state (&self->signaller, GST_STATE_NULL);
      break;
    default:
      break;
  }

  result = GST_ELEMENT_CLASS (gst_room_call_bin_parent_class)
               ->change_state (element, transition);

  switch (transition) {
    case GST_STATE_CHANGE_READY_TO_PAUSED:
      if (result == GST_STATE_CHANGE_FAILURE
          || !signaller_child_set_state (&self->signaller, GST_STATE_PAUSED)) {
        signaller_child_set_state (&self->signaller, GST_STATE_READY);
        room_stop (self->room);
        return GST_STATE_CHANGE_FAILURE;
      }
      return GST_STATE_CHANGE_NO_PREROLL;
    case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
      if (result != GST_STATE_CHANGE_FAILURE)
        room_join (self->room);
      break;
    case GST_STATE_CHANGE_PLAYING_TO_PAUSED:
      if (result != GST_STATE_CHANGE_FAILURE)
        return GST_STATE_CHANGE_NO_PREROLL;
      break;
    case GST_STATE_CHANGE_PAUSED_TO_READY:
      room_call_pads_rest (element);
      break;
    default:
      break;
  }
  return result;
}

/* Leaves the room, and ends every stream. */
static void
end (GstRoomCallBin *self)
{
  gboolean ended;

  GST_OBJECT_LOCK (self);
  ended = self->ended;
  self->ended = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (ended)
    return;
  signaller_child_set_state (&self->signaller, GST_STATE_READY);
  room_send_eos (self->room);
  /* The bin is a sink, too: a pipeline that only sends ends by this. */
  gst_element_post_message (
      GST_ELEMENT (self), gst_message_new_eos (GST_OBJECT (self)));
}

static void
end_on_worker (GstElement *element, gpointer data)
{
  end (GST_ROOM_CALL_BIN (element));
}

/**
 * gst_room_call_bin_end_soon:
 * @self: the element
 *
 * Leaves the room and ends every stream, on a thread of its own.
 */
void
gst_room_call_bin_end_soon (GstRoomCallBin *self)
{
  gst_element_call_async (GST_ELEMENT (self), end_on_worker, NULL, NULL);
}

static gboolean
gst_room_call_bin_send_event (GstElement *element, GstEvent *event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    gst_event_unref (event);
    gst_room_call_bin_end_soon (GST_ROOM_CALL_BIN (element));
    return TRUE;
  }
  return GST_ELEMENT_CLASS (gst_room_call_bin_parent_class)
      ->send_event (element, event);
}

static gboolean
gst_room_call_bin_query (GstElement *element, GstQuery *query)
{
  /* As a sink it is asked for the latency of what flows in, which is sent as
   * it comes; what flows out is asked at the src pads. */
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
    return TRUE;
  }
  return GST_ELEMENT_CLASS (gst_room_call_bin_parent_class)
      ->query (element, query);
}

static gboolean
is_of_peer (GstObject *object)
{
  for (; object != NULL; object = GST_OBJECT_PARENT (object)) {
    if (ROOM_IS_PEER_BIN (object))
      return TRUE;
  }
  return FALSE;
}

/* A message on a bus that nobody reads keeps its source alive: here, a peer's
 * webrtcbin with all its sockets. */
static void
gst_room_call_bin_handle_message (GstBin *bin, GstMessage *message)
{
  if (is_of_peer (GST_MESSAGE_SRC (message))) {
    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_STATE_CHANGED:
      case GST_MESSAGE_STREAM_STATUS:
      case GST_MESSAGE_ELEMENT:
        gst_message_unref (message);
        return;
      case GST_MESSAGE_LATENCY:
        gst_message_unref (message);
        message = gst_message_new_latency (GST_OBJECT (bin));
        break;
      default:
        break;
    }
  }
  GST_BIN_CLASS (gst_room_call_bin_parent_class)->handle_message (bin, message);
}

/**
 * gst_room_call_bin_get_room:
 * @self: the element
 *
 * Returns: (transfer none): its room
 */
Room *
gst_room_call_bin_get_room (GstRoomCallBin *self)
{
  return self->room;
}

/* --- GstChildProxy: the signaller and the pads --- */

static GObject *
child_proxy_get_child_by_name (GstChildProxy *proxy, const char *name)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (proxy);

  if (g_str_equal (name, SIGNALLER_CHILD_NAME))
    return (GObject *) signaller_child_ref (&self->signaller);
  return (GObject *) gst_element_get_static_pad (GST_ELEMENT (self), name);
}

static guint
child_proxy_get_children_count (GstChildProxy *proxy)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (proxy);
  guint n;

  GST_OBJECT_LOCK (self);
  n = GST_ELEMENT (self)->numpads + (self->signaller.element != NULL);
  GST_OBJECT_UNLOCK (self);
  return n;
}

static GObject *
child_proxy_get_child_by_index (GstChildProxy *proxy, guint index)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (proxy);
  GObject *child = NULL;

  GST_OBJECT_LOCK (self);
  if (self->signaller.element != NULL && index-- == 0)
    child = G_OBJECT (self->signaller.element);
  else
    child = g_list_nth_data (GST_ELEMENT (self)->pads, index);
  if (child != NULL)
    g_object_ref (child);
  GST_OBJECT_UNLOCK (self);
  return child;
}

static void
gst_room_call_bin_child_proxy_init (gpointer iface, gpointer iface_data)
{
  GstChildProxyInterface *proxy = iface;

  proxy->get_child_by_name = child_proxy_get_child_by_name;
  proxy->get_child_by_index = child_proxy_get_child_by_index;
  proxy->get_children_count = child_proxy_get_children_count;
}

/* --- properties --- */

/* The one short form that may change in a call. */
static void
move (GstRoomCallBin *self, const GValue *room)
{
  g_autoptr (GstElement) signaller = signaller_child_ref (&self->signaller);

  if (signaller != NULL
      && g_object_class_find_property (G_OBJECT_GET_CLASS (signaller), "room"))
    g_object_set_property (G_OBJECT (signaller), "room", room);
}

static void
gst_room_call_bin_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (object);
  gboolean known, runs;

  if (id == PROP_SIGNALLER) {
    signaller_child_set (&self->signaller, g_value_get_object (value));
    return;
  }
  GST_OBJECT_LOCK (self);
  known = room_call_settings_set (&self->settings, id - PROP_SETTINGS, value);
  runs = GST_STATE (self) > GST_STATE_NULL;
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  else if (runs && g_str_equal (pspec->name, "room"))
    move (self, value);
}

static void
gst_room_call_bin_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (object);
  gboolean known = TRUE;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, room_get_stats (self->room));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (id == PROP_SIGNALLER)
    g_value_set_object (value, self->signaller.element);
  else
    known = room_call_settings_get (&self->settings, id - PROP_SETTINGS, value);
  GST_OBJECT_UNLOCK (self);
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gst_room_call_bin_dispose (GObject *object)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (object);
  GList *pads;

  if (self->room != NULL) {
    room_stop (self->room);
    GST_OBJECT_LOCK (self);
    pads = g_list_copy_deep (
        GST_ELEMENT (self)->pads, (GCopyFunc) (GCallback) gst_object_ref, NULL);
    GST_OBJECT_UNLOCK (self);
    for (GList *l = pads; l != NULL; l = l->next)
      room_call_pads_release (GST_ELEMENT (self), l->data);
    g_list_free_full (pads, gst_object_unref);
    g_clear_pointer (&self->room, room_free);
  }
  signaller_child_clear (&self->signaller);
  G_OBJECT_CLASS (gst_room_call_bin_parent_class)->dispose (object);
}

static void
gst_room_call_bin_finalize (GObject *object)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (object);

  room_call_settings_clear (&self->settings);
  G_OBJECT_CLASS (gst_room_call_bin_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  /**
   * GstRoomCallBin:signaller:
   *
   * The element that talks to the room's server. Any element that has the
   * signals and actions of docs/signalling-contract.md; what it lacks is said
   * when the bin goes to READY.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_SIGNALLER,
      g_param_spec_object ("signaller", "Signaller",
          "The element that talks to the room's server; its properties are "
          "reached as signaller::NAME",
          GST_TYPE_ELEMENT,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
              | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Stats",
          "Peers, frames and bytes so far, as in a roomcall/stats message",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  room_call_settings_install (klass, PROP_SETTINGS);
}

static void
gst_room_call_bin_class_init (GstRoomCallBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  webrtc_tuning_keep_openssl ();
  object_class->set_property = gst_room_call_bin_set_property;
  object_class->get_property = gst_room_call_bin_get_property;
  object_class->dispose = gst_room_call_bin_dispose;
  object_class->finalize = gst_room_call_bin_finalize;
  GST_BIN_CLASS (klass)->handle_message = gst_room_call_bin_handle_message;
  element_class->change_state = gst_room_call_bin_change_state;
  element_class->send_event = gst_room_call_bin_send_event;
  element_class->query = gst_room_call_bin_query;
  element_class->request_new_pad = room_call_pads_request;
  element_class->release_pad = room_call_pads_release;

  install_properties (object_class);
  room_call_actions_install (G_TYPE_FROM_CLASS (klass));
  room_call_pads_install (element_class);
  gst_element_class_set_static_metadata (element_class, "Room call",
      "Generic/Bin/Network",
      "A call with everyone in a room: browsers and other pipelines",
      "The gst-roomcall developers");
  room_call_settings_mark_types ();
}

static void
gst_room_call_bin_init (GstRoomCallBin *self)
{
  /* Both, whatever is inside: as a source it is sent the application's EOS,
   * as a sink it ends a pipeline that only sends. */
  gst_bin_set_suppressed_flags (
      GST_BIN (self), GST_ELEMENT_FLAG_SINK | GST_ELEMENT_FLAG_SOURCE);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK | GST_ELEMENT_FLAG_SOURCE);

  room_call_settings_init (&self->settings);
  self->room = room_new (GST_BIN (self), &room_funcs, self);
  signaller_child_init (&self->signaller, GST_BIN (self));
}
