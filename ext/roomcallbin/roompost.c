/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roompost.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

#define WARNINGS_AT_ONCE 30
#define WARNINGS_PER_SECOND 3

/**
 * room_post_init:
 * @self: to be filled
 * @loop: the room's
 * @source: for the log
 * @post: called on the room's thread, with a structure that it takes
 * @data: for @post
 */
void
room_post_init (RoomPost *self, LoopThread *loop, GstObject *source,
    void (*post) (GstStructure *structure, gpointer data), gpointer data)
{
  self->loop = loop;
  self->source = source;
  self->post = post;
  self->data = data;
  rate_limit_init (&self->warnings, WARNINGS_PER_SECOND, WARNINGS_AT_ONCE,
      g_get_monotonic_time ());
}

typedef struct {
  void (*post) (GstStructure *structure, gpointer data);
  gpointer data;
  GstStructure *structure; /* NULL when it has gone out */
} Delivery;

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;

  delivery->post (g_steal_pointer (&delivery->structure), delivery->data);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  g_clear_pointer (&((Delivery *) data)->structure, gst_structure_free);
  g_free (data);
}

/**
 * room_post_message:
 * @self: where to
 * @structure: (transfer full): an element message
 */
void
room_post_message (RoomPost *self, GstStructure *structure)
{
  Delivery *delivery;

  if (gst_structure_has_name (structure, "roomcall/warning")
      && !rate_limit_take (&self->warnings, g_get_monotonic_time ())) {
    gst_structure_free (structure);
    return;
  }
  delivery = g_new0 (Delivery, 1);
  delivery->post = self->post;
  delivery->data = self->data;
  delivery->structure = structure;
  loop_thread_post (self->loop, deliver, delivery, delivery_free);
}

/**
 * room_post_warning:
 * @self: where to
 * @text: for people
 */
void
room_post_warning (RoomPost *self, const char *text)
{
  GST_WARNING_OBJECT (self->source, "%s", text);
  room_post_message (self,
      gst_structure_new (
          "roomcall/warning", "text", G_TYPE_STRING, text, NULL));
}
