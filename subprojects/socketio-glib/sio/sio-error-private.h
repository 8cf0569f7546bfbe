/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-error.h"

G_BEGIN_DECLS

GError *sio_error_new_http_status (guint status, guint retry_after,
    const char *format, ...) G_GNUC_PRINTF (3, 4);
GError *sio_error_new_refused (const char *message, JsonNode *data);
guint sio_error_get_retry_after (const GError *error);
int sio_error_get_engine_code (const GError *error);
void sio_error_set_engine_code (GError *error, int code);

G_END_DECLS
