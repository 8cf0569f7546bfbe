/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-connect-request.h"

#include "sio-json-writer.h"

/* What a client asks a server of Socket.IO 2 for. */

static void
append_member (
    JsonObject *object, const char *name, JsonNode *value, gpointer data)
{
  GString *out = data;
  g_autofree char *text = NULL;

  if (json_node_get_value_type (value) == G_TYPE_STRING)
    text = json_node_dup_string (value);
  else
    text = sio_json_print (value, NULL, NULL);
  if (text == NULL)
    return;
  g_string_append_c (out, '&');
  g_string_append_uri_escaped (out, name, NULL, FALSE);
  g_string_append_c (out, '=');
  g_string_append_uri_escaped (out, text, NULL, FALSE);
}

/* A namespace with a query that says what is in @auth, which is NULL or holds an
 * object: there was no payload for it. What is no string goes as JSON. */
char *
sio_connect_request_print_old (const char *nsp, JsonNode *auth)
{
  GString *out = g_string_new (nsp);
  gsize length = out->len;

  if (auth != NULL)
    json_object_foreach_member (
        json_node_get_object (auth), append_member, out);
  if (out->len > length)
    out->str[length] = '?';
  return g_string_free (out, FALSE);
}
