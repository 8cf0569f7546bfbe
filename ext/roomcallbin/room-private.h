/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room.h"
#include "roominputs.h"
#include "roompost.h"
#include "roster.h"

G_BEGIN_DECLS

/* Shared by room.c (what it is asked for) and roomhear.c (what it is told). */

struct _Room {
  LoopThread *loop;
  GstBin *bin;
  const RoomFuncs *funcs;
  gpointer data;

  RoomPeerContext context;
  RoomSettings settings;
  char *member;          /* hex, 128 bit: who we are, in our descriptions */
  GstElement *signaller; /* while running */
  Roster *roster;
  RoomCalls *calls;
  RoomInputs *inputs;
  RoomStats departed; /* with members that are gone */
  gboolean running;
  RoomPost messages;
  GSource *stats_timer;
  GSource *missing_timer;

  GMutex lock;
  GCond cond;
  /* Guarded by lock: legs that are not yet gone, for room_stop(). */
  guint n_legs;
};

extern const RoomSignallerFuncs room_signaller_funcs;

void room_clear_timer (GSource **timer);
GSource *room_add_timer (Room *self, guint ms, GSourceFunc func);
void room_warn_of_servers (Room *self, GPtrArray *reasons);

G_END_DECLS
