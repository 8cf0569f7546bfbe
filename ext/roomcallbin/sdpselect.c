/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpselect.h"

#include "sdpgate.h"
#include "sdpwriter.h"

/**
 * sdp_select_codec:
 * @media: an m-line of a peer
 * @payload_type: (out): the payload type that the peer gave it
 *
 * Returns: (transfer none) (nullable): the first codec in the peer's order that
 *   calls use; %NULL if there is none, or the m-line is rejected
 */
const Codec *
sdp_select_codec (const SdpMedia *media, guint *payload_type)
{
  if (media->rejected)
    return NULL;
  for (guint i = 0; i < media->codecs->len; i++) {
    const SdpCodec *offered = &g_array_index (media->codecs, SdpCodec, i);
    const Codec *codec = codec_table_find (media->kind, offered->encoding_name);

    if (codec != NULL && codec->clock_rate == offered->clock_rate) {
      *payload_type = offered->pt;
      return codec;
    }
  }
  return NULL;
}

static gboolean
is_selected (const SdpCodec *codec, guint payload_type)
{
  return codec->pt == payload_type || codec->rtx_apt == (int) payload_type;
}

/**
 * sdp_select_codecs:
 * @description: a checked description of a peer
 * @error: set if nothing is left of it
 *
 * webrtcbin answers the first codec of an m-line whatever it is, and only that
 * one. So the description is reduced to what the call uses: one codec for each
 * m-line, and its retransmission. An offered m-line without one, or that is no
 * media, is rejected. The message that webrtcbin is given is made anew.
 *
 * Returns: whether there is something to negotiate
 */
gboolean
sdp_select_codecs (SdpDescription *description, GError **error)
{
  for (guint i = 0; i < description->media->len; i++) {
    SdpMedia *media = g_ptr_array_index (description->media, i);
    guint payload_type = 0;

    if (media->rejected)
      continue;
    if (sdp_select_codec (media, &payload_type) == NULL) {
      if (description->type == SDP_OFFER
          && !sdp_gate_reject (description, i, error))
        return FALSE;
      continue;
    }
    for (guint j = media->codecs->len; j > 0; j--) {
      if (!is_selected (
              &g_array_index (media->codecs, SdpCodec, j - 1), payload_type))
        g_array_remove_index (media->codecs, j - 1);
    }
  }
  gst_sdp_message_free (description->message);
  description->message = sdp_writer_build (description);
  return TRUE;
}
