/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "room.h"

G_BEGIN_DECLS

#define GST_TYPE_ROOM_CALL_BIN (gst_room_call_bin_get_type ())
G_DECLARE_FINAL_TYPE (
    GstRoomCallBin, gst_room_call_bin, GST, ROOM_CALL_BIN, GstBin)

GST_ELEMENT_REGISTER_DECLARE (roomcallbin)

Room *gst_room_call_bin_get_room (GstRoomCallBin *self);

G_END_DECLS
