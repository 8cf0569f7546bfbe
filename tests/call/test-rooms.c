/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls over the server that socketiosignaller hosts, in more than one room. */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

/* --- the server --- */

typedef struct {
  GstElement *element;
  char *uri;
} Host;

static Host *
host_new (void)
{
  Host *self = g_new0 (Host, 1);

  self->element = gst_object_ref_sink (
      gst_element_factory_make ("socketiosignaller", NULL));
  g_object_set (self->element, "run-signalling-server", TRUE, NULL);
  fail_unless_equals_int (
      gst_element_set_state (self->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  g_object_get (self->element, "uri", &self->uri, NULL);
  return self;
}

static void
host_free (Host *self)
{
  gst_element_set_state (self->element, GST_STATE_NULL);
  gst_object_unref (self->element);
  g_free (self->uri);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Host, host_free)

static CallMember *
make_member (Host *host, const char *settings, const char *inputs)
{
  g_autofree char *properties =
      g_strdup_printf ("uri=%s %s", host->uri, settings);

  return call_check_member (NULL, properties, inputs);
}

/* --- holes --- */

/* An instrument that makes everything slow makes holes of its own. */
static GstClockTime
longest_hole (void)
{
  return test_deadline (1) - g_get_monotonic_time () > 2 * G_TIME_SPAN_SECOND
      ? GST_CLOCK_TIME_NONE
      : 200 * GST_MSECOND;
}

static const char *const outputs[] = { "audio_mix", "video_mix",
  "audio_program", "video_program" };

static void
reset_outputs (CallMember *member)
{
  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    media_meter_reset (call_member_get_meter (member, outputs[i]));
}

/* The mixes run on, and one hears and sees oneself in the program. Returns the
 * longest time for which nothing came out, or nothing of oneself. */
static GstClockTime
check_outputs (CallMember *member)
{
  GstClockTime longest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++) {
    MediaMeter *meter = call_member_get_meter (member, outputs[i]);
    gboolean program = g_str_has_suffix (outputs[i], "program");
    g_autofree char *text = NULL;
    MediaReading reading;

    media_meter_read (meter, &reading);
    text = media_reading_to_string (&reading);
    GST_INFO ("%s: %s", outputs[i], text);
    fail_unless (reading.buffers > 0 && reading.pts_gap < longest_hole (),
        "%s has a hole: %s", outputs[i], text);
    longest = MAX (longest, reading.arrival_gap);
    if (program)
      longest = MAX (longest, MAX (reading.silence, reading.still));
  }
  return longest;
}

static void
check_slot (CallMember *member, int slot)
{
  g_autoptr (GstStructure) state = call_member_get_message (
      member, "roomcall/peer-state", "state", "connected");
  int found = -1;

  fail_unless (gst_structure_get_int (state, "slot", &found));
  fail_unless_equals_int (found, slot);
}

/* --- tests --- */

static void
set_room (CallMember *member, const char *room)
{
  g_object_set (call_member_get_call (member), "room", room, NULL);
}

static void
check_move (const char *dialect)
{
  g_autofree char *one = g_strdup_printf ("dialect=%s room=one", dialect);
  g_autofree char *two = g_strdup_printf ("dialect=%s room=two", dialect);
  g_autoptr (Host) host = host_new ();
  g_autoptr (CallMember) a = make_member (host, one, INPUTS (440));
  g_autoptr (CallMember) b = make_member (host, one, INPUTS (880));
  g_autoptr (CallMember) c = make_member (host, two, INPUTS (1320));
  GstClockTime stall = GST_CLOCK_TIME_NONE;

  call_check_add_mix (a, "audio_program");
  call_check_add_mix (a, "video_program");
  call_member_play (a);
  call_member_play (b);
  call_member_play (c);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_tile (a, "video_mix", 0, 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_hears (c, "audio_mix", CALL_TONE_NONE);

  /* There, back and there, each time through a room where nobody is. A machine
   * with other work to do makes all stand still at times; not each time. */
  for (guint i = 1; i <= 3; i++) {
    reset_outputs (a);
    set_room (a, "three");
    set_room (a, i % 2 == 1 ? "two" : "one");
    fail_unless (call_member_wait_count (
        a, "roomcall/peer-left", NULL, NULL, i, test_deadline (20)));
    call_check_connected (a, 1 + i);
    fail_unless (media_meter_wait_buffers (
        call_member_get_meter (a, "video_mix"), 30, test_deadline (20)));
    stall = MIN (stall, check_outputs (a));
    check_slot (a, 0);
  }
  fail_unless (stall < longest_hole (), "nothing came out for %.0f ms at least",
      stall / 1e6);
  call_check_hears (a, "audio_mix", CALL_TONE_1320);
  call_check_tile (a, "video_mix", 0, 1);
  call_check_hears (c, "audio_mix", CALL_TONE_440);
  call_check_tile (c, "video_mix", 0, 1);
  fail_unless (call_member_wait_count (
      b, "roomcall/peer-left", NULL, NULL, 2, test_deadline (20)));
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-left", NULL, NULL), 2);
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  call_check_black (b, "video_mix");
}

/* Who changes the room sees and hears who is there, and nobody else; a dialect
 * that can leave moves on its connection, the other one makes a new one. */
GST_START_TEST (test_move)
{
  TEST_WATCHDOG (150);
  check_move ("mesh");
}
GST_END_TEST

GST_START_TEST (test_move_anew)
{
  TEST_WATCHDOG (150);
  check_move ("rooms");
}
GST_END_TEST

/* What a pipeline of each dialect that comes is told besides, to make the call. */
static const struct {
  const char *name;
  const char *caller;
} dialects[] = {
  { "mesh", "" },
  { "rooms", "" },
  { "message", "" },
  { "broadcast", "signaller::variables=\"v,role=offerer\"" },
};

GST_START_TEST (test_dialects)
{
  g_autofree char *there =
      g_strdup_printf ("dialect=%s room=one", dialects[__i__].name);
  g_autofree char *coming =
      g_strconcat (there, " ", dialects[__i__].caller, NULL);
  g_autoptr (Host) host = host_new ();
  g_autoptr (CallMember) a = make_member (host, there, INPUTS (440));
  g_autoptr (CallMember) b = make_member (host, coming, INPUTS (880));

  TEST_WATCHDOG (90);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_tile (a, "video_mix", 0, 1);
  call_check_tile (b, "video_mix", 0, 1);
}
GST_END_TEST

static void
note_arrival (GstElement *signaller, const char *id, const char *role,
    const GstStructure *info, gint64 *when)
{
  *when = g_get_monotonic_time ();
}

/* Who comes calls, if it is one that calls: the pages of such an application do
 * not, whether they come or are there. */
static void
check_caller (const char *older, const char *newcomer, gint64 at_least)
{
  g_autofree char *there =
      g_strdup_printf ("dialect=rooms room=one call-policy=%s", older);
  g_autofree char *coming =
      g_strdup_printf ("dialect=rooms room=one call-policy=%s", newcomer);
  g_autoptr (Host) host = host_new ();
  g_autoptr (CallMember) a = make_member (host, there, INPUTS (440));
  g_autoptr (CallMember) b = make_member (host, coming, INPUTS (880));
  g_autoptr (GObject) signaller = gst_child_proxy_get_child_by_name (
      GST_CHILD_PROXY (call_member_get_call (a)), "signaller");
  gint64 begin = 0, took;

  /* The call's second begins behind that, on another thread. */
  g_signal_connect (
      signaller, "peer-joined", G_CALLBACK (note_arrival), &begin);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-joined", NULL, NULL, test_deadline (20)));
  fail_unless (call_member_wait (
      a, "roomcall/peer-state", "state", "connecting", test_deadline (20)));
  took = g_get_monotonic_time () - begin;
  GST_INFO ("%s called by %s after %.0f ms", older, newcomer, took / 1e3);
  fail_unless (took > at_least, "a call after %.0f ms", took / 1e3);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  /* And there is one, not one each way. */
  call_check_connected (a, 1);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/peer-state", "state", "connected"), 1);
}

GST_START_TEST (test_who_calls)
{
  TEST_WATCHDOG (150);
  check_caller ("answer", "auto", 0);
  check_caller ("auto", "answer", 900 * G_TIME_SPAN_MILLISECOND);
  check_caller ("auto", "auto", 0);
}
GST_END_TEST

/* Bins in one pipeline are members like others, each with its connection. */
GST_START_TEST (test_one_pipeline)
{
  g_autoptr (Host) host = host_new ();
  g_autofree char *inputs = g_strdup_printf (
      CALL_MEMBER_AUDIO (440) " roomcallbin name=second uri=%s room=den "
                              "audiotestsrc is-live=true freq=880 volume=0.2 ! "
                              "second.audio_0 "
                              " roomcallbin name=third uri=%s room=den "
                              "audiotestsrc is-live=true freq=1320 volume=0.2 "
                              "! third.audio_0 ",
      host->uri, host->uri);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (GstStructure) last = NULL;

  TEST_WATCHDOG (90);
  a = make_member (host, "room=den", inputs);
  call_member_play (a);
  /* Three times two. */
  call_check_connected (a, 6);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);
  fail_unless_equals_int (
      call_member_count (a, "roomcall/joined", NULL, NULL), 3);
  last = call_member_get_message (a, "roomcall/joined", NULL, NULL);
  fail_unless_equals_int (call_member_count (a, "roomcall/joined", "self-id",
                              gst_structure_get_string (last, "self-id")),
      1);
}
GST_END_TEST

/* What is mixed in one room is an input in the other: who is in that sees and
 * hears who is in this. */
GST_START_TEST (test_bridge)
{
  g_autoptr (Host) host = host_new ();
  g_autofree char *properties = g_strdup_printf ("uri=%s room=one", host->uri);
  g_autofree char *bridged = g_strdup_printf (
      " roomcallbin name=other uri=%s room=two "
      /* Small, as it is encoded once more. */
      "call.video_mix ! video/x-raw,width=320,height=240,framerate=15/1 ! "
      "queue ! other.video_0 "
      "call.audio_mix ! audio/x-raw,rate=48000,channels=2 ! queue ! "
      "other.audio_0 ",
      host->uri);
  g_autoptr (CallMember) bridge = NULL;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (150);
  bridge = call_member_new (NULL, properties, bridged);
  a = make_member (host, "room=one", INPUTS (440));
  b = make_member (host, "room=two", INPUTS (880));
  call_member_play (bridge);
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_tile (b, "video_mix", 0, 1);
  /* One way only. */
  call_check_hears (a, "audio_mix", CALL_TONE_NONE);

  /* Who leaves one room is gone from the other. */
  call_member_stop (a);
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  call_check_black (b, "video_mix");
}
GST_END_TEST

static Suite *
rooms_suite (void)
{
  Suite *suite = suite_create ("rooms");
  TCase *tc = tcase_create ("rooms");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_move);
  tcase_add_test (tc, test_move_anew);
  tcase_add_loop_test (tc, test_dialects, 0, G_N_ELEMENTS (dialects));
  tcase_add_test (tc, test_who_calls);
  tcase_add_test (tc, test_one_pipeline);
  tcase_add_test (tc, test_bridge);
  return suite;
}

TEST_CHECK_MAIN (rooms)
