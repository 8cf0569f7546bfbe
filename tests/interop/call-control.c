/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * call-control DESCRIPTION...
 *
 * Runs a pipeline with a roomcallbin named "call", as gst-launch-1.0 -e -m does:
 * element messages are printed in the same form, SIGINT ends it by EOS. Besides,
 * it does what an application's buttons do, one line on the standard input each:
 *
 *   call ID, accept ID, reject ID, hangup ID    without ID: the only one
 *   hangup-all
 *   mute PAD, unmute PAD
 *
 * A line that was done is answered with "done: LINE".
 */
#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *call;
  gboolean failed;
} Control;

static void
set_muted (Control *self, const char *name, gboolean muted)
{
  g_autoptr (GstPad) pad =
      name != NULL ? gst_element_get_static_pad (self->call, name) : NULL;

  if (pad != NULL)
    g_object_set (pad, "muted", muted, NULL);
  else
    g_printerr ("no pad %s\n", name);
}

static gboolean
obey (Control *self, const char *line)
{
  static const char *const with_peer[] = { "call", "accept", "reject", "hangup",
    NULL };
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *verb = words[0];
  const char *object = verb != NULL ? words[1] : NULL;

  if (verb == NULL)
    return FALSE;
  if (g_strv_contains (with_peer, verb))
    g_signal_emit_by_name (self->call, verb, object);
  else if (g_str_equal (verb, "hangup-all"))
    g_signal_emit_by_name (self->call, verb);
  else if (g_str_equal (verb, "mute") || g_str_equal (verb, "unmute"))
    set_muted (self, object, g_str_equal (verb, "mute"));
  else
    return FALSE;
  return TRUE;
}

static void read_line (GDataInputStream *input, Control *self);

static void
line_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GDataInputStream *input = G_DATA_INPUT_STREAM (source);
  g_autofree char *line =
      g_data_input_stream_read_line_finish (input, result, NULL, NULL);

  if (line == NULL)
    return;
  if (obey (data, line))
    g_print ("done: %s\n", line);
  else
    g_printerr ("not understood: %s\n", line);
  read_line (input, data);
}

static void
read_line (GDataInputStream *input, Control *self)
{
  g_data_input_stream_read_line_async (
      input, G_PRIORITY_DEFAULT, NULL, line_read, self);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Control *self = data;
  const GstStructure *structure = gst_message_get_structure (message);
  g_autofree char *text =
      structure != NULL ? gst_structure_to_string (structure) : NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      g_print ("Got message #%u from element \"%s\" (element): %s\n",
          gst_message_get_seqnum (message), GST_MESSAGE_SRC_NAME (message),
          text);
      break;
    case GST_MESSAGE_ERROR:
      g_printerr ("ERROR from %s: %s\n", GST_MESSAGE_SRC_NAME (message), text);
      self->failed = TRUE;
      g_main_loop_quit (self->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (self->loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer data)
{
  gst_element_send_event (((Control *) data)->pipeline, gst_event_new_eos ());
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Control self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GInputStream) raw = NULL;
  g_autoptr (GDataInputStream) input = NULL;

  gst_init (&argc, &argv);
  self.pipeline =
      gst_parse_launchv ((const char **) (void *) (argv + 1), &error);
  if (self.pipeline != NULL)
    self.call = gst_bin_get_by_name (GST_BIN (self.pipeline), "call");
  if (self.call == NULL) {
    g_printerr (
        "No pipeline: %s\n", error != NULL ? error->message : "no call in it");
    return 1;
  }
  self.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (self.pipeline);
  gst_bus_add_watch (bus, on_message, &self);
  g_unix_signal_add (SIGINT, on_interrupt, &self);
  raw = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  input = g_data_input_stream_new (raw);
  read_line (input, &self);

  gst_element_set_state (self.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self.loop);
  gst_element_set_state (self.pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  gst_object_unref (self.call);
  gst_object_unref (self.pipeline);
  g_main_loop_unref (self.loop);
  return self.failed;
}
