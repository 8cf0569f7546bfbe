/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ack-private.h"

struct _SioAck {
  gatomicrefcount references;
  GWeakRef socket;
  guint session;
  guint64 id;
  SioAckSend send; /* NULL once answered */
};

G_DEFINE_BOXED_TYPE (SioAck, sio_ack, sio_ack_ref, sio_ack_unref)

SioAck *
sio_ack_new (GObject *socket, guint session, guint64 id, SioAckSend send)
{
  SioAck *self = g_new0 (SioAck, 1);

  g_atomic_ref_count_init (&self->references);
  g_weak_ref_init (&self->socket, socket);
  self->session = session;
  self->id = id;
  self->send = send;
  return self;
}

/**
 * sio_ack_ref:
 * @self: an acknowledgement
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
SioAck *
sio_ack_ref (SioAck *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * sio_ack_unref:
 * @self: (transfer full): an acknowledgement
 *
 * Since: 0.1
 */
void
sio_ack_unref (SioAck *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_weak_ref_clear (&self->socket);
  g_free (self);
}

/**
 * sio_ack_reply:
 * @self: an acknowledgement
 * @args: (nullable) (transfer none): a node that holds an array, or %NULL for
 *   no arguments
 *
 * Answers the sender of the event. Only the first call does so; and an answer
 * is lost when the connection that the event came by has ended. To be called
 * from the thread that the socket belongs to.
 *
 * Returns: whether the answer was sent
 *
 * Since: 0.1
 */
gboolean
sio_ack_reply (SioAck *self, JsonNode *args)
{
  SioAckSend send = self->send;
  g_autoptr (GObject) socket = NULL;

  g_return_val_if_fail (args == NULL || JSON_NODE_HOLDS_ARRAY (args), FALSE);

  self->send = NULL;
  if (send == NULL)
    return FALSE;
  socket = g_weak_ref_get (&self->socket);
  return socket != NULL && send (socket, self->session, self->id, args);
}
