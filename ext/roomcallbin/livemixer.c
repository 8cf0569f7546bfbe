/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 *           .-------------------------------------------------.
 *           | LiveMixer                                       |
 *           |  .---------.       (a pad without a peer)       |
 *           |  | primer  |==.   .------------. .------------. |
 *           |  '---------'  '==>|            | |            | |
 * input_0 ghost =[input_0]=====>| audiomixer |=| capsfilter |=ghost src
 * input_1 ghost =[input_1]=====>| compositor | |            | |
 *           |                   '------------' '------------' |
 *           '-------------------------------------------------'
 *
 * The primer is a pad without an element. It gives the mixer one empty buffer
 * when it begins to play, later what lies behind the tiles, and stays linked
 * for ever. See docs/mixing.md for the faults of aggregators that this avoids.
 */
#include "livemixer.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "mixcaps.h"
#include "mixerinput.h"
#include "tilebackdrop.h"
#include "tilegrid.h"

GST_DEBUG_CATEGORY (live_mixer_debug);
#define GST_CAT_DEFAULT live_mixer_debug

/* What is left for mixing and for the scheduler between the moment at which the
 * mixer stops waiting and the moment at which a sink wants the buffer. */
#define MARGIN (40 * GST_MSECOND)

/* audiomixer's output-buffer-duration. */
#define AUDIO_BLOCK (10 * GST_MSECOND)

/* Pictures touch: a quarter of 1280x720 is 640x360 then, which many cameras send,
 * and four of them cost 5 % of a core; with a gap all are scaled, for 17 %. */
#define TILE_GAP 0

struct _LiveMixer {
  GstBin parent;

  MediaKind kind;
  GstClockTime upstream_latency;

  GstElement *mixer;
  GstElement *filter;
  GstPad *src;
  GstPad *primer;
  guint next_serial;

  GMutex lock; /* guards inputs, caps */
  GPtrArray *inputs;
  GstCaps *caps;

  int primed; /* atomic */
  int ended;  /* atomic */
  int dirty;  /* atomic: the grid must be laid out anew */
};

#define LIVE_TYPE_MIXER (live_mixer_get_type ())
#define LIVE_MIXER(o) \
  (G_TYPE_CHECK_INSTANCE_CAST ((o), LIVE_TYPE_MIXER, LiveMixer))

typedef struct {
  GstBinClass parent_class;
} LiveMixerClass;

GType live_mixer_get_type (void);
G_DEFINE_TYPE (LiveMixer, live_mixer, GST_TYPE_BIN)

/* --- Caps and latency ---------------------------------------------------- */

static void
fix_caps (LiveMixer *self)
{
  g_autoptr (GstCaps) wish = gst_pad_peer_query_caps (self->src, NULL);
  g_autoptr (GstCaps) caps = mix_caps_fix (self->kind, wish);

  GST_INFO_OBJECT (self, "the mix is %" GST_PTR_FORMAT, caps);
  g_object_set (self->filter, "caps", caps, NULL);

  g_mutex_lock (&self->lock);
  gst_caps_replace (&self->caps, caps);
  g_mutex_unlock (&self->lock);
}

static GstCaps *
ref_caps (gpointer user_data)
{
  LiveMixer *self = user_data;
  GstCaps *caps;

  g_mutex_lock (&self->lock);
  caps = self->caps != NULL ? gst_caps_ref (self->caps)
                            : mix_caps_fix (self->kind, NULL);
  g_mutex_unlock (&self->lock);

  return caps;
}

static GstClockTime
block_duration (LiveMixer *self)
{
  g_autoptr (GstCaps) caps = NULL;
  GstVideoInfo info;

  if (self->kind == MEDIA_AUDIO)
    return AUDIO_BLOCK;

  caps = ref_caps (self);
  if (!gst_video_info_from_caps (&info, caps))
    return 0;

  return gst_util_uint64_scale (
      GST_SECOND, GST_VIDEO_INFO_FPS_D (&info), GST_VIDEO_INFO_FPS_N (&info));
}

