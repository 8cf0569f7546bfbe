/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The revision of the protocol that is spoken, as in `EIO=4`; a client speaks
 * the one before as well. */
#define SIO_ENGINE_REVISION 4
#define SIO_ENGINE_OLD_REVISION 3

typedef enum {
  SIO_ENGINE_OPEN,
  SIO_ENGINE_CLOSE,
  SIO_ENGINE_PING,
  SIO_ENGINE_PONG,
  SIO_ENGINE_MESSAGE,
  SIO_ENGINE_UPGRADE,
  SIO_ENGINE_NOOP
} SioEnginePacketType;

typedef struct {
  SioEnginePacketType type;
  /* Within the text that was parsed, and of what follows the type. */
  const char *payload;
  gsize length;
} SioEnginePacket;

/* What an open packet carries. */
typedef struct {
  char *sid;
  guint ping_interval; /* ms */
  guint ping_timeout;  /* ms */
  gint64 max_payload;  /* bytes of one packet; 0 if the server did not say */
  gboolean websocket;  /* the session can be upgraded to one */
} SioEngineHandshake;

gboolean sio_engine_packet_parse (
    const char *text, gsize length, SioEnginePacket *packet, GError **error);
SioEngineHandshake *sio_engine_handshake_parse (
    const char *text, gsize length, GError **error);
char *sio_engine_handshake_print (const SioEngineHandshake *self);
SioEngineHandshake *sio_engine_handshake_copy (const SioEngineHandshake *self);
void sio_engine_handshake_free (SioEngineHandshake *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioEngineHandshake, sio_engine_handshake_free)

G_END_DECLS
