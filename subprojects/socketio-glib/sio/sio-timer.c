/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-timer.h"

/* A timer on the context of the object that owns it; the owner holds it and
 * ends it with sio_timer_stop(), so that no source outlives its owner. With 0
 * ms @func is called as soon as the context gets to it. */
GSource *
sio_timer_start (
    GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data)
{
  GSource *timer = g_timeout_source_new (delay_ms);

  g_source_set_callback (timer, func, data, NULL);
  g_source_attach (timer, context);
  return timer;
}

/* Ends the timer, if there is one, whether it has fired or not. */
void
sio_timer_stop (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}
