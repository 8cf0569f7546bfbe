/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessiontable.h"

#include "common/testlog.h"

/* Walks through the table; returns what was done last. */
static SessionAction
walk (SessionState *state, SessionInput input)
{
  SessionStep step;

  g_test_message ("%s in %s", session_input_to_string (input),
      session_state_to_string (*state));
  g_assert_true (session_table_step (*state, input, &step));
  *state = step.next;
  return step.action;
}

static void
test_join_and_leave (void)
{
  SessionState state = SESSION_IDLE;

  g_assert_cmpint (walk (&state, SESSION_START), ==, SESSION_DO_CONNECT);
  g_assert_cmpint (walk (&state, SESSION_UP), ==, SESSION_DO_NOTHING);
  g_assert_cmpint (state, ==, SESSION_CONNECTED);
  g_assert_cmpint (walk (&state, SESSION_WANT), ==, SESSION_DO_JOIN);
  g_assert_cmpint (walk (&state, SESSION_ENTERED), ==, SESSION_DO_ENTER);
  g_assert_cmpint (state, ==, SESSION_IN_ROOM);
  g_assert_cmpint (walk (&state, SESSION_STOP), ==, SESSION_DO_LEAVE);
  g_assert_cmpint (state, ==, SESSION_IDLE);
}

static void
test_rejoin (void)
{
  SessionState state = SESSION_IN_ROOM;

  g_assert_cmpint (walk (&state, SESSION_DOWN), ==, SESSION_DO_LOSE);
  /* The loss is told once, further attempts only reported. */
  g_assert_cmpint (walk (&state, SESSION_DOWN), ==, SESSION_DO_REPORT);
  g_assert_cmpint (state, ==, SESSION_RECONNECTING);
  g_assert_cmpint (walk (&state, SESSION_UP_WANTED), ==, SESSION_DO_JOIN);
  g_assert_cmpint (walk (&state, SESSION_ENTERED), ==, SESSION_DO_ENTER);
}

/* A room that refuses us is left alone for a while, however far we were. */
static void
test_refused (void)
{
  static const SessionState states[] = { SESSION_JOINING, SESSION_IN_ROOM };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++) {
    SessionState state = states[i];

    g_assert_cmpint (walk (&state, SESSION_REFUSED), ==, SESSION_DO_RETREAT);
    g_assert_cmpint (state, ==, SESSION_RECONNECTING);
    g_assert_cmpint (walk (&state, SESSION_UP_WANTED), ==, SESSION_DO_JOIN);
  }
}

static void
test_never_connected (void)
{
  SessionState state = SESSION_CONNECTING;

  g_assert_cmpint (walk (&state, SESSION_DOWN), ==, SESSION_DO_REPORT);
  g_assert_cmpint (state, ==, SESSION_CONNECTING);
  g_assert_cmpint (walk (&state, SESSION_WANT), ==, SESSION_DO_NOTHING);
  g_assert_cmpint (walk (&state, SESSION_STOP), ==, SESSION_DO_CLOSE);
}

static void
test_unanswered (void)
{
  SessionState state = SESSION_JOINING;

  g_assert_cmpint (walk (&state, SESSION_UNANSWERED), ==, SESSION_DO_FAIL);
  g_assert_cmpint (state, ==, SESSION_FAILED);

  state = SESSION_IN_ROOM;
  g_assert_cmpint (walk (&state, SESSION_UNANSWERED), ==, SESSION_DO_NOTHING);
  g_assert_cmpint (state, ==, SESSION_IN_ROOM);
}

/* Another room: on this connection, or on a new one; without one, when it comes. */
static void
test_move (void)
{
  SessionState state = SESSION_CONNECTED;

  g_assert_cmpint (walk (&state, SESSION_MOVE), ==, SESSION_DO_RENAME);
  g_assert_cmpint (walk (&state, SESSION_WANT), ==, SESSION_DO_JOIN);
  g_assert_cmpint (walk (&state, SESSION_ENTERED), ==, SESSION_DO_ENTER);
  g_assert_cmpint (walk (&state, SESSION_MOVE), ==, SESSION_DO_MOVE);
  g_assert_cmpint (state, ==, SESSION_JOINING);
  g_assert_cmpint (walk (&state, SESSION_MOVE), ==, SESSION_DO_MOVE);
  g_assert_cmpint (walk (&state, SESSION_ENTERED), ==, SESSION_DO_ENTER);

  g_assert_cmpint (walk (&state, SESSION_MOVE_AWAY), ==, SESSION_DO_REDIAL);
  g_assert_cmpint (state, ==, SESSION_RECONNECTING);
  g_assert_cmpint (walk (&state, SESSION_MOVE_AWAY), ==, SESSION_DO_ABANDON);
  g_assert_cmpint (walk (&state, SESSION_UP_WANTED), ==, SESSION_DO_JOIN);
  g_assert_cmpint (walk (&state, SESSION_MOVE_AWAY), ==, SESSION_DO_REDIAL);
  g_assert_cmpint (walk (&state, SESSION_STOP), ==, SESSION_DO_CLOSE);
}

