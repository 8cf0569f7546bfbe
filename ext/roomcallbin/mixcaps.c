/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mixcaps.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#define DEFAULT_WIDTH 1280
#define DEFAULT_HEIGHT 720
#define DEFAULT_FPS 30
#define DEFAULT_RATE 48000
#define DEFAULT_CHANNELS 2

/* What compositor and audiomixer can write, best first: the first entry needs
 * no conversion of what decoders give. */
#define VIDEO_FORMATS                                                          \
  "{ I420, YV12, NV12, NV21, YUY2, UYVY, YVYU, Y42B, Y444, BGRx, RGBx, xRGB, " \
  "xBGR, RGB, BGR, BGRA, RGBA, ARGB, ABGR, AYUV }"
#define AUDIO_FORMATS "{ S16LE, F32LE, S32LE, F64LE, S16BE, F32BE, S32BE }"

static GstCaps *
template_of (MediaKind kind)
{
  if (kind == MEDIA_VIDEO)
    return gst_caps_from_string ("video/x-raw, format=" VIDEO_FORMATS
                                 ", width=[ 16, 8192 ], height=[ 16, 8192 ]"
                                 ", framerate=[ 1/1, 240/1 ]");

  return gst_caps_from_string (
      "audio/x-raw, format=" AUDIO_FORMATS
      ", rate=[ 8000, 192000 ], channels=[ 1, 8 ], layout=interleaved");
}

/* @structure has what is allowed; a fixed side draws the other one to 16:9. */
static void
fix_size (GstStructure *structure)
{
  int width, height;

  if (gst_structure_get_int (structure, "height", &height)) {
    gst_structure_fixate_field_nearest_int (structure, "width",
        height == DEFAULT_HEIGHT ? DEFAULT_WIDTH : (height * 16 / 9) & ~1);
    return;
  }

  gst_structure_fixate_field_nearest_int (structure, "width", DEFAULT_WIDTH);
  if (!gst_structure_get_int (structure, "width", &width))
    width = DEFAULT_WIDTH;
  gst_structure_fixate_field_nearest_int (
      structure, "height", (width * 9 / 16) & ~1);
}

static GstCaps *
fix_video (GstCaps *caps)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  GstVideoInfo info;

  gst_structure_fixate_field_string (structure, "format", "I420");
  fix_size (structure);
  gst_structure_fixate_field_nearest_fraction (
      structure, "framerate", DEFAULT_FPS, 1);
  if (gst_structure_has_field (structure, "pixel-aspect-ratio"))
    gst_structure_fixate_field_nearest_fraction (
        structure, "pixel-aspect-ratio", 1, 1);
  if (gst_structure_has_field (structure, "interlace-mode"))
    gst_structure_fixate_field_string (
        structure, "interlace-mode", "progressive");
  caps = gst_caps_fixate (caps);

  if (!gst_video_info_from_caps (&info, caps)
      || info.interlace_mode != GST_VIDEO_INTERLACE_MODE_PROGRESSIVE) {
    gst_caps_unref (caps);
    return NULL;
  }

  /* Spelt out in full: compositor of 1.22 writes the colorimetry of an input
   * where the caps leave it open. */
  gst_caps_unref (caps);
  return gst_video_info_to_caps (&info);
}

static GstCaps *
fix_audio (GstCaps *caps)
{
  GstStructure *structure = gst_caps_get_structure (caps, 0);
  GstAudioInfo info;

  gst_structure_fixate_field_string (structure, "format", "S16LE");
  gst_structure_fixate_field_nearest_int (structure, "rate", DEFAULT_RATE);
  gst_structure_fixate_field_nearest_int (
      structure, "channels", DEFAULT_CHANNELS);
  caps = gst_caps_fixate (caps);

  if (!gst_audio_info_from_caps (&info, caps)) {
    gst_caps_unref (caps);
    return NULL;
  }

  gst_caps_unref (caps);
  return gst_audio_info_to_caps (&info);
}

