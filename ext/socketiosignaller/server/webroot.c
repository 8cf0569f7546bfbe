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

/* What was read and is not yet freed. */
typedef struct {
  gsize bytes;
  /* Set of Content, each in it until it is freed */
  GHashTable *contents;
} Pending;

struct _WebRoot {
  int folder;
  /* Shared with the contents, which may outlive the root. */
  Pending *pending;
};

/* A file as it was when it was read, for all answers that it is in. */
typedef struct {
  Pending *pending;
  dev_t device;
  ino_t inode;
  struct timespec changed;
  gsize length;
  GBytes *bytes; /* around it, not owned */
  char data[];
} Content;

static guint
content_hash (gconstpointer key)
{
  const Content *self = key;

  return (guint) self->inode;
}

static gboolean
content_equal (gconstpointer a, gconstpointer b)
{
  const Content *one = a;
  const Content *other = b;

  return one->inode == other->inode && one->device == other->device
      && one->length == other->length
      && one->changed.tv_sec == other->changed.tv_sec
      && one->changed.tv_nsec == other->changed.tv_nsec;
}

static void
pending_clear (gpointer data)
{
  g_hash_table_unref (((Pending *) data)->contents);
}

static void
pending_unref (Pending *self)
{
  g_rc_box_release_full (self, pending_clear);
}

static void
content_free (gpointer data)
{
  Content *self = data;

  /* Another one may be in its place. */
  if (g_hash_table_lookup (self->pending->contents, self) == self)
    g_hash_table_remove (self->pending->contents, self);
  self->pending->bytes -= self->length;
  pending_unref (self->pending);
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
  self->pending = g_rc_box_new0 (Pending);
  self->pending->contents = g_hash_table_new (content_hash, content_equal);
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
  pending_unref (self->pending);
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

static Content
identify (const struct stat *status)
{
  return (Content){ .device = status->st_dev,
    .inode = status->st_ino,
    .changed = status->st_ctim,
    .length = (gsize) status->st_size };
}

static GBytes *
read_all (WebRoot *self, int fd, const Content *identity)
{
  gsize length = identity->length;
  Content *content = g_try_malloc (sizeof *content + length);
  gsize done = 0;

  if (content == NULL)
    return NULL;
  *content = *identity;
  while (done < length) {
    gssize count = read (fd, content->data + done, length - done);

    if (count < 0 && errno == EINTR)
      continue;
    /* Shorter than it was: what there is of it. */
    if (count <= 0)
      break;
    done += (gsize) count;
  }
  content->pending = g_rc_box_acquire (self->pending);
  content->pending->bytes += length;
  content->bytes =
      g_bytes_new_with_free_func (content->data, done, content_free, content);
  if (done == length)
    g_hash_table_add (content->pending->contents, content);
  return content->bytes;
}

/* However many take their time over a file, it is there once. */
static GBytes *
get_content (WebRoot *self, int fd, const struct stat *status)
{
  Content identity = identify (status);
  Content *content = g_hash_table_lookup (self->pending->contents, &identity);

  if (content != NULL)
    return g_bytes_ref (content->bytes);
  if (self->pending->bytes + identity.length > WEB_ROOT_MAX_PENDING)
    return NULL;
  return read_all (self, fd, &identity);
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
  else if ((bytes = get_content (self, fd, &status)) == NULL)
    g_set_error_literal (
        error, G_IO_ERROR, G_IO_ERROR_BUSY, "too much is on its way to others");
  if (fd >= 0)
    close (fd);
  return bytes;
}
