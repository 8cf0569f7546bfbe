/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/peerbin.h"

#include "common/testcheck.h"

static void
on_failed (const GError *error, gpointer data)
{
  char **said = data;

  g_free (*said);
  *said = g_strdup (error->message);
}

static void
count (gpointer data)
{
  (*(guint *) data)++;
}

/* A peer's failure goes to whoever answers for the peer. */
GST_START_TEST (test_keeps_messages_inside)
{
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autofree char *said = NULL;
  GstElement *bin = gst_bin_new (NULL);
  GstElement *peer = room_peer_bin_new ("peer", on_failed, &said, NULL);
  GstElement *inside = gst_element_factory_make ("identity", NULL);

  gst_bin_add (GST_BIN (bin), peer);
  gst_bin_add (GST_BIN (peer), inside);
  gst_element_set_bus (bin, bus);
  GST_ELEMENT_ERROR (inside, STREAM, FAILED, ("broken"), (NULL));
  GST_ELEMENT_WARNING (inside, STREAM, FAILED, ("odd"), (NULL));
  gst_element_post_message (inside,
      gst_message_new_element (
          GST_OBJECT (inside), gst_structure_new_empty ("chat")));
  fail_unless_equals_string (said, "broken");
  fail_if (gst_bus_have_pending (bus));

  gst_element_post_message (
      inside, gst_message_new_latency (GST_OBJECT (inside)));
  fail_unless (gst_bus_have_pending (bus));
  gst_bus_set_flushing (bus, TRUE);
  gst_object_unref (bin);
}
GST_END_TEST;

/* What is inside still runs when the bin has left the one above. */
GST_START_TEST (test_keeps_the_clock)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  g_autoptr (GstElement) peer =
      gst_object_ref_sink (room_peer_bin_new ("peer", on_failed, NULL, NULL));
  GstElement *inside = gst_element_factory_make ("identity", NULL);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstClock) other =
      g_object_new (GST_TYPE_SYSTEM_CLOCK, "name", "other", NULL);
  GstClock *have;

  gst_object_ref_sink (other);
  gst_bin_add (GST_BIN (peer), inside);
  gst_bin_add (GST_BIN (pipeline), peer);
  gst_element_set_clock (pipeline, other);
  gst_element_set_clock (pipeline, clock);
  gst_bin_remove (GST_BIN (pipeline), peer);
  have = gst_element_get_clock (inside);
  fail_unless (have == clock);
  gst_object_unref (have);
  gst_object_unref (pipeline);
}
GST_END_TEST;

GST_START_TEST (test_frees_its_data)
{
  guint n = 0;

  gst_object_unref (
      gst_object_ref_sink (room_peer_bin_new ("peer", NULL, &n, count)));
  fail_unless_equals_int (n, 1);
}
GST_END_TEST;

static Suite *
peerbin_suite (void)
{
  Suite *suite = suite_create ("peerbin");
  TCase *tc = tcase_create ("peerbin");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, test_keeps_messages_inside);
  tcase_add_test (tc, test_keeps_the_clock);
  tcase_add_test (tc, test_frees_its_data);
  return suite;
}

TEST_CHECK_MAIN (peerbin)
