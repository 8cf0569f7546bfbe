/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outputqueue.h"

#include "elements.h"

/* Between a track and an application that does not take it fast enough. */
#define MAX_BUFFERS 50

/* Shared with the queue's thread. */
typedef struct {
  gint refs;
  OutputQueueEnded ended;
  gpointer data;
  GDestroyNotify destroy;

  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  gboolean has_ended;
} End;

struct _OutputQueue {
  GstBin *bin;
  GstPad *ghost;
  GstElement *queue;
  End *end;
};

static void
end_unref (gpointer data)
{
  End *end = data;

  if (!g_atomic_int_dec_and_test (&end->refs))
    return;
  if (end->destroy != NULL)
    end->destroy (end->data);
  g_mutex_clear (&end->lock);
  g_cond_clear (&end->cond);
  g_free (end);
}

/* The pad inside the ghost pad: what it was given has been taken downstream
 * when the default handler returns. */
static gboolean
on_event (GstPad *pad, GstObject *ghost, GstEvent *event)
{
  gboolean taken, first;
  End *end;

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return gst_pad_event_default (pad, ghost, event);
  end = pad->eventdata;
  g_atomic_int_inc (&end->refs);
  taken = gst_pad_event_default (pad, ghost, event);
  g_mutex_lock (&end->lock);
  first = !end->has_ended;
  end->has_ended = TRUE;
  g_cond_broadcast (&end->cond);
  g_mutex_unlock (&end->lock);
  if (first)
    end->ended (GST_PAD (ghost), end->data);
  end_unref (end);
  return taken;
}

static GstPadProbeReturn
name_stream (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const char *stream_id = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstEvent *renamed;
  guint group;

  if (GST_EVENT_TYPE (event) != GST_EVENT_STREAM_START)
    return GST_PAD_PROBE_OK;
  /* webrtcbin gives the streams of all peers alike ids. */
  renamed = gst_event_new_stream_start (stream_id);
  if (gst_event_parse_group_id (event, &group))
    gst_event_set_group_id (renamed, group);
  gst_event_unref (event);
  info->data = renamed;
  return GST_PAD_PROBE_OK;
}

/**
 * output_queue_new:
 * @bin: the bin that @ghost is on
 * @ghost: an active src pad without a target
 * @ended: called when output_queue_end() has come out
 * @data: handed to @ended
 * @destroy: (nullable): called on @data when @ended is not called any more
 * @error: set if a plugin is missing
 *
 * Returns: (transfer full) (nullable): a running queue in front of @ghost
 */
OutputQueue *
output_queue_new (GstBin *bin, GstPad *ghost, OutputQueueEnded ended,
    gpointer data, GDestroyNotify destroy, GError **error)
{
  End *end = g_new0 (End, 1);
  OutputQueue *self;
  GstElement *queue;
  g_autoptr (GstPad) src_pad = NULL;
  g_autoptr (GstProxyPad) inner = NULL;

  end->refs = 1;
  end->ended = ended;
  end->data = data;
  end->destroy = destroy;
  g_mutex_init (&end->lock);
  g_cond_init (&end->cond);

  queue = elements_make_leaky_queue (bin, MAX_BUFFERS, 0, error);
  if (queue == NULL) {
    end_unref (end);
    return NULL;
  }

  self = g_new0 (OutputQueue, 1);
  self->bin = bin;
  self->ghost = gst_object_ref (ghost);
  self->queue = queue;
  self->end = end;

  /* A queue whose pad was unlinked, or refused, once answers the end of the
   * stream with an ERROR. */
  elements_shield (ghost);
  inner = gst_proxy_pad_get_internal (GST_PROXY_PAD (ghost));
  g_atomic_int_inc (&end->refs);
  gst_pad_set_event_function_full (GST_PAD (inner), on_event, end, end_unref);
  src_pad = gst_element_get_static_pad (queue, "src");
  gst_ghost_pad_set_target (GST_GHOST_PAD (ghost), src_pad);
  gst_element_sync_state_with_parent (queue);
  return self;
}

/**
 * output_queue_wait_ended:
 * @self: a queue whose end was sent
 * @end_time: in g_get_monotonic_time() units
 *
 * Returns: whether the end has come out by then
 */
gboolean
output_queue_wait_ended (OutputQueue *self, gint64 end_time)
{
  End *end = self->end;
  gboolean has_ended;

  g_mutex_lock (&end->lock);
  while (!(has_ended = end->has_ended)
      && g_cond_wait_until (&end->cond, &end->lock, end_time))
    ;
  g_mutex_unlock (&end->lock);
  return has_ended;
}

/**
 * output_queue_free:
 * @self: (transfer full): a queue that nothing is linked to
 *
 * What is still in it is lost. Does not wait for whatever takes from the pad: if
 * its end has not come out, the queue is stopped on a worker.
 */
void
output_queue_free (OutputQueue *self)
{
  gst_ghost_pad_set_target (GST_GHOST_PAD (self->ghost), NULL);
  if (output_queue_wait_ended (self, 0))
    elements_remove (self->bin, self->queue);
  else
    elements_remove_async (self->bin, self->queue);
  gst_object_unref (self->ghost);
  end_unref (self->end);
  g_free (self);
}

/**
 * output_queue_link:
 * @self: the queue
 * @media_pad: a src pad; when it is unlinked, another one may follow
 * @stream_id: what the stream is called from here on
 *
 * Returns: whether @media_pad was linked
 */
gboolean
output_queue_link (OutputQueue *self, GstPad *media_pad, const char *stream_id)
{
  g_autoptr (GstPad) sink_pad =
      gst_element_get_static_pad (self->queue, "sink");

  gst_pad_add_probe (media_pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      name_stream, g_strdup (stream_id), g_free);
  return gst_pad_link (media_pad, sink_pad) == GST_PAD_LINK_OK;
}

/**
 * output_queue_end:
 * @self: a queue that nothing is linked to any more
 *
 * Ends the stream behind what is in the queue. Does not wait.
 *
 * Returns: %FALSE if the queue does not run, so that the end never comes out
 */
gboolean
output_queue_end (OutputQueue *self)
{
  g_autoptr (GstPad) sink_pad =
      gst_element_get_static_pad (self->queue, "sink");

  return gst_pad_send_event (sink_pad, gst_event_new_eos ());
}
