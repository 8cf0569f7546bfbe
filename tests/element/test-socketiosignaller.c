/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"
#include "signallermember.h"

/* --- calls --- */

GST_START_TEST (test_mesh)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "display-name=Ada");
  g_autoptr (Member) b = member_new_guest (host, "user-data={\\\"seat\\\":12}");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_finds (b, "peer-joined %s offerer Ada {\"name\":\"Ada\"}", a->id);
  member_tells (a, "peer-joined %s answerer {\"seat\":12}", b->id);

  member_sends_description (b, a, "offer", "v=0\r\no=b");
  member_tells (a, "offer from %s: v=0\r\no=b", b->id);
  member_sends_candidate (
      b, a, 0, "audio", "candidate:1 1 UDP 1 127.0.0.1 9 typ host");
  member_tells (a,
      "candidate from %s: 0 - candidate:1 1 UDP 1 127.0.0.1 9 typ host", b->id);
  member_sends_description (a, b, "answer", "v=0\r\no=a");
  member_tells (b, "answer from %s: v=0\r\no=a", a->id);
  /* The end of the candidates is nothing that the dialect has words for. */
  member_sends_candidate (a, b, 0, NULL, "");
  member_sends_candidate (
      a, b, 1, NULL, "candidate:2 1 UDP 1 127.0.0.1 9 typ host");
  member_tells (b,
      "candidate from %s: 1 - candidate:2 1 UDP 1 127.0.0.1 9 typ host", a->id);

  member_goes_to (b, GST_STATE_READY);
  member_tells (b, "left");
  member_tells (a, "peer-left %s", b->id);
  member_tells_nothing (a);
  member_tells_nothing (b);
}
GST_END_TEST;

GST_START_TEST (test_rooms)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=rooms");
  g_autoptr (Member) b = member_new_guest (host, "dialect=rooms");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_tells (b, "peer-joined %s offerer", a->id);
  member_tells (b, "roster-complete");
  member_tells (a, "peer-joined %s late-offerer", b->id);

  member_sends_description (b, a, "offer", "v=0\r\na=ice-ufrag:BBBB\r\n");
  member_tells (a, "offer from %s: v=0\r\na=ice-ufrag:BBBB\r\n", b->id);
  /* No sender, but the fragment of the description that it belongs to. */
  member_sends_candidate (
      b, a, 1, "video", "candidate:1 1 UDP 1 127.0.0.1 9 typ host");
  member_tells (a,
      "candidate from ?: 1 video candidate:1 1 UDP 1 127.0.0.1 9 typ host "
      "ufrag BBBB");
  member_sends_description (a, b, "answer", "v=0\r\na=ice-ufrag:AAAA\r\n");
  member_tells (b, "answer from %s: v=0\r\na=ice-ufrag:AAAA\r\n", a->id);
  g_signal_emit_by_name (a->element, "end-call", b->id, "enough");
  member_tells (b, "call-ended %s: hung up", a->id);

  member_goes_to (b, GST_STATE_READY);
  member_tells (a, "peer-left %s", b->id);
}
GST_END_TEST;

/* What members say of themselves comes to who is there and to who comes. */
GST_START_TEST (test_names)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (
      host, "display-name=Ada client-id=a1 user-data={\\\"seat\\\":12}");
  g_autoptr (Member) b = member_new_guest (
      host, "display-name=Bob client-id=b1 user-data={\\\"seat\\\":13}");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_finds (b,
      "peer-joined %s offerer Ada client a1 "
      "{\"seat\":12,\"name\":\"Ada\",\"clientId\":\"a1\"}",
      a->id);
  member_tells (a,
      "peer-joined %s answerer Bob client b1 "
      "{\"seat\":13,\"name\":\"Bob\",\"clientId\":\"b1\"}",
      b->id);
}
GST_END_TEST;

