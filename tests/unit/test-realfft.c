/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "realfft.h"

#include <math.h>

#include "common/testlog.h"

/* Against the sum that defines it, in double: all bins of the small sizes, some
 * of the large ones. */
static void
test_noise (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint n = REAL_FFT_MIN_SIZE; n <= REAL_FFT_MAX_SIZE; n *= 2) {
    g_autoptr (RealFft) fft = real_fft_new (n);
    g_autofree gfloat *samples = g_new (gfloat, n);
    g_autofree gfloat *re = g_new (gfloat, n / 2);
    g_autofree gfloat *im = g_new (gfloat, n / 2);
    guint step = n > 1024 ? n / 64 - 1 : 1;
    gdouble energy = 0, worst = 0;

    for (guint i = 0; i < n; i++) {
      samples[i] = (gfloat) g_rand_double_range (rand, -1, 1);
      energy += (gdouble) samples[i] * samples[i];
    }
    real_fft_transform (fft, samples, re, im);
    for (guint k = 0; k < n / 2; k += step) {
      gdouble want_re = 0, want_im = 0;

      for (guint i = 0; i < n; i++) {
        gdouble turn = 2 * G_PI * ((guint64) i * k % n) / n;

        want_re += samples[i] * cos (turn);
        want_im -= samples[i] * sin (turn);
      }
      worst = MAX (worst, fabs (re[k] - want_re));
      worst = MAX (worst, fabs (im[k] - want_im));
    }
    g_test_message ("%u: worst %g of %g", n, worst, sqrt (energy));
    g_assert_cmpfloat (worst, <, 2e-6 * sqrt (energy));
  }
}

/* A tone is in its bin alone, a constant in bin 0. */
static void
test_tones (void)
{
  g_autoptr (RealFft) fft = real_fft_new (64);
  gfloat samples[64], re[32], im[32];

  for (guint tone = 0; tone < 32; tone++) {
    for (guint i = 0; i < 64; i++)
      samples[i] = (gfloat) sin (2 * G_PI * (i * tone % 64) / 64 + 1);
    real_fft_transform (fft, samples, re, im);
    for (guint k = 0; k < 32; k++) {
      gdouble want = k != tone ? 0 : tone == 0 ? 64 * sin (1) : 32;

      g_assert_cmpfloat_with_epsilon (hypotf (re[k], im[k]), want, 2e-4);
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/realfft/noise", test_noise);
  g_test_add_func ("/realfft/tones", test_tones);
  return g_test_run ();
}
