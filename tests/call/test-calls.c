/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"
#include "roomcontract.h"

#include <string.h>

/* Who is called, who answers, how a call ends: docs/calls.md. */

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

static void
act (CallMember *member, const char *action, const char *peer)
{
  g_signal_emit_by_name (call_member_get_call (member), action, peer);
}

/* As that of a page that waits for somebody to press a button. */
static void
be_manual (CallMember *member)
{
  loopback_signaller_set_roles (
      call_member_get_signaller (member), ROOM_ROLE_MANUAL, ROOM_ROLE_MANUAL);
}

#define check_told(member, message, field, value, count)                      \
  fail_unless (call_member_wait_count (                                       \
                   member, message, field, value, count, test_deadline (20)), \
      "no %s with %s=%s", message, field, value)
#define check_ended(member, reason, count) \
  check_told (member, "roomcall/call-ended", "reason", reason, count)

/* What get-peers says of the only peer. */
static char *
get_peer_state (CallMember *member)
{
  GstStructure *peers = NULL;
  const GValue *list;
  char *state;

  g_signal_emit_by_name (call_member_get_call (member), "get-peers", &peers);
  fail_unless (gst_structure_has_name (peers, "roomcall/peers"));
  list = gst_structure_get_value (peers, "peers");
  fail_unless_equals_int (gst_value_array_get_size (list), 1);
  state = g_strdup (gst_structure_get_string (
      g_value_get_boxed (gst_value_array_get_value (list, 0)), "state"));
  gst_structure_free (peers);
  return state;
}

/* A call waits, is accepted, is hung up, and is not made again by itself. */
GST_START_TEST (test_manual)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *ringing = NULL;
  g_autofree char *closed = NULL;
  GstStructure *info;
  gboolean audio = FALSE, video = FALSE;

  TEST_WATCHDOG (120);
  a = call_check_member ("manual", "call-policy=manual", INPUTS (440));
  b = call_check_member ("manual", "display-name=Ben", INPUTS (880));
  call_check_play_in_turn (a, b);
  check_told (a, "roomcall/incoming-call", "peer-name", "Ben", 1);
  info = call_member_get_message (a, "roomcall/incoming-call", NULL, NULL);
  gst_structure_get (info, "audio", G_TYPE_BOOLEAN, &audio, "video",
      G_TYPE_BOOLEAN, &video, NULL);
  gst_structure_free (info);
  fail_unless (audio && video);
  ringing = get_peer_state (a);
  fail_unless_equals_string (ringing, "ringing");
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-state", "state", "connected"), 0);

  act (a, "accept", NULL);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_pair (a, b);

  act (a, "hangup", NULL);
  check_ended (a, "We hung up", 1);
  check_told (b, "roomcall/call-ended", NULL, NULL, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);
  closed = get_peer_state (a);
  fail_unless_equals_string (closed, "closed");
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-left", NULL, NULL), 0);

  /* They are still there for each other, and either may call. */
  act (a, "call", "Ben");
  call_check_connected (a, 2);
  call_check_pair (a, b);
  act (b, "hangup-all", NULL);
  check_ended (b, "We hung up", 1);
  check_told (a, "roomcall/call-ended", NULL, NULL, 2);
}
GST_END_TEST

GST_START_TEST (test_reject)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member (
      "reject", "call-policy=manual call-timeout=5000", INPUTS (440));
  b = call_check_member ("reject", "", INPUTS (880));
  call_check_play_in_turn (a, b);
  check_told (a, "roomcall/incoming-call", NULL, NULL, 1);
  act (a, "reject", NULL);
  check_ended (a, "We rejected the call", 1);
  check_told (b, "roomcall/call-ended", NULL, NULL, 1);

  /* Nobody accepts it. */
  act (b, "call", NULL);
  check_told (a, "roomcall/incoming-call", NULL, NULL, 2);
  check_ended (a, "Nobody accepted the call in time (call-timeout)", 1);
  check_told (b, "roomcall/call-ended", NULL, NULL, 2);

  /* The caller thinks better of it. */
  act (b, "call", NULL);
  check_told (a, "roomcall/incoming-call", NULL, NULL, 3);
  act (b, "hangup", NULL);
  check_ended (b, "We hung up", 1);
  check_told (a, "roomcall/call-ended", NULL, NULL, 3);

  /* What cannot be done is said. */
  act (a, "accept", NULL);
  check_told (a, "roomcall/warning", NULL, NULL, 1);
  act (a, "hangup", "nobody");
  check_told (a, "roomcall/warning", NULL, NULL, 2);
}
GST_END_TEST

