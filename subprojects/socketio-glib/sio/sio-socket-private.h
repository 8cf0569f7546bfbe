/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-ack-table.h"
#include "sio-client-private.h"
#include "sio-early.h"
#include "sio-name-log.h"
#include "sio-outbox.h"
#include "sio-recovery.h"

G_BEGIN_DECLS

/* What the files of SioSocket share: its connection is in sio-socket.c, how it
 * comes about in sio-socket-join.c, what it sends in sio-socket-emit.c, and what it
 * sends until it is acknowledged in sio-socket-deliver.c. */

typedef enum {
  STATE_INACTIVE,   /* not asked to be connected, or given up */
  STATE_WAITING,    /* wants a connection, and the manager has none */
  STATE_CONNECTING, /* CONNECT is sent */
  STATE_CONNECTED
} State;

struct _SioSocket {
  GObject parent_instance;

  SioManager *manager; /* not owned; NULL once it is gone */
  char *nsp;
  char *id;
  JsonNode *auth;
  State state;
  guint session; /* counts the connections */
  guint epoch;   /* of the manager, when it was asked to connect */
  guint
      owed; /* the epoch in which CONNECT was sent by who then left; 0: none */

  GSource *reply_due;
  gboolean awaiting_auth; /* CONNECT is not sent yet */
  SioRecovery recovery;
  gboolean recovered;
  SioNameLog *unhandled;
  SioLimits *limits;
  SioEarly early;
  SioOutbox *outbox;
  SioAckTable *acks;
  GQueue deliveries;   /* of GTask */
  gboolean delivering; /* the first of them is sent */
};

void sio_socket_end_refused (SioSocket *self, const GError *error);
gboolean sio_socket_ask_auth (SioSocket *self);

void sio_socket_await_turn (SioSocket *self);
void sio_socket_await_reply (SioSocket *self);
void sio_socket_owe_disconnect (SioSocket *self);
gboolean sio_socket_owes_disconnect (SioSocket *self);

void sio_socket_flush (SioSocket *self);
gboolean sio_socket_send_ack (
    GObject *socket, guint session, guint64 id, JsonNode *arguments);
void sio_socket_resume_deliveries (SioSocket *self);
void sio_socket_lose_deliveries (SioSocket *self);

G_END_DECLS
