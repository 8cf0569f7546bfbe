/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumview.h"

#include <math.h>

#include "spectrumpeaks.h"

struct _SpectrumView {
  SpectrumAnalyser *analyser;
  SpectrumBands *bands;
  SpectrumPainter *painter;
  SpectrumPeaks *peaks; /* NULL when the look has none */
  gdouble frame_seconds;
  gdouble min_decibels;
  gdouble max_decibels;

  guint8 bytes[SPECTRUM_ANALYSER_MAX_FFT_SIZE / 2];
  gfloat *levels;
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

  self->analyser = spectrum_analyser_new ();
  self->min_decibels = -100;
  self->max_decibels = -30;
  return self;
}

static void
clear_drawing (SpectrumView *self)
{
  g_clear_pointer (&self->bands, spectrum_bands_free);
  g_clear_pointer (&self->painter, spectrum_painter_free);
  g_clear_pointer (&self->peaks, spectrum_peaks_free);
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
  spectrum_analyser_free (self->analyser);
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

/**
 * spectrum_view_configure:
 * @self: a view
 * @settings: values as the setters of the parts allow them; a range of decibels
 *   that is none leaves the one before
 * @rate: samples per second of what the analyser is fed
 * @info: the frames to paint
 *
 * What a frame shows is of no use to spectrum_view_paint() after this. The
 * analyser keeps its samples.
 *
 * Returns: %FALSE when frames of @info cannot be painted
 * Since: 0.1
 */
gboolean
spectrum_view_configure (SpectrumView *self, const SpectrumSettings *settings,
    guint rate, const GstVideoInfo *info)
{
  guint n_levels;

  spectrum_analyser_set_fft_size (self->analyser, settings->fft_size);
  spectrum_analyser_set_smoothing (
      self->analyser, smoothing_per_frame (settings, info));
  if (spectrum_analyser_set_decibels (
          self->analyser, settings->min_decibels, settings->max_decibels)) {
    self->min_decibels = settings->min_decibels;
    self->max_decibels = settings->max_decibels;
  }

  clear_drawing (self);
  self->painter = spectrum_painter_new (
      &settings->look, info, spectrum_analyser_get_bin_count (self->analyser));
  if (!self->painter)
    return FALSE;

  self->frame_seconds =
      (gdouble) GST_VIDEO_INFO_FPS_D (info) / GST_VIDEO_INFO_FPS_N (info);
  n_levels = spectrum_painter_get_n_levels (self->painter);
  self->levels = g_new0 (gfloat, MAX (1, n_levels));
  self->marks =
      g_new0 (guint16, MAX (1, spectrum_painter_get_n_marks (self->painter)));
  if (!spectrum_painter_wants_bytes (self->painter)) {
    SpectrumBandsLayout layout = {
      .count = n_levels,
      .scale = settings->scale,
      .min_frequency = settings->min_frequency,
      .max_frequency =
          settings->max_frequency > 0 ? settings->max_frequency : rate / 2.0,
      .rate = rate,
      .fft_size = spectrum_analyser_get_fft_size (self->analyser),
      .min_decibels = self->min_decibels,
      .max_decibels = self->max_decibels,
    };

    self->bands = spectrum_bands_new (&layout);
    if (settings->look.peaks)
      self->peaks = spectrum_peaks_new (
          n_levels, settings->peak_hold, settings->peak_fall);
  }
  return TRUE;
}

/**
 * spectrum_view_get_analyser:
 * @self: a view
 *
 * Returns: (transfer none): the analyser to push samples into
 * Since: 0.1
 */
SpectrumAnalyser *
spectrum_view_get_analyser (SpectrumView *self)
{
  return self->analyser;
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
  const gfloat *peaks = NULL;

  spectrum_analyser_analyse (self->analyser);

  if (spectrum_painter_wants_bytes (self->painter)) {
    spectrum_analyser_get_byte_frequency_data (self->analyser, self->bytes);
    spectrum_painter_mark_bytes (self->painter, self->bytes, self->marks);
  } else {
    spectrum_bands_gather (self->bands,
        spectrum_analyser_get_magnitudes (self->analyser), self->levels);
    if (self->peaks)
      peaks =
          spectrum_peaks_step (self->peaks, self->levels, self->frame_seconds);
    spectrum_painter_mark_levels (
        self->painter, self->levels, peaks, self->marks);
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
