/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ICE servers over TLS, in a program of its own: see meson.build. */
#include "common/testcheck.h"
#include "icesource.h"
#include "localcertificate.h"

/* Without the join, which waits 2 s at most: too short under the sanitizers. */
static Member *
member_asking_safely (Source *source, const char *settings)
{
  g_autofree char *all = g_strconcat ("auto-join=false ", settings, NULL);
  Member *member = member_asking (source, all);

  member_goes_to (member, GST_STATE_PLAYING);
  return member;
}

/* Again and again: a TLS session that one has trusted may be resumed for the
 * next, whose certificate is then not looked at by glib-networking. */
GST_START_TEST (test_trusted)
{
  g_autoptr (Puppet) puppet = puppet_new (NULL);
  Source source = { .puppet = puppet, .is_secure = TRUE };
  g_autofree char *own = local_certificate_get_path ();
  g_autofree char *other = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..",
      "subprojects", "socketio-glib", "tests", "data", "ca.pem", NULL);
  g_autofree char *trusting = g_strconcat ("cafile=", own, NULL);
  g_autofree char *mistrusting = g_strconcat ("cafile=", other, NULL);
  const char *const good[] = { "insecure-tls=true", trusting };

  TEST_WATCHDOG (60);
  source_open (&source);
  for (gsize i = 0; i < 3 * G_N_ELEMENTS (good); i++) {
    g_autoptr (Member) a =
        member_asking_safely (&source, good[i % G_N_ELEMENTS (good)]);
    g_autoptr (Member) b = NULL;

    source_is_asked (&source, "no token");
    member_tells (a, "ice-servers *: stun:s:3478");
    b = member_asking_safely (&source, mistrusting);
    member_warns (b, "No ICE servers were fetched from https://");
    fail_unless_equals_int (g_async_queue_length (source.asked), 0);
    member_tells_nothing (b);
  }
  source_close (&source);
}
GST_END_TEST;

static Suite *
signallertls_suite (void)
{
  Suite *suite = suite_create ("signallertls");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_trusted);
  return suite;
}

TEST_CHECK_MAIN (signallertls)
