/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "vizsettings.h"

#include <string.h>

enum {
  PROP_0,
  PROP_FFT_SIZE,
  PROP_SMOOTHING_TIME_CONSTANT,
  PROP_SMOOTHING_REFERENCE_FPS,
  PROP_MIN_DECIBELS,
  PROP_MAX_DECIBELS,
  PROP_CHANNEL_MODE,
  PROP_CHANNEL,
  PROP_STYLE,
  PROP_BANDS,
  PROP_FREQUENCY_SCALE,
  PROP_MIN_FREQUENCY,
  PROP_MAX_FREQUENCY,
  PROP_GAP,
  PROP_CENTERED,
  PROP_ORIENTATION,
  PROP_MIRROR,
  PROP_CONTRAST,
  PROP_PEAKS,
  PROP_PEAK_HOLD,
  PROP_PEAK_FALL,
  PROP_GRADIENT,
  PROP_COLORS,
  PROP_BACKGROUND_COLOR,
  PROP_POST_MESSAGES,
  PROP_INTERVAL,
  PROP_POST_SPEAKING,
  PROP_SPEAKING_THRESHOLD,
  PROP_SPEAKING_HANGOVER,
};

#define DEFAULT_FFT_SIZE 2048
#define DEFAULT_SMOOTHING 0.8
#define DEFAULT_MIN_DECIBELS -100
#define DEFAULT_MAX_DECIBELS -30
#define DEFAULT_MIN_FREQUENCY 80
#define DEFAULT_MAX_FREQUENCY 8000
#define DEFAULT_GAP 0.34
#define DEFAULT_PEAK_HOLD 500
#define DEFAULT_PEAK_FALL 0.5
#define DEFAULT_CONTRAST 1.8
#define DEFAULT_COLORS "#22d3ee #6366f1 #ec4899"
#define DEFAULT_BACKGROUND 0xff0b0f19
#define DEFAULT_INTERVAL (100 * GST_MSECOND)
#define DEFAULT_THRESHOLD -50
#define DEFAULT_HANGOVER 400

#define ANY_TIME \
  (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)
#define CONTROLLED (ANY_TIME | GST_PARAM_CONTROLLABLE)

static GType
style_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SPECTRUM_STYLE_BARS, "Rounded bars, scaled to the picture", "bars" },
    { SPECTRUM_STYLE_WEBAUDIO,
        "The canvas drawing of MDN's Web Audio tutorial, to the pixel",
        "webaudio" },
    { SPECTRUM_STYLE_WEBAUDIO_CLASSIC,
        "The same in older copies of it: a pixel between the bars",
        "webaudio-classic" },
    { SPECTRUM_STYLE_WAVEFORM, "The sound itself, as on an oscilloscope",
        "waveform" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstAudioSpectrumVizStyle", values));
  return type;
}

static GType
channel_mode_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { VIZ_CHANNELS_MIX, "All channels, mixed as browsers do", "mix" },
    { VIZ_CHANNELS_ONE, "One alone, see channel", "one" },
    { VIZ_CHANNELS_BOTH,
        "The first and the second, each in a half of the picture", "both" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstAudioSpectrumVizChannelMode", values));
  return type;
}

static GType
scale_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SPECTRUM_SCALE_LINEAR, "Each bar as many Hz", "linear" },
    { SPECTRUM_SCALE_LOG, "Each octave as many bars", "log" },
    { SPECTRUM_SCALE_MEL, "Equal steps of perceived pitch (mel)", "mel" },
    { SPECTRUM_SCALE_BARK, "Critical bands of hearing (Bark)", "bark" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstAudioSpectrumVizScale", values));
  return type;
}

static GType
orientation_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SPECTRUM_ORIENTATION_UP, "Up, low tones on the left", "up" },
    { SPECTRUM_ORIENTATION_DOWN, "Down, low tones on the left", "down" },
    { SPECTRUM_ORIENTATION_LEFT, "To the left, low tones at the top", "left" },
    { SPECTRUM_ORIENTATION_RIGHT, "To the right, low tones at the top",
        "right" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstAudioSpectrumVizOrientation", values));
  return type;
}

