/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * How loud a stream of samples is: blocks of 20 ms, all channels together.
 * Levels are dBFS of the RMS: a full-scale sine is -3.01, silence is
 * LOUDNESS_SILENT.
 */
#define LOUDNESS_SILENT (-120.0)
/* A block below this is silence, in loudness_silence(). */
#define LOUDNESS_QUIET (-50.0)
#define LOUDNESS_MAX_TONES 4

typedef struct _Loudness Loudness;

Loudness *loudness_new (void);
void loudness_free (Loudness *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Loudness, loudness_free)

void loudness_set_rate (Loudness *self, guint rate, guint channels);
void loudness_reset (Loudness *self);
guint loudness_add_tone (Loudness *self, double frequency);
void loudness_push (Loudness *self, const double *samples, gsize n_frames);

double loudness_all (const Loudness *self);
double loudness_recent (const Loudness *self);
double loudness_peak (const Loudness *self);
double loudness_tone (const Loudness *self, guint tone);
guint64 loudness_silence (const Loudness *self);
