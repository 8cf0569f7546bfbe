/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumanalyser.h"

#include <math.h>
#include <string.h>

#include "audiomono.h"
#include "common/analyservectors.h"
#include "common/testlog.h"

typedef struct {
  guint64 bytes;
  guint64 different;
  guint worst_byte;
  gdouble worst_above_60;
  gdouble worst_above_100;
} Tally;

static gfloat *
mono_signal (const AnalyserVector *vector, gsize *frames)
{
  GstAudioInfo info;
  GstAudioBuffer audio;
  g_autoptr (GstBuffer) buffer = gst_buffer_new_wrapped_bytes (vector->signal);
  g_autoptr (AudioMono) mono = NULL;
  gfloat *out;

  gst_audio_info_init (&info);
  gst_audio_info_set_format (&info,
      vector->is_float ? GST_AUDIO_FORMAT_F32LE : GST_AUDIO_FORMAT_S16LE,
      (gint) vector->rate, (gint) vector->channels, NULL);
  mono = audio_mono_new (&info);
  g_assert_true (gst_audio_buffer_map (&audio, &info, buffer, GST_MAP_READ));
  *frames = audio.n_samples;
  out = g_new (gfloat, *frames);
  for (gsize i = 0; i < *frames; i += AUDIO_MONO_CHUNK)
    audio_mono_read (mono, &audio, i,
        (guint) MIN (AUDIO_MONO_CHUNK, *frames - i), AUDIO_MONO_MIX, out + i);
  gst_audio_buffer_unmap (&audio);
  return out;
}

static void
compare_decibels (
    const gfloat *ours, const gfloat *theirs, guint bins, Tally *tally)
{
  for (guint k = 0; k < bins; k++) {
    gdouble difference = fabs ((gdouble) ours[k] - theirs[k]);

    if (isinf (theirs[k]) || isinf (ours[k])) {
      if (!(isinf (theirs[k]) && isinf (ours[k])))
        g_assert_cmpfloat (fmax (ours[k], theirs[k]), <, -150);
      continue;
    }
    if (theirs[k] > -60)
      tally->worst_above_60 = fmax (tally->worst_above_60, difference);
    else if (theirs[k] > -100)
      tally->worst_above_100 = fmax (tally->worst_above_100, difference);
  }
}

static void
run_vector (const AnalyserVector *vector, Tally *tally)
{
  g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();
  gsize frames;
  g_autofree gfloat *signal = mono_signal (vector, &frames);
  g_autofree guint8 *bytes = g_malloc (vector->bins);
  g_autofree guint8 *time = g_malloc (vector->fft_size);
  g_autofree gfloat *decibels = g_new (gfloat, vector->bins);
  const guint32 *positions = g_bytes_get_data (vector->positions, NULL);
  const guint8 *want = g_bytes_get_data (vector->bytes, NULL);
  const gfloat *want_decibels = g_bytes_get_data (vector->decibels, NULL);
  const guint8 *want_time =
      vector->time ? g_bytes_get_data (vector->time, NULL) : NULL;
  guint32 position = 0;

  g_assert_true (spectrum_analyser_set_fft_size (analyser, vector->fft_size));
  g_assert_true (spectrum_analyser_set_smoothing (analyser, vector->smoothing));
  g_assert_true (spectrum_analyser_set_decibels (
      analyser, vector->min_decibels, vector->max_decibels));

  for (guint r = 0; r < vector->reads; r++) {
    g_assert_cmpuint (positions[r], <=, frames);
    spectrum_analyser_push (
        analyser, signal + position, positions[r] - position);
    position = positions[r];
    spectrum_analyser_analyse (analyser);

    spectrum_analyser_get_byte_frequency_data (analyser, bytes);
    for (guint k = 0; k < vector->bins; k++) {
      guint difference =
          (guint) ABS ((gint) bytes[k] - (gint) want[r * vector->bins + k]);

      tally->bytes++;
      tally->different += difference != 0;
      tally->worst_byte = MAX (tally->worst_byte, difference);
    }
    spectrum_analyser_get_float_frequency_data (analyser, decibels);
    compare_decibels (
        decibels, want_decibels + r * vector->bins, vector->bins, tally);
    if (want_time) {
      spectrum_analyser_get_byte_time_domain_data (analyser, time);
      g_assert_cmpmem (time, vector->fft_size, want_time + r * vector->fft_size,
          vector->fft_size);
    }
  }
}

