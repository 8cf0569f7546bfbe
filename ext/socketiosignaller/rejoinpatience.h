/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For how long, in microseconds. */
#define REJOIN_PATIENCE_US (60 * G_USEC_PER_SEC)

/**
 * RejoinPatience:
 * @since: when the first refusal of a row came, monotonic; 0: there was none
 * @last: when the latest did
 *
 * For how long a room is asked again that we were in and that refuses us now. A
 * server that has not noticed that our last connection is gone takes us for
 * somebody else, for whom there may be no place; Socket.IO's default is 45 s.
 */
typedef struct {
  gint64 since;
  gint64 last;
} RejoinPatience;

gboolean rejoin_patience_take (RejoinPatience *self, gint64 now, gint64 pause);

G_END_DECLS
