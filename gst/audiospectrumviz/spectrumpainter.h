/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"
#include "spectrumlook.h"

G_BEGIN_DECLS

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
void spectrum_painter_mark_levels (const SpectrumPainter *self,
    const gfloat *levels, const gfloat *peaks, guint16 *marks);
void spectrum_painter_paint (SpectrumPainter *self, GstVideoFrame *frame,
    const guint16 *marks, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumPainter, spectrum_painter_free)

G_END_DECLS
