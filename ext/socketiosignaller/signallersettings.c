/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallersettings.h"

#include "secrettext.h"
#include "signallererror.h"
#include "variablestext.h"

#include <sio/sio.h>
#include <string.h>

/**
 * signaller_settings_new:
 *
 * Returns: (transfer full): settings with the defaults of Socket.IO, and neither
 *   server nor room
 */
SignallerSettings *
signaller_settings_new (void)
{
  SignallerSettings *self = g_new0 (SignallerSettings, 1);

  self->path = g_strdup (SIGNALLER_DEFAULT_PATH);
  self->nsp = g_strdup (SIGNALLER_DEFAULT_NAMESPACE);
  self->timeout = SIGNALLER_DEFAULT_TIMEOUT;
  self->reconnection_delay = SIGNALLER_DEFAULT_RECONNECTION_DELAY;
  self->reconnection_delay_max = SIGNALLER_DEFAULT_RECONNECTION_DELAY_MAX;
  self->randomization_factor = SIGNALLER_DEFAULT_RANDOMIZATION_FACTOR;
  return self;
}

/**
 * signaller_settings_free:
 * @self: (transfer full): the settings
 */
void
signaller_settings_free (SignallerSettings *self)
{
  g_free (self->uri);
  g_free (self->path);
  g_free (self->nsp);
  g_clear_pointer (&self->query, json_node_unref);
  g_clear_pointer (&self->headers, g_hash_table_unref);
  g_clear_pointer (&self->auth, json_node_unref);
  g_free (self->cafile);
  g_free (self->ice_servers_url);
  g_strfreev (self->transports);
  g_free (self->room);
  g_free (self->name);
  g_free (self->client_id);
  g_clear_pointer (&self->userdata, json_node_unref);
  g_clear_pointer (&self->variables, json_node_unref);
  g_free (self);
}

/**
 * signaller_settings_set_uri:
 * @self: the settings
 * @uri: the server
 * @error: what is wrong with it
 *
 * Returns: whether it is an address that one can connect to
 */
gboolean
signaller_settings_set_uri (
    SignallerSettings *self, const char *uri, GError **error)
{
  static const char *const schemes[] = { "http", "https", "ws", "wss", NULL };
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);

  if (parsed == NULL || g_uri_get_host (parsed) == NULL
      || g_uri_get_host (parsed)[0] == '\0'
      || !g_strv_contains (schemes, g_uri_get_scheme (parsed))) {
    g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property uri is no address of a server. Type for example "
        "uri=https://calls.example.org or uri=http://127.0.0.1:3000");
    return FALSE;
  }
  g_free (self->uri);
  self->uri = g_strdup (uri);
  return TRUE;
}

/**
 * signaller_settings_set_path:
 * @self: the settings
 * @path: the Socket.IO path
 * @error: what is wrong with it
 *
 * Returns: whether it is a path
 */
gboolean
signaller_settings_set_path (
    SignallerSettings *self, const char *path, GError **error)
{
  if (path[0] != '/' || strpbrk (path, "?# \t\r\n") != NULL) {
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property path must begin with a slash and have no query: “%s” does "
        "not. Socket.IO's default is %s",
        path, SIGNALLER_DEFAULT_PATH);
    return FALSE;
  }
  g_free (self->path);
  self->path = g_strdup (path);
  return TRUE;
}

/**
 * signaller_settings_set_auth:
 * @self: the settings
 * @auth: JSON text, `file:` and a path or `env:` and the name of an environment
 *   variable that has it
 * @error: what is wrong with it
 *
 * Returns: whether there is JSON
 */