static void
accept_at_once (GstElement *call, const char *peer, const GstStructure *info,
    guint *n_calls)
{
  g_atomic_int_inc (n_calls);
  g_signal_emit_by_name (call, "accept", peer);
}

static void
count_end (
    GstElement *call, const char *peer, const char *reason, guint *n_ends)
{
  GstStructure *peers = NULL;

  g_atomic_int_inc (n_ends);
  /* On the room's own thread: nothing to wait for. */
  g_signal_emit_by_name (call, "get-peers", &peers);
  gst_structure_free (peers);
}

/* The actions are used from the signals. */
GST_START_TEST (test_from_signal)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  guint n_calls = 0, n_ends = 0;

  TEST_WATCHDOG (90);
  a = call_check_member ("signal", "call-policy=manual", INPUTS (440));
  b = call_check_member ("signal", "", INPUTS (880));
  g_signal_connect (call_member_get_call (a), "incoming-call",
      G_CALLBACK (accept_at_once), &n_calls);
  g_signal_connect (
      call_member_get_call (a), "call-ended", G_CALLBACK (count_end), &n_ends);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  call_check_pair (a, b);
  call_member_stop (b);
  check_told (a, "roomcall/call-ended", NULL, NULL, 1);
  fail_unless_equals_int (g_atomic_int_get (&n_calls), 1);
  fail_unless_equals_int (g_atomic_int_get (&n_ends), 1);
}
GST_END_TEST

/* A full line, and one that is for Ada alone. */
GST_START_TEST (test_busy)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member ("busy", "max-calls=1 accept-from=A*", INPUTS (440));
  b = call_check_member ("busy", "display-name=Ben", INPUTS (1320));
  c = call_check_member ("busy", "display-name=Ada", INPUTS (880));
  call_check_play_in_turn (a, b);
  check_ended (a, "Not among those whose calls are accepted (accept-from)", 1);
  check_told (b, "roomcall/call-ended", NULL, NULL, 1);
  call_member_play (c);
  call_check_connected (a, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  /* Nor is there anybody else whom it could mean. */
  call_check_connected (b, 1);

  act (b, "call", NULL);
  check_ended (a, "Busy: there are max-calls already", 1);
  check_told (b, "roomcall/call-ended", NULL, NULL, 2);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
}
GST_END_TEST

/* As gst-launch calls somebody, in a room where nobody calls by custom. */
GST_START_TEST (test_call_peer)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (120);
  b = call_check_member ("peer", "display-name=Ben", INPUTS (880));
  c = call_check_member ("peer", "display-name=Ada", INPUTS (1320));
  a = call_check_member (
      "peer", "call-policy=answer call-peer=Be?", INPUTS (440));
  be_manual (a);
  be_manual (b);
  be_manual (c);
  call_member_play (b);
  call_member_play (c);
  check_told (b, "roomcall/peer-joined", NULL, NULL, 1);
  call_member_play (a);
  call_check_connected (a, 1);
  call_check_pair (a, b);
  call_check_hears (c, "audio_mix", CALL_TONE_NONE);
}
GST_END_TEST

/* Who is there calls who comes, if that one does not in time. */
GST_START_TEST (test_late)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member ("late", "", INPUTS (440));
  b = call_check_member ("late", "call-policy=answer", INPUTS (880));
  loopback_signaller_set_roles (
      call_member_get_signaller (b), ROOM_ROLE_OFFERER, ROOM_ROLE_LATE_OFFERER);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  call_check_pair (a, b);
}
GST_END_TEST

