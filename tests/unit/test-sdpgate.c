/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpgate.h"

#include <string.h>

#include "common/sdpsafe.h"
#include "common/testlog.h"

#define OK (-1)
#define LIMIT SDP_GATE_ERROR_LIMIT
#define SYNTAX SDP_GATE_ERROR_SYNTAX
#define TRANSPORT SDP_GATE_ERROR_TRANSPORT
#define MISMATCH SDP_GATE_ERROR_MISMATCH

/* tests/data/sdp/hostile, one file a case, and what the gate must say. */
/* clang-format off */
static const struct {
  const char *name;
  SdpType type;
  int verdict;
} hostile[] = {
  { "session-ufrag-twice", SDP_OFFER, TRANSPORT },
  { "session-pwd-twice", SDP_OFFER, TRANSPORT },
  { "session-level-transport", SDP_OFFER, OK },
  { "session-and-media-transport", SDP_OFFER, OK },
  { "empty", SDP_OFFER, SYNTAX },
  { "only-newlines", SDP_OFFER, SYNTAX },
  { "one-line", SDP_OFFER, SYNTAX },
  { "no-origin", SDP_OFFER, SYNTAX },
  { "wrong-version", SDP_OFFER, SYNTAX },
  { "origin-words", SDP_OFFER, SYNTAX },
  { "origin-long", SDP_OFFER, SYNTAX },
  { "not-utf8", SDP_OFFER, SYNTAX },
  { "control-character", SDP_OFFER, SYNTAX },
  { "escape-character", SDP_OFFER, SYNTAX },
  { "bare-cr", SDP_OFFER, SYNTAX },
  { "lf-only", SDP_OFFER, OK },
  { "blank-line", SDP_OFFER, SYNTAX },
  { "no-equals", SDP_OFFER, SYNTAX },
  { "upper-case-type", SDP_OFFER, SYNTAX },
  { "line-too-long", SDP_OFFER, LIMIT },
  { "too-long", SDP_OFFER, LIMIT },
  { "too-many-lines", SDP_OFFER, LIMIT },
  { "utf8-name", SDP_OFFER, OK },
  { "no-media", SDP_OFFER, SDP_GATE_ERROR_EMPTY },
  { "seventeen-media", SDP_OFFER, LIMIT },
  { "sixteen-media", SDP_OFFER, OK },
  { "five-unbundled", SDP_OFFER, LIMIT },
  { "m-empty", SDP_OFFER, SYNTAX },
  { "m-no-formats", SDP_OFFER, SYNTAX },
  { "m-port-range", SDP_OFFER, SYNTAX },
  { "m-port-negative", SDP_OFFER, SYNTAX },
  { "m-port-count", SDP_OFFER, SYNTAX },
  { "unknown-kind", SDP_OFFER, OK },
  { "unknown-kind-only", SDP_OFFER, MISMATCH },
  { "unknown-protocol", SDP_OFFER, MISMATCH },
  { "rtp-savpf", SDP_OFFER, OK },
  { "all-rejected", SDP_OFFER, MISMATCH },
  { "bundle-only-unbundled", SDP_OFFER, MISMATCH },
  { "pt-128", SDP_OFFER, SYNTAX },
  { "pt-word", SDP_OFFER, SYNTAX },
  { "pt-negative", SDP_OFFER, SYNTAX },
  { "pt-overflow", SDP_OFFER, SYNTAX },
  { "pt-twice", SDP_OFFER, SYNTAX },
  { "pt-sixty-five", SDP_OFFER, SYNTAX },
  { "pt-in-rtcp-range", SDP_OFFER, MISMATCH },
  { "pt-collision", SDP_OFFER, SYNTAX },
  { "rtpmap-twice", SDP_OFFER, SYNTAX },
  { "rtpmap-no-rate", SDP_OFFER, SYNTAX },
  { "rtpmap-rate-zero", SDP_OFFER, SYNTAX },
  { "rtpmap-rate-huge", SDP_OFFER, SYNTAX },
  { "rtpmap-channels-huge", SDP_OFFER, SYNTAX },
  { "rtpmap-name-long", SDP_OFFER, SYNTAX },
  { "rtpmap-name-format", SDP_OFFER, SYNTAX },
  { "rtpmap-empty", SDP_OFFER, SYNTAX },
  { "rtpmap-bare", SDP_OFFER, SYNTAX },
  { "codec-l16", SDP_OFFER, MISMATCH },
  { "codec-qdm", SDP_OFFER, MISMATCH },
  { "codec-wrong-kind", SDP_OFFER, MISMATCH },
  { "rtx-of-itself", SDP_OFFER, OK },
  { "rtx-of-nothing", SDP_OFFER, OK },
  { "rtx-apt-huge", SDP_OFFER, OK },
  { "fmtp-names", SDP_OFFER, OK },
  { "fmtp-reserved", SDP_OFFER, OK },
  { "fmtp-no-pt", SDP_OFFER, SYNTAX },
  { "rtcp-fb-names", SDP_OFFER, OK },
  { "rtcp-fb-bad", SDP_OFFER, SYNTAX },
  { "no-ufrag", SDP_OFFER, TRANSPORT },
  { "no-pwd", SDP_OFFER, TRANSPORT },
  { "no-fingerprint", SDP_OFFER, TRANSPORT },
  { "no-setup", SDP_OFFER, TRANSPORT },
  { "no-rtcp-mux", SDP_OFFER, TRANSPORT },
  { "ufrag-twice", SDP_OFFER, TRANSPORT },
  { "ufrag-short", SDP_OFFER, TRANSPORT },
  { "ufrag-long", SDP_OFFER, TRANSPORT },
  { "ufrag-space", SDP_OFFER, TRANSPORT },
  { "ufrag-percent", SDP_OFFER, TRANSPORT },
  { "pwd-short", SDP_OFFER, TRANSPORT },
  { "fingerprint-sha1", SDP_OFFER, TRANSPORT },
  { "fingerprint-md5", SDP_OFFER, TRANSPORT },
  { "fingerprint-short", SDP_OFFER, TRANSPORT },
  { "fingerprint-long", SDP_OFFER, TRANSPORT },
  { "fingerprint-not-hex", SDP_OFFER, TRANSPORT },
  { "fingerprint-twice", SDP_OFFER, TRANSPORT },
  { "fingerprint-two-hashes", SDP_OFFER, OK },
  { "setup-holdconn", SDP_OFFER, TRANSPORT },
  { "setup-twice", SDP_OFFER, TRANSPORT },
  { "answer-actpass", SDP_ANSWER, TRANSPORT },
  { "crypto-without-dtls", SDP_OFFER, TRANSPORT },
  { "key-mgmt", SDP_OFFER, OK },
  { "mid-twice", SDP_OFFER, SYNTAX },
  { "mid-two-in-one", SDP_OFFER, SYNTAX },
  { "mid-empty", SDP_OFFER, SYNTAX },
  { "mid-space", SDP_OFFER, SYNTAX },
  { "mid-long", SDP_OFFER, SYNTAX },
  { "mid-path", SDP_OFFER, SYNTAX },
  { "mid-missing", SDP_OFFER, OK },
  { "mid-missing-collision", SDP_OFFER, OK },
  { "bundle-unknown-mid", SDP_OFFER, SYNTAX },
  { "bundle-mid-twice", SDP_OFFER, SYNTAX },
  { "bundle-empty", SDP_OFFER, OK },
  { "bundle-of-rejected", SDP_OFFER, MISMATCH },
  { "bundle-first-rejected", SDP_OFFER, OK },
  { "bundle-partial", SDP_OFFER, OK },
  { "bundle-backwards", SDP_OFFER, OK },
  { "bundle-two-groups", SDP_OFFER, OK },
  { "bundle-other-ufrag", SDP_OFFER, TRANSPORT },
  { "bundle-other-fingerprint", SDP_OFFER, TRANSPORT },
  { "bundle-other-setup", SDP_OFFER, TRANSPORT },
  { "bundle-inherits", SDP_OFFER, OK },
  { "unbundled-other-fingerprint", SDP_OFFER, TRANSPORT },
  { "direction-two", SDP_OFFER, SYNTAX },
  { "direction-repeated", SDP_OFFER, OK },
  { "ssrc-sixty-five", SDP_OFFER, LIMIT },
  { "ssrc-sixty-four", SDP_OFFER, OK },
  { "ssrc-overflow", SDP_OFFER, SYNTAX },
  { "ssrc-word", SDP_OFFER, SYNTAX },
  { "ssrc-group-zero", SDP_OFFER, OK },
  { "ssrc-cname-long", SDP_OFFER, OK },
  { "extmap-zero", SDP_OFFER, SYNTAX },
  { "extmap-huge", SDP_OFFER, SYNTAX },
  { "extmap-twice", SDP_OFFER, SYNTAX },
  { "extmap-no-uri", SDP_OFFER, SYNTAX },
  { "extmap-slash", SDP_OFFER, SYNTAX },
  { "extmap-unknown", SDP_OFFER, OK },
  { "extmap-reserved", SDP_OFFER, OK },
  { "simulcast", SDP_OFFER, OK },
  { "candidates-junk", SDP_OFFER, OK },
  { "candidates-many", SDP_OFFER, OK },
  { "candidate-bare", SDP_OFFER, SYNTAX },
  { "sctp-port-zero", SDP_OFFER, SYNTAX },
  { "sctp-port-huge", SDP_OFFER, SYNTAX },
  { "sctp-port-missing", SDP_OFFER, OK },
  { "message-size-huge", SDP_OFFER, SYNTAX },
  { "sctpmap-old", SDP_OFFER, OK },
  { "member-bad", SDP_OFFER, OK },
  { "bandwidth-and-junk", SDP_OFFER, OK },
};
/* clang-format on */

