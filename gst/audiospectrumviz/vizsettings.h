/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "spectrumview.h"

G_BEGIN_DECLS

/* The element's properties: how they look from outside, and what they mean to
 * SpectrumSettings. The caller holds the lock that guards the settings. */
void viz_settings_install (GObjectClass *klass);
void viz_settings_init (SpectrumSettings *settings);
gboolean viz_settings_set (
    SpectrumSettings *settings, guint id, const GValue *value);
gboolean viz_settings_get (
    const SpectrumSettings *settings, guint id, GValue *value);

gboolean viz_settings_parse_colors (
    const gchar *text, guint32 *colors, guint *n_colors);

G_END_DECLS
