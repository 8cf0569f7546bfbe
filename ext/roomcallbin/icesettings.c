/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icesettings.h"

#include "secrettext.h"

GQuark
ice_settings_error_quark (void)
{
  return g_quark_from_static_string ("ice-settings-error");
}

/**
 * ice_settings_copy:
 * @self: (out): the copy
 * @source: what is copied
 */
void
ice_settings_copy (IceSettings *self, const IceSettings *source)
{
  *self = (IceSettings){
    .stun_server = g_strdup (source->stun_server),
    .turn_servers = g_strdupv (source->turn_servers),
    .ice_servers = g_strdup (source->ice_servers),
    .turn_cafile = g_strdup (source->turn_cafile),
  };
}

/**
 * ice_settings_clear:
 * @self: the settings
 *
 * Frees what they hold.
 */
void
ice_settings_clear (IceSettings *self)
{
  g_clear_pointer (&self->stun_server, g_free);
  g_clear_pointer (&self->turn_servers, g_strfreev);
  g_clear_pointer (&self->ice_servers, g_free);
  g_clear_pointer (&self->turn_cafile, g_free);
}

/**
 * ice_settings_set_turn_servers:
 * @self: the settings
 * @array: a #GstValueArray of strings
 */
void
ice_settings_set_turn_servers (IceSettings *self, const GValue *array)
{
  GPtrArray *texts = g_ptr_array_new ();

  for (guint i = 0; i < gst_value_array_get_size (array); i++) {
    const GValue *value = gst_value_array_get_value (array, i);

    /* What is no string is found to be no address later. */
    g_ptr_array_add (texts,
        g_strdup (
            G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL
                ? g_value_get_string (value)
                : ""));
  }
  g_ptr_array_add (texts, NULL);
  g_strfreev (self->turn_servers);
  self->turn_servers = (char **) g_ptr_array_free (texts, FALSE);
}

static gboolean
is_set (const char *text)
{
  return text != NULL && text[0] != '\0';
}

static gboolean
add_stun_server (IceServers *servers, const IceSettings *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (IceUri) uri = NULL;

  if (!is_set (self->stun_server))
    return TRUE;
  uri = ice_uri_parse (self->stun_server, &inner);
  if (uri != NULL && uri->scheme == ICE_URI_STUN) {
    ice_servers_add (servers, g_steal_pointer (&uri), NULL, NULL, 0);
    return TRUE;
  }
  g_set_error (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
      "The property stun-server is no STUN server (%s). Type for example "
      "stun-server=stun://stun.example.org:3478",
      inner != NULL ? inner->message : "TURN servers go into turn-servers");
  return FALSE;
}

/* The address is not quoted: there is a password in it. */
static gboolean
add_turn_server (
    IceServers *servers, guint index, const char *value, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *text = secret_text_read ("turn-servers", value, error);
  g_autofree char *user = NULL;
  g_autofree char *password = NULL;
  g_autoptr (IceUri) uri = NULL;

  if (text == NULL)
    return FALSE;
  uri = ice_uri_parse_with_user (g_strstrip (text), &user, &password, &inner);
  if (uri == NULL || !ice_servers_check_access (user, password, &inner)) {
    g_set_error (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
        "Entry %u of the property turn-servers is no TURN server: %s. Type for "
        "example turn-servers='<\"turn://user:password@relay.example.org:3478\">'"
        ", or file:PATH or env:NAME in place of an address",
        index + 1, inner->message);
    return FALSE;
  }
  ice_servers_add (servers, g_steal_pointer (&uri), user, password, 0);
  return TRUE;
}

static gboolean
add_ice_servers (IceServers *servers, const IceSettings *self, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (IceServers) more = NULL;
  g_autofree char *text = NULL;

  if (!is_set (self->ice_servers))
    return TRUE;
  text = secret_text_read ("ice-servers", self->ice_servers, error);
  if (text == NULL)
    return FALSE;
  more =
      ice_servers_from_text (text, g_get_real_time () / G_USEC_PER_SEC, &inner);
  if (more != NULL && more->dropped->len == 0) {
    ice_servers_add_all (servers, more);
    return TRUE;
  }
  g_set_error (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
      "The property ice-servers is not right: %s. Type for example "
      "ice-servers='[{\"urls\":\"stun:stun.example.org\"}]', "
      "ice-servers=file:/path/of/a/file or ice-servers=env:NAME",
      more == NULL ? inner->message
                   : (const char *) g_ptr_array_index (more->dropped, 0));
  return FALSE;
}

/**
 * ice_settings_read:
 * @self: the settings
 * @error: which of them is wrong, and what to type, without what may be secret
 *
 * Reads files that are named in them.
 *
 * Returns: (transfer full) (nullable): the servers
 */
IceServers *
ice_settings_read (const IceSettings *self, GError **error)
{
  g_autoptr (IceServers) servers = ice_servers_new ();

  if (!add_stun_server (servers, self, error))
    return NULL;
  for (guint i = 0; self->turn_servers != NULL && self->turn_servers[i] != NULL;
       i++) {
    if (!add_turn_server (servers, i, self->turn_servers[i], error))
      return NULL;
  }
  if (!add_ice_servers (servers, self, error))
    return NULL;
  if (servers->dropped->len > 0) {
    g_set_error (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
        "The properties stun-server, turn-servers and ice-servers have %s "
        "together. Leave out those that are not needed",
        (const char *) g_ptr_array_index (servers->dropped, 0));
    return NULL;
  }
  return g_steal_pointer (&servers);
}

/**
 * ice_settings_read_authorities:
 * @self: the settings
 * @authorities: (out) (transfer full) (nullable): whose certificates are trusted,
 *   of TURN servers over TLS; %NULL: the system's
 * @error: why the file cannot be used, and what it is to be
 *
 * Returns: whether @authorities is right
 */
gboolean
ice_settings_read_authorities (
    const IceSettings *self, GTlsDatabase **authorities, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autofree char *path = NULL;

  *authorities = NULL;
  if (!is_set (self->turn_cafile))
    return TRUE;
  path = g_canonicalize_filename (self->turn_cafile, NULL);
  *authorities = g_tls_file_database_new (path, &inner);
  if (*authorities == NULL)
    g_set_error (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
        "The property turn-cafile names no PEM file with certificates: %s",
        inner->message);
  return *authorities != NULL;
}

/**
 * ice_settings_check_told:
 * @relay_only: whether only TURN relays may be used
 * @types: which of our candidates peers are told; %ICE_FILTER_NONE is a wish
 * @error: why peers would be told nothing, and what to type
 *
 * Returns: whether the two go together
 */
gboolean
ice_settings_check_told (gboolean relay_only, IceFilter types, GError **error)
{
  if (!relay_only || types == ICE_FILTER_NONE
      || (types & ICE_FILTER_RELAY) != 0)
    return TRUE;
  g_set_error_literal (error, ICE_SETTINGS_ERROR, ICE_SETTINGS_ERROR_VALUE,
      "With ice-transport-policy=relay there are no other addresses than those of "
      "relays, and ice-candidate-types keeps these from peers. Type "
      "ice-candidate-types=relay, or leave it out");
  return FALSE;
}
