/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

static void
check_text (CallMember *member, const char *pad_name, const char *property,
    const char *wanted)
{
  g_autoptr (GstPad) pad =
      gst_element_get_static_pad (call_member_get_call (member), pad_name);
  g_autofree char *text = NULL;

  fail_unless (pad != NULL, "there is no %s", pad_name);
  g_object_get (pad, property, &text, NULL);
  fail_unless (g_strcmp0 (text, wanted) == 0, "%s of %s is %s, not %s",
      property, pad_name, text, wanted);
}

static char *
get_peer_id (CallMember *member)
{
  g_autoptr (GstStructure) state = call_member_get_message (
      member, "roomcall/peer-state", "state", "connected");

  return g_strdup (gst_structure_get_string (state, "peer-id"));
}

static int
get_slot (CallMember *member)
{
  g_autoptr (GstStructure) state = call_member_get_message (
      member, "roomcall/peer-state", "state", "connected");
  int slot = -1;

  gst_structure_get_int (state, "slot", &slot);
  return slot;
}

typedef struct {
  gint refs;
  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  char *title;
  char *stream_id;
} Names;

static GstPadProbeReturn
note_names (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  Names *names = data;

  g_mutex_lock (&names->lock);
  if (GST_EVENT_TYPE (event) == GST_EVENT_TAG) {
    GstTagList *tags;
    char *title = NULL;

    gst_event_parse_tag (event, &tags);
    if (gst_tag_list_get_string (tags, GST_TAG_TITLE, &title)) {
      g_free (names->title);
      names->title = title;
    }
  } else if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START) {
    const char *id;

    gst_event_parse_stream_start (event, &id);
    g_free (names->stream_id);
    names->stream_id = g_strdup (id);
  }
  g_cond_broadcast (&names->cond);
  g_mutex_unlock (&names->lock);
  return GST_PAD_PROBE_OK;
}

static void
names_init (Names *names)
{
  *names = (Names){ 0 };
  g_mutex_init (&names->lock);
  g_cond_init (&names->cond);
}

static void
names_clear (Names *names)
{
  g_free (names->title);
  g_free (names->stream_id);
  g_mutex_clear (&names->lock);
  g_cond_clear (&names->cond);
}

static void
names_watch (Names *names, GstPad *pad)
{
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, note_names, names, NULL);
}

static void
names_check_title (Names *names, const char *title)
{
  gint64 deadline = test_deadline (20);

  g_mutex_lock (&names->lock);
  while (g_strcmp0 (names->title, title) != 0
      && g_cond_wait_until (&names->cond, &names->lock, deadline))
    ;
  fail_unless_equals_string (names->title, title);
  g_mutex_unlock (&names->lock);
}

/* Slots that were requested run from the first second, and never end. */
GST_START_TEST (test_requested)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autofree char *id = NULL;
  Names names;
  MediaReading reading;

  TEST_WATCHDOG (120);
  a = call_member_new ("requested", "", INPUTS (440));
  call_check_add_mix (a, "video_src_0");
  call_check_add_mix (a, "audio_src_0");
  names_init (&names);
  pad = gst_element_get_static_pad (call_member_get_call (a), "video_src_0");
  names_watch (&names, pad);
  call_member_play (a);
  call_check_black (a, "video_src_0");
  call_check_hears (a, "audio_src_0", CALL_TONE_NONE);
  check_text (a, "video_src_0", "peer-id", NULL);

  b = call_member_new ("requested", "display-name=Ben", INPUTS (880));
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_moving (a, "video_src_0");
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  id = get_peer_id (a);
  check_text (a, "video_src_0", "peer-id", id);
  check_text (a, "audio_src_0", "peer-id", id);
  check_text (a, "video_src_0", "peer-name", "Ben");
  names_check_title (&names, "Ben");

  call_member_stop (b);
  call_check_black (a, "video_src_0");
  call_check_hears (a, "audio_src_0", CALL_TONE_NONE);
  check_text (a, "video_src_0", "peer-id", NULL);
  check_text (a, "video_src_0", "peer-name", NULL);

  call_member_forget (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_moving (a, "video_src_0");
  call_check_hears (a, "audio_src_0", CALL_TONE_880);
  media_meter_read (call_member_get_meter (a, "video_src_0"), &reading);
  fail_if (reading.eos);
  media_meter_read (call_member_get_meter (a, "audio_src_0"), &reading);
  fail_if (reading.eos);
  call_member_stop (a);
  names_clear (&names);
}
GST_END_TEST

