/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roundbars.h"

#include <math.h>

/* Nobody sees the caps of wider bars as anything but half circles. */
#define MAX_RADIUS 64

/* Rows beyond a bar's end that its sheet holds; a bar seldom moves further from
 * one frame to the next. */
#define SHEET_MARGIN 8
/* Of wider bars drawing takes longer than deciding what to draw. */
#define SHEET_MAX_WIDTH 32

typedef struct {
  gint x;
  guint level;
} Bar;

/* All is laid out for bars that grow up in a picture of @length by @depth, and
 * turned when it is drawn. */
struct _RoundBars {
  SpectrumLook look;
  gint length;
  gint depth;

  Bar *bars;
  guint n_bars;
  guint n_levels;
  gint pitch;
  gint bar_width;
  /* Bars stand on the row @base and are at most @reach tall. Centred ones grow
   * from there both ways and are never shorter than @rest. */
  gint base;
  gint reach;
  gint rest;
  gint radius;
  gint peak_height;
  /* In a subsampled picture peaks lie on whole pixels of chroma: their height
   * above the base is then even, or odd, so that their row is even. */
  gboolean peaks_aligned;
  gint peak_parity;
  /* The upper half of a bar's end: @radius rows of @bar_width steps. */
  guint8 *cap;

  SpectrumInk background;
  /* For each level, or for each row above the base. */
  SpectrumRamp *ramps;

  /* Where there is one: the ends of each level's bar as they look at an even
   * row and at an odd one, upper and lower, @cell rows each. */
  SpectrumCanvas *sheet;
  gint cell;
  SpectrumStrip *strips;
  guint n_strips;
};

/* 16 samples a pixel of a half disc that is as wide as the bar. */
static void
make_cap (RoundBars *self)
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

/* Wider pictures get more bars and wider ones: 6 px from one to the next at
 * 160, 10 at 640, 14 at 1280. */
static guint
suitable_bars (gint length)
{
  gint pitch = MAX (4, (gint) (sqrt (length) * 0.4 + 1) & ~1);

  return (guint) MAX (1, length / pitch);
}

static void
make_bars (RoundBars *self, gint left, gint pitch)
{
  guint n = self->n_bars, half = n / 2;

  self->n_levels = n;
  if (self->look.mirror != SPECTRUM_MIRROR_NONE)
    self->n_levels = n - half;
  self->bars = g_new0 (Bar, n);
  for (guint i = 0; i < n; i++) {
    guint from_edge = MIN (i, n - 1 - i);

    self->bars[i].x = left + (gint) i * pitch;
    switch (self->look.mirror) {
      case SPECTRUM_MIRROR_CENTER:
        self->bars[i].level = self->n_levels - 1 - from_edge;
        break;
      case SPECTRUM_MIRROR_EDGES:
        self->bars[i].level = from_edge;
        break;
      case SPECTRUM_MIRROR_NONE:
      default:
        self->bars[i].level = i;
        break;
    }
  }
}

static gboolean
is_turned (const SpectrumLook *look)
{
  return look->orientation == SPECTRUM_ORIENTATION_LEFT
      || look->orientation == SPECTRUM_ORIENTATION_RIGHT;
}

static void
lay_out_peaks (RoundBars *self, const SpectrumCanvas *canvas)
{
  const SpectrumLook *look = &self->look;
  gboolean from_far_edge = look->orientation == SPECTRUM_ORIENTATION_DOWN
      || look->orientation == SPECTRUM_ORIENTATION_RIGHT;

  if (!look->peaks)
    return;
  self->peak_height = CLAMP (self->bar_width / 3, 1, self->reach);
  for (guint p = 0; p < canvas->n_planes; p++)
    if (is_turned (look) ? canvas->planes[p].wsub : canvas->planes[p].hsub)
      self->peaks_aligned = TRUE;
  if (!self->peaks_aligned)
    return;
  self->peak_height = (self->peak_height + 1) & ~1;
  self->peak_parity = (self->base + (from_far_edge ? self->depth : 0)) & 1;
}

/* Whole and, where there is room, even pixels: bars are then equal, and their
 * chroma is sharp in a subsampled picture. */
