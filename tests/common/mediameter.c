/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/mediameter.h"

#include "common/loudness.h"
#include "common/lumadiff.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

typedef enum {
  MEDIA_OTHER,
  MEDIA_VIDEO,
  MEDIA_AUDIO,
} MediaKind;

struct _MediaMeter {
  GstPad *pad;
  gulong probe;

  GMutex lock; /* guards all below: the pad's thread writes, others read */
  GCond cond;  /* something was measured */
  MediaKind kind;
  gboolean caps_known;
  GstAudioInfo audio;
  LumaDiff *luma;
  Loudness *loudness;
  MediaReading reading;
  gint64 last_arrival; /* monotonic, microseconds; 0 = none yet */
  GstClockTime first_pts;
  GstClockTime next_pts;   /* where the last buffer ended */
  GstClockTime changed_at; /* time of the last frame that differed */
};

static void
forget (MediaMeter *self)
{
  int width = self->reading.width, height = self->reading.height;

  self->reading = (MediaReading){ .width = width, .height = height };
  self->last_arrival = 0;
  self->first_pts = GST_CLOCK_TIME_NONE;
  self->next_pts = GST_CLOCK_TIME_NONE;
  self->changed_at = GST_CLOCK_TIME_NONE;
  loudness_reset (self->loudness);
}

static void
take_caps (MediaMeter *self, const GstCaps *caps)
{
  const GstStructure *format = gst_caps_get_structure (caps, 0);
  GstVideoInfo video;

  self->caps_known = TRUE;
  self->kind = MEDIA_OTHER;
  if (gst_structure_has_name (format, "video/x-raw")) {
    if (gst_video_info_from_caps (&video, caps)
        && luma_diff_set_info (self->luma, &video)) {
      self->kind = MEDIA_VIDEO;
      self->reading.width = GST_VIDEO_INFO_WIDTH (&video);
      self->reading.height = GST_VIDEO_INFO_HEIGHT (&video);
    } else {
      g_warning ("mediameter: 8 bit video only, not %" GST_PTR_FORMAT, caps);
    }
  } else if (gst_structure_has_name (format, "audio/x-raw")) {
    if (gst_audio_info_from_caps (&self->audio, caps)
        && GST_AUDIO_INFO_LAYOUT (&self->audio)
            == GST_AUDIO_LAYOUT_INTERLEAVED) {
      self->kind = MEDIA_AUDIO;
      loudness_set_rate (self->loudness, GST_AUDIO_INFO_RATE (&self->audio),
          GST_AUDIO_INFO_CHANNELS (&self->audio));
    } else {
      g_warning (
          "mediameter: interleaved audio only, not %" GST_PTR_FORMAT, caps);
    }
  }
}

static void
measure_picture (MediaMeter *self, GstBuffer *buffer)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  double difference;

  if (!luma_diff_push (self->luma, buffer, &difference, &self->reading.luma))
    return;
  if (difference > MEDIA_METER_CHANGE)
    self->reading.changed++;
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return;
  if (difference > MEDIA_METER_CHANGE
      || !GST_CLOCK_TIME_IS_VALID (self->changed_at))
    self->changed_at = pts;
  else if (pts > self->changed_at)
    self->reading.still = MAX (self->reading.still, pts - self->changed_at);
}

static void
measure_sound (MediaMeter *self, GstBuffer *buffer)
{
  const GstAudioFormatInfo *format = self->audio.finfo;
  g_autofree double *samples = NULL;
  GstMapInfo map;
  gsize frames, n;

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_GAP)
      || !gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    frames = gst_buffer_get_size (buffer) / GST_AUDIO_INFO_BPF (&self->audio);
    samples = g_new0 (double, frames *GST_AUDIO_INFO_CHANNELS (&self->audio));
    loudness_push (self->loudness, samples, frames);
    return;
  }
  frames = map.size / GST_AUDIO_INFO_BPF (&self->audio);
  n = frames * GST_AUDIO_INFO_CHANNELS (&self->audio);
  samples = g_new (double, n);
  if (format->unpack_format == GST_AUDIO_FORMAT_S32) {
    g_autofree gint32 *whole = g_new (gint32, n);

    format->unpack_func (
        format, GST_AUDIO_PACK_FLAG_NONE, whole, map.data, (int) n);
    for (gsize i = 0; i < n; i++)
      samples[i] = whole[i] / 2147483648.0;
  } else {
    format->unpack_func (
        format, GST_AUDIO_PACK_FLAG_NONE, samples, map.data, (int) n);
  }
  gst_buffer_unmap (buffer, &map);
  loudness_push (self->loudness, samples, frames);
}

