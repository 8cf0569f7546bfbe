/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-packet-reader.h"

#include "sio-bytes-private.h"
#include "sio-error.h"
#include "sio-json-reader-private.h"

/* Of a value: JsonNode, JsonValue and its place in an array, as malloc rounds
 * them. */
#define NODE_SIZE 128

/* The error of both functions that read is TOO_LARGE for a packet that is lost
 * alone: what belongs to it and is still to come will be skipped. Any other one
 * is the end of what can be read. */

static void
drop_partial (SioPacketReader *self)
{
  g_clear_pointer (&self->partial, sio_packet_free);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  self->bytes = 0;
}

/* A text message. @packet is NULL when attachments are yet to come. */
gboolean
sio_packet_reader_text (SioPacketReader *self, const char *text, gsize length,
    const SioLimitValues *limits, SioPacket **packet, GError **error)
{
  g_autoptr (SioPacket) parsed = NULL;

  *packet = NULL;
  if (self->missing > 0) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_PROTOCOL,
        "Socket.IO: text where an attachment was due");
    return FALSE;
  }
  parsed = sio_packet_parse (text, length, limits, &self->missing, error);
  if (parsed == NULL)
    return FALSE;
  if (self->missing > 0) {
    self->partial = g_steal_pointer (&parsed);
    self->attachments =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    return TRUE;
  }
  if (parsed->type == SIO_PACKET_BINARY_EVENT
      || parsed->type == SIO_PACKET_BINARY_ACK) {
    g_autoptr (GPtrArray) none = g_ptr_array_new ();

    if (!sio_bytes_expand (parsed->payload, none, 0, error))
      return FALSE;
  }
  *packet = g_steal_pointer (&parsed);
  return TRUE;
}

/* A binary message. @packet is NULL unless it is the last that was missing. */
gboolean
sio_packet_reader_binary (SioPacketReader *self, gconstpointer bytes,
    gsize length, const SioLimitValues *limits, SioPacket **packet,
    GError **error)
{
  *packet = NULL;
  if (self->missing == 0) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_PROTOCOL,
        "Socket.IO: an attachment that no packet announced");
    return FALSE;
  }
  self->missing--;
  if (self->partial == NULL)
    return TRUE;
  if (length > limits->max_attachment_bytes
      || self->bytes > limits->max_attachment_bytes - length) {
    drop_partial (self);
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
        "Socket.IO: the attachments are too large");
    return FALSE;
  }
  self->bytes += length;
  g_ptr_array_add (self->attachments, g_bytes_new (bytes, length));
  if (self->missing > 0)
    return TRUE;
  if (sio_bytes_expand (self->partial->payload, self->attachments,
          limits->max_attachment_bytes, error)) {
    self->partial->size += self->bytes;
    *packet = g_steal_pointer (&self->partial);
  }
  drop_partial (self);
  return *packet != NULL;
}

/* About how many bytes of memory wait for attachments. Each value of the JSON is a
 * node of json-glib's, and the shortest has two bytes of text. */
gsize
sio_packet_reader_get_held (const SioPacketReader *self)
{
  if (self->partial == NULL)
    return 0;
  return self->bytes + self->partial->size
      + MIN (self->partial->size / 2, SIO_JSON_MAX_VALUES) * NODE_SIZE;
}

/* Whether attachments are to come. */
gboolean
sio_packet_reader_is_waiting (const SioPacketReader *self)
{
  return self->missing > 0;
}

void
sio_packet_reader_reset (SioPacketReader *self)
{
  drop_partial (self);
  self->missing = 0;
}