static void
lay_out (RoundBars *self, const SpectrumCanvas *canvas)
{
  const SpectrumLook *look = &self->look;
  gint pad = self->depth / 12;
  gint room = self->length - self->length / 16;
  gint pitch, gap, left;

  self->n_bars = look->bands ? look->bands : suitable_bars (room);
  if (look->bands && look->mirror != SPECTRUM_MIRROR_NONE)
    self->n_bars = look->bands * 2;
  self->n_bars = MIN (self->n_bars, (guint) self->length);
  pitch = MAX (1, room / (gint) self->n_bars);
  gap = (gint) (pitch * look->gap + 0.5);
  if (pitch >= 4) {
    pitch &= ~1;
    gap = (gint) (pitch * look->gap + 1) & ~1;
    if (look->gap > 0)
      gap = CLAMP (gap, 2, pitch - 2);
  }
  gap = MIN (gap, pitch - 1);
  left = (self->length - ((gint) self->n_bars * pitch - gap)) / 2;
  if (pitch >= 4)
    left &= ~1;

  self->pitch = pitch;
  self->bar_width = pitch - gap;
  self->base = look->on_edge ? self->depth : self->depth - pad;
  if (look->centered)
    self->base = self->depth / 2;
  self->reach = MAX (1, self->base - pad);
  self->rest = MIN (MAX (1, self->bar_width / 2), self->reach);
  self->radius = MIN (MIN (self->bar_width / 2, MAX_RADIUS), self->reach);
  lay_out_peaks (self, canvas);
  make_cap (self);
  make_bars (self, left, pitch);
}

static void
make_ramps (RoundBars *self, const SpectrumCanvas *canvas)
{
  const SpectrumLook *look = &self->look;
  guint n = look->gradient == SPECTRUM_GRADIENT_HEIGHT ? (guint) self->reach
                                                       : self->n_levels;

  self->background = spectrum_canvas_ink (canvas, look->background);
  self->ramps = g_new0 (SpectrumRamp, n);
  for (guint i = 0; i < n; i++)
    spectrum_canvas_ramp (canvas, look->background,
        spectrum_look_color (look, (i + 0.5) / n), &self->ramps[i]);
}

/**
 * round_bars_free:
 * @self: (transfer full) (nullable): the drawing
 *
 * Since: 0.1
 */
void
round_bars_free (RoundBars *self)
{
  if (!self)
    return;
  g_free (self->bars);
  g_free (self->cap);
  g_free (self->ramps);
  g_free (self->strips);
  spectrum_canvas_free_sheet (self->sheet);
  g_free (self);
}

/**
 * round_bars_get_n_levels:
 * @self: the drawing
 *
 * Returns: bands that are shown
 * Since: 0.1
 */
guint
round_bars_get_n_levels (const RoundBars *self)
{
  return self->n_levels;
}

/**
 * round_bars_get_n_marks:
 * @self: the drawing
 *
 * Returns: marks of a picture
 * Since: 0.1
 */
guint
round_bars_get_n_marks (const RoundBars *self)
{
  return self->look.peaks ? 2 * self->n_levels : self->n_levels;
}

static guint16
to_height (const RoundBars *self, gfloat level)
{
  gfloat span = (gfloat) (self->reach - self->rest);

  level = level > 0 ? MIN (level, 1) : 0;
  level = powf (level, (gfloat) self->look.contrast);
  return (guint16) (self->rest + (gint) (level * span + 0.5f));
}

/* A mark that touched its bar would look like dirt on the round end. */
static guint16
to_peak (const RoundBars *self, gfloat level, guint16 bar)
{
  guint16 peak = to_height (self, level);
  gint apart = (self->peak_height + 1) / 2;

  if (self->peaks_aligned && (peak & 1) != self->peak_parity)
    peak--;
  return peak >= bar + apart + self->peak_height ? peak : 0;
}

