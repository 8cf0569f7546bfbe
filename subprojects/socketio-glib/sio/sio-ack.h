/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <json-glib/json-glib.h>
#include <sio/sio-export.h>

G_BEGIN_DECLS

#define SIO_TYPE_ACK (sio_ack_get_type ())

/**
 * SioAck:
 *
 * The acknowledgement that the sender of an event waits for. A handler of the
 * event answers with sio_ack_reply(), at once or, if it takes a reference,
 * later.
 *
 * Since: 0.1
 */
typedef struct _SioAck SioAck;

SIO_API GType sio_ack_get_type (void);
SIO_API SioAck *sio_ack_ref (SioAck *self);
SIO_API void sio_ack_unref (SioAck *self);
SIO_API gboolean sio_ack_reply (SioAck *self, JsonNode *args);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioAck, sio_ack_unref)

G_END_DECLS
