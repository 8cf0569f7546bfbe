/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"
#include "spectrumlook.h"

G_BEGIN_DECLS

/**
 * Waveform:
 *
 * The drawing of style waveform: a line that begins where the sound rises
 * through zero, so that a tone stands still. Two marks for each column say
 * where the line is.
 *
 * Since: 0.1
 */
typedef struct _Waveform Waveform;

Waveform *waveform_new (const SpectrumLook *look, const SpectrumCanvas *canvas);
void waveform_free (Waveform *self);

guint waveform_get_n_marks (const Waveform *self);
void waveform_mark (
    Waveform *self, const gfloat *samples, guint n_samples, guint16 *marks);
void waveform_paint (const Waveform *self, SpectrumCanvas *canvas,
    const guint16 *marks, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waveform, waveform_free)

G_END_DECLS
