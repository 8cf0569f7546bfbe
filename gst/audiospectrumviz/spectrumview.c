/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumview.h"

#include <math.h>

#include "spectrumpeaks.h"

struct _SpectrumView {
  /* One for each channel that may be drawn. */
  SpectrumAnalyser *analysers[SPECTRUM_MAX_LANES];
  guint n_channels;
  SpectrumBands *bands;
  SpectrumPainter *painter;
  SpectrumPeaks *peaks; /* NULL when the look has none */
  gdouble frame_seconds;
  gdouble min_decibels;
  gdouble max_decibels;

  guint8 bytes[SPECTRUM_ANALYSER_MAX_FFT_SIZE / 2];
  gfloat block[SPECTRUM_ANALYSER_MAX_FFT_SIZE];
  gfloat *levels; /* of all channels */
  guint16 *marks;
};

/**
 * spectrum_view_new:
 *
 * Returns: (transfer full): a view to configure
 * Since: 0.1
 */
SpectrumView *
spectrum_view_new (void)
{
  SpectrumView *self = g_new0 (SpectrumView, 1);

  for (guint i = 0; i < SPECTRUM_MAX_LANES; i++)
    self->analysers[i] = spectrum_analyser_new ();
  self->n_channels = 1;
  self->min_decibels = -100;
  self->max_decibels = -30;
  return self;
}

static void
clear_drawing (SpectrumView *self)
{
  g_clear_pointer (&self->bands, spectrum_bands_free);
  g_clear_pointer (&self->painter, spectrum_painter_free);
  g_clear_pointer (&self->levels, g_free);
  g_clear_pointer (&self->marks, g_free);
}

/**
 * spectrum_view_free:
 * @self: (transfer full) (nullable): a view
 *
 * Since: 0.1
 */
void
spectrum_view_free (SpectrumView *self)
{
  if (!self)
    return;
  clear_drawing (self);
  g_clear_pointer (&self->peaks, spectrum_peaks_free);
  for (guint i = 0; i < SPECTRUM_MAX_LANES; i++)
    spectrum_analyser_free (self->analysers[i]);
  g_free (self);
}

/* tau per frame at the framerate that decays as fast as tau at the reference:
 * 0.8 at 60 fps is 0.64 at 30. */
static gdouble
smoothing_per_frame (const SpectrumSettings *settings, const GstVideoInfo *info)
{
  if (settings->smoothing_fps <= 0)
    return settings->smoothing;
  return pow (settings->smoothing,
      settings->smoothing_fps * GST_VIDEO_INFO_FPS_D (info)
          / GST_VIDEO_INFO_FPS_N (info));
}

static void
configure_analysers (SpectrumView *self, const SpectrumSettings *settings,
    const GstVideoInfo *info)
{
  gdouble min = settings->min_decibels, max = settings->max_decibels;

  for (guint i = 0; i < SPECTRUM_MAX_LANES; i++) {
    SpectrumAnalyser *analyser = self->analysers[i];

    spectrum_analyser_set_fft_size (analyser, settings->fft_size);
    spectrum_analyser_set_smoothing (
        analyser, smoothing_per_frame (settings, info));
    if (spectrum_analyser_set_decibels (analyser, min, max)) {
      self->min_decibels = min;
      self->max_decibels = max;
    }
  }
}

/* Peaks live on where there are as many bars as before. */
static void
configure_peaks (
    SpectrumView *self, const SpectrumSettings *settings, guint count)
{
  if (self->peaks
      && (!settings->look.peaks
          || spectrum_peaks_get_count (self->peaks) != count))
    g_clear_pointer (&self->peaks, spectrum_peaks_free);
  if (!settings->look.peaks)
    return;
  if (!self->peaks)
    self->peaks = spectrum_peaks_new (count);
  spectrum_peaks_set_motion (
      self->peaks, settings->peak_hold, settings->peak_fall);
}

/**
 * spectrum_view_configure:
 * @self: a view
 * @settings: values as the setters of the parts allow them; a range of decibels
 *   that is none leaves the one before
 * @rate: samples per second of what is pushed
 * @info: the frames to paint
 *
 * What a frame shows is of no use to spectrum_view_paint() after this. The
 * samples are kept.
 *
 * Returns: %FALSE when frames of @info cannot be painted
 * Since: 0.1
 */
gboolean
spectrum_view_configure (SpectrumView *self, const SpectrumSettings *settings,
    guint rate, const GstVideoInfo *info)
{
  guint n_levels;

  configure_analysers (self, settings, info);
  clear_drawing (self);
  self->painter = spectrum_painter_new (
      &settings->look, info, spectrum_view_get_bin_count (self));
  if (!self->painter)
    return FALSE;

  self->n_channels = spectrum_painter_get_n_lanes (self->painter);
  self->frame_seconds =
      (gdouble) GST_VIDEO_INFO_FPS_D (info) / GST_VIDEO_INFO_FPS_N (info);
  n_levels = spectrum_painter_get_n_levels (self->painter);
  self->levels = g_new0 (gfloat, MAX (1, n_levels * self->n_channels));
  self->marks =
      g_new0 (guint16, MAX (1, spectrum_painter_get_n_marks (self->painter)));
  if (spectrum_painter_get_input (self->painter) == SPECTRUM_INPUT_LEVELS) {
    SpectrumBandsLayout layout = {
      .count = n_levels,
      .scale = settings->scale,
      .min_frequency = settings->min_frequency,
      .max_frequency =
          settings->max_frequency > 0 ? settings->max_frequency : rate / 2.0,
      .rate = rate,
      .fft_size = spectrum_analyser_get_fft_size (self->analysers[0]),
      .min_decibels = self->min_decibels,
      .max_decibels = self->max_decibels,
    };

    self->bands = spectrum_bands_new (&layout);
    configure_peaks (self, settings, n_levels * self->n_channels);
  }
  return TRUE;
}

