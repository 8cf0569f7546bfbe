/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spectrumpainter.h"

#include <math.h>
#include <string.h>

#include "common/analyservectors.h"
#include "common/testlog.h"

static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_BGRx,
  GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_xRGB, GST_VIDEO_FORMAT_xBGR,
  GST_VIDEO_FORMAT_BGRA, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_ARGB,
  GST_VIDEO_FORMAT_ABGR, GST_VIDEO_FORMAT_AYUV, GST_VIDEO_FORMAT_A420,
  GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_YV12, GST_VIDEO_FORMAT_NV12,
  GST_VIDEO_FORMAT_NV21 };

static SpectrumLook
default_look (void)
{
  return (SpectrumLook){
    .style = SPECTRUM_STYLE_BARS,
    .centered = TRUE,
    .contrast = 1,
    .gap = 0.34,
    .colors = { 0xff22d3ee, 0xff6366f1, 0xffec4899 },
    .n_colors = 3,
    .background = 0xff0b0f19,
  };
}

typedef struct {
  GstVideoInfo info;
  GstBuffer *buffer;
  GstVideoFrame frame;
} Picture;

/* Filled with what no painter draws, so that a missed pixel shows. */
static Picture *
picture_new (GstVideoFormat format, guint width, guint height)
{
  Picture *self = g_new0 (Picture, 1);

  gst_video_info_set_format (&self->info, format, width, height);
  self->buffer =
      gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->info), NULL);
  gst_buffer_memset (self->buffer, 0, 0x5a, GST_VIDEO_INFO_SIZE (&self->info));
  g_assert_true (gst_video_frame_map (
      &self->frame, &self->info, self->buffer, GST_MAP_READWRITE));
  return self;
}

static void
picture_free (Picture *self)
{
  gst_video_frame_unmap (&self->frame);
  gst_buffer_unref (self->buffer);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Picture, picture_free)

static const guint8 *
pixel (Picture *self, gint x, gint y)
{
  return (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&self->frame, 0)
      + y * GST_VIDEO_FRAME_PLANE_STRIDE (&self->frame, 0) + x * 4;
}

static guint8
component (Picture *self, guint c, gint x, gint y)
{
  const GstVideoFormatInfo *format = self->info.finfo;

  x >>= GST_VIDEO_FORMAT_INFO_W_SUB (format, c);
  y >>= GST_VIDEO_FORMAT_INFO_H_SUB (format, c);
  return ((guint8 *) GST_VIDEO_FRAME_COMP_DATA (
      &self->frame, c))[y * GST_VIDEO_FRAME_COMP_STRIDE (&self->frame, c)
      + x * GST_VIDEO_FRAME_COMP_PSTRIDE (&self->frame, c)];
}

static void
assert_same (Picture *a, Picture *b)
{
  for (guint c = 0; c < GST_VIDEO_INFO_N_COMPONENTS (&a->info); c++)
    for (gint y = 0; y < GST_VIDEO_INFO_HEIGHT (&a->info); y++)
      for (gint x = 0; x < GST_VIDEO_INFO_WIDTH (&a->info); x++)
        if (component (a, c, x, y) != component (b, c, x, y))
          g_error ("component %u differs at %d,%d: %u and %u", c, x, y,
              component (a, c, x, y), component (b, c, x, y));
}

static const AnalyserVector *
find_vector (GPtrArray *vectors, const gchar *name)
{
  for (guint i = 0; i < vectors->len; i++) {
    const AnalyserVector *vector = g_ptr_array_index (vectors, i);

    if (g_str_equal (vector->name, name))
      return vector;
  }
  g_error ("there is no vector “%s”", name);
}

