/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpgate.h"

#include <string.h>

#include "common/sdpsafe.h"
#include "common/testlog.h"

#define OK TEST_SDP_OK
#define LIMIT SDP_GATE_ERROR_LIMIT
#define SYNTAX SDP_GATE_ERROR_SYNTAX
#define TRANSPORT SDP_GATE_ERROR_TRANSPORT
#define MISMATCH SDP_GATE_ERROR_MISMATCH

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
        test_sdp_check (type, cases[i].text, reference, cases[i].verdict);

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

  description = test_sdp_check (SDP_OFFER, text, NULL, OK);
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
      test_sdp_check (SDP_OFFER, text, NULL, OK);
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
      test_sdp_check (SDP_OFFER, text, NULL, OK);
  const SdpMedia *media = sdp_description_get_media (description, 0);

  g_assert_cmpstr (media->fingerprint_hash, ==, "sha-512");
  g_assert_cmpuint (media->fingerprint_len, ==, 64);
}

static void
test_own_attributes (void)
{
  g_autoptr (SdpDescription) description = test_sdp_check (SDP_OFFER,
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
      test_sdp_check (SDP_OFFER, text, NULL, OK);

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
  g_autoptr (SdpDescription) offer =
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autofree char *missing = test_sdp_read ("hostile/mid-missing.sdp");
  g_autofree char *collision =
      test_sdp_read ("hostile/mid-missing-collision.sdp");
  g_autoptr (SdpDescription) alone =
      test_sdp_check (SDP_OFFER, missing, NULL, OK);
  g_autoptr (SdpDescription) collided =
      test_sdp_check (SDP_OFFER, collision, NULL, OK);
  g_autoptr (SdpDescription) answer = test_sdp_check (SDP_ANSWER,
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
  g_autoptr (SdpDescription) offer =
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
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
  g_autoptr (SdpDescription) offer = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendonly\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) answer = test_sdp_check (SDP_ANSWER,
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
  g_autoptr (SdpDescription) ours = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendrecv\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) answer = test_sdp_check (SDP_ANSWER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTIVE "a=recvonly\r\n"), ours,
      OK);
  g_autoptr (SdpDescription) first = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=recvonly\r\n"),
      NULL, OK);
  g_autoptr (SdpDescription) later = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("a") AUDIO_LINES ("9", "a", ACTPASS "a=sendonly\r\n"),
      first, OK);
  g_autoptr (SdpDescription) member = test_sdp_check (SDP_OFFER,
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
  g_autoptr (SdpDescription) offer =
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autoptr (SdpDescription) answer = test_sdp_check (SDP_ANSWER,
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
  g_autoptr (SdpDescription) offer =
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
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
      test_sdp_check (SDP_ANSWER, other, offer, MISMATCH);

  g_assert_null (answer);
}

/* Swapped m-lines end webrtcbin's process: gstwebrtcbin.c, create-answer,
 * g_assert (g_strcmp0 (mid, last_mid) == 0), in 1.22.0 and 1.26.2. */
static void
test_renegotiation (void)
{
  g_autoptr (SdpDescription) before =
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
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
      test_sdp_check (SDP_OFFER, OFFER_AV, NULL, OK);
  g_autoptr (SdpDescription) stopped = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("v") AUDIO_LINES ("0", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      before, OK);
  g_autoptr (SdpDescription) again = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("v") AUDIO_LINES ("0", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      stopped, OK);
  g_autoptr (SdpDescription) reordered = test_sdp_check (SDP_OFFER,
      SESSION_LINES ("v a") AUDIO_LINES ("9", "a", ACTPASS)
          VIDEO_LINES ("9", "v", ACTPASS),
      before, OK);
  g_autofree char *unbundled = test_sdp_read ("hostile/bundle-empty.sdp");
  g_autofree char *bundled = test_sdp_read ("hostile/bundle-two-groups.sdp");
  g_autoptr (SdpDescription) alone =
      test_sdp_check (SDP_OFFER, unbundled, NULL, OK);
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
  g_assert_null (test_sdp_check (SDP_OFFER, bundled, alone, MISMATCH));
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

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
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
  return g_test_run ();
}
