/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the signaller does with what dialects can say, against a server that
 * says nothing by itself. */
#include "common/testcheck.h"
#include "puppet.h"

#include <glib/gstdio.h>

#define SDP(ufrag) \
  "v=0\\r\\na=fingerprint:sha-256 " ufrag "\\r\\na=ice-ufrag:" ufrag

static void
member_says (Member *self, const char *type, const char *peer, const char *sdp)
{
  g_signal_emit_by_name (self->element, "send-description", peer, type, sdp);
}

/* --- message --- */

GST_START_TEST (test_single_peer)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_at (puppet, "dialect=message");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  puppet_hears (puppet, "connection");
  member_reaches (a, "connected");
  /* It does not join before it knows who it is. */
  puppet_emits (puppet, "client-id", "[{\"id\":\"c1\"}]");
  puppet_hears (puppet, "message[{\"type\":\"ready\",\"clientId\":\"c1\"}]");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  fail_unless_equals_string (a->id, "c1");

  puppet_emits (
      puppet, "message", "[{\"type\":\"ready\",\"clientId\":\"c2\"}]");
  member_tells (a, "peer-joined peer offerer");
  /* A third party, which waits. */
  puppet_emits (
      puppet, "message", "[{\"type\":\"ready\",\"clientId\":\"c3\"}]");
  puppet_emits (puppet, "message",
      "[{\"type\":\"candidate\",\"candidate\":\"x\",\"clientId\":\"c3\"}]");
  member_warns (a, "there is one peer only");
  puppet_emits (puppet, "message",
      "[{\"type\":\"candidate\",\"candidate\":\"y\",\"clientId\":\"c2\"}]");
  member_tells (a, "candidate from peer: 0 - y");

  /* The call is over: the other one's turn. */
  g_signal_emit_by_name (a->element, "end-call", "peer", "test");
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c1\"}]");
  member_tells (a, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");
  puppet_emits (puppet, "message",
      "[{\"type\":\"candidate\",\"candidate\":\"z\",\"clientId\":\"c3\"}]");
  member_tells (a, "candidate from peer: 0 - z");
  puppet_emits (puppet, "message", "[{\"type\":\"bye\",\"clientId\":\"c3\"}]");
  member_tells (a, "peer-left peer");
  member_goes_to (a, GST_STATE_NULL);
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c1\"}]");
}
GST_END_TEST;

#define SAYS(puppet, type, id) \
  puppet_emits (               \
      puppet, "message", "[{\"type\":\"" type "\",\"clientId\":\"" id "\"}]")
#define OFFERS(puppet, id)                             \
  puppet_emits (puppet, "message",                     \
      "[{\"type\":\"offer\",\"sdp\":\"" SDP (id) "\"," \
                                                 "\"clientId\":\"" id "\"}]")

static void
member_hears_offer (Member *self)
{
  g_autofree char *told = member_next (self, "an offer");

  fail_unless (g_str_has_prefix (told, "offer from peer: "), "%s", told);
}

/* Joins a puppet's room in the dialect message, as @id. */
static Member *
messenger_new (Puppet *puppet, const char *id)
{
  Member *member = member_at (puppet, "dialect=message");
  g_autofree char *told = g_strdup_printf ("[{\"id\":\"%s\"}]", id);
  g_autofree char *said =
      g_strdup_printf ("message[{\"type\":\"ready\",\"clientId\":\"%s\"}]", id);

  member_goes_to (member, GST_STATE_PLAYING);
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "client-id", told);
  puppet_hears (puppet, said);
  member_tells (member, "joined");
  member_tells (member, "roster-complete");
  return member;
}

/* Who goes and comes again is a newcomer, and is called again, whoever ended the
 * call before, and whether it said goodbye. */
