/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The transports of connections that ended, for as long as what was sent over
 * them is on its way, and who waits for that. It holds none of them. */
typedef struct _SioLingering SioLingering;

SioLingering *sio_lingering_new (void);
void sio_lingering_free (SioLingering *self);
void sio_lingering_add (SioLingering *self, gpointer transport);
void sio_lingering_wait (SioLingering *self, GTask *task);

G_END_DECLS
