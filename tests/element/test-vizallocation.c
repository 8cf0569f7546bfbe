/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <stdlib.h>
#include <unistd.h>

#include <gmodule.h>
#include <gst/video/video.h>

#include "vizworld.h"

/* That audiospectrumviz allocates nothing once it runs: each malloc of this
 * program is counted. The C library's own functions do the work. */

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t count, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);

static gboolean counting;
static guint allocations;

G_MODULE_EXPORT void *
malloc (size_t size)
{
  allocations += counting;
  return __libc_malloc (size);
}

G_MODULE_EXPORT void *
calloc (size_t count, size_t size)
{
  allocations += counting;
  return __libc_calloc (count, size);
}

G_MODULE_EXPORT void *
realloc (void *memory, size_t size)
{
  allocations += counting;
  return __libc_realloc (memory, size);
}

G_MODULE_EXPORT void *
aligned_alloc (size_t alignment, size_t size)
{
  allocations += counting;
  return __libc_memalign (alignment, size);
}

G_MODULE_EXPORT int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  allocations += counting;
  *memory = __libc_memalign (alignment, size);
  return *memory ? 0 : 12;
}

/* A sink that keeps the last frame, as sinks do. */
static GstBuffer *kept;
static guint n_frames;

static GstFlowReturn
keep (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_clear_buffer (&kept);
  kept = buffer;
  n_frames++;
  return GST_FLOW_OK;
}

static GstCaps *wanted;

static gboolean
answer (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_caps_result (query, wanted);
  return TRUE;
}

#define BUFFERS 400
#define WARM 100

static void
check (const gchar *properties, const gchar *format)
{
  g_autofree gchar *line = g_strdup_printf ("audiospectrumviz %s", properties);
  g_autofree gchar *video = g_strdup_printf (
      "video/x-raw,format=%s,width=640,height=360,framerate=30/1", format);
  g_autoptr (GstElement) viz = gst_parse_launch (line, NULL);
  g_autoptr (GstPad) in = gst_element_get_static_pad (viz, "sink");
  g_autoptr (GstPad) out = gst_element_get_static_pad (viz, "src");
  GstPad *sink = gst_pad_new ("sink", GST_PAD_SINK);
  GstPad *src = gst_pad_new ("src", GST_PAD_SRC);
  g_autoptr (GstCaps) audio = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2,"
      "channel-mask=(bitmask)3");
  GstSegment segment;
  GstBuffer *sounds[BUFFERS];

  wanted = gst_caps_from_string (video);
  gst_pad_set_chain_function (sink, keep);
  gst_pad_set_query_function (sink, answer);
  fail_unless_equals_int (gst_pad_link (src, in), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_pad_link (out, sink), GST_PAD_LINK_OK);
  gst_pad_set_active (sink, TRUE);
  gst_pad_set_active (src, TRUE);
  gst_element_set_state (viz, GST_STATE_PLAYING);
  gst_pad_push_event (src, gst_event_new_stream_start ("sound"));
  fail_unless (gst_pad_push_event (src, gst_event_new_caps (audio)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (src, gst_event_new_segment (&segment));

  for (guint i = 0; i < BUFFERS; i++) {
    GstMapInfo map;

    sounds[i] = viz_sine (48000, 2, i * 960, 960);
    gst_buffer_map (sounds[i], &map, GST_MAP_WRITE);
    for (guint k = 0; k < 1920; k++)
      ((gint16 *) map.data)[k] = (gint16) g_random_int_range (
          (gint) (i % 30) * -400 - 1, (gint) (i % 30) * 400 + 1);
    gst_buffer_unmap (sounds[i], &map);
  }
  n_frames = 0;
  allocations = 0;
  for (guint i = 0; i < BUFFERS; i++) {
    if (i == WARM)
      counting = TRUE;
    gst_pad_push (src, sounds[i]);
  }
  counting = FALSE;
  GST_INFO ("%s %s: %u allocations for %u frames", format, properties,
      allocations, n_frames);
  fail_unless_equals_int (n_frames, BUFFERS * 30 / 50 + 1);
  fail_unless_equals_int (allocations, 0);

  gst_clear_buffer (&kept);
  gst_element_set_state (viz, GST_STATE_NULL);
  gst_pad_set_active (src, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_pad_unlink (src, in);
  gst_pad_unlink (out, sink);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_clear_caps (&wanted);
}

GST_START_TEST (test_steady_state)
{
  const gchar *properties[] = { "", "style=waveform", "peaks=true",
    "style=webaudio fft-size=256", "channel-mode=both post-speaking=true",
    "channel-mode=one gradient=height centered=false mirror=center" };
  const gchar *formats[] = { "BGRx", "I420", "NV12", "A420" };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++)
    for (guint p = 0; p < G_N_ELEMENTS (properties); p++)
      check (properties[p], formats[f]);
}
GST_END_TEST;

/* That it would be seen. */
GST_START_TEST (test_counts)
{
  counting = TRUE;
  allocations = 0;
  gst_buffer_unref (gst_buffer_new ());
  g_free (g_malloc0 (10));
  counting = FALSE;
  fail_unless (allocations >= 2);
}
GST_END_TEST;

static Suite *
vizallocation_suite (void)
{
  Suite *suite = suite_create ("vizallocation");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_counts);
  tcase_add_test (tcase, test_steady_state);
  return suite;
}

/* Until GLib 2.76 slices are cut from blocks, which would hide allocations. The
 * library reads this before main(). Tracers allocate for what they trace. */
static void
allocate_one_by_one (char **argv)
{
  if (g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") == 0)
    return;
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  g_unsetenv ("GST_TRACERS");
  g_unsetenv ("GST_DEBUG");
  execv ("/proc/self/exe", argv);
  g_error ("cannot start anew");
}

int
main (int argc, char **argv)
{
  allocate_one_by_one (argv);
  test_check_init (&argc, &argv);
  return gst_check_run_suite (
      vizallocation_suite (), "vizallocation", __FILE__);
}
