/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What somebody does to a server who wants it to be of no use to others. Each
 * runs in a thread of its own with sockets that block, and returns when it has
 * done its worst; that the server dealt with it is asserted. */
typedef struct {
  const char *name;
  void (*run) (guint port);
} Attack;

/* The last one is without a name. */
extern const Attack attacks[];

/* How long the server is to let a request's head take, in ms. */
#define ATTACKED_REQUEST_TIMEOUT 1000

G_END_DECLS
