/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "dialect.h"

G_BEGIN_DECLS

char *dialect_check_capture (
    const Dialect *dialect, JsonNode *capture, guint *n_faults, GError **error);

G_END_DECLS
