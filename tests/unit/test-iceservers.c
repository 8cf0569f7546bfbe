/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceservers.h"

#include "common/testlog.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (1764374400)

static IceServers *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  IceServers *servers = ice_servers_from_text (text, NOW, &error);

  g_assert_no_error (error);
  return servers;
}

/* One line a server: address, user, password, expiry. */
static void
assert_servers (const IceServers *servers, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < servers->list->len; i++) {
    const IceServer *server = g_ptr_array_index (servers->list, i);
    g_autofree char *uri = ice_uri_to_string (server->uri);

    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", uri);
    if (server->username != NULL)
      g_string_append_printf (
          text, " %s %s", server->username, server->credential);
    if (server->expires != 0)
      g_string_append_printf (
          text, " %+" G_GINT64_FORMAT, server->expires - NOW);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_read (const char *text, const char *expected)
{
  g_autoptr (IceServers) servers = parse (text);

  for (guint i = 0; i < servers->dropped->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (servers->dropped, i));
  g_assert_cmpuint (servers->dropped->len, ==, 0);
  assert_servers (servers, expected);
}

/* --- what is taken --- */

static void
test_forms (void)
{
  const char *one = "stun:s:3478";

  assert_read ("{\"iceServers\":[{\"urls\":\"stun:s\"}]}", one);
  assert_read ("{\"iceServers\":{\"urls\":\"stun:s\"}}", one);
  assert_read ("[{\"urls\":[\"stun:s\"]}]", one);
  assert_read ("[{\"url\":\"stun:s\"}]", one);
  assert_read ("[\"stun:s\"]", one);
  assert_read ("{\"urls\":\"stun:s\"}", one);
  assert_read ("{\"url\":\"stun:s\"}", one);
  assert_read ("[]", "");
  assert_read ("{\"iceServers\":[]}", "");
  assert_read ("[{\"urls\":[\"turn:t\",\"stun:s\",\"turn:t?transport=tcp\"],"
               "\"username\":\"u\",\"credential\":\"p\",\"more\":[1]},"
               "{\"urls\":\"turns:t\",\"username\":\"v\",\"credential\":\"q\","
               "\"credentialType\":\"password\"}]",
      "turn:t:3478?transport=udp u p\nstun:s:3478\n"
      "turn:t:3478?transport=tcp u p\nturns:t:5349?transport=tcp v q");
}

static void
test_expiry (void)
{
  /* In the user name, else for the server, else for all. */
  assert_read (
      "{\"ttl\":60,\"iceServers\":["
      "{\"urls\":[\"turn:a\",\"stun:a\"],\"username\":"
      "\"1764374500:u\",\"credential\":\"p\",\"ttl\":9},"
      "{\"urls\":\"turn:b\",\"username\":\"u\",\"credential\":\"p\","
      "\"ttl\":\"9\"},"
      "{\"urls\":\"turn:c\",\"username\":\"17:u\",\"credential\":\"p\"}]}",
      "turn:a:3478?transport=udp 1764374500:u p +100\nstun:a:3478\n"
      "turn:b:3478?transport=udp u p +9\n"
      "turn:c:3478?transport=udp 17:u p +60");
  assert_read ("{\"urls\":\"turn:a\",\"username\":\"1764374401\","
               "\"credential\":\"p\"}",
      "turn:a:3478?transport=udp 1764374401 p +1");
  /* Nothing of that is a time. */
  assert_read (
      "[{\"urls\":\"turn:a\",\"username\":\"99999999999999999999:u\","
      "\"credential\":\"p\",\"ttl\":-5},"
      "{\"urls\":\"turn:b\",\"username\":\"1764374400u\",\"credential\":\"p\","
      "\"ttl\":1e300},"
      "{\"urls\":\"turn:c\",\"username\":\":\",\"credential\":\"p\","
      "\"ttl\":9223372036854775807}]",
      "turn:a:3478?transport=udp 99999999999999999999:u p\n"
      "turn:b:3478?transport=udp 1764374400u p\n"
      "turn:c:3478?transport=udp : p");
}

static void
assert_refresh (const char *text, guint seconds)
{
  g_autoptr (IceServers) servers = parse (text);

  g_assert_cmpuint (ice_servers_get_refresh (servers, NOW), ==, seconds);
}

static void
test_refresh (void)
{
#define TURN(ttl)                                                              \
  "{\"urls\":\"turn:t\",\"username\":\"u\",\"credential\":\"p\",\"ttl\":" #ttl \
  "}"
  assert_refresh ("[]", 0);
  assert_refresh ("[\"stun:s\"]", 0);
  assert_refresh ("[" TURN (0) "]", 0);
  assert_refresh ("[" TURN (3600) "]", 3540);
  assert_refresh ("[" TURN (3600) "," TURN (600) "," TURN (0) "]", 540);
  assert_refresh ("[" TURN (1) "]", 60);
  assert_refresh ("[" TURN (100000000) "]", 86400);
  /* Over, by our clock. */
  assert_refresh ("[{\"urls\":\"turn:t\",\"username\":\"1764370000:u\","
                  "\"credential\":\"p\"}]",
      60);
#undef TURN
}

/* --- what is not --- */

static void
test_dropped (void)
{
  static const char *const texts[] = {
    "[1]",
    "[null]",
    "[[\"stun:s\"]]",
    "[{}]",
    "[{\"urls\":1}]",
    "[{\"urls\":{\"a\":\"stun:s\"}}]",
    "[{\"urls\":[[\"stun:s\"]]}]",
    "[{\"urls\":\"http://hush/\"}]",
    "[{\"urls\":\"stuns:hush\"}]",
    "[{\"urls\":\"turn:t\"}]",
    "[{\"urls\":\"turn:t\",\"username\":\"hush\"}]",
    "[{\"urls\":\"turn:t\",\"credential\":\"hush\"}]",
    "[{\"urls\":\"turn:t\",\"username\":\"hush\",\"credential\":\"\"}]",
    "[{\"urls\":\"turn:t\",\"username\":\"hush\",\"credential\":1}]",
    "[{\"urls\":\"turn:t\",\"username\":\"hush\\n\",\"credential\":\"hush\"}]",
    ("[{\"urls\":\"turn:t\",\"username\":\"hush\",\"credential\":\"hush\","
     "\"credentialType\":\"oauth\"}]"),
    "[{\"urls\":\"turn://hush:hush@t\"}]",
    "[\"turn:t\"]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (IceServers) servers = parse (texts[i]);

    g_test_message ("%s", texts[i]);
    g_assert_cmpuint (servers->list->len, ==, 0);
    g_assert_cmpuint (servers->dropped->len, ==, 1);
    g_assert_null (strstr (g_ptr_array_index (servers->dropped, 0), "hush"));
  }
}

static void
test_others_stay (void)
{
  g_autoptr (IceServers) servers =
      parse ("[{\"urls\":[\"stuns:a\",\"stun:b\"]},7,{\"urls\":\"stun:c\"}]");

  assert_servers (servers, "stun:b:3478\nstun:c:3478");
  g_assert_cmpuint (servers->dropped->len, ==, 2);
}

static void
test_no_list (void)
{
  g_autofree char *deep = g_strnfill (60000, '[');
  g_autofree char *large = g_strnfill (100000, ' ');
  const char *const texts[] = { "", "hush", "7", "\"hush\"", "null", "true",
    "{}", "{\"iceServers\":7}", "{\"iceServers\":\"hush\"}",
    "{\"iceServers\":null}", "[", "{\"urls\":", "[\"\\", deep, large };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ice_servers_from_text (texts[i], NOW, &error));
    g_assert_error (error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_FORM);
    g_assert_null (strstr (error->message, "hush"));
  }
  /* Brackets in a password are no levels. */
  assert_read ("[{\"urls\":\"turn:t\",\"username\":\"u\",\"credential\":"
               "\"[[[[[[[[[[[[[[[[[[[[\\\"[\"}]",
      "turn:t:3478?transport=udp u [[[[[[[[[[[[[[[[[[[[\"[");
}

