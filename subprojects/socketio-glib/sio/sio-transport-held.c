/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-transport-held.h"

#include "sio-error.h"
#include "sio-timer.h"
#include "sio-transport-payload.h"

#include <string.h>

/* Engine.IO packets over long polling, at a server: one GET, which is held until
 * there is something to say, and one POST at a time. */

#define TEXT_TYPE "text/plain; charset=UTF-8"
#define FLOODED "{\"code\":3,\"message\":\"Bad request: too many messages\"}"
#define BYTES_TYPE "application/octet-stream"

struct _SioTransportHeld {
  SioTransport parent_instance;

  GMainContext *context;
  gboolean text; /* the client takes no other payload */
  SioHeldLimits limits;

  gboolean closed;
  gboolean paused;      /* a GET is not held */
  gboolean posting;     /* a POST has begun */
  gboolean peer_closed; /* the client said that it ends the session */
  gboolean blameless;   /* closed, and not for what the client did here */
  gboolean expecting;   /* closed, and a GET is to be answered still */
  gboolean flooded;     /* closed, and for that it was too much at a time */
  SioSoupExchange *get; /* that is held */
  SioPayloadQueue unsent;
  SioShare share;  /* of that, in what waits for all clients */
  GError *failure; /* to be told from the context */
  GSource *soon;   /* what cannot be done from within a call */
};

G_DEFINE_FINAL_TYPE (SioTransportHeld, sio_transport_held, SIO_TYPE_TRANSPORT)

static void
answer (SioTransportHeld *self, GString *body, gboolean bytes)
{
  sio_soup_exchange_answer (g_steal_pointer (&self->get), SOUP_STATUS_OK,
      bytes ? BYTES_TYPE : TEXT_TYPE, body->str, body->len);
  g_string_free (body, TRUE);
}

/* Answers the GET that is held with what waits. */
static void
answer_unsent (SioTransportHeld *self)
{
  guint revision = sio_transport_get_revision (SIO_TRANSPORT (self));
  gboolean bytes = !self->text && revision == SIO_ENGINE_OLD_REVISION
      && sio_payload_queue_has_binary (&self->unsent);

  answer (self,
      sio_payload_queue_take (&self->unsent, revision, bytes,
          SIO_PAYLOAD_PACKETS, self->limits.max_body),
      bytes);
  sio_share_set (&self->share, self->unsent.bytes);
}

/* Answers it with nothing but a packet's type. */
static void
answer_type (SioTransportHeld *self, SioEnginePacketType type)
{
  const char text[] = { '0' + (char) type, '\0' };
  const SioPayloadPacket packet = { .data = text, .length = 1 };
  GString *body = g_string_new (NULL);

  sio_payload_append (
      body, sio_transport_get_revision (SIO_TRANSPORT (self)), &packet);
  answer (self, body, FALSE);
}

static void
answer_anything (SioTransportHeld *self)
{
  if (self->unsent.packets.length > 0)
    answer_unsent (self);
  else
    answer_type (self, SIO_ENGINE_NOOP);
}

static void
forget_unsent (SioTransportHeld *self)
{
  sio_payload_queue_clear (&self->unsent);
  sio_share_set (&self->share, 0);
}

/* After the end: what waits, and the word that it is over in an answer of its
 * own, since npm's clients forget what comes together with it. A client that
 * ends the session itself need not be told. */
static void
answer_last (SioTransportHeld *self)
{
  if (self->unsent.packets.length > 0) {
    answer_unsent (self);
    return;
  }
  answer_type (self, self->peer_closed ? SIO_ENGINE_NOOP : SIO_ENGINE_CLOSE);
  self->expecting = FALSE;
}

/* With @owing the client gets the rest with its next polls. One that ends the
 * session itself may have polled before that, by another connection. */
static void
finish (SioTransportHeld *self, gboolean owing)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  self->blameless = owing || self->peer_closed;
  self->expecting = self->blameless;
  sio_timer_stop (&self->soon);
  if (!owing)
    forget_unsent (self);
  if (self->get != NULL)
    answer_last (self);
}

/* Tells the handler that it is over, from the context. */
static void
fail (SioTransportHeld *self, const GError *error)
{
  g_object_ref (self);
  finish (self, FALSE);
  sio_transport_deliver_closed (SIO_TRANSPORT (self), error);
  g_object_unref (self);
}

static void
fail_protocol (SioTransportHeld *self, const char *what)
{
  g_autoptr (GError) error =
      g_error_new (SIO_ERROR, SIO_ERROR_PROTOCOL, "Engine.IO: %s", what);

  fail (self, error);
}

