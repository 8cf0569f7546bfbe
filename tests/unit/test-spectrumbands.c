/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumbands.h"

#include <math.h>

#include "common/testlog.h"

static SpectrumBandsLayout
layout (SpectrumScale scale, guint count)
{
  return (SpectrumBandsLayout){
    .count = count,
    .scale = scale,
    .min_frequency = 80,
    .max_frequency = 8000,
    .rate = 48000,
    .fft_size = 2048,
    .min_decibels = -100,
    .max_decibels = -30,
  };
}

static gfloat
magnitude (gdouble decibels)
{
  return (gfloat) pow (10, decibels / 20);
}

/* The band that holds a tone shows it, and the bands keep their order. */
static void
test_scales (void)
{
  for (guint s = SPECTRUM_SCALE_LINEAR; s <= SPECTRUM_SCALE_BARK; s++) {
    SpectrumBandsLayout wanted = layout ((SpectrumScale) s, 24);
    g_autoptr (SpectrumBands) bands = spectrum_bands_new (&wanted);
    guint before = 0;

    g_assert_cmpuint (spectrum_bands_get_count (bands), ==, 24);
    g_assert_cmpfloat_with_epsilon (
        spectrum_bands_get_edge (bands, 0), 80, 0.01);
    g_assert_cmpfloat_with_epsilon (
        spectrum_bands_get_edge (bands, 24), 8000, 0.01);
    for (guint bin = 5; bin < 341; bin += 3) {
      gfloat magnitudes[1024] = { 0 };
      gfloat levels[24];
      gdouble hz = bin * 48000.0 / 2048;
      guint loudest = 0;

      magnitudes[bin] = magnitude (-65);
      spectrum_bands_gather (bands, magnitudes, levels);
      for (guint i = 1; i < 24; i++)
        if (levels[i] > levels[loudest])
          loudest = i;
      g_assert_cmpuint (loudest, >=, before);
      before = loudest;
      if (spectrum_bands_get_edge (bands, loudest + 1)
              - spectrum_bands_get_edge (bands, loudest)
          > 24) {
        g_assert_cmpfloat (levels[loudest], >, 0.49f);
        g_assert_cmpfloat (hz, >=, spectrum_bands_get_edge (bands, loudest));
        g_assert_cmpfloat (hz, <, spectrum_bands_get_edge (bands, loudest + 1));
      }
    }
  }
}

static void
test_levels (void)
{
  SpectrumBandsLayout wanted = layout (SPECTRUM_SCALE_LINEAR, 4);
  g_autoptr (SpectrumBands) bands = spectrum_bands_new (&wanted);
  gfloat magnitudes[1024] = { 0 };
  gfloat levels[4];

  magnitudes[20] = magnitude (-120);
  magnitudes[120] = magnitude (-100);
  magnitudes[200] = magnitude (-30);
  magnitudes[300] = magnitude (6);
  spectrum_bands_gather (bands, magnitudes, levels);
  g_assert_cmpfloat (levels[0], ==, 0);
  g_assert_cmpfloat_with_epsilon (levels[1], 0, 1e-5);
  g_assert_cmpfloat_with_epsilon (levels[2], 1, 1e-5);
  g_assert_cmpfloat (levels[3], ==, 1);
}

/* Narrow bands climb from bin to bin without steps. */
static void
test_narrow (void)
{
  SpectrumBandsLayout wanted = layout (SPECTRUM_SCALE_LOG, 400);
  g_autoptr (SpectrumBands) bands = spectrum_bands_new (&wanted);
  gfloat magnitudes[1024];
  gfloat levels[400];
  guint different = 0;

  for (guint k = 0; k < 1024; k++)
    magnitudes[k] = magnitude (-90 + MIN (k, 14) * 4.0);
  spectrum_bands_gather (bands, magnitudes, levels);
  for (guint i = 1; i < 120; i++) {
    g_assert_cmpfloat (levels[i], >=, levels[i - 1] - 1e-6f);
    g_assert_cmpfloat (levels[i] - levels[i - 1], <, 0.06f);
    different += levels[i] > levels[i - 1];
  }
  g_assert_cmpuint (different, >, 80);
}

/* Whatever the layout, all reads are inside the bins, all levels in 0..1. */
static void
test_extremes (void)
{
  const gdouble frequencies[][2] = { { 0, 0 }, { 0, 768000 }, { 8000, 80 },
    { 100, 100 }, { 768000, 768000 }, { 23999, 24000 }, { 0.001, 0.002 } };

  for (guint s = SPECTRUM_SCALE_LINEAR; s <= SPECTRUM_SCALE_BARK; s++)
    for (guint f = 0; f < G_N_ELEMENTS (frequencies); f++)
      for (guint size = 32; size <= 32768; size *= 32)
        for (guint rate = 1; rate <= 768000; rate = rate * 88 - 7) {
          SpectrumBandsLayout wanted = layout ((SpectrumScale) s, 333);
          g_autoptr (SpectrumBands) bands = NULL;
          g_autofree gfloat *magnitudes = g_new (gfloat, size / 2);
          gfloat levels[333];

          wanted.min_frequency = frequencies[f][0];
          wanted.max_frequency = frequencies[f][1];
          wanted.rate = rate;
          wanted.fft_size = size;
          for (guint k = 0; k < size / 2; k++)
            magnitudes[k] = k % 3 ? magnitude (-50) : 0;
          bands = spectrum_bands_new (&wanted);
          spectrum_bands_gather (bands, magnitudes, levels);
          for (guint i = 0; i < 333; i++)
            g_assert_true (levels[i] >= 0 && levels[i] <= 1);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/spectrumbands/scales", test_scales);
  g_test_add_func ("/spectrumbands/levels", test_levels);
  g_test_add_func ("/spectrumbands/narrow", test_narrow);
  g_test_add_func ("/spectrumbands/extremes", test_extremes);
  return g_test_run ();
}
