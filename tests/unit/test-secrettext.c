/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secrettext.h"

#include "common/testlog.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_sources (void)
{
  g_autofree char *path =
      g_build_filename (g_get_tmp_dir (), "secret-XXXXXX", NULL);
  g_autofree char *value = NULL;
  g_autofree char *itself = secret_text_read ("auth", "hush", NULL);
  g_autofree char *from_file = NULL;
  g_autofree char *from_environment = NULL;
  int fd = g_mkstemp (path);

  g_assert_cmpstr (itself, ==, "hush");
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "hush\n", -1, NULL));
  value = g_strconcat ("file:", path, NULL);
  from_file = secret_text_read ("auth", value, NULL);
  g_assert_cmpstr (from_file, ==, "hush\n");
  g_setenv ("ROOMCALL_SECRET", "hush", TRUE);
  from_environment = secret_text_read ("auth", "env:ROOMCALL_SECRET", NULL);
  g_assert_cmpstr (from_environment, ==, "hush");
  g_unlink (path);
}

static void
test_missing (void)
{
  g_autoptr (GError) no_file = NULL;
  g_autoptr (GError) no_text = NULL;
  g_autoptr (GError) no_variable = NULL;

  g_assert_null (secret_text_read ("auth", "file:/nowhere", &no_file));
  g_assert_error (no_file, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE);
  g_assert_nonnull (
      strstr (no_file->message, "The property auth names a file"));
  g_assert_null (secret_text_read ("auth", "file:/proc/self/exe", &no_text));
  g_assert_error (no_text, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE);
  g_assert_null (secret_text_read ("auth", "env:ROOMCALL_NONE", &no_variable));
  g_assert_error (
      no_variable, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_ENVIRONMENT);
}

static void
check_refused (const char *path, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (secret_text_read_file ("The property auth", path, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE);
  g_assert_nonnull (strstr (error->message, words));
}

/* None of them has an end, and the FIFO not even a beginning. */
static void
test_endless (void)
{
  g_autofree char *folder = g_dir_make_tmp ("secret-XXXXXX", NULL);
  g_autofree char *fifo = g_build_filename (folder, "fifo", NULL);

  TEST_WATCHDOG (30);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  check_refused (fifo, "it is no regular file");
  check_refused ("/dev/zero", "it is no regular file");
  check_refused (folder, "it is no regular file");
  g_unlink (fifo);
  g_rmdir (folder);
}

static void
test_limit (void)
{
  g_autofree char *path =
      g_build_filename (g_get_tmp_dir (), "secret-XXXXXX", NULL);
  g_autofree char *long_text = g_strnfill (64 * 1024 + 1, 'x');
  g_autofree char *text = NULL;
  int fd = g_mkstemp (path);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, long_text, -1, NULL));
  check_refused (path, "no text of at most 65536 bytes");
  g_assert_true (g_file_set_contents (path, long_text, 64 * 1024, NULL));
  text = secret_text_read_file ("The property auth", path, NULL);
  g_assert_cmpuint (strlen (text), ==, 64 * 1024);
  g_assert_true (g_file_set_contents (path, "a\0b", 3, NULL));
  check_refused (path, "no text");
  g_unlink (path);
}

static void
test_equal (void)
{
  static const struct {
    const char *secret;
    const char *claim;
    gboolean equal;
  } cases[] = {
    { "hush", "hush", TRUE },
    { "h\xc3\xa9", "h\xc3\xa9", TRUE },
    { "", "", TRUE },
    { "hush", "husk", FALSE },
    { "hush", "xush", FALSE },
    { "hush", "hus", FALSE },
    { "hush", "hushhush", FALSE },
    { "hus", "hush", FALSE },
    { "hush", "", FALSE },
    { "", "hush", FALSE },
    { "hush", NULL, FALSE },
    { NULL, "hush", FALSE },
    { NULL, NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (secret_text_equal (cases[i].secret, cases[i].claim), ==,
        cases[i].equal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/secrettext/sources", test_sources);
  g_test_add_func ("/secrettext/missing", test_missing);
  g_test_add_func ("/secrettext/endless", test_endless);
  g_test_add_func ("/secrettext/limit", test_limit);
  g_test_add_func ("/secrettext/equal", test_equal);
  return g_test_run ();
}