/* Gates measured against two independent programs; see the vectors' README. */
static void
test_vectors (void)
{
  g_autoptr (GPtrArray) vectors = analyser_vectors_load ();
  Tally tally = { 0 };

  g_assert_cmpuint (vectors->len, ==, 27);
  for (guint i = 0; i < vectors->len; i++)
    run_vector (g_ptr_array_index (vectors, i), &tally);

  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                  " bytes differ, by at most %u; dB within %.6f above -60, "
                  "%.6f above -100",
      tally.different, tally.bytes, tally.worst_byte, tally.worst_above_60,
      tally.worst_above_100);
  g_assert_cmpuint (tally.worst_byte, <=, 1);
  g_assert_cmpuint (tally.different * 10000, <=, tally.bytes * 2);
  g_assert_cmpfloat (tally.worst_above_60, <=, 0.001);
  g_assert_cmpfloat (tally.worst_above_100, <=, 0.01);
}

static void
test_settings (void)
{
  g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();

  g_assert_cmpuint (spectrum_analyser_get_fft_size (analyser), ==, 2048);
  g_assert_cmpuint (spectrum_analyser_get_bin_count (analyser), ==, 1024);
  for (guint size = 32; size <= 32768; size *= 2) {
    g_assert_true (spectrum_analyser_set_fft_size (analyser, size));
    spectrum_analyser_analyse (analyser);
  }
  g_assert_false (spectrum_analyser_set_fft_size (analyser, 0));
  g_assert_false (spectrum_analyser_set_fft_size (analyser, 16));
  g_assert_false (spectrum_analyser_set_fft_size (analyser, 1000));
  g_assert_false (spectrum_analyser_set_fft_size (analyser, 65536));
  g_assert_cmpuint (spectrum_analyser_get_fft_size (analyser), ==, 32768);

  g_assert_false (spectrum_analyser_set_smoothing (analyser, -0.1));
  g_assert_false (spectrum_analyser_set_smoothing (analyser, 1.1));
  g_assert_false (spectrum_analyser_set_smoothing (analyser, NAN));
  g_assert_true (spectrum_analyser_set_smoothing (analyser, 1));
  g_assert_false (spectrum_analyser_set_decibels (analyser, -30, -30));
  g_assert_false (spectrum_analyser_set_decibels (analyser, -30, -100));
  g_assert_false (spectrum_analyser_set_decibels (analyser, -INFINITY, 0));
}

static void
push_tone (SpectrumAnalyser *analyser, guint count)
{
  g_autofree gfloat *tone = g_new (gfloat, count);

  for (guint i = 0; i < count; i++)
    tone[i] = (gfloat) sin (2 * G_PI * i / 8);
  spectrum_analyser_push (analyser, tone, count);
}

/* However the samples are cut up, the analysis is the same. */
static void
test_pieces (void)
{
  g_autoptr (SpectrumAnalyser) whole = spectrum_analyser_new ();
  g_autoptr (SpectrumAnalyser) pieces = spectrum_analyser_new ();
  const guint count = 100000;
  g_autofree gfloat *noise = g_new (gfloat, count);
  guint32 state = 7;

  for (guint i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    noise[i] = ((gint) (state >> 16) - 32768) / 32768.0f;
  }
  spectrum_analyser_push (whole, noise, count);
  for (guint done = 0, step = 1; done < count; done += step) {
    step = MIN (step * 3 % 4099, count - done);
    spectrum_analyser_push (pieces, noise + done, step);
  }
  spectrum_analyser_analyse (whole);
  spectrum_analyser_analyse (pieces);
  g_assert_cmpmem (spectrum_analyser_get_magnitudes (whole), 1024 * 4,
      spectrum_analyser_get_magnitudes (pieces), 1024 * 4);
}

static void
test_silence (void)
{
  g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();
  gfloat decibels[1024];
  guint8 bytes[1024];
  guint8 time[2048];

  push_tone (analyser, 4096);
  spectrum_analyser_analyse (analyser);
  spectrum_analyser_get_byte_frequency_data (analyser, bytes);
  g_assert_cmpuint (bytes[256], >, 200);

  /* The smoothing decays to true silence, not into denormals. */
  spectrum_analyser_push_silence (analyser, G_MAXUINT64);
  for (guint i = 0; i < 250; i++)
    spectrum_analyser_analyse (analyser);
  spectrum_analyser_get_float_frequency_data (analyser, decibels);
  spectrum_analyser_get_byte_frequency_data (analyser, bytes);
  spectrum_analyser_get_byte_time_domain_data (analyser, time);
  for (guint k = 0; k < 1024; k++) {
    g_assert_true (isinf (decibels[k]));
    g_assert_cmpuint (bytes[k], ==, 0);
    g_assert_cmpuint (time[k], ==, 128);
  }

  push_tone (analyser, 4096);
  spectrum_analyser_analyse (analyser);
  spectrum_analyser_reset (analyser);
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[256], ==, 0);
  spectrum_analyser_analyse (analyser);
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[256], ==, 0);
}

