/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <sio/sio-error.h>
#include <sio/sio-message.h>
#include <sio/sio-packet-reader.h>

#include <string.h>

/* Messages that 0x1e divides; one that begins with "b" is binary. A packet that
 * is taken can be sent, and arrives as the same. */

/* Small ones are reached sooner. */
static const SioLimitValues limits = {
  .max_attachments = 10,
  .max_attachment_bytes = 100,
  .max_json_depth = 8,
  .max_event_length = 64,
  .max_namespace_length = 64,
  .max_ack_digits = 15,
};

static SioMessage *
write_packet (const SioPacket *packet)
{
  g_autoptr (JsonNode) arguments = NULL;
  g_autofree char *event = NULL;

  switch (packet->type) {
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      event = sio_packet_dup_event (packet);
      arguments = sio_packet_dup_arguments (packet);
      return sio_message_new_event (
          packet->nsp, packet->id, event, arguments, &limits, NULL);
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
      arguments = sio_packet_dup_arguments (packet);
      return sio_message_new_ack (
          packet->nsp, packet->id, arguments, &limits, NULL);
    case SIO_PACKET_CONNECT:
    case SIO_PACKET_DISCONNECT:
    case SIO_PACKET_CONNECT_ERROR:
    default:
      return sio_message_new (
          packet->type, packet->nsp, packet->payload, &limits, NULL);
  }
}

static SioPacket *
read_message (const SioMessage *message)
{
  SioPacketReader reader = { NULL };
  SioPacket *packet;
  g_autoptr (GError) error = NULL;

  sio_packet_reader_text (
      &reader, message->text, message->length, &limits, &packet, &error);
  g_assert_no_error (error);
  for (guint i = 0; packet == NULL; i++) {
    GBytes *bytes = message->attachments->pdata[i];

    sio_packet_reader_binary (&reader, g_bytes_get_data (bytes, NULL),
        g_bytes_get_size (bytes), &limits, &packet, &error);
    /* One that was sent once, and used often, is sent as often. */
    if (g_error_matches (error, SIO_ERROR, SIO_ERROR_TOO_LARGE))
      break;
    g_assert_no_error (error);
  }
  sio_packet_reader_reset (&reader);
  return packet;
}

static void
check_packet (const SioPacket *packet)
{
  g_autoptr (SioMessage) message = write_packet (packet);
  g_autoptr (SioMessage) message_again = NULL;
  g_autoptr (SioPacket) again = NULL;

  /* It may use its attachments too often, and a name that is a number may have
   * become too long, or deeper by what is in it. */
  if (message == NULL)
    return;
  again = read_message (message);
  if (again == NULL)
    return;
  /* Of the others the id means nothing, and is not sent. */
  if (packet->type >= SIO_PACKET_EVENT
      && packet->type != SIO_PACKET_CONNECT_ERROR)
    g_assert_cmpuint (again->id, ==, packet->id);
  g_assert_cmpstr (again->nsp, ==, packet->nsp);
  message_again = write_packet (again);
  g_assert_cmpmem (message_again->text, message_again->length, message->text,
      message->length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *at = (const char *) data;
  const char *end = at + size;
  SioPacketReader reader = { NULL };
  gboolean good = TRUE;

  while (good) {
    const char *stop = memchr (at, 0x1e, (gsize) (end - at));
    gsize length = (gsize) ((stop != NULL ? stop : end) - at);
    g_autoptr (SioPacket) packet = NULL;
    g_autoptr (GError) error = NULL;

    if (length > 0 && at[0] == 'b')
      good = sio_packet_reader_binary (
          &reader, at + 1, length - 1, &limits, &packet, &error);
    else
      good = sio_packet_reader_text (
          &reader, at, length, &limits, &packet, &error);
    g_assert_true (good == (error == NULL));
    good |= g_error_matches (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
    if (packet != NULL)
      check_packet (packet);
    if (stop == NULL)
      break;
    at = stop + 1;
  }
  sio_packet_reader_reset (&reader);
  return 0;
}
