/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpsection.h"

#include <string.h>

#include "fingerprint.h"
#include "icecandidate.h"

/* RFC 8839, section 5.4 */
#define MIN_UFRAG 4
#define MIN_PWD 22
#define MAX_CREDENTIAL 256
#define MAX_MID 32
#define MAX_MSID 64
#define MAX_CNAME 255
#define MAX_CANDIDATES ICE_CANDIDATE_BUDGET

typedef struct {
  const char *key;
  /* A flag attribute has no value, every other one must have it. */
  gboolean flag;
  gboolean in_session;
  gboolean in_media;
  gboolean (*parse) (SdpSection *self, char *value, GError **error);
} Attribute;

static gboolean
fail (SdpSection *self, GError **error, SdpGateError code, const char *what)
{
  if (self->session)
    g_set_error (error, SDP_GATE_ERROR, code, "SDP session: %s", what);
  else
    g_set_error (error, SDP_GATE_ERROR, code, "SDP m=%s: %s",
        media_kind_to_string (self->media->kind), what);
  return FALSE;
}

/* ICE and DTLS */

static gboolean
is_ice_chars (const char *text, gsize min)
{
  gsize i;

  for (i = 0; text[i] != '\0'; i++) {
    if (i == MAX_CREDENTIAL
        || !(g_ascii_isalnum (text[i]) || text[i] == '+' || text[i] == '/'))
      return FALSE;
  }
  return i >= min;
}

static gboolean
parse_credential (SdpSection *self, char **field, const char *value, gsize min,
    const char *name, GError **error)
{
  g_autofree char *what = NULL;

  if (*field != NULL) {
    what = g_strdup_printf ("%s twice", name);
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, what);
  }
  if (!is_ice_chars (value, min)) {
    what = g_strdup_printf ("bad %s", name);
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, what);
  }
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
parse_ufrag (SdpSection *self, char *value, GError **error)
{
  return parse_credential (
      self, &self->media->ufrag, value, MIN_UFRAG, "ice-ufrag", error);
}

static gboolean
parse_pwd (SdpSection *self, char *value, GError **error)
{
  return parse_credential (
      self, &self->media->pwd, value, MIN_PWD, "ice-pwd", error);
}

/* RFC 8122, section 5: several digests of one certificate may be given. The
 * longest is kept; those weaker than SHA-256 do not count at all. */
static gboolean
parse_fingerprint (SdpSection *self, char *value, GError **error)
{
  SdpMedia *media = self->media;
  const char *hash;
  guint8 digest[FINGERPRINT_MAX_BYTES];
  gsize length;
  char *name = sdp_take_word (&value);
  char *hex = sdp_take_word (&value);

  if (name == NULL || hex == NULL || sdp_take_word (&value) != NULL)
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, "bad fingerprint");
  hash = fingerprint_hash_name (name);
  if (hash == NULL)
    return TRUE;
  if (!fingerprint_from_hex (hash, hex, digest, &length))
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, "bad fingerprint");
  if (g_strcmp0 (hash, media->fingerprint_hash) == 0)
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, "fingerprint twice");
  if (length > media->fingerprint_len) {
    memcpy (media->fingerprint, digest, length);
    media->fingerprint_len = length;
    g_free (media->fingerprint_hash);
    media->fingerprint_hash = g_strdup (hash);
  }
  return TRUE;
}

static gboolean
parse_setup (SdpSection *self, char *value, GError **error)
{
  if (self->media->setup != SDP_SETUP_NONE)
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, "setup twice");
  if (strcmp (value, "actpass") == 0)
    self->media->setup = SDP_SETUP_ACTPASS;
  else if (strcmp (value, "active") == 0)
    self->media->setup = SDP_SETUP_ACTIVE;
  else if (strcmp (value, "passive") == 0)
    self->media->setup = SDP_SETUP_PASSIVE;
  else
    return fail (self, error, SDP_GATE_ERROR_TRANSPORT, "bad setup");
  return TRUE;
}

