/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heldframes.h"

#include <string.h>

/* A sink keeps two or three, an encoder's look-ahead more. Beyond this frames
 * are painted whole. */
#define MAX_HELD 16

struct _HeldFrames {
  GstBufferPool *pool;
  gboolean may_hold;
  guint n_marks;

  HeldFrame held[MAX_HELD];
  guint n_held;
  /* The last one taken that is not held. */
  HeldFrame loose;
};

/* What downstream proposes in its answer to an ALLOCATION query. */
typedef struct {
  GstBufferPool *pool;
  guint size;
  guint min;
  guint max;
  GstAllocator *allocator;
  GstAllocationParams params;
  gboolean video_meta;
} Proposal;

static void
proposal_clear (Proposal *self)
{
  gst_clear_object (&self->pool);
  gst_clear_object (&self->allocator);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

static void
ask_downstream (GstPad *src, GstCaps *caps, Proposal *proposal)
{
  g_autoptr (GstQuery) query = gst_query_new_allocation (caps, TRUE);

  if (!gst_pad_peer_query (src, query))
    return;
  if (gst_query_get_n_allocation_params (query) > 0)
    gst_query_parse_nth_allocation_param (
        query, 0, &proposal->allocator, &proposal->params);
  if (gst_query_get_n_allocation_pools (query) > 0)
    gst_query_parse_nth_allocation_pool (query, 0, &proposal->pool,
        &proposal->size, &proposal->min, &proposal->max);
  proposal->video_meta =
      gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
}

static gboolean
activate (GstBufferPool *pool, GstCaps *caps, gsize size, guint min, guint max,
    const Proposal *proposal)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);

  gst_buffer_pool_config_set_params (config, caps, (guint) size, min, max);
  gst_buffer_pool_config_set_allocator (
      config, proposal->allocator, &proposal->params);
  if (proposal->video_meta)
    gst_buffer_pool_config_add_option (
        config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  return gst_buffer_pool_set_config (pool, config)
      && gst_buffer_pool_set_active (pool, TRUE);
}

/**
 * held_frames_new:
 * @src: the pad that will push the frames
 * @caps: their caps
 * @info: the same
 *
 * Takes downstream's pool when it has one that works, else one of its own. A
 * pool with a maximum is used, but nothing of it is held: that would use it up.
 *
 * Returns: (transfer full) (nullable): no frames yet, with no marks, or %NULL
 *   when there is no memory of this kind
 * Since: 0.1
 */
HeldFrames *
held_frames_new (GstPad *src, GstCaps *caps, const GstVideoInfo *info)
{
  g_auto (Proposal) proposal = { 0 };
  g_autoptr (HeldFrames) self = g_new0 (HeldFrames, 1);

  gst_allocation_params_init (&proposal.params);
  ask_downstream (src, caps, &proposal);
  if (proposal.pool
      && activate (proposal.pool, caps,
          MAX (proposal.size, GST_VIDEO_INFO_SIZE (info)), proposal.min,
          proposal.max, &proposal)) {
    self->may_hold = proposal.max == 0;
    self->pool = g_steal_pointer (&proposal.pool);
  } else {
    self->may_hold = TRUE;
    self->pool = gst_video_buffer_pool_new ();
    if (!activate (
            self->pool, caps, GST_VIDEO_INFO_SIZE (info), 0, 0, &proposal))
      return NULL;
  }
  held_frames_set_n_marks (self, 0);
  return g_steal_pointer (&self);
}

/**
 * held_frames_set_n_marks:
 * @self: held frames
 * @n_marks: marks of a frame
 *
 * Forgets what the frames show: the picture is drawn in another way now.
 *
 * Since: 0.1
 */
void
held_frames_set_n_marks (HeldFrames *self, guint n_marks)
{
  self->n_marks = n_marks;
  self->loose.marks =
      g_realloc_n (self->loose.marks, MAX (1, n_marks), sizeof (guint16));
  for (guint i = 0; i < self->n_held; i++) {
    self->held[i].painted = FALSE;
    self->held[i].marks =
        g_realloc_n (self->held[i].marks, MAX (1, n_marks), sizeof (guint16));
  }
}

/**
 * held_frames_free:
 * @self: (transfer full) (nullable): held frames
 *
 * Since: 0.1
 */
void
held_frames_free (HeldFrames *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_held; i++) {
    gst_buffer_unref (self->held[i].buffer);
    g_free (self->held[i].marks);
  }
  gst_clear_buffer (&self->loose.buffer);
  g_free (self->loose.marks);
  gst_buffer_pool_set_active (self->pool, FALSE);
  gst_object_unref (self->pool);
  g_free (self);
}

/* Downstream may hold the buffer, or a copy that shares its memory. */
static gboolean
is_free (const HeldFrame *frame)
{
  return gst_buffer_is_writable (frame->buffer)
      && gst_buffer_is_all_memory_writable (frame->buffer);
}

static HeldFrame *
find_free (HeldFrames *self, const guint16 *marks)
{
  HeldFrame *found = NULL;

  for (guint i = 0; i < self->n_held; i++) {
    HeldFrame *frame = &self->held[i];

    if (!is_free (frame))
      continue;
    if (frame->painted
        && memcmp (frame->marks, marks, self->n_marks * sizeof *marks) == 0)
      return frame;
    if (!found)
      found = frame;
  }
  return found;
}

/**
 * held_frames_take:
 * @self: held frames
 * @marks: the picture that is wanted
 * @frame: (out) (transfer none): a frame to paint and to stamp, then to give
 *   away, before the next call
 *
 * Prefers a frame that shows @marks already.
 *
 * Returns: what the pool says
 * Since: 0.1
 */
GstFlowReturn
held_frames_take (HeldFrames *self, const guint16 *marks, HeldFrame **frame)
{
  GstBuffer *buffer;
  GstFlowReturn ret;

  gst_clear_buffer (&self->loose.buffer);
  *frame = find_free (self, marks);
  if (*frame)
    return GST_FLOW_OK;

  ret = gst_buffer_pool_acquire_buffer (self->pool, &buffer, NULL);
  if (ret != GST_FLOW_OK)
    return ret;
  if (self->may_hold && self->n_held < MAX_HELD) {
    *frame = &self->held[self->n_held++];
    (*frame)->marks = g_new0 (guint16, MAX (1, self->n_marks));
  } else {
    *frame = &self->loose;
  }
  (*frame)->buffer = buffer;
  (*frame)->painted = FALSE;
  return GST_FLOW_OK;
}

/**
 * held_frames_give:
 * @self: held frames
 * @frame: taken from @self
 *
 * Returns: (transfer full): its buffer, to push; nobody may write to it now,
 *   except to one that is not held
 * Since: 0.1
 */
GstBuffer *
held_frames_give (HeldFrames *self, HeldFrame *frame)
{
  if (frame == &self->loose)
    return g_steal_pointer (&frame->buffer);
  return gst_buffer_ref (frame->buffer);
}
