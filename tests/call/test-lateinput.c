/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#include <string.h>

#define VIDEO                                       \
  "videotestsrc is-live=true horizontal-speed=8 ! " \
  "video/x-raw,width=320,height=240,framerate=15/1"
#define AUDIO(frequency)                       \
  "audiotestsrc is-live=true freq=" #frequency \
  " volume=0.2 samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1"

/* The join waits for a camera that has nothing to show yet, and then goes on
 * without: the camera is offered as soon as it has. */
GST_START_TEST (test_late_caps)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstElement) valve = NULL;
  gint64 start;

  TEST_WATCHDOG (90);
  b = call_check_member ("late-caps", "", CALL_MEMBER_AUDIO (880));
  call_member_play (b);
  a = call_check_member ("late-caps", "",
      CALL_MEMBER_AUDIO (440) VIDEO " ! valve name=valve drop=true ! "
                                    "call.video_0");
  start = g_get_monotonic_time ();
  call_member_play (a);
  call_check_connected (b, 1);
  fail_unless (g_get_monotonic_time () - start > 4 * G_TIME_SPAN_SECOND);
  fail_unless (call_member_count (a, "roomcall/warning", NULL, NULL) == 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);

  valve = gst_bin_get_by_name (GST_BIN (call_member_get_pipeline (a)), "valve");
  g_object_set (valve, "drop", FALSE, NULL);
  call_check_moving (b, "video_mix");
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  fail_unless_equals_int (call_check_count (b, "webrtcbin"), 1);
}
GST_END_TEST

/* How long it waits is the application's matter. */
GST_START_TEST (test_join_timeout)
{
  g_autoptr (CallMember) a = NULL;
  gint64 start;

  TEST_WATCHDOG (60);
  a = call_check_member ("join-timeout", "join-timeout=200",
      CALL_MEMBER_AUDIO (440) VIDEO " ! valve drop=true ! call.video_0");
  start = g_get_monotonic_time ();
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  fail_unless (g_get_monotonic_time () - start < 4 * G_TIME_SPAN_SECOND);
  fail_unless (call_member_count (a, "roomcall/warning", NULL, NULL) == 1);
}
GST_END_TEST

/* Inputs come and go in a call that goes on. */
GST_START_TEST (test_come_and_go)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  GstElement *video, *audio;

  TEST_WATCHDOG (120);
  a = call_check_member ("come-and-go", "", "");
  b = call_check_member ("come-and-go", "", CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);

  audio = call_check_add_input (a, "audio_0", AUDIO (440));
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  video = call_check_add_input (a, "video_0", VIDEO);
  call_check_moving (b, "video_mix");

  call_check_remove_input (a, "audio_0", audio);
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  call_check_moving (b, "video_mix");
  call_check_remove_input (a, "video_0", video);
  call_check_black (b, "video_mix");
  call_check_hears (a, "audio_mix", CALL_TONE_880);

  /* Again, under the same names. */
  call_check_add_input (a, "audio_0", AUDIO (1320));
  call_check_add_input (a, "video_0", VIDEO);
  call_check_hears (b, "audio_mix", CALL_TONE_1320);
  call_check_moving (b, "video_mix");
  fail_unless_equals_int (call_check_count (b, "webrtcbin"), 1);
}
GST_END_TEST

/* Both offer at once: one gives way, and both are heard. */
GST_START_TEST (test_glare)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member ("glare", "", CALL_MEMBER_AUDIO (440));
  b = call_check_member ("glare", "", CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_add_input (a, "video_0", VIDEO);
  call_check_add_input (b, "video_0", VIDEO);
  call_check_moving (a, "video_mix");
  call_check_moving (b, "video_mix");
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  fail_unless_equals_int (call_check_count (a, "webrtcbin"), 1);
  fail_unless_equals_int (call_check_count (b, "webrtcbin"), 1);
}
GST_END_TEST

/* Two cameras of one member are two tiles. */
GST_START_TEST (test_two_cameras)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member (
      "two-cameras", "", CALL_MEMBER_VIDEO VIDEO " ! call.video_1");
  b = call_check_member ("two-cameras", "", CALL_MEMBER_AUDIO (880));
  call_member_play (b);
  call_member_play (a);
  call_check_connected (b, 1);
  call_check_tile (b, "video_mix", 0, 2);
  call_check_tile (b, "video_mix", 1, 2);
}
GST_END_TEST

