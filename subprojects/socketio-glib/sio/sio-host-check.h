/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean sio_host_check (
    const char *host, const char *machine, const char *const *allowed);

G_END_DECLS
