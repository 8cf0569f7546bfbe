/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "loopthread.h"
#include "signallermember.h"

#include <sio/sio.h>

/* A server that does what the test tells it to, for one member. */
typedef struct {
  LoopThread *thread;
  SioServer *server;
  SioServerSocket *socket; /* the latest */
  char *uri;
  char *ack; /* answers what wants an acknowledgement */
  GAsyncQueue *heard;
} Puppet;

/* @ack: JSON of what answers each message that wants an acknowledgement */
Puppet *puppet_new (const char *ack);
void puppet_free (Puppet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Puppet, puppet_free)

/* @args: JSON of the arguments, an array */
void puppet_emits (Puppet *self, const char *name, const char *args);
/* Waits for a message: its name, and its arguments as JSON behind it. */
void puppet_hears (Puppet *self, const char *what);

/* A member of the room "lobby"; @settings as gst-launch-1.0 has them. */
Member *member_at (Puppet *puppet, const char *settings);
/* One that speaks @dialect, JSON, in PLAYING. */
Member *member_speaking (Puppet *puppet, const char *dialect);
