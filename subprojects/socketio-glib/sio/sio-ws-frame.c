/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ws-frame.h"

#include "sio-error.h"

#include <string.h>

/* WebSocket framing (RFC 6455, section 5). It is done here and not by libsoup,
 * whose limit holds for a frame and not for a message: 200 MB of fragments that
 * never end are kept by 3.2.3. It also has no measure of what waits to be sent,
 * answers any number of pings and drains a socket before anybody else's turn. */

#define MAX_CONTROL 125
#define MAX_HEADER 14
/* Fragments cost time and no memory; no honest peer cuts so finely. */
#define MAX_FRAGMENTS 4096

struct _SioWsDecoder {
  gboolean masked;
  gsize max_message;
  guint close_code; /* to tell the peer once it broke the protocol */

  GByteArray *input;
  gsize used;

  /* The frame that is being read. */
  guint8 header[MAX_HEADER];
  gsize header_length;
  gsize header_need;
  gboolean fin;
  SioWsOpcode opcode;
  guint64 left;
  guint8 mask[4];
  gsize mask_at;

  guint8 control[MAX_CONTROL + 1];
  gsize control_length;

  /* The message that is being put together; 0 = none. */
  SioWsOpcode message_opcode;
  GByteArray *message;
  guint fragments;
  gboolean delivered; /* it is the caller's until the next call */
};

SioWsDecoder *
sio_ws_decoder_new (gboolean masked, gsize max_message)
{
  SioWsDecoder *self = g_new0 (SioWsDecoder, 1);

  self->masked = masked;
  self->max_message = max_message;
  self->input = g_byte_array_new ();
  self->message = g_byte_array_new ();
  self->header_need = 2;
  return self;
}

void
sio_ws_decoder_free (SioWsDecoder *self)
{
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->message);
  g_free (self);
}

/* The code for the close frame that answers what broke the protocol. */
guint
sio_ws_decoder_get_close_code (SioWsDecoder *self)
{
  return self->close_code;
}

void
sio_ws_decoder_push (SioWsDecoder *self, const void *data, gsize length)
{
  if (self->used > 0) {
    g_byte_array_remove_range (self->input, 0, (guint) self->used);
    self->used = 0;
  }
  g_byte_array_append (self->input, data, (guint) length);
}

static SioWsResult
fail (SioWsDecoder *self, guint code, GError **error, const char *what)
{
  SioError number = SIO_ERROR_PROTOCOL;

  if (code == SIO_WS_CODE_TOO_BIG)
    number = SIO_ERROR_TOO_LARGE;
  else if (code == SIO_WS_CODE_BAD_DATA)
    number = SIO_ERROR_INVALID_DATA;
  self->close_code = code;
  g_set_error (error, SIO_ERROR, number, "WebSocket: %s", what);
  return SIO_WS_BROKEN;
}

static gsize
available (SioWsDecoder *self)
{
  return self->input->len - self->used;
}

static gboolean
is_control (SioWsOpcode opcode)
{
  return (opcode & 0x8) != 0;
}

/* How long the header is, as far as its first two bytes tell. */
static gsize
header_size (SioWsDecoder *self)
{
  guint8 length = self->header[1] & 0x7f;
  gsize size = 2;

  if (length == 126)
    size += 2;
  else if (length == 127)
    size += 8;
  return size + ((self->header[1] & 0x80) != 0 ? 4 : 0);
}

/* Fills the header; TRUE once it is complete. */
static gboolean
fill_header (SioWsDecoder *self)
{
  for (;;) {
    gsize count =
        MIN (available (self), self->header_need - self->header_length);

    if (count > 0)
      memcpy (self->header + self->header_length,
          self->input->data + self->used, count);
    self->header_length += count;
    self->used += count;
    if (self->header_length < self->header_need)
      return FALSE;
    if (self->header_need == header_size (self))
      return TRUE;
    self->header_need = header_size (self);
  }
}

/* The payload's length, which must be in the shortest form (section 5.2). */
static gboolean
parse_length (SioWsDecoder *self, guint64 *length)
{
  guint8 first = self->header[1] & 0x7f;
  guint bytes = first == 126 ? 2 : first == 127 ? 8 : 0;

  *length = bytes == 0 ? first : 0;
  for (guint i = 0; i < bytes; i++)
    *length = *length << 8 | self->header[2 + i];
  if (bytes == 2)
    return *length > 125;
  if (bytes == 8)
    return *length > G_MAXUINT16 && *length <= G_MAXINT64;
  return TRUE;
}

