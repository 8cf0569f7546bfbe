/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serverice.h"

#include "common/testlog.h"
#include "iceservers.h"

#include <string.h>

static ServerIce *
ice_new (const char *stun, const char *turn)
{
  ServerIce *self = server_ice_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (server_ice_add_urls (self, "stun", stun, &error));
  g_assert_true (server_ice_add_urls (self, "turn", turn, &error));
  g_assert_no_error (error);
  return self;
}

static void
prints (ServerIce *self, gint64 now, const char *expected)
{
  g_autofree char *text = server_ice_print (self, now);

  g_assert_true (server_ice_check (self, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_password (void)
{
  g_autoptr (ServerIce) ice =
      ice_new ("stun.example.org:19302, stun://other.example.org",
          "turn:relay.example.org:3478?transport=udp,"
          "relay.example.org?transport=tcp\nturns:relay.example.org");

  server_ice_set_password (ice, "ada", "p\"w");
  g_assert_true (server_ice_is_secret (ice));
  prints (ice, 0,
      "{\"iceServers\":["
      "{\"urls\":[\"stun:stun.example.org:19302\",\"stun:other.example.org\"]},"
      "{\"urls\":[\"turn:relay.example.org:3478?transport=udp\","
      "\"turn:relay.example.org?transport=tcp\",\"turns:relay.example.org\"],"
      "\"username\":\"ada\",\"credential\":\"p\\\"w\"}]}");
}

/* The expected password is what `printf 1764374400:ada | openssl dgst -sha1 -hmac
 * sesame -binary | base64` says. */
static void
test_secret (void)
{
  g_autoptr (ServerIce) ice = ice_new ("", "turn:relay.example.org");
  g_autoptr (ServerIce) unnamed = ice_new ("", "turn:relay.example.org");
  g_autofree char *text = NULL;
  g_autoptr (IceServers) read = NULL;
  const IceServer *server;

  server_ice_set_secret (ice, "sesame", "ada", 3600);
  prints (ice, 1764370800,
      "{\"iceServers\":[{\"urls\":[\"turn:relay.example.org\"],"
      "\"username\":\"1764374400:ada\","
      "\"credential\":\"uTb7hVbGxOVzH+HVOOSdMqzdq/M=\"}]}");
  server_ice_set_secret (unnamed, "sesame", NULL, 60);
  prints (unnamed, 1764370740,
      "{\"iceServers\":[{\"urls\":[\"turn:relay.example.org\"],"
      "\"username\":\"1764370800\","
      "\"credential\":\"8mrdy9HAZsjmhkjsceIKQLYaLss=\"}]}");

  /* As our own other side understands it. */
  text = server_ice_print (ice, 1764370800);
  read = ice_servers_from_text (text, 1764370800, NULL);
  g_assert_nonnull (read);
  g_assert_cmpuint (read->list->len, ==, 1);
  server = g_ptr_array_index (read->list, 0);
  g_assert_cmpint (server->expires, ==, 1764374400);
  g_assert_cmpstr (server->username, ==, "1764374400:ada");
}

static void
test_none (void)
{
  g_autoptr (ServerIce) none = ice_new ("", " , ");
  g_autoptr (ServerIce) stun = ice_new ("stun.example.org", "");

  g_assert_false (server_ice_is_secret (none));
  prints (none, 0, "{\"iceServers\":[]}");
  g_assert_false (server_ice_is_secret (stun));
  prints (stun, 0, "{\"iceServers\":[{\"urls\":[\"stun:stun.example.org\"]}]}");
}

static void
test_wrong (void)
{
  static const char *const urls[] = { "http://example.org",
    "turn:", "turn:example.org:0", "turn:example.org?transport=sctp",
    "turn:user:hush@example.org" };
  g_autoptr (ServerIce) bare = ice_new ("", "turn:relay.example.org");
  g_autoptr (ServerIce) many = server_ice_new ();
  g_autoptr (GString) list = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (ServerIce) ice = server_ice_new ();
    g_autoptr (GError) inner = NULL;

    g_assert_false (server_ice_add_urls (ice, "turn", urls[i], &inner));
    g_assert_error (inner, SERVER_ICE_ERROR, SERVER_ICE_ERROR_URL);
    g_test_message ("%s", inner->message);
    g_assert_null (strstr (inner->message, "hush"));
  }
  g_assert_false (server_ice_check (bare, &error));
  g_assert_error (error, SERVER_ICE_ERROR, SERVER_ICE_ERROR_CREDENTIAL);
  g_clear_error (&error);
  server_ice_set_password (bare, "ada", NULL);
  g_assert_false (server_ice_check (bare, NULL));
  for (guint i = 0; i < 17; i++)
    g_string_append_printf (list, "stun%u.example.org ", i);
  g_assert_false (server_ice_add_urls (many, "stun", list->str, &error));
  g_assert_error (error, SERVER_ICE_ERROR, SERVER_ICE_ERROR_URL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serverice/password", test_password);
  g_test_add_func ("/serverice/secret", test_secret);
  g_test_add_func ("/serverice/none", test_none);
  g_test_add_func ("/serverice/wrong", test_wrong);
  return g_test_run ();
}
