/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ws-handshake.h"

#include "sio-error.h"
#include "sio-http-error.h"
#include "sio-http-request.h"

#include <string.h>

/* The client's side of the opening handshake, RFC 6455 section 4.1. */

#define STATUS_LINE "HTTP/1.1 "
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* A nonce of 16 bytes; it proves freshness and is no secret. */
char *
sio_ws_handshake_new_key (void)
{
  guint32 words[4];

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = g_random_int ();
  return g_base64_encode ((const guchar *) words, sizeof words);
}

/* The request. @host is the Host header's value, @resource begins with a slash.
 * No extension is offered: nothing here inflates what a server sends. */
char *
sio_ws_handshake_print (const char *host, const char *resource, const char *key,
    SoupMessageHeaders *headers)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out,
      "GET %s HTTP/1.1\r\n"
      "Host: %s\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Key: %s\r\n"
      "Sec-WebSocket-Version: 13\r\n",
      resource, host, key);
  if (headers != NULL)
    sio_http_request_append_headers (out, headers);
  g_string_append (out, "\r\n");
  return g_string_free (out, FALSE);
}

static gboolean
is_accepted_key (const char *key, const char *accept)
{
  g_autofree char *text = g_strconcat (key, GUID, NULL);
  guint8 digest[20];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *expected = NULL;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &size);
  expected = g_base64_encode (digest, size);
  return g_strcmp0 (expected, accept) == 0;
}

static SioWsAnswer
check_switch (SoupMessageHeaders *headers, const char *key, GError **error)
{
  const char *upgrade = soup_message_headers_get_one (headers, "Upgrade");
  const char *accept =
      soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");
  const char *wrong = NULL;

  if (upgrade == NULL || g_ascii_strcasecmp (upgrade, "websocket") != 0
      || !soup_message_headers_header_contains (
          headers, "Connection", "upgrade"))
    wrong = "no upgrade to WebSocket";
  else if (!is_accepted_key (key, accept))
    wrong = "not the answer to this request";
  else if (soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions")
          != NULL
      || soup_message_headers_get_list (headers, "Sec-WebSocket-Protocol")
          != NULL)
    wrong = "an extension or a protocol that was not offered";
  if (wrong == NULL)
    return SIO_WS_ANSWER_ACCEPTED;
  g_set_error (error, SIO_ERROR, SIO_ERROR_HANDSHAKE,
      "the server's WebSocket handshake is wrong: %s", wrong);
  return SIO_WS_ANSWER_REFUSED;
}

static SioWsAnswer
refuse (SoupMessageHeaders *headers, guint status, const char *phrase,
    const char *body, gsize length, gboolean ended, GError **error)
{
  goffset declared = soup_message_headers_get_content_length (headers);

  if (!ended && declared > 0 && declared <= SIO_WS_MAX_BODY
      && length < (gsize) declared)
    return SIO_WS_ANSWER_PARTIAL;
  g_propagate_error (
      error, sio_http_error_new (headers, status, phrase, body, length));
  return SIO_WS_ANSWER_REFUSED;
}

static gboolean
is_interim (const char *text, gsize length)
{
  return length >= strlen (STATUS_LINE) + 3
      && memcmp (text, STATUS_LINE, strlen (STATUS_LINE)) == 0
      && text[strlen (STATUS_LINE)] == '1'
      && memcmp (text + strlen (STATUS_LINE), "101", 3) != 0;
}

/* How long what a server says before its answer is, 100 Continue for one. All
 * heads together have the limit of one. */
static gsize
measure_interim (const char *text, gsize length)
{
  gsize limit = MIN (length, SIO_WS_MAX_HEAD);
  gsize skipped = 0;
  const char *end;

  while (is_interim (text + skipped, limit - skipped)
      && (end = memmem (text + skipped, limit - skipped, "\r\n\r\n", 4))
          != NULL)
    skipped = (gsize) (end - text) + 4;
  return skipped;
}

/* Reads what came so far; @ended if nothing more will. @head_length is where
 * the WebSocket begins. */
SioWsAnswer
sio_ws_handshake_read (const char *text, gsize length, gboolean ended,
    const char *key, gsize *head_length, GError **error)
{
  const char *end = NULL;
  g_autoptr (SoupMessageHeaders) headers = NULL;
  g_autofree char *phrase = NULL;
  guint status = 0;
  gsize skipped = measure_interim (text, length);
  gsize head;

  if (length > skipped)
    end = memmem (
        text + skipped, MIN (length, SIO_WS_MAX_HEAD) - skipped, "\r\n\r\n", 4);
  if (end == NULL && !ended && length < SIO_WS_MAX_HEAD)
    return SIO_WS_ANSWER_PARTIAL;
  if (length == 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
        "the server closed the connection without an answer");
    return SIO_WS_ANSWER_REFUSED;
  }
  headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  head = end != NULL ? (gsize) (end - text) + 4 : 0;
  /* libsoup wants the head without the last of its line ends. */
  if (end == NULL
      || !soup_headers_parse_response (text + skipped,
          (int) (head - skipped) - 2, headers, NULL, &status, &phrase)) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_HANDSHAKE,
        "the server's answer is not HTTP");
    return SIO_WS_ANSWER_REFUSED;
  }
  *head_length = head;
  if (status == SOUP_STATUS_SWITCHING_PROTOCOLS)
    return check_switch (headers, key, error);
  return refuse (
      headers, status, phrase, text + head, length - head, ended, error);
}
