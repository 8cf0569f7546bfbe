/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpmunge.h"

#include <string.h>

#include "common/sdpsafe.h"
#include "common/testlog.h"
#include "sdpgate.h"

#define LEG "00112233"
#define MEMBER "00112233445566778899aabbccddeeff"
#define OWN "sha-256 OWN"
#define THEIRS "sha-256 THEIRS"

static GstSDPMessage *
parse (const char *text)
{
  GstSDPMessage *message;

  g_assert_cmpint (
      gst_sdp_message_new_from_text (text, &message), ==, GST_SDP_OK);
  return message;
}

static SdpDescription *
check (SdpType type, const char *text, const SdpDescription *reference)
{
  g_autoptr (GError) error = NULL;
  SdpDescription *description = sdp_gate_check (type, text, reference, &error);

  g_assert_no_error (error);
  return description;
}

/* What we send, another of us can read. */
static void
test_round_trip (void)
{
  static const char *const files[] = { "real/webrtcbin-1.22-offer.sdp",
    "real/webrtcbin-1.22-answer.sdp" };
  static const SdpType types[] = { SDP_OFFER, SDP_ANSWER };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *text = test_sdp_read (files[i]);
    GstSDPMessage *message = parse (text);
    g_autofree char *sent = sdp_from_webrtcbin (message, NULL, LEG, MEMBER);
    g_autofree char *unchanged = gst_sdp_message_as_text (message);
    g_autoptr (SdpDescription) read = check (types[i], sent, NULL);

    g_assert_cmpstr (read->leg, ==, LEG);
    g_assert_cmpstr (read->member, ==, MEMBER);
    g_assert_null (strstr (unchanged, "x-roomcall"));
    gst_sdp_message_free (message);
  }
}

static void
test_no_names (void)
{
  g_autofree char *text = test_sdp_read ("real/webrtcbin-1.22-offer.sdp");
  GstSDPMessage *message = parse (text);
  g_autofree char *sent = sdp_from_webrtcbin (message, NULL, NULL, NULL);

  g_assert_null (strstr (sent, "x-roomcall"));
  gst_sdp_message_free (message);
}

static void
test_ssrc_groups (void)
{
  GstSDPMessage *message = parse ("v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\n"
                                  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
                                  "a=ssrc-group:FID 0 77\r\n"
                                  "a=ssrc-group:FID 11 22\r\n"
                                  "a=ssrc-group:FID 11\r\n"
                                  "a=ssrc-group:FID 1 22\r\n"
                                  "a=ssrc:11 cname:x\r\n"
                                  "a=ssrc:22 cname:x\r\n");
  g_autofree char *sent = sdp_from_webrtcbin (message, NULL, NULL, NULL);
  const char *group = strstr (sent, "a=ssrc-group:");

  g_assert_true (g_str_has_prefix (group, "a=ssrc-group:FID 11 22\r\n"));
  g_assert_null (strstr (group + 1, "a=ssrc-group:"));
  g_assert_nonnull (strstr (sent, "t=0 0\r\n"));
  gst_sdp_message_free (message);
}

#define OFFER                                                             \
  "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE a\r\n" \
  "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijklmn\r\n"            \
  "a=setup:actpass\r\na=fingerprint:sha-256 "                             \
  "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:"                      \
  "10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n"                   \
  "m=image 9 udptl t38\r\na=mid:i\r\n"                                    \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\n"          \
  "a=rtpmap:111 opus/48000/2\r\n"

/* As webrtcbin 1.22 answers what the gate makes of OFFER. */
#define ANSWER                                                         \
  "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\na=group:BUNDLE i a\r\n"     \
  "m=text 0 UDP/TLS/RTP/SAVPF 127\r\nc=IN IP4 0.0.0.0\r\na=mid:i\r\n"  \
  "a=inactive\r\na=ice-ufrag:abcd\r\n"                                 \
  "a=ice-pwd:0123456789abcdefghijklmn\r\na=setup:actpass\r\n"          \
  "a=fingerprint:" THEIRS "\r\n"                                       \
  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\n" \
  "a=rtpmap:111 OPUS/48000/2\r\na=recvonly\r\na=fingerprint:" OWN "\r\n"

