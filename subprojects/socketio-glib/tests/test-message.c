/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-bytes.h>
#include <sio/sio-error.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-message.h>

#include <string.h>

static void
assert_text (SioMessage *message, const char *expected)
{
  g_assert_cmpstr (message->text, ==, expected);
  g_assert_cmpuint (message->length, ==, strlen (expected));
  if (message->attachments == NULL) {
    g_assert_cmpuint (message->size, ==, message->length);
    g_assert_cmpuint (message->largest, ==, message->length + 1);
  }
  sio_message_free (message);
}

static void
test_text (void)
{
  const SioLimitValues *limits = &sio_limits_defaults;
  g_autoptr (JsonNode) arguments = sio_json_parse ("[1,\"x\"]", -1, NULL);
  g_autoptr (JsonNode) object = sio_json_parse ("{\"t\":1}", -1, NULL);

  assert_text (
      sio_message_new (SIO_PACKET_CONNECT, "/", NULL, limits, NULL), "0");
  assert_text (sio_message_new (SIO_PACKET_CONNECT, "/adm", NULL, limits, NULL),
      "0/adm,");
  assert_text (
      sio_message_new (SIO_PACKET_CONNECT, "/adm", object, limits, NULL),
      "0/adm,{\"t\":1}");
  assert_text (sio_message_new_event (
                   "/", SIO_PACKET_NO_ID, "a\"", arguments, limits, NULL),
      "2[\"a\\\"\",1,\"x\"]");
  assert_text (sio_message_new_event ("/adm", 7, "a", NULL, limits, NULL),
      "2/adm,7[\"a\"]");
  assert_text (
      sio_message_new_ack ("/", 0, arguments, limits, NULL), "30[1,\"x\"]");
  assert_text (
      sio_message_new_ack ("/adm", 1, NULL, limits, NULL), "3/adm,1[]");
}

/* An array with @count times some bytes. */
static JsonNode *
make_binary (guint count)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x00\x01", 2);

  for (guint i = 0; i < count; i++)
    json_array_add_element (array, sio_bytes_to_json (bytes));
  json_node_take_array (node, array);
  return node;
}

static void
test_binary (void)
{
  const SioLimitValues *limits = &sio_limits_defaults;
  g_autoptr (JsonNode) one = make_binary (1);
  g_autoptr (JsonNode) two = make_binary (2);
  SioMessage *message =
      sio_message_new_event ("/adm", 7, "a", two, limits, NULL);

  g_assert_cmpuint (message->attachments->len, ==, 2);
  g_assert_cmpuint (message->size, ==, message->length + 4);
  g_assert_cmpmem (
      g_bytes_get_data (message->attachments->pdata[1], NULL), 2, "\0\1", 2);
  assert_text (message,
      "52-/adm,7[\"a\",{\"_placeholder\":true,\"num\":0},"
      "{\"_placeholder\":true,\"num\":1}]");
  assert_text (sio_message_new_ack ("/", 3, one, limits, NULL),
      "61-3[{\"_placeholder\":true,\"num\":0}]");
}

static void
test_limits (void)
{
  SioLimitValues limits = sio_limits_defaults;
  g_autoptr (JsonNode) three = make_binary (3);
  g_autoptr (JsonNode) deep = sio_json_parse ("[[[]]]", -1, NULL);
  g_autoptr (SioMessage) good = NULL;
  g_autoptr (GError) many = NULL;
  g_autoptr (GError) depth = NULL;

  limits.max_attachments = 2;
  g_assert_null (sio_message_new_event ("/", 0, "a", three, &limits, &many));
  g_assert_error (many, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  limits.max_json_depth = 3;
  good = sio_message_new_event ("/", 0, "a", deep, &limits, NULL);
  g_assert_nonnull (good);
  limits.max_json_depth = 2;
  g_assert_null (sio_message_new_event ("/", 0, "a", deep, &limits, &depth));
  g_assert_error (depth, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/text", test_text);
  g_test_add_func ("/message/binary", test_binary);
  g_test_add_func ("/message/limits", test_limits);
  return g_test_run ();
}
