/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* A server behind TLS. What takes the TLS is a program of its own, since GLib's
 * TLS server resumes no sessions. */
typedef struct {
  Fixture base;
  SioServer *server;
  GSubprocess *proxy;
  guint port;
} Arena;

void arena_set_up (Arena *self, gconstpointer data);
void arena_tear_down (Arena *self, gconstpointer data);

/* A manager that trusts the server, or only whom the system trusts. */
SioManager *arena_new_manager (
    Arena *self, const char *host, gboolean trusting);

/* Each takes the manager over. */
void arena_assert_connects (Arena *self, SioManager *manager);
void arena_assert_refuses (Arena *self, SioManager *manager);

G_END_DECLS
