/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/webrtctuning.h"

#include "common/testcheck.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SSRCS 200

static GstBuffer *
make_packet (guint32 ssrc, guint16 number)
{
  guint8 packet[12 + 16] = { 0x80, 96 };
  GstBuffer *buffer = gst_buffer_new_memdup (packet, sizeof packet);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  GST_WRITE_UINT16_BE (map.data + 2, number);
  GST_WRITE_UINT32_BE (map.data + 8, ssrc);
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

static guint
count_jitter_buffers (GstElement *rtpbin)
{
  g_autoptr (GstIterator) it = gst_bin_iterate_all_by_element_factory_name (
      GST_BIN (rtpbin), "rtpjitterbuffer");
  g_auto (GValue) item = G_VALUE_INIT;
  guint n = 0;

  while (gst_iterator_next (it, &item) == GST_ITERATOR_OK) {
    n++;
    g_value_reset (&item);
  }
  return n;
}

static GstCaps *
get_map (GstElement *rtpbin, guint session, guint pt, gpointer data)
{
  return gst_caps_from_string ("application/x-rtp,media=video,payload=96,"
                               "clock-rate=90000,encoding-name=VP8");
}

/* What webrtcbin's rtpbin may hold, tried with one that is not inside. */
static GstElement *
make_tuned_rtpbin (void)
{
  g_autoptr (GstElement) webrtcbin =
      gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (GstElement) inside = NULL;
  GstElement *rtpbin =
      gst_object_ref_sink (gst_element_factory_make ("rtpbin", NULL));
  guint max_streams;

  webrtc_tuning_apply (webrtcbin);
  inside = gst_bin_get_by_name (GST_BIN (webrtcbin), "rtpbin");
  g_object_get (inside, "max-streams", &max_streams, NULL);
  g_object_set (rtpbin, "max-streams", max_streams, NULL);
  return rtpbin;
}

/* A peer that sends each packet under another SSRC. */
GST_START_TEST (test_streams_are_limited)
{
  g_autoptr (GstElement) rtpbin = make_tuned_rtpbin ();
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstCaps) caps = get_map (rtpbin, 0, 96, NULL);
  GstSegment segment;
  guint n;

  g_signal_connect (rtpbin, "request-pt-map", G_CALLBACK (get_map), NULL);
  sink = gst_element_request_pad_simple (rtpbin, "recv_rtp_sink_0");
  gst_element_set_state (rtpbin, GST_STATE_PLAYING);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_send_event (sink, gst_event_new_stream_start ("hostile"));
  gst_pad_send_event (sink, gst_event_new_caps (caps));
  gst_pad_send_event (sink, gst_event_new_segment (&segment));
  for (guint32 ssrc = 1; ssrc <= SSRCS; ssrc++) {
    /* The first ones in sequence are its probation. */
    for (guint16 number = 1; number <= 3; number++)
      fail_unless_equals_int (
          gst_pad_chain (sink, make_packet (ssrc, number)), GST_FLOW_OK);
  }
  n = count_jitter_buffers (rtpbin);
  fail_unless (n > 0 && n <= 32, "%u streams", n);
  gst_element_set_state (rtpbin, GST_STATE_NULL);
}
GST_END_TEST;

/* What webrtcbin makes for each peer, with a handshake under way: nobody answers,
 * and a timer of a second holds the connection. */
static GstElement *
make_connection (guint number)
{
  g_autofree char *id = g_strdup_printf ("webrtctuning-%u", number);
  GstElement *bin = gst_object_ref_sink (gst_bin_new (NULL));
  GstElement *decoder = gst_element_factory_make ("dtlsdec", NULL);
  GstElement *encoder = gst_element_factory_make ("dtlsenc", NULL);

  g_object_set (decoder, "connection-id", id, NULL);
  g_object_set (encoder, "connection-id", id, "is-client", TRUE, NULL);
  gst_bin_add_many (GST_BIN (bin), decoder, encoder, NULL);
  gst_element_set_state (decoder, GST_STATE_READY);
  gst_element_set_state (bin, GST_STATE_PLAYING);
  return bin;
}

static void
unref_object (gpointer object, gpointer unused)
{
  gst_object_unref (object);
}

static void
note_finalized (gpointer data, GObject *where)
{
  (*(guint *) data)++;
}

/* Connections that are freed while their timers fire: freed where they are not,
 * they took the program with them in two runs of three. */
GST_START_TEST (test_freed_when_a_timer_fires)
{
  GstElement *connections[300];
  gint64 due[G_N_ELEMENTS (connections)];
  guint n_finalized = 0;

  /* There is no roomcallbin to do it. */
  webrtc_tuning_keep_openssl ();
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
    connections[i] = make_connection (i);
    /* From a bit before to a bit behind. */
    due[i] = g_get_monotonic_time () + G_TIME_SPAN_SECOND - 100 + (i % 20) * 20;
    gst_element_set_state (connections[i], GST_STATE_NULL);
    g_object_weak_ref (G_OBJECT (connections[i]), note_finalized, &n_finalized);
  }
  for (guint i = 0; i < G_N_ELEMENTS (connections); i++) {
    while (g_get_monotonic_time () < due[i])
      g_thread_yield ();
    webrtc_tuning_free_on_clock (unref_object, connections[i]);
    fail_unless_equals_int (n_finalized, i + 1);
  }
}
GST_END_TEST;

/* What OpenSSL does first of all when it cleans up. */
static void
openssl_cleans_up (void)
{
  _exit (3);
}

/* Threads that the element leaves behind may be ending, and use what OpenSSL
 * frees: it must not. */
GST_START_TEST (test_openssl_outlives_exit)
{
  pid_t child = fork ();
  int status;

  fail_unless (child >= 0);
  if (child == 0) {
    GstElement *call = gst_element_factory_make ("roomcallbin", NULL);

    if (call == NULL
        || !OPENSSL_init_crypto (OPENSSL_INIT_LOAD_CRYPTO_STRINGS, NULL)
        || !OPENSSL_atexit (openssl_cleans_up))
      _exit (4);
    gst_object_unref (call);
    exit (0);
  }
  fail_unless (waitpid (child, &status, 0) == child);
  fail_unless (WIFEXITED (status));
  fail_unless_equals_int (WEXITSTATUS (status), 0);
}
GST_END_TEST;

static Suite *
webrtctuning_suite (void)
{
  Suite *suite = suite_create ("webrtctuning");
  TCase *tc = tcase_create ("webrtctuning");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_openssl_outlives_exit);
  tcase_add_test (tc, test_streams_are_limited);
  tcase_add_loop_test (tc, test_freed_when_a_timer_fires, 0, 4);
  return suite;
}

TEST_CHECK_MAIN (webrtctuning)
