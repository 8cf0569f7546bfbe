/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpwriter.h"

#include <string.h>

#include "fingerprint.h"

/* Each SSRC becomes two caps fields, and so two GQuarks that are never freed.
 * A camera has two, with FEC three. */
#define MAX_SSRCS_WRITTEN 8

/* webrtcbin 1.22 to 1.26 answer an m-line with port 0 as if it were open. One
 * whose kind they do not know is the only sort that they reject cleanly, with
 * no transceiver made for it. sdpmunge puts the right word into the answer. */
#define REJECTED_NAME "text"

/* For m-lines without a transport in descriptions without a bundle: webrtcbin
 * refuses a description in which any m-line lacks them. */
#define NO_UFRAG "none"
#define NO_PWD "nonenonenonenonenonenone"

static const struct {
  SdpFeedback feedback;
  const char *text;
} feedbacks[] = {
  { SDP_FEEDBACK_REMB, "goog-remb" },
  { SDP_FEEDBACK_TRANSPORT_CC, "transport-cc" },
  { SDP_FEEDBACK_CCM_FIR, "ccm fir" },
  { SDP_FEEDBACK_NACK, "nack" },
  { SDP_FEEDBACK_NACK_PLI, "nack pli" },
};

static void G_GNUC_PRINTF (3, 4)
    add (GstSDPMedia *media, const char *key, const char *format, ...)
{
  g_autofree char *value = NULL;
  va_list args;

  va_start (args, format);
  value = g_strdup_vprintf (format, args);
  va_end (args);
  gst_sdp_media_add_attribute (media, key, value);
}

static const char *
setup_value (SdpSetup setup)
{
  switch (setup) {
    case SDP_SETUP_ACTIVE:
      return "active";
    case SDP_SETUP_PASSIVE:
      return "passive";
    default:
      return "actpass";
  }
}

static void
write_codec (GstSDPMedia *message, const SdpCodec *codec)
{
  g_autofree char *pt = g_strdup_printf ("%u", codec->pt);

  gst_sdp_media_add_format (message, pt);
  if (codec->channels > 1)
    add (message, "rtpmap", "%u %s/%u/%u", codec->pt, codec->encoding_name,
        codec->clock_rate, codec->channels);
  else
    add (message, "rtpmap", "%u %s/%u", codec->pt, codec->encoding_name,
        codec->clock_rate);
  if (codec->fmtp != NULL)
    add (message, "fmtp", "%u %s", codec->pt, codec->fmtp);
  for (guint i = 0; i < G_N_ELEMENTS (feedbacks); i++) {
    if (codec->feedback & feedbacks[i].feedback)
      add (message, "rtcp-fb", "%u %s", codec->pt, feedbacks[i].text);
  }
}

/* webrtcbin finds a stream's m-line by the "cname" lines, and takes the
 * stream's name from "msid" ones. */
static void
write_ssrcs (GstSDPMedia *message, const SdpMedia *media)
{
  for (guint i = 0; i < MIN (media->ssrcs->len, MAX_SSRCS_WRITTEN); i++) {
    guint32 ssrc = g_array_index (media->ssrcs, guint32, i);

    add (message, "ssrc", "%u cname:%s", ssrc,
        media->cname != NULL ? media->cname : "-");
    if (i == 0 && media->msid_stream != NULL)
      add (message, "ssrc", "%u msid:%s %s", ssrc, media->msid_stream,
          media->msid_track != NULL ? media->msid_track : "-");
  }
}

static void
write_rtp (GstSDPMedia *message, const SdpMedia *media)
{
  gst_sdp_media_set_proto (message, "UDP/TLS/RTP/SAVPF");
  gst_sdp_media_add_attribute (
      message, sdp_direction_to_string (media->shown), "");
  gst_sdp_media_add_attribute (message, "rtcp-mux", "");
  if (media->rtcp_rsize)
    gst_sdp_media_add_attribute (message, "rtcp-rsize", "");
  for (guint i = 0; i < media->extensions->len; i++) {
    const SdpExtension *extension =
        &g_array_index (media->extensions, SdpExtension, i);

    add (message, "extmap", "%u %s", extension->id, extension->uri);
  }
  for (guint i = 0; i < media->codecs->len; i++)
    write_codec (message, &g_array_index (media->codecs, SdpCodec, i));
  if (media->msid_stream != NULL || media->msid_track != NULL)
    add (message, "msid", "%s %s",
        media->msid_stream != NULL ? media->msid_stream : "-",
        media->msid_track != NULL ? media->msid_track : "-");
  write_ssrcs (message, media);
}

static void
write_sctp (GstSDPMedia *message, const SdpMedia *media)
{
  gst_sdp_media_set_proto (message, "UDP/DTLS/SCTP");
  gst_sdp_media_add_format (message, "webrtc-datachannel");
  add (message, "sctp-port", "%u", media->sctp_port);
  if (media->max_message_size > 0)
    add (message, "max-message-size", "%u", media->max_message_size);
}

