/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"

G_BEGIN_DECLS

#define SPECTRUM_MAX_COLORS 8

/**
 * SpectrumStyle:
 * @SPECTRUM_STYLE_BARS: rounded bars, whole pixels, scaled to the picture
 * @SPECTRUM_STYLE_WEBAUDIO: the canvas drawing of MDN's "Visualizations with
 *   Web Audio API" as it is today, to the pixel
 * @SPECTRUM_STYLE_WEBAUDIO_CLASSIC: the same as it was: a pixel between bars
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_STYLE_BARS,
  SPECTRUM_STYLE_WEBAUDIO,
  SPECTRUM_STYLE_WEBAUDIO_CLASSIC,
} SpectrumStyle;

/**
 * SpectrumLook:
 * @style: the drawing. The Web Audio styles fix all the rest.
 * @bands: bars to draw, or 0 for what suits the width
 * @centered: bars grow both ways from the middle, else up from the floor
 * @contrast: exponent from a level to a height; above 1 what is quiet stays low
 * @colors: gradient, 0xAARRGGBB, from the first bar to the last
 * @n_colors: 1 to %SPECTRUM_MAX_COLORS
 * @background: 0xAARRGGBB
 *
 * Since: 0.1
 */
typedef struct {
  SpectrumStyle style;
  guint bands;
  gboolean centered;
  gdouble contrast;
  guint32 colors[SPECTRUM_MAX_COLORS];
  guint n_colors;
  guint32 background;
} SpectrumLook;

/**
 * SpectrumPainter:
 *
 * Draws levels as a picture. First the levels become marks, whole numbers of
 * which the picture is a function; equal marks are an equal picture, and a
 * frame that shows old marks is turned into one that shows new marks by drawing
 * what moved. It knows nothing of sound or time.
 *
 * Since: 0.1
 */
typedef struct _SpectrumPainter SpectrumPainter;

SpectrumPainter *spectrum_painter_new (
    const SpectrumLook *look, const GstVideoInfo *info, guint n_bins);
void spectrum_painter_free (SpectrumPainter *self);

gboolean spectrum_painter_wants_bytes (const SpectrumPainter *self);
guint spectrum_painter_get_n_levels (const SpectrumPainter *self);
guint spectrum_painter_get_n_marks (const SpectrumPainter *self);

void spectrum_painter_mark_bytes (
    const SpectrumPainter *self, const guint8 *bytes, guint16 *marks);
void spectrum_painter_mark_levels (
    const SpectrumPainter *self, const gfloat *levels, guint16 *marks);
void spectrum_painter_paint (SpectrumPainter *self, GstVideoFrame *frame,
    const guint16 *marks, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumPainter, spectrum_painter_free)

G_END_DECLS
