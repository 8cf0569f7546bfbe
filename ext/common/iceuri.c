/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceuri.h"

#include <string.h>

/* RFC 1035, section 2.3.4. */
#define MAX_HOST_LENGTH 255
/* RFC 7064, section 3.2, and RFC 7065, section 3.2. */
#define DEFAULT_PORT 3478
#define DEFAULT_TLS_PORT 5349

static const struct {
  const char *name;
  IceUriScheme scheme;
} schemes[] = {
  { "stun", ICE_URI_STUN },
  { "turn", ICE_URI_TURN },
  { "turns", ICE_URI_TURNS },
};

GQuark
ice_uri_error_quark (void)
{
  return g_quark_from_static_string ("ice-uri-error");
}

static gboolean
set_error (GError **error, IceUriError code, const char *what)
{
  g_set_error_literal (error, ICE_URI_ERROR, code, what);
  return FALSE;
}

/* Schemes are the same in any case (RFC 3986, section 3.1). */
static const char *
read_scheme (IceUri *self, const char *text, GError **error)
{
  const char *colon = strchr (text, ':');

  for (gsize i = 0; colon != NULL && i < G_N_ELEMENTS (schemes); i++) {
    if ((gsize) (colon - text) == strlen (schemes[i].name)
        && g_ascii_strncasecmp (text, schemes[i].name, colon - text) == 0) {
      self->scheme = schemes[i].scheme;
      return colon + 1;
    }
  }
  set_error (
      error, ICE_URI_ERROR_SCHEME, "only stun:, turn: and turns: are known");
  return NULL;
}

/* Letters, digits, hyphens, dots: what resolvers take. No percent-encoding, which
 * they would have to undo, and no zone, which means nothing elsewhere. */