/* Time of the stream: holes and steps back between one span and the next. */
static void
measure_time (MediaMeter *self, GstClockTime pts, GstClockTime duration)
{
  if (!GST_CLOCK_TIME_IS_VALID (pts))
    return;
  if (GST_CLOCK_TIME_IS_VALID (self->next_pts)) {
    if (pts > self->next_pts)
      self->reading.pts_gap = MAX (self->reading.pts_gap, pts - self->next_pts);
    else
      self->reading.pts_back =
          MAX (self->reading.pts_back, self->next_pts - pts);
  }
  self->next_pts = GST_CLOCK_TIME_IS_VALID (duration) ? pts + duration : pts;
  if (!GST_CLOCK_TIME_IS_VALID (self->first_pts))
    self->first_pts = pts;
  else if (pts > self->first_pts)
    self->reading.length = MAX (self->reading.length, pts - self->first_pts);
}

static void
measure_buffer (MediaMeter *self, GstBuffer *buffer)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->caps_known) {
    g_autoptr (GstCaps) caps = gst_pad_get_current_caps (self->pad);

    if (caps)
      take_caps (self, caps);
  }
  if (self->last_arrival)
    self->reading.arrival_gap = MAX (self->reading.arrival_gap,
        (GstClockTime) (now - self->last_arrival) * GST_USECOND);
  self->last_arrival = now;
  measure_time (self, GST_BUFFER_PTS (buffer), GST_BUFFER_DURATION (buffer));
  self->reading.buffers++;
  if (self->kind == MEDIA_VIDEO)
    measure_picture (self, buffer);
  else if (self->kind == MEDIA_AUDIO)
    measure_sound (self, buffer);
}

static void
measure_event (MediaMeter *self, GstEvent *event)
{
  GstClockTime pts, duration;
  GstCaps *caps;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      take_caps (self, caps);
      break;
    case GST_EVENT_GAP:
      gst_event_parse_gap (event, &pts, &duration);
      measure_time (self, pts, duration);
      break;
    case GST_EVENT_EOS:
      self->reading.eos = TRUE;
      break;
    default:
      break;
  }
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  MediaMeter *self = data;

  g_mutex_lock (&self->lock);
  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    measure_buffer (self, GST_PAD_PROBE_INFO_BUFFER (info));
  } else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
    GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST (info);

    for (guint i = 0; i < gst_buffer_list_length (list); i++)
      measure_buffer (self, gst_buffer_list_get (list, i));
  } else {
    measure_event (self, GST_PAD_PROBE_INFO_EVENT (info));
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  return GST_PAD_PROBE_OK;
}

static void
finalize (gpointer data)
{
  MediaMeter *self = data;

  gst_object_unref (self->pad);
  luma_diff_free (self->luma);
  loudness_free (self->loudness);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
}

static void
unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, finalize);
}

/**
 * media_meter_new:
 * @pad: where to measure
 */
MediaMeter *
media_meter_new (GstPad *pad)
{
  MediaMeter *self = g_atomic_rc_box_new0 (MediaMeter);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->luma = luma_diff_new ();
  self->loudness = loudness_new ();
  forget (self);
  self->pad = gst_object_ref (pad);
  /* A probe may still run in its thread when it is removed: it has a reference
   * of its own. */
  self->probe = gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST
          | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
      on_data, g_atomic_rc_box_acquire (self), unref);
  return self;
}

void
media_meter_free (MediaMeter *self)
{
  if (!self)
    return;
  gst_pad_remove_probe (self->pad, self->probe);
  unref (self);
}

/**
 * media_meter_set_region:
 *
 * Measures change and luma in a part of the picture only, such as one tile of a
 * grid. Edges are fractions of width and height.
 */
void
media_meter_set_region (
    MediaMeter *self, double left, double top, double right, double bottom)
{
  g_mutex_lock (&self->lock);
  luma_diff_set_region (self->luma, left, top, right, bottom);
  g_mutex_unlock (&self->lock);
}

