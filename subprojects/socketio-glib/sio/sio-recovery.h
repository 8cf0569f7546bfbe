/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

/* What a socket knows for connection state recovery: the private id that the
 * server gave to it, and where in the stream of events it is. */
typedef struct {
  char *pid;
  char *offset;
} SioRecovery;

gboolean sio_recovery_connected (SioRecovery *self, const SioPacket *reply);
void sio_recovery_note (SioRecovery *self, const SioPacket *event);
JsonNode *sio_recovery_dup_payload (const SioRecovery *self, JsonNode *auth);
void sio_recovery_clear (SioRecovery *self);

G_END_DECLS
