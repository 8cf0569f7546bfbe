/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of our addresses peers are told. */
#include "common/callcheck.h"
#include "common/coturn.h"
#include "common/testcheck.h"
#include "common/turnlistener.h"

#include <string.h>

/* The one of tests/common/netns.sh, and one more. */
#define ADDRESS "198.18.0.1"
#define OTHER_ADDRESS "198.18.7.1"

typedef struct {
  GMutex lock;
  GString *text; /* guarded by lock */
} Told;

static char *
note (const char *from, const char *kind, const char *text, gpointer data)
{
  Told *told = data;

  g_mutex_lock (&told->lock);
  for (const char *at = strstr (text, "candidate:"); at != NULL;
       at = strstr (at + 1, "candidate:")) {
    g_string_append_len (told->text, at, strcspn (at, "\r\n"));
    g_string_append_c (told->text, '\n');
  }
  g_mutex_unlock (&told->lock);
  return g_strdup (text);
}

static void
told_init (Told *told, CallMember *member)
{
  g_mutex_init (&told->lock);
  told->text = g_string_new (NULL);
  loopback_signaller_set_filter (
      call_member_get_signaller (member), note, told);
}

static gboolean
told_has (Told *told, const char *text)
{
  gboolean has;

  g_mutex_lock (&told->lock);
  has = strstr (told->text->str, text) != NULL;
  g_mutex_unlock (&told->lock);
  return has;
}

static void
told_clear (Told *told)
{
  g_string_free (told->text, TRUE);
  g_mutex_clear (&told->lock);
}

static void
add_interface (void)
{
  static const char *const commands[] = {
    "ip link add other0 type veth peer name other1",
    "ip link set other0 addrgenmode none",
    "ip link set other1 addrgenmode none",
    "ip addr add " OTHER_ADDRESS "/24 dev other0",
    "ip link set other0 up",
    "ip link set other1 up",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *errors = NULL;
    int status = 1;

    fail_unless (
        g_spawn_command_line_sync (commands[i], NULL, &errors, &status, NULL)
            && g_spawn_check_wait_status (status, NULL),
        "%s: %s", commands[i], errors);
  }
}

static void
remove_interface (void)
{
  g_spawn_command_line_sync ("ip link del other0", NULL, NULL, NULL, NULL);
}

/* A peer that is told nothing reaches us nevertheless, from the address that it
 * sees us come from. */
GST_START_TEST (test_types)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  const gboolean trickle = __i__ == 0;
  Told told_a, told_b;

  TEST_WATCHDOG (60);
  a = call_member_new (
      "types", "ice-candidate-types=relay+srflx", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("types", "", CALL_MEMBER_AUDIO (880));
  g_object_set (call_member_get_signaller (a), "trickle", trickle, NULL);
  told_init (&told_a, a);
  told_init (&told_b, b);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  fail_unless (told_has (&told_b, ADDRESS));
  fail_if (told_has (&told_a, "candidate:"), "%s", told_a.text->str);
  call_member_stop (a);
  call_member_stop (b);
  told_clear (&told_a);
  told_clear (&told_b);
}
GST_END_TEST

GST_START_TEST (test_interfaces)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  Told told_a, told_b;

  TEST_WATCHDOG (60);
  a = call_member_new (
      "interfaces", "ice-interfaces=\"wlan*, oth*\"", CALL_MEMBER_AUDIO (440));
  b = call_member_new ("interfaces", "", CALL_MEMBER_AUDIO (880));
  told_init (&told_a, a);
  told_init (&told_b, b);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  fail_unless (told_has (&told_a, OTHER_ADDRESS));
  fail_if (told_has (&told_a, ADDRESS), "%s", told_a.text->str);
  fail_unless (told_has (&told_b, OTHER_ADDRESS));
  fail_unless (told_has (&told_b, ADDRESS));
  call_member_stop (a);
  call_member_stop (b);
  told_clear (&told_a);
  told_clear (&told_b);
}
GST_END_TEST

