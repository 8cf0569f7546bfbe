/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-audiospectrumviz
 * @title: audiospectrumviz
 * @short_description: draws sound as the browsers' AnalyserNode hears it
 *
 * Raw audio in, raw video out: the spectrum of a voice or of music, computed
 * with the very numbers of Web Audio's AnalyserNode. Frame n of the framerate
 * in the caps shows the sound up to n / framerate, exactly, and adds no latency.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 autoaudiosrc ! audiospectrumviz ! videoconvert ! autovideosink
 * ]| Your microphone.
 * |[
 * gst-launch-1.0 uridecodebin uri=file:///tmp/song.ogg ! \
 *   audiospectrumviz fft-size=256 style=webaudio ! \
 *   video/x-raw,width=640,height=100,framerate=60/1 ! \
 *   videoconvert ! autovideosink
 * ]| The drawing of the Web Audio tutorial.
 *
 * Since: 0.1
 */
#include "gstaudiospectrumviz.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <string.h>

#include "audiomono.h"
#include "frameclock.h"
#include "heldframes.h"
#include "vizsettings.h"

GST_DEBUG_CATEGORY_STATIC (audio_spectrum_viz_debug);
#define GST_CAT_DEFAULT audio_spectrum_viz_debug

#define DEFAULT_WIDTH 640
#define DEFAULT_HEIGHT 360
#define DEFAULT_FPS_N 30

/* A sink that is late asks for frames to be left out, but not for a stop. */
#define MAX_QOS_JUMP (500 * GST_MSECOND)

struct _GstAudioSpectrumViz {
  GstElement element;

  GstPad *sink;
  GstPad *src;

  /* Guarded by the object lock; @serial changes with each change. */
  VizSettings settings;
  guint serial;
  GstClockTime earliest; /* running time before which frames are late */
  gdouble proportion;

  /* The rest belongs to the streaming thread, or to no thread in READY. */
  GstSegment segment;
  gboolean have_audio;
  GstAudioInfo audio;
  AudioMono *mono;
  gboolean have_video;
  GstVideoInfo video;
  HeldFrames *frames;

  SpectrumView *view;
  gboolean view_ready;
  guint view_serial;
  FrameClock clock;
  gint channel; /* the one to hear where one is drawn, or AUDIO_MONO_MIX */
  ReportSettings report;
  VizReporter reporter;
  gboolean discont;
  guint64 processed;
  guint64 dropped;
};

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("audio/x-raw, format=(string)" GST_AUDIO_FORMATS_ALL
                         ", layout=(string){ interleaved, non-interleaved }"
                         ", rate=(int)[ 1, 768000 ], channels=(int)[ 1, 64 ]"));

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("video/x-raw, format=(string)" SPECTRUM_CANVAS_FORMATS
                         ", width=(int)[ 1, 8192 ], height=(int)[ 1, 8192 ]"
                         ", framerate=(fraction)[ 1/1000, 1000/1 ]"
                         ", interlace-mode=(string)progressive"));

G_DEFINE_TYPE (GstAudioSpectrumViz, gst_audio_spectrum_viz, GST_TYPE_ELEMENT)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (audiospectrumviz, "audiospectrumviz",
    GST_RANK_NONE, GST_TYPE_AUDIO_SPECTRUM_VIZ,
    GST_DEBUG_CATEGORY_INIT (audio_spectrum_viz_debug, "audiospectrumviz", 0,
        "draws sound as AnalyserNode hears it"))

static void
reset_qos (GstAudioSpectrumViz *self)
{
  GST_OBJECT_LOCK (self);
  self->earliest = GST_CLOCK_TIME_NONE;
  self->proportion = 1;
  GST_OBJECT_UNLOCK (self);
}

static gboolean
set_video_caps (GstAudioSpectrumViz *self, GstCaps *caps)
{
  GstVideoInfo info;

  if (!gst_video_info_from_caps (&info, caps)
      || GST_VIDEO_INFO_FPS_N (&info) <= 0)
    return FALSE;
  GST_INFO_OBJECT (self, "drawing %" GST_PTR_FORMAT, caps);
  self->video = info;
  self->have_video = TRUE;
  self->view_ready = FALSE;
  frame_clock_set_framerate (
      &self->clock, GST_VIDEO_INFO_FPS_N (&info), GST_VIDEO_INFO_FPS_D (&info));
  if (!gst_pad_push_event (self->src, gst_event_new_caps (caps)))
    GST_DEBUG_OBJECT (self, "downstream takes no caps now");

  g_clear_pointer (&self->frames, held_frames_free);
  self->frames = held_frames_new (self->src, caps, &self->video);
  return self->frames != NULL;
}

