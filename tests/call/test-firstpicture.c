/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/callcheck.h"
#include "common/testcheck.h"

#include <gst/video/video.h>

/* The picture with which a peer's stream begins is the first that is decoded. */

#define INPUTS(tone) CALL_MEMBER_VIDEO CALL_MEMBER_AUDIO (tone)

/* So long after the first the receiver, whose jitter buffer holds 50 ms, has had it:
 * 330 ms. */
#define N_SENT 6

typedef struct {
  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  GstBuffer *sent;    /* the first that passed the sender's gate */
  GstBuffer *decoded; /* the first that the receiver's decoder was given */
  guint n_sent;
  gboolean was_late;
} Pictures;

static GstPadProbeReturn
on_sent (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Pictures *pictures = data;

  g_mutex_lock (&pictures->lock);
  if (pictures->n_sent++ == 0)
    pictures->sent = gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info));
  g_cond_broadcast (&pictures->cond);
  g_mutex_unlock (&pictures->lock);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_decoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Pictures *pictures = data;

  g_mutex_lock (&pictures->lock);
  pictures->decoded = gst_buffer_ref (GST_PAD_PROBE_INFO_BUFFER (info));
  g_cond_broadcast (&pictures->cond);
  g_mutex_unlock (&pictures->lock);
  return GST_PAD_PROBE_REMOVE;
}

/* A connection that has come about opens our gate on the room's thread, and asks
 * our encoder for a key frame. That thread is late with all that follows: the
 * peer's stream has begun by then. */
static GstPadProbeReturn
on_gate_opened (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Pictures *pictures = data;
  const gint64 deadline = test_deadline (10);
  gboolean in_time = TRUE;

  if (!gst_video_event_is_force_key_unit (GST_PAD_PROBE_INFO_EVENT (info)))
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&pictures->lock);
  while (pictures->n_sent < N_SENT && in_time)
    in_time = g_cond_wait_until (&pictures->cond, &pictures->lock, deadline);
  pictures->was_late = in_time;
  g_mutex_unlock (&pictures->lock);
  return GST_PAD_PROBE_REMOVE;
}

typedef struct {
  const char *factory;
  const char *pad;
  GstPadProbeType type;
  GstPadProbeCallback callback;
} Watch;

static const Watch sender[] = {
  { "rtpvp8pay", "sink", GST_PAD_PROBE_TYPE_BUFFER, on_sent },
  { .factory = NULL },
};
static const Watch receiver[] = {
  { "vp8enc", "src", GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_gate_opened },
  { "vp8dec", "sink", GST_PAD_PROBE_TYPE_BUFFER, on_decoded },
  { .factory = NULL },
};

static void
watch (GstElement *element, const Watch *watches, Pictures *pictures)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  for (const Watch *w = watches; w->factory != NULL; w++) {
    g_autoptr (GstPad) pad = NULL;

    if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), w->factory))
      continue;
    pad = gst_element_get_static_pad (element, w->pad);
    gst_pad_add_probe (pad, w->type, w->callback, pictures, NULL);
  }
}

static void
on_sender_element (
    GstBin *bin, GstBin *parent, GstElement *element, Pictures *pictures)
{
  watch (element, sender, pictures);
}

static void
on_receiver_element (
    GstBin *bin, GstBin *parent, GstElement *element, Pictures *pictures)
{
  watch (element, receiver, pictures);
}

static void
fail_unless_same (GstBuffer *a, GstBuffer *b)
{
  GstMapInfo info;

  fail_unless (gst_buffer_map (a, &info, GST_MAP_READ));
  fail_unless_equals_int (info.size, gst_buffer_get_size (b));
  fail_unless_equals_int (gst_buffer_memcmp (b, 0, info.data, info.size), 0);
  gst_buffer_unmap (a, &info);
}

GST_START_TEST (test_first_picture)
{
  Pictures pictures = { 0 };
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (60);
  g_mutex_init (&pictures.lock);
  g_cond_init (&pictures.cond);
  a = call_member_new ("first", "", INPUTS (440));
  b = call_member_new ("first", "", INPUTS (880));
  call_check_add_mix (b, "video_mix");
  g_signal_connect (call_member_get_pipeline (a), "deep-element-added",
      G_CALLBACK (on_sender_element), &pictures);
  g_signal_connect (call_member_get_pipeline (b), "deep-element-added",
      G_CALLBACK (on_receiver_element), &pictures);
  call_check_play_in_turn (a, b);
  call_check_connected (b, 1);
  call_check_moving (b, "video_mix");
  call_member_stop (b);
  call_member_stop (a);

  fail_unless (pictures.was_late);
  fail_unless (pictures.sent != NULL && pictures.decoded != NULL);
  fail_unless_same (pictures.sent, pictures.decoded);
  gst_buffer_unref (pictures.sent);
  gst_buffer_unref (pictures.decoded);
  g_cond_clear (&pictures.cond);
  g_mutex_clear (&pictures.lock);
}
GST_END_TEST

/* Nor does a camera that shows four pictures a second lose any by it: of two that
 * were close together rtpjitterbuffer takes the next for lost before it is due. */
GST_START_TEST (test_slow_camera)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;

  TEST_WATCHDOG (90);
  a = call_member_new ("slow-camera", "",
      "videotestsrc is-live=true horizontal-speed=8 ! "
      "video/x-raw,width=320,height=240,framerate=4/1 ! "
      "call.video_0 " CALL_MEMBER_AUDIO (440));
  b = call_member_new ("slow-camera", "", INPUTS (880));
  call_check_add_mix (a, "video_program");
  call_check_add_mix (b, "video_src_0");
  call_member_play (a);
  /* Its first key frame is some time ago. */
  call_check_moving (a, "video_program");
  call_member_play (b);
  call_check_connected (b, 1);
  call_check_moving (b, "video_src_0");
  call_member_stop (b);
  call_member_stop (a);
}
GST_END_TEST

/* Of a screen on which nothing moves there is one picture for all, though an
 * encoder makes no two key frames within 250 ms. */
GST_START_TEST (test_still_screen)
{
  g_autoptr (CallMember) a = NULL;
  g_autoptr (CallMember) b = NULL;
  g_autoptr (CallMember) c = NULL;

  TEST_WATCHDOG (90);
  a = call_member_new ("still-screen", "",
      "videotestsrc is-live=true ! "
      "video/x-raw,width=320,height=240,framerate=1/120 ! "
      "call.video_0 ");
  b = call_member_new ("still-screen", "", "");
  c = call_member_new ("still-screen", "", "");
  call_check_add_mix (b, "video_mix");
  call_check_add_mix (c, "video_mix");
  call_check_play_in_turn (a, b);
  call_member_play (c);
  call_check_bright (b, "video_mix");
  call_check_bright (c, "video_mix");
  call_member_stop (c);
  call_member_stop (b);
  call_member_stop (a);
}
GST_END_TEST

static Suite *
first_picture_suite (void)
{
  Suite *suite = suite_create ("firstpicture");
  TCase *tc = tcase_create ("firstpicture");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 0);
  tcase_add_test (tc, test_first_picture);
  tcase_add_test (tc, test_slow_camera);
  tcase_add_test (tc, test_still_screen);
  return suite;
}

TEST_CHECK_MAIN (first_picture)
