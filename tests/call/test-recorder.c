/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (880)

/* What a member that takes @receive, and sends @inputs, gets of one that sends
 * both; and what that one gets of it. */
static void
check_pair (const char *room, const char *receive, const char *inputs,
    gboolean video, gboolean audio, gboolean peer_video, gboolean peer_audio,
    gboolean is_called)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  a = call_check_member (room, receive, inputs);
  b = call_check_member (room, "", INPUTS);
  call_member_play (b);
  fail_unless (
      call_member_wait (b, "roomcall/joined", NULL, NULL, test_deadline (10)));
  loopback_signaller_set_called (call_member_get_signaller (a), is_called);
  call_member_play (a);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  if (audio)
    call_check_hears (a, "audio_mix", CALL_TONE_880);
  if (video)
    call_check_moving (a, "video_mix");
  if (peer_audio)
    call_check_hears (b, "audio_mix", CALL_TONE_440);
  if (peer_video)
    call_check_moving (b, "video_mix");
  if (!audio)
    call_check_hears (a, "audio_mix", CALL_TONE_NONE);
  /* A voice without a picture has a picture of itself. */
  if (!video && !audio)
    call_check_black (a, "video_mix");
  if (!peer_audio)
    call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  if (!peer_video && !peer_audio)
    call_check_black (b, "video_mix");
  fail_unless (call_member_count (a, "roomcall/warning", NULL, NULL) == 0);
  fail_unless (call_member_count (b, "roomcall/warning", NULL, NULL) == 0);
}

static const struct {
  const char *receive;
  const char *inputs;
  gboolean video, audio, peer_video, peer_audio;
} cases[] = {
  { "", "", TRUE, TRUE, FALSE, FALSE },
  { "receive=audio", "", FALSE, TRUE, FALSE, FALSE },
  { "receive=video", "", TRUE, FALSE, FALSE, FALSE },
  { "receive=none", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (440), FALSE, FALSE,
      TRUE, TRUE },
  { "receive=audio", CALL_MEMBER_VIDEO, FALSE, TRUE, TRUE, FALSE },
  { "receive=video", CALL_MEMBER_AUDIO (440), TRUE, FALSE, FALSE, TRUE },
};

/* As the one who offers, and as the one who answers. */
GST_START_TEST (test_calling)
{
  g_autofree char *room = g_strdup_printf ("calling-%d", __i__);

  TEST_WATCHDOG (90);
  check_pair (room, cases[__i__].receive, cases[__i__].inputs,
      cases[__i__].video, cases[__i__].audio, cases[__i__].peer_video,
      cases[__i__].peer_audio, FALSE);
}
GST_END_TEST

GST_START_TEST (test_called)
{
  g_autofree char *room = g_strdup_printf ("called-%d", __i__);

  TEST_WATCHDOG (90);
  check_pair (room, cases[__i__].receive, cases[__i__].inputs,
      cases[__i__].video, cases[__i__].audio, cases[__i__].peer_video,
      cases[__i__].peer_audio, TRUE);
}
GST_END_TEST

/* Two recorders have nothing to say to each other, and a third one's media. */
GST_START_TEST (test_two_recorders)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member ("recorders", "", "");
  b = call_check_member ("recorders", "", "");
  c = call_check_member ("recorders", "", INPUTS);
  call_member_play (a);
  call_member_play (b);
  call_member_play (c);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_880);
  call_check_moving (a, "video_mix");
  call_check_moving (b, "video_mix");
}
GST_END_TEST

static Suite *
recorder_suite (void)
{
  Suite *suite = suite_create ("recorder");
  TCase *tc = tcase_create ("recorder");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_loop_test (tc, test_calling, 0, G_N_ELEMENTS (cases));
  tcase_add_loop_test (tc, test_called, 0, G_N_ELEMENTS (cases));
  tcase_add_test (tc, test_two_recorders);
  return suite;
}

TEST_CHECK_MAIN (recorder)
