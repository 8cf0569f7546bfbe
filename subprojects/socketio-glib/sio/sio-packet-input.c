/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-packet-input.h"

#include "sio-error.h"
#include "sio-packet-reader.h"
#include "sio-timer.h"

#include <gio/gio.h>

/* Engine.IO's messages become packets, at either end of a connection. */

struct _SioPacketInput {
  GMainContext *context;
  SioLimits *limits;
  gboolean strict;
  const SioPacketInputHandler *handler;
  gpointer data;

  gboolean told; /* that a packet was lost */
  SioPacketReader reader;
  GSource *overdue; /* while attachments are missing */
  SioShare share;   /* in what all peers have begun to send */
  gboolean revoked; /* and it is to be told */
};

/* With @strict a packet that is over a limit is an error; without it is lost
 * alone, since it may be somebody's words to whom this peer only lends its
 * connection. */
SioPacketInput *
sio_packet_input_new (GMainContext *context, SioLimits *limits, gboolean strict,
    const SioPacketInputHandler *handler, gpointer data)
{
  SioPacketInput *self = g_new0 (SioPacketInput, 1);

  self->context = g_main_context_ref (context);
  self->limits = g_object_ref (limits);
  self->strict = strict;
  self->handler = handler;
  self->data = data;
  return self;
}

void
sio_packet_input_free (SioPacketInput *self)
{
  sio_packet_input_reset (self);
  sio_share_clear (&self->share);
  g_object_unref (self->limits);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Forgets what was begun. */
void
sio_packet_input_reset (SioPacketInput *self)
{
  sio_timer_stop (&self->overdue);
  sio_packet_reader_reset (&self->reader);
  sio_share_set (&self->share, 0);
  self->told = FALSE;
  self->revoked = FALSE;
}

static gboolean
on_overdue (gpointer data)
{
  SioPacketInput *self = data;
  g_autoptr (GError) error =
      g_error_new_literal (SIO_ERROR, SIO_ERROR_TIMED_OUT,
          "Socket.IO: the attachments of a packet did not come in time");

  sio_packet_input_reset (self);
  self->handler->broken (self->data, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_revoked_told (gpointer data)
{
  SioPacketInput *self = data;
  g_autoptr (GError) error = g_error_new_literal (
      SIO_ERROR, SIO_ERROR_TOO_LARGE, "Socket.IO: too much is unfinished");

  sio_packet_input_reset (self);
  self->handler->broken (self->data, error);
  return G_SOURCE_REMOVE;
}

/* Somebody else wants more: it is told from the context. */
static void
on_revoked (gpointer data)
{
  SioPacketInput *self = data;

  sio_packet_input_reset (self);
  self->revoked = TRUE;
  self->overdue = sio_timer_start (self->context, 0, on_revoked_told, self);
}

/* The attachments that have come have a share of @budget until the packet is
 * complete. */
void
sio_packet_input_limit_unfinished (SioPacketInput *self, SioBudget *budget)
{
  sio_share_init (&self->share, budget, on_revoked, self);
}

/* The time is for a packet, not for each of its attachments. */
static void
update_overdue (SioPacketInput *self)
{
  if (!sio_packet_reader_is_waiting (&self->reader))
    sio_timer_stop (&self->overdue);
  else if (self->overdue == NULL)
    self->overdue = sio_timer_start (self->context,
        sio_limits_peek (self->limits)->attachment_timeout, on_overdue, self);
  if (!sio_share_set (&self->share, sio_packet_reader_get_held (&self->reader)))
    on_revoked (self);
}

/* The first of a connection is told, or the log would be the peer's. */
static void
tell_lost (SioPacketInput *self, const GError *error)
{
  if (self->told)
    g_debug ("another packet was not delivered: %s", error->message);
  else
    g_message ("a packet was not delivered: %s", error->message);
  self->told = TRUE;
}

/* The last thing that is done with @self: the handler may have freed it. */
static void
tell (SioPacketInput *self, SioPacket *packet, const GError *error)
{
  if (packet != NULL)
    self->handler->packet (self->data, packet);
  else if (!self->strict
      && g_error_matches (error, SIO_ERROR, SIO_ERROR_TOO_LARGE))
    tell_lost (self, error);
  else if (error != NULL)
    self->handler->broken (self->data, error);
}

/* A text message. */
void
sio_packet_input_text (SioPacketInput *self, const char *text, gsize length)
{
  g_autoptr (SioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;

  if (self->revoked)
    return;
  sio_packet_reader_text (&self->reader, text, length,
      sio_limits_peek (self->limits), &packet, &error);
  update_overdue (self);
  tell (self, packet, error);
}

/* A binary message. */
void
sio_packet_input_binary (
    SioPacketInput *self, gconstpointer bytes, gsize length)
{
  g_autoptr (SioPacket) packet = NULL;
  g_autoptr (GError) error = NULL;

  if (self->revoked)
    return;
  sio_packet_reader_binary (&self->reader, bytes, length,
      sio_limits_peek (self->limits), &packet, &error);
  update_overdue (self);
  tell (self, packet, error);
}
