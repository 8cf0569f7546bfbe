/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "loopthread.h"

G_BEGIN_DECLS

/**
 * RoomSignaller:
 *
 * Our side of the signalling contract: any element that has its signals and
 * actions. It turns the signals, which come from a thread of the signaller's,
 * into calls on the room's thread. It knows nothing of what they mean.
 */
typedef struct _RoomSignaller RoomSignaller;

/**
 * RoomSignallerFuncs:
 *
 * One for each signal of the contract, see roomcontract.h; of the optional ones
 * only those are called that the element has. Called on the loop thread. Strings may be %NULL where the contract says so, and are else valid
 * UTF-8.
 */
typedef struct {
  void (*joined) (const char *self_id, gpointer data);
  void (*disconnected) (const char *reason, gboolean will_retry, gpointer data);
  void (*left) (const char *reason, gpointer data);
  void (*roster_complete) (gpointer data);
  void (*peer_joined) (const char *id, const char *role,
      const GstStructure *info, gpointer data);
  void (*peer_left) (const char *id, const char *reason, gpointer data);
  void (*description) (
      const char *id, const char *type, const char *sdp, gpointer data);
  void (*candidate) (const char *id, int mline, const char *mid,
      const char *candidate, gpointer data);
  void (*call_ended) (const char *id, const char *reason, gpointer data);
  void (*ice_servers) (
      const char *id, const GstStructure *servers, gpointer data);
} RoomSignallerFuncs;

gboolean room_signaller_check (GstElement *element, GError **error);

RoomSignaller *room_signaller_new (GstElement *element, LoopThread *loop,
    const RoomSignallerFuncs *funcs, gpointer data);
void room_signaller_free (RoomSignaller *self);

gboolean room_signaller_has_trickle (RoomSignaller *self);
void room_signaller_send_description (
    RoomSignaller *self, const char *id, const char *type, const char *sdp);
void room_signaller_send_candidate (RoomSignaller *self, const char *id,
    int mline, const char *mid, const char *candidate);
void room_signaller_end_call (
    RoomSignaller *self, const char *id, const char *reason);
void room_signaller_reject_call (
    RoomSignaller *self, const char *id, const char *reason);
void room_signaller_forget_call (RoomSignaller *self, const char *id);
gboolean room_signaller_refresh_ice_servers (RoomSignaller *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RoomSignaller, room_signaller_free)

G_END_DECLS
