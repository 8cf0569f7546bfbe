/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Below this is nothing, in dB of full scale. */
#define SPEECH_GATE_SILENT (-200.0)

/**
 * SpeechGate:
 *
 * How loud sound was since it was last asked, and whether somebody speaks. It
 * knows nothing of spectra: who is loud enough speaks, until he was quiet for a
 * while.
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  gdouble energy;
  gfloat peak;
  guint64 samples;
  gboolean speaking;
  gdouble quiet;
} SpeechGate;

/**
 * SpeechGateReading:
 * @rms: dB of full scale; a full-scale sine is -3.01
 * @peak: dB of full scale
 * @samples: that were heard
 *
 * Since: 0.1
 */
typedef struct {
  gdouble rms;
  gdouble peak;
  guint64 samples;
} SpeechGateReading;

void speech_gate_hear (SpeechGate *self, const gfloat *samples, gsize count);
void speech_gate_hear_silence (SpeechGate *self, guint64 count);
SpeechGateReading speech_gate_read (SpeechGate *self);
gboolean speech_gate_step (SpeechGate *self, gdouble rms, gdouble seconds,
    gdouble threshold, gdouble hangover);
gboolean speech_gate_stop (SpeechGate *self);

G_END_DECLS
