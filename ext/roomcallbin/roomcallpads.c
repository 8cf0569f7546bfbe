/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomcallpads.h"

#include "gstroomcallbin-private.h"
#include "gstroomcallpad.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

typedef struct {
  const char *name_template;
  MediaKind kind;
  GstPadDirection direction;
  OutputRole role;
} PadTemplate;

/* Video first: "call. ! autovideosink" takes the first that fits. */
static const PadTemplate pad_templates[] = {
  { "video_%u", MEDIA_VIDEO, GST_PAD_SINK },
  { "audio_%u", MEDIA_AUDIO, GST_PAD_SINK },
  { "video_mix", MEDIA_VIDEO, GST_PAD_SRC, OUTPUT_MIX },
  { "audio_mix", MEDIA_AUDIO, GST_PAD_SRC, OUTPUT_MIX },
  { "video_program", MEDIA_VIDEO, GST_PAD_SRC, OUTPUT_PROGRAM },
  { "audio_program", MEDIA_AUDIO, GST_PAD_SRC, OUTPUT_PROGRAM },
  { "video_src_%u", MEDIA_VIDEO, GST_PAD_SRC, OUTPUT_SLOT },
  { "audio_src_%u", MEDIA_AUDIO, GST_PAD_SRC, OUTPUT_SLOT },
};

static const PadTemplate *
find_pad_template (const char *name_template)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pad_templates); i++) {
    if (g_str_equal (pad_templates[i].name_template, name_template))
      return &pad_templates[i];
  }
  return NULL;
}

static GstCaps *
make_template_caps (const PadTemplate *template)
{
  if (template->direction == GST_PAD_SRC && template->role != OUTPUT_SLOT)
    return gst_caps_new_empty_simple (
        template->kind == MEDIA_AUDIO ? "audio/x-raw" : "video/x-raw");
  return codec_table_get_media_caps (template->kind);
}

static char *
make_pad_name (GstRoomCallBin *self, const char *name_template,
    const char *wanted, guint *number)
{
  const char *percent = strchr (name_template, '%');
  gsize prefix = percent != NULL ? (gsize) (percent - name_template) : 0;
  guint64 n = 0;

  if (percent == NULL)
    return g_strdup (name_template);
  if (wanted != NULL && strncmp (wanted, name_template, prefix) == 0
      && g_ascii_string_to_unsigned (
          wanted + prefix, 10, 0, G_MAXINT, &n, NULL)) {
    *number = n;
    return g_strdup (wanted);
  }
  for (*number = 0;; ++*number) {
    g_autofree char *name =
        g_strdup_printf ("%.*s%u", (int) prefix, name_template, *number);
    g_autoptr (GstPad) taken =
        gst_element_get_static_pad (GST_ELEMENT (self), name);

    if (taken == NULL)
      return g_steal_pointer (&name);
  }
}

static void
announce_pad (GstRoomCallBin *self, GstPad *pad)
{
  gst_element_add_pad (GST_ELEMENT (self), pad);
  gst_child_proxy_child_added (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_PAD_NAME (pad));
}

static void
on_output_linked (GstPad *pad, GstPad *peer, GstRoomCallBin *self)
{
  room_output_linked (self->room, pad);
}

static GstPad *
make_output (
    GstRoomCallBin *self, const char *name, GstPadTemplate *template, int slot)
{
  GstPad *pad = g_object_new (GST_TYPE_ROOM_CALL_SRC_PAD, "name", name,
      "direction", GST_PAD_SRC, "template", template, "slot", slot, NULL);

  g_signal_connect (pad, "linked", G_CALLBACK (on_output_linked), self);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static gboolean
is_watched (GstRoomCallBin *self)
{
  GstElement *element = GST_ELEMENT (self);

  /* Pads that came with peers and are not taken show nothing to anybody. */
  for (GList *l = element->srcpads; l != NULL; l = l->next) {
    if (gst_pad_is_linked (l->data))
      return TRUE;
  }
  return FALSE;
}

/* Who watches goes on when the last input ends. If nobody does, there is nothing
 * left to be in the room for. */
static GstPadProbeReturn
watch_input_end (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstRoomCallBin *self = data;
  gboolean all;

  if (GST_EVENT_TYPE (info->data) != GST_EVENT_EOS)
    return GST_PAD_PROBE_OK;
  GST_OBJECT_LOCK (self);
  self->n_ended++;
  all = self->n_ended == self->n_inputs && !is_watched (self);
  GST_OBJECT_UNLOCK (self);
  if (all)
    gst_room_call_bin_end_soon (self);
  return GST_PAD_PROBE_OK;
}

static void
on_branch_ready (SendBranch *branch, const GError *error, gpointer data)
{
  GstRoomCallBin *self = data;

  room_input_ready (self->room, branch, error);
}

static GstPad *
make_input (GstRoomCallBin *self, const char *name, GstPadTemplate *template,
    MediaKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) target = NULL;
  SendBranchSettings settings;
  SendBranch *branch;
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  settings = self->settings.send;
  GST_OBJECT_UNLOCK (self);
  branch = send_branch_new (
      GST_BIN (self), kind, &settings, on_branch_ready, self, &error);
  if (branch == NULL) {
    GST_ELEMENT_ERROR (
        self, CORE, MISSING_PLUGIN, ("%s", error->message), (NULL));
    return NULL;
  }
  pad = g_object_new (GST_TYPE_ROOM_CALL_SINK_PAD, "name", name, "direction",
      GST_PAD_SINK, "template", template, NULL);
  target = send_branch_get_sink_pad (branch);
  gst_ghost_pad_set_target (GST_GHOST_PAD (pad), target);
  gst_room_call_sink_pad_set_branch (GST_ROOM_CALL_SINK_PAD (pad), branch);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_input_end, self, NULL);
  gst_pad_set_active (pad, TRUE);

  GST_OBJECT_LOCK (self);
  self->n_inputs++;
  GST_OBJECT_UNLOCK (self);
  room_add_input (self->room, branch);
  return pad;
}

