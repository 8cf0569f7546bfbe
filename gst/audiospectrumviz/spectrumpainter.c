/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpainter.h"

#include <math.h>
#include <string.h>

#include "webaudiobars.h"

/* Nobody sees the caps of wider bars as anything but half circles. */
#define MAX_RADIUS 64

typedef struct {
  gint x;
  SpectrumRamp ramp;
} Bar;

struct _SpectrumPainter {
  SpectrumLook look;
  SpectrumCanvas canvas;

  /* The Web Audio styles */
  WebAudioBars *webaudio;

  /* Bars: @bar_width wide, never taller than @reach. Centred ones grow from
   * @base both ways and are never shorter than @rest; others stand on it. */
  Bar *bars;
  guint n_bars;
  gint bar_width;
  gint base;
  gint reach;
  gint rest;
  gint radius;
  gfloat contrast;
  /* The upper half of a bar's end: @radius rows of @bar_width steps. */
  guint8 *cap;
  SpectrumInk background;
};

/* Colour at @at, 0..1, of the gradient. */
static guint32
gradient_color (const SpectrumLook *look, gdouble at)
{
  gdouble place = CLAMP (at, 0, 1) * (look->n_colors - 1);
  guint index = MIN ((guint) place, look->n_colors - 1);
  guint next = MIN (index + 1, look->n_colors - 1);

  return spectrum_color_mix (
      look->colors[index], look->colors[next], place - index);
}

/* 16 samples a pixel of a half disc that is as wide as the bar. */
static void
make_cap (SpectrumPainter *self)
{
  gint width = self->bar_width, radius = self->radius;
  gdouble middle = width / 2.0;

  self->cap = g_malloc0 ((gsize) MAX (1, radius * width));
  for (gint y = 0; y < radius; y++) {
    for (gint x = 0; x < width; x++) {
      guint8 *steps = &self->cap[y * width + x];

      for (guint s = 0; s < 16; s++) {
        gdouble dx = x + (s % 4 + 0.5) / 4 - middle;
        gdouble dy = radius - (y + (s / 4 + 0.5) / 4);

        /* Wider than two radii: straight between two quarter discs. */
        dx = MAX (0, fabs (dx) - (middle - radius));
        *steps += dx * dx + dy * dy <= (gdouble) radius * radius;
      }
    }
  }
}

/* About the width of a finger at any size: 6 px at 160, 10 at 640, 14 at 1280.
 */
static guint
suitable_bands (gint width)
{
  gint pitch = MAX (4, (gint) (sqrt (width) * 0.4 + 1) & ~1);

  return (guint) MAX (1, width / pitch);
}

/* Whole and, where there is room, even pixels: bars are then equal, and their
 * chroma is sharp in a subsampled picture. */