static void
compare_with_browser (GPtrArray *vectors, const gchar *name, guint read,
    guint height, gboolean classic)
{
  const AnalyserVector *vector = find_vector (vectors, name);
  const guint8 *bytes = g_bytes_get_data (vector->bytes, NULL);
  g_autofree gchar *file = g_strdup_printf ("%s_r%u_640x%u_mdn-%s.png", name,
      read, height, classic ? "classic" : "current");
  SpectrumLook look = default_look ();
  guint png_width, png_height, different = 0;
  g_autofree guint8 *png =
      analyser_vectors_load_png (file, &png_width, &png_height);
  g_autoptr (SpectrumPainter) painter = NULL;
  g_autoptr (Picture) picture =
      picture_new (GST_VIDEO_FORMAT_RGBx, 640, height);
  guint16 marks[128];

  g_assert_cmpuint (png_width, ==, 640);
  g_assert_cmpuint (png_height, ==, height);
  look.style =
      classic ? SPECTRUM_STYLE_WEBAUDIO_CLASSIC : SPECTRUM_STYLE_WEBAUDIO;
  painter = spectrum_painter_new (&look, &picture->info, vector->bins);
  g_assert_cmpint (
      spectrum_painter_get_input (painter), ==, SPECTRUM_INPUT_BYTES);
  g_assert_cmpuint (spectrum_painter_get_n_marks (painter), <=, 128);
  spectrum_painter_mark_bytes (painter, bytes + read * vector->bins, marks);
  spectrum_painter_paint (painter, &picture->frame, marks, NULL);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < 640; x++)
      different += memcmp (pixel (picture, (gint) x, (gint) y),
                       png + (y * 640 + x) * 4, 3)
          != 0;
  g_test_message ("%s: %u of %u pixels differ", file, different, 640 * height);
  g_assert_cmpuint (different, ==, 0);
}

static void
test_webaudio (void)
{
  g_autoptr (GPtrArray) vectors = analyser_vectors_load ();

  for (guint classic = 0; classic < 2; classic++)
    for (guint height = 100; height <= 360; height += 260) {
      compare_with_browser (vectors, "speech_256_s08", 12, height, classic);
      compare_with_browser (
          vectors, "noise_256_s08_raf60", 20, height, classic);
      compare_with_browser (vectors, "sine440_256_s08", 30, height, classic);
    }
}

/* A frame that follows another is what it would be on its own. */
static void
check_moves (
    GstVideoFormat format, guint width, guint height, const SpectrumLook *look)
{
  g_autoptr (Picture) moved = picture_new (format, width, height);
  g_autoptr (SpectrumPainter) painter =
      spectrum_painter_new (look, &moved->info, 128);
  guint n = spectrum_painter_get_n_levels (painter);
  guint n_marks = spectrum_painter_get_n_marks (painter);
  g_autofree guint16 *marks = g_new0 (guint16, n_marks + 1);
  g_autofree guint16 *shown = g_new0 (guint16, n_marks + 1);
  g_autofree gfloat *levels = g_new0 (gfloat, n + 1);
  g_autofree gfloat *peaks = g_new0 (gfloat, n + 1);
  g_autofree guint8 *bytes = g_new0 (guint8, 128);
  gfloat samples[64];
  g_autoptr (GRand) rand = g_rand_new_with_seed (width * 31 + height);

  for (guint round = 0; round < 6; round++) {
    g_autoptr (Picture) fresh = picture_new (format, width, height);

    for (guint i = 0; i < n; i++)
      if (g_rand_int_range (rand, 0, 4))
        levels[i] = round == 0 || round == 4
            ? 0
            : (gfloat) g_rand_double_range (rand, -0.1, 1.1);
    for (guint i = 0; i < n; i++)
      peaks[i] =
          levels[i] + (gfloat) MAX (0, g_rand_double_range (rand, -0.3, 0.3));
    for (guint i = 0; i < 128; i++)
      bytes[i] = (guint8) g_rand_int_range (rand, 0, 256);
    for (guint lane = 0; lane < spectrum_painter_get_n_lanes (painter); lane++)
      switch (spectrum_painter_get_input (painter)) {
        case SPECTRUM_INPUT_BYTES:
          spectrum_painter_mark_bytes (painter, bytes, marks);
          break;
        case SPECTRUM_INPUT_SAMPLES:
          for (guint i = 0; i < G_N_ELEMENTS (samples); i++)
            samples[i] = (gfloat) g_rand_double_range (rand, -1.2, 1.2)
                * (gfloat) (round % 3) / 2;
          spectrum_painter_mark_samples (
              painter, lane, samples, G_N_ELEMENTS (samples), marks);
          break;
        case SPECTRUM_INPUT_LEVELS:
        default:
          if (n > 0)
            levels[round % n] += 0.1f * (gfloat) lane;
          spectrum_painter_mark_levels (painter, lane, levels, peaks, marks);
          break;
      }

    spectrum_painter_paint (
        painter, &moved->frame, marks, round ? shown : NULL);
    spectrum_painter_paint (painter, &fresh->frame, marks, NULL);
    assert_same (moved, fresh);
    memcpy (shown, marks, n_marks * sizeof *marks);
  }
}

