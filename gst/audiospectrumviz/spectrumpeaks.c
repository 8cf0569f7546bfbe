/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpeaks.h"

struct _SpectrumPeaks {
  guint count;
  gdouble hold;
  gdouble fall;
  gfloat *peaks;
  gfloat *ages;
};

/**
 * spectrum_peaks_new:
 * @count: bars
 *
 * Returns: (transfer full): peaks of silence, which neither stay nor fall
 * Since: 0.1
 */
SpectrumPeaks *
spectrum_peaks_new (guint count)
{
  SpectrumPeaks *self = g_new0 (SpectrumPeaks, 1);

  self->count = count;
  self->peaks = g_new0 (gfloat, MAX (1, count));
  self->ages = g_new0 (gfloat, MAX (1, count));
  return self;
}

/**
 * spectrum_peaks_get_count:
 * @self: peaks
 *
 * Returns: how many
 * Since: 0.1
 */
guint
spectrum_peaks_get_count (const SpectrumPeaks *self)
{
  return self->count;
}

/**
 * spectrum_peaks_set_motion:
 * @self: peaks
 * @hold: seconds for which a peak stays
 * @fall: full heights per second at which it falls afterwards
 *
 * Since: 0.1
 */
void
spectrum_peaks_set_motion (SpectrumPeaks *self, gdouble hold, gdouble fall)
{
  self->hold = hold;
  self->fall = fall;
}

/**
 * spectrum_peaks_free:
 * @self: (transfer full) (nullable): peaks
 *
 * Since: 0.1
 */
void
spectrum_peaks_free (SpectrumPeaks *self)
{
  if (!self)
    return;
  g_free (self->peaks);
  g_free (self->ages);
  g_free (self);
}

/**
 * spectrum_peaks_step:
 * @self: peaks
 * @levels: (array): 0..1 for each bar
 * @seconds: since the last step
 *
 * Returns: (transfer none): the peaks, until the next step; none is below its
 *   level
 * Since: 0.1
 */
const gfloat *
spectrum_peaks_step (SpectrumPeaks *self, const gfloat *levels, gdouble seconds)
{
  for (guint i = 0; i < self->count; i++) {
    gdouble held = self->hold - self->ages[i];
    gdouble falling = seconds - MAX (0, held);

    self->ages[i] += (gfloat) seconds;
    if (falling > 0)
      self->peaks[i] -= (gfloat) (self->fall * falling);
    if (levels[i] >= self->peaks[i]) {
      self->peaks[i] = levels[i];
      self->ages[i] = 0;
    }
  }
  return self->peaks;
}
