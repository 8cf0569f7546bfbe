/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TurnTunnel:
 *
 * TURN over TLS for a libnice that knows none: a port of the loopback at which
 * what is sent in clear goes on over TLS, to a server whose certificate is checked
 * first. It has a thread of its own, as all media go through it. It knows nothing
 * of TURN. Any thread may call.
 */
typedef struct _TurnTunnel TurnTunnel;

TurnTunnel *turn_tunnel_new (
    const char *host, guint port, GTlsDatabase *authorities, GError **error);
void turn_tunnel_free (TurnTunnel *self);

guint turn_tunnel_get_port (TurnTunnel *self);
char *turn_tunnel_dup_error (TurnTunnel *self, gboolean *is_refusal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TurnTunnel, turn_tunnel_free)

G_END_DECLS
