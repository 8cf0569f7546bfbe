/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TurnTunnel:
 *
 * Carries TURN for a libnice that knows no TLS, and does not choose where TCP comes
 * from: a port of the loopback from which what is sent goes on to a server, over TLS
 * after its certificate was checked, or over TCP. If the server names another one,
 * or does not speak TURN, the connection is closed. It has a thread of its own, as
 * all media go through it. Any thread may call.
 */
typedef struct _TurnTunnel TurnTunnel;

TurnTunnel *turn_tunnel_new (const char *host, guint port, gboolean is_tls,
    GTlsDatabase *authorities, GPtrArray *addresses, GError **error);
void turn_tunnel_free (TurnTunnel *self);

guint turn_tunnel_get_port (TurnTunnel *self);
char *turn_tunnel_dup_error (TurnTunnel *self, gboolean *is_refusal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnTunnel, turn_tunnel_free)

G_END_DECLS
