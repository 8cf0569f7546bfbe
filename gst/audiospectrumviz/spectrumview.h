/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "spectrumanalyser.h"
#include "spectrumbands.h"
#include "spectrumpainter.h"

G_BEGIN_DECLS

/**
 * SpectrumSettings:
 * @fft_size: samples per analysis
 * @smoothing: Web Audio's smoothingTimeConstant
 * @smoothing_fps: frames per second for which @smoothing is meant, or 0 for
 *   whatever the framerate is
 * @min_decibels: the bottom of a bar
 * @max_decibels: the top of a bar
 * @scale: how frequencies are spread over the bands
 * @min_frequency: Hz of the first band's lower edge
 * @max_frequency: Hz of the last band's upper edge, or 0 for half the rate
 * @peak_hold: seconds for which a peak stays
 * @peak_fall: full heights per second at which it falls afterwards
 * @look: what to draw
 *
 * All a picture depends on but the sound.
 *
 * Since: 0.1
 */
typedef struct {
  guint fft_size;
  gdouble smoothing;
  gdouble smoothing_fps;
  gdouble min_decibels;
  gdouble max_decibels;
  SpectrumScale scale;
  gdouble min_frequency;
  gdouble max_frequency;
  gdouble peak_hold;
  gdouble peak_fall;
  SpectrumLook look;
} SpectrumSettings;

/**
 * SpectrumView:
 *
 * From samples to pictures: an analyser for each channel that is drawn, bands and
 * a painter, joined as the settings say. It knows nothing of buffers, pads and time.
 *
 * Since: 0.1
 */
typedef struct _SpectrumView SpectrumView;

SpectrumView *spectrum_view_new (void);
void spectrum_view_free (SpectrumView *self);

gboolean spectrum_view_configure (SpectrumView *self,
    const SpectrumSettings *settings, guint rate, const GstVideoInfo *info);

guint spectrum_view_get_n_channels (const SpectrumView *self);
void spectrum_view_push (
    SpectrumView *self, guint channel, const gfloat *samples, gsize count);
void spectrum_view_push_silence (SpectrumView *self, guint64 count);
void spectrum_view_reset (SpectrumView *self);

guint spectrum_view_get_bin_count (const SpectrumView *self);
gfloat spectrum_view_get_magnitude (const SpectrumView *self, guint bin);

guint spectrum_view_get_n_marks (const SpectrumView *self);
const guint16 *spectrum_view_step (SpectrumView *self);
void spectrum_view_paint (
    SpectrumView *self, GstVideoFrame *frame, const guint16 *shown);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpectrumView, spectrum_view_free)

G_END_DECLS