/* A candidate that cannot be used costs itself only: others may connect. */
static gboolean
parse_candidate (SdpSection *self, char *value, GError **error)
{
  g_autoptr (IceCandidate) candidate = ice_candidate_parse (value, NULL);

  if (candidate != NULL && ice_candidate_is_usable (candidate)
      && self->media->candidates->len < MAX_CANDIDATES)
    g_ptr_array_add (
        self->media->candidates, ice_candidate_to_string (candidate));
  return TRUE;
}

static gboolean
parse_ice_lite (SdpSection *self, char *value, GError **error)
{
  self->ice_lite = TRUE;
  return TRUE;
}

/* Identification and direction */

static gboolean
parse_group (SdpSection *self, char *value, GError **error)
{
  char *semantics = sdp_take_word (&value);

  if (semantics == NULL)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad group");
  if (strcmp (semantics, "BUNDLE") == 0 && self->group == NULL)
    self->group = g_strdup (value);
  return TRUE;
}

static gboolean
parse_mid (SdpSection *self, char *value, GError **error)
{
  if (self->media->mid != NULL)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "mid twice");
  if (!sdp_is_token (value, MAX_MID))
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad mid");
  self->media->mid = g_strdup (value);
  return TRUE;
}

static gboolean
set_direction (SdpSection *self, guint direction, GError **error)
{
  if (self->has_direction && self->media->direction != direction)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "two directions");
  self->has_direction = TRUE;
  self->media->direction = direction;
  return TRUE;
}

static gboolean
parse_sendrecv (SdpSection *self, char *value, GError **error)
{
  return set_direction (self, SDP_DIRECTION_SEND | SDP_DIRECTION_RECV, error);
}

static gboolean
parse_sendonly (SdpSection *self, char *value, GError **error)
{
  return set_direction (self, SDP_DIRECTION_SEND, error);
}

static gboolean
parse_recvonly (SdpSection *self, char *value, GError **error)
{
  return set_direction (self, SDP_DIRECTION_RECV, error);
}

static gboolean
parse_inactive (SdpSection *self, char *value, GError **error)
{
  return set_direction (self, SDP_DIRECTION_INACTIVE, error);
}

static gboolean
parse_bundle_only (SdpSection *self, char *value, GError **error)
{
  self->media->bundle_only = TRUE;
  return TRUE;
}

static gboolean
parse_rtcp_mux (SdpSection *self, char *value, GError **error)
{
  self->rtcp_mux = TRUE;
  return TRUE;
}

static gboolean
parse_rtcp_rsize (SdpSection *self, char *value, GError **error)
{
  self->media->rtcp_rsize = TRUE;
  return TRUE;
}

/* Streams. What names them is for show only: a bad name is left out. */

static gboolean
is_visible (const char *text, gsize max)
{
  gsize i;

  for (i = 0; text[i] != '\0'; i++) {
    if (i == max || text[i] <= 0x20 || text[i] >= 0x7f)
      return FALSE;
  }
  return i > 0;
}

static gboolean
parse_msid (SdpSection *self, char *value, GError **error)
{
  char *stream = sdp_take_word (&value);
  char *track = sdp_take_word (&value);

  if (stream == NULL || self->media->msid_stream != NULL
      || self->media->msid_track != NULL)
    return TRUE;
  if (is_visible (stream, MAX_MSID) && strcmp (stream, "-") != 0)
    self->media->msid_stream = g_strdup (stream);
  if (track != NULL && is_visible (track, MAX_MSID))
    self->media->msid_track = g_strdup (track);
  return TRUE;
}

static gboolean
add_ssrc (SdpSection *self, guint32 ssrc, GError **error)
{
  GArray *ssrcs = self->media->ssrcs;

  for (guint i = 0; i < ssrcs->len; i++) {
    if (g_array_index (ssrcs, guint32, i) == ssrc)
      return TRUE;
  }
  if (ssrcs->len == SDP_GATE_MAX_SSRCS)
    return fail (self, error, SDP_GATE_ERROR_LIMIT, "over 64 SSRCs");
  g_array_append_val (ssrcs, ssrc);
  return TRUE;
}

