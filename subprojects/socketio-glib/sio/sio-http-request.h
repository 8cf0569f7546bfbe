/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

void sio_http_request_append_headers (
    GString *out, SoupMessageHeaders *headers);
char *sio_http_request_print (const char *method, const char *authority,
    const char *resource, SoupMessageHeaders *headers, const char *type,
    gsize length);

G_END_DECLS
