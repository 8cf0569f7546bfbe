/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "mediakind.h"

G_BEGIN_DECLS

/**
 * LiveMixer:
 *
 * A bin that makes one live stream without an end out of inputs that come and
 * go: black and silence while there are none, a grid of pictures and the sum of
 * the voices while there are some. It knows nothing of peers, rooms and WebRTC.
 * See docs/mixing.md.
 */
typedef struct _LiveMixer LiveMixer;

/**
 * LiveMixerInput:
 * @id: (nullable): what messages about this input name it by
 * @cover: video: fill the tile and cut what is over, instead of showing all of
 *   the picture with margins
 *
 * What an input is asked to be; %NULL instead of the struct means all zero.
 */
typedef struct {
  const char *id;
  gboolean cover;
} LiveMixerInput;

LiveMixer *live_mixer_new (GstBin *bin, MediaKind kind, const char *name,
    GstClockTime upstream_latency, GError **error);
void live_mixer_free (LiveMixer *self);

GstElement *live_mixer_get_element (LiveMixer *self);
GstPad *live_mixer_get_src_pad (LiveMixer *self);

GstPad *live_mixer_add_input (
    LiveMixer *self, const LiveMixerInput *params, GError **error);
void live_mixer_remove_input (LiveMixer *self, GstPad *pad);
guint live_mixer_count_inputs (LiveMixer *self);

void live_mixer_send_eos (LiveMixer *self);

G_END_DECLS
