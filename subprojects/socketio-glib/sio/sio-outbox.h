/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-message.h"

G_BEGIN_DECLS

/* Packets that wait for a connection, in order and not without limit. */
typedef struct _SioOutbox SioOutbox;

SioOutbox *sio_outbox_new (void);
void sio_outbox_free (SioOutbox *self);
gboolean sio_outbox_is_empty (SioOutbox *self);
gboolean sio_outbox_is_full (
    SioOutbox *self, const SioMessage *message, const SioLimitValues *limits);
gboolean sio_outbox_push (SioOutbox *self, SioMessage *message, guint64 ack_id,
    const SioLimitValues *limits, GError **error);
const SioMessage *sio_outbox_peek (SioOutbox *self, guint64 *ack_id);
void sio_outbox_drop (SioOutbox *self);
void sio_outbox_sort_out (SioOutbox *self,
    gboolean (*is_wanted) (guint64 ack_id, gpointer data), gpointer data);
void sio_outbox_clear (SioOutbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioOutbox, sio_outbox_free)

G_END_DECLS
