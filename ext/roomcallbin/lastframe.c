/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lastframe.h"

/* A frame that comes at the time of its predecessor's repetition, or before it, is
 * moved behind it by so much: an encoder takes no two frames of one time, and a
 * receiver none that goes back. Of RTP's 90 kHz it is 90 ticks. */
#define STEP GST_MSECOND

struct _LastFrame {
  GstPad *pad; /* of an element that queues what it gets */
  gulong probe;
  GstClockTime interval;

  GMutex lock;
  /* Guarded by lock. Running times of the pad's element: came, when. */
  GstBuffer *frame;          /* what came last, NULL: nothing to be repeated */
  GstClockTime frame_pts;    /* the time that it was given on with */
  GstClockTime came;         /* when it did */
  const GstBuffer *repeated; /* on its way into the pad, only to be known by */
  GstClockTime pts;          /* that nothing may go back behind, or NONE */
  GstClockTime when;         /* the last repetition was made, or NONE */
  gboolean hidden;
};

static GstClockTime
get_now (LastFrame *self)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (self->pad);

  return element != NULL ? gst_element_get_current_running_time (element)
                         : GST_CLOCK_TIME_NONE;
}

static gboolean
is_playing (LastFrame *self)
{
  g_autoptr (GstElement) element = gst_pad_get_parent_element (self->pad);

  return element != NULL && GST_STATE (element) == GST_STATE_PLAYING;
}

/* @pts: the frame's; changed if it is to be moved
 *
 * Returns: (transfer full) (nullable): what is forgotten for it */
static GstBuffer *
remember_locked (
    LastFrame *self, GstBuffer *buffer, GstClockTime *pts, GstClockTime now)
{
  GstBuffer *old = g_steal_pointer (&self->frame);

  if (!GST_CLOCK_TIME_IS_VALID (*pts))
    return old;
  if (GST_CLOCK_TIME_IS_VALID (self->pts) && *pts <= self->pts)
    self->pts = *pts = self->pts + STEP;
  else
    self->pts = GST_CLOCK_TIME_NONE;
  if (!self->hidden) {
    self->frame = gst_buffer_ref (buffer);
    self->frame_pts = *pts;
    self->came = now;
  }
  return old;
}

static GstPadProbeReturn
on_buffer (LastFrame *self, GstPadProbeInfo *info)
{
  const GstClockTime now = get_now (self);
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  g_autoptr (GstBuffer) old = NULL;
  gboolean taken = TRUE;

  g_mutex_lock (&self->lock);
  if (buffer == self->repeated)
    /* Not if something came since it was made: that will do, or is of another
     * stream, or the picture is no longer to be seen. */
    taken = self->frame != NULL && self->pts == pts;
  else
    old = remember_locked (self, buffer, &pts, now);
  g_mutex_unlock (&self->lock);

  if (!taken)
    return GST_PAD_PROBE_DROP;
  if (pts != GST_BUFFER_PTS (buffer)) {
    info->data = buffer = gst_buffer_make_writable (buffer);
    GST_BUFFER_PTS (buffer) = pts;
  }
  return GST_PAD_PROBE_OK;
}

static void
begin_anew (LastFrame *self)
{
  g_autoptr (GstBuffer) old = NULL;

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->frame);
  self->pts = self->when = GST_CLOCK_TIME_NONE;
  g_mutex_unlock (&self->lock);
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  LastFrame *self = data;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
    return on_buffer (self, info);
  switch (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info))) {
    case GST_EVENT_STREAM_START:
    case GST_EVENT_CAPS:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_EOS:
      begin_anew (self);
      break;
    default:
      break;
  }
  return GST_PAD_PROBE_OK;
}

/**
 * last_frame_new:
 * @sink_pad: a pad that raw pictures go into, of an element that queues them
 * @interval: nanoseconds from one repetition to the next, at least
 *
 * Remembers the last picture that went into @sink_pad, so that somebody who comes
 * between two of them need not wait: half a frame time on average, and seconds
 * where a screen is shared that nothing moves on.
 *
 * Returns: (transfer full): what came last
 */
LastFrame *
last_frame_new (GstPad *sink_pad, GstClockTime interval)
{
  LastFrame *self = g_new0 (LastFrame, 1);

  g_mutex_init (&self->lock);
  self->pad = gst_object_ref (sink_pad);
  self->interval = interval;
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
      && (!GST_CLOCK_TIME_IS_VALID (self->when)
          || now >= self->when + self->interval);
}

/* Returns: (transfer full) (nullable): the frame as of now */
static GstBuffer *
make_repetition (LastFrame *self)
{
  const GstClockTime now = get_now (self);
  GstBuffer *copy = NULL;

  g_mutex_lock (&self->lock);
  if (may_repeat_locked (self, now)) {
    copy = gst_buffer_copy (self->frame);
    self->pts = self->frame_pts + now - self->came;
    self->when = now;
    GST_BUFFER_PTS (copy) = self->pts;
    GST_BUFFER_DTS (copy) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_FLAG_UNSET (copy, GST_BUFFER_FLAG_DISCONT);
    self->repeated = copy;
  }
  g_mutex_unlock (&self->lock);
  return copy;
}

/**
 * last_frame_repeat:
 * @self: the last frame
 *
 * Has the pad take it once more, with the time that it is now. Does nothing if
 * there is none, if it was repeated within the interval, or outside PLAYING, where
 * the source's time may stand. Not to be called from the pad's streaming thread,
 * nor by two threads at once.
 */
void
last_frame_repeat (LastFrame *self)
{
  g_autoptr (GstBuffer) copy =
      is_playing (self) ? make_repetition (self) : NULL;

  if (copy == NULL)
    return;
  /* Ours keeps its address from being that of another buffer meanwhile. */
  gst_pad_chain (self->pad, gst_buffer_ref (copy));
  g_mutex_lock (&self->lock);
  self->repeated = NULL;
  g_mutex_unlock (&self->lock);
}

/**
 * last_frame_forget:
 * @self: the last frame
 *
 * Gives the buffer back. Any thread.
 */
void
last_frame_forget (LastFrame *self)
{
  g_autoptr (GstBuffer) old = NULL;

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->frame);
  g_mutex_unlock (&self->lock);
}

/**
 * last_frame_set_hidden:
 * @self: the last frame
 * @hidden: whether what comes and what came is not to be seen
 *
 * While it is hidden nothing is repeated, nor afterwards what came meanwhile. Any
 * thread.
 */
void
last_frame_set_hidden (LastFrame *self, gboolean hidden)
{
  g_autoptr (GstBuffer) old = NULL;

  g_mutex_lock (&self->lock);
  self->hidden = hidden;
  old = g_steal_pointer (&self->frame);
  g_mutex_unlock (&self->lock);
}
