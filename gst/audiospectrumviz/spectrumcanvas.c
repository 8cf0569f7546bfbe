/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumcanvas.h"

#include <math.h>
#include <string.h>

#define ALPHA(argb) ((argb) >> 24)
#define RED(argb) ((argb) >> 16 & 0xff)
#define GREEN(argb) ((argb) >> 8 & 0xff)
#define BLUE(argb) ((argb) &0xff)

/* Rows and columns of a plane whose first luma pixel lies in [from, to). */
#define PLANE_EDGE(value, sub) (((value) + (1 << (sub)) - 1) >> (sub))

static void
make_matrix (SpectrumCanvas *self, const GstVideoInfo *info)
{
  gdouble kr = 0.299, kb = 0.114;
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];

  if (!GST_VIDEO_FORMAT_INFO_IS_YUV (self->format)) {
    for (guint c = 0; c < 3; c++)
      self->matrix[c][c] = 1;
    return;
  }

  gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb);
  gst_video_color_range_offsets (
      info->colorimetry.range, self->format, offset, scale);
  {
    const gdouble luma[3] = { kr, 1 - kr - kb, kb };

    for (guint c = 0; c < 3; c++) {
      gdouble blue = c == 2, red = c == 0;

      self->matrix[0][c] = luma[c] * scale[0] / 255;
      self->matrix[1][c] = (blue - luma[c]) / (2 * (1 - kb)) * scale[1] / 255;
      self->matrix[2][c] = (red - luma[c]) / (2 * (1 - kr)) * scale[2] / 255;
    }
  }
  for (guint c = 0; c < 3; c++)
    self->offset[c] = offset[c];
}

/**
 * spectrum_canvas_init:
 * @self: (out caller-allocates): a canvas
 * @info: what its frames will be
 *
 * Returns: %FALSE when the format is none of %SPECTRUM_CANVAS_FORMATS' kind
 * Since: 0.1
 */
gboolean
spectrum_canvas_init (SpectrumCanvas *self, const GstVideoInfo *info)
{
  memset (self, 0, sizeof *self);
  self->format = info->finfo;
  self->width = GST_VIDEO_INFO_WIDTH (info);
  self->height = GST_VIDEO_INFO_HEIGHT (info);
  self->n_planes = GST_VIDEO_INFO_N_PLANES (info);
  if (GST_VIDEO_FORMAT_INFO_IS_COMPLEX (self->format)
      || GST_VIDEO_FORMAT_INFO_HAS_PALETTE (self->format)
      || GST_VIDEO_FORMAT_INFO_IS_TILED (self->format))
    return FALSE;

  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (self->format);
       c++) {
    SpectrumPlane *plane =
        &self->planes[GST_VIDEO_FORMAT_INFO_PLANE (self->format, c)];

    plane->pixel = (guint) GST_VIDEO_FORMAT_INFO_PSTRIDE (self->format, c);
    plane->wsub = GST_VIDEO_FORMAT_INFO_W_SUB (self->format, c);
    plane->hsub = GST_VIDEO_FORMAT_INFO_H_SUB (self->format, c);
    plane->width = PLANE_EDGE (self->width, plane->wsub);
    plane->height = PLANE_EDGE (self->height, plane->hsub);
    if (GST_VIDEO_FORMAT_INFO_DEPTH (self->format, c) != 8
        || (plane->pixel != 1 && plane->pixel != 2 && plane->pixel != 4))
      return FALSE;
  }
  make_matrix (self, info);
  return TRUE;
}

/**
 * spectrum_canvas_set_frame:
 * @self: a canvas
 * @frame: mapped for writing, with the canvas's info; must stay mapped while
 *   the canvas is drawn on
 *
 * Since: 0.1
 */
void
spectrum_canvas_set_frame (SpectrumCanvas *self, GstVideoFrame *frame)
{
  for (guint p = 0; p < self->n_planes; p++) {
    self->planes[p].data = GST_VIDEO_FRAME_PLANE_DATA (frame, p);
    self->planes[p].stride = GST_VIDEO_FRAME_PLANE_STRIDE (frame, p);
  }
}

static guint8
clamp_byte (gdouble value)
{
  return (guint8) CLAMP (lrint (value), 0, 255);
}

/**
 * spectrum_canvas_ink:
 * @self: a canvas
 * @argb: a colour, 0xAARRGGBB, straight alpha
 *
 * Returns: @argb in the canvas's format and colorimetry. A format without
 *   alpha stores it as opaque.
 * Since: 0.1
 */
