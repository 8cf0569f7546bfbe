/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REAL_FFT_MIN_SIZE 32
#define REAL_FFT_MAX_SIZE 32768

/**
 * RealFft:
 *
 * The discrete Fourier transform of real samples, in single precision, as
 * loops that compilers turn into vector instructions. Not scaled: bin k is the
 * sum of x[n] exp (-2 pi i k n / size). It knows nothing of sound.
 *
 * Since: 0.1
 */
typedef struct _RealFft RealFft;

RealFft *real_fft_new (guint size);
void real_fft_free (RealFft *self);
void real_fft_transform (
    RealFft *self, const gfloat *samples, gfloat *re, gfloat *im);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealFft, real_fft_free)

G_END_DECLS
