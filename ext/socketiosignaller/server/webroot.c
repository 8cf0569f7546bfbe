/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webroot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PATH 1024
#define MAX_DEPTH 16
#define INDEX "index.html"

/* What is served is what has one of these types: nothing is guessed. */
static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { "css", "text/css; charset=utf-8" },
  { "gif", "image/gif" },
  { "htm", "text/html; charset=utf-8" },
  { "html", "text/html; charset=utf-8" },
  { "ico", "image/x-icon" },
  { "jpeg", "image/jpeg" },
  { "jpg", "image/jpeg" },
  { "js", "text/javascript; charset=utf-8" },
  { "json", "application/json" },
  { "map", "application/json" },
  { "mjs", "text/javascript; charset=utf-8" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "ogg", "audio/ogg" },
  { "png", "image/png" },
  { "svg", "image/svg+xml" },
  { "txt", "text/plain; charset=utf-8" },
  { "wasm", "application/wasm" },
  { "wav", "audio/wav" },
  { "webm", "video/webm" },
  { "webmanifest", "application/manifest+json" },
  { "webp", "image/webp" },
  { "woff", "font/woff" },
  { "woff2", "font/woff2" },
};

struct _WebRoot {
  int folder;
  /* Bytes read and not yet freed, of all answers; shared with those, which may
   * outlive the root. */
  gsize *pending;
};

/* What was read for one answer. */
typedef struct {
  gsize *pending;
  gsize length;
  char data[];
} Content;

static void
content_free (gpointer data)
{
  Content *self = data;

  *self->pending -= self->length;
  g_rc_box_release (self->pending);
  g_free (self);
}

/**
 * web_root_new:
 * @path: the folder
 * @error: why it cannot be opened
 *
 * Returns: (transfer full) (nullable): its files
 */
WebRoot *
web_root_new (const char *path, GError **error)
{
  int folder = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  WebRoot *self;

  if (folder < 0) {
    int code = errno;

    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s",
        g_strerror (code));
    return NULL;
  }
  self = g_new0 (WebRoot, 1);
  self->folder = folder;
  self->pending = g_rc_box_new0 (gsize);
  return self;
}

/**
 * web_root_free:
 * @self: (transfer full): the files
 */
void
web_root_free (WebRoot *self)
{
  close (self->folder);
  g_rc_box_release (self->pending);
  g_free (self);
}

/* No name that begins with a dot: neither the way up nor what is hidden. The rest
 * is for what other systems, or a second decoding, would take for a slash. */
static gboolean
is_name (const char *name)
{
  if (name[0] == '\0' || name[0] == '.')
    return FALSE;
  for (const char *next = name; *next != '\0'; next++) {
    if (strchr ("\\%:", *next) != NULL || g_ascii_iscntrl (*next))
      return FALSE;
  }
  return TRUE;
}

/**
 * web_root_split:
 * @path: the path of a request, decoded
 *
 * Returns: (transfer full) (nullable): the names on the way from the root to a
 *   file; %NULL if one of them is none
 */
char **
web_root_split (const char *path)
{
  g_auto (GStrv) names = NULL;
  guint count;

  if (path[0] != '/' || strlen (path) > MAX_PATH
      || !g_utf8_validate (path, -1, NULL))
    return NULL;
  names = g_strsplit (path + 1, "/", MAX_DEPTH + 1);
  count = g_strv_length (names);
  /* A folder is its index; "" is what g_strsplit() makes an empty list of. */
  if (count == 0) {
    g_strfreev (g_steal_pointer (&names));
    names = g_strsplit (INDEX, "/", 1);
    count = 1;
  } else if (names[count - 1][0] == '\0') {
    g_free (names[count - 1]);
    names[count - 1] = g_strdup (INDEX);
  }
  for (guint i = 0; i < count; i++) {
    if (i >= MAX_DEPTH || !is_name (names[i]))
      return NULL;
  }
  return g_steal_pointer (&names);
}

/**
 * web_root_get_type:
 * @name: a file's name
 *
 * Returns: (nullable): its content's type; %NULL: it is not served
 */
const char *
web_root_get_type (const char *name)
{
  const char *dot = strrchr (name, '.');

  for (gsize i = 0; dot != NULL && i < G_N_ELEMENTS (types); i++) {
    if (g_ascii_strcasecmp (dot + 1, types[i].suffix) == 0)
      return types[i].type;
  }
  return NULL;
}

/* Name by name, and no symbolic link on the way: so it ends below the root whatever
 * is changed on the disk meanwhile. O_NONBLOCK: a FIFO would be waited for. */
static int
open_below (int root, char *const *names)
{
  int at = root;

  for (guint i = 0; names[i] != NULL; i++) {
    gboolean is_last = names[i + 1] == NULL;
    int next = openat (at, names[i],
        O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
            | (is_last ? 0 : O_DIRECTORY));

    if (at != root)
      close (at);
    if (next < 0)
      return -1;
    at = next;
  }
  return at;
}

static GBytes *
read_all (WebRoot *self, int fd, gsize length)
{
  Content *content = g_try_malloc (sizeof *content + length);
  gsize done = 0;

  if (content == NULL)
    return NULL;
  while (done < length) {
    gssize count = read (fd, content->data + done, length - done);

    if (count < 0 && errno == EINTR)
      continue;
    /* Shorter than it was: what there is of it. */
    if (count <= 0)
      break;
    done += (gsize) count;
  }
  content->length = length;
  content->pending = g_rc_box_acquire (self->pending);
  *content->pending += length;
  return g_bytes_new_with_free_func (
      content->data, done, content_free, content);
}

/**
 * web_root_read:
 * @self: the files
 * @path: the path of a request, decoded
 * @type: (out): the content's type
 * @error: %G_IO_ERROR_NOT_FOUND, or %G_IO_ERROR_BUSY if too much is on its way
 *   already
 *
 * Reads a regular file of a known type and of at most %WEB_ROOT_MAX_FILE bytes.
 *
 * Returns: (transfer full) (nullable): its content, to be freed on this thread
 */
GBytes *
web_root_read (
    WebRoot *self, const char *path, const char **type, GError **error)
{
  g_auto (GStrv) names = web_root_split (path);
  GBytes *bytes = NULL;
  struct stat status;
  int fd = -1;

  if (names != NULL) {
    *type = web_root_get_type (names[g_strv_length (names) - 1]);
    if (*type != NULL)
      fd = open_below (self->folder, names);
  }
  if (fd < 0 || fstat (fd, &status) != 0 || !S_ISREG (status.st_mode)
      || status.st_size > WEB_ROOT_MAX_FILE)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such file");
  else if (*self->pending + (gsize) status.st_size > WEB_ROOT_MAX_PENDING
      || (bytes = read_all (self, fd, (gsize) status.st_size)) == NULL)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_BUSY, "too much is on its way to others");
  if (fd >= 0)
    close (fd);
  return bytes;
}
