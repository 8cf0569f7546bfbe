/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mixcaps.h"

#include "common/testlog.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

static void
check_video (
    const char *wish, const char *format, int width, int height, int fps)
{
  g_autoptr (GstCaps) wished =
      wish != NULL ? gst_caps_from_string (wish) : NULL;
  g_autoptr (GstCaps) caps = mix_caps_fix (MEDIA_VIDEO, wished);
  GstVideoInfo info;

  g_test_message ("%s", wish);
  g_assert_true (gst_caps_is_fixed (caps));
  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_cmpstr (GST_VIDEO_INFO_NAME (&info), ==, format);
  g_assert_cmpint (GST_VIDEO_INFO_WIDTH (&info), ==, width);
  g_assert_cmpint (GST_VIDEO_INFO_HEIGHT (&info), ==, height);
  g_assert_cmpint (GST_VIDEO_INFO_FPS_N (&info), ==, fps);
  g_assert_true (gst_structure_has_field (
      gst_caps_get_structure (caps, 0), "colorimetry"));
}

static void
test_video (void)
{
  check_video (NULL, "I420", 1280, 720, 30);
  check_video ("ANY", "I420", 1280, 720, 30);
  check_video ("video/x-raw", "I420", 1280, 720, 30);
  check_video ("video/x-raw,format={BGRx,I420}", "I420", 1280, 720, 30);
  check_video ("video/x-raw,format=BGRx;video/x-raw,format=I420,width=640",
      "I420", 640, 360, 30);
  check_video ("video/x-raw,format=BGRx", "BGRx", 1280, 720, 30);
  check_video ("video/x-raw,width=640", "I420", 640, 360, 30);
  check_video ("video/x-raw,height=1080", "I420", 1920, 1080, 30);
  check_video ("video/x-raw,height=720", "I420", 1280, 720, 30);
  check_video (
      "video/x-raw,width=320,height=240,framerate=15/1", "I420", 320, 240, 15);
  check_video (
      "video/x-raw,width=[1,640],framerate=[1/1,25/1]", "I420", 640, 360, 25);
  check_video ("video/x-raw,framerate=[0/1,60/1]", "I420", 1280, 720, 30);
  check_video (
      "video/x-raw,format=NV12,colorimetry=bt601", "NV12", 1280, 720, 30);
}

/* What cannot be followed: the default, and linking tells. */
static void
test_impossible (void)
{
  check_video ("EMPTY", "I420", 1280, 720, 30);
  check_video ("video/x-vp8", "I420", 1280, 720, 30);
  check_video ("audio/x-raw", "I420", 1280, 720, 30);
  check_video ("video/x-raw(memory:GLMemory)", "I420", 1280, 720, 30);
  check_video ("video/x-raw,framerate=0/1", "I420", 1280, 720, 30);
  check_video ("video/x-raw,interlace-mode=interleaved", "I420", 1280, 720, 30);
  check_video ("video/x-raw,width=1", "I420", 1280, 720, 30);
}

static void
check_audio (const char *wish, const char *format, int rate, int channels)
{
  g_autoptr (GstCaps) wished =
      wish != NULL ? gst_caps_from_string (wish) : NULL;
  g_autoptr (GstCaps) caps = mix_caps_fix (MEDIA_AUDIO, wished);
  GstAudioInfo info;

  g_test_message ("%s", wish);
  g_assert_true (gst_caps_is_fixed (caps));
  g_assert_true (gst_audio_info_from_caps (&info, caps));
  g_assert_cmpstr (GST_AUDIO_INFO_NAME (&info), ==, format);
  g_assert_cmpint (GST_AUDIO_INFO_RATE (&info), ==, rate);
  g_assert_cmpint (GST_AUDIO_INFO_CHANNELS (&info), ==, channels);
  g_assert_cmpint (
      GST_AUDIO_INFO_LAYOUT (&info), ==, GST_AUDIO_LAYOUT_INTERLEAVED);
}

static void
test_audio (void)
{
  check_audio (NULL, "S16LE", 48000, 2);
  check_audio ("ANY", "S16LE", 48000, 2);
  check_audio ("audio/x-raw", "S16LE", 48000, 2);
  check_audio ("audio/x-raw,channels=1", "S16LE", 48000, 1);
  check_audio ("audio/x-raw,format=F32LE", "F32LE", 48000, 2);
  check_audio ("audio/x-raw,format={F32LE,S16LE}", "S16LE", 48000, 2);
  check_audio ("audio/x-raw,rate={8000,16000}", "S16LE", 16000, 2);
  check_audio ("audio/x-raw,rate=[1,44100],channels=[1,8]", "S16LE", 44100, 2);
  check_audio ("audio/x-opus", "S16LE", 48000, 2);
  check_audio ("audio/x-raw,layout=non-interleaved", "S16LE", 48000, 2);
  check_audio ("audio/x-raw,rate=4", "S16LE", 48000, 2);
}

static void
check_relabel (const char *input, const char *mix, const char *expected)
{
  g_autoptr (GstCaps) in = gst_caps_from_string (input);
  g_autoptr (GstCaps) out = gst_caps_from_string (mix);
  g_autoptr (GstCaps) caps = mix_caps_relabel (in, out);
  GstVideoInfo info;
  g_autofree char *colorimetry = NULL;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  colorimetry = gst_video_colorimetry_to_string (&info.colorimetry);
  g_assert_cmpstr (colorimetry, ==, expected);
  g_assert_cmpint (
      info.interlace_mode, ==, GST_VIDEO_INTERLACE_MODE_PROGRESSIVE);
}

#define SIZE ",width=64,height=48,framerate=30/1"

static void
test_relabel (void)
{
  g_autoptr (GstCaps) text = gst_caps_from_string ("text/x-raw,format=utf8");
  g_autoptr (GstCaps) mix = mix_caps_fix (MEDIA_VIDEO, NULL);
  g_autoptr (GstCaps) same = mix_caps_relabel (text, mix);

  check_relabel ("video/x-raw,format=I420" SIZE,
      "video/x-raw,format=I420,colorimetry=bt709" SIZE, "bt709");
  check_relabel ("video/x-raw,format=NV12,colorimetry=bt601" SIZE,
      "video/x-raw,format=I420,colorimetry=bt709" SIZE, "bt709");
  check_relabel ("video/x-raw,format=I420,interlace-mode=mixed" SIZE,
      "video/x-raw,format=I420,colorimetry=bt601" SIZE, "bt601");
  /* Full range looks washed out if it is taken for studio range. */
  check_relabel ("video/x-raw,format=I420,colorimetry=1:4:0:0" SIZE,
      "video/x-raw,format=I420,colorimetry=bt709" SIZE, "1:4:0:0");
  check_relabel ("video/x-raw,format=RGB" SIZE,
      "video/x-raw,format=I420,colorimetry=bt709" SIZE, "sRGB");
  check_relabel ("video/x-raw,format=I420,colorimetry=bt601" SIZE,
      "video/x-raw,format=BGRx" SIZE, "bt601");
  g_assert_true (gst_caps_is_equal (text, same));
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/mixcaps/video", test_video);
  g_test_add_func ("/mixcaps/impossible", test_impossible);
  g_test_add_func ("/mixcaps/audio", test_audio);
  g_test_add_func ("/mixcaps/relabel", test_relabel);
  return g_test_run ();
}
