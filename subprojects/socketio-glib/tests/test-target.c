/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-target.h>

typedef struct {
  const char *uri;
  const char *path;
  const char *query;
  const char *authority; /* NULL if it is refused */
  const char *resource;
} Case;

static const Case cases[] = {
  { "http://h", "/socket.io/", NULL, "h",
      "/socket.io/?EIO=4&transport=polling&sid=x" },
  { "https://h:443/ignored?a=b", "path", "c=d e", "h",
      "/path?EIO=4&transport=polling&sid=x&a=b&c=d%20e" },
  { "ws://h:8080", "/", "a=%20", "h:8080",
      "/?EIO=4&transport=polling&sid=x&a=%20" },
  { "wss://[::1]:80", "/a b", NULL, "[::1]:80",
      "/a%20b?EIO=4&transport=polling&sid=x" },
  { "ftp://h", "/", NULL, NULL, NULL },
  { "http://a:b@h", "/", NULL, NULL, NULL },
  { "http://", "/", NULL, NULL, NULL },
  { "http://h%0d%0ax", "/", NULL, NULL, NULL },
  { "", "/", NULL, NULL, NULL },
};

static void
test_address (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SioTarget) target =
        sio_target_new (cases[i].uri, cases[i].path, cases[i].query, &error);
    g_autofree char *authority = NULL;
    g_autofree char *resource = NULL;

    g_test_message ("%s", cases[i].uri);
    if (cases[i].authority == NULL) {
      g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
      continue;
    }
    g_assert_no_error (error);
    authority = sio_target_dup_authority (target);
    resource = sio_target_dup_resource (target, 4, "polling", "x");
    g_assert_cmpstr (authority, ==, cases[i].authority);
    g_assert_cmpstr (resource, ==, cases[i].resource);
  }
}

static void
test_local (void)
{
  static const char *const here[] = { "http://127.0.0.2", "http://[::1]",
    "http://LOCALHOST" };
  g_autoptr (SioTarget) there =
      sio_target_new ("http://127.0.0.1.example", "/", NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (here); i++) {
    g_autoptr (SioTarget) target = sio_target_new (here[i], "/", NULL, NULL);

    g_assert_true (sio_target_is_local (target));
  }
  g_assert_false (sio_target_is_local (there));
}

static void
test_headers (void)
{
  g_autoptr (SioTarget) target = sio_target_new ("http://h", "/", NULL, NULL);
  g_autoptr (SoupMessageHeaders) answer =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_autoptr (SoupMessageHeaders) none = sio_target_dup_headers (target);
  g_autoptr (SoupMessageHeaders) headers = NULL;

  g_assert_null (soup_message_headers_get_one (none, "Cookie"));
  target->headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  soup_message_headers_append (target->headers, "Authorization", "Bearer x");
  soup_message_headers_append (target->headers, "Cookie", "own=1");
  soup_message_headers_append (answer, "Set-Cookie", "node=a; Path=/");
  sio_cookies_keep (target->cookies, answer);
  headers = sio_target_dup_headers (target);
  g_assert_cmpstr (
      soup_message_headers_get_one (headers, "Authorization"), ==, "Bearer x");
  g_assert_cmpstr (
      soup_message_headers_get_list (headers, "Cookie"), ==, "own=1; node=a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/target/address", test_address);
  g_test_add_func ("/target/local", test_local);
  g_test_add_func ("/target/headers", test_headers);
  return g_test_run ();
}
