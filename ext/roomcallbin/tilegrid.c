/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tilegrid.h"

/* Cameras are 16:9 as a rule; what is not is centred in its tile. */
#define ASPECT_N 16
#define ASPECT_D 9

/* Chroma of the 4:2:0 formats has half the resolution: an odd edge would
 * smear into the neighbour. */
#define EVEN(v) ((v) & ~1)

typedef struct {
  int columns;
  int rows;
  int tile_width;
  int tile_height;
} Grid;

static Grid
grid_with_columns (guint n_tiles, int columns, int width, int height, int gap)
{
  Grid grid = { .columns = columns,
    .rows = (int) ((n_tiles + columns - 1) / columns) };
  gint64 cell_width = (width - (gint64) gap * (columns - 1)) / columns;
  gint64 cell_height = (height - (gint64) gap * (grid.rows - 1)) / grid.rows;

  if (cell_width < 2 || cell_height < 2)
    return grid;

  if (cell_width * ASPECT_D > cell_height * ASPECT_N)
    cell_width = cell_height * ASPECT_N / ASPECT_D;
  else
    cell_height = cell_width * ASPECT_D / ASPECT_N;
  grid.tile_width = EVEN ((int) cell_width);
  grid.tile_height = EVEN ((int) cell_height);
  if (grid.tile_width == 0 || grid.tile_height == 0)
    grid.tile_width = grid.tile_height = 0;

  return grid;
}

/* Whether @a, which has more columns, is to be taken instead of @b. What even
 * sides cost decides nothing. */
static gboolean
grid_is_better (const Grid *a, const Grid *b)
{
  gint64 area_a = (gint64) a->tile_width * a->tile_height;
  gint64 area_b = (gint64) b->tile_width * b->tile_height;

  if (area_a * 100 < area_b * 97 || area_b * 100 < area_a * 97)
    return area_a > area_b;

  /* The same size: fewer holes in the last row, else side by side. */
  return a->columns * a->rows <= b->columns * b->rows;
}

/**
 * tile_grid_layout:
 * @n_tiles: how many tiles there are
 * @width: of the canvas in pixels
 * @height: of the canvas in pixels
 * @gap: between two tiles in pixels; given up when the canvas is too small
 * @rects: (out caller-allocates) (array length=n_tiles): the tiles, row by row
 *
 * Divides a canvas into equal 16:9 tiles, as large as they can be, centred, the
 * last row too. One tile is the whole canvas, whatever its shape. The n-th
 * rectangle belongs to the n-th tile: who keeps the order of arrival sees tiles
 * move only as far as the number of them demands. All edges are even.
 *
 * Since: 0.1
 */
void
tile_grid_layout (
    guint n_tiles, int width, int height, int gap, TileRect *rects)
{
  Grid best = { 0 };
  int top;

  if (n_tiles == 0)
    return;

  if (n_tiles == 1) {
    rects[0] = (TileRect){ 0, 0, MAX (width, 0), MAX (height, 0) };
    return;
  }

  gap = EVEN (MAX (gap, 0));
  for (;;) {
    for (guint columns = 1; columns <= n_tiles; columns++) {
      Grid grid =
          grid_with_columns (n_tiles, (int) columns, width, height, gap);

      if (columns == 1 || grid_is_better (&grid, &best))
        best = grid;
    }
    if (best.tile_width > 0 || gap == 0)
      break;
    gap = 0;
  }

  if (best.tile_width == 0) {
    for (guint i = 0; i < n_tiles; i++)
      rects[i] = (TileRect){ 0, 0, 0, 0 };
    return;
  }

  top = (height - best.rows * best.tile_height - (best.rows - 1) * gap) / 2;
  for (guint i = 0; i < n_tiles; i++) {
    int row = (int) i / best.columns;
    int column = (int) i % best.columns;
    int in_row = MIN (best.columns, (int) n_tiles - row * best.columns);
    int left = (width - in_row * best.tile_width - (in_row - 1) * gap) / 2;

    rects[i].x = EVEN (left) + column * (best.tile_width + gap);
    rects[i].y = EVEN (top) + row * (best.tile_height + gap);
    rects[i].width = best.tile_width;
    rects[i].height = best.tile_height;
  }
}

/**
 * tile_grid_crop:
 * @width: of a picture in pixels
 * @height: of a picture in pixels
 * @par_n: numerator of its pixel aspect ratio
 * @par_d: denominator of its pixel aspect ratio
 * @sides: (out): pixels to cut on the left and on the right each, even
 * @ends: (out): pixels to cut above and below each, even
 *
 * Says what to cut from a picture for it to fill a tile.
 *
 * Since: 0.1
 */
void
tile_grid_crop (
    int width, int height, int par_n, int par_d, int *sides, int *ends)
{
  *sides = *ends = 0;
  if (width <= 0 || height <= 0 || width > G_MAXINT16 || height > G_MAXINT16
      || par_n <= 0 || par_d <= 0)
    return;

  if ((gint64) width * par_n * ASPECT_D > (gint64) height * par_d * ASPECT_N) {
    gint64 wanted =
        (gint64) height * par_d * ASPECT_N / ((gint64) par_n * ASPECT_D);

    *sides = EVEN ((int) (width - MAX (wanted, 2)) / 2);
  } else {
    gint64 wanted =
        (gint64) width * par_n * ASPECT_D / ((gint64) par_d * ASPECT_N);

    *ends = EVEN ((int) (height - MAX (wanted, 2)) / 2);
  }
  *sides = MAX (*sides, 0);
  *ends = MAX (*ends, 0);
}
