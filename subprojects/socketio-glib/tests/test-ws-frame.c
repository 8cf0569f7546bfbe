/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-ws-frame.h>

#include <string.h>

#define MAX_MESSAGE 100000

/* Reads @size bytes in pieces of @step and appends what comes out to @seen. */
static gboolean
decode (gboolean masked, const void *data, gsize size, gsize step,
    GString *seen, guint *code)
{
  g_autoptr (SioWsDecoder) decoder = sio_ws_decoder_new (masked, MAX_MESSAGE);
  const char *at = data;

  while (size > 0) {
    gsize count = MIN (step, size);
    SioWsMessage message;
    SioWsResult result;

    sio_ws_decoder_push (decoder, at, count);
    at += count;
    size -= count;
    while ((result = sio_ws_decoder_next (decoder, &message, NULL))
        == SIO_WS_MESSAGE)
      g_string_append_printf (seen, "%x%s;", message.opcode,
          message.opcode == SIO_WS_CLOSE ? "" : message.data);
    if (result == SIO_WS_BROKEN) {
      *code = sio_ws_decoder_get_close_code (decoder);
      return FALSE;
    }
  }
  return TRUE;
}

static void
assert_decodes (
    gboolean masked, const void *data, gsize size, const char *expected)
{
  for (gsize step = 1; step <= size; step = step < 20 ? step + 1 : step * 2) {
    g_autoptr (GString) seen = g_string_new (NULL);
    guint code;

    g_assert_true (decode (masked, data, size, step, seen, &code));
    g_assert_cmpstr (seen->str, ==, expected);
  }
}

static void
test_examples (void)
{
  /* RFC 6455, section 5.7. */
  static const guint8 unmasked[] = { 0x81, 0x05, 'H', 'e', 'l', 'l', 'o' };
  static const guint8 masked[] = { 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f,
    0x9f, 0x4d, 0x51, 0x58 };
  static const guint8 pieces[] = { 0x01, 0x03, 'H', 'e', 'l', 0x80, 0x02, 'l',
    'o' };
  static const guint8 ping[] = { 0x89, 0x05, 'H', 'e', 'l', 'l', 'o' };
  static const guint8 ping_between[] = { 0x01, 0x01, 'a', 0x89, 0x00, 0x00,
    0x00, 0x80, 0x01, 'b', 0x88, 0x02, 0x03, 0xe8 };

  assert_decodes (FALSE, unmasked, sizeof unmasked, "1Hello;");
  assert_decodes (TRUE, masked, sizeof masked, "1Hello;");
  assert_decodes (FALSE, pieces, sizeof pieces, "1Hello;");
  assert_decodes (FALSE, ping, sizeof ping, "9Hello;");
  assert_decodes (FALSE, ping_between, sizeof ping_between, "9;1ab;8;");
}

static void
test_round_trip (void)
{
  static const gsize sizes[] = { 0, 1, 124, 125, 126, 65534, 65535, 65536 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++) {
    gboolean masked = i % 2;
    g_autofree char *data = g_strnfill (sizes[i / 2], 'x');
    g_autofree char *expected = g_strdup_printf ("14%s;", data);
    g_autoptr (GByteArray) out = g_byte_array_new ();
    g_autoptr (GString) seen = g_string_new (NULL);
    guint code;

    sio_ws_frame_append (out, SIO_WS_TEXT, masked, g_test_rand_int (), "4", 1,
        data, strlen (data));
    g_assert_cmpuint (
        out->len, ==, sio_ws_frame_get_size (masked, strlen (data) + 1));
    g_assert_true (decode (masked, out->data, out->len, 1000, seen, &code));
    g_assert_cmpstr (seen->str, ==, expected);
  }
}

static void
assert_breaks (gboolean masked, const void *data, gsize size, guint expected)
{
  g_autoptr (GString) seen = g_string_new (NULL);
  guint code = 0;

  g_assert_false (decode (masked, data, size, size, seen, &code));
  g_assert_cmpuint (code, ==, expected);
}

#define BREAKS(masked, code, ...)                      \
  G_STMT_START                                         \
  {                                                    \
    static const guint8 bytes[] = { __VA_ARGS__ };     \
    assert_breaks (masked, bytes, sizeof bytes, code); \
  }                                                    \
  G_STMT_END