/* Where the connection names the room, one that was made for another is given up. */
static void
test_move_dial (void)
{
  SessionState state = SESSION_CONNECTING;

  g_assert_cmpint (walk (&state, SESSION_MOVE_DIAL), ==, SESSION_DO_RECALL);
  g_assert_cmpint (state, ==, SESSION_CONNECTING);
  g_assert_cmpint (walk (&state, SESSION_UP), ==, SESSION_DO_NOTHING);
  g_assert_cmpint (walk (&state, SESSION_MOVE_DIAL), ==, SESSION_DO_RECALL);
  g_assert_cmpint (state, ==, SESSION_RECONNECTING);
  g_assert_cmpint (walk (&state, SESSION_MOVE_DIAL), ==, SESSION_DO_RECALL);
  g_assert_cmpint (walk (&state, SESSION_UP_WANTED), ==, SESSION_DO_JOIN);
  g_assert_cmpint (walk (&state, SESSION_ENTERED), ==, SESSION_DO_ENTER);
  g_assert_cmpint (walk (&state, SESSION_MOVE_DIAL), ==, SESSION_DO_REDIAL);
  g_assert_cmpint (state, ==, SESSION_RECONNECTING);
}

/* From every state a stop leads to idle, and a refusal never leads on. */
static void
test_every_state (void)
{
  for (int state = 0; state < SESSION_N_STATES; state++) {
    SessionStep step;

    g_assert_true (session_table_step (state, SESSION_STOP, &step));
    g_assert_cmpint (step.next, ==, SESSION_IDLE);
    g_assert_true (session_table_step (state, SESSION_WANT, &step));
    g_assert_true (session_table_step (state, SESSION_MOVE, &step));
    g_assert_true (session_table_step (state, SESSION_MOVE_AWAY, &step));
    g_assert_true (session_table_step (state, SESSION_MOVE_DIAL, &step));
    if (session_table_step (state, SESSION_FATAL, &step))
      g_assert_cmpint (step.next, ==, SESSION_FAILED);
    if (session_table_step (state, SESSION_DOWN, &step))
      g_assert_true (
          step.next == SESSION_CONNECTING || step.next == SESSION_RECONNECTING);
  }
}

static void
test_unlisted (void)
{
  SessionStep step;

  g_assert_false (session_table_step (SESSION_IDLE, SESSION_ENTERED, &step));
  g_assert_false (
      session_table_step (SESSION_FAILED, SESSION_UP_WANTED, &step));
  g_assert_false (session_table_step (SESSION_CONNECTED, SESSION_UP, &step));
}

/* What a property shows is what the bus says. */
static void
test_type (void)
{
  g_autoptr (GTypeClass) type = g_type_class_ref (SESSION_TYPE_STATE);

  for (int state = 0; state < SESSION_N_STATES; state++)
    g_assert_cmpstr (g_enum_get_value (G_ENUM_CLASS (type), state)->value_nick,
        ==, session_state_to_string (state));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sessiontable/join-and-leave", test_join_and_leave);
  g_test_add_func ("/sessiontable/rejoin", test_rejoin);
  g_test_add_func ("/sessiontable/refused", test_refused);
  g_test_add_func ("/sessiontable/never-connected", test_never_connected);
  g_test_add_func ("/sessiontable/unanswered", test_unanswered);
  g_test_add_func ("/sessiontable/move", test_move);
  g_test_add_func ("/sessiontable/move-dial", test_move_dial);
  g_test_add_func ("/sessiontable/every-state", test_every_state);
  g_test_add_func ("/sessiontable/unlisted", test_unlisted);
  g_test_add_func ("/sessiontable/type", test_type);
  return g_test_run ();
}
