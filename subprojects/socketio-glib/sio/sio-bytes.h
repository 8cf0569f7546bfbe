/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

SIO_API JsonNode *sio_bytes_to_json (GBytes *bytes);
SIO_API GBytes *sio_bytes_from_json (JsonNode *node);

G_END_DECLS