/* What downstream likes best, of what we can draw. */
static gboolean
negotiate (GstAudioSpectrumViz *self)
{
  g_autoptr (GstCaps) ours = gst_pad_get_pad_template_caps (self->src);
  g_autoptr (GstCaps) peer = gst_pad_peer_query_caps (self->src, NULL);
  g_autoptr (GstCaps) caps = NULL;
  GstStructure *structure;

  caps = peer ? gst_caps_intersect_full (peer, ours, GST_CAPS_INTERSECT_FIRST)
              : gst_caps_ref (ours);
  if (gst_caps_is_empty (caps)) {
    GST_WARNING_OBJECT (self, "downstream wants %" GST_PTR_FORMAT, peer);
    return FALSE;
  }
  caps = gst_caps_make_writable (gst_caps_truncate (g_steal_pointer (&caps)));
  structure = gst_caps_get_structure (caps, 0);
  gst_structure_fixate_field_nearest_int (structure, "width", DEFAULT_WIDTH);
  gst_structure_fixate_field_nearest_int (structure, "height", DEFAULT_HEIGHT);
  gst_structure_fixate_field_nearest_fraction (
      structure, "framerate", DEFAULT_FPS_N, 1);
  if (gst_structure_has_field (structure, "pixel-aspect-ratio"))
    gst_structure_fixate_field_nearest_fraction (
        structure, "pixel-aspect-ratio", 1, 1);
  caps = gst_caps_fixate (g_steal_pointer (&caps));

  return set_video_caps (self, caps);
}

/* The clock counts what is heard. Played backwards, that is time from the end of
 * the segment, and a span begins where it ends. There and back are the same. */
static GstClockTime
turn_time (GstAudioSpectrumViz *self, GstClockTime time, GstClockTime duration)
{
  if (self->segment.rate > 0 || !GST_CLOCK_TIME_IS_VALID (time))
    return time;
  time += duration;
  return time <= self->segment.stop ? self->segment.stop - time
                                    : GST_CLOCK_TIME_NONE;
}

/* Brings the view to the settings and caps of now. */
static gboolean
update_view (GstAudioSpectrumViz *self, GstClockTime pts)
{
  GstClockTime stream_time =
      gst_segment_to_stream_time (&self->segment, GST_FORMAT_TIME, pts);
  VizSettings settings;

  if (GST_CLOCK_TIME_IS_VALID (stream_time))
    gst_object_sync_values (GST_OBJECT (self), stream_time);

  GST_OBJECT_LOCK (self);
  if (self->view_ready && self->view_serial == self->serial) {
    GST_OBJECT_UNLOCK (self);
    return TRUE;
  }
  settings = self->settings;
  self->view_serial = self->serial;
  GST_OBJECT_UNLOCK (self);
  self->report = settings.report;
  self->channel = settings.channels == VIZ_CHANNELS_ONE
      ? (gint) settings.channel
      : AUDIO_MONO_MIX;

  if (settings.view.min_decibels >= settings.view.max_decibels)
    GST_WARNING_OBJECT (self,
        "min-decibels %g is not below max-decibels %g: keeping the range before",
        settings.view.min_decibels, settings.view.max_decibels);
  self->view_ready = spectrum_view_configure (self->view, &settings.view,
      (guint) GST_AUDIO_INFO_RATE (&self->audio), &self->video);
  if (self->view_ready)
    held_frames_set_n_marks (
        self->frames, spectrum_view_get_n_marks (self->view));
  return self->view_ready;
}