static SdpDescription *
check_file (SdpType type, const char *path, const SdpDescription *reference)
{
  g_autofree char *text = test_sdp_read (path);
  g_autoptr (GError) error = NULL;
  SdpDescription *description = sdp_gate_check (type, text, reference, &error);

  g_assert_no_error (error);
  g_assert_nonnull (description);
  test_sdp_assert_safe (description);
  return description;
}

/* The peers' own m-lines, with "mid", "kind" and so on put in. */
#define TRANSPORT_LINES                              \
  "c=IN IP4 0.0.0.0\r\n"                             \
  "a=ice-ufrag:abcd\r\n"                             \
  "a=ice-pwd:0123456789abcdefghijklmn\r\n"           \
  "a=fingerprint:sha-256 "                           \
  "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:" \
  "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n"
#define AUDIO_LINES(port, mid, rest)                                        \
  "m=audio " port " UDP/TLS/RTP/SAVPF 111\r\n" TRANSPORT_LINES "a=mid:" mid \
  "\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n" rest
#define VIDEO_LINES(port, mid, rest)                                       \
  "m=video " port " UDP/TLS/RTP/SAVPF 96\r\n" TRANSPORT_LINES "a=mid:" mid \
  "\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n" rest
#define SESSION_LINES(group)                             \
  "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" \
  "a=group:BUNDLE " group "\r\n"
