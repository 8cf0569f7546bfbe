/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-payload.h"

#include "sio-engine-packet.h"
#include "sio-error.h"

#include <string.h>

/* Revision 4: packets with a record separator between them, and binary ones as
 * "b" and base64. Revision 3, as it is spoken with b64=1: each packet has its
 * length before it, in UTF-16 code units, and binary ones are "b4" and base64.
 * Browsers have a payload of revision 3 with binary packets in bytes instead:
 * before each is whether it is binary (0 or 1), its length in bytes as decimal
 * digits (of 0 to 9, not '0' to '9'), and 255. */

#define SEPARATOR 0x1e
#define LENGTH_END 0xff
#define MAX_LENGTH_DIGITS 9

static gboolean
fail (GError **error, SioError code, const char *what)
{
  g_set_error (error, SIO_ERROR, code, "Engine.IO: %s", what);
  return FALSE;
}

/* What the body with the handshake is written in. Packets of revision 4 have no
 * colon there, as the second byte begins the handshake's JSON. */
guint
sio_payload_guess_revision (const char *text, gsize length)
{
  gsize digits = 0;

  while (digits < length && g_ascii_isdigit (text[digits]))
    digits++;
  return digits > 0 && digits < length && text[digits] == ':' ? 3 : 4;
}

/* How many bytes @units of UTF-16 are; FALSE if the text does not have them. */
static gboolean
measure (const char *text, gsize available, guint64 units, gsize *length)
{
  gsize at = 0;

  while (units > 0 && at < available) {
    guint8 first = (guint8) text[at];
    guint size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

    /* What is not in the basic plane is a pair. */
    if (size == 4 && units < 2)
      return FALSE;
    units -= size == 4 ? 2 : 1;
    at += size;
  }
  *length = at;
  return units == 0 && at <= available;
}

static gboolean
take_counted (
    SioPayloadReader *self, char **start, gsize *length, GError **error)
{
  guint64 units = 0;
  guint digits = 0;

  /* The end of the last packet is where the length of this one begins. */
  if (self->packets > 1)
    self->text[self->at] = self->under_end;
  while (self->at < self->length && g_ascii_isdigit (self->text[self->at])
      && digits++ < MAX_LENGTH_DIGITS)
    units = units * 10 + (guint64) (self->text[self->at++] - '0');
  if (digits == 0 || self->at == self->length || self->text[self->at] != ':')
    return fail (error, SIO_ERROR_INVALID_DATA, "a packet without its length");
  self->at++;
  *start = self->text + self->at;
  if (!measure (*start, self->length - self->at, units, length))
    return fail (error, SIO_ERROR_INVALID_DATA, "a packet of a wrong length");
  self->at += *length;
  self->under_end = self->text[self->at];
  self->text[self->at] = '\0';
  return TRUE;
}

static void
take_separated (SioPayloadReader *self, char **start, gsize *length)
{
  char *end;

  *start = self->text + self->at;
  end = memchr (*start, SEPARATOR, self->length - self->at);
  *length = end != NULL ? (gsize) (end - *start) : self->length - self->at;
  self->at += *length + 1;
  *(*start + *length) = '\0';
}

static gboolean
is_base64 (const char *text, gsize length)
{
  gsize padding = 0;

  while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
    padding++;
  for (gsize i = 0; i < length - padding; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  }
  return length % 4 == 0;
}

static gboolean
read_binary (char *text, gsize length, guint skip, SioPayloadPacket *packet,
    GError **error)
{
  if (length < skip || !is_base64 (text + skip, length - skip))
    return fail (error, SIO_ERROR_INVALID_DATA, "binary data is not base64");
  packet->binary = TRUE;
  packet->data = text + skip;
  packet->length = length - skip;
  if (packet->length > 0)
    g_base64_decode_inplace (text + skip, &packet->length);
  text[skip + packet->length] = '\0';
  return TRUE;
}

