/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "envfile.h"

#include <string.h>

GQuark
env_file_error_quark (void)
{
  return g_quark_from_static_string ("env-file-error");
}

static gboolean
is_name (const char *text, gsize length)
{
  if (length == 0 || g_ascii_isdigit (text[0]))
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (text[i]) && text[i] != '_')
      return FALSE;
  }
  return TRUE;
}

/* Between quotation marks anything; in double ones a backslash quotes itself and
 * them. Else up to a blank with a number sign behind it. NULL: no end. */
static char *
read_value (const char *text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  char quote = text[0] == '"' || text[0] == '\'' ? text[0] : '\0';
  const char *next = quote != '\0' ? text + 1 : text;

  for (; *next != '\0' && *next != quote; next++) {
    if (quote == '\0' && g_ascii_isspace (*next) && next[1] == '#')
      break;
    if (quote == '"' && *next == '\\' && (next[1] == '"' || next[1] == '\\'))
      next++;
    g_string_append_c (value, *next);
  }
  if (quote == '\0')
    return g_strstrip (g_strdup (value->str));
  if (*next == '\0')
    return NULL;
  next++;
  next += strspn (next, " \t");
  return *next == '\0' || *next == '#' ? g_strdup (value->str) : NULL;
}

static gboolean
read_line (GHashTable *variables, char *line)
{
  const char *equals;
  char *value;

  line = g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  if (g_str_has_prefix (line, "export "))
    line = g_strchug (line + strlen ("export "));
  equals = strchr (line, '=');
  if (equals == NULL || !is_name (line, (gsize) (equals - line)))
    return FALSE;
  value = read_value (equals + 1);
  if (value == NULL)
    return FALSE;
  g_hash_table_insert (
      variables, g_strndup (line, (gsize) (equals - line)), value);
  return TRUE;
}

/**
 * env_file_parse:
 * @text: lines of `NAME=value`; empty ones, `#` before a comment, `export` before a
 *   name and quotation marks round a value may be
 * @error: which line is wrong
 *
 * Nothing is expanded: a dollar sign is one.
 *
 * Returns: (transfer full) (nullable) (element-type utf8 utf8): what is in it
 */
GHashTable *
env_file_parse (const char *text, GError **error)
{
  g_autoptr (GHashTable) variables =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (!read_line (variables, lines[i])) {
      g_set_error (error, ENV_FILE_ERROR, ENV_FILE_ERROR_LINE,
          "line %u is no NAME=value", i + 1);
      return NULL;
    }
  }
  return g_steal_pointer (&variables);
}
