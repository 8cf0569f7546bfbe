/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-engine.h"
#include "sio-limits-private.h"
#include "sio-target.h"

G_BEGIN_DECLS

/* What a connection is made with. */
typedef struct {
  SioTarget *target;
  const char *const *transports; /* in the order in which to try them */
  guint revision;                /* which the server is asked to speak */
  gboolean knows_revision;       /* from a connection before */
  guint timeout;                 /* ms, for all of them together */
  const SioLimitValues *limits;  /* as they are when they are needed */
} SioConnectionSettings;

typedef struct {
  void (*opened) (gpointer data);
  void (*message) (gpointer data, const char *text, gsize length);
  void (*binary) (gpointer data, gconstpointer bytes, gsize length);
  /* Another transport has taken over. */
  void (*upgraded) (gpointer data);
  /* Once, unless it was freed first. @reason is NULL if it has never been
   * open, and there is an @error then. */
  void (*closed) (gpointer data, const char *reason, const GError *error);
} SioConnectionHandler;

typedef struct _SioConnection SioConnection;

SioConnection *sio_connection_new (GMainContext *context,
    const SioConnectionSettings *settings, const SioConnectionHandler *handler,
    gpointer data);
void sio_connection_free (SioConnection *self);
gboolean sio_connection_send_message (SioConnection *self, const char *text,
    gsize length, GPtrArray *attachments);
gboolean sio_connection_is_writable (SioConnection *self);
const SioEngineHandshake *sio_connection_get_handshake (SioConnection *self);
gpointer sio_connection_peek_transport (SioConnection *self);
const char *sio_connection_get_transport (SioConnection *self);
guint sio_connection_get_revision (SioConnection *self);
gboolean sio_connection_set_old (SioConnection *self);

gboolean sio_connection_knows_transport (const char *name);

G_END_DECLS
