/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#include <gst/base/gstbasesink.h>
#include <string.h>

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

static void
set_state (CallMember *member, GstState state)
{
  fail_if (gst_element_set_state (call_member_get_pipeline (member), state)
      == GST_STATE_CHANGE_FAILURE);
}

GST_START_TEST (test_alone)
{
  g_autoptr (CallMember) a = NULL;
  MediaMeter *meter;

  TEST_WATCHDOG (60);
  a = call_check_member ("states-alone", "", INPUTS (440));
  meter = call_member_get_meter (a, "video_mix");
  for (guint i = 0; i < 5; i++) {
    set_state (a, GST_STATE_PLAYING);
    set_state (a, GST_STATE_PAUSED);
    set_state (a, GST_STATE_PLAYING);
    media_meter_reset (meter);
    fail_unless (media_meter_wait_buffers (meter, 3, test_deadline (20)));
    set_state (a, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
  }
  for (int state = GST_STATE_NULL; state <= GST_STATE_PLAYING; state++) {
    set_state (a, GST_STATE_NULL);
    set_state (a, state);
  }
}
GST_END_TEST

GST_START_TEST (test_with_peer)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (120);
  a = call_check_member ("states-peer", "", INPUTS (440));
  b = call_check_member ("states-peer", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  /* Stays in the room, and goes on. */
  set_state (a, GST_STATE_PAUSED);
  call_check_hears (b, "audio_mix", CALL_TONE_NONE);
  fail_unless_equals_int (
      call_member_count (b, "roomcall/peer-left", NULL, NULL), 0);
  set_state (a, GST_STATE_PLAYING);
  call_check_hears (b, "audio_mix", CALL_TONE_440);
  call_check_moving (b, "video_mix");
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  /* Leaves, and comes again. */
  for (guint i = 1; i <= 3; i++) {
    set_state (a, i % 2 ? GST_STATE_READY : GST_STATE_NULL);
    fail_unless (call_member_wait_count (
        b, "roomcall/peer-left", NULL, NULL, i, test_deadline (10)));
    set_state (a, GST_STATE_PLAYING);
    call_check_connected (b, 1 + i);
    call_check_hears (b, "audio_mix", CALL_TONE_440);
    call_check_hears (a, "audio_mix", CALL_TONE_880);
  }
}
GST_END_TEST

static GstElement *
find_nicesink (CallMember *member)
{
  g_autoptr (GstIterator) it = gst_bin_iterate_all_by_element_factory_name (
      GST_BIN (call_member_get_call (member)), "nicesink");
  g_auto (GValue) item = G_VALUE_INIT;

  fail_unless_equals_int (gst_iterator_next (it, &item), GST_ITERATOR_OK);
  return g_value_dup_object (&item);
}

/* A packet on its way while the sink of a connection goes to PAUSED: it is let go
 * by its function unlock, after which it answers FLUSHING. */
GST_START_TEST (test_packet_while_pausing)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (MediaMeter) meter = NULL;
  GstBaseSinkClass *klass;

  TEST_WATCHDOG (90);
  a = call_check_member ("states-packet", "", INPUTS (440));
  b = call_check_member ("states-packet", "", INPUTS (880));
  call_check_play_in_turn (a, b);
  call_check_pair (a, b);
  sink = find_nicesink (a);
  klass = (GstBaseSinkClass *) G_OBJECT_GET_CLASS (sink);
  pad = gst_element_get_static_pad (sink, "sink");
  meter = media_meter_new (pad);
  klass->unlock (GST_BASE_SINK_CAST (sink));
  /* Two seconds of sound, or one with the picture. */
  fail_unless (media_meter_wait_buffers (meter, 100, test_deadline (20)),
      "nothing is sent any more");
  klass->unlock_stop (GST_BASE_SINK_CAST (sink));
  call_check_pair (a, b);
}
GST_END_TEST

/* Without a pipeline, never run, with pads, in any state. */
GST_START_TEST (test_dispose)
{
  static const char *const pads[] = { "video_0", "audio_%u", "video_mix",
    "audio_program", "video_src_%u", "audio_src_2" };

  TEST_WATCHDOG (60);
  for (int state = GST_STATE_NULL; state <= GST_STATE_PLAYING; state++) {
    GstElement *call = gst_element_factory_make ("roomcallbin", NULL);
    LoopbackSignaller *signaller = g_object_new (TYPE_LOOPBACK_SIGNALLER, NULL);

    gst_object_ref_sink (call);
    g_object_set (call, "signaller", signaller, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS (pads); i++) {
      g_autoptr (GstPad) pad = gst_element_request_pad_simple (call, pads[i]);

      fail_unless (pad != NULL, "no %s", pads[i]);
      if (i % 2)
        gst_element_release_request_pad (call, pad);
    }
    fail_if (gst_element_set_state (call, state) == GST_STATE_CHANGE_FAILURE);
    gst_element_set_state (call, GST_STATE_NULL);
    ASSERT_OBJECT_REFCOUNT (call, "call", 1);
    gst_object_unref (call);
  }
}
GST_END_TEST

