/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define ROOM_TYPE_PEER_BIN (room_peer_bin_get_type ())
G_DECLARE_FINAL_TYPE (RoomPeerBin, room_peer_bin, ROOM, PEER_BIN, GstBin)

/**
 * RoomPeerBinFailed:
 * @message: (transfer none): the error of an element inside
 * @data: handed to room_peer_bin_new()
 *
 * Called from whatever thread posted the error.
 */
typedef void (*RoomPeerBinFailed) (const GError *error, gpointer data);

GstElement *room_peer_bin_new (const char *name, RoomPeerBinFailed failed,
    gpointer data, GDestroyNotify destroy);

G_END_DECLS