GST_START_TEST (test_again)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = messenger_new (puppet, "c1");
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-joined peer offerer");
  SAYS (puppet, "bye", "c2");
  member_tells (a, "peer-left peer");
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-joined peer offerer");
  /* Its program began anew, without a word. */
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");

  /* It may call after we refused it: no newcomer. */
  OFFERS (puppet, "c2");
  member_hears_offer (a);
  g_signal_emit_by_name (a->element, "reject-call", "peer", "busy");
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c1\"}]");
  OFFERS (puppet, "c2");
  member_hears_offer (a);
  g_signal_emit_by_name (a->element, "end-call", "peer", "enough");
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c1\"}]");
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

/* Who waits is called after a goodbye, too, unless it went before. */
GST_START_TEST (test_third_party)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = messenger_new (puppet, "c1");
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-joined peer offerer");
  /* Our offer goes to all: nobody comes in between. */
  member_says (a, "offer", "peer", "v=0\r\na=ice-ufrag:me\r\n");
  g_free (g_async_queue_pop (puppet->heard));
  SAYS (puppet, "ready", "c3");
  SAYS (puppet, "ready", "c4");
  SAYS (puppet, "bye", "c4");
  SAYS (puppet, "bye", "c2");
  member_tells (a, "peer-left peer");
  SAYS (puppet, "ready", "c2");
  member_tells (a, "peer-joined peer offerer");
  SAYS (puppet, "ready", "c3");
  SAYS (puppet, "bye", "c2");
  member_tells (a, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");
  SAYS (puppet, "bye", "c3");
  member_tells (a, "peer-left peer");
}
GST_END_TEST;

static gboolean
cut_line (gpointer data)
{
  sio_server_socket_disconnect (((Puppet *) data)->socket);
  return G_SOURCE_REMOVE;
}

/* The server ends the connection in a call; the member comes back as c11. */
static void
messenger_is_cut (Member *member, Puppet *puppet)
{
  loop_thread_call (puppet->thread, cut_line, puppet, -1);
  member_tells (member, "disconnected, will retry");
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "client-id", "[{\"id\":\"c11\"}]");
  puppet_hears (puppet, "message[{\"type\":\"ready\",\"clientId\":\"c11\"}]");
  member_tells (member, "joined");
  member_tells (member, "peer-joined peer answerer");
}

/* A call outlives the connection, whose ids are new: the peer is taken to be
 * there, and who announces itself meanwhile waits. */
GST_START_TEST (test_call_outlives_connection)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = messenger_new (puppet, "c1");
  OFFERS (puppet, "c2");
  member_tells (a, "peer-joined peer answerer");
  member_hears_offer (a);
  messenger_is_cut (a, puppet);
  SAYS (puppet, "ready", "c12");
  member_tells (a, "roster-complete");
  g_signal_emit_by_name (a->element, "end-call", "peer", "failed");
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c11\"}]");
  member_tells (a, "peer-left peer");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

/* Who waits behind a loss may be the peer itself, under another id. */
GST_START_TEST (test_peer_waits_for_itself)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = messenger_new (puppet, "c1");
  OFFERS (puppet, "c2");
  member_tells (a, "peer-joined peer answerer");
  member_hears_offer (a);
  messenger_is_cut (a, puppet);
  SAYS (puppet, "ready", "c12");
  member_tells (a, "roster-complete");
  SAYS (puppet, "bye", "c12");
  member_tells (a, "peer-left peer");
  SAYS (puppet, "ready", "c12");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

/* A goodbye that is no departure for the server: the other room takes another
 * connection, which has nothing of the old one. */
GST_START_TEST (test_move)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = messenger_new (puppet, "c1");
  OFFERS (puppet, "c2");
  member_tells (a, "peer-joined peer answerer");
  member_hears_offer (a);
  SAYS (puppet, "ready", "c3");
  g_object_set (a->element, "room", "den", NULL);
  puppet_hears (puppet, "message[{\"type\":\"bye\",\"clientId\":\"c1\"}]");
  member_tells (a, "left");
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "client-id", "[{\"id\":\"c11\"}]");
  puppet_hears (puppet, "message[{\"type\":\"ready\",\"clientId\":\"c11\"}]");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  SAYS (puppet, "ready", "c4");
  member_tells (a, "peer-joined peer offerer");
}
GST_END_TEST;

