/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumanalyser.h"

#include <math.h>
#include <string.h>

#include "realfft.h"

#define RING SPECTRUM_ANALYSER_MAX_FFT_SIZE

/* Magnitudes below -400 dB are silence: without this the smoothing decays into
 * denormals (Chromium sticks at 2.8e-45) and every later step is slow. */
#define SILENT_MAGNITUDE 1e-20f

struct _SpectrumAnalyser {
  guint fft_size;
  gdouble smoothing;
  gdouble min_decibels;
  gdouble max_decibels;

  /* The most recent samples; zeros before the start of time. */
  gfloat ring[RING];
  guint head;
  guint silent; /* of them, how many of the last ones are 0 */

  /* All sized for fft_size. */
  RealFft *fft;
  gfloat *window;
  gfloat *block;
  gfloat *re;
  gfloat *im;
  gfloat *magnitudes;
};

static void
free_tables (SpectrumAnalyser *self)
{
  g_clear_pointer (&self->fft, real_fft_free);
  g_clear_pointer (&self->window, g_free);
  g_clear_pointer (&self->block, g_free);
  g_clear_pointer (&self->re, g_free);
  g_clear_pointer (&self->im, g_free);
  g_clear_pointer (&self->magnitudes, g_free);
}

/* Blackman's window, periodic, computed in double as browsers do. */
static void
make_tables (SpectrumAnalyser *self, guint n)
{
  self->fft_size = n;
  self->fft = real_fft_new (n);
  self->window = g_new (gfloat, n);
  self->block = g_new (gfloat, n);
  self->re = g_new0 (gfloat, n / 2);
  self->im = g_new0 (gfloat, n / 2);
  self->magnitudes = g_new0 (gfloat, n / 2);

  for (guint i = 0; i < n; i++) {
    gdouble x = (gdouble) i / n;

    self->window[i] =
        (gfloat) (0.42 - 0.5 * cos (2 * G_PI * x) + 0.08 * cos (4 * G_PI * x));
  }
}

/**
 * spectrum_analyser_new:
 *
 * Starts with Web Audio's defaults: fftSize 2048, smoothing 0.8, -100..-30 dB.
 *
 * Returns: (transfer full): a new analyser that has heard nothing
 * Since: 0.1
 */
SpectrumAnalyser *
spectrum_analyser_new (void)
{
  SpectrumAnalyser *self = g_new0 (SpectrumAnalyser, 1);

  self->silent = RING;
  self->smoothing = 0.8;
  self->min_decibels = -100;
  self->max_decibels = -30;
  make_tables (self, 2048);
  return self;
}

/**
 * spectrum_analyser_free:
 * @self: (transfer full) (nullable): an analyser
 *
 * Since: 0.1
 */
void
spectrum_analyser_free (SpectrumAnalyser *self)
{
  if (!self)
    return;
  free_tables (self);
  g_free (self);
}

/**
 * spectrum_analyser_set_fft_size:
 * @self: an analyser
 * @fft_size: samples per analysis, a power of two from 32 to 32768
 *
 * Another size clears the smoothing, and keeps the samples heard so far.
 *
 * Returns: %FALSE, and changes nothing, when @fft_size is not allowed
 * Since: 0.1
 */
gboolean
spectrum_analyser_set_fft_size (SpectrumAnalyser *self, guint fft_size)
{
  if (fft_size < SPECTRUM_ANALYSER_MIN_FFT_SIZE
      || fft_size > SPECTRUM_ANALYSER_MAX_FFT_SIZE
      || (fft_size & (fft_size - 1)) != 0)
    return FALSE;
  if (fft_size == self->fft_size)
    return TRUE;

  free_tables (self);
  make_tables (self, fft_size);
  return TRUE;
}

/**
 * spectrum_analyser_get_fft_size:
 * @self: an analyser
 *
 * Returns: samples per analysis
 * Since: 0.1
 */
guint
spectrum_analyser_get_fft_size (const SpectrumAnalyser *self)
{
  return self->fft_size;
}

/**
 * spectrum_analyser_get_bin_count:
 * @self: an analyser
 *
 * Returns: Web Audio's frequencyBinCount, half the fftSize. Bin k is centred on
 *   k * rate / fftSize.
 * Since: 0.1
 */
guint
spectrum_analyser_get_bin_count (const SpectrumAnalyser *self)
{
  return self->fft_size / 2;
}

