/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

static const char *const inputs[] = { INPUTS (440), INPUTS (880),
  INPUTS (1320) };

static void
check_others (CallMember *member, guint own, guint n_members)
{
  const guint everyone = (1u << n_members) - 1;

  for (guint tile = 0; tile + 1 < n_members; tile++)
    call_check_tile (member, "video_mix", tile, n_members - 1);
  call_check_hears (member, "audio_mix", everyone & ~(1u << own));
}

/* One after the other, then one goes: everyone sees and hears everyone else. */
GST_START_TEST (test_three)
{
  CallMember *members[G_N_ELEMENTS (inputs)];

  TEST_WATCHDOG (150);
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++) {
    members[i] = call_check_member ("three", "", inputs[i]);
    call_member_play (members[i]);
    for (guint j = 0; j <= i; j++)
      call_check_connected (members[j], i);
  }
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    check_others (members[i], i, G_N_ELEMENTS (inputs));

  call_member_free (members[2]);
  for (guint i = 0; i < 2; i++) {
    fail_unless (call_member_wait (
        members[i], "roomcall/peer-left", NULL, NULL, test_deadline (10)));
    check_others (members[i], i, 2);
  }
  call_member_free (members[1]);
  fail_unless (call_member_wait_count (
      members[0], "roomcall/peer-left", NULL, NULL, 2, test_deadline (10)));
  call_check_black (members[0], "video_mix");
  call_check_hears (members[0], "audio_mix", CALL_TONE_NONE);
  call_member_free (members[0]);
}
GST_END_TEST

/* Oneself is part of the program, and of the mix where one wants to be. */
GST_START_TEST (test_self)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member ("self", "mix-self-view=true", inputs[0]);
  call_check_add_mix (a, "video_program");
  call_check_add_mix (a, "audio_program");
  call_member_play (a);
  call_check_tile (a, "video_program", 0, 1);
  call_check_tile (a, "video_mix", 0, 1);
  call_check_hears (a, "audio_program", CALL_TONE_440);
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);

  b = call_check_member ("self", "", inputs[1]);
  call_member_play (b);
  call_check_connected (a, 1);
  for (guint tile = 0; tile < 2; tile++) {
    call_check_tile (a, "video_program", tile, 2);
    call_check_tile (a, "video_mix", tile, 2);
  }
  call_check_hears (a, "audio_program", CALL_TONE_440 | CALL_TONE_880);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
}
GST_END_TEST

/* Nobody is lost, nobody is called, beyond max-peers. */
GST_START_TEST (test_full)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member ("full", "max-peers=1", inputs[0]);
  b = call_check_member ("full", "", inputs[1]);
  c = call_check_member ("full", "call-timeout=6000", inputs[2]);
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_member_play (c);
  fail_unless (
      call_member_wait (a, "roomcall/warning", NULL, NULL, test_deadline (20)));
  /* The one who is not answered gives up, and the others do not notice. */
  fail_unless (call_member_wait (
      c, "roomcall/peer-state", "state", "failed", test_deadline (20)));
  call_check_connected (b, 2);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (c, "audio_mix", CALL_TONE_880);
}
GST_END_TEST

static Suite *
mesh_suite (void)
{
  Suite *suite = suite_create ("mesh");
  TCase *tc = tcase_create ("mesh");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_three);
  tcase_add_test (tc, test_self);
  tcase_add_test (tc, test_full);
  return suite;
}

TEST_CHECK_MAIN (mesh)
