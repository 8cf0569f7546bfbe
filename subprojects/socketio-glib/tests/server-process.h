/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A server in a process of its own, plain-server, and what the system says of
 * it. */
typedef struct {
  GSubprocess *process;
  guint port;
} ServerProcess;

typedef struct {
  guint descriptors;
  guint threads;
  gsize bytes; /* of memory that is its own, and in use */
  gsize peak;  /* the most that it ever was in memory, with what is mapped */
} ServerSize;

void server_process_start (
    ServerProcess *self, const char *program, const char *const *properties);
void server_process_stop (ServerProcess *self);
ServerSize server_process_measure (ServerProcess *self);
/* Of a schedstat file of proc(5). */
gint64 scheduler_get_waited (const char *path);
gint64 server_process_get_waited (ServerProcess *self);
void server_process_forget_peak (ServerProcess *self);

G_END_DECLS
