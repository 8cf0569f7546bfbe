/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * A way to a server on this machine, on a thread of its own, on which the network
 * can swallow what goes over it: as when a telephone changes it, the client notices
 * that its connection is gone, and the server does not.
 */
typedef struct _TcpRelay TcpRelay;

TcpRelay *tcp_relay_new (guint port);
void tcp_relay_free (TcpRelay *self);
guint tcp_relay_get_port (TcpRelay *self);
/* All connections that there are; those that come after it are others. */
void tcp_relay_swallow (TcpRelay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcpRelay, tcp_relay_free)
