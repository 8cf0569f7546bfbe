/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-engine-packet.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Who gets what a transport brings. Nothing is called from within a call to the
 * transport, only from its context, and nothing after `closed`. */
typedef struct {
  /* One encoded Engine.IO packet, with a zero byte after its end. */
  void (*packet) (gpointer data, const char *text, gsize length);
  /* One binary message, without what the transport frames it with. */
  void (*binary) (gpointer data, gconstpointer bytes, gsize length);
  /* NULL: the peer closed it; else what went wrong. */
  void (*closed) (gpointer data, const GError *error);
} SioTransportHandler;

#define SIO_TYPE_TRANSPORT (sio_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (SioTransport, sio_transport, SIO, TRANSPORT, GObject)

/**
 * SioTransport:
 *
 * What carries the packets of one Engine.IO session, open from the beginning.
 * It knows nothing of what the packets mean.
 */
struct _SioTransportClass {
  GObjectClass parent_class;

  gboolean (*send) (SioTransport *self, SioEnginePacketType type,
      const char *payload, gsize length);
  gboolean (*send_binary) (
      SioTransport *self, gconstpointer bytes, gsize length);
  /* Whether nothing waits to be sent; NULL if that cannot be. */
  gboolean (*is_writable) (SioTransport *self);
  void (*close) (SioTransport *self);
};

void sio_transport_set_handler (
    SioTransport *self, const SioTransportHandler *handler, gpointer data);
gboolean sio_transport_send (SioTransport *self, SioEnginePacketType type,
    const char *payload, gsize length);
gboolean sio_transport_send_binary (
    SioTransport *self, gconstpointer bytes, gsize length);
gboolean sio_transport_is_writable (SioTransport *self);
void sio_transport_close (SioTransport *self);

/* For the subclasses. */
void sio_transport_deliver_packet (
    SioTransport *self, const char *text, gsize length);
void sio_transport_deliver_binary (
    SioTransport *self, gconstpointer bytes, gsize length);
void sio_transport_deliver_closed (SioTransport *self, const GError *error);

G_END_DECLS
