/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstElement *elements_make (
    GstBin *bin, const char *factory, const char *package, GError **error);
GstElement *elements_make_tee (GstBin *bin, GError **error);
GstElement *elements_make_leaky_queue (
    GstBin *bin, guint buffers, GstClockTime time, GError **error);
GstPad *elements_request_tee_pad (GstElement *tee);
gboolean elements_link_tee_pad (GstPad *tee_pad, GstPad *sink_pad);
void elements_add_probe (GstElement *element, const char *pad_name,
    GstPadProbeType type, GstPadProbeCallback callback, gpointer data);
gboolean elements_link_chain (GstElement *const *elements, guint n);
void elements_sync_chain (GstElement *const *elements, guint n);
void elements_remove (GstBin *bin, GstElement *element);
void elements_remove_async (GstBin *bin, GstElement *element);
void elements_shield (GstPad *ghost);
void elements_unlink_when_idle (GstPad *src_pad);

G_END_DECLS
