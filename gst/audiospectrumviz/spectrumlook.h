/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SPECTRUM_MAX_COLORS 8

/**
 * SpectrumStyle:
 * @SPECTRUM_STYLE_BARS: rounded bars, whole pixels, scaled to the picture
 * @SPECTRUM_STYLE_WEBAUDIO: the canvas drawing of MDN's "Visualizations with
 *   Web Audio API" as it is today, to the pixel
 * @SPECTRUM_STYLE_WEBAUDIO_CLASSIC: the same as it was: a pixel between bars
 * @SPECTRUM_STYLE_WAVEFORM: the sound itself, as an oscilloscope shows it
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_STYLE_BARS,
  SPECTRUM_STYLE_WEBAUDIO,
  SPECTRUM_STYLE_WEBAUDIO_CLASSIC,
  SPECTRUM_STYLE_WAVEFORM,
} SpectrumStyle;

/**
 * SpectrumOrientation:
 * @SPECTRUM_ORIENTATION_UP: low tones are on the left
 * @SPECTRUM_ORIENTATION_DOWN: low tones are on the left
 * @SPECTRUM_ORIENTATION_LEFT: low tones are at the top
 * @SPECTRUM_ORIENTATION_RIGHT: low tones are at the top
 *
 * Where bars grow to.
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_ORIENTATION_UP,
  SPECTRUM_ORIENTATION_DOWN,
  SPECTRUM_ORIENTATION_LEFT,
  SPECTRUM_ORIENTATION_RIGHT,
} SpectrumOrientation;

/**
 * SpectrumMirror:
 * @SPECTRUM_MIRROR_NONE: from low to high
 * @SPECTRUM_MIRROR_CENTER: low tones in the middle, each band on both sides
 * @SPECTRUM_MIRROR_EDGES: low tones at both ends
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_MIRROR_NONE,
  SPECTRUM_MIRROR_CENTER,
  SPECTRUM_MIRROR_EDGES,
} SpectrumMirror;

/**
 * SpectrumGradient:
 * @SPECTRUM_GRADIENT_BANDS: from the lowest band to the highest
 * @SPECTRUM_GRADIENT_HEIGHT: from a bar's foot to the picture's top
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_GRADIENT_BANDS,
  SPECTRUM_GRADIENT_HEIGHT,
} SpectrumGradient;

/**
 * SpectrumLook:
 * @style: the drawing. The Web Audio styles fix all the rest.
 * @bands: bars to draw, or 0 for what suits the width
 * @gap: share of a bar's place that stays empty, 0..0.9
 * @centered: bars grow both ways from the middle, else from the edge
 * @orientation: where bars grow to
 * @mirror: whether bands are shown twice
 * @contrast: exponent from a level to a height; above 1 what is quiet stays low.
 *   Of a waveform, how much what is quiet is raised
 * @peaks: whether each bar has a mark at where it was
 * @gradient: how the colors are spread
 * @colors: 0xAARRGGBB, from low to high
 * @n_colors: 1 to %SPECTRUM_MAX_COLORS
 * @background: 0xAARRGGBB
 * @on_edge: whether bars that are not centered stand on the very edge
 * @lanes: 1, or 2 for a picture in two halves that show a channel each; the Web
 *   Audio styles have one
 *
 * What a picture looks like, whatever it shows.
 *
 * Since: 0.1
 */
typedef struct {
  SpectrumStyle style;
  guint bands;
  gdouble gap;
  gboolean centered;
  SpectrumOrientation orientation;
  SpectrumMirror mirror;
  gdouble contrast;
  gboolean peaks;
  SpectrumGradient gradient;
  guint32 colors[SPECTRUM_MAX_COLORS];
  guint n_colors;
  guint32 background;
  gboolean on_edge;
  guint lanes;
} SpectrumLook;

guint32 spectrum_look_color (const SpectrumLook *look, gdouble at);

G_END_DECLS
