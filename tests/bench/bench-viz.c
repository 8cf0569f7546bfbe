/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CPU time of audiospectrumviz beside GStreamer's scopes, and of its parts. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gst/gst.h>

#include "spectrumanalyser.h"
#include "vizsettings.h"

#define SOURCE                                                  \
  "audiotestsrc wave=%s samplesperbuffer=480 num-buffers=%u ! " \
  "audio/x-raw,format=S16LE,rate=48000,channels=2,"             \
  "channel-mask=(bitmask)0x3 ! "

static gdouble
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gdouble) now.tv_sec + (gdouble) now.tv_nsec / 1e9;
}

/* CPU seconds of a pipeline from PLAYING to EOS, and the frames it gave. */
static gdouble
run_pipeline (
    const gchar *wave, const gchar *rest, guint buffers, guint64 *frames)
{
  g_autofree gchar *source = g_strdup_printf (SOURCE, wave, buffers);
  g_autofree gchar *line = g_strconcat (source, rest,
      " ! fakesink name=sink sync=false enable-last-sample=false", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = gst_parse_launch (line, &error);
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstStructure) stats = NULL;
  gdouble before;

  if (error)
    g_error ("%s: %s", line, error->message);
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  gst_element_get_state (pipeline, NULL, NULL, GST_CLOCK_TIME_NONE);
  before = cpu_seconds ();
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  before = cpu_seconds () - before;
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS)
    g_error ("%s failed", line);

  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", frames);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return before;
}

#define ROUNDS 7

/* Microseconds per frame that was really given, without the source: the least
 * that either took, because whatever else the machine does only adds. */
static gdouble
frame_cost (const gchar *wave, const gchar *element, const gchar *format,
    guint width, guint height, guint fps, guint seconds, guint64 *frames)
{
  g_autofree gchar *rest = g_strdup_printf (
      "%s ! video/x-raw,format=%s,width=%u,height=%u,framerate=%u/1", element,
      format, width, height, fps);
  gdouble source = G_MAXDOUBLE, all = G_MAXDOUBLE;

  for (guint round = 0; round < ROUNDS; round++) {
    guint64 none;

    source =
        MIN (source, run_pipeline (wave, "identity", seconds * 100, &none));
    all = MIN (all, run_pipeline (wave, rest, seconds * 100, frames));
  }
  return (all - source) / (gdouble) MAX (*frames, 1) * 1e6;
}

/* Writing every byte of a frame once. */
static gdouble
memset_cost (gsize size)
{
  g_autofree guint8 *frame = g_malloc (size);
  gdouble best = G_MAXDOUBLE;

  for (guint round = 0; round < 5; round++) {
    gdouble before = cpu_seconds ();

    for (guint i = 0; i < 200; i++) {
      memset (frame, (gint) i, size);
      __asm__ volatile("" : : "r"(frame) : "memory");
    }
    best = MIN (best, (cpu_seconds () - before) / 200 * 1e6);
  }
  return best;
}

static void
compare_elements (guint width, guint height, guint fps, guint seconds)
{
  const struct {
    const gchar *name, *wave, *element, *format;
  } contenders[] = {
    { "audiospectrumviz", "pink-noise", "audiospectrumviz", "BGRx" },
    { "audiospectrumviz", "pink-noise", "audiospectrumviz", "I420" },
    { "audiospectrumviz in BGRx ! videoconvert", "pink-noise",
        "audiospectrumviz ! video/x-raw,format=BGRx ! videoconvert n-threads=1",
        "I420" },
    { "audiospectrumviz, silence", "silence", "audiospectrumviz", "BGRx" },
    { "audiospectrumviz style=waveform", "pink-noise",
        "audiospectrumviz style=waveform", "BGRx" },
    { "audiospectrumviz fft-size=256 style=webaudio", "pink-noise",
        "audiospectrumviz fft-size=256 style=webaudio", "BGRx" },
    { "spectrascope", "pink-noise", "spectrascope", "BGRx" },
    { "spectrascope shader=none", "pink-noise", "spectrascope shader=none",
        "BGRx" },
    { "wavescope", "pink-noise", "wavescope", "BGRx" },
    { "wavescope shader=none", "pink-noise", "wavescope shader=none", "BGRx" },
  };
  gdouble first = 0;

  g_print ("\n%ux%u at %u/1, %u s of sound in buffers of 10 ms\n", width,
      height, fps, seconds);
  g_print (
      "%-48s %-5s %9s %8s %9s\n", "element", "", "us/frame", "frames", "times");
  for (guint i = 0; i < G_N_ELEMENTS (contenders); i++) {
    guint64 frames;
    gdouble cost = frame_cost (contenders[i].wave, contenders[i].element,
        contenders[i].format, width, height, fps, seconds, &frames);

    if (i == 0)
      first = cost;
    g_print ("%-48s %-5s %9.1f %8" G_GUINT64_FORMAT " %9.2f\n",
        contenders[i].name, contenders[i].format, cost, frames, cost / first);
  }
  g_print ("%-48s %-5s %9.1f\n", "memset", "BGRx",
      memset_cost ((gsize) width * height * 4));
  g_print ("%-48s %-5s %9.1f\n", "memset", "I420",
      memset_cost ((gsize) width * height * 3 / 2));
}