/* Returns: (nullable): the caps, or NULL when @wish allows none of @pattern */
static GstCaps *
fix_within (MediaKind kind, GstCaps *pattern, const GstCaps *wish)
{
  GstCaps *caps = gst_caps_intersect_full (
      pattern, (GstCaps *) wish, GST_CAPS_INTERSECT_ZIG_ZAG);

  gst_caps_unref (pattern);
  if (gst_caps_is_empty (caps)) {
    gst_caps_unref (caps);
    return NULL;
  }

  caps = gst_caps_truncate (gst_caps_make_writable (caps));

  return kind == MEDIA_VIDEO ? fix_video (caps) : fix_audio (caps);
}

/**
 * mix_caps_fix:
 * @kind: %MEDIA_AUDIO or %MEDIA_VIDEO
 * @wish: (nullable): what downstream takes, %NULL or ANY for all
 *
 * Chooses the one format that a mix has for ever: as near to I420 1280x720 30/1
 * or S16LE 48000 stereo as @wish lets it be. A @wish that no mixer can fulfil is
 * not followed; linking then fails as for any element.
 *
 * Returns: (transfer full): fixed caps with every field written out
 *
 * Since: 0.1
 */
GstCaps *
mix_caps_fix (MediaKind kind, const GstCaps *wish)
{
  GstCaps *caps = NULL;

  if (wish != NULL && !gst_caps_is_any (wish)) {
    /* The preferred format first, though downstream may list it last. */
    GstCaps *preferred = template_of (kind);

    gst_caps_set_simple (preferred, "format", G_TYPE_STRING,
        kind == MEDIA_VIDEO ? "I420" : "S16LE", NULL);
    caps = fix_within (kind, preferred, wish);
    if (caps == NULL)
      caps = fix_within (kind, template_of (kind), wish);
  }
  if (caps == NULL) {
    g_autoptr (GstCaps) any = gst_caps_new_any ();

    caps = fix_within (kind, template_of (kind), any);
  }

  return caps;
}

/* BT.601 and BT.709 in studio range: what cameras and codecs of calls have,
 * more often guessed from the picture's size than known. */
static gboolean
is_common_yuv (const GstVideoInfo *info)
{
  return GST_VIDEO_INFO_IS_YUV (info)
      && info->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235
      && (info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT601
          || info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709);
}

/**
 * mix_caps_relabel:
 * @input: fixed raw video caps of an input
 * @mix: fixed raw video caps of the mix
 *
 * Gives an input the mix's colorimetry, chroma siting and interlace mode where
 * a conversion between them would be computed and not seen. Decoders guess
 * BT.601 or BT.709 from the height of the picture, and converting from one to
 * the other doubles the price of a tile (docs/mixing.md).
 *
 * Returns: (transfer full): the caps to treat the input as having
 *
 * Since: 0.1
 */
GstCaps *
mix_caps_relabel (const GstCaps *input, const GstCaps *mix)
{
  GstCaps *caps = gst_caps_copy (input);
  GstVideoInfo in, out;

  if (!gst_video_info_from_caps (&in, input)
      || !gst_video_info_from_caps (&out, mix))
    return caps;

  gst_caps_set_simple (
      caps, "interlace-mode", G_TYPE_STRING, "progressive", NULL);
  gst_structure_remove_field (gst_caps_get_structure (caps, 0), "field-order");

  if (is_common_yuv (&in) && is_common_yuv (&out)) {
    g_autofree char *colorimetry =
        gst_video_colorimetry_to_string (&out.colorimetry);
    g_autofree char *chroma_site =
        gst_video_chroma_site_to_string (GST_VIDEO_INFO_CHROMA_SITE (&out));

    gst_caps_set_simple (caps, "colorimetry", G_TYPE_STRING, colorimetry, NULL);
    if (chroma_site != NULL)
      gst_caps_set_simple (
          caps, "chroma-site", G_TYPE_STRING, chroma_site, NULL);
  }

  return caps;
}
