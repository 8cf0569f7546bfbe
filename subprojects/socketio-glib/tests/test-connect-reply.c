/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-connect-reply.h>
#include <sio/sio-error.h>

#include <string.h>

static SioPacket *
parse (const char *text)
{
  guint attachments;
  SioPacket *packet = sio_packet_parse (
      text, strlen (text), &sio_limits_defaults, &attachments, NULL);

  g_assert_nonnull (packet);
  return packet;
}

static void
test_id (void)
{
  static const char *const without[] = { "0", "0{}", "0{\"sid\":1}",
    "0{\"sid\":null}" };
  g_autoptr (SioPacket) packet = parse ("0{\"sid\":\"abc\",\"pid\":\"x\"}");
  g_autofree char *id = sio_connect_reply_dup_id (packet, NULL, NULL);

  g_assert_cmpstr (id, ==, "abc");
  for (guint i = 0; i < G_N_ELEMENTS (without); i++) {
    g_autoptr (SioPacket) older = parse (without[i]);
    g_autoptr (GError) error = NULL;

    g_assert_null (sio_connect_reply_dup_id (older, NULL, &error));
    g_assert_error (error, SIO_ERROR, SIO_ERROR_UNSUPPORTED);
  }
}

static void
test_old_id (void)
{
  g_autoptr (SioPacket) root = parse ("0");
  g_autoptr (SioPacket) custom = parse ("0/custom");
  g_autoptr (SioPacket) odd = parse ("0{}");
  g_autofree char *id = sio_connect_reply_dup_id (root, "abc", NULL);
  g_autofree char *longer = sio_connect_reply_dup_id (custom, "abc", NULL);

  g_assert_cmpstr (id, ==, "abc");
  g_assert_cmpstr (longer, ==, "/custom#abc");
  g_assert_null (sio_connect_reply_dup_id (odd, "abc", NULL));
}

static void
test_refusal (void)
{
  g_autoptr (SioPacket) object =
      parse ("4{\"message\":\"no\",\"data\":{\"code\":7}}");
  g_autoptr (SioPacket) string = parse ("4\"Invalid namespace\"");
  g_autoptr (SioPacket) odd = parse ("4{\"message\":7}");
  g_autoptr (GError) error = sio_connect_reply_get_refusal (object);
  g_autoptr (GError) older = sio_connect_reply_get_refusal (string);
  g_autoptr (SioPacket) data = parse ("4{\"code\":7}");
  g_autoptr (GError) bare = sio_connect_reply_get_refusal (data);
  g_autoptr (GError) silent = sio_connect_reply_get_refusal (odd);
  g_autoptr (GError) copy = g_error_copy (error);

  g_assert_error (error, SIO_ERROR, SIO_ERROR_CONNECT_REFUSED);
  g_assert_cmpstr (copy->message, ==, "no");
  g_assert_cmpint (
      json_object_get_int_member (
          json_node_get_object (sio_error_get_data (copy)), "code"),
      ==, 7);
  g_assert_cmpstr (older->message, ==, "Invalid namespace");
  g_assert_null (sio_error_get_data (older));
  g_assert_cmpuint (strlen (silent->message), >, 0);
  g_assert_null (sio_error_get_data (silent));
  g_assert_cmpint (
      json_object_get_int_member (
          json_node_get_object (sio_error_get_data (bare)), "code"),
      ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connect-reply/id", test_id);
  g_test_add_func ("/connect-reply/old-id", test_old_id);
  g_test_add_func ("/connect-reply/refusal", test_refusal);
  return g_test_run ();
}
