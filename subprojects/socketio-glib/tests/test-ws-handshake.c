/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-ws-handshake.h>

#include <string.h>

/* The example of RFC 6455, section 1.3. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define SWITCH "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: Upgrade\r\n"

static SioWsAnswer
answer (const char *text, gboolean ended, GError **error)
{
  gsize head_length;

  return sio_ws_handshake_read (
      text, strlen (text), ended, KEY, &head_length, error);
}

static void
show (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  g_test_message ("%s", escaped);
}

static void
test_request (void)
{
  g_autoptr (SoupMessageHeaders) headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autofree char *key = sio_ws_handshake_new_key ();
  g_autofree char *request = NULL;

  soup_message_headers_append (headers, "Authorization", "Bearer x");
  soup_message_headers_append (headers, "Host", "evil");
  soup_message_headers_append (headers, "Content-Length", "5");
  soup_message_headers_append (headers, "Sec-WebSocket-Protocol", "x");
  g_assert_cmpuint (strlen (key), ==, 24);
  request = sio_ws_handshake_print ("h:1", "/socket.io/?EIO=4", KEY, headers);
  g_assert_cmpstr (request, ==,
      "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: h:1\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: " KEY
      "\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer x\r\n\r\n");
}

static void
test_accepted (void)
{
  static const char text[] = SWITCH UPGRADE ACCEPT "\r\n\x81\x01"
                                                   "2";
  gsize head_length = 0;

  for (gsize i = 1; i < sizeof text - 4; i++)
    g_assert_cmpint (
        sio_ws_handshake_read (text, i, FALSE, KEY, &head_length, NULL), ==,
        SIO_WS_ANSWER_PARTIAL);
  g_assert_cmpint (sio_ws_handshake_read (
                       text, sizeof text - 1, FALSE, KEY, &head_length, NULL),
      ==, SIO_WS_ANSWER_ACCEPTED);
  g_assert_cmpuint (head_length, ==, sizeof text - 4);
}

/* What is said before the answer is no answer, and not for ever. */
static void
test_interim (void)
{
  static const char text[] =
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" SWITCH UPGRADE ACCEPT
      "\r\n2";
  g_autoptr (GString) endless = g_string_new (NULL);
  gsize head_length = 0;

  for (gsize i = 1; i < sizeof text - 2; i++)
    g_assert_cmpint (
        sio_ws_handshake_read (text, i, FALSE, KEY, &head_length, NULL), ==,
        SIO_WS_ANSWER_PARTIAL);
  g_assert_cmpint (sio_ws_handshake_read (
                       text, sizeof text - 1, FALSE, KEY, &head_length, NULL),
      ==, SIO_WS_ANSWER_ACCEPTED);
  g_assert_cmpuint (head_length, ==, sizeof text - 2);
  while (endless->len < SIO_WS_MAX_HEAD)
    g_string_append (endless, "HTTP/1.1 100 Continue\r\n\r\n");
  g_assert_cmpint (
      answer (endless->str, FALSE, NULL), ==, SIO_WS_ANSWER_REFUSED);
}

static void
test_wrong_answers (void)
{
  static const char *const cases[] = { SWITCH "\r\n", SWITCH UPGRADE "\r\n",
    SWITCH ACCEPT "\r\n", SWITCH UPGRADE "Sec-WebSocket-Accept: x\r\n\r\n",
    SWITCH UPGRADE ACCEPT
    "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    SWITCH UPGRADE ACCEPT "Sec-WebSocket-Protocol: x\r\n\r\n",
    SWITCH "Upgrade: h2c\r\nConnection: Upgrade\r\n" ACCEPT "\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n", "\r\n\r\n", "garbage\r\n\r\n" };
  g_autofree char *endless = g_strnfill (SIO_WS_MAX_HEAD, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    show (cases[i]);
    g_assert_cmpint (
        answer (cases[i], FALSE, &error), ==, SIO_WS_ANSWER_REFUSED);
    g_assert_error (error, SIO_ERROR, SIO_ERROR_HANDSHAKE);
  }
  g_assert_cmpint (answer (endless, FALSE, NULL), ==, SIO_WS_ANSWER_REFUSED);
  g_assert_cmpint (answer (SWITCH, TRUE, NULL), ==, SIO_WS_ANSWER_REFUSED);
}

static void
test_closed (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (answer ("", TRUE, &error), ==, SIO_WS_ANSWER_REFUSED);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

static void
test_status (void)
{
  static const char head[] =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 51\r\n\r\n";
  static const char body[] =
      "{\"code\":5,\"message\":\"Unsupported protocol version\"}";
  g_autofree char *whole = g_strconcat (head, body, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) moved = NULL;

  g_assert_cmpint (answer (head, FALSE, NULL), ==, SIO_WS_ANSWER_PARTIAL);
  g_assert_cmpint (answer (whole, FALSE, &error), ==, SIO_WS_ANSWER_REFUSED);
  g_assert_error (error, SIO_ERROR, SIO_ERROR_HTTP_STATUS);
  g_assert_cmpuint (sio_error_get_http_status (error), ==, 400);
  g_assert_nonnull (strstr (error->message, "Unsupported protocol version"));
  /* A redirection is not followed, nor shown: it may hold anything. */
  g_assert_cmpint (
      answer ("HTTP/1.1 302 Found\r\nLocation: http://evil/\r\n\r\n", FALSE,
          &moved),
      ==, SIO_WS_ANSWER_REFUSED);
  g_assert_cmpuint (sio_error_get_http_status (moved), ==, 302);
  g_assert_null (strstr (moved->message, "evil"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ws-handshake/request", test_request);
  g_test_add_func ("/ws-handshake/accepted", test_accepted);
  g_test_add_func ("/ws-handshake/interim", test_interim);
  g_test_add_func ("/ws-handshake/wrong-answers", test_wrong_answers);
  g_test_add_func ("/ws-handshake/closed", test_closed);
  g_test_add_func ("/ws-handshake/status", test_status);
  return g_test_run ();
}
