/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* STUN and TURN servers reach the connections, and their passwords nobody else. */
#include "common/callcheck.h"
#include "common/testcheck.h"
#include "common/turnlistener.h"
#include "roomcontract.h"

#include <string.h>

/* The one of tests/common/netns.sh: libnice does not use the loopback. */
#define ADDRESS "198.18.0.1"
#define ADDRESS_IPV6 "fd00:198:18::1"

/* What has to be encoded in an address, and what looks as if it were. */
#define USER "1764374400:ada%3A@x/?#"
#define PASSWORD "hush:+/=%25@"

/* The loopback signaller with the contract's optional signal and action, which
 * others have not. */
static void
add_signal (void)
{
  g_type_class_unref (g_type_class_ref (TYPE_LOOPBACK_SIGNALLER));
  if (g_signal_lookup (ROOM_SIGNAL_ICE_SERVERS, TYPE_LOOPBACK_SIGNALLER) == 0)
    g_signal_new (ROOM_SIGNAL_ICE_SERVERS, TYPE_LOOPBACK_SIGNALLER,
        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
        GST_TYPE_STRUCTURE);
  if (g_signal_lookup (ROOM_ACTION_REFRESH_ICE_SERVERS, TYPE_LOOPBACK_SIGNALLER)
      == 0)
    g_signal_new (ROOM_ACTION_REFRESH_ICE_SERVERS, TYPE_LOOPBACK_SIGNALLER,
        G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, 0, NULL, NULL, NULL,
        G_TYPE_BOOLEAN, 0);
}

/* @servers: structures of one server each, with NULL at the end */
static void
signaller_says (CallMember *member, const char *id, GstStructure *server, ...)
{
  g_autoptr (GstStructure) structure = gst_structure_new_empty ("ice-servers");
  g_auto (GValue) servers = G_VALUE_INIT;
  va_list more;

  g_value_init (&servers, GST_TYPE_ARRAY);
  va_start (more, server);
  for (; server != NULL; server = va_arg (more, GstStructure *)) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed (&value, server);
    gst_value_array_append_and_take_value (&servers, &value);
  }
  va_end (more);
  gst_structure_set_value (structure, "servers", &servers);
  g_signal_emit_by_name (call_member_get_signaller (member),
      ROOM_SIGNAL_ICE_SERVERS, id, structure);
}

static GstStructure *
make_server (const char *scheme, const char *host, TurnListener *listener)
{
  g_autofree char *url = g_strdup_printf ("%s:%s:%u", scheme, host,
      listener != NULL ? turn_listener_get_port (listener) : 9);

  return gst_structure_new ("server", "urls", G_TYPE_STRING, url, "username",
      G_TYPE_STRING, USER, "credential", G_TYPE_STRING, PASSWORD, NULL);
}

static void
member_pauses (CallMember *member)
{
  fail_unless (gst_element_set_state (
                   call_member_get_pipeline (member), GST_STATE_PAUSED)
      != GST_STATE_CHANGE_FAILURE);
}

static GstElement *
get_webrtcbin (CallMember *member)
{
  g_autoptr (GstIterator) iterator =
      gst_bin_iterate_all_by_element_factory_name (
          GST_BIN (call_member_get_call (member)), "webrtcbin");
  g_auto (GValue) value = G_VALUE_INIT;

  fail_unless_equals_int (
      gst_iterator_next (iterator, &value), GST_ITERATOR_OK);
  return g_value_dup_object (&value);
}

static void
check_stun_server (CallMember *member, const char *expected)
{
  g_autoptr (GstElement) webrtcbin = get_webrtcbin (member);
  g_autofree char *stun_server = NULL;
  g_autofree char *turn_server = NULL;

  g_object_get (webrtcbin, "stun-server", &stun_server, "turn-server",
      &turn_server, NULL);
  fail_unless_equals_string (stun_server, expected);
  /* It can be read, so it is in dot files. */
  fail_unless (turn_server == NULL);
}

/* --- what is set --- */

