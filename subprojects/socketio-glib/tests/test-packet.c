/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>
#include <sio/sio-packet.h>

#include <string.h>

typedef struct {
  const char *text;
  SioPacketType type;
  const char *nsp;
  guint64 id;
  guint attachments;
  const char *payload;
} Good;

/* What the reference decoder (socket.io-parser 4.2.7) takes. */
static const Good good[] = {
  { "0", SIO_PACKET_CONNECT, "/", SIO_PACKET_NO_ID, 0, NULL },
  { "0{}", SIO_PACKET_CONNECT, "/", SIO_PACKET_NO_ID, 0, "{}" },
  { "0{\"sid\":\"a\"}", SIO_PACKET_CONNECT, "/", SIO_PACKET_NO_ID, 0,
      "{\"sid\":\"a\"}" },
  { "0/adm", SIO_PACKET_CONNECT, "/adm", SIO_PACKET_NO_ID, 0, NULL },
  { "0/adm,", SIO_PACKET_CONNECT, "/adm", SIO_PACKET_NO_ID, 0, NULL },
  { "0/adm,{\"t\":1}", SIO_PACKET_CONNECT, "/adm", SIO_PACKET_NO_ID, 0,
      "{\"t\":1}" },
  { "1", SIO_PACKET_DISCONNECT, "/", SIO_PACKET_NO_ID, 0, NULL },
  { "1/adm,", SIO_PACKET_DISCONNECT, "/adm", SIO_PACKET_NO_ID, 0, NULL },
  { "2[\"a\",1]", SIO_PACKET_EVENT, "/", SIO_PACKET_NO_ID, 0, "[\"a\",1]" },
  { "2[1]", SIO_PACKET_EVENT, "/", SIO_PACKET_NO_ID, 0, "[1]" },
  { "2[\"\"]", SIO_PACKET_EVENT, "/", SIO_PACKET_NO_ID, 0, "[\"\"]" },
  { "20[\"a\"]", SIO_PACKET_EVENT, "/", 0, 0, "[\"a\"]" },
  { "2/adm,456[\"a\"]", SIO_PACKET_EVENT, "/adm", 456, 0, "[\"a\"]" },
  { "2999999999999999[\"a\"]", SIO_PACKET_EVENT, "/", 999999999999999, 0,
      "[\"a\"]" },
  { "312[]", SIO_PACKET_ACK, "/", 12, 0, "[]" },
  { "3/adm,456[]", SIO_PACKET_ACK, "/adm", 456, 0, "[]" },
  { "4\"str\"", SIO_PACKET_CONNECT_ERROR, "/", SIO_PACKET_NO_ID, 0, "\"str\"" },
  { "4{\"message\":\"no\"}", SIO_PACKET_CONNECT_ERROR, "/", SIO_PACKET_NO_ID, 0,
      "{\"message\":\"no\"}" },
  { "51-[\"a\",{\"_placeholder\":true,\"num\":0}]", SIO_PACKET_BINARY_EVENT,
      "/", SIO_PACKET_NO_ID, 1, "[\"a\",{\"_placeholder\":true,\"num\":0}]" },
  /* The same attachment twice. */
  { "51-[\"a\",[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,"
    "\"num\":0}]]",
      SIO_PACKET_BINARY_EVENT, "/", SIO_PACKET_NO_ID, 1, NULL },
  { "52-/adm,456[\"a\"]", SIO_PACKET_BINARY_EVENT, "/adm", 456, 2, "[\"a\"]" },
  { "510-[\"a\"]", SIO_PACKET_BINARY_EVENT, "/", SIO_PACKET_NO_ID, 10,
      "[\"a\"]" },
  { "61-13[{\"_placeholder\":true,\"num\":0}]", SIO_PACKET_BINARY_ACK, "/", 13,
      1, NULL },
  /* No placeholder: not true, and not in a binary packet. */
  { "51-[\"a\",{\"_placeholder\":1,\"num\":9}]", SIO_PACKET_BINARY_EVENT, "/",
      SIO_PACKET_NO_ID, 1, NULL },
  { "2[\"a\",{\"_placeholder\":true,\"num\":9}]", SIO_PACKET_EVENT, "/",
      SIO_PACKET_NO_ID, 0, NULL },
};