static gboolean
take_bytes (SioPayloadReader *self, SioPayloadPacket *packet, GError **error)
{
  const guint8 *data = (const guint8 *) self->text;
  guint8 kind;
  guint64 count = 0;
  guint digits = 0;

  if (self->packets > 1)
    self->text[self->at] = self->under_end;
  kind = self->at < self->length ? data[self->at++] : 0xff;
  while (self->at < self->length && data[self->at] <= 9
      && digits++ < MAX_LENGTH_DIGITS)
    count = count * 10 + data[self->at++];
  if (kind > 1 || digits == 0 || self->at == self->length
      || data[self->at] != LENGTH_END)
    return fail (error, SIO_ERROR_INVALID_DATA, "a packet without its length");
  self->at++;
  if (count > self->length - self->at)
    return fail (error, SIO_ERROR_INVALID_DATA, "a packet of a wrong length");
  *packet = (SioPayloadPacket){
    .binary = kind == 1,
    .data = self->text + self->at,
    .length = count,
  };
  self->at += count;
  self->under_end = self->text[self->at];
  self->text[self->at] = '\0';
  if (!packet->binary)
    return g_utf8_validate_len (packet->data, packet->length, NULL)
        || fail (error, SIO_ERROR_INVALID_DATA, "a packet is not UTF-8");
  /* The type is a byte too. */
  if (packet->length == 0 || packet->data[0] != SIO_ENGINE_MESSAGE)
    return fail (error, SIO_ERROR_INVALID_DATA, "binary data is no message");
  packet->data++;
  packet->length--;
  return TRUE;
}

gboolean
sio_payload_reader_is_over (SioPayloadReader *self)
{
  return self->at >= self->length && self->packets > 0;
}

/* The next packet. The text must have a zero byte after its end, and be UTF-8 if
 * it is text.
 * What was handed out is not to be used after the next call. */
gboolean
sio_payload_reader_next (
    SioPayloadReader *self, SioPayloadPacket *packet, GError **error)
{
  char *start;
  gsize length;

  if (++self->packets > self->max_packets)
    return fail (error, SIO_ERROR_TOO_LARGE, "too many packets in a payload");
  if (self->bytes)
    return take_bytes (self, packet, error);
  if (self->revision == 4) {
    take_separated (self, &start, &length);
  } else if (!take_counted (self, &start, &length, error)) {
    return FALSE;
  }
  *packet = (SioPayloadPacket){ .data = start, .length = length };
  if (length > 0 && start[0] == 'b')
    return read_binary (
        start, length, self->revision == 4 ? 1 : 2, packet, error);
  return TRUE;
}

static gsize
count_units (const char *text, gsize length)
{
  gsize units = 0;

  for (gsize i = 0; i < length; i++) {
    guint8 byte = (guint8) text[i];

    /* Each first byte of a sequence, and once more for four of them. */
    units += (byte & 0xc0) != 0x80;
    units += byte >= 0xf0;
  }
  return units;
}

void
sio_payload_append (
    GString *out, guint revision, const SioPayloadPacket *packet)
{
  g_autofree char *encoded = NULL;
  const char *mark = "";
  const char *data = packet->data;
  gsize length = packet->length;

  if (packet->binary) {
    encoded = g_base64_encode ((const guchar *) data, length);
    data = encoded;
    length = strlen (encoded);
    mark = revision == 4 ? "b" : "b4";
  }
  if (revision == 4 && out->len > 0)
    g_string_append_c (out, SEPARATOR);
  else if (revision == 3)
    g_string_append_printf (out, "%" G_GSIZE_FORMAT ":",
        count_units (data, length) + strlen (mark));
  g_string_append (out, mark);
  g_string_append_len (out, data, (gssize) length);
}

/* As the above, for a payload of revision 3 in bytes. */
void
sio_payload_append_bytes (GString *out, const SioPayloadPacket *packet)
{
  g_autofree char *digits = g_strdup_printf (
      "%" G_GSIZE_FORMAT, packet->length + (packet->binary ? 1 : 0));

  g_string_append_c (out, packet->binary ? 1 : 0);
  for (const char *digit = digits; *digit != '\0'; digit++)
    g_string_append_c (out, (char) (*digit - '0'));
  g_string_append_c (out, (char) LENGTH_END);
  if (packet->binary)
    g_string_append_c (out, SIO_ENGINE_MESSAGE);
  g_string_append_len (out, packet->data, (gssize) packet->length);
}
