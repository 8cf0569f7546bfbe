/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "audiomono.h"

struct _AudioMono {
  GstAudioInfo info;
  /* Channels that count: the down-mix ignores all but the first for a layout
   * it does not know. */
  guint used;
  /* AUDIO_MONO_CHUNK frames as the format unpacks them: gint32 or gdouble. */
  gpointer unpacked;
  /* AUDIO_MONO_CHUNK frames of @used interleaved floats. */
  gfloat *floats;
};

/**
 * audio_mono_new:
 * @info: what the buffers hold
 *
 * Returns: (transfer full): a reader for buffers of @info
 * Since: 0.1
 */
AudioMono *
audio_mono_new (const GstAudioInfo *info)
{
  AudioMono *self = g_new0 (AudioMono, 1);
  guint channels = (guint) GST_AUDIO_INFO_CHANNELS (info);

  self->info = *info;
  self->used = channels == 1 || channels == 2 || channels == 4 || channels == 6
      ? channels
      : 1;
  self->unpacked = g_malloc0_n (AUDIO_MONO_CHUNK, channels * sizeof (gdouble));
  self->floats = g_new0 (gfloat, AUDIO_MONO_CHUNK * self->used);
  return self;
}

/**
 * audio_mono_free:
 * @self: (transfer full) (nullable): a reader
 *
 * Since: 0.1
 */
void
audio_mono_free (AudioMono *self)
{
  if (!self)
    return;
  g_free (self->unpacked);
  g_free (self->floats);
  g_free (self);
}

/* Writes @frames floats, @step apart: @samples is @stride channels wide. */
static void
to_floats (AudioMono *self, gconstpointer samples, guint frames, guint stride,
    guint take, gfloat *out)
{
  const GstAudioFormatInfo *format = self->info.finfo;

  if (GST_AUDIO_INFO_FORMAT (&self->info) == GST_AUDIO_FORMAT_F32) {
    const gfloat *in = samples;

    for (guint i = 0; i < frames; i++)
      for (guint c = 0; c < take; c++)
        out[i * self->used + c] = in[i * stride + c];
    return;
  }
  if (GST_AUDIO_INFO_FORMAT (&self->info) == GST_AUDIO_FORMAT_S16) {
    const gint16 *in = samples;

    for (guint i = 0; i < frames; i++)
      for (guint c = 0; c < take; c++)
        out[i * self->used + c] = in[i * stride + c] / 32768.0f;
    return;
  }

  /* Without this flag a sample's bits are repeated below it, and silence in 8
   * bits is no longer 0. */
  format->unpack_func (format, GST_AUDIO_PACK_FLAG_TRUNCATE_RANGE,
      self->unpacked, (gpointer) samples, (gint) (frames * stride));
  if (format->unpack_format == GST_AUDIO_FORMAT_S32) {
    const gint32 *in = self->unpacked;

    for (guint i = 0; i < frames; i++)
      for (guint c = 0; c < take; c++)
        out[i * self->used + c] = (gfloat) (in[i * stride + c] / 2147483648.0);
  } else {
    const gdouble *in = self->unpacked;

    for (guint i = 0; i < frames; i++)
      for (guint c = 0; c < take; c++)
        out[i * self->used + c] = (gfloat) in[i * stride + c];
  }
}

/* Web Audio 1.0, "Channel up-mixing and down-mixing", speakers to mono. The
 * order of the float operations is Chromium's, to the last bit. */
static void
down_mix (const gfloat *in, guint channels, guint frames, gfloat *out)
{
  const gfloat side = 0.70710678118654752440f;

  switch (channels) {
    case 2:
      for (guint i = 0; i < frames; i++, in += 2)
        out[i] = 0.5f * in[0] + 0.5f * in[1];
      break;
    case 4:
      for (guint i = 0; i < frames; i++, in += 4)
        out[i] = 0.25f * in[0] + 0.25f * in[1] + 0.25f * in[2] + 0.25f * in[3];
      break;
    case 6:
      for (guint i = 0; i < frames; i++, in += 6)
        out[i] =
            side * in[0] + side * in[1] + in[2] + 0.5f * in[4] + 0.5f * in[5];
      break;
    default:
      for (guint i = 0; i < frames; i++)
        out[i] = in[i];
      break;
  }
}

/**
 * audio_mono_read:
 * @self: a reader
 * @buffer: mapped for reading with the reader's info
 * @offset: first frame to read
 * @frames: at most %AUDIO_MONO_CHUNK, all inside @buffer
 * @out: (out caller-allocates): @frames samples
 *
 * 1, 2, 4 and 6 channels are mixed as Web Audio's speakers; of any other count
 * the first channel alone is heard, as in Chromium.
 *
 * Since: 0.1
 */
void
audio_mono_read (AudioMono *self, const GstAudioBuffer *buffer, gsize offset,
    guint frames, gfloat *out)
{
  guint channels = (guint) GST_AUDIO_INFO_CHANNELS (&self->info);

  g_return_if_fail (frames <= AUDIO_MONO_CHUNK);

  if (GST_AUDIO_INFO_LAYOUT (&self->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED) {
    guint width = (guint) GST_AUDIO_INFO_WIDTH (&self->info) / 8;

    for (guint c = 0; c < self->used; c++)
      to_floats (self, (const guint8 *) buffer->planes[c] + offset * width,
          frames, 1, 1, self->floats + c);
  } else {
    guint bpf = (guint) GST_AUDIO_INFO_BPF (&self->info);

    to_floats (self, (const guint8 *) buffer->planes[0] + offset * bpf, frames,
        channels, self->used, self->floats);
  }
  down_mix (self->floats, self->used, frames, out);
}
