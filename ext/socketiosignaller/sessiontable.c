/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessiontable.h"

static const char *const state_names[] = {
  [SESSION_IDLE] = "disconnected",
  [SESSION_CONNECTING] = "connecting",
  [SESSION_CONNECTED] = "connected",
  [SESSION_JOINING] = "joining",
  [SESSION_IN_ROOM] = "joined",
  [SESSION_RECONNECTING] = "reconnecting",
  [SESSION_FAILED] = "failed",
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == SESSION_N_STATES);

static const char *const input_names[] = {
  [SESSION_START] = "start",
  [SESSION_UP] = "up",
  [SESSION_UP_WANTED] = "up-wanted",
  [SESSION_DOWN] = "down",
  [SESSION_WANT] = "want",
  [SESSION_ENTERED] = "entered",
  [SESSION_UNANSWERED] = "unanswered",
  [SESSION_REFUSED] = "refused",
  [SESSION_FATAL] = "fatal",
  [SESSION_MOVE] = "move",
  [SESSION_MOVE_AWAY] = "move-away",
  [SESSION_MOVE_DIAL] = "move-dial",
  [SESSION_STOP] = "stop",
};
G_STATIC_ASSERT (G_N_ELEMENTS (input_names) == SESSION_N_INPUTS);

/* clang-format off */
static const struct {
  SessionState state;
  SessionInput input;
  SessionStep step;
} edges[] = {
  { SESSION_IDLE,         SESSION_START,      { SESSION_CONNECTING,   SESSION_DO_CONNECT } },
  { SESSION_IDLE,         SESSION_WANT,       { SESSION_IDLE,         SESSION_DO_NOTHING } },
  { SESSION_IDLE,         SESSION_MOVE,       { SESSION_IDLE,         SESSION_DO_NOTHING } },
  { SESSION_IDLE,         SESSION_MOVE_AWAY,  { SESSION_IDLE,         SESSION_DO_NOTHING } },
  { SESSION_IDLE,         SESSION_MOVE_DIAL,  { SESSION_IDLE,         SESSION_DO_NOTHING } },
  { SESSION_IDLE,         SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_NOTHING } },

  { SESSION_CONNECTING,   SESSION_UP,         { SESSION_CONNECTED,    SESSION_DO_NOTHING } },
  { SESSION_CONNECTING,   SESSION_UP_WANTED,  { SESSION_JOINING,      SESSION_DO_JOIN } },
  { SESSION_CONNECTING,   SESSION_DOWN,       { SESSION_CONNECTING,   SESSION_DO_REPORT } },
  { SESSION_CONNECTING,   SESSION_WANT,       { SESSION_CONNECTING,   SESSION_DO_NOTHING } },
  { SESSION_CONNECTING,   SESSION_FATAL,      { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_CONNECTING,   SESSION_MOVE,       { SESSION_CONNECTING,   SESSION_DO_NOTHING } },
  { SESSION_CONNECTING,   SESSION_MOVE_AWAY,  { SESSION_CONNECTING,   SESSION_DO_NOTHING } },
  { SESSION_CONNECTING,   SESSION_MOVE_DIAL,  { SESSION_CONNECTING,   SESSION_DO_RECALL } },
  { SESSION_CONNECTING,   SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_CLOSE } },

  { SESSION_CONNECTED,    SESSION_WANT,       { SESSION_JOINING,      SESSION_DO_JOIN } },
  { SESSION_CONNECTED,    SESSION_DOWN,       { SESSION_RECONNECTING, SESSION_DO_LOSE } },
  { SESSION_CONNECTED,    SESSION_FATAL,      { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_CONNECTED,    SESSION_MOVE,       { SESSION_CONNECTED,    SESSION_DO_RENAME } },
  { SESSION_CONNECTED,    SESSION_MOVE_AWAY,  { SESSION_CONNECTED,    SESSION_DO_RENAME } },
  { SESSION_CONNECTED,    SESSION_MOVE_DIAL,  { SESSION_RECONNECTING, SESSION_DO_RECALL } },
  { SESSION_CONNECTED,    SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_CLOSE } },

  { SESSION_JOINING,      SESSION_ENTERED,    { SESSION_IN_ROOM,      SESSION_DO_ENTER } },
  { SESSION_JOINING,      SESSION_UNANSWERED, { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_JOINING,      SESSION_WANT,       { SESSION_JOINING,      SESSION_DO_NOTHING } },
  { SESSION_JOINING,      SESSION_DOWN,       { SESSION_RECONNECTING, SESSION_DO_LOSE } },
  { SESSION_JOINING,      SESSION_REFUSED,    { SESSION_RECONNECTING, SESSION_DO_RETREAT } },
  { SESSION_JOINING,      SESSION_FATAL,      { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_JOINING,      SESSION_MOVE,       { SESSION_JOINING,      SESSION_DO_MOVE } },
  { SESSION_JOINING,      SESSION_MOVE_AWAY,  { SESSION_RECONNECTING, SESSION_DO_REDIAL } },
  { SESSION_JOINING,      SESSION_MOVE_DIAL,  { SESSION_RECONNECTING, SESSION_DO_REDIAL } },
  { SESSION_JOINING,      SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_LEAVE } },

  { SESSION_IN_ROOM,      SESSION_ENTERED,    { SESSION_IN_ROOM,      SESSION_DO_NOTHING } },
  { SESSION_IN_ROOM,      SESSION_UNANSWERED, { SESSION_IN_ROOM,      SESSION_DO_NOTHING } },
  { SESSION_IN_ROOM,      SESSION_WANT,       { SESSION_IN_ROOM,      SESSION_DO_NOTHING } },
  { SESSION_IN_ROOM,      SESSION_DOWN,       { SESSION_RECONNECTING, SESSION_DO_LOSE } },
  { SESSION_IN_ROOM,      SESSION_REFUSED,    { SESSION_RECONNECTING, SESSION_DO_RETREAT } },
  { SESSION_IN_ROOM,      SESSION_FATAL,      { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_IN_ROOM,      SESSION_MOVE,       { SESSION_JOINING,      SESSION_DO_MOVE } },
  { SESSION_IN_ROOM,      SESSION_MOVE_AWAY,  { SESSION_RECONNECTING, SESSION_DO_REDIAL } },
  { SESSION_IN_ROOM,      SESSION_MOVE_DIAL,  { SESSION_RECONNECTING, SESSION_DO_REDIAL } },
  { SESSION_IN_ROOM,      SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_LEAVE } },

  { SESSION_RECONNECTING, SESSION_UP,         { SESSION_CONNECTED,    SESSION_DO_NOTHING } },
  { SESSION_RECONNECTING, SESSION_UP_WANTED,  { SESSION_JOINING,      SESSION_DO_JOIN } },
  { SESSION_RECONNECTING, SESSION_DOWN,       { SESSION_RECONNECTING, SESSION_DO_REPORT } },
  { SESSION_RECONNECTING, SESSION_WANT,       { SESSION_RECONNECTING, SESSION_DO_NOTHING } },
  { SESSION_RECONNECTING, SESSION_FATAL,      { SESSION_FAILED,       SESSION_DO_FAIL } },
  { SESSION_RECONNECTING, SESSION_MOVE,       { SESSION_RECONNECTING, SESSION_DO_ABANDON } },
  { SESSION_RECONNECTING, SESSION_MOVE_AWAY,  { SESSION_RECONNECTING, SESSION_DO_ABANDON } },
  { SESSION_RECONNECTING, SESSION_MOVE_DIAL,  { SESSION_RECONNECTING, SESSION_DO_RECALL } },
  { SESSION_RECONNECTING, SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_CLOSE } },

  { SESSION_FAILED,       SESSION_WANT,       { SESSION_FAILED,       SESSION_DO_NOTHING } },
  { SESSION_FAILED,       SESSION_MOVE,       { SESSION_FAILED,       SESSION_DO_NOTHING } },
  { SESSION_FAILED,       SESSION_MOVE_AWAY,  { SESSION_FAILED,       SESSION_DO_NOTHING } },
  { SESSION_FAILED,       SESSION_MOVE_DIAL,  { SESSION_FAILED,       SESSION_DO_NOTHING } },
  { SESSION_FAILED,       SESSION_STOP,       { SESSION_IDLE,         SESSION_DO_CLOSE } },
};
/* clang-format on */

