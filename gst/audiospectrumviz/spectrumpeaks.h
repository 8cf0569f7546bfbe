/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SpectrumPeaks:
 *
 * Where each bar was: a peak stays for a while, then falls until the bar
 * catches it. It counts time in seconds of sound, not in frames.
 *
 * Since: 0.1
 */
typedef struct _SpectrumPeaks SpectrumPeaks;

SpectrumPeaks *spectrum_peaks_new (guint count);
void spectrum_peaks_free (SpectrumPeaks *self);
guint spectrum_peaks_get_count (const SpectrumPeaks *self);
void spectrum_peaks_set_motion (
    SpectrumPeaks *self, gdouble hold, gdouble fall);
const gfloat *spectrum_peaks_step (
    SpectrumPeaks *self, const gfloat *levels, gdouble seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumPeaks, spectrum_peaks_free)

G_END_DECLS
