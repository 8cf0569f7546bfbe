/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SIO_PACKET_MAX_ATTACHMENTS 10
#define SIO_PACKET_MAX_NAMESPACE 256
#define SIO_PACKET_MAX_EVENT 256
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
  JsonNode *payload; /* NULL if there is none */
} SioPacket;

SioPacket *sio_packet_parse (const char *text, gsize length, GError **error);
void sio_packet_free (SioPacket *self);

char *sio_packet_dup_event (const SioPacket *self);
JsonNode *sio_packet_dup_arguments (const SioPacket *self);

char *sio_packet_print (SioPacketType type, const char *nsp, JsonNode *payload,
    gsize *length, GError **error);
char *sio_packet_print_event (const char *nsp, guint64 id, const char *event,
    JsonNode *arguments, gsize *length, GError **error);
char *sio_packet_print_ack (const char *nsp, guint64 id, JsonNode *arguments,
    gsize *length, GError **error);

gboolean sio_packet_check_event (
    const char *event, JsonNode *arguments, GError **error);
gboolean sio_packet_check_namespace (const char *nsp, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioPacket, sio_packet_free)

G_END_DECLS
