/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SessionState:
 * @SESSION_IDLE: not started, or stopped
 * @SESSION_CONNECTING: never connected so far; attempts go on
 * @SESSION_CONNECTED: connected, but the room is not asked for yet
 * @SESSION_JOINING: asked to be let in, no answer yet
 * @SESSION_IN_ROOM: in the room
 * @SESSION_RECONNECTING: the connection is lost, or given up for another one;
 *   attempts go on
 * @SESSION_FAILED: can never work; waits to be stopped
 */
typedef enum {
  SESSION_IDLE,
  SESSION_CONNECTING,
  SESSION_CONNECTED,
  SESSION_JOINING,
  SESSION_IN_ROOM,
  SESSION_RECONNECTING,
  SESSION_FAILED,
  SESSION_N_STATES
} SessionState;

/**
 * SessionInput:
 * @SESSION_START: begin to connect
 * @SESSION_UP: the connection is there, and nobody asked for the room yet
 * @SESSION_UP_WANTED: the connection is there, and the room is wanted
 * @SESSION_DOWN: the connection failed or was lost; it is tried again
 * @SESSION_WANT: the room is wanted from now on
 * @SESSION_ENTERED: the server showed that we are in the room
 * @SESSION_UNANSWERED: the time to be let in is over
 * @SESSION_REFUSED: a room that we were in refuses us, and is asked again
 * @SESSION_FATAL: the connection or the room is refused for good
 * @SESSION_MOVE: another room is the one, which can be entered from here
 * @SESSION_MOVE_AWAY: another room is the one, which takes another connection
 * @SESSION_MOVE_DIAL: another room is the one, which the connection names
 * @SESSION_STOP: leave and disconnect
 */
typedef enum {
  SESSION_START,
  SESSION_UP,
  SESSION_UP_WANTED,
  SESSION_DOWN,
  SESSION_WANT,
  SESSION_ENTERED,
  SESSION_UNANSWERED,
  SESSION_REFUSED,
  SESSION_FATAL,
  SESSION_MOVE,
  SESSION_MOVE_AWAY,
  SESSION_MOVE_DIAL,
  SESSION_STOP,
  SESSION_N_INPUTS
} SessionInput;

/**
 * SessionAction:
 * @SESSION_DO_NOTHING: only the state changes, if that
 * @SESSION_DO_CONNECT: open the connection
 * @SESSION_DO_JOIN: send the join
 * @SESSION_DO_ENTER: tell that we are in the room
 * @SESSION_DO_REPORT: tell why an attempt failed
 * @SESSION_DO_LOSE: tell that what was there is lost, and will come back
 * @SESSION_DO_RETREAT: disconnect, tell that, connect anew later
 * @SESSION_DO_FAIL: tell that it is over, and disconnect
 * @SESSION_DO_RENAME: take note of the room's name
 * @SESSION_DO_MOVE: send the leave, tell it, send the join of the other room
 * @SESSION_DO_REDIAL: send the leave, tell it, connect anew
 * @SESSION_DO_ABANDON: tell that we are not in the room any more
 * @SESSION_DO_RECALL: the same, and connect anew
 * @SESSION_DO_LEAVE: send the leave, tell it, disconnect
 * @SESSION_DO_CLOSE: disconnect
 */
typedef enum {
  SESSION_DO_NOTHING,
  SESSION_DO_CONNECT,
  SESSION_DO_JOIN,
  SESSION_DO_ENTER,
  SESSION_DO_REPORT,
  SESSION_DO_LOSE,
  SESSION_DO_RETREAT,
  SESSION_DO_FAIL,
  SESSION_DO_RENAME,
  SESSION_DO_MOVE,
  SESSION_DO_REDIAL,
  SESSION_DO_ABANDON,
  SESSION_DO_RECALL,
  SESSION_DO_LEAVE,
  SESSION_DO_CLOSE,
} SessionAction;

/**
 * SessionStep:
 * @next: the state to go to, before the action
 * @action: what to do then
 */
typedef struct {
  SessionState next;
  SessionAction action;
} SessionStep;

#define SESSION_TYPE_STATE (session_state_get_type ())
GType session_state_get_type (void);

gboolean session_table_step (
    SessionState state, SessionInput input, SessionStep *step);
const char *session_state_to_string (SessionState state);
const char *session_input_to_string (SessionInput input);

G_END_DECLS
