/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpmunge.h"

#include <string.h>

#include "sdplines.h"

/* The library hands out const pointers into messages that are ours to change:
 * hence the casts. */

/* An SSRC group names streams of the same m-line. */
static gboolean
has_ssrc (const GstSDPMedia *media, const char *ssrc)
{
  gsize length = strlen (ssrc);

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (g_strcmp0 (attribute->key, "ssrc") == 0 && attribute->value != NULL
        && strncmp (attribute->value, ssrc, length) == 0
        && attribute->value[length] == ' ')
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_broken_group (const GstSDPMedia *media, const GstSDPAttribute *attribute)
{
  g_auto (GStrv) words = NULL;
  guint n;

  if (g_strcmp0 (attribute->key, "ssrc-group") != 0)
    return FALSE;
  words = g_strsplit (attribute->value, " ", -1);
  n = g_strv_length (words);
  for (guint i = 1; i < n; i++) {
    if (!has_ssrc (media, words[i]))
      return TRUE;
  }
  return n < 3;
}

/* With do-nack, but before a payloader has told its SSRC, webrtcbin 1.22
 * writes "a=ssrc-group:FID 0 123", which browsers refuse. */
static void
remove_broken_groups (GstSDPMedia *media)
{
  for (guint i = gst_sdp_media_attributes_len (media); i-- > 0;) {
    if (is_broken_group (media, gst_sdp_media_get_attribute (media, i)))
      gst_sdp_media_remove_attribute (media, i);
  }
}

/* webrtcbin answers a rejected m-line with a copy of what it was given, which
 * the gate had made unrecognisable to it, and with the peer's own secrets; or
 * with an inactive one, where the bundle's transport hangs on it. */
static void
restore_rejected (GstSDPMedia *media, const SdpMedia *offer)
{
  while (gst_sdp_media_attributes_len (media) > 0)
    gst_sdp_media_remove_attribute (media, 0);
  while (gst_sdp_media_formats_len (media) > 0)
    gst_sdp_media_remove_format (media, 0);
  gst_sdp_media_set_media (media, offer->name);
  gst_sdp_media_set_port_info (media, 0, 1);
  gst_sdp_media_set_proto (media,
      strcmp (offer->name, "application") == 0 ? "UDP/DTLS/SCTP"
                                               : "UDP/TLS/RTP/SAVPF");
  gst_sdp_media_add_format (media, offer->format);
  gst_sdp_media_add_attribute (media, "mid", offer->mid);
  gst_sdp_media_add_attribute (media, "inactive", "");
}

static void
set_attribute (GstSDPMedia *media, const char *key, const char *value)
{
  for (guint i = gst_sdp_media_attributes_len (media); i-- > 0;) {
    if (g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, key) == 0)
      gst_sdp_media_remove_attribute (media, i);
  }
  gst_sdp_media_add_attribute (media, key, value);
}

/* A flag has no value to get. */
static gboolean
has_flag (const GstSDPMedia *media, const char *key)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    if (g_strcmp0 (gst_sdp_media_get_attribute (media, i)->key, key) == 0)
      return TRUE;
  }
  return FALSE;
}

/**
 * sdp_prepare_offer:
 * @offer: what create-offer made
 *
 * To be called before set-local-description: whoever answered the first offer
 * and now offers more repeats its a=setup:active for the old m-lines, but gets
 * actpass for the new ones from webrtcbin 1.22. One bundle has one DTLS
 * association and so one role (RFC 8842, section 5.1), and the one that it has
 * may be offered again (section 5.5).
 *
 * Since: 0.1
 */
void
sdp_prepare_offer (GstSDPMessage *offer)
{
  const char *setup = NULL;

  for (guint i = 0; i < gst_sdp_message_medias_len (offer); i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (offer, i);
    const char *own = gst_sdp_media_get_attribute_val (media, "setup");

    if (own == NULL
        || (gst_sdp_media_get_port (media) == 0
            && !has_flag (media, "bundle-only")))
      continue;
    if (setup == NULL)
      setup = own;
    else if (!g_str_equal (setup, own))
      set_attribute (media, "setup", setup);
  }
}

