/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* STUN and TURN servers that an application hands out: in messages, and over
 * HTTP. */
#include "common/testcheck.h"
#include "icesource.h"

#include <string.h>

#define TURN(host) \
  "{\"urls\":\"turn:" host "\",\"username\":\"u:1\",\"credential\":\"p%\"}"
#define TURN_TOLD(host) "turn:" host ":3478?transport=udp u:1 p%%"

/* --- in messages --- */

GST_START_TEST (test_with_a_peer)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{},\"in\":["
      "{\"is\":\"entered\",\"message\":[\"in\"]},"
      "{\"is\":\"peer-joined\",\"role\":\"offerer\","
      "\"message\":[\"add\",\"$peer\",\"$ice_servers?\"]}]}");

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  puppet_emits (puppet, "in", "[]");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  /* Before the peer, who may be called at once. */
  puppet_emits (puppet, "add", "[\"p\",[\"stun:s\"," TURN ("t") "]]");
  member_tells (a, "ice-servers p: stun:s:3478 " TURN_TOLD ("t"));
  member_tells (a, "peer-joined p offerer");
  puppet_emits (puppet, "add", "[\"q\"]");
  member_tells (a, "peer-joined q offerer");
  /* What is of no use costs itself. */
  puppet_emits (puppet, "add", "[\"r\",[\"http:x\",\"stun:s\"]]");
  member_tells (a, "ice-servers r: stun:s:3478");
  member_tells (a, "peer-joined r offerer");
  member_warns (a, "ICE server 1: only stun:, turn: and turns: are known");
  puppet_emits (puppet, "add", "[\"s\",\"hush\"]");
  member_tells (a, "peer-joined s offerer");
  member_warns (a, "these are no ICE servers");
}
GST_END_TEST;

GST_START_TEST (test_in_events)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{},\"in\":["
      "{\"is\":\"entered\",\"message\":[\"in\",\"$ice_servers?\"]},"
      "{\"is\":\"ice-servers\",\"message\":[\"turn\",\"$ice_servers?\"]},"
      "{\"is\":\"ice-servers\",\"message\":[\"stun\",\"$ice_servers\"]},"
      "{\"is\":\"ice-servers\",\"message\":[\"of\",\"$peer\",\"$ice_servers\"]}"
      "]}");

  TEST_WATCHDOG (60);
  puppet_hears (puppet, "connection");
  /* They come before we are in the room, and do not say that we are. */
  puppet_emits (puppet, "stun", "[[\"stun:s\"]]");
  member_tells (a, "ice-servers *: stun:s:3478");
  puppet_emits (puppet, "turn", "[" TURN ("t") "]");
  member_tells (a, "ice-servers *: stun:s:3478 " TURN_TOLD ("t"));
  puppet_emits (puppet, "in", "[[\"stun:e\"]]");
  member_tells (
      a, "ice-servers *: stun:s:3478 " TURN_TOLD ("t") " stun:e:3478");
  member_tells (a, "joined");
  member_tells (a, "roster-complete");
  puppet_emits (puppet, "stun", "[[\"stun:s2\"]]");
  member_tells (
      a, "ice-servers *: stun:s2:3478 " TURN_TOLD ("t") " stun:e:3478");
  puppet_emits (puppet, "turn", "[]");
  member_tells (a, "ice-servers *: stun:s2:3478 stun:e:3478");
  puppet_emits (puppet, "of", "[\"p\",[\"stun:p\"]]");
  member_tells (a, "ice-servers p: stun:p:3478");
}
GST_END_TEST;

/* --- over HTTP --- */

GST_START_TEST (test_fetched)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet,
    .body = "{\"iceServers\":[{\"urls\":\"stun:s\"}," TURN ("t") ",7]}" };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  /* The line break is the editor's. */
  g_setenv ("ROOMCALL_TOKEN", "hush\n", TRUE);
  a = member_asking (&source, "headers=\"h,X-Token=env:ROOMCALL_TOKEN\"");
  member_goes_to (a, GST_STATE_PLAYING);
  /* To the application's own server go its header fields. */
  source_is_asked (&source, "hush");
  member_tells (a, "ice-servers *: stun:s:3478 " TURN_TOLD ("t"));
  member_enters (a);
  member_warns (a, "ICE server 3: it is no object");
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

