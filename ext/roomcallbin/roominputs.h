/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "loopthread.h"
#include "sendbranch.h"

G_BEGIN_DECLS

/**
 * RoomInputs:
 *
 * The inputs that were requested, those that have media, and the join that waits
 * until all have. Used on the room's thread alone; it knows nothing of members.
 */
typedef struct _RoomInputs RoomInputs;

/**
 * RoomInputsJoin:
 * @complete: whether all inputs have media, or never will
 * @data: handed to room_inputs_new()
 *
 * It is time to join. Called once for each room_inputs_hold_join().
 */
typedef void (*RoomInputsJoin) (gboolean complete, gpointer data);

RoomInputs *room_inputs_new (
    LoopThread *loop, RoomInputsJoin join, gpointer data);
void room_inputs_free (RoomInputs *self);

void room_inputs_add (RoomInputs *self, SendBranch *input);
gboolean room_inputs_settle (
    RoomInputs *self, SendBranch *input, gboolean usable);
void room_inputs_remove (RoomInputs *self, SendBranch *input);
GPtrArray *room_inputs_get_ready (RoomInputs *self);

void room_inputs_hold_join (RoomInputs *self, guint timeout);
void room_inputs_cancel_join (RoomInputs *self);
void room_inputs_join_if_ready (RoomInputs *self);

G_END_DECLS
