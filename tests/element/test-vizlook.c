/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#include <string.h>

#include <gst/controller/gstdirectcontrolbinding.h>
#include <gst/controller/gstinterpolationcontrolsource.h>
#include <gst/video/video.h>

#include "vizworld.h"

/* What audiospectrumviz shows of channels and of the sound itself, and that a
 * controlled property changes with the frame it was meant for. */

#define WIDTH 64
#define HEIGHT 48
#define PICTURE "video/x-raw,format=BGRx,width=64,height=48,framerate=50/1"
#define MONO "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1"
#define STEREO                                                         \
  "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2," \
  "channel-mask=(bitmask)3"

/* A sine in the channels whose bit is set. */
static GstBuffer *
some_channels (guint channels, guint sounding, guint frames)
{
  GstBuffer *buffer = viz_sine (48000, channels, 0, frames);
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READWRITE);
  for (guint i = 0; i < frames * channels; i++)
    if (!(sounding >> i % channels & 1))
      ((gint16 *) map.data)[i] = 0;
  gst_buffer_unmap (buffer, &map);
  return buffer;
}

static GstBuffer *
last_picture (const gchar *properties, const gchar *audio, GstBuffer *sound)
{
  GstHarness *h = viz_new (properties, audio, PICTURE);
  GstBuffer *buffer, *last = NULL;

  fail_unless_equals_int (gst_harness_push (h, sound), GST_FLOW_OK);
  while ((buffer = gst_harness_try_pull (h))) {
    gst_clear_buffer (&last);
    last = gst_buffer_copy_deep (buffer);
    gst_buffer_unref (buffer);
  }
  gst_harness_teardown (h);
  return last;
}

/* How many pixels of some rows are none of the background. */
static guint
count_drawn (GstBuffer *buffer, guint from, guint to)
{
  guint drawn = 0;
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  for (gsize i = from * WIDTH * 4; i < to * WIDTH * 4; i += 4)
    drawn += memcmp (map.data + i, map.data, 3) != 0;
  gst_buffer_unmap (buffer, &map);
  return drawn;
}

static void
assert_same (GstBuffer *a, GstBuffer *b, gboolean same)
{
  fail_unless_equals_int (viz_checksum (a) == viz_checksum (b), same);
}

GST_START_TEST (test_one_channel)
{
  for (guint channel = 0; channel < 4; channel++) {
    g_autofree gchar *properties =
        g_strdup_printf ("channel-mode=one channel=%u", channel);
    g_autoptr (GstBuffer) mono =
        last_picture ("", MONO, viz_sine (48000, 1, 0, 9600));
    g_autoptr (GstBuffer) silence =
        last_picture ("", MONO, some_channels (1, 0, 9600));
    g_autoptr (GstBuffer) heard =
        last_picture (properties, STEREO, some_channels (2, 1, 9600));
    g_autoptr (GstBuffer) other =
        last_picture (properties, STEREO, some_channels (2, 2, 9600));

    /* There is no third channel: the last one stands in. */
    assert_same (heard, channel == 0 ? mono : silence, TRUE);
    assert_same (other, channel == 0 ? silence : mono, TRUE);
    assert_same (mono, silence, FALSE);
  }
}
GST_END_TEST;

/* Opposite phases are silence when mixed, and two halves when not. */
GST_START_TEST (test_both_channels)
{
  const gchar *styles[] = { "bars", "waveform" };
  const guint sounding[] = { 0, 1, 2, 3 };

  for (guint s = 0; s < G_N_ELEMENTS (styles); s++)
    for (guint centered = 0; centered < 2; centered++) {
      g_autofree gchar *properties =
          g_strdup_printf ("channel-mode=both style=%s centered=%s", styles[s],
              centered ? "true" : "false");
      guint upper[4], lower[4];

      for (guint i = 0; i < 4; i++) {
        g_autoptr (GstBuffer) picture = last_picture (
            properties, STEREO, some_channels (2, sounding[i], 9600));

        upper[i] = count_drawn (picture, 0, HEIGHT / 2);
        lower[i] = count_drawn (picture, HEIGHT / 2, HEIGHT);
      }
      fail_unless (upper[0] > 0 && lower[0] > 0);
      fail_unless (upper[1] > upper[0] && lower[1] == lower[0]);
      fail_unless (upper[2] == upper[0] && lower[2] > lower[0]);
      fail_unless (upper[3] == upper[1] && lower[3] == lower[2]);
    }
}
GST_END_TEST;

/* The one channel there is stands for both; a browser's style has one lane. */
GST_START_TEST (test_both_of_less)
{
  g_autoptr (GstBuffer) mono =
      last_picture ("channel-mode=both", MONO, viz_sine (48000, 1, 0, 9600));
  g_autoptr (GstBuffer) stereo =
      last_picture ("channel-mode=both", STEREO, some_channels (2, 3, 9600));
  g_autoptr (GstBuffer) both = last_picture (
      "channel-mode=both style=webaudio", STEREO, some_channels (2, 1, 9600));
  g_autoptr (GstBuffer) mix =
      last_picture ("style=webaudio", STEREO, some_channels (2, 1, 9600));

  assert_same (mono, stereo, TRUE);
  assert_same (both, mix, TRUE);
}
GST_END_TEST;

