/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-outbox.h"

#include "sio-error.h"

#define MAX_PACKETS 1024
#define MAX_BYTES (4 * 1024 * 1024)

typedef struct {
  char *text;
  gsize length;
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

/* Refuses the newest packet and keeps the older ones when it is full: their
 * senders were told that they will be sent. */
gboolean
sio_outbox_push (SioOutbox *self, const char *text, gsize length,
    guint64 ack_id, GError **error)
{
  Entry *entry;

  if (self->entries.length >= MAX_PACKETS || length > MAX_BYTES - self->bytes) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_QUEUE_FULL,
        "not connected, and too much waits to be sent already");
    return FALSE;
  }
  entry = g_new (Entry, 1);
  entry->text = g_strndup (text, length);
  entry->length = length;
  entry->ack_id = ack_id;
  self->bytes += length;
  g_queue_push_tail (&self->entries, entry);
  return TRUE;
}

/* Returns the oldest packet, or NULL if there is none. */
const char *
sio_outbox_peek (SioOutbox *self, gsize *length, guint64 *ack_id)
{
  Entry *entry = g_queue_peek_head (&self->entries);

  if (entry == NULL)
    return NULL;
  *length = entry->length;
  *ack_id = entry->ack_id;
  return entry->text;
}

/* Forgets the oldest packet. */
void
sio_outbox_drop (SioOutbox *self)
{
  Entry *entry = g_queue_pop_head (&self->entries);

  if (entry == NULL)
    return;
  self->bytes -= entry->length;
  g_free (entry->text);
  g_free (entry);
}

void
sio_outbox_clear (SioOutbox *self)
{
  while (self->entries.length > 0)
    sio_outbox_drop (self);
}
