/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-transport-payload.h"

#include "sio-error.h"

#include <string.h>

/* What the two ends of long polling share. */

/* A binary message is kept with this before it, which no packet begins with. */
#define BINARY_MARK 'b'

static void
push (SioPayloadQueue *self, char first, const char *data, gsize length)
{
  char *packet = g_malloc (length + 1);

  packet[0] = first;
  if (length > 0)
    memcpy (packet + 1, data, length);
  g_queue_push_tail (&self->packets, g_bytes_new_take (packet, length + 1));
  self->bytes += length + 1 + SIO_PAYLOAD_OVERHEAD;
}

void
sio_payload_queue_push (SioPayloadQueue *self, SioEnginePacketType type,
    const char *payload, gsize length)
{
  push (self, '0' + (char) type, payload, length);
}

void
sio_payload_queue_push_binary (
    SioPayloadQueue *self, gconstpointer bytes, gsize length)
{
  push (self, BINARY_MARK, bytes, length);
}

static GBytes *
pop (SioPayloadQueue *self)
{
  GBytes *bytes = g_queue_pop_head (&self->packets);

  self->bytes -= g_bytes_get_size (bytes) + SIO_PAYLOAD_OVERHEAD;
  return bytes;
}

static void
view (GBytes *bytes, SioPayloadPacket *packet)
{
  packet->data = g_bytes_get_data (bytes, &packet->length);
  packet->binary = packet->data[0] == BINARY_MARK;
  packet->data += packet->binary;
  packet->length -= packet->binary;
}

/* Whether any of what waits is binary. */
gboolean
sio_payload_queue_has_binary (SioPayloadQueue *self)
{
  for (GList *link = self->packets.head; link != NULL; link = link->next) {
    SioPayloadPacket packet;

    view (link->data, &packet);
    if (packet.binary)
      return TRUE;
  }
  return FALSE;
}

/* As much as one payload may carry, in text or in @bytes; what is larger than
 * that goes alone, and the peer has its say. */
GString *
sio_payload_queue_take (SioPayloadQueue *self, guint revision, gboolean bytes,
    guint max_packets, gsize max_bytes)
{
  GString *body = g_string_new (NULL);

  for (guint i = 0; i < max_packets && self->packets.length > 0; i++) {
    g_autoptr (GBytes) taken = NULL;
    SioPayloadPacket packet;
    gsize before = body->len;

    view (g_queue_peek_head (&self->packets), &packet);
    /* A server may take the end more quickly than what comes before it. */
    if (i > 0 && !packet.binary && packet.data[0] == '0' + SIO_ENGINE_CLOSE)
      break;
    if (bytes)
      sio_payload_append_bytes (body, &packet);
    else
      sio_payload_append (body, revision, &packet);
    if (i > 0 && body->len > max_bytes) {
      g_string_truncate (body, before);
      break;
    }
    taken = pop (self);
  }
  return body;
}

/* Sends all that waits over @next instead. */
void
sio_payload_queue_hand_over (SioPayloadQueue *self, SioTransport *next)
{
  while (self->packets.length > 0) {
    g_autoptr (GBytes) bytes = pop (self);
    SioPayloadPacket packet;

    view (bytes, &packet);
    if (packet.binary)
      sio_transport_send_binary (next, packet.data, packet.length);
    else
      sio_transport_send (next, (SioEnginePacketType) (packet.data[0] - '0'),
          packet.data + 1, packet.length - 1);
  }
}

void
sio_payload_queue_clear (SioPayloadQueue *self)
{
  g_queue_clear_full (&self->packets, (GDestroyNotify) g_bytes_unref);
  self->bytes = 0;
}

/* Gives the packets of a body to the transport's handler, as long as it has one.
 * @closing, which may be NULL, becomes TRUE if the peer says that it ends the
 * session. */
gboolean
sio_transport_deliver_payload (SioTransport *self, SioPayloadReader *reader,
    gsize max_message, gboolean *closing, GError **error)
{
  while (sio_transport_has_handler (self)
      && !sio_payload_reader_is_over (reader)) {
    SioPayloadPacket packet;

    if (!sio_payload_reader_next (reader, &packet, error))
      return FALSE;
    if (packet.length > max_message) {
      g_set_error_literal (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
          "Engine.IO: a packet is over the limit");
      return FALSE;
    }
    if (!sio_transport_admit (self, packet.length, error))
      return FALSE;
    if (packet.binary) {
      sio_transport_deliver_binary (self, packet.data, packet.length);
      continue;
    }
    if (closing != NULL && packet.length > 0
        && packet.data[0] == '0' + SIO_ENGINE_CLOSE)
      *closing = TRUE;
    sio_transport_deliver_packet (self, packet.data, packet.length);
  }
  return TRUE;
}