#define ACTPASS "a=setup:actpass\r\n"
#define ACTIVE "a=setup:active\r\n"

#define OFFER_AV        \
  SESSION_LINES ("a v") \
  AUDIO_LINES ("9", "a", ACTPASS) VIDEO_LINES ("9", "v", ACTPASS)

static SdpDescription *
check_text (SdpType type, const char *text, const SdpDescription *reference,
    int verdict)
{
  g_autoptr (GError) error = NULL;
  SdpDescription *description = sdp_gate_check (type, text, reference, &error);

  if (verdict == OK) {
    g_assert_no_error (error);
    test_sdp_assert_safe (description);
  } else {
    g_assert_error (error, SDP_GATE_ERROR, verdict);
    g_assert_null (description);
  }
  return description;
}

typedef struct {
  const char *text;
  int verdict;
} Case;

static void
check_cases (
    SdpType type, const SdpDescription *reference, const Case *cases, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    g_autoptr (SdpDescription) description =
        check_text (type, cases[i].text, reference, cases[i].verdict);

    g_assert_true ((description != NULL) == (cases[i].verdict == OK));
  }
}

static const char *
message_value (const SdpDescription *description, guint mline, const char *key)
{
  return gst_sdp_media_get_attribute_val (
      gst_sdp_message_get_media (description->message, mline), key);
}

static void
test_hostile (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *path = g_strdup_printf ("hostile/%s.sdp", hostile[i].name);
  g_autofree char *text = test_sdp_read (path);
  const Case file = { text, hostile[i].verdict };

  check_cases (hostile[i].type, NULL, &file, 1);
}

/* A case that nobody listed would test nothing. */
static void
test_hostile_all_listed (void)
{
  g_autofree char *name =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "data/sdp/hostile", NULL);
  g_autoptr (GDir) dir = g_dir_open (name, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (hostile));
}

static void
test_chromium (void)
{
  static const char *const calls[] = { "mesh", "rooms" };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++) {
    g_autofree char *offer_path =
        g_strdup_printf ("real/chromium-156-%s-offer.sdp", calls[i]);
    g_autofree char *answer_path =
        g_strdup_printf ("real/chromium-156-%s-answer.sdp", calls[i]);
    g_autoptr (SdpDescription) offer = check_file (SDP_OFFER, offer_path, NULL);
    g_autoptr (SdpDescription) answer =
        check_file (SDP_ANSWER, answer_path, offer);

    g_assert_cmpuint (answer->media->len, ==, 2);
    g_assert_true (answer->bundled);
  }
}

