/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessionpeers.h"

#include "common/testlog.h"

#define SDP(ufrag) "v=0\r\na=ice-ufrag:" ufrag "\r\n"

static void
test_named (void)
{
  g_autoptr (SessionPeers) self = session_peers_new ();
  g_auto (GStrv) ids = NULL;

  session_peers_heard (self, "a", TRUE, FALSE);
  g_assert_false (session_peers_contains (self, "a"));
  g_assert_true (session_peers_add (self, "a"));
  g_assert_false (session_peers_add (self, "a"));
  ids = session_peers_list (self);
  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  g_assert_true (session_peers_remove (self, "a"));
  g_assert_false (session_peers_remove (self, "a"));
  g_assert_false (session_peers_contains (self, NULL));
}

static void
test_later_offer (void)
{
  g_autoptr (SessionPeers) self = session_peers_new ();

  g_assert_false (session_peers_says (self, "a", TRUE, SDP ("x")));
  g_assert_false (session_peers_says (self, "a", TRUE, SDP ("x")));
  session_peers_heard (self, "a", FALSE, FALSE);
  g_assert_true (session_peers_says (self, "a", TRUE, SDP ("x")));
  g_assert_cmpstr (session_peers_get_ufrag (self, "a"), ==, "x");
  /* Another connection. */
  g_assert_false (session_peers_says (self, "a", TRUE, SDP ("y")));
  session_peers_heard (self, "a", FALSE, FALSE);
  session_peers_end_call (self, "a");
  g_assert_false (session_peers_says (self, "a", TRUE, SDP ("y")));
}

/* The answer goes as the offer came. */
static void
test_later_answer (void)
{
  g_autoptr (SessionPeers) self = session_peers_new ();

  session_peers_heard (self, "a", TRUE, FALSE);
  g_assert_false (session_peers_says (self, "a", FALSE, SDP ("x")));
  session_peers_heard (self, "a", TRUE, TRUE);
  g_assert_true (session_peers_says (self, "a", FALSE, SDP ("x")));
  g_assert_true (session_peers_says (self, "a", TRUE, SDP ("x")));
}

static void
test_flood (void)
{
  g_autoptr (SessionPeers) self = session_peers_new ();
  guint n = 0;

  for (int i = 0; i < 5000; i++) {
    g_autofree char *id = g_strdup_printf ("%d", i);

    n += session_peers_add (self, id);
  }
  g_assert_cmpuint (n, ==, 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sessionpeers/named", test_named);
  g_test_add_func ("/sessionpeers/later-offer", test_later_offer);
  g_test_add_func ("/sessionpeers/later-answer", test_later_answer);
  g_test_add_func ("/sessionpeers/flood", test_flood);
  return g_test_run ();
}
