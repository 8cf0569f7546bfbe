/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many there are, in all and under each name. */
typedef struct _SioTally SioTally;

SioTally *sio_tally_new (void);
void sio_tally_free (SioTally *self);
void sio_tally_add (SioTally *self, const char *name);
void sio_tally_remove (SioTally *self, const char *name);
guint sio_tally_count (SioTally *self, const char *name);
guint sio_tally_total (SioTally *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioTally, sio_tally_free)

G_END_DECLS
