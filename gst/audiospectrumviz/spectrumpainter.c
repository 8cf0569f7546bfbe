/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpainter.h"

#include "roundbars.h"
#include "waveform.h"
#include "webaudiobars.h"

/* A part of the picture, with one of the drawings. */
typedef struct {
  gint x, y;
  gint width, height;
  guint n_marks;
  RoundBars *bars;
  Waveform *wave;
  WebAudioBars *webaudio;
} Lane;

struct _SpectrumPainter {
  SpectrumCanvas canvas;
  SpectrumInput input;
  Lane lanes[SPECTRUM_MAX_LANES];
  guint n_lanes;
  guint n_levels;
};

/* The first lane is above the second, or on its left: where bars that grow from
 * the middle meet. */
static void
place_lanes (SpectrumPainter *self, const SpectrumLook *look)
{
  gint width = self->canvas.width, height = self->canvas.height;
  gboolean turned = look->orientation == SPECTRUM_ORIENTATION_LEFT
      || look->orientation == SPECTRUM_ORIENTATION_RIGHT;
  Lane *first = &self->lanes[0], *second = &self->lanes[1];

  first->width = width;
  first->height = height;
  self->n_lanes = 1;
  if (look->lanes < 2 || self->input == SPECTRUM_INPUT_BYTES
      || (turned ? width : height) < 4)
    return;

  /* Even, for subsampled planes. */
  self->n_lanes = 2;
  *second = *first;
  if (turned) {
    first->width = second->x = (width / 2) & ~1;
    second->width = width - first->width;
  } else {
    first->height = second->y = (height / 2) & ~1;
    second->height = height - first->height;
  }
}

static SpectrumLook
lane_look (const SpectrumPainter *self, const SpectrumLook *look, guint lane)
{
  SpectrumLook own = *look;

  if (self->n_lanes < 2 || !look->centered)
    return own;
  own.centered = FALSE;
  own.on_edge = TRUE;
  if (look->orientation == SPECTRUM_ORIENTATION_LEFT
      || look->orientation == SPECTRUM_ORIENTATION_RIGHT)
    own.orientation =
        lane == 0 ? SPECTRUM_ORIENTATION_LEFT : SPECTRUM_ORIENTATION_RIGHT;
  else
    own.orientation =
        lane == 0 ? SPECTRUM_ORIENTATION_UP : SPECTRUM_ORIENTATION_DOWN;
  return own;
}

static void
make_lane (
    SpectrumPainter *self, guint index, const SpectrumLook *look, guint n_bins)
{
  Lane *lane = &self->lanes[index];
  SpectrumLook own = lane_look (self, look, index);
  SpectrumCanvas part = spectrum_canvas_get_part (
      &self->canvas, lane->x, lane->y, lane->width, lane->height);

  switch (self->input) {
    case SPECTRUM_INPUT_BYTES:
      lane->webaudio = g_new0 (WebAudioBars, 1);
      webaudio_bars_init (lane->webaudio, &part, n_bins,
          look->style == SPECTRUM_STYLE_WEBAUDIO_CLASSIC);
      self->n_levels = lane->webaudio->visible;
      lane->n_marks = lane->webaudio->visible;
      break;
    case SPECTRUM_INPUT_SAMPLES:
      lane->wave = waveform_new (&own, &part);
      lane->n_marks = waveform_get_n_marks (lane->wave);
      break;
    case SPECTRUM_INPUT_LEVELS:
    default:
      lane->bars = round_bars_new (&own, &part);
      self->n_levels = round_bars_get_n_levels (lane->bars);
      lane->n_marks = round_bars_get_n_marks (lane->bars);
      break;
  }
}

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
      self->input = SPECTRUM_INPUT_BYTES;
      break;
    case SPECTRUM_STYLE_WAVEFORM:
      self->input = SPECTRUM_INPUT_SAMPLES;
      break;
    case SPECTRUM_STYLE_BARS:
    default:
      self->input = SPECTRUM_INPUT_LEVELS;
      break;
  }
  place_lanes (self, look);
  for (guint i = 0; i < self->n_lanes; i++)
    make_lane (self, i, look, n_bins);
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
  for (guint i = 0; i < self->n_lanes; i++) {
    g_free (self->lanes[i].webaudio);
    waveform_free (self->lanes[i].wave);
    round_bars_free (self->lanes[i].bars);
  }
  g_free (self);
}

