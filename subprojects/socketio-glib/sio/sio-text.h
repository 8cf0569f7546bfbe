/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

const char *sio_text_peek (JsonNode *node);
char *sio_text_dup_shown (const char *text, gsize max_bytes);

G_END_DECLS
