/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstsocketiosignaller.h"
#include "signallerproperties.h"
#include "signallerrun.h"

G_BEGIN_DECLS

/* Shared by gstsocketiosignaller.c (properties, states, actions) and
 * signallerteller.c (signals, messages). */

struct _GstSocketIOSignaller {
  GstElement parent;

  /* Guarded by the object lock; read once at READY->PAUSED. */
  SignallerProperties properties;
  SessionState state; /* of the latest run */
  gboolean trickle;   /* the dialect's, from READY on */
  guint64 n_runs;

  /* Guards `run` while somebody posts to it; nothing is called under it. Never
   * taken inside the object lock. */
  GMutex run_lock;
  /* From READY to PAUSED and back */
  SignallerRun *run;
};

G_END_DECLS