gboolean
signaller_settings_set_auth (
    SignallerSettings *self, const char *auth, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *text = secret_text_read ("auth", auth, &inner);

  if (text == NULL) {
    g_set_error_literal (
        error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS, inner->message);
    return FALSE;
  }
  g_clear_pointer (&self->auth, json_node_unref);
  self->auth = sio_json_parse (text, -1, NULL);
  if (self->auth == NULL || !JSON_NODE_HOLDS_OBJECT (self->auth)) {
    /* The text is not quoted: it is secret. */
    g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property auth is no JSON object. Type for example "
        "auth='{\"token\":\"…\"}', auth=file:/path/of/a/file or auth=env:NAME");
    return FALSE;
  }
  return TRUE;
}

/**
 * signaller_settings_set_query:
 * @self: the settings
 * @query: JSON text of an object of strings
 * @error: what is wrong with it
 *
 * Returns: whether it is that
 */
gboolean
signaller_settings_set_query (
    SignallerSettings *self, const char *query, GError **error)
{
  g_autoptr (JsonNode) node = sio_json_parse (query, -1, NULL);
  gboolean good = node != NULL && JSON_NODE_HOLDS_OBJECT (node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (good) {
    json_object_iter_init (&iter, json_node_get_object (node));
    while (good && json_object_iter_next (&iter, &name, &value))
      good = JSON_NODE_HOLDS_VALUE (value)
          && json_node_get_value_type (value) == G_TYPE_STRING;
  }
  if (!good) {
    g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property query is no JSON object of strings. Type for example "
        "query='{\"key\":\"value\"}'");
    return FALSE;
  }
  g_clear_pointer (&self->query, json_node_unref);
  self->query = g_steal_pointer (&node);
  return TRUE;
}

/**
 * signaller_settings_is_server_path:
 * @path: a text
 *
 * Returns: whether it is a path on a server, with or without a query
 */
gboolean
signaller_settings_is_server_path (const char *path)
{
  /* Two slashes would begin another host's address. */
  return path[0] == '/' && path[1] != '/' && strpbrk (path, "# \t\r\n") == NULL
      && g_uri_split (path, G_URI_FLAGS_NONE, NULL, NULL, NULL, NULL, NULL,
          NULL, NULL, NULL);
}

/**
 * signaller_settings_set_ice_servers_url:
 * @self: the settings
 * @url: a path on the server, a web address, or "none"
 * @error: what is wrong with it, without quoting it
 *
 * Returns: whether it is one of them
 */
gboolean
signaller_settings_set_ice_servers_url (
    SignallerSettings *self, const char *url, GError **error)
{
  g_autoptr (GUri) uri = NULL;

  if (strcmp (url, SIGNALLER_NO_ICE_SERVERS) != 0
      && !signaller_settings_is_server_path (url)) {
    uri = g_uri_parse (url, G_URI_FLAGS_HAS_PASSWORD, NULL);
    if (uri == NULL || g_uri_get_host (uri) == NULL
        || g_uri_get_host (uri)[0] == '\0'
        || (strcmp (g_uri_get_scheme (uri), "http") != 0
            && strcmp (g_uri_get_scheme (uri), "https") != 0)) {
      g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
          "The property ice-servers-url is no path and no web address. Type for "
          "example ice-servers-url=/ice-servers, or ice-servers-url=none to ask "
          "for none");
      return FALSE;
    }
  }
  g_free (self->ice_servers_url);
  self->ice_servers_url = g_strdup (url);
  return TRUE;
}

/**
 * signaller_settings_set_transports:
 * @self: the settings
 * @transports: names of Engine.IO's transports, with commas between them
 * @error: what is wrong with it
 *
 * Returns: whether all of them are known
 */
gboolean
signaller_settings_set_transports (
    SignallerSettings *self, const char *transports, GError **error)
{
  static const char *const known[] = { "websocket", "polling", NULL };
  g_auto (GStrv) names = g_strsplit (transports, ",", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    g_strstrip (names[i]);
    if (!g_strv_contains (known, names[i])) {
      g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
          "The property transports knows websocket and polling, not “%s”. Type "
          "for example transports=polling,websocket",
          names[i]);
      return FALSE;
    }
  }
  g_strfreev (self->transports);
  self->transports = g_steal_pointer (&names);
  return TRUE;
}

