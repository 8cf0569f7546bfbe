/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

/*
 * A member of a room by its signaller alone: a socketiosignaller, and what it
 * tells, as text, in order. A check that fails ends the test.
 */
typedef struct {
  GstElement *element;
  GstBus *bus;
  /* Guards what follows, which the signaller's thread fills. */
  GMutex lock;
  GCond cond;
  GQueue told;
  char *id;
  GThread *thread;
} Member;

/* @settings: the properties as gst-launch-1.0 has them */
Member *member_new (const char *settings);
/* A server that is no member, and a member of its room "lobby". */
Member *member_new_host (void);
Member *member_new_guest (Member *host, const char *settings);
void member_free (Member *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

void member_goes_to (Member *self, GstState state);
void member_sends_description (
    Member *self, Member *to, const char *type, const char *sdp);
void member_sends_candidate (Member *self, Member *to, int mline,
    const char *mid, const char *candidate);

/* Waits until only we hold it: what was stopped from its own thread ends behind. */
void member_is_let_go (Member *self);

/* The next thing that it tells; @waiting_for is for people. */
char *member_next (Member *self, const char *waiting_for);
void member_tells (Member *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The one whom it finds in a room, and that it is everybody, in a dialect whose
 * server does not say so: 300 ms without a word are taken for that, which a busy
 * machine may need for the word. */
void member_finds (Member *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void member_tells_nothing (Member *self);
/* Waits for a message; its text must have @words in it. */
void member_posts (Member *self, GstMessageType type, const char *words);
/* Waits for a roomcall/warning; its text must have @words in it. */
void member_warns (Member *self, const char *words);
/* Waits for roomcall/connection with @state. */
void member_reaches (Member *self, const char *state);
