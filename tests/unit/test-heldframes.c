/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heldframes.h"

#include <string.h>

#include "common/testlog.h"

#define MARKS 4

static GstPad *src;

static HeldFrames *
frames_new (void)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (
      "video/x-raw,format=BGRx,width=16,height=16,framerate=30/1");
  HeldFrames *frames;
  GstVideoInfo info;

  gst_video_info_from_caps (&info, caps);
  frames = held_frames_new (src, caps, &info);
  g_assert_nonnull (frames);
  held_frames_set_n_marks (frames, MARKS);
  return frames;
}

/* Takes a frame for @marks, says what had to be painted, gives it on. */
static GstBuffer *
show (
    HeldFrames *frames, const guint16 *marks, gboolean *painted, gboolean *same)
{
  HeldFrame *frame;

  g_assert_cmpint (held_frames_take (frames, marks, &frame), ==, GST_FLOW_OK);
  g_assert_true (gst_buffer_is_writable (frame->buffer));
  *painted = frame->painted;
  *same = frame->painted
      && memcmp (frame->marks, marks, MARKS * sizeof *marks) == 0;
  memcpy (frame->marks, marks, MARKS * sizeof *marks);
  frame->painted = TRUE;
  return held_frames_give (frames, frame);
}

static void
test_reuse (void)
{
  const guint16 quiet[MARKS] = { 0 }, loud[MARKS] = { 1, 2, 3, 4 };
  g_autoptr (HeldFrames) frames = frames_new ();
  GstBuffer *first, *second;
  gboolean painted, same;

  first = show (frames, quiet, &painted, &same);
  g_assert_false (painted);
  g_assert_false (gst_buffer_is_writable (first));

  /* Downstream still has the first: another one. */
  second = show (frames, loud, &painted, &same);
  g_assert_true (second != first);
  g_assert_false (painted);
  gst_buffer_unref (first);
  gst_buffer_unref (second);

  /* Both are free: the one that shows the picture is preferred. */
  for (guint i = 0; i < 10; i++) {
    GstBuffer *again = show (frames, i & 1 ? quiet : loud, &painted, &same);

    g_assert_true (same);
    g_assert_true (again == (i & 1 ? first : second));
    gst_buffer_unref (again);
  }

  /* Another way of drawing: nothing is known of them any more. */
  held_frames_set_n_marks (frames, MARKS);
  first = show (frames, quiet, &painted, &same);
  g_assert_false (painted);
  gst_buffer_unref (first);
}

/* A copy that shares the memory keeps the frame from being drawn on. */
static void
test_shared_memory (void)
{
  const guint16 quiet[MARKS] = { 0 }, loud[MARKS] = { 1, 2, 3, 4 };
  g_autoptr (HeldFrames) frames = frames_new ();
  gboolean painted, same;
  GstBuffer *first = show (frames, quiet, &painted, &same);
  GstBuffer *copy = gst_buffer_make_writable (first);
  GstBuffer *second;

  g_assert_true (copy != first);
  second = show (frames, loud, &painted, &same);
  g_assert_false (painted);
  g_assert_true (
      gst_buffer_peek_memory (second, 0) != gst_buffer_peek_memory (copy, 0));
  gst_buffer_unref (copy);
  gst_buffer_unref (second);
}

/* Downstream that keeps all it gets still gets frames. */
static void
test_hoarder (void)
{
  const guint16 quiet[MARKS] = { 0 };
  g_autoptr (HeldFrames) frames = frames_new ();
  GstBuffer *kept[40];
  gboolean painted, same;
  guint writable = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++) {
    kept[i] = show (frames, quiet, &painted, &same);
    g_assert_false (painted);
    writable += gst_buffer_is_writable (kept[i]) != 0;
    for (guint k = 0; k < i; k++)
      g_assert_true (kept[k] != kept[i]);
  }
  g_assert_cmpuint (writable, >, 0);
  g_assert_cmpuint (writable, <, G_N_ELEMENTS (kept));
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    gst_buffer_unref (kept[i]);
}

int
main (int argc, char **argv)
{
  int ret;

  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  test_log_init ();
  src = gst_pad_new ("src", GST_PAD_SRC);
  g_test_add_func ("/heldframes/reuse", test_reuse);
  g_test_add_func ("/heldframes/shared-memory", test_shared_memory);
  g_test_add_func ("/heldframes/hoarder", test_hoarder);
  ret = g_test_run ();
  gst_object_unref (src);
  return ret;
}
