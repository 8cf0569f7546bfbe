/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdplines.h"

#include "common/testlog.h"

static void
test_lines (void)
{
  g_autoptr (SdpLines) lines =
      sdp_lines_parse ("v=0\r\no=- 1 2\ns=\r\na=b:c=d\r\n\r\n\n", NULL);
  const SdpLine *line = (const SdpLine *) lines->lines->data;

  g_assert_cmpuint (lines->lines->len, ==, 4);
  g_assert_cmpint (line[0].type, ==, 'v');
  g_assert_cmpstr (line[0].value, ==, "0");
  g_assert_cmpstr (line[1].value, ==, "- 1 2");
  g_assert_cmpstr (line[2].value, ==, "");
  g_assert_cmpstr (line[3].value, ==, "b:c=d");
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    int error;
  } cases[] = {
    { "v=0\n\nv=0\n", SDP_GATE_ERROR_SYNTAX },
    { "v0\n", SDP_GATE_ERROR_SYNTAX },
    { "=\n", SDP_GATE_ERROR_SYNTAX },
    { "v=\x01\n", SDP_GATE_ERROR_SYNTAX },
    { "v=\x7f\n", SDP_GATE_ERROR_SYNTAX },
    { "v=\xc3\n", SDP_GATE_ERROR_SYNTAX },
    { "v=0\rv=0\n", SDP_GATE_ERROR_SYNTAX },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sdp_lines_parse (cases[i].text, &error));
    g_assert_error (error, SDP_GATE_ERROR, cases[i].error);
  }
}

static void
test_limits (void)
{
  g_autofree char *fits = g_strnfill (SDP_GATE_MAX_LINE, 'y');
  g_autofree char *longer = g_strnfill (SDP_GATE_MAX_LINE + 1, 'y');
  g_autofree char *huge = g_strnfill (SDP_GATE_MAX_BYTES + 1, '\n');
  g_autoptr (SdpLines) lines = NULL;

  fits[0] = longer[0] = 'x';
  fits[1] = longer[1] = '=';
  lines = sdp_lines_parse (fits, NULL);
  g_assert_nonnull (lines);
  g_assert_null (sdp_lines_parse (longer, NULL));
  g_assert_null (sdp_lines_parse (huge, NULL));
}

static void
test_words (void)
{
  char text[] = "  one\ttwo   three ";
  char *cursor = text;

  g_assert_cmpstr (sdp_take_word (&cursor), ==, "one");
  g_assert_cmpstr (sdp_take_word (&cursor), ==, "two");
  g_assert_cmpstr (sdp_take_word (&cursor), ==, "three");
  g_assert_null (sdp_take_word (&cursor));
  g_assert_null (sdp_take_word (&cursor));
}

static void
test_uint (void)
{
  static const struct {
    const char *text;
    gboolean ok;
    guint value;
  } cases[] = {
    { "0", TRUE, 0 },
    { "007x", TRUE, 7 },
    { "255", TRUE, 255 },
    { "256", FALSE, 0 },
    { "99999999999999999999999999", FALSE, 0 },
    { "", FALSE, 0 },
    { "-1", FALSE, 0 },
    { "+1", FALSE, 0 },
    { " 1", FALSE, 0 },
    { "x", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = g_strdup (cases[i].text);
    char *cursor = text;
    guint value = 0;

    g_assert_true (sdp_take_uint (&cursor, 255, &value) == cases[i].ok);
    g_assert_cmpuint (value, ==, cases[i].value);
  }
}

static void
test_token (void)
{
  g_assert_true (sdp_is_token ("a.b-c{d}~!", 10));
  g_assert_false (sdp_is_token ("a.b-c{d}~!", 9));
  g_assert_false (sdp_is_token ("", 9));
  g_assert_false (sdp_is_token (NULL, 9));
  g_assert_false (sdp_is_token ("a b", 9));
  g_assert_false (sdp_is_token ("a/b", 9));
  g_assert_false (sdp_is_token ("\xc3\xa9", 9));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sdplines/lines", test_lines);
  g_test_add_func ("/sdplines/refused", test_refused);
  g_test_add_func ("/sdplines/limits", test_limits);
  g_test_add_func ("/sdplines/words", test_words);
  g_test_add_func ("/sdplines/uint", test_uint);
  g_test_add_func ("/sdplines/token", test_token);
  return g_test_run ();
}
