/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

G_BEGIN_DECLS

/* Frames per call of audio_mono_read (). */
#define AUDIO_MONO_CHUNK 512
/* All channels, as one. */
#define AUDIO_MONO_MIX (-1)

/**
 * AudioMono:
 *
 * Reads raw audio of any format, layout and channel count as the mono floats
 * that Web Audio's AnalyserNode would hear, or a channel of it. Knows nothing of time.
 *
 * Since: 0.1
 */
typedef struct _AudioMono AudioMono;

AudioMono *audio_mono_new (const GstAudioInfo *info);
void audio_mono_free (AudioMono *self);
void audio_mono_read (AudioMono *self, const GstAudioBuffer *buffer,
    gsize offset, guint frames, gint channel, gfloat *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AudioMono, audio_mono_free)

G_END_DECLS
