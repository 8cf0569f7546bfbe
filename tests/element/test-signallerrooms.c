/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another room while PLAYING. */
#include "common/tcprelay.h"
#include "common/testcheck.h"
#include "signallermember.h"

static void
member_moves (Member *self, const char *room)
{
  g_object_set (self->element, "room", room, NULL);
}

static void
member_enters (Member *self)
{
  member_goes_to (self, GST_STATE_PLAYING);
  member_tells (self, "joined");
  member_tells (self, "roster-complete");
}

/* What it tells until this, wherever it goes meanwhile. */
static void
member_ends_with (Member *self, const char *last)
{
  g_autofree char *told = NULL;

  do {
    g_free (told);
    told = member_next (self, last);
  } while (g_strcmp0 (told, last) != 0);
}

static void
on_left (GstElement *element, const char *reason, char **told)
{
  g_free (*told);
  *told = g_strdup (reason);
}

/* A dialect that can leave a room stays on its connection. */
GST_START_TEST (test_same_connection)
{
  g_autofree char *id = NULL;
  g_autofree char *reason = NULL;
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  g_autoptr (Member) b = member_new_guest (host, "");
  g_autoptr (Member) c = member_new_guest (host, "");

  TEST_WATCHDOG (60);
  g_object_set (c->element, "room", "den", NULL);
  g_signal_connect (a->element, "left", G_CALLBACK (on_left), &reason);
  member_enters (a);
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_finds (b, "peer-joined %s offerer {}", a->id);
  member_tells (a, "peer-joined %s answerer {}", b->id);
  member_enters (c);
  id = g_strdup (a->id);

  member_moves (a, "den");
  member_tells (a, "left");
  member_tells (a, "joined");
  fail_unless_equals_string (reason, "moved to another room");
  member_finds (a, "peer-joined %s offerer {}", c->id);
  fail_unless_equals_string (a->id, id);
  member_tells (b, "peer-left %s", id);
  member_tells (c, "peer-joined %s answerer {}", id);

  /* It is there already. */
  member_moves (a, "den");
  /* No name is no room. */
  member_moves (a, "");
  member_sends_description (a, c, "offer", "v=0");
  member_tells (c, "offer from %s: v=0", id);
  member_tells_nothing (a);
}
GST_END_TEST;

/* One that cannot makes another one. */
GST_START_TEST (test_new_connection)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=rooms");
  g_autoptr (Member) b = member_new_guest (host, "dialect=rooms");
  g_autofree char *id = NULL;

  TEST_WATCHDOG (60);
  g_object_set (b->element, "room", "den", NULL);
  member_enters (a);
  member_enters (b);
  id = g_strdup (a->id);

  member_moves (a, "den");
  member_tells (a, "left");
  member_tells (a, "joined");
  member_tells (a, "peer-joined %s offerer", b->id);
  member_tells (a, "roster-complete");
  fail_if (g_strcmp0 (a->id, id) == 0);
  member_tells (b, "peer-joined %s late-offerer", a->id);
  member_reaches (a, "joined");
  member_reaches (a, "reconnecting");
  member_reaches (a, "joining");
  member_reaches (a, "joined");
}
GST_END_TEST;

/* Many changes in a row end in the last room, and there once. */
static void
check_quick (const char *dialect, const char *offerer, const char *other)
{
  g_autofree char *settings = g_strconcat ("dialect=", dialect, NULL);
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, settings);
  g_autoptr (Member) b = member_new_guest (host, settings);
  g_autofree char *arrival = NULL;

  g_object_set (b->element, "room", "room-1999", NULL);
  member_enters (b);
  member_enters (a);
  /* More than a server takes messages at once. */
  for (int i = 0; i < 2000; i++) {
    g_autofree char *room = g_strdup_printf ("room-%d", i);

    member_moves (a, room);
  }
  arrival = g_strdup_printf ("peer-joined %s %s", b->id, offerer);
  member_ends_with (a, arrival);
  member_tells (b, "peer-joined %s %s", a->id, other);
  member_goes_to (a, GST_STATE_READY);
  member_ends_with (a, "left");
  member_tells (b, "peer-left %s", a->id);
}

