/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signallersettings.h"

#include <sio/sio.h>

G_BEGIN_DECLS

SioManager *signaller_manager_new (
    const SignallerSettings *settings, GError **error);

G_END_DECLS
