/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

GError *sio_http_error_new (SoupMessageHeaders *headers, guint status,
    const char *phrase, const char *body, gsize length);

G_END_DECLS