GST_START_TEST (test_quick)
{
  TEST_WATCHDOG (90);
  check_quick ("mesh", "offerer {}", "answerer {}");
  check_quick ("rooms", "offerer", "late-offerer");
}
GST_END_TEST;

/* Before it is in any room it only takes note. */
GST_START_TEST (test_before_joining)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "auto-join=false");
  g_autoptr (Member) b = member_new_guest (host, "");

  TEST_WATCHDOG (60);
  g_object_set (b->element, "room", "den", NULL);
  member_enters (b);
  member_goes_to (a, GST_STATE_PLAYING);
  member_reaches (a, "connected");
  member_moves (a, "den");
  g_signal_emit_by_name (a->element, "join");
  member_tells (a, "joined");
  member_finds (a, "peer-joined %s offerer {}", b->id);
}
GST_END_TEST;

/* Without a server: the old room is left at once, the new one when there is a
 * connection again. */
GST_START_TEST (test_while_reconnecting)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "");
  g_autoptr (Member) b = member_new_guest (host, "");
  guint port;

  TEST_WATCHDOG (60);
  g_object_set (b->element, "room", "den", NULL);
  member_enters (a);
  g_object_get (host->element, "signalling-server-port", &port, NULL);
  member_goes_to (host, GST_STATE_READY);
  member_tells (a, "disconnected, will retry");
  member_moves (a, "hall");
  member_tells (a, "left");
  member_moves (a, "den");

  g_object_set (host->element, "signalling-server-port", port, NULL);
  member_goes_to (host, GST_STATE_PAUSED);
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  member_goes_to (b, GST_STATE_PLAYING);
  member_tells (b, "joined");
  member_finds (b, "peer-joined %s offerer {}", a->id);
}
GST_END_TEST;

static void
stop (GstElement *element, const char *reason, Member *member)
{
  g_signal_handlers_disconnect_by_func (element, stop, member);
  gst_element_set_state (element, GST_STATE_READY);
}

/* A handler of the departure may go to READY. */
static void
check_stop_while_moving (const char *settings)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, settings);

  g_signal_connect (a->element, "left", G_CALLBACK (stop), a);
  member_enters (a);
  member_moves (a, "den");
  member_tells (a, "left");
  member_reaches (a, "disconnected");
  a->thread = NULL;
  member_moves (a, "lobby");
  member_enters (a);
  member_is_let_go (a);
}

GST_START_TEST (test_stop_while_moving)
{
  TEST_WATCHDOG (60);
  check_stop_while_moving ("dialect=mesh");
  check_stop_while_moving ("dialect=rooms");
}
GST_END_TEST;

/* --- where the connection names the room --- */

GST_START_TEST (test_dialled)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=message");
  g_autoptr (Member) b = member_new_guest (host, "dialect=message room=den");
  g_autoptr (Member) c = member_new_guest (host, "dialect=message room=den");

  TEST_WATCHDOG (60);
  member_enters (a);
  member_enters (b);
  member_enters (c);
  member_tells (b, "peer-joined peer offerer");
  member_tells_nothing (a);
  member_moves (c, "lobby");
  member_tells (c, "left");
  member_tells (c, "joined");
  member_tells (c, "roster-complete");
  member_tells (b, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

GST_START_TEST (test_dialled_broadcast)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=broadcast");
  g_autoptr (Member) b = member_new_guest (host, "dialect=broadcast room=den");
  g_autoptr (Member) c = member_new_guest (host, "dialect=broadcast room=den");
  Member *all[] = { a, b, c };

  TEST_WATCHDOG (60);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    member_goes_to (all[i], GST_STATE_PLAYING);
    member_tells (all[i], "ice-servers *:");
    member_tells (all[i], "joined");
    member_tells (all[i], "peer-joined peer manual");
    member_tells (all[i], "roster-complete");
  }
  g_signal_emit_by_name (
      b->element, "send-description", "peer", "offer", "v=0");
  member_tells (c, "offer from peer: v=0");
  member_tells_nothing (a);
}
GST_END_TEST;

/* What is typed as query counts. */
GST_START_TEST (test_dialled_by_hand)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=message room=den");
  g_autoptr (Member) b = member_new_guest (
      host, "dialect=message query=\"{\\\"room\\\":\\\"den\\\"}\"");

  TEST_WATCHDOG (60);
  member_enters (a);
  member_enters (b);
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

