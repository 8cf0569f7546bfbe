/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RateLimit:
 * @per_second: how many go through in the long run
 * @burst: how many may go through at once
 * @left: how many may still go through now
 * @at: when @left was right, monotonic microseconds
 *
 * A token bucket. Times only grow.
 */
typedef struct {
  double per_second;
  double burst;
  double left;
  gint64 at;
} RateLimit;

void rate_limit_init (
    RateLimit *self, double per_second, double burst, gint64 now);
gboolean rate_limit_take (RateLimit *self, gint64 now);

G_END_DECLS
