/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverice.h"

#include "iceuri.h"

#include <sio/sio.h>
#include <string.h>

/* As many as the other side takes: iceservers.h. */
#define MAX_URLS 16
/* SHA-1 */
#define DIGEST_LENGTH 20

struct _ServerIce {
  /* As browsers want them */
  GPtrArray *stun;
  GPtrArray *turn;
  char *username;
  char *credential;
  char *secret;
  guint ttl;
};

GQuark
server_ice_error_quark (void)
{
  return g_quark_from_static_string ("server-ice-error");
}

/**
 * server_ice_new:
 *
 * Returns: (transfer full): no servers
 */
ServerIce *
server_ice_new (void)
{
  ServerIce *self = g_new0 (ServerIce, 1);

  self->stun = g_ptr_array_new_with_free_func (g_free);
  self->turn = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * server_ice_free:
 * @self: (transfer full): the servers
 */
void
server_ice_free (ServerIce *self)
{
  g_ptr_array_unref (self->stun);
  g_ptr_array_unref (self->turn);
  g_free (self->username);
  g_free (self->credential);
  g_free (self->secret);
  g_free (self);
}

/* Browsers know no double slash, which GStreamer's addresses have. */
static char *
normalise (const char *scheme, const char *url)
{
  const char *slashes = strstr (url, "://");

  if (slashes != NULL)
    return g_strdup_printf (
        "%.*s:%s", (int) (slashes - url), url, slashes + strlen ("://"));
  if (strncmp (url, "stun:", 5) == 0 || strncmp (url, "turn:", 5) == 0
      || strncmp (url, "turns:", 6) == 0 || strncmp (url, "stuns:", 6) == 0)
    return g_strdup (url);
  return g_strconcat (scheme, ":", url, NULL);
}

static gboolean
add_url (ServerIce *self, const char *scheme, const char *url, GError **error)
{
  g_autofree char *normal = normalise (scheme, url);
  g_autoptr (GError) inner = NULL;
  g_autoptr (IceUri) uri = NULL;
  GPtrArray *list;

  /* Not quoted: somebody may have written a password into it. */
  uri = ice_uri_parse (normal, &inner);
  if (uri == NULL) {
    g_set_error (error, SERVER_ICE_ERROR, SERVER_ICE_ERROR_URL,
        "a %s address is wrong: %s", scheme, inner->message);
    return FALSE;
  }
  if (self->stun->len + self->turn->len >= MAX_URLS) {
    g_set_error (error, SERVER_ICE_ERROR, SERVER_ICE_ERROR_URL,
        "more than %d STUN and TURN addresses", MAX_URLS);
    return FALSE;
  }
  list = uri->scheme == ICE_URI_STUN ? self->stun : self->turn;
  g_ptr_array_add (list, g_steal_pointer (&normal));
  return TRUE;
}

/**
 * server_ice_add_urls:
 * @self: the servers
 * @scheme: what they are if they do not say it: `stun` or `turn`
 * @urls: addresses with commas or blanks between them
 * @error: which is wrong, as %SERVER_ICE_ERROR
 *
 * Returns: whether they were added
 */
gboolean
server_ice_add_urls (
    ServerIce *self, const char *scheme, const char *urls, GError **error)
{
  g_auto (GStrv) list = g_strsplit_set (urls, ", \t\r\n", -1);

  for (guint i = 0; list[i] != NULL; i++) {
    if (list[i][0] != '\0' && !add_url (self, scheme, list[i], error))
      return FALSE;
  }
  return TRUE;
}

/**
 * server_ice_set_password:
 * @self: the servers
 * @username: the user of the TURN servers
 * @credential: its password
 */
void
server_ice_set_password (
    ServerIce *self, const char *username, const char *credential)
{
  g_free (self->username);
  g_free (self->credential);
  self->username = g_strdup (username);
  self->credential = g_strdup (credential);
}

/**
 * server_ice_set_secret:
 * @self: the servers
 * @secret: what the TURN servers and this server know, and nobody else
 * @name: (nullable): the part of the user name that says who it is
 * @ttl: how long a password counts, in seconds
 *
 * Has a password made for each who asks: "A REST API For Access To TURN Services",
 * draft-uberti-behave-turn-rest-00, section 2.2, as coturn's `use-auth-secret` does.
 */
void
server_ice_set_secret (
    ServerIce *self, const char *secret, const char *name, guint ttl)
{
  g_free (self->secret);
  g_free (self->username);
  self->secret = g_strdup (secret);
  self->username = g_strdup (name);
  self->ttl = ttl;
}

/**
 * server_ice_check:
 * @self: the servers
 * @error: what is missing
 *
 * Returns: whether nothing is missing
 */
gboolean
server_ice_check (const ServerIce *self, GError **error)
{
  if (self->turn->len == 0 || self->secret != NULL
      || (self->username != NULL && self->credential != NULL))
    return TRUE;
  g_set_error_literal (error, SERVER_ICE_ERROR, SERVER_ICE_ERROR_CREDENTIAL,
      "a TURN server needs a user name and a password, or a shared secret");
  return FALSE;
}

/**
 * server_ice_is_secret:
 * @self: the servers
 *
 * Returns: whether what is handed out has a password in it
 */
gboolean
server_ice_is_secret (const ServerIce *self)
{
  return self->turn->len > 0;
}

static char *
make_password (const char *secret, const char *username)
{
  g_autoptr (GHmac) hmac =
      g_hmac_new (G_CHECKSUM_SHA1, (const guchar *) secret, strlen (secret));
  guint8 digest[DIGEST_LENGTH];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *) username, (gssize) strlen (username));
  g_hmac_get_digest (hmac, digest, &length);
  return g_base64_encode (digest, length);
}

static JsonObject *
new_server (GPtrArray *urls)
{
  JsonObject *server = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < urls->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (urls, i));
  json_object_set_array_member (server, "urls", array);
  return server;
}

static JsonObject *
new_turn_server (const ServerIce *self, gint64 now)
{
  JsonObject *server = new_server (self->turn);
  g_autofree char *username = NULL;
  g_autofree char *credential = NULL;

  if (self->secret != NULL) {
    username = g_strdup_printf ("%" G_GINT64_FORMAT "%s%s", now + self->ttl,
        self->username != NULL ? ":" : "",
        self->username != NULL ? self->username : "");
    credential = make_password (self->secret, username);
  } else {
    username = g_strdup (self->username);
    credential = g_strdup (self->credential);
  }
  json_object_set_string_member (server, "username", username);
  json_object_set_string_member (server, "credential", credential);
  return server;
}

/**
 * server_ice_print:
 * @self: the servers, of which server_ice_check() was right
 * @now: seconds since 1970
 *
 * Returns: (transfer full): what browsers take, `{"iceServers":[…]}`
 */
char *
server_ice_print (const ServerIce *self, gint64 now)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonArray *list = json_array_new ();

  if (self->stun->len > 0)
    json_array_add_object_element (list, new_server (self->stun));
  if (self->turn->len > 0)
    json_array_add_object_element (list, new_turn_server (self, now));
  json_object_set_array_member (object, "iceServers", list);
  node = json_node_init_object (json_node_alloc (), object);
  return sio_json_print (node, NULL, NULL);
}
