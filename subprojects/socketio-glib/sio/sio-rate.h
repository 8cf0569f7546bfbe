/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much may come in the long run, and at once. All zero is no limit. */
typedef struct {
  gint64 cost;  /* of one, in microseconds; 0 = no limit */
  guint burst;  /* how many may come at once */
  gint64 ahead; /* monotonic time up to which all was used up */
} SioRate;

void sio_rate_init (SioRate *self, guint per_second, guint burst);
gboolean sio_rate_take (SioRate *self, guint count, gint64 now);

G_END_DECLS
