/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tilegrid.h"

#include "common/testlog.h"

#define MAX_TILES 64

static void
check_layout (guint n, int width, int height, int gap)
{
  TileRect rects[MAX_TILES];

  tile_grid_layout (n, width, height, gap, rects);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpint (rects[i].x, >=, 0);
    g_assert_cmpint (rects[i].y, >=, 0);
    g_assert_cmpint (rects[i].x + rects[i].width, <=, width);
    g_assert_cmpint (rects[i].y + rects[i].height, <=, height);
    if (rects[i].width == 0) {
      g_assert_cmpint (rects[i].height, ==, 0);
      continue;
    }
    g_assert_cmpint (rects[i].height, >, 0);
    if (n > 1) {
      g_assert_cmpint (rects[i].x % 2, ==, 0);
      g_assert_cmpint (rects[i].y % 2, ==, 0);
      g_assert_cmpint (rects[i].width % 2, ==, 0);
      g_assert_cmpint (rects[i].height % 2, ==, 0);
      g_assert_cmpint (rects[i].width, ==, rects[0].width);
      g_assert_cmpint (rects[i].height, ==, rects[0].height);
      /* 16:9, to the two pixels that even sides cost. */
      g_assert_cmpint (
          ABS (rects[i].width * 9 - rects[i].height * 16), <=, 16 * 4);
    }
    for (guint j = 0; j < i; j++)
      g_assert_true (rects[i].x >= rects[j].x + rects[j].width
          || rects[j].x >= rects[i].x + rects[i].width
          || rects[i].y >= rects[j].y + rects[j].height
          || rects[j].y >= rects[i].y + rects[i].height);
    /* Row by row. */
    if (i > 0)
      g_assert_true (rects[i].y > rects[i - 1].y
          || (rects[i].y == rects[i - 1].y && rects[i].x > rects[i - 1].x));
  }
}