static GType
mirror_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SPECTRUM_MIRROR_NONE, "From low to high", "none" },
    { SPECTRUM_MIRROR_CENTER, "Each band twice, low tones in the middle",
        "center" },
    { SPECTRUM_MIRROR_EDGES, "Each band twice, low tones at both ends",
        "edges" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstAudioSpectrumVizMirror", values));
  return type;
}

static GType
gradient_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { SPECTRUM_GRADIENT_BANDS, "The frequency: one color per bar", "bands" },
    { SPECTRUM_GRADIENT_HEIGHT, "The height: each bar from foot to top",
        "height" },
    { 0 },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_enum_register_static ("GstAudioSpectrumVizGradient", values));
  return type;
}

void
viz_settings_install (GObjectClass *klass)
{
  g_object_class_install_property (klass, PROP_FFT_SIZE,
      g_param_spec_uint ("fft-size", "FFT size",
          "Samples per analysis (Web Audio's fftSize), a power of two. "
          "More tell closer tones apart, fewer follow speech faster",
          SPECTRUM_ANALYSER_MIN_FFT_SIZE, SPECTRUM_ANALYSER_MAX_FFT_SIZE,
          DEFAULT_FFT_SIZE, ANY_TIME));
  g_object_class_install_property (klass, PROP_SMOOTHING_TIME_CONSTANT,
      g_param_spec_double ("smoothing-time-constant", "Smoothing time constant",
          "Weight of the past in each video frame (Web Audio's "
          "smoothingTimeConstant): 0 = no smoothing, 1 = nothing moves",
          0, 1, DEFAULT_SMOOTHING, CONTROLLED));
  g_object_class_install_property (klass, PROP_SMOOTHING_REFERENCE_FPS,
      g_param_spec_double ("smoothing-reference-fps",
          "Smoothing reference framerate",
          "Framerate at which smoothing-time-constant holds as it is; "
          "at another one it is adapted, so that bars move as fast. "
          "0 = it holds at each framerate, as in browsers",
          0, 1000, 0, CONTROLLED));
  g_object_class_install_property (klass, PROP_MIN_DECIBELS,
      g_param_spec_double ("min-decibels", "Minimum decibels",
          "dB at which a bar has no height (Web Audio's minDecibels). "
          "If it is not below max-decibels, the range before stays",
          -400, 400, DEFAULT_MIN_DECIBELS, CONTROLLED));
  g_object_class_install_property (klass, PROP_MAX_DECIBELS,
      g_param_spec_double ("max-decibels", "Maximum decibels",
          "dB at which a bar has its full height (Web Audio's "
          "maxDecibels). A full-scale sine has -13.6 dB",
          -400, 400, DEFAULT_MAX_DECIBELS, CONTROLLED));
  g_object_class_install_property (klass, PROP_CHANNEL_MODE,
      g_param_spec_enum ("channel-mode", "Channel mode",
          "Which channels are drawn and measured for messages. The "
          "webaudio styles cannot show both and show the mix instead",
          channel_mode_get_type (), VIZ_CHANNELS_MIX, CONTROLLED));
  g_object_class_install_property (klass, PROP_CHANNEL,
      g_param_spec_uint ("channel", "Channel",
          "The channel for channel-mode=one, 0 = the first. Beyond the "
          "last one it is the last",
          0, 63, 0, CONTROLLED));
  g_object_class_install_property (klass, PROP_STYLE,
      g_param_spec_enum ("style", "Style",
          "What is drawn. The webaudio styles are the browser's: only "
          "the properties of the analysis apply to them",
          style_get_type (), SPECTRUM_STYLE_BARS, CONTROLLED));
  g_object_class_install_property (klass, PROP_BANDS,
      g_param_spec_uint ("bands", "Bands",
          "Bars to draw, 0 = as many as suit the width. mirror shows "
          "each twice",
          0, SPECTRUM_BANDS_MAX, 0, CONTROLLED));
  g_object_class_install_property (klass, PROP_FREQUENCY_SCALE,
      g_param_spec_enum ("frequency-scale", "Frequency scale",
          "How frequencies are spread over the bars", scale_get_type (),
          SPECTRUM_SCALE_LOG, CONTROLLED));
  g_object_class_install_property (klass, PROP_MIN_FREQUENCY,
      g_param_spec_double ("min-frequency", "Minimum frequency",
          "Lower edge of the first bar, Hz. If it is not below "
          "max-frequency, 0 Hz is taken",
          0, 768000, DEFAULT_MIN_FREQUENCY, CONTROLLED));
  g_object_class_install_property (klass, PROP_MAX_FREQUENCY,
      g_param_spec_double ("max-frequency", "Maximum frequency",
          "Upper edge of the last bar, Hz, at most half the sample "
          "rate. 0 = half the sample rate",
          0, 768000, DEFAULT_MAX_FREQUENCY, CONTROLLED));
  g_object_class_install_property (klass, PROP_GAP,
      g_param_spec_double ("gap", "Gap",
          "Share of the space of a bar that stays empty, 0 = bars touch", 0,
          0.9, DEFAULT_GAP, CONTROLLED));
  g_object_class_install_property (klass, PROP_ORIENTATION,
      g_param_spec_enum ("orientation", "Orientation",
          "The direction in which bars grow. A waveform runs down "
          "where it is left or right",
          orientation_get_type (), SPECTRUM_ORIENTATION_UP, CONTROLLED));
  g_object_class_install_property (klass, PROP_MIRROR,
      g_param_spec_enum ("mirror", "Mirror",
          "Whether each band is shown twice, and where the low ones are",
          mirror_get_type (), SPECTRUM_MIRROR_NONE, CONTROLLED));
  g_object_class_install_property (klass, PROP_PEAKS,
      g_param_spec_boolean ("peaks", "Peaks",
          "Show a mark above each bar, at the height it had", FALSE,
          CONTROLLED));
  g_object_class_install_property (klass, PROP_PEAK_HOLD,
      g_param_spec_uint ("peak-hold", "Peak hold",
          "Milliseconds for which a peak stays, 0 = it falls at once", 0, 60000,
          DEFAULT_PEAK_HOLD, CONTROLLED));
  g_object_class_install_property (klass, PROP_PEAK_FALL,
      g_param_spec_double ("peak-fall", "Peak fall",
          "How fast a peak falls then, in full heights of a bar per "
          "second",
          0, 1000, DEFAULT_PEAK_FALL, CONTROLLED));
  g_object_class_install_property (klass, PROP_GRADIENT,
      g_param_spec_enum ("gradient", "Gradient", "What the colors follow",
          gradient_get_type (), SPECTRUM_GRADIENT_BANDS, CONTROLLED));
  g_object_class_install_property (klass, PROP_CENTERED,
      g_param_spec_boolean ("centered", "Centered",
          "Bars grow from the middle to both sides, else from the edge", TRUE,
          CONTROLLED));
  g_object_class_install_property (klass, PROP_CONTRAST,
      g_param_spec_double ("contrast", "Contrast",
          "Exponent from loudness to height: 1 = height is linear in "
          "dB, more keeps quiet sounds low. In a waveform it raises "
          "quiet sounds instead, 1 = true to scale",
          0.1, 10, DEFAULT_CONTRAST, CONTROLLED));
  g_object_class_install_property (klass, PROP_COLORS,
      g_param_spec_string ("colors", "Colors",
          "Colors of the gradient, from low to high: 1 to 8 of #rgb, "
          "#rrggbb or #rrggbbaa, with spaces or commas between them",
          DEFAULT_COLORS, ANY_TIME));
  g_object_class_install_property (klass, PROP_BACKGROUND_COLOR,
      g_param_spec_uint ("background-color", "Background color",
          "Color behind all, 0xAARRGGBB. An alpha below 0xff is "
          "transparent in formats with alpha. Default 0xff0b0f19",
          0, G_MAXUINT32, DEFAULT_BACKGROUND, CONTROLLED));

  g_object_class_install_property (klass, PROP_POST_MESSAGES,
      g_param_spec_boolean ("post-messages", "Post messages",
          "Post element messages 'spectrum', as the element spectrum "
          "does: the magnitude of each bin, and the level (rms, peak), "
          "in dB",
          FALSE, ANY_TIME));
  g_object_class_install_property (klass, PROP_INTERVAL,
      g_param_spec_uint64 ("interval", "Interval",
          "Nanoseconds from one spectrum message to the next, at least "
          "one frame",
          1, G_MAXINT64, DEFAULT_INTERVAL, ANY_TIME));
  g_object_class_install_property (klass, PROP_POST_SPEAKING,
      g_param_spec_boolean ("post-speaking", "Post speaking",
          "Post an element message 'speaking' when somebody begins or "
          "stops speaking",
          FALSE, ANY_TIME));
  g_object_class_install_property (klass, PROP_SPEAKING_THRESHOLD,
      g_param_spec_double ("speaking-threshold", "Speaking threshold",
          "Level (rms of the sound of a frame, dB of full scale) from "
          "which on somebody speaks",
          SPEECH_GATE_SILENT, 0, DEFAULT_THRESHOLD, CONTROLLED));
  g_object_class_install_property (klass, PROP_SPEAKING_HANGOVER,
      g_param_spec_uint ("speaking-hangover", "Speaking hangover",
          "Milliseconds below speaking-threshold after which nobody "
          "speaks, 0 = at once",
          0, 60000, DEFAULT_HANGOVER, CONTROLLED));

  gst_type_mark_as_plugin_api (channel_mode_get_type (), 0);
  gst_type_mark_as_plugin_api (style_get_type (), 0);
  gst_type_mark_as_plugin_api (scale_get_type (), 0);
  gst_type_mark_as_plugin_api (orientation_get_type (), 0);
  gst_type_mark_as_plugin_api (mirror_get_type (), 0);
  gst_type_mark_as_plugin_api (gradient_get_type (), 0);
}