typedef struct {
  CallMember *member;
  GMutex lock;
  GCond cond;
  gboolean stopped; /* guarded by lock */
} Stopper;

static void
stop_in_callback (GstElement *call, GstPad *pad, gpointer data)
{
  Stopper *stopper = data;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  call_member_stop (stopper->member);
  g_mutex_lock (&stopper->lock);
  stopper->stopped = TRUE;
  g_cond_signal (&stopper->cond);
  g_mutex_unlock (&stopper->lock);
}

/* From the room's own thread, with a peer's media under way. */
GST_START_TEST (test_from_pad_added)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  gint64 deadline, start;
  Stopper stopper = { 0 };

  TEST_WATCHDOG (90);
  a = call_check_member ("from-pad-added", "", INPUTS (440));
  b = call_check_member ("from-pad-added", "", INPUTS (880));
  stopper.member = a;
  g_mutex_init (&stopper.lock);
  g_cond_init (&stopper.cond);
  g_signal_connect (call_member_get_call (a), "pad-added",
      G_CALLBACK (stop_in_callback), &stopper);
  call_member_play (a);
  call_member_play (b);
  deadline = test_deadline (30);
  g_mutex_lock (&stopper.lock);
  while (!stopper.stopped
      && g_cond_wait_until (&stopper.cond, &stopper.lock, deadline))
    ;
  fail_unless (stopper.stopped);
  g_mutex_unlock (&stopper.lock);
  fail_unless (call_member_wait (
      b, "roomcall/peer-left", NULL, NULL, test_deadline (10)));
  start = g_get_monotonic_time ();
  call_member_stop (a);
  fail_unless (g_get_monotonic_time () - start < 10 * G_TIME_SPAN_SECOND);

  /* And it runs again afterwards. */
  g_signal_handlers_disconnect_by_data (call_member_get_call (a), &stopper);
  call_member_forget (a);
  call_member_play (a);
  call_check_connected (a, 1);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  g_mutex_clear (&stopper.lock);
  g_cond_clear (&stopper.cond);
}
GST_END_TEST

static guint64
get_number (const GstStructure *stats, const char *name)
{
  guint64 n = 0;

  fail_unless (gst_structure_get_uint64 (stats, name, &n), "no %s", name);
  return n;
}

