/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "elements.h"

/* An idle probe waits for one push at most, and behind each tee is a queue that
 * leaks. The bound is for elements that are not ours. */
#define IDLE_TIMEOUT_US (2 * G_TIME_SPAN_SECOND)
/* Before the time counts: more than come until a thread has begun. */
#define QUEUE_BUFFERS 200

/**
 * elements_make:
 * @bin: the bin to add it to
 * @factory: the element's factory
 * @package: the Debian package that has it, named in the error
 * @error: set if there is no such element, as %GST_CORE_ERROR_MISSING_PLUGIN
 *
 * Makes an element and adds it to @bin, in the bin's NULL state.
 *
 * Returns: (transfer none) (nullable): the element, owned by @bin
 */
GstElement *
elements_make (
    GstBin *bin, const char *factory, const char *package, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "There is no element “%s”. Install its plugin (Debian: "
        "apt install %s).",
        factory, package);
    return NULL;
  }
  gst_bin_add (bin, element);
  return element;
}

/**
 * elements_make_tee:
 * @bin: the bin to add it to
 * @error: set if there is no tee
 *
 * Returns: (transfer none) (nullable): a tee whose branches come and go
 */
GstElement *
elements_make_tee (GstBin *bin, GError **error)
{
  GstElement *tee = elements_make (bin, "tee", "libgstreamer1.0-0", error);

  if (tee != NULL)
    g_object_set (tee, "allow-not-linked", TRUE, NULL);
  return tee;
}

/* Of a queue that goes by time. */
typedef struct {
  GstElement *queue; /* whose data it is */
  GstClockTime time;
  gint counts; /* atomic: the time does */
} TimeLimit;