/**
 * session_state_get_type:
 *
 * Returns: the type of #SessionState as a property has it
 */
GType
session_state_get_type (void)
{
  static const GEnumValue values[] = {
    { SESSION_IDLE, "Not connected, and not trying", "disconnected" },
    { SESSION_CONNECTING, "Connecting for the first time", "connecting" },
    { SESSION_CONNECTED, "Connected, but not in the room", "connected" },
    { SESSION_JOINING, "Asked to be let into the room", "joining" },
    { SESSION_IN_ROOM, "In the room", "joined" },
    { SESSION_RECONNECTING, "Connection lost, trying again", "reconnecting" },
    { SESSION_FAILED, "Refused for good", "failed" },
    { 0, NULL, NULL },
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstSocketIOSignallerState", values));
  return type;
}

/**
 * session_table_step:
 * @state: the state we are in
 * @input: what happened
 * @step: (out): where to go and what to do
 *
 * Returns: %FALSE if that cannot happen in that state, and @step is not set
 */
gboolean
session_table_step (SessionState state, SessionInput input, SessionStep *step)
{
  for (gsize i = 0; i < G_N_ELEMENTS (edges); i++) {
    if (edges[i].state == state && edges[i].input == input) {
      *step = edges[i].step;
      return TRUE;
    }
  }
  return FALSE;
}

/**
 * session_state_to_string:
 * @state: a state
 *
 * Returns: its name as the bus has it
 */
const char *
session_state_to_string (SessionState state)
{
  return state_names[state];
}

/**
 * session_input_to_string:
 * @input: an input
 *
 * Returns: its name, for the log
 */
const char *
session_input_to_string (SessionInput input)
{
  return input_names[input];
}