static void
show (const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);

  g_test_message ("%s", escaped);
}

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    const Good *expected = &good[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (SioPacket) packet = NULL;

    show (expected->text);
    packet = sio_packet_parse (expected->text, strlen (expected->text), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (packet->type, ==, expected->type);
    g_assert_cmpstr (packet->nsp, ==, expected->nsp);
    g_assert_cmpuint (packet->id, ==, expected->id);
    g_assert_cmpuint (packet->attachments, ==, expected->attachments);
    if (expected->payload != NULL) {
      g_autofree char *text = sio_json_print (packet->payload, NULL, NULL);

      g_assert_cmpstr (text, ==, expected->payload);
    }
  }
}

static void
test_bad (void)
{
  static const char *const cases[] = {
    /* What the reference decoder refuses. */
    "",
    "7",
    "a",
    "0[]",
    "0/adm,null",
    "0\"\"",
    "1{}",
    "1[]",
    "2[]",
    "2{}",
    "2[null]",
    "2[true]",
    "2[[]]",
    "2[{}]",
    "2[\"connect\"]",
    "2[\"connect_error\"]",
    "2[\"disconnect\"]",
    "2[\"disconnecting\"]",
    "2[\"newListener\"]",
    "2[\"removeListener\"]",
    "2[\"a\"]x",
    "2[\"a\"",
    "212abc[\"a\"]",
    "3{}",
    "3null",
    "4null",
    "4[]",
    "41",
    "50-",
    "5-",
    "5",
    "511-[\"a\"]",
    "5-1-[\"a\"]",
    "51.5-[\"a\"]",
    "51",
    "51-",
    "51-[\"a\",{\"_placeholder\":true,\"num\":1}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":0.5}]",
    "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
    "51-[\"a\",{\"_placeholder\":true}]",
    "60-{}",
    /* What it takes though it should not, or dies of. */
    "2",
    "3",
    "4",
    "42",
    "2/adm,",
    "51e0-[\"a\"]",
    "2 1[\"a\"]",
    "21000000000000000[\"a\"]",
    "2-1[\"a\"]",
    "2[\"a\"]2[\"a\"]",
    "5010-[\"a\"]",
    /* Bytes that are no text. */
    "2/\xff,[\"a\"]",
    "2[\"\xff\"]",
  };
  g_autofree char *name = g_strnfill (257, 'n');
  g_autofree char *event = g_strdup_printf ("2[\"%s\"]", name);
  g_autofree char *nsp = g_strdup_printf ("2/%s,[\"a\"]", name);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_ptr_array_add (all, (char *) cases[i]);
  g_ptr_array_add (all, event);
  g_ptr_array_add (all, nsp);
  for (guint i = 0; i < all->len; i++) {
    g_autoptr (GError) error = NULL;
    const char *text = all->pdata[i];

    show (text);
    g_assert_null (sio_packet_parse (text, strlen (text), &error));
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  }
}

