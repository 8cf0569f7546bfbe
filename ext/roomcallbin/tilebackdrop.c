/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tilebackdrop.h"

/* Black, and a grey that is seen beside it and beside a dark room. */
static const guint8 canvas_yuv[] = { 16, 128, 128, 255 };
static const guint8 tile_yuv[] = { 44, 128, 128, 255 };
static const guint8 canvas_rgb[] = { 0, 0, 0, 255 };
static const guint8 tile_rgb[] = { 33, 33, 33, 255 };

static gboolean
is_paintable (const GstVideoFormatInfo *format)
{
  if (GST_VIDEO_FORMAT_INFO_IS_TILED (format)
      || (!GST_VIDEO_FORMAT_INFO_IS_YUV (format)
          && !GST_VIDEO_FORMAT_INFO_IS_RGB (format)))
    return FALSE;

  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (format); c++) {
    if (GST_VIDEO_FORMAT_INFO_DEPTH (format, c) != 8
        || GST_VIDEO_FORMAT_INFO_SHIFT (format, c) != 0)
      return FALSE;
  }

  return TRUE;
}

/* @rect lies inside the frame and has even edges, or is the whole frame. */
static void
fill (GstVideoFrame *frame, const TileRect *rect, const guint8 *colour)
{
  const GstVideoFormatInfo *format = frame->info.finfo;

  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (frame); c++) {
    int step = GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c);
    int x = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, c, rect->x);
    int y = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, c, rect->y);
    int width = GST_VIDEO_FORMAT_INFO_SCALE_WIDTH (format, c, rect->width);
    int height = GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT (format, c, rect->height);

    for (int row = y; row < y + height; row++) {
      guint8 *pixel = (guint8 *) GST_VIDEO_FRAME_COMP_DATA (frame, c)
          + (gsize) row * GST_VIDEO_FRAME_COMP_STRIDE (frame, c)
          + (gsize) x * step;

      for (int column = 0; column < width; column++, pixel += step)
        *pixel = colour[c];
    }
  }
}

/**
 * tile_backdrop_paint:
 * @info: the format of the picture
 * @rects: (array length=n_rects): where tiles are, inside the picture
 * @n_rects: how many there are
 *
 * Paints what is seen where a tile shows nothing: a dark grey on black, so that
 * the margins of a narrow picture and the place of somebody without a camera
 * are seen to be theirs.
 *
 * Returns: (transfer full) (nullable): a picture, or %NULL when @info is not
 *   of eight bits a component
 *
 * Since: 0.1
 */
GstBuffer *
tile_backdrop_paint (
    const GstVideoInfo *info, const TileRect *rects, guint n_rects)
{
  gboolean rgb = GST_VIDEO_INFO_IS_RGB (info);
  TileRect whole = { 0, 0, GST_VIDEO_INFO_WIDTH (info),
    GST_VIDEO_INFO_HEIGHT (info) };
  g_autoptr (GstBuffer) buffer = NULL;
  GstVideoFrame frame;

  if (!is_paintable (info->finfo))
    return NULL;

  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (info), NULL);
  if (buffer == NULL
      || !gst_video_frame_map (
          &frame, (GstVideoInfo *) info, buffer, GST_MAP_WRITE))
    return NULL;

  fill (&frame, &whole, rgb ? canvas_rgb : canvas_yuv);
  for (guint i = 0; i < n_rects; i++)
    fill (&frame, &rects[i], rgb ? tile_rgb : tile_yuv);
  gst_video_frame_unmap (&frame);

  return g_steal_pointer (&buffer);
}
