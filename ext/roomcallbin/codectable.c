/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codectable.h"

static const Codec codecs[] = {
  {
      .kind = MEDIA_AUDIO,
      .encoding_name = "OPUS",
      .media_type = "audio/x-opus",
      .raw_caps =
          "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, "
          "rate=(int)48000, channels=(int)[ 1, 2 ]",
      .clock_rate = 48000,
      .payload_type = 111,
      .encoder = "opusenc",
      .payloader = "rtpopuspay",
      .depayloader = "rtpopusdepay",
      .decoder = "opusdec",
      .package = "gstreamer1.0-plugins-base",
  },
  {
      .kind = MEDIA_VIDEO,
      .encoding_name = "VP8",
      .media_type = "video/x-vp8",
      .raw_caps = "video/x-raw, format=(string)I420",
      .clock_rate = 90000,
      .payload_type = 96,
      .encoder = "vp8enc",
      .payloader = "rtpvp8pay",
      .depayloader = "rtpvp8depay",
      .decoder = "vp8dec",
      .package = "gstreamer1.0-plugins-good",
  },
};

/**
 * codec_table_find:
 * @kind: audio or video
 * @encoding_name: (nullable): an RTP encoding name, in any case
 *
 * Returns: (transfer none) (nullable): the codec, or %NULL if calls do not use
 *   it
 */
const Codec *
codec_table_find (MediaKind kind, const char *encoding_name)
{
  for (gsize i = 0; encoding_name != NULL && i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].kind == kind
        && g_ascii_strcasecmp (codecs[i].encoding_name, encoding_name) == 0)
      return &codecs[i];
  }
  return NULL;
}

/**
 * codec_table_get_default:
 * @kind: audio or video
 *
 * Returns: (transfer none): the codec that raw input of this kind is encoded
 *   with
 */
const Codec *
codec_table_get_default (MediaKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].kind == kind)
      return &codecs[i];
  }
  g_return_val_if_reached (NULL);
}

/**
 * codec_table_find_encoded:
 * @caps: fixed caps
 *
 * Returns: (transfer none) (nullable): the codec of an already encoded stream,
 *   %NULL if @caps are raw or of a format that calls do not use
 */
const Codec *
codec_table_find_encoded (const GstCaps *caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (gst_structure_has_name (s, codecs[i].media_type))
      return &codecs[i];
  }
  return NULL;
}

/**
 * codec_get_rtp_caps:
 * @codec: a codec
 * @payload_type: the payload type that was negotiated with a peer
 *
 * The fields that webrtcbin 1.22 compares when it matches an m-line, and no
 * more: further ones, such as Opus' encoding-params, make its intersection of
 * ours with a browser's empty.
 *
 * Returns: (transfer full): application/x-rtp caps
 */
GstCaps *
codec_get_rtp_caps (const Codec *codec, guint payload_type)
{
  return gst_caps_new_simple ("application/x-rtp", "media", G_TYPE_STRING,
      codec->kind == MEDIA_AUDIO ? "audio" : "video", "encoding-name",
      G_TYPE_STRING, codec->encoding_name, "clock-rate", G_TYPE_INT,
      (gint) codec->clock_rate, "payload", G_TYPE_INT, (gint) payload_type,
      NULL);
}

/**
 * codec_table_get_media_caps:
 * @kind: audio or video
 *
 * Returns: (transfer full): what a pad for media of this kind may carry: raw,
 *   or encoded with one of the table's codecs
 */
GstCaps *
codec_table_get_media_caps (MediaKind kind)
{
  GstCaps *caps = gst_caps_new_empty_simple (
      kind == MEDIA_AUDIO ? "audio/x-raw" : "video/x-raw");

  for (gsize i = 0; i < G_N_ELEMENTS (codecs); i++) {
    if (codecs[i].kind == kind)
      gst_caps_append_structure (
          caps, gst_structure_new_empty (codecs[i].media_type));
  }
  return caps;
}
