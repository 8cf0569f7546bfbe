/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callmember.h"
#include "common/testcheck.h"

#define VIDEO_CAPS "video/x-raw,format=I420,width=320,height=240,framerate=15/1"
#define AUDIO_CAPS "audio/x-raw,format=S16LE,rate=48000,channels=2"

static CallMember *
make_member (const char *room, const char *inputs)
{
  CallMember *member = call_member_new (room, "", inputs);

  call_member_add_output (member, "video_mix", VIDEO_CAPS);
  call_member_add_output (member, "audio_mix", AUDIO_CAPS);
  return member;
}

static gboolean
is_lively (const MediaReading *reading, gconstpointer data)
{
  return reading->buffers >= 40 && reading->changed >= 15;
}

static void
assert_media (CallMember *member, const char *what)
{
  MediaReading reading;
  MediaMeter *video = call_member_get_meter (member, "video_mix");
  MediaMeter *audio = call_member_get_meter (member, "audio_mix");

  fail_unless (call_member_wait (member, "roomcall/peer-state", "state",
                   "connected", test_deadline (20)),
      "%s did not connect", what);
  media_meter_reset (video);
  fail_unless (media_meter_wait (video, is_lively, NULL, test_deadline (20)),
      "%s sees nobody", what);
  media_meter_read (video, &reading);
  media_meter_read (audio, &reading);
  fail_unless (reading.recent > MEDIA_METER_HEARD, "%s hears %.1f dBFS", what,
      reading.recent);
}

GST_START_TEST (test_two)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = make_member ("two", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (440));
  b = make_member ("two", CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  assert_media (a, "a");
  assert_media (b, "b");
  call_member_stop (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-left", NULL, NULL, test_deadline (5)));
}
GST_END_TEST

static Suite *
call_suite (void)
{
  Suite *suite = suite_create ("call");
  TCase *tc = tcase_create ("call");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_two);
  return suite;
}

TEST_CHECK_MAIN (call)
