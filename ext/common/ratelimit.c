/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ratelimit.h"

/**
 * rate_limit_init:
 * @self: the limit
 * @per_second: how many go through in the long run
 * @burst: how many may go through at once, at least 1
 * @now: monotonic microseconds
 */
void
rate_limit_init (RateLimit *self, double per_second, double burst, gint64 now)
{
  self->per_second = per_second;
  self->burst = burst;
  self->left = burst;
  self->at = now;
}

/**
 * rate_limit_take:
 * @self: the limit
 * @now: monotonic microseconds
 *
 * Returns: whether one more may go through now
 */
gboolean
rate_limit_take (RateLimit *self, gint64 now)
{
  double earned = self->per_second * (double) (now - self->at) / G_USEC_PER_SEC;

  self->left = MIN (self->burst, self->left + earned);
  self->at = now;
  if (self->left < 1)
    return FALSE;
  self->left -= 1;
  return TRUE;
}