/* force-live of 1.22 says "not live, 0" without live inputs though it delays
 * its output, and something else after each join. */
static gboolean
on_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  LiveMixer *self = LIVE_MIXER (parent);
  GstClockTime floor, min = 0;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);

  if (gst_pad_query_default (pad, parent, query))
    gst_query_parse_latency (query, NULL, &min, NULL);
  floor = self->upstream_latency + block_duration (self) + MARGIN;
  gst_query_set_latency (query, TRUE, MAX (min, floor), GST_CLOCK_TIME_NONE);

  return TRUE;
}

/* A seek would flush the mixer; key-frame requests and the like concern no
 * input. */
static gboolean
on_src_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_QOS:
    case GST_EVENT_RECONFIGURE:
      return gst_pad_event_default (pad, parent, event);
    case GST_EVENT_LATENCY:
      gst_event_unref (event);
      return TRUE;
    default:
      gst_event_unref (event);
      return FALSE;
  }
}

/* Nobody listening, or a listener that is being rebuilt, does not stop the
 * mixer: an aggregator would never start again. */
static GstFlowReturn
on_src_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstFlowReturn ret = gst_proxy_pad_chain_default (pad, parent, buffer);

  return ret == GST_FLOW_NOT_LINKED || ret == GST_FLOW_FLUSHING ? GST_FLOW_OK
                                                                : ret;
}

/* --- Grid ---------------------------------------------------------------- */

/* The primer's picture lies behind all tiles until it is given another one; one
 * tile alone has nothing behind it but the mixer's black. */
static void
hang_backdrop (LiveMixer *self, const GstVideoInfo *info, const TileRect *rects,
    guint n_rects, GstClockTime from)
{
  GstBuffer *buffer = NULL;

  if (n_rects > 1)
    buffer = tile_backdrop_paint (info, rects, n_rects);
  if (buffer == NULL) {
    buffer = gst_buffer_new ();
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP);
  }
  GST_BUFFER_PTS (buffer) = from;
  gst_pad_push (self->primer, buffer);
}

/* Runs between two frames in the mixer's thread: no frame shows half a grid. */
static void
lay_out (LiveMixer *self, GstBuffer *last)
{
  g_autoptr (GPtrArray) pads =
      g_ptr_array_new_with_free_func (gst_object_unref);
  g_autoptr (GstCaps) caps = ref_caps (self);
  g_autofree TileRect *rects = NULL;
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps))
    return;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len; i++) {
    MixerInput *input = g_ptr_array_index (self->inputs, i);

    if (mixer_input_is_shown (input))
      g_ptr_array_add (
          pads, gst_object_ref (mixer_input_get_mixer_pad (input)));
  }
  g_mutex_unlock (&self->lock);

  rects = g_new0 (TileRect, MAX (pads->len, 1));
  tile_grid_layout (pads->len, GST_VIDEO_INFO_WIDTH (&info),
      GST_VIDEO_INFO_HEIGHT (&info), TILE_GAP, rects);
  for (guint i = 0; i < pads->len; i++) {
    /* A width of 0 would mean the input's own to compositor. */
    if (rects[i].width > 0)
      g_object_set (g_ptr_array_index (pads, i), "xpos", rects[i].x, "ypos",
          rects[i].y, "width", rects[i].width, "height", rects[i].height, NULL);
    else
      g_object_set (g_ptr_array_index (pads, i), "xpos",
          GST_VIDEO_INFO_WIDTH (&info), NULL);
  }
  hang_backdrop (self, &info, rects, pads->len,
      GST_BUFFER_PTS (last) + GST_BUFFER_DURATION (last));
}

