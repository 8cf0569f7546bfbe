/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/testcheck.h"

#include "livemixer.h"

/* A pipeline around one LiveMixer, with a look at all that comes out of it, and
 * live sources that join and leave. */

/* Small pictures: what is tested is the clock, not the scaler. */
#define MIX_VIDEO "video/x-raw,format=I420,width=320,height=240,framerate=15/1"
#define MIX_AUDIO "audio/x-raw,format=S16LE,rate=48000,channels=2"
#define VIDEO_IN "video/x-raw,format=I420,width=160,height=120,framerate=15/1"
#define AUDIO_IN "audio/x-raw,format=S16LE,rate=48000,channels=2"

#define UPSTREAM_LATENCY (100 * GST_MSECOND)
#define GAP_MAX (200 * G_TIME_SPAN_MILLISECOND)

/* A machine with other work to do is late at times, but not each time: what is
 * measured by the clock has to be in time once. */
#define MIX_ATTEMPTS 5

/* Returns: (transfer full) (nullable): what was not as it should be */
typedef char *(*MixAttempt) (MediaKind kind);

/* Of so many one has to be as it should be. */
void mix_attempt (MixAttempt attempt, MediaKind kind);

/* What loop tests run with. */
static const MediaKind mix_kinds[] G_GNUC_UNUSED = { MEDIA_AUDIO, MEDIA_VIDEO };

typedef struct {
  MediaKind kind;
  GstElement *pipeline;
  GstElement *filter;
  GstElement *sink;
  LiveMixer *mixer;
  GstClockTime latency;

  GMutex lock; /* guards all below */
  GCond cond;
  guint n_buffers;
  guint n_late;
  guint n_caps;
  guint n_eos;
  guint n_after_eos;
  guint n_warnings;
  guint n_errors;
  guint n_broken;
  GstClockTime first_pts;
  GstClockTime next_pts;
  gint64 last_arrival;
  gint64 worst_gap;
  gint64 eos_time;
  GstBuffer *last;
  char *warned_id;
  gboolean watching;
  guint n_watched;
  guint n_empty;
  GstClockTime last_shown; /* where the last one ended that is not empty */
} MixWorld;

MixWorld *mix_world_new (MediaKind kind, const char *wish);
MixWorld *mix_world_of (MediaKind kind);
void mix_world_free (MixWorld *world);
void mix_world_play (MixWorld *world);

/* Lets the mixer give so much more. */
void mix_world_run (MixWorld *world, GstClockTime time);

/* No hole in the stamps, one format, no ERROR. */
void mix_world_check (MixWorld *world);

/* Of the last buffer: white, or loud. */
gboolean mix_world_shows (MixWorld *world);
guint mix_world_luma (MixWorld *world, guint x, guint y);
guint mix_world_peak (MixWorld *world);

/* Whether what comes out is looked at, for n_watched, n_empty and last_shown. */
void mix_world_watch (MixWorld *world, gboolean watching);

/* Until the output shows, or no longer shows, the one input. */
void mix_world_wait (MixWorld *world, gboolean shown);

GstClockTime mix_latency_of (GstPad *pad, gboolean *live);

typedef struct {
  MixWorld *world;
  GstElement *source; /* a bin with a src pad of a tee */
  GstPad *src;
  GstPad *entry;
} Talker;

/* White, or a tone, unless @description says what. */
Talker *talker_new (
    MixWorld *world, const char *description, const LiveMixerInput *params);

/* Takes the input out first: what feeds it still pushes. */
void talker_free (Talker *talker);