static void
post_qos (GstAudioSpectrumViz *self, GstClockTime pts, GstClockTime duration,
    GstClockTime running_time, gint64 jitter, gdouble proportion)
{
  GstClockTime stream_time =
      gst_segment_to_stream_time (&self->segment, GST_FORMAT_TIME, pts);
  GstMessage *message = gst_message_new_qos (
      GST_OBJECT (self), FALSE, running_time, stream_time, pts, duration);

  gst_message_set_qos_values (message, jitter, proportion, 1000000);
  gst_message_set_qos_stats (
      message, GST_FORMAT_BUFFERS, self->processed, self->dropped);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* Outside the segment, or too late by what the sink said. */
static gboolean
is_unwanted (GstAudioSpectrumViz *self, GstClockTime pts, GstClockTime duration)
{
  GstClockTime running_time, earliest;
  gdouble proportion;

  if (!GST_CLOCK_TIME_IS_VALID (pts)
      || !gst_segment_clip (
          &self->segment, GST_FORMAT_TIME, pts, pts + duration, NULL, NULL))
    return TRUE;

  running_time =
      gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, pts);
  GST_OBJECT_LOCK (self);
  earliest = self->earliest;
  proportion = self->proportion;
  GST_OBJECT_UNLOCK (self);
  if (!GST_CLOCK_TIME_IS_VALID (earliest)
      || !GST_CLOCK_TIME_IS_VALID (running_time) || running_time > earliest)
    return FALSE;

  self->dropped++;
  post_qos (self, pts, duration, running_time,
      GST_CLOCK_DIFF (running_time, earliest), proportion);
  return TRUE;
}

static GstFlowReturn
render (GstAudioSpectrumViz *self, const guint16 *marks, GstClockTime pts,
    GstClockTime duration, GstBuffer **buffer)
{
  HeldFrame *held;
  GstVideoFrame frame;
  GstFlowReturn ret = held_frames_take (self->frames, marks, &held);
  gsize size = spectrum_view_get_n_marks (self->view) * sizeof *marks;

  if (ret != GST_FLOW_OK)
    return ret;

  if (!held->painted || memcmp (held->marks, marks, size) != 0) {
    if (!gst_video_frame_map (
            &frame, &self->video, held->buffer, GST_MAP_READWRITE)) {
      GST_ELEMENT_ERROR (self, RESOURCE, WRITE, (NULL),
          ("cannot write to the buffers that downstream proposes"));
      return GST_FLOW_ERROR;
    }
    spectrum_view_paint (
        self->view, &frame, held->painted ? held->marks : NULL);
    gst_video_frame_unmap (&frame);
    memcpy (held->marks, marks, size);
    held->painted = TRUE;
  }

  GST_BUFFER_PTS (held->buffer) = pts;
  GST_BUFFER_DURATION (held->buffer) = duration;
  if (self->discont)
    GST_BUFFER_FLAG_SET (held->buffer, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (held->buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  *buffer = held_frames_give (self->frames, held);
  return GST_FLOW_OK;
}

static gboolean
is_reporting (GstAudioSpectrumViz *self)
{
  return self->report.spectrum || self->report.speaking;
}

/* One video frame: always analysed, and painted when somebody wants it. */
static GstFlowReturn
emit_frame (GstAudioSpectrumViz *self)
{
  GstClockTime duration;
  GstClockTime pts = frame_clock_next_frame (&self->clock, &duration);
  const guint16 *marks;
  GstBuffer *buffer;
  GstFlowReturn ret;

  pts = turn_time (self, pts, duration);
  if (!update_view (self, pts)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL),
        ("cannot draw in %s", GST_VIDEO_INFO_NAME (&self->video)));
    return GST_FLOW_NOT_NEGOTIATED;
  }
  marks = spectrum_view_step (self->view);
  if (is_reporting (self) && GST_CLOCK_TIME_IS_VALID (pts))
    viz_reporter_frame (&self->reporter, GST_ELEMENT (self), &self->report,
        &self->segment, self->view, pts,
        (guint) GST_AUDIO_INFO_RATE (&self->audio));
  if (is_unwanted (self, pts, duration))
    return GST_FLOW_OK;

  ret = render (self, marks, pts, duration, &buffer);
  if (ret != GST_FLOW_OK)
    return ret;
  self->processed++;
  GST_LOG_OBJECT (self, "frame at %" GST_TIME_FORMAT, GST_TIME_ARGS (pts));
  return gst_pad_push (self->src, buffer);
}

static GstFlowReturn
emit_due_frames (GstAudioSpectrumViz *self)
{
  while (frame_clock_get_wanted (&self->clock) == 0) {
    GstFlowReturn ret;

    if (gst_pad_check_reconfigure (self->src) && !negotiate (self)) {
      gst_pad_mark_reconfigure (self->src);
      return GST_PAD_IS_FLUSHING (self->src) ? GST_FLOW_FLUSHING
                                             : GST_FLOW_NOT_NEGOTIATED;
    }
    ret = emit_frame (self);
    if (ret != GST_FLOW_OK)
      return ret;
  }
  return GST_FLOW_OK;
}

/* Sound in, in pieces that end where a frame is due. */

