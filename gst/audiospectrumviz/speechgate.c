/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speechgate.h"

#include <math.h>

/**
 * speech_gate_hear:
 * @self: a gate; one of zeros has heard nothing
 * @samples: (array length=count): 1.0 is full scale; what is not finite counts
 *   as silence
 * @count: how many
 *
 * Since: 0.1
 */
void
speech_gate_hear (SpeechGate *self, const gfloat *samples, gsize count)
{
  gdouble energy = 0;
  gfloat peak = self->peak;

  for (gsize i = 0; i < count; i++) {
    gfloat value = fabsf (samples[i]);

    if (!(value <= G_MAXFLOAT))
      continue;
    energy += (gdouble) value * value;
    peak = MAX (peak, value);
  }
  self->energy += energy;
  self->peak = peak;
  self->samples += count;
}

/**
 * speech_gate_hear_silence:
 * @self: a gate
 * @count: samples of silence
 *
 * Since: 0.1
 */
void
speech_gate_hear_silence (SpeechGate *self, guint64 count)
{
  self->samples += count;
}

static gdouble
to_decibels (gdouble power)
{
  return power > 0 ? MAX (10 * log10 (power), SPEECH_GATE_SILENT)
                   : SPEECH_GATE_SILENT;
}

/**
 * speech_gate_read:
 * @self: a gate
 *
 * Returns: how loud it was since the last read, never below
 *   %SPEECH_GATE_SILENT
 * Since: 0.1
 */
SpeechGateReading
speech_gate_read (SpeechGate *self)
{
  SpeechGateReading reading = {
    to_decibels (self->samples ? self->energy / (gdouble) self->samples : 0),
    to_decibels ((gdouble) self->peak * self->peak),
    self->samples,
  };

  self->energy = 0;
  self->peak = 0;
  self->samples = 0;
  return reading;
}

/**
 * speech_gate_step:
 * @self: a gate
 * @rms: how loud it was, dB
 * @seconds: for how long
 * @threshold: dB from which somebody speaks
 * @hangover: seconds of quiet after which nobody does
 *
 * Returns: %TRUE when the answer changed; it is in @self->speaking
 * Since: 0.1
 */
gboolean
speech_gate_step (SpeechGate *self, gdouble rms, gdouble seconds,
    gdouble threshold, gdouble hangover)
{
  gboolean before = self->speaking;

  if (rms >= threshold) {
    self->speaking = TRUE;
    self->quiet = 0;
  } else {
    self->quiet += seconds;
    if (self->quiet >= hangover)
      self->speaking = FALSE;
  }
  return self->speaking != before;
}

/**
 * speech_gate_stop:
 * @self: a gate
 *
 * The sound ended or is known to be missing: nobody speaks, at once.
 *
 * Returns: %TRUE when somebody did
 * Since: 0.1
 */
gboolean
speech_gate_stop (SpeechGate *self)
{
  gboolean before = self->speaking;

  self->speaking = FALSE;
  self->quiet = 0;
  return before;
}
