/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"
#include "spectrumlook.h"

G_BEGIN_DECLS

/* Halves of a picture, each of which may show a channel. */
#define SPECTRUM_MAX_LANES 2

/**
 * SpectrumInput:
 * @SPECTRUM_INPUT_LEVELS: bands, 0..1
 * @SPECTRUM_INPUT_BYTES: the analyser's bytes of frequency data
 * @SPECTRUM_INPUT_SAMPLES: the analyser's samples
 *
 * What a painter draws.
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_INPUT_LEVELS,
  SPECTRUM_INPUT_BYTES,
  SPECTRUM_INPUT_SAMPLES,
} SpectrumInput;

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

SpectrumInput spectrum_painter_get_input (const SpectrumPainter *self);
guint spectrum_painter_get_n_lanes (const SpectrumPainter *self);
guint spectrum_painter_get_n_levels (const SpectrumPainter *self);
guint spectrum_painter_get_n_marks (const SpectrumPainter *self);

void spectrum_painter_mark_bytes (
    const SpectrumPainter *self, const guint8 *bytes, guint16 *marks);
void spectrum_painter_mark_levels (const SpectrumPainter *self, guint lane,
    const gfloat *levels, const gfloat *peaks, guint16 *marks);
void spectrum_painter_mark_samples (const SpectrumPainter *self, guint lane,
    const gfloat *samples, guint n_samples, guint16 *marks);
void spectrum_painter_paint (SpectrumPainter *self, GstVideoFrame *frame,
    const guint16 *marks, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumPainter, spectrum_painter_free)

G_END_DECLS