/**
 * round_bars_mark:
 * @self: the drawing
 * @levels: (array): 0..1 for each band
 * @peaks: (array) (nullable): the same for its peak; needed if the look has
 *   peaks
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
round_bars_mark (const RoundBars *self, const gfloat *levels,
    const gfloat *peaks, guint16 *marks)
{
  for (guint i = 0; i < self->n_levels; i++) {
    marks[i] = to_height (self, levels[i]);
    if (self->look.peaks)
      marks[self->n_levels + i] = to_peak (self, peaks[i], marks[i]);
  }
}

/* From the upright layout to the picture. */
static void
turn (const RoundBars *self, gint *x, gint *y, gint *width, gint *height)
{
  gint turned_x = *x, turned_y = *y;

  switch (self->look.orientation) {
    case SPECTRUM_ORIENTATION_DOWN:
      *y = self->depth - turned_y - *height;
      return;
    case SPECTRUM_ORIENTATION_RIGHT:
      turned_y = self->depth - turned_y - *height;
      break;
    case SPECTRUM_ORIENTATION_LEFT:
      break;
    case SPECTRUM_ORIENTATION_UP:
    default:
      return;
  }
  *x = turned_y;
  *y = turned_x;
  turned_x = *width;
  *width = *height;
  *height = turned_x;
}

static void
fill (const RoundBars *self, SpectrumCanvas *canvas, gint x, gint y,
    gint height, const SpectrumInk *ink)
{
  gint width = self->bar_width;

  turn (self, &x, &y, &width, &height);
  spectrum_canvas_fill (canvas, x, y, width, height, ink);
}

/* @first: the cap's row that comes first, @step 1 or -1 to the next. */
static void
cover (const RoundBars *self, SpectrumCanvas *canvas, gint x, gint y,
    gint height, gint first, gint step, const SpectrumRamp *ramp)
{
  gint width = self->bar_width;
  gint stride = step * width;
  SpectrumMask mask = { self->cap + first * width, 1, stride };

  switch (self->look.orientation) {
    case SPECTRUM_ORIENTATION_DOWN:
      mask.steps += (height - 1) * stride;
      mask.down = -stride;
      break;
    case SPECTRUM_ORIENTATION_RIGHT:
      mask.steps += (height - 1) * stride;
      mask.right = -stride;
      mask.down = 1;
      break;
    case SPECTRUM_ORIENTATION_LEFT:
      mask.right = stride;
      mask.down = 1;
      break;
    case SPECTRUM_ORIENTATION_UP:
    default:
      break;
  }
  turn (self, &x, &y, &width, &height);
  spectrum_canvas_cover (canvas, x, y, width, height, &mask, ramp);
}

/* The ramp of a row, when the gradient follows the height. */
static const SpectrumRamp *
row_ramp (const RoundBars *self, gint y)
{
  gint above = y < self->base ? self->base - 1 - y : y - self->base;

  return &self->ramps[CLAMP (above, 0, self->reach - 1)];
}

static void
fill_bar (const RoundBars *self, SpectrumCanvas *canvas, const Bar *bar,
    gint from, gint to)
{
  if (self->look.gradient == SPECTRUM_GRADIENT_BANDS) {
    if (to > from)
      fill (self, canvas, bar->x, from, to - from,
          &self->ramps[bar->level].solid);
    return;
  }
  for (gint y = from; y < to; y++)
    fill (self, canvas, bar->x, y, 1, &row_ramp (self, y)->solid);
}

static void
cover_bar (const RoundBars *self, SpectrumCanvas *canvas, const Bar *bar,
    gint y, gint height, gint first, gint step)
{
  if (self->look.gradient == SPECTRUM_GRADIENT_BANDS) {
    cover (
        self, canvas, bar->x, y, height, first, step, &self->ramps[bar->level]);
    return;
  }
  for (gint i = 0; i < height; i++)
    cover (self, canvas, bar->x, y + i, 1, first + i * step, step,
        row_ramp (self, y + i));
}

static void
clear (const RoundBars *self, SpectrumCanvas *canvas, const Bar *bar, gint from,
    gint to)
{
  if (to > from)
    fill (self, canvas, bar->x, from, to - from, &self->background);
}

/* First row of a cell, and the row in it where the bar's end is: the upper
 * edge of an upper end, the lower edge of a lower one. */
static gint
cell_start (const RoundBars *self, guint level, gboolean lower, gint end)
{
  return self->cell * (gint) (level * 4 + (lower ? 2u : 0u) + (end & 1));
}

