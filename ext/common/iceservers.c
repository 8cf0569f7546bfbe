/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceservers.h"

#include <string.h>

/* RFC 8489, section 14.3: fewer than 509 bytes. */
#define MAX_USERNAME_LENGTH 508
/* Long-term credentials are hashed, so that their length has no limit of its own;
 * those of cloud services are tokens of up to some hundred bytes. */
#define MAX_CREDENTIAL_LENGTH 1024
#define MAX_URL_LENGTH 512
/* What the user typed; a list of servers needs four levels. */
#define MAX_TEXT_LENGTH (64 * 1024)
#define MAX_DEPTH 16
/* Reasons; after that many it is clear that something is wrong. */
#define MAX_DROPPED 4
/* Ten years: what is further away is no time in seconds. */
#define MAX_LIFETIME (10 * 366 * G_GINT64_CONSTANT (86400))
/* A user name that begins with a number below is no time of this century. */
#define FIRST_TIME G_GINT64_CONSTANT (1000000000)

/* In seconds. */
#define REFRESH_MARGIN 60
/* A day is soon enough, whatever was promised. */
#define MAX_REFRESH 86400

GQuark
ice_servers_error_quark (void)
{
  return g_quark_from_static_string ("ice-servers-error");
}

/* --- the list --- */

static void
server_free (gpointer data)
{
  IceServer *server = data;

  ice_uri_free (server->uri);
  g_free (server->username);
  g_free (server->credential);
  g_free (server);
}

/**
 * ice_servers_new:
 *
 * Returns: (transfer full): no servers
 */
