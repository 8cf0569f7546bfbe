/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include "tilegrid.h"

G_BEGIN_DECLS

GstBuffer *tile_backdrop_paint (
    const GstVideoInfo *info, const TileRect *rects, guint n_rects);

G_END_DECLS
