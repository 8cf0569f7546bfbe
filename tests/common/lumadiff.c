/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/lumadiff.h"

#include <stdlib.h>

struct _LumaDiff {
  GstVideoInfo info;
  gboolean has_info;
  guint component;                 /* luma, or the nearest to it */
  double left, top, right, bottom; /* region, as parts of width and height */
  guint8 *before; /* region of the last picture, tightly packed */
};

LumaDiff *
luma_diff_new (void)
{
  LumaDiff *self = g_new0 (LumaDiff, 1);

  self->right = self->bottom = 1;
  return self;
}

void
luma_diff_free (LumaDiff *self)
{
  g_free (self->before);
  g_free (self);
}

/**
 * luma_diff_set_info:
 * @info: raw video, 8 bit
 *
 * The next picture has none before it.
 *
 * Returns: FALSE if the format is not one of those
 */
gboolean
luma_diff_set_info (LumaDiff *self, const GstVideoInfo *info)
{
  g_clear_pointer (&self->before, g_free);
  self->info = *info;
  /* Green carries most of the luma of RGB. */
  self->component =
      GST_VIDEO_INFO_IS_RGB (info) ? GST_VIDEO_COMP_G : GST_VIDEO_COMP_Y;
  self->has_info = (GST_VIDEO_INFO_IS_RGB (info) || GST_VIDEO_INFO_IS_YUV (info)
                       || GST_VIDEO_INFO_IS_GRAY (info))
      && GST_VIDEO_INFO_COMP_DEPTH (info, self->component) == 8;
  return self->has_info;
}

/**
 * luma_diff_set_region:
 *
 * Looks at a part of the picture only; edges are fractions of width and height.
 */
void
luma_diff_set_region (
    LumaDiff *self, double left, double top, double right, double bottom)
{
  g_clear_pointer (&self->before, g_free);
  self->left = left;
  self->top = top;
  self->right = right;
  self->bottom = bottom;
}

/**
 * luma_diff_push:
 * @buffer: the next picture
 * @difference: (out): from the one before; 0 for the first
 * @mean: (out): mean luma of the region
 *
 * Returns: FALSE if the buffer is no such picture
 */
gboolean
luma_diff_push (
    LumaDiff *self, GstBuffer *buffer, double *difference, double *mean)
{
  GstVideoFrame frame;
  guint64 changed = 0, total = 0;
  guint x0, y0, width, height;
  gboolean first = !self->before;

  if (!self->has_info
      || !gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_READ))
    return FALSE;
  x0 = (guint) (self->left * GST_VIDEO_INFO_WIDTH (&self->info));
  y0 = (guint) (self->top * GST_VIDEO_INFO_HEIGHT (&self->info));
  width = (guint) (self->right * GST_VIDEO_INFO_WIDTH (&self->info)) - x0;
  height = (guint) (self->bottom * GST_VIDEO_INFO_HEIGHT (&self->info)) - y0;
  if (first)
    self->before = g_malloc0 ((gsize) width * height);

  for (guint y = 0; y < height; y++) {
    int stride = GST_VIDEO_FRAME_COMP_STRIDE (&frame, self->component);
    int step = GST_VIDEO_FRAME_COMP_PSTRIDE (&frame, self->component);
    const guint8 *pixel =
        (const guint8 *) GST_VIDEO_FRAME_COMP_DATA (&frame, self->component)
        + (gssize) stride * (y0 + y) + (gssize) step * x0;
    guint8 *before = self->before + (gsize) width * y;

    for (guint x = 0; x < width; x++, pixel += step) {
      changed += (guint) abs (*pixel - before[x]);
      total += *pixel;
      before[x] = *pixel;
    }
  }
  gst_video_frame_unmap (&frame);
  *difference = first ? 0 : (double) changed / MAX (1, (double) width * height);
  *mean = (double) total / MAX (1, (double) width * height);
  return TRUE;
}