GST_START_TEST (test_properties)
{
  g_autoptr (TurnListener) turn = turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (TurnListener) stun = turn_listener_new (ADDRESS, "", "");
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *user = g_uri_escape_string (USER, NULL, FALSE);
  g_autofree char *password = g_uri_escape_string (PASSWORD, NULL, FALSE);
  g_autofree char *address = g_strdup_printf ("turn://%s:%s@" ADDRESS ":%u",
      user, password, turn_listener_get_port (turn));
  g_autofree char *stun_address =
      g_strdup_printf ("stun://" ADDRESS ":%u", turn_listener_get_port (stun));
  g_autofree char *settings = g_strdup_printf (
      "stun-server=%s turn-servers=\"<\\\"env:ROOMCALL_TURN\\\">\"",
      stun_address);

  TEST_WATCHDOG (90);
  g_setenv ("ROOMCALL_TURN", address, TRUE);
  a = call_member_new ("properties", settings, CALL_MEMBER_AUDIO (440));
  b = call_member_new ("properties", "", CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  check_stun_server (a, stun_address);
  fail_unless (turn_listener_wait_binding (stun, test_deadline (20)));
  fail_unless (turn_listener_wait_user (turn, test_deadline (20)));
  fail_unless_equals_int (turn_listener_count_strangers (turn), 0);
}
GST_END_TEST

static const struct {
  const char *settings;
  const char *words;
} wrong[] = {
  { "stun-server=example.org", "stun-server=stun://" },
  { "turn-servers=\"<\\\"turn://hush@x\\\">\"", "Entry 1 of the property" },
  { "ice-servers=hush", "The property ice-servers is not right" },
  { "ice-servers=env:ROOMCALL_NONE", "environment variable ROOMCALL_NONE" },
};

GST_START_TEST (test_wrong)
{
  g_autoptr (CallMember) a =
      call_member_new ("wrong", wrong[__i__].settings, "");
  g_autofree char *error = NULL;

  TEST_WATCHDOG (60);
  fail_unless_equals_int (
      gst_element_set_state (call_member_get_pipeline (a), GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  error = call_member_get_error (a);
  fail_unless (
      error != NULL && strstr (error, wrong[__i__].words) != NULL, "%s", error);
  fail_unless (strstr (error, "hush") == NULL, "%s", error);
}
GST_END_TEST

/* --- what the signaller says --- */

GST_START_TEST (test_signaller)
{
  g_autoptr (TurnListener) turn = turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (TurnListener) of_peer =
      turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (TurnListener) of_other =
      turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (TurnListener) too_late =
      turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  add_signal ();
  a = call_member_new ("signaller", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("signaller", "", CALL_MEMBER_AUDIO (880));
  member_pauses (a);
  signaller_says (a, NULL, make_server ("stun", ADDRESS, NULL),
      make_server ("turn", ADDRESS, turn), NULL);
  /* The loopback signaller counts: the one that comes first is the first. */
  signaller_says (a, "member-2", make_server ("turn", ADDRESS, of_peer), NULL);
  signaller_says (a, "member-3", make_server ("turn", ADDRESS, of_other), NULL);
  call_member_play (a);
  fail_unless (call_member_wait (
      a, "roomcall/joined", "self-id", "member-1", test_deadline (20)));
  call_member_play (b);
  call_check_connected (a, 1);
  check_stun_server (a, "stun://" ADDRESS ":9");
  fail_unless (turn_listener_wait_user (turn, test_deadline (20)));
  fail_unless (turn_listener_wait_user (of_peer, test_deadline (20)));
  /* Connections that exist keep what they have; the next one has it. */
  signaller_says (a, NULL, make_server ("turn", ADDRESS, too_late), NULL);
  call_member_stop (b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-left", NULL, NULL, test_deadline (20)));
  fail_if (turn_listener_wait_user (too_late, 0));
  call_member_play (b);
  fail_unless (turn_listener_wait_user (too_late, test_deadline (20)));
  fail_unless (turn_listener_wait_user (of_other, test_deadline (20)));
  fail_unless_equals_int (turn_listener_count_strangers (turn), 0);
  call_member_stop (a);
}
GST_END_TEST

/* Whatever a signaller says, the call is held. */
GST_START_TEST (test_bad_servers)
{
  g_autoptr (GstStructure) none = gst_structure_new_empty ("ice-servers");
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  add_signal ();
  a = call_member_new ("bad", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("bad", "", CALL_MEMBER_AUDIO (880));
  member_pauses (a);
  g_signal_emit_by_name (
      call_member_get_signaller (a), ROOM_SIGNAL_ICE_SERVERS, NULL, none);
  g_signal_emit_by_name (
      call_member_get_signaller (a), ROOM_SIGNAL_ICE_SERVERS, NULL, NULL);
  signaller_says (a, NULL, make_server ("http", ADDRESS, NULL),
      gst_structure_new_empty ("server"),
      /* Nobody there. */
      make_server ("turn", ADDRESS, NULL), make_server ("stun", ADDRESS, NULL),
      NULL);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  call_check_connected (a, 1);
  /* Three of what was said, and that nobody relays. */
  fail_unless (call_member_wait_count (
      a, "roomcall/warning", NULL, NULL, 4, test_deadline (20)));
  fail_unless (call_member_wait (a, "roomcall/warning", "text",
      "No TURN server gives us a relay. " ADDRESS ":9 (UDP) does not answer",
      test_deadline (20)));
}
GST_END_TEST

/* The password of the day, which the signaller has when it is asked: what it named
 * before was of the day before. */
typedef struct {
  CallMember *member;
  TurnListener *turn;
  gint n_asked; /* atomic */
} Renewal;

static void
name_new_password (GstElement *signaller, gpointer data)
{
  Renewal *renewal = data;

  signaller_says (renewal->member, NULL,
      make_server ("turn", ADDRESS, renewal->turn), NULL);
  g_atomic_int_inc (&renewal->n_asked);
}

/* Signals come from a thread of the signaller's. */
static gboolean
on_refresh (GstElement *signaller, gpointer data)
{
  gst_element_call_async (signaller, name_new_password, data, NULL);
  return TRUE;
}

#define NO_OTHER_WAY "ice-candidate-types=relay "

static const struct {
  const char *ours;
  const char *theirs;
  gboolean is_mixed; /* with one that does not answer */
} renewals[] = {
  { "ice-transport-policy=relay", "", FALSE },
  { "ice-transport-policy=relay", "", TRUE },
  /* The same by its end: other ways may be there, and are not. */
  { NO_OTHER_WAY "ice-timeout=6000", NO_OTHER_WAY, FALSE },
  /* They are: the next call has the new password. */
  { "", "", FALSE },
};

/* A refused password is not the end where the signaller may have another. */
GST_START_TEST (test_renewed)
{
  g_autoptr (TurnListener) turn = turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  GstStructure *old = make_server ("turn", ADDRESS, turn);
  Renewal renewal = { .turn = turn };

  TEST_WATCHDOG (90);
  add_signal ();
  a = call_member_new (
      "renewed", renewals[__i__].theirs, CALL_MEMBER_AUDIO (440));
  b = call_member_new (
      "renewed", renewals[__i__].ours, CALL_MEMBER_AUDIO (880));
  renewal.member = b;
  g_signal_connect (call_member_get_signaller (b),
      ROOM_ACTION_REFRESH_ICE_SERVERS, G_CALLBACK (on_refresh), &renewal);
  member_pauses (b);
  gst_structure_set (old, "credential", G_TYPE_STRING, "yesterday", NULL);
  signaller_says (b, NULL, old,
      renewals[__i__].is_mixed ? make_server ("turn", ADDRESS, NULL) : NULL,
      NULL);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  if (*renewals[__i__].ours != '\0') {
    fail_unless (call_member_wait (
        b, "roomcall/peer-state", "state", "reconnecting", test_deadline (30)));
  } else {
    call_check_connected (b, 1);
    fail_unless (call_member_wait (
        b, "roomcall/warning", NULL, NULL, test_deadline (30)));
    call_member_stop (a);
    call_member_play (a);
  }
  /* It takes the new password, and has no relay to give. */
  fail_unless (turn_listener_wait_user (turn, test_deadline (20)));
  fail_unless (g_atomic_int_get (&renewal.n_asked) >= 1);
  call_member_stop (b);
}
GST_END_TEST

/* Without an other way the call fails for want of the relay, says so, and is made
 * anew: the server may be back. */
GST_START_TEST (test_no_relay_no_way)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstStructure) state = NULL;

  TEST_WATCHDOG (60);
  a = call_member_new ("no-way", NO_OTHER_WAY, CALL_MEMBER_AUDIO (440));
  b = call_member_new ("no-way",
      NO_OTHER_WAY "ice-timeout=6000 turn-servers=\"<\\\"turn://u:p@" ADDRESS
                   ":9\\\">\"",
      CALL_MEMBER_AUDIO (880));
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "reconnecting", test_deadline (30)));
  state = call_member_get_message (
      b, "roomcall/peer-state", "state", "reconnecting");
  fail_unless (
      strstr (gst_structure_get_string (state, "reason"), "does not answer")
          != NULL,
      "%s", gst_structure_get_string (state, "reason"));
  fail_unless_equals_int (
      call_member_count (b, "roomcall/warning", NULL, NULL), 1);
}
GST_END_TEST

/* --- IPv6 --- */

static gboolean
add_address (void)
{
  g_autofree char *output = NULL;
  int status = 1;

  return g_spawn_command_line_sync ("ip -6 addr add " ADDRESS_IPV6
                                    "/64 dev call0 nodad",
             &output, NULL, &status, NULL)
      && g_spawn_check_wait_status (status, NULL);
}

GST_START_TEST (test_ipv6)
{
  g_autoptr (TurnListener) turn = NULL;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  if (!g_file_test ("/proc/net/if_inet6", G_FILE_TEST_EXISTS)) {
    g_printerr ("kernel: no IPv6\n");
    return;
  }
  fail_unless (add_address ());
  turn = turn_listener_new (ADDRESS_IPV6, USER, PASSWORD);
  add_signal ();
  a = call_member_new ("ipv6", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("ipv6", "", CALL_MEMBER_AUDIO (880));
  member_pauses (a);
  signaller_says (
      a, NULL, make_server ("turn", "[" ADDRESS_IPV6 "]", turn), NULL);
  call_member_play (a);
  fail_unless (
      call_member_wait (a, "roomcall/joined", NULL, NULL, test_deadline (20)));
  call_member_play (b);
  call_check_connected (a, 1);
  fail_unless (turn_listener_wait_user (turn, test_deadline (20)));
}
GST_END_TEST

/* --- secrets --- */

typedef struct {
  GMutex lock;
  GString *text; /* guarded by lock */
} Log;

static void
write_log (GstDebugCategory *category, GstDebugLevel level, const char *file,
    const char *function, int line, GObject *object, GstDebugMessage *message,
    gpointer data)
{
  Log *log = data;
  const char *text = gst_debug_message_get (message);

  /* All of it would be some hundred MB. ICE passwords, which hold for one
   * connection, are in descriptions, which webrtcbin and GstSDP (by default) log. */
  if (strstr (text, "hush") == NULL && strstr (text, "1764374400") == NULL
      && (strstr (text, "ice-pwd") == NULL
          || g_str_equal (gst_debug_category_get_name (category), "webrtcbin")
          || g_str_equal (gst_debug_category_get_name (category), "default")))
    return;
  g_mutex_lock (&log->lock);
  g_string_append_printf (
      log->text, "%s: %s\n", gst_debug_category_get_name (category), text);
  g_mutex_unlock (&log->lock);
}

/* Given as they should be given, there is no trace of user and password. */
GST_START_TEST (test_secrets)
{
  g_autoptr (TurnListener) turn = turn_listener_new (ADDRESS, USER, PASSWORD);
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autofree char *json =
      g_strdup_printf ("[{\"urls\":[\"turn:" ADDRESS ":%u\",\"turns:" ADDRESS
                       "\"],\"username\":\"%s\",\"credential\":\"%s\"}]",
          turn_listener_get_port (turn), USER, PASSWORD);
  g_autofree char *dot = NULL;
  Log log = { 0 };

  TEST_WATCHDOG (120);
  add_signal ();
  g_mutex_init (&log.lock);
  log.text = g_string_new (NULL);
  g_setenv ("ROOMCALL_ICE", json, TRUE);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (write_log, &log, NULL);
  gst_debug_set_default_threshold (GST_LEVEL_MEMDUMP);
  gst_debug_set_active (TRUE);

  a = call_member_new (
      "secrets", "ice-servers=env:ROOMCALL_ICE", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("secrets", "", CALL_MEMBER_AUDIO (880));
  member_pauses (a);
  signaller_says (a, NULL, make_server ("turn", ADDRESS, turn),
      make_server ("turns", ADDRESS, turn), NULL);
  call_member_play (a);
  call_member_play (b);
  call_check_connected (a, 1);
  fail_unless (turn_listener_wait_user (turn, test_deadline (30)));
  dot = gst_debug_bin_to_dot_data (
      GST_BIN (call_member_get_pipeline (a)), GST_DEBUG_GRAPH_SHOW_VERBOSE);
  call_member_stop (b);
  call_member_stop (a);

  gst_debug_set_active (FALSE);
  gst_debug_remove_log_function (write_log);
  fail_unless (strstr (dot, "webrtcbin") != NULL);
  fail_unless (strstr (dot, "hush") == NULL);
  fail_unless_equals_string (log.text->str, "");
  g_string_free (log.text, TRUE);
  g_mutex_clear (&log.lock);
}
GST_END_TEST

static Suite *
servers_suite (void)
{
  Suite *suite = suite_create ("servers");
  TCase *tc = tcase_create ("servers");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_properties);
  tcase_add_loop_test (tc, test_wrong, 0, G_N_ELEMENTS (wrong));
  tcase_add_test (tc, test_signaller);
  tcase_add_test (tc, test_bad_servers);
  tcase_add_loop_test (tc, test_renewed, 0, G_N_ELEMENTS (renewals));
  tcase_add_test (tc, test_no_relay_no_way);
  tcase_add_test (tc, test_ipv6);
  tcase_add_test (tc, test_secrets);
  return suite;
}

TEST_CHECK_MAIN (servers)