static gboolean
is_host_name (const char *host)
{
  if (!g_ascii_isalnum (host[0]))
    return FALSE;
  for (; *host != '\0'; host++) {
    if (!g_ascii_isalnum (*host) && strchr ("-._", *host) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_ipv6 (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return strchr (host, '%') == NULL && address != NULL
      && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

static gboolean
read_host (IceUri *self, const char **text, GError **error)
{
  const char *begin = *text;
  gboolean in_brackets = begin[0] == '[';
  gsize length;

  if (in_brackets)
    begin++;
  length = strcspn (begin, in_brackets ? "]" : ":?");
  if (length == 0 || length > MAX_HOST_LENGTH
      || (in_brackets && begin[length] != ']'))
    return set_error (error, ICE_URI_ERROR_HOST, "it has no host");
  self->host = g_strndup (begin, length);
  if (in_brackets ? !is_ipv6 (self->host) : !is_host_name (self->host))
    return set_error (error, ICE_URI_ERROR_HOST,
        "its host is no name and no address (IPv6 goes in brackets)");
  *text = begin + length + (in_brackets ? 1 : 0);
  return TRUE;
}

static gboolean
read_port (IceUri *self, const char **text, GError **error)
{
  g_autofree char *digits = NULL;
  gsize length;
  guint64 port;

  self->port = self->scheme == ICE_URI_TURNS ? DEFAULT_TLS_PORT : DEFAULT_PORT;
  if (**text != ':')
    return TRUE;
  length = strcspn (*text + 1, "?");
  digits = g_strndup (*text + 1, length);
  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT16, &port, NULL))
    return set_error (
        error, ICE_URI_ERROR_PORT, "its port is no number from 1 to 65535");
  self->port = (guint) port;
  *text += 1 + length;
  return TRUE;
}

static gboolean
read_transport (IceUri *self, const char *text, GError **error)
{
  self->is_tcp = self->scheme == ICE_URI_TURNS;
  if (text[0] == '\0')
    return TRUE;
  if (self->scheme != ICE_URI_STUN
      && g_ascii_strcasecmp (text, "?transport=tcp") == 0) {
    self->is_tcp = TRUE;
    return TRUE;
  }
  if (self->scheme == ICE_URI_TURN
      && g_ascii_strcasecmp (text, "?transport=udp") == 0)
    return TRUE;
  return set_error (error, ICE_URI_ERROR_QUERY,
      "behind host and port there is something else than ?transport=udp or "
      "?transport=tcp of a TURN server");
}

static IceUri *
parse (const char *text, char **userinfo, GError **error)
{
  g_autoptr (IceUri) self = g_new0 (IceUri, 1);
  const char *at;

  text = read_scheme (self, text, error);
  if (text == NULL)
    return NULL;
  /* The RFCs have no slashes; GStreamer has. */
  if (g_str_has_prefix (text, "//"))
    text += 2;
  at = strrchr (text, '@');
  if (at != NULL && userinfo == NULL) {
    set_error (error, ICE_URI_ERROR_USER,
        "it has a user in it, which belongs into username and credential");
    return NULL;
  }
  if (at != NULL) {
    *userinfo = g_strndup (text, at - text);
    text = at + 1;
  }
  if (!read_host (self, &text, error) || !read_port (self, &text, error)
      || !read_transport (self, text, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * ice_uri_parse:
 * @text: an address, as `turn:relay.example.org:3478?transport=tcp`
 * @error: what is wrong with it, as %ICE_URI_ERROR
 *
 * Two slashes behind the scheme may be there.
 *
 * Returns: (transfer full) (nullable): the address
 */
IceUri *
ice_uri_parse (const char *text, GError **error)
{
  return parse (text, NULL, error);
}

/**
 * ice_uri_parse_with_user:
 * @text: the address of a TURN server as GStreamer has it:
 *   `turn://user:password@host:port`. In user and password a colon, an at sign, a
 *   slash and a percent sign are percent-encoded
 * @user: (out): the user
 * @password: (out): the password
 * @error: what is wrong with it, as %ICE_URI_ERROR
 *
 * Returns: (transfer full) (nullable): the address
 */
IceUri *
ice_uri_parse_with_user (
    const char *text, char **user, char **password, GError **error)
{
  g_autofree char *userinfo = NULL;
  g_autofree char *found_user = NULL;
  g_autofree char *found_password = NULL;
  g_autoptr (IceUri) self = parse (text, &userinfo, error);
  const char *colon;

  if (self == NULL)
    return NULL;
  colon = userinfo != NULL ? strchr (userinfo, ':') : NULL;
  if (colon != NULL && strchr (colon + 1, ':') == NULL) {
    found_user = g_uri_unescape_segment (userinfo, colon, NULL);
    found_password = g_uri_unescape_string (colon + 1, NULL);
  }
  if (self->scheme == ICE_URI_STUN || found_user == NULL
      || found_password == NULL) {
    set_error (error, ICE_URI_ERROR_USER,
        "it is not turn://user:password@host:port, with %3A, %40 and %25 for "
        "colons, at signs and percent signs in user and password");
    return NULL;
  }
  *user = g_steal_pointer (&found_user);
  *password = g_steal_pointer (&found_password);
  return g_steal_pointer (&self);
}

/**
 * ice_uri_copy:
 * @self: an address
 *
 * Returns: (transfer full): the same
 */
IceUri *
ice_uri_copy (const IceUri *self)
{
  IceUri *copy = g_memdup2 (self, sizeof (*self));

  copy->host = g_strdup (self->host);
  return copy;
}

/**
 * ice_uri_free:
 * @self: (transfer full): the address
 */
void
ice_uri_free (IceUri *self)
{
  g_free (self->host);
  g_free (self);
}

/**
 * ice_uri_dup_place:
 * @self: an address
 *
 * Returns: (transfer full): HOST:PORT, with brackets where they are needed
 */
char *
ice_uri_dup_place (const IceUri *self)
{
  return g_strdup_printf (
      strchr (self->host, ':') != NULL ? "[%s]:%u" : "%s:%u", self->host,
      self->port);
}

static char *
print (const IceUri *self, const char *between)
{
  const char *transport = self->is_tcp ? "?transport=tcp" : "?transport=udp";
  g_autofree char *place = ice_uri_dup_place (self);

  return g_strdup_printf ("%s:%s%s%s", schemes[self->scheme].name, between,
      place, self->scheme == ICE_URI_STUN ? "" : transport);
}

/**
 * ice_uri_to_string:
 * @self: an address
 *
 * Returns: (transfer full): as RFC 7064 and RFC 7065 write it, with port and
 *   transport
 */
char *
ice_uri_to_string (const IceUri *self)
{
  return print (self, "");
}

/**
 * ice_uri_to_string_with_user:
 * @self: an address
 * @user: (nullable): the user, in clear; %NULL: none
 * @password: (nullable): the password, in clear
 *
 * Returns: (transfer full): as webrtcbin wants it, which takes the first colon for
 *   the end of the user and undoes the percent-encoding of both
 */
char *
ice_uri_to_string_with_user (
    const IceUri *self, const char *user, const char *password)
{
  g_autofree char *quoted_user = NULL;
  g_autofree char *quoted_password = NULL;
  g_autofree char *between = NULL;

  if (user == NULL)
    return print (self, "//");
  quoted_user = g_uri_escape_string (user, NULL, FALSE);
  quoted_password =
      g_uri_escape_string (password != NULL ? password : "", NULL, FALSE);
  between = g_strdup_printf ("//%s:%s@", quoted_user, quoted_password);
  return print (self, between);
}
