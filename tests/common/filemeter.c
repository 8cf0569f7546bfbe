/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/filemeter.h"

#include "common/mediameter.h"

/* A chime of the demo is a sine of -12 dBFS; speech alone reaches -33 here. */
#define TONE_HEARD (-24.0)
/* A recording may begin before all are there: this many frames must move. */
#define FRAMES 20
#define FRAMES_CHANGED 15

typedef struct {
  const FileExpectation *expectation;
  GstElement *pipeline;
  GPtrArray *tiles;  /* of MediaMeter, row by row */
  MediaMeter *sound; /* NULL: no such stream */
  guint tones[LOUDNESS_MAX_TONES];
} FileMeter;

static GstPad *
add_branch (FileMeter *self, const char *description, GstPad *source)
{
  g_autoptr (GstElement) last = NULL;
  g_autoptr (GstPad) entry = NULL;
  GstElement *bin = gst_parse_bin_from_description (description, TRUE, NULL);

  last = gst_bin_get_by_name (GST_BIN (bin), "end");
  entry = gst_element_get_static_pad (bin, "sink");
  gst_bin_add (GST_BIN (self->pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  gst_pad_link (source, entry);
  return gst_element_get_static_pad (last, "sink");
}

/* The file's streams appear one after the other, in one thread. */
static void
on_stream (GstElement *decoder, GstPad *source, gpointer data)
{
  FileMeter *self = data;
  const FileExpectation *wanted = self->expectation;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (source);
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));
  g_autoptr (GstPad) pad = NULL;

  if (g_str_equal (name, "video/x-raw") && self->tiles->len == 0) {
    pad = add_branch (self,
        "videoconvert ! video/x-raw,format=I420 ! "
        "fakesink name=end sync=false",
        source);
    for (guint i = 0; i < wanted->columns * wanted->rows; i++) {
      MediaMeter *tile = media_meter_new (pad);
      double x = i % wanted->columns, y = (double) (i / wanted->columns);

      media_meter_set_region (tile, x / wanted->columns, y / wanted->rows,
          (x + 1) / wanted->columns, (y + 1) / wanted->rows);
      g_ptr_array_add (self->tiles, tile);
    }
  } else if (g_str_equal (name, "audio/x-raw") && !self->sound) {
    pad = add_branch (self,
        "audioconvert ! audio/x-raw,format=F32LE,layout=interleaved ! "
        "fakesink name=end sync=false",
        source);
    self->sound = media_meter_new (pad);
    for (guint i = 0; i < LOUDNESS_MAX_TONES && wanted->tones[i] > 0; i++)
      self->tones[i] = media_meter_add_tone (self->sound, wanted->tones[i]);
  } else {
    pad = add_branch (self, "fakesink name=end sync=false", source);
  }
}

/* Decodes the file to its end. */
static gboolean
decode (FileMeter *self, GString *report)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (
      bus, 120 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  if (!message) {
    g_string_append (report, "FAIL: not decoded within 120 s\n");
    return FALSE;
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_string_append_printf (report, "FAIL: %s\n", error->message);
    return FALSE;
  }
  return TRUE;
}

static gboolean check (GString *report, gboolean good, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static gboolean
check (GString *report, gboolean good, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append (report, good ? "ok: " : "FAIL: ");
  g_string_append_vprintf (report, format, args);
  g_string_append_c (report, '\n');
  va_end (args);
  return good;
}

static gboolean
check_length (GString *report, const char *stream, const MediaReading *reading,
    double seconds)
{
  return check (report, reading->length >= seconds * GST_SECOND,
      "%s lasts %.2f s", stream, reading->length / 1e9);
}

static gboolean
check_video (FileMeter *self, GString *report)
{
  const FileExpectation *wanted = self->expectation;
  guint tiles = wanted->columns * wanted->rows;
  MediaReading reading;
  gboolean good;

  if (tiles == 0)
    return TRUE;
  if (self->tiles->len == 0)
    return check (report, FALSE, "there is no video");
  media_meter_read (g_ptr_array_index (self->tiles, 0), &reading);
  good = check_length (report, "video", &reading, wanted->seconds);
  for (guint i = 0; i < tiles; i++) {
    g_autofree char *text = NULL;

    media_meter_read (g_ptr_array_index (self->tiles, i), &reading);
    text = media_reading_to_string (&reading);
    good &= check (report,
        reading.buffers >= FRAMES && reading.changed >= FRAMES_CHANGED,
        "tile %u of %u: %s", i + 1, tiles, text);
  }
  return good;
}

static gboolean
check_audio (FileMeter *self, GString *report)
{
  const FileExpectation *wanted = self->expectation;
  g_autofree char *text = NULL;
  MediaReading reading;
  gboolean good;

  if (!wanted->audio)
    return TRUE;
  if (!self->sound)
    return check (report, FALSE, "there is no audio");
  media_meter_read (self->sound, &reading);
  text = media_reading_to_string (&reading);
  good = check_length (report, "audio", &reading, wanted->seconds);
  good &= check (report, reading.rms > MEDIA_METER_HEARD, "sound: %s", text);
  for (guint i = 0; i < LOUDNESS_MAX_TONES && wanted->tones[i] > 0; i++) {
    double level = media_meter_tone (self->sound, self->tones[i]);

    good &= check (report, level > TONE_HEARD, "tone of %.0f Hz: %.1f dBFS",
        wanted->tones[i], level);
  }
  return good;
}

/**
 * file_meter_check:
 * @path: a recording that decodebin can read
 * @expectation: what it must hold
 * @report: one line per thing looked at is added, with "ok: " or "FAIL: " first
 *
 * Returns: whether the recording holds all of it
 */
gboolean
file_meter_check (
    const char *path, const FileExpectation *expectation, GString *report)
{
  FileMeter self = { .expectation = expectation };
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *decoder = gst_element_factory_make ("decodebin", NULL);
  gboolean good = FALSE;

  self.tiles =
      g_ptr_array_new_with_free_func ((GDestroyNotify) media_meter_free);
  self.pipeline = gst_pipeline_new (NULL);
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (self.pipeline), source, decoder, NULL);
  gst_element_link (source, decoder);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_stream), &self);
  if (decode (&self, report)) {
    good = check_video (&self, report);
    good &= check_audio (&self, report);
  }
  g_clear_pointer (&self.tiles, g_ptr_array_unref);
  g_clear_pointer (&self.sound, media_meter_free);
  gst_object_unref (self.pipeline);
  return good;
}
