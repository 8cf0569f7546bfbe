/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "callpolicy.h"
#include "roompost.h"
#include "roster.h"

G_BEGIN_DECLS

/**
 * RoomCalls:
 *
 * Who of the roster is called and answered, by the policy and by what the
 * application asks for; docs/calls.md. It knows nothing of connections. Used on
 * the room's thread alone.
 */
typedef struct _RoomCalls RoomCalls;

/**
 * RoomCallAction:
 * @ROOM_CALL_CALL: offer a call
 * @ROOM_CALL_ACCEPT: answer the offer that waits
 * @ROOM_CALL_REJECT: refuse it
 * @ROOM_CALL_HANG_UP: end the call, whatever its state
 * @ROOM_CALL_HANG_UP_ALL: the same with everybody
 */
typedef enum {
  ROOM_CALL_CALL,
  ROOM_CALL_ACCEPT,
  ROOM_CALL_REJECT,
  ROOM_CALL_HANG_UP,
  ROOM_CALL_HANG_UP_ALL,
} RoomCallAction;

RoomCalls *room_calls_new (Roster *roster, RoomPost *messages);
void room_calls_free (RoomCalls *self);
void room_calls_configure (RoomCalls *self, const CallPolicy *policy);

void room_calls_arrived (RoomCalls *self, RoomPeer *peer);
void room_calls_late (RoomCalls *self, RoomPeer *peer);
void room_calls_offered (RoomCalls *self, RoomPeer *peer, const char *offer);
void room_calls_ended (RoomCalls *self, const char *id, const char *reason);
void room_calls_act (RoomCalls *self, RoomCallAction action, const char *id);
GstStructure *room_calls_get_peers (RoomCalls *self);

G_END_DECLS
