/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdppayload.h"

#include <string.h>

#include "sdplines.h"

#define MAX_FMTP_VALUE 1024
/* A sampling rate above this is no audio that we could decode. */
#define MAX_CLOCK_RATE 192000
#define MAX_CHANNELS 8

/* RFC 5761, section 4: with rtcp-mux these look like RTCP. */
#define FIRST_RTCP_PT 64
#define LAST_RTCP_PT 95

/* Codecs that this project has, or may have, a depayloader for. A peer must
 * not choose what else is run on its data. */
static const struct {
  MediaKind kind;
  const char *name;
} known_codecs[] = {
  { MEDIA_AUDIO, "opus" },
  { MEDIA_AUDIO, "PCMU" },
  { MEDIA_AUDIO, "PCMA" },
  { MEDIA_VIDEO, "VP8" },
  { MEDIA_VIDEO, "VP9" },
  { MEDIA_VIDEO, "H264" },
  { MEDIA_VIDEO, "rtx" },
  { MEDIA_VIDEO, "red" },
  { MEDIA_VIDEO, "ulpfec" },
};

/* RFC 3551, section 6: payload types that need no rtpmap. */
static const struct {
  guint8 pt;
  const char *name;
} static_codecs[] = { { 0, "PCMU" }, { 8, "PCMA" } };

/**
 * sdp_payload_table_add_format:
 * @self: a table
 * @value: one word of the m-line
 *
 * Returns: (nullable): what is wrong with it, %NULL if nothing
 *
 * Since: 0.1
 */
const char *
sdp_payload_table_add_format (SdpPayloadTable *self, char *value)
{
  guint pt;

  if (self->n_formats == SDP_GATE_MAX_FORMATS)
    return "over 64 formats";
  if (!sdp_take_uint (&value, 127, &pt) || *value != '\0')
    return "bad payload type";
  if (self->payloads[pt].listed)
    return "payload type twice";
  self->payloads[pt].listed = TRUE;
  self->formats[self->n_formats++] = (guint8) pt;
  return NULL;
}

/**
 * sdp_payload_table_add_rtpmap:
 * @self: a table
 * @value: what follows "a=rtpmap:"; is written to
 *
 * Returns: (nullable): what is wrong with it, %NULL if nothing
 *
 * Since: 0.1
 */
const char *
sdp_payload_table_add_rtpmap (SdpPayloadTable *self, char *value)
{
  guint pt, rate, channels = 1;
  SdpPayload *payload;
  char *name, *rest;

  if (!sdp_take_uint (&value, 127, &pt) || (*value != ' ' && *value != '\t'))
    return "bad rtpmap";
  name = sdp_take_word (&value);
  rest = name != NULL ? strchr (name, '/') : NULL;
  if (rest == NULL)
    return "bad rtpmap";
  *rest++ = '\0';
  if (!sdp_is_token (name, SDP_ENCODING_NAME_SIZE - 1)
      || !sdp_take_uint (&rest, MAX_CLOCK_RATE, &rate) || rate == 0)
    return "bad rtpmap";
  if (*rest == '/') {
    rest++;
    if (!sdp_take_uint (&rest, MAX_CHANNELS, &channels) || channels == 0)
      return "bad rtpmap";
  }
  if (*rest != '\0')
    return "bad rtpmap";
  payload = &self->payloads[pt];
  if (payload->mapped)
    return "rtpmap twice";
  payload->mapped = TRUE;
  g_strlcpy (payload->encoding_name, name, sizeof (payload->encoding_name));
  payload->clock_rate = rate;
  payload->channels = channels;
  return NULL;
}

/* GStreamer makes a caps field, and so a GQuark that is never freed, of each
 * parameter name. A peer may only use these. */
static const char *const fmtp_names[] = {
  "apt",
  "cbr",
  "level-asymmetry-allowed",
  "level-idx",
  "max-br",
  "max-fr",
  "max-fs",
  "maxaveragebitrate",
  "maxplaybackrate",
  "maxptime",
  "minptime",
  "packetization-mode",
  "profile-id",
  "profile-level-id",
  "ptime",
  "rtx-time",
  "sprop-maxcapturerate",
  "sprop-parameter-sets",
  "sprop-stereo",
  "stereo",
  "usedtx",
  "useinbandfec",
  NULL,
};

static gboolean
is_fmtp_value (const char *value)
{
  gsize i;

  for (i = 0; value[i] != '\0'; i++) {
    if (i == MAX_FMTP_VALUE
        || !(g_ascii_isalnum (value[i])
            || strchr ("+/=,.-_:", value[i]) != NULL))
      return FALSE;
  }
  return i > 0;
}

static char *
clean_fmtp (const char *value)
{
  g_auto (GStrv) pairs = g_strsplit (value, ";", -1);
  g_autoptr (GString) clean = g_string_new (NULL);
  gboolean seen[G_N_ELEMENTS (fmtp_names)] = { FALSE };

  for (char **pair = pairs; *pair != NULL; pair++) {
    char *is = strchr (*pair, '=');

    if (is == NULL)
      continue;
    *is = '\0';
    g_strstrip (*pair);
    g_strstrip (is + 1);
    for (guint i = 0; fmtp_names[i] != NULL; i++) {
      if (seen[i] || g_ascii_strcasecmp (*pair, fmtp_names[i]) != 0
          || !is_fmtp_value (is + 1))
        continue;
      seen[i] = TRUE;
      g_string_append_printf (
          clean, "%s%s=%s", clean->len > 0 ? ";" : "", fmtp_names[i], is + 1);
    }
  }
  return clean->len > 0 ? g_strdup (clean->str) : NULL;
}

