/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mixworld.h"

#define EOS_MAX (100 * G_TIME_SPAN_MILLISECOND)

/* From the first second, with nobody there. */
GST_START_TEST (test_runs_empty)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  GstClockTime begun;

  mix_world_play (world);
  begun = gst_element_get_current_running_time (world->pipeline);
  mix_world_run (world, 500 * GST_MSECOND);
  mix_world_check (world);
  fail_unless (world->first_pts <= begun);
  fail_if (mix_world_shows (world));
  mix_world_free (world);
}
GST_END_TEST;

/* Aggregators of 1.22 go back to zero on the first buffer of any pad, and
 * compositor when its last pad goes. */
GST_START_TEST (test_first_and_last_link)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);

  mix_world_play (world);
  mix_world_run (world, 300 * GST_MSECOND);
  for (int i = 0; i < 2; i++) {
    Talker *talker = talker_new (world, NULL, NULL);

    mix_world_wait (world, TRUE);
    talker_free (talker);
    mix_world_wait (world, FALSE);
  }
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_latency_is_constant)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  GstPad *src = live_mixer_get_src_pad (world->mixer);
  g_autoptr (GstPad) inner = gst_ghost_pad_get_target (GST_GHOST_PAD (src));
  GstClockTime expected = UPSTREAM_LATENCY + 40 * GST_MSECOND
      + (world->kind == MEDIA_VIDEO ? GST_SECOND / 15 : 10 * GST_MSECOND);
  Talker *talkers[3];
  gboolean live = FALSE;

  mix_world_play (world);
  fail_unless_equals_uint64 (mix_latency_of (src, &live), expected);
  fail_unless (live);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++) {
    talkers[i] = talker_new (world, NULL, NULL);
    mix_world_run (world, 150 * GST_MSECOND);
    fail_unless_equals_uint64 (mix_latency_of (src, &live), expected);
    fail_unless (live);
    /* What the mixer itself waits for leaves the margin free. */
    fail_unless (mix_latency_of (inner, &live) + 40 * GST_MSECOND <= expected);
  }
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  fail_unless_equals_uint64 (mix_latency_of (src, &live), expected);
  mix_world_free (world);
}
GST_END_TEST;

static guint64
count_dropped (MixWorld *world)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 dropped = G_MAXUINT64;

  g_object_get (world->sink, "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint64 (stats, "dropped", &dropped));

  return dropped;
}

/* Returns: (transfer full) (nullable): what was not in time */
static char *
join_twenty_times (MediaKind kind)
{
  MixWorld *world = mix_world_of (kind);
  Talker *talkers[3] = { NULL };
  char *late = NULL;

  mix_world_play (world);
  mix_world_run (world, 200 * GST_MSECOND);
  for (guint i = 0; i < 20; i++) {
    Talker **talker = &talkers[i % G_N_ELEMENTS (talkers)];

    g_clear_pointer (talker, talker_free);
    *talker = talker_new (world, NULL, NULL);
    mix_world_run (world, 100 * GST_MSECOND);
  }
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  mix_world_run (world, 100 * GST_MSECOND);

  mix_world_check (world);
  /* None late on a machine that has time; all of them without an own answer to
   * the latency query. */
  if (world->worst_gap > GAP_MAX || world->n_late * 10 > world->n_buffers
      || count_dropped (world) * 10 > world->n_buffers)
    late = g_strdup_printf ("a gap of %" G_GINT64_FORMAT " us; of %u buffers "
                            "%u late, %" G_GUINT64_FORMAT " dropped",
        world->worst_gap, world->n_buffers, world->n_late,
        count_dropped (world));
  mix_world_free (world);
  return late;
}

GST_START_TEST (test_twenty_joins)
{
  mix_attempt (join_twenty_times, mix_kinds[__i__]);
}
GST_END_TEST;

