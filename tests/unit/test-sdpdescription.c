/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdpdescription.h"

#include "common/testlog.h"

static SdpMedia *
make_video (void)
{
  SdpMedia *media = sdp_media_new ();
  SdpCodec vp8 = { .pt = 96,
    .encoding_name = "VP8",
    .clock_rate = 90000,
    .channels = 1,
    .rtx_apt = -1 };
  SdpCodec rtx = { .pt = 97,
    .encoding_name = "rtx",
    .clock_rate = 90000,
    .channels = 1,
    .fmtp = g_strdup ("apt=96"),
    .rtx_apt = 96 };
  SdpExtension mid = { .id = 4,
    .uri = g_strdup ("urn:ietf:params:rtp-hdrext:sdes:mid") };

  media->kind = MEDIA_VIDEO;
  media->mid = g_strdup ("v");
  g_array_append_val (media->codecs, vp8);
  g_array_append_val (media->codecs, rtx);
  g_array_append_val (media->extensions, mid);
  return media;
}

static void
test_find (void)
{
  g_autoptr (SdpDescription) description = sdp_description_new (SDP_OFFER);
  const SdpMedia *media;
  guint mline = 77;

  g_ptr_array_add (description->media, sdp_media_new ());
  g_ptr_array_add (description->media, make_video ());
  media = sdp_description_find_mid (description, "v", &mline);
  g_assert_nonnull (media);
  g_assert_cmpuint (mline, ==, 1);
  g_assert_true (sdp_description_get_media (description, 1) == media);
  g_assert_null (sdp_description_get_media (description, 2));
  g_assert_null (sdp_description_find_mid (description, "w", NULL));
  g_assert_null (sdp_description_find_mid (description, NULL, NULL));

  g_assert_cmpuint (sdp_media_find_codec (media, "vp8")->pt, ==, 96);
  g_assert_null (sdp_media_find_codec (media, "VP9"));
  g_assert_cmpuint (sdp_media_find_rtx (media, 96)->pt, ==, 97);
  g_assert_null (sdp_media_find_rtx (media, 97));
  g_assert_cmpstr (sdp_media_find_pt (media, 97)->fmtp, ==, "apt=96");
  g_assert_null (sdp_media_find_pt (media, 98));
  g_assert_cmpuint (
      sdp_media_find_extension (media, "urn:ietf:params:rtp-hdrext:sdes:mid"),
      ==, 4);
  g_assert_cmpuint (sdp_media_find_extension (media, "urn:x"), ==, 0);
}

static void
test_kinds (void)
{
  g_assert_cmpstr (media_kind_to_string (MEDIA_AUDIO), ==, "audio");
  g_assert_cmpstr (media_kind_to_string (MEDIA_APPLICATION), ==, "application");
  g_assert_cmpstr (media_kind_to_string ((MediaKind) 99), ==, "other");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sdpdescription/find", test_find);
  g_test_add_func ("/sdpdescription/kinds", test_kinds);
  return g_test_run ();
}
