/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

/* Puts a packet together with the binary messages that follow it. */
typedef struct {
  SioPacket *partial;
  guint missing;
} SioPacketReader;

gboolean sio_packet_reader_text (SioPacketReader *self, const char *text,
    gsize length, SioPacket **packet, GError **error);
gboolean sio_packet_reader_binary (
    SioPacketReader *self, SioPacket **packet, GError **error);
void sio_packet_reader_reset (SioPacketReader *self);

G_END_DECLS
