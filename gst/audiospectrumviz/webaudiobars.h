/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumcanvas.h"

G_BEGIN_DECLS

/**
 * WebAudioBars:
 *
 * The bar graph of MDN's "Visualizations with Web Audio API", as a browser's
 * software canvas draws it.
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  gdouble bar_width;
  gdouble step;
  guint visible;
  SpectrumInk black;
  SpectrumInk inks[256];
} WebAudioBars;

void webaudio_bars_init (WebAudioBars *self, const SpectrumCanvas *canvas,
    guint n_bins, gboolean classic);
void webaudio_bars_paint (const WebAudioBars *self, SpectrumCanvas *canvas,
    const guint16 *bytes, gboolean fresh);

G_END_DECLS