static void
test_chromium_details (void)
{
  g_autoptr (SdpDescription) offer =
      check_file (SDP_OFFER, "real/chromium-156-mesh-offer.sdp", NULL);
  const SdpMedia *audio = sdp_description_get_media (offer, 0);
  const SdpMedia *video = sdp_description_get_media (offer, 1);
  const SdpCodec *vp8 = sdp_media_find_codec (video, "VP8");

  g_assert_cmpstr (offer->session_id, ==, "5152659040928621754");
  g_assert_null (offer->leg);
  g_assert_null (offer->member);
  g_assert_cmpuint (offer->n_candidates, ==, 0);

  g_assert_cmpint (audio->kind, ==, MEDIA_AUDIO);
  g_assert_cmpstr (audio->mid, ==, "0");
  g_assert_cmpstr (audio->ufrag, ==, "agMd");
  g_assert_cmpint (audio->setup, ==, SDP_SETUP_ACTPASS);
  g_assert_cmpstr (audio->fingerprint_hash, ==, "sha-256");
  g_assert_cmpuint (audio->fingerprint_len, ==, 32);
  g_assert_cmphex (audio->fingerprint[0], ==, 0xc4);
  g_assert_cmphex (audio->fingerprint[31], ==, 0x92);
  g_assert_cmpuint (
      audio->direction, ==, SDP_DIRECTION_SEND | SDP_DIRECTION_RECV);
  g_assert_cmpstr (
      audio->msid_stream, ==, "95c1ab19-aedb-4b35-8bd2-167e05e9864d");
  g_assert_cmpstr (sdp_media_find_codec (audio, "opus")->fmtp, ==,
      "minptime=10;useinbandfec=1");
  g_assert_cmpuint (sdp_media_find_codec (audio, "opus")->channels, ==, 2);
  g_assert_null (sdp_media_find_codec (audio, "red"));
  g_assert_null (sdp_media_find_codec (audio, "telephone-event"));

  g_assert_cmpuint (vp8->pt, ==, 96);
  g_assert_cmpuint (vp8->feedback, ==,
      SDP_FEEDBACK_NACK | SDP_FEEDBACK_NACK_PLI | SDP_FEEDBACK_CCM_FIR
          | SDP_FEEDBACK_TRANSPORT_CC | SDP_FEEDBACK_REMB);
  g_assert_cmpuint (sdp_media_find_rtx (video, 96)->pt, ==, 97);
  g_assert_null (sdp_media_find_codec (video, "AV1"));
  g_assert_cmpuint (video->ssrcs->len, ==, 2);
  g_assert_cmpuint (g_array_index (video->ssrcs, guint32, 0), ==, 3040899745u);
  g_assert_cmpuint (sdp_media_find_extension (video,
                        "http://www.ietf.org/id/"
                        "draft-holmer-rmcat-transport-wide-cc-extensions-01"),
      ==, 3);
  g_assert_cmpuint (sdp_media_find_extension (
                        video, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"),
      ==, 0);
}

static void
test_webrtcbin (void)
{
  g_autoptr (SdpDescription) offer =
      check_file (SDP_OFFER, "real/webrtcbin-1.22-offer.sdp", NULL);
  g_autoptr (SdpDescription) answer =
      check_file (SDP_ANSWER, "real/webrtcbin-1.22-answer.sdp", offer);
  g_autoptr (SdpDescription) bare_offer =
      check_file (SDP_OFFER, "real/webrtcbin-1.22-unbundled-offer.sdp", NULL);
  g_autoptr (SdpDescription) bare_answer = check_file (
      SDP_ANSWER, "real/webrtcbin-1.22-unbundled-answer.sdp", bare_offer);

  /* Port 0 and bundle-only is not a rejected m-line. */
  for (guint i = 0; i < 3; i++)
    g_assert_false (sdp_description_get_media (offer, i)->rejected);
  g_assert_cmpint (
      sdp_description_get_media (offer, 2)->kind, ==, MEDIA_APPLICATION);
  g_assert_cmpuint (sdp_description_get_media (answer, 2)->sctp_port, ==, 5000);
  g_assert_cmpuint (
      sdp_description_get_media (answer, 0)->candidates->len, ==, 9);
  g_assert_cmpuint (answer->n_candidates, ==, 9);
  g_assert_false (bare_answer->bundled);
  g_assert_cmpuint (bare_answer->n_candidates, ==, 18);
}

static void
test_firefox (void)
{
  g_autoptr (SdpDescription) offer =
      check_file (SDP_OFFER, "real/firefox-153-offer.sdp", NULL);
  g_autoptr (SdpDescription) answer =
      check_file (SDP_ANSWER, "real/firefox-153-answer.sdp", offer);
  const SdpMedia *audio = sdp_description_get_media (offer, 0);

  /* Firefox has one fingerprint, at session level: webrtcbin gets it in each
   * m-line and not there. */
  g_assert_null (
      gst_sdp_message_get_attribute_val (offer->message, "fingerprint"));
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_str_has_prefix (
        message_value (offer, i, "fingerprint"), "sha-256 91:9D:B6"));
  g_assert_cmpuint (sdp_media_find_codec (audio, "opus")->pt, ==, 109);
  g_assert_cmpuint (sdp_media_find_extension (
                        audio, "urn:ietf:params:rtp-hdrext:csrc-audio-level"),
      ==, 0);
  g_assert_cmpstr (
      audio->msid_stream, ==, "{fb65a606-5088-4b0d-b9c8-aaf637ba2382}");
  g_assert_cmpint (
      sdp_description_get_media (answer, 0)->setup, ==, SDP_SETUP_ACTIVE);
}

