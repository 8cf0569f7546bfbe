/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "codectable.h"

G_BEGIN_DECLS

/**
 * Decoder:
 *
 * A branch that decodes what a tee carries, while somebody wants it decoded.
 *
 *   tee (encoded) -> gate -> decoder -> tee (raw)
 */
typedef struct _Decoder Decoder;

Decoder *decoder_new (
    GstBin *bin, const Codec *codec, GstElement *encoded_tee, GError **error);
void decoder_free (Decoder *self);
void decoder_remove (Decoder *self);

GstPad *decoder_request (Decoder *self);
void decoder_release (Decoder *self, GstPad *pad);

G_END_DECLS