static GstPadProbeReturn
on_mixed (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  LiveMixer *self = user_data;

  /* A pool of downstream's would be asked for anew at every join, behind all
   * that a queue there holds. */
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM)
    return GST_QUERY_TYPE (GST_PAD_PROBE_INFO_QUERY (info))
            == GST_QUERY_ALLOCATION
        ? GST_PAD_PROBE_DROP
        : GST_PAD_PROBE_OK;

  if (self->kind == MEDIA_VIDEO
      && g_atomic_int_compare_and_exchange (&self->dirty, TRUE, FALSE))
    lay_out (self, GST_PAD_PROBE_INFO_BUFFER (info));

  return GST_PAD_PROBE_OK;
}

/* --- Start ----------------------------------------------------------------- */

/* The first buffer that any pad ever gets sets an aggregator's position; this
 * one does, and no later one. The pad then stays: compositor of 1.22 starts at
 * zero again when its last pad goes. */
static void
prime (LiveMixer *self)
{
  g_autoptr (GstCaps) caps = ref_caps (self);
  GstClockTime now = gst_element_get_current_running_time (self->mixer);
  GstSegment segment;
  GstBuffer *buffer;
  GstFlowReturn ret;

  if (!GST_CLOCK_TIME_IS_VALID (now))
    now = 0;
  gst_pad_set_active (self->primer, TRUE);
  gst_pad_push_event (self->primer, gst_event_new_stream_start ("primer"));
  gst_pad_push_event (self->primer, gst_event_new_caps (caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->primer, gst_event_new_segment (&segment));

  buffer = gst_buffer_new ();
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_GAP | GST_BUFFER_FLAG_DROPPABLE);
  GST_BUFFER_PTS (buffer) = now;
  GST_BUFFER_DURATION (buffer) = block_duration (self);
  ret = gst_pad_push (self->primer, buffer);
  if (ret != GST_FLOW_OK)
    GST_WARNING_OBJECT (self, "not primed: %s", gst_flow_get_name (ret));

  g_atomic_int_set (&self->primed, TRUE);
}

static gboolean
on_primer_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) == GST_QUERY_LATENCY) {
    gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
    return TRUE;
  }

  return gst_pad_query_default (pad, parent, query);
}

/* The mixer has a clock only while it plays. With a clock in PAUSED, and the base
 * time of the last run or none, aggregators take the time since boot for their
 * start (1.24, 1.26) or run ahead of the pipeline (1.22). */
static gboolean
live_mixer_set_clock (GstElement *element, GstClock *clock)
{
  LiveMixer *self = LIVE_MIXER (element);
  GstElementClass *element_class = g_type_class_peek (GST_TYPE_ELEMENT);

  if (clock == NULL)
    gst_element_set_clock (self->mixer, NULL);

  return element_class->set_clock (element, clock);
}

static void
give_clock (LiveMixer *self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));

  gst_element_set_base_time (
      self->mixer, gst_element_get_base_time (GST_ELEMENT (self)));
  gst_element_set_clock (self->mixer, clock);
}

static GstStateChangeReturn
live_mixer_change_state (GstElement *element, GstStateChange transition)
{
  LiveMixer *self = LIVE_MIXER (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    g_atomic_int_set (&self->ended, FALSE);
    g_atomic_int_set (&self->dirty, TRUE);
    fix_caps (self);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
    give_clock (self);
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    gst_element_set_clock (self->mixer, NULL);

  ret = GST_ELEMENT_CLASS (live_mixer_parent_class)
            ->change_state (element, transition);
  if (ret == GST_STATE_CHANGE_FAILURE)
    return ret;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING
      && !g_atomic_int_get (&self->primed))
    prime (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    g_atomic_int_set (&self->primed, FALSE);
    gst_pad_set_active (self->primer, FALSE);
  }

  return ret;
}

/* --- Messages -------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): the id of the input that @object is a
 * part of, or NULL when it has none or is on its way out */
static char *
id_of_owner (LiveMixer *self, GstObject *object)
{
  char *id = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len && id == NULL; i++) {
    MixerInput *input = g_ptr_array_index (self->inputs, i);

    if (mixer_input_owns (input, object))
      id = g_strdup (mixer_input_get_id (input));
  }
  g_mutex_unlock (&self->lock);

  return id;
}

