/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gstroomcallbin.h"
#include "roomcallsettings.h"
#include "signallerchild.h"

G_BEGIN_DECLS

/* Shared by gstroomcallbin.c (properties, states) and roomcallpads.c. */

struct _GstRoomCallBin {
  GstBin parent;

  Room *room;
  SignallerChild signaller;

  /* Under OBJECT_LOCK. */
  RoomCallSettings settings;
  guint n_inputs;
  guint n_ended; /* inputs whose stream has ended */
  gboolean ended;
};

void gst_room_call_bin_end_soon (GstRoomCallBin *self);

G_END_DECLS
