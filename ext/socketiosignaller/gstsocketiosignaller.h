/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SOCKET_IO_SIGNALLER (gst_socket_io_signaller_get_type ())
G_DECLARE_FINAL_TYPE (GstSocketIOSignaller, gst_socket_io_signaller, GST,
    SOCKET_IO_SIGNALLER, GstElement)

GST_ELEMENT_REGISTER_DECLARE (socketiosignaller)

G_END_DECLS
