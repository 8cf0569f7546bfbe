/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-transport.h"

#include <gio/gio.h>

typedef struct {
  const SioTransportHandler *handler;
  gpointer data;
  guint revision;
} SioTransportPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SioTransport, sio_transport, G_TYPE_OBJECT)

static void
sio_transport_class_init (SioTransportClass *klass)
{
}

static void
sio_transport_init (SioTransport *self)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  priv->revision = SIO_ENGINE_REVISION;
}

/* With NULL nobody is told anything any more. */
void
sio_transport_set_handler (
    SioTransport *self, const SioTransportHandler *handler, gpointer data)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  priv->handler = handler;
  priv->data = data;
}

gboolean
sio_transport_has_handler (SioTransport *self)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  return priv->handler != NULL;
}

/* Returns FALSE if the transport takes nothing more. */
gboolean
sio_transport_send (SioTransport *self, SioEnginePacketType type,
    const char *payload, gsize length)
{
  return SIO_TRANSPORT_GET_CLASS (self)->send (self, type, payload, length);
}

/* Sends one binary message, in order with the packets; FALSE as above. */
gboolean
sio_transport_send_binary (
    SioTransport *self, gconstpointer bytes, gsize length)
{
  return SIO_TRANSPORT_GET_CLASS (self)->send_binary (self, bytes, length);
}

/* Whether what is sent now goes out at once. */
gboolean
sio_transport_is_writable (SioTransport *self)
{
  SioTransportClass *klass = SIO_TRANSPORT_GET_CLASS (self);

  return klass->is_writable == NULL || klass->is_writable (self);
}

/* Ends the transport after what was sent; the handler is not called again. */
void
sio_transport_close (SioTransport *self)
{
  sio_transport_set_handler (self, NULL, NULL);
  SIO_TRANSPORT_GET_CLASS (self)->close (self);
}

/* As sio_transport_close(), but the peer is owed nothing any more. */
void
sio_transport_drop (SioTransport *self)
{
  SioTransportClass *klass = SIO_TRANSPORT_GET_CLASS (self);

  sio_transport_set_handler (self, NULL, NULL);
  if (klass->drop != NULL)
    klass->drop (self);
  else
    klass->close (self);
}

const char *
sio_transport_get_name (SioTransport *self)
{
  return SIO_TRANSPORT_GET_CLASS (self)->name;
}

/* The revision of Engine.IO that the peer speaks, 3 or 4, as far as is known:
 * binary messages are framed by it. */
guint
sio_transport_get_revision (SioTransport *self)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  return priv->revision;
}

void
sio_transport_set_revision (SioTransport *self, guint revision)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  priv->revision = revision;
}

/* The handshake was read. */
void
sio_transport_opened (SioTransport *self, const SioEngineHandshake *handshake)
{
  SioTransportClass *klass = SIO_TRANSPORT_GET_CLASS (self);

  if (klass->opened != NULL)
    klass->opened (self, handshake);
}

gboolean
sio_transport_is_upgradable (SioTransport *self)
{
  return SIO_TRANSPORT_GET_CLASS (self)->pause != NULL;
}

/* Lets what is on its way arrive and begins nothing new; `paused` tells when it
 * is so. What is sent meanwhile is kept. */
void
sio_transport_pause (SioTransport *self)
{
  SIO_TRANSPORT_GET_CLASS (self)->pause (self);
}

void
sio_transport_resume (SioTransport *self)
{
  SIO_TRANSPORT_GET_CLASS (self)->resume (self);
}

/* Sends what is kept over @next instead. The transport, which must be paused,
 * is of no use after that. */
void
sio_transport_hand_over (SioTransport *self, SioTransport *next)
{
  SIO_TRANSPORT_GET_CLASS (self)->hand_over (self, next);
}

/* Before each message that is delivered, and for what else a peer may send as
 * often as it likes. FALSE, with %G_IO_ERROR_BUSY, if that is too often. */
gboolean
sio_transport_admit (SioTransport *self, gsize length, GError **error)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  if (priv->handler == NULL || priv->handler->admit == NULL
      || priv->handler->admit (priv->data, length))
    return TRUE;
  g_set_error_literal (
      error, G_IO_ERROR, G_IO_ERROR_BUSY, "the peer sends too many messages");
  return FALSE;
}

void
sio_transport_deliver_packet (
    SioTransport *self, const char *text, gsize length)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  if (priv->handler != NULL)
    priv->handler->packet (priv->data, text, length);
}

void
sio_transport_deliver_binary (
    SioTransport *self, gconstpointer bytes, gsize length)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  if (priv->handler != NULL)
    priv->handler->binary (priv->data, bytes, length);
}

void
sio_transport_deliver_paused (SioTransport *self)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);

  if (priv->handler != NULL)
    priv->handler->paused (priv->data);
}

void
sio_transport_deliver_closed (SioTransport *self, const GError *error)
{
  SioTransportPrivate *priv = sio_transport_get_instance_private (self);
  const SioTransportHandler *handler = g_steal_pointer (&priv->handler);

  if (handler != NULL)
    handler->closed (priv->data, error);
}
