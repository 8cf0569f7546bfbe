/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-bytes.h"

G_BEGIN_DECLS

gboolean sio_bytes_is_placeholder (JsonObject *object);
gboolean sio_bytes_are_in (JsonObject *object);
GBytes *sio_bytes_from_object (JsonObject *object);

gboolean sio_bytes_expand (
    JsonNode *node, GPtrArray *attachments, gsize max_bytes, GError **error);

G_END_DECLS
