/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpdescription.h"

#include <string.h>

static void
codec_clear (gpointer data)
{
  SdpCodec *codec = data;

  g_clear_pointer (&codec->fmtp, g_free);
}

static void
extension_clear (gpointer data)
{
  SdpExtension *extension = data;

  g_clear_pointer (&extension->uri, g_free);
}

/**
 * sdp_media_new:
 *
 * Returns: (transfer full): an m-line with nothing in it
 *
 * Since: 0.1
 */
SdpMedia *
sdp_media_new (void)
{
  SdpMedia *self = g_new0 (SdpMedia, 1);

  self->kind = MEDIA_OTHER;
  self->codecs = g_array_new (FALSE, TRUE, sizeof (SdpCodec));
  g_array_set_clear_func (self->codecs, codec_clear);
  self->extensions = g_array_new (FALSE, TRUE, sizeof (SdpExtension));
  g_array_set_clear_func (self->extensions, extension_clear);
  self->ssrcs = g_array_new (FALSE, TRUE, sizeof (guint32));
  self->candidates = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * sdp_media_free:
 * @self: (transfer full) (nullable): an m-line
 *
 * Since: 0.1
 */
void
sdp_media_free (SdpMedia *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->format);
  g_free (self->mid);
  g_free (self->ufrag);
  g_free (self->pwd);
  g_free (self->fingerprint_hash);
  g_free (self->msid_stream);
  g_free (self->msid_track);
  g_free (self->cname);
  g_array_unref (self->codecs);
  g_array_unref (self->extensions);
  g_array_unref (self->ssrcs);
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

/**
 * sdp_description_new:
 * @type: offer or answer
 *
 * Returns: (transfer full): a description without m-lines or message
 *
 * Since: 0.1
 */
SdpDescription *
sdp_description_new (SdpType type)
{
  SdpDescription *self = g_new0 (SdpDescription, 1);

  self->type = type;
  self->media =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sdp_media_free);
  return self;
}

/**
 * sdp_description_free:
 * @self: (transfer full) (nullable): a description
 *
 * Since: 0.1
 */
void
sdp_description_free (SdpDescription *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->message, gst_sdp_message_free);
  g_ptr_array_unref (self->media);
  g_free (self->session_id);
  g_free (self->session_version);
  g_free (self->leg);
  g_free (self->member);
  g_free (self);
}

/**
 * sdp_description_get_media:
 * @self: a description
 * @mline: index, any value
 *
 * Returns: (transfer none) (nullable): the m-line, NULL past the last one
 *
 * Since: 0.1
 */
const SdpMedia *
sdp_description_get_media (const SdpDescription *self, guint mline)
{
  return mline < self->media->len ? g_ptr_array_index (self->media, mline)
                                  : NULL;
}

/**
 * sdp_description_find_mid:
 * @self: a description
 * @mid: (nullable): identification of an m-line
 * @mline: (out) (optional): its index
 *
 * Returns: (transfer none) (nullable): the m-line of that name
 *
 * Since: 0.1
 */
const SdpMedia *
sdp_description_find_mid (
    const SdpDescription *self, const char *mid, guint *mline)
{
  for (guint i = 0; mid != NULL && i < self->media->len; i++) {
    const SdpMedia *media = g_ptr_array_index (self->media, i);

    if (g_strcmp0 (media->mid, mid) == 0) {
      if (mline != NULL)
        *mline = i;
      return media;
    }
  }
  return NULL;
}

/**
 * sdp_media_find_codec:
 * @self: an m-line
 * @encoding_name: "VP8", "opus" and so on, in any case
 *
 * Returns: (transfer none) (nullable): the first such codec, that is the one
 *   the writer likes best
 *
 * Since: 0.1
 */
const SdpCodec *
sdp_media_find_codec (const SdpMedia *self, const char *encoding_name)
{
  for (guint i = 0; i < self->codecs->len; i++) {
    const SdpCodec *codec = &g_array_index (self->codecs, SdpCodec, i);

    if (g_ascii_strcasecmp (codec->encoding_name, encoding_name) == 0)
      return codec;
  }
  return NULL;
}

/**
 * sdp_media_find_pt:
 * @self: an m-line
 * @pt: a payload type
 *
 * Returns: (transfer none) (nullable): what @pt carries
 *
 * Since: 0.1
 */
const SdpCodec *
sdp_media_find_pt (const SdpMedia *self, guint pt)
{
  for (guint i = 0; i < self->codecs->len; i++) {
    const SdpCodec *codec = &g_array_index (self->codecs, SdpCodec, i);

    if (codec->pt == pt)
      return codec;
  }
  return NULL;
}

/**
 * sdp_media_find_rtx:
 * @self: an m-line
 * @apt: the payload type of a codec
 *
 * Returns: (transfer none) (nullable): the rtx format that repeats @apt
 *
 * Since: 0.1
 */
