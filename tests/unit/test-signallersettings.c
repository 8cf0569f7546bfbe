/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallersettings.h"

#include "common/testlog.h"
#include "signallererror.h"

#include <glib/gstdio.h>
#include <string.h>

typedef gboolean (*Setter) (SignallerSettings *, const char *, GError **);

static void
check (Setter set, const char *text, const char *words)
{
  g_autoptr (SignallerSettings) settings = signaller_settings_new ();
  g_autoptr (GError) error = NULL;
  gboolean done = set (settings, text, &error);

  g_test_message ("%s: %s", text, error != NULL ? error->message : "taken");
  if (words == NULL) {
    g_assert_no_error (error);
    g_assert_true (done);
    return;
  }
  g_assert_false (done);
  g_assert_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_uri (void)
{
  check (signaller_settings_set_uri, "https://calls.example.org", NULL);
  check (signaller_settings_set_uri, "ws://[::1]:8080", NULL);
  check (signaller_settings_set_uri, "calls.example.org", "uri=https");
  check (signaller_settings_set_uri, "ftp://calls.example.org", "uri=https");
  check (signaller_settings_set_uri, "https://", "uri=https");
  check (signaller_settings_set_uri, "", "uri=https");
}

static void
test_path (void)
{
  check (signaller_settings_set_path, "/socket.io/", NULL);
  check (signaller_settings_set_path, "socket.io", "slash");
  check (signaller_settings_set_path, "/a b", "slash");
  check (signaller_settings_set_path, "/a?b", "slash");
}

static void
test_transports (void)
{
  check (signaller_settings_set_transports, "polling", NULL);
  check (signaller_settings_set_transports, "polling, websocket", NULL);
  check (signaller_settings_set_transports, "websocket,", "transports=");
  check (signaller_settings_set_transports, "carrier-pigeon", "transports=");
}

static void
test_query (void)
{
  check (signaller_settings_set_query, "{\"a\":\"b\"}", NULL);
  check (signaller_settings_set_query, "{}", NULL);
  check (signaller_settings_set_query, "a=b", "query='");
  check (signaller_settings_set_query, "{\"a\":1}", "query='");
}

static void
test_user_data (void)
{
  check (signaller_settings_set_userdata, "{\"seat\":12}", NULL);
  check (signaller_settings_set_userdata, "seat 12", "user-data='");
}

static void
test_auth (void)
{
  check (signaller_settings_set_auth, "{\"token\":\"x\"}", NULL);
  check (signaller_settings_set_auth, "hunter2", "auth=env:NAME");
  check (signaller_settings_set_auth, "[1]", "auth=env:NAME");
  check (signaller_settings_set_auth, "env:ROOMCALL_TEST_UNSET", "not set");
  check (signaller_settings_set_auth, "file:/nonexistent/auth", "read");
  g_setenv ("ROOMCALL_TEST_AUTH", "{\"token\":\"x\"}", TRUE);
  check (signaller_settings_set_auth, "env:ROOMCALL_TEST_AUTH", NULL);
}

/* What may be secret is not quoted back. */
static void
test_auth_is_secret (void)
{
  g_autoptr (SignallerSettings) settings = signaller_settings_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (
      signaller_settings_set_auth (settings, "{token:hunter2}", &error));
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_auth_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("roomcall-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "auth", NULL);
  g_autofree char *spec = g_strconcat ("file:", path, NULL);
  g_autofree char *long_text = g_strnfill (100000, ' ');

  g_assert_true (g_file_set_contents (path, "{\"token\":\"x\"}\n", -1, NULL));
  check (signaller_settings_set_auth, spec, NULL);
  g_assert_true (g_file_set_contents (path, long_text, -1, NULL));
  check (signaller_settings_set_auth, spec, "at most");
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_ice_servers_url (void)
{
  Setter set = signaller_settings_set_ice_servers_url;

  check (set, "/ice-servers", NULL);
  check (set, "/ice-servers?token=hush", NULL);
  check (set, "https://turn.example.org/servers", NULL);
  check (set, "none", NULL);
  check (set, "ice-servers", "ice-servers-url=/ice-servers");
  check (set, "//turn.example.org/servers", "ice-servers-url=/ice-servers");
  check (set, "/a b", "ice-servers-url=/ice-servers");
  check (set, "/a%", "ice-servers-url=/ice-servers");
  check (set, "ftp://turn.example.org/", "ice-servers-url=/ice-servers");
  check (set, "https:///servers", "ice-servers-url=/ice-servers");
}

static void
test_hidden (void)
{
  static const struct {
    const char *said;
    const char *shown;
  } cases[] = {
    { "full", "full" },
    { "jwt malformed: hush-auth", "jwt malformed: …" },
    { "hush-deep, hush-list and hush-auth", "…, … and …" },
    { "no key hush-query", "no key …" },
    { "wrong password hush-variable", "wrong password …" },
    { "Bearer hush-header", "…" },
    { "no token hush-header, sid=hush-cookie", "no token …, …" },
    /* Too short to be meant. */
    { "abc 1234", "abc 1234" },
  };
  g_autoptr (SignallerSettings) settings = signaller_settings_new ();
  g_autoptr (SignallerSettings) none = signaller_settings_new ();

  settings->headers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (settings->headers, g_strdup ("Authorization"),
      g_strdup ("Bearer hush-header"));
  g_hash_table_insert (
      settings->headers, g_strdup ("Cookie"), g_strdup ("sid=hush-cookie"));
  g_assert_true (signaller_settings_set_auth (settings,
      "{\"token\":\"hush-auth\",\"a\":{\"b\":\"hush-deep\"},\"c\":[1234,"
      "\"hush-list\",null,\"abc\",\"\"]}",
      NULL));
  g_assert_true (signaller_settings_set_query (
      settings, "{\"key\":\"hush-query\"}", NULL));
  g_assert_true (signaller_settings_set_variables (
      settings, "v,password=hush-variable", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *shown =
        signaller_settings_hide_secrets (settings, cases[i].said);
    g_autofree char *same =
        signaller_settings_hide_secrets (none, cases[i].said);

    g_assert_cmpstr (shown, ==, cases[i].shown);
    g_assert_cmpstr (same, ==, cases[i].said);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/signallersettings/uri", test_uri);
  g_test_add_func ("/signallersettings/path", test_path);
  g_test_add_func ("/signallersettings/query", test_query);
  g_test_add_func ("/signallersettings/ice-servers-url", test_ice_servers_url);
  g_test_add_func ("/signallersettings/transports", test_transports);
  g_test_add_func ("/signallersettings/user-data", test_user_data);
  g_test_add_func ("/signallersettings/auth", test_auth);
  g_test_add_func ("/signallersettings/auth-is-secret", test_auth_is_secret);
  g_test_add_func ("/signallersettings/auth-file", test_auth_file);
  g_test_add_func ("/signallersettings/hidden", test_hidden);
  return g_test_run ();
}