/**
 * sdp_keep_role:
 * @answer: what create-answer made of @offer
 * @offer: the peer's offer
 * @role: (inout): ours in the DTLS association, "active" or "passive"; %NULL:
 *   @answer decides it
 *
 * To be called before set-local-description: browsers offer actpass each time, to
 * which webrtcbin 1.22 always answers active. A role cannot change while the
 * association stays (RFC 8842, section 5.5), and Chromium refuses such an answer.
 *
 * Since: 0.1
 */
void
sdp_keep_role (
    GstSDPMessage *answer, const SdpDescription *offer, const char **role)
{
  guint n = MIN (gst_sdp_message_medias_len (answer), offer->media->len);

  for (guint i = 0; i < n; i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (answer, i);
    const SdpMedia *offered = sdp_description_get_media (offer, i);
    const char *own = gst_sdp_media_get_attribute_val (media, "setup");

    if (offered->rejected || own == NULL)
      continue;
    if (*role == NULL)
      *role = g_str_equal (own, "passive") ? "passive" : "active";
    else if (offered->setup == SDP_SETUP_ACTPASS)
      set_attribute (media, "setup", *role);
  }
}

/* What the gate showed to webrtcbin as inactive is rejected for the peer, and
 * must not be in the answer's bundle. */
static void
remove_from_group (GstSDPMessage *message, const SdpDescription *offer)
{
  for (guint i = 0; i < gst_sdp_message_attributes_len (message); i++) {
    const GstSDPAttribute *attribute =
        gst_sdp_message_get_attribute (message, i);
    g_auto (GStrv) words = NULL;
    g_autoptr (GString) group = NULL;
    GstSDPAttribute replacement = { NULL, NULL };

    if (g_strcmp0 (attribute->key, "group") != 0)
      continue;
    words = g_strsplit (attribute->value, " ", -1);
    group = g_string_new (words[0]);
    for (guint j = 1; words[0] != NULL && words[j] != NULL; j++) {
      const SdpMedia *media = sdp_description_find_mid (offer, words[j], NULL);

      if (media == NULL || !media->rejected)
        g_string_append_printf (group, " %s", words[j]);
    }
    gst_sdp_attribute_set (&replacement, "group", group->str);
    gst_sdp_message_replace_attribute (message, i, &replacement);
  }
}

/* A payload type that changed its meaning has this effect, for example. The
 * next offer would then connect a second transport where the first still is. */
static gboolean
lost_bundle (const GstSDPMessage *answer, const SdpDescription *offer)
{
  return offer->bundled
      && gst_sdp_media_get_port (
             gst_sdp_message_get_media (answer, offer->bundle_mline))
      == 0;
}

/**
 * sdp_prepare_answer:
 * @answer: what create-answer made
 * @offer: the peer's offer from the gate
 * @error: a #SdpGateError
 *
 * To be called before set-local-description: webrtcbin 1.22 copies the peer's
 * fingerprint into an m-line that it rejects, and then refuses its own answer
 * because that is not its certificate.
 *
 * Returns: %FALSE if webrtcbin rejects the m-line that the whole bundle hangs
 *   on, so that the connection must be given up
 *
 * Since: 0.1
 */
gboolean
sdp_prepare_answer (
    GstSDPMessage *answer, const SdpDescription *offer, GError **error)
{
  const char *own = NULL;

  if (gst_sdp_message_medias_len (answer) != offer->media->len
      || lost_bundle (answer, offer)) {
    g_set_error_literal (error, SDP_GATE_ERROR, SDP_GATE_ERROR_MISMATCH,
        "webrtcbin does not take the offer's first m-line");
    return FALSE;
  }
  for (guint i = 0; i < gst_sdp_message_medias_len (answer); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (answer, i);

    if (gst_sdp_media_get_port (media) != 0 && own == NULL)
      own = gst_sdp_media_get_attribute_val (media, "fingerprint");
  }
  for (guint i = 0; own != NULL && i < gst_sdp_message_medias_len (answer);
       i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (answer, i);

    if (gst_sdp_media_get_port (media) == 0)
      set_attribute (media, "fingerprint", own);
  }
  return TRUE;
}

