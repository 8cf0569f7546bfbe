/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icecandidate.h"

#include <gio/gio.h>
#include <string.h>

G_DEFINE_QUARK (ice - candidate - error - quark, ice_candidate_error)

/* RFC 8839, section 5.1 */
#define MAX_FOUNDATION 32
/* An mDNS name of RFC 8839 is a UUID; a DNS name is not longer than this. */
#define MAX_NAME 253
#define MAX_UFRAG 256

static const char *const type_names[] = { "host", "srflx", "prflx", "relay" };
static const char *const tcptypes[] = { "active", "passive", "so" };

static gboolean
fail (GError **error, IceCandidateError code, const char *what)
{
  g_set_error (error, ICE_CANDIDATE_ERROR, code, "ICE candidate has %s", what);
  return FALSE;
}

static gboolean
is_ice_chars (const char *word, gsize max)
{
  gsize i;

  for (i = 0; word[i] != '\0'; i++) {
    if (i == max
        || !(g_ascii_isalnum (word[i]) || word[i] == '+' || word[i] == '/'))
      return FALSE;
  }
  return i > 0;
}

static gboolean
parse_uint (const char *word, guint64 min, guint64 max, guint64 *value)
{
  return word != NULL
      && g_ascii_string_to_unsigned (word, 10, min, max, value, NULL);
}

/* "fe80::1%eth0" names an interface of the other machine. */
static gboolean
is_literal_address (const char *word)
{
  return strchr (word, '%') == NULL && g_hostname_is_ip_address (word);
}

/* No peer can be reached at 0.0.0.0, and checks must not go to a group. */
static gboolean
is_peer_address (const char *word)
{
  g_autoptr (GInetAddress) address = NULL;

  if (!is_literal_address (word))
    return FALSE;
  address = g_inet_address_new_from_string (word);
  return address != NULL && !g_inet_address_get_is_any (address)
      && !g_inet_address_get_is_multicast (address);
}

static gboolean
is_mdns_name (const char *word)
{
  gsize length = strlen (word);

  if (length <= strlen (".local") || length > MAX_NAME
      || g_ascii_strcasecmp (word + length - strlen (".local"), ".local") != 0)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (!g_ascii_isalnum (word[i]) && word[i] != '-' && word[i] != '.')
      return FALSE;
  }
  return word[0] != '.';
}

static gboolean
parse_transport (IceCandidate *self, const char *word)
{
  if (g_ascii_strcasecmp (word, "udp") == 0)
    self->transport = ICE_TRANSPORT_UDP;
  else if (g_ascii_strcasecmp (word, "tcp") == 0)
    self->transport = ICE_TRANSPORT_TCP;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_address (IceCandidate *self, const char *word)
{
  if (is_mdns_name (word))
    self->is_mdns = TRUE;
  else if (!is_peer_address (word))
    return FALSE;
  self->address = g_strdup (word);
  return TRUE;
}

static gboolean
parse_type (IceCandidate *self, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (g_ascii_strcasecmp (word, type_names[i]) == 0) {
      self->type = (IceType) i;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
parse_fixed (IceCandidate *self, char **words, GError **error)
{
  guint64 component, priority, port;

  if (!is_ice_chars (words[0], MAX_FOUNDATION))
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "a bad foundation");
  if (!parse_uint (words[1], 1, 2, &component))
    return fail (error, ICE_CANDIDATE_ERROR_RANGE, "a component not 1 or 2");
  if (!parse_transport (self, words[2]))
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "an unknown transport");
  if (!parse_uint (words[3], 0, G_MAXUINT32, &priority))
    return fail (error, ICE_CANDIDATE_ERROR_RANGE, "a bad priority");
  if (!parse_address (self, words[4]))
    return fail (error, ICE_CANDIDATE_ERROR_RANGE, "no address of a peer");
  if (!parse_uint (words[5], 1, G_MAXUINT16, &port))
    return fail (error, ICE_CANDIDATE_ERROR_RANGE, "a port not 1-65535");
  if (strcmp (words[6], "typ") != 0 || !parse_type (self, words[7]))
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "no known type");
  self->foundation = g_strdup (words[0]);
  self->component = (guint) component;
  self->priority = (guint32) priority;
  self->port = (guint) port;
  return TRUE;
}

/* Extensions come in pairs. Those not known here are left out. */
static gboolean
parse_extension (
    IceCandidate *self, const char *name, const char *value, GError **error)
{
  guint64 port;

  if (strcmp (name, "raddr") == 0) {
    /* The peer may hide it: mDNS names and 0.0.0.0 are both in use. */
    g_free (self->related_address);
    self->related_address =
        g_strdup (is_literal_address (value) ? value : "0.0.0.0");
  } else if (strcmp (name, "rport") == 0) {
    if (!parse_uint (value, 0, G_MAXUINT16, &port))
      return fail (error, ICE_CANDIDATE_ERROR_RANGE, "a bad related port");
    self->related_port = (guint) port;
  } else if (strcmp (name, "tcptype") == 0) {
    self->tcptype = NULL;
    for (guint i = 0; i < G_N_ELEMENTS (tcptypes); i++) {
      if (strcmp (value, tcptypes[i]) == 0)
        self->tcptype = tcptypes[i];
    }
    if (self->tcptype == NULL)
      return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "an unknown tcptype");
  } else if (strcmp (name, "ufrag") == 0) {
    if (!is_ice_chars (value, MAX_UFRAG))
      return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "a bad ufrag");
    g_free (self->ufrag);
    self->ufrag = g_strdup (value);
  }
  return TRUE;
}

