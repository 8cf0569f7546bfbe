/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpainter.h"

#include "roundbars.h"
#include "webaudiobars.h"

/* One of the drawings. */
struct _SpectrumPainter {
  SpectrumCanvas canvas;
  RoundBars *bars;
  WebAudioBars *webaudio;
};

/**
 * spectrum_painter_new:
 * @look: what to draw
 * @info: the frames to draw on, in one of %SPECTRUM_CANVAS_FORMATS
 * @n_bins: the analyser's number of bins
 *
 * Returns: (transfer full) (nullable): a painter, or %NULL when the format is
 *   none it can draw in
 * Since: 0.1
 */
SpectrumPainter *
spectrum_painter_new (
    const SpectrumLook *look, const GstVideoInfo *info, guint n_bins)
{
  g_autoptr (SpectrumPainter) self = g_new0 (SpectrumPainter, 1);

  g_return_val_if_fail (
      look->n_colors >= 1 && look->n_colors <= SPECTRUM_MAX_COLORS, NULL);

  if (!spectrum_canvas_init (&self->canvas, info))
    return NULL;

  switch (look->style) {
    case SPECTRUM_STYLE_WEBAUDIO:
    case SPECTRUM_STYLE_WEBAUDIO_CLASSIC:
      self->webaudio = g_new0 (WebAudioBars, 1);
      webaudio_bars_init (self->webaudio, &self->canvas, n_bins,
          look->style == SPECTRUM_STYLE_WEBAUDIO_CLASSIC);
      break;
    case SPECTRUM_STYLE_BARS:
    default:
      self->bars = round_bars_new (look, &self->canvas);
      break;
  }
  return g_steal_pointer (&self);
}

/**
 * spectrum_painter_free:
 * @self: (transfer full) (nullable): a painter
 *
 * Since: 0.1
 */
void
spectrum_painter_free (SpectrumPainter *self)
{
  if (!self)
    return;
  g_free (self->webaudio);
  round_bars_free (self->bars);
  g_free (self);
}

/**
 * spectrum_painter_wants_bytes:
 * @self: a painter
 *
 * Returns: %TRUE when it draws the analyser's bytes, %FALSE when it draws the
 *   levels of bands
 * Since: 0.1
 */
gboolean
spectrum_painter_wants_bytes (const SpectrumPainter *self)
{
  return self->webaudio != NULL;
}

/**
 * spectrum_painter_get_n_levels:
 * @self: a painter
 *
 * Returns: how many bytes or levels a picture shows, from the first; never
 *   more than the bins when it wants bytes
 * Since: 0.1
 */
guint
spectrum_painter_get_n_levels (const SpectrumPainter *self)
{
  return self->webaudio ? self->webaudio->visible
                        : round_bars_get_n_levels (self->bars);
}

/**
 * spectrum_painter_get_n_marks:
 * @self: a painter
 *
 * Returns: how many marks a picture is a function of
 * Since: 0.1
 */
guint
spectrum_painter_get_n_marks (const SpectrumPainter *self)
{
  return self->webaudio ? self->webaudio->visible
                        : round_bars_get_n_marks (self->bars);
}

/**
 * spectrum_painter_mark_bytes:
 * @self: a painter that wants bytes
 * @bytes: the analyser's byte frequency data
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_bytes (
    const SpectrumPainter *self, const guint8 *bytes, guint16 *marks)
{
  g_return_if_fail (self->webaudio);

  for (guint i = 0; i < self->webaudio->visible; i++)
    marks[i] = bytes[i];
}

/**
 * spectrum_painter_mark_levels:
 * @self: a painter that wants levels
 * @levels: (array): 0..1 for each band
 * @peaks: (array) (nullable): the same for the peaks; needed when the look has
 *   peaks
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_levels (const SpectrumPainter *self, const gfloat *levels,
    const gfloat *peaks, guint16 *marks)
{
  g_return_if_fail (self->bars);

  round_bars_mark (self->bars, levels, peaks, marks);
}

/**
 * spectrum_painter_paint:
 * @self: a painter
 * @frame: mapped for writing, with the painter's info
 * @marks: the picture to show
 * @shown: (nullable): the picture that @frame shows already, painted by this
 *   painter, or %NULL when it shows anything else
 *
 * Since: 0.1
 */
void
spectrum_painter_paint (SpectrumPainter *self, GstVideoFrame *frame,
    const guint16 *marks, const guint16 *shown)
{
  spectrum_canvas_set_frame (&self->canvas, frame);
  if (self->webaudio)
    webaudio_bars_paint (self->webaudio, &self->canvas, marks, shown == NULL);
  else
    round_bars_paint (self->bars, &self->canvas, marks, shown);
}
