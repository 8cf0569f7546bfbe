/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server/webroot.h"

#include "common/testlog.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_split (void)
{
  static const struct {
    const char *path;
    const char *names; /* NULL: none */
  } cases[] = {
    { "/", "index.html" },
    { "/a.js", "a.js" },
    { "/a/b.js", "a,b.js" },
    { "/a/", "a,index.html" },
    { "/a b/Zoë.js", "a b,Zoë.js" },
    { "", NULL },
    { "a.js", NULL },
    { "//etc/passwd", NULL },
    { "/a//b.js", NULL },
    { "/..", NULL },
    { "/../a.js", NULL },
    { "/a/../../b.js", NULL },
    { "/./a.js", NULL },
    { "/.git/config.json", NULL },
    { "/.env", NULL },
    { "/%2e%2e/a.js", NULL },
    { "/..\\a.js", NULL },
    { "/a\\..\\b.js", NULL },
    { "/c:/a.js", NULL },
    { "/a\nb.js", NULL },
    { "/a\x7f.js", NULL },
    { "/\xff.js", NULL },
    { "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/a.js",
        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,a.js" },
    { "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/a.js", NULL },
  };
  g_autofree char *longest = g_strnfill (2000, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) names = web_root_split (cases[i].path);
    g_autofree char *joined = names != NULL ? g_strjoinv (",", names) : NULL;

    g_assert_cmpstr (joined, ==, cases[i].names);
  }
  longest[0] = '/';
  g_assert_null (web_root_split (longest));
}

static void
test_types (void)
{
  g_assert_cmpstr (
      web_root_get_type ("a.HTML"), ==, "text/html; charset=utf-8");
  g_assert_cmpstr (
      web_root_get_type ("a.min.js"), ==, "text/javascript; charset=utf-8");
  g_assert_null (web_root_get_type ("a"));
  g_assert_null (web_root_get_type ("a."));
  g_assert_null (web_root_get_type ("a.c"));
  g_assert_null (web_root_get_type ("js"));
}

/* --- files --- */

typedef struct {
  char *folder; /* that of the page is "root" in it */
  WebRoot *root;
} World;

static char *
path_of (World *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static void
put (World *self, const char *name, const char *text)
{
  g_autofree char *path = path_of (self, name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (World *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("webroot-XXXXXX", NULL);
  put (self, "root/index.html", "<p>");
  put (self, "root/lib/a.js", "1");
  put (self, "root/.hidden.js", "secret");
  put (self, "root/notes", "secret");
  put (self, "outside.js", "secret");
  put (self, "rootless/a.js", "secret");
  path = path_of (self, "root");
  self->root = web_root_new (path, &error);
  g_assert_no_error (error);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_SYMLINK)
      || !g_file_test (path, G_FILE_TEST_IS_DIR)) {
    g_unlink (path);
    return;
  }
  dir = g_dir_open (path, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *below = g_build_filename (path, name, NULL);

    remove_all (below);
  }
  g_rmdir (path);
}

static void
tear_down (World *self, gconstpointer data)
{
  web_root_free (self->root);
  remove_all (self->folder);
  g_free (self->folder);
}

static void
gives (World *self, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  const char *type = NULL;
  g_autoptr (GBytes) bytes = web_root_read (self->root, path, &type, &error);

  g_test_message ("%s", path);
  if (text == NULL) {
    g_assert_null (bytes);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    return;
  }
  g_assert_no_error (error);
  g_assert_nonnull (type);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      text, strlen (text));
}

static void
test_read (World *self, gconstpointer data)
{
  static const char *const none[] = { "/none.js", "/.hidden.js", "/notes",
    "/../outside.js", "/lib/../../outside.js", "/lib", "/lib/", "/index.html/",
    "/index.html/a.js", "//lib/a.js", "/../rootless/a.js" };

  gives (self, "/", "<p>");
  gives (self, "/index.html", "<p>");
  gives (self, "/lib/a.js", "1");
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    gives (self, none[i], NULL);
}

/* Neither out nor inside, neither the file nor a folder on the way. */
static void
test_links (World *self, gconstpointer data)
{
  static const struct {
    const char *target;
    const char *name;
  } links[] = {
    { "../outside.js", "root/out.js" },
    { "/etc/passwd", "root/passwd.txt" },
    { "..", "root/up" },
    { "lib/a.js", "root/inside.js" },
    { "lib", "root/other" },
  };
  static const char *const paths[] = { "/out.js", "/passwd.txt",
    "/up/outside.js", "/up/root/index.html", "/inside.js", "/other/a.js" };

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    g_autofree char *name = path_of (self, links[i].name);

    g_assert_cmpint (symlink (links[i].target, name), ==, 0);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    gives (self, paths[i], NULL);
}

/* A FIFO is not waited for, and a folder is no file whatever its name. */
static void
test_no_files (World *self, gconstpointer data)
{
  g_autofree char *fifo = path_of (self, "root/fifo.js");

  TEST_WATCHDOG (20);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  put (self, "root/folder.js/a.txt", "a");
  gives (self, "/fifo.js", NULL);
  gives (self, "/folder.js", NULL);
  gives (self, "/folder.js/a.txt", "a");
}

static void
make_file (World *self, const char *name, goffset length)
{
  g_autofree char *path = path_of (self, name);

  put (self, name, "");
  g_assert_cmpint (truncate (path, length), ==, 0);
}

/* What slow readers have not taken yet counts, whoever has freed the root. */
static void
test_budget (World *self, gconstpointer data)
{
  GBytes *pending[WEB_ROOT_MAX_PENDING / WEB_ROOT_MAX_FILE];
  g_autoptr (GError) error = NULL;
  const char *type;

  make_file (self, "root/large.mp4", WEB_ROOT_MAX_FILE);
  make_file (self, "root/larger.mp4", WEB_ROOT_MAX_FILE + 1);
  gives (self, "/larger.mp4", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (pending); i++) {
    pending[i] = web_root_read (self->root, "/large.mp4", &type, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_bytes_get_size (pending[i]), ==, WEB_ROOT_MAX_FILE);
  }
  g_assert_null (web_root_read (self->root, "/lib/a.js", &type, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_bytes_unref (pending[0]);
  gives (self, "/lib/a.js", "1");
  tear_down (self, NULL);
  for (gsize i = 1; i < G_N_ELEMENTS (pending); i++)
    g_bytes_unref (pending[i]);
  set_up (self, NULL);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (web_root_new ("/nowhere", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (World *self, gconstpointer data);
  } tests[] = {
    { "/webroot/read", test_read },
    { "/webroot/links", test_links },
    { "/webroot/no-files", test_no_files },
    { "/webroot/budget", test_budget },
  };

  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/webroot/split", test_split);
  g_test_add_func ("/webroot/types", test_types);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, World, NULL, set_up, tests[i].test, tear_down);
  g_test_add_func ("/webroot/no-folder", test_no_folder);
  return g_test_run ();
}
