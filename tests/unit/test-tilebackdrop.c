/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tilebackdrop.h"

#include "common/testlog.h"

#define WIDTH 64
#define HEIGHT 48

static const TileRect rects[] = { { 0, 10, 30, 16 }, { 34, 10, 30, 16 } };

static int
component_at (GstVideoFrame *frame, guint c, int x, int y)
{
  const GstVideoFormatInfo *format = frame->info.finfo;
  int row = y >> GST_VIDEO_FORMAT_INFO_H_SUB (format, c);
  int column = x >> GST_VIDEO_FORMAT_INFO_W_SUB (format, c);

  return ((guint8 *) GST_VIDEO_FRAME_COMP_DATA (
      frame, c))[row * GST_VIDEO_FRAME_COMP_STRIDE (frame, c)
      + column * GST_VIDEO_FRAME_COMP_PSTRIDE (frame, c)];
}

static gboolean
is_in_tile (int x, int y)
{
  for (guint i = 0; i < G_N_ELEMENTS (rects); i++) {
    if (x >= rects[i].x && x < rects[i].x + rects[i].width && y >= rects[i].y
        && y < rects[i].y + rects[i].height)
      return TRUE;
  }

  return FALSE;
}

static void
test_formats (void)
{
  static const struct {
    GstVideoFormat format;
    int canvas[3];
    int tile[3];
  } formats[] = {
    { GST_VIDEO_FORMAT_I420, { 16, 128, 128 }, { 44, 128, 128 } },
    { GST_VIDEO_FORMAT_NV12, { 16, 128, 128 }, { 44, 128, 128 } },
    { GST_VIDEO_FORMAT_YUY2, { 16, 128, 128 }, { 44, 128, 128 } },
    { GST_VIDEO_FORMAT_AYUV, { 16, 128, 128 }, { 44, 128, 128 } },
    { GST_VIDEO_FORMAT_BGRx, { 0, 0, 0 }, { 33, 33, 33 } },
    { GST_VIDEO_FORMAT_RGB, { 0, 0, 0 }, { 33, 33, 33 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GstBuffer) buffer = NULL;
    GstVideoInfo info;
    GstVideoFrame frame;

    gst_video_info_set_format (&info, formats[i].format, WIDTH, HEIGHT);
    buffer = tile_backdrop_paint (&info, rects, G_N_ELEMENTS (rects));
    g_assert_nonnull (buffer);
    g_assert_true (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        const int *wanted =
            is_in_tile (x, y) ? formats[i].tile : formats[i].canvas;

        for (guint c = 0; c < 3; c++)
          g_assert_cmpint (component_at (&frame, c, x, y), ==, wanted[c]);
      }
    }
    gst_video_frame_unmap (&frame);
  }
}

/* No picture then, but no crash. */
static void
test_what_is_not_painted (void)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_P010_10LE,
    GST_VIDEO_FORMAT_RGB16, GST_VIDEO_FORMAT_NV12_64Z32, GST_VIDEO_FORMAT_v210,
    GST_VIDEO_FORMAT_GRAY8 };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    GstVideoInfo info;

    gst_video_info_set_format (&info, formats[i], WIDTH, HEIGHT);
    g_assert_null (tile_backdrop_paint (&info, rects, G_N_ELEMENTS (rects)));
  }
}

/* All that tilegrid gives lies inside, odd canvases too. */
static void
test_every_grid (void)
{
  for (int width = 16; width < 60; width += 7) {
    for (guint n = 0; n <= 16; n++) {
      g_autoptr (GstBuffer) buffer = NULL;
      TileRect grid[16];
      GstVideoInfo info;

      gst_video_info_set_format (&info, GST_VIDEO_FORMAT_I420, width, 17);
      tile_grid_layout (n, width, 17, 4, grid);
      buffer = tile_backdrop_paint (&info, grid, n);
      g_assert_nonnull (buffer);
    }
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/tilebackdrop/formats", test_formats);
  g_test_add_func ("/tilebackdrop/not-painted", test_what_is_not_painted);
  g_test_add_func ("/tilebackdrop/every-grid", test_every_grid);
  return g_test_run ();
}
