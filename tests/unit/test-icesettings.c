/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/icesettings.h"

#include "common/testlog.h"

#include <string.h>

static void
set_turn_servers (IceSettings *settings, const char *text)
{
  g_auto (GValue) array = G_VALUE_INIT;

  g_value_init (&array, GST_TYPE_ARRAY);
  g_assert_true (gst_value_deserialize (&array, text));
  ice_settings_set_turn_servers (settings, &array);
}

static void
test_all (void)
{
  g_auto (IceSettings) typed = { 0 };
  g_auto (IceSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (IceServers) servers = NULL;
  const IceServer *server;

  g_setenv ("ROOMCALL_TURN", "turn://17%3Aa%25:p%40@[2001:db8::1]\n", TRUE);
  g_setenv ("ROOMCALL_ICE", "[{\"urls\":\"stun:t\"}]", TRUE);
  typed.stun_server = g_strdup ("stun://s");
  typed.ice_servers = g_strdup ("env:ROOMCALL_ICE");
  set_turn_servers (
      &typed, "< \"turns://u:p@r?transport=tcp\", \"env:ROOMCALL_TURN\" >");
  ice_settings_copy (&settings, &typed);
  servers = ice_settings_read (&settings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->list->len, ==, 4);
  server = g_ptr_array_index (servers->list, 0);
  g_assert_cmpstr (server->uri->host, ==, "s");
  server = g_ptr_array_index (servers->list, 1);
  g_assert_cmpint (server->uri->scheme, ==, ICE_URI_TURNS);
  server = g_ptr_array_index (servers->list, 2);
  g_assert_cmpstr (server->username, ==, "17:a%");
  g_assert_cmpstr (server->credential, ==, "p@");
  g_assert_cmpstr (server->uri->host, ==, "2001:db8::1");
  server = g_ptr_array_index (servers->list, 3);
  g_assert_cmpstr (server->uri->host, ==, "t");
}

static void
test_none (void)
{
  g_auto (IceSettings) settings = { 0 };
  g_autoptr (IceServers) servers = NULL;

  set_turn_servers (&settings, "< >");
  settings.stun_server = g_strdup ("");
  servers = ice_settings_read (&settings, NULL);
  g_assert_cmpuint (servers->list->len, ==, 0);
}

static void
check_wrong (const IceSettings *settings, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ice_settings_read (settings, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_null (strstr (error->message, "hush"));
}

static void
test_wrong_stun_server (void)
{
  check_wrong (&(IceSettings){ .stun_server = (char *) "example.org" },
      "Type for example stun-server=");
  check_wrong (&(IceSettings){ .stun_server = (char *) "turn:hush" },
      "TURN servers go into turn-servers");
}

static void
check_turn_server (const char *text, const char *words)
{
  g_auto (IceSettings) settings = { 0 };
  g_autofree char *array = g_strdup_printf ("< \"%s\" >", text);

  set_turn_servers (&settings, array);
  check_wrong (&settings, "Entry 1 of the property turn-servers");
  check_wrong (&settings, words);
}

static void
test_wrong_turn_servers (void)
{
  static const char *const texts[] = { "turn:hush", "turn://hush@r",
    "turn://u:hush@", "stun://u:hush@r", "turn://1:u:hush@r" };
  g_auto (IceSettings) settings = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_turn_server (texts[i], "Type for example");
  set_turn_servers (&settings, "< 7 >");
  check_wrong (&settings, "Entry 1 of the property turn-servers");
}

/* What webrtcbin would hand on to libnice, and that to the server. */
static void
test_turn_servers_limits (void)
{
  static const char *const texts[] = { "turn://hush%0A:p@r",
    "turn://u:hush%0a@r", "turn://u:hush%7F@r", "turn://hush:@r",
    "turn://:hush@r", "turn://u:hush%FF@r" };
  g_autofree char *user = g_strnfill (509, 'u');
  g_autofree char *password = g_strnfill (1025, 'p');
  g_autofree char *long_user = g_strconcat ("turn://", user, ":hush@r", NULL);
  g_autofree char *long_password =
      g_strconcat ("turn://hush:", password, "@r", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_turn_server (texts[i], "without control characters");
  check_turn_server (long_user, "at most 508 bytes");
  check_turn_server (long_password, "(at most 1024)");
}

static void
test_too_many (void)
{
  GString *text = g_string_new ("< \"turn://u:hush@r\"");
  g_auto (IceSettings) settings = { 0 };

  for (guint i = 0; i < ICE_SERVERS_MAX; i++)
    g_string_append (text, ", \"turn://u:hush@r\"");
  g_string_append (text, " >");
  set_turn_servers (&settings, text->str);
  g_string_free (text, TRUE);
  check_wrong (&settings, "more than 16 ICE servers");
}

static void
test_wrong_ice_servers (void)
{
  static const char *const texts[] = { "hush", "[{\"urls\":\"http:hush\"}]",
    "[{\"urls\":\"turn:t\",\"username\":\"hush\"}]" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    check_wrong (&(IceSettings){ .ice_servers = (char *) texts[i] },
        "The property ice-servers is not right");
  check_wrong (&(IceSettings){ .ice_servers = (char *) "file:/nowhere" },
      "The property ice-servers names a file");
}

static void
test_told (void)
{
  static const struct {
    gboolean relay_only;
    IceFilter types;
    gboolean right;
  } cases[] = {
    { FALSE, ICE_FILTER_ALL, TRUE },
    { FALSE, ICE_FILTER_HOST, TRUE },
    { TRUE, ICE_FILTER_ALL, TRUE },
    { TRUE, ICE_FILTER_RELAY, TRUE },
    { TRUE, ICE_FILTER_HOST | ICE_FILTER_RELAY, TRUE },
    { TRUE, ICE_FILTER_NONE, TRUE },
    { TRUE, ICE_FILTER_HOST, FALSE },
    { TRUE, ICE_FILTER_HOST | ICE_FILTER_SRFLX, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (
        ice_settings_check_told (cases[i].relay_only, cases[i].types, &error),
        ==, cases[i].right);
    g_assert_cmpint (error == NULL, ==, cases[i].right);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  test_log_init ();
  g_test_add_func ("/icesettings/all", test_all);
  g_test_add_func ("/icesettings/none", test_none);
  g_test_add_func ("/icesettings/wrong/stun-server", test_wrong_stun_server);
  g_test_add_func ("/icesettings/wrong/turn-servers", test_wrong_turn_servers);
  g_test_add_func (
      "/icesettings/limits/turn-servers", test_turn_servers_limits);
  g_test_add_func ("/icesettings/limits/number", test_too_many);
  g_test_add_func ("/icesettings/wrong/ice-servers", test_wrong_ice_servers);
  g_test_add_func ("/icesettings/told", test_told);
  return g_test_run ();
}