static void
test_moves (void)
{
  const guint sizes[][2] = { { 1, 1 }, { 2, 2 }, { 3, 5 }, { 7, 40 }, { 40, 7 },
    { 640, 1 }, { 2, 300 }, { 90, 160 }, { 160, 90 }, { 321, 181 }, { 640, 90 },
    { 1280, 120 } };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      for (guint variant = 0; variant < 16; variant++) {
        SpectrumLook look = default_look ();

        /* Large ones where planes and their order matter. */
        if (sizes[s][0] * sizes[s][1] > 50000 && f > 0
            && formats[f] != GST_VIDEO_FORMAT_A420
            && formats[f] != GST_VIDEO_FORMAT_NV12)
          continue;

        look.centered = variant & 1;
        if (variant == 2 || variant == 3) {
          look.bands = 3;
          look.background = 0;
        }
        if (variant >= 4) {
          look.orientation = (SpectrumOrientation) (variant / 2 % 4);
          look.mirror = (SpectrumMirror) (variant % 3);
          look.peaks = variant % 4 < 2;
          look.gradient = (SpectrumGradient) (variant / 3 % 2);
          look.gap = variant == 7 ? 0 : 0.9;
        }
        if (variant == 8)
          look.style = SPECTRUM_STYLE_WEBAUDIO;
        if (variant == 9)
          look.style = SPECTRUM_STYLE_WEBAUDIO_CLASSIC;
        if (variant >= 10) {
          look.style =
              variant & 1 ? SPECTRUM_STYLE_BARS : SPECTRUM_STYLE_WAVEFORM;
          look.lanes = variant == 10 ? 1 : 2;
        }
        if (variant == 8 || variant == 9)
          look.peaks = FALSE;
        check_moves (formats[f], sizes[s][0], sizes[s][1], &look);
      }
}

static void
paint_levels (Picture *picture, const SpectrumLook *look, gfloat level)
{
  g_autoptr (SpectrumPainter) painter =
      spectrum_painter_new (look, &picture->info, 128);
  guint n = spectrum_painter_get_n_levels (painter);
  g_autofree gfloat *levels = g_new0 (gfloat, n);
  g_autofree guint16 *marks =
      g_new0 (guint16, spectrum_painter_get_n_marks (painter));
  const gfloat *peaks = levels;

  for (guint i = 0; i < n; i++)
    levels[i] = level;
  spectrum_painter_mark_levels (painter, 0, levels, peaks, marks);
  spectrum_painter_paint (painter, &picture->frame, marks, NULL);
}

