/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-packet-reader.h"

#include "sio-error.h"

/* A text message. @packet is NULL when attachments are yet to come. */
gboolean
sio_packet_reader_text (SioPacketReader *self, const char *text, gsize length,
    SioPacket **packet, GError **error)
{
  g_autoptr (SioPacket) parsed = NULL;

  *packet = NULL;
  if (self->partial != NULL) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_PROTOCOL,
        "Socket.IO: text where an attachment was due");
    return FALSE;
  }
  parsed = sio_packet_parse (text, length, error);
  if (parsed == NULL)
    return FALSE;
  if (parsed->attachments > 0) {
    self->missing = parsed->attachments;
    self->partial = g_steal_pointer (&parsed);
    return TRUE;
  }
  *packet = g_steal_pointer (&parsed);
  return TRUE;
}

/* A binary message. Its bytes are not kept: a JSON node has no place for them,
 * and whoever gets the packet sees that it had attachments. */
gboolean
sio_packet_reader_binary (
    SioPacketReader *self, SioPacket **packet, GError **error)
{
  *packet = NULL;
  if (self->partial == NULL) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_PROTOCOL,
        "Socket.IO: an attachment that no packet announced");
    return FALSE;
  }
  if (--self->missing == 0)
    *packet = g_steal_pointer (&self->partial);
  return TRUE;
}

void
sio_packet_reader_reset (SioPacketReader *self)
{
  g_clear_pointer (&self->partial, sio_packet_free);
  self->missing = 0;
}