const SdpCodec *
sdp_media_find_rtx (const SdpMedia *self, guint apt)
{
  for (guint i = 0; i < self->codecs->len; i++) {
    const SdpCodec *codec = &g_array_index (self->codecs, SdpCodec, i);

    if (codec->rtx_apt == (int) apt)
      return codec;
  }
  return NULL;
}

/**
 * sdp_media_find_extension:
 * @self: an m-line
 * @uri: of an RTP header extension
 *
 * Returns: its id, 0 when the m-line has none
 *
 * Since: 0.1
 */
guint
sdp_media_find_extension (const SdpMedia *self, const char *uri)
{
  for (guint i = 0; i < self->extensions->len; i++) {
    const SdpExtension *extension =
        &g_array_index (self->extensions, SdpExtension, i);

    if (g_strcmp0 (extension->uri, uri) == 0)
      return extension->id;
  }
  return 0;
}

/**
 * sdp_direction_to_string:
 * @direction: SdpDirection, both bits or none of them too
 *
 * Returns: the attribute of that direction (RFC 8866, section 6.7)
 *
 * Since: 0.1
 */
const char *
sdp_direction_to_string (guint direction)
{
  static const char *const keys[] = { "inactive", "sendonly", "recvonly",
    "sendrecv" };

  return keys[direction & (SDP_DIRECTION_SEND | SDP_DIRECTION_RECV)];
}

/**
 * sdp_direction_reverse:
 * @direction: of an offer's m-line
 *
 * Returns: all that its answer may have (RFC 3264, section 6.1), which is how the
 *   other end sees it
 *
 * Since: 0.1
 */
guint
sdp_direction_reverse (guint direction)
{
  return ((direction & SDP_DIRECTION_SEND) ? SDP_DIRECTION_RECV : 0)
      | ((direction & SDP_DIRECTION_RECV) ? SDP_DIRECTION_SEND : 0);
}

/**
 * sdp_media_same_fingerprint:
 * @a: an m-line
 * @b: another
 *
 * Returns: whether both name the same certificate by the same hash
 *
 * Since: 0.1
 */
gboolean
sdp_media_same_fingerprint (const SdpMedia *a, const SdpMedia *b)
{
  return g_strcmp0 (a->fingerprint_hash, b->fingerprint_hash) == 0
      && a->fingerprint_len == b->fingerprint_len
      && memcmp (a->fingerprint, b->fingerprint, a->fingerprint_len) == 0;
}

/**
 * sdp_media_same_transport:
 * @a: an m-line
 * @b: another
 *
 * Returns: whether both have the same ICE credentials, certificate and DTLS
 *   role, as members of one bundle must
 *
 * Since: 0.1
 */
gboolean
sdp_media_same_transport (const SdpMedia *a, const SdpMedia *b)
{
  return g_strcmp0 (a->ufrag, b->ufrag) == 0 && g_strcmp0 (a->pwd, b->pwd) == 0
      && sdp_media_same_fingerprint (a, b) && a->setup == b->setup;
}

/**
 * sdp_media_reject:
 * @self: an m-line
 *
 * Turns @self into a place holder: no codecs, no streams, no transport.
 *
 * Since: 0.1
 */
void
sdp_media_reject (SdpMedia *self)
{
  self->rejected = TRUE;
  self->bundled = FALSE;
  self->bundle_only = FALSE;
  self->direction = self->shown = SDP_DIRECTION_INACTIVE;
  self->setup = SDP_SETUP_NONE;
  self->fingerprint_len = 0;
  self->sctp_port = 0;
  g_clear_pointer (&self->ufrag, g_free);
  g_clear_pointer (&self->pwd, g_free);
  g_clear_pointer (&self->fingerprint_hash, g_free);
  g_clear_pointer (&self->msid_stream, g_free);
  g_clear_pointer (&self->msid_track, g_free);
  g_clear_pointer (&self->cname, g_free);
  g_array_set_size (self->codecs, 0);
  g_array_set_size (self->extensions, 0);
  g_array_set_size (self->ssrcs, 0);
  g_ptr_array_set_size (self->candidates, 0);
}

/**
 * sdp_media_copy_codecs:
 * @self: an m-line
 * @from: the m-line whose codecs it takes over
 *
 * Since: 0.1
 */
void
sdp_media_copy_codecs (SdpMedia *self, const SdpMedia *from)
{
  g_array_set_size (self->codecs, 0);
  for (guint i = 0; i < from->codecs->len; i++) {
    SdpCodec codec = g_array_index (from->codecs, SdpCodec, i);

    codec.fmtp = g_strdup (codec.fmtp);
    g_array_append_val (self->codecs, codec);
  }
}
