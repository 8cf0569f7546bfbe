/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SPECTRUM_ANALYSER_MIN_FFT_SIZE 32
#define SPECTRUM_ANALYSER_MAX_FFT_SIZE 32768

/**
 * SpectrumAnalyser:
 *
 * The numbers of Web Audio's AnalyserNode for one channel of sound. It knows
 * nothing of time, formats, rates or pictures: it is fed mono samples and asked
 * for an analysis. Not thread-safe: one thread uses it, or a lock guards it.
 *
 * Since: 0.1
 */
typedef struct _SpectrumAnalyser SpectrumAnalyser;

SpectrumAnalyser *spectrum_analyser_new (void);
void spectrum_analyser_free (SpectrumAnalyser *self);

gboolean spectrum_analyser_set_fft_size (
    SpectrumAnalyser *self, guint fft_size);
guint spectrum_analyser_get_fft_size (const SpectrumAnalyser *self);
guint spectrum_analyser_get_bin_count (const SpectrumAnalyser *self);
gboolean spectrum_analyser_set_smoothing (
    SpectrumAnalyser *self, gdouble smoothing);
gboolean spectrum_analyser_set_decibels (
    SpectrumAnalyser *self, gdouble min, gdouble max);

void spectrum_analyser_push (
    SpectrumAnalyser *self, const gfloat *samples, gsize count);
void spectrum_analyser_push_silence (SpectrumAnalyser *self, guint64 count);
void spectrum_analyser_reset (SpectrumAnalyser *self);

void spectrum_analyser_analyse (SpectrumAnalyser *self);

const gfloat *spectrum_analyser_get_magnitudes (const SpectrumAnalyser *self);
void spectrum_analyser_get_float_frequency_data (
    const SpectrumAnalyser *self, gfloat *decibels);
void spectrum_analyser_get_byte_frequency_data (
    const SpectrumAnalyser *self, guint8 *bytes);
void spectrum_analyser_get_float_time_domain_data (
    const SpectrumAnalyser *self, gfloat *samples);
void spectrum_analyser_get_byte_time_domain_data (
    const SpectrumAnalyser *self, guint8 *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumAnalyser, spectrum_analyser_free)

G_END_DECLS
