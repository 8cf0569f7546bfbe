/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/loopbacksignaller.h"
#include "common/mediameter.h"

/*
 * A member of a call in the test's own process: a pipeline round a roomcallbin
 * named "call", with a loopback signaller, and a meter on each output.
 */
typedef struct _CallMember CallMember;

#define CALL_MEMBER_VIDEO                            \
  " videotestsrc is-live=true horizontal-speed=8 ! " \
  "video/x-raw,width=320,height=240,framerate=15/1 ! call.video_0 "
/* A tone of its own for each member, to be told apart in a mix. */
#define CALL_MEMBER_AUDIO(frequency)                                        \
  " audiotestsrc is-live=true freq=" #frequency                             \
  " volume=0.2 samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1 ! " \
  "call.audio_0 "

CallMember *call_member_new (
    const char *room, const char *properties, const char *pipeline);
void call_member_free (CallMember *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CallMember, call_member_free)

GstElement *call_member_get_call (CallMember *self);
GstElement *call_member_get_pipeline (CallMember *self);
LoopbackSignaller *call_member_get_signaller (CallMember *self);
MediaMeter *call_member_add_output (
    CallMember *self, const char *pad, const char *caps);
MediaMeter *call_member_get_meter (CallMember *self, const char *pad);

void call_member_play (CallMember *self);
void call_member_stop (CallMember *self);

gboolean call_member_wait (CallMember *self, const char *message,
    const char *field, const char *value, gint64 deadline);
gboolean call_member_wait_count (CallMember *self, const char *message,
    const char *field, const char *value, guint count, gint64 deadline);
GstStructure *call_member_get_message (CallMember *self, const char *message,
    const char *field, const char *value);
void call_member_forget (CallMember *self);
guint call_member_count (CallMember *self, const char *message,
    const char *field, const char *value);
gboolean call_member_wait_eos (CallMember *self, gint64 deadline);
char *call_member_get_error (CallMember *self);