/* Nobody is named, so the peer is there from the beginning, to be called. */
GST_START_TEST (test_broadcast)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_at (puppet, "dialect=broadcast");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  puppet_hears (puppet, "connection");
  member_tells (a, "joined");
  member_tells (a, "peer-joined peer manual");
  member_tells (a, "roster-complete");
  member_says (a, "offer", "peer", "v=0\r\n");
  puppet_hears (puppet, "offer[{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}]");
  puppet_emits (puppet, "answer", "[{\"type\":\"answer\",\"sdp\":\"v=0\"}]");
  member_tells (a, "answer from peer: v=0");
  /* Nothing is said, and another call may come. */
  g_signal_emit_by_name (a->element, "reject-call", "peer", "busy");
  puppet_emits (puppet, "offer", "[{\"type\":\"offer\",\"sdp\":\"v=1\"}]");
  member_tells (a, "offer from peer: v=1");
  fail_unless_equals_int (g_async_queue_length (puppet->heard), 0);
}
GST_END_TEST;

GST_START_TEST (test_no_id)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_at (puppet, "dialect=message timeout=300");

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_posts (a, GST_MESSAGE_ERROR, "did not tell us our id");
}
GST_END_TEST;

/* --- names --- */

/* Where an application has a place for a name, it goes there and comes back. */
static void
check_name (const char *dialect, const char *variables, const char *said,
    const char *entered, const char *event, const char *args, const char *told)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autofree char *settings = g_strdup_printf (
      "dialect-file=%s/../examples/dialects/%s.json display-name=Ada %s",
      g_getenv ("G_TEST_SRCDIR"), dialect, variables);
  g_autoptr (Member) a = member_at (puppet, settings);
  g_autofree char *join = NULL;

  member_goes_to (a, GST_STATE_PLAYING);
  puppet_hears (puppet, "connection");
  join = g_async_queue_timeout_pop (puppet->heard, 20 * G_USEC_PER_SEC);
  fail_unless (strstr (join, said) != NULL, "%s", join);
  puppet_emits (puppet, entered, "[{\"room\":\"lobby\"}]");
  member_tells (a, "joined");
  puppet_emits (puppet, event, args);
  member_tells (a, "%s", told);
}

GST_START_TEST (test_names)
{
  TEST_WATCHDOG (60);
  check_name ("mirotalk", "variables=\"v,password=x\"", "\"peer_name\":\"Ada\"",
      "serverInfo", "addPeer",
      "[{\"peer_id\":\"p\",\"should_create_offer\":true,"
      "\"peers\":{\"o\":{\"peer_name\":\"Eve\"},\"p\":{\"peer_name\":\"Bob\"}}}]",
      "peer-joined p offerer Bob");
  check_name ("room-join", "", "\"email\":\"Ada\"", "room:join", "user:joined",
      "[{\"id\":\"p\",\"email\":\"Bob\"}]", "peer-joined p offerer Bob");
}
GST_END_TEST;

/* --- acknowledgements --- */

#define ACK_DIALECT                                                                \
  "{\"name\":\"ack\",\"roster\":\"list\",\"out\":{\"join\":[\"join\",\"$room\"]}," \
  "\"in\":[{\"is\":\"refused\",\"ack\":\"join\",\"args\":[\"$reason\"]},"          \
  "{\"is\":\"roster\",\"role\":\"offerer\",\"ack\":\"join\","                      \
  "\"args\":[null,{\"clients\":{\"$keys\":{\"$peer\":{}}}}]}]}"

GST_START_TEST (test_ack)
{
  g_autoptr (Puppet) puppet =
      puppet_new ("[null,{\"clients\":{\"p\":{\"video\":true}}}]");
  g_autoptr (Member) a = member_speaking (puppet, ACK_DIALECT);

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  puppet_hears (puppet, "join[\"lobby\"]");
  member_tells (a, "joined");
  member_tells (a, "peer-joined p offerer");
  member_tells (a, "roster-complete");
}
GST_END_TEST;

