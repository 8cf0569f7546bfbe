/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vizsettings.h"

#include "common/testlog.h"

static void
test_colors (void)
{
  guint32 colors[SPECTRUM_MAX_COLORS] = { 0 };
  guint n = 0;

  g_assert_true (viz_settings_parse_colors ("#abc", colors, &n));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmphex (colors[0], ==, 0xffaabbcc);
  g_assert_true (
      viz_settings_parse_colors (" #102030,#10203080\t, #FFFFFF ", colors, &n));
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmphex (colors[0], ==, 0xff102030);
  g_assert_cmphex (colors[1], ==, 0x80102030);
  g_assert_cmphex (colors[2], ==, 0xffffffff);
  g_assert_true (viz_settings_parse_colors (
      "#000 #111 #222 #333 #444 #555 #666 #777", colors, &n));
  g_assert_cmpuint (n, ==, 8);
}

/* What is refused changes nothing. */
static void
test_bad_colors (void)
{
  const gchar *bad[] = { NULL, "", " , ", "red", "#", "#12", "#12345",
    "#1234567", "#123456789", "#ggg", "#000 blue", "#0 #1 #2 #3 #4 #5 #6 #7 #8",
    "#000 #111 #222 #333 #444 #555 #666 #777 #888", "#\xff\xfe\xfd" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    guint32 colors[SPECTRUM_MAX_COLORS] = { 0x12345678 };
    guint n = 1;

    g_assert_false (viz_settings_parse_colors (bad[i], colors, &n));
    g_assert_cmpuint (n, ==, 1);
    g_assert_cmphex (colors[0], ==, 0x12345678);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/vizsettings/colors", test_colors);
  g_test_add_func ("/vizsettings/bad-colors", test_bad_colors);
  return g_test_run ();
}