static gboolean
on_soon (gpointer data)
{
  SioTransportHeld *self = data;
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  sio_timer_stop (&self->soon);
  if (failure != NULL)
    fail (self, failure);
  else if (self->get != NULL && self->unsent.packets.length > 0)
    answer_unsent (self);
  return G_SOURCE_REMOVE;
}

static void
on_gone (gpointer data)
{
  SioTransportHeld *self = data;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_CONNECTION_CLOSED, "the client gave up its request");

  g_clear_pointer (&self->get, sio_soup_exchange_free);
  fail (self, error);
}

/* The client is ready for what there is to say. Takes @exchange, as the other
 * one does. */
void
sio_transport_held_poll (SioTransportHeld *self, SioSoupExchange *exchange)
{
  if (self->expecting) {
    self->get = exchange;
    answer_last (self);
    return;
  }
  if (self->closed || self->get != NULL) {
    sio_soup_exchange_free (exchange);
    fail_protocol (self, "two polls at a time");
    return;
  }
  self->get = exchange;
  if (self->paused || self->unsent.packets.length > 0)
    answer_anything (self);
  else
    sio_soup_exchange_hold (exchange, on_gone, self);
}

/* Whether, after the end, the client is owed an answer to a GET that is to come.
 */
gboolean
sio_transport_held_is_expecting (SioTransportHeld *self)
{
  return self->expecting;
}

/* A client sends something; FALSE if it may not, and the session has ended. */
gboolean
sio_transport_held_begin_post (SioTransportHeld *self)
{
  if (self->closed)
    return FALSE;
  if (self->posting) {
    fail_protocol (self, "two posts at a time");
    return FALSE;
  }
  self->posting = TRUE;
  return TRUE;
}

/* What a client began to send does not come, or is not taken. */
void
sio_transport_held_abort_post (SioTransportHeld *self, const GError *error)
{
  self->posting = FALSE;
  if (!self->closed)
    fail (self, error);
}

/* The reader writes into what it reads, and wants a zero byte behind it. */
static gboolean
deliver (SioTransportHeld *self, const char *body, gsize length, gboolean bytes,
    GError **error)
{
  guint revision = sio_transport_get_revision (SIO_TRANSPORT (self));
  g_autofree char *text = NULL;
  SioPayloadReader reader = {
    .length = length,
    .revision = revision,
    .bytes = bytes,
    .max_packets = self->limits.max_packets,
  };

  if (bytes && revision != SIO_ENGINE_OLD_REVISION) {
    g_set_error_literal (
        error, SIO_ERROR, SIO_ERROR_PROTOCOL, "Engine.IO: a payload in bytes");
    return FALSE;
  }
  if (!bytes && !g_utf8_validate_len (body, length, NULL)) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: a payload is not UTF-8");
    return FALSE;
  }
  reader.text = text = g_malloc (length + 1);
  memcpy (text, body, length);
  text[length] = '\0';
  return sio_transport_deliver_payload (SIO_TRANSPORT (self), &reader,
      self->limits.max_body, &self->peer_closed, error);
}

/* What the client had to say, in text or in @bytes. */
void
sio_transport_held_post (SioTransportHeld *self, SioSoupExchange *exchange,
    const char *body, gsize length, gboolean bytes)
{
  g_autoptr (GError) error = NULL;

  g_object_ref (self);
  self->posting = FALSE;
  if (!self->closed && !deliver (self, body, length, bytes, &error)) {
    self->flooded = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
    fail (self, error);
  }
  if (self->flooded)
    sio_soup_exchange_answer (exchange, SIO_TOO_MANY_REQUESTS,
        "application/json", FLOODED, strlen (FLOODED));
  else if (self->closed && !self->blameless)
    sio_soup_exchange_free (exchange);
  else
    sio_soup_exchange_answer (exchange, SOUP_STATUS_OK, "text/html", "ok", 2);
  g_object_unref (self);
}

/* What is sent in one turn goes with one answer. */
static void
answer_soon (SioTransportHeld *self)
{
  if (self->soon == NULL)
    self->soon = sio_timer_start (self->context, 0, on_soon, self);
}

static void
fail_full (SioTransportHeld *self, const char *why)
{
  answer_soon (self);
  if (self->failure == NULL)
    self->failure = g_error_new_literal (SIO_ERROR, SIO_ERROR_QUEUE_FULL, why);
}

static void
on_revoked (gpointer data)
{
  SioTransportHeld *self = data;

  forget_unsent (self);
  if (!self->closed)
    fail_full (self, "too much waits for all peers, and most for this one");
}

