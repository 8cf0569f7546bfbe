/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

G_BEGIN_DECLS

/* Steps of coverage between two colours: 4 x 4 samples of a pixel. */
#define SPECTRUM_RAMP_STEPS 16

/**
 * SpectrumInk:
 * @bytes: a pixel of each plane in memory order, repeated to eight bytes
 *
 * A colour as one canvas stores it.
 *
 * Since: 0.1
 */
typedef struct {
  guint8 bytes[GST_VIDEO_MAX_PLANES][8];
} SpectrumInk;

/**
 * SpectrumRamp:
 * @solid: the colour above
 * @steps: a pixel of each plane in memory order, from the colour below (0) to
 *   the colour above (16)
 *
 * What a pixel becomes that one colour covers in part over another.
 *
 * Since: 0.1
 */
typedef struct {
  SpectrumInk solid;
  guint8 steps[GST_VIDEO_MAX_PLANES][SPECTRUM_RAMP_STEPS + 1][4];
} SpectrumRamp;

/**
 * SpectrumMask:
 * @steps: coverage of the upper left pixel, 0..%SPECTRUM_RAMP_STEPS
 * @right: from there to the pixel on its right; may be negative
 * @down: to the pixel below it; may be negative
 *
 * A soft shape, which can so be read mirrored or turned.
 *
 * Since: 0.1
 */
typedef struct {
  const guint8 *steps;
  gint right;
  gint down;
} SpectrumMask;

/**
 * SpectrumSpan:
 * @top: upper edge, in %SPECTRUM_RAMP_STEPS of a pixel
 * @bottom: lower edge
 * @ramps: its colour over the background
 * @ramp_step: from a row's ramp to that of the row below, 0 if they are one
 *
 * What one column shows of a line, with soft ends.
 *
 * Since: 0.1
 */
typedef struct {
  gint top;
  gint bottom;
  const SpectrumRamp *ramps;
  gint ramp_step;
} SpectrumSpan;

typedef struct {
  guint8 *data;
  gint stride;
  gint width;
  gint height;
  guint pixel; /* bytes */
  guint wsub;  /* subsampling, as a shift */
  guint hsub;
} SpectrumPlane;

/**
 * SpectrumCanvas:
 *
 * Rectangles and soft edges in a video frame, in any format of 8-bit
 * components. It knows nothing of sound or bars. A subsampled pixel belongs to
 * the rectangle that holds its first luma pixel, so what covers the picture
 * without overlap covers every plane without overlap.
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  gint width;
  gint height;
  guint n_planes;
  SpectrumPlane planes[GST_VIDEO_MAX_PLANES];
  const GstVideoFormatInfo *format;
  /* The pixels of a canvas that is no frame's. */
  guint8 *own;
  /* R'G'B' 0..255 to components: Y = (row 0) . RGB + offset, and so on. */
  gdouble matrix[3][3];
  gdouble offset[3];
} SpectrumCanvas;

/**
 * SpectrumStrip:
 * @x: left edge in pixels, even
 * @y: upper edge
 * @height: in pixels
 * @from: the sheet's row that comes first; odd when @y is
 *
 * Rows of a sheet, as wide as it is, and where they go to.
 *
 * Since: 0.1
 */
typedef struct {
  gint x;
  gint y;
  gint height;
  gint from;
} SpectrumStrip;

/* The formats of a canvas, the picture that keeps most first. */
#define SPECTRUM_CANVAS_FORMATS                                                \
  "{ BGRx, RGBx, xRGB, xBGR, BGRA, RGBA, ARGB, ABGR, AYUV, A420, I420, YV12, " \
  "NV12, NV21 }"

gboolean spectrum_canvas_init (SpectrumCanvas *self, const GstVideoInfo *info);
void spectrum_canvas_set_frame (SpectrumCanvas *self, GstVideoFrame *frame);
SpectrumCanvas spectrum_canvas_get_part (
    const SpectrumCanvas *self, gint x, gint y, gint width, gint height);
SpectrumCanvas *spectrum_canvas_new_sheet (
    const SpectrumCanvas *like, gint width, gint height);
void spectrum_canvas_free_sheet (SpectrumCanvas *self);

SpectrumInk spectrum_canvas_ink (const SpectrumCanvas *self, guint32 argb);
void spectrum_canvas_ramp (const SpectrumCanvas *self, guint32 below,
    guint32 above, SpectrumRamp *ramp);

void spectrum_canvas_fill (SpectrumCanvas *self, gint x, gint y, gint width,
    gint height, const SpectrumInk *ink);
void spectrum_canvas_cover (SpectrumCanvas *self, gint x, gint y, gint width,
    gint height, const SpectrumMask *mask, const SpectrumRamp *ramp);
void spectrum_canvas_copy_strips (SpectrumCanvas *self,
    const SpectrumCanvas *sheet, const SpectrumStrip *strips, guint n_strips);
void spectrum_canvas_draw_span (SpectrumCanvas *self, gint x, gint from,
    gint to, const SpectrumSpan *span, gboolean turned);
void spectrum_canvas_blend_column (SpectrumCanvas *self, gint x, gint y,
    gint height, const SpectrumInk *ink, guint alpha);
void spectrum_canvas_blend_row (SpectrumCanvas *self, gint x, gint y,
    gint width, const SpectrumInk *ink, guint alpha);

guint32 spectrum_color_mix (guint32 below, guint32 above, gdouble share);

G_END_DECLS