static void
test_limits (void)
{
  g_autoptr (GString) many_servers = g_string_new ("[\"stun:s\"");
  g_autoptr (GString) many_urls = g_string_new ("{\"urls\":[\"stun:s\"");
  g_autofree char *long_text = g_strnfill (5000, 'a');
  g_autofree char *long_url =
      g_strdup_printf ("[{\"urls\":\"stun:%s\"}]", long_text);
  g_autofree char *long_user =
      g_strdup_printf ("[{\"urls\":\"turn:t\",\"username\":\"%s\","
                       "\"credential\":\"p\"}]",
          long_text);
  g_autofree char *long_credential =
      g_strdup_printf ("[{\"urls\":\"turn:t\",\"username\":\"u\","
                       "\"credential\":\"%s\"}]",
          long_text);
  const char *texts[] = { NULL, NULL, long_url, long_user, long_credential };

  for (guint i = 0; i < 1000; i++) {
    g_string_append (many_servers, ",\"stun:s\"");
    g_string_append (many_urls, ",\"stun:s\"");
  }
  g_string_append_c (many_servers, ']');
  g_string_append (many_urls, "]}");
  texts[0] = many_servers->str;
  texts[1] = many_urls->str;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (IceServers) servers = parse (texts[i]);

    g_assert_cmpuint (servers->list->len, ==, i < 2 ? ICE_SERVERS_MAX : 0);
    g_assert_cmpuint (servers->dropped->len, ==, 1);
    if (i < 2) {
      ice_servers_add_all (servers, servers);
      g_assert_cmpuint (servers->list->len, ==, ICE_SERVERS_MAX);
    }
  }
}

