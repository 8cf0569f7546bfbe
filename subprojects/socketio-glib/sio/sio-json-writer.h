/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio-error.h>

G_BEGIN_DECLS

SIO_API char *sio_json_print (JsonNode *node, gsize *length, GError **error);

G_END_DECLS
