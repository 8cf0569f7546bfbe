/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-soup-exchange.h"
#include "sio-transport.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How much of a client's data is taken, and how much may wait for it. */
typedef struct {
  gsize max_body; /* of a POST, and of the answer to a GET */
  guint max_packets;
  gsize max_buffered;
} SioHeldLimits;

#define SIO_TYPE_TRANSPORT_HELD (sio_transport_held_get_type ())
G_DECLARE_FINAL_TYPE (
    SioTransportHeld, sio_transport_held, SIO, TRANSPORT_HELD, SioTransport)

SioTransportHeld *sio_transport_held_new (guint revision, gboolean text,
    const SioHeldLimits *limits, SioBudget *unsent);
void sio_transport_held_poll (
    SioTransportHeld *self, SioSoupExchange *exchange);
gboolean sio_transport_held_is_expecting (SioTransportHeld *self);
gboolean sio_transport_held_begin_post (SioTransportHeld *self);
void sio_transport_held_post (SioTransportHeld *self, SioSoupExchange *exchange,
    const char *body, gsize length, gboolean bytes);
void sio_transport_held_abort_post (
    SioTransportHeld *self, const GError *error);

G_END_DECLS
