/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-ack.h"

G_BEGIN_DECLS

/* Sends the answer to @id, unless @socket is no longer on connection number
 * @session. */
typedef gboolean (*SioAckSend) (
    GObject *socket, guint session, guint64 id, JsonNode *arguments);

SioAck *sio_ack_new (
    GObject *socket, guint session, guint64 id, SioAckSend send);

G_END_DECLS
