/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "frameclock.h"

#include "common/testlog.h"

static FrameClock
running_clock (guint rate, gint fps_n, gint fps_d, GstClockTime pts)
{
  FrameClock clock;
  guint64 silence;

  frame_clock_init (&clock);
  frame_clock_set_rate (&clock, rate);
  frame_clock_set_framerate (&clock, fps_n, fps_d);
  g_assert_cmpint (frame_clock_place (&clock, pts, TRUE, &silence), ==,
      FRAME_CLOCK_RESTARTS);
  g_assert_cmpuint (silence, ==, 0);
  return clock;
}

/* Frame n is due after floor (n * rate / fps) samples, for ever. */
static void
test_exact (void)
{
  const struct {
    guint rate;
    gint fps_n, fps_d;
  } cases[] = { { 48000, 30, 1 }, { 48000, 30000, 1001 }, { 44100, 60, 1 },
    { 8000, 240, 1 }, { 192000, 24000, 1001 }, { 11025, 7, 3 }, { 30, 60, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    FrameClock clock = running_clock (
        cases[i].rate, cases[i].fps_n, cases[i].fps_d, 5 * GST_SECOND);
    guint64 heard = 0;

    for (guint64 n = 0; n < 100000; n++) {
      guint64 wanted = frame_clock_get_wanted (&clock);
      GstClockTime duration, pts;

      frame_clock_advance (&clock, wanted);
      heard += wanted;
      g_assert_cmpuint (heard, ==,
          n * cases[i].rate * (guint64) cases[i].fps_d
              / (guint64) cases[i].fps_n);
      g_assert_cmpuint (frame_clock_get_wanted (&clock), ==, 0);
      pts = frame_clock_next_frame (&clock, &duration);
      g_assert_cmpuint (pts, ==,
          5 * GST_SECOND
              + gst_util_uint64_scale (n, (guint64) cases[i].fps_d * GST_SECOND,
                  (guint64) cases[i].fps_n));
      g_assert_cmpuint (duration, >, 0);
    }
  }
}

static void
expect (FrameClock *clock, GstClockTime pts, gboolean discont,
    FrameClockStep step, guint64 silence)
{
  guint64 got;

  g_assert_cmpint (frame_clock_place (clock, pts, discont, &got), ==, step);
  g_assert_cmpuint (got, ==, silence);
}

static void
test_place (void)
{
  FrameClock clock = running_clock (48000, 30, 1, GST_SECOND);

  frame_clock_advance (&clock, 48000);
  expect (&clock, 2 * GST_SECOND, FALSE, FRAME_CLOCK_CONTINUES, 0);
  expect (&clock, GST_CLOCK_TIME_NONE, TRUE, FRAME_CLOCK_CONTINUES, 0);
  /* Time stamps shake; one that is cut to nanoseconds is no gap. */
  expect (&clock, 2 * GST_SECOND + 30 * GST_MSECOND, FALSE,
      FRAME_CLOCK_CONTINUES, 0);
  expect (&clock, 2 * GST_SECOND - 30 * GST_MSECOND, FALSE,
      FRAME_CLOCK_CONTINUES, 0);
  expect (&clock, 2 * GST_SECOND + 20833, TRUE, FRAME_CLOCK_CONTINUES, 0);
  /* Whoever says that something is missing is taken at his word. */
  expect (&clock, 2 * GST_SECOND + GST_MSECOND, TRUE, FRAME_CLOCK_SILENCE, 48);
  expect (&clock, 2 * GST_SECOND + 50 * GST_MSECOND, FALSE, FRAME_CLOCK_SILENCE,
      2400);
  expect (&clock, 3000 * GST_SECOND, FALSE, FRAME_CLOCK_SILENCE, 480000);
  g_assert_cmpuint (frame_clock_get_time (&clock), ==, 2 * GST_SECOND);

  expect (
      &clock, 2 * GST_SECOND - 500 * GST_MSECOND, TRUE, FRAME_CLOCK_OVERLAP, 0);
  g_assert_cmpuint (
      frame_clock_get_time (&clock), ==, 2 * GST_SECOND - 500 * GST_MSECOND);
  expect (&clock, 0, FALSE, FRAME_CLOCK_RESTARTS, 0);
  g_assert_cmpuint (frame_clock_get_time (&clock), ==, 0);
  g_assert_cmpuint (frame_clock_get_wanted (&clock), ==, 0);

  frame_clock_stop (&clock);
  expect (&clock, 7 * GST_SECOND, FALSE, FRAME_CLOCK_RESTARTS, 0);
  g_assert_cmpuint (frame_clock_next_frame (&clock, NULL), ==, 7 * GST_SECOND);
}

static void
test_skip (void)
{
  FrameClock clock = running_clock (48000, 30, 1, GST_SECOND);

  g_assert_cmpuint (frame_clock_next_frame (&clock, NULL), ==, GST_SECOND);
  g_assert_false (frame_clock_skip_to (&clock, GST_CLOCK_TIME_NONE));
  g_assert_false (frame_clock_skip_to (&clock, 0));
  g_assert_false (frame_clock_skip_to (&clock, GST_SECOND + GST_MSECOND));
  /* 101.01 s is between frames 3000 and 3001 of the same grid. */
  g_assert_true (
      frame_clock_skip_to (&clock, 101 * GST_SECOND + 10 * GST_MSECOND));
  g_assert_cmpuint (frame_clock_get_wanted (&clock), ==, 1120);
  frame_clock_advance (&clock, 1120);
  g_assert_cmpuint (frame_clock_next_frame (&clock, NULL), ==,
      101 * GST_SECOND + GST_SECOND / 30);
  /* However far. */
  g_assert_true (frame_clock_skip_to (&clock, G_MAXUINT64 / 2));
  g_assert_cmpuint (frame_clock_get_wanted (&clock), <=, 1600);
}

/* Another framerate or rate keeps the next frame's time, and the sound's. */
static void
test_changes (void)
{
  FrameClock clock = running_clock (48000, 25, 1, 0);
  GstClockTime duration;

  for (guint n = 0; n < 10; n++) {
    frame_clock_advance (&clock, frame_clock_get_wanted (&clock));
    frame_clock_next_frame (&clock, NULL);
  }
  frame_clock_advance (&clock, 960);
  g_assert_cmpuint (frame_clock_get_time (&clock), ==, 380 * GST_MSECOND);

  frame_clock_set_framerate (&clock, 50, 1);
  g_assert_cmpuint (frame_clock_get_time (&clock), ==, 380 * GST_MSECOND);
  g_assert_cmpuint (frame_clock_get_wanted (&clock), ==, 960);
  frame_clock_set_rate (&clock, 8000);
  g_assert_cmpuint (frame_clock_get_time (&clock), ==, 380 * GST_MSECOND);
  g_assert_cmpuint (frame_clock_get_wanted (&clock), ==, 160);

  frame_clock_advance (&clock, 160);
  g_assert_cmpuint (
      frame_clock_next_frame (&clock, &duration), ==, 400 * GST_MSECOND);
  g_assert_cmpuint (duration, ==, 20 * GST_MSECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  g_test_add_func ("/frameclock/exact", test_exact);
  g_test_add_func ("/frameclock/place", test_place);
  g_test_add_func ("/frameclock/skip", test_skip);
  g_test_add_func ("/frameclock/changes", test_changes);
  return g_test_run ();
}
