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
  /* Nothing is on its way in either direction; see sio_transport_pause(). */
  void (*paused) (gpointer data);
  /* Whether one more message, of so many bytes, may come now; NULL: always. The
   * transport ends itself if not. */
  gboolean (*admit) (gpointer data, gsize length);
  /* NULL: the peer closed it; else what went wrong. */
  void (*closed) (gpointer data, const GError *error);
} SioTransportHandler;

#define SIO_TYPE_TRANSPORT (sio_transport_get_type ())
G_DECLARE_DERIVABLE_TYPE (SioTransport, sio_transport, SIO, TRANSPORT, GObject)

/**
 * SioTransport:
 *
 * What carries the packets of one Engine.IO session. It knows nothing of what
 * the packets mean, but is told what the handshake said.
 */
struct _SioTransportClass {
  GObjectClass parent_class;

  const char *name; /* what Engine.IO calls it */
  gboolean (*send) (SioTransport *self, SioEnginePacketType type,
      const char *payload, gsize length);
  gboolean (*send_binary) (
      SioTransport *self, gconstpointer bytes, gsize length);
  /* Whether nothing waits to be sent; NULL if that cannot be. */
  gboolean (*is_writable) (SioTransport *self);
  void (*close) (SioTransport *self);
  /* NULL if that makes no difference; see sio_transport_drop(). */
  void (*drop) (SioTransport *self);

  /* The rest is for what can be upgraded to something better. */
  void (*opened) (SioTransport *self, const SioEngineHandshake *handshake);
  void (*pause) (SioTransport *self);
  void (*resume) (SioTransport *self);
  void (*hand_over) (SioTransport *self, SioTransport *next);
};

void sio_transport_set_handler (
    SioTransport *self, const SioTransportHandler *handler, gpointer data);
gboolean sio_transport_has_handler (SioTransport *self);
gboolean sio_transport_send (SioTransport *self, SioEnginePacketType type,
    const char *payload, gsize length);
gboolean sio_transport_send_binary (
    SioTransport *self, gconstpointer bytes, gsize length);
gboolean sio_transport_is_writable (SioTransport *self);
void sio_transport_close (SioTransport *self);
void sio_transport_drop (SioTransport *self);
const char *sio_transport_get_name (SioTransport *self);
guint sio_transport_get_revision (SioTransport *self);
void sio_transport_set_revision (SioTransport *self, guint revision);

void sio_transport_opened (
    SioTransport *self, const SioEngineHandshake *handshake);
gboolean sio_transport_is_upgradable (SioTransport *self);
void sio_transport_pause (SioTransport *self);
void sio_transport_resume (SioTransport *self);
void sio_transport_hand_over (SioTransport *self, SioTransport *next);

/* For the subclasses. */
gboolean sio_transport_admit (SioTransport *self, gsize length, GError **error);
void sio_transport_deliver_packet (
    SioTransport *self, const char *text, gsize length);
void sio_transport_deliver_binary (
    SioTransport *self, gconstpointer bytes, gsize length);
void sio_transport_deliver_paused (SioTransport *self);
void sio_transport_deliver_closed (SioTransport *self, const GError *error);

G_END_DECLS
