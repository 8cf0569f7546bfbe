/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpeaks.h"

#include "common/testlog.h"

/* Half a second at the top, then half a height per second, at any framerate. */
static void
test_hold_and_fall (void)
{
  for (guint fps = 10; fps <= 240; fps *= 2) {
    g_autoptr (SpectrumPeaks) peaks = spectrum_peaks_new (2);
    gfloat levels[2] = { 0.9f, 0.2f };
    const gfloat *now;

    spectrum_peaks_set_motion (peaks, 0.5, 0.5);
    now = spectrum_peaks_step (peaks, levels, 1.0 / fps);
    g_assert_cmpfloat (now[0], ==, 0.9f);
    g_assert_cmpfloat (now[1], ==, 0.2f);
    levels[0] = 0.3f;
    for (guint n = 1; n <= 2 * fps; n++) {
      gdouble seconds = (gdouble) n / fps;
      gdouble want = 0.9 - MAX (0, seconds - 0.5) * 0.5;

      now = spectrum_peaks_step (peaks, levels, 1.0 / fps);
      g_assert_cmpfloat_with_epsilon (now[0], MAX (want, 0.3), 1e-4);
      g_assert_cmpfloat (now[1], ==, 0.2f);
    }
  }
}

static void
test_rises_at_once (void)
{
  g_autoptr (SpectrumPeaks) peaks = spectrum_peaks_new (1);
  gfloat level = 1;

  spectrum_peaks_set_motion (peaks, 0, 1000);
  g_assert_cmpfloat (spectrum_peaks_step (peaks, &level, 0.04)[0], ==, 1);
  level = 0;
  g_assert_cmpfloat (spectrum_peaks_step (peaks, &level, 0.04)[0], ==, 0);
  level = 0.5f;
  g_assert_cmpfloat (spectrum_peaks_step (peaks, &level, 0.04)[0], ==, 0.5f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/spectrumpeaks/hold-and-fall", test_hold_and_fall);
  g_test_add_func ("/spectrumpeaks/rises-at-once", test_rises_at_once);
  return g_test_run ();
}
