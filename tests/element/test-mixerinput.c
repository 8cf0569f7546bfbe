/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mixworld.h"

/* An input that is there before anything plays. */
GST_START_TEST (test_linked_from_start)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  mix_world_play (world);
  mix_world_wait (world, TRUE);
  mix_world_check (world);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

static GstPadProbeReturn
on_blocked (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  MixWorld *world = user_data;

  g_mutex_lock (&world->lock);
  world->n_warnings++;
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->lock);

  return GST_PAD_PROBE_OK;
}

GST_START_TEST (test_removed_while_blocked)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker;
  GstPad *silent;
  gulong id;

  mix_world_play (world);
  talker = talker_new (world, NULL, NULL);
  mix_world_wait (world, TRUE);
  id = gst_pad_add_probe (talker->src,
      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, on_blocked, world,
      NULL);
  g_mutex_lock (&world->lock);
  while (world->n_warnings == 0)
    g_cond_wait (&world->cond, &world->lock);
  g_mutex_unlock (&world->lock);

  /* One that never got anything, and one that is gone already. */
  silent = live_mixer_add_input (world->mixer, NULL, NULL);
  live_mixer_remove_input (world->mixer, silent);

  live_mixer_remove_input (world->mixer, talker->entry);
  gst_pad_remove_probe (talker->src, id);
  mix_world_wait (world, FALSE);
  mix_world_check (world);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

/* A mixer in PAUSED takes nothing: the branch's thread waits inside it. */
GST_START_TEST (test_removed_while_full)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker;
  guint n_buffers;

  mix_world_play (world);
  talker = talker_new (world, NULL, NULL);
  mix_world_wait (world, TRUE);
  gst_element_set_locked_state (live_mixer_get_element (world->mixer), TRUE);
  gst_element_set_state (
      live_mixer_get_element (world->mixer), GST_STATE_PAUSED);
  /* Whoever feeds it is not stopped by that. */
  n_buffers = 0;
  for (gint64 deadline = test_deadline (20); n_buffers < 20;) {
    g_autoptr (GstPad) probed = gst_object_ref (talker->src);
    gulong id;

    g_mutex_lock (&world->lock);
    world->n_warnings = 0;
    g_mutex_unlock (&world->lock);
    id = gst_pad_add_probe (
        probed, GST_PAD_PROBE_TYPE_BUFFER, on_blocked, world, NULL);
    g_mutex_lock (&world->lock);
    while (world->n_warnings == 0)
      fail_unless (g_cond_wait_until (&world->cond, &world->lock, deadline));
    n_buffers += world->n_warnings;
    g_mutex_unlock (&world->lock);
    gst_pad_remove_probe (probed, id);
  }
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

static guint
count_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static guint
count_pads (GstElement *element)
{
  guint n;

  GST_OBJECT_LOCK (element);
  n = element->numpads;
  GST_OBJECT_UNLOCK (element);

  return n;
}

GST_START_TEST (test_hundred_cycles)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  GstElement *mixer = live_mixer_get_element (world->mixer);
  guint threads = 0, children = 0, pads = 0;

  mix_world_play (world);
  mix_world_run (world, 100 * GST_MSECOND);
  for (guint i = 0; i < 100; i++) {
    Talker *talker = talker_new (world, NULL, NULL);

    if (i % 10 == 0)
      mix_world_run (world, 100 * GST_MSECOND);
    talker_free (talker);
    if (i == 10) {
      threads = count_threads ();
      children = (guint) GST_BIN_NUMCHILDREN (GST_BIN (mixer));
      pads = count_pads (mixer);
    }
  }
  fail_unless_equals_int (children, GST_BIN_NUMCHILDREN (GST_BIN (mixer)));
  fail_unless_equals_int (pads, count_pads (mixer));
  fail_unless_equals_int (pads, 1);
  fail_unless_equals_int (live_mixer_count_inputs (world->mixer), 0);
  /* The pool of threads breathes. */
  fail_unless (count_threads () <= threads + 2, "%u threads, then %u", threads,
      count_threads ());
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

static GstClockTime
get_position (MixWorld *world)
{
  GstClockTime position;

  g_mutex_lock (&world->lock);
  position = world->next_pts;
  g_mutex_unlock (&world->lock);
  return position;
}