void
viz_settings_init (VizSettings *settings)
{
  memset (settings, 0, sizeof *settings);
  settings->view.fft_size = DEFAULT_FFT_SIZE;
  settings->view.smoothing = DEFAULT_SMOOTHING;
  settings->view.min_decibels = DEFAULT_MIN_DECIBELS;
  settings->view.max_decibels = DEFAULT_MAX_DECIBELS;
  settings->view.scale = SPECTRUM_SCALE_LOG;
  settings->view.min_frequency = DEFAULT_MIN_FREQUENCY;
  settings->view.max_frequency = DEFAULT_MAX_FREQUENCY;
  settings->report.interval = DEFAULT_INTERVAL;
  settings->report.threshold = DEFAULT_THRESHOLD;
  settings->report.hangover = DEFAULT_HANGOVER / 1000.0;
  settings->channels = VIZ_CHANNELS_MIX;
  settings->view.look.lanes = 1;
  settings->view.look.style = SPECTRUM_STYLE_BARS;
  settings->view.peak_hold = DEFAULT_PEAK_HOLD / 1000.0;
  settings->view.peak_fall = DEFAULT_PEAK_FALL;
  settings->view.look.gap = DEFAULT_GAP;
  settings->view.look.centered = TRUE;
  settings->view.look.contrast = DEFAULT_CONTRAST;
  settings->view.look.background = DEFAULT_BACKGROUND;
  viz_settings_parse_colors (DEFAULT_COLORS, settings->view.look.colors,
      &settings->view.look.n_colors);
}

