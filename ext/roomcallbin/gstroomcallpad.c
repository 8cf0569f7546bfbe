/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gstroomcallpad.h"

struct _GstRoomCallSinkPad {
  GstGhostPad parent;

  /* Under OBJECT_LOCK. */
  gboolean muted;
  SendBranch *branch; /* not owned, the element's */
};

struct _GstRoomCallSrcPad {
  GstGhostPad parent;

  /* Under OBJECT_LOCK. */
  char *peer_id;
  char *peer_name;
  char *mid;
  char *msid;
  int slot;
};

G_DEFINE_FINAL_TYPE (
    GstRoomCallSinkPad, gst_room_call_sink_pad, GST_TYPE_GHOST_PAD)
G_DEFINE_FINAL_TYPE (
    GstRoomCallSrcPad, gst_room_call_src_pad, GST_TYPE_GHOST_PAD)

enum {
  SINK_PROP_0,
  SINK_PROP_MUTED,
};

enum {
  SRC_PROP_0,
  SRC_PROP_PEER_ID,
  SRC_PROP_PEER_NAME,
  SRC_PROP_MID,
  SRC_PROP_MSID,
  SRC_PROP_SLOT,
};

/* --- inputs --- */

/* Returns: (transfer full) (nullable): what the pad feeds */
static SendBranch *
ref_branch_locked (GstRoomCallSinkPad *self)
{
  return self->branch != NULL ? send_branch_ref (self->branch) : NULL;
}

static void
sink_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRoomCallSinkPad *self = GST_ROOM_CALL_SINK_PAD (object);
  g_autoptr (SendBranch) branch = NULL;

  if (id != SINK_PROP_MUTED) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  self->muted = g_value_get_boolean (value);
  branch = ref_branch_locked (self);
  if (branch != NULL)
    send_branch_set_muted (branch, self->muted);
  GST_OBJECT_UNLOCK (self);
  if (branch != NULL)
    send_branch_apply_muted (branch);
}

static void
sink_pad_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRoomCallSinkPad *self = GST_ROOM_CALL_SINK_PAD (object);

  if (id != SINK_PROP_MUTED) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    return;
  }
  GST_OBJECT_LOCK (self);
  g_value_set_boolean (value, self->muted);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_room_call_sink_pad_class_init (GstRoomCallSinkPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = sink_pad_set_property;
  object_class->get_property = sink_pad_get_property;

  /**
   * GstRoomCallSinkPad:muted:
   *
   * Whether silence or black is sent instead of what comes in. May change at
   * any time.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, SINK_PROP_MUTED,
      g_param_spec_boolean ("muted", "Muted",
          "Send silence or black instead of what comes in", FALSE,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
gst_room_call_sink_pad_init (GstRoomCallSinkPad *self)
{
  /* A camera that was taken away gets its buffer back. */
  g_signal_connect (
      self, "unlinked", G_CALLBACK (gst_room_call_sink_pad_rest), NULL);
}

/* @branch: (transfer none) (nullable): what the pad feeds */
void
gst_room_call_sink_pad_set_branch (GstRoomCallSinkPad *self, SendBranch *branch)
{
  GST_OBJECT_LOCK (self);
  self->branch = branch;
  GST_OBJECT_UNLOCK (self);
}

/* Returns: (transfer none) (nullable): what the pad feeds */
SendBranch *
gst_room_call_sink_pad_get_branch (GstRoomCallSinkPad *self)
{
  return self->branch;
}

/* Its branch takes nothing in any more. */
void
gst_room_call_sink_pad_rest (GstRoomCallSinkPad *self)
{
  g_autoptr (SendBranch) branch = NULL;

  GST_OBJECT_LOCK (self);
  branch = ref_branch_locked (self);
  GST_OBJECT_UNLOCK (self);
  if (branch != NULL)
    send_branch_rest (branch);
}

/* --- outputs --- */

static char **
src_pad_get_text (GstRoomCallSrcPad *self, guint id)
{
  switch (id) {
    case SRC_PROP_PEER_ID:
      return &self->peer_id;
    case SRC_PROP_PEER_NAME:
      return &self->peer_name;
    case SRC_PROP_MID:
      return &self->mid;
    case SRC_PROP_MSID:
      return &self->msid;
    default:
      return NULL;
  }
}

static void
src_pad_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstRoomCallSrcPad *self = GST_ROOM_CALL_SRC_PAD (object);
  char **text = src_pad_get_text (self, id);

  GST_OBJECT_LOCK (self);
  if (text != NULL) {
    g_free (*text);
    *text = g_value_dup_string (value);
  } else {
    self->slot = g_value_get_int (value);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
src_pad_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstRoomCallSrcPad *self = GST_ROOM_CALL_SRC_PAD (object);
  char **text = src_pad_get_text (self, id);

  GST_OBJECT_LOCK (self);
  if (text != NULL)
    g_value_set_string (value, *text);
  else
    g_value_set_int (value, self->slot);
  GST_OBJECT_UNLOCK (self);
}

static void
src_pad_finalize (GObject *object)
{
  GstRoomCallSrcPad *self = GST_ROOM_CALL_SRC_PAD (object);

  g_free (self->peer_id);
  g_free (self->peer_name);
  g_free (self->mid);
  g_free (self->msid);
  G_OBJECT_CLASS (gst_room_call_src_pad_parent_class)->finalize (object);
}

static void
gst_room_call_src_pad_class_init (GstRoomCallSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags text = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = src_pad_set_property;
  object_class->get_property = src_pad_get_property;
  object_class->finalize = src_pad_finalize;

  /* Written by the element, read by the application. */
  g_object_class_install_property (object_class, SRC_PROP_PEER_ID,
      g_param_spec_string ("peer-id", "Peer id",
          "What the signalling calls the peer that is shown (NULL = nobody, or "
          "a mix)",
          NULL, text));
  g_object_class_install_property (object_class, SRC_PROP_PEER_NAME,
      g_param_spec_string ("peer-name", "Peer name",
          "The display name of the peer that is shown (NULL = it has none)",
          NULL, text));
  g_object_class_install_property (object_class, SRC_PROP_MID,
      g_param_spec_string ("mid", "MID",
          "The track's media identification tag in the descriptions", NULL,
          text));
  g_object_class_install_property (object_class, SRC_PROP_MSID,
      g_param_spec_string ("msid", "MediaStream id",
          "The MediaStream that the peer put the track in (NULL = not said)",
          NULL, text));
  g_object_class_install_property (object_class, SRC_PROP_SLOT,
      g_param_spec_int ("slot", "Slot",
          "The slot that the pad shows (-1 = it shows a mix)", -1, G_MAXINT, -1,
          text));
}

static void
gst_room_call_src_pad_init (GstRoomCallSrcPad *self)
{
  self->slot = -1;
}
