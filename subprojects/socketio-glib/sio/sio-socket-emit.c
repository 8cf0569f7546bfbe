/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-error.h"
#include "sio-socket-private.h"

/* What a socket sends, with or without a connection. */

static gboolean
send_message (SioSocket *self, const SioMessage *message, guint64 ack_id)
{
  gboolean sent = self->state == STATE_CONNECTED
      && sio_manager_send (self->manager, message);

  if (sent && ack_id != SIO_PACKET_NO_ID)
    sio_ack_table_mark_sent (self->acks, ack_id);
  return sent;
}

/* Nobody wants what is asked and whose answer timed out, or was cancelled. */
static gboolean
is_wanted (guint64 ack_id, gpointer data)
{
  SioSocket *self = data;

  return ack_id == SIO_PACKET_NO_ID
      || sio_ack_table_contains (self->acks, ack_id);
}

/* Sends what waited for the connection, in order. */
void
sio_socket_flush (SioSocket *self)
{
  const SioMessage *message;
  guint64 ack_id;

  while ((message = sio_outbox_peek (self->outbox, &ack_id)) != NULL) {
    if (is_wanted (ack_id, self) && !send_message (self, message, ack_id))
      return;
    sio_outbox_drop (self->outbox);
  }
}

/* Answers an event, unless the connection it came by is gone. */
gboolean
sio_socket_send_ack (
    GObject *socket, guint session, guint64 id, JsonNode *arguments)
{
  SioSocket *self = SIO_SOCKET (socket);
  g_autoptr (SioMessage) message = NULL;

  if (self->state != STATE_CONNECTED || self->session != session)
    return FALSE;
  message = sio_message_new_ack (
      self->nsp, id, arguments, sio_limits_peek (self->limits), NULL);
  return message != NULL
      && message->largest <= sio_manager_get_max_packet (self->manager)
      && send_message (self, message, SIO_PACKET_NO_ID);
}

static SioMessage *
make_event (SioSocket *self, const char *event, JsonNode *args, guint64 ack_id,
    GError **error)
{
  const SioLimitValues *limits = sio_limits_peek (self->limits);
  g_autoptr (SioMessage) message = NULL;

  if (!sio_packet_check_event (event, args, limits, error))
    return NULL;
  if (self->manager == NULL) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_DISCONNECTED,
        "the socket's manager is gone");
    return NULL;
  }
  message =
      sio_message_new_event (self->nsp, ack_id, event, args, limits, error);
  if (message != NULL
      && message->largest > sio_manager_get_max_packet (self->manager)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
        "the event \"%s\" is larger than the server takes", event);
    return NULL;
  }
  return g_steal_pointer (&message);
}

static gboolean
emit_event (SioSocket *self, const char *event, JsonNode *args, guint64 ack_id,
    GError **error)
{
  g_autoptr (SioMessage) message =
      make_event (self, event, args, ack_id, error);

  if (message == NULL)
    return FALSE;
  /* What waits goes first, also when there is a connection by now. */
  if (sio_outbox_is_empty (self->outbox)
      && send_message (self, message, ack_id))
    return TRUE;
  if (sio_outbox_is_full (
          self->outbox, message, sio_limits_peek (self->limits)))
    sio_outbox_sort_out (self->outbox, is_wanted, self);
  return sio_outbox_push (self->outbox, g_steal_pointer (&message), ack_id,
      sio_limits_peek (self->limits), error);
}

/**
 * sio_socket_emit:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @error: where to put the error
 *
 * Sends an event. Without a connection it waits, in order with the others, and
 * is sent as soon as there is one; sio_socket_disconnect() drops it.
 *
 * Errors: %SIO_ERROR_INVALID_ARGUMENT for a reserved name or arguments that are
 * no array, %SIO_ERROR_TOO_LARGE for more than the server takes (1 MB if it does
 * not say), %SIO_ERROR_QUEUE_FULL if 1,024 packets or 4 MB wait already,
 * %SIO_ERROR_DISCONNECTED if the manager is gone.
 *
 * Returns: whether the event was sent or waits to be
 *
 * Since: 0.1
 */
gboolean
sio_socket_emit (
    SioSocket *self, const char *event, JsonNode *args, GError **error)
{
  g_return_val_if_fail (SIO_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  return emit_event (self, event, args, SIO_PACKET_NO_ID, error);
}

/**
 * sio_socket_emit_volatile:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @error: where to put the error
 *
 * Sends an event that is worth something only now, such as a position: without
 * a connection, or while the connection is busy with what was sent before, it
 * is dropped. It never waits.
 *
 * Errors: as those of sio_socket_emit(), but for %SIO_ERROR_QUEUE_FULL.
 *
 * Returns: whether the event was sent or dropped; %FALSE is an error
 *
 * Since: 0.1
 */
gboolean
sio_socket_emit_volatile (
    SioSocket *self, const char *event, JsonNode *args, GError **error)
{
  g_autoptr (SioMessage) message = NULL;

  g_return_val_if_fail (SIO_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  message = make_event (self, event, args, SIO_PACKET_NO_ID, error);
  if (message == NULL)
    return FALSE;
  if (sio_manager_is_writable (self->manager))
    send_message (self, message, SIO_PACKET_NO_ID);
  return TRUE;
}

/**
 * sio_socket_emit_with_ack_async:
 * @self: a socket
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 * @timeout_ms: how long to wait for the answer, in milliseconds; 0 is what
 *   #SioManager:ack-timeout says. It begins now, connected or not.
 * @cancellable: (nullable): ends the waiting
 * @callback: what to call with the answer
 * @data: what to give to @callback
 *
 * Sends an event as sio_socket_emit() does, and waits for its acknowledgement.
 *
 * Errors, besides those of sio_socket_emit(): %SIO_ERROR_TIMED_OUT,
 * %SIO_ERROR_DISCONNECTED when the connection ends before the answer came,
 * %SIO_ERROR_QUEUE_FULL when 4,096 answers are outstanding.
 *
 * Since: 0.1
 */
void
sio_socket_emit_with_ack_async (SioSocket *self, const char *event,
    JsonNode *args, guint timeout_ms, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  const SioLimitValues *limits;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  guint64 id;

  g_return_if_fail (SIO_IS_SOCKET (self));
  g_return_if_fail (event != NULL);

  limits = sio_limits_peek (self->limits);
  task = g_task_new (self, cancellable, callback, data);
  g_task_set_source_tag (task, sio_socket_emit_with_ack_async);
  if (timeout_ms == 0 && self->manager != NULL)
    timeout_ms = sio_manager_get_ack_timeout (self->manager);
  if (!sio_packet_check_event (event, args, limits, &error)
      || !sio_ack_table_add (self->acks, task, timeout_ms,
          limits->max_pending_acks, &id, &error)) {
    g_task_return_error (task, error);
    return;
  }
  if (!emit_event (self, event, args, id, &error)) {
    sio_ack_table_fail (self->acks, id, error);
    g_clear_error (&error);
  }
}

/**
 * sio_socket_emit_with_ack_finish:
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
sio_socket_emit_with_ack_finish (
    SioSocket *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
