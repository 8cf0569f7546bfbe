/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What carries the packets of Engine.IO in a body of HTTP. */

typedef struct {
  gboolean binary;
  /* A packet with its type, or the bytes of a binary message. A zero byte
   * follows. */
  const char *data;
  gsize length;
} SioPayloadPacket;

/* Takes a payload apart. Zeroed but for what is said here. */
typedef struct {
  char *text; /* is written into */
  gsize length;
  guint revision; /* 3 or 4 */
  gboolean bytes; /* of revision 3: in bytes, not in text */
  guint max_packets;

  gsize at;
  char under_end;
  guint packets;
} SioPayloadReader;

guint sio_payload_guess_revision (const char *text, gsize length);
gboolean sio_payload_reader_next (
    SioPayloadReader *self, SioPayloadPacket *packet, GError **error);
gboolean sio_payload_reader_is_over (SioPayloadReader *self);

void sio_payload_append (
    GString *out, guint revision, const SioPayloadPacket *packet);
void sio_payload_append_bytes (GString *out, const SioPayloadPacket *packet);

G_END_DECLS
