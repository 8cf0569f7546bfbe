/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fixture.h"
#include "helper.h"
#include "poll-server.h"

G_BEGIN_DECLS

/* A server behind TLS. What takes the TLS is a program of its own, since GLib's
 * TLS server resumes no sessions. */
typedef struct {
  Fixture base;
  SioServer *server;
  PollServer *polled; /* in its place, if the arena is so */
  Helper *proxy;
  guint port;
} Arena;

typedef struct {
  gboolean polled;
  gboolean asks; /* the client for client.pem */
} ArenaKind;

/* @data is an ArenaKind, or NULL for one with nothing set. */
void arena_set_up (Arena *self, gconstpointer data);
void arena_tear_down (Arena *self, gconstpointer data);

GTlsCertificate *arena_load_certificate (const char *name);

/* A manager that trusts the server, or only whom the system trusts. */
SioManager *arena_new_manager (
    Arena *self, const char *host, gboolean trusting);

/* Each takes the manager over. */
void arena_assert_connects (Arena *self, SioManager *manager);
void arena_assert_refuses (Arena *self, SioManager *manager);

G_END_DECLS