/* An input that fails costs its own tile and voice, not the mix. */
static void
live_mixer_handle_message (GstBin *bin, GstMessage *message)
{
  LiveMixer *self = LIVE_MIXER (bin);

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_QOS:
    case GST_MESSAGE_LATENCY:
      gst_message_unref (message);
      return;
    case GST_MESSAGE_ERROR: {
      GstObject *source = GST_MESSAGE_SRC (message);
      g_autofree char *id = NULL;
      g_autofree char *debug = NULL;
      g_autoptr (GError) error = NULL;

      if (source == GST_OBJECT (self) || source == GST_OBJECT (self->mixer)
          || source == GST_OBJECT (self->filter))
        break;
      id = id_of_owner (self, source);
      gst_message_parse_error (message, &error, &debug);
      GST_ELEMENT_WARNING_WITH_DETAILS (self, STREAM, FAILED,
          ("One input of the mix failed: %s", error->message),
          ("%s", GST_STR_NULL (debug)), ("input-id", G_TYPE_STRING, id, NULL));
      gst_message_unref (message);
      return;
    }
    default:
      break;
  }

  GST_BIN_CLASS (live_mixer_parent_class)->handle_message (bin, message);
}

/* --- Object ---------------------------------------------------------------- */

static void
live_mixer_dispose (GObject *object)
{
  LiveMixer *self = LIVE_MIXER (object);

  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  gst_clear_object (&self->primer);

  G_OBJECT_CLASS (live_mixer_parent_class)->dispose (object);
}

static void
live_mixer_finalize (GObject *object)
{
  LiveMixer *self = LIVE_MIXER (object);

  gst_clear_caps (&self->caps);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (live_mixer_parent_class)->finalize (object);
}

static void
live_mixer_class_init (LiveMixerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (
      live_mixer_debug, "roomlivemixer", 0, "a live mix of changing inputs");
  object_class->dispose = live_mixer_dispose;
  object_class->finalize = live_mixer_finalize;
  element_class->change_state = live_mixer_change_state;
  element_class->set_clock = live_mixer_set_clock;
  GST_BIN_CLASS (klass)->handle_message = live_mixer_handle_message;
}

static void
live_mixer_init (LiveMixer *self)
{
  g_mutex_init (&self->lock);
  self->inputs = g_ptr_array_new ();
}

static gboolean
build (LiveMixer *self, GError **error)
{
  const char *factory = self->kind == MEDIA_VIDEO ? "compositor" : "audiomixer";
  g_autoptr (GstPad) filter_src = NULL;
  g_autoptr (GstPad) filter_sink = NULL;
  g_autoptr (GstPad) mixer_src = NULL;
  g_autoptr (GstPad) anchor = NULL;
  g_autoptr (GstPad) pacer = NULL;
  g_autoptr (GstProxyPad) internal = NULL;

  self->mixer =
      gst_element_factory_make_full (factory, "force-live", TRUE, NULL);
  if (self->mixer == NULL) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        "The GStreamer element '%s' is missing; it is in the Debian package "
        "gstreamer1.0-plugins-base",
        factory);
    return FALSE;
  }
  gst_bin_add (GST_BIN (self), self->mixer);
  g_object_set (
      self->mixer, "min-upstream-latency", self->upstream_latency, NULL);
  gst_util_set_object_arg (
      G_OBJECT (self->mixer), "start-time-selection", "first");
  if (self->kind == MEDIA_VIDEO)
    gst_util_set_object_arg (G_OBJECT (self->mixer), "background", "black");

  self->filter = gst_element_factory_make ("capsfilter", NULL);
  gst_bin_add (GST_BIN (self), self->filter);

  mixer_src = gst_element_get_static_pad (self->mixer, "src");
  filter_sink = gst_element_get_static_pad (self->filter, "sink");
  filter_src = gst_element_get_static_pad (self->filter, "src");
  gst_pad_link (mixer_src, filter_sink);
  gst_pad_add_probe (mixer_src,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, on_mixed,
      self, NULL);

  anchor = gst_element_request_pad_simple (self->mixer, "sink_%u");
  self->primer = gst_object_ref_sink (gst_pad_new ("primer", GST_PAD_SRC));
  gst_pad_set_query_function (self->primer, on_primer_query);
  gst_pad_link_full (self->primer, anchor, GST_PAD_LINK_CHECK_NOTHING);
  /* One more that nobody ever feeds: the mixer always waits until the last
   * moment, and its output keeps an even pace. */
  pacer = gst_element_request_pad_simple (self->mixer, "sink_%u");

  self->src = gst_ghost_pad_new ("src", filter_src);
  gst_pad_set_query_function (self->src, on_src_query);
  gst_pad_set_event_function (self->src, on_src_event);
  internal = gst_proxy_pad_get_internal (GST_PROXY_PAD (self->src));
  gst_pad_set_chain_function (GST_PAD (internal), on_src_chain);
  gst_pad_set_active (self->src, TRUE);
  gst_element_add_pad (GST_ELEMENT (self), self->src);

  return TRUE;
}

