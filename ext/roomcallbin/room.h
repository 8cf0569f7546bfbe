/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "roomcalls.h"
#include "icefilter.h"
#include "iceservers.h"
#include "roomoutputs.h"

G_BEGIN_DECLS

/**
 * Room:
 *
 * The members of a room and our connections with them: what the signaller says
 * becomes legs, what the legs receive goes to the outputs. It owns the thread
 * "room-call", on which all of this happens, so that nothing here needs a lock;
 * the functions below may be called from any other thread.
 */
typedef struct _Room Room;

/**
 * RoomSettings:
 * @room: (nullable): its name, for the ids of streams
 * @leg_latency: of the jitter buffers, in milliseconds
 * @ice_servers: those that the user set
 * @calls: who is called and answered
 *
 * Copied by room_start(). Times are in milliseconds, 0: no limit.
 */
typedef struct {
  const char *room;
  guint latency;
  gboolean receive_audio;
  gboolean receive_video;
  gboolean mix_self_view;
  gboolean do_retransmission;
  gboolean relay_only;
  IceFilter ice_candidate_types;
  const char *ice_interfaces;
  GTlsDatabase *turn_authorities;
  const IceServers *ice_servers;
  guint max_peers;
  guint join_timeout;
  guint call_timeout;
  guint ice_timeout;
  guint stats_interval;
  guint rejoin_grace;
  CallPolicy calls;
} RoomSettings;

/**
 * RoomFuncs:
 * @post: takes a structure for the bus, (transfer full)
 * @failed: the room can never work, for instance as a plugin is missing
 *
 * Called on the room's thread.
 */
typedef struct {
  void (*post) (GstStructure *structure, gpointer data);
  void (*failed) (const GError *error, gpointer data);
  RoomOutputsFuncs outputs;
} RoomFuncs;

Room *room_new (GstBin *bin, const RoomFuncs *funcs, gpointer data);
void room_free (Room *self);

void room_prepare (Room *self);
void room_start (
    Room *self, GstElement *signaller, const RoomSettings *settings);
void room_join (Room *self);
void room_cancel_join (Room *self);
void room_stop (Room *self);
void room_send_eos (Room *self);

void room_add_input (Room *self, SendBranch *input);
void room_input_ready (Room *self, SendBranch *input, const GError *error);
void room_remove_input (Room *self, SendBranch *input);

void room_add_output (
    Room *self, GstPad *pad, OutputRole role, MediaKind kind, guint slot);
void room_output_linked (Room *self, GstPad *pad);
void room_remove_output (Room *self, GstPad *pad);

void room_act (Room *self, RoomCallAction action, const char *who);
GstStructure *room_get_peers (Room *self);
GstStructure *room_get_stats (Room *self);

G_END_DECLS
