/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roompeer-private.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* A member that comes back under another id, as after the restart of a server,
 * is shown by its old connection until the new one has something to show: make
 * before break. Measured without it: no picture for 300 to 333 ms, as a key frame
 * has to come, and pass the jitter buffer. */

#define LOOK_MS 20
/* What the new connection is given; then it takes over as it is. */
#define PATIENCE_US (2 * G_TIME_SPAN_SECOND)
/* How long the old one is still heard. Measured: 140 to 160 ms pass from a new
 * input of a mixer to its first sound. */
#define OVERLAP_MS 140
/* And how long it still sends: the other end may not be ready yet. */
#define FAREWELL_MS 500

/* How many streams its description promises. */
static guint
count_promised (RoomPeer *self)
{
  const SdpDescription *remote = peer_leg_get_remote (self->leg);
  guint n = 0;

  for (guint i = 0; remote != NULL && i < remote->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (remote, i);

    n += (media->kind == MEDIA_AUDIO || media->kind == MEDIA_VIDEO)
        && !media->rejected && (media->direction & SDP_DIRECTION_SEND);
  }
  return n;
}

static gboolean
is_ready (RoomPeer *self)
{
  if (!self->is_connected || self->tracks->len < count_promised (self))
    return FALSE;
  for (guint i = 0; i < self->tracks->len; i++) {
    if (!recv_branch_is_warm (g_ptr_array_index (self->tracks, i)))
      return FALSE;
  }
  return TRUE;
}

static void
finish (RoomPeer *self)
{
  peer_clear_source (&self->takeover);
  peer_take_slot (self);
  for (guint i = 0; i < self->tracks->len; i++) {
    RecvBranch *track = g_ptr_array_index (self->tracks, i);

    peer_show_track (self, track);
    recv_branch_cool_down (track);
  }
  if (self->is_connected)
    peer_set_state (self, ROOM_PEER_CONNECTED, NULL);
}

static gboolean
look (gpointer data)
{
  RoomPeer *self = data;

  if (!is_ready (self) && g_get_monotonic_time () < self->takeover_end)
    return G_SOURCE_CONTINUE;
  finish (self);
  return G_SOURCE_REMOVE;
}

/**
 * peer_awaits_takeover:
 * @self: a peer with a leg
 *
 * Begins to wait if it is shown by another connection.
 *
 * Returns: whether its place is still that one's
 */
gboolean
peer_awaits_takeover (RoomPeer *self)
{
  if (self->takeover != NULL)
    return TRUE;
  if (self->slot >= 0
      || !self->context->has_predecessor (self, self->context->data))
    return FALSE;
  self->takeover_end = g_get_monotonic_time () + PATIENCE_US;
  self->takeover = peer_add_source (self, LOOK_MS, look);
  return self->takeover != NULL;
}

/**
 * peer_prepare_track:
 * @self: a peer that waits to take over
 * @track: what it will show
 */
void
peer_prepare_track (RoomPeer *self, RecvBranch *track)
{
  g_autoptr (GError) error = NULL;

  if (!recv_branch_warm_up (track, &error))
    GST_WARNING_OBJECT (self->context->bin, "%s", error->message);
}

/**
 * peer_abandon_takeover:
 * @self: a peer whose leg ends
 */
void
peer_abandon_takeover (RoomPeer *self)
{
  if (self->takeover == NULL)
    return;
  peer_clear_source (&self->takeover);
  for (guint i = 0; i < self->tracks->len; i++)
    recv_branch_cool_down (g_ptr_array_index (self->tracks, i));
}

static gboolean
on_farewell_over (gpointer data)
{
  RoomPeer *self = data;

  peer_clear_source (&self->deadline);
  self->context->superseded (self, self->context->data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_overlap_over (gpointer data)
{
  RoomPeer *self = data;

  for (guint i = 0; i < self->tracks->len; i++)
    room_outputs_remove_track (
        self->context->outputs, g_ptr_array_index (self->tracks, i));
  peer_set_deadline (self, FAREWELL_MS - OVERLAP_MS, on_farewell_over);
  return G_SOURCE_REMOVE;
}

/**
 * room_peer_supersede:
 * @self: a peer whose program is shown by another connection from here on
 *
 * Shows nothing of it any more, and has the context told when it may go.
 */
void
room_peer_supersede (RoomPeer *self)
{
  self->is_superseded = TRUE;
  peer_clear_source (&self->watch);
  for (guint i = 0; i < self->tracks->len; i++)
    room_outputs_supersede_track (
        self->context->outputs, g_ptr_array_index (self->tracks, i));
  peer_set_deadline (self, OVERLAP_MS, on_overlap_over);
}

/**
 * room_peer_is_superseded:
 * @self: the peer
 *
 * Returns: whether another connection is shown in its place
 */
gboolean
room_peer_is_superseded (RoomPeer *self)
{
  return self->is_superseded;
}