/* A connection that was made, or is being made, for another room is not used. */
GST_START_TEST (test_dialled_early)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=message room=den");
  g_autoptr (Member) b = member_new_guest (host, "dialect=message");
  g_autoptr (Member) c =
      member_new_guest (host, "dialect=message auto-join=false");

  TEST_WATCHDOG (60);
  member_enters (a);
  member_goes_to (b, GST_STATE_PLAYING);
  member_moves (b, "den");
  member_ends_with (b, "roster-complete");
  member_tells (a, "peer-joined peer offerer");
  member_goes_to (b, GST_STATE_READY);
  member_tells (a, "peer-left peer");

  member_goes_to (c, GST_STATE_PLAYING);
  member_reaches (c, "connected");
  member_moves (c, "den");
  member_reaches (c, "connected");
  g_signal_emit_by_name (c->element, "join");
  member_ends_with (c, "roster-complete");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

GST_START_TEST (test_dialled_quick)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=message");
  g_autoptr (Member) b =
      member_new_guest (host, "dialect=message room=room-1999");

  TEST_WATCHDOG (60);
  member_enters (b);
  member_enters (a);
  for (int i = 0; i < 2000; i++) {
    g_autofree char *room = g_strdup_printf ("room-%d", i);

    member_moves (a, room);
  }
  member_tells (b, "peer-joined peer offerer");
  member_goes_to (a, GST_STATE_READY);
  member_tells (b, "peer-left peer");
}
GST_END_TEST;

#define SDP(print) "v=0\r\na=fingerprint:sha-256 " print "\r\n"

static void
sends (Member *self, const char *type, const char *sdp)
{
  g_signal_emit_by_name (self->element, "send-description", "peer", type, sdp);
}

/* Who comes back to a room of two before the server has noticed that it was gone is
 * no third one, to the server nor to the other one, whose call goes on. */
GST_START_TEST (test_return)
{
  g_autoptr (Member) host = member_new_host ();
  g_autoptr (Member) a = member_new_guest (host, "dialect=message");
  g_autoptr (TcpRelay) relay = NULL;
  g_autoptr (Member) b = NULL;
  g_autofree char *settings = NULL;
  guint port;

  TEST_WATCHDOG (60);
  g_object_get (host->element, "signalling-server-port", &port, NULL);
  relay = tcp_relay_new (port);
  settings = g_strdup_printf ("uri=http://127.0.0.1:%u room=lobby "
                              "dialect=message reconnection-delay=20",
      tcp_relay_get_port (relay));
  b = member_new (settings);
  member_enters (a);
  member_enters (b);
  member_tells (a, "peer-joined peer offerer");
  sends (a, "offer", SDP ("A"));
  member_tells (b, "peer-joined peer answerer");
  member_tells (b, "offer from peer: " SDP ("A"));
  sends (b, "answer", SDP ("B"));
  member_tells (a, "answer from peer: " SDP ("B"));

  tcp_relay_swallow (relay);
  member_tells (b, "disconnected, will retry");
  member_tells (b, "joined");
  member_tells (b, "peer-joined peer answerer");
  member_tells (b, "roster-complete");
  sends (b, "offer", SDP ("B"));
  member_tells (a, "offer from peer: " SDP ("B"));
  sends (a, "answer", SDP ("A"));
  member_tells (b, "answer from peer: " SDP ("A"));
}
GST_END_TEST;

static Suite *
signallerrooms_suite (void)
{
  Suite *suite = suite_create ("signallerrooms");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_same_connection);
  tcase_add_test (tcase, test_new_connection);
  tcase_add_test (tcase, test_dialled);
  tcase_add_test (tcase, test_dialled_broadcast);
  tcase_add_test (tcase, test_dialled_by_hand);
  tcase_add_test (tcase, test_dialled_early);
  tcase_add_test (tcase, test_dialled_quick);
  tcase_add_test (tcase, test_return);
  tcase_add_test (tcase, test_quick);
  tcase_add_test (tcase, test_before_joining);
  tcase_add_test (tcase, test_while_reconnecting);
  tcase_add_test (tcase, test_stop_while_moving);
  return suite;
}

TEST_CHECK_MAIN (signallerrooms)
