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

gboolean
sio_outbox_is_empty (SioOutbox *self)
{
  return self->entries.length == 0;
}

/* Whether there is no room for @message. */
gboolean
sio_outbox_is_full (
    SioOutbox *self, const SioMessage *message, const SioLimitValues *limits)
{
  return self->entries.length >= limits->max_waiting_packets
      || self->bytes + message->size > limits->max_waiting_bytes;
}

/* Takes @message (transfer full), or refuses it and frees it: when it is full,
 * the older ones stay, since their senders were told that they will be sent. */
gboolean
sio_outbox_push (SioOutbox *self, SioMessage *message, guint64 ack_id,
    const SioLimitValues *limits, GError **error)
{
  Entry *entry;

  if (sio_outbox_is_full (self, message, limits)) {
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

static void
forget (SioOutbox *self, GList *link)
{
  Entry *entry = link->data;

  g_queue_delete_link (&self->entries, link);
  self->bytes -= entry->message->size;
  sio_message_free (entry->message);
  g_free (entry);
}

/* Forgets the oldest packet. */
void
sio_outbox_drop (SioOutbox *self)
{
  if (self->entries.head != NULL)
    forget (self, self->entries.head);
}

/* Forgets what is not wanted any more. */
void
sio_outbox_sort_out (SioOutbox *self,
    gboolean (*is_wanted) (guint64 ack_id, gpointer data), gpointer data)
{
  GList *next;

  for (GList *link = self->entries.head; link != NULL; link = next) {
    next = link->next;
    if (!is_wanted (((Entry *) link->data)->ack_id, data))
      forget (self, link);
  }
}

void
sio_outbox_clear (SioOutbox *self)
{
  while (self->entries.length > 0)
    sio_outbox_drop (self);
}
