/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-name-log.h>

static void
test_once (void)
{
  g_autoptr (SioNameLog) log = sio_name_log_new ();

  g_assert_true (sio_name_log_add (log, "a"));
  g_assert_true (sio_name_log_add (log, "b"));
  g_assert_false (sio_name_log_add (log, "a"));
}

static void
test_bounded (void)
{
  g_autoptr (SioNameLog) log = sio_name_log_new ();
  guint told = 0;

  for (guint i = 0; i < 10000; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);

    told += sio_name_log_add (log, name);
  }
  g_assert_cmpuint (told, ==, 64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-log/once", test_once);
  g_test_add_func ("/name-log/bounded", test_bounded);
  return g_test_run ();
}
