/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sdpsafe.h"

#include <string.h>

static const char *const session_keys[] = { "group", "ice-options", "ice-lite",
  NULL };

static const char *const media_keys[] = {
  "candidate",
  "extmap",
  "fingerprint",
  "fmtp",
  "ice-pwd",
  "ice-ufrag",
  "inactive",
  "max-message-size",
  "mid",
  "msid",
  "recvonly",
  "rtcp-fb",
  "rtcp-mux",
  "rtcp-rsize",
  "rtpmap",
  "sctp-port",
  "sendonly",
  "sendrecv",
  "setup",
  "ssrc",
  NULL,
};

/* validate_sdp() and others take the first and never look for a second. */
static const char *const single_keys[] = { "fingerprint", "ice-pwd",
  "ice-ufrag", "mid", "setup", NULL };

static guint
count_key (const GstSDPMedia *media, const char *key)
{
  guint n = 0;

  while (gst_sdp_media_get_attribute_val_n (media, key, n) != NULL)
    n++;
  return n;
}

static void
assert_rtp (const GstSDPMedia *media)
{
  guint directions = count_key (media, "sendrecv")
      + count_key (media, "sendonly") + count_key (media, "recvonly")
      + count_key (media, "inactive");

  g_assert_cmpuint (directions, ==, 1);
  g_assert_cmpuint (gst_sdp_media_formats_len (media), <=, 64);
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++) {
    const char *format = gst_sdp_media_get_format (media, i);
    g_autoptr (GstCaps) caps = NULL;
    guint64 pt;

    g_assert_true (g_ascii_string_to_unsigned (format, 10, 0, 127, &pt, NULL));
    if (gst_sdp_media_get_port (media) == 0)
      continue;
    caps = gst_sdp_media_get_caps_from_media (media, (int) pt);
    g_assert_nonnull (caps);
    g_assert_true (gst_structure_has_field_typed (
        gst_caps_get_structure (caps, 0), "encoding-name", G_TYPE_STRING));
  }
}

static void
assert_media (const GstSDPMedia *media, const SdpMedia *meant)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++) {
    const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

    g_assert_true (g_strv_contains (media_keys, attribute->key));
    g_assert_cmpuint (strlen (attribute->value), <=, 4096);
  }
  for (guint i = 0; single_keys[i] != NULL; i++)
    g_assert_cmpuint (count_key (media, single_keys[i]), ==, 1);
  g_assert_cmpuint (count_key (media, "candidate"), <=, 64);
  g_assert_cmpstr (
      gst_sdp_media_get_attribute_val (media, "mid"), ==, meant->mid);
  if (strcmp (gst_sdp_media_get_media (media), "application") != 0)
    assert_rtp (media);
}

void
test_sdp_assert_safe (const SdpDescription *description)
{
  const GstSDPMessage *message = description->message;
  g_autofree char *text = gst_sdp_message_as_text (message);
  GstSDPMessage *again;
  guint n = gst_sdp_message_medias_len (message);

  g_assert_cmpuint (n, ==, description->media->len);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <=, 16);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (guint i = 0; i < gst_sdp_message_attributes_len (message); i++) {
    const GstSDPAttribute *attribute =
        gst_sdp_message_get_attribute (message, i);

    g_assert_true (g_strv_contains (session_keys, attribute->key));
  }
  for (guint i = 0; i < n; i++)
    assert_media (gst_sdp_message_get_media (message, i),
        sdp_description_get_media (description, i));

  gst_sdp_message_new (&again);
  g_assert_cmpint (gst_sdp_message_parse_buffer (
                       (const guint8 *) text, (guint) strlen (text), again),
      ==, GST_SDP_OK);
  g_assert_cmpuint (gst_sdp_message_medias_len (again), ==, n);
  gst_sdp_message_free (again);
}

