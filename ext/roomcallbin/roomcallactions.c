/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcallactions.h"

static void
call (GstRoomCallBin *self, const char *peer)
{
  room_act (gst_room_call_bin_get_room (self), ROOM_CALL_CALL, peer);
}

static void
accept_call (GstRoomCallBin *self, const char *peer)
{
  room_act (gst_room_call_bin_get_room (self), ROOM_CALL_ACCEPT, peer);
}

static void
reject (GstRoomCallBin *self, const char *peer)
{
  room_act (gst_room_call_bin_get_room (self), ROOM_CALL_REJECT, peer);
}

static void
hang_up (GstRoomCallBin *self, const char *peer)
{
  room_act (gst_room_call_bin_get_room (self), ROOM_CALL_HANG_UP, peer);
}

static void
hang_up_all (GstRoomCallBin *self)
{
  room_act (gst_room_call_bin_get_room (self), ROOM_CALL_HANG_UP_ALL, NULL);
}

static GstStructure *
get_peers (GstRoomCallBin *self)
{
  return room_get_peers (gst_room_call_bin_get_room (self));
}

enum {
  SIGNAL_INCOMING_CALL,
  SIGNAL_CALL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
add_peer_action (const char *name, GType type, GCallback handler)
{
  g_signal_new_class_handler (name, type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      handler, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

/**
 * room_call_actions_install:
 * @type: the element's, in its class_init
 */
void
room_call_actions_install (GType type)
{
  /**
   * GstRoomCallBin::call:
   * @self: the element
   * @peer: (nullable): an id, or a display name that nobody else has; %NULL: the
   *   only peer without a call
   *
   * Offers a call now, whatever the call-policy and max-calls. From any thread;
   * does not wait. What cannot be done is a roomcall/warning, as with all of
   * these actions.
   *
   * Since: 0.1
   */
  add_peer_action ("call", type, G_CALLBACK (call));
  /**
   * GstRoomCallBin::accept:
   * @self: the element
   * @peer: (nullable): as in #GstRoomCallBin::call; %NULL: the only one that waits
   *
   * Answers the call that waits.
   *
   * Since: 0.1
   */
  add_peer_action ("accept", type, G_CALLBACK (accept_call));
  /**
   * GstRoomCallBin::reject:
   * @self: the element
   * @peer: (nullable): as in #GstRoomCallBin::accept
   *
   * Refuses the call that waits, in the words that the application has for it.
   *
   * Since: 0.1
   */
  add_peer_action ("reject", type, G_CALLBACK (reject));
  /**
   * GstRoomCallBin::hangup:
   * @self: the element
   * @peer: (nullable): as in #GstRoomCallBin::call; %NULL: the only call
   *
   * Ends the call, gives up calling, or refuses the call that waits. We stay in
   * the room, and do not call this peer again by ourselves.
   *
   * Since: 0.1
   */
  add_peer_action ("hangup", type, G_CALLBACK (hang_up));
  /**
   * GstRoomCallBin::hangup-all:
   * @self: the element
   *
   * The same with everybody.
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("hangup-all", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (hang_up_all), NULL, NULL,
      NULL, G_TYPE_NONE, 0);
  /**
   * GstRoomCallBin::get-peers:
   * @self: the element
   *
   * Waits for the room's thread.
   *
   * Returns: (transfer full): "roomcall/peers" with an array "peers" of
   *   structures: peer-id, peer-name, client-id, userdata, slot, state
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("get-peers", type,
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (get_peers), NULL, NULL,
      NULL, GST_TYPE_STRUCTURE, 0);

  /**
   * GstRoomCallBin::incoming-call:
   * @self: the element
   * @peer: the id of who calls
   * @info: the fields of the message roomcall/incoming-call
   *
   * A call waits for #GstRoomCallBin::accept, which is only so if the call-policy
   * is manual. On the room's thread; the actions may be used.
   *
   * Since: 0.1
   */
  signals[SIGNAL_INCOMING_CALL] =
      g_signal_new ("incoming-call", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
          NULL, G_TYPE_NONE, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /**
   * GstRoomCallBin::call-ended:
   * @self: the element
   * @peer: the id of whom the call was with
   * @reason: for people
   *
   * A call is over, or an attempt to have one. On the room's thread; the actions
   * may be used.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CALL_ENDED] =
      g_signal_new ("call-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

/**
 * room_call_actions_tell:
 * @self: the element
 * @structure: what goes to the bus
 *
 * Emits the signal that says the same, if there is one.
 */
void
room_call_actions_tell (GstRoomCallBin *self, const GstStructure *structure)
{
  const char *peer = gst_structure_get_string (structure, "peer-id");

  if (gst_structure_has_name (structure, "roomcall/incoming-call"))
    g_signal_emit (self, signals[SIGNAL_INCOMING_CALL], 0, peer, structure);
  else if (gst_structure_has_name (structure, "roomcall/call-ended"))
    g_signal_emit (self, signals[SIGNAL_CALL_ENDED], 0, peer,
        gst_structure_get_string (structure, "reason"));
}
