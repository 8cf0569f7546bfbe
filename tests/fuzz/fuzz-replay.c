/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

/* Runs a fuzz target once over the files of the folders that are named: the
 * corpus and all past findings as an ordinary test, in any build. */

static guint
replay_folder (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;
  guint n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);
    g_autofree char *data = NULL;
    gsize size;

    if (!g_file_get_contents (file, &data, &size, NULL))
      continue;
    LLVMFuzzerTestOneInput ((const guint8 *) data, size);
    n++;
  }
  return n;
}

int
main (int argc, char **argv)
{
  guint n = 0;

  for (int i = 1; i < argc; i++)
    n += replay_folder (argv[i]);
  g_print ("1..1\n%sok 1 %u inputs\n", n > 0 ? "" : "not ", n);
  return n > 0 ? 0 : 1;
}
