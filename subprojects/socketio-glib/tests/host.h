/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio.h>

G_BEGIN_DECLS

/* What a server told of its clients, one line each, such as "disconnect ping
 * timeout". It answers each event that asks for it with the event's own
 * arguments. */
typedef struct {
  SioServer *server;
  SioServerSocket *socket; /* the last that connected */
  guint connections;
  GString *lines;
} Host;

void host_watch (Host *host, SioServer *server);
void host_clear (Host *host);

G_END_DECLS
