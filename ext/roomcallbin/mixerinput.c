/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 *  .---------------------------------------------------------------.
 *  |  input_N                                                      |
 *  |                .-------. .-----------------. .--------------. |
 * entry             | queue | | audioconvert    | | capsfilter   | |
 * ghost ==> ghost =>|       |=| audioresample   |=|              |=ghost => mixer
 *  |                | leaky | | or (crop,)      | | what the mix | |
 *  |                '-------' | videoconvert    | | is made of   | |
 *  |                          '-----------------' '--------------' |
 *  '---------------------------------------------------------------'
 *
 * The entry answers GST_FLOW_OK whatever happens inside, so that no tee that
 * feeds a mixer is ever stopped by it. The exit, a probe behind the capsfilter,
 * lets nothing pass that moves, ends or breaks an aggregator.
 */
#include "mixerinput.h"

#include "elements.h"

#include <gst/video/video.h>

#include "mixcaps.h"
#include "retimer.h"
#include "tilegrid.h"

GST_DEBUG_CATEGORY_EXTERN (live_mixer_debug);
#define GST_CAT_DEFAULT live_mixer_debug

/* The mixer's pad itself holds what comes before its time; the queue is for
 * what comes in bursts. Old media makes room for new. */
#define QUEUE_TIME GST_SECOND /* of sound */
#define QUEUE_FRAMES 10

/* A tile whose camera sends nothing more goes dark. */
#define LAST_FRAME_TIME (3 * GST_SECOND)

/* A frame that claims to last longer would outlive the ones after it. */
#define FRAME_TIME_MAX (200 * GST_MSECOND)

/* Where a tile waits for its place: compositor skips what is outside. */
#define OFFSIDE 100000

struct _MixerInput {
  char *id;
  MediaKind kind;
  MixerInputCallbacks callbacks;

  GstBin *parent; /* unowned: the input is freed before it */
  GstElement *mixer;
  GstElement *bin;
  GstElement *queue;
  GstElement *filter;
  GstPad *entry;
  GstPad *mixer_pad;

  int removed; /* atomic */
  int shown;   /* atomic */

  /* Of the thread behind the queue alone. */
  GstSegment segment;
  gboolean has_caps;
  Retimer retimer;
  GstClockTimeDiff last_shift;
};

/* --- Elements ---------------------------------------------------------- */

static GstPadProbeReturn
on_crop_event (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstVideoInfo video;
  GstCaps *caps;
  int sides, ends;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;

  gst_event_parse_caps (event, &caps);
  if (gst_video_info_from_caps (&video, caps)) {
    tile_grid_crop (GST_VIDEO_INFO_WIDTH (&video),
        GST_VIDEO_INFO_HEIGHT (&video), GST_VIDEO_INFO_PAR_N (&video),
        GST_VIDEO_INFO_PAR_D (&video), &sides, &ends);
    g_object_set (user_data, "left", sides, "right", sides, "top", ends,
        "bottom", ends, NULL);
  }

  return GST_PAD_PROBE_OK;
}

static gboolean
build_branch (MixerInput *self, gboolean cover, GError **error)
{
  GstBin *bin = GST_BIN (self->bin);
  GstElement *last;
  const char *const *factory;
  static const char *const audio[] = { "audioconvert", "audioresample", NULL };
  static const char *const video[] = { "videoconvert", NULL };

  self->queue = self->kind == MEDIA_VIDEO
      ? elements_make_leaky_queue (bin, QUEUE_FRAMES, 0, error)
      : elements_make_leaky_queue (bin, 0, QUEUE_TIME, error);
  if (self->queue == NULL)
    return FALSE;
  last = self->queue;

  if (self->kind == MEDIA_VIDEO && cover) {
    GstElement *crop =
        elements_make (bin, "videocrop", "gstreamer1.0-plugins-good", error);
    g_autoptr (GstPad) pad = NULL;

    if (crop == NULL)
      return FALSE;
    if (!gst_element_link (last, crop))
      goto not_linked;
    pad = gst_element_get_static_pad (crop, "sink");
    gst_pad_add_probe (
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_crop_event, crop, NULL);
    last = crop;
  }

  for (factory = self->kind == MEDIA_VIDEO ? video : audio; *factory != NULL;
       factory++) {
    GstElement *next =
        elements_make (bin, *factory, "gstreamer1.0-plugins-base", error);

    if (next == NULL)
      return FALSE;
    if (!gst_element_link (last, next))
      goto not_linked;
    last = next;
  }

  self->filter = elements_make (bin, "capsfilter", "libgstreamer1.0-0", error);
  if (self->filter == NULL)
    return FALSE;
  if (!gst_element_link (last, self->filter))
    goto not_linked;

  return TRUE;

not_linked:
  g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
      "The elements of an input of a mix do not link");
  return FALSE;
}