SpectrumInk
spectrum_canvas_ink (const SpectrumCanvas *self, guint32 argb)
{
  SpectrumInk ink = { argb };
  const gdouble rgb[3] = { RED (argb), GREEN (argb), BLUE (argb) };

  memset (ink.bytes, 0xff, sizeof ink.bytes);
  for (guint c = 0; c < GST_VIDEO_FORMAT_INFO_N_COMPONENTS (self->format);
       c++) {
    guint plane = GST_VIDEO_FORMAT_INFO_PLANE (self->format, c);
    guint offset = (guint) GST_VIDEO_FORMAT_INFO_POFFSET (self->format, c);
    guint8 value = (guint8) ALPHA (argb);

    if (c < 3)
      value =
          clamp_byte (self->matrix[c][0] * rgb[0] + self->matrix[c][1] * rgb[1]
              + self->matrix[c][2] * rgb[2] + self->offset[c]);
    ink.bytes[plane][offset] = value;
  }
  return ink;
}

/**
 * spectrum_color_mix:
 * @below: 0xAARRGGBB, straight alpha
 * @above: 0xAARRGGBB, straight alpha
 * @share: 0 (@below) to 1 (@above)
 *
 * Returns: the two mixed, each weighted with its alpha
 * Since: 0.1
 */
guint32
spectrum_color_mix (guint32 below, guint32 above, gdouble share)
{
  gdouble from = (1 - share) * ALPHA (below);
  gdouble to = share * ALPHA (above);
  gdouble alpha = from + to;
  guint32 argb;

  if (alpha <= 0)
    return share < 0.5 ? below : above;
  argb = (guint32) clamp_byte (alpha) << 24;
  argb |= (guint32) clamp_byte ((RED (below) * from + RED (above) * to) / alpha)
      << 16;
  argb |=
      (guint32) clamp_byte ((GREEN (below) * from + GREEN (above) * to) / alpha)
      << 8;
  argb |=
      (guint32) clamp_byte ((BLUE (below) * from + BLUE (above) * to) / alpha);
  return argb;
}

/**
 * spectrum_canvas_ramp:
 * @self: a canvas
 * @below: the colour around a shape
 * @above: the shape's colour, itself laid over @below where it is translucent
 * @ramp: (out caller-allocates): what its edges become
 *
 * Since: 0.1
 */
void
spectrum_canvas_ramp (const SpectrumCanvas *self, guint32 below, guint32 above,
    SpectrumRamp *ramp)
{
  gdouble opacity = ALPHA (above) / 255.0;
  guint32 solid = above;

  if (ALPHA (above) < 0xff && ALPHA (below) > 0) {
    gdouble covered = opacity + (1 - opacity) * ALPHA (below) / 255.0;

    solid = spectrum_color_mix (
        below | 0xff000000, above | 0xff000000, opacity / covered);
    solid = (solid & 0xffffff) | (guint32) clamp_byte (covered * 255) << 24;
  }
  for (guint i = 0; i <= SPECTRUM_RAMP_STEPS; i++)
    ramp->steps[i] = spectrum_canvas_ink (self,
        spectrum_color_mix (below, solid, i / (gdouble) SPECTRUM_RAMP_STEPS));
}

static inline void
fill_span (guint8 *to, gint count, guint pixel, const guint8 *bytes)
{
  if (pixel == 1) {
    memset (to, bytes[0], (gsize) count);
  } else if (pixel == 2) {
    guint16 value;

    memcpy (&value, bytes, 2);
    for (gint i = 0; i < count; i++)
      memcpy (to + 2 * i, &value, 2);
  } else {
    guint32 value;

    memcpy (&value, bytes, 4);
    for (gint i = 0; i < count; i++)
      memcpy (to + 4 * i, &value, 4);
  }
}

/**
 * spectrum_canvas_fill:
 * @self: a canvas with a frame
 * @x: left edge in pixels
 * @y: upper edge
 * @width: in pixels; what lies outside the frame is cut off
 * @height: in pixels
 * @ink: made for @self
 *
 * Since: 0.1
 */
void
spectrum_canvas_fill (SpectrumCanvas *self, gint x, gint y, gint width,
    gint height, const SpectrumInk *ink)
{
  gint right = MIN (x + width, self->width);
  gint bottom = MIN (y + height, self->height);

  x = MAX (x, 0);
  y = MAX (y, 0);
  if (x >= right || y >= bottom)
    return;

  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    gint x0 = PLANE_EDGE (x, plane->wsub);
    gint x1 = PLANE_EDGE (right, plane->wsub);
    gint y1 = PLANE_EDGE (bottom, plane->hsub);

    for (gint row = PLANE_EDGE (y, plane->hsub); row < y1; row++)
      fill_span (
          plane->data + (gssize) row * plane->stride + x0 * (gint) plane->pixel,
          x1 - x0, plane->pixel, ink->bytes[p]);
  }
}

