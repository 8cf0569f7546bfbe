/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverroom.h"

G_BEGIN_DECLS

/**
 * RoomServerLog:
 * @line: what happened, in one line without its end; no SDP and no secret is in it
 * @data: as it was given
 */
typedef void (*RoomServerLog) (const char *line, gpointer data);

/**
 * ServerLog:
 * @write: (nullable): where lines go; %NULL: they are messages of GLib
 * @data: for @write
 *
 * What is noted of a server's life: one line each. What strangers said is quoted.
 */
typedef struct {
  RoomServerLog write;
  gpointer data;
} ServerLog;

/**
 * ServerLogClient:
 * @id: its whole id
 * @name: what people call it
 * @address: where it comes from
 */
typedef struct {
  const char *id;
  const char *name;
  const char *address;
} ServerLogClient;

void server_log_connect (const ServerLog *self, const ServerLogClient *client,
    const char *transport);
void server_log_room (const ServerLog *self, const ServerLogClient *client,
    const char *what, const ServerRoom *room, guint size);
void server_log_refusal (const ServerLog *self, const ServerLogClient *client,
    ServerRefusal reason, const char *words);

G_END_DECLS
