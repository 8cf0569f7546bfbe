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

static SioPacket *
read_text (const char *text, GError **error)
{
  guint attachments = 99;
  SioPacket *packet = sio_packet_parse (
      text, strlen (text), &sio_limits_defaults, &attachments, error);

  if (packet != NULL)
    g_assert_cmpuint (attachments, ==, packet->attachments);
  return packet;
}

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
    packet = read_text (expected->text, &error);
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
    g_assert_null (read_text (text, &error));
    g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA);
  }
}

static void
test_too_deep (void)
{
  g_autofree char *brackets = g_strnfill (100000, '[');
  g_autofree char *text = g_strconcat ("2[\"a\",", brackets, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text (text, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
}

static SioPacket *
parse (const char *text)
{
  return read_text (text, NULL);
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

/* How many attachments follow is known even if the rest is too much. */
static void
test_too_deep_with_attachments (void)
{
  g_autofree char *brackets = g_strnfill (100, '[');
  g_autofree char *text = g_strconcat ("52-[\"a\",", brackets, NULL);
  g_autoptr (GError) error = NULL;
  guint attachments;

  g_assert_null (sio_packet_parse (
      text, strlen (text), &sio_limits_defaults, &attachments, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE);
  g_assert_cmpuint (attachments, ==, 2);
}

/* Each limit takes what is at it, and not what is over it. */
static void
test_limits (void)
{
  static const SioLimitValues limits = {
    .max_attachments = 2,
    .max_json_depth = 3,
    .max_event_length = 4,
    .max_namespace_length = 5,
    .max_ack_digits = 6,
  };
  static const struct {
    const char *at;
    const char *over;
    SioError code;
  } cases[] = {
    { "52-[\"a\"]", "53-[\"a\"]", SIO_ERROR_INVALID_DATA },
    { "2[\"a\",[[]]]", "2[\"a\",[[[]]]]", SIO_ERROR_TOO_LARGE },
    { "2[\"abcd\"]", "2[\"abcde\"]", SIO_ERROR_INVALID_DATA },
    { "2/abcd,[\"a\"]", "2/abcde,[\"a\"]", SIO_ERROR_INVALID_DATA },
    { "2123456[\"a\"]", "21234567[\"a\"]", SIO_ERROR_INVALID_DATA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SioPacket) at = NULL;
    guint attachments;

    show (cases[i].over);
    at = sio_packet_parse (
        cases[i].at, strlen (cases[i].at), &limits, &attachments, &error);
    g_assert_no_error (error);
    g_assert_null (sio_packet_parse (
        cases[i].over, strlen (cases[i].over), &limits, &attachments, &error));
    g_assert_error (error, SIO_ERROR, (gint) cases[i].code);
  }
}

static void
test_checks (void)
{
  g_autoptr (JsonNode) array = sio_json_parse ("[]", -1, NULL);
  g_autoptr (JsonNode) object = sio_json_parse ("{}", -1, NULL);
  g_autofree char *name = g_strnfill (257, 'n');
  g_autofree char *nsp = g_strconcat ("/", name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sio_packet_check_event ("a", array, &sio_limits_defaults, NULL));
  g_assert_true (sio_packet_check_event ("", NULL, &sio_limits_defaults, NULL));
  g_assert_false (sio_packet_check_event (
      "disconnect", NULL, &sio_limits_defaults, &error));
  g_assert_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT);
  g_assert_false (
      sio_packet_check_event ("a", object, &sio_limits_defaults, NULL));
  g_assert_false (
      sio_packet_check_event (name, NULL, &sio_limits_defaults, NULL));
  g_assert_false (
      sio_packet_check_event ("\xff", NULL, &sio_limits_defaults, NULL));
  g_assert_true (sio_packet_check_namespace ("/", &sio_limits_defaults, NULL));
  g_assert_false (sio_packet_check_namespace ("", &sio_limits_defaults, NULL));
  g_assert_false (
      sio_packet_check_namespace ("adm", &sio_limits_defaults, NULL));
  g_assert_false (
      sio_packet_check_namespace ("/a,b", &sio_limits_defaults, NULL));
  g_assert_false (sio_packet_check_namespace (nsp, &sio_limits_defaults, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packet/good", test_good);
  g_test_add_func ("/packet/bad", test_bad);
  g_test_add_func ("/packet/too-deep", test_too_deep);
  g_test_add_func ("/packet/event-parts", test_event_parts);
  g_test_add_func (
      "/packet/too-deep-with-attachments", test_too_deep_with_attachments);
  g_test_add_func ("/packet/limits", test_limits);
  g_test_add_func ("/packet/checks", test_checks);
  return g_test_run ();
}
