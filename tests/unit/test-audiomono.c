/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audiomono.h"

#include <math.h>
#include <string.h>

#include "common/testlog.h"

/* Packs @samples (-1..1) as @format, interleaved or not. */
static GstBuffer *
pack (GstAudioInfo *info, const gdouble *samples, guint frames)
{
  const GstAudioFormatInfo *format = info->finfo;
  guint channels = (guint) GST_AUDIO_INFO_CHANNELS (info);
  guint width = (guint) GST_AUDIO_INFO_WIDTH (info) / 8;
  gboolean planar =
      GST_AUDIO_INFO_LAYOUT (info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED;
  gsize size = (gsize) frames * channels * width;
  guint8 *data = g_malloc (size);
  GstBuffer *buffer;

  for (guint i = 0; i < frames; i++)
    for (guint c = 0; c < channels; c++) {
      guint at = planar ? c * frames + i : i * channels + c;
      gdouble value = samples[i * channels + c];
      gint32 integer =
          (gint32) CLAMP (value * 2147483648.0, -2147483648.0, 2147483647.0);

      format->pack_func (format, GST_AUDIO_PACK_FLAG_NONE,
          format->unpack_format == GST_AUDIO_FORMAT_S32 ? (gpointer) &integer
                                                        : (gpointer) &value,
          data + at * width, 1);
    }
  buffer = gst_buffer_new_wrapped (data, size);
  if (planar)
    gst_buffer_add_audio_meta (buffer, info, frames, NULL);
  return buffer;
}

static void
read_channel (GstAudioInfo *info, const gdouble *samples, guint frames,
    gint channel, gfloat *out)
{
  g_autoptr (AudioMono) mono = audio_mono_new (info);
  g_autoptr (GstBuffer) buffer = pack (info, samples, frames);
  GstAudioBuffer audio;

  g_assert_true (gst_audio_buffer_map (&audio, info, buffer, GST_MAP_READ));
  g_assert_cmpuint (audio.n_samples, ==, frames);
  /* In two pieces, to see that the offset counts frames. */
  audio_mono_read (mono, &audio, 0, 1, channel, out);
  audio_mono_read (mono, &audio, 1, frames - 1, channel, out + 1);
  gst_audio_buffer_unmap (&audio);
}

static void
read_mono (
    GstAudioInfo *info, const gdouble *samples, guint frames, gfloat *out)
{
  read_channel (info, samples, frames, AUDIO_MONO_MIX, out);
}

static void
test_formats (void)
{
  const gdouble samples[] = { 0, 0.5, -0.5, 0.25, -1, 0.75 };

  for (guint f = GST_AUDIO_FORMAT_S8; f <= GST_AUDIO_FORMAT_F64BE; f++)
    for (guint planar = 0; planar < 2; planar++) {
      GstAudioInfo info;
      gfloat out[6];

      gst_audio_info_set_format (&info, (GstAudioFormat) f, 48000, 1, NULL);
      if (planar)
        info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
      read_mono (&info, samples, 6, out);
      for (guint i = 0; i < 6; i++)
        g_assert_cmpfloat (out[i], ==, (gfloat) samples[i]);
    }
}

/* Web Audio's speakers for 1, 2, 4 and 6 channels, else the first alone. */
static void
test_down_mix (void)
{
  for (guint channels = 1; channels <= 64; channels++)
    for (guint planar = 0; planar < 2; planar++) {
      GstAudioChannelPosition none[64];
      GstAudioInfo info;
      gdouble samples[2 * 64];
      gfloat out[2], want;

      for (guint c = 0; c < 64; c++)
        none[c] = GST_AUDIO_CHANNEL_POSITION_NONE;
      for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
        samples[i] = i / 256.0;
      gst_audio_info_set_format (
          &info, GST_AUDIO_FORMAT_F32, 48000, (gint) channels, none);
      if (planar)
        info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
      read_mono (&info, samples, 2, out);

      for (guint i = 0; i < 2; i++) {
        const gdouble *in = samples + i * channels;

        if (channels == 2)
          want = (gfloat) (0.5 * in[0] + 0.5 * in[1]);
        else if (channels == 4)
          want = (gfloat) (0.25 * (in[0] + in[1] + in[2] + in[3]));
        else if (channels == 6)
          want = (gfloat) (sqrt (0.5) * (in[0] + in[1]) + in[2]
              + 0.5 * (in[4] + in[5]));
        else
          want = (gfloat) in[0];
        g_assert_cmpfloat_with_epsilon (out[i], want, 1e-7);
      }
    }
}

static void
test_opposite_phase (void)
{
  const gdouble samples[] = { 0.3, -0.3, 0.77, -0.77, 1, -1 };
  GstAudioInfo info;
  gfloat out[3];

  gst_audio_info_set_format (&info, GST_AUDIO_FORMAT_F32, 48000, 2, NULL);
  read_mono (&info, samples, 3, out);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat (out[i], ==, 0);
}

/* One channel of many, in every format; beyond the last is the last. */
static void
test_one_channel (void)
{
  const gdouble samples[] = { 0, 0.5, -0.5, 0.25, -1, 0.75 };

  for (guint f = GST_AUDIO_FORMAT_S8; f <= GST_AUDIO_FORMAT_F64BE; f++)
    for (guint planar = 0; planar < 2; planar++)
      for (gint channel = 0; channel < 5; channel++) {
        GstAudioChannelPosition none[3] = { GST_AUDIO_CHANNEL_POSITION_NONE,
          GST_AUDIO_CHANNEL_POSITION_NONE, GST_AUDIO_CHANNEL_POSITION_NONE };
        GstAudioInfo info;
        gfloat out[2];

        gst_audio_info_set_format (&info, (GstAudioFormat) f, 48000, 3, none);
        if (planar)
          info.layout = GST_AUDIO_LAYOUT_NON_INTERLEAVED;
        read_channel (&info, samples, 2, channel, out);
        for (guint i = 0; i < 2; i++)
          g_assert_cmpfloat (
              out[i], ==, (gfloat) samples[i * 3 + (guint) MIN (channel, 2)]);
      }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/audiomono/formats", test_formats);
  g_test_add_func ("/audiomono/down-mix", test_down_mix);
  g_test_add_func ("/audiomono/opposite-phase", test_opposite_phase);
  g_test_add_func ("/audiomono/one-channel", test_one_channel);
  return g_test_run ();
}
