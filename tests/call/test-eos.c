/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

/* It is a matter of milliseconds, or of never. */
#define END_TIME 10

static const char *const outputs[] = { "video_mix", "audio_mix",
  "video_program", "audio_program", "video_src_0", "audio_src_0", "video_src_3",
  "audio_src_3" };

static CallMember *
make_member (
    const char *room, const char *properties, const char *inputs, guint n)
{
  CallMember *member = call_member_new (room, properties, inputs);

  for (guint i = 0; i < n; i++)
    call_check_add_mix (member, outputs[i]);
  return member;
}

static void
check_end (CallMember *member, guint n)
{
  MediaReading reading;

  fail_unless (gst_element_send_event (
      call_member_get_pipeline (member), gst_event_new_eos ()));
  fail_unless (
      call_member_wait_eos (member, test_deadline (END_TIME)), "no EOS");
  for (guint i = 0; i < n; i++) {
    media_meter_read (call_member_get_meter (member, outputs[i]), &reading);
    fail_unless (reading.eos, "%s did not end", outputs[i]);
  }
  fail_unless (call_member_get_error (member) == NULL);
}

static void
hold_call (const char *room, guint n_peers)
{
  g_autoptr (GPtrArray) peers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) call_member_free);
  g_autoptr (CallMember) member = make_member (room, "",
      CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (440), G_N_ELEMENTS (outputs));

  call_member_play (member);
  for (guint i = 0; i < n_peers; i++) {
    CallMember *peer =
        make_member (room, "", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (880), 0);

    g_ptr_array_add (peers, peer);
    call_member_play (peer);
  }
  call_check_connected (member, n_peers);
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    fail_unless (
        media_meter_wait_buffers (
            call_member_get_meter (member, outputs[i]), 5, test_deadline (20)),
        "%s does not run", outputs[i]);
  check_end (member, G_N_ELEMENTS (outputs));
  for (guint i = 0; i < n_peers; i++)
    fail_unless (call_member_wait (g_ptr_array_index (peers, i),
        "roomcall/peer-left", NULL, NULL, test_deadline (20)));
}

GST_START_TEST (test_alone)
{
  TEST_WATCHDOG (60);
  hold_call ("alone", 0);
}
GST_END_TEST

GST_START_TEST (test_with_one)
{
  TEST_WATCHDOG (60);
  hold_call ("with-one", 1);
}
GST_END_TEST

GST_START_TEST (test_with_three)
{
  TEST_WATCHDOG (90);
  hold_call ("with-three", 3);
}
GST_END_TEST

/* Nothing is taken: the element itself is the sink. */
GST_START_TEST (test_send_only)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = make_member (
      "send-only", "", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (440), 0);
  b = call_check_member ("send-only", "", "");
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  call_check_moving (b, "video_mix");
  check_end (a, 0);
}
GST_END_TEST

GST_START_TEST (test_recorder)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = make_member ("recorder", "", CALL_MEMBER_AUDIO (440), 0);
  b = make_member ("recorder", "", "", G_N_ELEMENTS (outputs));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  check_end (b, G_N_ELEMENTS (outputs));
}
GST_END_TEST

/* A slot that passes what is encoded has nothing to end before a peer comes. */
GST_START_TEST (test_encoded_slot)
{
  g_autoptr (CallMember) a = NULL;
  MediaReading reading;

  TEST_WATCHDOG (60);
  a = make_member ("encoded-slot", "", CALL_MEMBER_VIDEO, 0);
  call_member_add_output (a, "video_src_0", "video/x-vp8");
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (10)));
  check_end (a, 0);
  media_meter_read (call_member_get_meter (a, "video_src_0"), &reading);
  fail_unless (reading.eos);
}
GST_END_TEST

GST_START_TEST (test_twice)
{
  g_autoptr (CallMember) a = NULL;

  TEST_WATCHDOG (60);
  a = make_member ("twice", "", CALL_MEMBER_VIDEO, 2);
  call_member_play (a);
  fail_unless (media_meter_wait_buffers (
      call_member_get_meter (a, "video_mix"), 5, test_deadline (20)));
  fail_unless (gst_element_send_event (
      call_member_get_pipeline (a), gst_event_new_eos ()));
  check_end (a, 2);
  /* And NULL at once after another one. */
  fail_unless (gst_element_send_event (
      call_member_get_pipeline (a), gst_event_new_eos ()));
}
GST_END_TEST

/* 10 s, of which a busy machine takes some for the connection. */
#define FILE_LIKE                                                   \
  " videotestsrc num-buffers=150 horizontal-speed=8 ! "             \
  "video/x-raw,width=320,height=240,framerate=15/1 ! call.video_0 " \
  " audiotestsrc num-buffers=1000 freq=440 volume=0.2 "             \
  "samplesperbuffer=480 ! audio/x-raw,rate=48000 ! call.audio_0 "

/* A file that is only sent: when it is over, so is the call; but it is sent in
 * its own time. */
GST_START_TEST (test_file_sent)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  gint64 start;

  TEST_WATCHDOG (60);
  b = call_check_member ("file-sent", "", CALL_MEMBER_AUDIO (880));
  call_member_play (b);
  a = make_member ("file-sent", "", FILE_LIKE, 0);
  start = g_get_monotonic_time ();
  call_member_play (a);
  call_check_connected (b, 1);
  fail_unless (call_member_wait_eos (a, test_deadline (20)), "no EOS");
  fail_unless (g_get_monotonic_time () - start > 9 * G_TIME_SPAN_SECOND);
  fail_unless (call_member_wait (
      b, "roomcall/peer-left", NULL, NULL, test_deadline (20)));
}
GST_END_TEST

/* Who watches goes on when the file is over. */
GST_START_TEST (test_file_and_watch)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = make_member ("file-watch", "", FILE_LIKE, 2);
  b = call_check_member (
      "file-watch", "", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  call_check_moving (a, "video_mix");
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  fail_if (call_member_wait_eos (a, 0), "the call ended with the file");
  check_end (a, 2);
}
GST_END_TEST

static Suite *
eos_suite (void)
{
  Suite *suite = suite_create ("eos");
  TCase *tc = tcase_create ("eos");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_alone);
  tcase_add_test (tc, test_with_one);
  tcase_add_test (tc, test_with_three);
  tcase_add_test (tc, test_send_only);
  tcase_add_test (tc, test_recorder);
  tcase_add_test (tc, test_encoded_slot);
  tcase_add_test (tc, test_twice);
  tcase_add_test (tc, test_file_sent);
  tcase_add_test (tc, test_file_and_watch);
  return suite;
}

TEST_CHECK_MAIN (eos)
