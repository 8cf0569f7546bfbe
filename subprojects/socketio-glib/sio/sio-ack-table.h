/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sio-packet.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The acknowledgements that a socket waits for. */
typedef struct _SioAckTable SioAckTable;

SioAckTable *sio_ack_table_new (GMainContext *context);
void sio_ack_table_free (SioAckTable *self);

gboolean sio_ack_table_add (SioAckTable *self, GTask *task, guint timeout_ms,
    guint max_pending, guint64 *id, GError **error);
gboolean sio_ack_table_contains (SioAckTable *self, guint64 id);
void sio_ack_table_mark_sent (SioAckTable *self, guint64 id);
void sio_ack_table_resolve (SioAckTable *self, guint64 id, JsonNode *arguments);
void sio_ack_table_fail (SioAckTable *self, guint64 id, const GError *error);
void sio_ack_table_handle (SioAckTable *self, const SioPacket *packet);
void sio_ack_table_fail_lost (SioAckTable *self, gboolean sent_only);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioAckTable, sio_ack_table_free)

G_END_DECLS
