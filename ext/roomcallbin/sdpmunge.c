/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpmunge.h"

#include <string.h>

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
 * the gate had made unrecognisable to it, and with the peer's own secrets. */
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
set_fingerprint (GstSDPMedia *media, const char *fingerprint)
{
  for (guint i = gst_sdp_media_attributes_len (media); i-- > 0;) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    if (g_strcmp0 (attribute->key, "fingerprint") == 0)
      gst_sdp_media_remove_attribute (media, i);
  }
  gst_sdp_media_add_attribute (media, "fingerprint", fingerprint);
}

/**
 * sdp_prepare_answer:
 * @answer: what create-answer made
 *
 * To be called before set-local-description: webrtcbin 1.22 copies the peer's
 * fingerprint into an m-line that it rejects, and then refuses its own answer
 * because that is not its certificate.
 *
 * Since: 0.1
 */
void
sdp_prepare_answer (GstSDPMessage *answer)
{
  const char *own = NULL;

  for (guint i = 0; i < gst_sdp_message_medias_len (answer); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (answer, i);

    if (gst_sdp_media_get_port (media) != 0 && own == NULL)
      own = gst_sdp_media_get_attribute_val (media, "fingerprint");
  }
  for (guint i = 0; own != NULL && i < gst_sdp_message_medias_len (answer);
       i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (answer, i);

    if (gst_sdp_media_get_port (media) == 0)
      set_fingerprint (media, own);
  }
}

/**
 * sdp_can_reoffer:
 * @answer: our latest answer on the connection, as webrtcbin made it
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
sdp_can_reoffer (const GstSDPMessage *answer)
{
  for (guint i = 0; i < gst_sdp_message_medias_len (answer); i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (answer, i);

    if (gst_sdp_media_get_port (media) == 0
        || g_strcmp0 (gst_sdp_media_get_media (media), "application") == 0)
      return FALSE;
  }
  return TRUE;
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
  for (guint i = 0; i < gst_sdp_message_medias_len (copy); i++) {
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (copy, i);
    const SdpMedia *offered =
        offer != NULL ? sdp_description_get_media (offer, i) : NULL;

    remove_broken_groups (media);
    if (offered != NULL && offered->rejected)
      restore_rejected (media, offered);
  }
  text = gst_sdp_message_as_text (copy);
  gst_sdp_message_free (copy);
  return text;
}