static gint
cell_end (const RoundBars *self, gboolean lower, gint end)
{
  return SHEET_MARGIN + (lower ? self->radius + (self->radius & 1) : 0)
      + (end & 1);
}

/* In a picture of several planes most of the time is spent on deciding, for each
 * plane, what a few narrow rows are. So that is done beforehand. */
static void
make_sheet (RoundBars *self, const SpectrumCanvas *canvas)
{
  const SpectrumLook *look = &self->look;
  gint width = self->bar_width;
  gint last = self->bars[self->n_bars - 1].x;

  if (canvas->n_planes < 2 || look->gradient != SPECTRUM_GRADIENT_BANDS
      || look->orientation != SPECTRUM_ORIENTATION_UP || look->peaks
      || width > SHEET_MAX_WIDTH || (width & 1))
    return;
  /* Copying does not cut off what lies outside. */
  if (self->reach > self->base
      || (look->centered && self->base + self->reach > self->depth))
    return;
  for (guint i = 0; i < self->n_bars; i++)
    if (self->bars[i].x & 1)
      return;
  /* The gap beside a bar is always empty; eight bytes are one move. */
  if (width < 8 && self->pitch >= 8 && last + 8 <= self->length)
    width = 8;

  self->strips = g_new (SpectrumStrip, 2 * self->n_bars);
  self->cell = (2 * SHEET_MARGIN + self->radius + 3) & ~1;
  self->sheet = spectrum_canvas_new_sheet (
      canvas, width, self->cell * 4 * (gint) self->n_levels);
  spectrum_canvas_fill (
      self->sheet, 0, 0, width, self->sheet->height, &self->background);
  for (guint level = 0; level < self->n_levels; level++)
    for (gint i = 0; i < 4; i++) {
      const Bar bar = { 0, level };
      gboolean lower = i >= 2;
      gint from = cell_start (self, level, lower, i & 1);
      gint end = from + cell_end (self, lower, i & 1);
      gint radius = self->radius;

      if (lower) {
        fill_bar (self, self->sheet, &bar, from, end - radius);
        cover_bar (
            self, self->sheet, &bar, end - radius, radius, radius - 1, -1);
      } else {
        cover_bar (self, self->sheet, &bar, end, radius, 0, 1);
        fill_bar (self, self->sheet, &bar, end + radius, from + self->cell);
      }
    }
}

/**
 * round_bars_new:
 * @look: what to draw
 * @canvas: what it will be drawn on
 *
 * Returns: (transfer full): the drawing
 * Since: 0.1
 */
RoundBars *
round_bars_new (const SpectrumLook *look, const SpectrumCanvas *canvas)
{
  RoundBars *self = g_new0 (RoundBars, 1);

  self->look = *look;
  self->length = is_turned (look) ? canvas->height : canvas->width;
  self->depth = is_turned (look) ? canvas->width : canvas->height;
  lay_out (self, canvas);
  make_ramps (self, canvas);
  make_sheet (self, canvas);
  return self;
}

/* Rows [from, to) of a bar's strip. Both ends of a bar that has rows in there
 * must lie in there whole or not at all. */
static void
paint_rows (const RoundBars *self, SpectrumCanvas *canvas, const Bar *bar,
    gint mark, gint peak, gint from, gint to)
{
  gint top = self->base - mark;
  gint bottom = self->look.centered ? self->base + mark : self->base;
  gint upper = MIN (self->radius, bottom - top);
  gint lower =
      self->look.centered ? MIN (self->radius, bottom - top - upper) : 0;

  clear (self, canvas, bar, from, MIN (to, top));
  if (from <= top && to > top && upper > 0)
    cover_bar (self, canvas, bar, top, upper, 0, 1);
  fill_bar (
      self, canvas, bar, MAX (from, top + upper), MIN (to, bottom - lower));
  if (from < bottom && to >= bottom && lower > 0)
    cover_bar (self, canvas, bar, bottom - lower, lower, lower - 1, -1);
  clear (self, canvas, bar, MAX (from, bottom), to);

  if (peak <= mark)
    return;
  top = self->base - peak;
  fill_bar (self, canvas, bar, MAX (from, top),
      MIN (MIN (to, top + self->peak_height), self->base - mark));
  if (self->look.centered) {
    bottom = self->base + peak;
    fill_bar (self, canvas, bar,
        MAX (MAX (from, bottom - self->peak_height), self->base + mark),
        MIN (to, bottom));
  }
}

