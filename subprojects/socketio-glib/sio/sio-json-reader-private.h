/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-json-reader.h"

G_BEGIN_DECLS

JsonNode *sio_json_read (
    const char *text, gsize length, guint max_depth, GError **error);

G_END_DECLS
