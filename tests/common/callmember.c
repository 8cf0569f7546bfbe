/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "callmember.h"

struct _CallMember {
  gint refs; /* atomic: of its owner and of the bus */
  GstElement *pipeline;
  GstElement *call;
  LoopbackSignaller *signaller;
  GHashTable *meters; /* pad name -> MediaMeter */

  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  GPtrArray *messages; /* GstStructure of element messages */
  gboolean eos;
  char *error;
};

static void
recalculate_latency (GstElement *pipeline, gpointer data)
{
  gst_bin_recalculate_latency (GST_BIN (pipeline));
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  CallMember *self = data;

  g_mutex_lock (&self->lock);
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      g_ptr_array_add (self->messages,
          gst_structure_copy (gst_message_get_structure (message)));
      break;
    case GST_MESSAGE_EOS:
      self->eos = TRUE;
      break;
    case GST_MESSAGE_ERROR: {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_free (self->error);
      self->error = g_strdup (error->message);
      break;
    }
    case GST_MESSAGE_LATENCY:
      /* As an application does, on a thread of its own. */
      gst_element_call_async (self->pipeline, recalculate_latency, NULL, NULL);
      break;
    default:
      break;
  }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
member_unref (gpointer data)
{
  CallMember *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_hash_table_unref (self->meters);
  gst_clear_object (&self->signaller);
  gst_object_unref (self->call);
  gst_object_unref (self->pipeline);
  g_ptr_array_unref (self->messages);
  g_free (self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self);
}

/**
 * call_member_new:
 * @room: (nullable): the room of its loopback signaller; %NULL: it has the
 *   default signaller, which @properties say where to go
 * @properties: of the roomcallbin, as gst-launch has them
 * @pipeline: what feeds "call"'s inputs, as gst-launch has it
 *
 * Returns: (transfer full): a member that has not joined yet
 */
CallMember *
call_member_new (const char *room, const char *properties, const char *pipeline)
{
  CallMember *self = g_new0 (CallMember, 1);
  g_autofree char *description =
      g_strdup_printf ("roomcallbin name=call %s %s", properties, pipeline);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  /* A thread may still be posting when the member is freed. */
  self->refs = 2;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->messages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_structure_free);
  self->meters = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) media_meter_free);
  self->pipeline = gst_parse_launch_full (
      description, NULL, GST_PARSE_FLAG_PLACE_IN_BIN, &error);
  g_assert_no_error (error);
  if (!GST_IS_PIPELINE (self->pipeline)) {
    GstElement *bin = self->pipeline;

    self->pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (self->pipeline), bin);
  }
  self->call = gst_bin_get_by_name (GST_BIN (self->pipeline), "call");
  if (room != NULL) {
    self->signaller =
        gst_object_ref_sink (g_object_new (TYPE_LOOPBACK_SIGNALLER, NULL));
    g_object_set (self->signaller, "room", room, NULL);
    g_object_set (self->call, "signaller", self->signaller, NULL);
  }

  bus = gst_element_get_bus (self->pipeline);
  gst_bus_set_sync_handler (bus, on_message, self, member_unref);
  return self;
}

/**
 * call_member_free:
 * @self: (transfer full): the member; leaves if it is in the room
 */
void
call_member_free (CallMember *self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  call_member_stop (self);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  member_unref (self);
}

/* Returns: (transfer none): its roomcallbin */
GstElement *
call_member_get_call (CallMember *self)
{
  return self->call;
}

/* Returns: (transfer none): its pipeline */
GstElement *
call_member_get_pipeline (CallMember *self)
{
  return self->pipeline;
}

/* Returns: (transfer none) (nullable): its loopback signaller */
LoopbackSignaller *
call_member_get_signaller (CallMember *self)
{
  return self->signaller;
}

/**
 * call_member_add_output:
 * @self: the member
 * @pad: name of a src pad of the roomcallbin to request and link
 * @caps: what is taken from it
 *
 * Returns: (transfer none): measures what comes out
 */
