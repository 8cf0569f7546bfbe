/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <gio/gio.h>

/* The corpus as a test of its own: fuzz-NAME-replay FOLDER. */

static void
replay (gconstpointer data)
{
  const char *path = data;
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      LLVMFuzzerTestOneInput ((const guint8 *) content, size), ==, 0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  folder = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (folder);
  while ((name = g_dir_read_name (folder)) != NULL) {
    g_autofree char *test = g_strconcat ("/corpus/", name, NULL);

    g_ptr_array_add (paths, g_build_filename (argv[1], name, NULL));
    g_test_add_data_func (test, paths->pdata[paths->len - 1], replay);
  }
  g_assert_cmpuint (paths->len, >, 0);
  return g_test_run ();
}
