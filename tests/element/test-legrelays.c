/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ext/roomcallbin/legrelays.h"

#include "common/testcheck.h"
#include "common/turnlistener.h"
#include "ext/roomcallbin/gstroomcallbin.h"

#include <string.h>

#define HOST "127.0.0.1"
#define USER "ada"
#define PASSWORD "hush"

typedef struct {
  guint n_said;
  LegRelaysVerdict verdict;
  char *text;
} Answer;

static void
on_said (LegRelaysVerdict verdict, const char *text, gpointer data)
{
  Answer *answer = data;

  answer->n_said++;
  answer->verdict = verdict;
  g_free (answer->text);
  answer->text = g_strdup (text);
}

/* A port that was somebody's, and is nobody's now. */
static guint
find_closed_port (void)
{
  g_autoptr (TurnListener) listener = turn_listener_new (HOST, "", "");

  return turn_listener_get_port (listener);
}

static void
add_server (IceServers *servers, IceUriScheme scheme, gboolean is_tcp,
    guint port, const char *password, gint64 expires)
{
  IceUri *uri = g_new0 (IceUri, 1);

  uri->scheme = scheme;
  uri->host = g_strdup (HOST);
  uri->port = port;
  uri->is_tcp = is_tcp;
  ice_servers_add (servers, uri, USER, password, expires);
}

/* Asks once and once more, and hears one answer. */
static void
ask (const IceServers *servers, Answer *answer)
{
  g_autoptr (LegRelays) relays = leg_relays_new (servers, NULL, NULL);

  leg_relays_ask (relays, on_said, answer);
  leg_relays_ask (relays, on_said, answer);
  while (answer->n_said == 0)
    g_main_context_iteration (NULL, TRUE);
  fail_unless_equals_int (answer->n_said, 1);
  leg_relays_close (relays);
}