static gboolean
parse_ssrc (SdpSection *self, char *value, GError **error)
{
  char *number = sdp_take_word (&value);
  guint ssrc;

  if (number == NULL || !sdp_take_uint (&number, G_MAXUINT32, &ssrc)
      || *number != '\0')
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad ssrc");
  if (!add_ssrc (self, ssrc, error))
    return FALSE;
  if (g_str_has_prefix (value, "msid:"))
    return parse_msid (self, value + strlen ("msid:"), error);
  if (g_str_has_prefix (value, "cname:") && self->media->cname == NULL
      && is_visible (value + strlen ("cname:"), MAX_CNAME))
    self->media->cname = g_strdup (value + strlen ("cname:"));
  return TRUE;
}

/* Codecs */

static gboolean
check_payload (SdpSection *self, const char *what, GError **error)
{
  return what == NULL || fail (self, error, SDP_GATE_ERROR_SYNTAX, what);
}

static gboolean
parse_rtpmap (SdpSection *self, char *value, GError **error)
{
  return check_payload (
      self, sdp_payload_table_add_rtpmap (&self->payloads, value), error);
}

static gboolean
parse_fmtp (SdpSection *self, char *value, GError **error)
{
  return check_payload (
      self, sdp_payload_table_add_fmtp (&self->payloads, value), error);
}

static gboolean
parse_rtcp_fb (SdpSection *self, char *value, GError **error)
{
  return check_payload (
      self, sdp_payload_table_add_rtcp_fb (&self->payloads, value), error);
}

/* GStreamer makes an element of each URI it knows. These carry nothing that
 * needs more than a few bits to be read. */
static const char *const extension_uris[] = {
  "urn:ietf:params:rtp-hdrext:sdes:mid",
  "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
  "urn:ietf:params:rtp-hdrext:csrc-audio-level",
  "urn:ietf:params:rtp-hdrext:toffset",
  "urn:3gpp:video-orientation",
  "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
  "http://www.ietf.org/id/"
  "draft-holmer-rmcat-transport-wide-cc-extensions-01",
  NULL,
};

/* RFC 8285, section 8: ids 4096 and up are offered where there are too many,
 * and 15 is reserved. Both cannot be used as they are. */
static gboolean
parse_extmap (SdpSection *self, char *value, GError **error)
{
  SdpExtension extension = { 0 };
  gboolean both_ways = TRUE;
  char *uri;
  guint id;

  if (!sdp_take_uint (&value, 4351, &id) || id == 0)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad extmap");
  if (*value == '/') {
    char *direction = sdp_take_word (&value);

    both_ways = strcmp (direction, "/sendrecv") == 0;
  } else if (*value != ' ' && *value != '\t') {
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad extmap");
  }
  uri = sdp_take_word (&value);
  if (uri == NULL)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad extmap");
  if (id == 15 || id > 255)
    return TRUE;
  if (self->has_extension[id])
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "extmap id twice");
  self->has_extension[id] = TRUE;
  if (!both_ways || !g_strv_contains (extension_uris, uri)
      || sdp_media_find_extension (self->media, uri) != 0)
    return TRUE;
  if (self->media->extensions->len == SDP_GATE_MAX_EXTENSIONS)
    return fail (self, error, SDP_GATE_ERROR_LIMIT, "over 32 extmaps");
  extension.id = (guint8) id;
  extension.uri = g_strdup (uri);
  g_array_append_val (self->media->extensions, extension);
  return TRUE;
}

/* Data channel */

static gboolean
parse_sctp_port (SdpSection *self, char *value, GError **error)
{
  guint port;

  if (self->media->sctp_port != 0 || !sdp_take_uint (&value, 65535, &port)
      || port == 0 || *value != '\0')
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad sctp-port");
  self->media->sctp_port = port;
  return TRUE;
}

/* draft-ietf-mmusic-sctp-sdp-05: "5000 webrtc-datachannel 1024" */
static gboolean
parse_sctpmap (SdpSection *self, char *value, GError **error)
{
  guint port;

  if (self->media->sctp_port != 0 || !sdp_take_uint (&value, 65535, &port)
      || port == 0 || *value != ' '
      || g_strcmp0 (sdp_take_word (&value), "webrtc-datachannel") != 0)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad sctpmap");
  self->media->sctp_port = port;
  return TRUE;
}