static void
test_bars (void)
{
  SpectrumLook look = default_look ();
  g_autoptr (Picture) picture = picture_new (GST_VIDEO_FORMAT_RGBx, 640, 360);
  const guint8 background[] = { 0x0b, 0x0f, 0x19 };
  const guint8 red[] = { 0xff, 0x00, 0x00 };
  guint lit[3] = { 0 };

  look.n_colors = 1;
  look.colors[0] = 0xffff0000;
  for (guint i = 0; i < 3; i++) {
    paint_levels (picture, &look, (gfloat) i / 2);
    g_assert_cmpmem (pixel (picture, 0, 0), 3, background, 3);
    g_assert_cmpmem (pixel (picture, 639, 359), 3, background, 3);
    for (gint y = 0; y < 360; y++)
      for (gint x = 0; x < 640; x++) {
        lit[i] += memcmp (pixel (picture, x, y), red, 3) == 0;
        /* Centred bars are their own mirror image. */
        g_assert_cmpmem (
            pixel (picture, x, y), 3, pixel (picture, x, 359 - y), 3);
      }
  }
  g_assert_cmpuint (lit[0], >, 0);
  g_assert_cmpuint (lit[0] * 10, <, lit[1]);
  g_assert_cmpuint (lit[1] * 3, <, lit[2] * 2);
}

/* A peak is drawn whole and apart from its bar, or not at all. */
static void
test_peaks (void)
{
  SpectrumLook look = default_look ();
  g_autoptr (Picture) picture = picture_new (GST_VIDEO_FORMAT_BGRx, 64, 360);
  g_autoptr (SpectrumPainter) painter = NULL;
  guint whole = 0;

  look.bands = 1;
  look.centered = FALSE;
  look.peaks = TRUE;
  painter = spectrum_painter_new (&look, &picture->info, 128);
  for (gfloat peak = 0.5f; peak <= 1; peak += 0.0005f) {
    const gfloat level = 0.5f;
    guint16 marks[2];
    guint runs[2] = { 0 }, n = 0;

    spectrum_painter_mark_levels (painter, 0, &level, &peak, marks);
    spectrum_painter_paint (painter, &picture->frame, marks, NULL);
    /* The lit runs of the middle column, from the top. */
    for (gint y = 0; y < 360 && n < 2; y++) {
      gboolean lit = pixel (picture, 32, y)[2] != pixel (picture, 0, 0)[2];

      runs[n] += lit;
      n += !lit && runs[n] > 0;
    }
    if (runs[1] == 0)
      continue;
    g_assert_cmpuint (runs[0], ==, 13);
    whole++;
  }
  g_assert_cmpuint (whole, >, 800);
}

/* Whole pixels of chroma are lit with those of luma. */
static void
check_peak_chroma (const SpectrumLook *look, gint size, gfloat peak)
{
  g_autoptr (Picture) picture =
      picture_new (GST_VIDEO_FORMAT_I420, (guint) size, (guint) size);
  g_autoptr (SpectrumPainter) painter =
      spectrum_painter_new (look, &picture->info, 128);
  const gfloat levels[8] = { 0 };
  const gfloat peaks[8] = { peak, peak, peak, peak, peak, peak, peak, peak };
  guint16 marks[16];
  guint lit = 0;

  spectrum_painter_mark_levels (painter, 0, levels, peaks, marks);
  spectrum_painter_paint (painter, &picture->frame, marks, NULL);
  for (gint y = 0; y < size; y++)
    for (gint x = 0; x < size; x++) {
      const gint above[] = { size - y, y, size - x, x };

      if (above[look->orientation] < size / 2)
        continue;
      /* Of 0xff0000 on 0x000000, BT.601. */
      g_assert_cmpint (component (picture, 0, x, y) == 81, ==,
          component (picture, 2, x, y) == 240);
      lit += component (picture, 0, x, y) == 81;
    }
  g_assert_cmpuint (lit, >, 0);
}

