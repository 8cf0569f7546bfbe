/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "loopthread.h"
#include "recvbranch.h"
#include "sendbranch.h"

G_BEGIN_DECLS

/**
 * RoomOutputs:
 *
 * The src pads of the room, and what flows into each: the tracks of the peers
 * and our own inputs. It knows nothing of signalling and of connections. Used on
 * the room's thread alone.
 */
typedef struct _RoomOutputs RoomOutputs;

/**
 * OutputRole:
 * @OUTPUT_SLOT: one peer's, whoever has the slot
 * @OUTPUT_MIX: everyone else
 * @OUTPUT_PROGRAM: everyone and oneself
 */
typedef enum {
  OUTPUT_SLOT,
  OUTPUT_MIX,
  OUTPUT_PROGRAM,
} OutputRole;

/**
 * OutputTrack:
 * @branch: the media
 * @slot: the peer's
 * @peer_id: what the signalling calls the peer
 * @stream_id: unique among all tracks of the room
 * @title: (nullable): the peer's name, for people
 * @stands_alone: audio of a peer that sends no video: its tile shows the voice
 */
typedef struct {
  RecvBranch *branch;
  guint slot;
  const char *peer_id;
  const char *stream_id;
  const char *title;
  gboolean stands_alone;
} OutputTrack;

/**
 * RoomOutputsFuncs:
 * @make_pad: a track came to a slot without a pad: makes one, @index > 0 for a
 *   peer's further tracks of one kind. Returns (transfer full)
 * @add_pad: adds such a pad, which tells now whose it is, to the element
 * @remove_pad: takes such a pad off the element; @pad is (transfer full)
 * @failed: an output cannot be had, for instance as a plugin is missing
 */
typedef struct {
  GstPad *(*make_pad) (MediaKind kind, guint slot, guint index, gpointer data);
  void (*add_pad) (GstPad *pad, gpointer data);
  void (*remove_pad) (GstPad *pad, gpointer data);
  void (*failed) (const GError *error, gpointer data);
} RoomOutputsFuncs;

RoomOutputs *room_outputs_new (LoopThread *loop, GstBin *bin,
    const RoomOutputsFuncs *funcs, gpointer data);
void room_outputs_free (RoomOutputs *self);

void room_outputs_add (RoomOutputs *self, GstPad *pad, OutputRole role,
    MediaKind kind, guint slot);
void room_outputs_remove (RoomOutputs *self, GstPad *pad);
void room_outputs_linked (RoomOutputs *self, GstPad *pad);

void room_outputs_start (
    RoomOutputs *self, GstClockTime latency, gboolean mix_self_view);
void room_outputs_stop (RoomOutputs *self);
void room_outputs_send_eos (RoomOutputs *self);

void room_outputs_add_track (RoomOutputs *self, const OutputTrack *track);
void room_outputs_pause_track (
    RoomOutputs *self, RecvBranch *branch, gboolean paused);
void room_outputs_supersede_track (RoomOutputs *self, RecvBranch *branch);
void room_outputs_remove_track (RoomOutputs *self, RecvBranch *branch);
void room_outputs_add_input (RoomOutputs *self, SendBranch *input);
void room_outputs_remove_input (RoomOutputs *self, SendBranch *input);

G_END_DECLS