static GstPad *
add_ghost (GstElement *bin, const char *name, GstElement *of, const char *pad)
{
  g_autoptr (GstPad) target = gst_element_get_static_pad (of, pad);
  GstPad *ghost = gst_ghost_pad_new (name, target);

  gst_pad_set_active (ghost, TRUE);
  gst_element_add_pad (bin, ghost);

  return ghost;
}

/* --- Entry ------------------------------------------------------------- */

/* Upstream's pad takes a refused event for a failed push. */
static gboolean
entry_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  MixerInput *self = gst_pad_get_element_private (pad);
  gboolean is_caps = GST_EVENT_TYPE (event) == GST_EVENT_CAPS;

  if (!gst_pad_event_default (pad, parent, event) && is_caps)
    GST_ELEMENT_ERROR (
        self->bin, STREAM, FORMAT, ("It is not raw media"), (NULL));

  return TRUE;
}

/* A serialised query waits behind the media, in the mixer until its next frame,
 * and aggregators of 1.22 read it after it was freed when their pad is flushed
 * meanwhile. None gets in. */
static GstPadProbeReturn
answer_query (GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION) {
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
    return GST_PAD_PROBE_HANDLED;
  }

  return GST_QUERY_IS_SERIALIZED (query) ? GST_PAD_PROBE_DROP
                                         : GST_PAD_PROBE_OK;
}

/* The branch delivers what the mixer needs no conversion of, and of which
 * compositor cannot make up other caps for the mix; only the size of pictures
 * stays free. */
static void
convert_to (MixerInput *self, const GstCaps *mix_caps)
{
  g_autoptr (GstCaps) filter = gst_caps_copy (mix_caps);
  g_autoptr (GstCaps) old = NULL;

  if (self->kind == MEDIA_VIDEO)
    gst_structure_remove_fields (gst_caps_get_structure (filter, 0), "width",
        "height", "framerate", "pixel-aspect-ratio", "multiview-mode",
        "multiview-flags", NULL);
  g_object_get (self->filter, "caps", &old, NULL);
  if (!gst_caps_is_equal (old, filter))
    g_object_set (self->filter, "caps", filter, NULL);
}

static GstPadProbeReturn
entry_caps (MixerInput *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstCaps) mix_caps = NULL;
  g_autoptr (GstCaps) label = NULL;
  GstEvent *relabelled;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  mix_caps = self->callbacks.mix_caps (self->callbacks.user_data);
  convert_to (self, mix_caps);
  if (self->kind != MEDIA_VIDEO)
    return GST_PAD_PROBE_OK;

  label = mix_caps_relabel (caps, mix_caps);
  relabelled = gst_event_new_caps (label);
  gst_event_set_seqnum (relabelled, gst_event_get_seqnum (event));
  gst_event_unref (event);
  GST_PAD_PROBE_INFO_DATA (info) = relabelled;

  return GST_PAD_PROBE_OK;
}

/* What anything upstream negotiates with; the branch, which may be on its way
 * out, is not asked. */