/**
 * signaller_settings_set_userdata:
 * @self: the settings
 * @userdata: JSON text
 * @error: what is wrong with it
 *
 * Returns: whether it is JSON
 */
gboolean
signaller_settings_set_userdata (
    SignallerSettings *self, const char *userdata, GError **error)
{
  g_autoptr (GError) inner = NULL;
  JsonNode *node = sio_json_parse (userdata, -1, &inner);

  if (node == NULL) {
    g_set_error (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property user-data is no JSON (%s). Type for example "
        "user-data='{\"seat\":12}'",
        inner->message);
    return FALSE;
  }
  g_clear_pointer (&self->userdata, json_node_unref);
  self->userdata = node;
  return TRUE;
}

/**
 * signaller_settings_set_variables:
 * @self: the settings
 * @variables: JSON text of an object, or a GstStructure as text, whose name does
 *   not matter
 * @error: what is wrong with it, without quoting it
 *
 * Returns: whether it is one of them
 */
gboolean
signaller_settings_set_variables (
    SignallerSettings *self, const char *variables, GError **error)
{
  JsonNode *node = sio_json_parse (variables, -1, NULL);

  if (node == NULL)
    node = variables_text_parse (variables);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node)) {
    g_clear_pointer (&node, json_node_unref);
    g_set_error_literal (error, SIGNALLER_ERROR, SIGNALLER_ERROR_SETTINGS,
        "The property variables is no JSON object and no structure. Type for "
        "example variables='{\"passcode\":\"1234\"}' or "
        "variables=\"v,passcode=(string)1234\"");
    return FALSE;
  }
  g_clear_pointer (&self->variables, json_node_unref);
  self->variables = node;
  return TRUE;
}

/* --- what a server says of them --- */

/* What is shorter is in many words, and is no secret for long. */
#define MIN_HIDDEN_LENGTH 4

static void
hide (GString *text, const char *secret)
{
  if (strlen (secret) >= MIN_HIDDEN_LENGTH)
    g_string_replace (text, secret, "…", 0);
}

static void hide_strings (GString *text, JsonNode *node);

static void
hide_member (
    JsonObject *object, const char *name, JsonNode *node, gpointer data)
{
  hide_strings (data, node);
}

static void
hide_element (JsonArray *array, guint index, JsonNode *node, gpointer data)
{
  hide_strings (data, node);
}

/* As deep as the reader of JSON lets them be. */
static void
hide_strings (GString *text, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    json_object_foreach_member (json_node_get_object (node), hide_member, text);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    json_array_foreach_element (json_node_get_array (node), hide_element, text);
  else if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    hide (text, json_node_get_string (node));
}

/* Whole, and what is behind "Bearer". */
static void
hide_header (GString *text, const char *value)
{
  const char *space = strrchr (value, ' ');

  hide (text, value);
  if (space != NULL)
    hide (text, space + 1);
}

/**
 * signaller_settings_hide_secrets:
 * @self: the settings
 * @text: what the server says, for people
 *
 * A server that refuses a token may say which one it was.
 *
 * Returns: (transfer full): @text with an ellipsis in place of each text in auth,
 *   query, variables and headers that is no shorter than four bytes
 */
char *
signaller_settings_hide_secrets (
    const SignallerSettings *self, const char *text)
{
  JsonNode *const nodes[] = { self->auth, self->query, self->variables };
  GString *shown = g_string_new (text);
  GHashTableIter iter;
  gpointer value;

  for (gsize i = 0; i < G_N_ELEMENTS (nodes); i++) {
    if (nodes[i] != NULL)
      hide_strings (shown, nodes[i]);
  }
  if (self->headers != NULL) {
    g_hash_table_iter_init (&iter, self->headers);
    while (g_hash_table_iter_next (&iter, NULL, &value))
      hide_header (shown, value);
  }
  return g_string_free (shown, FALSE);
}