/**
 * live_mixer_new:
 * @bin: the bin to live in
 * @kind: %MEDIA_AUDIO or %MEDIA_VIDEO
 * @name: a name for the element that no other in @bin has
 * @upstream_latency: nanoseconds after its running time at which the latest
 *   input's buffers come; all that come earlier wait for it
 * @error: return location
 *
 * Makes a mixer and adds it to @bin, in NULL; gst_element_sync_state_with_parent()
 * or @bin's own change brings it up. Its caps are fixed on READY->PAUSED, from
 * what is linked to its src pad then.
 *
 * Returns: (transfer full) (nullable): the mixer, or %NULL with @error set to
 *   %GST_CORE_ERROR_MISSING_PLUGIN
 *
 * Since: 0.1
 */
LiveMixer *
live_mixer_new (GstBin *bin, MediaKind kind, const char *name,
    GstClockTime upstream_latency, GError **error)
{
  LiveMixer *self = g_object_new (LIVE_TYPE_MIXER, "name", name, NULL);

  gst_object_ref_sink (self);
  self->kind = kind;
  self->upstream_latency = upstream_latency;
  if (!build (self, error)) {
    gst_object_unref (self);
    return NULL;
  }
  gst_bin_add (bin, GST_ELEMENT (self));

  return self;
}

/**
 * live_mixer_free:
 * @self: (transfer full): a #LiveMixer
 *
 * Stops the mixer, takes it out of its bin and frees it with all its inputs. Its
 * src pad ends without EOS. Not to be called from a streaming thread of it.
 *
 * Since: 0.1
 */
void
live_mixer_free (LiveMixer *self)
{
  g_autoptr (GstObject) bin = gst_object_get_parent (GST_OBJECT (self));

  gst_element_set_locked_state (GST_ELEMENT (self), TRUE);
  while (self->inputs->len > 0)
    live_mixer_remove_input (
        self, mixer_input_get_entry (g_ptr_array_index (self->inputs, 0)));
  gst_element_set_state (GST_ELEMENT (self), GST_STATE_NULL);
  if (bin != NULL)
    gst_bin_remove (GST_BIN (bin), GST_ELEMENT (self));
  gst_object_unref (self);
}

/**
 * live_mixer_get_element:
 * @self: a #LiveMixer
 *
 * Returns: (transfer none): the mixer as an element, for its state
 *
 * Since: 0.1
 */
GstElement *
live_mixer_get_element (LiveMixer *self)
{
  return GST_ELEMENT (self);
}

