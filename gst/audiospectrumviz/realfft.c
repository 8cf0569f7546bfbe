/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "realfft.h"

#include <math.h>

/* Four floats, wherever they are: a vector of GCC's and clang's, which does with
 * each what a float does. */
typedef gfloat Four __attribute__ ((vector_size (16), aligned (4), may_alias));

#define LOAD(from) (*(const Four *) (from))
#define STORE(to, value) (*(Four *) (to) = (value))

/* Real and imaginary parts apart, so that four of either fill a vector. */
typedef struct {
  gfloat *re;
  gfloat *im;
} Parts;

/* The turns of one radix-4 step: exp (-2 pi i p / n) and its square and cube for
 * p = 0 to n / 4 - 1. */
typedef struct {
  Parts turn[3];
} Turns;

#define MAX_STEPS 8

/* The even samples are taken for real parts and the odd ones for imaginary
 * parts, and transformed as half as many complex numbers. */
struct _RealFft {
  guint size;
  guint half;
  guint n_steps;
  Turns turns[MAX_STEPS];
  Parts untangle; /* turns: exp (-2 pi i k / size) */
  Parts work[2];
  gfloat *memory; /* of all of the above */
};

static Parts
cut_parts (gfloat **memory, guint count)
{
  Parts parts = { *memory, *memory + count };

  *memory += 2 * count;
  return parts;
}

static void
set_turn (Parts *parts, guint index, gdouble turns)
{
  parts->re[index] = (gfloat) cos (2 * G_PI * turns);
  parts->im[index] = (gfloat) -sin (2 * G_PI * turns);
}

/**
 * real_fft_new:
 * @size: samples, a power of two from %REAL_FFT_MIN_SIZE to %REAL_FFT_MAX_SIZE
 *
 * Returns: (transfer full): a transform with its tables
 * Since: 0.1
 */
RealFft *
real_fft_new (guint size)
{
  RealFft *self;
  gfloat *memory;

  g_return_val_if_fail (size >= REAL_FFT_MIN_SIZE && size <= REAL_FFT_MAX_SIZE
          && (size & (size - 1)) == 0,
      NULL);

  self = g_new0 (RealFft, 1);
  self->size = size;
  self->half = size / 2;
  /* Twice two blocks of work and the last turns, and less than twice the half
   * for the turns of all steps. */
  self->memory = g_new0 (gfloat, 8 * self->half);
  memory = self->memory;
  self->work[0] = cut_parts (&memory, self->half);
  self->work[1] = cut_parts (&memory, self->half);
  self->untangle = cut_parts (&memory, self->half);
  for (guint k = 0; k < self->half; k++)
    set_turn (&self->untangle, k, (gdouble) k / size);

  for (guint n = self->half; n >= 4; n /= 4) {
    Turns *turns = &self->turns[self->n_steps++];

    for (guint i = 0; i < 3; i++) {
      turns->turn[i] = cut_parts (&memory, n / 4);
      for (guint p = 0; p < n / 4; p++)
        set_turn (&turns->turn[i], p, (gdouble) p * (i + 1) / n);
    }
  }
  return self;
}

/**
 * real_fft_free:
 * @self: (transfer full) (nullable): a transform
 *
 * Since: 0.1
 */
void
real_fft_free (RealFft *self)
{
  if (!self)
    return;
  g_free (self->memory);
  g_free (self);
}

/* Four complex numbers of each kind. */
typedef struct {
  Four re;
  Four im;
} Fours;

static inline Fours
load (const Parts *from, gsize index)
{
  return (Fours){ LOAD (from->re + index), LOAD (from->im + index) };
}

static inline void
store (const Parts *to, gsize index, Fours value)
{
  STORE (to->re + index, value.re);
  STORE (to->im + index, value.im);
}

static inline Fours
add (Fours a, Fours b)
{
  return (Fours){ a.re + b.re, a.im + b.im };
}

static inline Fours
subtract (Fours a, Fours b)
{
  return (Fours){ a.re - b.re, a.im - b.im };
}

/* a - i b */
static inline Fours
subtract_turned (Fours a, Fours b)
{
  return (Fours){ a.re + b.im, a.im - b.re };
}

/* a + i b */
static inline Fours
add_turned (Fours a, Fours b)
{
  return (Fours){ a.re - b.im, a.im + b.re };
}

