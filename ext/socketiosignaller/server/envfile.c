/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "envfile.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define BLANKS " \t\r"

GQuark
env_file_error_quark (void)
{
  return g_quark_from_static_string ("env-file-error");
}

/* A dot and a hyphen are in names of other programs, for which the file may be. */
static gsize
measure_name (const char *text)
{
  gsize length = strspn (text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_.-");

  return g_ascii_isdigit (text[0]) ? 0 : length;
}

/* Where the rest of the line is nothing but blanks and a comment, behind that; else
 * NULL. */
static const char *
skip_rest (const char *text)
{
  text += strspn (text, BLANKS);
  if (*text == '#')
    text += strcspn (text, "\n");
  if (*text == '\n')
    return text + 1;
  return *text == '\0' ? text : NULL;
}

/* Anything, ends of lines as well; in double quotation marks a backslash quotes
 * itself and them. NULL: no end. */
static const char *
read_quoted (const char *text, GString *value)
{
  char quote = *text++;

  for (; *text != '\0' && *text != quote; text++) {
    if (quote == '"' && *text == '\\' && (text[1] == '"' || text[1] == '\\'))
      text++;
    g_string_append_c (value, *text);
  }
  return *text != '\0' ? skip_rest (text + 1) : NULL;
}

/* Up to the end of the line, or a blank with a number sign behind it. Something
 * stands before @text. */
static const char *
read_bare (const char *text, GString *value)
{
  gsize length = 0;

  while (text[length] != '\0' && text[length] != '\n'
      && !(text[length] == '#' && g_ascii_isspace (text[length - 1])))
    length++;
  g_string_append_len (value, text, (gssize) length);
  g_strchomp (value->str);
  return skip_rest (text + length);
}

/* Returns what stands behind the line, or NULL. */
static const char *
read_line (GHashTable *variables, const char *text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *name = text + strspn (text, BLANKS);
  const char *next;
  gsize length;

  next = skip_rest (name);
  if (next != NULL)
    return next;
  if (g_str_has_prefix (name, "export") && strchr (BLANKS, name[6]) != NULL)
    name += 6 + strspn (name + 6, BLANKS);
  length = measure_name (name);
  next = name + length + strspn (name + length, BLANKS);
  if (length == 0 || *next != '=')
    return NULL;
  next++;
  next += strspn (next, BLANKS);
  next = *next == '"' || *next == '\'' ? read_quoted (next, value)
                                       : read_bare (next, value);
  if (next != NULL)
    g_hash_table_insert (
        variables, g_strndup (name, length), g_strdup (value->str));
  return next;
}

static guint
count_lines (const char *from, const char *to)
{
  guint count = 0;

  for (; from < to; from++)
    count += *from == '\n' ? 1 : 0;
  return count;
}

/**
 * env_file_parse:
 * @text: lines of `NAME=value`; empty ones, `#` before a comment, `export` before a
 *   name, blanks round the equals sign and quotation marks round a value, which
 *   then may have several lines, may be
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
  /* Some editors begin every file with it. */
  const char *line = g_str_has_prefix (text, BYTE_ORDER_MARK)
      ? text + strlen (BYTE_ORDER_MARK)
      : text;

  while (*line != '\0') {
    const char *next = read_line (variables, line);

    if (next == NULL) {
      g_set_error (error, ENV_FILE_ERROR, ENV_FILE_ERROR_LINE,
          "line %u is no NAME=value", count_lines (text, line) + 1);
      return NULL;
    }
    line = next;
  }
  return g_steal_pointer (&variables);
}
