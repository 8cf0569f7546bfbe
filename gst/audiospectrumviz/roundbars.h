/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"
#include "spectrumlook.h"

G_BEGIN_DECLS

/**
 * RoundBars:
 *
 * The drawing of style bars. A mark is a height in pixels; with peaks as many
 * marks follow that say where the peaks are.
 *
 * Since: 0.1
 */
typedef struct _RoundBars RoundBars;

RoundBars *round_bars_new (
    const SpectrumLook *look, const SpectrumCanvas *canvas);
void round_bars_free (RoundBars *self);

guint round_bars_get_n_levels (const RoundBars *self);
guint round_bars_get_n_marks (const RoundBars *self);
void round_bars_mark (const RoundBars *self, const gfloat *levels,
    const gfloat *peaks, guint16 *marks);
void round_bars_paint (RoundBars *self, SpectrumCanvas *canvas,
    const guint16 *marks, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoundBars, round_bars_free)

G_END_DECLS