/* The line goes once through each column, from side to side; it begins at a
 * zero, so that a tone stands still however frames fall on it. */
GST_START_TEST (test_waveform)
{
  GstHarness *h = viz_new ("style=waveform fft-size=1024", MONO, PICTURE);
  g_autoptr (GArray) sums = NULL;
  g_autoptr (GstBuffer) line =
      last_picture ("style=waveform", MONO, some_channels (1, 0, 9600));
  guint same = 0;

  fail_unless (count_drawn (line, 0, HEIGHT) >= WIDTH - 4);
  fail_unless (count_drawn (line, 0, HEIGHT) < 3 * WIDTH);
  fail_unless_equals_int (count_drawn (line, 0, HEIGHT / 2 - 2), 0);
  fail_unless_equals_int (count_drawn (line, HEIGHT / 2 + 2, HEIGHT), 0);

  /* 100 Hz and 50 frames per second: each frame falls on the same phase. */
  for (guint i = 0; i < 50; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, 1920, NULL);
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    for (guint k = 0; k < 960; k++)
      ((gint16 *) map.data)[k] = (gint16) ((k % 480 < 240 ? 1 : -1) * 9000);
    gst_buffer_unmap (buffer, &map);
    GST_BUFFER_PTS (buffer) = i * 20 * GST_MSECOND;
    gst_harness_push (h, buffer);
  }
  sums = viz_pull_frames (h, 0, 50, 1);
  fail_unless_equals_int (sums->len, 51);
  for (guint i = 3; i < sums->len; i++)
    same += g_array_index (sums, guint, i) == g_array_index (sums, guint, 2);
  fail_unless_equals_int (same, 48);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* A property under control changes with the very frame of its time. */
GST_START_TEST (test_controller)
{
  GstHarness *h = viz_new ("", MONO, PICTURE);
  g_autoptr (GstElement) viz = gst_harness_find_element (h, "audiospectrumviz");
  GstControlSource *source = gst_interpolation_control_source_new ();
  GstTimedValueControlSource *values = GST_TIMED_VALUE_CONTROL_SOURCE (source);
  GstBuffer *buffer;
  guint n = 0;

  g_object_set (source, "mode", GST_INTERPOLATION_MODE_NONE, NULL);
  fail_unless (gst_timed_value_control_source_set (values, 0, 0xff000000));
  fail_unless (gst_timed_value_control_source_set (
      values, 200 * GST_MSECOND, 0xffffffff));
  fail_unless (gst_object_add_control_binding (GST_OBJECT (viz),
      gst_direct_control_binding_new_absolute (
          GST_OBJECT (viz), "background-color", source)));
  gst_object_unref (source);

  viz_push_sine (h, 48000, 1, 0, 19200, 480);
  while ((buffer = gst_harness_try_pull (h))) {
    guint8 corner;

    gst_buffer_extract (buffer, 0, &corner, 1);
    fail_unless_equals_int (corner, n < 10 ? 0x00 : 0xff);
    gst_buffer_unref (buffer);
    n++;
  }
  fail_unless_equals_int (n, 21);
  gst_harness_teardown (h);
}
GST_END_TEST;

/* Whatever says that it can be controlled can be. */
GST_START_TEST (test_controllable)
{
  g_autoptr (GstElement) viz =
      gst_element_factory_make ("audiospectrumviz", NULL);
  guint n_specs, controllable = 0;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (viz), &n_specs);

  for (guint i = 0; i < n_specs; i++) {
    g_autoptr (GstControlSource) source = NULL;
    GstControlBinding *binding;

    if (!(specs[i]->flags & GST_PARAM_CONTROLLABLE))
      continue;
    source = gst_interpolation_control_source_new ();
    g_object_set (source, "mode", GST_INTERPOLATION_MODE_LINEAR, NULL);
    gst_timed_value_control_source_set (
        GST_TIMED_VALUE_CONTROL_SOURCE (source), 0, 0);
    gst_timed_value_control_source_set (
        GST_TIMED_VALUE_CONTROL_SOURCE (source), GST_SECOND, 1);
    binding = gst_direct_control_binding_new (
        GST_OBJECT (viz), specs[i]->name, source);
    fail_unless (binding != NULL);
    fail_unless (gst_object_add_control_binding (GST_OBJECT (viz), binding));
    controllable++;
  }
  fail_unless (controllable > 15);
  for (GstClockTime at = 0; at <= GST_SECOND; at += 50 * GST_MSECOND)
    fail_unless (gst_object_sync_values (GST_OBJECT (viz), at));
  gst_object_unref (g_steal_pointer (&viz));
}
GST_END_TEST;

static Suite *
vizlook_suite (void)
{
  Suite *suite = suite_create ("vizlook");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_one_channel);
  tcase_add_test (tcase, test_both_channels);
  tcase_add_test (tcase, test_both_of_less);
  tcase_add_test (tcase, test_waveform);
  tcase_add_test (tcase, test_controller);
  tcase_add_test (tcase, test_controllable);
  return suite;
}

TEST_CHECK_MAIN (vizlook)