static gboolean
parse_max_message_size (SdpSection *self, char *value, GError **error)
{
  guint size;

  /* Firefox says 1073741823; webrtcbin reads the number with atoi(). */
  if (!sdp_take_uint (&value, G_MAXINT32, &size) || *value != '\0')
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad max-message-size");
  self->media->max_message_size = size;
  return TRUE;
}

/* The project's own */

static gboolean
parse_hex (char **field, const char *value, gsize min, gsize max)
{
  gsize length = strlen (value);

  if (*field != NULL || length < min || length > max
      || strspn (value, "0123456789abcdefABCDEF") != length)
    return TRUE;
  *field = g_ascii_strdown (value, -1);
  return TRUE;
}

static gboolean
parse_leg (SdpSection *self, char *value, GError **error)
{
  return parse_hex (&self->leg, value, 8, 64);
}

static gboolean
parse_member (SdpSection *self, char *value, GError **error)
{
  return parse_hex (&self->member, value, 32, 32);
}

/* Everything that is not here is dropped. */
/* clang-format off */
static const Attribute attributes[] = {
  /* key                 flag   session media  parse */
  { "ice-ufrag",         FALSE, TRUE,  TRUE,  parse_ufrag },
  { "ice-pwd",           FALSE, TRUE,  TRUE,  parse_pwd },
  { "fingerprint",       FALSE, TRUE,  TRUE,  parse_fingerprint },
  { "setup",             FALSE, TRUE,  TRUE,  parse_setup },
  { "candidate",         FALSE, FALSE, TRUE,  parse_candidate },
  { "ice-lite",          TRUE,  TRUE,  FALSE, parse_ice_lite },
  { "group",             FALSE, TRUE,  FALSE, parse_group },
  { "mid",               FALSE, FALSE, TRUE,  parse_mid },
  { "sendrecv",          TRUE,  TRUE,  TRUE,  parse_sendrecv },
  { "sendonly",          TRUE,  TRUE,  TRUE,  parse_sendonly },
  { "recvonly",          TRUE,  TRUE,  TRUE,  parse_recvonly },
  { "inactive",          TRUE,  TRUE,  TRUE,  parse_inactive },
  { "bundle-only",       TRUE,  FALSE, TRUE,  parse_bundle_only },
  { "rtcp-mux",          TRUE,  FALSE, TRUE,  parse_rtcp_mux },
  { "rtcp-rsize",        TRUE,  FALSE, TRUE,  parse_rtcp_rsize },
  { "msid",              FALSE, FALSE, TRUE,  parse_msid },
  { "ssrc",              FALSE, FALSE, TRUE,  parse_ssrc },
  { "rtpmap",            FALSE, FALSE, TRUE,  parse_rtpmap },
  { "fmtp",              FALSE, FALSE, TRUE,  parse_fmtp },
  { "rtcp-fb",           FALSE, FALSE, TRUE,  parse_rtcp_fb },
  { "extmap",            FALSE, FALSE, TRUE,  parse_extmap },
  { "sctp-port",         FALSE, FALSE, TRUE,  parse_sctp_port },
  { "sctpmap",           FALSE, FALSE, TRUE,  parse_sctpmap },
  { "max-message-size",  FALSE, FALSE, TRUE,  parse_max_message_size },
  { "x-roomcall-leg",    FALSE, TRUE,  FALSE, parse_leg },
  { "x-roomcall-member", FALSE, TRUE,  FALSE, parse_member },
};
/* clang-format on */

/**
 * sdp_section_add_attribute:
 * @self: a section
 * @value: what follows "a="; is written to
 * @error: a #SdpGateError
 *
 * Returns: %FALSE if the description must be refused for it; an unknown
 *   attribute is dropped and %TRUE returned
 *
 * Since: 0.1
 */