IceServers *
ice_servers_new (void)
{
  IceServers *self = g_new0 (IceServers, 1);

  self->list = g_ptr_array_new_with_free_func (server_free);
  self->dropped = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * ice_servers_copy:
 * @self: servers
 *
 * Returns: (transfer full): the same, but for what was dropped
 */
IceServers *
ice_servers_copy (const IceServers *self)
{
  IceServers *copy = ice_servers_new ();

  ice_servers_add_all (copy, self);
  return copy;
}

/**
 * ice_servers_free:
 * @self: (transfer full): the servers
 */
void
ice_servers_free (IceServers *self)
{
  g_ptr_array_unref (self->list);
  g_ptr_array_unref (self->dropped);
  g_free (self);
}

static void drop (IceServers *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static void
drop (IceServers *self, const char *format, ...)
{
  va_list args;

  if (self->dropped->len >= MAX_DROPPED)
    return;
  va_start (args, format);
  g_ptr_array_add (self->dropped, g_strdup_vprintf (format, args));
  va_end (args);
}

/* "TURN REST API": the user name is the time in seconds until which the password
 * counts, mostly with a colon and a name behind it (draft-uberti-behave-turn-rest,
 * section 2.2). */
static gint64
read_rest_expiry (const char *username)
{
  gsize digits = strspn (username, "0123456789");
  gint64 expires;

  if (digits == 0 || digits > 12
      || (username[digits] != ':' && username[digits] != '\0'))
    return 0;
  expires = g_ascii_strtoll (username, NULL, 10);
  return expires >= FIRST_TIME ? expires : 0;
}

static gboolean
is_text (const char *text, gsize limit)
{
  gsize length = strlen (text);

  if (length == 0 || length > limit || !g_utf8_validate (text, length, NULL))
    return FALSE;
  for (; *text != '\0'; text++) {
    if (g_ascii_iscntrl (*text))
      return FALSE;
  }
  return TRUE;
}

/**
 * ice_servers_check_access:
 * @username: (nullable): the user of a TURN server
 * @credential: (nullable): the password
 * @error: what is wrong with them, without quoting them
 *
 * Returns: whether a TURN server can be asked with them
 */
gboolean
ice_servers_check_access (
    const char *username, const char *credential, GError **error)
{
  if (username != NULL && credential != NULL
      && is_text (username, MAX_USERNAME_LENGTH)
      && is_text (credential, MAX_CREDENTIAL_LENGTH))
    return TRUE;
  g_set_error (error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_ACCESS,
      "a TURN server needs texts without control characters as user name (at "
      "most %d bytes) and password (at most %d)",
      MAX_USERNAME_LENGTH, MAX_CREDENTIAL_LENGTH);
  return FALSE;
}

/**
 * ice_servers_add:
 * @self: the servers
 * @uri: (transfer full): the address
 * @username: (nullable): its user
 * @credential: (nullable): its password
 * @expires: as in #IceServer; a TURN REST user name knows better
 *
 * Adds one behind the others; dropped if there are %ICE_SERVERS_MAX already.
 */
void
ice_servers_add (IceServers *self, IceUri *uri, const char *username,
    const char *credential, gint64 expires)
{
  gint64 rest = username != NULL ? read_rest_expiry (username) : 0;
  IceServer *server;

  if (self->list->len >= ICE_SERVERS_MAX) {
    drop (self, "more than %d ICE servers", ICE_SERVERS_MAX);
    ice_uri_free (uri);
    return;
  }
  server = g_new0 (IceServer, 1);
  server->uri = uri;
  server->username = g_strdup (username);
  server->credential = g_strdup (credential);
  server->expires = rest != 0 ? rest : expires;
  g_ptr_array_add (self->list, server);
}

/**
 * ice_servers_add_all:
 * @self: the servers
 * @other: those to add, too, behind them
 */
void
ice_servers_add_all (IceServers *self, const IceServers *other)
{
  for (guint i = 0; i < other->list->len; i++) {
    const IceServer *server = g_ptr_array_index (other->list, i);

    ice_servers_add (self, ice_uri_copy (server->uri), server->username,
        server->credential, server->expires);
  }
}

/**
 * ice_servers_get_refresh:
 * @self: the servers
 * @now: seconds since 1970
 *
 * Returns: in how many seconds to ask for new ones, so that no password is nearly
 *   over when a call begins; 0: it is not known how long they count
 */
guint
ice_servers_get_refresh (const IceServers *self, gint64 now)
{
  gint64 first = 0;

  for (guint i = 0; i < self->list->len; i++) {
    const IceServer *server = g_ptr_array_index (self->list, i);

    if (server->expires > 0 && (first == 0 || server->expires < first))
      first = server->expires;
  }
  return first == 0 ? 0
                    : (guint) CLAMP (first - now - REFRESH_MARGIN,
                        ICE_SERVERS_MIN_REFRESH, MAX_REFRESH);
}

/* --- one server, whatever it comes in --- */

/* What is said of a server beside its addresses. */
typedef struct {
  const char *username;
  const char *credential;
  gint64 expires;
} Access;

static void
add_url (IceServers *self, guint index, const char *url, const Access *access)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IceUri) uri = NULL;

  if (url == NULL || strlen (url) > MAX_URL_LENGTH) {
    drop (self, "ICE server %u: an address is no text of at most %d bytes",
        index + 1, MAX_URL_LENGTH);
    return;
  }
  uri = ice_uri_parse (url, &error);
  if (uri == NULL) {
    drop (self, "ICE server %u: %s", index + 1, error->message);
    return;
  }
  if (uri->scheme == ICE_URI_STUN) {
    ice_servers_add (self, g_steal_pointer (&uri), NULL, NULL, 0);
    return;
  }
  if (!ice_servers_check_access (
          access->username, access->credential, &error)) {
    drop (self, "ICE server %u: %s", index + 1, error->message);
    return;
  }
  ice_servers_add (self, g_steal_pointer (&uri), access->username,
      access->credential, access->expires);
}

/* --- JSON --- */

static const char *
get_string (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* In seconds from now, as "ttl" of TURN REST answers; also as text. */
static gint64
read_ttl (JsonObject *object, gint64 now, gint64 fallback)
{
  JsonNode *node = json_object_get_member (object, "ttl");
  gint64 ttl = 0;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    ttl = json_node_get_int (node);
  else if (get_string (node) != NULL)
    ttl = g_ascii_strtoll (get_string (node), NULL, 10);
  return ttl > 0 && ttl <= MAX_LIFETIME ? now + ttl : fallback;
}

static void
add_urls (IceServers *self, guint index, JsonNode *urls, const Access *access)
{
  JsonArray *array;

  if (urls == NULL || !JSON_NODE_HOLDS_ARRAY (urls)) {
    add_url (self, index, get_string (urls), access);
    return;
  }
  array = json_node_get_array (urls);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i >= ICE_SERVERS_MAX) {
      drop (self, "more than %d ICE servers", ICE_SERVERS_MAX);
      return;
    }
    add_url (
        self, index, get_string (json_array_get_element (array, i)), access);
  }
}