/* Whether there is room for more. */
static gboolean
has_room (SioTransportHeld *self)
{
  if (self->closed || self->failure != NULL)
    return FALSE;
  answer_soon (self);
  if (self->unsent.bytes <= self->limits.max_buffered)
    return TRUE;
  fail_full (self, "the peer does not take what it is sent");
  return FALSE;
}

/* What was added has its share; FALSE if there was none, and nothing waits any
 * more. */
static gboolean
count_unsent (SioTransportHeld *self)
{
  if (sio_share_set (&self->share, self->unsent.bytes))
    return TRUE;
  on_revoked (self);
  return FALSE;
}

static gboolean
sio_transport_held_send (SioTransport *transport, SioEnginePacketType type,
    const char *payload, gsize length)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (transport);

  if (!has_room (self))
    return FALSE;
  sio_payload_queue_push (&self->unsent, type, payload, length);
  return count_unsent (self);
}

static gboolean
sio_transport_held_send_binary (
    SioTransport *transport, gconstpointer bytes, gsize length)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (transport);

  if (!has_room (self))
    return FALSE;
  sio_payload_queue_push_binary (&self->unsent, bytes, length);
  return count_unsent (self);
}

static gboolean
sio_transport_held_is_writable (SioTransport *transport)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (transport);

  return !self->closed && self->get != NULL && self->unsent.packets.length == 0;
}

/* The client waits for its GET before it goes on, so none is held any more. */
static void
sio_transport_held_pause (SioTransport *transport)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (transport);

  self->paused = TRUE;
  if (self->get != NULL)
    answer_anything (self);
}

static void
sio_transport_held_resume (SioTransport *transport)
{
  SIO_TRANSPORT_HELD (transport)->paused = FALSE;
}

static void
sio_transport_held_hand_over (SioTransport *transport, SioTransport *next)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (transport);

  sio_payload_queue_hand_over (&self->unsent, next);
  sio_share_set (&self->share, 0);
  self->closed = TRUE;
  sio_timer_stop (&self->soon);
  if (self->get != NULL)
    answer_type (self, SIO_ENGINE_NOOP);
}

static void
sio_transport_held_close (SioTransport *transport)
{
  finish (SIO_TRANSPORT_HELD (transport), TRUE);
}

static void
sio_transport_held_drop (SioTransport *transport)
{
  finish (SIO_TRANSPORT_HELD (transport), FALSE);
}

static void
sio_transport_held_dispose (GObject *object)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (object);

  finish (self, FALSE);
  g_clear_error (&self->failure);
  sio_payload_queue_clear (&self->unsent);
  sio_share_clear (&self->share);
  G_OBJECT_CLASS (sio_transport_held_parent_class)->dispose (object);
}

static void
sio_transport_held_finalize (GObject *object)
{
  SioTransportHeld *self = SIO_TRANSPORT_HELD (object);

  g_main_context_unref (self->context);
  G_OBJECT_CLASS (sio_transport_held_parent_class)->finalize (object);
}

static void
sio_transport_held_class_init (SioTransportHeldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SioTransportClass *transport_class = SIO_TRANSPORT_CLASS (klass);

  object_class->dispose = sio_transport_held_dispose;
  object_class->finalize = sio_transport_held_finalize;
  transport_class->name = "polling";
  transport_class->send = sio_transport_held_send;
  transport_class->send_binary = sio_transport_held_send_binary;
  transport_class->is_writable = sio_transport_held_is_writable;
  transport_class->close = sio_transport_held_close;
  transport_class->drop = sio_transport_held_drop;
  transport_class->pause = sio_transport_held_pause;
  transport_class->resume = sio_transport_held_resume;
  transport_class->hand_over = sio_transport_held_hand_over;
}

static void
sio_transport_held_init (SioTransportHeld *self)
{
  self->context = g_main_context_ref_thread_default ();
  g_queue_init (&self->unsent.packets);
}

/* For a client that speaks @revision and, with @text, takes binary messages as
 * text only. What waits for it has a share of @unsent. */
SioTransportHeld *
sio_transport_held_new (guint revision, gboolean text,
    const SioHeldLimits *limits, SioBudget *unsent)
{
  SioTransportHeld *self = g_object_new (SIO_TYPE_TRANSPORT_HELD, NULL);

  self->text = text;
  self->limits = *limits;
  sio_share_init (&self->share, unsent, on_revoked, self);
  sio_transport_set_revision (SIO_TRANSPORT (self), revision);
  return self;
}
