/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testlog.h"

/* find-criticals FILE...: test_log_find_critical() for scripts. Fails if one of
 * the logs cannot be read, or has a CRITICAL that is not a known one. */
int
main (int argc, char **argv)
{
  int bad = argc < 2;

  for (int i = 1; i < argc; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    gsize length = 0;

    if (!g_file_get_contents (argv[i], &text, &length, &error)) {
      g_printerr ("%s\n", error->message);
      bad = 1;
      continue;
    }
    line = test_log_find_critical (text);
    if (line) {
      g_print ("%s: %s\n", argv[i], line);
      bad = 1;
    }
  }
  return bad;
}