/* What a page sends has no member number. */
static char *
be_page (const char *from, const char *kind, const char *text, gpointer data)
{
  g_autoptr (GRegex) line =
      g_regex_new ("a=x-roomcall-[^\r\n]*\r\n", 0, 0, NULL);

  return g_regex_replace_literal (line, text, -1, 0, "", 0, NULL);
}

/* Both press the button at once. */
static void
check_crossing (const char *room, LoopbackFilter filter)
{
  g_autoptr (CallMember) a = call_check_member (room, "", INPUTS (440));
  g_autoptr (CallMember) b = call_check_member (room, "", INPUTS (880));

  be_manual (a);
  be_manual (b);
  loopback_signaller_set_filter (call_member_get_signaller (b), filter, NULL);
  call_member_play (a);
  call_member_play (b);
  check_told (a, "roomcall/peer-joined", NULL, NULL, 1);
  check_told (b, "roomcall/peer-joined", NULL, NULL, 1);
  for (guint i = 1; i <= 3; i++) {
    act (a, "call", NULL);
    act (b, "call", NULL);
    call_check_connected (a, i);
    call_check_connected (b, i);
    call_check_pair (a, b);
    act (i % 2 == 0 ? a : b, "hangup", NULL);
    check_told (a, "roomcall/call-ended", NULL, NULL, i);
    check_told (b, "roomcall/call-ended", NULL, NULL, i);
  }
}

GST_START_TEST (test_crossing)
{
  TEST_WATCHDOG (180);
  for (guint i = 0; i < 2; i++)
    check_crossing ("crossing", NULL);
}
GST_END_TEST

GST_START_TEST (test_crossing_with_page)
{
  TEST_WATCHDOG (180);
  for (guint i = 0; i < 2; i++)
    check_crossing ("page", be_page);
}
GST_END_TEST

/* Somebody hangs up, and does not say who. */
GST_START_TEST (test_unsigned)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;
  LoopbackSignaller *signaller;

  TEST_WATCHDOG (120);
  a = call_check_member ("unsigned", "", INPUTS (440));
  b = call_check_member ("unsigned", "", INPUTS (880));
  c = call_check_member ("unsigned", "", INPUTS (1320));
  signaller = call_member_get_signaller (a);
  call_member_play (a);
  call_member_play (b);
  call_member_play (c);
  call_check_connected (a, 2);
  g_signal_emit_by_name (signaller, ROOM_SIGNAL_CALL_ENDED, NULL, "bye");
  check_told (a, "roomcall/warning", NULL, NULL, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  call_member_stop (c);
  check_told (a, "roomcall/peer-left", NULL, NULL, 1);
  g_signal_emit_by_name (signaller, ROOM_SIGNAL_CALL_ENDED, NULL, "bye");
  check_ended (a, "bye", 1);
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);
}
GST_END_TEST

/* At once: a second later Ben is called. */
static void
hang_up (LoopbackSignaller *signaller, const char *id, const char *role,
    const GstStructure *info, CallMember *member)
{
  act (member, "hangup", "Ben");
}

/* A page is called late, and nobody wants that any more. */
GST_START_TEST (test_late_hangup)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = call_check_member ("late-hangup", "", INPUTS (440));
  b = call_check_member (
      "late-hangup", "call-policy=answer display-name=Ben", INPUTS (880));
  loopback_signaller_set_roles (
      call_member_get_signaller (b), ROOM_ROLE_OFFERER, ROOM_ROLE_LATE_OFFERER);
  g_signal_connect_after (call_member_get_signaller (a),
      ROOM_SIGNAL_PEER_JOINED, G_CALLBACK (hang_up), a);
  call_check_play_in_turn (a, b);
  check_told (a, "roomcall/peer-state", "state", "closed", 1);
  /* Were it called, it would be by then. */
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "connecting"), 0);
}
GST_END_TEST

static char *
never_hang_up (
    const char *from, const char *kind, const char *text, gpointer data)
{
  return g_str_equal (kind, "end-call") ? NULL : g_strdup (text);
}