static SioWsResult
check_control (SioWsDecoder *self, guint64 length, GError **error)
{
  if (self->opcode != SIO_WS_CLOSE && self->opcode != SIO_WS_PING
      && self->opcode != SIO_WS_PONG)
    return fail (
        self, SIO_WS_CODE_PROTOCOL_ERROR, error, "unknown control frame");
  if (!self->fin || length > MAX_CONTROL)
    return fail (
        self, SIO_WS_CODE_PROTOCOL_ERROR, error, "wrong control frame");
  self->control_length = 0;
  return SIO_WS_MORE;
}

static SioWsResult
check_data (SioWsDecoder *self, guint64 length, GError **error)
{
  if (self->opcode == SIO_WS_CONTINUATION) {
    if (self->message_opcode == 0)
      return fail (
          self, SIO_WS_CODE_PROTOCOL_ERROR, error, "a continuation of nothing");
    if (++self->fragments > MAX_FRAGMENTS)
      return fail (
          self, SIO_WS_CODE_TOO_BIG, error, "a message in too many pieces");
  } else {
    if (self->opcode != SIO_WS_TEXT && self->opcode != SIO_WS_BINARY)
      return fail (
          self, SIO_WS_CODE_PROTOCOL_ERROR, error, "unknown data frame");
    if (self->message_opcode != 0)
      return fail (self, SIO_WS_CODE_PROTOCOL_ERROR, error,
          "a message within a message");
    self->message_opcode = self->opcode;
    self->fragments = 0;
  }
  /* Nothing is allocated on the word of a header alone. */
  if (length > self->max_message - self->message->len)
    return fail (
        self, SIO_WS_CODE_TOO_BIG, error, "a message is over the limit");
  return SIO_WS_MORE;
}

static SioWsResult
parse_header (SioWsDecoder *self, GError **error)
{
  guint64 length;

  self->fin = (self->header[0] & 0x80) != 0;
  self->opcode = (SioWsOpcode) (self->header[0] & 0x0f);
  if ((self->header[0] & 0x70) != 0)
    return fail (
        self, SIO_WS_CODE_PROTOCOL_ERROR, error, "a reserved bit is set");
  if (((self->header[1] & 0x80) != 0) != self->masked)
    return fail (self, SIO_WS_CODE_PROTOCOL_ERROR, error,
        self->masked ? "a client's frame is not masked"
                     : "a server's frame is masked");
  if (!parse_length (self, &length))
    return fail (
        self, SIO_WS_CODE_PROTOCOL_ERROR, error, "a length in a wrong form");
  self->left = length;
  self->mask_at = 0;
  if (self->masked)
    memcpy (self->mask, self->header + self->header_length - 4, 4);
  return is_control (self->opcode) ? check_control (self, length, error)
                                   : check_data (self, length, error);
}

/* Moves payload from the input to where it belongs; TRUE at the frame's end. */
static gboolean
take_payload (SioWsDecoder *self)
{
  gsize count = (gsize) MIN (self->left, (guint64) available (self));
  const guint8 *from = self->input->data + self->used;
  guint8 *to;

  if (is_control (self->opcode)) {
    to = self->control + self->control_length;
    self->control_length += count;
    if (count > 0)
      memcpy (to, from, count);
  } else {
    guint end = self->message->len;

    g_byte_array_append (self->message, from, (guint) count);
    to = count > 0 ? self->message->data + end : NULL;
  }
  if (self->masked) {
    for (gsize i = 0; i < count; i++)
      to[i] ^= self->mask[self->mask_at++ & 3];
  }
  self->used += count;
  self->left -= count;
  return self->left == 0;
}

static SioWsResult
deliver_control (SioWsDecoder *self, SioWsMessage *message, GError **error)
{
  if (self->opcode == SIO_WS_CLOSE && self->control_length == 1)
    return fail (self, SIO_WS_CODE_PROTOCOL_ERROR, error, "wrong close frame");
  self->control[self->control_length] = 0;
  message->opcode = self->opcode;
  message->data = (const char *) self->control;
  message->length = self->control_length;
  return SIO_WS_MESSAGE;
}