MediaMeter *
call_member_add_output (CallMember *self, const char *pad, const char *caps)
{
  g_autoptr (GstCaps) wanted = gst_caps_from_string (caps);
  GstElement *sink = gst_element_factory_make ("fakesink", pad);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");
  MediaMeter *meter = media_meter_new (sink_pad);

  /* In time, as a screen and a loudspeaker are. */
  g_object_set (sink, "sync", TRUE, "qos", FALSE, NULL);
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_sync_state_with_parent (sink);
  g_hash_table_insert (self->meters, g_strdup (pad), meter);
  g_assert_true (
      gst_element_link_pads_filtered (self->call, pad, sink, "sink", wanted));
  return meter;
}

/* Returns: (transfer none): of an output that was added */
MediaMeter *
call_member_get_meter (CallMember *self, const char *pad)
{
  return g_hash_table_lookup (self->meters, pad);
}

/**
 * call_member_play:
 * @self: the member
 *
 * Joins the room.
 */
void
call_member_play (CallMember *self)
{
  g_assert_cmpint (gst_element_set_state (self->pipeline, GST_STATE_PLAYING),
      !=, GST_STATE_CHANGE_FAILURE);
}

/**
 * call_member_stop:
 * @self: the member
 *
 * Leaves the room.
 */
void
call_member_stop (CallMember *self)
{
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

static gboolean
matches (const GstStructure *s, const char *message, const char *field,
    const char *value)
{
  return gst_structure_has_name (s, message)
      && (field == NULL
          || g_strcmp0 (gst_structure_get_string (s, field), value) == 0);
}

static guint
count_locked (
    CallMember *self, const char *message, const char *field, const char *value)
{
  guint n = 0;

  for (guint i = 0; i < self->messages->len; i++) {
    if (matches (g_ptr_array_index (self->messages, i), message, field, value))
      n++;
  }
  return n;
}

/**
 * call_member_wait:
 * @self: the member
 * @message: name of an element message
 * @field: (nullable): one of its fields
 * @value: what the field is to be
 * @deadline: in g_get_monotonic_time() units
 *
 * Waits for a message; one that came already counts.
 *
 * Returns: whether it came
 */
gboolean
call_member_wait (CallMember *self, const char *message, const char *field,
    const char *value, gint64 deadline)
{
  return call_member_wait_count (self, message, field, value, 1, deadline);
}

/**
 * call_member_wait_count:
 * @self: the member
 * @message: name of an element message
 * @field: (nullable): one of its fields
 * @value: what the field is to be
 * @count: how many such messages are waited for, with those that came already
 * @deadline: in g_get_monotonic_time() units
 *
 * Returns: whether they came
 */
gboolean
call_member_wait_count (CallMember *self, const char *message,
    const char *field, const char *value, guint count, gint64 deadline)
{
  gboolean found;

  g_mutex_lock (&self->lock);
  while (!(found = count_locked (self, message, field, value) >= count)
      && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
  return found;
}

/* Returns: how many such messages came */
guint
call_member_count (
    CallMember *self, const char *message, const char *field, const char *value)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = count_locked (self, message, field, value);
  g_mutex_unlock (&self->lock);
  return n;
}

/* Returns: (transfer full) (nullable): the last such message */
GstStructure *
call_member_get_message (
    CallMember *self, const char *message, const char *field, const char *value)
{
  GstStructure *last = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = self->messages->len; i > 0 && last == NULL; i--) {
    const GstStructure *s = g_ptr_array_index (self->messages, i - 1);

    if (matches (s, message, field, value))
      last = gst_structure_copy (s);
  }
  g_mutex_unlock (&self->lock);
  return last;
}

/* Forgets the messages that came so far. */
void
call_member_forget (CallMember *self)
{
  g_mutex_lock (&self->lock);
  g_ptr_array_set_size (self->messages, 0);
  g_mutex_unlock (&self->lock);
}

/* Returns: whether the pipeline ended before @deadline */
gboolean
call_member_wait_eos (CallMember *self, gint64 deadline)
{
  gboolean eos;

  g_mutex_lock (&self->lock);
  while (!(eos = self->eos)
      && g_cond_wait_until (&self->cond, &self->lock, deadline))
    ;
  g_mutex_unlock (&self->lock);
  return eos;
}

/* Returns: (transfer full) (nullable): the last ERROR message's text */
char *
call_member_get_error (CallMember *self)
{
  char *error;

  g_mutex_lock (&self->lock);
  error = g_strdup (self->error);
  g_mutex_unlock (&self->lock);
  return error;
}