static gboolean
is_rejected (const GstSDPMedia *media)
{
  return gst_sdp_media_get_port (media) == 0
      && gst_sdp_media_get_attribute_val (media, "bundle-only") == NULL;
}

/**
 * sdp_can_reoffer:
 * @local: our description in force: webrtcbin's current-local-description
 *
 * webrtcbin 1.22 to 1.26 leave m-lines out of an offer if in their answer
 * before they had been rejected, or carried data that nobody on this side
 * asked for. The offer is then invalid, and if m-lines followed, a g_assert on
 * their index ends the process.
 *
 * Returns: whether create-offer may be called on this connection; if not, only
 *   the peer can change it, or a new one must be made
 *
 * Since: 0.1
 */
gboolean
sdp_can_reoffer (const GstSDPMessage *local)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (local); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (local, i);

    if (is_rejected (media)
        || g_strcmp0 (gst_sdp_media_get_media (media), "application") == 0)
      return FALSE;
  }
  return TRUE;
}

static void
remove_flag (GstSDPMedia *media, const char *key)
{
  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--) {
    if (g_str_equal (gst_sdp_media_get_attribute (media, i - 1)->key, key))
      gst_sdp_media_remove_attribute (media, i - 1);
  }
}

/* An answer may not have a direction that the offer does not (RFC 3264, section
 * 6.1); webrtcbin was told of more. */
static void
cut_direction (GstSDPMedia *media, const SdpMedia *offered)
{
  const guint both = SDP_DIRECTION_SEND | SDP_DIRECTION_RECV;
  guint allowed = sdp_direction_reverse (offered->direction);
  guint own = 0;

  while (own <= both && !has_flag (media, sdp_direction_to_string (own)))
    own++;
  if (own > both || (own & allowed) == own)
    return;
  remove_flag (media, sdp_direction_to_string (own));
  gst_sdp_media_add_attribute (
      media, sdp_direction_to_string (own & allowed), "");
}

/**
 * sdp_from_webrtcbin:
 * @message: a description that webrtcbin made, as it was set locally
 * @offer: (nullable): if it is an answer, the peer's offer from the gate
 * @leg: (nullable): hex digits that tell this connection from the next one
 * @member: (nullable): 32 hex digits that tell this participant from others
 *
 * webrtcbin must get its own description unchanged; this is what the peer
 * gets. The result holds ICE credentials and must not be logged.
 *
 * Returns: (transfer full): the text to send
 *
 * Since: 0.1
 */
char *
sdp_from_webrtcbin (const GstSDPMessage *message, const SdpDescription *offer,
    const char *leg, const char *member)
{
  GstSDPMessage *copy;
  char *text;

  gst_sdp_message_copy (message, &copy);
  if (gst_sdp_message_times_len (copy) == 0)
    gst_sdp_message_add_time (copy, "0", "0", NULL);
  if (leg != NULL)
    gst_sdp_message_add_attribute (copy, "x-roomcall-leg", leg);
  if (member != NULL)
    gst_sdp_message_add_attribute (copy, "x-roomcall-member", member);
  if (offer != NULL)
    remove_from_group (copy, offer);
  for (guint i = 0; i < gst_sdp_message_medias_len (copy); i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (copy, i);
    const SdpMedia *offered =
        offer != NULL ? sdp_description_get_media (offer, i) : NULL;

    remove_broken_groups (media);
    if (offered != NULL && offered->rejected)
      restore_rejected (media, offered);
    else if (offered != NULL)
      cut_direction (media, offered);
  }
  text = gst_sdp_message_as_text (copy);
  gst_sdp_message_free (copy);
  return text;
}