static GstPadProbeReturn
answer_caps (MixerInput *self, GstQuery *query)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (self->kind == MEDIA_VIDEO
          ? "video/x-raw, format=I420; video/x-raw"
          : "audio/x-raw, format=S16LE, rate=48000, layout=interleaved; "
            "audio/x-raw");
  GstCaps *filter;

  gst_query_parse_caps (query, &filter);
  if (filter != NULL) {
    GstCaps *both =
        gst_caps_intersect_full (caps, filter, GST_CAPS_INTERSECT_FIRST);

    gst_caps_take (&caps, both);
  }
  gst_query_set_caps_result (query, caps);

  return GST_PAD_PROBE_HANDLED;
}

static GstPadProbeReturn
on_entry (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  MixerInput *self = user_data;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM) {
    GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

    switch (GST_QUERY_TYPE (query)) {
      case GST_QUERY_CAPS:
        return answer_caps (self, query);
      case GST_QUERY_ACCEPT_CAPS:
        gst_query_set_accept_caps_result (query, TRUE);
        return GST_PAD_PROBE_HANDLED;
      default:
        return answer_query (query);
    }
  }

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    return GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_CAPS
        ? entry_caps (self, info)
        : GST_PAD_PROBE_OK;
  }

  return g_atomic_int_get (&self->removed) ? GST_PAD_PROBE_DROP
                                           : GST_PAD_PROBE_OK;
}

/* --- Exit: all that the mixer ever sees ---------------------------------- */

/* An aggregator whose pads have all ended does not wait for the clock any more,
 * and one that is flushed starts from zero. */
static GstPadProbeReturn
exit_event (MixerInput *self, GstPadProbeInfo *info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      return GST_PAD_PROBE_OK;
    case GST_EVENT_CAPS:
      self->has_caps = TRUE;
      return GST_PAD_PROBE_OK;
    case GST_EVENT_SEGMENT: {
      GstSegment plain;
      GstEvent *replacement;

      gst_event_copy_segment (event, &self->segment);
      /* Time stamps become running times, so that any segment will do. */
      gst_segment_init (&plain, GST_FORMAT_TIME);
      replacement = gst_event_new_segment (&plain);
      gst_event_set_seqnum (replacement, gst_event_get_seqnum (event));
      gst_event_unref (event);
      GST_PAD_PROBE_INFO_DATA (info) = replacement;
      return GST_PAD_PROBE_OK;
    }
    default:
      return GST_PAD_PROBE_DROP;
  }
}

static GstClockTime
buffer_running_time (MixerInput *self, GstBuffer *buffer, GstClockTime now)
{
  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return now;

  return gst_segment_to_running_time (
      &self->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
}

static GstPadProbeReturn
exit_buffer (MixerInput *self, GstPadProbeInfo *info)
{
  GstBuffer *buffer;
  GstClockTime now, running_time;
  GstClockTimeDiff shift, pts;

  /* Without caps or stamps a buffer is an error of the whole mixer. */
  if (g_atomic_int_get (&self->removed) || !self->has_caps
      || self->segment.format != GST_FORMAT_TIME
      || !self->callbacks.gate (self->callbacks.user_data))
    return GST_PAD_PROBE_DROP;

  now = gst_element_get_current_running_time (self->mixer);
  running_time =
      buffer_running_time (self, GST_PAD_PROBE_INFO_BUFFER (info), now);
  if (!GST_CLOCK_TIME_IS_VALID (now) || !GST_CLOCK_TIME_IS_VALID (running_time))
    return GST_PAD_PROBE_DROP;

  shift = retimer_feed (&self->retimer, now, running_time);
  pts = (GstClockTimeDiff) running_time + shift;
  if (pts < 0)
    return GST_PAD_PROBE_DROP;

  buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  GST_BUFFER_PTS (buffer) = (GstClockTime) pts;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  if (self->kind == MEDIA_VIDEO && GST_BUFFER_DURATION_IS_VALID (buffer)
      && GST_BUFFER_DURATION (buffer) > FRAME_TIME_MAX)
    GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  if (shift != self->last_shift) {
    GST_INFO_OBJECT (
        self->bin, "moved by %" GST_STIME_FORMAT, GST_STIME_ARGS (shift));
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_RESYNC);
    self->last_shift = shift;
  }

  if (g_atomic_int_compare_and_exchange (&self->shown, FALSE, TRUE))
    self->callbacks.shown (self->callbacks.user_data);

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_exit_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  MixerInput *self = user_data;
  GstPadProbeType type = GST_PAD_PROBE_INFO_TYPE (info);

  if (type & GST_PAD_PROBE_TYPE_BUFFER)
    return exit_buffer (self, info);

  if (type
      & (GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH))
    return exit_event (self, info);

  /* The QoS of a mix is not the QoS of an input, and nobody seeks in a call. */
  if (type & GST_PAD_PROBE_TYPE_EVENT_UPSTREAM)
    return GST_PAD_PROBE_DROP;

  if (type & GST_PAD_PROBE_TYPE_QUERY_UPSTREAM) {
    GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);

    /* The mixer waits for the time it was told at start, whoever joins; late
     * streams are moved instead (Retimer). And no query goes up into a peer
     * with the mixer waiting for it. */
    if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
      gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
      return GST_PAD_PROBE_HANDLED;
    }
    return GST_PAD_PROBE_OK;
  }

  return answer_query (GST_PAD_PROBE_INFO_QUERY (info));
}