/* Notes, to be copied, rows [from, to) of a bar's strip, in which one of its
 * ends lies. */
static inline void
copy_end (RoundBars *self, SpectrumCanvas *canvas, const Bar *bar,
    gboolean lower, gint end, gint from, gint to)
{
  gint place = cell_end (self, lower, end);
  gint first = end - place, last = first + self->cell;
  gint copied = MAX (from, first);
  gint rows = MIN (to, last) - copied;

  if (lower) {
    fill_bar (self, canvas, bar, from, MIN (to, first));
    clear (self, canvas, bar, MAX (from, last), to);
  } else {
    clear (self, canvas, bar, from, MIN (to, first));
    fill_bar (self, canvas, bar, MAX (from, last), to);
  }
  if (rows > 0)
    self->strips[self->n_strips++] = (SpectrumStrip){ bar->x, copied, rows,
      cell_start (self, bar->level, lower, end) + copied - first };
}

/* Only the rows that differ: between the old ends and the new, with the caps.
 */
static void
move_bar (RoundBars *self, SpectrumCanvas *canvas, const Bar *bar, gint mark,
    gint peak, gint shown_mark, gint shown_peak)
{
  gint high = MAX (MAX (mark, shown_mark), MAX (peak, shown_peak));
  gint low = MIN (mark, shown_mark) - self->radius;

  if (mark == shown_mark)
    low = mark;
  low = MAX (0, low);
  if (self->sheet) {
    copy_end (self, canvas, bar, FALSE, self->base - mark, self->base - high,
        self->base - low);
    if (self->look.centered)
      copy_end (self, canvas, bar, TRUE, self->base + mark, self->base + low,
          self->base + high);
    return;
  }
  paint_rows (
      self, canvas, bar, mark, peak, self->base - high, self->base - low);
  if (self->look.centered)
    paint_rows (
        self, canvas, bar, mark, peak, self->base + low, self->base + high);
}

/* On the background alone. */
static void
put_bar (RoundBars *self, SpectrumCanvas *canvas, const Bar *bar, gint mark,
    gint peak)
{
  gint high = MAX (mark, peak);
  gint top = self->base - mark;
  gint bottom = self->look.centered ? self->base + mark : self->base;
  gint lower = self->look.centered ? self->radius : 0;

  if (!self->sheet) {
    paint_rows (self, canvas, bar, mark, peak, self->base - high,
        self->look.centered ? self->base + high : self->base);
    return;
  }
  copy_end (self, canvas, bar, FALSE, top, top, top + self->radius);
  fill_bar (self, canvas, bar, top + self->radius, bottom - lower);
  if (lower > 0)
    copy_end (self, canvas, bar, TRUE, bottom, bottom - lower, bottom);
}

/**
 * round_bars_paint:
 * @self: the drawing
 * @canvas: the canvas it was made for, with a frame
 * @marks: the picture
 * @shown: (nullable): the picture that the frame shows already
 *
 * Since: 0.1
 */
void
round_bars_paint (RoundBars *self, SpectrumCanvas *canvas, const guint16 *marks,
    const guint16 *shown)
{
  gboolean peaks = self->look.peaks;

  self->n_strips = 0;
  if (!shown)
    spectrum_canvas_fill (
        canvas, 0, 0, canvas->width, canvas->height, &self->background);

  for (guint i = 0; i < self->n_bars; i++) {
    const Bar *bar = &self->bars[i];
    gint mark = marks[bar->level];
    gint peak = peaks ? marks[self->n_levels + bar->level] : 0;

    if (!shown) {
      put_bar (self, canvas, bar, mark, peak);
    } else {
      gint shown_mark = shown[bar->level];
      gint shown_peak = peaks ? shown[self->n_levels + bar->level] : 0;

      if (mark != shown_mark || peak != shown_peak)
        move_bar (self, canvas, bar, mark, peak, shown_mark, shown_peak);
    }
  }
  if (self->n_strips > 0)
    spectrum_canvas_copy_strips (
        canvas, self->sheet, self->strips, self->n_strips);
}
