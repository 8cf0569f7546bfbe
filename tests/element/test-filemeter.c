/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/filemeter.h"
#include "common/testcheck.h"

#include <glib/gstdio.h>

#define RATE "audio/x-raw,rate=48000"
#define SIZE "video/x-raw,width=160,height=120,framerate=30/1"
#define MOVING "videotestsrc pattern=smpte75 horizontal-speed=8 num-buffers=60"
#define STILL "videotestsrc pattern=smpte75 num-buffers=60"
#define TONE \
  "audiotestsrc freq=520 volume=0.2 num-buffers=100 samplesperbuffer=960"
#define SILENCE "audiotestsrc wave=silence num-buffers=100 samplesperbuffer=960"

/* Records two pictures side by side, and a sound; 2 s. */
static char *
record (const char *left, const char *right, const char *sound)
{
  g_autofree char *path = NULL;
  g_autofree char *description = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  int fd = g_file_open_tmp ("filemeter-XXXXXX.webm", &path, NULL);

  fail_unless (fd >= 0);
  g_close (fd, NULL);
  description = g_strdup_printf (
      "webmmux name=mux ! filesink location=%s "
      "compositor name=mix sink_1::xpos=160 ! videoconvert ! "
      "vp8enc deadline=1 ! mux. %s ! " SIZE " ! mix.sink_0 %s ! " SIZE
      " ! mix.sink_1 %s ! " RATE " ! audioconvert ! opusenc ! mux.",
      path, left, right, sound);
  pipeline = gst_parse_launch (description, &error);
  fail_unless (pipeline, "%s", error ? error->message : "");
  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  fail_unless (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return g_steal_pointer (&path);
}

static void
expect (const char *path, FileExpectation expectation, const char *complaint)
{
  g_autoptr (GString) report = g_string_new (NULL);
  gboolean good = file_meter_check (path, &expectation, report);

  if (complaint) {
    fail_if (good);
    fail_unless (strstr (report->str, complaint), "%s", report->str);
  } else {
    fail_unless (good, "%s", report->str);
    fail_if (strstr (report->str, "FAIL"));
  }
}

GST_START_TEST (test_good)
{
  g_autofree char *path = record (MOVING, MOVING, TONE);

  expect (path,
      (FileExpectation){ .columns = 2,
          .rows = 1,
          .audio = TRUE,
          .tones = { 520 },
          .seconds = 1.9 },
      NULL);
  expect (path, (FileExpectation){ .audio = TRUE, .tones = { 520, 780 } },
      "FAIL: tone of 780 Hz");
  expect (path, (FileExpectation){ .columns = 1, .rows = 1, .seconds = 3 },
      "FAIL: video lasts");
  g_unlink (path);
}
GST_END_TEST;

GST_START_TEST (test_still_tile)
{
  g_autofree char *path = record (MOVING, STILL, SILENCE);

  expect (path, (FileExpectation){ .columns = 1, .rows = 1 }, NULL);
  expect (
      path, (FileExpectation){ .columns = 2, .rows = 1 }, "FAIL: tile 2 of 2");
  expect (path, (FileExpectation){ .audio = TRUE }, "FAIL: sound");
  g_unlink (path);
}
GST_END_TEST;

GST_START_TEST (test_not_a_recording)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("filemeter-XXXXXX.webm", &path, NULL);

  fail_unless (fd >= 0);
  g_close (fd, NULL);
  expect (path, (FileExpectation){ .columns = 1, .rows = 1 }, "FAIL: ");
  g_unlink (path);
  expect (path, (FileExpectation){ .audio = TRUE }, "FAIL: ");
}
GST_END_TEST;

static Suite *
filemeter_suite (void)
{
  Suite *suite = suite_create ("filemeter");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_good);
  tcase_add_test (tcase, test_still_tile);
  tcase_add_test (tcase, test_not_a_recording);
  return suite;
}

TEST_CHECK_MAIN (filemeter)
