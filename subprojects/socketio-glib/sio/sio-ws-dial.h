/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Where to connect to. */
typedef struct {
  char *host; /* without the brackets of an IPv6 address */
  guint16 port;
  gboolean tls;
  char *resource;              /* path and query; may hold a secret */
  SoupMessageHeaders *headers; /* nullable; may hold secrets */
  GTlsDatabase *database;      /* NULL for the system's */
  gboolean insecure;           /* takes any certificate */
} SioWsTarget;

SioWsTarget *sio_ws_target_new (
    const char *uri, const char *path, const char *query, GError **error);
void sio_ws_target_free (SioWsTarget *self);

void sio_ws_dial_async (SioWsTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data);
GIOStream *sio_ws_dial_finish (
    GAsyncResult *result, GBytes **received, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioWsTarget, sio_ws_target_free)

G_END_DECLS