/**
 * live_mixer_get_src_pad:
 * @self: a #LiveMixer
 *
 * Returns: (transfer none): the one output, to be ghosted or linked. It may be
 *   unlinked and linked again while the mixer plays.
 *
 * Since: 0.1
 */
GstPad *
live_mixer_get_src_pad (LiveMixer *self)
{
  return self->src;
}

/* --- Inputs ---------------------------------------------------------------- */

static gboolean
takes_buffers (gpointer user_data)
{
  LiveMixer *self = user_data;

  return g_atomic_int_get (&self->primed) && !g_atomic_int_get (&self->ended);
}

static void
on_shown (gpointer user_data)
{
  LiveMixer *self = user_data;

  g_atomic_int_set (&self->dirty, TRUE);
}

/**
 * live_mixer_add_input:
 * @self: a #LiveMixer
 * @params: (nullable): what the input shall be
 * @error: return location
 *
 * Adds an input for raw media of the mixer's kind in system memory, with any
 * caps, that may change. Its running times are the pipeline's. A video input
 * gets its tile with its first frame, behind those that have one, and goes dark
 * 3 s after its last.
 *
 * The returned pad answers %GST_FLOW_OK to all that is pushed, so that a tee is
 * never stopped by a mixer. EOS on it means that no more comes for now.
 *
 * Inputs are added and removed by one thread, that is no streaming thread.
 *
 * Returns: (transfer none) (nullable): an unlinked sink pad, valid until
 *   live_mixer_remove_input(), or %NULL with @error set
 *
 * Since: 0.1
 */
GstPad *
live_mixer_add_input (
    LiveMixer *self, const LiveMixerInput *params, GError **error)
{
  MixerInputCallbacks callbacks = { .gate = takes_buffers,
    .shown = on_shown,
    .mix_caps = ref_caps,
    .user_data = self };
  MixerInput *input = mixer_input_new (GST_BIN (self), self->mixer, self->kind,
      self->next_serial++, self->upstream_latency, params, &callbacks, error);

  if (input == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->inputs, input);
  g_mutex_unlock (&self->lock);

  if (!mixer_input_start (input)) {
    g_mutex_lock (&self->lock);
    g_ptr_array_remove (self->inputs, input);
    g_mutex_unlock (&self->lock);
    mixer_input_free (input);
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
        "An element of a new input did not start");
    return NULL;
  }

  return mixer_input_get_entry (input);
}

/**
 * live_mixer_remove_input:
 * @self: a #LiveMixer
 * @pad: (transfer none): what live_mixer_add_input() returned; nothing happens
 *   when it is gone already
 *
 * Takes an input out while the others and the output go on. Whatever feeds @pad
 * may be pushing or be blocked, and finds it unlinked afterwards.
 *
 * Since: 0.1
 */
void
live_mixer_remove_input (LiveMixer *self, GstPad *pad)
{
  MixerInput *input = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->inputs->len && input == NULL; i++) {
    if (mixer_input_get_entry (g_ptr_array_index (self->inputs, i)) == pad)
      input = g_ptr_array_remove_index (self->inputs, i);
  }
  g_mutex_unlock (&self->lock);

  if (input == NULL)
    return;

  mixer_input_free (input);
  g_atomic_int_set (&self->dirty, TRUE);
}

/**
 * live_mixer_count_inputs:
 * @self: a #LiveMixer
 *
 * Returns: how many inputs there are, with media or without
 *
 * Since: 0.1
 */
guint
live_mixer_count_inputs (LiveMixer *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->inputs->len;
  g_mutex_unlock (&self->lock);

  return n;
}

/**
 * live_mixer_send_eos:
 * @self: a #LiveMixer
 *
 * Ends the stream of the src pad: EOS is the next thing on it, once, whatever the
 * inputs do. From any thread, in PAUSED or PLAYING.
 *
 * Since: 0.1
 */
void
live_mixer_send_eos (LiveMixer *self)
{
  if (g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    gst_element_send_event (self->mixer, gst_event_new_eos ());
}
