/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/envfile.h"

#include "common/testlog.h"

#include <string.h>

static void
test_values (void)
{
  static const struct {
    const char *line;
    const char *value; /* of A */
  } cases[] = {
    { "A=b", "b" },
    { "  export A=b  ", "b" },
    { "A=", "" },
    { "A=b c", "b c" },
    { "A=b # why", "b" },
    { "A=b#c", "b#c" },
    { "A=\"b # c\"  # why", "b # c" },
    { "A='b \\ \"'", "b \\ \"" },
    { "A=\"b \\\" \\\\ \\n\"", "b \" \\ \\n" },
    { "A=b=c", "b=c" },
    { "A=$B", "$B" },
    { "# A=b\n\r\nA=c\r\nB=d", "c" },
    { "A=b\nA=c", "c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GHashTable) variables = env_file_parse (cases[i].line, &error);

    g_test_message ("%s", cases[i].line);
    g_assert_no_error (error);
    g_assert_cmpstr (g_hash_table_lookup (variables, "A"), ==, cases[i].value);
  }
}

static void
test_wrong (void)
{
  static const char *const texts[] = { "hush", "=hush", "1A=hush", "A B=hush",
    "A=\"hush", "A='hush' hush", "OK=1\n\nhush\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (env_file_parse (texts[i], &error));
    g_assert_error (error, ENV_FILE_ERROR, ENV_FILE_ERROR_LINE);
    g_assert_null (strstr (error->message, "hush"));
    g_assert_cmpint (
        strstr (error->message, "line 3 ") != NULL, ==, texts[i][0] == 'O');
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/envfile/values", test_values);
  g_test_add_func ("/envfile/wrong", test_wrong);
  return g_test_run ();
}
