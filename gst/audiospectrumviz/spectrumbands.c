/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumbands.h"

#include <math.h>

/* The log scale has no zero; nobody hears below this. */
#define MIN_LOG_FREQUENCY 1.0

typedef struct {
  /* Bins [first, end); end == first: between two bins, at @share from
   * @first to the next. */
  guint first;
  guint end;
  gfloat share;
} Band;

struct _SpectrumBands {
  SpectrumBandsLayout layout;
  Band *bands;
};

static gdouble
to_scale (SpectrumScale scale, gdouble hz)
{
  switch (scale) {
    case SPECTRUM_SCALE_LOG:
      return log (MAX (hz, MIN_LOG_FREQUENCY));
    case SPECTRUM_SCALE_MEL:
      return log1p (hz / 700);
    case SPECTRUM_SCALE_BARK:
      return 26.81 * hz / (1960 + hz) - 0.53;
    case SPECTRUM_SCALE_LINEAR:
    default:
      return hz;
  }
}

static gdouble
from_scale (SpectrumScale scale, gdouble value)
{
  switch (scale) {
    case SPECTRUM_SCALE_LOG:
      return exp (value);
    case SPECTRUM_SCALE_MEL:
      return 700 * expm1 (value);
    case SPECTRUM_SCALE_BARK:
      return 1960 * (value + 0.53) / (26.28 - value);
    case SPECTRUM_SCALE_LINEAR:
    default:
      return value;
  }
}

/**
 * spectrum_bands_get_edge:
 * @self: bands
 * @index: 0 to the count: the upper edge of the last band is the last edge
 *
 * Returns: Hz at which band @index begins
 * Since: 0.1
 */
gdouble
spectrum_bands_get_edge (const SpectrumBands *self, guint index)
{
  const SpectrumBandsLayout *layout = &self->layout;
  gdouble from = to_scale (layout->scale, layout->min_frequency);
  gdouble to = to_scale (layout->scale, layout->max_frequency);

  return from_scale (layout->scale, from + (to - from) * index / layout->count);
}

/**
 * spectrum_bands_new:
 * @layout: the bands; values out of range are brought into it
 *
 * Returns: (transfer full): bands with their table of bins
 * Since: 0.1
 */
SpectrumBands *
spectrum_bands_new (const SpectrumBandsLayout *layout)
{
  SpectrumBands *self = g_new0 (SpectrumBands, 1);
  gdouble nyquist = layout->rate / 2.0;
  gdouble bins_per_hz = (gdouble) layout->fft_size / layout->rate;
  guint last = layout->fft_size / 2 - 1;

  self->layout = *layout;
  self->layout.count = CLAMP (layout->count, 1, SPECTRUM_BANDS_MAX);
  self->layout.max_frequency = CLAMP (layout->max_frequency, 0, nyquist);
  if (!(layout->min_frequency < self->layout.max_frequency))
    self->layout.min_frequency = 0;
  self->bands = g_new0 (Band, self->layout.count);

  for (guint i = 0; i < self->layout.count; i++) {
    Band *band = &self->bands[i];
    gdouble from = spectrum_bands_get_edge (self, i) * bins_per_hz;
    gdouble to = spectrum_bands_get_edge (self, i + 1) * bins_per_hz;

    band->first = (guint) CLAMP (ceil (from), 0, last);
    band->end = (guint) CLAMP (ceil (to), 0, last + 1);
    if (band->end <= band->first) {
      gdouble centre = CLAMP ((from + to) / 2, 0, last);

      band->first = MIN ((guint) centre, last > 0 ? last - 1 : 0);
      band->end = band->first;
      band->share = (gfloat) (centre - band->first);
    }
  }
  return self;
}

/**
 * spectrum_bands_free:
 * @self: (transfer full) (nullable): bands
 *
 * Since: 0.1
 */
void
spectrum_bands_free (SpectrumBands *self)
{
  if (!self)
    return;
  g_free (self->bands);
  g_free (self);
}

/**
 * spectrum_bands_get_count:
 * @self: bands
 *
 * Returns: how many
 * Since: 0.1
 */
guint
spectrum_bands_get_count (const SpectrumBands *self)
{
  return self->layout.count;
}

static gdouble
decibels (gfloat magnitude)
{
  /* -400 dB: below any minimum, and finite. */
  return magnitude > 1e-20f ? 20 * log10f (magnitude) : -400;
}

/**
 * spectrum_bands_gather:
 * @self: bands
 * @magnitudes: (array): half the fft size of linear magnitudes
 * @levels: (out caller-allocates): 0..1 for each band
 *
 * A band is as loud as its loudest bin; one too narrow to hold a bin takes the
 * decibels between its two neighbours, so that low bands are no staircase.
 *
 * Since: 0.1
 */
void
spectrum_bands_gather (
    const SpectrumBands *self, const gfloat *magnitudes, gfloat *levels)
{
  const SpectrumBandsLayout *layout = &self->layout;
  gdouble range = layout->max_decibels - layout->min_decibels;

  for (guint i = 0; i < layout->count; i++) {
    const Band *band = &self->bands[i];
    gdouble value;

    if (band->end > band->first) {
      gfloat loudest = 0;

      for (guint k = band->first; k < band->end; k++)
        loudest = MAX (loudest, magnitudes[k]);
      value = decibels (loudest);
    } else {
      /* Clipped before they are mixed, or silence would pull all down. */
      gdouble low =
          MAX (decibels (magnitudes[band->first]), layout->min_decibels);
      gdouble high =
          MAX (decibels (magnitudes[band->first + 1]), layout->min_decibels);

      value = low + (high - low) * band->share;
    }
    levels[i] = (gfloat) CLAMP ((value - layout->min_decibels) / range, 0, 1);
  }
}
