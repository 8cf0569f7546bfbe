/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-bytes-private.h>
#include <sio/sio-error.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>

#include <string.h>

static void
test_there_and_back (void)
{
  static const guint8 data[] = { 0, 1, 0xff, '{' };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (JsonNode) node = sio_bytes_to_json (bytes);
  g_autoptr (JsonNode) nothing = sio_bytes_to_json (empty);
  g_autoptr (GBytes) back = sio_bytes_from_json (node);
  g_autoptr (GBytes) back_empty = sio_bytes_from_json (nothing);

  g_assert_true (g_bytes_equal (bytes, back));
  g_assert_cmpuint (g_bytes_get_size (back_empty), ==, 0);
}

/* What stands for none: JSON that only looks like it. */
static void
test_others (void)
{
  static const char *const others[] = { "null", "1", "\"AQID\"", "[]", "{}",
    "{\"base64\":\"AQID\"}", "{\"_placeholder\":1,\"base64\":\"AQID\"}",
    "{\"_placeholder\":true,\"num\":0}", "{\"_placeholder\":true,\"base64\":7}",
    "{\"_placeholder\":[],\"base64\":\"\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (JsonNode) node = sio_json_parse (others[i], -1, NULL);

    g_assert_null (sio_bytes_from_json (node));
  }
}

static GPtrArray *
make_attachments (const char *first, const char *second)
{
  GPtrArray *attachments =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (attachments, g_bytes_new (first, strlen (first)));
  g_ptr_array_add (attachments, g_bytes_new (second, strlen (second)));
  return attachments;
}

#define PLACEHOLDER(n) "{\"_placeholder\":true,\"num\":" #n "}"
#define CONTENT(text) "{\"_placeholder\":true,\"base64\":\"" text "\"}"

static void
test_expand (void)
{
  g_autoptr (GPtrArray) attachments = make_attachments ("abc", "d");
  g_autoptr (JsonNode) node =
      sio_json_parse ("[\"a\"," PLACEHOLDER (1) ",{\"b\":[" PLACEHOLDER (
                          0) "," PLACEHOLDER (1) "]}]",
          -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (sio_bytes_expand (node, attachments, 5, &error));
  g_assert_no_error (error);
  text = sio_json_print (node, NULL, NULL);
  g_assert_cmpstr (text, ==,
      "[\"a\"," CONTENT ("ZA==") ",{\"b\":[" CONTENT ("YWJj") "," CONTENT (
          "ZA==") "]}]");
}

static void
test_wrong_numbers (void)
{
  static const char *const wrong[] = { PLACEHOLDER (2), PLACEHOLDER (-1),
    PLACEHOLDER (0.5), PLACEHOLDER (1e300), PLACEHOLDER ("0"),
    PLACEHOLDER (null), PLACEHOLDER ([]), "{\"_placeholder\":true}" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GPtrArray) attachments = make_attachments ("a", "b");
    g_autofree char *text = g_strdup_printf ("[{\"a\":%s}]", wrong[i]);
    g_autoptr (JsonNode) node = sio_json_parse (text, -1, NULL);
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", text);
    g_assert_false (sio_bytes_expand (node, attachments, 100, &error));
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  }
}

/* One attachment in many places must not become many times its size. */
static void
test_too_large (void)
{
  g_autoptr (GPtrArray) attachments = make_attachments ("abc", "d");
  g_autoptr (JsonNode) node =
      sio_json_parse ("[" PLACEHOLDER (0) "," PLACEHOLDER (0) "]", -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (sio_bytes_expand (node, attachments, 5, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/there-and-back", test_there_and_back);
  g_test_add_func ("/bytes/others", test_others);
  g_test_add_func ("/bytes/expand", test_expand);
  g_test_add_func ("/bytes/wrong-numbers", test_wrong_numbers);
  g_test_add_func ("/bytes/too-large", test_too_large);
  return g_test_run ();
}
