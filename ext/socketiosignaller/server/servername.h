/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Characters of a name that is shown. */
#define SERVER_NAME_MAX 64
/* Of an id: enough to tell members apart, and too little to pass for one. */
#define SERVER_NAME_ID_LENGTH 8

char *server_name_choose (
    JsonNode *userdata, JsonNode *auth, const char *id, gboolean *is_given);
char *server_name_quote (const char *text);

G_END_DECLS
