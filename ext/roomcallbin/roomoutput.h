/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "livemixer.h"
#include "outputqueue.h"
#include "roomoutputs.h"

G_BEGIN_DECLS

/* One src pad: what it takes, and what feeds it. Used by roomoutputs.c, which has
 * all of them, on the room's thread. */

typedef struct {
  RecvBranch *branch;
  guint slot;
  guint index; /* among the peer's tracks of one kind */
  char *peer_id;
  char *stream_id;
  char *title;
  gboolean stands_alone;
  gboolean paused;     /* the peer sends nothing on it now */
  gboolean superseded; /* another one is shown in its place */
} RoomTrack;

/* What feeds one output from one source. */
typedef struct {
  gpointer source; /* RecvBranch or SendBranch */
  gboolean own;    /* source is a SendBranch */
  GstPad *media_pad;
  GstElement *viz;   /* the voice as a picture, or NULL */
  GstPad *mixer_pad; /* NULL: the output's queue */
} Feed;

typedef struct {
  GstPad *pad; /* ghost pad of the element */
  OutputRole role;
  MediaKind kind;
  guint slot;
  guint index;
  gboolean requested; /* by the application, not added by us */
  gboolean started;
  gboolean encoded;
  gboolean ending;    /* its track is gone; removed when EOS has passed */
  LiveMixer *mixer;   /* what runs from the first second; or: */
  OutputQueue *queue; /* what passes a track as it comes */
  GPtrArray *feeds;
} RoomOutput;

struct _RoomOutputs {
  LoopThread *loop;
  GstBin *bin;
  const RoomOutputsFuncs *funcs;
  gpointer data;
  GPtrArray *outputs;
  GPtrArray *tracks;
  GPtrArray *inputs; /* SendBranch, not owned */
  gboolean running;
  GstClockTime latency;
  gboolean mix_self_view;
};

/* What the queues' threads may use longer than the outputs are there. */
typedef struct {
  LoopThread *loop;
  RoomOutputs *outputs; /* not used but on the loop thread */
} RoomQueueContext;

void room_output_free (gpointer data);

gboolean room_output_wants_track (
    const RoomOutput *output, const RoomTrack *track);
gboolean room_output_wants_input (
    const RoomOutputs *self, const RoomOutput *output, SendBranch *input);
void room_output_show_identity (
    const RoomOutput *output, const RoomTrack *track);
void room_output_start (RoomOutputs *self, RoomOutput *output);
void room_output_stop (RoomOutputs *self, RoomOutput *output);
void room_output_add_feed (RoomOutputs *self, RoomOutput *output,
    gpointer source, gboolean own, MediaKind kind, const char *id);
void room_output_add_track (
    RoomOutputs *self, RoomOutput *output, const RoomTrack *track);
void room_output_remove_feed (
    RoomOutputs *self, RoomOutput *output, gpointer source);
void room_output_remove_feeds (RoomOutputs *self, RoomOutput *output);

void room_outputs_queue_ended (GstPad *pad, gpointer context);

G_END_DECLS
