/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* A server with an honest client, and a hostile one beside it. */
typedef struct {
  Fixture base;
  SioServer *server;
  SioManager *manager;
  Log honest;
  Raw *raw;
  guint connections;
  char *reason; /* why the last client left */
} HostileArena;

void hostile_set_up (HostileArena *arena, gconstpointer data);
void hostile_tear_down (HostileArena *arena, gconstpointer data);

/* Until the hostile client is disconnected. */
void hostile_await_end (HostileArena *arena);

/* What the hostile client is told wakes nobody up by itself. */
GSource *hostile_start_ticking (HostileArena *arena);
void hostile_stop_ticking (GSource *source);

/* What a request by a connection of its own is answered. */
void hostile_assert_answer (HostileArena *arena, const char *request,
    const char *status, const char *body);

G_END_DECLS