static inline Fours
multiply (Fours a, Fours b)
{
  return (Fours){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

/* The radix-4 butterfly of in[0] to in[3], without the turns. */
static inline void
butterfly (const Fours in[4], Fours out[4])
{
  Fours sum = add (in[0], in[2]), difference = subtract (in[0], in[2]);
  Fours other_sum = add (in[1], in[3]);
  Fours other_difference = subtract (in[1], in[3]);

  out[0] = add (sum, other_sum);
  out[1] = subtract_turned (difference, other_difference);
  out[2] = subtract (sum, other_sum);
  out[3] = add_turned (difference, other_difference);
}

/* Sixteen floats, columns for rows. */
static inline void
store_turned (gfloat *to, Four a, Four b, Four c, Four d)
{
  for (guint i = 0; i < 4; i++)
    STORE (to + 4 * i, ((Four){ a[i], b[i], c[i], d[i] }));
}

/* Stockham's order: every step reads and writes in a straight line, and the
 * results come out sorted. @n: points of each of the @stride transforms. */
static void
first_step (const Turns *turns, const Parts *from, const Parts *to, gsize n)
{
  gsize apart = n / 4;

  for (gsize p = 0; p < apart; p += 4) {
    const Fours in[4] = { load (from, p), load (from, p + apart),
      load (from, p + 2 * apart), load (from, p + 3 * apart) };
    Fours out[4];

    butterfly (in, out);
    for (guint i = 1; i < 4; i++)
      out[i] = multiply (out[i], load (&turns->turn[i - 1], p));
    store_turned (to->re + 4 * p, out[0].re, out[1].re, out[2].re, out[3].re);
    store_turned (to->im + 4 * p, out[0].im, out[1].im, out[2].im, out[3].im);
  }
}

static inline Four
repeat (gfloat value)
{
  return (Four){ value, value, value, value };
}

static void
middle_step (const Turns *turns, const Parts *from, const Parts *to, gsize n,
    gsize stride)
{
  gsize apart = n / 4 * stride;

  for (gsize p = 0; p < n / 4; p++) {
    Fours turn[3];

    for (guint i = 0; i < 3; i++)
      turn[i] = (Fours){ repeat (turns->turn[i].re[p]),
        repeat (turns->turn[i].im[p]) };
    for (gsize q = 0; q < stride; q += 4) {
      gsize first = p * stride + q, target = 4 * p * stride + q;
      const Fours in[4] = { load (from, first), load (from, first + apart),
        load (from, first + 2 * apart), load (from, first + 3 * apart) };
      Fours out[4];

      butterfly (in, out);
      store (to, target, out[0]);
      for (guint i = 1; i < 4; i++)
        store (to, target + i * stride, multiply (out[i], turn[i - 1]));
    }
  }
}

static void
last_step (const Parts *from, const Parts *to, gsize stride)
{
  for (gsize q = 0; q < stride; q += 4) {
    Fours a = load (from, q), b = load (from, q + stride);

    store (to, q, add (a, b));
    store (to, q + stride, subtract (a, b));
  }
}

/* From the transform z of the pairs to that of the samples: bin k is
 * (z[k] + z*[-k]) / 2 - i turn[k] (z[k] - z*[-k]) / 2. */
static void
untangle (const Parts *z, const Parts *turn, gsize half, const Parts *bins)
{
  const Four part = repeat (0.5f);

  for (gsize k = 0; k < half; k += 4) {
    Fours here = load (z, k);
    Fours there, even, odd;

    /* Behind the last comes the first again. */
    if (k == 0) {
      there.re =
          (Four){ z->re[0], z->re[half - 1], z->re[half - 2], z->re[half - 3] };
      there.im =
          (Four){ z->im[0], z->im[half - 1], z->im[half - 2], z->im[half - 3] };
    } else {
      Fours back = load (z, half - k - 3);

      there.re = (Four){ back.re[3], back.re[2], back.re[1], back.re[0] };
      there.im = (Four){ back.im[3], back.im[2], back.im[1], back.im[0] };
    }
    even.re = (here.re + there.re) * part;
    even.im = (here.im - there.im) * part;
    odd.re = (here.im + there.im) * part;
    odd.im = (there.re - here.re) * part;
    store (bins, k, add (even, multiply (odd, load (turn, k))));
  }
}

/**
 * real_fft_transform:
 * @self: a transform
 * @samples: (array): as many as its size
 * @re: (out caller-allocates): real part of each bin from 0 to below half the
 *   size
 * @im: (out caller-allocates): imaginary part
 *
 * Since: 0.1
 */
void
real_fft_transform (
    RealFft *self, const gfloat *samples, gfloat *re, gfloat *im)
{
  const Parts *from = &self->work[0], *to = &self->work[1];
  gsize half = self->half, n = half, stride = 1;

  for (gsize k = 0; k < half; k += 4) {
    Four a = LOAD (samples + 2 * k), b = LOAD (samples + 2 * k + 4);

    STORE (from->re + k, ((Four){ a[0], a[2], b[0], b[2] }));
    STORE (from->im + k, ((Four){ a[1], a[3], b[1], b[3] }));
  }
  for (guint i = 0; i < self->n_steps; i++) {
    const Parts *written = to;

    if (stride == 1)
      first_step (&self->turns[i], from, to, n);
    else
      middle_step (&self->turns[i], from, to, n, stride);
    to = from;
    from = written;
    n /= 4;
    stride *= 4;
  }
  if (n == 2) {
    last_step (from, to, stride);
    from = to;
  }
  untangle (from, &self->untangle, half, &(Parts){ re, im });
}
