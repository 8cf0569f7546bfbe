/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* One row of tests/data/analyser/cases.tsv with its signal and its answers. */
typedef struct {
  gchar *name;
  guint fft_size;
  gdouble smoothing;
  gdouble min_decibels;
  gdouble max_decibels;
  guint bins;
  guint reads;
  gint fps_n; /* 0 when the reads are irregular */
  gint fps_d;

  gboolean is_float;
  guint rate;
  guint channels;
  GBytes *signal;    /* interleaved S16 or F32, native endian */
  GBytes *positions; /* reads x guint32 */
  GBytes *bytes;     /* reads x bins */
  GBytes *decibels;  /* reads x bins floats */
  GBytes *time;      /* reads x fft_size, or NULL */
} AnalyserVector;

/* Returns: (element-type AnalyserVector) (transfer full): all cases */
GPtrArray *analyser_vectors_load (void);

/* Reads an 8-bit RGBA PNG of the vectors: @width x @height x 4 bytes. */
guint8 *analyser_vectors_load_png (
    const gchar *name, guint *width, guint *height);