/* A slot is kept for the one that left; others get another one. */
GST_START_TEST (test_grace)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (120);
  a = call_member_new ("grace", "rejoin-grace=60000", "");
  b = call_member_new ("grace", "", CALL_MEMBER_AUDIO (880));
  c = call_member_new ("grace", "", CALL_MEMBER_AUDIO (1320));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  fail_unless_equals_int (get_slot (a), 0);
  call_member_stop (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-left", NULL, NULL, test_deadline (10)));
  call_member_forget (a);
  call_member_play (c);
  call_check_connected (a, 1);
  fail_unless_equals_int (get_slot (a), 1);
  call_member_forget (a);
  call_member_play (b);
  call_check_connected (a, 1);
  fail_unless_equals_int (get_slot (a), 0);
}
GST_END_TEST

/* What the peer sent passes as it came where that is what is wanted. */
GST_START_TEST (test_encoded)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;
  MediaMeter *meter;

  TEST_WATCHDOG (120);
  a = call_member_new ("encoded", "", CALL_MEMBER_AUDIO (440));
  meter = call_member_add_output (a, "video_src_1", "video/x-vp8");
  call_check_add_mix (a, "video_mix");
  b = call_member_new ("encoded", "", INPUTS (880));
  c = call_member_new ("encoded", "", INPUTS (1320));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_member_play (c);
  call_check_connected (a, 2);
  fail_unless (media_meter_wait_buffers (meter, 20, test_deadline (20)));
  call_check_tile (a, "video_mix", 0, 2);
  call_check_tile (a, "video_mix", 1, 2);
}
GST_END_TEST

typedef struct {
  CallMember *member;
  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  GHashTable *meters; /* pad name -> MediaMeter */
  GHashTable *names;  /* pad name -> Names */
  guint n_removed;
  char *seen_id; /* peer-id that the last pad had when it was added */
} Pads;

static void
names_free (gpointer data)
{
  names_clear (data);
  g_free (data);
}

/* As an application that takes what comes. */
static void
on_pad_added (GstElement *call, GstPad *pad, gpointer data)
{
  Pads *pads = data;
  GstElement *sink;
  g_autoptr (GstPad) sink_pad = NULL;
  Names *names;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  sink = gst_element_factory_make ("fakesink", GST_PAD_NAME (pad));
  sink_pad = gst_element_get_static_pad (sink, "sink");
  names = g_new0 (Names, 1);
  names_init (names);
  names_watch (names, sink_pad);
  g_object_set (sink, "sync", TRUE, "async", FALSE, "qos", FALSE, NULL);
  gst_bin_add (GST_BIN (GST_OBJECT_PARENT (call)), sink);
  g_mutex_lock (&pads->lock);
  g_hash_table_replace (
      pads->meters, gst_pad_get_name (pad), media_meter_new (sink_pad));
  g_hash_table_replace (pads->names, gst_pad_get_name (pad), names);
  g_free (pads->seen_id);
  g_object_get (pad, "peer-id", &pads->seen_id, NULL);
  g_cond_broadcast (&pads->cond);
  g_mutex_unlock (&pads->lock);
  gst_element_sync_state_with_parent (sink);
  fail_unless (gst_pad_link (pad, sink_pad) == GST_PAD_LINK_OK);
}

static void
on_pad_removed (GstElement *call, GstPad *pad, gpointer data)
{
  Pads *pads = data;
  g_autoptr (GstElement) sink = gst_bin_get_by_name (
      GST_BIN (GST_OBJECT_PARENT (call)), GST_PAD_NAME (pad));

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (GST_OBJECT_PARENT (call)), sink);
  g_mutex_lock (&pads->lock);
  pads->n_removed++;
  g_cond_broadcast (&pads->cond);
  g_mutex_unlock (&pads->lock);
}

static void
pads_init (Pads *pads, CallMember *member)
{
  GstElement *call = call_member_get_call (member);

  *pads = (Pads){ .member = member };
  g_mutex_init (&pads->lock);
  g_cond_init (&pads->cond);
  pads->meters = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) media_meter_free);
  pads->names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, names_free);
  g_signal_connect (call, "pad-added", G_CALLBACK (on_pad_added), pads);
  g_signal_connect (call, "pad-removed", G_CALLBACK (on_pad_removed), pads);
}

/* Of a member that was stopped. */
static void
pads_clear (Pads *pads)
{
  g_signal_handlers_disconnect_by_data (
      call_member_get_call (pads->member), pads);
  g_hash_table_unref (pads->meters);
  g_hash_table_unref (pads->names);
  g_mutex_clear (&pads->lock);
  g_cond_clear (&pads->cond);
  g_free (pads->seen_id);
}