static GstFlowReturn
hear_silence (GstAudioSpectrumViz *self, guint64 samples)
{
  GstFlowReturn ret = emit_due_frames (self);

  while (ret == GST_FLOW_OK && samples > 0) {
    guint64 piece = MIN (samples, frame_clock_get_wanted (&self->clock));

    spectrum_view_push_silence (self->view, piece);
    if (is_reporting (self))
      speech_gate_hear_silence (&self->reporter.gate,
          piece * spectrum_view_get_n_channels (self->view));
    frame_clock_advance (&self->clock, piece);
    samples -= piece;
    ret = emit_due_frames (self);
  }
  return ret;
}

static void
reverse (gfloat *samples, guint count)
{
  for (guint i = 0; i < count / 2; i++) {
    gfloat first = samples[i];

    samples[i] = samples[count - 1 - i];
    samples[count - 1 - i] = first;
  }
}

static void
hear_piece (GstAudioSpectrumViz *self, const GstAudioBuffer *audio,
    gsize offset, guint piece)
{
  guint n_channels = spectrum_view_get_n_channels (self->view);
  gfloat mono[AUDIO_MONO_CHUNK];

  for (guint i = 0; i < n_channels; i++) {
    audio_mono_read (self->mono, audio, offset, piece,
        n_channels > 1 ? (gint) i : self->channel, mono);
    if (self->segment.rate < 0)
      reverse (mono, piece);
    spectrum_view_push (self->view, i, mono, piece);
    if (is_reporting (self))
      speech_gate_hear (&self->reporter.gate, mono, piece);
  }
}

static GstFlowReturn
hear (GstAudioSpectrumViz *self, const GstAudioBuffer *audio)
{
  GstFlowReturn ret = emit_due_frames (self);
  gsize offset = 0;

  while (ret == GST_FLOW_OK && offset < audio->n_samples) {
    guint64 wanted = frame_clock_get_wanted (&self->clock);
    guint piece =
        (guint) MIN (MIN (wanted, AUDIO_MONO_CHUNK), audio->n_samples - offset);

    hear_piece (self, audio,
        self->segment.rate > 0 ? offset : audio->n_samples - offset - piece,
        piece);
    frame_clock_advance (&self->clock, piece);
    offset += piece;
    ret = emit_due_frames (self);
  }
  return ret;
}

/* Fills what is missing before @pts with silence. */
static GstFlowReturn
join (GstAudioSpectrumViz *self, GstClockTime pts, gboolean discont)
{
  guint64 silence;
  GstFlowReturn ret;

  switch (frame_clock_place (&self->clock, pts, discont, &silence)) {
    case FRAME_CLOCK_SILENCE:
      GST_DEBUG_OBJECT (
          self, "%" G_GUINT64_FORMAT " samples are missing", silence);
      ret = hear_silence (self, silence);
      if (ret == GST_FLOW_OK && frame_clock_skip_to (&self->clock, pts))
        self->discont = TRUE;
      return ret;
    case FRAME_CLOCK_RESTARTS:
      GST_DEBUG_OBJECT (self, "frame 0 is at %" GST_TIME_FORMAT,
          GST_TIME_ARGS (frame_clock_get_time (&self->clock)));
      self->discont = TRUE;
      return GST_FLOW_OK;
    case FRAME_CLOCK_OVERLAP:
      GST_DEBUG_OBJECT (
          self, "time steps back to %" GST_TIME_FORMAT, GST_TIME_ARGS (pts));
      return GST_FLOW_OK;
    case FRAME_CLOCK_CONTINUES:
    default:
      return GST_FLOW_OK;
  }
}

/* Mapping takes it for granted that a buffer's own word on it is the caps'. */
static gboolean
map_audio (GstAudioSpectrumViz *self, GstBuffer *buffer, GstAudioBuffer *audio)
{
  GstAudioMeta *meta = gst_buffer_get_audio_meta (buffer);

  return (!meta || gst_audio_info_is_equal (&meta->info, &self->audio))
      && gst_audio_buffer_map (audio, &self->audio, buffer, GST_MAP_READ);
}