/* Formats, sizes, rates and colorimetries that are not the mix's. */
GST_START_TEST (test_caps_are_fixed)
{
  static const char *const video[] = {
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=BGRx,width=200,height=100,framerate=30/1",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=I420,width=1280,height=720,framerate=5/1,"
    "colorimetry=bt709",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=I420,width=90,height=160,framerate=15/1,"
    "colorimetry=bt601,chroma-site=jpeg",
    "videotestsrc is-live=true do-timestamp=true ! "
    "video/x-raw,format=NV12,width=160,height=120,framerate=15/1,"
    "colorimetry=bt2020",
  };
  static const char *const audio[] = {
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=F32LE,rate=44100,channels=1",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S16LE,rate=8000,channels=1",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S24LE,rate=96000,channels=2",
    "audiotestsrc is-live=true do-timestamp=true ! "
    "audio/x-raw,format=S32LE,rate=48000,channels=2,layout=non-interleaved",
  };
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talkers[G_N_ELEMENTS (video)];

  G_STATIC_ASSERT (G_N_ELEMENTS (video) == G_N_ELEMENTS (audio));
  mix_world_play (world);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++) {
    talkers[i] = talker_new (
        world, world->kind == MEDIA_VIDEO ? video[i] : audio[i], NULL);
    mix_world_run (world, 200 * GST_MSECOND);
  }
  mix_world_run (world, 300 * GST_MSECOND);
  fail_unless_equals_int (world->n_warnings, 0);
  for (guint i = 0; i < G_N_ELEMENTS (talkers); i++)
    talker_free (talkers[i]);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

/* With nothing wished for, and an input that is nothing like it. */
GST_START_TEST (test_default_caps)
{
  MixWorld *world = mix_world_new (mix_kinds[__i__], NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (world->filter, "src");
  g_autoptr (GstCaps) expected =
      gst_caps_from_string (world->kind == MEDIA_VIDEO
              ? "video/x-raw,format=I420,width=1280,height=720,framerate=30/1"
              : "audio/x-raw,format=S16LE,rate=48000,channels=2,"
                "layout=interleaved");
  g_autoptr (GstCaps) caps = NULL;
  Talker *talker;

  mix_world_play (world);
  mix_world_run (world, 100 * GST_MSECOND);
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_caps_is_subset (caps, expected));
  talker = talker_new (world,
      world->kind == MEDIA_VIDEO
          ? "videotestsrc is-live=true do-timestamp=true ! "
            "video/x-raw,format=BGRx,width=90,height=160,framerate=10/1"
          : "audiotestsrc is-live=true do-timestamp=true ! "
            "audio/x-raw,format=F32LE,rate=8000,channels=1",
      NULL);
  mix_world_run (world, 400 * GST_MSECOND);
  talker_free (talker);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

static gpointer
end_it (gpointer user_data)
{
  live_mixer_send_eos (user_data);
  return NULL;
}

/* Twice at a time, from other threads. Returns: how long it took, us */
static gint64
end_mix (MediaKind kind, guint n_inputs)
{
  MixWorld *world = mix_world_of (kind);
  Talker *talkers[3];
  GThread *threads[2];
  gint64 begin, took;

  mix_world_play (world);
  for (guint i = 0; i < n_inputs; i++)
    talkers[i] = talker_new (world, NULL, NULL);
  mix_world_run (world, 300 * GST_MSECOND);

  begin = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ender", end_it, world->mixer);
  g_mutex_lock (&world->lock);
  while (world->n_eos == 0)
    fail_unless (
        g_cond_wait_until (&world->cond, &world->lock, test_deadline (10)));
  g_mutex_unlock (&world->lock);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  took = world->eos_time - begin;

  for (guint i = 0; i < n_inputs; i++)
    talker_free (talkers[i]);
  live_mixer_send_eos (world->mixer);
  fail_unless_equals_int (world->n_eos, 1);
  fail_unless_equals_int (world->n_after_eos, 0);
  mix_world_free (world);
  return took;
}

GST_START_TEST (test_eos_in_time)
{
  static const guint n_inputs[] = { 0, 1, 3 };
  MediaKind kind = mix_kinds[__i__ % 2];
  gint64 took = G_MAXINT64;

  for (guint i = 0; i < MIX_ATTEMPTS && took > EOS_MAX; i++)
    took = end_mix (kind, n_inputs[__i__ / 2]);
  fail_unless (took <= EOS_MAX, "EOS after %" G_GINT64_FORMAT " us", took);
}
GST_END_TEST;

GST_START_TEST (test_output_relinked)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  GstPad *src = live_mixer_get_src_pad (world->mixer);
  g_autoptr (GstPad) peer = gst_pad_get_peer (src);
  Talker *talker;
  guint n_buffers;

  mix_world_play (world);
  mix_world_run (world, 200 * GST_MSECOND);
  gst_pad_unlink (src, peer);
  talker = talker_new (world, NULL, NULL);
  g_mutex_lock (&world->lock);
  n_buffers = world->n_buffers;
  g_mutex_unlock (&world->lock);
  fail_unless_equals_int (gst_pad_link (src, peer), GST_PAD_LINK_OK);
  mix_world_wait (world, TRUE);
  fail_unless (world->n_buffers > n_buffers);
  fail_unless_equals_int (world->n_errors, 0);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

/* A mix that somebody asks for in the middle of a call. */
GST_START_TEST (test_starts_late)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  GstElement *mixer = live_mixer_get_element (world->mixer);

  gst_element_set_locked_state (mixer, TRUE);
  gst_element_set_state (world->pipeline, GST_STATE_PLAYING);
  while (gst_element_get_current_running_time (world->pipeline)
      < 500 * GST_MSECOND) {
    g_autoptr (GstClock) clock =
        gst_pipeline_get_clock (GST_PIPELINE (world->pipeline));
    GstClockID id = gst_clock_new_single_shot_id (
        clock, gst_element_get_base_time (world->pipeline) + 500 * GST_MSECOND);

    gst_clock_id_wait (id, NULL);
    gst_clock_id_unref (id);
  }
  gst_element_set_locked_state (mixer, FALSE);
  gst_element_sync_state_with_parent (mixer);
  mix_world_run (world, 700 * GST_MSECOND);
  fail_unless (world->first_pts >= 500 * GST_MSECOND);
  mix_world_check (world);
  mix_world_free (world);
}
GST_END_TEST;

