/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-bytes.h>
#include <sio/sio-error.h>
#include <sio/sio-packet-reader.h>

#include <string.h>

static SioLimitValues limits;

static SioPacket *
feed (SioPacketReader *reader, const char *text, GError **error)
{
  SioPacket *packet = NULL;
  gboolean good = sio_packet_reader_text (
      reader, text, strlen (text), &limits, &packet, error);

  g_assert_true (good == (error == NULL || *error == NULL));
  return packet;
}

static SioPacket *
attach (SioPacketReader *reader, const char *bytes, GError **error)
{
  SioPacket *packet = NULL;
  gboolean good = sio_packet_reader_binary (
      reader, bytes, strlen (bytes), &limits, &packet, error);

  g_assert_true (good == (error == NULL || *error == NULL));
  return packet;
}

#define PLACEHOLDER(n) "{\"_placeholder\":true,\"num\":" #n "}"

static void
test_without_attachments (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (SioPacket) packet = feed (&reader, "2[\"a\"]", NULL);
  g_autoptr (SioPacket) zero = feed (&reader, "50-[\"a\"]", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (packet);
  g_assert_nonnull (zero);
  g_assert_null (feed (&reader, "50-[\"a\"," PLACEHOLDER (0) "]", &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  sio_packet_reader_reset (&reader);
}

static void
test_attachments (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (SioPacket) packet = NULL;
  g_autoptr (JsonNode) arguments = NULL;
  g_autoptr (GBytes) first = NULL;
  JsonArray *array;

  g_assert_null (feed (
      &reader, "52-[\"a\"," PLACEHOLDER (1) "," PLACEHOLDER (0) "]", NULL));
  g_assert_true (sio_packet_reader_is_waiting (&reader));
  g_assert_null (attach (&reader, "one", NULL));
  packet = attach (&reader, "second", NULL);
  g_assert_false (sio_packet_reader_is_waiting (&reader));
  g_assert_nonnull (packet);
  arguments = sio_packet_dup_arguments (packet);
  array = json_node_get_array (arguments);
  first = sio_bytes_from_json (json_array_get_element (array, 0));
  g_assert_cmpmem (
      g_bytes_get_data (first, NULL), g_bytes_get_size (first), "second", 6);
  g_assert_cmpuint (packet->size, >, 9);
}

static void
test_out_of_order (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) binary_error = NULL;
  g_autoptr (SioPacket) after = NULL;

  g_assert_null (attach (&reader, "x", &binary_error));
  g_assert_error (binary_error, SIO_ERROR, SIO_ERROR_PROTOCOL);
  g_assert_null (feed (&reader, "51-[\"a\"]", NULL));
  g_assert_null (feed (&reader, "2[\"a\"]", &text_error));
  g_assert_error (text_error, SIO_ERROR, SIO_ERROR_PROTOCOL);
  sio_packet_reader_reset (&reader);
  after = feed (&reader, "2[\"a\"]", NULL);
  g_assert_nonnull (after);
}

/* What is too large is lost with all that belongs to it, and nothing else. */
static void
test_too_large (void)
{
  SioPacketReader reader = { NULL };
  g_autofree char *brackets = g_strnfill (100, '[');
  g_autofree char *deep = g_strconcat ("52-[\"a\",", brackets, NULL);
  g_autoptr (GError) bytes_error = NULL;
  g_autoptr (GError) depth_error = NULL;
  g_autoptr (SioPacket) after = NULL;

  limits.max_attachment_bytes = 5;
  g_assert_null (feed (&reader, "53-[\"a\"]", NULL));
  g_assert_null (attach (&reader, "abc", NULL));
  g_assert_null (attach (&reader, "def", &bytes_error));
  g_assert_error (bytes_error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  g_assert_null (attach (&reader, "g", NULL));

  g_assert_null (feed (&reader, deep, &depth_error));
  g_assert_error (depth_error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  g_assert_null (attach (&reader, "too much", NULL));
  g_assert_null (attach (&reader, "as well", NULL));

  after = feed (&reader, "2[\"a\"]", NULL);
  g_assert_nonnull (after);
  limits = sio_limits_defaults;
}

/* A placeholder for no attachment is found out with the last of them. */
static void
test_wrong_placeholder (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (GError) error = NULL;

  g_assert_null (feed (&reader, "51-[\"a\"," PLACEHOLDER (1) "]", NULL));
  g_assert_null (attach (&reader, "a", &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  sio_packet_reader_reset (&reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  limits = sio_limits_defaults;
  g_test_add_func (
      "/packet-reader/without-attachments", test_without_attachments);
  g_test_add_func ("/packet-reader/attachments", test_attachments);
  g_test_add_func ("/packet-reader/out-of-order", test_out_of_order);
  g_test_add_func ("/packet-reader/too-large", test_too_large);
  g_test_add_func ("/packet-reader/wrong-placeholder", test_wrong_placeholder);
  return g_test_run ();
}