/* One process hosts and is a member: a call needs no other program. */
GST_START_TEST (test_host_is_member)
{
  g_autoptr (Member) host =
      member_new ("run-signalling-server=true room=lobby display-name=Host");
  Member *guest;
  g_autoptr (GstMessage) message = NULL;
  const GstStructure *structure;
  g_autofree char *uri = NULL;
  guint port = 0;

  TEST_WATCHDOG (60);
  member_goes_to (host, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      host->bus, 20 * GST_SECOND, GST_MESSAGE_ELEMENT);
  fail_unless (message != NULL);
  structure = gst_message_get_structure (message);
  fail_unless (gst_structure_has_name (structure, "roomcall/server-started"));
  g_object_get (
      host->element, "uri", &uri, "signalling-server-port", &port, NULL);
  fail_unless (port != 0);
  fail_unless_equals_string (gst_structure_get_string (structure, "uri"), uri);
  member_tells (host, "joined");
  member_tells (host, "roster-complete");

  guest = member_new_guest (host, "");
  member_goes_to (guest, GST_STATE_PLAYING);
  member_tells (guest, "joined");
  member_finds (
      guest, "peer-joined %s offerer Host {\"name\":\"Host\"}", host->id);
  member_tells (host, "peer-joined %s answerer {}", guest->id);
  /* The member is told that the others are gone before it is alone. */
  member_goes_to (guest, GST_STATE_NULL);
  member_tells (host, "peer-left %s", guest->id);
  member_free (guest);
}
GST_END_TEST;

/* --- losses --- */

GST_START_TEST (test_server_restart)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  g_autoptr (Member) b = member_new_guest (host, "");
  g_autofree char *old_id = NULL;
  guint port;

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_finds (b, "peer-joined %s offerer {}", a->id);
  member_tells (a, "peer-joined %s answerer {}", b->id);
  old_id = g_strdup (a->id);

  g_object_get (host->element, "signalling-server-port", &port, NULL);
  member_goes_to (host, GST_STATE_READY);
  member_tells (a, "disconnected, will retry");
  member_tells (b, "disconnected, will retry");
  member_reaches (a, "reconnecting");
  /* What is sent meanwhile is dropped, and is no error. */
  member_sends_description (a, b, "offer", "v=0");

  g_object_set (host->element, "signalling-server-port", port, NULL);
  member_goes_to (host, GST_STATE_PAUSED);
  member_tells (a, "joined");
  member_tells (b, "joined");
  fail_if (g_strcmp0 (a->id, old_id) == 0);
  for (int i = 0; i < 2; i++) {
    Member *member = i == 0 ? a : b;
    g_autofree char *peer = member_next (member, "the other one");

    fail_unless (g_str_has_prefix (peer, "peer-joined"), "%s", peer);
    member_tells (member, "roster-complete");
  }
}
GST_END_TEST;

/* Nothing listens yet: that can come. */
GST_START_TEST (test_server_comes_later)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  guint port;

  TEST_WATCHDOG (60);
  g_object_get (host->element, "signalling-server-port", &port, NULL);
  member_goes_to (host, GST_STATE_READY);
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_WARNING, "Is the server running");
  member_tells_nothing (a);

  g_object_set (host->element, "signalling-server-port", port, NULL);
  member_goes_to (host, GST_STATE_PAUSED);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
}
GST_END_TEST;

/* --- states --- */

GST_START_TEST (test_join_by_hand)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "auto-join=false");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_reaches (a, "connected");
  member_tells_nothing (a);
  g_signal_emit_by_name (a->element, "join");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
}
GST_END_TEST;

GST_START_TEST (test_pause_stays)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  g_autoptr (Member) b = member_new_guest (host, "");
  int state;

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (a, GST_STATE_PAUSED);
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  /* It is there, and hears. */
  member_finds (b, "peer-joined %s offerer {}", a->id);
  member_tells (a, "peer-joined %s answerer {}", b->id);
  member_goes_to (a, GST_STATE_PLAYING);
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 4);
  member_goes_to (a, GST_STATE_READY);
  member_tells (a, "left");
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 0);
}
GST_END_TEST;

GST_START_TEST (test_cycles)
{
  g_autoptr (Member) a = member_new ("run-signalling-server=true room=lobby");

  TEST_WATCHDOG (60);
  for (int i = 0; i < 20; i++) {
    member_goes_to (a, GST_STATE_PLAYING);
    /* Wherever it is by then. */
    if (i % 2 == 0) {
      member_tells (a, "joined");
      a->thread = NULL;
    }
    member_goes_to (a, i % 3 == 0 ? GST_STATE_READY : GST_STATE_NULL);
    g_mutex_lock (&a->lock);
    g_queue_clear_full (&a->told, g_free);
    a->thread = NULL;
    g_mutex_unlock (&a->lock);
  }
}
GST_END_TEST;

static void
stop_on_joined (GstElement *element, const char *id, gpointer data)
{
  fail_unless_equals_int (gst_element_set_state (element, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
}

/* A handler may end what calls it. */
GST_START_TEST (test_stop_from_handler)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");

  TEST_WATCHDOG (60);
  g_signal_connect (a->element, "joined", G_CALLBACK (stop_on_joined), NULL);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "left");
  member_is_let_go (a);
}
GST_END_TEST;