static void
fill_noise (gfloat *samples, guint count)
{
  static guint32 state = 1;

  for (guint i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    samples[i] = (gfloat) ((gint) (state >> 16) - 32768) / 160000;
  }
}

static void
measure_analysis (void)
{
  g_autoptr (SpectrumAnalyser) analyser = spectrum_analyser_new ();
  gfloat noise[1600];

  g_print ("\nanalysis of 1600 new samples, us\n");
  for (guint size = 256; size <= 32768; size *= 2) {
    guint rounds = (1 << 22) / size;
    gdouble best = G_MAXDOUBLE;

    spectrum_analyser_set_fft_size (analyser, size);
    for (guint round = 0; round < 3; round++) {
      gdouble before;

      fill_noise (noise, G_N_ELEMENTS (noise));
      before = cpu_seconds ();
      for (guint i = 0; i < rounds; i++) {
        spectrum_analyser_push (analyser, noise, G_N_ELEMENTS (noise));
        spectrum_analyser_analyse (analyser);
      }
      best = MIN (best, (cpu_seconds () - before) / rounds * 1e6);
    }
    g_print ("%6u %9.2f\n", size, best);
  }
}

#define PICTURES 200

/* A run of frames in which each follows the one before, and the same frames each
 * painted whole; microseconds per frame, the best of some rounds. */
static void
measure_painting (GstVideoFormat format, guint width, guint height)
{
  g_autoptr (SpectrumView) view = spectrum_view_new ();
  g_autoptr (SpectrumPainter) painter = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autofree guint16 *marks = NULL;
  gdouble best[2] = { G_MAXDOUBLE, G_MAXDOUBLE };
  VizSettings settings;
  GstVideoInfo info;
  GstVideoFrame frame;
  gfloat noise[1600];
  guint n;

  viz_settings_init (&settings);
  gst_video_info_set_format (&info, format, width, height);
  info.fps_n = 30;
  info.fps_d = 1;
  spectrum_view_configure (view, &settings.view, 48000, &info);
  painter = spectrum_painter_new (
      &settings.view.look, &info, spectrum_view_get_bin_count (view));
  buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&info), NULL);
  gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE);
  n = spectrum_view_get_n_marks (view);
  marks = g_new (guint16, PICTURES * n);
  for (guint i = 0; i < PICTURES; i++) {
    fill_noise (noise, G_N_ELEMENTS (noise));
    spectrum_view_push (view, 0, noise, G_N_ELEMENTS (noise));
    memcpy (marks + i * n, spectrum_view_step (view), n * sizeof *marks);
  }

  for (guint round = 0; round < 10; round++)
    for (guint whole = 0; whole < 2; whole++) {
      gdouble before;

      spectrum_painter_paint (painter, &frame, marks, NULL);
      before = cpu_seconds ();
      for (guint i = 1; i < PICTURES; i++)
        spectrum_painter_paint (
            painter, &frame, marks + i * n, whole ? NULL : marks + (i - 1) * n);
      best[whole] =
          MIN (best[whole], (cpu_seconds () - before) / (PICTURES - 1) * 1e6);
    }
  gst_video_frame_unmap (&frame);
  g_print ("%4ux%-4u %-5s %9.1f %9.1f\n", width, height,
      gst_video_format_to_string (format), best[0], best[1]);
}

int
main (int argc, char **argv)
{
  guint seconds;

  gst_init (&argc, &argv);
  seconds = argc > 1 ? (guint) CLAMP (atoi (argv[1]), 1, 3600) : 30;

  compare_elements (640, 360, 30, seconds);
  compare_elements (1280, 720, 60, seconds);
  measure_analysis ();
  g_print ("\npainting noise, us: what moved, and the whole picture\n");
  for (guint scale = 1; scale <= 2; scale++) {
    measure_painting (GST_VIDEO_FORMAT_BGRx, 640 * scale, 360 * scale);
    measure_painting (GST_VIDEO_FORMAT_I420, 640 * scale, 360 * scale);
    measure_painting (GST_VIDEO_FORMAT_NV12, 640 * scale, 360 * scale);
  }
  gst_deinit ();
  return 0;
}
