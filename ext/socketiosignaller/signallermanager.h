/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signallersettings.h"

#include <sio/sio.h>

G_BEGIN_DECLS

GTlsDatabase *signaller_manager_open_cafile (
    const char *cafile, GError **error);
void signaller_manager_set_query (
    SioManager *self, const SignallerSettings *settings, JsonNode *dialect);
SioManager *signaller_manager_new (
    const SignallerSettings *settings, GError **error);

G_END_DECLS