/**
 * spectrum_view_get_n_channels:
 * @self: a view
 *
 * Returns: how many channels are pushed, 1 until it is configured
 * Since: 0.1
 */
guint
spectrum_view_get_n_channels (const SpectrumView *self)
{
  return self->n_channels;
}

/**
 * spectrum_view_push:
 * @self: a view
 * @channel: which
 * @samples: (array length=count): 1.0 is full scale
 * @count: how many
 *
 * Since: 0.1
 */
void
spectrum_view_push (
    SpectrumView *self, guint channel, const gfloat *samples, gsize count)
{
  g_return_if_fail (channel < SPECTRUM_MAX_LANES);

  spectrum_analyser_push (self->analysers[channel], samples, count);
}

/**
 * spectrum_view_push_silence:
 * @self: a view
 * @count: samples of silence, in all channels
 *
 * Since: 0.1
 */
void
spectrum_view_push_silence (SpectrumView *self, guint64 count)
{
  for (guint i = 0; i < SPECTRUM_MAX_LANES; i++)
    spectrum_analyser_push_silence (self->analysers[i], count);
}

/**
 * spectrum_view_reset:
 * @self: a view
 *
 * Forgets the sound heard so far.
 *
 * Since: 0.1
 */
void
spectrum_view_reset (SpectrumView *self)
{
  for (guint i = 0; i < SPECTRUM_MAX_LANES; i++)
    spectrum_analyser_reset (self->analysers[i]);
}

/**
 * spectrum_view_get_bin_count:
 * @self: a view
 *
 * Returns: bins of an analysis
 * Since: 0.1
 */
guint
spectrum_view_get_bin_count (const SpectrumView *self)
{
  return spectrum_analyser_get_bin_count (self->analysers[0]);
}

/**
 * spectrum_view_get_magnitude:
 * @self: a view after a step
 * @bin: which bin
 *
 * Returns: its smoothed linear magnitude, in the channel where it is largest
 * Since: 0.1
 */
gfloat
spectrum_view_get_magnitude (const SpectrumView *self, guint bin)
{
  gfloat largest = 0;

  for (guint i = 0; i < self->n_channels; i++)
    largest = MAX (
        largest, spectrum_analyser_get_magnitudes (self->analysers[i])[bin]);
  return largest;
}

/**
 * spectrum_view_get_n_marks:
 * @self: a configured view
 *
 * Returns: how many marks a picture is a function of
 * Since: 0.1
 */
guint
spectrum_view_get_n_marks (const SpectrumView *self)
{
  return spectrum_painter_get_n_marks (self->painter);
}

static void
mark_levels (SpectrumView *self)
{
  guint n = spectrum_painter_get_n_levels (self->painter);
  const gfloat *peaks = NULL;

  for (guint i = 0; i < self->n_channels; i++)
    spectrum_bands_gather (self->bands,
        spectrum_analyser_get_magnitudes (self->analysers[i]),
        self->levels + i * n);
  if (self->peaks)
    peaks =
        spectrum_peaks_step (self->peaks, self->levels, self->frame_seconds);
  for (guint i = 0; i < self->n_channels; i++)
    spectrum_painter_mark_levels (self->painter, i, self->levels + i * n,
        peaks ? peaks + i * n : NULL, self->marks);
}

/**
 * spectrum_view_step:
 * @self: a configured view
 *
 * The analysis for one video frame, to be called for each one, painted or not.
 *
 * Returns: (transfer none): the marks of the picture, until the next step
 * Since: 0.1
 */
const guint16 *
spectrum_view_step (SpectrumView *self)
{
  for (guint i = 0; i < self->n_channels; i++)
    spectrum_analyser_analyse (self->analysers[i]);

  switch (spectrum_painter_get_input (self->painter)) {
    case SPECTRUM_INPUT_BYTES:
      spectrum_analyser_get_byte_frequency_data (
          self->analysers[0], self->bytes);
      spectrum_painter_mark_bytes (self->painter, self->bytes, self->marks);
      break;
    case SPECTRUM_INPUT_SAMPLES:
      for (guint i = 0; i < self->n_channels; i++) {
        spectrum_analyser_get_float_time_domain_data (
            self->analysers[i], self->block);
        spectrum_painter_mark_samples (self->painter, i, self->block,
            spectrum_analyser_get_fft_size (self->analysers[i]), self->marks);
      }
      break;
    case SPECTRUM_INPUT_LEVELS:
    default:
      mark_levels (self);
      break;
  }
  return self->marks;
}

/**
 * spectrum_view_paint:
 * @self: a configured view after a step
 * @frame: mapped for writing
 * @shown: (nullable): the marks of the picture that @frame shows already
 *
 * Since: 0.1
 */
void
spectrum_view_paint (
    SpectrumView *self, GstVideoFrame *frame, const guint16 *shown)
{
  spectrum_painter_paint (self->painter, frame, self->marks, shown);
}
