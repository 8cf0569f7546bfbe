/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/webrtctuning.h"

#include "common/testcheck.h"

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

static Suite *
webrtctuning_suite (void)
{
  Suite *suite = suite_create ("webrtctuning");
  TCase *tc = tcase_create ("webrtctuning");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_streams_are_limited);
  return suite;
}

TEST_CHECK_MAIN (webrtctuning)