/* --- Life -------------------------------------------------------------- */

static gboolean
link_to_mixer (MixerInput *self, GError **error)
{
  g_autoptr (GstPad) filter_src =
      gst_element_get_static_pad (self->filter, "src");
  g_autoptr (GstPad) exit_pad = NULL;

  add_ghost (self->bin, "sink", self->queue, "sink");
  exit_pad = gst_object_ref (add_ghost (self->bin, "src", self->filter, "src"));
  gst_pad_add_probe (filter_src,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_BOTH
          | GST_PAD_PROBE_TYPE_EVENT_FLUSH | GST_PAD_PROBE_TYPE_QUERY_BOTH,
      on_exit_probe, self, NULL);

  self->mixer_pad = gst_element_request_pad_simple (self->mixer, "sink_%u");
  if (self->mixer_pad == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The mixer gave no pad for another input");
    return FALSE;
  }
  if (self->kind == MEDIA_VIDEO) {
    g_object_set (self->mixer_pad, "xpos", OFFSIDE, "ypos", OFFSIDE,
        "max-last-buffer-repeat", (guint64) LAST_FRAME_TIME, NULL);
    gst_util_set_object_arg (
        G_OBJECT (self->mixer_pad), "sizing-policy", "keep-aspect-ratio");
  }
  if (gst_pad_link_full (exit_pad, self->mixer_pad, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_PAD,
        "The mixer refused another input");
    return FALSE;
  }

  return TRUE;
}

/**
 * mixer_input_new:
 * @bin: the bin to live in
 * @mixer: the audiomixer or compositor in @bin
 * @kind: %MEDIA_AUDIO or %MEDIA_VIDEO
 * @serial: a number that no other input of @bin has
 * @budget: nanoseconds after its running time at which the mixer still takes a
 *   buffer
 * @params: (nullable): what the input shall be
 * @callbacks: what it asks and tells its owner
 * @error: return location
 *
 * Builds the branch and links it to the mixer. It stays in NULL until
 * mixer_input_start().
 *
 * Returns: (transfer full) (nullable): the input, or %NULL with @error set
 *
 * Since: 0.1
 */
MixerInput *
mixer_input_new (GstBin *bin, GstElement *mixer, MediaKind kind, guint serial,
    GstClockTime budget, const LiveMixerInput *params,
    const MixerInputCallbacks *callbacks, GError **error)
{
  MixerInput *self = g_new0 (MixerInput, 1);
  g_autofree char *name = g_strdup_printf ("input_%u", serial);

  self->id = g_strdup (params != NULL ? params->id : NULL);
  self->kind = kind;
  self->callbacks = *callbacks;
  self->parent = bin;
  self->mixer = gst_object_ref (mixer);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  retimer_init (&self->retimer, budget);

  self->bin = gst_object_ref (gst_bin_new (name));
  gst_element_set_locked_state (self->bin, TRUE);
  gst_bin_add (bin, self->bin);

  if (!build_branch (self, params != NULL && params->cover, error)
      || !link_to_mixer (self, error)) {
    mixer_input_free (self);
    return NULL;
  }

  return self;
}