static void
block_on_joined (GstElement *element, const char *id, gpointer data)
{
  GMutex *lock = data;

  g_mutex_lock (lock);
  g_mutex_unlock (lock);
}

/* A handler that does not return holds the state change up for a second. */
GST_START_TEST (test_leave_is_bounded)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  gint64 begin;
  GMutex lock;

  TEST_WATCHDOG (60);
  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  g_signal_connect (a->element, "joined", G_CALLBACK (block_on_joined), &lock);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  begin = g_get_monotonic_time ();
  member_goes_to (a, GST_STATE_READY);
  fail_unless (g_get_monotonic_time () - begin >= G_USEC_PER_SEC * 9 / 10);
  member_tells_nothing (a);
  g_mutex_unlock (&lock);
  /* Overdue by then. */
  member_tells (a, "roster-complete");
  member_tells (a, "left");
  gst_bus_set_flushing (a->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (a->element) > 1)
    g_thread_yield ();
  g_mutex_clear (&lock);
}
GST_END_TEST;

/* Who leaves late does not speak for who has come back. */
GST_START_TEST (test_return_before_left)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  g_autofree char *first_id = NULL;
  gulong handler;
  GMutex lock;
  int state;

  TEST_WATCHDOG (60);
  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  handler = g_signal_connect (
      a->element, "joined", G_CALLBACK (block_on_joined), &lock);
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  first_id = g_strdup (a->id);
  member_goes_to (a, GST_STATE_READY);
  g_signal_handler_disconnect (a->element, handler);
  a->thread = NULL;
  member_goes_to (a, GST_STATE_PLAYING);
  member_tells (a, "joined");
  member_tells (a, "peer-joined %s offerer {}", first_id);
  member_tells (a, "roster-complete");
  g_mutex_unlock (&lock);
  member_tells (a, "peer-left %s", first_id);
  gst_bus_set_flushing (a->bus, TRUE);
  while (GST_OBJECT_REFCOUNT_VALUE (a->element) > 1)
    g_thread_yield ();
  member_tells_nothing (a);
  g_object_get (a->element, "connection-state", &state, NULL);
  fail_unless_equals_int (state, 4); /* joined */
  g_mutex_clear (&lock);
}
GST_END_TEST;

/* Actions do nothing where there is nobody to talk to, nor with rubbish. */
GST_START_TEST (test_actions_any_time)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");

  TEST_WATCHDOG (60);
  for (int i = 0; i < 2; i++) {
    g_signal_emit_by_name (a->element, "send-description", "x", "offer", "v=0");
    g_signal_emit_by_name (a->element, "send-description", NULL, "x", NULL);
    g_signal_emit_by_name (a->element, "send-candidate", "x", -1, NULL, "c");
    g_signal_emit_by_name (a->element, "send-candidate", NULL, 0, NULL, NULL);
    g_signal_emit_by_name (a->element, "end-call", NULL, NULL);
    g_signal_emit_by_name (a->element, "end-call", "x", NULL);
    g_signal_emit_by_name (a->element, "reject-call", NULL, NULL);
    g_signal_emit_by_name (a->element, "reject-call", "x", NULL);
    g_signal_emit_by_name (a->element, "emit", "chat", "{");
    g_signal_emit_by_name (a->element, "emit", NULL, NULL);
    if (i == 0) {
      member_goes_to (a, GST_STATE_PLAYING);
      member_tells (a, "joined");
    }
  }
  member_tells (a, "roster-complete");
}
GST_END_TEST;

static Suite *
socketiosignaller_suite (void)
{
  Suite *suite = suite_create ("socketiosignaller");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_mesh);
  tcase_add_test (tcase, test_rooms);
  tcase_add_test (tcase, test_names);
  tcase_add_test (tcase, test_host_is_member);
  tcase_add_test (tcase, test_server_restart);
  tcase_add_test (tcase, test_server_comes_later);
  tcase_add_test (tcase, test_join_by_hand);
  tcase_add_test (tcase, test_pause_stays);
  tcase_add_test (tcase, test_cycles);
  tcase_add_test (tcase, test_stop_from_handler);
  tcase_add_test (tcase, test_leave_is_bounded);
  tcase_add_test (tcase, test_return_before_left);
  tcase_add_test (tcase, test_actions_any_time);
  return suite;
}

TEST_CHECK_MAIN (socketiosignaller)
