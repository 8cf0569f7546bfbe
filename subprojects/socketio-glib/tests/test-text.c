/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-json-reader.h>
#include <sio/sio-text.h>

static void
test_shown (void)
{
  static const struct {
    const char *text;
    gsize max;
    const char *shown;
  } cases[] = {
    { "plain", 10, "plain" },
    { "", 10, "" },
    { "a\033[2Jb\nc\177", 20, "a [2Jb c " },
    { "\302\233x", 10, " x" },
    { "bad \377", 20, "bad \357\277\275" },
    { "long", 2, "lo" },
    /* No half of a character. */
    { "\303\251\303\251", 3, "\303\251" },
    { "\303\251", 0, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *shown = sio_text_dup_shown (cases[i].text, cases[i].max);

    g_assert_cmpstr (shown, ==, cases[i].shown);
  }
}

static void
test_peek (void)
{
  static const char *const others[] = { "1", "true", "null", "[\"a\"]",
    "{\"a\":\"b\"}" };
  g_autoptr (JsonNode) text = sio_json_parse ("\"a\"", -1, NULL);

  g_assert_cmpstr (sio_text_peek (text), ==, "a");
  g_assert_null (sio_text_peek (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (JsonNode) node = sio_json_parse (others[i], -1, NULL);

    g_assert_nonnull (node);
    g_assert_null (sio_text_peek (node));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/shown", test_shown);
  g_test_add_func ("/text/peek", test_peek);
  return g_test_run ();
}
