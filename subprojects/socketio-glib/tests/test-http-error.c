/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error-private.h>
#include <sio/sio-http-error.h>

#include <string.h>

static GError *
refuse (
    guint status, const char *retry_after, const char *date, const char *body)
{
  g_autoptr (SoupMessageHeaders) headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  if (retry_after != NULL)
    soup_message_headers_append (headers, "Retry-After", retry_after);
  if (date != NULL)
    soup_message_headers_append (headers, "Date", date);
  return sio_http_error_new (headers, status, "Words", body, strlen (body));
}

static void
test_reason (void)
{
  static const struct {
    const char *body;
    const char *message;
    int code;
  } cases[] = {
    { "", "", -1 },
    { "<html>", "", -1 },
    { "[]", "", -1 },
    { "{\"code\":5,\"message\":\"Unsupported\"}", ": Unsupported", 5 },
    { "{\"code\":\"5\",\"message\":5}", "", -1 },
    { "{\"code\":-2}", "", -1 },
    { "{\"code\":1e300}", "", -1 },
    { "{\"message\":\"a\\nb\"}", ": a b", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = refuse (400, NULL, NULL, cases[i].body);
    g_autofree char *message =
        g_strconcat ("the server answered with HTTP status 400 Words",
            cases[i].message, NULL);

    g_assert_error (error, SIO_ERROR, SIO_ERROR_HTTP_STATUS);
    g_assert_cmpuint (sio_error_get_http_status (error), ==, 400);
    g_assert_cmpstr (error->message, ==, message);
    g_assert_cmpint (sio_error_get_engine_code (error), ==, cases[i].code);
  }
}

static void
test_long_reason (void)
{
  g_autofree char *words = g_strnfill (5000, 'x');
  g_autofree char *body = g_strdup_printf ("{\"message\":\"%s\"}", words);
  g_autoptr (GError) error = refuse (403, NULL, NULL, body);

  g_assert_cmpuint (strlen (error->message), <, 300);
}

static void
test_retry_after (void)
{
  static const struct {
    const char *value;
    const char *date;
    guint seconds;
  } cases[] = {
    { NULL, NULL, 0 },
    { "7", NULL, 7 },
    { "0", NULL, 0 },
    { "-7", NULL, 0 },
    { "7.5", NULL, 0 },
    { "soon", NULL, 0 },
    { "99999999999999999999", NULL, 0 },
    /* The server's clock is the one that counts. */
    { "Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 30 },
    { "Wednesday, 21-Oct-15 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT",
        30 },
    { "Wed, 21 Oct 2015 07:27:00 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", 0 },
    { "Wed, 21 Oct 2015 07:28:30 GMT", NULL, 0 },
    { "Wed, 21 Oct 2015 07:28:30 GMT", "yesterday", 0 },
    { "Fri, 21 Oct 2095 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT",
        24 * 60 * 60 },
    { "Fri, 21 Oct 2095 07:28:30 GMT", NULL, 24 * 60 * 60 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = refuse (503, cases[i].value, cases[i].date, "");

    g_test_message ("%s", cases[i].value);
    g_assert_cmpuint (sio_error_get_retry_after (error), ==, cases[i].seconds);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-error/reason", test_reason);
  g_test_add_func ("/http-error/long-reason", test_long_reason);
  g_test_add_func ("/http-error/retry-after", test_retry_after);
  return g_test_run ();
}
