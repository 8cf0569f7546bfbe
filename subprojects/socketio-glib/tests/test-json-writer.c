/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>

#include <math.h>
#include <string.h>

static void
assert_prints (JsonNode *node, const char *expected)
{
  g_autoptr (JsonNode) owned = node;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  g_autofree char *text = sio_json_print (owned, &length, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static JsonNode *
real (double value)
{
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
string (const char *value)
{
  return json_node_init_string (json_node_alloc (), value);
}

static void
test_numbers (void)
{
  assert_prints (real (0.1), "0.1");
  assert_prints (real (5), "5");
  assert_prints (real (-0.0), "0");
  assert_prints (real (1e21), "1e+21");
  assert_prints (real (1.0 / 3), "0.3333333333333333");
  assert_prints (real (5e-324), "4.94065645841247e-324");
  assert_prints (real (INFINITY), "null");
  assert_prints (real (-INFINITY), "null");
  assert_prints (real (NAN), "null");
  assert_prints (json_node_init_int (json_node_alloc (), G_MININT64),
      "-9223372036854775808");
}

static void
test_numbers_read_back (void)
{
  for (int i = 0; i < 10000; i++) {
    double value = ldexp (
        g_test_rand_double () - 0.5, g_test_rand_int_range (-1000, 1000));
    g_autoptr (JsonNode) node = real (value);
    g_autofree char *text = sio_json_print (node, NULL, NULL);
    g_autoptr (JsonNode) back = sio_json_parse (text, -1, NULL);

    g_assert_true (json_node_get_double (back) == value);
  }
}

static void
test_strings (void)
{
  assert_prints (string (""), "\"\"");
  assert_prints (string ("a\"b\\c/\b\f\n\r\t\v\x01\x1f"),
      "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f\"");
  assert_prints (
      string ("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  assert_prints (string ("a\xff"
                         "b"),
      "\"a\xef\xbf\xbd"
      "b\"");
}

static void
test_depth (void)
{
  JsonNode *node = json_node_init_null (json_node_alloc ());
  g_autoptr (GError) error = NULL;

  for (int i = 0; i <= SIO_JSON_MAX_DEPTH; i++) {
    JsonArray *array = json_array_new ();

    if (i == SIO_JSON_MAX_DEPTH) {
      g_autofree char *text = sio_json_print (node, NULL, NULL);

      g_assert_nonnull (text);
    }
    json_array_add_element (array, node);
    node = json_node_alloc ();
    json_node_take_array (json_node_init (node, JSON_NODE_ARRAY), array);
  }
  g_assert_null (sio_json_print (node, NULL, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  json_node_unref (node);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-writer/numbers", test_numbers);
  g_test_add_func ("/json-writer/numbers-read-back", test_numbers_read_back);
  g_test_add_func ("/json-writer/strings", test_strings);
  g_test_add_func ("/json-writer/depth", test_depth);
  return g_test_run ();
}
