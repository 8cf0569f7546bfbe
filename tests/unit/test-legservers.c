/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/legservers.h"

#include "common/testlog.h"

#include <string.h>

static IceServers *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  IceServers *servers = ice_servers_from_text (text, 0, &error);

  g_assert_no_error (error);
  return servers;
}

static void
configure (LegServers *self, const char *text, guint n_reasons)
{
  g_autoptr (IceServers) servers = parse (text);
  g_autoptr (GPtrArray) reasons = leg_servers_configure (self, servers);

  g_assert_cmpuint (reasons->len, ==, n_reasons);
}

static void
take (LegServers *self, const char *id, const char *text, guint n_reasons)
{
  g_autoptr (IceServers) servers = parse (text);
  g_autoptr (GPtrArray) reasons = leg_servers_take (self, id, servers);

  for (guint i = 0; i < reasons->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (reasons, i));
  g_assert_cmpuint (reasons->len, ==, n_reasons);
}

static void
assert_addresses (LegServers *self, const char *id, const char *expected)
{
  g_autoptr (LegAddresses) addresses = leg_servers_get_addresses (self, id);
  g_autoptr (GString) text =
      g_string_new (addresses->stun != NULL ? addresses->stun : "-");

  for (guint i = 0; i < addresses->turn->list->len; i++) {
    const IceServer *server = g_ptr_array_index (addresses->turn->list, i);
    g_autofree char *address = ice_uri_to_string_with_user (
        server->uri, server->username, server->credential);

    g_string_append_printf (text, " %s", address);
  }
  g_assert_cmpstr (text->str, ==, expected);
}

#define TURN(host) \
  "{\"urls\":\"turn:" host "\",\"username\":\"u\",\"credential\":\"p\"}"
#define TURNS_ADDRESS(host) " turns://u:p@" host ":5349?transport=tcp"
#define TURN_ADDRESS(host) " turn://u:p@" host ":3478?transport=udp"

static void
test_sources (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();

  assert_addresses (self, "a", "-");
  take (self, NULL, "[\"stun:all\"," TURN ("all") "]", 0);
  take (self, "a", "[\"stun:a\"," TURN ("a") "]", 0);
  assert_addresses (
      self, "a", "stun://a:3478" TURN_ADDRESS ("a") TURN_ADDRESS ("all"));
  assert_addresses (self, "b", "stun://all:3478" TURN_ADDRESS ("all"));
  /* In place of what was said before. */
  take (self, NULL, "[]", 0);
  take (self, "a", "[" TURN ("a2") "]", 0);
  assert_addresses (self, "a", "-" TURN_ADDRESS ("a2"));
  leg_servers_forget (self, "a");
  assert_addresses (self, "a", "-");

  /* A new run. */
  take (self, NULL, "[\"stun:all\"]", 0);
  configure (self, "[\"stun:mine\"," TURN ("mine") "]", 0);
  assert_addresses (self, "a", "stun://mine:3478" TURN_ADDRESS ("mine"));
  take (self, NULL, "[\"stun:all\"," TURN ("all") "]", 0);
  assert_addresses (
      self, "a", "stun://mine:3478" TURN_ADDRESS ("mine") TURN_ADDRESS ("all"));
}

/* As webrtcbin undoes it. */
static void
test_quoted (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();

  configure (self,
      "[{\"urls\":\"turn:[2001:db8::1]:99?transport=tcp\",\"username\":"
      "\"17:a%b@c\",\"credential\":\"p:/?\"}]",
      0);
  assert_addresses (self, "a",
      "- turn://17%3Aa%25b%40c:p%3A%2F%3F@[2001:db8::1]:99?transport=tcp");
}

static void
test_useless (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();
  const char *const tls = "[{\"urls\":[\"turns:t\",\"turn:t\"],\"username\":"
                          "\"u\",\"credential\":\"p\"},7]";

  configure (self, tls, 1);
  assert_addresses (self, "a", "-" TURNS_ADDRESS ("t") TURN_ADDRESS ("t"));
  configure (self, "[]", 0);
  take (self, NULL, tls, 1);
  take (self, NULL, tls, 0);
  take (self, "a", tls, 0);
  assert_addresses (self, "a",
      "-" TURNS_ADDRESS ("t") TURN_ADDRESS ("t") TURNS_ADDRESS ("t")
          TURN_ADDRESS ("t"));
}

