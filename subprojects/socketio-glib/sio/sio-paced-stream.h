/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SIO_TYPE_PACED_STREAM (sio_paced_stream_get_type ())
G_DECLARE_FINAL_TYPE (
    SioPacedStream, sio_paced_stream, SIO, PACED_STREAM, GIOStream)

GIOStream *sio_paced_stream_new (GIOStream *base);

G_END_DECLS
