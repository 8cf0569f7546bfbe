/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secrettext.h"

#include <string.h>

/* A file with a token, not one that was named by mistake. */
#define MAX_LENGTH (64 * 1024)

GQuark
secret_text_error_quark (void)
{
  return g_quark_from_static_string ("secret-text-error");
}

/**
 * secret_text_read_file:
 * @who: what names the file, for errors: "The property auth"
 * @path: the file
 * @error: why it cannot be read, without quoting a secret
 *
 * Returns: (transfer full) (nullable): what is in the file, as it is
 */
char *
secret_text_read_file (const char *who, const char *path, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &inner)) {
    g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE,
        "%s names a file that cannot be read: %s", who, inner->message);
    return NULL;
  }
  if (length > MAX_LENGTH || strlen (text) != length) {
    g_set_error (error, SECRET_TEXT_ERROR, SECRET_TEXT_ERROR_FILE,
        "%s names a file that is no text of at most %d bytes.", who,
        MAX_LENGTH);
    return NULL;
  }
  return g_steal_pointer (&text);
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

/* SHA-256 */
#define DIGEST_LENGTH 32

static void
digest (const char *text, guint8 into[DIGEST_LENGTH])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = DIGEST_LENGTH;

  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text));
  g_checksum_get_digest (checksum, into, &length);
}

/**
 * secret_text_equal:
 * @secret: what is expected
 * @text: (nullable): what a stranger says
 *
 * Compares in a time that does not depend on how much of @text is right, nor on how
 * long @secret is: so nobody finds it out letter by letter.
 *
 * Returns: whether they are equal
 */
gboolean
secret_text_equal (const char *secret, const char *text)
{
  guint8 expected[DIGEST_LENGTH];
  guint8 given[DIGEST_LENGTH];
  volatile guint8 difference = 0;

  if (text == NULL)
    return FALSE;
  digest (secret, expected);
  digest (text, given);
  for (gsize i = 0; i < DIGEST_LENGTH; i++)
    difference |= expected[i] ^ given[i];
  return difference == 0;
}
