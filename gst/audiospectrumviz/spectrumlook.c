/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumlook.h"

#include "spectrumcanvas.h"

/**
 * spectrum_look_color:
 * @look: a look
 * @at: 0 (the first color) to 1 (the last)
 *
 * Returns: the gradient's color there, 0xAARRGGBB
 * Since: 0.1
 */
guint32
spectrum_look_color (const SpectrumLook *look, gdouble at)
{
  gdouble place = CLAMP (at, 0, 1) * (look->n_colors - 1);
  guint index = MIN ((guint) place, look->n_colors - 1);
  guint next = MIN (index + 1, look->n_colors - 1);

  return spectrum_color_mix (
      look->colors[index], look->colors[next], place - index);
}
