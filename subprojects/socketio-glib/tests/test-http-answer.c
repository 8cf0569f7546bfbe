/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-http-answer.h>

#include <string.h>

#define MAX_BODY 100

typedef struct {
  const char *name;
  const char *text;
  const char *body; /* NULL if it is wrong */
  int code;         /* of the error, -1 for that of an early end */
  gboolean keeps_alive;
  gboolean ended; /* with the connection */
} Case;

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static const Case cases[] = {
  { "length", OK "Content-Length: 2\r\n\r\nok", "ok", 0, TRUE, FALSE },
  { "no-body", OK "Content-Length: 0\r\n\r\n", "", 0, TRUE, FALSE },
  { "no-content", "HTTP/1.1 204 No Content\r\n\r\n", "", 0, TRUE, FALSE },
  { "close", OK "Connection: close\r\nContent-Length: 2\r\n\r\nok", "ok", 0,
      FALSE, FALSE },
  { "old", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 0, FALSE,
      FALSE },
  { "until-end", OK "\r\nok", "ok", 0, FALSE, TRUE },
  { "chunks", CHUNKED "2\r\nok\r\n3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n",
      "okabc", 0, TRUE, FALSE },
  { "both",
      OK "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
         "1\r\na\r\n0\r\n\r\n",
      "a", 0, FALSE, FALSE },
  { "interim", "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na",
      "a", 0, TRUE, FALSE },
  { "no-http", "SSH-2.0-x\r\n\r\n", NULL, SIO_ERROR_HANDSHAKE, FALSE, FALSE },
  { "switch", "HTTP/1.1 101 Switching Protocols\r\n\r\n", NULL,
      SIO_ERROR_HANDSHAKE, FALSE, FALSE },
  { "coding", OK "Transfer-Encoding: gzip\r\n\r\nx", NULL, SIO_ERROR_HANDSHAKE,
      FALSE, FALSE },
  { "two-lengths", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", NULL,
      SIO_ERROR_HANDSHAKE, FALSE, FALSE },
  { "negative", OK "Content-Length: -1\r\n\r\na", NULL, SIO_ERROR_HANDSHAKE,
      FALSE, FALSE },
  { "large", OK "Content-Length: 101\r\n\r\na", NULL, SIO_ERROR_TOO_LARGE,
      FALSE, FALSE },
  { "large-chunk", CHUNKED "65\r\na", NULL, SIO_ERROR_TOO_LARGE, FALSE, FALSE },
  { "huge-chunk", CHUNKED "ffffffffffffffffff\r\na", NULL, SIO_ERROR_TOO_LARGE,
      FALSE, FALSE },
  { "no-chunk", CHUNKED "x\r\n", NULL, SIO_ERROR_HANDSHAKE, FALSE, FALSE },
  { "signed-chunk", CHUNKED "-1\r\n", NULL, SIO_ERROR_HANDSHAKE, FALSE, FALSE },
  { "no-chunk-end", CHUNKED "1\r\nabc\r\n", NULL, SIO_ERROR_HANDSHAKE, FALSE,
      FALSE },
  { "more", OK "Content-Length: 1\r\n\r\nabc", NULL, SIO_ERROR_HANDSHAKE, FALSE,
      FALSE },
  { "cut-off", OK "Content-Length: 3\r\n\r\na", NULL, -1, FALSE, TRUE },
  { "cut-off-chunk", CHUNKED "3\r\na", NULL, -1, FALSE, TRUE },
  { "nothing", "", NULL, -1, FALSE, TRUE },
};

/* In pieces of @step bytes. */
static void
check (const Case *expected, gsize step)
{
  g_autoptr (SioHttpAnswer) answer = sio_http_answer_new (MAX_BODY);
  g_autoptr (GError) error = NULL;
  SioHttpResult result = SIO_HTTP_MORE;
  gsize length = strlen (expected->text);
  GByteArray *body;

  for (gsize at = 0; at < length && result != SIO_HTTP_BROKEN; at += step) {
    g_assert_cmpint (result, ==, SIO_HTTP_MORE);
    result = sio_http_answer_push (
        answer, expected->text + at, MIN (step, length - at), &error);
    /* The rest is what nobody asked for. */
    if (result == SIO_HTTP_COMPLETE && expected->body == NULL)
      return;
  }
  if (expected->ended)
    result = sio_http_answer_end (answer, &error);
  if (expected->body == NULL) {
    g_assert_cmpint (result, ==, SIO_HTTP_BROKEN);
    if (expected->code < 0)
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
    else
      g_assert_error (error, SIO_ERROR, expected->code);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, SIO_HTTP_COMPLETE);
  body = sio_http_answer_get_body (answer);
  g_assert_cmpmem (
      body->data, body->len, expected->body, strlen (expected->body));
  g_assert_cmpint (
      sio_http_answer_keeps_alive (answer), ==, expected->keeps_alive);
}

static void
test_case (gconstpointer data)
{
  const Case *expected = data;

  for (gsize step = 1; step <= strlen (expected->text) + 1; step++)
    check (expected, step);
}

static void
test_endless (gconstpointer data)
{
  const char *begin = data;
  g_autoptr (SioHttpAnswer) answer = sio_http_answer_new (MAX_BODY);
  g_autoptr (GError) error = NULL;
  gsize sent = 0;

  g_assert_cmpint (sio_http_answer_push (answer, begin, strlen (begin), &error),
      ==, SIO_HTTP_MORE);
  while (sio_http_answer_push (answer, "X-Pad: y\r\n", 10, &error)
      != SIO_HTTP_BROKEN)
    g_assert_cmpuint (sent += 10, <, 20000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/http-answer/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_data_func ("/http-answer/endless-head", OK, test_endless);
  g_test_add_data_func (
      "/http-answer/endless-trailers", CHUNKED "0\r\n", test_endless);
  g_test_add_data_func ("/http-answer/endless-body", OK "\r\n", test_endless);
  return g_test_run ();
}
