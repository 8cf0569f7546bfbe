/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "waveform.h"

#include <math.h>

/* Nobody sees more. */
#define MAX_COLORS 256
/* Columns from a line's middle to its edge. */
#define MAX_DISC 16

/* All is laid out for time that runs to the right in a picture of @length by
 * @depth, and turned when it is drawn. */
struct _Waveform {
  SpectrumLook look;
  gboolean turned;
  gint length;
  gint depth;

  /* The line's columns are [left, right). */
  gint left;
  gint right;
  /* In steps of coverage, SPECTRUM_RAMP_STEPS a pixel. */
  gint middle;
  gint reach;
  /* The line is drawn with a disc: for each column beside its middle, how far
   * up and down it reaches. */
  gint radius;
  gint disc[MAX_DISC];
  gint n_disc;
  /* Of each column, what the middle of the line touches. */
  gint *tops;
  gint *bottoms;
  /* A mark is so many steps: 16 bits hold no tall picture otherwise. */
  gint unit;

  SpectrumInk background;
  /* For each row, or else @n_ramps from the first column to the last. */
  SpectrumRamp *ramps;
  gint n_ramps;
};

static void
make_ramps (Waveform *self, const SpectrumCanvas *canvas)
{
  const SpectrumLook *look = &self->look;
  gboolean by_row = look->gradient == SPECTRUM_GRADIENT_HEIGHT;
  gint n = by_row ? self->depth : MIN (self->length, MAX_COLORS);

  self->background = spectrum_canvas_ink (canvas, look->background);
  self->n_ramps = n;
  self->ramps = g_new0 (SpectrumRamp, MAX (1, n));
  for (gint i = 0; i < n; i++) {
    gdouble at = (i + 0.5) / n;

    if (by_row)
      at = fabs (2 * at - 1);
    spectrum_canvas_ramp (canvas, look->background,
        spectrum_look_color (look, at), &self->ramps[i]);
  }
}

/**
 * waveform_new:
 * @look: what to draw
 * @canvas: what it will be drawn on
 *
 * Returns: (transfer full): the drawing
 * Since: 0.1
 */
Waveform *
waveform_new (const SpectrumLook *look, const SpectrumCanvas *canvas)
{
  Waveform *self = g_new0 (Waveform, 1);
  gint steps;

  self->look = *look;
  self->turned = look->orientation == SPECTRUM_ORIENTATION_LEFT
      || look->orientation == SPECTRUM_ORIENTATION_RIGHT;
  self->length = self->turned ? canvas->height : canvas->width;
  self->depth = self->turned ? canvas->width : canvas->height;
  self->left = self->length / 32;
  self->right = self->length - self->left;

  steps = self->depth * SPECTRUM_RAMP_STEPS;
  self->unit = steps / G_MAXUINT16 + 1;
  self->middle = steps / 2;
  /* A line of 1.7 pixels at a height of 90, of 4 at 360, of 10 at 1080. */
  self->radius = MIN (steps / 4 + 1, 8 + steps / 240);
  for (gint x = 0; x < MAX_DISC; x++) {
    gint beside = x * SPECTRUM_RAMP_STEPS;

    if (beside >= self->radius)
      break;
    self->disc[self->n_disc++] = (gint) lrint (
        sqrt ((gdouble) (self->radius * self->radius - beside * beside)));
  }
  self->reach = MAX (0, self->middle - steps / 12 - self->radius);
  self->tops = g_new (gint, self->length);
  self->bottoms = g_new (gint, self->length);
  make_ramps (self, canvas);
  return self;
}

/**
 * waveform_free:
 * @self: (transfer full) (nullable): the drawing
 *
 * Since: 0.1
 */
void
waveform_free (Waveform *self)
{
  if (!self)
    return;
  g_free (self->ramps);
  g_free (self->tops);
  g_free (self->bottoms);
  g_free (self);
}

/**
 * waveform_get_n_marks:
 * @self: the drawing
 *
 * Returns: marks of a picture
 * Since: 0.1
 */
guint
waveform_get_n_marks (const Waveform *self)
{
  return 2 * (guint) (self->right - self->left);
}

/* Where the strongest of the half waves begins that go up in the first half:
 * speech has one in each period. */
static guint
find_start (const gfloat *samples, guint n)
{
  gfloat strongest = 0, strength = 0;
  guint found = 0, start = 0;

  for (guint i = 1; i < n / 2; i++) {
    if (!(samples[i] > 0)) {
      start = 0;
      continue;
    }
    if (!(samples[i - 1] > 0)) {
      start = i;
      strength = 0;
    }
    strength += samples[i];
    if (start > 0 && strength > strongest) {
      strongest = strength;
      found = start;
    }
  }
  return found;
}

/* What is quiet is raised, what is beyond full scale is cut. */
static gint
to_place (const Waveform *self, gfloat sample)
{
  gfloat raise = (gfloat) (self->look.contrast * self->look.contrast);
  gfloat size = fabsf (sample);

  if (!isfinite (sample))
    return self->middle;
  size = MIN (1, raise * size / (1 + (raise - 1) * size));
  return self->middle
      - (gint) lrintf (copysignf (size, sample) * (gfloat) self->reach);
}