/* --- GstStructure --- */

static void
test_structure (void)
{
  g_autoptr (IceServers) servers =
      parse ("[{\"urls\":[\"turn:[2001:db8::1]?transport=tcp\",\"stun:s\"],"
             "\"username\":\"1764374500:a%b\",\"credential\":\"p\"}]");
  g_autoptr (GstStructure) structure = ice_servers_to_structure (servers);
  g_autoptr (GError) error = NULL;
  g_autoptr (IceServers) again = ice_servers_from_structure (structure, &error);

  g_assert_no_error (error);
  g_assert_true (gst_structure_has_name (structure, "ice-servers"));
  assert_servers (again,
      "turn:[2001:db8::1]:3478?transport=tcp 1764374500:a%b p +100\n"
      "stun:s:3478");
}

/* As somebody else's signaller may write it. */
static void
test_foreign_structure (void)
{
  static const struct {
    const char *text;
    const char *expected;
    guint n_dropped;
  } cases[] = {
    { "x, servers=<[s, urls=\"stun:s\"]>", "stun:s:3478", 0 },
    { "x, servers=<[s, urls=<\"turn:t\">, username=u, credential=p, "
      "expires=(gint64)1764374410]>",
        "turn:t:3478?transport=udp u p +10", 0 },
    { "x, servers=<[s, urls=\"turn:t\", username=u, credential=p, "
      "expires=(int)7]>",
        "turn:t:3478?transport=udp u p", 0 },
    { "x, servers=<[s, urls=7], [s, a=b], [s, urls=<7>]>", "", 3 },
    { "x, servers=<\"stun:s\">", "", 1 },
    { "x, servers=<>", "", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstStructure) structure =
        gst_structure_from_string (cases[i].text, NULL);
    g_autoptr (IceServers) servers = NULL;

    g_test_message ("%s", cases[i].text);
    g_assert_nonnull (structure);
    servers = ice_servers_from_structure (structure, NULL);
    assert_servers (servers, cases[i].expected);
    g_assert_cmpuint (servers->dropped->len, ==, cases[i].n_dropped);
  }
}

static void
test_no_structure (void)
{
  static const char *const texts[] = { "x", "x, servers=7",
    "x, servers=\"stun:s\"", "x, servers={ \"stun:s\" }" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GstStructure) structure =
        gst_structure_from_string (texts[i], NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (ice_servers_from_structure (structure, &error));
    g_assert_error (error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_FORM);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  test_log_init ();
  g_test_add_func ("/iceservers/forms", test_forms);
  g_test_add_func ("/iceservers/expiry", test_expiry);
  g_test_add_func ("/iceservers/refresh", test_refresh);
  g_test_add_func ("/iceservers/dropped", test_dropped);
  g_test_add_func ("/iceservers/others-stay", test_others_stay);
  g_test_add_func ("/iceservers/no-list", test_no_list);
  g_test_add_func ("/iceservers/limits", test_limits);
  g_test_add_func ("/iceservers/structure", test_structure);
  g_test_add_func ("/iceservers/foreign-structure", test_foreign_structure);
  g_test_add_func ("/iceservers/no-structure", test_no_structure);
  return g_test_run ();
}
