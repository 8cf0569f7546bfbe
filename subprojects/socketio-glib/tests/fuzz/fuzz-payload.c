/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <sio/sio-engine-packet.h>
#include <sio/sio-payload.h>

#include <string.h>

/* The body of a long-polling answer, after the digit of its revision: packets
 * joined by 0x1e, or each with its length before it. What is taken apart can be
 * put together again, and is then the same. */

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
take_apart (guint revision, const char *data, gsize size)
{
  Outcome outcome = { .joined = g_string_new (NULL) };
  g_autofree char *text = g_strndup (data, size);
  SioPayloadReader reader = {
    .text = text,
    .length = size,
    .revision = revision,
    .max_packets = MAX_PACKETS,
  };

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
    sio_payload_append (outcome.joined, revision, &packet);
  }
  return outcome;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *text = (const char *) data + 1;
  guint revision;
  Outcome outcome, again;

  if (size == 0 || !g_utf8_validate_len (text, size - 1, NULL))
    return 0;
  revision = data[0] == '3' ? 3 : 4;
  sio_payload_guess_revision (text, size - 1);
  outcome = take_apart (revision, text, size - 1);
  again = take_apart (revision, outcome.joined->str, outcome.joined->len);
  if (outcome.packets > 0) {
    g_assert_false (again.broken);
    g_assert_cmpuint (again.packets, ==, outcome.packets);
    g_assert_cmpstr (again.joined->str, ==, outcome.joined->str);
  }
  g_string_free (outcome.joined, TRUE);
  g_string_free (again.joined, TRUE);
  return 0;
}
