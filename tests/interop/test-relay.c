/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls over a relay, which is Debian's coturn. */
#include "common/callcheck.h"
#include "common/coturn.h"
#include "common/testcheck.h"

#include <string.h>

/* The one of tests/common/netns.sh. */
#define ADDRESS "198.18.0.1"
#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)
#define RELAY_ONLY " ice-transport-policy=relay "

/* --- what is said at the signalling --- */

/* Counts what may not be told where only relays may be used. */
typedef struct {
  gint n_relays; /* atomic, both */
  gint n_others;
} Told;

static char *
count_candidates (
    const char *from, const char *kind, const char *text, gpointer data)
{
  Told *told = data;

  for (const char *at = strstr (text, " typ "); at != NULL;
       at = strstr (at + 1, " typ ")) {
    if (g_str_has_prefix (at, " typ relay"))
      g_atomic_int_inc (&told->n_relays);
    else
      g_atomic_int_inc (&told->n_others);
  }
  return g_strdup (text);
}

static void
listen_to (CallMember *member, Told *told)
{
  loopback_signaller_set_filter (
      call_member_get_signaller (member), count_candidates, told);
}

/* --- members --- */

/* @user: with a colon, as an address has it */
static char *
make_settings (Coturn *coturn, const char *transport, const char *user,
    const char *password, const char *more)
{
  g_autofree char *user_text = g_uri_escape_string (user, NULL, FALSE);
  g_autofree char *password_text = g_uri_escape_string (password, NULL, FALSE);

  return g_strdup_printf ("turn-servers=\"<\\\"turn://%s:%s@" ADDRESS
                          ":%u?transport=%s\\\">\" %s",
      user_text, password_text, coturn_get_port (coturn), transport, more);
}

/* The relay keeps nothing of a call that is over: it heard so of each allocation
 * (a refresh with lifetime 0), and did not only lose a connection. */
static void
check_released (Coturn *coturn)
{
  guint n = coturn_count (coturn, ": new, realm=");

  fail_unless (coturn_wait (coturn, "lifetime=0", n, test_deadline (5)),
      "%u of %u allocations were given back",
      coturn_count (coturn, "lifetime=0"), n);
  fail_unless (coturn_wait (coturn, ": delete: realm=", n, test_deadline (5)));
}

/* --- over the relay --- */

typedef struct {
  const char *name;
  const char *transport;
  gboolean rest;
} Way;

static const Way ways[] = {
  { "udp", "udp", FALSE },
  { "tcp", "tcp", FALSE },
  { "rest", "udp", TRUE },
};

GST_START_TEST (test_relay)
{
  const Way *way = &ways[__i__];
  g_autoptr (Coturn) coturn = way->rest
      ? coturn_new (ADDRESS, COTURN_REST, NULL)
      : coturn_new (ADDRESS, COTURN_LONG_TERM, NULL);
  g_autofree char *rest_user =
      coturn_make_user (g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_autofree char *rest_password = coturn_make_password (rest_user);
  g_autofree char *settings = make_settings (coturn, way->transport,
      way->rest ? rest_user : COTURN_USER,
      way->rest ? rest_password : COTURN_PASSWORD, RELAY_ONLY);
  Told told = { 0 };
  guint n_new;
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_check_member (way->name, settings, INPUTS (440));
  b = call_check_member (way->name, settings, INPUTS (880));
  listen_to (a, &told);
  listen_to (b, &told);
  call_check_play_in_turn (a, b);
  call_check_connected (a, 1);
  call_check_connected (b, 1);
  call_check_pair (a, b);
  fail_unless_equals_int (g_atomic_int_get (&told.n_others), 0);
  fail_unless (g_atomic_int_get (&told.n_relays) >= 2);
  n_new = coturn_count (coturn, ": new, realm=");
  fail_unless (n_new >= 2, "%u", n_new);
  call_member_stop (a);
  call_member_stop (b);
  check_released (coturn);
}
GST_END_TEST

static Suite *
relay_suite (void)
{
  Suite *suite = suite_create ("relay");
  TCase *tc = tcase_create ("relay");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_loop_test (tc, test_relay, 0, G_N_ELEMENTS (ways));
  return suite;
}

TEST_CHECK_MAIN (relay)