static void
write_fingerprint (GstSDPMedia *message, const SdpMedia *media)
{
  g_autofree char *digest =
      fingerprint_to_string (media->fingerprint, media->fingerprint_len);

  add (message, "fingerprint", "%s %s", media->fingerprint_hash, digest);
}

static void
write_transport (GstSDPMedia *message, const SdpMedia *media)
{
  add (message, "ice-ufrag", "%s", media->ufrag);
  add (message, "ice-pwd", "%s", media->pwd);
  write_fingerprint (message, media);
  add (message, "setup", "%s", setup_value (media->setup));
  for (guint i = 0; i < media->candidates->len; i++) {
    const char *candidate = g_ptr_array_index (media->candidates, i);

    add (message, "candidate", "%s", candidate + strlen ("candidate:"));
  }
}

static void
write_accepted (GstSDPMedia *message, const SdpMedia *media)
{
  gst_sdp_media_set_media (message, media_kind_to_string (media->kind));
  gst_sdp_media_set_port_info (message, 9, 1);
  gst_sdp_media_add_connection (message, "IN", "IP4", "0.0.0.0", 0, 0);
  gst_sdp_media_add_attribute (message, "mid", media->mid);
  if (media->kind == MEDIA_APPLICATION)
    write_sctp (message, media);
  else
    write_rtp (message, media);
  write_transport (message, media);
}

static const SdpMedia *
find_accepted (const SdpDescription *description)
{
  for (guint i = 0; i < description->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (description, i);

    if (!media->rejected)
      return media;
  }
  return NULL;
}

/* webrtcbin 1.22 wants ICE credentials, setup and a fingerprint here too, and
 * the same fingerprint everywhere. */
static void
write_rejected (GstSDPMedia *message, const SdpDescription *description,
    const SdpMedia *media)
{
  const SdpMedia *accepted = find_accepted (description);
  gboolean shares = description->bundled && accepted != NULL;

  gst_sdp_media_set_media (message, REJECTED_NAME);
  gst_sdp_media_set_port_info (message, 0, 1);
  gst_sdp_media_set_proto (message, "UDP/TLS/RTP/SAVPF");
  gst_sdp_media_add_format (message, "127");
  gst_sdp_media_add_connection (message, "IN", "IP4", "0.0.0.0", 0, 0);
  gst_sdp_media_add_attribute (message, "mid", media->mid);
  gst_sdp_media_add_attribute (message, "inactive", "");
  add (message, "ice-ufrag", "%s", shares ? accepted->ufrag : NO_UFRAG);
  add (message, "ice-pwd", "%s", shares ? accepted->pwd : NO_PWD);
  add (message, "setup", "%s",
      description->type == SDP_OFFER ? "actpass" : "active");
  if (accepted != NULL)
    write_fingerprint (message, accepted);
}

static void
write_group (GstSDPMessage *message, const SdpDescription *description)
{
  g_autoptr (GString) group = g_string_new ("BUNDLE");
  const SdpMedia *first =
      sdp_description_get_media (description, description->bundle_mline);

  g_string_append_printf (group, " %s", first->mid);
  for (guint i = 0; i < description->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (description, i);

    if (media->bundled && media != first)
      g_string_append_printf (group, " %s", media->mid);
  }
  gst_sdp_message_add_attribute (message, "group", group->str);
}

/**
 * sdp_writer_build:
 * @description: all but its message
 *
 * Writes the parts that webrtcbin needs and nothing else: no line of what the
 * peer sent is copied.
 *
 * Returns: (transfer full): a description that webrtcbin may have
 *
 * Since: 0.1
 */
GstSDPMessage *
sdp_writer_build (const SdpDescription *description)
{
  GstSDPMessage *message;

  gst_sdp_message_new (&message);
  gst_sdp_message_set_version (message, "0");
  gst_sdp_message_set_origin (message, "-", description->session_id,
      description->session_version, "IN", "IP4", "0.0.0.0");
  gst_sdp_message_set_session_name (message, "-");
  gst_sdp_message_add_time (message, "0", "0", NULL);
  gst_sdp_message_add_attribute (message, "ice-options", "trickle");
  if (description->ice_lite)
    gst_sdp_message_add_attribute (message, "ice-lite", "");
  if (description->bundled)
    write_group (message, description);
  for (guint i = 0; i < description->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (description, i);
    GstSDPMedia *section;

    gst_sdp_media_new (&section);
    /* A rejected m-line in a bundle: see keep_bundle_mline() in the gate. */
    if (media->rejected && !media->bundled)
      write_rejected (section, description, media);
    else
      write_accepted (section, media);
    gst_sdp_message_add_media (message, section);
    gst_sdp_media_free (section);
  }
  return message;
}
