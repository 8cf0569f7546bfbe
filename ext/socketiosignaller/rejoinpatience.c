/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rejoinpatience.h"

/* Who is refused after this was let in before, beside the pause to the next try. */
#define STABLE_US (30 * G_USEC_PER_SEC)

/**
 * rejoin_patience_take:
 * @self: the patience, at first all zero
 * @now: when the refusal came, monotonic microseconds
 * @pause: how long it takes at most until the room is asked again, in microseconds
 *
 * Returns: whether it is worth to ask again
 */
gboolean
rejoin_patience_take (RejoinPatience *self, gint64 now, gint64 pause)
{
  if (self->since == 0 || now - self->last > STABLE_US + pause)
    self->since = now;
  self->last = now;
  return now - self->since < REJOIN_PATIENCE_US;
}
