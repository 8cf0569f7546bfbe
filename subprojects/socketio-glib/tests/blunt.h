/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio-ws-frame.h>

G_BEGIN_DECLS

/* Clients of a server in another process, with sockets that block and no more
 * than they need. A server that does not answer in time ends the program. */

#define BLUNT_PATIENCE_S 20

#define BLUNT_HEAD(method, path) \
  method " " path " HTTP/1.1\r\nHost: localhost\r\n"
#define BLUNT_WEBSOCKET                             \
  "Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"
#define BLUNT_ENGINE(transport) "/socket.io/?EIO=4&transport=" transport

int blunt_dial (guint port);
gboolean blunt_put (int fd, gconstpointer data, gsize length);
gboolean blunt_put_text (int fd, const char *text);
gboolean blunt_put_frame (int fd, SioWsOpcode opcode, const char *text);
char *blunt_take (int fd, const char *text);
void blunt_append_frame (GByteArray *out, SioWsOpcode opcode, gboolean last,
    const char *data, gsize length);
int blunt_become_client (guint port);
char *blunt_open_session (guint port);

G_END_DECLS
