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
    if (plane->wsub > 1 || plane->hsub > plane->wsub)
      return FALSE;
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

/**
 * spectrum_canvas_get_part:
 * @self: a canvas with a frame
 * @x: left edge in pixels, even
 * @y: upper edge, even
 * @width: in pixels, even unless it ends with @self
 * @height: the same
 *
 * Returns: a canvas that is a part of @self, which lives on
 * Since: 0.1
 */
SpectrumCanvas
spectrum_canvas_get_part (
    const SpectrumCanvas *self, gint x, gint y, gint width, gint height)
{
  SpectrumCanvas part = *self;

  part.width = width;
  part.height = height;
  for (guint p = 0; p < part.n_planes; p++) {
    SpectrumPlane *plane = &part.planes[p];

    plane->width = PLANE_EDGE (width, plane->wsub);
    plane->height = PLANE_EDGE (height, plane->hsub);
    if (plane->data)
      plane->data += (gssize) (y >> plane->hsub) * plane->stride
          + (x >> plane->wsub) * (gint) plane->pixel;
  }
  return part;
}

/**
 * spectrum_canvas_new_sheet:
 * @like: a canvas
 * @width: in pixels
 * @height: in pixels
 *
 * Returns: (transfer full): a canvas of @like's kind with pixels of its own, to
 *   copy from
 * Since: 0.1
 */
SpectrumCanvas *
spectrum_canvas_new_sheet (const SpectrumCanvas *like, gint width, gint height)
{
  SpectrumCanvas *self = g_new (SpectrumCanvas, 1);
  gsize size = 0;

  *self = *like;
  self->width = width;
  self->height = height;
  for (guint p = 0; p < self->n_planes; p++) {
    SpectrumPlane *plane = &self->planes[p];

    plane->width = PLANE_EDGE (width, plane->wsub);
    plane->height = PLANE_EDGE (height, plane->hsub);
    plane->stride = (plane->width * (gint) plane->pixel + 3) & ~3;
    size += (gsize) plane->stride * (gsize) plane->height;
  }
  self->own = g_malloc (MAX (1, size));
  size = 0;
  for (guint p = 0; p < self->n_planes; p++) {
    self->planes[p].data = self->own + size;
    size += (gsize) self->planes[p].stride * (gsize) self->planes[p].height;
  }
  return self;
}

/**
 * spectrum_canvas_free_sheet:
 * @self: (transfer full) (nullable): a sheet
 *
 * Since: 0.1
 */
void
spectrum_canvas_free_sheet (SpectrumCanvas *self)
{
  if (!self)
    return;
  g_free (self->own);
  g_free (self);
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
  SpectrumInk ink;
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
  for (guint p = 0; p < self->n_planes; p++)
    for (guint i = self->planes[p].pixel; i < 8; i++)
      ink.bytes[p][i] = ink.bytes[p][i - self->planes[p].pixel];
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
  ramp->solid = spectrum_canvas_ink (self, solid);
  for (guint i = 0; i <= SPECTRUM_RAMP_STEPS; i++) {
    SpectrumInk ink = spectrum_canvas_ink (self,
        spectrum_color_mix (below, solid, i / (gdouble) SPECTRUM_RAMP_STEPS));

    for (guint p = 0; p < self->n_planes; p++)
      memcpy (ramp->steps[p][i], ink.bytes[p], 4);
  }
}

/* A rectangle of one plane, in its own pixels. */
typedef struct {
  gint x0, x1;
  gint y0, y1;
} Area;

static inline Area
plane_area (const SpectrumCanvas *self, const SpectrumPlane *plane, gint x,
    gint y, gint width, gint height)
{
  return (Area){
    PLANE_EDGE (MAX (x, 0), plane->wsub),
    PLANE_EDGE (MIN (x + width, self->width), plane->wsub),
    PLANE_EDGE (MAX (y, 0), plane->hsub),
    PLANE_EDGE (MIN (y + height, self->height), plane->hsub),
  };
}

/* Most spans are as narrow as a bar: stores of eight bytes, the last of which
 * overlaps, are several times faster there than memset(). @eight is the pixel,
 * repeated. */
