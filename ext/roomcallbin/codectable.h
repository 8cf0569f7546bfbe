/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "mediakind.h"

G_BEGIN_DECLS

/**
 * Codec:
 * @kind: what it codes
 * @encoding_name: RTP encoding name as webrtcbin's caps have it
 * @media_type: the caps name of the encoded stream
 * @raw_caps: what the encoder is fed
 * @clock_rate: RTP clock rate
 * @payload_type: the payload type that we offer (Chromium's, so that traces
 *   look alike)
 * @encoder, @payloader, @depayloader, @decoder: element factories
 * @package: Debian package that has the encoder and the decoder
 *
 * One codec that a call can use. A remote peer picks the encoding name, so
 * that elements are taken from this table alone and never autoplugged: a
 * depayloader for an exotic format is remote code's way in.
 */
typedef struct {
  MediaKind kind;
  const char *encoding_name;
  const char *media_type;
  const char *raw_caps;
  guint clock_rate;
  guint payload_type;
  const char *encoder;
  const char *payloader;
  const char *depayloader;
  const char *decoder;
  const char *package;
} Codec;

const Codec *codec_table_find (MediaKind kind, const char *encoding_name);
const Codec *codec_table_get_default (MediaKind kind);
const Codec *codec_table_find_encoded (const GstCaps *caps);

GstCaps *codec_get_rtp_caps (const Codec *codec, guint payload_type);
GstCaps *codec_table_get_media_caps (MediaKind kind);

G_END_DECLS
