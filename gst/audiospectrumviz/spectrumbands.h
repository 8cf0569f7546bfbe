/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SPECTRUM_BANDS_MAX 4096

/**
 * SpectrumScale:
 * @SPECTRUM_SCALE_LINEAR: equal Hz
 * @SPECTRUM_SCALE_LOG: equal ratios, as octaves on a piano
 * @SPECTRUM_SCALE_MEL: equal steps of perceived pitch, O'Shaughnessy 1987
 * @SPECTRUM_SCALE_BARK: equal critical bands, Traunmueller 1990
 *
 * How frequencies are spread over the bands.
 *
 * Since: 0.1
 */
typedef enum {
  SPECTRUM_SCALE_LINEAR,
  SPECTRUM_SCALE_LOG,
  SPECTRUM_SCALE_MEL,
  SPECTRUM_SCALE_BARK,
} SpectrumScale;

/**
 * SpectrumBandsLayout:
 * @count: bands, 1 to %SPECTRUM_BANDS_MAX
 * @scale: how frequencies are spread
 * @min_frequency: Hz, lower edge of the first band
 * @max_frequency: Hz, upper edge of the last band; cut at half the rate
 * @rate: samples per second
 * @fft_size: samples per analysis
 * @min_decibels: dB that become level 0
 * @max_decibels: dB that become level 1
 *
 * Since: 0.1
 */
typedef struct {
  guint count;
  SpectrumScale scale;
  gdouble min_frequency;
  gdouble max_frequency;
  guint rate;
  guint fft_size;
  gdouble min_decibels;
  gdouble max_decibels;
} SpectrumBandsLayout;

/**
 * SpectrumBands:
 *
 * Gathers the bins of an analysis into bands a picture can show. It knows
 * nothing of how the magnitudes came about, nor of pixels.
 *
 * Since: 0.1
 */
typedef struct _SpectrumBands SpectrumBands;

SpectrumBands *spectrum_bands_new (const SpectrumBandsLayout *layout);
void spectrum_bands_free (SpectrumBands *self);
guint spectrum_bands_get_count (const SpectrumBands *self);
gdouble spectrum_bands_get_edge (const SpectrumBands *self, guint index);
void spectrum_bands_gather (
    const SpectrumBands *self, const gfloat *magnitudes, gfloat *levels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumBands, spectrum_bands_free)

G_END_DECLS