static void
test_fft_size_clears_smoothing (void)
{
  g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();

  push_tone (analyser, 4096);
  spectrum_analyser_analyse (analyser);
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[256], >, 0);
  g_assert_true (spectrum_analyser_set_fft_size (analyser, 2048));
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[256], >, 0);
  g_assert_true (spectrum_analyser_set_fft_size (analyser, 1024));
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[128], ==, 0);
  spectrum_analyser_analyse (analyser);
  g_assert_cmpfloat (spectrum_analyser_get_magnitudes (analyser)[128], >, 0);
}

static void
test_not_finite (void)
{
  const gfloat bad[] = { NAN, INFINITY, -INFINITY, G_MAXFLOAT };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();
    guint8 bytes[1024];
    guint8 time[2048];

    push_tone (analyser, 1500);
    spectrum_analyser_push (analyser, &bad[i], 1);
    push_tone (analyser, 500);
    for (guint n = 0; n < 3; n++)
      spectrum_analyser_analyse (analyser);
    for (guint k = 0; k < 1024; k++)
      g_assert_true (isfinite (spectrum_analyser_get_magnitudes (analyser)[k]));
    spectrum_analyser_get_byte_frequency_data (analyser, bytes);
    spectrum_analyser_get_byte_time_domain_data (analyser, time);

    spectrum_analyser_push_silence (analyser, 4096);
    push_tone (analyser, 2048);
    for (guint n = 0; n < 30; n++)
      spectrum_analyser_analyse (analyser);
    spectrum_analyser_get_byte_frequency_data (analyser, bytes);
    g_assert_cmpuint (bytes[256], >, 200);
  }
}

/* In silence nothing is transformed: the numbers are those of a transform of
 * something that is next to nothing. */
static void
test_decay (void)
{
  g_autoptr (SpectrumAnalyser) silent = spectrum_analyser_new ();
  g_autoptr (SpectrumAnalyser) nearly = spectrum_analyser_new ();
  gfloat samples[256];

  spectrum_analyser_set_fft_size (silent, 256);
  spectrum_analyser_set_fft_size (nearly, 256);
  for (guint i = 0; i < 256; i++)
    samples[i] = sinf ((gfloat) i) + 0.1f;
  for (guint round = 0; round < 40; round++) {
    if (round == 3)
      memset (samples, 0, sizeof samples);
    spectrum_analyser_push (silent, samples, 256);
    if (round > 3)
      samples[255] = 1e-38f;
    spectrum_analyser_push (nearly, samples, 256);
    samples[255] = round < 3 ? samples[255] : 0;
    spectrum_analyser_analyse (silent);
    spectrum_analyser_analyse (nearly);
    g_assert_cmpmem (spectrum_analyser_get_magnitudes (silent),
        128 * sizeof (gfloat), spectrum_analyser_get_magnitudes (nearly),
        128 * sizeof (gfloat));
  }
  /* The last sample ends it. */
  samples[255] = 1;
  spectrum_analyser_push (silent, samples + 255, 1);
  spectrum_analyser_push_silence (silent, 128);
  spectrum_analyser_analyse (silent);
  g_assert_cmpfloat (
      spectrum_analyser_get_magnitudes (silent)[64], >, 0.2 / 256 * 0.9);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/spectrumanalyser/vectors", test_vectors);
  g_test_add_func ("/spectrumanalyser/settings", test_settings);
  g_test_add_func ("/spectrumanalyser/pieces", test_pieces);
  g_test_add_func ("/spectrumanalyser/silence", test_silence);
  g_test_add_func ("/spectrumanalyser/fft-size-clears-smoothing",
      test_fft_size_clears_smoothing);
  g_test_add_func ("/spectrumanalyser/not-finite", test_not_finite);
  g_test_add_func ("/spectrumanalyser/decay", test_decay);
  return g_test_run ();
}
