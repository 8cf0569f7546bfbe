/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "loopthread.h"
#include "ratelimit.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * RoomPost:
 *
 * What the room tells the application: on the room's thread, but behind what the
 * room is doing, as whoever is told may stop it. What a peer does may make
 * warnings: no more of them than somebody can read. Used on the room's thread
 * alone.
 */
typedef struct {
  LoopThread *loop;  /* the room's, not owned */
  GstObject *source; /* for the log, not owned */
  void (*post) (GstStructure *structure, gpointer data);
  gpointer data;
  RateLimit warnings;
} RoomPost;

void room_post_init (RoomPost *self, LoopThread *loop, GstObject *source,
    void (*post) (GstStructure *structure, gpointer data), gpointer data);
void room_post_message (RoomPost *self, GstStructure *structure);
void room_post_warning (RoomPost *self, const char *text);

G_END_DECLS