static void
test_peak_chroma (void)
{
  for (gint size = 178; size < 182; size++)
    for (guint o = 0; o < 4; o++)
      for (gfloat peak = 0.6f; peak < 1; peak += 0.01f) {
        SpectrumLook look = default_look ();

        look.bands = 8;
        look.centered = FALSE;
        look.peaks = TRUE;
        look.orientation = (SpectrumOrientation) o;
        look.colors[0] = 0xffff0000;
        look.n_colors = 1;
        look.background = 0xff000000;
        check_peak_chroma (&look, size, peak);
      }
}

/* The same picture, turned: every orientation is a turn of the first. */
static void
test_orientations (void)
{
  for (guint variant = 0; variant < 8; variant++) {
    SpectrumLook look = default_look ();
    Picture *pictures[4];

    look.centered = variant & 1;
    look.gradient = (SpectrumGradient) (variant >> 1 & 1);
    look.mirror = (SpectrumMirror) (variant % 3);
    for (guint o = 0; o < 4; o++) {
      pictures[o] = picture_new (GST_VIDEO_FORMAT_BGRx, 200, 200);
      look.orientation = (SpectrumOrientation) o;
      paint_levels (pictures[o], &look, 0.6f);
    }
    for (gint y = 0; y < 200; y++)
      for (gint x = 0; x < 200; x++) {
        const guint8 *up = pixel (pictures[SPECTRUM_ORIENTATION_UP], x, y);

        /* A centred bar lies on both sides of an edge, not of a pixel. */
        g_assert_cmpmem (
            up, 4, pixel (pictures[SPECTRUM_ORIENTATION_DOWN], x, 199 - y), 4);
        g_assert_cmpmem (
            up, 4, pixel (pictures[SPECTRUM_ORIENTATION_LEFT], y, x), 4);
        g_assert_cmpmem (
            up, 4, pixel (pictures[SPECTRUM_ORIENTATION_RIGHT], 199 - y, x), 4);
      }
    for (guint o = 0; o < 4; o++)
      picture_free (pictures[o]);
  }
}

static void
test_mirror (void)
{
  for (guint m = SPECTRUM_MIRROR_CENTER; m <= SPECTRUM_MIRROR_EDGES; m++) {
    SpectrumLook look = default_look ();
    g_autoptr (Picture) picture = picture_new (GST_VIDEO_FORMAT_RGBx, 640, 100);
    g_autoptr (SpectrumPainter) painter = NULL;
    gfloat levels[20] = { 1 };
    guint16 marks[20];
    gint first = -1, last = -1;

    look.mirror = (SpectrumMirror) m;
    look.bands = 20;
    painter = spectrum_painter_new (&look, &picture->info, 128);
    g_assert_cmpuint (spectrum_painter_get_n_levels (painter), ==, 20);
    spectrum_painter_mark_levels (painter, 0, levels, NULL, marks);
    spectrum_painter_paint (painter, &picture->frame, marks, NULL);
    /* The lowest band alone is loud: where is it? */
    for (gint x = 0; x < 640; x++)
      if (pixel (picture, x, 20)[2] > 0x80) {
        first = first < 0 ? x : first;
        last = x;
      }
    g_assert_cmpint (ABS (first + last - 639), <=, 2);
    if (m == SPECTRUM_MIRROR_CENTER)
      g_assert_cmpint (last - first, <, 40);
    else
      g_assert_cmpint (last - first, >, 550);
  }
}

