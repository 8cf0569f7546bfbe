/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *sio_connect_request_print_old (const char *nsp, JsonNode *auth);

G_END_DECLS