/* The dialect says where. */
GST_START_TEST (test_of_the_dialect)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{},\"in\":[],"
      "\"ice-servers-url\":\"/ice\"}");
  source_is_asked (&source, "no token");
  member_tells (a, "ice-servers *: stun:s:3478");
  member_tells (a, "joined");
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

static gboolean
kick (gpointer data)
{
  sio_server_socket_disconnect (((Puppet *) data)->socket);
  return G_SOURCE_REMOVE;
}

/* With each new connection; if that fails, the old ones count. */
GST_START_TEST (test_again)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "reconnection-delay-max=100");
  member_goes_to (a, GST_STATE_PLAYING);
  puppet_hears (puppet, "connection");
  source_is_asked (&source, "no token");
  member_tells (a, "ice-servers *: stun:s:3478");
  member_enters (a);
  source.status = SOUP_STATUS_NOT_FOUND;
  fail_unless (loop_thread_call (puppet->thread, kick, puppet, -1));
  member_tells (a, "disconnected, will retry");
  puppet_hears (puppet, "connection");
  source_is_asked (&source, "no token");
  member_tells (a, "joined");
  member_warns (a, "HTTP 404");
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

static gboolean
asks_again (Member *member)
{
  gboolean asks = FALSE;

  g_signal_emit_by_name (member->element, "refresh-ice-servers", &asks);
  return asks;
}

/* TURN servers refuse what was fetched: each of many connections says so, and the
 * server is asked no more often for that. */
GST_START_TEST (test_refused)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "");
  fail_if (asks_again (a));
  member_goes_to (a, GST_STATE_PLAYING);
  source_is_asked (&source, "no token");
  member_tells (a, "ice-servers *: stun:s:3478");
  member_enters (a);
  for (int i = 0; i < 2; i++) {
    source.body = i == 0 ? "[" TURN ("t") "]" : "[\"stun:u\"]";
    fail_unless (asks_again (a));
    source_is_asked (&source, "no token");
    member_tells (a,
        i == 0 ? "ice-servers *: " TURN_TOLD ("t")
               : "ice-servers *: stun:u:3478");
  }
  for (int i = 0; i < 100; i++)
    fail_unless (asks_again (a));
  member_goes_to (a, GST_STATE_NULL);
  fail_if (asks_again (a));
  member_tells (a, "left");
  member_tells_nothing (a);
  fail_unless_equals_int (g_async_queue_length (source.asked), 0);
  source_close (&source);
}
GST_END_TEST;

GST_START_TEST (test_elsewhere)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet, .is_other = TRUE };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "headers=\"h,X-Token=hush\"");
  member_goes_to (a, GST_STATE_PLAYING);
  source_is_asked (&source, "no token");
  member_tells (a, "ice-servers *: stun:s:3478");
  member_enters (a);
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

GST_START_TEST (test_not_wanted)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a =
      member_at (puppet, "ice-servers-url=none " PRESENT_DIALECT);

  TEST_WATCHDOG (60);
  member_goes_to (a, GST_STATE_PLAYING);
  member_enters (a);
  fail_if (asks_again (a));
}
GST_END_TEST;

static const struct {
  guint status;
  const char *body;
  const char *headers;
  const char *words;
} failures[] = {
  { 404, "no", NULL, "HTTP 404. Calls are made with what is set" },
  { 500, "no", NULL, "HTTP 500" },
  { 401, "no", "WWW-Authenticate: Basic realm=\"x\"", "HTTP 401" },
  { 302, "no", "Location: /ice/elsewhere", "sends us elsewhere (HTTP 302)" },
  { 200, "", NULL, "the answer is no JSON" },
  { 200, "<html>hush", NULL, "the answer is no JSON" },
  { 200, "{\"error\":\"hush\"}", NULL, "these are no ICE servers" },
  { 200, NULL, NULL, "more than 64 KiB" },
};

GST_START_TEST (test_failure)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autofree char *large = g_strnfill (100000, ' ');
  Source source = { .puppet = puppet,
    .status = failures[__i__].status,
    .body = failures[__i__].body != NULL ? failures[__i__].body : large,
    .headers = failures[__i__].headers };
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "");
  member_goes_to (a, GST_STATE_PLAYING);
  member_enters (a);
  member_warns (a, failures[__i__].words);
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

