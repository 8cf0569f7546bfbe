/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secrettext.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file with a token, not one that was named by mistake. */
#define MAX_LENGTH (64 * 1024)

GQuark
secret_text_error_quark (void)
{
  return g_quark_from_static_string ("secret-text-error");
}

/* -1 with errno set, or -1 and errno 0: nothing that has an end. Neither waits for
 * who writes into a FIFO nor begins to read what a device has. */
static int
open_regular (const char *path)
{
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  struct stat status;

  if (fd < 0)
    return -1;
  errno = 0;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;
  close (fd);
  return -1;
}

/* At most @size bytes. What a file has may be more than its length says, as in
 * /proc, or grow. */
static gssize
read_all (int fd, char *bytes, gsize size)
{
  gsize length = 0;
  gssize n;

  do {
    n = read (fd, bytes + length, size - length);
    if (n > 0)
      length += (gsize) n;
  } while (n > 0 || (n < 0 && errno == EINTR));
  return n < 0 ? -1 : (gssize) length;
}

/**
 * secret_text_read_file:
 * @who: what names the file, for errors: "The property auth"
 * @path: the file; a regular one, so that it neither blocks nor goes on for ever
 * @error: why it cannot be read, without quoting a secret
 *
 * Returns: (transfer full) (nullable): what is in the file, as it is
 */
char *
secret_text_read_file (const char *who, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  int fd = open_regular (path);
  gssize length = -1;
  int reason = errno;

  if (fd >= 0) {
    text = g_malloc0 (MAX_LENGTH + 2);
    length = read_all (fd, text, MAX_LENGTH + 1);
    reason = errno;
    close (fd);
  }
  if (length < 0) {
    g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE,
        "%s names a file that cannot be read: “%s”: %s.", who, path,
        reason != 0 ? g_strerror (reason) : "it is no regular file");
    return NULL;
  }
  if (length > MAX_LENGTH || strlen (text) != (gsize) length) {
    g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE,
        "%s names a file that is no text of at most %d bytes.", who,
        MAX_LENGTH);
    return NULL;
  }
  return g_realloc (g_steal_pointer (&text), (gsize) length + 1);
}

/**
 * secret_text_read:
 * @property: the property's name, for errors
 * @value: a secret, `file:` and a path or `env:` and the name of an environment
 *   variable that has it
 * @error: why it cannot be read, without quoting a secret
 *
 * What is typed on a command line is seen in `ps` and in GStreamer's log; what a
 * file or the environment has is not.
 *
 * Returns: (transfer full) (nullable): the secret
 */
char *
secret_text_read (const char *property, const char *value, GError **error)
{
  g_autofree char *who = g_strconcat ("The property ", property, NULL);
  char *text;

  if (g_str_has_prefix (value, "file:"))
    return secret_text_read_file (who, value + strlen ("file:"), error);
  if (!g_str_has_prefix (value, "env:"))
    return g_strdup (value);
  text = g_strdup (g_getenv (value + strlen ("env:")));
  if (text == NULL)
    g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_ENVIRONMENT,
        "%s names the environment variable %s, which is not set.", who,
        value + strlen ("env:"));
  return text;
}

/**
 * secret_text_equal:
 * @secret: (nullable): what is to be known
 * @claim: (nullable): what somebody says that it is
 *
 * How long it takes says nothing about how much of @claim is right: for the same
 * secret it depends on the length of @claim alone.
 *
 * Returns: whether they are the same; %FALSE if one of them is %NULL
 */
gboolean
secret_text_equal (const char *secret, const char *claim)
{
  gsize secret_length, claim_length;
  /* Volatile, or a compiler may leave the loop at the first difference. */
  volatile guchar differs;

  if (secret == NULL || claim == NULL)
    return FALSE;
  secret_length = strlen (secret);
  claim_length = strlen (claim);
  differs = secret_length != claim_length;
  /* Round and round in the secret, the zero at its end included. */
  for (gsize i = 0, at = 0; i < claim_length; i++) {
    differs |= (guchar) (secret[at] ^ claim[i]);
    at = at == secret_length ? 0 : at + 1;
  }
  return differs == 0;
}