/* The same where the other one calls, and offers one m-line for both: the second
 * one comes by an offer on the same connection. */
GST_START_TEST (test_two_cameras_called)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member (
      "two-cameras-called", "", CALL_MEMBER_VIDEO VIDEO " ! call.video_1");
  b = call_check_member ("two-cameras-called", "", CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  call_check_tile (b, "video_mix", 0, 2);
  call_check_tile (b, "video_mix", 1, 2);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-state", "state", "connecting"), 1);
}
GST_END_TEST

/* What is muted is black, and silent; and comes back. */
GST_START_TEST (test_muted)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  GstChildProxy *call;

  TEST_WATCHDOG (120);
  a = call_check_member ("muted", "video_0::muted=true",
      CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (440));
  b = call_check_member ("muted", "", "");
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  call = GST_CHILD_PROXY (call_member_get_call (a));
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_black (b, "video_mix");

  gst_child_proxy_set (call, "video_0::muted", FALSE, NULL);
  call_check_moving (b, "video_mix");
  gst_child_proxy_set (
      call, "video_0::muted", TRUE, "audio_0::muted", TRUE, NULL);
  call_check_black (b, "video_mix");
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  gst_child_proxy_set (
      call, "video_0::muted", FALSE, "audio_0::muted", FALSE, NULL);
  call_check_moving (b, "video_mix");
  call_check_hears (b, "audio_mix", CALL_TONE_440);
}
GST_END_TEST

/* Who sends no picture is shown by the voice, until there is one. */
GST_START_TEST (test_voice_alone)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member ("voice-alone", "", CALL_MEMBER_AUDIO (440));
  b = call_check_member ("voice-alone", "", "");
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_voices (b, "video_mix", 1);

  call_check_add_input (a, "video_0", VIDEO);
  /* A voice moves as well, if it does not come evenly. */
  call_check_voices (b, "video_mix", 0);
  call_check_tile (b, "video_mix", 0, 1);
}
GST_END_TEST

/* As a page says that it sends no picture any more. */
static char *
close_camera (
    const char *from, const char *kind, const char *text, gpointer data)
{
  const char *video = strstr (text, "m=video");
  const char *direction = video != NULL ? strstr (video, "a=send") : NULL;

  if (direction == NULL)
    return g_strdup (text);
  return g_strdup_printf ("%.*sa=inactive%s", (int) (direction - text), text,
      direction + strcspn (direction, "\r\n"));
}

/* A camera that is closed, until there is another one: meanwhile there is no dark
 * tile, and the voice has one. */
GST_START_TEST (test_camera_closed)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  GstElement *video;

  TEST_WATCHDOG (90);
  a = call_check_member ("camera-closed", "", CALL_MEMBER_AUDIO (440));
  b = call_check_member ("camera-closed", "", "");
  call_member_play (a);
  call_member_play (b);
  call_check_connected (b, 1);
  video = call_check_add_input (a, "video_0", VIDEO);
  call_check_tile (b, "video_mix", 0, 1);
  call_check_voices (b, "video_mix", 0);

  loopback_signaller_set_filter (
      call_member_get_signaller (a), close_camera, NULL);
  call_check_remove_input (a, "video_0", video);
  /* For an offer. */
  call_check_add_input (a, "audio_1", AUDIO (880));
  call_check_voices (b, "video_mix", 2);
  call_check_hears (b, "audio_mix", CALL_TONE_440 | CALL_TONE_880);

  call_check_add_input (a, "video_0", VIDEO);
  call_check_voices (b, "video_mix", 0);
  call_check_tile (b, "video_mix", 0, 1);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-state", "state", "connecting"), 1);
}
GST_END_TEST

static Suite *
lateinput_suite (void)
{
  Suite *suite = suite_create ("lateinput");
  TCase *tc = tcase_create ("lateinput");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_late_caps);
  tcase_add_test (tc, test_join_timeout);
  tcase_add_test (tc, test_come_and_go);
  tcase_add_test (tc, test_glare);
  tcase_add_test (tc, test_two_cameras);
  tcase_add_test (tc, test_two_cameras_called);
  tcase_add_test (tc, test_muted);
  tcase_add_test (tc, test_voice_alone);
  tcase_add_test (tc, test_camera_closed);
  return suite;
}

TEST_CHECK_MAIN (lateinput)
