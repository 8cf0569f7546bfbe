/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

G_BEGIN_DECLS

/* A packet as Engine.IO carries it: a text message, and the binary ones that
 * follow it. */
typedef struct {
  char *text;
  gsize length;
  GPtrArray *attachments; /* of GBytes; NULL if there are none */
  gsize size;             /* of all of it, in bytes */
  gsize largest;          /* of any of them, with Engine.IO's type */
} SioMessage;

SioMessage *sio_message_new (SioPacketType type, const char *nsp,
    JsonNode *payload, const SioLimitValues *limits, GError **error);
SioMessage *sio_message_new_event (const char *nsp, guint64 id,
    const char *event, JsonNode *arguments, const SioLimitValues *limits,
    GError **error);
SioMessage *sio_message_new_ack (const char *nsp, guint64 id,
    JsonNode *arguments, const SioLimitValues *limits, GError **error);
void sio_message_free (SioMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioMessage, sio_message_free)

G_END_DECLS
