/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peerbin.h"

/*
 * The bin that holds one peer's webrtcbin, its send legs and what it sends us.
 *
 * It is a wall for bus messages: a peer's failure is that peer's, and whatever
 * an element inside says is none of the application's business. A message that
 * waits on a bus keeps its source alive: with an application that does not read
 * its bus, each dead webrtcbin kept 20 file descriptors.
 */
struct _RoomPeerBin {
  GstBin parent;

  RoomPeerBinFailed failed;
  gpointer data;
  GDestroyNotify destroy;
};

G_DEFINE_TYPE (RoomPeerBin, room_peer_bin, GST_TYPE_BIN)

static void
room_peer_bin_handle_message (GstBin *bin, GstMessage *message)
{
  RoomPeerBin *self = ROOM_PEER_BIN (bin);

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ASYNC_START:
    case GST_MESSAGE_ASYNC_DONE:
    case GST_MESSAGE_LATENCY:
    case GST_MESSAGE_CLOCK_LOST:
    case GST_MESSAGE_CLOCK_PROVIDE:
    case GST_MESSAGE_NEED_CONTEXT:
    case GST_MESSAGE_HAVE_CONTEXT:
      GST_BIN_CLASS (room_peer_bin_parent_class)->handle_message (bin, message);
      return;
    case GST_MESSAGE_ERROR: {
      g_autoptr (GError) error = NULL;
      g_autofree char *debug = NULL;

      gst_message_parse_error (message, &error, &debug);
      GST_INFO_OBJECT (bin, "%s: %s (%s)", GST_MESSAGE_SRC_NAME (message),
          error->message, debug);
      if (self->failed != NULL)
        self->failed (error, self->data);
      break;
    }
    case GST_MESSAGE_WARNING: {
      g_autoptr (GError) error = NULL;
      g_autofree char *debug = NULL;

      gst_message_parse_warning (message, &error, &debug);
      GST_INFO_OBJECT (bin, "%s: %s (%s)", GST_MESSAGE_SRC_NAME (message),
          error->message, debug);
      break;
    }
    default:
      break;
  }
  gst_message_unref (message);
}

/* A leg leaves the bin above before it is stopped, and leaving takes the clock
 * away. rtpsession asks for the running time of each RTCP packet until it is
 * stopped, and what is received without a clock is a CRITICAL in 1.22. */
static gboolean
room_peer_bin_set_clock (GstElement *element, GstClock *clock)
{
  if (clock == NULL)
    return TRUE;
  return GST_ELEMENT_CLASS (room_peer_bin_parent_class)
      ->set_clock (element, clock);
}

static void
room_peer_bin_finalize (GObject *object)
{
  RoomPeerBin *self = ROOM_PEER_BIN (object);

  if (self->destroy != NULL)
    self->destroy (self->data);
  G_OBJECT_CLASS (room_peer_bin_parent_class)->finalize (object);
}

static void
room_peer_bin_class_init (RoomPeerBinClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = room_peer_bin_finalize;
  GST_ELEMENT_CLASS (klass)->set_clock = room_peer_bin_set_clock;
  GST_BIN_CLASS (klass)->handle_message = room_peer_bin_handle_message;
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Peer",
      "Generic/Bin/Network", "One peer of a room",
      "The gst-roomcall developers");
}

static void
room_peer_bin_init (RoomPeerBin *self)
{
  /* A sink whatever is inside, so that the pipeline's latency is told to
   * webrtcbin, which puts it into its sender reports; never a source, so that
   * the application's EOS is not. */
  gst_bin_set_suppressed_flags (
      GST_BIN (self), GST_ELEMENT_FLAG_SINK | GST_ELEMENT_FLAG_SOURCE);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SINK);
}

/**
 * room_peer_bin_new:
 * @name: unique in the parent; never made of what a peer sent
 * @failed: called when an element inside posts an error
 * @data: handed to @failed
 * @destroy: called on @data when the bin is finalized
 *
 * Returns: (transfer floating): a bin whose children's messages stay inside
 */
GstElement *
room_peer_bin_new (const char *name, RoomPeerBinFailed failed, gpointer data,
    GDestroyNotify destroy)
{
  RoomPeerBin *self = g_object_new (ROOM_TYPE_PEER_BIN, "name", name, NULL);

  self->failed = failed;
  self->data = data;
  self->destroy = destroy;
  return GST_ELEMENT (self);
}
