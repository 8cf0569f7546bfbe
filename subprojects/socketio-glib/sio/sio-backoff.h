/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When to try to connect again. A pure calculation: time and chance come from
 * outside. All in milliseconds but the clock, which is in microseconds. */
typedef struct {
  guint delay;     /* of the first attempt */
  guint delay_max; /* of any */
  double jitter;   /* 0..1: how much of a delay is left to chance */
  guint stable;    /* how long a connection holds for it to begin anew */
  guint attempts;  /* since the last stable connection */
  gint64 opened;   /* when the connection was made, 0 without one */
} SioBackoff;

void sio_backoff_init (
    SioBackoff *self, guint delay, guint delay_max, double jitter);
guint sio_backoff_next (SioBackoff *self, double chance);
void sio_backoff_opened (SioBackoff *self, gint64 now);
void sio_backoff_closed (SioBackoff *self, gint64 now);

G_END_DECLS