GST_START_TEST (test_refusing_ack)
{
  g_autoptr (Puppet) puppet = puppet_new ("[\"full\"]");
  g_autoptr (Member) a = member_speaking (puppet, ACK_DIALECT);

  TEST_WATCHDOG (60);
  member_posts (a, GST_MESSAGE_ERROR, "full");
}
GST_END_TEST;

/* --- a roster that comes again --- */

GST_START_TEST (test_whole_roster)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":\"list\",\"out\":{\"join\":[\"in\"]},\"in\":["
      "{\"is\":\"roster\",\"role\":\"offerer\",\"later-role\":\"answerer\","
      "\"message\":[\"all\",{\"$keys\":{\"$peer\":{}}}]}]}");

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  puppet_hears (puppet, "in[]");
  puppet_emits (puppet, "all", "[{\"p\":{},\"q\":{}}]");
  member_tells (a, "joined");
  member_tells (a, "peer-joined p offerer");
  member_tells (a, "peer-joined q offerer");
  member_tells (a, "roster-complete");
  puppet_emits (puppet, "all", "[{\"q\":{},\"r\":{}}]");
  member_tells (a, "peer-left p");
  member_tells (a, "peer-joined r answerer");
  puppet_emits (puppet, "all", "[{}]");
  for (int i = 0; i < 2; i++) {
    g_autofree char *told = member_next (a, "peer-left");

    fail_unless (g_str_has_prefix (told, "peer-left "));
  }
}
GST_END_TEST;

/* A server that does not say when it has named everybody is listened to for a
 * while, here for 2 s. */
GST_START_TEST (test_quiet)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":2000},\"out\":{},\"in\":["
      "{\"is\":\"peer-joined\",\"role\":\"offerer\","
      "\"message\":[\"add\",\"$peer\"]}]}");

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "add", "[\"p\"]");
  member_tells (a, "joined");
  member_tells (a, "peer-joined p offerer");
  member_tells (a, "roster-complete");
}
GST_END_TEST;

/* --- second negotiations, and what is answered --- */

GST_START_TEST (test_later)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"trickle\":false,"
      "\"out\":{\"offer\":[\"o\"],\"answer\":[\"a\"],\"later-offer\":[\"o2\"],"
      "\"later-answer\":[\"a2\"]},\"in\":["
      "{\"is\":\"entered\",\"message\":[\"in\"],\"say\":[\"ready\",\"$room\"]},"
      "{\"is\":\"description\",\"message\":[\"d\",\"$peer\",\"$desc\"]},"
      "{\"is\":\"description\",\"later\":true,"
      "\"message\":[\"d2\",\"$peer\",\"$desc\"]}]}");
  gboolean trickle = TRUE;

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "in", "[]");
  puppet_hears (puppet, "ready[\"lobby\"]");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  g_object_get (a->element, "trickle", &trickle, NULL);
  fail_if (trickle);

  /* The offer is the arrival. */
  puppet_emits (
      puppet, "d", "[\"p\",{\"type\":\"offer\",\"sdp\":\"" SDP ("p") "\"}]");
  member_tells (a, "peer-joined p answerer");
  g_free (member_next (a, "the offer"));
  member_says (a, "answer", "p", "v=0\r\na=ice-ufrag:me\r\n");
  puppet_hears (puppet, "a[]");
  member_says (a, "offer", "p", "v=0\r\na=ice-ufrag:me\r\n");
  puppet_hears (puppet, "o2[]");
  puppet_emits (
      puppet, "d2", "[\"p\",{\"type\":\"offer\",\"sdp\":\"" SDP ("p") "\"}]");
  g_free (member_next (a, "the later offer"));
  member_says (a, "answer", "p", "v=0\r\na=ice-ufrag:me\r\n");
  puppet_hears (puppet, "a2[]");
  /* A new connection begins anew. */
  member_says (a, "offer", "p", "v=0\r\na=ice-ufrag:new\r\n");
  puppet_hears (puppet, "o[]");
}
GST_END_TEST;

