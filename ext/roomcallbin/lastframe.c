/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lastframe.h"

/* Of several newcomers within it one repetition serves all, as one key frame
 * does. */
#define INTERVAL (250 * GST_MSECOND)

struct _LastFrame {
  GstPad *pad; /* of an element that queues what it gets */
  gulong probe;

  GMutex lock;
  /* Guarded by lock. Times are running times of the pad's element. */
  GstBuffer *frame;    /* what came last, NULL: nothing that may be shown */
  GstClockTime came;   /* when it did */
  GstBuffer *repeated; /* what is on its way into the pad, not owned */
  GstClockTime pts;    /* of the last repetition, or NONE */
  GstClockTime when;   /* it was made, or NONE */
};

static GstClockTime
get_now (LastFrame *self)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (self->pad);

  return element != NULL ? gst_element_get_current_running_time (element)
                         : GST_CLOCK_TIME_NONE;
}

/* @old: (out): what is forgotten for it
 *
 * Returns: whether it is taken */
static gboolean
take_locked (
    LastFrame *self, GstBuffer *buffer, GstClockTime now, GstBuffer **old)
{
  const GstClockTime pts = GST_BUFFER_PTS (buffer);

  /* The source was faster: its frame is in the queue, and will do. */
  if (buffer == self->repeated)
    return self->frame != NULL && GST_BUFFER_PTS (self->frame) < pts;
  /* An encoder takes no two frames of one time. */
  if (GST_CLOCK_TIME_IS_VALID (self->pts) && GST_CLOCK_TIME_IS_VALID (pts)
      && pts <= self->pts)
    return FALSE;
  *old = g_steal_pointer (&self->frame);
  self->pts = GST_CLOCK_TIME_NONE;
  if (GST_CLOCK_TIME_IS_VALID (pts)) {
    self->frame = gst_buffer_ref (buffer);
    self->came = now;
  }
  return TRUE;
}

static gboolean
begins_anew (GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_EOS:
      return TRUE;
    default:
      return FALSE;
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  LastFrame *self = data;
  const GstClockTime now = get_now (self);
  g_autoptr (GstBuffer) old = NULL;
  gboolean taken = TRUE;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    taken = take_locked (self, GST_PAD_PROBE_INFO_BUFFER (info), now, &old);
  } else if (begins_anew (GST_PAD_PROBE_INFO_EVENT (info))) {
    old = g_steal_pointer (&self->frame);
    self->pts = self->when = GST_CLOCK_TIME_NONE;
  }
  g_mutex_unlock (&self->lock);
  return taken ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/**
 * last_frame_new:
 * @sink_pad: a pad that raw pictures go into, of an element that queues them
 *
 * Remembers the last picture that went into @sink_pad, so that somebody who comes
 * between two of them need not wait: half a frame time on average, and seconds
 * where a screen is shared that nothing moves on.
 *
 * Returns: (transfer full): what came last
 */
LastFrame *
last_frame_new (GstPad *sink_pad)
{
  LastFrame *self = g_new0 (LastFrame, 1);

  g_mutex_init (&self->lock);
  self->pad = gst_object_ref (sink_pad);
  self->pts = self->when = GST_CLOCK_TIME_NONE;
  self->probe = gst_pad_add_probe (sink_pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      on_data, self, NULL);
  return self;
}

/**
 * last_frame_free:
 * @self: (transfer full): a last frame whose pad takes nothing any more
 */
void
last_frame_free (LastFrame *self)
{
  gst_pad_remove_probe (self->pad, self->probe);
  gst_clear_buffer (&self->frame);
  gst_object_unref (self->pad);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
may_repeat_locked (LastFrame *self, GstClockTime now)
{
  return self->frame != NULL && GST_CLOCK_TIME_IS_VALID (now)
      && GST_CLOCK_TIME_IS_VALID (self->came) && now > self->came
      && !(GST_CLOCK_TIME_IS_VALID (self->when) && now < self->when + INTERVAL);
}

/* Returns: (transfer full) (nullable): the frame as of now */
static GstBuffer *
make_repetition (LastFrame *self)
{
  const GstClockTime now = get_now (self);

  g_mutex_lock (&self->lock);
  if (may_repeat_locked (self, now)) {
    self->repeated = gst_buffer_copy (self->frame);
    self->pts = GST_BUFFER_PTS (self->frame) + now - self->came;
    self->when = now;
    GST_BUFFER_PTS (self->repeated) = self->pts;
    GST_BUFFER_DTS (self->repeated) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_FLAG_UNSET (self->repeated, GST_BUFFER_FLAG_DISCONT);
  }
  g_mutex_unlock (&self->lock);
  return self->repeated;
}

/**
 * last_frame_repeat:
 * @self: the last frame
 *
 * Has the pad take it once more, with the time that it is now. Does nothing if
 * there is none, or if it was repeated within 250 ms. Not to be called from the
 * pad's streaming thread, nor by two threads at once.
 */
void
last_frame_repeat (LastFrame *self)
{
  g_autoptr (GstBuffer) buffer = make_repetition (self);

  if (buffer == NULL)
    return;
  gst_pad_chain (self->pad, gst_buffer_ref (buffer));
  g_mutex_lock (&self->lock);
  self->repeated = NULL;
  g_mutex_unlock (&self->lock);
}

/**
 * last_frame_forget:
 * @self: the last frame
 *
 * It is not repeated: what it shows is no longer meant to be seen. Any thread.
 */
void
last_frame_forget (LastFrame *self)
{
  g_autoptr (GstBuffer) old = NULL;

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->frame);
  g_mutex_unlock (&self->lock);
}