GstPad *
room_call_pads_request (GstElement *element, GstPadTemplate *template,
    const char *wanted, const GstCaps *caps)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (element);
  const PadTemplate *entry =
      find_pad_template (GST_PAD_TEMPLATE_NAME_TEMPLATE (template));
  guint number = 0;
  g_autofree char *name = NULL;
  g_autoptr (GstPad) taken = NULL;
  gboolean is_slot;
  GstPad *pad;

  g_return_val_if_fail (entry != NULL, NULL);

  name = make_pad_name (self, entry->name_template, wanted, &number);
  taken = gst_element_get_static_pad (element, name);
  if (taken != NULL) {
    GST_WARNING_OBJECT (self, "there is a pad %s already", name);
    return NULL;
  }
  if (entry->direction == GST_PAD_SINK) {
    pad = make_input (self, name, template, entry->kind);
    if (pad != NULL)
      announce_pad (self, pad);
    return pad;
  }
  is_slot = entry->role == OUTPUT_SLOT;
  pad = make_output (self, name, template, is_slot ? (int) number : -1);
  announce_pad (self, pad);
  room_add_output (self->room, pad, entry->role, entry->kind, number);
  return pad;
}

void
room_call_pads_release (GstElement *element, GstPad *pad)
{
  GstRoomCallBin *self = GST_ROOM_CALL_BIN (element);
  g_autoptr (GstPad) keep = gst_object_ref (pad);
  gboolean has_ended = GST_PAD_IS_EOS (pad);

  if (GST_IS_ROOM_CALL_SINK_PAD (pad)) {
    GstRoomCallSinkPad *sink_pad = GST_ROOM_CALL_SINK_PAD (pad);
    SendBranch *branch = gst_room_call_sink_pad_get_branch (sink_pad);

    send_branch_stop (branch);
    gst_pad_set_active (pad, FALSE);
    gst_room_call_sink_pad_set_branch (sink_pad, NULL);
    room_remove_input (self->room, branch);
    gst_ghost_pad_set_target (GST_GHOST_PAD (pad), NULL);
    send_branch_remove (branch);
    GST_OBJECT_LOCK (self);
    self->n_inputs--;
    self->n_ended -= has_ended && self->n_ended > 0;
    GST_OBJECT_UNLOCK (self);
  } else {
    gst_pad_set_active (pad, FALSE);
    room_remove_output (self->room, pad);
  }
  gst_element_remove_pad (element, pad);
  gst_child_proxy_child_removed (
      GST_CHILD_PROXY (self), G_OBJECT (keep), GST_PAD_NAME (keep));
}

static gboolean
rest (GstElement *element, GstPad *pad, gpointer data)
{
  gst_room_call_sink_pad_rest (GST_ROOM_CALL_SINK_PAD (pad));
  return TRUE;
}

/* No input takes anything in any more. */
void
room_call_pads_rest (GstElement *element)
{
  gst_element_foreach_sink_pad (element, rest, NULL);
}

/* --- those of peers, on the room's thread --- */

/* The pad of whoever had the slot before may still be ending. */
static char *
find_free_name (
    GstRoomCallBin *self, const char *media, guint slot, guint index)
{
  for (;; index++) {
    g_autofree char *name = index == 0
        ? g_strdup_printf ("%s_src_%u", media, slot)
        : g_strdup_printf ("%s_src_%u_%u", media, slot, index);
    g_autoptr (GstPad) taken =
        gst_element_get_static_pad (GST_ELEMENT (self), name);

    if (taken == NULL)
      return g_steal_pointer (&name);
  }
}

GstPad *
room_call_pads_make (MediaKind kind, guint slot, guint index, gpointer data)
{
  GstRoomCallBin *self = data;
  const char *media = media_kind_to_string (kind);
  g_autofree char *template_name = g_strdup_printf ("%s_src_%%u", media);
  g_autofree char *name = find_free_name (self, media, slot, index);
  GstPad *pad = make_output (self, name,
      gst_element_class_get_pad_template (
          GST_ELEMENT_GET_CLASS (self), template_name),
      slot);

  return gst_object_ref_sink (pad);
}

void
room_call_pads_add (GstPad *pad, gpointer data)
{
  announce_pad (data, pad);
}

void
room_call_pads_remove (GstPad *pad, gpointer data)
{
  GstRoomCallBin *self = data;

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
  gst_child_proxy_child_removed (
      GST_CHILD_PROXY (self), G_OBJECT (pad), GST_PAD_NAME (pad));
  gst_object_unref (pad);
}

/**
 * room_call_pads_install:
 * @klass: the element's class
 */
void
room_call_pads_install (GstElementClass *klass)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pad_templates); i++) {
    g_autoptr (GstCaps) caps = make_template_caps (&pad_templates[i]);

    gst_element_class_add_pad_template (klass,
        gst_pad_template_new_with_gtype (pad_templates[i].name_template,
            pad_templates[i].direction, GST_PAD_REQUEST, caps,
            pad_templates[i].direction == GST_PAD_SINK
                ? GST_TYPE_ROOM_CALL_SINK_PAD
                : GST_TYPE_ROOM_CALL_SRC_PAD));
  }
  gst_type_mark_as_plugin_api (GST_TYPE_ROOM_CALL_SINK_PAD, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_ROOM_CALL_SRC_PAD, 0);
}
