/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "spectrumview.h"
#include "vizreporter.h"

G_BEGIN_DECLS

/* Which channels are drawn. */
typedef enum {
  VIZ_CHANNELS_MIX,
  VIZ_CHANNELS_ONE,
  VIZ_CHANNELS_BOTH,
} VizChannels;

typedef struct {
  VizChannels channels;
  guint channel; /* for VIZ_CHANNELS_ONE */
  SpectrumSettings view;
  ReportSettings report;
} VizSettings;

/* The element's properties: how they look from outside, and what they mean. The
 * caller holds the lock that guards the settings. */
void viz_settings_install (GObjectClass *klass);
void viz_settings_init (VizSettings *settings);
gboolean viz_settings_set (
    VizSettings *settings, guint id, const GValue *value);
gboolean viz_settings_get (
    const VizSettings *settings, guint id, GValue *value);

gboolean viz_settings_parse_colors (
    const gchar *text, guint32 *colors, guint *n_colors);

G_END_DECLS
