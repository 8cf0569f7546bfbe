/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

/*
 * What really flows through a pad: pictures that change, sound that is heard,
 * time without holes. Sits on a pad as a probe; measures raw audio, raw video,
 * and of anything else the timing. All durations are in nanoseconds.
 */
typedef struct _MediaMeter MediaMeter;

typedef struct {
  guint64 buffers;          /* frames of video, buffers of audio */
  GstClockTime arrival_gap; /* longest wait from one buffer to the next */
  GstClockTime pts_gap;     /* longest hole between two buffers' times */
  GstClockTime pts_back;    /* longest step, or overlap, backwards */
  GstClockTime length;      /* from the first buffer's time to the last's */
  gboolean eos;

  /* Video */
  guint64 changed;    /* frames that differ from the one before */
  double luma;        /* mean of the last frame, 0 .. 255 */
  GstClockTime still; /* longest time of the stream without such a frame */
  int width, height;

  /* Audio, in dBFS; see loudness.h */
  double rms;           /* of everything */
  double recent;        /* of the last second */
  double peak;          /* of the loudest 20 ms */
  GstClockTime silence; /* longest */
} MediaReading;

/* A frame differs if its luma does by more than this, on the mean. */
#define MEDIA_METER_CHANGE 2.0
/* Sound is heard above this. */
#define MEDIA_METER_HEARD (-40.0)

MediaMeter *media_meter_new (GstPad *pad);
void media_meter_free (MediaMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaMeter, media_meter_free)

void media_meter_set_region (
    MediaMeter *self, double left, double top, double right, double bottom);
guint media_meter_add_tone (MediaMeter *self, double frequency);
double media_meter_tone (MediaMeter *self, guint tone);

void media_meter_reset (MediaMeter *self);
void media_meter_read (MediaMeter *self, MediaReading *reading);

typedef gboolean (*MediaCondition) (
    const MediaReading *reading, gconstpointer data);
gboolean media_meter_wait (MediaMeter *self, MediaCondition condition,
    gconstpointer data, gint64 deadline);
gboolean media_meter_wait_buffers (
    MediaMeter *self, guint64 buffers, gint64 deadline);
gboolean media_meter_wait_alive (MediaMeter *self, gint64 deadline);
char *media_reading_to_string (const MediaReading *reading);