/* Down and up again, with the inputs in place. */
GST_START_TEST (test_restarts)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  for (int i = 0; i < 2; i++) {
    mix_world_play (world);
    mix_world_wait (world, TRUE);
    live_mixer_send_eos (world->mixer);
    g_mutex_lock (&world->lock);
    while (world->n_eos == 0)
      g_cond_wait (&world->cond, &world->lock);
    g_mutex_unlock (&world->lock);
    mix_world_check (world);
    fail_unless_equals_int (world->n_eos, 1);
    gst_element_set_state (world->pipeline, GST_STATE_READY);
    world->n_buffers = world->n_eos = world->n_caps = 0;
  }
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

GST_START_TEST (test_pause_and_resume)
{
  MixWorld *world = mix_world_of (mix_kinds[__i__]);
  Talker *talker = talker_new (world, NULL, NULL);

  mix_world_play (world);
  mix_world_wait (world, TRUE);
  gst_element_set_state (world->pipeline, GST_STATE_PAUSED);
  mix_world_play (world);
  mix_world_wait (world, TRUE);
  mix_world_check (world);
  talker_free (talker);
  mix_world_free (world);
}
GST_END_TEST;

static Suite *
livemixer_suite (void)
{
  Suite *suite = suite_create ("livemixer");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_runs_empty, 0, 2);
  tcase_add_loop_test (tcase, test_first_and_last_link, 0, 2);
  tcase_add_loop_test (tcase, test_latency_is_constant, 0, 2);
  tcase_add_loop_test (tcase, test_twenty_joins, 0, 2);
  tcase_add_loop_test (tcase, test_caps_are_fixed, 0, 2);
  tcase_add_loop_test (tcase, test_default_caps, 0, 2);
  tcase_add_loop_test (tcase, test_eos_in_time, 0, 6);
  tcase_add_loop_test (tcase, test_output_relinked, 0, 2);
  tcase_add_loop_test (tcase, test_starts_late, 0, 2);
  tcase_add_loop_test (tcase, test_restarts, 0, 2);
  tcase_add_loop_test (tcase, test_pause_and_resume, 0, 2);

  return suite;
}

TEST_CHECK_MAIN (livemixer)
