/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the gate makes of descriptions that are wrong, of purpose or by accident. */
#include "sdpgate.h"

#include "common/sdpsafe.h"
#include "common/testlog.h"

#define OK TEST_SDP_OK
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

static void
test_hostile (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *path = g_strdup_printf ("hostile/%s.sdp", hostile[i].name);
  g_autofree char *text = test_sdp_read (path);
  g_autoptr (SdpDescription) description =
      test_sdp_check (hostile[i].type, text, NULL, hostile[i].verdict);

  g_assert_true ((description != NULL) == (hostile[i].verdict == OK));
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

/* 10^5 names in the SDP leave no trace in the process: GQuarks are for ever. */
static void
test_no_quarks (void)
{
  g_autofree char *text = test_sdp_read ("hostile/fmtp-names.sdp");
  g_autoptr (SdpDescription) description =
      test_sdp_check (SDP_OFFER, text, NULL, OK);
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
        g_strdup_printf ("/sdphostile/file/%s", hostile[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_hostile);
  }
  g_test_add_func ("/sdphostile/all-listed", test_hostile_all_listed);
  g_test_add_func ("/sdphostile/no-quarks", test_no_quarks);
  g_test_add_func ("/sdphostile/mutants", test_mutants);
  return g_test_run ();
}
