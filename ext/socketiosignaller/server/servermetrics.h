/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "serverroom.h"

G_BEGIN_DECLS

/**
 * ServerMetrics:
 * @clients: who is connected now
 * @rooms: rooms that there are now
 * @members: members of them now, by dialect
 * @connections: who has ever connected
 * @messages: what members said to others, by dialect
 * @refusals: by reason
 *
 * What the server has done and does, in numbers: nobody's name is in it. Pure.
 */
typedef struct {
  guint clients;
  guint rooms;
  guint members[SERVER_DIALECT_COUNT];
  guint64 connections;
  guint64 messages[SERVER_DIALECT_COUNT];
  guint64 refusals[SERVER_REFUSAL_COUNT];
} ServerMetrics;

/* Prometheus' text format. */
#define SERVER_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

char *server_metrics_print (const ServerMetrics *self);

G_END_DECLS
