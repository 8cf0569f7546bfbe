/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

#define ROUNDS 20
/* What nobody notices. A pause that the machine itself makes is measured by a
 * call beside, in which nobody comes or goes, and allowed twice. It need not meet
 * both calls: so many may be made in one alone. */
#define HOLE (200 * GST_MSECOND)
#define MAX_HOLES (ROUNDS / 10)

/* Of a leg: one of retransmissions for each kind of media. */
#define MAX_NEW_STREAMS 2

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
  guint threads, fds;
  GStrv a, b; /* elements */
} Resources;

static void
resources_clear (Resources *self)
{
  g_strfreev (self->a);
  g_strfreev (self->b);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Resources, resources_clear)

static Resources
count_resources (CallMember *a, CallMember *b)
{
  return (Resources){ count_entries ("/proc/self/task"),
    count_entries ("/proc/self/fd"), call_check_list (a), call_check_list (b) };
}

/* A leg that stays may get one more stream at any time, when the first packet
 * is retransmitted; its jitter buffer has threads. */
static guint
count_streams (GStrv names)
{
  guint n = 0;

  for (char **name = names; *name != NULL; name++)
    n += g_str_has_prefix (*name, "rtpjitterbuffer:");
  return n;
}

static guint
count_new_streams (GStrv now, GStrv before)
{
  guint n = count_streams (now);
  guint had = count_streams (before);

  return n > had ? n - had : 0;
}

static gboolean
is_back (const Resources *now, const Resources *before)
{
  guint streams_a = count_new_streams (now->a, before->a);
  guint streams_b = count_new_streams (now->b, before->b);

  return now->threads <= before->threads + 2 + 3 * (streams_a + streams_b)
      && now->fds <= before->fds + 2
      && g_strv_length (now->a) <= g_strv_length (before->a) + 2 * streams_a
      && g_strv_length (now->b) <= g_strv_length (before->b) + 2 * streams_b
      && MAX (streams_a, streams_b) <= MAX_NEW_STREAMS;
}

static void
list_new (GString *text, GStrv now, GStrv before)
{
  for (char **name = now; *name != NULL; name++) {
    if (!g_strv_contains ((const char *const *) before, *name))
      g_string_append_printf (text, " %s", *name);
  }
}

static char *
describe_growth (const Resources *now, const Resources *before)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%u threads, %u before; %u descriptors, %u before;",
      now->threads, before->threads, now->fds, before->fds);
  list_new (text, now->a, before->a);
  g_string_append (text, ";");
  list_new (text, now->b, before->b);
  return g_string_free (text, FALSE);
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

/* Returns: whether there was one since reset(), which is added to @text */
static gboolean
has_hole (CallMember *member, CallMember *beside, GString *text)
{
  gboolean has = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (pads); i++) {
    GstClockTime hole = longest_hole (member, pads[i]);
    GstClockTime usual = longest_hole (beside, pads[i]);

    if (hole <= HOLE + 2 * usual)
      continue;
    has = TRUE;
    g_string_append_printf (text,
        " %s had a hole of %.0f ms; of %.0f ms beside.", pads[i], hole / 1e6,
        usual / 1e6);
  }
  return has;
}

static CallMember *
make_member (const char *room, const char *inputs)
{
  CallMember *member = call_check_member (room, "rejoin-grace=0", inputs);

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
  g_autoptr (CallMember) beside = NULL;
  g_autoptr (CallMember) opposite = NULL;
  g_auto (Resources) before = { 0 };
  GString *holes = g_string_new (NULL);
  guint n_holes = 0;
  gint64 deadline;

  TEST_WATCHDOG (240);
  beside = make_member ("quiet", INPUTS (440));
  opposite = make_member ("quiet", INPUTS (880));
  a = make_member ("churn", INPUTS (440));
  b = make_member ("churn", INPUTS (880));
  c = call_member_new ("churn", "", INPUTS (1320));
  call_member_play (beside);
  call_member_play (opposite);
  call_check_hears (beside, "audio_src_0", CALL_TONE_880);
  call_check_moving (beside, "video_src_0");
  call_member_play (a);
  call_member_play (b);
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  call_check_hears (b, "audio_src_0", CALL_TONE_440);
  call_check_moving (a, "video_src_0");
  call_check_moving (b, "video_src_0");
  call_check_moving (a, "video_mix");
  call_check_moving (b, "video_mix");
  before = count_resources (a, b);

  reset (a);
  reset (b);
  reset (beside);
  for (guint i = 1; i <= ROUNDS; i++) {
    loopback_signaller_set_called (call_member_get_signaller (c), i % 2);
    call_member_play (c);
    call_check_connected (c, 2 * i);
    call_check_connected (a, 1 + i);
    call_check_connected (b, 1 + i);
    call_member_stop (c);
    fail_unless (call_member_wait_count (
        a, "roomcall/peer-left", NULL, NULL, i, test_deadline (10)));
    if (has_hole (a, beside, holes) | has_hole (b, beside, holes)) {
      n_holes++;
      reset (a);
      reset (b);
      reset (beside);
    }
  }
  fail_unless (n_holes <= MAX_HOLES, "%s", holes->str);
  g_string_free (holes, TRUE);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);

  /* Legs end within 2 s. */
  deadline = test_deadline (20);
  for (;;) {
    g_auto (Resources) now = count_resources (a, b);
    g_autofree char *growth = describe_growth (&now, &before);

    if (is_back (&now, &before))
      break;
    fail_unless (g_get_monotonic_time () < deadline, "%s", growth);
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
