/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"
#include "roomcontract.h"

/* The path between two members is lost for a while, the signalling is not. */

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

static void
run (const char *command)
{
  g_autoptr (GError) error = NULL;
  int status;

  fail_unless (g_spawn_command_line_sync (command, NULL, NULL, &status, &error)
          && g_spawn_check_wait_status (status, NULL),
      "%s: %s", command, error != NULL ? error->message : "failed");
}

/* In the network namespace that the test has for itself. */
static void
cut (void)
{
  run ("nft add table inet cut");
  run ("nft 'add chain inet cut in { type filter hook input priority 0; }'");
  run ("nft add rule inet cut in meta l4proto udp drop");
}

static void
mend (void)
{
  run ("nft delete table inet cut");
}

static void
check_state (CallMember *member, const char *state, guint count)
{
  fail_unless (call_member_wait_count (member, "roomcall/peer-state", "state",
                   state, count, test_deadline (60)),
      "never %s", state);
}

/* The call comes back by itself, in the same slot. */
GST_START_TEST (test_path)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (240);
  a = call_check_member ("path", "", INPUTS (440));
  b = call_check_member ("path", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  check_state (a, "connected", 1);
  check_state (b, "connected", 1);
  call_check_pair (a, b);

  cut ();
  check_state (a, "reconnecting", 1);
  check_state (b, "reconnecting", 1);
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);
  mend ();
  check_state (a, "connected", 2);
  check_state (b, "connected", 2);
  call_check_pair (a, b);
  /* For those who look at calls it is the same one. */
  fail_unless_equals_int (
      call_member_count (a, "roomcall/call-ended", NULL, NULL), 0);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-left", NULL, NULL), 0);
}
GST_END_TEST

/* Where calls are made by hand nobody is called because a path was lost. */
GST_START_TEST (test_by_hand)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member ("hand", "", INPUTS (440));
  b = call_check_member ("hand", "", INPUTS (880));
  loopback_signaller_set_roles (
      call_member_get_signaller (b), ROOM_ROLE_MANUAL, ROOM_ROLE_MANUAL);
  call_check_play_in_turn (a, b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-joined", NULL, NULL, test_deadline (20)));
  g_signal_emit_by_name (call_member_get_call (a), "call", NULL);
  check_state (a, "connected", 1);
  check_state (b, "connected", 1);
  cut ();
  /* Whoever notices first tells the other one. */
  fail_unless (call_member_wait (
      a, "roomcall/call-ended", NULL, NULL, test_deadline (60)));
  fail_unless (call_member_wait (
      b, "roomcall/call-ended", NULL, NULL, test_deadline (60)));
  mend ();
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "reconnecting"), 0);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-state", "state", "reconnecting"), 0);
}
GST_END_TEST

/* Whoever hangs up meanwhile has hung up. */
GST_START_TEST (test_hangup)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member ("hangup", "", INPUTS (440));
  b = call_check_member ("hangup", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  check_state (a, "connected", 1);
  check_state (b, "connected", 1);
  cut ();
  check_state (a, "reconnecting", 1);
  check_state (b, "reconnecting", 1);
  g_signal_emit_by_name (call_member_get_call (a), "hangup", NULL);
  fail_unless (call_member_wait (
      a, "roomcall/call-ended", NULL, NULL, test_deadline (20)));
  fail_unless (call_member_wait (
      b, "roomcall/call-ended", NULL, NULL, test_deadline (20)));
  mend ();
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "connected"), 1);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-state", "state", "connected"), 1);
}
GST_END_TEST

static Suite *
recovery_suite (void)
{
  Suite *suite = suite_create ("recovery");
  TCase *tc = tcase_create ("recovery");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_path);
  tcase_add_test (tc, test_by_hand);
  tcase_add_test (tc, test_hangup);
  return suite;
}

TEST_CHECK_MAIN (recovery)
