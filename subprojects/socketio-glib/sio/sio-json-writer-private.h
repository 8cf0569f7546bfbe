/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-json-writer.h"

G_BEGIN_DECLS

void sio_json_write_string (GString *out, const char *string);
gboolean sio_json_write (GString *out, JsonNode *node, GError **error);

G_END_DECLS