/* --- the end of a call --- */

#define ENDS(reject)                                             \
  "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{" reject \
  "\"end-call\":[\"bye\",\"$peer\"]},\"in\":["                   \
  "{\"is\":\"entered\",\"message\":[\"in\"]},"                   \
  "{\"is\":\"call-ended\",\"set\":{\"reason\":\"busy\"},"        \
  "\"message\":[\"no\",\"$peer\",\"$reason?\"]}]}"

static void
check_rejection (const char *dialect, const char *said)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet, dialect);

  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "in", "[]");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  g_signal_emit_by_name (a->element, "reject-call", "p", "no time");
  puppet_hears (puppet, said);
  puppet_emits (puppet, "no", "[\"p\"]");
  member_tells (a, "call-ended p: busy");
  puppet_emits (puppet, "no", "[\"p\",\"asleep\"]");
  member_tells (a, "call-ended p: asleep");
}

/* A refusal has words of its own, or is a hang-up. */
GST_START_TEST (test_reject)
{
  TEST_WATCHDOG (60);
  check_rejection (ENDS ("\"reject\":[\"no\",\"$peer\",\"$reason\"],"),
      "no[\"p\",\"no time\"]");
  check_rejection (ENDS (""), "bye[\"p\"]");
}
GST_END_TEST;

/* --- mistakes --- */

GST_START_TEST (test_wrong_file)
{
  g_autofree char *path =
      g_build_filename (g_get_tmp_dir (), "dialect-XXXXXX", NULL);
  g_autofree char *settings = NULL;
  g_autoptr (Member) a = NULL;
  int fd = g_mkstemp (path);

  TEST_WATCHDOG (60);
  fail_unless (fd >= 0);
  g_close (fd, NULL);
  fail_unless (g_file_set_contents (path, "{\n\"nam\": 1}", -1, NULL));
  settings = g_strconcat (
      "uri=http://127.0.0.1:1 room=lobby dialect-file=", path, NULL);
  a = member_new (settings);
  fail_unless_equals_int (gst_element_set_state (a->element, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  member_posts (a, GST_MESSAGE_ERROR, "line 2: the dialect: there is no “nam”");
  g_unlink (path);
}
GST_END_TEST;

GST_START_TEST (test_wrong_variables)
{
  g_autoptr (Member) a = member_new (
      "uri=http://127.0.0.1:1 room=x dialect=mesh variables=\"v,code=1\"");
  g_autoptr (Member) b =
      member_new ("uri=http://127.0.0.1:1 room=x variables=\"{7\"");

  TEST_WATCHDOG (60);
  fail_unless_equals_int (gst_element_set_state (a->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  member_posts (a, GST_MESSAGE_ERROR, "has no variable “code”");
  fail_unless_equals_int (gst_element_set_state (b->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  member_posts (b, GST_MESSAGE_ERROR, "Type for example variables=");
}
GST_END_TEST;

static Suite *
signallerdialects_suite (void)
{
  Suite *suite = suite_create ("signallerdialects");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_single_peer);
  tcase_add_test (tcase, test_again);
  tcase_add_test (tcase, test_third_party);
  tcase_add_test (tcase, test_call_outlives_connection);
  tcase_add_test (tcase, test_peer_waits_for_itself);
  tcase_add_test (tcase, test_move);
  tcase_add_test (tcase, test_broadcast);
  tcase_add_test (tcase, test_no_id);
  tcase_add_test (tcase, test_names);
  tcase_add_test (tcase, test_ack);
  tcase_add_test (tcase, test_refusing_ack);
  tcase_add_test (tcase, test_whole_roster);
  tcase_add_test (tcase, test_quiet);
  tcase_add_test (tcase, test_later);
  tcase_add_test (tcase, test_reject);
  tcase_add_test (tcase, test_wrong_file);
  tcase_add_test (tcase, test_wrong_variables);
  return suite;
}

TEST_CHECK_MAIN (signallerdialects)
