/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/loudness.h"

#include <math.h>

#define BLOCKS_PER_SECOND 50
/* Tones are looked for in windows of this many blocks: 100 ms, so 10 Hz wide. */
#define TONE_BLOCKS 5

/* Goertzel's filter: the energy at one frequency. */
typedef struct {
  double frequency; /* Hz */
  double coefficient;
  double s1, s2;
  double loudest; /* mean square of the tone, in the best window */
} Tone;

struct _Loudness {
  guint rate, channels;
  guint block_frames;

  double block_sum;  /* of squares, in the block being filled */
  guint block_fill;  /* frames */
  guint window_fill; /* blocks, for the tones */

  double total; /* of mean squares, whole blocks */
  guint64 blocks;
  double recent[BLOCKS_PER_SECOND];
  double loudest;                 /* mean square of a block */
  guint64 silent, longest_silent; /* blocks */

  Tone tones[LOUDNESS_MAX_TONES];
  guint n_tones;
};

Loudness *
loudness_new (void)
{
  return g_new0 (Loudness, 1);
}

void
loudness_free (Loudness *self)
{
  g_free (self);
}

static double
to_db (double mean_square)
{
  double db = mean_square > 0 ? 10 * log10 (mean_square) : LOUDNESS_SILENT;

  return MAX (db, LOUDNESS_SILENT);
}

static void
begin_block (Loudness *self)
{
  self->block_sum = 0;
  self->block_fill = 0;
}

static void
begin_window (Loudness *self)
{
  self->window_fill = 0;
  for (guint i = 0; i < self->n_tones; i++)
    self->tones[i].s1 = self->tones[i].s2 = 0;
}

static void
tune (Loudness *self, Tone *tone)
{
  if (self->rate)
    tone->coefficient =
        2 * cos (2 * G_PI * tone->frequency / (double) self->rate);
}

/**
 * loudness_set_rate:
 * @rate: frames a second, at least 50
 * @channels: samples a frame
 *
 * What was measured stays; a block that was begun is dropped.
 */
void
loudness_set_rate (Loudness *self, guint rate, guint channels)
{
  self->rate = rate;
  self->channels = channels;
  self->block_frames = rate / BLOCKS_PER_SECOND;
  for (guint i = 0; i < self->n_tones; i++)
    tune (self, &self->tones[i]);
  begin_block (self);
  begin_window (self);
}

/**
 * loudness_reset:
 *
 * Forgets what was measured. Rate and tones stay.
 */
void
loudness_reset (Loudness *self)
{
  begin_block (self);
  begin_window (self);
  self->total = self->loudest = 0;
  self->blocks = self->silent = self->longest_silent = 0;
  for (guint i = 0; i < BLOCKS_PER_SECOND; i++)
    self->recent[i] = 0;
  for (guint i = 0; i < self->n_tones; i++)
    self->tones[i].loudest = 0;
}

/**
 * loudness_add_tone:
 * @frequency: Hz; a multiple of 10 is met exactly
 *
 * Returns: the number of the tone, for loudness_tone()
 */
guint
loudness_add_tone (Loudness *self, double frequency)
{
  g_return_val_if_fail (self->n_tones < LOUDNESS_MAX_TONES, 0);
  self->tones[self->n_tones] = (Tone){ .frequency = frequency };
  tune (self, &self->tones[self->n_tones]);
  begin_window (self);
  return self->n_tones++;
}

static void
end_window (Loudness *self)
{
  double n = (double) self->block_frames * TONE_BLOCKS;

  for (guint i = 0; i < self->n_tones; i++) {
    Tone *tone = &self->tones[i];
    double energy = tone->s1 * tone->s1 + tone->s2 * tone->s2
        - tone->coefficient * tone->s1 * tone->s2;

    /* |X|^2 of a sine with amplitude a is (a n / 2)^2; its mean square a^2/2 */
    tone->loudest = MAX (tone->loudest, 2 * energy / (n * n));
  }
  begin_window (self);
}

static void
end_block (Loudness *self)
{
  double mean =
      self->block_sum / ((double) self->block_frames * self->channels);

  self->total += mean;
  self->recent[self->blocks++ % BLOCKS_PER_SECOND] = mean;
  self->loudest = MAX (self->loudest, mean);
  self->silent = to_db (mean) < LOUDNESS_QUIET ? self->silent + 1 : 0;
  self->longest_silent = MAX (self->longest_silent, self->silent);
  begin_block (self);
  if (++self->window_fill == TONE_BLOCKS)
    end_window (self);
}

/**
 * loudness_push:
 * @samples: interleaved, full scale is 1
 * @n_frames: samples per channel
 */
void
loudness_push (Loudness *self, const double *samples, gsize n_frames)
{
  for (gsize frame = 0; frame < n_frames; frame++) {
    double mono = 0;

    for (guint channel = 0; channel < self->channels; channel++) {
      double sample = *samples++;

      self->block_sum += sample * sample;
      mono += sample / self->channels;
    }
    for (guint i = 0; i < self->n_tones; i++) {
      Tone *tone = &self->tones[i];
      double s0 = mono + tone->coefficient * tone->s1 - tone->s2;

      tone->s2 = tone->s1;
      tone->s1 = s0;
    }
    if (++self->block_fill == self->block_frames)
      end_block (self);
  }
}

/**
 * loudness_all:
 *
 * Returns: the level of everything since the last reset, in dBFS
 */
double
loudness_all (const Loudness *self)
{
  return to_db (self->blocks ? self->total / self->blocks : 0);
}

/**
 * loudness_recent:
 *
 * Returns: the level of the last second, in dBFS; what is missing of a second
 *   counts as silence
 */
double
loudness_recent (const Loudness *self)
{
  double sum = 0;

  for (guint i = 0; i < BLOCKS_PER_SECOND; i++)
    sum += self->recent[i];
  return to_db (sum / BLOCKS_PER_SECOND);
}

/**
 * loudness_peak:
 *
 * Returns: the level of the loudest 20 ms, in dBFS
 */
double
loudness_peak (const Loudness *self)
{
  return to_db (self->loudest);
}

/**
 * loudness_tone:
 * @tone: what loudness_add_tone() returned
 *
 * Returns: the level of that frequency in the 100 ms where it was loudest, dBFS
 */
double
loudness_tone (const Loudness *self, guint tone)
{
  g_return_val_if_fail (tone < self->n_tones, LOUDNESS_SILENT);
  return to_db (self->tones[tone].loudest);
}

/**
 * loudness_silence:
 *
 * Returns: the longest silence, in nanoseconds of the stream
 */
guint64
loudness_silence (const Loudness *self)
{
  return self->longest_silent
      * (G_GUINT64_CONSTANT (1000000000) / BLOCKS_PER_SECOND);
}
