/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallerchild.h"

#include "roomsignaller.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/**
 * signaller_child_init:
 * @self: to be filled
 * @bin: the element
 *
 * Begins with the default signaller, if it is installed.
 */
void
signaller_child_init (SignallerChild *self, GstBin *bin)
{
  GstElement *signaller =
      gst_element_factory_make (SIGNALLER_CHILD_DEFAULT, NULL);

  *self = (SignallerChild){ .bin = bin };
  if (signaller != NULL)
    signaller_child_set (self, signaller);
}

/**
 * signaller_child_clear:
 * @self: the child
 *
 * Gives up the reference; the bin still has its own.
 */
void
signaller_child_clear (SignallerChild *self)
{
  gst_clear_object (&self->element);
}

/**
 * signaller_child_ref:
 * @self: the child
 *
 * Returns: (transfer full) (nullable): the signaller. Any thread.
 */
GstElement *
signaller_child_ref (SignallerChild *self)
{
  GstElement *signaller;

  GST_OBJECT_LOCK (self->bin);
  signaller = self->element != NULL ? gst_object_ref (self->element) : NULL;
  GST_OBJECT_UNLOCK (self->bin);
  return signaller;
}

/**
 * signaller_child_set:
 * @self: the child
 * @signaller: (nullable): the new one, which is part of nothing else
 *
 * Replaces the signaller. Refused, with a warning in the log, in a call. One that
 * lacks something is taken: signaller_child_check() says what.
 */
void
signaller_child_set (SignallerChild *self, GstElement *signaller)
{
  g_autoptr (GstElement) old = NULL;
  g_autoptr (GError) error = NULL;

  if (GST_STATE (self->bin) > GST_STATE_READY) {
    GST_WARNING_OBJECT (self->bin, "the signaller cannot be changed in a call");
    return;
  }
  if (signaller != NULL && GST_OBJECT_PARENT (signaller) != NULL) {
    GST_WARNING_OBJECT (self->bin,
        "%s is part of something else and cannot be the signaller",
        GST_OBJECT_NAME (signaller));
    return;
  }
  if (signaller != NULL && !room_signaller_check (signaller, &error))
    GST_ERROR_OBJECT (self->bin, "%s", error->message);

  GST_OBJECT_LOCK (self->bin);
  old = g_steal_pointer (&self->element);
  GST_OBJECT_UNLOCK (self->bin);
  if (old != NULL) {
    gst_element_set_state (old, GST_STATE_NULL);
    gst_bin_remove (self->bin, old);
  }
  if (signaller == NULL)
    return;
  gst_object_set_name (GST_OBJECT (signaller), SIGNALLER_CHILD_NAME);
  /* Its states follow other rules than those of media: it joins when the
   * inputs have media. */
  gst_element_set_locked_state (signaller, TRUE);
  GST_OBJECT_LOCK (self->bin);
  self->element = gst_object_ref (signaller);
  GST_OBJECT_UNLOCK (self->bin);
  gst_bin_add (self->bin, signaller);
}

/**
 * signaller_child_check:
 * @self: the child
 *
 * Posts an ERROR if no call is possible with this signaller.
 *
 * Returns: whether one is
 */
gboolean
signaller_child_check (SignallerChild *self)
{
  g_autoptr (GstElement) signaller = signaller_child_ref (self);
  g_autoptr (GError) error = NULL;

  if (signaller == NULL) {
    GST_ELEMENT_ERROR (self->bin, CORE, MISSING_PLUGIN,
        ("There is no signaller: the element “" SIGNALLER_CHILD_DEFAULT
         "” is not installed, and no other was set as signaller=…"),
        (NULL));
    return FALSE;
  }
  if (!room_signaller_check (signaller, &error)) {
    GST_ELEMENT_ERROR (
        self->bin, CORE, NOT_IMPLEMENTED, ("%s", error->message), (NULL));
    return FALSE;
  }
  return TRUE;
}

/**
 * signaller_child_set_state:
 * @self: the child
 * @state: where it is to go
 *
 * Returns: whether it did not fail
 */
gboolean
signaller_child_set_state (SignallerChild *self, GstState state)
{
  g_autoptr (GstElement) signaller = signaller_child_ref (self);

  return signaller == NULL
      || gst_element_set_state (signaller, state) != GST_STATE_CHANGE_FAILURE;
}

/**
 * signaller_child_pause:
 * @self: the child
 *
 * PLAYING to PAUSED; not up again if the end of the stream has put it lower.
 */
void
signaller_child_pause (SignallerChild *self)
{
  g_autoptr (GstElement) signaller = signaller_child_ref (self);

  if (signaller != NULL && GST_STATE (signaller) == GST_STATE_PLAYING)
    gst_element_set_state (signaller, GST_STATE_PAUSED);
}
