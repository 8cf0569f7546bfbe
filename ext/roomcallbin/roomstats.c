/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomstats.h"

/**
 * room_stats_add:
 * @self: the sums
 * @other: what is added to them
 */
void
room_stats_add (RoomStats *self, const RoomStats *other)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->frames_in); i++) {
    self->frames_in[i] += other->frames_in[i];
    self->frames_out[i] += other->frames_out[i];
  }
  self->bytes_in += other->bytes_in;
  self->bytes_out += other->bytes_out;
}

/**
 * room_stats_write:
 * @self: the sums
 * @structure: gets a field for each
 */
void
room_stats_write (const RoomStats *self, GstStructure *structure)
{
  gst_structure_set (structure, "audio-buffers-in", G_TYPE_UINT64,
      self->frames_in[MEDIA_AUDIO], "video-frames-in", G_TYPE_UINT64,
      self->frames_in[MEDIA_VIDEO], "bytes-in", G_TYPE_UINT64, self->bytes_in,
      "audio-buffers-out", G_TYPE_UINT64, self->frames_out[MEDIA_AUDIO],
      "video-frames-out", G_TYPE_UINT64, self->frames_out[MEDIA_VIDEO],
      "bytes-out", G_TYPE_UINT64, self->bytes_out, NULL);
}
