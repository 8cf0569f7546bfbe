/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "speechgate.h"

#include <math.h>

#include "common/testlog.h"

static void
test_level (void)
{
  SpeechGate gate = { 0 };
  SpeechGateReading reading = speech_gate_read (&gate);
  gfloat sine[4800];

  g_assert_cmpfloat (reading.rms, ==, SPEECH_GATE_SILENT);
  g_assert_cmpfloat (reading.peak, ==, SPEECH_GATE_SILENT);

  for (guint i = 0; i < G_N_ELEMENTS (sine); i++)
    sine[i] = (gfloat) sin (2 * G_PI * i / 48);
  speech_gate_hear (&gate, sine, G_N_ELEMENTS (sine));
  reading = speech_gate_read (&gate);
  g_assert_cmpfloat_with_epsilon (reading.rms, -3.01, 0.01);
  g_assert_cmpfloat_with_epsilon (reading.peak, 0, 0.01);

  /* Half of the time silent: half the energy. */
  speech_gate_hear (&gate, sine, G_N_ELEMENTS (sine));
  speech_gate_hear_silence (&gate, G_N_ELEMENTS (sine));
  g_assert_cmpfloat_with_epsilon (speech_gate_read (&gate).rms, -6.02, 0.01);
}

static void
test_not_finite (void)
{
  const gfloat bad[] = { NAN, INFINITY, -INFINITY, 0.5f };
  SpeechGate gate = { 0 };
  SpeechGateReading reading;

  speech_gate_hear (&gate, bad, G_N_ELEMENTS (bad));
  reading = speech_gate_read (&gate);
  g_assert_cmpfloat_with_epsilon (reading.rms, -12.04, 0.01);
  g_assert_cmpfloat_with_epsilon (reading.peak, -6.02, 0.01);
}

/* Begins at once, ends after the hangover and not between two words. */
static void
test_hangover (void)
{
  SpeechGate gate = { 0 };

  g_assert_false (speech_gate_step (&gate, -60, 1, -50, 0.4));
  g_assert_true (speech_gate_step (&gate, -50, 0.04, -50, 0.4));
  g_assert_true (gate.speaking);
  for (guint i = 0; i < 9; i++)
    g_assert_false (speech_gate_step (&gate, -51, 0.04, -50, 0.4));
  g_assert_false (speech_gate_step (&gate, -20, 0.04, -50, 0.4));
  for (guint i = 0; i < 9; i++)
    g_assert_false (speech_gate_step (&gate, -51, 0.04, -50, 0.4));
  g_assert_true (gate.speaking);
  g_assert_true (speech_gate_step (&gate, -51, 0.05, -50, 0.4));
  g_assert_false (gate.speaking);

  g_assert_false (speech_gate_stop (&gate));
  g_assert_true (speech_gate_step (&gate, -20, 0.04, -50, 0.4));
  g_assert_true (speech_gate_stop (&gate));
  g_assert_false (gate.speaking);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/speechgate/level", test_level);
  g_test_add_func ("/speechgate/not-finite", test_not_finite);
  g_test_add_func ("/speechgate/hangover", test_hangover);
  return g_test_run ();
}