static GstFlowReturn
gst_audio_spectrum_viz_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (parent);
  GstAudioBuffer audio;
  GstFlowReturn ret;

  if (!self->have_audio || !self->have_video) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }

  buffer = gst_audio_buffer_clip (buffer, &self->segment,
      GST_AUDIO_INFO_RATE (&self->audio), GST_AUDIO_INFO_BPF (&self->audio));
  if (!buffer)
    return GST_FLOW_OK;

  if (map_audio (self, buffer, &audio)) {
    GstClockTime duration = gst_util_uint64_scale (audio.n_samples, GST_SECOND,
        (guint64) GST_AUDIO_INFO_RATE (&self->audio));

    ret = join (self, turn_time (self, GST_BUFFER_PTS (buffer), duration),
        GST_BUFFER_IS_DISCONT (buffer));
    if (ret == GST_FLOW_OK)
      ret = hear (self, &audio);
    gst_audio_buffer_unmap (&audio);
  } else {
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, (NULL),
        ("a buffer is not what its caps say, leaving it out"));
    ret = GST_FLOW_OK;
  }
  gst_buffer_unref (buffer);
  return ret;
}

/* Events */

static gboolean
set_audio_caps (GstAudioSpectrumViz *self, GstCaps *caps)
{
  GstAudioInfo info;

  if (!gst_audio_info_from_caps (&info, caps)) {
    GST_ERROR_OBJECT (self, "not audio: %" GST_PTR_FORMAT, caps);
    return FALSE;
  }
  if (!self->have_audio
      || GST_AUDIO_INFO_RATE (&info) != GST_AUDIO_INFO_RATE (&self->audio)) {
    /* Bins are at other frequencies now. */
    spectrum_view_reset (self->view);
    frame_clock_set_rate (&self->clock, (guint) GST_AUDIO_INFO_RATE (&info));
    self->view_ready = FALSE;
  }
  g_clear_pointer (&self->mono, audio_mono_free);
  self->mono = audio_mono_new (&info);
  self->audio = info;
  self->have_audio = TRUE;

  if (self->have_video && !gst_pad_check_reconfigure (self->src))
    return TRUE;
  return negotiate (self);
}

static gboolean
take_segment (GstAudioSpectrumViz *self, GstEvent *event)
{
  GstSegment segment;

  gst_event_copy_segment (event, &segment);
  if (segment.format != GST_FORMAT_TIME) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL),
        ("needs a segment in time, not in %s",
            gst_format_get_name (segment.format)));
    gst_event_unref (event);
    return FALSE;
  }
  if (segment.rate < 0 && !GST_CLOCK_TIME_IS_VALID (segment.stop)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL),
        ("needs a segment with a stop to go backwards from"));
    gst_event_unref (event);
    return FALSE;
  }
  /* The same segment again moves nothing: live sources repeat theirs. */
  if (!gst_segment_is_equal (&segment, &self->segment))
    frame_clock_stop (&self->clock);
  self->segment = segment;
  return gst_pad_push_event (self->src, event);
}

static gboolean
hear_gap (GstAudioSpectrumViz *self, GstEvent *event)
{
  GstClockTime pts, duration;
  GstFlowReturn ret;

  gst_event_parse_gap (event, &pts, &duration);
  gst_event_unref (event);
  if (!self->have_audio || !self->have_video)
    return TRUE;

  viz_reporter_stop (&self->reporter, GST_ELEMENT (self), &self->report);
  if (GST_CLOCK_TIME_IS_VALID (duration) && duration < G_MAXINT64)
    pts = turn_time (self, pts, duration);
  ret = join (self, pts, TRUE);
  if (ret == GST_FLOW_OK && GST_CLOCK_TIME_IS_VALID (duration)) {
    ret = hear_silence (self,
        gst_util_uint64_scale_round (MIN (duration, FRAME_CLOCK_MAX_SILENCE),
            (guint64) GST_AUDIO_INFO_RATE (&self->audio), GST_SECOND));
    if (ret == GST_FLOW_OK && GST_CLOCK_TIME_IS_VALID (pts)
        && duration < G_MAXINT64
        && frame_clock_skip_to (&self->clock, pts + duration))
      self->discont = TRUE;
  }
  if (ret < GST_FLOW_EOS)
    GST_ELEMENT_FLOW_ERROR (self, ret);
  return ret == GST_FLOW_OK;
}

static void
flush (GstAudioSpectrumViz *self)
{
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  frame_clock_stop (&self->clock);
  spectrum_view_reset (self->view);
  viz_reporter_stop (&self->reporter, GST_ELEMENT (self), &self->report);
  viz_reporter_reset (&self->reporter);
  reset_qos (self);
}