static inline void
fill_span (guint8 *to, gsize bytes, guint64 eight)
{
  gsize i;

  if (bytes >= 8) {
    for (i = 0; i + 8 <= bytes; i += 8)
      memcpy (to + i, &eight, 8);
    if (i < bytes)
      memcpy (to + bytes - 8, &eight, 8);
  } else if (bytes >= 4) {
    memcpy (to, &eight, 4);
    memcpy (to + bytes - 4, &eight, 4);
  } else if (bytes >= 2) {
    memcpy (to, &eight, 2);
    memcpy (to + bytes - 2, &eight, 2);
  } else if (bytes == 1) {
    *to = (guint8) eight;
  }
}

/* The same for each row. What depends on the width is decided once: a strip is
 * as narrow as a bar and many rows tall. */
static void
fill_rows (guint8 *to, gint stride, gint rows, gsize bytes, guint64 eight)
{
  const guint64 sixteen[2] = { eight, eight };
  const guint8 *first = to;

  if (bytes > 32) {
    fill_span (to, bytes, eight);
    while (--rows > 0)
      memcpy (to += stride, first, bytes);
  } else if (bytes >= 16) {
    for (; rows > 0; rows--, to += stride) {
      memcpy (to, sixteen, 16);
      memcpy (to + bytes - 16, sixteen, 16);
    }
  } else if (bytes >= 8) {
    for (; rows > 0; rows--, to += stride) {
      memcpy (to, &eight, 8);
      memcpy (to + bytes - 8, &eight, 8);
    }
  } else if (bytes >= 4) {
    for (; rows > 0; rows--, to += stride) {
      memcpy (to, &eight, 4);
      memcpy (to + bytes - 4, &eight, 4);
    }
  } else {
    for (; rows > 0; rows--, to += stride)
      fill_span (to, bytes, eight);
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
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    Area area = plane_area (self, plane, x, y, width, height);
    guint64 eight;
    gsize bytes;
    guint8 *to;

    if (area.x0 >= area.x1 || area.y0 >= area.y1)
      continue;
    memcpy (&eight, ink->bytes[p], 8);
    bytes = (gsize) (area.x1 - area.x0) * plane->pixel;
    to = plane->data + (gssize) area.y0 * plane->stride
        + area.x0 * (gint) plane->pixel;
    fill_rows (to, plane->stride, area.y1 - area.y0, bytes, eight);
  }
}

/* A strip's rows are two moves of @size bytes each, the second of which ends
 * with the row and may overlap; or one if @tail is 0. */
static inline void
copy_plane (const SpectrumPlane *to, const SpectrumPlane *from,
    const SpectrumStrip *strips, guint n_strips, gsize size, gsize tail)
{
  const SpectrumPlane target = *to, source = *from;

  for (guint i = 0; i < n_strips; i++) {
    const SpectrumStrip *strip = &strips[i];
    gint row = PLANE_EDGE (strip->y, target.hsub);
    gint end = PLANE_EDGE (strip->y + strip->height, target.hsub);
    guint8 *pixels = target.data + (gssize) row * target.stride
        + (strip->x >> target.wsub) * (gint) target.pixel;
    const guint8 *copied = source.data
        + (gssize) PLANE_EDGE (strip->from, target.hsub) * source.stride;

    for (; row < end; row++) {
      memcpy (pixels, copied, size);
      if (tail > 0)
        memcpy (pixels + tail, copied + tail, size);
      pixels += target.stride;
      copied += source.stride;
    }
  }
}

/**
 * spectrum_canvas_copy_strips:
 * @self: a canvas with a frame
 * @sheet: a sheet like @self
 * @strips: (array length=n_strips): what to copy; all of it lies in both
 * @n_strips: how many
 *
 * Since: 0.1
 */
void
spectrum_canvas_copy_strips (SpectrumCanvas *self, const SpectrumCanvas *sheet,
    const SpectrumStrip *strips, guint n_strips)
{
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *to = &self->planes[p], *from = &sheet->planes[p];
    gsize bytes = (gsize) from->width * from->pixel;

    /* Sizes that the compiler knows become single moves. */
    if (bytes > 16)
      copy_plane (to, from, strips, n_strips, bytes, 0);
    else if (bytes > 8)
      copy_plane (to, from, strips, n_strips, 8, bytes - 8);
    else if (bytes == 8)
      copy_plane (to, from, strips, n_strips, 8, 0);
    else if (bytes == 4)
      copy_plane (to, from, strips, n_strips, 4, 0);
    else if (bytes > 4)
      copy_plane (to, from, strips, n_strips, 4, bytes - 4);
    else if (bytes >= 2)
      copy_plane (to, from, strips, n_strips, 2, bytes - 2);
    else
      copy_plane (to, from, strips, n_strips, 1, 0);
  }
}