/**
 * spectrum_analyser_set_smoothing:
 * @self: an analyser
 * @smoothing: weight of the past, per analysis, 0 (none) to 1 (nothing moves)
 *
 * Returns: %FALSE, and changes nothing, when out of range
 * Since: 0.1
 */
gboolean
spectrum_analyser_set_smoothing (SpectrumAnalyser *self, gdouble smoothing)
{
  if (!(smoothing >= 0 && smoothing <= 1))
    return FALSE;
  self->smoothing = smoothing;
  return TRUE;
}

/**
 * spectrum_analyser_set_decibels:
 * @self: an analyser
 * @min: dB that become byte 0
 * @max: dB that become byte 255; a full-scale sine reads -13.6 dB
 *
 * Returns: %FALSE, and changes nothing, when not @min < @max or not finite
 * Since: 0.1
 */
gboolean
spectrum_analyser_set_decibels (
    SpectrumAnalyser *self, gdouble min, gdouble max)
{
  if (!isfinite (min) || !isfinite (max) || !(min < max))
    return FALSE;
  self->min_decibels = min;
  self->max_decibels = max;
  return TRUE;
}

/* Seldom looks at more than one sample while there is sound. */
static void
note_silence (SpectrumAnalyser *self, const gfloat *samples, gsize count)
{
  gsize zeros = 0;

  while (zeros < count && samples[count - 1 - zeros] == 0)
    zeros++;
  self->silent =
      zeros < count ? (guint) zeros : (guint) MIN (self->silent + zeros, RING);
}

/**
 * spectrum_analyser_push:
 * @self: an analyser
 * @samples: (array length=count): mono, 1.0 is full scale, not clipped
 * @count: how many
 *
 * Since: 0.1
 */
void
spectrum_analyser_push (
    SpectrumAnalyser *self, const gfloat *samples, gsize count)
{
  gsize first;

  if (count > RING) {
    samples += count - RING;
    count = RING;
  }
  first = MIN (count, RING - self->head);
  memcpy (self->ring + self->head, samples, first * sizeof *samples);
  memcpy (self->ring, samples + first, (count - first) * sizeof *samples);
  note_silence (self, samples, count);
  self->head = (guint) ((self->head + count) % RING);
}

/**
 * spectrum_analyser_push_silence:
 * @self: an analyser
 * @count: samples of digital silence, any number
 *
 * Since: 0.1
 */
void
spectrum_analyser_push_silence (SpectrumAnalyser *self, guint64 count)
{
  gsize n = (gsize) MIN (count, (guint64) RING);
  gsize first = MIN (n, RING - self->head);

  memset (self->ring + self->head, 0, first * sizeof *self->ring);
  memset (self->ring, 0, (n - first) * sizeof *self->ring);
  self->silent = (guint) MIN (self->silent + n, RING);
  self->head = (guint) ((self->head + n) % RING);
}

/**
 * spectrum_analyser_reset:
 * @self: an analyser
 *
 * Forgets the samples and the smoothing; the settings stay.
 *
 * Since: 0.1
 */
void
spectrum_analyser_reset (SpectrumAnalyser *self)
{
  memset (self->ring, 0, sizeof self->ring);
  memset (self->magnitudes, 0, self->fft_size / 2 * sizeof *self->magnitudes);
  self->head = 0;
  self->silent = RING;
}

static void
copy_recent (const SpectrumAnalyser *self, gfloat *out)
{
  guint n = self->fft_size;
  guint start = (self->head + RING - n) % RING;
  guint first = MIN (n, RING - start);

  memcpy (out, self->ring + start, first * sizeof *out);
  memcpy (out + first, self->ring, (n - first) * sizeof *out);
}

/* The transform of silence is 0, without computing it. */
static void
decay (SpectrumAnalyser *self)
{
  gfloat past = (gfloat) self->smoothing;
  gfloat *magnitudes = self->magnitudes;

  for (guint k = 0; k < self->fft_size / 2; k++) {
    gfloat smooth = past * magnitudes[k];

    magnitudes[k] = smooth >= SILENT_MAGNITUDE ? smooth : 0;
  }
}