static GstPadProbeReturn
count_buffers (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  TimeLimit *limit = data;

  if (GST_EVENT_TYPE (info->data) != GST_EVENT_STREAM_START)
    return GST_PAD_PROBE_OK;
  g_object_set (limit->queue, "max-size-time", (guint64) 0, "max-size-buffers",
      QUEUE_BUFFERS, NULL);
  g_atomic_int_set (&limit->counts, FALSE);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
count_time (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  TimeLimit *limit = data;

  if (g_atomic_int_compare_and_exchange (&limit->counts, FALSE, TRUE))
    g_object_set (limit->queue, "max-size-time", limit->time,
        "max-size-buffers", 0, NULL);
  return GST_PAD_PROBE_OK;
}

static void
limit_time (GstElement *queue, GstClockTime time)
{
  TimeLimit *limit = g_new0 (TimeLimit, 1);

  limit->queue = queue;
  limit->time = time;
  g_object_set_data_full (G_OBJECT (queue), "time-limit", limit, g_free);
  elements_add_probe (
      queue, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, count_buffers, limit);
  elements_add_probe (queue, "src",
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, count_time,
      limit);
}

/**
 * elements_make_leaky_queue:
 * @bin: the bin to add it to
 * @buffers: how many it holds, 0 to go by @time
 * @time: how much it holds in nanoseconds, 0 to go by @buffers
 * @error: set if there is no queue
 *
 * What waits longest in it makes room for what comes.
 *
 * A queue that gets a stream from its middle counts the time since zero until it
 * has handed the segment on: it is full of its first buffer, and takes events out
 * at its end while its thread is between taking the one before and giving it to
 * the pad (55 of 20,000 such queues under load: "Sticky event misordering, got
 * 'segment' before 'caps'"). So time counts from the first buffer that comes out;
 * until then the queue holds %QUEUE_BUFFERS. So again when it is started again.
 *
 * Returns: (transfer none) (nullable): the queue, owned by @bin
 */
GstElement *
elements_make_leaky_queue (
    GstBin *bin, guint buffers, GstClockTime time, GError **error)
{
  GstElement *queue = elements_make (bin, "queue", "libgstreamer1.0-0", error);

  if (queue == NULL)
    return NULL;
  g_object_set (queue, "max-size-bytes", 0, "max-size-time", (guint64) 0,
      "silent", TRUE, NULL);
  gst_util_set_object_arg (G_OBJECT (queue), "leaky", "downstream");
  if (buffers > 0)
    g_object_set (queue, "max-size-buffers", buffers, NULL);
  else
    limit_time (queue, time);
  return queue;
}

/**
 * elements_request_tee_pad:
 * @tee: a tee that may be running, with branches that do not block
 *
 * A tee hands a new pad the sticky events that it has and adds the pad then: an
 * event that comes between the two never reaches that pad, and its first buffer
 * is one "before stream-start". So none comes meanwhile.
 *
 * Returns: (transfer full): a new src pad of @tee
 */
GstPad *
elements_request_tee_pad (GstElement *tee)
{
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (tee, "sink");
  GstPad *pad;

  GST_PAD_STREAM_LOCK (sink_pad);
  pad = gst_element_request_pad_simple (tee, "src_%u");
  GST_PAD_STREAM_UNLOCK (sink_pad);
  return pad;
}

/**
 * elements_link_tee_pad:
 * @tee_pad: a pad from elements_request_tee_pad()
 * @sink_pad: what it feeds, which runs
 *
 * Links, and hands on at once what the tee knows of its stream. By itself it does
 * so with its next buffer, for which who waits for the caps alone would wait.
 *
 * Returns: whether they were linked
 */
gboolean
elements_link_tee_pad (GstPad *tee_pad, GstPad *sink_pad)
{
  g_autoptr (GstElement) tee = gst_pad_get_parent_element (tee_pad);
  g_autoptr (GstPad) tee_sink = gst_element_get_static_pad (tee, "sink");
  GstEvent *segment;

  if (gst_pad_link (tee_pad, sink_pad) != GST_PAD_LINK_OK)
    return FALSE;
  GST_PAD_STREAM_LOCK (tee_sink);
  segment = gst_pad_get_sticky_event (tee_pad, GST_EVENT_SEGMENT, 0);
  /* What comes before it goes with it. */
  if (segment != NULL)
    gst_pad_push_event (tee_pad, segment);
  GST_PAD_STREAM_UNLOCK (tee_sink);
  return TRUE;
}

/**
 * elements_add_probe:
 * @element: an element with static pads
 * @pad_name: the pad
 * @type: what to see
 * @callback: called from streaming threads
 * @data: handed to @callback
 */
void
elements_add_probe (GstElement *element, const char *pad_name,
    GstPadProbeType type, GstPadProbeCallback callback, gpointer data)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, callback, data, NULL);
}

/**
 * elements_link_chain:
 * @elements: (array length=n): elements in one bin, in the order of the flow
 * @n: how many
 *
 * Links each element's static pads to the next one's.
 *
 * Returns: whether all links were made
 */
gboolean
elements_link_chain (GstElement *const *elements, guint n)
{
  for (guint i = 0; i + 1 < n; i++) {
    if (!gst_element_link (elements[i], elements[i + 1]))
      return FALSE;
  }
  return TRUE;
}

/**
 * elements_sync_chain:
 * @elements: (array length=n): elements in one bin, in the order of the flow
 * @n: how many
 *
 * Brings elements to their bin's state, downstream first: an element that is
 * linked to one which does not run yet returns FLUSHING, and that ends the
 * task of a capture source for good.
 */
void
elements_sync_chain (GstElement *const *elements, guint n)
{
  for (guint i = n; i > 0; i--)
    gst_element_sync_state_with_parent (elements[i - 1]);
}

/**
 * elements_remove:
 * @bin: its bin
 * @element: an element of @bin that nothing flows through any more
 *
 * Stops the element and takes it out of @bin.
 */
