/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-budget.h"
#include "sio-transport.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum { SIO_WS_CLIENT, SIO_WS_SERVER } SioWsRole;

#define SIO_TYPE_TRANSPORT_WS (sio_transport_ws_get_type ())
G_DECLARE_FINAL_TYPE (
    SioTransportWs, sio_transport_ws, SIO, TRANSPORT_WS, SioTransport)

SioTransport *sio_transport_ws_new (GIOStream *stream, SioWsRole role,
    GBytes *received, gsize max_message, gsize max_buffered);
void sio_transport_ws_limit_unfinished (
    SioTransportWs *self, SioBudget *budget, guint timeout_ms);
void sio_transport_ws_limit_unsent (SioTransportWs *self, SioBudget *budget);

G_END_DECLS
