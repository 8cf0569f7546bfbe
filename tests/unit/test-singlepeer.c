/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "singlepeer.h"

#include "common/testlog.h"
#include "roomcontract.h"

#define SDP(print, ufrag) \
  "v=0\r\na=fingerprint:sha-256 " print "\r\na=ice-ufrag:" ufrag "\r\n"

static gboolean
admit (SinglePeer *self, RoomEventKind kind, const char *id, const char *text)
{
  g_autoptr (RoomEvent) event = room_event_new (kind);

  if (kind == ROOM_EVENT_PEER_JOINED)
    room_event_add_member (
        event, id != NULL ? id : DIALECT_SINGLE_PEER, ROOM_ROLE_OFFERER);
  event->peer = g_strdup (id);
  event->text = g_strdup (text);
  return single_peer_admit (self, event);
}

static void
test_signed (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "a", NULL));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, "b", SDP ("B", "b")));
  g_assert_false (admit (self, ROOM_EVENT_CANDIDATE, "b", "candidate:1"));
  g_assert_false (admit (self, ROOM_EVENT_PEER_LEFT, "b", NULL));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, "a", "candidate:1"));
  /* The same one with a new connection. */
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A2", "a2")));
  g_assert_true (admit (self, ROOM_EVENT_PEER_LEFT, "a", NULL));
  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
}

static void
test_unsigned (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, NULL, "candidate:0"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a")));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("B", "b")));
  g_assert_true (
      admit (self, ROOM_EVENT_CANDIDATE, NULL, "candidate:1 ufrag a"));
  g_assert_false (
      admit (self, ROOM_EVENT_CANDIDATE, NULL, "candidate:1 ufrag b"));
  /* Who says nothing of itself may be anybody. */
  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, NULL, "candidate:1"));
  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, NULL, ""));
  /* Its connection, restarted. */
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a2")));
  g_assert_true (
      admit (self, ROOM_EVENT_CANDIDATE, NULL, "candidate:1 ufrag a2"));
  single_peer_release (self);
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("B", "b")));
}

/* It has come back to the server, which calls it otherwise now. */
static void
test_signed_anew (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, "b", SDP ("B", "b")));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "b", SDP ("A", "a2")));
  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, "b", "candidate:1"));
  g_assert_true (admit (self, ROOM_EVENT_PEER_LEFT, "b", NULL));
}

/* An offer of ours goes to everybody: who answers first is the one. */
static void
test_own_offer (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a")));
  single_peer_take_own (self, SDP ("me", "x"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("B", "b")));
  /* The same connection: nothing is new. */
  single_peer_take_own (self, SDP ("me", "x"));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a")));
  single_peer_take_own (self, SDP ("me", "y"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a")));
}

/* Whom nobody signed is not told from a third party while a call goes on; who
 * signs is the peer, and begins anew. */
static void
test_announced_again (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, NULL, NULL));
  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, NULL, NULL));
  g_assert_false (single_peer_is_busy (self));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, NULL, SDP ("A", "a")));
  g_assert_true (single_peer_is_busy (self));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, NULL, NULL));
  single_peer_release (self);

  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "a", NULL));
  g_assert_false (single_peer_is_busy (self));
}

/* While our offer is out nobody comes, but anybody may answer. */
static void
test_open_offer (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "a", NULL));
  single_peer_take_own (self, SDP ("me", "x"));
  g_assert_true (single_peer_is_busy (self));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  g_assert_false (admit (self, ROOM_EVENT_PEER_LEFT, "b", NULL));
  g_assert_true (admit (self, ROOM_EVENT_CANDIDATE, "b", "candidate:1"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "b", SDP ("B", "b")));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
}

/* One that is called again, as its connection was lost, may be gone. */
static void
test_called_anew (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "a", NULL));
  single_peer_take_own (self, SDP ("me", "x"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  /* It is told that the call is over, and called. */
  single_peer_release (self);
  single_peer_take_own (self, SDP ("me", "y"));
  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  g_assert_false (single_peer_is_busy (self));
  /* It is not the one who was lost. */
  single_peer_take_own (self, SDP ("me", "z"));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "c", NULL));
}

/* Behind a loss ids are new: the peer is known by its connection. */
static void
test_reconnect (void)
{
  g_autoptr (SinglePeer) self = single_peer_new ();

  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a", SDP ("A", "a")));
  single_peer_reconnect (self);
  g_assert_true (single_peer_is_busy (self));
  g_assert_false (admit (self, ROOM_EVENT_PEER_JOINED, "b", NULL));
  g_assert_false (admit (self, ROOM_EVENT_DESCRIPTION, "b", SDP ("B", "b")));
  g_assert_false (
      admit (self, ROOM_EVENT_CANDIDATE, "b", "candidate:1 ufrag b"));
  g_assert_true (admit (self, ROOM_EVENT_DESCRIPTION, "a2", SDP ("A", "a2")));
  g_assert_false (admit (self, ROOM_EVENT_CANDIDATE, "b", "candidate:1"));
  g_assert_true (admit (self, ROOM_EVENT_PEER_JOINED, "a2", NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/singlepeer/signed", test_signed);
  g_test_add_func ("/singlepeer/signed-anew", test_signed_anew);
  g_test_add_func ("/singlepeer/unsigned", test_unsigned);
  g_test_add_func ("/singlepeer/own-offer", test_own_offer);
  g_test_add_func ("/singlepeer/announced-again", test_announced_again);
  g_test_add_func ("/singlepeer/open-offer", test_open_offer);
  g_test_add_func ("/singlepeer/called-anew", test_called_anew);
  g_test_add_func ("/singlepeer/reconnect", test_reconnect);
  return g_test_run ();
}
