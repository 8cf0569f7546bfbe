/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "servername.h"

#include "serverdialect.h"

/* Without what cannot be seen: control characters, marks that turn the direction
 * of what stands behind them. NULL if nothing is left. */
static char *
clean (const char *text)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *valid = NULL;
  guint length = 0;

  if (text == NULL)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  for (const char *next = valid; *next != '\0' && length < SERVER_NAME_MAX;
       next = g_utf8_next_char (next)) {
    gunichar character = g_utf8_get_char (next);

    if (!g_unichar_isprint (character) || (name->len == 0 && character == ' '))
      continue;
    g_string_append_unichar (name, character);
    length++;
  }
  g_strchomp (name->str);
  return name->str[0] != '\0' ? g_strdup (name->str) : NULL;
}

/**
 * server_name_choose:
 * @userdata: (nullable): what a member of `mesh` said of itself
 * @auth: (nullable): what it sent to authenticate
 * @id: its id
 * @is_given: (out) (optional): whether it gave itself the name
 *
 * Returns: (transfer full): what the member is called by people, in at most
 *   %SERVER_NAME_MAX printable characters
 */
char *
server_name_choose (
    JsonNode *userdata, JsonNode *auth, const char *id, gboolean *is_given)
{
  JsonNode *const sources[] = { userdata, auth };

  if (is_given != NULL)
    *is_given = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    char *name =
        clean (server_json_get_text (server_json_get (sources[i], "name")));

    if (name != NULL)
      return name;
  }
  if (is_given != NULL)
    *is_given = FALSE;
  return g_strndup (id, SERVER_NAME_ID_LENGTH);
}

/**
 * server_name_quote:
 * @text: anything that a stranger sent
 *
 * Returns: (transfer full): the text between quotation marks, as one word of a line
 *   of a log: what could end the line, or the quotation, is written as `\u{a}`
 */
char *
server_name_quote (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *quoted = g_string_new ("\"");

  for (const char *next = valid; *next != '\0';
       next = g_utf8_next_char (next)) {
    gunichar character = g_utf8_get_char (next);

    if (character == '"' || character == '\\' || !g_unichar_isprint (character))
      g_string_append_printf (quoted, "\\u{%x}", (guint) character);
    else
      g_string_append_unichar (quoted, character);
  }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}
