/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallermanager.h"

#include "signallererror.h"

static void
append_query (GString *text, const char *name, JsonNode *value)
{
  g_string_append (text, text->len > 0 ? "&" : "");
  g_string_append_uri_escaped (text, name, NULL, FALSE);
  g_string_append_c (text, '=');
  g_string_append_uri_escaped (text, json_node_get_string (value), NULL, FALSE);
}

/* What the address has already. */
static GHashTable *
read_query (const char *uri)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *query = parsed != NULL ? g_uri_get_query (parsed) : NULL;
  GHashTable *table = NULL;

  if (query != NULL)
    table = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  return table != NULL
      ? table
      : g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/**
 * signaller_manager_set_query:
 * @self: the connection
 * @settings: where to connect to; what is given there by hand is what counts
 * @dialect: an object of texts: what the dialect says besides
 *
 * Holds for the next connection.
 */
void
signaller_manager_set_query (
    SioManager *self, const SignallerSettings *settings, JsonNode *dialect)
{
  g_autoptr (GHashTable) by_hand = read_query (settings->uri);
  g_autoptr (GString) text = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (settings->query != NULL) {
    json_object_iter_init_ordered (
        &iter, json_node_get_object (settings->query));
    while (json_object_iter_next_ordered (&iter, &name, &value)) {
      append_query (text, name, value);
      g_hash_table_replace (by_hand, g_strdup (name), NULL);
    }
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (dialect));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (!g_hash_table_contains (by_hand, name))
      append_query (text, name, value);
  }
  g_object_set (self, "query", text->len > 0 ? text->str : NULL, NULL);
}

static SoupMessageHeaders *
table_to_headers (GHashTable *table)
{
  SoupMessageHeaders *headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &value))
    soup_message_headers_append (headers, name, value);
  return headers;
}

/**
 * signaller_manager_open_cafile:
 * @cafile: the property
 * @error: why it cannot be used
 *
 * Returns: (transfer full) (nullable): the authorities in it
 */
GTlsDatabase *
signaller_manager_open_cafile (const char *cafile, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *path = g_canonicalize_filename (cafile, NULL);
  /* glib-networking takes absolute paths only. */
  GTlsDatabase *database = g_tls_file_database_new (path, &inner);

  if (database == NULL)
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property cafile names no PEM file of certificates: %s",
        inner->message);
  return database;
}

/**
 * signaller_manager_new:
 * @settings: where to connect to, and how
 * @error: which setting is wrong
 *
 * Returns: (transfer full) (nullable): the connection, not opened yet
 */
SioManager *
signaller_manager_new (const SignallerSettings *settings, GError **error)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (SoupMessageHeaders) headers = NULL;
  SioManager *manager;

  if (settings->cafile != NULL) {
    database = signaller_manager_open_cafile (settings->cafile, error);
    if (database == NULL)
      return NULL;
  }
  if (settings->headers != NULL)
    headers = table_to_headers (settings->headers);
  manager = sio_manager_new (settings->uri);
  g_object_set (manager, "path", settings->path, "headers", headers,
      "tls-database", database, "insecure-tls", settings->insecure_tls,
      "transports", settings->transports, "timeout", settings->timeout,
      "reconnection-delay", settings->reconnection_delay,
      "reconnection-delay-max", settings->reconnection_delay_max,
      "randomization-factor", settings->randomization_factor, NULL);
  return manager;
}