/* What passes comes out, and nothing else. */
static void
test_rebuilt (void)
{
  g_autoptr (SdpDescription) description = NULL;
  g_autofree char *text = test_sdp_read ("hostile/fmtp-reserved.sdp");
  g_autofree char *rebuilt = NULL;

  description = check_text (SDP_OFFER, text, NULL, OK);
  rebuilt = gst_sdp_message_as_text (description->message);
  g_assert_cmpstr (message_value (description, 0, "fmtp"), ==, "111 stereo=1");
  g_assert_null (strstr (rebuilt, "srtp-key"));
  g_assert_null (strstr (rebuilt, "x-roomcall"));
}

static void
test_session_transport (void)
{
  g_autofree char *text = test_sdp_read ("hostile/session-level-transport.sdp");
  g_autoptr (SdpDescription) description =
      check_text (SDP_OFFER, text, NULL, OK);
  static const char *const keys[] = { "ice-ufrag", "ice-pwd", "fingerprint",
    "setup" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_assert_null (
        gst_sdp_message_get_attribute_val (description->message, keys[i]));
    g_assert_nonnull (message_value (description, 0, keys[i]));
  }
}

static void
test_strongest_fingerprint (void)
{
  g_autofree char *text = test_sdp_read ("hostile/fingerprint-two-hashes.sdp");
  g_autoptr (SdpDescription) description =
      check_text (SDP_OFFER, text, NULL, OK);
  const SdpMedia *media = sdp_description_get_media (description, 0);

  g_assert_cmpstr (media->fingerprint_hash, ==, "sha-512");
  g_assert_cmpuint (media->fingerprint_len, ==, 64);
}

static void
test_own_attributes (void)
{
  g_autoptr (SdpDescription) description = check_text (SDP_OFFER,
      SESSION_LINES (
          "a") "a=x-roomcall-leg:00FFaa11\r\n"
               "a=x-roomcall-member:00112233445566778899AABBCCDDEEFF\r\n" AUDIO_LINES (
                   "9", "a", ACTPASS),
      NULL, OK);

  g_assert_cmpstr (description->leg, ==, "00ffaa11");
  g_assert_cmpstr (description->member, ==, "00112233445566778899aabbccddeeff");
  g_assert_cmpstr (description->session_id, ==, "42");
}

static void
test_candidates_of_bundle (void)
{
  static const char text[] = SESSION_LINES ("v a") AUDIO_LINES ("9", "a",
      ACTPASS "a=candidate:1 1 udp 5 192.0.2.1 5000 typ host generation 0\r\n"
              "a=candidate:1 2 udp 5 192.0.2.1 5001 typ host\r\n"
              "a=candidate:2 1 udp 5 abc.local 5000 typ host\r\n")
      VIDEO_LINES ("9", "v",
          ACTPASS "a=candidate:1 1 udp 5 192.0.2.1 5000 typ host\r\n"
                  "a=candidate:3 1 udp 5 192.0.2.1 5002 typ host\r\n"
                  "a=end-of-candidates\r\n");
  g_autoptr (SdpDescription) description =
      check_text (SDP_OFFER, text, NULL, OK);

  /* All under the bundle's first m-line, no RTCP, no names, none twice. */
  g_assert_cmpuint (description->bundle_mline, ==, 1);
  g_assert_cmpuint (description->n_candidates, ==, 2);
  g_assert_null (message_value (description, 0, "candidate"));
  g_assert_cmpstr (message_value (description, 1, "candidate"), ==,
      "1 1 UDP 5 192.0.2.1 5000 typ host");
}

static void
test_mid_made_up (void)
{
  g_autoptr (SdpDescription) offer = check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autofree char *missing = test_sdp_read ("hostile/mid-missing.sdp");
  g_autofree char *collision =
      test_sdp_read ("hostile/mid-missing-collision.sdp");
  g_autoptr (SdpDescription) alone = check_text (SDP_OFFER, missing, NULL, OK);
  g_autoptr (SdpDescription) collided =
      check_text (SDP_OFFER, collision, NULL, OK);
  g_autoptr (SdpDescription) answer = check_text (SDP_ANSWER,
      "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" TRANSPORT_LINES ACTIVE
      "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" TRANSPORT_LINES ACTIVE
      "a=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n",
      offer, OK);

  g_assert_cmpstr (message_value (alone, 0, "mid"), ==, "m0");
  g_assert_cmpstr (message_value (alone, 1, "mid"), ==, "m1");
  g_assert_cmpstr (message_value (collided, 0, "mid"), ==, "m0x");
  /* An answer takes the offer's, and its bundle. */
  g_assert_cmpstr (message_value (answer, 0, "mid"), ==, "a");
  g_assert_cmpstr (message_value (answer, 1, "mid"), ==, "v");
  g_assert_cmpstr (gst_sdp_message_get_attribute_val (answer->message, "group"),
      ==, "BUNDLE a v");
}

