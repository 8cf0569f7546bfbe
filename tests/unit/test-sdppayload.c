/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdppayload.h"

#include "common/testlog.h"

static SdpPayloadTable *
make_table (const char *const *formats, const char *const *rtpmaps,
    const char *const *fmtps)
{
  SdpPayloadTable *table = g_new0 (SdpPayloadTable, 1);

  for (guint i = 0; formats[i] != NULL; i++) {
    g_autofree char *value = g_strdup (formats[i]);

    g_assert_null (sdp_payload_table_add_format (table, value));
  }
  for (guint i = 0; rtpmaps[i] != NULL; i++) {
    g_autofree char *value = g_strdup (rtpmaps[i]);

    g_assert_null (sdp_payload_table_add_rtpmap (table, value));
  }
  for (guint i = 0; fmtps[i] != NULL; i++) {
    g_autofree char *value = g_strdup (fmtps[i]);

    g_assert_null (sdp_payload_table_add_fmtp (table, value));
  }
  return table;
}

static SdpMedia *
collect (SdpPayloadTable *table, MediaKind kind)
{
  SdpMedia *media = sdp_media_new ();

  sdp_payload_table_collect (table, kind, media->codecs);
  sdp_payload_table_clear (table);
  g_free (table);
  return media;
}

static const char *const none[] = { NULL };

static void
test_order (void)
{
  static const char *const formats[] = { "98", "96", "99", "97", NULL };
  static const char *const rtpmaps[] = { "96 VP8/90000", "97 RTX/90000",
    "98 vp9/90000", "99 rtx/90000", "100 H264/90000", NULL };
  static const char *const fmtps[] = { "97 apt=96", "99 rtx-time=200; apt=98",
    NULL };
  g_autoptr (SdpMedia) media =
      collect (make_table (formats, rtpmaps, fmtps), MEDIA_VIDEO);

  g_assert_cmpuint (media->codecs->len, ==, 4);
  g_assert_cmpuint (g_array_index (media->codecs, SdpCodec, 0).pt, ==, 98);
  g_assert_cmpuint (sdp_media_find_rtx (media, 98)->pt, ==, 99);
  g_assert_cmpuint (sdp_media_find_rtx (media, 96)->pt, ==, 97);
  /* Not a format of the m-line. */
  g_assert_null (sdp_media_find_codec (media, "H264"));
}

static void
test_static (void)
{
  static const char *const formats[] = { "0", "3", "8", NULL };
  g_autoptr (SdpMedia) audio =
      collect (make_table (formats, none, none), MEDIA_AUDIO);
  g_autoptr (SdpMedia) video =
      collect (make_table (formats, none, none), MEDIA_VIDEO);

  g_assert_cmpuint (audio->codecs->len, ==, 2);
  g_assert_cmpuint (sdp_media_find_codec (audio, "PCMU")->pt, ==, 0);
  g_assert_cmpuint (sdp_media_find_codec (audio, "PCMA")->pt, ==, 8);
  g_assert_cmpuint (video->codecs->len, ==, 0);
}

static void
test_rtx_chain (void)
{
  static const char *const formats[] = { "96", "97", "98", "99", NULL };
  static const char *const rtpmaps[] = { "96 VP8/90000", "97 rtx/90000",
    "98 rtx/90000", "99 rtx/90000", NULL };
  static const char *const fmtps[] = { "97 apt=98", "98 apt=97", "99 stereo=1",
    NULL };
  g_autoptr (SdpMedia) media =
      collect (make_table (formats, rtpmaps, fmtps), MEDIA_VIDEO);

  g_assert_cmpuint (media->codecs->len, ==, 1);
}

static void
test_fmtp (void)
{
  static const struct {
    const char *text;
    const char *clean;
  } cases[] = {
    { "111 minptime=10;useinbandfec=1", "minptime=10;useinbandfec=1" },
    { "111  STEREO = 1 ; x=y;stereo=0", "stereo=1" },
    { "111 111/111", NULL },
    { "111 stereo", NULL },
    { "111 stereo=", NULL },
    { "111 stereo=a b", NULL },
    { "111 ;;;=;==", NULL },
  };
  static const char *const formats[] = { "111", NULL };
  static const char *const rtpmaps[] = { "111 opus/48000/2", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const char *const fmtps[] = { cases[i].text, NULL };
    g_autoptr (SdpMedia) media =
        collect (make_table (formats, rtpmaps, fmtps), MEDIA_AUDIO);

    g_assert_cmpstr (
        sdp_media_find_codec (media, "opus")->fmtp, ==, cases[i].clean);
  }
}

static void
test_feedback (void)
{
  static const char *const formats[] = { "96", "97", NULL };
  static const char *const rtpmaps[] = { "96 VP8/90000", "97 H264/90000",
    NULL };
  static const char *const lines[] = { "* transport-cc", "96 nack",
    "96 nack pli ", "96 x", "97 ccm  fir" };
  SdpPayloadTable *table = make_table (formats, rtpmaps, none);
  g_autoptr (SdpMedia) media = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autofree char *value = g_strdup (lines[i]);

    g_assert_null (sdp_payload_table_add_rtcp_fb (table, value));
  }
  media = collect (table, MEDIA_VIDEO);
  g_assert_cmpuint (sdp_media_find_codec (media, "VP8")->feedback, ==,
      SDP_FEEDBACK_TRANSPORT_CC | SDP_FEEDBACK_NACK | SDP_FEEDBACK_NACK_PLI);
  g_assert_cmpuint (sdp_media_find_codec (media, "H264")->feedback, ==,
      SDP_FEEDBACK_TRANSPORT_CC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/sdppayload/order", test_order);
  g_test_add_func ("/sdppayload/static", test_static);
  g_test_add_func ("/sdppayload/rtx-chain", test_rtx_chain);
  g_test_add_func ("/sdppayload/fmtp", test_fmtp);
  g_test_add_func ("/sdppayload/feedback", test_feedback);
  return g_test_run ();
}
