/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-target.h"
#include "sio-transport.h"

G_BEGIN_DECLS

#define SIO_TYPE_TRANSPORT_POLLING (sio_transport_polling_get_type ())
G_DECLARE_FINAL_TYPE (SioTransportPolling, sio_transport_polling, SIO,
    TRANSPORT_POLLING, SioTransport)

SioTransport *sio_transport_polling_new (SioTarget *target, guint revision,
    gsize max_message, gsize max_body, guint max_packets, gsize max_buffered);

G_END_DECLS