/* Its tile goes dark in time, and comes back. */
GST_START_TEST (test_input_stalls)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker, *other;
  GstClockTime before, behind;

  mix_world_play (world);
  talker = talker_new (world, NULL, NULL);
  mix_world_wait (world, TRUE);
  mix_world_watch (world, TRUE);
  gst_element_set_locked_state (talker->source, TRUE);
  before = get_position (world);
  gst_element_set_state (talker->source, GST_STATE_PAUSED);
  behind = get_position (world);
  mix_world_wait (world, FALSE);
  mix_world_watch (world, FALSE);
  if (world->kind == MEDIA_VIDEO) {
    fail_unless (world->last_shown > before + 2 * GST_SECOND);
    fail_unless (world->last_shown < behind + 4 * GST_SECOND);
  }
  gst_element_set_state (talker->source, GST_STATE_PLAYING);
  mix_world_wait (world, TRUE);

  /* An end is only an input's own. */
  gst_element_send_event (talker->source, gst_event_new_eos ());
  mix_world_run (world, 300 * GST_MSECOND);
  fail_unless_equals_int (world->n_eos, 0);
  other = talker_new (world, NULL, NULL);
  mix_world_run (world, 300 * GST_MSECOND);
  talker_free (other);
  talker_free (talker);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

/* Half a second more than the mixer waits for. */
GST_START_TEST (test_late_input_is_heard)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker;

  mix_world_play (world);
  mix_world_run (world, GST_SECOND);
  talker = talker_new (world, NULL, NULL);
  gst_pad_set_offset (talker->src, -(gint64) (600 * GST_MSECOND));
  mix_world_run (world, 3 * GST_SECOND);
  mix_world_wait (world, TRUE);
  mix_world_check (world);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

/* Returns: (transfer full) (nullable): what it cost the other one */
static char *
fall_behind (MediaKind kind)
{
  MixWorld *world = mix_world_of (kind);
  Talker *talker, *slow;
  char *cost = NULL;

  mix_world_play (world);
  talker = talker_new (world, NULL, NULL);
  mix_world_wait (world, TRUE);
  slow = talker_new (world,
      world->kind == MEDIA_VIDEO
          ? "videotestsrc is-live=true pattern=black do-timestamp=true ! "
            "identity sleep-time=150000 ! " VIDEO_IN
          : "audiotestsrc is-live=true wave=silence samplesperbuffer=960 "
            "do-timestamp=true ! identity sleep-time=50000 ! " AUDIO_IN,
      NULL);
  mix_world_watch (world, TRUE);
  mix_world_run (world, 1500 * GST_MSECOND);
  mix_world_watch (world, FALSE);
  if (world->n_empty * 20 > world->n_watched || world->worst_gap > GAP_MAX)
    cost =
        g_strdup_printf ("%u of %u are empty, a gap of %" G_GINT64_FORMAT " us",
            world->n_empty, world->n_watched, world->worst_gap);
  mix_world_check (world);
  talker_free (slow);
  talker_free (talker);
  mix_world_free (world);
  return cost;
}

/* One whose buffers come ever later costs the other one nothing. */
GST_START_TEST (test_jitter_is_its_own)
{
  mix_attempt (fall_behind, mix_kinds[__i__]);
}
GST_END_TEST;