static void
test_broken (void)
{
  /* Masked where it must not be, and the other way round. */
  BREAKS (FALSE, 1002, 0x81, 0x80, 0, 0, 0, 0);
  BREAKS (TRUE, 1002, 0x81, 0x00);
  /* Reserved bits and opcodes. */
  BREAKS (FALSE, 1002, 0xc1, 0x00);
  BREAKS (FALSE, 1002, 0x91, 0x00);
  BREAKS (FALSE, 1002, 0x83, 0x00);
  BREAKS (FALSE, 1002, 0x8b, 0x00);
  /* Control frames in pieces, too long, or too short. */
  BREAKS (FALSE, 1002, 0x09, 0x00);
  BREAKS (FALSE, 1002, 0x89, 0x7e, 0x00, 0x7e);
  BREAKS (FALSE, 1002, 0x88, 0x01, 0x03);
  /* Continuations of nothing, and messages in messages. */
  BREAKS (FALSE, 1002, 0x80, 0x00);
  BREAKS (FALSE, 1002, 0x01, 0x00, 0x01, 0x00);
  BREAKS (FALSE, 1002, 0x01, 0x00, 0x81, 0x00);
  /* Lengths in a longer form than need be, and impossible ones. */
  BREAKS (FALSE, 1002, 0x81, 0x7e, 0x00, 0x7d);
  BREAKS (FALSE, 1002, 0x81, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
  BREAKS (FALSE, 1002, 0x81, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0);
  /* Too long, as told by the header alone. */
  BREAKS (FALSE, 1009, 0x81, 0x7f, 0, 0, 0, 0, 0, 1, 0x86, 0xa1);
  BREAKS (
      FALSE, 1009, 0x81, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
  /* Text that is none. */
  BREAKS (FALSE, 1007, 0x81, 0x01, 0xff);
  BREAKS (FALSE, 1007, 0x81, 0x01, 0x00);
}

/* What libsoup 3.2 keeps until memory is out. */
static void
test_unfinished (void)
{
  g_autoptr (SioWsDecoder) decoder = sio_ws_decoder_new (FALSE, MAX_MESSAGE);
  g_autoptr (GError) error = NULL;
  static guint8 frame[4 + 1000] = { 0x01, 0x7e, 1000 >> 8, 1000 & 0xff };
  SioWsMessage message;
  int count = 0;

  memset (frame + 4, 'x', 1000);
  do {
    g_assert_cmpint (++count, <=, MAX_MESSAGE / 1000 + 1);
    sio_ws_decoder_push (decoder, frame, sizeof frame);
    frame[0] = 0x00;
  } while (sio_ws_decoder_next (decoder, &message, &error) == SIO_WS_MORE);
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

static void
test_crumbs (void)
{
  g_autoptr (SioWsDecoder) decoder = sio_ws_decoder_new (FALSE, MAX_MESSAGE);
  guint8 crumb[] = { 0x01, 0x00 };
  SioWsMessage message;
  int count = 0;

  do {
    g_assert_cmpint (++count, <, 5000);
    sio_ws_decoder_push (decoder, crumb, sizeof crumb);
    crumb[0] = 0x00;
  } while (sio_ws_decoder_next (decoder, &message, NULL) == SIO_WS_MORE);
  g_assert_cmpuint (sio_ws_decoder_get_close_code (decoder), ==, 1009);
}

static void
test_noise (void)
{
  for (int i = 0; i < 20000; i++) {
    g_autoptr (GString) seen = g_string_new (NULL);
    guint8 bytes[64];
    guint code;

    for (guint j = 0; j < sizeof bytes; j++)
      bytes[j] = (guint8) g_test_rand_int ();
    bytes[0] = (guint8) (bytes[0] & 0x8f);
    decode (g_test_rand_bit (), bytes, sizeof bytes,
        (gsize) g_test_rand_int_range (1, 64), seen, &code);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ws-frame/examples", test_examples);
  g_test_add_func ("/ws-frame/round-trip", test_round_trip);
  g_test_add_func ("/ws-frame/broken", test_broken);
  g_test_add_func ("/ws-frame/unfinished", test_unfinished);
  g_test_add_func ("/ws-frame/crumbs", test_crumbs);
  g_test_add_func ("/ws-frame/noise", test_noise);
  return g_test_run ();
}
