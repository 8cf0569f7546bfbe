/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *json_text_parse (const char *text, gssize length, GError **error);
char *json_text_print (JsonNode *node);

G_END_DECLS
