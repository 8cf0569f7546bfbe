/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-target.h"

G_BEGIN_DECLS

void sio_ws_dial_async (SioTarget *target, const char *resource,
    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GIOStream *sio_ws_dial_finish (
    GAsyncResult *result, GBytes **received, GError **error);

G_END_DECLS
