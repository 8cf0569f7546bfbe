/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-early.h"

/* Keeps a copy; FALSE if there is no room. */
gboolean
sio_early_push (
    SioEarly *self, const SioPacket *packet, const SioLimitValues *limits)
{
  if (self->packets.length >= limits->max_early_packets
      || self->bytes + packet->size > limits->max_early_bytes)
    return FALSE;
  self->bytes += packet->size;
  g_queue_push_tail (&self->packets, sio_packet_copy (packet));
  return TRUE;
}

/* The oldest one (transfer full), or NULL. */
SioPacket *
sio_early_pop (SioEarly *self)
{
  SioPacket *packet = g_queue_pop_head (&self->packets);

  if (packet != NULL)
    self->bytes -= packet->size;
  return packet;
}

void
sio_early_clear (SioEarly *self)
{
  g_queue_clear_full (&self->packets, (GDestroyNotify) sio_packet_free);
  self->bytes = 0;
}
