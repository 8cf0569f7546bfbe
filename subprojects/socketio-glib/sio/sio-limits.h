/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

#define SIO_TYPE_LIMITS (sio_limits_get_type ())
SIO_API
G_DECLARE_FINAL_TYPE (SioLimits, sio_limits, SIO, LIMITS, GObject)

SIO_API SioLimits *sio_limits_new (void);

G_END_DECLS