static void
test_too_deep (void)
{
  g_autofree char *brackets = g_strnfill (100000, '[');
  g_autofree char *text = g_strconcat ("2[\"a\",", brackets, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sio_packet_parse (text, strlen (text), &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

static SioPacket *
parse (const char *text)
{
  return sio_packet_parse (text, strlen (text), NULL);
}

static void
test_event_parts (void)
{
  g_autoptr (SioPacket) packet = parse ("2[\"a\",1,[2]]");
  g_autoptr (SioPacket) number = parse ("2[7]");
  g_autoptr (SioPacket) ack = parse ("31[1,2]");
  g_autofree char *name = sio_packet_dup_event (packet);
  g_autofree char *digits = sio_packet_dup_event (number);
  g_autoptr (JsonNode) arguments = sio_packet_dup_arguments (packet);
  g_autoptr (JsonNode) none = sio_packet_dup_arguments (number);
  g_autoptr (JsonNode) answer = sio_packet_dup_arguments (ack);
  g_autofree char *text = sio_json_print (arguments, NULL, NULL);
  g_autofree char *text_none = sio_json_print (none, NULL, NULL);
  g_autofree char *text_answer = sio_json_print (answer, NULL, NULL);

  g_assert_cmpstr (name, ==, "a");
  g_assert_cmpstr (digits, ==, "7");
  g_assert_cmpstr (text, ==, "[1,[2]]");
  g_assert_cmpstr (text_none, ==, "[]");
  g_assert_cmpstr (text_answer, ==, "[1,2]");
}

static void
assert_text (char *text, gsize length, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
  g_free (text);
}

static void
test_print (void)
{
  g_autoptr (JsonNode) arguments = sio_json_parse ("[1,\"x\"]", -1, NULL);
  g_autoptr (JsonNode) object = sio_json_parse ("{\"t\":1}", -1, NULL);
  gsize length = 0;
  char *text;

  text = sio_packet_print (SIO_PACKET_CONNECT, "/", NULL, &length, NULL);
  assert_text (text, length, "0");
  text = sio_packet_print (SIO_PACKET_CONNECT, "/adm", NULL, &length, NULL);
  assert_text (text, length, "0/adm,");
  text = sio_packet_print (SIO_PACKET_CONNECT, "/adm", object, &length, NULL);
  assert_text (text, length, "0/adm,{\"t\":1}");
  text = sio_packet_print_event (
      "/", SIO_PACKET_NO_ID, "a\"", arguments, &length, NULL);
  assert_text (text, length, "2[\"a\\\"\",1,\"x\"]");
  text = sio_packet_print_event ("/adm", 7, "a", NULL, &length, NULL);
  assert_text (text, length, "2/adm,7[\"a\"]");
  text = sio_packet_print_ack ("/", 0, arguments, &length, NULL);
  assert_text (text, length, "30[1,\"x\"]");
  text = sio_packet_print_ack ("/adm", 1, NULL, &length, NULL);
  assert_text (text, length, "3/adm,1[]");
}

static void
test_checks (void)
{
  g_autoptr (JsonNode) array = sio_json_parse ("[]", -1, NULL);
  g_autoptr (JsonNode) object = sio_json_parse ("{}", -1, NULL);
  g_autofree char *name = g_strnfill (257, 'n');
  g_autofree char *nsp = g_strconcat ("/", name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sio_packet_check_event ("a", array, NULL));
  g_assert_true (sio_packet_check_event ("", NULL, NULL));
  g_assert_false (sio_packet_check_event ("disconnect", NULL, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  g_assert_false (sio_packet_check_event ("a", object, NULL));
  g_assert_false (sio_packet_check_event (name, NULL, NULL));
  g_assert_false (sio_packet_check_event ("\xff", NULL, NULL));
  g_assert_true (sio_packet_check_namespace ("/", NULL));
  g_assert_false (sio_packet_check_namespace ("", NULL));
  g_assert_false (sio_packet_check_namespace ("adm", NULL));
  g_assert_false (sio_packet_check_namespace ("/a,b", NULL));
  g_assert_false (sio_packet_check_namespace (nsp, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packet/good", test_good);
  g_test_add_func ("/packet/bad", test_bad);
  g_test_add_func ("/packet/too-deep", test_too_deep);
  g_test_add_func ("/packet/event-parts", test_event_parts);
  g_test_add_func ("/packet/print", test_print);
  g_test_add_func ("/packet/checks", test_checks);
  return g_test_run ();
}