/* Follows the line through the columns. */
static void
trace (Waveform *self, const gfloat *samples, guint n)
{
  guint columns = (guint) (self->right - self->left);
  gdouble step = (gdouble) (n - 1) / columns;
  gint before = to_place (self, samples[0]);
  guint next = 1;

  for (guint i = 0; i < columns; i++) {
    gdouble end = (i + 1) * step;
    guint index = MIN ((guint) end, n - 2);
    gfloat share = (gfloat) (end - index);
    gint top = before, bottom = before;

    for (; next <= index; next++) {
      gint place = to_place (self, samples[next]);

      top = MIN (top, place);
      bottom = MAX (bottom, place);
    }
    before = to_place (
        self, samples[index] + (samples[index + 1] - samples[index]) * share);
    self->tops[i] = MIN (top, before);
    self->bottoms[i] = MAX (bottom, before);
  }
}

/**
 * waveform_mark:
 * @self: the drawing
 * @samples: (array length=n_samples): sound, oldest first
 * @n_samples: at least 4; half of them are shown
 * @marks: (out caller-allocates): the picture
 *
 * Since: 0.1
 */
void
waveform_mark (
    Waveform *self, const gfloat *samples, guint n_samples, guint16 *marks)
{
  gint columns = self->right - self->left;
  gint lowest = self->depth * SPECTRUM_RAMP_STEPS;

  trace (self, samples + find_start (samples, n_samples), n_samples / 2);
  for (gint i = 0; i < columns; i++) {
    gint top = self->tops[i] - self->disc[0];
    gint bottom = self->bottoms[i] + self->disc[0];

    for (gint beside = 1; beside < self->n_disc; beside++) {
      gint left = MAX (i - beside, 0), right = MIN (i + beside, columns - 1);
      gint reach = self->disc[beside];

      top = MIN (top, MIN (self->tops[left], self->tops[right]) - reach);
      bottom =
          MAX (bottom, MAX (self->bottoms[left], self->bottoms[right]) + reach);
    }
    marks[2 * i] = (guint16) (MAX (0, top) / self->unit);
    marks[2 * i + 1] = (guint16) (MIN (bottom, lowest) / self->unit);
  }
}

/* Rows [from, to) that the span of @marks touches. */
static void
get_rows (const Waveform *self, const guint16 *marks, gint *from, gint *to)
{
  *from = marks[0] * self->unit / SPECTRUM_RAMP_STEPS;
  *to = MIN (self->depth,
      (marks[1] * self->unit + SPECTRUM_RAMP_STEPS - 1) / SPECTRUM_RAMP_STEPS);
}

/* Rows [from, to) that it covers in full. */
static void
get_full_rows (const Waveform *self, const guint16 *marks, gint *from, gint *to)
{
  *from =
      (marks[0] * self->unit + SPECTRUM_RAMP_STEPS - 1) / SPECTRUM_RAMP_STEPS;
  *to = marks[1] * self->unit / SPECTRUM_RAMP_STEPS;
}

/* Only the rows that differ: what both spans cover in full stays, and so does
 * what neither touches. */
static void
move_span (const Waveform *self, SpectrumCanvas *canvas, gint x,
    const SpectrumSpan *span, const guint16 *marks, const guint16 *shown)
{
  gint from, to, shown_from, shown_to;
  gint full_from, full_to, shown_full_from, shown_full_to;

  get_rows (self, marks, &from, &to);
  get_rows (self, shown, &shown_from, &shown_to);
  if (to <= shown_from || shown_to <= from) {
    spectrum_canvas_draw_span (
        canvas, x, shown_from, shown_to, span, self->turned);
    spectrum_canvas_draw_span (canvas, x, from, to, span, self->turned);
    return;
  }
  from = MIN (from, shown_from);
  to = MAX (to, shown_to);
  get_full_rows (self, marks, &full_from, &full_to);
  get_full_rows (self, shown, &shown_full_from, &shown_full_to);
  full_from = MAX (full_from, shown_full_from);
  full_to = MIN (full_to, shown_full_to);
  if (full_from >= full_to) {
    spectrum_canvas_draw_span (canvas, x, from, to, span, self->turned);
    return;
  }
  if (from < full_from)
    spectrum_canvas_draw_span (canvas, x, from, full_from, span, self->turned);
  if (full_to < to)
    spectrum_canvas_draw_span (canvas, x, full_to, to, span, self->turned);
}

/**
 * waveform_paint:
 * @self: the drawing
 * @canvas: the canvas it was made for, with a frame
 * @marks: the picture
 * @shown: (nullable): the picture that the frame shows already
 *
 * Since: 0.1
 */
void
waveform_paint (const Waveform *self, SpectrumCanvas *canvas,
    const guint16 *marks, const guint16 *shown)
{
  gboolean by_row = self->look.gradient == SPECTRUM_GRADIENT_HEIGHT;

  if (!shown)
    spectrum_canvas_fill (
        canvas, 0, 0, canvas->width, canvas->height, &self->background);

  for (gint x = self->left; x < self->right; x++, marks += 2) {
    SpectrumSpan span = { marks[0] * self->unit, marks[1] * self->unit,
      by_row ? self->ramps : &self->ramps[x * self->n_ramps / self->length],
      by_row };
    gint from, to;

    if (!shown) {
      get_rows (self, marks, &from, &to);
      spectrum_canvas_draw_span (canvas, x, from, to, &span, self->turned);
      continue;
    }
    if (shown[0] != marks[0] || shown[1] != marks[1])
      move_span (self, canvas, x, &span, marks, shown);
    shown += 2;
  }
}