/* What was typed may be secret, its path, too. */
GST_START_TEST (test_shown)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  const char *settings = __i__ == 0
      ? "ice-servers-url=/hush?key=hush " PRESENT_DIALECT
      : "ice-servers-url=env:ROOMCALL_URL " PRESENT_DIALECT;
  g_autofree char *url = g_strdup_printf (
      "http://u:hush@%s/hush#hush", puppet->uri + strlen ("http://"));
  g_autofree char *words =
      g_strdup_printf ("fetched from %s: HTTP 404.", puppet->uri);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  g_setenv ("ROOMCALL_URL", url, TRUE);
  a = member_at (puppet, settings);
  member_goes_to (a, GST_STATE_PLAYING);
  member_enters (a);
  member_warns (a, words);
}
GST_END_TEST;

GST_START_TEST (test_shown_of_the_dialect)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  g_autoptr (Member) a = NULL;

  TEST_WATCHDOG (60);
  a = member_speaking (puppet,
      "{\"name\":\"x\",\"roster\":{\"quiet-ms\":1},\"out\":{},\"in\":[],"
      "\"ice-servers-url\":\"/nowhere\"}");
  member_tells (a, "joined");
  member_warns (a, "/nowhere: HTTP 404.");
}
GST_END_TEST;

/* The join does not wait for ever, and the servers still count when they come. */
GST_START_TEST (test_late)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet, .is_silent = TRUE };
  g_autoptr (Member) a = NULL;
  gint64 begun;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "");
  begun = g_get_monotonic_time ();
  member_goes_to (a, GST_STATE_PLAYING);
  source_is_asked (&source, "no token");
  member_enters (a);
  fail_unless (g_get_monotonic_time () - begun >= 1900 * 1000);
  member_warns (a, "no answer in 5 s");
  member_goes_to (a, GST_STATE_NULL);
  source_close (&source);
}
GST_END_TEST;

GST_START_TEST (test_stopped_meanwhile)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet, .is_silent = TRUE };
  g_autoptr (Member) a = NULL;
  gint64 begun, took = G_MAXINT64;

  TEST_WATCHDOG (60);
  source_open (&source);
  a = member_asking (&source, "");
  /* On a busy machine once of three times. */
  for (int i = 0; i < 3; i++) {
    member_goes_to (a, GST_STATE_PLAYING);
    source_is_asked (&source, "no token");
    begun = g_get_monotonic_time ();
    member_goes_to (a, GST_STATE_READY);
    took = MIN (took, g_get_monotonic_time () - begun);
    member_tells_nothing (a);
  }
  fail_unless (took < 900 * 1000);
  source_close (&source);
}
GST_END_TEST;

GST_START_TEST (test_wrong_address)
{
  g_autoptr (Member) a =
      member_new ("uri=http://127.0.0.1:1 room=x ice-servers-url=hush");

  TEST_WATCHDOG (60);
  fail_unless_equals_int (gst_element_set_state (a->element, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  member_posts (a, GST_MESSAGE_ERROR, "Type for example ice-servers-url=");
}
GST_END_TEST;

static Suite *
signallerservers_suite (void)
{
  Suite *suite = suite_create ("signallerservers");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_with_a_peer);
  tcase_add_test (tcase, test_in_events);
  tcase_add_test (tcase, test_fetched);
  tcase_add_test (tcase, test_of_the_dialect);
  tcase_add_test (tcase, test_again);
  tcase_add_test (tcase, test_refused);
  tcase_add_test (tcase, test_elsewhere);
  tcase_add_test (tcase, test_not_wanted);
  tcase_add_loop_test (tcase, test_failure, 0, G_N_ELEMENTS (failures));
  tcase_add_loop_test (tcase, test_shown, 0, 2);
  tcase_add_test (tcase, test_shown_of_the_dialect);
  tcase_add_test (tcase, test_late);
  tcase_add_test (tcase, test_stopped_meanwhile);
  tcase_add_test (tcase, test_wrong_address);
  return suite;
}

TEST_CHECK_MAIN (signallerservers)