GST_START_TEST (test_no_interface)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (GstStructure) state = NULL;

  TEST_WATCHDOG (60);
  a = call_member_new ("none", "", CALL_MEMBER_AUDIO (440));
  b = call_member_new (
      "none", "ice-interfaces=nothing0", CALL_MEMBER_AUDIO (880));
  call_check_play_in_turn (a, b);
  fail_unless (call_member_wait (
      b, "roomcall/peer-state", "state", "failed", test_deadline (20)));
  state = call_member_get_message (b, "roomcall/peer-state", "state", "failed");
  fail_unless_equals_string (gst_structure_get_string (state, "reason"),
      "No network interface of the property ice-interfaces (nothing0) has an "
      "address; others that have one: lo call0 other0");
}
GST_END_TEST

/* --- relays, which see where we come from --- */

#define RELAY_ONLY "ice-transport-policy=relay ice-interfaces=oth* "

GST_START_TEST (test_relay)
{
  static const char *const transports[] = { "tcp", "tls" };
  const gboolean is_tls = __i__ == 1;
  g_autofree char *cert = g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", "localhost-cert.pem", NULL);
  g_autofree char *key = g_build_filename (
      g_getenv ("G_TEST_SRCDIR"), "data", "tls", "localhost-key.pem", NULL);
  g_autofree char *cert_option = g_strdup_printf ("--cert=%s", cert);
  g_autofree char *key_option = g_strdup_printf ("--pkey=%s", key);
  g_autoptr (Coturn) coturn =
      coturn_new (ADDRESS, COTURN_LONG_TERM, cert_option, key_option, NULL);
  g_autofree char *settings = g_strdup_printf (RELAY_ONLY
      "turn-cafile=%s turn-servers=\"<\\\"%s://" COTURN_USER ":" COTURN_PASSWORD
      "@" ADDRESS ":%u?transport=tcp\\\">\"",
      cert, is_tls ? "turns" : "turn",
      is_tls ? coturn_get_tls_port (coturn) : coturn_get_port (coturn));
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = call_member_new (transports[__i__], settings, CALL_MEMBER_AUDIO (440));
  b = call_member_new (transports[__i__], "", CALL_MEMBER_AUDIO (880));
  call_check_add_mix (a, "audio_mix");
  call_check_play_in_turn (a, b);
  if (is_tls) {
    /* The certificate is for another address, and seen before it is refused. */
    fail_unless (call_member_wait (
        a, "roomcall/peer-state", "state", "failed", test_deadline (30)));
  } else {
    call_check_connected (a, 1);
    call_check_hears (a, "audio_mix", CALL_TONE_880);
  }
  fail_unless (coturn_wait (
      coturn, " connected to: " OTHER_ADDRESS ":", 1, test_deadline (20)));
  fail_unless_equals_int (
      coturn_count (coturn, " connected to: " ADDRESS ":"), 0);
}
GST_END_TEST

/* libnice's requests, and the question why it got nothing. */
GST_START_TEST (test_relay_asked)
{
  g_autoptr (TurnListener) listener =
      turn_listener_new (ADDRESS, COTURN_USER, COTURN_PASSWORD);
  g_autofree char *settings = g_strdup_printf (RELAY_ONLY
      "turn-servers=\"<\\\"turn://" COTURN_USER ":" COTURN_PASSWORD "@" ADDRESS
      ":%u?transport=udp\\\">\"",
      turn_listener_get_port (listener));
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  a = call_member_new ("asked", settings, CALL_MEMBER_AUDIO (440));
  b = call_member_new ("asked", "", CALL_MEMBER_AUDIO (880));
  call_check_play_in_turn (a, b);
  fail_unless (call_member_wait (
      a, "roomcall/peer-state", "state", "failed", test_deadline (30)));
  fail_unless (turn_listener_wait_user (listener, test_deadline (20)));
  fail_unless_equals_int (
      turn_listener_count_others (listener, OTHER_ADDRESS), 0);
}
GST_END_TEST

static Suite *
candidates_suite (void)
{
  Suite *suite = suite_create ("candidates");
  TCase *tc = tcase_create ("candidates");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_unchecked_fixture (tc, add_interface, remove_interface);
  tcase_add_loop_test (tc, test_types, 0, 2);
  tcase_add_test (tc, test_interfaces);
  tcase_add_test (tc, test_no_interface);
  tcase_add_loop_test (tc, test_relay, 0, 2);
  tcase_add_test (tc, test_relay_asked);
  return suite;
}

TEST_CHECK_MAIN (candidates)
