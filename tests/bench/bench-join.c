/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-join PROPERTIES: a member of a room, as an application that is up and has
 * not joined. It takes orders, a line each, and answers each with a line:
 *
 *   enter   joins: "entered" once it is in the room
 *   join    joins: "frame DECODED SHOWN", microseconds from here to the first
 *           picture of somebody else, out of the decoder, and at its time in a sink
 *   alone   "alone" once who was there has left
 *   leave   "ready" to join anew
 *
 * join/run.mjs measures with it.
 */
#include "common/callmember.h"
#include "common/testlog.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE 30 /* s */
/* As Chromium's camera of tests/interop/fake-camera.mjs. */
#define VIDEO                                                      \
  " videotestsrc is-live=true pattern=smpte horizontal-speed=8 ! " \
  "video/x-raw,format=I420,width=320,height=240,framerate=20/1 ! queue ! call.video_0 "
#define AUDIO                                                                  \
  " audiotestsrc is-live=true volume=0.3 ! audio/x-raw,rate=48000,channels=2 " \
  "! queue ! call.audio_0 "

typedef struct {
  CallMember *member;

  GMutex lock;
  GCond cond;
  gint64 decoded; /* guarded by lock; when the first picture was, 0: not yet */
  gint64 shown;   /* the same */
} Joiner;

static void
note (Joiner *self, gint64 *when)
{
  g_mutex_lock (&self->lock);
  if (*when == 0)
    *when = g_get_monotonic_time ();
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static GstPadProbeReturn
on_decoded (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Joiner *self = data;

  note (self, &self->decoded);
  return GST_PAD_PROBE_REMOVE;
}

/* After its sink has waited until it is time. */
static void
on_shown (GstElement *sink, GstBuffer *buffer, GstPad *pad, Joiner *self)
{
  note (self, &self->shown);
}

/* Of what a peer sends. */
static void
on_pad_added (GstElement *call, GstPad *pad, Joiner *self)
{
  GstElement *sink;
  g_autoptr (GstPad) sink_pad = NULL;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  sink = gst_element_factory_make ("fakesink", NULL);
  sink_pad = gst_element_get_static_pad (sink, "sink");
  g_object_set (sink, "sync", TRUE, "async", FALSE, "qos", FALSE,
      "signal-handoffs", TRUE, NULL);
  if (g_str_has_prefix (GST_PAD_NAME (pad), "video_src")) {
    gst_pad_add_probe (
        sink_pad, GST_PAD_PROBE_TYPE_BUFFER, on_decoded, self, NULL);
    g_signal_connect (sink, "handoff", G_CALLBACK (on_shown), self);
  }
  gst_bin_add (GST_BIN (GST_OBJECT_PARENT (call)), sink);
  gst_element_sync_state_with_parent (sink);
  gst_pad_link (pad, sink_pad);
}

static void
prepare (Joiner *self, const char *properties)
{
  self->member = call_member_new (NULL, properties, VIDEO AUDIO);
  self->decoded = self->shown = 0;
  g_signal_connect (call_member_get_call (self->member), "pad-added",
      G_CALLBACK (on_pad_added), self);
  gst_element_set_state (
      call_member_get_pipeline (self->member), GST_STATE_READY);
}

static void
join (Joiner *self)
{
  const gint64 begin = g_get_monotonic_time ();
  const gint64 deadline = test_deadline (PATIENCE);
  gboolean came = TRUE;

  call_member_play (self->member);
  g_mutex_lock (&self->lock);
  while (self->shown == 0 && came)
    came = g_cond_wait_until (&self->cond, &self->lock, deadline);
  if (came)
    printf ("frame %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
        self->decoded - begin, self->shown - begin);
  else
    puts ("nothing");
  g_mutex_unlock (&self->lock);
}

static gboolean
obey (Joiner *self, const char *order, const char *properties)
{
  const gint64 deadline = test_deadline (PATIENCE);

  if (g_str_equal (order, "enter")) {
    call_member_play (self->member);
    puts (
        call_member_wait (self->member, "roomcall/joined", NULL, NULL, deadline)
            ? "entered"
            : "nothing");
  } else if (g_str_equal (order, "join")) {
    join (self);
  } else if (g_str_equal (order, "alone")) {
    puts (call_member_wait (
              self->member, "roomcall/peer-left", NULL, NULL, deadline)
            ? "alone"
            : "nothing");
    call_member_forget (self->member);
  } else if (g_str_equal (order, "leave")) {
    call_member_free (self->member);
    prepare (self, properties);
    puts ("ready");
  } else {
    return FALSE;
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  Joiner self = { 0 };
  char line[64];
  gboolean good = TRUE;

  gst_init (&argc, &argv);
  if (argc != 2)
    return 2;
  g_mutex_init (&self.lock);
  g_cond_init (&self.cond);
  prepare (&self, argv[1]);
  setvbuf (stdout, NULL, _IOLBF, 0);
  puts ("ready");
  while (good && fgets (line, sizeof (line), stdin) != NULL)
    good = obey (&self, g_strchomp (line), argv[1]);
  call_member_free (self.member);
  g_cond_clear (&self.cond);
  g_mutex_clear (&self.lock);
  return good ? 0 : 2;
}