/* Words that mean something to one of the parsers behind the gate. */
static const char *const words[] = {
  "",
  " ",
  "\r\n",
  ":",
  "/",
  "0",
  "-1",
  "65536",
  "4294967296",
  "%s%n%s%n",
  "../../../etc/passwd",
  "a=ice-ufrag:abcd\r\n",
  "a=ice-pwd:0123456789abcdefghijklmn\r\n",
  "a=setup:active\r\n",
  "a=setup:passive\r\n",
  "a=mid:0\r\n",
  "a=mid:1\r\n",
  "a=inactive\r\n",
  "a=recvonly\r\n",
  "a=bundle-only\r\n",
  "a=group:BUNDLE 1 0\r\n",
  "a=group:BUNDLE\r\n",
  "a=sctp-port:5000\r\n",
  "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\n",
  "a=candidate:1 1 TCP 1 192.0.2.1 9 typ host tcptype active\r\n",
  "a=ssrc:1 cname:x\r\n",
  "a=ssrc-group:FID 1 2\r\n",
  "a=rtpmap:96 H264/90000\r\n",
  "a=fmtp:96 profile-level-id=zz;packetization-mode=9\r\n",
  "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
  "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n",
  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
  "m=text 9 RTP/AVP 0\r\n",
};

typedef struct {
  gsize from;
  gsize to;
} Span;

/* One whole line, so that most mutants stay readable. */
static Span
pick_line (GRand *rand, const GString *text)
{
  Span line = { 0, text->len };
  gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) text->len);
  const char *start = g_strrstr_len (text->str, (gssize) at, "\n");
  const char *end = strchr (text->str + at, '\n');

  if (start != NULL)
    line.from = (gsize) (start - text->str) + 1;
  if (end != NULL)
    line.to = (gsize) (end - text->str) + 1;
  return line;
}

static void
mutate_once (GRand *rand, GString *text)
{
  Span line = pick_line (rand, text);
  gsize length = line.to - line.from;
  gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) text->len);
  const char *word = words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
  g_autofree char *copy = g_strndup (text->str + line.from, length);

  switch (g_rand_int_range (rand, 0, 8)) {
    case 0: /* a line twice */
      g_string_insert_len (text, (gssize) line.to, copy, (gssize) length);
      break;
    case 1: /* a line gone */
      g_string_erase (text, (gssize) line.from, (gssize) length);
      break;
    case 2: /* a line elsewhere */
      g_string_erase (text, (gssize) line.from, (gssize) length);
      g_string_insert_len (text,
          text->len > 0 ? (gssize) pick_line (rand, text).from : 0, copy,
          (gssize) length);
      break;
    case 3: /* a line of ours */
      g_string_insert (text, (gssize) line.from, word);
      break;
    case 4: /* a word inside a line */
      g_string_insert (text, (gssize) at, word);
      break;
    case 5: /* one digit */
      text->str[at] = (char) g_rand_int_range (rand, '0', '9' + 1);
      break;
    case 6: /* one byte */
      text->str[at] = (char) g_rand_int_range (rand, 1, 256);
      break;
    default: /* the end gone */
      if (g_rand_int_range (rand, 0, 8) == 0)
        g_string_truncate (text, at);
      break;
  }
}

char *
test_sdp_mutate (GRand *rand, const char *text)
{
  GString *mutant = g_string_new (text);
  int n = g_rand_int_range (rand, 1, 4);

  while (n-- > 0 && mutant->len > 0)
    mutate_once (rand, mutant);
  return g_string_free (mutant, FALSE);
}

char *
test_sdp_read (const char *path)
{
  g_autofree char *name =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data", "sdp", path, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (name, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

SdpDescription *
test_sdp_check (SdpType type, const char *text, const SdpDescription *reference,
    int verdict)
{
  g_autoptr (GError) error = NULL;
  SdpDescription *description = sdp_gate_check (type, text, reference, &error);

  if (verdict == TEST_SDP_OK) {
    g_assert_no_error (error);
    test_sdp_assert_safe (description);
  } else {
    g_assert_error (error, SDP_GATE_ERROR, verdict);
    g_assert_null (description);
  }
  return description;
}