static const char *
skip_prefix (const char *text)
{
  if (g_str_has_prefix (text, "a="))
    text += strlen ("a=");
  if (g_ascii_strncasecmp (text, "candidate:", strlen ("candidate:")) == 0)
    text += strlen ("candidate:");
  return text;
}

static gboolean
parse_words (IceCandidate *self, char **words, GError **error)
{
  guint n = g_strv_length (words);

  if (n < 8)
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "too few words");
  if (!parse_fixed (self, words, error))
    return FALSE;
  if (n % 2 != 0)
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "half an extension");
  for (guint i = 8; i < n; i += 2) {
    if (!parse_extension (self, words[i], words[i + 1], error))
      return FALSE;
  }
  if (self->transport == ICE_TRANSPORT_UDP)
    self->tcptype = NULL;
  else if (self->tcptype == NULL)
    return fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "TCP without tcptype");
  return TRUE;
}

/**
 * ice_candidate_parse:
 * @text: one candidate as it came, with or without "a=" and "candidate:"; an
 *   empty text or "end-of-candidates" ends the list
 * @error: a #IceCandidateError
 *
 * webrtcbin takes what it cannot read for the end of candidates, and libnice
 * logs a CRITICAL for a component of 0: nothing reaches them unchecked.
 *
 * Returns: (transfer full) (nullable): the candidate, or %NULL
 *
 * Since: 0.1
 */
IceCandidate *
ice_candidate_parse (const char *text, GError **error)
{
  g_autoptr (IceCandidate) self = NULL;
  g_autofree char *copy = NULL;
  g_auto (GStrv) words = NULL;
  gsize length = strnlen (text, ICE_CANDIDATE_MAX_BYTES + 1);

  if (length > ICE_CANDIDATE_MAX_BYTES) {
    fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "over 512 bytes");
    return NULL;
  }
  for (gsize i = 0; i < length; i++) {
    if (text[i] < 0x20 || text[i] >= 0x7f) {
      fail (error, ICE_CANDIDATE_ERROR_SYNTAX, "other than printable ASCII");
      return NULL;
    }
  }
  self = g_new0 (IceCandidate, 1);
  copy = g_strstrip (g_strndup (text, length));
  text = skip_prefix (copy);
  if (text[0] == '\0' || strcmp (text, "end-of-candidates") == 0) {
    self->is_end = TRUE;
    return g_steal_pointer (&self);
  }
  words = g_strsplit (text, " ", -1);
  if (!parse_words (self, words, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * ice_candidate_free:
 * @self: (transfer full) (nullable): a candidate
 *
 * Since: 0.1
 */
void
ice_candidate_free (IceCandidate *self)
{
  if (self == NULL)
    return;
  g_free (self->foundation);
  g_free (self->address);
  g_free (self->related_address);
  g_free (self->ufrag);
  g_free (self);
}

/**
 * ice_candidate_to_string:
 * @self: a candidate
 *
 * Returns: (transfer full): "candidate:…" as webrtcbin's add-ice-candidate
 *   takes it, built from the checked parts only; "" for the end
 *
 * Since: 0.1
 */
char *
ice_candidate_to_string (const IceCandidate *self)
{
  GString *text;

  if (self->is_end)
    return g_strdup ("");
  text = g_string_new (NULL);
  g_string_printf (text, "candidate:%s %u %s %u %s %u typ %s", self->foundation,
      self->component, self->transport == ICE_TRANSPORT_UDP ? "UDP" : "TCP",
      self->priority, self->address, self->port, type_names[self->type]);
  if (self->related_address != NULL)
    g_string_append_printf (
        text, " raddr %s rport %u", self->related_address, self->related_port);
  if (self->tcptype != NULL)
    g_string_append_printf (text, " tcptype %s", self->tcptype);
  return g_string_free (text, FALSE);
}

/**
 * ice_candidate_is_usable:
 * @self: a candidate
 *
 * Names are not resolved: webrtcbin 1.22 does that in the default main context
 * and leaks the answer, and the peer reaches us from that address anyway
 * (prflx). Component 2 is not needed with rtcp-mux.
 *
 * Returns: whether webrtcbin should get it; %FALSE for the end as well
 *
 * Since: 0.1
 */
gboolean
ice_candidate_is_usable (const IceCandidate *self)
{
  return !self->is_end && !self->is_mdns && self->component == 1;
}

/**
 * ice_candidate_take_budget:
 * @used: (inout): how many candidates the peer has sent on this connection
 *
 * Returns: whether one more is allowed; @used is counted up if so
 *
 * Since: 0.1
 */
gboolean
ice_candidate_take_budget (guint *used)
{
  if (*used >= ICE_CANDIDATE_BUDGET)
    return FALSE;
  ++*used;
  return TRUE;
}