/**
 * media_meter_add_tone:
 * @frequency: Hz
 *
 * Returns: its number, for media_meter_tone()
 */
guint
media_meter_add_tone (MediaMeter *self, double frequency)
{
  guint tone;

  g_mutex_lock (&self->lock);
  tone = loudness_add_tone (self->loudness, frequency);
  g_mutex_unlock (&self->lock);
  return tone;
}

/**
 * media_meter_tone:
 *
 * Returns: the level of the tone in the 100 ms where it was loudest, dBFS
 */
double
media_meter_tone (MediaMeter *self, guint tone)
{
  double level;

  g_mutex_lock (&self->lock);
  level = loudness_tone (self->loudness, tone);
  g_mutex_unlock (&self->lock);
  return level;
}

/**
 * media_meter_reset:
 *
 * Measures anew from the next buffer on; a gap that is open now is not counted.
 */
void
media_meter_reset (MediaMeter *self)
{
  g_mutex_lock (&self->lock);
  forget (self);
  g_mutex_unlock (&self->lock);
}

static void
read_locked (MediaMeter *self, MediaReading *reading)
{
  *reading = self->reading;
  reading->rms = loudness_all (self->loudness);
  reading->recent = loudness_recent (self->loudness);
  reading->peak = loudness_peak (self->loudness);
  reading->silence = loudness_silence (self->loudness);
}

/**
 * media_meter_read:
 * @reading: (out): what was measured since the start or the last reset
 */
void
media_meter_read (MediaMeter *self, MediaReading *reading)
{
  g_mutex_lock (&self->lock);
  read_locked (self, reading);
  g_mutex_unlock (&self->lock);
}

/**
 * media_meter_wait:
 * @condition: (scope call): looked at after each buffer and event
 * @deadline: monotonic time, microseconds; see test_deadline()
 *
 * Returns: whether the condition came true before the deadline
 */
gboolean
media_meter_wait (MediaMeter *self, MediaCondition condition,
    gconstpointer data, gint64 deadline)
{
  MediaReading reading;
  gboolean met, in_time = TRUE;

  g_mutex_lock (&self->lock);
  for (;;) {
    read_locked (self, &reading);
    met = condition (&reading, data);
    if (met || !in_time)
      break;
    in_time = g_cond_wait_until (&self->cond, &self->lock, deadline);
  }
  g_mutex_unlock (&self->lock);
  return met;
}

static gboolean
has_buffers (const MediaReading *reading, gconstpointer data)
{
  return reading->buffers >= *(const guint64 *) data;
}

/**
 * media_meter_wait_buffers:
 * @buffers: how many, since the start or the last reset
 */
gboolean
media_meter_wait_buffers (MediaMeter *self, guint64 buffers, gint64 deadline)
{
  return media_meter_wait (self, has_buffers, &buffers, deadline);
}

static gboolean
is_alive (const MediaReading *reading, gconstpointer data)
{
  return (reading->buffers >= 20 && reading->changed >= 15)
      || reading->recent > MEDIA_METER_HEARD;
}

/**
 * media_meter_wait_alive:
 *
 * Waits for at least 20 frames of which 15 differ from the one before, or, with
 * audio, for a second that can be heard.
 */
gboolean
media_meter_wait_alive (MediaMeter *self, gint64 deadline)
{
  return media_meter_wait (self, is_alive, NULL, deadline);
}

/**
 * media_reading_to_string:
 *
 * Returns: (transfer full): one line, for a test's messages
 */
char *
media_reading_to_string (const MediaReading *reading)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " buffers, %" G_GUINT64_FORMAT
                          " changed, luma %.1f, still %.0f ms; rms %.1f dBFS, "
                          "last second %.1f, silence %.0f ms; gaps: arrival "
                          "%.0f ms, time %.1f ms, back %.1f ms%s",
      reading->buffers, reading->changed, reading->luma, reading->still / 1e6,
      reading->rms, reading->recent, reading->silence / 1e6,
      reading->arrival_gap / 1e6, reading->pts_gap / 1e6,
      reading->pts_back / 1e6, reading->eos ? "; EOS" : "");
}
