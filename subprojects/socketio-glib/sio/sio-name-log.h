/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names that were told about once. */
typedef struct _SioNameLog SioNameLog;

SioNameLog *sio_name_log_new (void);
void sio_name_log_free (SioNameLog *self);
gboolean sio_name_log_add (SioNameLog *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioNameLog, sio_name_log_free)

G_END_DECLS
