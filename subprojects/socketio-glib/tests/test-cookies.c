/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-cookies.h>

static void
keep (SioCookies *cookies, const char *value)
{
  g_autoptr (SoupMessageHeaders) headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  soup_message_headers_append (headers, "Set-Cookie", value);
  sio_cookies_keep (cookies, headers);
}

static void
assert_cookies (SioCookies *cookies, const char *others, const char *expected)
{
  g_autofree char *text = sio_cookies_print (cookies, others);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_kept (void)
{
  g_autoptr (SioCookies) cookies = sio_cookies_new ();

  assert_cookies (cookies, NULL, NULL);
  assert_cookies (cookies, "own=1", "own=1");
  keep (
      cookies, "node=a; Path=/; HttpOnly; Expires=Wed, 21 Oct 2037 07:28 GMT");
  keep (cookies, "io = x");
  assert_cookies (cookies, NULL, "node=a; io = x");
  assert_cookies (cookies, "own=1", "own=1; node=a; io = x");
  keep (cookies, "node=b");
  assert_cookies (cookies, NULL, "io = x; node=b");
  keep (cookies, "node=; Max-Age=0");
  assert_cookies (cookies, NULL, "io = x");
}

static void
test_nonsense (void)
{
  g_autoptr (SioCookies) cookies = sio_cookies_new ();
  g_autofree char *large = g_strnfill (5000, 'x');
  g_autofree char *pair = g_strconcat ("a=", large, NULL);

  keep (cookies, "");
  keep (cookies, ";");
  keep (cookies, "=x");
  keep (cookies, "name");
  keep (cookies, "a=\xc3\xa9");
  keep (cookies, pair);
  assert_cookies (cookies, NULL, NULL);
}

static void
test_many (void)
{
  g_autoptr (SioCookies) cookies = sio_cookies_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) pairs = NULL;

  for (guint i = 0; i < 100; i++) {
    g_autofree char *pair = g_strdup_printf ("c%u=%u", i, i);

    keep (cookies, pair);
  }
  text = sio_cookies_print (cookies, NULL);
  pairs = g_strsplit (text, "; ", -1);
  g_assert_cmpuint (g_strv_length (pairs), ==, 32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cookies/kept", test_kept);
  g_test_add_func ("/cookies/nonsense", test_nonsense);
  g_test_add_func ("/cookies/many", test_many);
  return g_test_run ();
}