gboolean
sdp_section_add_attribute (SdpSection *self, char *value, GError **error)
{
  char *colon = strchr (value, ':');
  gsize length = colon != NULL ? (gsize) (colon - value) : strlen (value);

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    const Attribute *attribute = &attributes[i];

    if (strlen (attribute->key) != length
        || strncmp (attribute->key, value, length) != 0
        || !(self->session ? attribute->in_session : attribute->in_media))
      continue;
    if (colon == NULL && !attribute->flag)
      return fail (
          self, error, SDP_GATE_ERROR_SYNTAX, "an attribute without value");
    return attribute->parse (self, colon != NULL ? colon + 1 : value, error);
  }
  return TRUE;
}

/* m-lines */

static const char *const rtp_protocols[] = {
  /* RFC 8829, section 5.1.2: any of these may be written, all mean the same */
  "UDP/TLS/RTP/SAVPF",
  "UDP/TLS/RTP/SAVP",
  "TCP/DTLS/RTP/SAVPF",
  "TCP/TLS/RTP/SAVPF",
  "RTP/SAVPF",
  "RTP/SAVP",
  "RTP/AVPF",
  "RTP/AVP",
  NULL,
};
static const char *const sctp_protocols[] = { "UDP/DTLS/SCTP", "TCP/DTLS/SCTP",
  "DTLS/SCTP", NULL };

static MediaKind
find_kind (const char *name, const char *protocol)
{
  if (strcmp (name, "audio") == 0 && g_strv_contains (rtp_protocols, protocol))
    return MEDIA_AUDIO;
  if (strcmp (name, "video") == 0 && g_strv_contains (rtp_protocols, protocol))
    return MEDIA_VIDEO;
  if (strcmp (name, "application") == 0
      && g_strv_contains (sctp_protocols, protocol))
    return MEDIA_APPLICATION;
  return MEDIA_OTHER;
}

static gboolean
add_formats (SdpSection *self, char *value, GError **error)
{
  char *word = sdp_take_word (&value);

  if (word == NULL)
    return fail (self, error, SDP_GATE_ERROR_SYNTAX, "no formats");
  /* The answer repeats it, so that it must be harmless. */
  self->media->format = g_strdup (sdp_is_token (word, 32) ? word : "0");
  for (; word != NULL; word = sdp_take_word (&value)) {
    if (self->media->kind == MEDIA_AUDIO || self->media->kind == MEDIA_VIDEO) {
      const char *what = sdp_payload_table_add_format (&self->payloads, word);

      if (!check_payload (self, what, error))
        return FALSE;
    }
  }
  return TRUE;
}

static SdpSection *
section_new (gboolean session)
{
  SdpSection *self = g_new0 (SdpSection, 1);

  self->session = session;
  self->media = sdp_media_new ();
  return self;
}

/**
 * sdp_section_new_session:
 *
 * Returns: (transfer full): the section before the first m-line
 *
 * Since: 0.1
 */
SdpSection *
sdp_section_new_session (void)
{
  return section_new (TRUE);
}

/**
 * sdp_section_new_media:
 * @value: what follows "m="; is written to
 * @error: a #SdpGateError
 *
 * Returns: (transfer full) (nullable): the section that the line begins
 *
 * Since: 0.1
 */
SdpSection *
sdp_section_new_media (char *value, GError **error)
{
  g_autoptr (SdpSection) self = section_new (FALSE);
  char *name = sdp_take_word (&value);
  char *port = sdp_take_word (&value);
  char *protocol = sdp_take_word (&value);

  if (!sdp_is_token (name, 32) || port == NULL || protocol == NULL
      || !sdp_take_uint (&port, G_MAXUINT16, &self->port) || *port != '\0') {
    fail (self, error, SDP_GATE_ERROR_SYNTAX, "bad m-line");
    return NULL;
  }
  self->media->name = g_strdup (name);
  self->media->kind = find_kind (name, protocol);
  if (!add_formats (self, value, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * sdp_section_free:
 * @self: (transfer full) (nullable): a section
 *
 * Since: 0.1
 */
void
sdp_section_free (SdpSection *self)
{
  if (self == NULL)
    return;
  sdp_media_free (self->media);
  sdp_payload_table_clear (&self->payloads);
  g_free (self->group);
  g_free (self->leg);
  g_free (self->member);
  g_free (self);
}
