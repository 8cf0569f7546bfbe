/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Says whether a dialect file is right, and what a conversation means in it. */
#include "dialectcheck.h"

#include <locale.h>
#include <sio/sio.h>
#include <stdlib.h>

static const char usage[] =
    "Usage: roomcall-dialect check FILE [CAPTURE]\n"
    "\n"
    "FILE is a dialect, or the name of one that is built in; CAPTURE is a recorded\n"
    "conversation, of which is told what each message would do:\n"
    "  {\"me\": [[0, \"out\", \"join\", …], [5, \"in\", \"users\", …], …]}\n"
    "\n"
    "Exit status: 0, 1 if something is wrong, 2 if it is called in another way.\n";

static Dialect *
load (const char *name, GError **error)
{
  if (g_strrstr (name, G_DIR_SEPARATOR_S) == NULL
      && !g_file_test (name, G_FILE_TEST_EXISTS)
      && !g_str_has_suffix (name, ".json"))
    return dialect_new_builtin (name, error);
  return dialect_new_from_file (name, error);
}

static gboolean
check_capture (
    const Dialect *dialect, const char *path, guint *n_faults, GError **error)
{
  g_autoptr (GHashTable) lines = g_hash_table_new (NULL, NULL);
  g_autoptr (JsonNode) capture = NULL;
  g_autofree char *text = NULL;
  g_autofree char *report = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  capture = sio_json_parse_with_lines (text, (gssize) length, lines, error);
  if (capture != NULL)
    report = dialect_check_capture (dialect, capture, n_faults, error);
  if (report == NULL) {
    g_prefix_error (error, "%s: ", path);
    return FALSE;
  }
  g_print ("%s", report);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (Dialect) dialect = NULL;
  g_autoptr (GError) error = NULL;
  guint n_faults = 0;

  setlocale (LC_ALL, "");
  if (argc < 3 || argc > 4 || g_strcmp0 (argv[1], "check") != 0) {
    g_printerr ("%s", usage);
    return 2;
  }
  dialect = load (argv[2], &error);
  if (dialect == NULL
      || (argc == 4 && !check_capture (dialect, argv[3], &n_faults, &error))) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  if (argc == 3)
    g_print (
        "%s: the dialect “%s” is right\n", argv[2], dialect_get_name (dialect));
  if (n_faults > 0)
    g_printerr ("%u messages that the dialect does not know\n", n_faults);
  return n_faults > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
