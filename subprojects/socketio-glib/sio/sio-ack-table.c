/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ack-table.h"

#include "sio-error.h"
#include "sio-timer.h"

struct _SioAckTable {
  GMainContext *context;
  GHashTable *pending; /* guint64 -> Pending */
  guint64 next;
};

typedef struct {
  guint64 id;
  SioAckTable *table;
  GTask *task;
  GSource *timeout;
  GSource *cancelled;
  gboolean sent;
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  sio_timer_stop (&pending->timeout);
  sio_timer_stop (&pending->cancelled);
  g_clear_object (&pending->task);
  g_free (pending);
}

SioAckTable *
sio_ack_table_new (GMainContext *context)
{
  SioAckTable *self = g_new0 (SioAckTable, 1);

  self->context = g_main_context_ref (context);
  self->pending =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, pending_free);
  return self;
}

/* Every task was completed before, by sio_ack_table_fail_lost(). */
void
sio_ack_table_free (SioAckTable *self)
{
  g_hash_table_unref (self->pending);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Takes the entry out before anybody is called, who may well come back. */
static GTask *
steal_task (SioAckTable *self, guint64 id)
{
  Pending *pending = g_hash_table_lookup (self->pending, &id);
  GTask *task;

  if (pending == NULL)
    return NULL;
  task = g_steal_pointer (&pending->task);
  g_hash_table_remove (self->pending, &id);
  return task;
}

static gboolean
on_timeout (gpointer data)
{
  Pending *pending = data;
  g_autoptr (GTask) task = steal_task (pending->table, pending->id);

  g_task_return_new_error (
      task, SIO_ERROR, SIO_ERROR_TIMED_OUT, "no acknowledgement came in time");
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Pending *pending = data;
  g_autoptr (GTask) task = steal_task (pending->table, pending->id);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Waits for the acknowledgement with the id that is returned, and completes
 * @task (which a reference is taken of) with its arguments. 0 ms is no limit. */
gboolean
sio_ack_table_add (SioAckTable *self, GTask *task, guint timeout_ms,
    guint max_pending, guint64 *id, GError **error)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Pending *pending;

  if (g_hash_table_size (self->pending) >= max_pending) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL,
        "%u acknowledgements are outstanding already", max_pending);
    return FALSE;
  }
  pending = g_new0 (Pending, 1);
  pending->id = *id = self->next++;
  pending->table = self;
  pending->task = g_object_ref (task);
  if (timeout_ms > 0)
    pending->timeout =
        sio_timer_start (self->context, timeout_ms, on_timeout, pending);
  if (cancellable != NULL) {
    pending->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (
        pending->cancelled, G_SOURCE_FUNC (on_cancelled), pending, NULL);
    g_source_attach (pending->cancelled, self->context);
  }
  g_hash_table_insert (self->pending, &pending->id, pending);
  return TRUE;
}

gboolean
sio_ack_table_contains (SioAckTable *self, guint64 id)
{
  return g_hash_table_contains (self->pending, &id);
}

/* The packet went out: the answer is lost when the connection ends. */
void
sio_ack_table_mark_sent (SioAckTable *self, guint64 id)
{
  Pending *pending = g_hash_table_lookup (self->pending, &id);

  if (pending != NULL)
    pending->sent = TRUE;
}

/* An id that nobody waits for is ignored, as the protocol has it. */
void
sio_ack_table_resolve (SioAckTable *self, guint64 id, JsonNode *arguments)
{
  g_autoptr (GTask) task = steal_task (self, id);

  if (task != NULL)
    g_task_return_pointer (
        task, json_node_ref (arguments), (GDestroyNotify) json_node_unref);
}

void
sio_ack_table_fail (SioAckTable *self, guint64 id, const GError *error)
{
  g_autoptr (GTask) task = steal_task (self, id);

  if (task != NULL)
    g_task_return_error (task, g_error_copy (error));
}

/* An ACK that came. */
void
sio_ack_table_handle (SioAckTable *self, const SioPacket *packet)
{
  g_autoptr (JsonNode) arguments = NULL;

  if (packet->id == SIO_PACKET_NO_ID)
    return;
  arguments = sio_packet_dup_arguments (packet);
  sio_ack_table_resolve (self, packet->id, arguments);
}

/* The connection ended: fails every acknowledgement, or only those whose packet
 * went out. */
void
sio_ack_table_fail_lost (SioAckTable *self, gboolean sent_only)
{
  g_autoptr (GError) error = g_error_new_literal (SIO_ERROR,
      SIO_ERROR_DISCONNECTED, "the connection ended before the answer came");
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  Pending *pending;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &pending)) {
    if (sent_only && !pending->sent)
      continue;
    g_ptr_array_add (tasks, g_steal_pointer (&pending->task));
    g_hash_table_iter_remove (&iter);
  }
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (tasks->pdata[i], g_error_copy (error));
}
