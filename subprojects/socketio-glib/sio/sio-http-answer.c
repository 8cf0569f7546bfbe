/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-http-answer.h"

#include "sio-error.h"

#include <string.h>

/* RFC 9112, sections 6 and 7, as far as a client needs them that asks for no
 * coding of the content. */

#define MAX_HEAD (16 * 1024)
/* A chunk's size with its extensions, and a trailer's line. */
#define MAX_LINE 1024
#define MAX_TRAILERS 64
/* A server may say that it is still there, but not for ever. */
#define MAX_INTERIM 8

typedef enum {
  STATE_HEAD,
  STATE_LENGTH, /* a body whose length was said */
  STATE_UNTIL_END,
  STATE_CHUNK_SIZE,
  STATE_CHUNK,
  STATE_CHUNK_END,
  STATE_TRAILER,
  STATE_COMPLETE
} State;

struct _SioHttpAnswer {
  State state;
  gsize max_body;
  GByteArray *line; /* the head, or a line within the body, as far as it is */
  guint interim;
  guint trailers;

  guint status;
  char *phrase;
  SoupHTTPVersion version;
  SoupMessageHeaders *headers;
  GByteArray *body;
  guint64 left; /* of the body, or of the chunk */
  gboolean keep_alive;
};

SioHttpAnswer *
sio_http_answer_new (gsize max_body)
{
  SioHttpAnswer *self = g_new0 (SioHttpAnswer, 1);

  self->max_body = max_body;
  self->line = g_byte_array_new ();
  self->body = g_byte_array_new ();
  self->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  return self;
}

void
sio_http_answer_free (SioHttpAnswer *self)
{
  g_byte_array_unref (self->line);
  g_byte_array_unref (self->body);
  g_free (self->phrase);
  soup_message_headers_unref (self->headers);
  g_free (self);
}

static SioHttpResult
fail (GError **error, SioError code, const char *what)
{
  g_set_error (
      error, SIO_ERROR, code, "the server's answer is wrong: %s", what);
  return SIO_HTTP_BROKEN;
}

static gboolean
has_body (SioHttpAnswer *self)
{
  return self->status != SOUP_STATUS_NO_CONTENT
      && self->status != SOUP_STATUS_NOT_MODIFIED;
}

/* How the body will come. */
static SioHttpResult
begin_body (SioHttpAnswer *self, GError **error)
{
  const char *coding =
      soup_message_headers_get_list (self->headers, "Transfer-Encoding");
  const char *length =
      soup_message_headers_get_list (self->headers, "Content-Length");

  self->keep_alive = self->version == SOUP_HTTP_1_1
      && !soup_message_headers_header_contains (
          self->headers, "Connection", "close");
  if (!has_body (self)) {
    self->state = STATE_COMPLETE;
  } else if (coding != NULL) {
    if (g_ascii_strcasecmp (coding, "chunked") != 0)
      return fail (error, SIO_ERROR_HANDSHAKE, "its coding is not known");
    /* Where the answer ends is said in two ways: no other may follow it. */
    self->keep_alive = self->keep_alive && length == NULL;
    self->state = STATE_CHUNK_SIZE;
  } else if (length != NULL) {
    if (!g_ascii_string_to_unsigned (
            length, 10, 0, G_MAXINT64, &self->left, NULL))
      return fail (error, SIO_ERROR_HANDSHAKE, "its length is no number");
    if (self->left > self->max_body)
      return fail (error, SIO_ERROR_TOO_LARGE, "it is over the limit");
    self->state = self->left > 0 ? STATE_LENGTH : STATE_COMPLETE;
  } else {
    self->keep_alive = FALSE;
    self->state = STATE_UNTIL_END;
  }
  return SIO_HTTP_MORE;
}

static SioHttpResult
read_head (SioHttpAnswer *self, GError **error)
{
  soup_message_headers_clear (self->headers);
  g_clear_pointer (&self->phrase, g_free);
  /* libsoup wants the head without the last of its line ends. */
  if (!soup_headers_parse_response ((const char *) self->line->data,
          (int) self->line->len - 2, self->headers, &self->version,
          &self->status, &self->phrase))
    return fail (error, SIO_ERROR_HANDSHAKE, "it is not HTTP");
  g_byte_array_set_size (self->line, 0);
  if (self->status / 100 != 1)
    return begin_body (self, error);
  if (self->status == SOUP_STATUS_SWITCHING_PROTOCOLS
      || ++self->interim > MAX_INTERIM)
    return fail (error, SIO_ERROR_HANDSHAKE, "nobody asked for that");
  return SIO_HTTP_MORE;
}

/* Moves input to the line until that ends with @end. Returns SIO_HTTP_COMPLETE
 * then. */
static SioHttpResult
take_line (SioHttpAnswer *self, const char **at, const char *limit,
    const char *end, gsize max, GError **error)
{
  gsize length = strlen (end);

  while (*at < limit) {
    g_byte_array_append (self->line, (const guint8 *) (*at)++, 1);
    if (self->line->len >= length
        && memcmp (self->line->data + self->line->len - length, end, length)
            == 0)
      return SIO_HTTP_COMPLETE;
    if (self->line->len >= max)
      return fail (error, SIO_ERROR_HANDSHAKE, "a line is too long");
  }
  return SIO_HTTP_MORE;
}