/**
 * spectrum_painter_get_input:
 * @self: a painter
 *
 * Returns: what it draws
 * Since: 0.1
 */
SpectrumInput
spectrum_painter_get_input (const SpectrumPainter *self)
{
  return self->input;
}

/**
 * spectrum_painter_get_n_lanes:
 * @self: a painter
 *
 * Returns: how many channels a picture shows
 * Since: 0.1
 */
guint
spectrum_painter_get_n_lanes (const SpectrumPainter *self)
{
  return self->n_lanes;
}

/**
 * spectrum_painter_get_n_levels:
 * @self: a painter
 *
 * Returns: how many bytes or levels a lane shows, from the first; never more
 *   than the bins when it draws bytes
 * Since: 0.1
 */
guint
spectrum_painter_get_n_levels (const SpectrumPainter *self)
{
  return self->n_levels;
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
  return self->lanes[0].n_marks + self->lanes[1].n_marks;
}

static guint16 *
lane_marks (const SpectrumPainter *self, guint lane, guint16 *marks)
{
  return lane == 0 ? marks : marks + self->lanes[0].n_marks;
}

/**
 * spectrum_painter_mark_bytes:
 * @self: a painter that draws bytes
 * @bytes: the analyser's byte frequency data
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_bytes (
    const SpectrumPainter *self, const guint8 *bytes, guint16 *marks)
{
  g_return_if_fail (self->input == SPECTRUM_INPUT_BYTES);

  for (guint i = 0; i < self->n_levels; i++)
    marks[i] = bytes[i];
}

/**
 * spectrum_painter_mark_levels:
 * @self: a painter that draws levels
 * @lane: which part of the picture
 * @levels: (array): 0..1 for each band
 * @peaks: (array) (nullable): the same for the peaks; needed when the look has
 *   peaks
 * @marks: the picture, in which the lane's marks are set
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_levels (const SpectrumPainter *self, guint lane,
    const gfloat *levels, const gfloat *peaks, guint16 *marks)
{
  g_return_if_fail (self->input == SPECTRUM_INPUT_LEVELS);
  g_return_if_fail (lane < self->n_lanes);

  round_bars_mark (
      self->lanes[lane].bars, levels, peaks, lane_marks (self, lane, marks));
}

/**
 * spectrum_painter_mark_samples:
 * @self: a painter that draws samples
 * @lane: which part of the picture
 * @samples: (array length=n_samples): sound, oldest first
 * @n_samples: at least 4
 * @marks: the picture, in which the lane's marks are set
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_samples (const SpectrumPainter *self, guint lane,
    const gfloat *samples, guint n_samples, guint16 *marks)
{
  g_return_if_fail (self->input == SPECTRUM_INPUT_SAMPLES);
  g_return_if_fail (lane < self->n_lanes);

  waveform_mark (self->lanes[lane].wave, samples, n_samples,
      lane_marks (self, lane, marks));
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
  for (guint i = 0; i < self->n_lanes; i++) {
    Lane *lane = &self->lanes[i];
    SpectrumCanvas part = spectrum_canvas_get_part (
        &self->canvas, lane->x, lane->y, lane->width, lane->height);

    if (lane->webaudio)
      webaudio_bars_paint (lane->webaudio, &part, marks, shown == NULL);
    else if (lane->wave)
      waveform_paint (lane->wave, &part, marks, shown);
    else
      round_bars_paint (lane->bars, &part, marks, shown);
    marks += lane->n_marks;
    if (shown)
      shown += lane->n_marks;
  }
}
