/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/serveroptions.h"

#include "common/testlog.h"
#include "server/envfile.h"
#include "secrettext.h"

#include <glib/gstdio.h>
#include <string.h>

static ServerOptions *
parse (const char *arguments, const char *variables, GError **error)
{
  g_auto (GStrv) strv = NULL;
  g_auto (GStrv) environment = g_strsplit (variables, ";", -1);
  g_autofree char *line = g_strconcat ("roomcall-server ", arguments, NULL);

  g_assert_true (g_shell_parse_argv (line, NULL, &strv, NULL));
  return server_options_parse (&strv, (const char *const *) environment, error);
}

static char *
make_file (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("serveroptions-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerOptions) options = parse ("", "", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->host, ==, "127.0.0.1");
  g_assert_cmpuint (options->port, ==, 8080);
  g_assert_cmpint (options->dialect, ==, SERVER_DIALECT_NONE);
  g_assert_null (options->origins);
  g_assert_null (options->token);
  g_assert_false (options->allow_eio3);
  g_assert_false (options->metrics);
}

static void
test_options (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerOptions) options = parse (
      "--host 0.0.0.0 --port 0 --dialect rooms --allowed-host c --origin https://a --origin "
      "https://b:1 --allow-eio3 --metrics --web-root page --max-clients 7 "
      "--max-clients-per-address 3",
      "", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (options->host, ==, "0.0.0.0");
  g_assert_cmpuint (options->port, ==, 0);
  g_assert_cmpint (options->dialect, ==, SERVER_DIALECT_ROOMS);
  g_assert_cmpstr (options->origins[1], ==, "https://b:1");
  g_assert_cmpstr (options->allowed_hosts[0], ==, "a");
  g_assert_cmpstr (options->allowed_hosts[1], ==, "b:1");
  g_assert_cmpstr (options->allowed_hosts[2], ==, "c");
  g_assert_null (options->allowed_hosts[3]);
  g_assert_true (options->allow_eio3);
  g_assert_true (options->metrics);
  g_assert_cmpstr (options->web_root, ==, "page");
  g_assert_cmpuint (options->max_clients, ==, 7);
  g_assert_cmpuint (options->max_clients_per_address, ==, 3);
}

static void
prints (ServerOptions *options, const char *expected)
{
  g_autofree char *text = server_ice_print (options->ice, 1764370800);

  g_assert_nonnull (strstr (text, expected));
}

/* An option wins over the environment, and that over the file. */
static void
test_secrets (void)
{
  g_autofree char *token = make_file ("from file\n");
  g_autofree char *file = make_file ("ROOMCALL_TOKEN=from env file\n"
                                     "STUN_SERVER_ID=stun.example.org:1\n"
                                     "TURN_URLS=turn:relay.example.org\n"
                                     "TURN_USERNAME=ada\n"
                                     "TURN_CREDENTIAL=hush\n");
  g_autofree char *arguments = g_strconcat ("--env-file ", file, NULL);
  g_autofree char *with_token =
      g_strconcat (arguments, " --token-file ", token, NULL);
  g_autofree char *with_stun =
      g_strconcat (arguments, " --stun other.example.org", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ServerOptions) one = parse (arguments, "", &error);
  g_autoptr (ServerOptions) two =
      parse (arguments, "ROOMCALL_TOKEN=from environment", &error);
  g_autoptr (ServerOptions) three =
      parse (with_token, "ROOMCALL_TOKEN=from environment", &error);
  g_autoptr (ServerOptions) four =
      parse (with_stun, "TURN_SECRET=sesame;TURN_USERNAME=ben", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (one->token, ==, "from env file");
  prints (one, "{\"urls\":[\"stun:stun.example.org:1\"]}");
  prints (one, "\"username\":\"ada\",\"credential\":\"hush\"");
  g_assert_cmpstr (two->token, ==, "from environment");
  g_assert_cmpstr (three->token, ==, "from file");
  prints (four, "{\"urls\":[\"stun:other.example.org\"]}");
  prints (four, "\"username\":\"1764374400:ben\"");
  g_unlink (token);
  g_unlink (file);
}

/* One line, which says what is wrong and nothing that is secret. */
static void
test_wrong (void)
{
  g_autofree char *empty = make_file ("\n");
  g_autofree char *junk = make_file ("hush\n");
  g_autofree char *empty_token = g_strconcat ("--token-file ", empty, NULL);
  g_autofree char *junk_file = g_strconcat ("--env-file ", junk, NULL);
  const struct {
    const char *arguments;
    const char *variables;
    const char *says;
  } cases[] = {
    { "--unknown", "", "--unknown" },
    { "something", "", "behind the options" },
    { "--port 65536", "", "--port is a number from 0 to 65535" },
    { "--port x", "", "x" },
    { "--dialect mush", "", "--dialect is mesh, rooms, message or broadcast" },
    { "--origin example.org", "", "--origin is like" },
    { "--allowed-host http://a", "", "--allowed-host is like" },
    { "--origin https://example.org/", "", "--origin is like" },
    { "--turn-ttl 1", "", "--turn-ttl is a number from 60" },
    { "--token-file /nowhere", "", "--token-file names a file" },
    { empty_token, "", "--token-file names a file that is empty" },
    { "--env-file /nowhere", "", "--env-file names a file" },
    { junk_file, "", "--env-file: line 1" },
    { "--turn relay.example.org", "", "a user name and a password" },
    { "", "TURN_URLS=turn:ada:hush@relay.example.org", "a turn address" },
    { "--turn relay.example.org --turn-secret-file /nowhere", "",
        "--turn-secret-file names a file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (cases[i].arguments, cases[i].variables, &error));
    g_assert_nonnull (error);
    g_test_message ("%s", error->message);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_null (strstr (error->message, "hush"));
    g_assert_null (strchr (error->message, '\n'));
  }
  g_unlink (empty);
  g_unlink (junk);
}

static void
test_host (void)
{
  static const char *const here[] = { "127.0.0.1", "127.1.2.3", "::1",
    "localhost", "LOCALHOST" };
  static const char *const there[] = { "0.0.0.0", "::", "192.0.2.1",
    "example.org", "127.0.0.1.example.org" };
  ServerOptions options = { .host = (char *) "0.0.0.0" };
  g_autofree char *open = server_options_explain_host (&options);
  g_autofree char *guarded = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (here); i++)
    g_assert_true (server_options_is_loopback (here[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (there); i++)
    g_assert_false (server_options_is_loopback (there[i]));
  g_assert_nonnull (strstr (open, "--token-file"));
  g_assert_nonnull (strstr (open, "no camera"));
  options.token = (char *) "sesame";
  guarded = server_options_explain_host (&options);
  g_assert_nonnull (strstr (guarded, "whoever knows the token"));
  g_assert_null (strstr (guarded, "sesame"));
  options.host = (char *) "localhost";
  g_assert_null (server_options_explain_host (&options));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/serveroptions/defaults", test_defaults);
  g_test_add_func ("/serveroptions/options", test_options);
  g_test_add_func ("/serveroptions/secrets", test_secrets);
  g_test_add_func ("/serveroptions/wrong", test_wrong);
  g_test_add_func ("/serveroptions/host", test_host);
  return g_test_run ();
}