/* As in mesh, whose applications have no word for it: the connection itself has,
 * and the other one does not call again as if it had been lost. */
GST_START_TEST (test_hang_up_without_words)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = call_check_member ("wordless", "", INPUTS (440));
  b = call_check_member ("wordless", "", INPUTS (880));
  loopback_signaller_set_filter (
      call_member_get_signaller (__i__ == 0 ? a : b), never_hang_up, NULL);
  call_check_play_in_turn (a, b);
  call_check_pair (a, b);
  act (__i__ == 0 ? a : b, "hangup", NULL);
  fail_unless (call_member_wait (__i__ == 0 ? b : a, "roomcall/call-ended",
      "reason", "The peer closed the connection", test_deadline (20)));
  call_check_hears (__i__ == 0 ? b : a, "audio_mix", CALL_TONE_NONE);
}
GST_END_TEST

/* Who presses the button often is no flood. */
GST_START_TEST (test_redial)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  gint64 begun;

  TEST_WATCHDOG (90);
  a = call_check_member ("redial", "", INPUTS (440));
  b = call_check_member ("redial", "call-policy=manual", INPUTS (880));
  be_manual (a);
  be_manual (b);
  call_check_play_in_turn (a, b);
  check_told (a, "roomcall/peer-joined", NULL, NULL, 1);
  begun = g_get_monotonic_time ();
  for (guint i = 1; i <= 15; i++) {
    act (a, "call", NULL);
    act (a, "hangup", NULL);
    check_ended (a, "We hung up", i);
  }
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "failed"), 0);
  /* Who is called so often rings nine times, and then once a second. */
  fail_unless (call_member_count (b, "roomcall/incoming-call", NULL, NULL)
      <= 10 + (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND);
}
GST_END_TEST

typedef struct {
  CallMember *member;
  GMutex lock;
  GCond cond;
  gboolean stopped;
} Quitter;

/* What somebody writes first: the other one has gone, so we go, too. */
static void
stop_at_end (
    GstElement *call, const char *peer, const char *reason, Quitter *quitter)
{
  call_member_stop (quitter->member);
  g_mutex_lock (&quitter->lock);
  quitter->stopped = TRUE;
  g_cond_signal (&quitter->cond);
  g_mutex_unlock (&quitter->lock);
}

GST_START_TEST (test_stop_at_end)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  Quitter quitter = { NULL };

  TEST_WATCHDOG (60);
  a = call_check_member ("quit", "", INPUTS (440));
  b = call_check_member ("quit", "", INPUTS (880));
  g_mutex_init (&quitter.lock);
  g_cond_init (&quitter.cond);
  quitter.member = a;
  g_signal_connect (call_member_get_call (a), "call-ended",
      G_CALLBACK (stop_at_end), &quitter);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  if (__i__ == 0)
    call_member_stop (b);
  else
    act (b, "hangup", NULL);
  g_mutex_lock (&quitter.lock);
  while (!quitter.stopped)
    g_cond_wait (&quitter.cond, &quitter.lock);
  g_mutex_unlock (&quitter.lock);
  g_mutex_clear (&quitter.lock);
  g_cond_clear (&quitter.cond);
}
GST_END_TEST

static Suite *
calls_suite (void)
{
  Suite *suite = suite_create ("calls");
  TCase *tc = tcase_create ("calls");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_manual);
  tcase_add_test (tc, test_reject);
  tcase_add_test (tc, test_from_signal);
  tcase_add_test (tc, test_busy);
  tcase_add_test (tc, test_call_peer);
  tcase_add_test (tc, test_late);
  tcase_add_test (tc, test_late_hangup);
  tcase_add_loop_test (tc, test_hang_up_without_words, 0, 2);
  tcase_add_test (tc, test_redial);
  tcase_add_loop_test (tc, test_stop_at_end, 0, 2);
  tcase_add_test (tc, test_crossing);
  tcase_add_test (tc, test_crossing_with_page);
  tcase_add_test (tc, test_unsigned);
  return suite;
}

TEST_CHECK_MAIN (calls)