static void
hear (LegServers *self, const char *text, guint n_reasons)
{
  g_autoptr (GstStructure) structure =
      text != NULL ? gst_structure_from_string (text, NULL) : NULL;
  g_autoptr (GPtrArray) reasons = leg_servers_hear (self, NULL, structure);

  g_assert_cmpuint (reasons->len, ==, n_reasons);
}

static void
test_heard (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();

  hear (self, "x, servers=<[s, urls=\"stun:s\"], [s]>", 1);
  assert_addresses (self, "a", "stun://s:3478");
  /* What is none changes nothing. */
  hear (self, "x, servers=7", 1);
  hear (self, NULL, 0);
  assert_addresses (self, "a", "stun://s:3478");
  hear (self, "x, servers=<>", 0);
  assert_addresses (self, "a", "-");
}

/* Whether the signaller has a say in what a peer gets. */
static void
test_may_change (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();

  g_assert_true (leg_servers_may_change (self, "a"));
  configure (self, "[" TURN ("set") "]", 0);
  g_assert_false (leg_servers_may_change (self, "a"));
  take (self, "a", "[\"stun:s\"]", 0);
  g_assert_false (leg_servers_may_change (self, "a"));
  take (self, "a", "[\"stun:s\"," TURN ("a") "]", 0);
  g_assert_true (leg_servers_may_change (self, "a"));
  g_assert_false (leg_servers_may_change (self, "b"));
  take (self, NULL, "[" TURN ("all") "]", 0);
  g_assert_true (leg_servers_may_change (self, "b"));
}

#define UNTIL(second, host)                                       \
  "{\"urls\":\"turn:" host "\",\"username\":\"" #second ":ada\"," \
  "\"credential\":\"p\"}"

static void
test_ending (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();

  configure (self, "[" UNTIL (1764370000, "set") "]", 0);
  take (self, NULL, "[" TURN ("all") "," UNTIL (1764379000, "all") "]", 0);
  /* What was set is for the user to renew. */
  g_assert_false (leg_servers_are_ending (self, "a", 1764372000));
  g_assert_false (leg_servers_are_ending (self, "a", 1764378970));
  g_assert_true (leg_servers_are_ending (self, "a", 1764378971));
  take (self, "a", "[" UNTIL (1764375000, "a") "]", 0);
  g_assert_true (leg_servers_are_ending (self, "a", 1764375000));
  g_assert_false (leg_servers_are_ending (self, "b", 1764375000));
  leg_servers_forget (self, "a");
  g_assert_false (leg_servers_are_ending (self, "a", 1764375000));
}

static void
test_limits (void)
{
  g_autoptr (LegServers) self = leg_servers_new ();
  g_autofree char *long_id = g_strnfill (1000, 'x');
  g_autoptr (LegAddresses) addresses = NULL;

  for (guint i = 0; i < 1000; i++) {
    g_autofree char *id = g_strdup_printf ("peer-%u", i);

    take (self, id, "[\"stun:s\"]", 0);
  }
  assert_addresses (self, "peer-0", "stun://s:3478");
  assert_addresses (self, "peer-999", "-");
  take (self, "peer-0", "[\"stun:t\"]", 0);
  assert_addresses (self, "peer-0", "stun://t:3478");
  take (self, long_id, "[\"stun:s\"]", 0);
  assert_addresses (self, long_id, "-");

  take (self, NULL,
      "[{\"urls\":[\"turn:1\",\"turn:2\",\"turn:3\",\"turn:4\",\"turn:5\","
      "\"turn:6\",\"turn:7\",\"turn:8\",\"turn:9\"],\"username\":\"u\","
      "\"credential\":\"p\"}]",
      0);
  addresses = leg_servers_get_addresses (self, "a");
  g_assert_cmpuint (addresses->turn->list->len, ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  test_log_init ();
  g_test_add_func ("/legservers/sources", test_sources);
  g_test_add_func ("/legservers/quoted", test_quoted);
  g_test_add_func ("/legservers/useless", test_useless);
  g_test_add_func ("/legservers/heard", test_heard);
  g_test_add_func ("/legservers/may-change", test_may_change);
  g_test_add_func ("/legservers/ending", test_ending);
  g_test_add_func ("/legservers/limits", test_limits);
  return g_test_run ();
}
