/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>

/* What the tests of audiospectrumviz share: sounds in, pictures out. */

GstHarness *viz_new (
    const gchar *properties, const gchar *audio, const gchar *video);
GstBuffer *viz_sine (
    guint rate, guint channels, guint64 position, guint frames);
void viz_push_sine (GstHarness *h, guint rate, guint channels, guint64 from,
    guint64 to, guint step);
guint viz_checksum (GstBuffer *buffer);
GArray *viz_pull_frames (
    GstHarness *h, GstClockTime origin, gint fps_n, gint fps_d);