static void check (Answer *answer, guint verdict, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
check (Answer *answer, guint verdict, const char *format, ...)
{
  g_autofree char *expected = NULL;
  va_list arguments;

  va_start (arguments, format);
  expected = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fail_unless_equals_string (answer->text, expected);
  fail_unless_equals_int (answer->verdict, verdict);
  g_free (answer->text);
}

GST_START_TEST (test_none)
{
  g_autoptr (IceServers) servers = ice_servers_new ();
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  ask (servers, &answer);
  check (&answer, LEG_RELAYS_FINAL | LEG_RELAYS_OUTDATED,
      "There is no TURN server to relay the media");
}
GST_END_TEST

/* The same words for a wrong password and for one that has ended to count, but the
 * user is told which it may be. */
GST_START_TEST (test_refused)
{
  g_autoptr (TurnListener) listener = turn_listener_new (HOST, USER, PASSWORD);
  const guint port = turn_listener_get_port (listener);
  g_autoptr (IceServers) servers = ice_servers_new ();
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  add_server (servers, ICE_URI_TURN, FALSE, port, "wrong", 0);
  add_server (servers, ICE_URI_TURN, FALSE, port, "wrong", 1764374400);
  add_server (servers, ICE_URI_TURN, FALSE, port, "wrong", G_MAXINT64);
  ask (servers, &answer);
  check (&answer, LEG_RELAYS_FINAL | LEG_RELAYS_OUTDATED,
      "No TURN server gives us a relay. "
      "127.0.0.1:%u (UDP) refuses the user name or the password (401); "
      "127.0.0.1:%u (UDP) refuses the user name or the password (401), which "
      "expired at 2025-11-29 00:00:00 UTC; "
      "127.0.0.1:%u (UDP) refuses the user name or the password (401)",
      port, port, port);
}
GST_END_TEST

/* One that may be there later is a reason to ask again. */
GST_START_TEST (test_mixed)
{
  g_autoptr (TurnListener) listener = turn_listener_new (HOST, USER, PASSWORD);
  const guint port = turn_listener_get_port (listener);
  const guint closed = find_closed_port ();
  g_autoptr (IceServers) servers = ice_servers_new ();
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  add_server (servers, ICE_URI_TURN, FALSE, port, PASSWORD, 0);
  add_server (servers, ICE_URI_TURN, FALSE, closed, PASSWORD, 1);
  ask (servers, &answer);
  check (&answer, LEG_RELAYS_OUTDATED,
      "No TURN server gives us a relay. 127.0.0.1:%u (UDP) refuses us (403); "
      "127.0.0.1:%u (UDP) does not answer",
      port, closed);
}
GST_END_TEST

/* It is asked through the tunnel, and named as what it is. */
GST_START_TEST (test_tls)
{
  const guint closed = find_closed_port ();
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u (TLS) ", closed);
  g_autoptr (IceServers) servers = ice_servers_new ();
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  add_server (servers, ICE_URI_TURNS, TRUE, closed, PASSWORD, 0);
  ask (servers, &answer);
  fail_unless (strstr (answer.text, place) != NULL, "%s", answer.text);
  fail_unless (
      strstr (answer.text, "cannot be reached") != NULL, "%s", answer.text);
  fail_unless_equals_int (answer.verdict, 0);
  g_free (answer.text);
}
GST_END_TEST

/* With brackets, or the port would be part of it. */
GST_START_TEST (test_ipv6)
{
  g_autoptr (IceServers) servers = ice_servers_new ();
  Answer answer = { 0 };
  IceUri *uri = g_new0 (IceUri, 1);

  TEST_WATCHDOG (30);
  uri->scheme = ICE_URI_TURN;
  uri->host = g_strdup ("::1");
  uri->port = 3478;
  ice_servers_add (servers, uri, USER, PASSWORD, 0);
  ask (servers, &answer);
  fail_unless (
      strstr (answer.text, " [::1]:3478 (UDP) ") != NULL, "%s", answer.text);
  g_free (answer.text);
}
GST_END_TEST

GST_START_TEST (test_cancelled)
{
  g_autoptr (TurnListener) listener = turn_listener_new (HOST, USER, PASSWORD);
  g_autoptr (IceServers) servers = ice_servers_new ();
  LegRelays *relays;
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  add_server (servers, ICE_URI_TURN, FALSE, turn_listener_get_port (listener),
      PASSWORD, 0);
  add_server (servers, ICE_URI_TURNS, TRUE, find_closed_port (), PASSWORD, 0);
  relays = leg_relays_new (servers, NULL, NULL);
  leg_relays_ask (relays, on_said, &answer);
  leg_relays_cancel (relays);
  /* The question may be on its way all the same; nobody waits for the answer. */
  turn_listener_wait_user (listener, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  leg_relays_close (relays);
  leg_relays_free (relays);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  fail_unless_equals_int (answer.n_said, 0);
}
GST_END_TEST

/* --- for webrtcbin --- */

/* webrtcbin takes each by its action, and keeps none of them in a property, which
 * would be in dot files. */
static gboolean
on_add_turn_server (GstElement *webrtcbin, const char *address, GPtrArray *told)
{
  g_ptr_array_add (told, g_strdup (address));
  return TRUE;
}

/* The tunnel's end on this machine: never turns:, which libnice would speak in
 * clear, and never the server itself. */
static void
check_tunnel (const char *address, const char *server_port)
{
  fail_unless (g_str_has_prefix (address, "turn://ada:p@127.0.0.1:")
          && g_str_has_suffix (address, "?transport=tcp")
          && strstr (address, server_port) == NULL,
      "%s", address);
}

GST_START_TEST (test_added)
{
  g_autoptr (GstElement) webrtcbin =
      gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (IceServers) servers = ice_servers_new ();
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LegRelays) relays = NULL;

  TEST_WATCHDOG (30);
  add_server (servers, ICE_URI_TURN, FALSE, 3478, "p%:@", 0);
  add_server (servers, ICE_URI_TURN, TRUE, 3479, "p", 0);
  add_server (servers, ICE_URI_TURNS, TRUE, 443, "p", 0);
  g_signal_connect (
      webrtcbin, "add-turn-server", G_CALLBACK (on_add_turn_server), told);
  relays = leg_relays_new (servers, NULL, NULL);
  leg_relays_add_to (relays, webrtcbin);
  fail_unless_equals_int (told->len, 3);
  fail_unless_equals_string (g_ptr_array_index (told, 0),
      "turn://ada:p%25%3A%40@127.0.0.1:3478?transport=udp");
  fail_unless_equals_string (
      g_ptr_array_index (told, 1), "turn://ada:p@127.0.0.1:3479?transport=tcp");
  check_tunnel (g_ptr_array_index (told, 2), ":443?");
}
GST_END_TEST

/* libnice would choose by itself where TCP comes from. */
GST_START_TEST (test_added_with_addresses)
{
  g_autoptr (GstElement) webrtcbin =
      gst_object_ref_sink (gst_element_factory_make ("webrtcbin", NULL));
  g_autoptr (IceServers) servers = ice_servers_new ();
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) addresses =
      g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (LegRelays) relays = NULL;

  TEST_WATCHDOG (30);
  g_ptr_array_add (addresses, g_inet_address_new_from_string ("127.0.0.2"));
  add_server (servers, ICE_URI_TURN, FALSE, 3478, "p", 0);
  add_server (servers, ICE_URI_TURN, TRUE, 3479, "p", 0);
  g_signal_connect (
      webrtcbin, "add-turn-server", G_CALLBACK (on_add_turn_server), told);
  relays = leg_relays_new (servers, NULL, addresses);
  leg_relays_add_to (relays, webrtcbin);
  fail_unless_equals_int (told->len, 2);
  fail_unless_equals_string (
      g_ptr_array_index (told, 0), "turn://ada:p@127.0.0.1:3478?transport=udp");
  check_tunnel (g_ptr_array_index (told, 1), ":3479?");
  /* Nor is it told the server itself when the tunnel is closed. */
  leg_relays_close (relays);
  g_ptr_array_set_size (told, 0);
  leg_relays_add_to (relays, webrtcbin);
  fail_unless_equals_int (told->len, 1);
}
GST_END_TEST