/* #rgb, #rrggbb or #rrggbbaa, as in CSS */
static gboolean
parse_color (const gchar *text, guint32 *argb)
{
  guint32 value = 0;
  gsize digits = strlen (text);

  if (text[0] != '#')
    return FALSE;
  digits--;
  for (gsize i = 1; i <= digits; i++) {
    gint digit = g_ascii_xdigit_value (text[i]);

    if (digit < 0 || digits > 8)
      return FALSE;
    value = value << 4 | (guint32) digit;
  }
  switch (digits) {
    case 3:
      *argb = 0xff000000 | (value >> 8) * 0x110000 | (value >> 4 & 0xf) * 0x1100
          | (value & 0xf) * 0x11;
      return TRUE;
    case 6:
      *argb = 0xff000000 | value;
      return TRUE;
    case 8:
      *argb = value << 24 | value >> 8;
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
viz_settings_parse_colors (const gchar *text, guint32 *colors, guint *n_colors)
{
  g_auto (GStrv) words = g_strsplit_set (text ? text : "", " ,\t\n", -1);
  guint32 parsed[SPECTRUM_MAX_COLORS] = { 0 };
  guint n = 0;

  for (guint i = 0; words[i]; i++) {
    if (words[i][0] == '\0')
      continue;
    if (n == SPECTRUM_MAX_COLORS || !parse_color (words[i], &parsed[n]))
      return FALSE;
    n++;
  }
  if (n == 0)
    return FALSE;
  memcpy (colors, parsed, sizeof parsed);
  *n_colors = n;
  return TRUE;
}

static gchar *
format_colors (const SpectrumLook *look)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < look->n_colors; i++) {
    guint32 argb = look->colors[i];

    g_string_append_printf (text, "%s#%06x", i ? " " : "", argb & 0xffffff);
    if (argb >> 24 != 0xff)
      g_string_append_printf (text, "%02x", argb >> 24);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Returns: FALSE when the value is none the property can have */
gboolean
viz_settings_set (VizSettings *settings, guint id, const GValue *value)
{
  SpectrumLook *look = &settings->view.look;
  ReportSettings *report = &settings->report;
  guint size;

  switch (id) {
    case PROP_FFT_SIZE:
      size = g_value_get_uint (value);
      if (size & (size - 1))
        return FALSE;
      settings->view.fft_size = size;
      return TRUE;
    case PROP_SMOOTHING_TIME_CONSTANT:
      settings->view.smoothing = g_value_get_double (value);
      return TRUE;
    case PROP_SMOOTHING_REFERENCE_FPS:
      settings->view.smoothing_fps = g_value_get_double (value);
      return TRUE;
    case PROP_MIN_DECIBELS:
      settings->view.min_decibels = g_value_get_double (value);
      return TRUE;
    case PROP_MAX_DECIBELS:
      settings->view.max_decibels = g_value_get_double (value);
      return TRUE;
    case PROP_CHANNEL_MODE:
      settings->channels = (VizChannels) g_value_get_enum (value);
      look->lanes = settings->channels == VIZ_CHANNELS_BOTH ? 2 : 1;
      return TRUE;
    case PROP_CHANNEL:
      settings->channel = g_value_get_uint (value);
      return TRUE;
    case PROP_STYLE:
      look->style = (SpectrumStyle) g_value_get_enum (value);
      return TRUE;
    case PROP_BANDS:
      look->bands = g_value_get_uint (value);
      return TRUE;
    case PROP_FREQUENCY_SCALE:
      settings->view.scale = (SpectrumScale) g_value_get_enum (value);
      return TRUE;
    case PROP_MIN_FREQUENCY:
      settings->view.min_frequency = g_value_get_double (value);
      return TRUE;
    case PROP_MAX_FREQUENCY:
      settings->view.max_frequency = g_value_get_double (value);
      return TRUE;
    case PROP_GAP:
      look->gap = g_value_get_double (value);
      return TRUE;
    case PROP_ORIENTATION:
      look->orientation = (SpectrumOrientation) g_value_get_enum (value);
      return TRUE;
    case PROP_MIRROR:
      look->mirror = (SpectrumMirror) g_value_get_enum (value);
      return TRUE;
    case PROP_PEAKS:
      look->peaks = g_value_get_boolean (value);
      return TRUE;
    case PROP_PEAK_HOLD:
      settings->view.peak_hold = g_value_get_uint (value) / 1000.0;
      return TRUE;
    case PROP_PEAK_FALL:
      settings->view.peak_fall = g_value_get_double (value);
      return TRUE;
    case PROP_GRADIENT:
      look->gradient = (SpectrumGradient) g_value_get_enum (value);
      return TRUE;
    case PROP_CENTERED:
      look->centered = g_value_get_boolean (value);
      return TRUE;
    case PROP_CONTRAST:
      look->contrast = g_value_get_double (value);
      return TRUE;
    case PROP_COLORS:
      return viz_settings_parse_colors (
          g_value_get_string (value), look->colors, &look->n_colors);
    case PROP_BACKGROUND_COLOR:
      look->background = g_value_get_uint (value);
      return TRUE;
    case PROP_POST_MESSAGES:
      report->spectrum = g_value_get_boolean (value);
      return TRUE;
    case PROP_INTERVAL:
      report->interval = g_value_get_uint64 (value);
      return TRUE;
    case PROP_POST_SPEAKING:
      report->speaking = g_value_get_boolean (value);
      return TRUE;
    case PROP_SPEAKING_THRESHOLD:
      report->threshold = g_value_get_double (value);
      return TRUE;
    case PROP_SPEAKING_HANGOVER:
      report->hangover = g_value_get_uint (value) / 1000.0;
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean
viz_settings_get (const VizSettings *settings, guint id, GValue *value)
{
  const SpectrumLook *look = &settings->view.look;
  const ReportSettings *report = &settings->report;

  switch (id) {
    case PROP_FFT_SIZE:
      g_value_set_uint (value, settings->view.fft_size);
      return TRUE;
    case PROP_SMOOTHING_TIME_CONSTANT:
      g_value_set_double (value, settings->view.smoothing);
      return TRUE;
    case PROP_SMOOTHING_REFERENCE_FPS:
      g_value_set_double (value, settings->view.smoothing_fps);
      return TRUE;
    case PROP_MIN_DECIBELS:
      g_value_set_double (value, settings->view.min_decibels);
      return TRUE;
    case PROP_MAX_DECIBELS:
      g_value_set_double (value, settings->view.max_decibels);
      return TRUE;
    case PROP_CHANNEL_MODE:
      g_value_set_enum (value, settings->channels);
      return TRUE;
    case PROP_CHANNEL:
      g_value_set_uint (value, settings->channel);
      return TRUE;
    case PROP_STYLE:
      g_value_set_enum (value, look->style);
      return TRUE;
    case PROP_BANDS:
      g_value_set_uint (value, look->bands);
      return TRUE;
    case PROP_FREQUENCY_SCALE:
      g_value_set_enum (value, settings->view.scale);
      return TRUE;
    case PROP_MIN_FREQUENCY:
      g_value_set_double (value, settings->view.min_frequency);
      return TRUE;
    case PROP_MAX_FREQUENCY:
      g_value_set_double (value, settings->view.max_frequency);
      return TRUE;
    case PROP_GAP:
      g_value_set_double (value, look->gap);
      return TRUE;
    case PROP_ORIENTATION:
      g_value_set_enum (value, look->orientation);
      return TRUE;
    case PROP_MIRROR:
      g_value_set_enum (value, look->mirror);
      return TRUE;
    case PROP_PEAKS:
      g_value_set_boolean (value, look->peaks);
      return TRUE;
    case PROP_PEAK_HOLD:
      g_value_set_uint (value, (guint) (settings->view.peak_hold * 1000 + 0.5));
      return TRUE;
    case PROP_PEAK_FALL:
      g_value_set_double (value, settings->view.peak_fall);
      return TRUE;
    case PROP_GRADIENT:
      g_value_set_enum (value, look->gradient);
      return TRUE;
    case PROP_CENTERED:
      g_value_set_boolean (value, look->centered);
      return TRUE;
    case PROP_CONTRAST:
      g_value_set_double (value, look->contrast);
      return TRUE;
    case PROP_COLORS:
      g_value_take_string (value, format_colors (look));
      return TRUE;
    case PROP_BACKGROUND_COLOR:
      g_value_set_uint (value, look->background);
      return TRUE;
    case PROP_POST_MESSAGES:
      g_value_set_boolean (value, report->spectrum);
      return TRUE;
    case PROP_INTERVAL:
      g_value_set_uint64 (value, report->interval);
      return TRUE;
    case PROP_POST_SPEAKING:
      g_value_set_boolean (value, report->speaking);
      return TRUE;
    case PROP_SPEAKING_THRESHOLD:
      g_value_set_double (value, report->threshold);
      return TRUE;
    case PROP_SPEAKING_HANGOVER:
      g_value_set_uint (value, (guint) (report->hangover * 1000 + 0.5));
      return TRUE;
    default:
      return FALSE;
  }
}
