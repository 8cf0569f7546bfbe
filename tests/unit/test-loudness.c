/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/loudness.h"

#include <math.h>

#define RATE 48000

static void
push_sine (Loudness *self, double frequency, double amplitude, guint ms)
{
  gsize n = RATE / 1000 * ms;
  g_autofree double *samples = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    samples[i] = amplitude * sin (2 * G_PI * frequency * (double) i / RATE);
  loudness_push (self, samples, n);
}

static Loudness *
new_mono (void)
{
  Loudness *self = loudness_new ();

  loudness_set_rate (self, RATE, 1);
  return self;
}

static void
test_levels (void)
{
  g_autoptr (Loudness) self = new_mono ();

  g_assert_cmpfloat (loudness_all (self), ==, LOUDNESS_SILENT);
  push_sine (self, 1000, 1, 1000);
  g_assert_cmpfloat_with_epsilon (loudness_all (self), -3.01, 0.01);
  g_assert_cmpfloat_with_epsilon (loudness_recent (self), -3.01, 0.01);
  g_assert_cmpfloat_with_epsilon (loudness_peak (self), -3.01, 0.01);
  push_sine (self, 1000, 0, 1000);
  /* Half of it is silent: half the energy. */
  g_assert_cmpfloat_with_epsilon (loudness_all (self), -6.02, 0.01);
  g_assert_cmpfloat (loudness_recent (self), ==, LOUDNESS_SILENT);
  g_assert_cmpfloat_with_epsilon (loudness_peak (self), -3.01, 0.01);
}

static void
test_channels (void)
{
  g_autoptr (Loudness) self = loudness_new ();
  double samples[RATE / 10 * 2];

  /* One channel full, the other silent. */
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    samples[i] = i % 2 ? 0 : 1;
  loudness_set_rate (self, RATE, 2);
  loudness_push (self, samples, G_N_ELEMENTS (samples) / 2);
  g_assert_cmpfloat_with_epsilon (loudness_all (self), -3.01, 0.01);
}

static void
test_silence (void)
{
  g_autoptr (Loudness) self = new_mono ();

  push_sine (self, 1000, 0.1, 200);
  push_sine (self, 1000, 0.001, 300);
  push_sine (self, 1000, 0.1, 200);
  push_sine (self, 1000, 0, 100);
  g_assert_cmpuint (loudness_silence (self), ==, 300000000);
}

static void
test_tone (void)
{
  g_autoptr (Loudness) self = new_mono ();
  guint played = loudness_add_tone (self, 520);
  guint other = loudness_add_tone (self, 780);

  push_sine (self, 0, 0, 500);
  push_sine (self, 520, 0.1, 200);
  push_sine (self, 0, 0, 500);
  g_assert_cmpfloat_with_epsilon (loudness_tone (self, played), -23.01, 0.1);
  g_assert_cmpfloat (loudness_tone (self, other), <, -60);
}

static void
test_reset (void)
{
  g_autoptr (Loudness) self = new_mono ();
  guint tone = loudness_add_tone (self, 520);

  push_sine (self, 520, 1, 1000);
  push_sine (self, 520, 0, 1000);
  loudness_reset (self);
  g_assert_cmpfloat (loudness_all (self), ==, LOUDNESS_SILENT);
  g_assert_cmpfloat (loudness_peak (self), ==, LOUDNESS_SILENT);
  g_assert_cmpfloat (loudness_tone (self, tone), ==, LOUDNESS_SILENT);
  g_assert_cmpuint (loudness_silence (self), ==, 0);
  push_sine (self, 520, 1, 1000);
  g_assert_cmpfloat_with_epsilon (loudness_recent (self), -3.01, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loudness/levels", test_levels);
  g_test_add_func ("/loudness/channels", test_channels);
  g_test_add_func ("/loudness/silence", test_silence);
  g_test_add_func ("/loudness/tone", test_tone);
  g_test_add_func ("/loudness/reset", test_reset);
  return g_test_run ();
}