static MediaMeter *
wait_for_pad (Pads *pads, const char *name)
{
  gint64 deadline = test_deadline (30);
  MediaMeter *meter;

  g_mutex_lock (&pads->lock);
  while ((meter = g_hash_table_lookup (pads->meters, name)) == NULL
      && g_cond_wait_until (&pads->cond, &pads->lock, deadline))
    ;
  g_mutex_unlock (&pads->lock);
  fail_unless (meter != NULL, "%s was not added", name);
  return meter;
}

static void
wait_for_removals (Pads *pads, guint n)
{
  gint64 deadline = test_deadline (30);

  g_mutex_lock (&pads->lock);
  while (pads->n_removed < n
      && g_cond_wait_until (&pads->cond, &pads->lock, deadline))
    ;
  fail_unless_equals_int (pads->n_removed, n);
  g_mutex_unlock (&pads->lock);
}

/* Without a request the pads come and go with the peers, in their own size. */
GST_START_TEST (test_unrequested)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *id = NULL;
  g_autofree char *video_id = NULL;
  g_autofree char *stream_id = NULL;
  MediaMeter *video, *audio;
  MediaReading reading;
  Names *names;
  Pads pads;

  TEST_WATCHDOG (120);
  a = call_member_new ("unrequested", "rejoin-grace=0", "");
  pads_init (&pads, a);
  b = call_member_new ("unrequested", "display-name=Ben", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  video = wait_for_pad (&pads, "video_src_0");
  audio = wait_for_pad (&pads, "audio_src_0");
  fail_unless (media_meter_wait_alive (video, test_deadline (20)));
  fail_unless (media_meter_wait_alive (audio, test_deadline (20)));
  media_meter_read (video, &reading);
  fail_unless_equals_int (reading.width, 320);
  fail_unless_equals_int (reading.height, 240);

  id = get_peer_id (a);
  fail_unless_equals_string (pads.seen_id, id);
  check_text (a, "video_src_0", "peer-id", id);
  check_text (a, "video_src_0", "peer-name", "Ben");
  {
    g_autoptr (GstPad) pad =
        gst_element_get_static_pad (call_member_get_call (a), "video_src_0");
    int slot = -1;

    g_object_get (pad, "mid", &video_id, "slot", &slot, NULL);
    fail_unless_equals_int (slot, 0);
  }
  stream_id = g_strdup_printf ("unrequested/%s/%s", id, video_id);
  names = g_hash_table_lookup (pads.names, "video_src_0");
  names_check_title (names, "Ben");
  fail_unless_equals_string (names->stream_id, stream_id);

  call_member_stop (b);
  wait_for_removals (&pads, 2);
  media_meter_read (video, &reading);
  fail_unless (reading.eos);
  media_meter_read (audio, &reading);
  fail_unless (reading.eos);
  fail_if (call_member_wait_eos (a, 0));

  call_member_stop (a);
  pads_clear (&pads);
}
GST_END_TEST

/* Locked, as a bin whose sinks have prerolled plays, and they with it. */
static void
set_sink_state (CallMember *member, const char *pad, GstState state)
{
  g_autoptr (GstElement) sink =
      gst_bin_get_by_name (GST_BIN (call_member_get_pipeline (member)), pad);

  gst_element_set_locked_state (sink, state == GST_STATE_PAUSED);
  gst_element_set_state (sink, state);
}

typedef struct {
  GstElement *call;
  GAsyncQueue *answers;
} Question;

static gpointer
ask_stats (gpointer data)
{
  Question *question = data;
  GstStructure *stats = NULL;

  g_object_get (question->call, "stats", &stats, NULL);
  g_async_queue_push (question->answers, stats);
  return NULL;
}

/* The element answers, within a time: its thread does not hang. */
static void
check_answers (CallMember *member)
{
  Question question = { call_member_get_call (member), g_async_queue_new () };
  GThread *thread = g_thread_new ("stats", ask_stats, &question);
  GstStructure *stats =
      g_async_queue_timeout_pop (question.answers, 15 * G_TIME_SPAN_SECOND);

  fail_unless (stats != NULL, "the room does not answer");
  gst_structure_free (stats);
  g_thread_join (thread);
  g_async_queue_unref (question.answers);
}

/* The application does not take the rest of a peer that left, for now: nobody
 * else waits for that. */
