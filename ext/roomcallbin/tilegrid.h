/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TileRect:
 * @x: left edge in pixels, even
 * @y: top edge in pixels, even
 * @width: in pixels; 0 when the canvas has no room for this tile
 * @height: in pixels; 0 when the canvas has no room for this tile
 *
 * Where one tile lies on the canvas. It knows nothing of what is drawn there.
 */
typedef struct {
  int x;
  int y;
  int width;
  int height;
} TileRect;

void tile_grid_layout (
    guint n_tiles, int width, int height, int gap, TileRect *rects);

void tile_grid_crop (
    int width, int height, int par_n, int par_d, int *sides, int *ends);

G_END_DECLS
