/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/loudness.h"

/*
 * What a recording of a call holds, by decoding it: that every tile of its
 * picture moves, and that its sound is heard.
 */
typedef struct {
  guint columns, rows; /* the grid of tiles; 0 = no video expected */
  gboolean audio;
  double tones[LOUDNESS_MAX_TONES]; /* Hz, each heard once at least; 0 = end */
  double seconds; /* shortest length, of each stream; 0 = any */
} FileExpectation;

gboolean file_meter_check (
    const char *path, const FileExpectation *expectation, GString *report);