static SioHttpResult
take_body (SioHttpAnswer *self, const char **at, const char *limit, State next,
    GError **error)
{
  gsize count = (gsize) (limit - *at);

  if (self->state != STATE_UNTIL_END)
    count = (gsize) MIN (self->left, (guint64) count);
  if (count > self->max_body - self->body->len)
    return fail (error, SIO_ERROR_TOO_LARGE, "it is over the limit");
  g_byte_array_append (self->body, (const guint8 *) *at, (guint) count);
  *at += count;
  if (self->state == STATE_UNTIL_END)
    return SIO_HTTP_MORE;
  self->left -= count;
  if (self->left == 0)
    self->state = next;
  return SIO_HTTP_MORE;
}

static SioHttpResult
read_chunk_size (SioHttpAnswer *self, GError **error)
{
  char *end = NULL;
  const char *text;

  g_byte_array_append (self->line, (const guint8 *) "", 1);
  text = (const char *) self->line->data;
  if (!g_ascii_isxdigit (text[0]))
    return fail (error, SIO_ERROR_HANDSHAKE, "a chunk has no size");
  self->left = g_ascii_strtoull (text, &end, 16);
  if (*end != '\r' && *end != ';' && *end != ' ')
    return fail (error, SIO_ERROR_HANDSHAKE, "a chunk has no size");
  g_byte_array_set_size (self->line, 0);
  /* Nothing is allocated on the word of a header alone. */
  if (self->left > self->max_body - self->body->len)
    return fail (error, SIO_ERROR_TOO_LARGE, "it is over the limit");
  self->state = self->left > 0 ? STATE_CHUNK : STATE_TRAILER;
  return SIO_HTTP_MORE;
}

static SioHttpResult
read_line (SioHttpAnswer *self, GError **error)
{
  gboolean empty = self->line->len == 2;

  switch (self->state) {
    case STATE_HEAD:
      return read_head (self, error);
    case STATE_CHUNK_SIZE:
      return read_chunk_size (self, error);
    case STATE_CHUNK_END:
      if (!empty)
        return fail (error, SIO_ERROR_HANDSHAKE, "a chunk does not end");
      self->state = STATE_CHUNK_SIZE;
      break;
    case STATE_TRAILER:
    default:
      if (empty)
        self->state = STATE_COMPLETE;
      else if (++self->trailers > MAX_TRAILERS)
        return fail (error, SIO_ERROR_HANDSHAKE, "too many trailers");
      break;
  }
  g_byte_array_set_size (self->line, 0);
  return SIO_HTTP_MORE;
}

static SioHttpResult
step (SioHttpAnswer *self, const char **at, const char *limit, GError **error)
{
  SioHttpResult result;

  switch (self->state) {
    case STATE_LENGTH:
      return take_body (self, at, limit, STATE_COMPLETE, error);
    case STATE_CHUNK:
      return take_body (self, at, limit, STATE_CHUNK_END, error);
    case STATE_UNTIL_END:
      return take_body (self, at, limit, STATE_UNTIL_END, error);
    case STATE_HEAD:
      result = take_line (self, at, limit, "\r\n\r\n", MAX_HEAD, error);
      break;
    default:
      result = take_line (self, at, limit, "\r\n", MAX_LINE, error);
      break;
  }
  return result == SIO_HTTP_COMPLETE ? read_line (self, error) : result;
}

/* Reads on. What comes behind a complete answer, to which nobody asked, breaks
 * it. Not to be called again after SIO_HTTP_BROKEN. */
SioHttpResult
sio_http_answer_push (
    SioHttpAnswer *self, const void *data, gsize length, GError **error)
{
  const char *at = data;
  const char *limit = at + length;

  while (at < limit) {
    /* Some old servers end a body with a line of its own. */
    if (self->state == STATE_COMPLETE && (*at == '\r' || *at == '\n')) {
      at++;
      continue;
    }
    if (self->state == STATE_COMPLETE)
      return fail (error, SIO_ERROR_HANDSHAKE, "more came than was asked for");
    if (step (self, &at, limit, error) == SIO_HTTP_BROKEN)
      return SIO_HTTP_BROKEN;
  }
  return self->state == STATE_COMPLETE ? SIO_HTTP_COMPLETE : SIO_HTTP_MORE;
}

/* The server closed the connection. */
SioHttpResult
sio_http_answer_end (SioHttpAnswer *self, GError **error)
{
  if (self->state == STATE_UNTIL_END)
    self->state = STATE_COMPLETE;
  if (self->state == STATE_COMPLETE)
    return SIO_HTTP_COMPLETE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
      self->state == STATE_HEAD && self->line->len == 0
          ? "the server closed the connection without an answer"
          : "the server closed the connection within an answer");
  return SIO_HTTP_BROKEN;
}

guint
sio_http_answer_get_status (SioHttpAnswer *self)
{
  return self->status;
}

const char *
sio_http_answer_get_phrase (SioHttpAnswer *self)
{
  return self->phrase;
}

SoupMessageHeaders *
sio_http_answer_get_headers (SioHttpAnswer *self)
{
  return self->headers;
}

/* Whether the connection can be used for another request. */
gboolean
sio_http_answer_keeps_alive (SioHttpAnswer *self)
{
  return self->keep_alive;
}

GByteArray *
sio_http_answer_get_body (SioHttpAnswer *self)
{
  return self->body;
}
