/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

#define ROUNDS 20
/* What nobody notices; and a pause that the machine itself makes is measured
 * before, and allowed twice. */
#define HOLE (200 * GST_MSECOND)

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

typedef struct {
  guint threads, fds, elements;
} Resources;

static Resources
count_resources (CallMember *a, CallMember *b)
{
  return (Resources){ count_entries ("/proc/self/task"),
    count_entries ("/proc/self/fd"),
    call_check_count (a, NULL) + call_check_count (b, NULL) };
}

static gboolean
is_back (const Resources *now, const Resources *before)
{
  return now->threads <= before->threads + 2 && now->fds <= before->fds + 2
      && now->elements <= before->elements + 2;
}

static const char *const pads[] = { "video_src_0", "audio_src_0", "video_mix",
  "audio_mix" };

/* Of a stream: the longest time without a new picture, without sound, or
 * without a buffer. */
static GstClockTime
longest_hole (CallMember *member, const char *pad)
{
  MediaReading reading;

  media_meter_read (call_member_get_meter (member, pad), &reading);
  return MAX (reading.pts_gap,
      g_str_has_prefix (pad, "video") ? reading.still : reading.silence);
}

static void
reset (CallMember *member)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pads); i++)
    media_meter_reset (call_member_get_meter (member, pads[i]));
}

static void
measure (CallMember *member, GstClockTime *holes)
{
  reset (member);
  fail_unless (media_meter_wait_buffers (
      call_member_get_meter (member, "video_mix"), 60, test_deadline (30)));
  for (gsize i = 0; i < G_N_ELEMENTS (pads); i++)
    holes[i] = longest_hole (member, pads[i]);
}

static void
check_holes (CallMember *member, const GstClockTime *before)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pads); i++) {
    GstClockTime hole = longest_hole (member, pads[i]);

    fail_unless (hole <= HOLE + 2 * before[i],
        "%s had a hole of %.0f ms; %.0f ms before", pads[i], hole / 1e6,
        before[i] / 1e6);
  }
}

static CallMember *
make_member (const char *inputs)
{
  CallMember *member = call_check_member ("churn", "rejoin-grace=0", inputs);

  call_check_add_mix (member, "video_src_0");
  call_check_add_mix (member, "audio_src_0");
  return member;
}

/* A third one comes and goes, calling and being called: the other two see and
 * hear each other all the time, and nothing of it stays. */
GST_START_TEST (test_comes_and_goes)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;
  GstClockTime holes_a[G_N_ELEMENTS (pads)], holes_b[G_N_ELEMENTS (pads)];
  Resources before, now;
  gint64 deadline;

  TEST_WATCHDOG (240);
  a = make_member (INPUTS (440));
  b = make_member (INPUTS (880));
  c = call_member_new ("churn", "", INPUTS (1320));
  call_member_play (a);
  call_member_play (b);
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  call_check_hears (b, "audio_src_0", CALL_TONE_440);
  call_check_moving (a, "video_src_0");
  call_check_moving (b, "video_src_0");
  measure (a, holes_a);
  measure (b, holes_b);
  before = count_resources (a, b);

  reset (a);
  reset (b);
  for (guint i = 1; i <= ROUNDS; i++) {
    loopback_signaller_set_called (call_member_get_signaller (c), i % 2);
    call_member_play (c);
    call_check_connected (c, 2 * i);
    call_check_connected (a, 1 + i);
    call_check_connected (b, 1 + i);
    call_member_stop (c);
    fail_unless (call_member_wait_count (
        a, "roomcall/peer-left", NULL, NULL, i, test_deadline (10)));
  }
  check_holes (a, holes_a);
  check_holes (b, holes_b);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);

  /* Legs end within 2 s. */
  deadline = test_deadline (20);
  for (;;) {
    now = count_resources (a, b);
    if (is_back (&now, &before))
      break;
    fail_unless (g_get_monotonic_time () < deadline,
        "%u threads, %u descriptors, %u elements; before %u, %u, %u",
        now.threads, now.fds, now.elements, before.threads, before.fds,
        before.elements);
    call_check_moving (a, "video_mix");
  }
}
GST_END_TEST

static Suite *
churn_suite (void)
{
  Suite *suite = suite_create ("churn");
  TCase *tc = tcase_create ("churn");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_comes_and_goes);
  return suite;
}

TEST_CHECK_MAIN (churn)
