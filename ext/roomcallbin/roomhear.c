/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "room-private.h"
#include "roomcontract.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* What the signaller says, and what the room makes of it. */

/* After a reconnection of the signalling: how often it is looked whether the call
 * goes on with a member that is not in the new list. */
#define MISSING_LOOK_MS 5000

static RoomPeer *
add_member (
    Room *self, const char *id, const char *role, const GstStructure *info)
{
  GstStructure *message;
  RoomPeer *peer;

  if (roster_is_full (self->roster)) {
    g_autofree char *text = g_strdup_printf (
        "%s is in the room, but not called: there are max-peers=%u already", id,
        self->settings.max_peers);

    room_post_warning (&self->messages, text);
    return NULL;
  }
  peer = room_peer_new (&self->context, id, role, info);
  roster_add (self->roster, peer);
  message = gst_structure_new_empty ("roomcall/peer-joined");
  room_peer_describe (peer, message);
  room_post_message (&self->messages, message);
  return peer;
}

/* By which the streams are called; it may be another one each time. */
static void
note_room_name (Room *self)
{
  char *name = NULL;

  if (g_object_class_find_property (
          G_OBJECT_GET_CLASS (self->signaller), "room"))
    g_object_get (self->signaller, "room", &name, NULL);
  g_free ((char *) self->settings.room);
  self->settings.room = self->context.settings.room = name;
}

static void
on_joined (const char *self_id, gpointer data)
{
  Room *self = data;
  GstStructure *message = gst_structure_new_empty ("roomcall/joined");

  note_room_name (self);
  room_clear_timer (&self->missing_timer);
  roster_begin_list (self->roster);
  if (self_id != NULL)
    gst_structure_set (message, "self-id", G_TYPE_STRING, self_id, NULL);
  room_post_message (&self->messages, message);
}

static void
on_disconnected (const char *reason, gboolean will_retry, gpointer data)
{
  Room *self = data;

  /* Media need no signalling: the calls go on. */
  GST_INFO_OBJECT (self->bin, "signalling lost: %s", reason);
}

static gboolean
look_for_missing (gpointer data)
{
  Room *self = data;

  if (roster_end_list (self->roster))
    return G_SOURCE_CONTINUE;
  room_clear_timer (&self->missing_timer);
  return G_SOURCE_REMOVE;
}

static void
on_roster_complete (gpointer data)
{
  Room *self = data;

  room_clear_timer (&self->missing_timer);
  if (roster_end_list (self->roster))
    self->missing_timer =
        room_add_timer (self, MISSING_LOOK_MS, look_for_missing);
}

static void
on_left (const char *reason, gpointer data)
{
  Room *self = data;

  roster_clear (self->roster, "We left");
}

static void
on_peer_joined (
    const char *id, const char *role, const GstStructure *info, gpointer data)
{
  Room *self = data;
  RoomPeer *peer = id != NULL ? roster_find (self->roster, id) : NULL;

  if (id == NULL)
    return;
  if (peer == NULL)
    peer = add_member (self, id, role, info);
  if (peer == NULL)
    return;
  roster_mark_listed (self->roster, peer);
  room_calls_arrived (self->calls, peer);
}

static void
on_peer_left (const char *id, const char *reason, gpointer data)
{
  Room *self = data;
  RoomPeer *peer = roster_find (self->roster, id);

  if (peer != NULL)
    roster_remove (
        self->roster, peer, reason != NULL ? reason : "The peer left");
}

static void
on_description (
    const char *id, const char *type, const char *sdp, gpointer data)
{
  Room *self = data;
  gboolean offer = g_strcmp0 (type, "offer") == 0;
  RoomPeer *peer = id != NULL ? roster_find (self->roster, id)
                              : roster_find_only_call (self->roster);

  if (sdp == NULL || (!offer && g_strcmp0 (type, "answer") != 0)) {
    room_post_warning (&self->messages,
        "A description that is neither offer nor answer, dropped");
    return;
  }
  /* In some applications an offer is all that says that there is a peer. */
  if (peer == NULL && offer && id != NULL)
    peer = add_member (self, id, ROOM_ROLE_ANSWERER, NULL);
  if (peer == NULL) {
    room_post_warning (
        &self->messages, "A description of an unknown peer, dropped");
    return;
  }
  roster_mark_listed (self->roster, peer);
  if (offer)
    room_calls_offered (self->calls, peer, sdp);
  else
    room_peer_take_description (peer, SDP_ANSWER, sdp);
}

static void
on_candidate (const char *id, int mline, const char *mid, const char *candidate,
    gpointer data)
{
  Room *self = data;
  RoomPeer *peer;

  if (candidate == NULL)
    return;
  peer = id != NULL ? roster_find (self->roster, id)
                    : roster_find_by_candidate (self->roster, candidate);
  if (peer != NULL)
    room_peer_take_candidate (peer, mline, mid, candidate);
  else
    GST_INFO_OBJECT (self->bin, "a candidate of an unknown peer, dropped");
}

static void
on_call_ended (const char *id, const char *reason, gpointer data)
{
  room_calls_ended (((Room *) data)->calls, id, reason);
}

static void
on_ice_servers (const char *id, const GstStructure *structure, gpointer data)
{
  Room *self = data;

  room_warn_of_servers (
      self, leg_servers_hear (self->context.servers, id, structure));
}

const RoomSignallerFuncs room_signaller_funcs = {
  .joined = on_joined,
  .disconnected = on_disconnected,
  .left = on_left,
  .roster_complete = on_roster_complete,
  .peer_joined = on_peer_joined,
  .peer_left = on_peer_left,
  .description = on_description,
  .candidate = on_candidate,
  .call_ended = on_call_ended,
  .ice_servers = on_ice_servers,
};