/* Over UDP, and over TCP through the tunnel. */
GST_START_TEST (test_asked_from)
{
  g_autoptr (TurnListener) listener = turn_listener_new (HOST, USER, PASSWORD);
  g_autoptr (GSocketListener) tcp = g_socket_listener_new ();
  const guint port = g_socket_listener_add_any_inet_port (tcp, NULL, NULL);
  g_autoptr (IceServers) servers = ice_servers_new ();
  g_autoptr (GPtrArray) addresses =
      g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (LegRelays) relays = NULL;
  g_autofree char *text = NULL;
  Answer answer = { 0 };

  TEST_WATCHDOG (30);
  g_ptr_array_add (addresses, g_inet_address_new_from_string ("127.0.0.2"));
  add_server (servers, ICE_URI_TURN, FALSE, turn_listener_get_port (listener),
      PASSWORD, 0);
  add_server (servers, ICE_URI_TURN, TRUE, port, PASSWORD, 0);
  relays = leg_relays_new (servers, NULL, addresses);
  leg_relays_ask (relays, on_said, &answer);
  while (answer.n_said == 0)
    g_main_context_iteration (NULL, TRUE);
  connection = g_socket_listener_accept (tcp, NULL, NULL, NULL);
  from = g_socket_connection_get_remote_address (connection, NULL);
  text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from)));
  fail_unless_equals_string (text, "127.0.0.2");
  fail_unless (turn_listener_wait_user (listener, test_deadline (1)));
  fail_unless_equals_int (
      turn_listener_count_others (listener, "127.0.0.2"), 0);
  leg_relays_close (relays);
  g_free (answer.text);
}
GST_END_TEST

static Suite *
legrelays_suite (void)
{
  Suite *suite = suite_create ("legrelays");
  TCase *tc = tcase_create ("legrelays");

  /* It has the debug category. */
  GST_ELEMENT_REGISTER (roomcallbin, NULL);
  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_none);
  tcase_add_test (tc, test_refused);
  tcase_add_test (tc, test_mixed);
  tcase_add_test (tc, test_tls);
  tcase_add_test (tc, test_ipv6);
  tcase_add_test (tc, test_cancelled);
  tcase_add_test (tc, test_added);
  tcase_add_test (tc, test_added_with_addresses);
  tcase_add_test (tc, test_asked_from);
  return suite;
}

TEST_CHECK_MAIN (legrelays)
