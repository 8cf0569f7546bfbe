/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-rate.h"

/* A token bucket that is kept as one time (the "virtual scheduling" of ITU-T
 * I.371): whole numbers only, and nothing is ever rounded away. */

/* With 0 a second there is no limit; at most 1,000,000. */
void
sio_rate_init (SioRate *self, guint per_second, guint burst)
{
  *self = (SioRate){
    .cost = per_second > 0 ? G_USEC_PER_SEC / (gint64) per_second : 0,
    .burst = MAX (burst, 1),
  };
}

/* Whether so many may come at @now, in monotonic microseconds; what counts for
 * more than a whole burst counts for one. What is refused costs nothing. */
gboolean
sio_rate_take (SioRate *self, guint count, gint64 now)
{
  gint64 ahead = MAX (self->ahead, now) + MIN (count, self->burst) * self->cost;

  if (self->cost == 0)
    return TRUE;
  if (ahead - now > self->burst * self->cost)
    return FALSE;
  self->ahead = ahead;
  return TRUE;
}