/* A picture of one colour has it in each format, with that format's matrix. */
static void
test_colors (void)
{
  const struct {
    guint32 argb;
    guint8 yuv[3]; /* BT.601, limited range */
  } colors[] = {
    { 0xff000000, { 16, 128, 128 } },
    { 0xffffffff, { 235, 128, 128 } },
    { 0xffff0000, { 81, 90, 240 } },
    { 0xff00ff00, { 145, 54, 34 } },
    { 0xff0000ff, { 41, 240, 110 } },
  };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (guint i = 0; i < G_N_ELEMENTS (colors); i++) {
      SpectrumLook look = default_look ();
      g_autoptr (Picture) picture = picture_new (formats[f], 160, 90);
      guint32 argb = colors[i].argb;
      const guint8 rgb[3] = { argb >> 16 & 0xff, argb >> 8 & 0xff,
        argb & 0xff };
      const guint8 *want =
          GST_VIDEO_INFO_IS_RGB (&picture->info) ? rgb : colors[i].yuv;

      look.background = argb;
      look.colors[0] = argb;
      look.n_colors = 1;
      paint_levels (picture, &look, 0.7f);
      for (guint c = 0; c < 3; c++)
        for (gint x = 0; x < 160; x++) {
          g_assert_cmpint (component (picture, c, x, x % 90), >=, want[c] - 1);
          g_assert_cmpint (component (picture, c, x, x % 90), <=, want[c] + 1);
        }
      if (GST_VIDEO_INFO_N_COMPONENTS (&picture->info) == 4)
        g_assert_cmpuint (component (picture, 3, 80, 45), ==, 255);
    }
}

static void
test_transparent (void)
{
  SpectrumLook look = default_look ();
  g_autoptr (Picture) picture = picture_new (GST_VIDEO_FORMAT_BGRA, 640, 360);
  guint clear = 0, solid = 0, soft = 0;

  look.background = 0;
  look.n_colors = 1;
  look.colors[0] = 0xff6366f1;
  paint_levels (picture, &look, 0.5f);
  for (gint y = 0; y < 360; y++)
    for (gint x = 0; x < 640; x++) {
      const guint8 *p = pixel (picture, x, y);

      clear += p[3] == 0;
      solid += p[3] == 255;
      soft += p[3] > 0 && p[3] < 255;
      /* An edge is the bar's colour, thinner: never a dark fringe. */
      if (p[3] > 0) {
        g_assert_cmpuint (p[0], ==, 0xf1);
        g_assert_cmpuint (p[1], ==, 0x66);
        g_assert_cmpuint (p[2], ==, 0x63);
      }
    }
  g_assert_cmpuint (clear, >, 640 * 180);
  g_assert_cmpuint (solid, >, 640 * 30);
  g_assert_cmpuint (soft, >, 100);

  /* Half a red over blue is opaque purple. */
  look.background = 0xff0000ff;
  look.colors[0] = 0x80ff0000;
  look.bands = 1;
  paint_levels (picture, &look, 1);
  g_assert_cmpint (ABS (pixel (picture, 320, 180)[0] - 127), <=, 1);
  g_assert_cmpint (ABS (pixel (picture, 320, 180)[2] - 128), <=, 1);
  g_assert_cmpuint (pixel (picture, 320, 180)[3], ==, 255);
}

static void
test_bad_format (void)
{
  SpectrumLook look = default_look ();
  GstVideoInfo info;
  const GstVideoFormat bad[] = { GST_VIDEO_FORMAT_v210, GST_VIDEO_FORMAT_RGB16,
    GST_VIDEO_FORMAT_I420_10LE, GST_VIDEO_FORMAT_RGB8P,
    GST_VIDEO_FORMAT_NV12_64Z32 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    gst_video_info_set_format (&info, bad[i], 64, 64);
    g_assert_null (spectrum_painter_new (&look, &info, 128));
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/spectrumpainter/webaudio", test_webaudio);
  g_test_add_func ("/spectrumpainter/moves", test_moves);
  g_test_add_func ("/spectrumpainter/bars", test_bars);
  g_test_add_func ("/spectrumpainter/peaks", test_peaks);
  g_test_add_func ("/spectrumpainter/peak-chroma", test_peak_chroma);
  g_test_add_func ("/spectrumpainter/orientations", test_orientations);
  g_test_add_func ("/spectrumpainter/mirror", test_mirror);
  g_test_add_func ("/spectrumpainter/colors", test_colors);
  g_test_add_func ("/spectrumpainter/transparent", test_transparent);
  g_test_add_func ("/spectrumpainter/bad-format", test_bad_format);
  return g_test_run ();
}
