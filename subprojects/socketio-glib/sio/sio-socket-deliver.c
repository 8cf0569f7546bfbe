/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-error.h"
#include "sio-socket-private.h"
#include "sio-timer.h"

/* Events that are sent until they are acknowledged, one after the other. */

typedef struct {
  char *event;
  JsonNode *args;
  guint timeout;
  guint tries; /* that are left */
  GSource *cancelled;
} Delivery;

static void drain (SioSocket *self);

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  sio_timer_stop (&delivery->cancelled);
  g_clear_pointer (&delivery->args, json_node_unref);
  g_free (delivery->event);
  g_free (delivery);
}

/* Takes a task out of the queue, whose reference passes to the caller; FALSE if
 * it is not there any more. */
static gboolean
take (SioSocket *self, GTask *task)
{
  Delivery *delivery = g_task_get_task_data (task);

  if (!g_queue_remove (&self->deliveries, task))
    return FALSE;
  sio_timer_stop (&delivery->cancelled);
  return TRUE;
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, SIO_ERROR, SIO_ERROR_TIMED_OUT)
      || g_error_matches (error, SIO_ERROR, SIO_ERROR_DISCONNECTED);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer data)
{
  SioSocket *self = SIO_SOCKET (source);
  g_autoptr (GTask) task = data;
  Delivery *delivery = g_task_get_task_data (task);
  GError *error = NULL;
  JsonNode *answer = sio_socket_emit_with_ack_finish (self, result, &error);

  self->delivering = FALSE;
  if (answer == NULL && is_passing (error) && delivery->tries > 0) {
    g_error_free (error);
  } else if (!take (self, task)) {
    g_clear_error (&error);
    g_clear_pointer (&answer, json_node_unref);
  } else {
    if (answer != NULL)
      g_task_return_pointer (task, answer, (GDestroyNotify) json_node_unref);
    else
      g_task_return_error (task, error);
    g_object_unref (task);
  }
  drain (self);
}

static void
drain (SioSocket *self)
{
  GTask *task = g_queue_peek_head (&self->deliveries);
  Delivery *delivery;

  if (task == NULL || self->delivering || self->state != STATE_CONNECTED)
    return;
  delivery = g_task_get_task_data (task);
  delivery->tries--;
  self->delivering = TRUE;
  sio_socket_emit_with_ack_async (self, delivery->event, delivery->args,
      delivery->timeout, g_task_get_cancellable (task), on_tried,
      g_object_ref (task));
}

/* There is a connection. */
void
sio_socket_resume_deliveries (SioSocket *self)
{
  drain (self);
}

/* No connection will follow by itself. */
void
sio_socket_lose_deliveries (SioSocket *self)
{
  GTask *task;

  while ((task = g_queue_peek_head (&self->deliveries)) != NULL) {
    take (self, task);
    g_task_return_new_error (task, SIO_ERROR, SIO_ERROR_DISCONNECTED,
        "the connection ended before the event was acknowledged");
    g_object_unref (task);
  }
}

/* While it is being sent its acknowledgement is what is cancelled. */
static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  SioSocket *self = g_task_get_source_object (task);

  if (self->delivering && task == g_queue_peek_head (&self->deliveries))
    return G_SOURCE_REMOVE;
  if (take (self, task)) {
    g_task_return_error_if_cancelled (task);
    g_object_unref (task);
  }
  return G_SOURCE_REMOVE;
}

/**
 * sio_socket_deliver_async:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @timeout_ms: how long to wait for each acknowledgement, in milliseconds, from
 *   1 on
 * @retries: how often to send it again, besides the first time
 * @cancellable: (nullable): ends the waiting
 * @callback: what to call with the answer
 * @data: what to give to @callback
 *
 * Sends an event, and again when its acknowledgement did not come in time or
 * was lost with the connection. Events that are sent by this function arrive in
 * order, since each waits for the acknowledgement of the one before; and one may
 * arrive more than once. Without a connection the time does not begin.
 *
 * Errors: as those of sio_socket_emit_with_ack_async(). %SIO_ERROR_TIMED_OUT and
 * %SIO_ERROR_DISCONNECTED are the last attempt's; after %SIO_ERROR_DISCONNECTED
 * because no further connection will be made it may not have been sent at all.
 *
 * Since: 0.1
 */
void
sio_socket_deliver_async (SioSocket *self, const char *event, JsonNode *args,
    guint timeout_ms, guint retries, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  const SioLimitValues *limits;
  g_autoptr (GTask) task = NULL;
  Delivery *delivery;
  GError *error = NULL;

  g_return_if_fail (SIO_IS_SOCKET (self));
  g_return_if_fail (event != NULL);
  g_return_if_fail (timeout_ms > 0);

  limits = sio_limits_peek (self->limits);
  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, sio_socket_deliver_async);
  if (self->manager == NULL)
    g_set_error_literal (&error, SIO_ERROR, SIO_ERROR_DISCONNECTED,
        "the socket's manager is gone");
  else if (self->deliveries.length >= limits->max_pending_acks)
    g_set_error (&error, SIO_ERROR, SIO_ERROR_QUEUE_FULL,
        "%u events wait already", self->deliveries.length);
  else
    sio_packet_check_event (event, args, limits, &error);
  if (error != NULL) {
    g_task_return_error (task, error);
    return;
  }
  delivery = g_new0 (Delivery, 1);
  delivery->event = g_strdup (event);
  delivery->args = args != NULL ? json_node_copy (args) : NULL;
  delivery->timeout = timeout_ms;
  delivery->tries = retries < G_MAXUINT ? retries + 1 : retries;
  g_task_set_task_data (task, delivery, delivery_free);
  if (cancellable != NULL) {
    delivery->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (
        delivery->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
    g_source_attach (
        delivery->cancelled, sio_manager_get_context (self->manager));
  }
  g_queue_push_tail (&self->deliveries, g_steal_pointer (&task));
  drain (self);
}

/**
 * sio_socket_deliver_finish:
 * @self: a socket
 * @result: what the callback was given
 * @error: where to put the error
 *
 * Returns: (transfer full): a node that holds the array of the answer's
 *   arguments, or %NULL with @error set
 *
 * Since: 0.1
 */
JsonNode *
sio_socket_deliver_finish (
    SioSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
