/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontext.h"

#include <string.h>

/* json-glib 1.6 recurses once a level, in reading, in printing and in freeing:
 * a text of some 3000 nested arrays ends a thread with a stack of 512 KiB. */
#define MAX_DEPTH 64
/* Above what any message or setting needs, and below what hurts. */
#define MAX_LENGTH (1024 * 1024)

static gboolean
is_too_deep (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < length; i++) {
    if (in_string) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = FALSE;
    } else if (text[i] == '"') {
      in_string = TRUE;
    } else if (text[i] == '[' || text[i] == '{') {
      if (++depth > MAX_DEPTH)
        return TRUE;
    } else if ((text[i] == ']' || text[i] == '}') && depth > 0) {
      depth--;
    }
  }
  return FALSE;
}

/**
 * json_text_parse:
 * @text: the JSON text
 * @length: its length in bytes; -1: it ends with a NUL
 * @error: what is wrong with it
 *
 * Reads a JSON text whose depth and length are not known to be harmless: at most
 * 64 levels and 1 MiB.
 *
 * Returns: (transfer full) (nullable): the value
 */
JsonNode *
json_text_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  JsonNode *root;

  if (size > MAX_LENGTH) {
    g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_UNKNOWN,
        "it is longer than %d bytes", MAX_LENGTH);
    return NULL;
  }
  if (is_too_deep (text, size)) {
    g_set_error (error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_UNKNOWN,
        "it is nested deeper than %d levels", MAX_DEPTH);
    return NULL;
  }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, (gssize) size, error))
    return NULL;
  /* An empty text is a success without a root. */
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error_literal (
        error, JSON_PARSER_ERROR, JSON_PARSER_ERROR_PARSE, "it is empty");
  return root;
}

/**
 * json_text_print:
 * @node: a value
 *
 * Returns: (transfer full): its JSON text, on one line
 */
char *
json_text_print (JsonNode *node)
{
  return json_to_string (node, FALSE);
}
