/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "livemixer.h"

G_BEGIN_DECLS

/**
 * MixerInput:
 *
 * One input of a #LiveMixer: the branch between a pad for raw media of any kind
 * and a pad of the mixer. Nothing but buffers, caps and a plain segment leave it
 * towards the mixer, and nothing but GST_FLOW_OK towards what feeds it.
 */
typedef struct _MixerInput MixerInput;

/**
 * MixerInputGate:
 * @user_data: of mixer_input_new()
 *
 * Returns: whether the mixer takes buffers now. Called from streaming threads.
 */
typedef gboolean (*MixerInputGate) (gpointer user_data);

/**
 * MixerInputShown:
 * @user_data: of mixer_input_new()
 *
 * The first buffer is about to reach the mixer. Called once, from a streaming
 * thread.
 */
typedef void (*MixerInputShown) (gpointer user_data);

/**
 * MixerInputCaps:
 * @user_data: of mixer_input_new()
 *
 * Returns: (transfer full): what the mix is made of. Called from streaming
 *   threads.
 */
typedef GstCaps *(*MixerInputCaps) (gpointer user_data);

typedef struct {
  MixerInputGate gate;
  MixerInputShown shown;
  MixerInputCaps mix_caps;
  gpointer user_data;
} MixerInputCallbacks;

MixerInput *mixer_input_new (GstBin *bin, GstElement *mixer, MediaKind kind,
    guint serial, GstClockTime budget, const LiveMixerInput *params,
    const MixerInputCallbacks *callbacks, GError **error);
void mixer_input_free (MixerInput *self);

gboolean mixer_input_start (MixerInput *self);

GstPad *mixer_input_get_entry (MixerInput *self);
GstPad *mixer_input_get_mixer_pad (MixerInput *self);
const char *mixer_input_get_id (MixerInput *self);
gboolean mixer_input_is_shown (MixerInput *self);
gboolean mixer_input_owns (MixerInput *self, GstObject *object);

G_END_DECLS
