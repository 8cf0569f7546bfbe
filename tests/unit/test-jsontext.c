/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontext.h"

#include <string.h>

static void
test_reads (void)
{
  static const char *const texts[] = { "{\"a\":[1,null,\"]]\\\"[\"]}", "[]",
    "\"text\"", "12" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = json_text_parse (texts[i], -1, &error);
    g_autofree char *again = NULL;

    g_assert_no_error (error);
    again = json_text_print (node);
    g_assert_cmpstr (again, ==, texts[i]);
  }
}

static void
test_refuses (void)
{
  static const char *const texts[] = { "", "   ", "{", "[1,", "{\"a\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (json_text_parse (texts[i], -1, &error));
    g_assert_nonnull (error);
  }
}

static void
test_depth (void)
{
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *inside = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_null (json_text_parse (deep, -1, &error));
  g_assert_nonnull (strstr (error->message, "deeper"));
  g_clear_error (&error);

  /* Brackets inside a string are no depth. */
  inside = g_strdup_printf ("\"%s\"", deep);
  node = json_text_parse (inside, -1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static void
test_length (void)
{
  g_autofree char *spaces = g_strnfill (2 * 1024 * 1024, ' ');
  g_autoptr (GError) error = NULL;

  g_assert_null (json_text_parse (spaces, -1, &error));
  g_assert_nonnull (strstr (error->message, "longer"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jsontext/reads", test_reads);
  g_test_add_func ("/jsontext/refuses", test_refuses);
  g_test_add_func ("/jsontext/depth", test_depth);
  g_test_add_func ("/jsontext/length", test_length);
  return g_test_run ();
}