GST_START_TEST (test_grid)
{
  MixWorld *world = mix_world_of (MEDIA_VIDEO);
  Talker *first, *second;

  mix_world_play (world);
  first = talker_new (world, NULL, NULL);
  mix_world_wait (world, TRUE);
  /* 4:3 alone fills 4:3. */
  fail_unless (mix_world_luma (world, 2, 2) > 200);
  fail_unless (mix_world_luma (world, 317, 237) > 200);

  second = talker_new (world,
      "videotestsrc is-live=true pattern=black do-timestamp=true ! " VIDEO_IN,
      &(LiveMixerInput){ .id = "second", .cover = TRUE });
  /* One above the other is larger than side by side. */
  while (mix_world_luma (world, 160, 180) > 30)
    mix_world_run (world, 60 * GST_MSECOND);
  fail_unless (mix_world_luma (world, 160, 60) > 200);
  fail_unless (mix_world_luma (world, 2, 60) < 30);

  talker_free (first);
  mix_world_wait (world, FALSE);
  talker_free (second);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_voices_add_up)
{
  MixWorld *world = mix_world_of (MEDIA_AUDIO);
  Talker *talkers[2];

  mix_world_play (world);
  for (guint i = 0; i < 2; i++)
    talkers[i] = talker_new (world,
        "audiotestsrc is-live=true wave=square volume=0.25 freq=50 "
        "samplesperbuffer=960 do-timestamp=true ! " AUDIO_IN,
        NULL);
  mix_world_run (world, 10 * GST_MSECOND);
  for (gint64 deadline = test_deadline (20); mix_world_peak (world) < 15000;) {
    fail_unless (g_get_monotonic_time () < deadline);
    mix_world_run (world, 10 * GST_MSECOND);
  }
  for (guint i = 0; i < 2; i++)
    talker_free (talkers[i]);
  mix_world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_failing_input_is_a_warning)
{
  MixWorld *world = mix_world_of (MEDIA_VIDEO);
  Talker *talker;
  g_autoptr (GstElement) branch = NULL;

  mix_world_play (world);
  talker =
      talker_new (world, NULL, &(LiveMixerInput){ .id = "somebody \"else\"" });
  mix_world_wait (world, TRUE);
  branch = gst_bin_get_by_name (
      GST_BIN (live_mixer_get_element (world->mixer)), "input_0");
  GST_ELEMENT_ERROR (branch, STREAM, FAILED, ("it broke"), ("it broke"));
  fail_unless_equals_int (world->n_warnings, 1);
  fail_unless_equals_string (world->warned_id, "somebody \"else\"");
  mix_world_check (world);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

/* No stamps, no frame, another kind of media, a segment in bytes, a flush. */
static void
push_nonsense (MixWorld *world, const char *caps)
{
  GstPad *src = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  GstPad *entry = live_mixer_add_input (world->mixer, NULL, NULL);
  g_autoptr (GstCaps) parsed = gst_caps_from_string (caps);
  GstSegment segment;

  gst_pad_link_full (src, entry, GST_PAD_LINK_CHECK_NOTHING);
  gst_pad_set_active (src, TRUE);
  gst_pad_push_event (src, gst_event_new_stream_start ("nonsense"));
  gst_pad_push_event (src, gst_event_new_caps (parsed));
  for (int i = 0; i < 4; i++) {
    gst_segment_init (&segment, i % 2 ? GST_FORMAT_TIME : GST_FORMAT_BYTES);
    gst_pad_push_event (src, gst_event_new_segment (&segment));
    fail_unless_equals_int (
        gst_pad_push (src, gst_buffer_new_allocate (NULL, 7, NULL)),
        GST_FLOW_OK);
    fail_unless_equals_int (gst_pad_push (src, gst_buffer_new ()), GST_FLOW_OK);
    mix_world_run (world, 50 * GST_MSECOND);
  }
  gst_pad_push_event (src, gst_event_new_flush_start ());
  gst_pad_push_event (src, gst_event_new_flush_stop (TRUE));
  gst_pad_push_event (src, gst_event_new_eos ());
  mix_world_run (world, 50 * GST_MSECOND);
  live_mixer_remove_input (world->mixer, entry);
  gst_pad_set_active (src, FALSE);
  gst_object_unref (src);
}

GST_START_TEST (test_nonsense_is_harmless)
{
  static const char *const caps[] = { "text/x-raw,format=utf8", VIDEO_IN,
    AUDIO_IN,
    "video/x-raw(memory:GLMemory),format=RGBA,width=16,height=16,"
    "framerate=0/1",
    "audio/x-raw,format=S16LE,rate=1,channels=2,"
    "layout=interleaved" };
  MixWorld *world = mix_world_of (mix_kinds[__i__]);

  mix_world_play (world);
  mix_world_run (world, 100 * GST_MSECOND);
  for (guint i = 0; i < G_N_ELEMENTS (caps); i++)
    push_nonsense (world, caps[i]);
  fail_unless_equals_int (world->n_eos, 0);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

static Suite *
mixerinput_suite (void)
{
  Suite *suite = suite_create ("mixerinput");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_linked_from_start, 0, 2);
  tcase_add_loop_test (tcase, test_removed_while_blocked, 0, 2);
  tcase_add_loop_test (tcase, test_removed_while_full, 0, 2);
  tcase_add_loop_test (tcase, test_hundred_cycles, 0, 2);
  tcase_add_loop_test (tcase, test_input_stalls, 0, 2);
  tcase_add_loop_test (tcase, test_late_input_is_heard, 0, 2);
  tcase_add_loop_test (tcase, test_jitter_is_its_own, 0, 2);
  tcase_add_loop_test (tcase, test_nonsense_is_harmless, 0, 2);
  tcase_add_test (tcase, test_grid);
  tcase_add_test (tcase, test_voices_add_up);
  tcase_add_test (tcase, test_failing_input_is_a_warning);

  return suite;
}

TEST_CHECK_MAIN (mixerinput)