static void
test_answer (void)
{
  g_autoptr (SdpDescription) offer = check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  static const Case answers[] = {
    { SESSION_LINES ("a v") AUDIO_LINES ("9", "a", ACTIVE)
            VIDEO_LINES ("9", "v", ACTIVE),
        OK },
    /* rejected video */
    { SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTIVE)
            VIDEO_LINES ("0", "v", ACTIVE),
        OK },
    /* count */
    { SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTIVE), MISMATCH },
    { SESSION_LINES ("a v w") AUDIO_LINES ("9", "a", ACTIVE)
            VIDEO_LINES ("9", "v", ACTIVE) VIDEO_LINES ("9", "w", ACTIVE),
        MISMATCH },
    /* kinds, names */
    { SESSION_LINES ("a v") VIDEO_LINES ("9", "a", ACTIVE)
            AUDIO_LINES ("9", "v", ACTIVE),
        MISMATCH },
    { SESSION_LINES ("v a") VIDEO_LINES ("9", "v", ACTIVE)
            AUDIO_LINES ("9", "a", ACTIVE),
        MISMATCH },
    { SESSION_LINES ("a x") AUDIO_LINES ("9", "a", ACTIVE)
            VIDEO_LINES ("9", "x", ACTIVE),
        MISMATCH },
    /* a payload type that was not offered, and one that meant another */
    { SESSION_LINES ("a v") AUDIO_LINES ("9", "a",
          ACTIVE) "m=video 9 UDP/TLS/RTP/SAVPF 97\r\n" TRANSPORT_LINES
                  "a=mid:v\r\na=rtcp-mux\r\na=rtpmap:97 VP8/90000\r\n" ACTIVE,
        MISMATCH },
    { SESSION_LINES ("a v") AUDIO_LINES ("9", "a",
          ACTIVE) "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" TRANSPORT_LINES
                  "a=mid:v\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\n" ACTIVE,
        MISMATCH },
    /* who opens the connection */
    { SESSION_LINES ("a v") AUDIO_LINES ("9", "a", ACTPASS)
            VIDEO_LINES ("9", "v", ACTPASS),
        TRANSPORT },
    /* everything rejected */
    { SESSION_LINES ("") AUDIO_LINES ("0", "a", ACTIVE)
            VIDEO_LINES ("0", "v", ACTIVE),
        MISMATCH },
  };

  check_cases (SDP_ANSWER, offer, answers, G_N_ELEMENTS (answers));
}

/* An answer says no more than the offer lets it. */
static void
test_answer_direction (void)
{
  g_autoptr (SdpDescription) offer = check_text (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendonly\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) answer = check_text (SDP_ANSWER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTIVE "a=sendrecv\r\n"),
      offer, OK);

  g_assert_cmpuint (
      sdp_description_get_media (answer, 0)->direction, ==, SDP_DIRECTION_RECV);
  g_assert_nonnull (message_value (answer, 0, "recvonly"));
}

/* What webrtcbin is shown of a page, which may add or take off what it sends. */
static void
test_shown_direction (void)
{
  g_autoptr (SdpDescription) ours = check_text (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendrecv\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) answer = check_text (SDP_ANSWER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTIVE "a=recvonly\r\n"), ours,
      OK);
  g_autoptr (SdpDescription) first = check_text (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=recvonly\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) later = check_text (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendonly\r\n"),
      first, OK);
  g_autoptr (SdpDescription) member = check_text (SDP_OFFER,
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
      "a=x-roomcall-member:0123456789abcdef0123456789abcdef\r\na=group:BUNDLE a\r\n" AUDIO_LINES (
          "9", "a", ACTPASS "a=recvonly\r\n"),
      NULL, OK);

  g_assert_cmpuint (
      sdp_description_get_media (answer, 0)->direction, ==, SDP_DIRECTION_RECV);
  g_assert_nonnull (message_value (answer, 0, "sendrecv"));
  g_assert_nonnull (message_value (first, 0, "sendrecv"));
  g_assert_cmpuint (
      sdp_description_get_media (later, 0)->direction, ==, SDP_DIRECTION_SEND);
  g_assert_nonnull (message_value (later, 0, "sendrecv"));
  g_assert_nonnull (message_value (member, 0, "recvonly"));
}

