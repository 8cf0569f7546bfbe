/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-packet-reader.h>

#include <string.h>

static SioPacket *
feed (SioPacketReader *reader, const char *text, GError **error)
{
  SioPacket *packet = NULL;
  gboolean good =
      sio_packet_reader_text (reader, text, strlen (text), &packet, error);

  g_assert_true (good == (error == NULL || *error == NULL));
  return packet;
}

static void
test_without_attachments (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (SioPacket) packet = feed (&reader, "2[\"a\"]", NULL);
  g_autoptr (SioPacket) zero = feed (&reader, "50-[\"a\"]", NULL);

  g_assert_nonnull (packet);
  g_assert_nonnull (zero);
}

static void
test_attachments (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (SioPacket) packet = NULL;

  g_assert_null (feed (&reader, "52-[\"a\"]", NULL));
  g_assert_true (sio_packet_reader_binary (&reader, &packet, NULL));
  g_assert_null (packet);
  g_assert_true (sio_packet_reader_binary (&reader, &packet, NULL));
  g_assert_nonnull (packet);
  g_assert_cmpuint (packet->attachments, ==, 2);
}

static void
test_out_of_order (void)
{
  SioPacketReader reader = { NULL };
  g_autoptr (GError) text_error = NULL;
  g_autoptr (GError) binary_error = NULL;
  g_autoptr (SioPacket) after = NULL;
  SioPacket *packet;

  g_assert_false (sio_packet_reader_binary (&reader, &packet, &binary_error));
  g_assert_error (binary_error, SIO_ERROR, SIO_ERROR_PROTOCOL);
  g_assert_null (feed (&reader, "51-[\"a\"]", NULL));
  g_assert_null (feed (&reader, "2[\"a\"]", &text_error));
  g_assert_error (text_error, SIO_ERROR, SIO_ERROR_PROTOCOL);
  sio_packet_reader_reset (&reader);
  after = feed (&reader, "2[\"a\"]", NULL);
  g_assert_nonnull (after);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func (
      "/packet-reader/without-attachments", test_without_attachments);
  g_test_add_func ("/packet-reader/attachments", test_attachments);
  g_test_add_func ("/packet-reader/out-of-order", test_out_of_order);
  return g_test_run ();
}
