/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>

#include <string.h>

typedef struct {
  const char *text;
  const char *printed; /* NULL: same as the text */
} Good;

static void
show (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  g_test_message ("%s", escaped);
}

static void
test_good (void)
{
  static const Good cases[] = {
    { "null", NULL },
    { "true", NULL },
    { " [ false ,\t1\r\n]", "[false,1]" },
    { "0", NULL },
    { "-0", "0" },
    { "9223372036854775807", NULL },
    { "9223372036854775808", "9.223372036854776e+18" },
    { "1.5e3", "1500" },
    { "1E-2", "0.01" },
    { "\"\"", NULL },
    { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
        "\"a\\\"\\\\/\\b\\f\\n\\r\\t\xc3\xa9\"" },
    { "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
    /* Halves of a pair and zeroes, as another member may well send them. */
    { "\"\\ud83d\"", "\"\xef\xbf\xbd\"" },
    { "\"\\ud83dx\"", "\"\xef\xbf\xbdx\"" },
    { "\"\\ud83d\\u0041\"",
        "\"\xef\xbf\xbd"
        "A\"" },
    { "\"\\ude00\\ud83d\"", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
    { "\"a\\u0000b\"",
        "\"a\xef\xbf\xbd"
        "b\"" },
    { "{}", NULL },
    { "{\"b\":1,\"a\":{\"c\":[]}}", NULL },
    { "{\"a\":1,\"a\":2}", "{\"a\":2}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Good *good = &cases[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = sio_json_parse (good->text, -1, &error);
    g_autofree char *printed = NULL;

    g_assert_no_error (error);
    printed = sio_json_print (node, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (
        printed, ==, good->printed != NULL ? good->printed : good->text);
  }
}

static void
test_bad (void)
{
  static const char *const cases[] = { "", " ", "nul", "nulll", "True", "'x'",
    "01", "-", "-01", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "NaN",
    "Infinity", "var x=[1];", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}",
    "{1:2}", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "\"",
    "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"",
    "\"a\tb\"", "1 1", "[]]", "[1]x", "/* c */ 1", "\"\xff\"", "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"", "\xef\xbb\xbf[1]" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = sio_json_parse (cases[i], -1, &error);

    show (cases[i]);
    g_assert_null (node);
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  }
}

static void
assert_too_large (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = sio_json_parse (text, -1, &error);

  g_assert_null (node);
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

static char *
nested (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, i % 2 == 0 ? "[" : "{\"a\":");
  if (depth % 2 == 0)
    g_string_append (text, "1");
  for (guint i = depth; i > 0; i--)
    g_string_append_c (text, (i - 1) % 2 == 0 ? ']' : '}');
  return g_string_free (text, FALSE);
}

static void
test_depth (void)
{
  g_autofree char *most = nested (SIO_JSON_MAX_DEPTH);
  g_autofree char *more = nested (SIO_JSON_MAX_DEPTH + 1);
  g_autofree char *bomb = g_strnfill (1000000, '[');
  g_autoptr (JsonNode) node = sio_json_parse (most, -1, NULL);

  g_assert_nonnull (node);
  assert_too_large (more);
  assert_too_large (bomb);
}

static void
test_amount (void)
{
  GString *values = g_string_new ("[0");
  GString *members = g_string_new ("{\"a\":0");
  g_autofree char *digits = g_strnfill (200, '1');

  for (int i = 0; i < 70000; i++)
    g_string_append (values, ",0");
  g_string_append_c (values, ']');
  for (int i = 0; i < 1024; i++)
    g_string_append_printf (members, ",\"%d\":0", i);
  g_string_append_c (members, '}');
  assert_too_large (values->str);
  assert_too_large (members->str);
  assert_too_large (digits);
  assert_too_large ("1e400");
  g_string_free (values, TRUE);
  g_string_free (members, TRUE);
}

static void
test_length (void)
{
  g_autoptr (JsonNode) node = sio_json_parse ("[1]x", 3, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (node);
  g_assert_null (sio_json_parse ("1\0", 2, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
}

static guint
line_of (GHashTable *lines, JsonNode *node)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (lines, node));
}

static void
test_lines (void)
{
  g_autoptr (GHashTable) lines = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = sio_json_parse_with_lines (
      "\n{\"a\": [1,\n\n2],\n\"b\":\nnull}", -1, lines, &error);
  JsonObject *object;
  JsonNode *a;

  g_assert_no_error (error);
  object = json_node_get_object (root);
  a = json_object_get_member (object, "a");
  g_assert_cmpuint (line_of (lines, root), ==, 2);
  g_assert_cmpuint (line_of (lines, a), ==, 2);
  g_assert_cmpuint (
      line_of (lines, json_array_get_element (json_node_get_array (a), 1)), ==,
      4);
  g_assert_cmpuint (
      line_of (lines, json_object_get_member (object, "b")), ==, 6);

  g_assert_null (sio_json_parse_with_lines ("{\n\"a\" 7}", -1, lines, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  g_assert_cmpstr (error->message, ==, "line 2: a colon is missing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-reader/good", test_good);
  g_test_add_func ("/json-reader/bad", test_bad);
  g_test_add_func ("/json-reader/depth", test_depth);
  g_test_add_func ("/json-reader/amount", test_amount);
  g_test_add_func ("/json-reader/length", test_length);
  g_test_add_func ("/json-reader/lines", test_lines);
  return g_test_run ();
}
