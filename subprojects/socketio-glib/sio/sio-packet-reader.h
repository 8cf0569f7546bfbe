/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

/* Puts a packet together with the binary messages that follow it. */
typedef struct {
  SioPacket *partial;     /* NULL if what is missing is to be skipped */
  GPtrArray *attachments; /* of GBytes; those of @partial that came */
  gsize bytes;            /* that they have */
  guint missing;          /* binary messages that are to come */
} SioPacketReader;

gboolean sio_packet_reader_text (SioPacketReader *self, const char *text,
    gsize length, const SioLimitValues *limits, SioPacket **packet,
    GError **error);
gboolean sio_packet_reader_binary (SioPacketReader *self, gconstpointer bytes,
    gsize length, const SioLimitValues *limits, SioPacket **packet,
    GError **error);
gsize sio_packet_reader_get_held (const SioPacketReader *self);
gboolean sio_packet_reader_is_waiting (const SioPacketReader *self);
void sio_packet_reader_reset (SioPacketReader *self);

G_END_DECLS