static gboolean
gst_audio_spectrum_viz_sink_event (
    GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (parent);
  GstCaps *caps;
  gboolean ret;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      ret = set_audio_caps (self, caps);
      gst_event_unref (event);
      return ret;
    case GST_EVENT_SEGMENT:
      return take_segment (self, event);
    case GST_EVENT_GAP:
      return hear_gap (self, event);
    case GST_EVENT_EOS:
      viz_reporter_stop (&self->reporter, GST_ELEMENT (self), &self->report);
      return gst_pad_push_event (self->src, event);
    case GST_EVENT_FLUSH_STOP:
      flush (self);
      return gst_pad_push_event (self->src, event);
    default:
      return gst_pad_event_default (pad, parent, event);
  }
}

static gboolean
gst_audio_spectrum_viz_src_event (
    GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (parent);

  if (GST_EVENT_TYPE (event) == GST_EVENT_QOS) {
    GstClockTimeDiff diff;
    GstClockTime time;
    gdouble proportion;

    gst_event_parse_qos (event, NULL, &proportion, &diff, &time);
    GST_OBJECT_LOCK (self);
    self->proportion = proportion;
    self->earliest = GST_CLOCK_TIME_NONE;
    /* Late by so much now, so aim for the double of it. */
    if (GST_CLOCK_TIME_IS_VALID (time) && diff > 0)
      self->earliest = time + MIN (2 * (GstClockTime) diff, MAX_QOS_JUMP);
    GST_OBJECT_UNLOCK (self);
    /* Lateness of pictures is no concern of the sound upstream. */
    gst_event_unref (event);
    return TRUE;
  }
  return gst_pad_event_default (pad, parent, event);
}

/* Element */

static void
start (GstAudioSpectrumViz *self)
{
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  frame_clock_init (&self->clock);
  spectrum_view_reset (self->view);
  viz_reporter_reset (&self->reporter);
  self->processed = 0;
  self->dropped = 0;
  reset_qos (self);
}

static void
stop (GstAudioSpectrumViz *self)
{
  g_clear_pointer (&self->frames, held_frames_free);
  g_clear_pointer (&self->mono, audio_mono_free);
  self->have_audio = FALSE;
  self->have_video = FALSE;
  self->view_ready = FALSE;
}

static GstStateChangeReturn
gst_audio_spectrum_viz_change_state (
    GstElement *element, GstStateChange transition)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (element);
  GstStateChangeReturn ret;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);
  ret = GST_ELEMENT_CLASS (gst_audio_spectrum_viz_parent_class)
            ->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  return ret;
}

static void
gst_audio_spectrum_viz_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (object);
  gboolean taken;

  GST_OBJECT_LOCK (self);
  taken = viz_settings_set (&self->settings, id, value);
  self->serial++;
  GST_OBJECT_UNLOCK (self);

  if (!taken) {
    g_autofree gchar *text = g_strdup_value_contents (value);

    g_warning ("audiospectrumviz: %s cannot be %s", pspec->name, text);
  }
}

static void
gst_audio_spectrum_viz_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (object);

  GST_OBJECT_LOCK (self);
  viz_settings_get (&self->settings, id, value);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_audio_spectrum_viz_finalize (GObject *object)
{
  GstAudioSpectrumViz *self = GST_AUDIO_SPECTRUM_VIZ (object);

  stop (self);
  spectrum_view_free (self->view);
  G_OBJECT_CLASS (gst_audio_spectrum_viz_parent_class)->finalize (object);
}

static void
gst_audio_spectrum_viz_class_init (GstAudioSpectrumVizClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  object_class->set_property = gst_audio_spectrum_viz_set_property;
  object_class->get_property = gst_audio_spectrum_viz_get_property;
  object_class->finalize = gst_audio_spectrum_viz_finalize;
  element_class->change_state = gst_audio_spectrum_viz_change_state;
  viz_settings_install (object_class);

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "Audio spectrum visualization", "Visualization",
      "Draws the spectrum of sound, or its waveform, with the numbers of Web "
      "Audio's AnalyserNode",
      "gst-roomcall");
}

static void
gst_audio_spectrum_viz_init (GstAudioSpectrumViz *self)
{
  self->sink = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (self->sink, gst_audio_spectrum_viz_chain);
  gst_pad_set_event_function (self->sink, gst_audio_spectrum_viz_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sink);

  self->src = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_set_event_function (self->src, gst_audio_spectrum_viz_src_event);
  gst_pad_use_fixed_caps (self->src);
  gst_element_add_pad (GST_ELEMENT (self), self->src);

  self->view = spectrum_view_new ();
  self->channel = AUDIO_MONO_MIX;
  viz_settings_init (&self->settings);
  frame_clock_init (&self->clock);
  reset_qos (self);
}