static void
lay_out_bars (SpectrumPainter *self)
{
  const SpectrumLook *look = &self->look;
  gint width = self->canvas.width, height = self->canvas.height;
  gint pad = height / 12;
  gint room = width - width / 16;
  gint pitch, gap, left;

  self->n_bars = look->bands ? look->bands : suitable_bands (room);
  self->n_bars = MIN (self->n_bars, (guint) width);
  pitch = MAX (1, room / (gint) self->n_bars);
  if (pitch >= 4) {
    pitch &= ~1;
    gap = MAX (2, (gint) (pitch * 0.36 + 1) & ~1);
  } else {
    gap = pitch >= 2 ? 1 : 0;
  }
  left = (width - ((gint) self->n_bars * pitch - gap)) / 2;
  if (pitch >= 4)
    left &= ~1;

  self->contrast = (gfloat) look->contrast;
  self->bar_width = pitch - gap;
  self->radius = MIN (self->bar_width / 2, MAX_RADIUS);
  self->base = look->centered ? height / 2 : height - pad;
  self->reach = MAX (1, self->base - pad);
  self->rest = MIN (MAX (1, self->bar_width / 2), self->reach);
  self->radius = MIN (self->radius, self->reach);
  make_cap (self);

  self->background = spectrum_canvas_ink (&self->canvas, look->background);
  self->bars = g_new0 (Bar, self->n_bars);
  for (guint i = 0; i < self->n_bars; i++) {
    self->bars[i].x = left + (gint) i * pitch;
    spectrum_canvas_ramp (&self->canvas, look->background,
        gradient_color (look, (i + 0.5) / self->n_bars), &self->bars[i].ramp);
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

  self->look = *look;
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
      lay_out_bars (self);
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
  g_free (self->bars);
  g_free (self->cap);
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
  return self->webaudio ? self->webaudio->visible : self->n_bars;
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
  return spectrum_painter_get_n_levels (self);
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
 * @levels: 0..1 for each band
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
spectrum_painter_mark_levels (
    const SpectrumPainter *self, const gfloat *levels, guint16 *marks)
{
  gfloat span = (gfloat) (self->reach - self->rest);

  g_return_if_fail (!self->webaudio);

  for (guint i = 0; i < self->n_bars; i++) {
    gfloat level = levels[i] > 0 ? MIN (levels[i], 1) : 0;

    level = powf (level, self->contrast);
    marks[i] = (guint16) (self->rest + (gint) (level * span + 0.5f));
  }
}

/* Rows [from, to) of a bar's strip, for a bar of rows [top, bottom). */
static void
paint_rows (SpectrumPainter *self, const Bar *bar, gint top, gint bottom,
    gint from, gint to)
{
  SpectrumCanvas *canvas = &self->canvas;
  gint width = self->bar_width, radius = self->radius;
  gint upper = MIN (radius, bottom - top);
  gint lower = self->look.centered ? MIN (radius, bottom - top - upper) : 0;
  gint body_from = MAX (from, top + upper);
  gint body_to = MIN (to, bottom - lower);

  if (from < top)
    spectrum_canvas_fill (
        canvas, bar->x, from, width, MIN (to, top) - from, &self->background);
  if (from <= top && to > top && upper > 0)
    spectrum_canvas_cover (
        canvas, bar->x, top, width, upper, self->cap, width, &bar->ramp);
  if (body_to > body_from)
    spectrum_canvas_fill (canvas, bar->x, body_from, width, body_to - body_from,
        &bar->ramp.steps[SPECTRUM_RAMP_STEPS]);
  if (from < bottom && to >= bottom && lower > 0)
    spectrum_canvas_cover (canvas, bar->x, bottom - lower, width, lower,
        self->cap + (lower - 1) * width, -width, &bar->ramp);
  if (to > bottom)
    spectrum_canvas_fill (canvas, bar->x, MAX (from, bottom), width,
        to - MAX (from, bottom), &self->background);
}

static void
paint_bar (SpectrumPainter *self, const Bar *bar, gint mark)
{
  gint top = self->base - mark;
  gint bottom = self->look.centered ? self->base + mark : self->base;

  paint_rows (self, bar, top, bottom, top, bottom);
}

/* Only the rows that differ: between the two ends, and the longer one's cap. */
static void
move_bar (SpectrumPainter *self, const Bar *bar, gint mark, gint shown)
{
  gint high = MAX (mark, shown);
  gint low = MAX (0, MIN (mark, shown) - self->radius);
  gint top = self->base - mark;
  gint bottom = self->look.centered ? self->base + mark : self->base;

  paint_rows (self, bar, top, bottom, self->base - high, self->base - low);
  if (self->look.centered)
    paint_rows (self, bar, top, bottom, self->base + low, self->base + high);
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

  if (self->webaudio) {
    webaudio_bars_paint (self->webaudio, &self->canvas, marks, shown == NULL);
    return;
  }
  if (shown) {
    for (guint i = 0; i < self->n_bars; i++)
      if (marks[i] != shown[i])
        move_bar (self, &self->bars[i], marks[i], shown[i]);
    return;
  }
  spectrum_canvas_fill (&self->canvas, 0, 0, self->canvas.width,
      self->canvas.height, &self->background);
  for (guint i = 0; i < self->n_bars; i++)
    paint_bar (self, &self->bars[i], marks[i]);
}