/**
 * mixer_input_start:
 * @self: a #MixerInput
 *
 * Brings the branch to the state of its bin and opens its entry.
 *
 * Returns: FALSE when an element refused
 *
 * Since: 0.1
 */
gboolean
mixer_input_start (MixerInput *self)
{
  gst_element_set_locked_state (self->bin, FALSE);
  if (!gst_element_sync_state_with_parent (self->bin))
    return FALSE;

  self->entry = gst_object_ref (add_ghost (GST_ELEMENT (self->parent),
      GST_OBJECT_NAME (self->bin), self->bin, "sink"));
  gst_pad_set_element_private (self->entry, self);
  gst_pad_set_event_function (self->entry, entry_event);
  elements_shield (self->entry);
  gst_pad_add_probe (self->entry,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST
          | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM
          | GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
      on_entry, self, NULL);

  return TRUE;
}

/**
 * mixer_input_free:
 * @self: (transfer full): a #MixerInput
 *
 * Takes the input out while the others go on. What feeds the entry may push, or
 * be blocked, meanwhile; it finds the pad unlinked afterwards. Not to be called
 * from the branch's or the mixer's streaming thread.
 *
 * Since: 0.1
 */
void
mixer_input_free (MixerInput *self)
{
  g_atomic_int_set (&self->removed, TRUE);

  if (self->entry != NULL) {
    g_autoptr (GstPad) peer = gst_pad_get_peer (self->entry);

    if (peer != NULL)
      gst_pad_unlink (peer, self->entry);
  }

  /* Wakes the branch's thread where it waits for room in the mixer. */
  if (self->mixer_pad != NULL)
    gst_pad_set_active (self->mixer_pad, FALSE);

  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);

  if (self->mixer_pad != NULL) {
    gst_element_release_request_pad (self->mixer, self->mixer_pad);
    gst_clear_object (&self->mixer_pad);
  }
  if (self->entry != NULL) {
    gst_pad_set_active (self->entry, FALSE);
    gst_element_remove_pad (GST_ELEMENT (self->parent), self->entry);
    gst_clear_object (&self->entry);
  }
  gst_bin_remove (self->parent, self->bin);

  gst_clear_object (&self->bin);
  gst_clear_object (&self->mixer);
  g_free (self->id);
  g_free (self);
}

/**
 * mixer_input_get_entry:
 * @self: a #MixerInput
 *
 * Returns: (transfer none) (nullable): the pad to feed, after
 *   mixer_input_start()
 *
 * Since: 0.1
 */
GstPad *
mixer_input_get_entry (MixerInput *self)
{
  return self->entry;
}

/**
 * mixer_input_get_mixer_pad:
 * @self: a #MixerInput
 *
 * Returns: (transfer none): the mixer's sink pad, for its properties
 *
 * Since: 0.1
 */
GstPad *
mixer_input_get_mixer_pad (MixerInput *self)
{
  return self->mixer_pad;
}

/**
 * mixer_input_get_id:
 * @self: a #MixerInput
 *
 * Returns: (transfer none) (nullable): the id it was made with
 *
 * Since: 0.1
 */
const char *
mixer_input_get_id (MixerInput *self)
{
  return self->id;
}

/**
 * mixer_input_is_shown:
 * @self: a #MixerInput
 *
 * Returns: whether a buffer of it has reached the mixer. May be called from any
 *   thread.
 *
 * Since: 0.1
 */
gboolean
mixer_input_is_shown (MixerInput *self)
{
  return g_atomic_int_get (&self->shown);
}

/**
 * mixer_input_owns:
 * @self: a #MixerInput
 * @object: the source of a message
 *
 * Returns: whether @object is part of this input
 *
 * Since: 0.1
 */
gboolean
mixer_input_owns (MixerInput *self, GstObject *object)
{
  return gst_object_has_as_ancestor (object, GST_OBJECT (self->bin));
}
