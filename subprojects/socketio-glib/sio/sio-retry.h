/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-backoff.h"

G_BEGIN_DECLS

gboolean sio_retry_is_useful (const GError *error, gboolean was_open);
guint sio_retry_get_delay (
    SioBackoff *backoff, const GError *error, double chance);

G_END_DECLS