/**
 * sdp_payload_table_add_fmtp:
 * @self: a table
 * @value: what follows "a=fmtp:"; is written to
 *
 * Unknown parameters are dropped.
 *
 * Returns: (nullable): what is wrong with it, %NULL if nothing
 *
 * Since: 0.1
 */
const char *
sdp_payload_table_add_fmtp (SdpPayloadTable *self, char *value)
{
  guint pt;

  if (!sdp_take_uint (&value, 127, &pt) || (*value != ' ' && *value != '\t'))
    return "bad fmtp";
  if (self->payloads[pt].fmtp == NULL)
    self->payloads[pt].fmtp = clean_fmtp (value);
  return NULL;
}

static const struct {
  const char *text;
  SdpFeedback feedback;
} feedbacks[] = {
  { "nack", SDP_FEEDBACK_NACK },
  { "nack pli", SDP_FEEDBACK_NACK_PLI },
  { "ccm fir", SDP_FEEDBACK_CCM_FIR },
  { "transport-cc", SDP_FEEDBACK_TRANSPORT_CC },
  { "goog-remb", SDP_FEEDBACK_REMB },
};

/**
 * sdp_payload_table_add_rtcp_fb:
 * @self: a table
 * @value: what follows "a=rtcp-fb:"; is written to
 *
 * Unknown kinds of feedback are dropped. "*" stands for every payload type.
 *
 * Returns: (nullable): what is wrong with it, %NULL if nothing
 *
 * Since: 0.1
 */
const char *
sdp_payload_table_add_rtcp_fb (SdpPayloadTable *self, char *value)
{
  gboolean all = value[0] == '*';
  guint pt = 0;

  if (all)
    value++;
  else if (!sdp_take_uint (&value, 127, &pt))
    return "bad rtcp-fb";
  if (*value != ' ' && *value != '\t')
    return "bad rtcp-fb";
  value = g_strstrip (value);
  for (guint i = 0; i < G_N_ELEMENTS (feedbacks); i++) {
    if (strcmp (value, feedbacks[i].text) != 0)
      continue;
    for (guint j = all ? 0 : pt; j <= (all ? 127 : pt); j++)
      self->payloads[j].feedback |= feedbacks[i].feedback;
  }
  return NULL;
}

static gboolean
is_known (MediaKind kind, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_codecs); i++) {
    if (known_codecs[i].kind == kind
        && g_ascii_strcasecmp (known_codecs[i].name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
map_static (SdpPayloadTable *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (static_codecs); i++) {
    SdpPayload *payload = &self->payloads[static_codecs[i].pt];

    if (payload->mapped)
      continue;
    payload->mapped = TRUE;
    payload->clock_rate = 8000;
    payload->channels = 1;
    g_strlcpy (payload->encoding_name, static_codecs[i].name,
        sizeof (payload->encoding_name));
  }
}

/* RFC 4588, section 8.6; -1 where the parameter is missing. */
static int
read_apt (const char *fmtp)
{
  g_auto (GStrv) pairs = g_strsplit (fmtp != NULL ? fmtp : "", ";", -1);

  for (char **pair = pairs; *pair != NULL; pair++) {
    char *value = *pair + strlen ("apt=");
    guint apt;

    if (g_str_has_prefix (*pair, "apt=") && sdp_take_uint (&value, 127, &apt)
        && *value == '\0')
      return (int) apt;
  }
  return -1;
}

static gboolean
is_rtx (const SdpPayload *payload)
{
  return g_ascii_strcasecmp (payload->encoding_name, "rtx") == 0;
}

static gboolean
is_usable (const SdpPayloadTable *self, MediaKind kind, guint pt)
{
  const SdpPayload *payload = &self->payloads[pt];

  return payload->listed && payload->mapped
      && (pt < FIRST_RTCP_PT || pt > LAST_RTCP_PT)
      && is_known (kind, payload->encoding_name);
}

/* Repeats a codec that is itself taken, and no other repetition. */
static gboolean
is_usable_rtx (const SdpPayloadTable *self, MediaKind kind, int apt)
{
  return apt >= 0 && is_usable (self, kind, (guint) apt)
      && !is_rtx (&self->payloads[apt]);
}

/**
 * sdp_payload_table_collect:
 * @self: a table that has all lines
 * @kind: audio or video
 * @codecs: (element-type SdpCodec): where to add the codecs
 *
 * Keeps the order of the m-line and drops what is not known. Parameters move
 * from @self to @codecs.
 *
 * Since: 0.1
 */
void
sdp_payload_table_collect (
    SdpPayloadTable *self, MediaKind kind, GArray *codecs)
{
  if (kind == MEDIA_AUDIO)
    map_static (self);
  for (guint i = 0; i < self->n_formats; i++) {
    guint8 pt = self->formats[i];
    SdpPayload *payload = &self->payloads[pt];
    SdpCodec codec = { .pt = pt, .rtx_apt = -1 };

    if (!is_usable (self, kind, pt))
      continue;
    if (is_rtx (payload)) {
      codec.rtx_apt = read_apt (payload->fmtp);
      if (!is_usable_rtx (self, kind, codec.rtx_apt))
        continue;
    }
    g_strlcpy (codec.encoding_name, payload->encoding_name,
        sizeof (codec.encoding_name));
    codec.clock_rate = payload->clock_rate;
    codec.channels = payload->channels;
    codec.feedback = payload->feedback;
    codec.fmtp = g_steal_pointer (&payload->fmtp);
    g_array_append_val (codecs, codec);
  }
}

/**
 * sdp_payload_table_clear:
 * @self: a table
 *
 * Frees what the table holds, not the table.
 *
 * Since: 0.1
 */
void
sdp_payload_table_clear (SdpPayloadTable *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->payloads); i++)
    g_clear_pointer (&self->payloads[i].fmtp, g_free);
}
