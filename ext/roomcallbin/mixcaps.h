/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "mediakind.h"

G_BEGIN_DECLS

GstCaps *mix_caps_fix (MediaKind kind, const GstCaps *wish);
GstCaps *mix_caps_relabel (const GstCaps *input, const GstCaps *mix);

G_END_DECLS
