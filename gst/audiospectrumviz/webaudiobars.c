/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webaudiobars.h"

#include <math.h>

/* A bar is half its byte tall. */
#define TALLEST 128

/**
 * webaudio_bars_init:
 * @self: (out caller-allocates): the drawing
 * @canvas: what it will be drawn on
 * @n_bins: the analyser's frequencyBinCount
 * @classic: the drawing as it was before bars lost their one pixel gap
 *
 * Since: 0.1
 */
void
webaudio_bars_init (WebAudioBars *self, const SpectrumCanvas *canvas,
    guint n_bins, gboolean classic)
{
  gdouble x = 0;

  self->bar_width = (gdouble) canvas->width / n_bins * 2.5;
  if (!classic)
    self->bar_width -= 1;
  self->step = classic ? self->bar_width + 1 : self->bar_width;

  /* In a narrow picture the current drawing's width is negative: it then walks
   * out to the left, where a canvas shows nothing but the first bar. */
  for (self->visible = 0; self->visible < n_bins; self->visible++) {
    if (x >= canvas->width || x + fabs (self->bar_width) < 0)
      break;
    x += self->step;
  }

  self->black = spectrum_canvas_ink (canvas, 0xff000000);
  for (guint byte = 0; byte < 256; byte++)
    self->inks[byte] = spectrum_canvas_ink (
        canvas, 0xff003232u | (guint32) MIN (byte + 100, 255) << 16);
}

/* 24.8 fixed point, as Skia rounds it. */
static gint
to_fixed (gfloat value)
{
  return ((gint) (value * 65536.0f) + 128) >> 8;
}

static guint
scale_alpha (guint alpha, guint part)
{
  return alpha * part >> 8;
}

/* A row of which @alpha is covered, from @left to @right in 24.8. */
static void
soft_row (SpectrumCanvas *canvas, gint left, gint y, gint right, guint alpha,
    const SpectrumInk *ink)
{
  gint first = left >> 8, last = right >> 8;

  if (first == (right - 1) >> 8) {
    spectrum_canvas_blend_column (
        canvas, first, y, 1, ink, scale_alpha (alpha, (guint) (right - left)));
    return;
  }
  if (left & 255) {
    spectrum_canvas_blend_column (canvas, first, y, 1, ink,
        scale_alpha (alpha, 256 - (guint) (left & 255)));
    first++;
  }
  if (last > first)
    spectrum_canvas_blend_row (canvas, first, y, last - first, ink, alpha);
  if (right & 255)
    spectrum_canvas_blend_column (
        canvas, last, y, 1, ink, scale_alpha (alpha, (guint) (right & 255)));
}

/* The rows that are covered in full. */
static void
soft_columns (SpectrumCanvas *canvas, gint left, gint y, gint right,
    gint height, const SpectrumInk *ink)
{
  gint first = left >> 8, last = right >> 8;

  if (first == (right - 1) >> 8) {
    spectrum_canvas_blend_column (
        canvas, first, y, height, ink, (guint) (right - left - 1));
    return;
  }
  if (left & 255) {
    spectrum_canvas_blend_column (
        canvas, first, y, height, ink, 256 - (guint) (left & 255));
    first++;
  }
  if (last > first)
    spectrum_canvas_fill (canvas, first, y, last - first, height, ink);
  if (right & 255)
    spectrum_canvas_blend_column (
        canvas, last, y, height, ink, (guint) (right & 255));
}

/* fillRect: edges at fractions of a pixel cover it in part. */
static void
fill_rect (SpectrumCanvas *canvas, gdouble x, gdouble y, gdouble width,
    gdouble height, const SpectrumInk *ink)
{
  gfloat x0 = (gfloat) x, y0 = (gfloat) y;
  gint left = to_fixed (CLAMP (x0, 0, canvas->width));
  gint top = to_fixed (CLAMP (y0, 0, canvas->height));
  gint right = to_fixed (CLAMP (x0 + (gfloat) width, 0, canvas->width));
  gint bottom = to_fixed (CLAMP (y0 + (gfloat) height, 0, canvas->height));
  gint first = top >> 8, last = bottom >> 8;

  if (left >= right || top >= bottom)
    return;
  if (first == (bottom - 1) >> 8) {
    soft_row (canvas, left, first, right, (guint) (bottom - top - 1), ink);
    return;
  }
  if (top & 255) {
    soft_row (canvas, left, first, right, 256 - (guint) (top & 255), ink);
    first++;
  }
  if (last > first)
    soft_columns (canvas, left, first, right, last - first, ink);
  if (bottom & 255)
    soft_row (canvas, left, last, right, (guint) (bottom & 255), ink);
}

/**
 * webaudio_bars_paint:
 * @self: the drawing
 * @canvas: the canvas of webaudio_bars_init(), with a frame
 * @bytes: the frequency data, a value 0..255 for each visible bar
 * @fresh: %FALSE when @canvas shows this drawing with other bytes
 *
 * Since: 0.1
 */
void
webaudio_bars_paint (const WebAudioBars *self, SpectrumCanvas *canvas,
    const guint16 *bytes, gboolean fresh)
{
  gint top = fresh ? 0 : MAX (0, canvas->height - TALLEST);
  gdouble x = 0;

  spectrum_canvas_fill (
      canvas, 0, top, canvas->width, canvas->height - top, &self->black);
  for (guint i = 0; i < self->visible; i++) {
    gdouble height = bytes[i] / 2.0;

    fill_rect (canvas, x, canvas->height - height, self->bar_width, height,
        &self->inks[bytes[i]]);
    x += self->step;
  }
}