static void
test_all_counts (void)
{
  static const struct {
    int width;
    int height;
  } sizes[] = { { 1280, 720 }, { 1920, 1080 }, { 640, 480 }, { 320, 240 },
    { 720, 1280 }, { 1279, 719 }, { 333, 777 }, { 3000, 100 }, { 100, 3000 },
    { 64, 64 }, { 17, 16 }, { 3, 3 }, { 1, 1 }, { 0, 0 }, { -5, 10 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    for (guint n = 2; n <= MAX_TILES; n++) {
      if (sizes[i].width < 0)
        continue;
      for (int gap = 0; gap < 12; gap += 3)
        check_layout (n, sizes[i].width, sizes[i].height, gap);
    }
  }
}

static void
test_usual_rooms (void)
{
  TileRect rects[MAX_TILES];

  tile_grid_layout (1, 1280, 720, 4, rects);
  g_assert_cmpint (rects[0].width, ==, 1280);
  g_assert_cmpint (rects[0].height, ==, 720);

  /* Side by side, in the middle. */
  tile_grid_layout (2, 1280, 720, 4, rects);
  g_assert_cmpint (rects[0].width, ==, 638);
  g_assert_cmpint (rects[0].height, ==, 358);
  g_assert_cmpint (rects[0].x, ==, 0);
  g_assert_cmpint (rects[1].x, ==, 642);
  g_assert_cmpint (rects[0].y, ==, rects[1].y);
  g_assert_cmpint (rects[0].y, ==, 180);

  /* So too where the one or the other would be as large. */
  tile_grid_layout (2, 1280, 720, 0, rects);
  g_assert_cmpint (rects[0].width, ==, 640);
  g_assert_cmpint (rects[0].height, ==, 360);
  g_assert_cmpint (rects[0].y, ==, rects[1].y);
  tile_grid_layout (5, 1280, 720, 0, rects);
  g_assert_cmpint (rects[0].y, ==, rects[2].y);
  g_assert_cmpint (rects[3].y, ==, rects[4].y);

  /* The third one below, centred. */
  tile_grid_layout (3, 1280, 720, 4, rects);
  g_assert_cmpint (rects[2].y, >, rects[0].y);
  g_assert_cmpint (ABS (rects[2].x + rects[2].width / 2 - 640), <=, 2);

  /* Two by two leaves nothing but the gap and what is even. */
  tile_grid_layout (4, 1280, 720, 4, rects);
  g_assert_cmpint (rects[3].x + rects[3].width, >=, 1276);
  g_assert_cmpint (rects[3].y + rects[3].height, >=, 716);

  /* On a portrait canvas one above the other. */
  tile_grid_layout (2, 720, 1280, 4, rects);
  g_assert_cmpint (rects[0].x, ==, rects[1].x);
  g_assert_cmpint (rects[0].width, ==, 720);

  /* Nothing is written where there is nothing. */
  rects[0].x = 77;
  tile_grid_layout (0, 1280, 720, 4, rects);
  g_assert_cmpint (rects[0].x, ==, 77);
}

static void
test_one_tile_is_the_canvas (void)
{
  TileRect rect;

  tile_grid_layout (1, 641, 479, 4, &rect);
  g_assert_cmpint (rect.width, ==, 641);
  g_assert_cmpint (rect.height, ==, 479);
  tile_grid_layout (1, -3, 5, 4, &rect);
  g_assert_cmpint (rect.width, ==, 0);
}

/* More tiles are never larger, and the canvas is used. */
static void
test_sizes_fall (void)
{
  TileRect rects[MAX_TILES];
  int last = G_MAXINT;

  for (guint n = 1; n <= MAX_TILES; n++) {
    gint64 area;

    tile_grid_layout (n, 1280, 720, 4, rects);
    g_assert_cmpint (rects[0].width, <=, last);
    last = rects[0].width;
    area = (gint64) n * rects[0].width * rects[0].height;
    g_assert_cmpint (area * 100, >=, (gint64) 1280 * 720 * 44);
  }
}

static void
test_crop (void)
{
  int sides, ends;

  tile_grid_crop (1280, 720, 1, 1, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
  g_assert_cmpint (ends, ==, 0);

  tile_grid_crop (640, 480, 1, 1, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
  g_assert_cmpint (ends, ==, 60);

  tile_grid_crop (720, 1280, 1, 1, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
  g_assert_cmpint (ends, ==, 436);

  tile_grid_crop (2000, 720, 1, 1, &sides, &ends);
  g_assert_cmpint (sides, ==, 360);
  g_assert_cmpint (ends, ==, 0);

  /* PAL wide screen is as good as 16:9. */
  tile_grid_crop (720, 576, 64, 45, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
  g_assert_cmpint (ends, ==, 0);

  for (int width = 1; width < 40; width++) {
    for (int height = 1; height < 40; height++) {
      tile_grid_crop (width, height, 1, 1, &sides, &ends);
      g_assert_cmpint (sides, >=, 0);
      g_assert_cmpint (ends, >=, 0);
      g_assert_cmpint (2 * sides, <, width);
      g_assert_cmpint (2 * ends, <, height);
    }
  }
  tile_grid_crop (G_MAXINT16, 1, G_MAXINT, 1, &sides, &ends);
  g_assert_cmpint (2 * sides, <, G_MAXINT16);
  tile_grid_crop (G_MAXINT, 1, G_MAXINT, 1, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
  tile_grid_crop (0, 0, 0, 0, &sides, &ends);
  g_assert_cmpint (sides, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/tilegrid/all-counts", test_all_counts);
  g_test_add_func ("/tilegrid/usual-rooms", test_usual_rooms);
  g_test_add_func ("/tilegrid/one-tile", test_one_tile_is_the_canvas);
  g_test_add_func ("/tilegrid/sizes-fall", test_sizes_fall);
  g_test_add_func ("/tilegrid/crop", test_crop);
  return g_test_run ();
}
