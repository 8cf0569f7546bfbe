/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <sio/sio-error.h>

G_BEGIN_DECLS

/**
 * SIO_JSON_MAX_DEPTH:
 *
 * How deep arrays and objects may be nested in what sio_json_parse() reads and
 * sio_json_print() writes.
 *
 * Since: 0.1
 */
#define SIO_JSON_MAX_DEPTH 64

SIO_API JsonNode *sio_json_parse (
    const char *text, gssize length, GError **error);
SIO_API JsonNode *sio_json_parse_with_lines (
    const char *text, gssize length, GHashTable *lines, GError **error);

G_END_DECLS
