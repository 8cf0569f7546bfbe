/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-backoff.h"

/* What it is unless said otherwise, ms. */
#define STABLE 10000

void
sio_backoff_init (SioBackoff *self, guint delay, guint delay_max, double jitter)
{
  *self = (SioBackoff){
    .delay = MAX (delay, 1),
    .delay_max = MAX (delay_max, MAX (delay, 1)),
    .jitter = CLAMP (jitter, 0.0, 1.0),
    .stable = STABLE,
  };
}

/* The delay before the next attempt. @chance is evenly spread over [0, 1).
 *
 * It doubles with each attempt up to the maximum, and only then is chance taken
 * off. (The reference client adds chance first and cuts off at the maximum,
 * which puts most clients at exactly the maximum, in step with each other after
 * a server's restart; and after 1,015 attempts its delay is not a number, and
 * half of its attempts come at once.) */
guint
sio_backoff_next (SioBackoff *self, double chance)
{
  guint64 whole = self->delay_max;

  if (self->attempts < 31)
    whole = MIN (whole, (guint64) self->delay << self->attempts);
  if (self->attempts < G_MAXUINT)
    self->attempts++;
  return (guint) ((double) whole * (1.0 - self->jitter * chance));
}

void
sio_backoff_opened (SioBackoff *self, gint64 now)
{
  self->opened = now;
}

void
sio_backoff_closed (SioBackoff *self, gint64 now)
{
  if (self->opened != 0 && now - self->opened >= self->stable * (gint64) 1000)
    self->attempts = 0;
  self->opened = 0;
}
