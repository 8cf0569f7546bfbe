/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-transport-payload.h>

#include <string.h>

static void
assert_taken (SioPayloadQueue *queue, guint max_packets, gsize max_bytes,
    const char *expected)
{
  GString *body =
      sio_payload_queue_take (queue, 4, FALSE, max_packets, max_bytes);

  g_assert_cmpstr (body->str, ==, expected);
  g_string_free (body, TRUE);
}

static void
test_take (void)
{
  SioPayloadQueue queue = { G_QUEUE_INIT, 0 };

  assert_taken (&queue, 16, 100, "");
  for (guint i = 0; i < 5; i++)
    sio_payload_queue_push (&queue, SIO_ENGINE_MESSAGE, "abcde", 5);
  g_assert_cmpuint (queue.bytes, ==, 5 * (6 + SIO_PAYLOAD_OVERHEAD));
  g_assert_false (sio_payload_queue_has_binary (&queue));
  assert_taken (&queue, 2, 100,
      "4abcde\x1e"
      "4abcde");
  /* What is too large goes alone. */
  assert_taken (&queue, 16, 3, "4abcde");
  assert_taken (&queue, 16, 12, "4abcde");
  assert_taken (&queue, 16, 13, "4abcde");
  g_assert_cmpuint (queue.bytes, ==, 0);

  sio_payload_queue_push (&queue, SIO_ENGINE_PONG, NULL, 0);
  sio_payload_queue_push_binary (&queue, "\1\2\3", 3);
  sio_payload_queue_push (&queue, SIO_ENGINE_CLOSE, NULL, 0);
  g_assert_true (sio_payload_queue_has_binary (&queue));
  /* The end comes after all, in a payload of its own. */
  assert_taken (&queue, 16, 100,
      "3\x1e"
      "bAQID");
  assert_taken (&queue, 16, 100, "1");
  sio_payload_queue_push_binary (&queue, "x", 1);
  sio_payload_queue_clear (&queue);
  g_assert_cmpuint (queue.bytes, ==, 0);
  assert_taken (&queue, 16, 100, "");
}

static void
test_old (void)
{
  SioPayloadQueue queue = { G_QUEUE_INIT, 0 };
  GString *body;

  for (guint i = 0; i < 2; i++) {
    sio_payload_queue_push (&queue, SIO_ENGINE_MESSAGE, "a", 1);
    sio_payload_queue_push_binary (&queue, "\1", 1);
  }
  body = sio_payload_queue_take (&queue, 3, FALSE, 2, 100);
  g_assert_cmpstr (body->str, ==, "2:4a6:b4AQ==");
  g_string_free (body, TRUE);
  body = sio_payload_queue_take (&queue, 3, TRUE, 2, 100);
  g_assert_cmpmem (body->str, body->len,
      "\0\2\xff"
      "4a\1\2\xff\4\1",
      10);
  g_string_free (body, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-payload/take", test_take);
  g_test_add_func ("/transport-payload/old", test_old);
  return g_test_run ();
}
