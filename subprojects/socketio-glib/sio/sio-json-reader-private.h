/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-json-reader.h"

G_BEGIN_DECLS

/* A value costs some 100 bytes of memory for as few as 2 bytes of text: without
 * this limit 1 MB of text would become 50 MB. */
#define SIO_JSON_MAX_VALUES 65536

JsonNode *sio_json_read (
    const char *text, gsize length, guint max_depth, GError **error);

G_END_DECLS
