/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-outbox.h"

#include "sio-error.h"

typedef struct {
  SioMessage *message;
  guint64 ack_id;
} Entry;

struct _SioOutbox {
  GQueue entries;
  gsize bytes;
};

SioOutbox *
sio_outbox_new (void)
{
  return g_new0 (SioOutbox, 1);
}

void
sio_outbox_free (SioOutbox *self)
{
  sio_outbox_clear (self);
  g_free (self);
}

/* Takes @message (transfer full), or refuses it and frees it: when it is full,
 * the older ones stay, since their senders were told that they will be sent. */
gboolean
sio_outbox_push (SioOutbox *self, SioMessage *message, guint64 ack_id,
    const SioLimitValues *limits, GError **error)
{
  Entry *entry;

  if (self->entries.length >= limits->max_waiting_packets
      || self->bytes + message->size > limits->max_waiting_bytes) {
    sio_message_free (message);
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL,
        "not connected, and too much waits to be sent already");
    return FALSE;
  }
  entry = g_new (Entry, 1);
  entry->message = message;
  entry->ack_id = ack_id;
  self->bytes += message->size;
  g_queue_push_tail (&self->entries, entry);
  return TRUE;
}

/* Returns the oldest packet, or NULL if there is none. */
const SioMessage *
sio_outbox_peek (SioOutbox *self, guint64 *ack_id)
{
  Entry *entry = g_queue_peek_head (&self->entries);

  if (entry == NULL)
    return NULL;
  *ack_id = entry->ack_id;
  return entry->message;
}

/* Forgets the oldest packet. */
void
sio_outbox_drop (SioOutbox *self)
{
  Entry *entry = g_queue_pop_head (&self->entries);

  if (entry == NULL)
    return;
  self->bytes -= entry->message->size;
  sio_message_free (entry->message);
  g_free (entry);
}

void
sio_outbox_clear (SioOutbox *self)
{
  while (self->entries.length > 0)
    sio_outbox_drop (self);
}
