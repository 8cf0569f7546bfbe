/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-limits-private.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SIO_PACKET_NO_ID ((guint64) -1)

typedef enum {
  SIO_PACKET_CONNECT,
  SIO_PACKET_DISCONNECT,
  SIO_PACKET_EVENT,
  SIO_PACKET_ACK,
  SIO_PACKET_CONNECT_ERROR,
  SIO_PACKET_BINARY_EVENT,
  SIO_PACKET_BINARY_ACK
} SioPacketType;

typedef struct {
  SioPacketType type;
  char *nsp;         /* never NULL: "/" if the packet names none */
  guint64 id;        /* of the acknowledgement, or SIO_PACKET_NO_ID */
  guint attachments; /* how many binary messages follow */
  gsize size;        /* of all its messages so far, in bytes */
  JsonNode *payload; /* NULL if there is none */
} SioPacket;

SioPacket *sio_packet_parse (const char *text, gsize length,
    const SioLimitValues *limits, guint *attachments, GError **error);
SioPacket *sio_packet_copy (const SioPacket *self);
void sio_packet_free (SioPacket *self);

char *sio_packet_dup_event (const SioPacket *self);
JsonNode *sio_packet_dup_arguments (const SioPacket *self);

gboolean sio_packet_check_event (const char *event, JsonNode *arguments,
    const SioLimitValues *limits, GError **error);
gboolean sio_packet_check_namespace (
    const char *nsp, const SioLimitValues *limits, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioPacket, sio_packet_free)

G_END_DECLS
