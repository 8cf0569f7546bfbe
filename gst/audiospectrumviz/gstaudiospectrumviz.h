/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_AUDIO_SPECTRUM_VIZ (gst_audio_spectrum_viz_get_type ())
G_DECLARE_FINAL_TYPE (GstAudioSpectrumViz, gst_audio_spectrum_viz, GST,
    AUDIO_SPECTRUM_VIZ, GstElement)

GST_ELEMENT_REGISTER_DECLARE (audiospectrumviz);

G_END_DECLS
