/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/servername.h"

#include "common/testlog.h"

#include <sio/sio.h>

static void
test_choose (void)
{
  static const struct {
    const char *userdata;
    const char *auth;
    const char *name;
    gboolean given;
  } cases[] = {
    { "{\"name\":\"Ada\"}", "{\"name\":\"Ben\"}", "Ada", TRUE },
    { NULL, "{\"name\":\"Ben\"}", "Ben", TRUE },
    { "{\"name\":7}", "{\"name\":\"Ben\"}", "Ben", TRUE },
    { "\"Ada\"", NULL, "abcdefgh", FALSE },
    { NULL, NULL, "abcdefgh", FALSE },
    { NULL, "{\"name\":\"\"}", "abcdefgh", FALSE },
    { NULL, "{\"name\":\" \\n\\t \"}", "abcdefgh", FALSE },
    { NULL, "{\"name\":\"\\u202ex\"}", "x", TRUE },
    { NULL, "{\"name\":\"  A\\nda \"}", "Ada", TRUE },
    { NULL, "{\"name\":\"Zoë 愛\"}", "Zoë 愛", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (JsonNode) userdata = cases[i].userdata != NULL
        ? sio_json_parse (cases[i].userdata, -1, NULL)
        : NULL;
    g_autoptr (JsonNode) auth =
        cases[i].auth != NULL ? sio_json_parse (cases[i].auth, -1, NULL) : NULL;
    gboolean given;
    g_autofree char *name =
        server_name_choose (userdata, auth, "abcdefghijk", &given);

    g_test_message ("%s %s", cases[i].userdata, cases[i].auth);
    g_assert_cmpstr (name, ==, cases[i].name);
    g_assert_cmpint (given, ==, cases[i].given);
  }
}

static void
test_long (void)
{
  g_autoptr (JsonNode) auth = NULL;
  g_autoptr (GString) text = g_string_new ("{\"name\":\"");
  g_autofree char *name = NULL;

  for (guint i = 0; i < 10000; i++)
    g_string_append (text, "ë");
  g_string_append (text, "\"}");
  auth = sio_json_parse (text->str, -1, NULL);
  name = server_name_choose (NULL, auth, "abcdefghijk", NULL);
  g_assert_cmpint (g_utf8_strlen (name, -1), ==, SERVER_NAME_MAX);
}

static void
test_quote (void)
{
  static const struct {
    const char *text;
    const char *quoted;
  } cases[] = {
    { "", "\"\"" },
    { "den", "\"den\"" },
    { "a \"b\"\\", "\"a \\u{22}b\\u{22}\\u{5c}\"" },
    { "a\nb\r\x1b[31m", "\"a\\u{a}b\\u{d}\\u{1b}[31m\"" },
    { "\xe2\x80\xae", "\"\\u{202e}\"" },
    { "Zoë", "\"Zoë\"" },
    { "\xff", "\"\xef\xbf\xbd\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *quoted = server_name_quote (cases[i].text);

    g_assert_cmpstr (quoted, ==, cases[i].quoted);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/servername/choose", test_choose);
  g_test_add_func ("/servername/long", test_long);
  g_test_add_func ("/servername/quote", test_quote);
  return g_test_run ();
}
