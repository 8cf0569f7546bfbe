/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "codectable.h"
#include "sdpdescription.h"

G_BEGIN_DECLS

const Codec *sdp_select_codec (const SdpMedia *media, guint *payload_type);
gboolean sdp_select_codecs (SdpDescription *description, GError **error);

G_END_DECLS
