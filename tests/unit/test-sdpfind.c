/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpfind.h"

#include "common/testlog.h"

static void
test_fingerprint (void)
{
  g_autofree char *found = sdp_find_fingerprint (
      "v=0\r\na=fingerprint:sha-256 AA:BB\r\na=fingerprint:sha-256 CC\r\n");

  g_assert_cmpstr (found, ==, "sha-256 AA:BB");
  g_assert_null (sdp_find_fingerprint ("v=0\r\n"));
}

static void
test_ufrags (void)
{
  g_auto (GStrv) found = sdp_find_ufrags (
      "v=0\r\na=ice-ufrag:one\r\nm=audio\r\na=ice-ufrag:two\r\n");

  g_assert_cmpuint (g_strv_length (found), ==, 2);
  g_assert_cmpstr (found[0], ==, "one");
  g_assert_cmpstr (found[1], ==, "two");
  g_assert_null (sdp_find_ufrags ("v=0"));
}

static void
test_candidate (void)
{
  g_autofree char *middle = sdp_find_ufrag ("candidate:1 ufrag QMAW cost 1");
  g_autofree char *end = sdp_find_ufrag ("candidate:1 ufrag QMAW");

  g_assert_cmpstr (middle, ==, "QMAW");
  g_assert_cmpstr (end, ==, "QMAW");
  g_assert_null (sdp_find_ufrag ("candidate:1"));
  g_assert_null (sdp_find_ufrag (""));
}

/* Strangers write it. */
static void
test_many (void)
{
  g_autoptr (GString) sdp = g_string_new (NULL);
  g_auto (GStrv) found = NULL;

  for (int i = 0; i < 5000; i++)
    g_string_append (sdp, "a=ice-ufrag:x\r\n");
  found = sdp_find_ufrags (sdp->str);
  g_assert_cmpuint (g_strv_length (found), <=, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sdpfind/fingerprint", test_fingerprint);
  g_test_add_func ("/sdpfind/ufrags", test_ufrags);
  g_test_add_func ("/sdpfind/candidate", test_candidate);
  g_test_add_func ("/sdpfind/many", test_many);
  return g_test_run ();
}