static void
add_object (
    IceServers *self, guint index, JsonNode *node, gint64 now, gint64 fallback)
{
  JsonObject *object;
  JsonNode *urls;
  const char *type;
  Access access;

  /* A bare address, as some applications have it for STUN. */
  if (get_string (node) != NULL) {
    add_url (self, index, get_string (node), &(Access){ 0 });
    return;
  }
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    drop (self, "ICE server %u: it is no object", index + 1);
    return;
  }
  object = json_node_get_object (node);
  type = get_string (json_object_get_member (object, "credentialType"));
  if (type != NULL && strcmp (type, "password") != 0) {
    drop (self, "ICE server %u: its credential is no password", index + 1);
    return;
  }
  access = (Access){
    .username = get_string (json_object_get_member (object, "username")),
    .credential = get_string (json_object_get_member (object, "credential")),
    .expires = read_ttl (object, now, fallback),
  };
  urls = json_object_get_member (object, "urls");
  if (urls == NULL)
    urls = json_object_get_member (object, "url");
  add_urls (self, index, urls, &access);
}

/**
 * ice_servers_from_json:
 * @node: what browsers take as RTCConfiguration (`{"iceServers": […]}`), its
 *   array, or one server; "urls" as text or array, or the older "url"
 * @now: seconds since 1970, from which "ttl" counts
 * @error: set if it is none of them, as %ICE_SERVERS_ERROR
 *
 * Returns: (transfer full) (nullable): the servers
 */
IceServers *
ice_servers_from_json (JsonNode *node, gint64 now, GError **error)
{
  g_autoptr (IceServers) self = ice_servers_new ();
  JsonArray *array = NULL;
  gint64 expires = 0;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    JsonNode *list = json_object_get_member (object, "iceServers");

    expires = read_ttl (object, now, 0);
    if (list == NULL
        && (json_object_has_member (object, "urls")
            || json_object_has_member (object, "url"))) {
      add_object (self, 0, node, now, 0);
      return g_steal_pointer (&self);
    }
    node = list;
  }
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node)) {
    array = json_node_get_array (node);
  } else if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    /* Xirsys: {"iceServers": {"urls": […]}} */
    add_object (self, 0, node, now, expires);
    return g_steal_pointer (&self);
  }
  if (array == NULL) {
    g_set_error_literal (error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_FORM,
        "these are no ICE servers: expected {\"iceServers\": […]}, an array of "
        "servers or one server with urls");
    return NULL;
  }
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i >= ICE_SERVERS_MAX) {
      drop (self, "more than %d ICE servers", ICE_SERVERS_MAX);
      break;
    }
    add_object (self, i, json_array_get_element (array, i), now, expires);
  }
  return g_steal_pointer (&self);
}

/* json-glib's parser calls itself for each level. */
static gboolean
is_shallow (const char *text)
{
  gboolean in_string = FALSE;
  guint depth = 0;

  for (; *text != '\0'; text++) {
    if (in_string && *text == '\\' && text[1] != '\0')
      text++;
    else if (*text == '"')
      in_string = !in_string;
    else if (!in_string && (*text == '[' || *text == '{'))
      depth++;
    else if (!in_string && (*text == ']' || *text == '}') && depth > 0)
      depth--;
    if (depth > MAX_DEPTH)
      return FALSE;
  }
  return TRUE;
}

/**
 * ice_servers_from_text:
 * @text: JSON text of what ice_servers_from_json() takes
 * @now: as there
 * @error: set if it is none, as %ICE_SERVERS_ERROR
 *
 * Returns: (transfer full) (nullable): the servers
 */
IceServers *
ice_servers_from_text (const char *text, gint64 now, GError **error)
{
  g_autoptr (JsonNode) node = NULL;

  if (strlen (text) <= MAX_TEXT_LENGTH && is_shallow (text))
    node = json_from_string (text, NULL);
  if (node == NULL) {
    /* json-glib's words would quote the text. */
    g_set_error_literal (
        error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_FORM, "it is no JSON");
    return NULL;
  }
  return ice_servers_from_json (node, now, error);
}

