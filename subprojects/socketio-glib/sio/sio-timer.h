/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GSource *sio_timer_start (
    GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);
void sio_timer_stop (GSource **timer);

G_END_DECLS
