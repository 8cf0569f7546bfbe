/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceuri.h"

#include "common/testlog.h"

#include <string.h>

typedef struct {
  const char *text;
  const char *printed;
} Good;

static void
test_good (void)
{
  static const Good cases[] = {
    { "stun:example.org", "stun:example.org:3478" },
    { "stun://example.org:19302", "stun:example.org:19302" },
    { "STUN:Example.org", "stun:Example.org:3478" },
    { "stun:192.0.2.7:1", "stun:192.0.2.7:1" },
    { "stun:[2001:db8::7]", "stun:[2001:db8::7]:3478" },
    { "stun:a-b.c_d", "stun:a-b.c_d:3478" },
    { "turn:example.org", "turn:example.org:3478?transport=udp" },
    { "turn:[::1]:65535?transport=tcp", "turn:[::1]:65535?transport=tcp" },
    { "turn:a?transport=UDP", "turn:a:3478?transport=udp" },
    { "turns:example.org", "turns:example.org:5349?transport=tcp" },
    { "turns:example.org:443?transport=tcp",
        "turns:example.org:443?transport=tcp" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (IceUri) uri = ice_uri_parse (cases[i].text, &error);
    g_autoptr (IceUri) copy = NULL;
    g_autofree char *printed = NULL;

    g_assert_no_error (error);
    copy = ice_uri_copy (uri);
    printed = ice_uri_to_string (copy);
    g_assert_cmpstr (printed, ==, cases[i].printed);
  }
}

typedef struct {
  const char *text;
  IceUriError code;
} Bad;

static void
test_bad (void)
{
  static const Bad cases[] = {
    { "", ICE_URI_ERROR_SCHEME },
    { "example.org", ICE_URI_ERROR_SCHEME },
    { ":example.org", ICE_URI_ERROR_SCHEME },
    { "http://example.org", ICE_URI_ERROR_SCHEME },
    { "stuns:example.org", ICE_URI_ERROR_SCHEME },
    { "stu:example.org", ICE_URI_ERROR_SCHEME },
    { "javascript:alert(1)", ICE_URI_ERROR_SCHEME },
    { "stun:", ICE_URI_ERROR_HOST },
    { "stun://", ICE_URI_ERROR_HOST },
    { "stun::3478", ICE_URI_ERROR_HOST },
    { "stun:?transport=udp", ICE_URI_ERROR_HOST },
    { "stun:a b", ICE_URI_ERROR_HOST },
    { "stun:a/b", ICE_URI_ERROR_HOST },
    { "stun:a\nb", ICE_URI_ERROR_HOST },
    { "stun:-a", ICE_URI_ERROR_HOST },
    { "stun:%31", ICE_URI_ERROR_HOST },
    { "stun:\xc3\xa9.org", ICE_URI_ERROR_HOST },
    { "stun:[::1", ICE_URI_ERROR_HOST },
    { "stun:[]", ICE_URI_ERROR_HOST },
    { "stun:[example.org]", ICE_URI_ERROR_HOST },
    { "stun:[192.0.2.7]", ICE_URI_ERROR_HOST },
    { "stun:[fe80::1%eth0]", ICE_URI_ERROR_HOST },
    { "stun:a:", ICE_URI_ERROR_PORT },
    { "stun:a:0", ICE_URI_ERROR_PORT },
    { "stun:a:65536", ICE_URI_ERROR_PORT },
    { "stun:a:-1", ICE_URI_ERROR_PORT },
    { "stun:a:1x", ICE_URI_ERROR_PORT },
    { "stun:a:99999999999999999999", ICE_URI_ERROR_PORT },
    { "stun:2001:db8::1", ICE_URI_ERROR_PORT },
    { "stun:a?transport=udp", ICE_URI_ERROR_QUERY },
    { "turn:a?transport=sctp", ICE_URI_ERROR_QUERY },
    { "turn:a?transport=udp&x=y", ICE_URI_ERROR_QUERY },
    { "turn:a?", ICE_URI_ERROR_QUERY },
    { "turns:a?transport=udp", ICE_URI_ERROR_QUERY },
    { "stun:[::1]x", ICE_URI_ERROR_QUERY },
    { "turn://user:hush@a", ICE_URI_ERROR_USER },
  };
  g_autofree char *long_host = g_strnfill (300, 'a');
  g_autofree char *long_text = g_strconcat ("stun:", long_host, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (IceUri) uri = ice_uri_parse (cases[i].text, &error);

    g_test_message ("%s", cases[i].text);
    g_assert_null (uri);
    g_assert_error (error, ICE_URI_ERROR, (int) cases[i].code);
    g_assert_null (strstr (error->message, "hush"));
  }
  g_assert_null (ice_uri_parse (long_text, NULL));
}

/* What goes in comes out, through the form that webrtcbin takes. */
static void
test_user (void)
{
  static const char *const secrets[] = { "plain", "1764374400:ada", "a%b",
    "a@b", "a/b?c#d", "%3A", "\xc3\xa9", "+/=", "[::1]" };

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (IceUri) uri =
        ice_uri_parse ("turn:[2001:db8::1]?transport=tcp", NULL);
    g_autoptr (IceUri) again = NULL;
    g_autofree char *text =
        ice_uri_to_string_with_user (uri, secrets[i], secrets[i]);
    g_autofree char *user = NULL;
    g_autofree char *password = NULL;

    g_assert_true (
        g_str_has_suffix (text, "@[2001:db8::1]:3478?transport=tcp"));
    again = ice_uri_parse_with_user (text, &user, &password, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (user, ==, secrets[i]);
    g_assert_cmpstr (password, ==, secrets[i]);
    g_assert_cmpstr (again->host, ==, "2001:db8::1");
  }
}

static void
test_bad_user (void)
{
  static const char *const texts[] = { "turn:a", "turn://hush@a",
    "turn://u:hush:hush@a", "turn://u%00:hush@a", "turn://u:hus%@a",
    "stun://u:hush@a", "turn://u:hush@", "turn://u:hush@a:x" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *user = NULL;
    g_autofree char *password = NULL;

    g_assert_null (
        ice_uri_parse_with_user (texts[i], &user, &password, &error));
    g_assert_nonnull (error);
    g_assert_null (strstr (error->message, "hus"));
    g_assert_null (user);
    g_assert_null (password);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/iceuri/good", test_good);
  g_test_add_func ("/iceuri/bad", test_bad);
  g_test_add_func ("/iceuri/user", test_user);
  g_test_add_func ("/iceuri/bad-user", test_bad_user);
  return g_test_run ();
}