/* --- GstStructure, docs/signalling-contract.md --- */

static const char *
get_value_string (const GValue *value)
{
  return value != NULL && G_VALUE_HOLDS_STRING (value)
      ? g_value_get_string (value)
      : NULL;
}

static gint64
get_expires (const GstStructure *server)
{
  gint64 expires = 0;

  gst_structure_get_int64 (server, "expires", &expires);
  return expires >= FIRST_TIME ? expires : 0;
}

static void
add_structure (IceServers *self, guint index, const GstStructure *server)
{
  const GValue *urls = gst_structure_get_value (server, "urls");
  Access access = {
    .username = gst_structure_get_string (server, "username"),
    .credential = gst_structure_get_string (server, "credential"),
    .expires = get_expires (server),
  };

  if (urls == NULL || !GST_VALUE_HOLDS_ARRAY (urls)) {
    add_url (self, index, get_value_string (urls), &access);
    return;
  }
  for (guint i = 0; i < gst_value_array_get_size (urls); i++) {
    if (i >= ICE_SERVERS_MAX) {
      drop (self, "more than %d ICE servers", ICE_SERVERS_MAX);
      return;
    }
    add_url (self, index,
        get_value_string (gst_value_array_get_value (urls, i)), &access);
  }
}

/**
 * ice_servers_from_structure:
 * @structure: `servers`, an array of structures with urls (a string or an array of
 *   strings), username, credential and expires (gint64)
 * @error: set if it is not that, as %ICE_SERVERS_ERROR
 *
 * Returns: (transfer full) (nullable): the servers
 */
IceServers *
ice_servers_from_structure (const GstStructure *structure, GError **error)
{
  g_autoptr (IceServers) self = ice_servers_new ();
  const GValue *servers = gst_structure_get_value (structure, "servers");

  if (servers == NULL || !GST_VALUE_HOLDS_ARRAY (servers)) {
    g_set_error_literal (error, ICE_SERVERS_ERROR, ICE_SERVERS_ERROR_FORM,
        "these are no ICE servers: expected servers, an array of structures");
    return NULL;
  }
  for (guint i = 0; i < gst_value_array_get_size (servers); i++) {
    const GValue *value = gst_value_array_get_value (servers, i);

    if (i >= ICE_SERVERS_MAX) {
      drop (self, "more than %d ICE servers", ICE_SERVERS_MAX);
      break;
    }
    if (GST_VALUE_HOLDS_STRUCTURE (value)
        && gst_value_get_structure (value) != NULL)
      add_structure (self, i, gst_value_get_structure (value));
    else
      drop (self, "ICE server %u: it is no structure", i + 1);
  }
  return g_steal_pointer (&self);
}

/**
 * ice_servers_to_structure:
 * @self: the servers
 *
 * Returns: (transfer full): `ice-servers`, as ice_servers_from_structure() takes it
 */
GstStructure *
ice_servers_to_structure (const IceServers *self)
{
  GstStructure *structure = gst_structure_new_empty ("ice-servers");
  g_auto (GValue) servers = G_VALUE_INIT;

  g_value_init (&servers, GST_TYPE_ARRAY);
  for (guint i = 0; i < self->list->len; i++) {
    const IceServer *from = g_ptr_array_index (self->list, i);
    GstStructure *to = gst_structure_new_empty ("server");
    g_auto (GValue) urls = G_VALUE_INIT;
    GValue text = G_VALUE_INIT;
    GValue value = G_VALUE_INIT;

    g_value_init (&urls, GST_TYPE_ARRAY);
    g_value_init (&text, G_TYPE_STRING);
    g_value_take_string (&text, ice_uri_to_string (from->uri));
    gst_value_array_append_and_take_value (&urls, &text);
    gst_structure_set_value (to, "urls", &urls);
    if (from->username != NULL)
      gst_structure_set (to, "username", G_TYPE_STRING, from->username,
          "credential", G_TYPE_STRING, from->credential, NULL);
    if (from->expires > 0)
      gst_structure_set (to, "expires", G_TYPE_INT64, from->expires, NULL);
    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, to);
    gst_value_array_append_and_take_value (&servers, &value);
  }
  gst_structure_set_value (structure, "servers", &servers);
  return structure;
}