/* The offer's first m-line carries the transport, also when it is refused. */
static void
test_answer_rejects_first (void)
{
  g_autoptr (SdpDescription) offer = check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autoptr (SdpDescription) answer = check_text (SDP_ANSWER,
      SESSION_LINES ("v") AUDIO_LINES ("0", "a", ACTIVE) VIDEO_LINES (
          "9", "v", ACTIVE "a=candidate:1 1 udp 5 192.0.2.1 5000 typ host\r\n"),
      offer, OK);

  g_assert_true (sdp_description_get_media (answer, 0)->rejected);
  g_assert_false (sdp_description_get_media (answer, 1)->rejected);
  g_assert_cmpuint (answer->bundle_mline, ==, 0);
  g_assert_cmpstr (gst_sdp_message_get_attribute_val (answer->message, "group"),
      ==, "BUNDLE a v");
  g_assert_nonnull (message_value (answer, 0, "inactive"));
  g_assert_nonnull (message_value (answer, 0, "candidate"));
}

static void
test_unbundled_answer (void)
{
  g_autoptr (SdpDescription) offer = check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  static const char other[] =
      "v=0\r\no=- 42 2 IN IP4 127.0.0.1\r\n" AUDIO_LINES ("9", "a",
          ACTIVE) "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
                  "a=ice-ufrag:efgh\r\n"
                  "a=ice-pwd:0123456789abcdefghijklmn\r\n"
                  "a=fingerprint:sha-256 "
                  "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"
                  "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n" ACTIVE
                  "a=mid:v\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n";
  g_autoptr (SdpDescription) answer =
      check_text (SDP_ANSWER, other, offer, MISMATCH);

  g_assert_null (answer);
}

/* Swapped m-lines end webrtcbin's process: gstwebrtcbin.c, create-answer,
 * g_assert (g_strcmp0 (mid, last_mid) == 0), in 1.22.0 and 1.26.2. */
static void
test_renegotiation (void)
{
  g_autoptr (SdpDescription) before =
      check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  static const Case offers[] = {
    { OFFER_AV, OK },
    { SESSION_LINES ("a v w") AUDIO_LINES ("9", "a", ACTPASS)
            VIDEO_LINES ("9", "v", ACTPASS) VIDEO_LINES ("9", "w", ACTPASS),
        OK },
    { SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS)
            VIDEO_LINES ("0", "v", ACTPASS),
        OK },
    { SESSION_LINES ("v a") VIDEO_LINES ("9", "v", ACTPASS)
            AUDIO_LINES ("9", "a", ACTPASS),
        MISMATCH },
    { SESSION_LINES ("a v") VIDEO_LINES ("9", "a", ACTPASS)
            AUDIO_LINES ("9", "v", ACTPASS),
        MISMATCH },
    { SESSION_LINES ("a x") AUDIO_LINES ("9", "a", ACTPASS)
            VIDEO_LINES ("9", "x", ACTPASS),
        MISMATCH },
    { SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS), MISMATCH },
  };

  check_cases (SDP_OFFER, before, offers, G_N_ELEMENTS (offers));
}

/* webrtcbin's transport hangs on the m-line that came first at the beginning.
 * 1.26 warns of code that should not be reached when another takes over. */