static SioWsResult
deliver_message (SioWsDecoder *self, SioWsMessage *message, GError **error)
{
  gsize length = self->message->len;

  /* This refuses U+0000 too, which JSON cannot hold unescaped. */
  if (self->message_opcode == SIO_WS_TEXT
      && !g_utf8_validate_len (
          (const char *) self->message->data, length, NULL))
    return fail (self, SIO_WS_CODE_BAD_DATA, error, "text is not UTF-8");
  g_byte_array_append (self->message, (const guint8 *) "", 1);
  message->opcode = self->message_opcode;
  message->data = (const char *) self->message->data;
  message->length = length;
  self->message_opcode = 0;
  self->delivered = TRUE;
  return SIO_WS_MESSAGE;
}

/* Gives back what the last message took; a large one's memory as well. */
static void
reclaim (SioWsDecoder *self)
{
  if (!self->delivered)
    return;
  self->delivered = FALSE;
  if (self->message->len > 64 * 1024) {
    g_byte_array_unref (self->message);
    self->message = g_byte_array_new ();
  } else {
    g_byte_array_set_size (self->message, 0);
  }
}

/* Reads on in the input. After SIO_WS_BROKEN it must not be called again. */
SioWsResult
sio_ws_decoder_next (SioWsDecoder *self, SioWsMessage *message, GError **error)
{
  reclaim (self);
  for (;;) {
    if (self->header_length < self->header_need) {
      if (!fill_header (self))
        return SIO_WS_MORE;
      if (parse_header (self, error) == SIO_WS_BROKEN)
        return SIO_WS_BROKEN;
    }
    if (!take_payload (self))
      return SIO_WS_MORE;

    self->header_length = 0;
    self->header_need = 2;
    if (is_control (self->opcode))
      return deliver_control (self, message, error);
    if (self->fin)
      return deliver_message (self, message, error);
  }
}

/* Whether a message has begun and not ended, and how many bytes of it are
 * kept. */
gboolean
sio_ws_decoder_get_unfinished (SioWsDecoder *self, gsize *bytes)
{
  *bytes = self->message_opcode != 0 ? self->message->len : 0;
  return self->message_opcode != 0;
}

/* Gives back the memory of what has come; nothing more can be read. */
void
sio_ws_decoder_forget (SioWsDecoder *self)
{
  g_byte_array_unref (self->message);
  self->message = g_byte_array_new ();
}

gsize
sio_ws_frame_get_size (gboolean masked, gsize length)
{
  gsize size = 2 + length + (masked ? 4 : 0);

  if (length > G_MAXUINT16)
    size += 8;
  else if (length > 125)
    size += 2;
  return size;
}

static void
append_masked (GByteArray *out, const char *data, gsize length,
    const guint8 *mask, gsize *at)
{
  guint start = out->len;

  g_byte_array_append (out, (const guint8 *) data, (guint) length);
  for (gsize i = 0; mask != NULL && i < length; i++)
    out->data[start + i] ^= mask[(*at)++ & 3];
}

/* Appends one whole message; its payload is @head and then @data. */
void
sio_ws_frame_append (GByteArray *out, SioWsOpcode opcode, gboolean masked,
    guint32 mask, const char *head, gsize head_length, const char *data,
    gsize length)
{
  guint64 payload = (guint64) head_length + length;
  guint8 header[MAX_HEADER] = { 0x80 | (guint8) opcode };
  guint8 key[4] = { 0 };
  guint bytes = payload > G_MAXUINT16 ? 8 : payload > 125 ? 2 : 0;
  guint size = 2 + bytes;
  gsize at = 0;

  header[1] = bytes == 8 ? 127 : bytes == 2 ? 126 : (guint8) payload;
  for (guint i = 0; i < bytes; i++)
    header[2 + i] = (guint8) (payload >> (8 * (bytes - 1 - i)));
  if (masked) {
    header[1] |= 0x80;
    memcpy (key, &mask, 4);
    memcpy (header + size, key, 4);
    size += 4;
  }
  g_byte_array_append (out, header, size);
  append_masked (out, head, head_length, masked ? key : NULL, &at);
  append_masked (out, data, length, masked ? key : NULL, &at);
}