GST_START_TEST (test_stats)
{
  static const char *const numbers[] = { "audio-buffers-in", "video-frames-in",
    "bytes-in", "audio-buffers-out", "video-frames-out", "bytes-out" };
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstStructure) stats = NULL;
  g_autoptr (GstStructure) message = NULL;
  guint n_peers = 0;

  TEST_WATCHDOG (60);
  a = call_check_member ("stats", "stats-interval=200", INPUTS (440));
  b = call_check_member ("stats", "", INPUTS (880));
  call_member_play (a);
  call_member_play (b);
  call_check_hears (a, "audio_mix", CALL_TONE_880);
  call_check_moving (a, "video_mix");
  call_check_moving (b, "video_mix");
  g_object_get (call_member_get_call (a), "stats", &stats, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    fail_unless (
        get_number (stats, numbers[i]) > 10, "%s is small", numbers[i]);
  fail_unless (gst_structure_get_uint (stats, "peers", &n_peers));
  fail_unless_equals_int (n_peers, 1);
  call_member_forget (a);
  fail_unless (call_member_wait_count (
      a, "roomcall/stats", NULL, NULL, 2, test_deadline (10)));
  message = call_member_get_message (a, "roomcall/stats", NULL, NULL);
  fail_unless (
      get_number (message, "bytes-in") > get_number (stats, "bytes-in"));
  fail_unless_equals_int (
      call_member_count (b, "roomcall/stats", NULL, NULL), 0);

  /* What has flowed has flowed, also with somebody who is gone. */
  call_member_stop (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-left", NULL, NULL, test_deadline (10)));
  g_clear_pointer (&stats, gst_structure_free);
  g_object_get (call_member_get_call (a), "stats", &stats, NULL);
  fail_unless (gst_structure_get_uint (stats, "peers", &n_peers));
  fail_unless_equals_int (n_peers, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    fail_unless (
        get_number (stats, numbers[i]) >= get_number (message, numbers[i]),
        "%s fell", numbers[i]);
}
GST_END_TEST

/* What can be typed on a command line. */
GST_START_TEST (test_typed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) call = NULL;
  g_autoptr (GObject) signaller = NULL;
  LoopbackSignaller *loopback = g_object_new (TYPE_LOOPBACK_SIGNALLER, NULL);
  g_autofree char *room = NULL;
  g_autofree char *name = NULL;
  gboolean muted = FALSE;
  guint n;

  TEST_WATCHDOG (30);
  call = gst_parse_launch ("roomcallbin no-such-property=1", &error);
  fail_unless (error != NULL);
  fail_unless (strstr (error->message, "no-such-property") != NULL);
  g_clear_error (&error);
  gst_clear_object (&call);

  call = gst_parse_launch ("roomcallbin name=call room=lobby "
                           "display-name=Ada fakesrc ! call.video_0 "
                           "call.video_mix ! fakesink",
      &error);
  g_assert_no_error (error);
  {
    g_autoptr (GstElement) bin = gst_bin_get_by_name (GST_BIN (call), "call");
    GstChildProxy *proxy = GST_CHILD_PROXY (bin);

    g_object_set (bin, "signaller", loopback, NULL);
    gst_child_proxy_set (proxy, "video_0::muted", TRUE, NULL);
    gst_child_proxy_get (proxy, "video_0::muted", &muted, NULL);
    fail_unless (muted);
    signaller = gst_child_proxy_get_child_by_name (proxy, "signaller");
    fail_unless (signaller == G_OBJECT (loopback));
    n = gst_child_proxy_get_children_count (proxy);
    fail_unless_equals_int (n, 3);
    for (guint i = 0; i < n; i++) {
      g_autoptr (GObject) child = gst_child_proxy_get_child_by_index (proxy, i);

      fail_unless (child != NULL);
    }
    fail_unless (gst_child_proxy_get_child_by_index (proxy, n) == NULL);
    /* Short forms are the signaller's from READY on. */
    gst_element_set_state (bin, GST_STATE_READY);
    gst_child_proxy_get (proxy, "signaller::room", &room,
        "signaller::display-name", &name, NULL);
    fail_unless_equals_string (room, "lobby");
    fail_unless_equals_string (name, "Ada");
    gst_element_set_state (bin, GST_STATE_NULL);
  }
}
GST_END_TEST

static char *
get_error (GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  fail_unless (message != NULL, "no ERROR");
  gst_message_parse_error (message, &error, NULL);
  return g_strdup (error->message);
}

/* What is wrong is said in words that help. */
GST_START_TEST (test_wrong_signaller)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *missing = NULL;
  g_autoptr (GstElement) call = NULL;

  TEST_WATCHDOG (30);
  pipeline = gst_pipeline_new (NULL);
  call = gst_parse_launch ("roomcallbin name=call signaller=fakesink", &error);
  g_assert_no_error (error);
  gst_bin_add (GST_BIN (pipeline), gst_object_ref (call));
  fail_unless (gst_element_set_state (pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE);
  wrong = get_error (pipeline);
  fail_unless (
      strstr (wrong, "GstFakeSink") && strstr (wrong, "joined"), "%s", wrong);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  g_object_set (call, "signaller", NULL, NULL);
  fail_unless (gst_element_set_state (pipeline, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE);
  missing = get_error (pipeline);
  fail_unless (strstr (missing, "socketiosignaller") != NULL, "%s", missing);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
GST_END_TEST

/* The first call of a process waits for it, for a second or more on a busy machine. */
GST_START_TEST (test_key_in_ready)
{
  CallMember *member = call_member_new ("key", "", INPUTS (440));

  TEST_WATCHDOG (60);
  fail_unless_equals_int (
      gst_element_set_state (
          call_member_get_pipeline (member), GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  /* That waits for the thread which makes it. */
  call_member_free (member);
  fail_unless (
      g_type_class_peek (g_type_from_name ("GstDtlsCertificate")) != NULL);
}
GST_END_TEST

static const struct {
  const char *properties;
  const char *words;
} wrong_settings[] = {
  { "ice-transport-policy=relay ice-candidate-types=host+srflx",
      "Type ice-candidate-types=relay" },
  { "turn-servers=<\"turn://u%0A:hush@r\">", "without control characters" },
  { "turn-servers=<\"file:/dev/zero\">", "it is no regular file" },
};

GST_START_TEST (test_wrong_settings)
{
  g_autofree char *text = g_strdup_printf ("roomcallbin name=call room=lobby "
                                           "uri=http://127.0.0.1:1 %s",
      wrong_settings[__i__].properties);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autofree char *wrong = NULL;

  TEST_WATCHDOG (30);
  pipeline = gst_pipeline_new (NULL);
  gst_bin_add (GST_BIN (pipeline), gst_parse_launch (text, &error));
  g_assert_no_error (error);
  fail_unless (gst_element_set_state (pipeline, GST_STATE_PAUSED)
      == GST_STATE_CHANGE_FAILURE);
  wrong = get_error (pipeline);
  fail_unless (
      strstr (wrong, wrong_settings[__i__].words) != NULL, "%s", wrong);
  fail_unless (strstr (wrong, "hush") == NULL, "%s", wrong);
  gst_element_set_state (pipeline, GST_STATE_NULL);
}
GST_END_TEST

static Suite *
states_suite (void)
{
  Suite *suite = suite_create ("states");
  TCase *tc = tcase_create ("states");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_alone);
  tcase_add_test (tc, test_with_peer);
  tcase_add_test (tc, test_packet_while_pausing);
  tcase_add_test (tc, test_dispose);
  tcase_add_test (tc, test_key_in_ready);
  tcase_add_test (tc, test_from_pad_added);
  tcase_add_test (tc, test_stats);
  tcase_add_test (tc, test_typed);
  tcase_add_test (tc, test_wrong_signaller);
  tcase_add_loop_test (
      tc, test_wrong_settings, 0, G_N_ELEMENTS (wrong_settings));
  return suite;
}

TEST_CHECK_MAIN (states)