static void
test_bundle_stays (void)
{
  g_autoptr (SdpDescription) before =
      check_text (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autoptr (SdpDescription) stopped = check_text (SDP_OFFER,
      SESSION_LINES ("v") AUDIO_LINES ("0", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      before, OK);
  g_autoptr (SdpDescription) again = check_text (SDP_OFFER,
      SESSION_LINES ("v") AUDIO_LINES ("0", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      stopped, OK);
  g_autoptr (SdpDescription) reordered = check_text (SDP_OFFER,
      SESSION_LINES ("v a") AUDIO_LINES ("9", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      before, OK);
  g_autofree char *unbundled = test_sdp_read ("hostile/bundle-empty.sdp");
  g_autofree char *bundled = test_sdp_read ("hostile/bundle-two-groups.sdp");
  g_autoptr (SdpDescription) alone =
      check_text (SDP_OFFER, unbundled, NULL, OK);
  g_autoptr (GError) error = NULL;
  SdpDescription *const kept[] = { stopped, again, reordered };

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    g_assert_cmpuint (kept[i]->bundle_mline, ==, 0);
    g_assert_cmpstr (
        gst_sdp_message_get_attribute_val (kept[i]->message, "group"), ==,
        "BUNDLE a v");
  }
  g_assert_true (sdp_description_get_media (again, 0)->rejected);
  g_assert_nonnull (message_value (again, 0, "inactive"));
  g_assert_false (sdp_gate_reject (reordered, 0, &error));
  g_assert_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_MISMATCH);
  g_assert_null (check_text (SDP_OFFER, bundled, alone, MISMATCH));
}

static void
test_reject (void)
{
  g_autoptr (SdpDescription) offer =
      check_file (SDP_OFFER, "real/webrtcbin-1.22-offer.sdp", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sdp_gate_reject (offer, 2, &error));
  g_assert_no_error (error);
  test_sdp_assert_safe (offer);
  g_assert_cmpstr (gst_sdp_message_get_attribute_val (offer->message, "group"),
      ==, "BUNDLE video0 audio1");
  g_assert_cmpuint (
      gst_sdp_media_get_port (gst_sdp_message_get_media (offer->message, 2)),
      ==, 0);
  /* The transport moves on. */
  g_assert_true (sdp_gate_reject (offer, 0, &error));
  test_sdp_assert_safe (offer);
  g_assert_cmpuint (offer->bundle_mline, ==, 1);
  g_assert_false (sdp_gate_reject (offer, 1, &error));
  g_assert_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_MISMATCH);
  g_assert_false (sdp_description_get_media (offer, 1)->rejected);
}

/* 10^5 names in the SDP leave no trace in the process: GQuarks are for ever. */
static void
test_no_quarks (void)
{
  g_autofree char *text = test_sdp_read ("hostile/fmtp-names.sdp");
  g_autoptr (SdpDescription) description =
      check_text (SDP_OFFER, text, NULL, OK);
  g_autoptr (GstCaps) caps = gst_sdp_media_get_caps_from_media (
      gst_sdp_message_get_media (description->message, 0), 111);

  g_assert_nonnull (caps);
  g_assert_cmpuint (g_quark_try_string ("k299"), ==, 0);
}

static void
test_mutants (void)
{
  static const char *const seeds[] = {
    "real/chromium-156-mesh-offer.sdp",
    "real/firefox-153-offer.sdp",
    "real/webrtcbin-1.22-offer.sdp",
    "real/webrtcbin-1.22-answer.sdp",
    "hostile/candidates-junk.sdp",
    "hostile/bundle-backwards.sdp",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);
  gint64 end = g_get_monotonic_time () + 2 * G_TIME_SPAN_SECOND;
  guint passed = 0, refused = 0;

  for (guint round = 0; round < 20000 && g_get_monotonic_time () < end;) {
    for (guint i = 0; i < G_N_ELEMENTS (seeds); i++, round++) {
      g_autofree char *seed = test_sdp_read (seeds[i]);
      g_autofree char *mutant = test_sdp_mutate (rand, seed);
      g_autoptr (GError) error = NULL;
      g_autoptr (SdpDescription) description = sdp_gate_check (
          round % 2 == 0 ? SDP_OFFER : SDP_ANSWER, mutant, NULL, &error);

      g_assert_true ((description == NULL) == (error != NULL));
      if (description != NULL)
        test_sdp_assert_safe (description);
      if (description != NULL)
        passed++;
      else
        refused++;
    }
  }
  g_test_message ("%u mutants passed, %u refused", passed, refused);
  g_assert_cmpuint (passed, >, 0);
  g_assert_cmpuint (refused, >, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *path =
        g_strdup_printf ("/sdpgate/hostile/%s", hostile[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_hostile);
  }
  g_test_add_func ("/sdpgate/hostile-all-listed", test_hostile_all_listed);
  g_test_add_func ("/sdpgate/chromium", test_chromium);
  g_test_add_func ("/sdpgate/chromium-details", test_chromium_details);
  g_test_add_func ("/sdpgate/webrtcbin", test_webrtcbin);
  g_test_add_func ("/sdpgate/firefox", test_firefox);
  g_test_add_func ("/sdpgate/rebuilt", test_rebuilt);
  g_test_add_func ("/sdpgate/session-transport", test_session_transport);
  g_test_add_func (
      "/sdpgate/strongest-fingerprint", test_strongest_fingerprint);
  g_test_add_func ("/sdpgate/own-attributes", test_own_attributes);
  g_test_add_func ("/sdpgate/candidates-of-bundle", test_candidates_of_bundle);
  g_test_add_func ("/sdpgate/mid-made-up", test_mid_made_up);
  g_test_add_func ("/sdpgate/answer", test_answer);
  g_test_add_func ("/sdpgate/answer-direction", test_answer_direction);
  g_test_add_func ("/sdpgate/shown-direction", test_shown_direction);
  g_test_add_func ("/sdpgate/answer-rejects-first", test_answer_rejects_first);
  g_test_add_func ("/sdpgate/unbundled-answer", test_unbundled_answer);
  g_test_add_func ("/sdpgate/renegotiation", test_renegotiation);
  g_test_add_func ("/sdpgate/bundle-stays", test_bundle_stays);
  g_test_add_func ("/sdpgate/reject", test_reject);
  g_test_add_func ("/sdpgate/no-quarks", test_no_quarks);
  g_test_add_func ("/sdpgate/mutants", test_mutants);
  return g_test_run ();
}
