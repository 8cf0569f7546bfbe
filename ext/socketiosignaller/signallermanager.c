/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallermanager.h"

#include "signallererror.h"

static char *
query_to_text (JsonNode *query)
{
  GString *text = g_string_new (NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init_ordered (&iter, json_node_get_object (query));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    g_string_append (text, text->len > 0 ? "&" : "");
    g_string_append_uri_escaped (text, name, NULL, FALSE);
    g_string_append_c (text, '=');
    g_string_append_uri_escaped (
        text, json_node_get_string (value), NULL, FALSE);
  }
  return g_string_free (text, FALSE);
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
  g_autofree char *query = NULL;
  SioManager *manager;

  if (settings->cafile != NULL) {
    database = signaller_manager_open_cafile (settings->cafile, error);
    if (database == NULL)
      return NULL;
  }
  if (settings->headers != NULL)
    headers = table_to_headers (settings->headers);
  if (settings->query != NULL)
    query = query_to_text (settings->query);
  manager = sio_manager_new (settings->uri);
  g_object_set (manager, "path", settings->path, "query", query, "headers",
      headers, "tls-database", database, "insecure-tls", settings->insecure_tls,
      "transports", settings->transports, "timeout", settings->timeout,
      "reconnection-delay", settings->reconnection_delay,
      "reconnection-delay-max", settings->reconnection_delay_max,
      "randomization-factor", settings->randomization_factor, NULL);
  return manager;
}
