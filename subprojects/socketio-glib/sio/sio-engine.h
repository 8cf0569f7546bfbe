/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-engine-packet.h"
#include "sio-reason.h"
#include "sio-transport.h"

G_BEGIN_DECLS

typedef struct {
  /* The handshake is done; only at a client. */
  void (*opened) (gpointer data);
  void (*message) (gpointer data, const char *text, gsize length);
  void (*binary) (gpointer data, gconstpointer bytes, gsize length);
  /* Another transport has taken over; only at a client. */
  void (*upgraded) (gpointer data);
  /* The server does not show which revision it speaks; only at a client, and
   * nullable. Returns whether the session was closed for that: else it is taken
   * for the newer one. */
  gboolean (*unshown) (gpointer data);
  /* Once, unless sio_engine_close() came first. @reason is one of the above,
   * @error is what is known beyond it. */
  void (*closed) (gpointer data, const char *reason, const GError *error);
} SioEngineHandler;

#define SIO_TYPE_ENGINE (sio_engine_get_type ())
G_DECLARE_FINAL_TYPE (SioEngine, sio_engine, SIO, ENGINE, GObject)

SioEngine *sio_engine_new_client (
    SioTransport *transport, const SioEngineHandler *handler, gpointer data);
SioEngine *sio_engine_new_server (SioTransport *transport,
    const SioEngineHandshake *handshake, const SioEngineHandler *handler,
    gpointer data);
void sio_engine_upgrade (SioEngine *self, SioTransport *next);
void sio_engine_offer (SioEngine *self, SioTransport *next, guint timeout_ms);
void sio_engine_limit_rate (SioEngine *self, guint per_second, guint burst);
void sio_engine_expect_no_greeting (SioEngine *self);
gboolean sio_engine_set_old (SioEngine *self);
SioTransport *sio_engine_get_transport (SioEngine *self);
const SioEngineHandshake *sio_engine_get_handshake (SioEngine *self);
gboolean sio_engine_is_writable (SioEngine *self);
gboolean sio_engine_send (SioEngine *self, const char *text, gsize length);
gboolean sio_engine_send_message (
    SioEngine *self, const char *text, gsize length, GPtrArray *attachments);
void sio_engine_close (SioEngine *self);

G_END_DECLS
