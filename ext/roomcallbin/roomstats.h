/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "mediakind.h"

G_BEGIN_DECLS

/**
 * RoomStats:
 * @frames_in: encoded frames received, by #MediaKind: audio, video
 * @frames_out: encoded frames sent, by #MediaKind
 * @bytes_in: size of the RTP packets received
 * @bytes_out: size of the encoded frames sent
 *
 * What has flowed, with a peer or with all. Plain numbers, that only grow.
 */
typedef struct {
  guint64 frames_in[2];
  guint64 frames_out[2];
  guint64 bytes_in;
  guint64 bytes_out;
} RoomStats;

void room_stats_add (RoomStats *self, const RoomStats *other);
void room_stats_write (const RoomStats *self, GstStructure *structure);

G_END_DECLS
