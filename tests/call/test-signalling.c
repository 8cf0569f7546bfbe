/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"
#include "roomcontract.h"

#include <string.h>

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

/* An instrument that makes everything slow makes holes of its own. */
static GstClockTime
longest_hole (void)
{
  return test_deadline (1) - g_get_monotonic_time () > 2 * G_TIME_SPAN_SECOND
      ? GST_CLOCK_TIME_NONE
      : 200 * GST_MSECOND;
}

static CallMember *
make_member (const char *inputs)
{
  CallMember *member = call_check_member ("cut", "", inputs);

  call_check_add_mix (member, "video_src_0");
  call_check_add_mix (member, "audio_src_0");
  return member;
}

static void
reset (CallMember *member)
{
  media_meter_reset (call_member_get_meter (member, "video_src_0"));
  media_meter_reset (call_member_get_meter (member, "audio_src_0"));
}

/* Without a new picture, or without sound, since reset(). */
static GstClockTime
get_hole (CallMember *member)
{
  MediaReading video, audio;

  media_meter_read (call_member_get_meter (member, "video_src_0"), &video);
  media_meter_read (call_member_get_meter (member, "audio_src_0"), &audio);
  return MAX (video.still, audio.silence);
}

static void
check_slots (CallMember *member)
{
  g_autoptr (GstStructure) state = call_member_get_message (
      member, "roomcall/peer-state", "state", "connected");
  int slot = -1;

  fail_unless (gst_structure_get_int (state, "slot", &slot));
  fail_unless_equals_int (slot, 0);
}

/* The server is gone and comes back with everyone under another name: who was
 * in a call stays in it, once, in the same slot. */
GST_START_TEST (test_cut)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  GstClockTime hole_a = GST_CLOCK_TIME_NONE, hole_b = GST_CLOCK_TIME_NONE;

  TEST_WATCHDOG (120);
  a = make_member (INPUTS (440));
  b = make_member (INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  call_check_hears (b, "audio_src_0", CALL_TONE_440);
  call_check_moving (a, "video_src_0");
  call_check_moving (b, "video_src_0");

  /* A machine with other work to do makes a hole at times; not each time. */
  for (guint i = 1; i <= 3; i++) {
    reset (a);
    reset (b);
    loopback_signaller_cut ("cut");
    call_check_connected (a, 1 + i);
    call_check_connected (b, 1 + i);
    fail_unless (call_member_wait_count (
        a, "roomcall/peer-left", NULL, NULL, i, test_deadline (20)));
    fail_unless (call_member_wait_count (
        b, "roomcall/peer-left", NULL, NULL, i, test_deadline (20)));
    fail_unless (media_meter_wait_buffers (
        call_member_get_meter (a, "video_src_0"), 30, test_deadline (20)));
    hole_a = MIN (hole_a, get_hole (a));
    hole_b = MIN (hole_b, get_hole (b));
    check_slots (a);
    check_slots (b);
  }
  fail_unless (MAX (hole_a, hole_b) < longest_hole (),
      "a hole each time, of %.0f and %.0f ms at least", hole_a / 1e6,
      hole_b / 1e6);
  call_check_tile (a, "video_mix", 0, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  call_check_hears (b, "audio_src_0", CALL_TONE_440);
  while (call_check_count (a, "webrtcbin") > 1
      || call_check_count (b, "webrtcbin") > 1)
    call_check_moving (a, "video_src_0");
}
GST_END_TEST

typedef struct {
  const char *properties; /* of the one who is called */
  const char *role;       /* of both */
} Restart;

/* By hand, or where there is no room for one more: the call that there is goes on
 * whoever calls whom. */
static const Restart restarts[] = {
  { "call-policy=manual", ROOM_ROLE_MANUAL },
  { "call-policy=manual", ROOM_ROLE_OFFERER },
  { "max-peers=1", ROOM_ROLE_OFFERER },
  { "max-calls=1", ROOM_ROLE_OFFERER },
};

GST_START_TEST (test_restart)
{
  const Restart *restart = &restarts[__i__];
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  gint64 end;

  TEST_WATCHDOG (120);
  a = call_check_member ("restart", restart->properties, INPUTS (440));
  b = call_check_member ("restart", restart->properties, INPUTS (880));
  if (g_str_equal (restart->role, ROOM_ROLE_MANUAL)) {
    loopback_signaller_set_roles (
        call_member_get_signaller (a), restart->role, restart->role);
    loopback_signaller_set_roles (
        call_member_get_signaller (b), restart->role, restart->role);
  }
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  fail_unless (call_member_wait (
      b, "roomcall/peer-joined", NULL, NULL, test_deadline (20)));
  if (strstr (restart->properties, "manual") != NULL) {
    g_signal_emit_by_name (call_member_get_call (b), "call", NULL);
    fail_unless (call_member_wait (
        a, "roomcall/incoming-call", NULL, NULL, test_deadline (20)));
    g_signal_emit_by_name (call_member_get_call (a), "accept", NULL);
  }
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);

  loopback_signaller_cut ("restart");
  fail_unless (call_member_wait_count (
      a, "roomcall/joined", NULL, NULL, 2, test_deadline (20)));
  /* Longer than anybody is missed. */
  end = g_get_monotonic_time () + 6 * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < end) {
    call_check_hears (a, "audio_mix", CALL_TONE_880);
    call_check_hears (b, "audio_mix", CALL_TONE_440);
    call_check_moving (a, "video_mix");
  }
}
GST_END_TEST

static Suite *
signalling_suite (void)
{
  Suite *suite = suite_create ("signalling");
  TCase *tc = tcase_create ("signalling");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_cut);
  tcase_add_loop_test (tc, test_restart, 0, G_N_ELEMENTS (restarts));
  return suite;
}

TEST_CHECK_MAIN (signalling)
