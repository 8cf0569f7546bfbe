/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-host-check.h>

static gboolean
allows (const char *host)
{
  static const char *const allowed[] = { "call.example.org",
    "other.example.org:8443", NULL };

  return sio_host_check (host, "Studio.lan.example", allowed);
}

static void
test_own (void)
{
  g_assert_true (allows ("localhost"));
  g_assert_true (allows ("LocalHost:8000"));
  g_assert_true (allows ("app.localhost:1"));
  g_assert_true (allows ("127.0.0.1:8000"));
  g_assert_true (allows ("127.9.9.9"));
  g_assert_true (allows ("192.168.1.5:80"));
  g_assert_true (allows ("[::1]:8000"));
  g_assert_true (allows ("[::1]"));
  g_assert_true (allows ("studio:8000"));
  g_assert_true (allows ("studio.local"));
  g_assert_true (allows ("studio.lan.example"));
  g_assert_true (sio_host_check ("localhost", "", NULL));
}

static void
test_foreign (void)
{
  static const char *const foreign[] = { "example.org", "x", "localhost.",
    "localhost.example.org", "xlocalhost", "127.0.0.1.example.org",
    "127.0.0.1:80:80", "127.0.0.1:x", "127.0.0.1@example.org", "[::1", "[::1]x",
    "[]", "[example.org]", "::1", "", ":", ":80", "local", "studio.example.org",
    ".", "*", "%6cocalhost" };

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++) {
    g_test_message ("%s", foreign[i]);
    g_assert_false (allows (foreign[i]));
    g_assert_false (sio_host_check (foreign[i], "", NULL));
  }
}

static void
test_allowed (void)
{
  static const char *const any[] = { "*", NULL };

  g_assert_true (allows ("call.example.org"));
  g_assert_true (allows ("Call.Example.org:443"));
  g_assert_true (allows ("other.example.org:8443"));
  g_assert_false (allows ("other.example.org"));
  g_assert_false (allows ("x.call.example.org"));
  g_assert_true (sio_host_check ("example.org", "", any));
  g_assert_false (sio_host_check ("[", "", any));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-check/own", test_own);
  g_test_add_func ("/host-check/foreign", test_foreign);
  g_test_add_func ("/host-check/allowed", test_allowed);
  return g_test_run ();
}
