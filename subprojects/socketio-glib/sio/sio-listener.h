/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Accepts TCP connections, within limits, and gives each a deadline. */
typedef struct _SioListener SioListener;

typedef void (*SioListenerFunc) (GSocketConnection *connection,
    GSocketAddress *local, GSocketAddress *remote, gpointer data);

SioListener *sio_listener_new (SioListenerFunc func, gpointer data);
void sio_listener_free (SioListener *self);
void sio_listener_set_limits (
    SioListener *self, guint connections, guint per_address, guint deadline_ms);
gboolean sio_listener_bind (
    SioListener *self, const char *host, guint port, GError **error);
guint sio_listener_get_port (SioListener *self);
guint sio_listener_get_connections (SioListener *self);
void sio_listener_set_deadline (GSocketAddress *remote, guint delay_ms);
void sio_listener_part (GSocketAddress *remote, guint delay_ms);
GSocket *sio_listener_get_socket (GSocketAddress *remote);
char *sio_listener_dup_address (GSocketAddress *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioListener, sio_listener_free)

G_END_DECLS