GST_START_TEST (test_paused_sink)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;
  MediaMeter *video;
  MediaReading reading;
  Pads pads;

  TEST_WATCHDOG (120);
  a = call_check_member ("paused-sink", "rejoin-grace=0", INPUTS (440));
  pads_init (&pads, a);
  b = call_check_member ("paused-sink", "", INPUTS (880));
  c = call_check_member ("paused-sink", "", INPUTS (1320));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  video = wait_for_pad (&pads, "video_src_0");
  fail_unless (media_meter_wait_alive (video, test_deadline (20)));
  call_member_play (c);
  call_check_connected (a, 2);
  call_check_hears (a, "audio_mix", CALL_TONE_880 | CALL_TONE_1320);

  set_sink_state (a, "video_src_0", GST_STATE_PAUSED);
  call_member_stop (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-left", NULL, NULL, test_deadline (15)));
  wait_for_removals (&pads, 1);
  check_answers (a);
  call_check_hears (a, "audio_mix", CALL_TONE_1320);
  call_check_hears (c, "audio_mix", CALL_TONE_440);
  call_check_moving (a, "video_mix");
  media_meter_read (video, &reading);
  fail_if (reading.eos);

  /* Somebody else has the slot meanwhile, and gets a pad. */
  call_member_play (b);
  wait_for_pad (&pads, "video_src_0_1");
  call_member_stop (b);
  wait_for_removals (&pads, 3);

  set_sink_state (a, "video_src_0", GST_STATE_PLAYING);
  wait_for_removals (&pads, 4);
  media_meter_read (video, &reading);
  fail_unless (reading.eos);
  call_member_stop (a);
  pads_clear (&pads);
}
GST_END_TEST

/* The whole call ends while the application takes nothing from one pad. */
GST_START_TEST (test_paused_sink_at_end)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  MediaMeter *video;
  MediaReading reading;
  Pads pads;

  TEST_WATCHDOG (90);
  a = call_check_member ("paused-end", "", INPUTS (440));
  pads_init (&pads, a);
  b = call_check_member ("paused-end", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  video = wait_for_pad (&pads, "video_src_0");
  fail_unless (media_meter_wait_alive (video, test_deadline (20)));
  set_sink_state (a, "video_src_0", GST_STATE_PAUSED);
  set_sink_state (a, "video_mix", GST_STATE_PAUSED);
  fail_unless (gst_element_send_event (
      call_member_get_pipeline (a), gst_event_new_eos ()));
  fail_unless (call_member_wait (
      b, "roomcall/peer-left", NULL, NULL, test_deadline (10)));
  wait_for_removals (&pads, 1);
  check_answers (a);
  set_sink_state (a, "video_mix", GST_STATE_PLAYING);
  set_sink_state (a, "video_src_0", GST_STATE_PLAYING);
  fail_unless (call_member_wait_eos (a, test_deadline (10)), "no EOS");
  wait_for_removals (&pads, 2);
  media_meter_read (video, &reading);
  fail_unless (reading.eos);
  call_member_stop (a);
  pads_clear (&pads);
}
GST_END_TEST

/* The element alone stops while its application takes nothing. */
GST_START_TEST (test_paused_sink_at_stop)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  Pads pads;

  TEST_WATCHDOG (90);
  a = call_member_new ("paused-stop", "", INPUTS (440));
  pads_init (&pads, a);
  b = call_check_member ("paused-stop", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  fail_unless (media_meter_wait_alive (
      wait_for_pad (&pads, "video_src_0"), test_deadline (20)));
  wait_for_pad (&pads, "audio_src_0");
  set_sink_state (a, "video_src_0", GST_STATE_PAUSED);
  gst_element_set_locked_state (call_member_get_call (a), TRUE);
  gst_element_set_state (call_member_get_call (a), GST_STATE_NULL);
  wait_for_removals (&pads, 2);
  call_member_stop (a);
  pads_clear (&pads);
}
GST_END_TEST

/* An output that is requested, and one that is released, in a running call. */
GST_START_TEST (test_while_playing)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) sink_pad = NULL;

  TEST_WATCHDOG (90);
  a = call_member_new ("while-playing", "", "");
  b = call_member_new ("while-playing", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_add_mix (a, "video_mix");
  call_check_add_mix (a, "audio_mix");
  call_check_moving (a, "video_mix");
  call_check_hears (a, "audio_mix", CALL_TONE_880);

  pad = gst_element_get_static_pad (call_member_get_call (a), "video_mix");
  sink_pad = gst_pad_get_peer (pad);
  gst_pad_unlink (pad, sink_pad);
  gst_element_release_request_pad (call_member_get_call (a), pad);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
}
GST_END_TEST

static Suite *
slots_suite (void)
{
  Suite *suite = suite_create ("slots");
  TCase *tc = tcase_create ("slots");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_requested);
  tcase_add_test (tc, test_grace);
  tcase_add_test (tc, test_encoded);
  tcase_add_test (tc, test_unrequested);
  tcase_add_test (tc, test_paused_sink);
  tcase_add_test (tc, test_paused_sink_at_end);
  tcase_add_test (tc, test_paused_sink_at_stop);
  tcase_add_test (tc, test_while_playing);
  return suite;
}

TEST_CHECK_MAIN (slots)