/* All constant in a call, and held in registers: a store of a byte may alias
 * any structure, and would have it read again for each pixel. */
typedef struct {
  const guint8 *steps;
  gint right;
  gint down;
  gint x, y;
  gint width, height;
} Stamp;

/* Mean of the luma pixels of one plane pixel. One beyond the mask is taken to
 * be like the one inside. */
static inline guint
mean_coverage (Stamp stamp, gint x, gint y, guint wsub, guint hsub)
{
  const guint8 *steps = stamp.steps + y * stamp.down + x * stamp.right;
  gint right = x + 1 < stamp.width ? stamp.right : 0;
  gint down = y + 1 < stamp.height ? stamp.down : 0;

  if (wsub == 0)
    return steps[0];
  if (hsub == 0)
    return (1u + steps[0] + steps[right]) >> 1;
  return (2u + steps[0] + steps[right] + steps[down] + steps[right + down])
      >> 2;
}

static inline void
cover_plane (guint8 *to, gint stride, Area area, Stamp stamp,
    const guint8 (*pixels)[4], guint pixel, guint wsub, guint hsub)
{
  to += (gssize) area.y0 * stride + area.x0 * (gint) pixel;
  for (gint row = area.y0; row < area.y1; row++, to += stride)
    for (gint column = area.x0; column < area.x1; column++) {
      guint step = mean_coverage (stamp, (column << wsub) - stamp.x,
          (row << hsub) - stamp.y, wsub, hsub);

      memcpy (to + (column - area.x0) * (gint) pixel, pixels[step], pixel);
    }
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
    Area area = plane_area (self, plane, x, y, width, height);
    const Stamp stamp = { mask->steps, mask->right, mask->down, x, y, width,
      height };
    const guint8 (*pixels)[4] = ramp->steps[p];

    if (area.x0 >= area.x1 || area.y0 >= area.y1)
      continue;
    /* Each call with constants of its own, so that each becomes a tight loop. */
    if (plane->pixel == 4)
      cover_plane (plane->data, plane->stride, area, stamp, pixels, 4, 0, 0);
    else if (plane->pixel == 1 && plane->wsub == 0)
      cover_plane (plane->data, plane->stride, area, stamp, pixels, 1, 0, 0);
    else if (plane->pixel == 1 && plane->hsub == 1)
      cover_plane (plane->data, plane->stride, area, stamp, pixels, 1, 1, 1);
    else if (plane->pixel == 2 && plane->hsub == 1)
      cover_plane (plane->data, plane->stride, area, stamp, pixels, 2, 1, 1);
    else
      cover_plane (plane->data, plane->stride, area, stamp, pixels,
          plane->pixel, plane->wsub, plane->hsub);
  }
}

/* One row of a plane: the mean of the rows of the picture from @y on that it
 * stands for. */
static inline void
draw_row (guint8 *to, gint y, guint sub, guint pixel, guint p,
    const SpectrumSpan *span)
{
  gint covered = MIN (span->bottom, (y + (1 << sub)) * SPECTRUM_RAMP_STEPS)
      - MAX (span->top, y * SPECTRUM_RAMP_STEPS);

  memcpy (to,
      span->ramps[y * span->ramp_step]
          .steps[p][CLAMP (covered >> sub, 0, SPECTRUM_RAMP_STEPS)],
      pixel);
}

static inline guint8 *
repeat_pixel (
    guint8 *to, gssize step, gint count, const guint8 *from, guint pixel)
{
  guint8 copied[4];

  memcpy (copied, from, pixel);
  for (; count > 0; count--, to += step)
    memcpy (to, copied, pixel);
  return to;
}

/* Rows [from, end) of a plane: background, an edge, what is covered in full, an
 * edge, background. Most are of one colour. */