/* Mean of the luma pixels of one plane pixel that the mask knows. */
static inline guint
mean_coverage (const SpectrumMask *mask, gint x, gint y, gint width,
    gint height, const SpectrumPlane *plane)
{
  guint sum = 0, count = 0;

  if (plane->wsub == 0 && plane->hsub == 0)
    return mask->steps[y * mask->down + x * mask->right];
  for (gint j = y; j < MIN (y + (1 << plane->hsub), height); j++)
    for (gint i = x; i < MIN (x + (1 << plane->wsub), width); i++, count++)
      sum += mask->steps[j * mask->down + i * mask->right];
  return (sum + count / 2) / count;
}

/**
 * spectrum_canvas_cover:
 * @self: a canvas with a frame
 * @x: left edge in pixels
 * @y: upper edge
 * @width: in pixels; what lies outside the frame is cut off
 * @height: in pixels
 * @mask: how much of each pixel is covered
 * @ramp: made for @self
 *
 * Replaces what was there: the ramp holds the colour below.
 *
 * Since: 0.1
 */
void
spectrum_canvas_cover (SpectrumCanvas *self, gint x, gint y, gint width,
    gint height, const SpectrumMask *mask, const SpectrumRamp *ramp)
{
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    gint x0 = PLANE_EDGE (MAX (x, 0), plane->wsub);
    gint x1 = PLANE_EDGE (MIN (x + width, self->width), plane->wsub);
    gint y1 = PLANE_EDGE (MIN (y + height, self->height), plane->hsub);

    for (gint row = PLANE_EDGE (MAX (y, 0), plane->hsub); row < y1; row++) {
      guint8 *to = plane->data + (gssize) row * plane->stride;

      for (gint column = x0; column < x1; column++) {
        guint step = mean_coverage (mask, (column << plane->wsub) - x,
            (row << plane->hsub) - y, width, height, plane);

        memcpy (to + column * (gint) plane->pixel, ramp->steps[step].bytes[p],
            plane->pixel);
      }
    }
  }
}

/* The arithmetic of Skia's software blitters, which round a column and a row
 * differently. @alpha is the coverage, 0..255; the ink is opaque. */
static inline guint8
blend_column_byte (guint8 from, guint8 ink, guint alpha)
{
  guint scaled = ink * (alpha + 1) >> 8;
  guint opacity = 255 * (alpha + 1) >> 8;

  return (guint8) MIN (scaled + (from * (256 - opacity) >> 8), 255u);
}

static inline guint8
blend_row_byte (guint8 from, guint8 ink, guint alpha)
{
  guint scaled = ink * (alpha + 1) >> 8;
  guint rest = 255 - (255 * (alpha + 1) >> 8);

  rest += rest >> 7;
  return (guint8) MIN ((from * rest + scaled * 256 + 128) >> 8, 255u);
}

/**
 * spectrum_canvas_blend_column:
 * @self: a canvas with a frame
 * @x: the column
 * @y: its upper edge
 * @height: in pixels, inside the frame
 * @ink: an opaque colour
 * @alpha: how much of it, 0..255
 *
 * Since: 0.1
 */
void
spectrum_canvas_blend_column (SpectrumCanvas *self, gint x, gint y, gint height,
    const SpectrumInk *ink, guint alpha)
{
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    gint y1 = PLANE_EDGE (y + height, plane->hsub);

    if (x & ((1 << plane->wsub) - 1))
      continue;
    for (gint row = PLANE_EDGE (y, plane->hsub); row < y1; row++) {
      guint8 *to = plane->data + (gssize) row * plane->stride
          + (x >> plane->wsub) * (gint) plane->pixel;

      for (guint b = 0; b < plane->pixel; b++)
        to[b] = blend_column_byte (to[b], ink->bytes[p][b], alpha);
    }
  }
}

/**
 * spectrum_canvas_blend_row:
 * @self: a canvas with a frame
 * @x: left edge
 * @y: the row
 * @width: in pixels, inside the frame
 * @ink: an opaque colour
 * @alpha: how much of it, 0..255
 *
 * Since: 0.1
 */
void
spectrum_canvas_blend_row (SpectrumCanvas *self, gint x, gint y, gint width,
    const SpectrumInk *ink, guint alpha)
{
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    gint x1 = PLANE_EDGE (x + width, plane->wsub);

    if (y & ((1 << plane->hsub) - 1))
      continue;
    for (gint column = PLANE_EDGE (x, plane->wsub); column < x1; column++) {
      guint8 *to = plane->data + (gssize) (y >> plane->hsub) * plane->stride
          + column * (gint) plane->pixel;

      for (guint b = 0; b < plane->pixel; b++)
        to[b] = blend_row_byte (to[b], ink->bytes[p][b], alpha);
    }
  }
}
