/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sendbranch.h"

G_BEGIN_DECLS

#define GST_TYPE_ROOM_CALL_SINK_PAD (gst_room_call_sink_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRoomCallSinkPad, gst_room_call_sink_pad, GST,
    ROOM_CALL_SINK_PAD, GstGhostPad)

#define GST_TYPE_ROOM_CALL_SRC_PAD (gst_room_call_src_pad_get_type ())
G_DECLARE_FINAL_TYPE (GstRoomCallSrcPad, gst_room_call_src_pad, GST,
    ROOM_CALL_SRC_PAD, GstGhostPad)

void gst_room_call_sink_pad_set_branch (
    GstRoomCallSinkPad *self, SendBranch *branch);
SendBranch *gst_room_call_sink_pad_get_branch (GstRoomCallSinkPad *self);
void gst_room_call_sink_pad_rest (GstRoomCallSinkPad *self);

G_END_DECLS
