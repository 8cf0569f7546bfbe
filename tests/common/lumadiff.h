/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

/*
 * How much a picture differs from the one before: the mean, over the pixels of
 * a region, of the absolute difference in luma (0 .. 255). Knows nothing of
 * time.
 */
typedef struct _LumaDiff LumaDiff;

LumaDiff *luma_diff_new (void);
void luma_diff_free (LumaDiff *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LumaDiff, luma_diff_free)

gboolean luma_diff_set_info (LumaDiff *self, const GstVideoInfo *info);
void luma_diff_set_region (
    LumaDiff *self, double left, double top, double right, double bottom);
gboolean luma_diff_push (
    LumaDiff *self, GstBuffer *buffer, double *difference, double *mean);
