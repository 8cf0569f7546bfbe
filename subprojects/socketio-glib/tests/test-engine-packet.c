/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-engine-packet.h>
#include <sio/sio-error.h>

#include <string.h>

static void
test_packets (void)
{
  static const char good[] = "0123456";
  static const char *const bad[] = { "", "7", "b", "-1", " 2", "\n" };
  SioEnginePacket packet;

  for (guint i = 0; good[i] != '\0'; i++) {
    char text[] = { good[i], 'h', 'i', '\0' };

    g_assert_true (sio_engine_packet_parse (text, 3, &packet, NULL));
    g_assert_cmpuint (packet.type, ==, i);
    g_assert_cmpmem (packet.payload, packet.length, "hi", 2);
    g_assert_true (sio_engine_packet_parse (text, 1, &packet, NULL));
    g_assert_cmpuint (packet.length, ==, 0);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (
        sio_engine_packet_parse (bad[i], strlen (bad[i]), &packet, &error));
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  }
}

static SioEngineHandshake *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  SioEngineHandshake *handshake =
      sio_engine_handshake_parse (text, strlen (text), &error);

  if (handshake == NULL)
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  return handshake;
}

static void
test_handshake (void)
{
  static const char text[] =
      "{\"sid\":\"lv_VI97HAXpY6yYWAAAB\",\"upgrades\":[\"websocket\"],"
      "\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
  g_autoptr (SioEngineHandshake) handshake = parse (text);
  g_autoptr (SioEngineHandshake) older =
      parse ("{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":86400000}");

  g_assert_cmpstr (handshake->sid, ==, "lv_VI97HAXpY6yYWAAAB");
  g_assert_cmpuint (handshake->ping_interval, ==, 25000);
  g_assert_cmpuint (handshake->ping_timeout, ==, 20000);
  g_assert_cmpint (handshake->max_payload, ==, 1000000);
  g_assert_cmpint (older->max_payload, ==, 0);
}

static void
test_bad_handshake (void)
{
  static const char *const cases[] = {
    "", "[]", "{}", "null", "{\"sid\":\"x\"}",
    "{\"sid\":1,\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":\"\",\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":\"a&b\",\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":\"a b\",\"pingInterval\":1,\"pingTimeout\":1}",
    "{\"sid\":\"x\",\"pingInterval\":0,\"pingTimeout\":1}",
    "{\"sid\":\"x\",\"pingInterval\":-5,\"pingTimeout\":1}",
    "{\"sid\":\"x\",\"pingInterval\":1.5,\"pingTimeout\":1}",
    "{\"sid\":\"x\",\"pingInterval\":\"1\",\"pingTimeout\":1}",
    "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":86400001}",
    "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":0}",
    "{\"sid\":\"x\",\"pingInterval\":1,\"pingTimeout\":1,\"maxPayload\":null}"
  };
  g_autofree char *long_sid = g_strnfill (257, 'a');
  g_autofree char *text = g_strdup_printf (
      "{\"sid\":\"%s\",\"pingInterval\":1,\"pingTimeout\":1}", long_sid);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (parse (cases[i]));
  g_assert_null (parse (text));
}

static void
test_print (void)
{
  SioEngineHandshake handshake = { (char *) "abc", 300, 200, 1000000 };
  g_autofree char *text = sio_engine_handshake_print (&handshake);
  g_autoptr (SioEngineHandshake) back = parse (text);
  g_autofree char *better = NULL;
  g_autoptr (SioEngineHandshake) better_back = NULL;

  g_assert_cmpstr (text, ==,
      "{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":300,"
      "\"pingTimeout\":200,\"maxPayload\":1000000}");
  g_assert_cmpstr (back->sid, ==, "abc");
  g_assert_false (back->websocket);
  handshake.websocket = TRUE;
  better = sio_engine_handshake_print (&handshake);
  better_back = parse (better);
  g_assert_true (better_back->websocket);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine-packet/packets", test_packets);
  g_test_add_func ("/engine-packet/handshake", test_handshake);
  g_test_add_func ("/engine-packet/bad-handshake", test_bad_handshake);
  g_test_add_func ("/engine-packet/print", test_print);
  return g_test_run ();
}