static inline void
draw_span (guint8 *to, gssize step, gint from, gint end, guint sub, guint pixel,
    guint p, const SpectrumSpan *span)
{
  const gint steps = SPECTRUM_RAMP_STEPS;
  gint first = (span->top / steps) >> sub;
  gint full = PLANE_EDGE ((span->top + steps - 1) / steps, sub);
  gint full_end = (span->bottom / steps) >> sub;
  gint last = PLANE_EDGE ((span->bottom + steps - 1) / steps, sub);
  gint row = from;

  to = repeat_pixel (
      to, step, MIN (first, end) - row, span->ramps[0].steps[p][0], pixel);
  row = MAX (row, MIN (first, end));
  for (; row < MIN (full, end); row++, to += step)
    draw_row (to, row << sub, sub, pixel, p, span);
  if (span->ramp_step == 0) {
    to = repeat_pixel (to, step, MIN (full_end, end) - row,
        span->ramps[0].steps[p][steps], pixel);
    row = MAX (row, MIN (full_end, end));
  }
  for (; row < MIN (last, end); row++, to += step)
    draw_row (to, row << sub, sub, pixel, p, span);
  repeat_pixel (to, step, end - row, span->ramps[0].steps[p][0], pixel);
}

/**
 * spectrum_canvas_draw_span:
 * @self: a canvas with a frame
 * @x: the column, inside the frame
 * @from: the first row to draw, inside the frame
 * @to: the row below the last one
 * @span: what the column shows, background beside it
 * @turned: whether columns are rows and rows are columns
 *
 * Since: 0.1
 */
void
spectrum_canvas_draw_span (SpectrumCanvas *self, gint x, gint from, gint to,
    const SpectrumSpan *span, gboolean turned)
{
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    guint across = turned ? plane->hsub : plane->wsub;
    guint along = turned ? plane->wsub : plane->hsub;
    gssize pixel = (gssize) plane->pixel;
    gssize step = turned ? pixel : plane->stride;
    gint first = from >> along, end = PLANE_EDGE (to, along);
    guint8 *pixels = plane->data
        + (x >> across) * (turned ? (gssize) plane->stride : pixel)
        + first * step;

    if (x & ((1 << across) - 1))
      continue;
    if (plane->pixel == 4)
      draw_span (pixels, step, first, end, 0, 4, p, span);
    else if (plane->pixel == 1)
      draw_span (pixels, step, first, end, along, 1, p, span);
    else
      draw_span (pixels, step, first, end, along, plane->pixel, p, span);
  }
}

/* Lays @alpha of a colour over @count pixels @step bytes apart, as Skia's
 * software blitters do: they round a column (@row_bias 0) and a row of pixels
 * differently. @rest is what stays of the old pixel, of 256. */
static inline void
blend_span (guint8 *to, gssize step, gint count, const guint8 *ink, guint pixel,
    guint alpha, guint rest, guint row_bias)
{
  guint scaled[4];

  for (guint b = 0; b < pixel; b++)
    scaled[b] = (ink[b] * (alpha + 1) >> 8) * 256 + row_bias;
  for (gint i = 0; i < count; i++, to += step)
    for (guint b = 0; b < pixel; b++)
      to[b] = (guint8) MIN ((to[b] * rest + scaled[b]) >> 8, 255u);
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
  guint rest = 256 - (255 * (alpha + 1) >> 8);

  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    Area area = plane_area (self, plane, x, y, 1, height);

    if (area.x0 >= area.x1)
      continue;
    blend_span (plane->data + (gssize) area.y0 * plane->stride
            + area.x0 * (gint) plane->pixel,
        plane->stride, area.y1 - area.y0, ink->bytes[p], plane->pixel, alpha,
        rest, 0);
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
  guint rest = 255 - (255 * (alpha + 1) >> 8);

  rest += rest >> 7;
  for (guint p = 0; p < self->n_planes; p++) {
    const SpectrumPlane *plane = &self->planes[p];
    Area area = plane_area (self, plane, x, y, width, 1);

    if (area.y0 >= area.y1)
      continue;
    blend_span (plane->data + (gssize) area.y0 * plane->stride
            + area.x0 * (gint) plane->pixel,
        (gssize) plane->pixel, area.x1 - area.x0, ink->bytes[p], plane->pixel,
        alpha, rest, 128);
  }
}
