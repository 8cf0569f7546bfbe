/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio-error.h>
#include <sio/sio-payload.h>

#include <string.h>

/* One line a packet, binary ones with "#" before them; "!" where the payload is
 * found to be wrong. */
static char *
read_payload (guint revision, gboolean bytes, const char *payload, gsize length)
{
  g_autofree char *text = g_malloc0 (length + 1);
  GString *out = g_string_new (NULL);
  SioPayloadReader reader = {
    .text = text,
    .length = length,
    .revision = revision,
    .bytes = bytes,
    .max_packets = 4,
  };

  memcpy (text, payload, length);
  while (!sio_payload_reader_is_over (&reader)) {
    g_autoptr (GError) error = NULL;
    SioPayloadPacket packet;

    if (!sio_payload_reader_next (&reader, &packet, &error)) {
      g_assert_cmpint (error->domain, ==, SIO_ERROR);
      g_string_append_c (out, '!');
      break;
    }
    g_assert_cmpint (packet.data[packet.length], ==, '\0');
    g_string_append_printf (out, "%s%.*s\n", packet.binary ? "#" : "",
        (int) packet.length, packet.data);
  }
  return g_string_free (out, FALSE);
}

static char *
read_all (guint revision, const char *payload)
{
  return read_payload (revision, FALSE, payload, strlen (payload));
}

typedef struct {
  guint revision;
  const char *payload;
  const char *packets;
} Case;

#define SEPARATOR "\x1e"
/* A letter of two bytes, and a sign of four that is a pair in UTF-16. */
#define LETTER "\xc3\xa9"
#define SIGN "\xf0\x9f\x98\x80"

static const Case cases[] = {
  { 4, "4hello", "4hello\n" },
  { 4, "4a" SEPARATOR "2" SEPARATOR "6", "4a\n2\n6\n" },
  { 4, "4a" SEPARATOR "baGk=" SEPARATOR "4b", "4a\n#hi\n4b\n" },
  { 4, "b", "#\n" },
  { 4, "", "\n" },
  { 4, "4" LETTER SIGN, "4" LETTER SIGN "\n" },
  { 4, "baG", "!" },
  { 4, "ba===", "!" },
  { 4, "b====", "!" },
  { 4, "baG k", "!" },
  { 4, "1" SEPARATOR "2" SEPARATOR "3" SEPARATOR "4" SEPARATOR "5",
      "1\n2\n3\n4\n!" },
  { 3, "6:4hello", "4hello\n" },
  { 3, "2:4a1:22:4b", "4a\n2\n4b\n" },
  { 3, "2:4" LETTER "3:4" SIGN "1:2", "4" LETTER "\n4" SIGN "\n2\n" },
  { 3, "6:b4aGk=2:4b", "#hi\n4b\n" },
  { 3, "2:b4", "#\n" },
  { 3, "1:b", "!" },
  { 3, "2:4" SIGN, "!" },
  { 3, "3:4a", "!" },
  { 3, ":4a", "!" },
  { 3, "4a", "!" },
  { 3, "", "!" },
  { 3, "2:4ax", "4a\n!" },
  { 3, "99999999999999999999:4a", "!" },
  { 3, "1:11:21:31:41:5", "1\n2\n3\n4\n!" },
};

static void
test_read (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *packets = read_all (cases[i].revision, cases[i].payload);

    g_test_message ("%s", cases[i].payload);
    g_assert_cmpstr (packets, ==, cases[i].packets);
  }
}

/* What is written is read as it was. */
static void
test_write (void)
{
  const SioPayloadPacket packets[] = {
    { FALSE, "4" LETTER SIGN, 7 },
    { TRUE, "\x01\x02\x03", 3 },
    { FALSE, "3", 1 },
    { TRUE, "", 0 },
  };

  for (guint revision = 3; revision <= 4; revision++) {
    g_autoptr (GString) out = g_string_new (NULL);
    g_autofree char *back = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
      sio_payload_append (out, revision, &packets[i]);
    g_assert_cmpstr (out->str, ==,
        revision == 3 ? "4:4" LETTER SIGN "6:b4AQID1:32:b4"
                      : "4" LETTER SIGN SEPARATOR "bAQID" SEPARATOR
                        "3" SEPARATOR "b");
    back = read_all (revision, out->str);
    g_assert_cmpstr (back, ==, "4" LETTER SIGN "\n#\x01\x02\x03\n3\n#\n");
  }
}

#define BYTES(payload, packets)          \
  {                                      \
    payload, sizeof payload - 1, packets \
  }

static void
test_bytes (void)
{
  static const struct {
    const char *payload;
    gsize length;
    const char *packets;
  } bytes_cases[] = {
    BYTES ("\0\6\xff"
           "4hello\1\3\xff\4hi",
        "4hello\n#hi\n"),
    BYTES ("\0\1\2\xff"
           "4" LETTER LETTER LETTER LETTER "abc",
        "4" LETTER LETTER LETTER LETTER "abc\n"),
    BYTES ("\1\1\xff\4", "#\n"),
    BYTES ("", "!"),
    BYTES ("\2\1\xff"
           "4",
        "!"),
    BYTES ("\0\1"
           "4",
        "!"),
    BYTES ("\0\xff"
           "4",
        "!"),
    BYTES ("\0\2\xff"
           "4",
        "!"),
    BYTES ("\0\7\7\7\7\7\7\7\7\7\7\7\7\xff"
           "4",
        "!"),
    BYTES ("\0\2\xff"
           "4\xff",
        "!"),
    BYTES ("\0\2\xff"
           "4\0",
        "!"),
    BYTES ("\1\0\xff", "!"),
    BYTES ("\1\2\xff\3a", "!"),
    BYTES ("\0\1\xff"
           "1\0\1\xff"
           "2\0\1\xff"
           "3\0\1\xff"
           "4\0\1\xff"
           "5",
        "1\n2\n3\n4\n!"),
  };
  const SioPayloadPacket packets[] = {
    { FALSE, "4" LETTER SIGN, 7 },
    { TRUE, "\x01\x02\x03", 3 },
    { TRUE, "", 0 },
  };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *back = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bytes_cases); i++) {
    g_autofree char *read =
        read_payload (3, TRUE, bytes_cases[i].payload, bytes_cases[i].length);

    g_test_message ("%u", i);
    g_assert_cmpstr (read, ==, bytes_cases[i].packets);
  }
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    sio_payload_append_bytes (out, &packets[i]);
  g_assert_cmpmem (out->str, out->len,
      "\0\7\xff"
      "4" LETTER SIGN "\1\4\xff\4\1\2\3\1\1\xff\4",
      21);
  back = read_payload (3, TRUE, out->str, out->len);
  g_assert_cmpstr (back, ==, "4" LETTER SIGN "\n#\x01\x02\x03\n#\n");
}

static void
test_guess (void)
{
  g_assert_cmpuint (sio_payload_guess_revision ("96:0{\"sid\"", 10), ==, 3);
  g_assert_cmpuint (sio_payload_guess_revision ("0{\"sid\":", 8), ==, 4);
  g_assert_cmpuint (sio_payload_guess_revision ("96", 2), ==, 4);
  g_assert_cmpuint (sio_payload_guess_revision ("", 0), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/payload/read", test_read);
  g_test_add_func ("/payload/write", test_write);
  g_test_add_func ("/payload/bytes", test_bytes);
  g_test_add_func ("/payload/guess", test_guess);
  return g_test_run ();
}
