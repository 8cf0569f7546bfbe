/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What ends by itself, such as the transport of a connection that ended, for as
 * long as what was sent over it is on its way, and who waits for that. It holds
 * none of it. */
typedef struct _SioLingering SioLingering;

SioLingering *sio_lingering_new (void);
void sio_lingering_free (SioLingering *self);
void sio_lingering_add (SioLingering *self, gpointer object);
void sio_lingering_wait (SioLingering *self, GTask *task);
void sio_lingering_release (SioLingering *self);

G_END_DECLS