/**
 * spectrum_analyser_analyse:
 * @self: an analyser
 *
 * One analysis and one smoothing step over the last fftSize samples: Web
 * Audio's "current frequency data" up to the conversion to dB. The smoothing is
 * per call, so the caller's cadence is part of the result. A magnitude that is
 * not finite becomes 0.
 *
 * Since: 0.1
 */
void
spectrum_analyser_analyse (SpectrumAnalyser *self)
{
  guint n = self->fft_size;
  gfloat scale = 1.0f / (gfloat) n;
  gfloat past = (gfloat) self->smoothing;
  gfloat present = (gfloat) (1.0 - self->smoothing);
  gfloat *restrict block = self->block;
  gfloat *restrict magnitudes = self->magnitudes;
  const gfloat *restrict window = self->window;
  const gfloat *restrict re = self->re, *restrict im = self->im;

  if (self->silent >= n) {
    decay (self);
    return;
  }
  copy_recent (self, block);
  for (guint i = 0; i < n; i++)
    block[i] *= window[i];
  real_fft_transform (self->fft, block, self->re, self->im);

  for (guint k = 0; k < n / 2; k++) {
    /* The squares of floats are finite up to +385 dB. */
    gfloat r = re[k] * scale, i = im[k] * scale;
    gfloat smooth = past * magnitudes[k] + present * sqrtf (r * r + i * i);

    /* Neither holds for a NaN. */
    magnitudes[k] =
        smooth >= SILENT_MAGNITUDE && smooth <= G_MAXFLOAT ? smooth : 0;
  }
}

/**
 * spectrum_analyser_get_magnitudes:
 * @self: an analyser
 *
 * Returns: (transfer none): the smoothed linear magnitude of each bin, finite
 *   and not negative, until the next call that changes @self
 * Since: 0.1
 */
const gfloat *
spectrum_analyser_get_magnitudes (const SpectrumAnalyser *self)
{
  return self->magnitudes;
}

/**
 * spectrum_analyser_get_float_frequency_data:
 * @self: an analyser
 * @decibels: (out caller-allocates): one value per bin; silence is -Infinity
 *
 * Since: 0.1
 */
void
spectrum_analyser_get_float_frequency_data (
    const SpectrumAnalyser *self, gfloat *decibels)
{
  for (guint k = 0; k < self->fft_size / 2; k++)
    decibels[k] =
        self->magnitudes[k] > 0 ? 20 * log10f (self->magnitudes[k]) : -INFINITY;
}

/* Truncates as the browsers do; a NaN becomes 0. */
static guint8
to_byte (gdouble value)
{
  if (!(value > 0))
    return 0;
  return value >= 255 ? 255 : (guint8) value;
}

/**
 * spectrum_analyser_get_byte_frequency_data:
 * @self: an analyser
 * @bytes: (out caller-allocates): one value per bin, 0 at the minimum dB and
 *   255 at the maximum
 *
 * Since: 0.1
 */
void
spectrum_analyser_get_byte_frequency_data (
    const SpectrumAnalyser *self, guint8 *bytes)
{
  gdouble range = 1 / (self->max_decibels - self->min_decibels);

  for (guint k = 0; k < self->fft_size / 2; k++) {
    gfloat decibels;

    if (self->magnitudes[k] <= 0) {
      bytes[k] = 0;
      continue;
    }
    decibels = 20 * log10f (self->magnitudes[k]);
    bytes[k] = to_byte (255 * (decibels - self->min_decibels) * range);
  }
}

/**
 * spectrum_analyser_get_float_time_domain_data:
 * @self: an analyser
 * @samples: (out caller-allocates): the last fftSize samples, oldest first
 *
 * Since: 0.1
 */
void
spectrum_analyser_get_float_time_domain_data (
    const SpectrumAnalyser *self, gfloat *samples)
{
  copy_recent (self, samples);
}

/**
 * spectrum_analyser_get_byte_time_domain_data:
 * @self: an analyser
 * @bytes: (out caller-allocates): the last fftSize samples, oldest first; 128
 *   is silence, 0 and 255 are full scale
 *
 * Since: 0.1
 */
void
spectrum_analyser_get_byte_time_domain_data (
    const SpectrumAnalyser *self, guint8 *bytes)
{
  guint n = self->fft_size;

  for (guint i = 0; i < n; i++)
    bytes[i] = to_byte (
        128.0 * (1.0 + self->ring[(self->head + RING - n + i) % RING]));
}
