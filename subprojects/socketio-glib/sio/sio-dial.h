/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-target.h"

G_BEGIN_DECLS

void sio_dial_async (SioTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data);
GIOStream *sio_dial_finish (GAsyncResult *result, GError **error);
void sio_dial_http_async (SioTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data);
GIOStream *sio_dial_http_finish (
    GAsyncResult *result, gboolean *to_proxy, GError **error);
void sio_dial_hang_up (GIOStream *stream);

G_END_DECLS