static void
test_prepare_answer (void)
{
  g_autoptr (SdpDescription) offer = check (SDP_OFFER, OFFER, NULL);
  g_autoptr (GError) error = NULL;
  GstSDPMessage *answer = parse (ANSWER);

  g_assert_true (sdp_prepare_answer (answer, offer, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    const GstSDPMedia *media = gst_sdp_message_get_media (answer, i);

    g_assert_cmpstr (
        gst_sdp_media_get_attribute_val (media, "fingerprint"), ==, OWN);
    g_assert_null (gst_sdp_media_get_attribute_val_n (media, "fingerprint", 1));
  }
  gst_sdp_message_free (answer);
}

/* A later offer: the role in DTLS stays what it is. */
static void
test_keep_role (void)
{
  g_autoptr (SdpDescription) offer = check (SDP_OFFER, OFFER, NULL);
  GstSDPMessage *answer = parse (ANSWER "a=setup:active\r\n");
  const GstSDPMedia *media = gst_sdp_message_get_media (answer, 1);
  const char *role = NULL;

  sdp_keep_role (answer, offer, &role);
  g_assert_cmpstr (role, ==, "active");
  role = "passive";
  sdp_keep_role (answer, offer, &role);
  g_assert_cmpstr (
      gst_sdp_media_get_attribute_val (media, "setup"), ==, "passive");
  g_assert_null (gst_sdp_media_get_attribute_val_n (media, "setup", 1));
  /* What the peer has decided is not ours to change. */
  ((SdpMedia *) sdp_description_get_media (offer, 1))->setup =
      SDP_SETUP_PASSIVE;
  role = "active";
  sdp_keep_role (answer, offer, &role);
  g_assert_cmpstr (
      gst_sdp_media_get_attribute_val (media, "setup"), ==, "passive");
  gst_sdp_message_free (answer);
}

/* webrtcbin is told that media go both ways; the peer is told what it allows. */
static void
test_cut_direction (void)
{
  static const struct {
    SdpDirection offered;
    const char *own;
    const char *sent;
  } cases[] = {
    { SDP_DIRECTION_RECV, "sendrecv", "sendonly" },
    { SDP_DIRECTION_SEND, "sendrecv", "recvonly" },
    { SDP_DIRECTION_SEND | SDP_DIRECTION_RECV, "sendrecv", "sendrecv" },
    { SDP_DIRECTION_RECV, "recvonly", "inactive" },
    { SDP_DIRECTION_SEND, "recvonly", "recvonly" },
    { SDP_DIRECTION_SEND, "inactive", "inactive" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SdpDescription) offer = check (SDP_OFFER, OFFER, NULL);
    GstSDPMessage *answer = parse (ANSWER);
    GstSDPMedia *media = (GstSDPMedia *) gst_sdp_message_get_media (answer, 1);
    g_autofree char *sent = NULL;
    g_autofree char *wanted = g_strdup_printf ("a=%s\r\n", cases[i].sent);

    ((SdpMedia *) sdp_description_get_media (offer, 1))->direction =
        cases[i].offered;
    for (guint j = gst_sdp_media_attributes_len (media); j > 0; j--) {
      if (g_str_equal (
              gst_sdp_media_get_attribute (media, j - 1)->key, "recvonly"))
        gst_sdp_media_remove_attribute (media, j - 1);
    }
    gst_sdp_media_add_attribute (media, cases[i].own, "");
    sent = sdp_from_webrtcbin (answer, offer, NULL, NULL);
    g_assert_nonnull (strstr (strstr (sent, "m=audio"), wanted));
    gst_sdp_message_free (answer);
  }
}

static void
test_lost_bundle (void)
{
  g_autoptr (SdpDescription) offer = check (SDP_OFFER, OFFER, NULL);
  g_autoptr (GError) error = NULL;
  GstSDPMessage *answer = parse (ANSWER);

  /* webrtcbin refuses the audio, which the transport belongs to. */
  gst_sdp_media_set_port_info (
      (GstSDPMedia *) gst_sdp_message_get_media (answer, 1), 0, 1);
  g_assert_false (sdp_prepare_answer (answer, offer, &error));
  g_assert_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_MISMATCH);
  gst_sdp_message_free (answer);
}

static void
test_can_reoffer (void)
{
  g_autofree char *data = test_sdp_read ("real/webrtcbin-1.22-answer.sdp");
  g_autofree char *plain =
      test_sdp_read ("real/webrtcbin-1.22-unbundled-answer.sdp");
  GstSDPMessage *with_rejected = parse (ANSWER);
  GstSDPMessage *bundle_only =
      parse ("v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\n"
             "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n");
  GstSDPMessage *with_data = parse (data);
  GstSDPMessage *without = parse (plain);

  g_assert_false (sdp_can_reoffer (with_rejected));
  g_assert_false (sdp_can_reoffer (with_data));
  g_assert_true (sdp_can_reoffer (without));
  g_assert_true (sdp_can_reoffer (bundle_only));
  gst_sdp_message_free (bundle_only);
  gst_sdp_message_free (with_rejected);
  gst_sdp_message_free (with_data);
  gst_sdp_message_free (without);
}

static void
test_rejected (void)
{
  g_autoptr (SdpDescription) offer = check (SDP_OFFER, OFFER, NULL);
  GstSDPMessage *answer = parse (ANSWER);
  g_autofree char *sent = sdp_from_webrtcbin (answer, offer, LEG, NULL);

  g_assert_nonnull (strstr (sent,
      "m=image 0 UDP/TLS/RTP/SAVPF t38\r\nc=IN IP4 0.0.0.0\r\na=mid:i\r\n"
      "a=inactive\r\nm=audio 9 "));
  /* The peer's secrets do not go back over the wire. */
  g_assert_null (strstr (sent, "0123456789abcdefghijklmn"));
  g_assert_nonnull (strstr (sent, "a=group:BUNDLE a\r\n"));
  gst_sdp_message_free (answer);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sdpmunge/round-trip", test_round_trip);
  g_test_add_func ("/sdpmunge/no-names", test_no_names);
  g_test_add_func ("/sdpmunge/ssrc-groups", test_ssrc_groups);
  g_test_add_func ("/sdpmunge/prepare-answer", test_prepare_answer);
  g_test_add_func ("/sdpmunge/cut-direction", test_cut_direction);
  g_test_add_func ("/sdpmunge/keep-role", test_keep_role);
  g_test_add_func ("/sdpmunge/lost-bundle", test_lost_bundle);
  g_test_add_func ("/sdpmunge/can-reoffer", test_can_reoffer);
  g_test_add_func ("/sdpmunge/rejected", test_rejected);
  return g_test_run ();
}
