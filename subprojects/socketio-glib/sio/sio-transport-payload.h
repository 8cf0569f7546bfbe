/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-payload.h"
#include "sio-transport.h"

G_BEGIN_DECLS

/* What a packet that waits takes besides its bytes, in memory: a pong, which a
 * peer can have as many of as it likes, is one byte. */
#define SIO_PAYLOAD_OVERHEAD 128

/* Packets that wait for the next request or answer of long polling. */
typedef struct {
  GQueue packets; /* of GBytes */
  gsize bytes;
} SioPayloadQueue;

/* A payload with more packets is refused by python-engineio, at either end. */
#define SIO_PAYLOAD_PACKETS 16

void sio_payload_queue_push (SioPayloadQueue *self, SioEnginePacketType type,
    const char *payload, gsize length);
void sio_payload_queue_push_binary (
    SioPayloadQueue *self, gconstpointer bytes, gsize length);
gboolean sio_payload_queue_has_binary (SioPayloadQueue *self);
GString *sio_payload_queue_take (SioPayloadQueue *self, guint revision,
    gboolean bytes, guint max_packets, gsize max_bytes);
void sio_payload_queue_hand_over (SioPayloadQueue *self, SioTransport *next);
void sio_payload_queue_clear (SioPayloadQueue *self);

gboolean sio_transport_deliver_payload (SioTransport *self,
    SioPayloadReader *reader, gsize max_message, gboolean *closing,
    GError **error);

G_END_DECLS
