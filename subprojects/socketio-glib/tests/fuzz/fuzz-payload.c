/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <sio/sio-engine-packet.h>
#include <sio/sio-payload.h>

#include <string.h>

/* A body of long polling, after the digit of its revision, or 'b' for revision 3
 * in bytes: packets joined by 0x1e, or each with its length before it. What is
 * taken apart can be put together again, and is then the same. */

#define MAX_PACKETS 64

typedef struct {
  guint packets;
  GString *joined;
  gboolean broken;
} Outcome;

/* What Engine.IO makes of it. */
static void
read_packet (const SioPayloadPacket *payload)
{
  g_autoptr (SioEngineHandshake) handshake = NULL;
  g_autoptr (GError) error = NULL;
  SioEnginePacket packet;

  if (payload->binary
      || !sio_engine_packet_parse (
          payload->data, payload->length, &packet, NULL)
      || packet.type != SIO_ENGINE_OPEN)
    return;
  handshake =
      sio_engine_handshake_parse (packet.payload, packet.length, &error);
  g_assert_true ((handshake == NULL) == (error != NULL));
}

static Outcome
take_apart (guint revision, gboolean bytes, const char *data, gsize size)
{
  Outcome outcome = { .joined = g_string_new (NULL) };
  g_autofree char *text = g_malloc0 (size + 1);
  SioPayloadReader reader = {
    .text = text,
    .length = size,
    .revision = revision,
    .bytes = bytes,
    .max_packets = MAX_PACKETS,
  };

  memcpy (text, data, size);
  while (!sio_payload_reader_is_over (&reader)) {
    g_autoptr (GError) error = NULL;
    SioPayloadPacket packet;

    if (!sio_payload_reader_next (&reader, &packet, &error)) {
      g_assert_nonnull (error);
      outcome.broken = TRUE;
      break;
    }
    g_assert_cmpint (packet.data[packet.length], ==, '\0');
    read_packet (&packet);
    /* One without even a type is never sent. */
    if (packet.length == 0 && !packet.binary) {
      outcome.broken = TRUE;
      break;
    }
    outcome.packets++;
    if (bytes)
      sio_payload_append_bytes (outcome.joined, &packet);
    else
      sio_payload_append (outcome.joined, revision, &packet);
  }
  return outcome;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *text = (const char *) data + 1;
  gboolean bytes;
  guint revision;
  Outcome outcome, again;

  if (size == 0)
    return 0;
  bytes = data[0] == 'b';
  if (!bytes && !g_utf8_validate_len (text, size - 1, NULL))
    return 0;
  revision = bytes || data[0] == '3' ? 3 : 4;
  sio_payload_guess_revision (text, size - 1);
  outcome = take_apart (revision, bytes, text, size - 1);
  again =
      take_apart (revision, bytes, outcome.joined->str, outcome.joined->len);
  if (outcome.packets > 0) {
    g_assert_false (again.broken);
    g_assert_cmpuint (again.packets, ==, outcome.packets);
    g_assert_cmpmem (again.joined->str, again.joined->len, outcome.joined->str,
        outcome.joined->len);
  }
  g_string_free (outcome.joined, TRUE);
  g_string_free (again.joined, TRUE);
  return 0;
}
