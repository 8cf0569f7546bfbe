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

/* Which samples of a block are wanted: of each frame, which is @stride samples
 * wide, @take from the channel @skip on. They are written @step apart. */
typedef struct {
  guint frames;
  guint stride;
  guint skip;
  guint take;
  guint step;
} Pick;

#define CONVERT(type, scale)                                  \
  G_STMT_START                                                \
  {                                                           \
    const type *in = (const type *) samples + pick.skip;      \
                                                              \
    /* A loop without strides is what compilers vectorise. */ \
    if (pick.stride == pick.take && pick.step == pick.take)   \
      for (guint i = 0; i < pick.frames * pick.take; i++)     \
        out[i] = (gfloat) (in[i] * (scale));                  \
    else                                                      \
      for (guint i = 0; i < pick.frames; i++)                 \
        for (guint c = 0; c < pick.take; c++)                 \
          out[i * pick.step + c] =                            \
              (gfloat) (in[i * pick.stride + c] * (scale));   \
  }                                                           \
  G_STMT_END

static void
to_floats (AudioMono *self, gconstpointer samples, Pick pick, gfloat *out)
{
  const GstAudioFormatInfo *format = self->info.finfo;

  switch (GST_AUDIO_INFO_FORMAT (&self->info)) {
    case GST_AUDIO_FORMAT_F32:
      CONVERT (gfloat, 1.0f);
      return;
    case GST_AUDIO_FORMAT_S16:
      CONVERT (gint16, 1 / 32768.0f);
      return;
    default:
      break;
  }

  /* Without this flag a sample's bits are repeated below it, and silence in 8
   * bits is no longer 0. */
  format->unpack_func (format, GST_AUDIO_PACK_FLAG_TRUNCATE_RANGE,
      self->unpacked, (gpointer) samples, (gint) (pick.frames * pick.stride));
  samples = self->unpacked;
  if (format->unpack_format == GST_AUDIO_FORMAT_S32)
    CONVERT (gint32, 1 / 2147483648.0);
  else
    CONVERT (gdouble, 1.0);
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
      break;
  }
}

/**
 * audio_mono_read:
 * @self: a reader
 * @buffer: mapped for reading with the reader's info
 * @offset: first frame to read
 * @frames: at most %AUDIO_MONO_CHUNK, all inside @buffer
 * @channel: the channel to hear, of those there are at most the last, or
 *   %AUDIO_MONO_MIX
 * @out: (out caller-allocates): @frames samples
 *
 * The mix of 1, 2, 4 and 6 channels is that of Web Audio's speakers; of any
 * other count it is the first channel alone, as in Chromium.
 *
 * Since: 0.1
 */
void
audio_mono_read (AudioMono *self, const GstAudioBuffer *buffer, gsize offset,
    guint frames, gint channel, gfloat *out)
{
  guint channels = (guint) GST_AUDIO_INFO_CHANNELS (&self->info);
  gboolean mix = channel < 0;
  guint first = mix ? 0 : MIN ((guint) channel, channels - 1);
  guint used = mix ? self->used : 1;
  gfloat *floats = mix && used > 1 ? self->floats : out;

  g_return_if_fail (frames <= AUDIO_MONO_CHUNK);

  if (GST_AUDIO_INFO_LAYOUT (&self->info) == GST_AUDIO_LAYOUT_NON_INTERLEAVED) {
    guint width = (guint) GST_AUDIO_INFO_WIDTH (&self->info) / 8;

    for (guint c = 0; c < used; c++)
      to_floats (self,
          (const guint8 *) buffer->planes[first + c] + offset * width,
          (Pick){ frames, 1, 0, 1, used }, floats + c);
  } else {
    guint bpf = (guint) GST_AUDIO_INFO_BPF (&self->info);

    to_floats (self, (const guint8 *) buffer->planes[0] + offset * bpf,
        (Pick){ frames, channels, first, used, used }, floats);
  }
  if (floats != out)
    down_mix (floats, used, frames, out);
}