void
elements_remove (GstBin *bin, GstElement *element)
{
  gst_element_set_locked_state (element, TRUE);
  gst_element_set_state (element, GST_STATE_NULL);
  gst_bin_remove (bin, element);
}

static void
stop_on_worker (GstElement *element, gpointer data)
{
  gst_element_set_state (element, GST_STATE_NULL);
}

/**
 * elements_remove_async:
 * @bin: its bin
 * @element: an element of @bin
 *
 * Takes the element out of @bin and stops it on a worker, as its task may be in
 * a push that an application's sink holds up. In this order: a bin that changes
 * its own state waits for each child that is changing its, and if the bin is
 * stopping, the sink prerolls until the bin has.
 */
void
elements_remove_async (GstBin *bin, GstElement *element)
{
  gst_object_ref (element);
  gst_element_set_locked_state (element, TRUE);
  gst_bin_remove (bin, element);
  gst_element_call_async (element, stop_on_worker, NULL, NULL);
  gst_object_unref (element);
}

static GstFlowReturn
shield_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_proxy_pad_chain_default (pad, parent, buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn
shield_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  gst_proxy_pad_chain_list_default (pad, parent, list);
  return GST_FLOW_OK;
}

/**
 * elements_shield:
 * @ghost: a ghost pad behind a tee or a queue
 *
 * Whatever comes of a push through @ghost, what is before it is told that all is
 * well: else one branch of a tee that fails, or ends, stops all the others, and
 * what feeds them, and a queue its thread, for good.
 */
void
elements_shield (GstPad *ghost)
{
  g_autoptr (GstPad) entry = NULL;

  if (GST_PAD_IS_SINK (ghost))
    entry = gst_object_ref (ghost);
  else
    entry = GST_PAD (gst_proxy_pad_get_internal (GST_PROXY_PAD (ghost)));
  gst_pad_set_chain_function (entry, shield_chain);
  gst_pad_set_chain_list_function (entry, shield_chain_list);
}

typedef struct {
  gint refs;
  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  gboolean done;
} Idle;

static void
idle_unref (gpointer data)
{
  Idle *idle = data;

  if (!g_atomic_int_dec_and_test (&idle->refs))
    return;
  g_mutex_clear (&idle->lock);
  g_cond_clear (&idle->cond);
  g_free (idle);
}

static GstPadProbeReturn
idle_unlink (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Idle *idle = data;
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  if (peer != NULL)
    gst_pad_unlink (pad, peer);
  g_mutex_lock (&idle->lock);
  idle->done = TRUE;
  g_cond_signal (&idle->cond);
  g_mutex_unlock (&idle->lock);
  return GST_PAD_PROBE_REMOVE;
}

/**
 * elements_unlink_when_idle:
 * @src_pad: a src pad that may be pushing on another thread
 *
 * Unlinks a pad between two buffers, so that no push ends in an unlinked or
 * flushing pad. Waits for the push that is under way. Not to be called from a
 * streaming thread of @src_pad.
 */
void
elements_unlink_when_idle (GstPad *src_pad)
{
  gint64 end = g_get_monotonic_time () + IDLE_TIMEOUT_US;
  Idle *idle = g_new0 (Idle, 1);
  gulong id;

  idle->refs = 2;
  g_mutex_init (&idle->lock);
  g_cond_init (&idle->cond);

  id = gst_pad_add_probe (
      src_pad, GST_PAD_PROBE_TYPE_IDLE, idle_unlink, idle, idle_unref);
  g_mutex_lock (&idle->lock);
  while (!idle->done && g_cond_wait_until (&idle->cond, &idle->lock, end))
    ;
  if (!idle->done) {
    GST_WARNING_OBJECT (src_pad, "did not become idle");
    g_mutex_unlock (&idle->lock);
    if (id != 0)
      gst_pad_remove_probe (src_pad, id);
    g_mutex_lock (&idle->lock);
  }
  g_mutex_unlock (&idle->lock);
  idle_unref (idle);
}
