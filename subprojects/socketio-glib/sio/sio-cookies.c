/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-cookies.h"

#include <string.h>

/* A load balancer says with a cookie which server the session is at, and wants
 * to hear it again. That needs no dates, domains and paths: what is kept goes
 * only where it came from, and not longer than the connection lives. */

#define MAX_COOKIES 32
#define MAX_LENGTH 4096

struct _SioCookies {
  GPtrArray *pairs; /* of "name=value" */
};

SioCookies *
sio_cookies_new (void)
{
  SioCookies *self = g_new0 (SioCookies, 1);

  self->pairs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sio_cookies_free (SioCookies *self)
{
  g_ptr_array_unref (self->pairs);
  g_free (self);
}

static void
forget (SioCookies *self, const char *name, gsize length)
{
  for (guint i = 0; i < self->pairs->len; i++) {
    const char *pair = self->pairs->pdata[i];

    if (strncmp (pair, name, length) == 0 && pair[length] == '=') {
      g_ptr_array_remove_index (self->pairs, i);
      return;
    }
  }
}

static gboolean
is_printable (const char *text)
{
  for (; *text != '\0'; text++) {
    if (!g_ascii_isprint (*text))
      return FALSE;
  }
  return TRUE;
}

/* "name=value" up to the first semicolon; an empty value takes the cookie
 * away. */
static void
keep_one (SioCookies *self, const char *line)
{
  g_autofree char *pair = g_strndup (line, strcspn (line, ";"));
  const char *equals;

  g_strstrip (pair);
  equals = strchr (pair, '=');
  if (equals == NULL || equals == pair || strlen (pair) > MAX_LENGTH
      || !is_printable (pair))
    return;
  forget (self, pair, (gsize) (equals - pair));
  if (equals[1] != '\0' && self->pairs->len < MAX_COOKIES)
    g_ptr_array_add (self->pairs, g_steal_pointer (&pair));
}

/* Keeps what an answer sets. */
void
sio_cookies_keep (SioCookies *self, SoupMessageHeaders *answer)
{
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, answer);
  while (soup_message_headers_iter_next (&iter, &name, &value)) {
    if (g_ascii_strcasecmp (name, "Set-Cookie") == 0)
      keep_one (self, value);
  }
}

/* The value of a Cookie header, NULL for none. @others is what the application
 * wants to have in it. */
char *
sio_cookies_print (SioCookies *self, const char *others)
{
  GString *out = g_string_new (others);

  for (guint i = 0; i < self->pairs->len; i++) {
    if (out->len > 0)
      g_string_append (out, "; ");
    g_string_append (out, self->pairs->pdata[i]);
  }
  return g_string_free (out, out->len == 0);
}
