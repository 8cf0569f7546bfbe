/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-text.h"

/* The words of a peer. */

/* The text of a node; NULL if that is none, or there is no node. */
const char *
sio_text_peek (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* For people to read, in a message or on a terminal: without control characters
 * and what is no UTF-8, and not longer than @max_bytes. */
char *
sio_text_dup_shown (const char *text, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (out->len + g_unichar_to_utf8 (c, NULL) > max_bytes)
      break;
    g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_string_free (out, FALSE);
}
