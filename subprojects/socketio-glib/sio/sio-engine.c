/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-engine.h"

#include "sio-error.h"
#include "sio-rate.h"
#include "sio-timer.h"

#include <gio/gio.h>
#include <string.h>

/* One session of Engine.IO, at either end: its handshake, its heartbeat, its
 * change to a better transport and its end. It knows nothing of Socket.IO. */

/* How long a server of revision 3 may take to say its first word. */
#define GREETING_MS 250
/* How long a transport may take to prove that it works. Servers wait as long, if
 * nobody says otherwise. */
#define PROBE_MS 10000
#define PROBE "probe"
/* A message counts once for each so many bytes that it begins. */
#define RATE_UNIT (16 * 1024)

typedef enum {
  STATE_OPENING,  /* a client that waits for the handshake */
  STATE_GREETING, /* has it, and waits to see which revision is spoken */
  STATE_OPEN,
  STATE_CLOSED
} State;

struct _SioEngine {
  GObject parent_instance;

  GMainContext *context;
  gboolean server;
  State state;
  SioTransport *transport;
  SioTransport *next; /* on probation; NULL if there is none */
  gboolean shown;     /* which revision is spoken */
  gboolean no_greeting;
  gboolean proven;  /* it works: the other is being emptied */
  gboolean overdue; /* no sign of life came in time, and it is told soon */
  SioEngineHandshake *handshake;
  const SioEngineHandler *handler;
  gpointer data;
  SioRate rate; /* of what the peer sends, over whatever transport */

  GSource *deadline; /* a sign of life is due by then */
  GSource *ping;     /* our next ping, where we are the one who asks */
  GSource *greeting; /* the server has been given time for its first word */
  GSource *probe;    /* the next transport has been given time */
};

G_DEFINE_FINAL_TYPE (SioEngine, sio_engine, G_TYPE_OBJECT)

static void
drop_next (SioEngine *self)
{
  sio_timer_stop (&self->probe);
  self->proven = FALSE;
  if (self->next != NULL)
    sio_transport_close (self->next);
  g_clear_object (&self->next);
}

static void
shut (SioEngine *self, void (*close) (SioTransport *transport))
{
  self->state = STATE_CLOSED;
  sio_timer_stop (&self->deadline);
  sio_timer_stop (&self->ping);
  sio_timer_stop (&self->greeting);
  drop_next (self);
  if (self->transport != NULL)
    close (self->transport);
  g_clear_object (&self->transport);
}

static void
end (SioEngine *self, const char *reason, const GError *error)
{
  const SioEngineHandler *handler = g_steal_pointer (&self->handler);

  g_object_ref (self);
  shut (self, sio_transport_drop);
  if (handler != NULL)
    handler->closed (self->data, reason, error);
  g_object_unref (self);
}

static void
end_protocol (SioEngine *self, const char *what)
{
  g_autoptr (GError) error =
      g_error_new (SIO_ERROR, SIO_ERROR_PROTOCOL, "Engine.IO: %s", what);

  end (self, SIO_REASON_TRANSPORT_ERROR, error);
}

static gboolean
on_deadline (gpointer data)
{
  SioEngine *self = data;
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR,
      G_IO_ERROR_TIMED_OUT, "the peer gave no sign of life in time");

  end (self, SIO_REASON_PING_TIMEOUT, error);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (SioEngine *self, guint delay_ms)
{
  if (self->overdue)
    return;
  sio_timer_stop (&self->deadline);
  self->deadline = sio_timer_start (self->context, delay_ms, on_deadline, self);
}

/* Where we are the one who asks. */
static gboolean
on_ping_due (gpointer data)
{
  SioEngine *self = data;

  sio_timer_stop (&self->ping);
  set_deadline (self, self->handshake->ping_timeout);
  sio_transport_send (self->transport, SIO_ENGINE_PING, NULL, 0);
  return G_SOURCE_REMOVE;
}

static void
schedule_ping (SioEngine *self)
{
  if (self->overdue)
    return;
  sio_timer_stop (&self->deadline);
  sio_timer_stop (&self->ping);
  self->ping = sio_timer_start (
      self->context, self->handshake->ping_interval, on_ping_due, self);
}

/* Who is asked hears from the other at least once an interval. Only a ping
 * counts, data does not. */
static void
await_ping (SioEngine *self)
{
  set_deadline (
      self, self->handshake->ping_interval + self->handshake->ping_timeout);
}

static gboolean
is_old (SioEngine *self)
{
  return sio_transport_get_revision (self->transport)
      == SIO_ENGINE_OLD_REVISION;
}

/* In revision 3 it is the client that asks, else the server. */
static void
begin_heartbeat (SioEngine *self)
{
  if (self->server != is_old (self))
    schedule_ping (self);
  else
    await_ping (self);
}

static void
become_open (SioEngine *self)
{
  sio_timer_stop (&self->greeting);
  self->state = STATE_OPEN;
  begin_heartbeat (self);
  self->handler->opened (self->data);
}

static gboolean
on_no_greeting (gpointer data)
{
  g_autoptr (SioEngine) self = g_object_ref (data);

  sio_timer_stop (&self->greeting);
  if (self->handler->unshown == NULL || !self->handler->unshown (self->data))
    become_open (self);
  return G_SOURCE_REMOVE;
}

/* Whether it can be told already which revision is spoken: the answer to a poll
 * shows it, and only one of the two says how much it takes. */
static gboolean
shows_revision (SioEngine *self)
{
  return sio_transport_is_upgradable (self->transport)
      || self->handshake->max_payload > 0;
}

static void
handle_open (SioEngine *self, const SioEnginePacket *packet)
{
  g_autoptr (GError) error = NULL;

  self->handshake =
      sio_engine_handshake_parse (packet->payload, packet->length, &error);
  if (self->handshake == NULL) {
    end (self, SIO_REASON_PARSE_ERROR, error);
    return;
  }
  sio_transport_opened (self->transport, self->handshake);
  self->shown = shows_revision (self);
  if (self->shown || self->no_greeting || is_old (self)) {
    become_open (self);
    return;
  }
  /* Servers of revision 3 speak first, and then it is a message. */
  self->state = STATE_GREETING;
  self->greeting =
      sio_timer_start (self->context, GREETING_MS, on_no_greeting, self);
}

static void
handle_ping (SioEngine *self, const SioEnginePacket *packet)
{
  /* Revision 3 had it the other way round. */
  if (self->server && !is_old (self)) {
    end_protocol (self, "a ping from a client");
    return;
  }
  if (self->server || !is_old (self))
    await_ping (self);
  sio_transport_send (
      self->transport, SIO_ENGINE_PONG, packet->payload, packet->length);
}

static void
handle_pong (SioEngine *self)
{
  if (self->server == is_old (self))
    end_protocol (self, "a pong from who is to ask");
  else if (self->deadline != NULL)
    schedule_ping (self);
}

static void
handle_packet (SioEngine *self, const SioEnginePacket *packet)
{
  if ((packet->type == SIO_ENGINE_OPEN) != (self->state == STATE_OPENING)) {
    end_protocol (self, "a packet out of order");
    return;
  }
  if (self->state == STATE_GREETING) {
    if (packet->type == SIO_ENGINE_MESSAGE)
      sio_transport_set_revision (self->transport, SIO_ENGINE_OLD_REVISION);
    become_open (self);
    if (self->state != STATE_OPEN)
      return;
  }
  switch (packet->type) {
    case SIO_ENGINE_OPEN:
      handle_open (self, packet);
      break;
    case SIO_ENGINE_CLOSE:
      end (self, SIO_REASON_TRANSPORT_CLOSE, NULL);
      break;
    case SIO_ENGINE_PING:
      handle_ping (self, packet);
      break;
    case SIO_ENGINE_PONG:
      handle_pong (self);
      break;
    case SIO_ENGINE_MESSAGE:
      self->handler->message (self->data, packet->payload, packet->length);
      break;
    case SIO_ENGINE_UPGRADE:
      end_protocol (self, "an upgrade that was not offered");
      break;
    case SIO_ENGINE_NOOP:
    default:
      break;
  }
}

static void
on_packet (gpointer data, const char *text, gsize length)
{
  SioEngine *self = g_object_ref (data);
  g_autoptr (GError) error = NULL;
  SioEnginePacket packet;

  if (sio_engine_packet_parse (text, length, &packet, &error))
    handle_packet (self, &packet);
  else
    end (self,
        self->server ? SIO_REASON_PARSE_ERROR : SIO_REASON_TRANSPORT_ERROR,
        error);
  g_object_unref (self);
}

static void
on_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioEngine *self = g_object_ref (data);

  if (self->state == STATE_OPEN)
    self->handler->binary (self->data, bytes, length);
  else
    end_protocol (self, "binary data before the handshake");
  g_object_unref (self);
}

static gboolean
on_admit (gpointer data, gsize length)
{
  SioEngine *self = data;
  guint units = 1 + (guint) MIN (length / RATE_UNIT, G_MAXUINT16);

  return sio_rate_take (&self->rate, units, g_get_monotonic_time ());
}

static void
on_closed (gpointer data, const GError *error)
{
  end (data,
      error != NULL ? SIO_REASON_TRANSPORT_ERROR : SIO_REASON_TRANSPORT_CLOSE,
      error);
}

static const SioTransportHandler transport_handler;

/* Returns the transport whose place the next one took. */
static SioTransport *
take_next (SioEngine *self)
{
  SioTransport *last = g_steal_pointer (&self->transport);

  sio_timer_stop (&self->probe);
  self->proven = FALSE;
  self->transport = g_steal_pointer (&self->next);
  sio_transport_set_handler (last, NULL, NULL);
  sio_transport_set_handler (self->transport, &transport_handler, self);
  return last;
}

/* The transport is empty: the next takes its place. */
static void
on_paused (gpointer data)
{
  SioEngine *self = data;
  g_autoptr (SioTransport) last = NULL;

  if (self->next == NULL)
    return;
  g_object_ref (self);
  last = take_next (self);
  sio_transport_send (self->transport, SIO_ENGINE_UPGRADE, NULL, 0);
  sio_transport_hand_over (last, self->transport);
  if (self->handler != NULL)
    self->handler->upgraded (self->data);
  g_object_unref (self);
}

static const SioTransportHandler transport_handler = {
  .packet = on_packet,
  .binary = on_binary,
  .paused = on_paused,
  .admit = on_admit,
  .closed = on_closed,
};

/* Nobody need know: the session goes on where it is. */
static void
give_up_next (SioEngine *self, const char *why)
{
  gboolean proven = self->proven;

  g_info ("the session stays on %s: %s",
      sio_transport_get_name (self->transport), why);
  drop_next (self);
  if (proven)
    sio_transport_resume (self->transport);
}

static gboolean
on_probe_overdue (gpointer data)
{
  give_up_next (data, "the other transport does not answer");
  return G_SOURCE_REMOVE;
}

static gboolean
is_probe (const SioEnginePacket *packet, SioEnginePacketType type)
{
  return packet->type == type && packet->length == strlen (PROBE)
      && memcmp (packet->payload, PROBE, packet->length) == 0;
}

static void
on_next_packet (gpointer data, const char *text, gsize length)
{
  SioEngine *self = data;
  SioEnginePacket packet;

  if (!sio_engine_packet_parse (text, length, &packet, NULL)
      || !is_probe (&packet, SIO_ENGINE_PONG) || self->proven) {
    give_up_next (self, "the other transport says something else");
    return;
  }
  self->proven = TRUE;
  sio_transport_pause (self->transport);
}

static void
on_next_binary (gpointer data, gconstpointer bytes, gsize length)
{
  give_up_next (data, "the other transport says something else");
}

static void
on_next_closed (gpointer data, const GError *error)
{
  give_up_next (data, error != NULL ? error->message : "the other closed");
}

static const SioTransportHandler next_handler = {
  .packet = on_next_packet,
  .binary = on_next_binary,
  .closed = on_next_closed,
};

/* At a server: the client tries the transport, empties the other, and then says
 * that it changes over. Meanwhile what is sent goes by the other as far as the
 * client asks for it. */
static void
on_offered_packet (gpointer data, const char *text, gsize length)
{
  SioEngine *self = data;
  g_autoptr (SioTransport) last = NULL;
  SioEnginePacket packet;

  if (!sio_engine_packet_parse (text, length, &packet, NULL)) {
    give_up_next (self, "the client says something else");
  } else if (!self->proven && is_probe (&packet, SIO_ENGINE_PING)) {
    self->proven = TRUE;
    sio_transport_send (self->next, SIO_ENGINE_PONG, PROBE, strlen (PROBE));
    sio_transport_pause (self->transport);
  } else if (self->proven && packet.type == SIO_ENGINE_UPGRADE) {
    last = take_next (self);
    sio_transport_hand_over (last, self->transport);
  } else {
    give_up_next (self, "the client says something else");
  }
}

static const SioTransportHandler offered_handler = {
  .packet = on_offered_packet,
  .binary = on_next_binary,
  .admit = on_admit,
  .closed = on_next_closed,
};

static void
sio_engine_dispose (GObject *object)
{
  SioEngine *self = SIO_ENGINE (object);

  self->handler = NULL;
  shut (self, sio_transport_close);
  G_OBJECT_CLASS (sio_engine_parent_class)->dispose (object);
}

static void
sio_engine_finalize (GObject *object)
{
  SioEngine *self = SIO_ENGINE (object);

  g_clear_pointer (&self->handshake, sio_engine_handshake_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (sio_engine_parent_class)->finalize (object);
}

static void
sio_engine_class_init (SioEngineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sio_engine_dispose;
  object_class->finalize = sio_engine_finalize;
}

static void
sio_engine_init (SioEngine *self)
{
  self->context = g_main_context_ref_thread_default ();
}

static SioEngine *
engine_new (
    SioTransport *transport, const SioEngineHandler *handler, gpointer data)
{
  SioEngine *self = g_object_new (SIO_TYPE_ENGINE, NULL);

  self->transport = g_object_ref (transport);
  self->handler = handler;
  self->data = data;
  sio_transport_set_handler (transport, &transport_handler, self);
  return self;
}

/* A client, which the server is to send its handshake. There is no time limit
 * for that here. */
SioEngine *
sio_engine_new_client (
    SioTransport *transport, const SioEngineHandler *handler, gpointer data)
{
  return engine_new (transport, handler, data);
}

/* A server, which says its handshake at once. */
SioEngine *
sio_engine_new_server (SioTransport *transport,
    const SioEngineHandshake *handshake, const SioEngineHandler *handler,
    gpointer data)
{
  SioEngine *self = engine_new (transport, handler, data);
  g_autofree char *text = sio_engine_handshake_print (handshake);

  self->server = TRUE;
  self->state = STATE_OPEN;
  self->handshake = sio_engine_handshake_copy (handshake);
  sio_transport_send (transport, SIO_ENGINE_OPEN, text, strlen (text));
  begin_heartbeat (self);
  return self;
}

static void
try_next (SioEngine *self, SioTransport *next,
    const SioTransportHandler *handler, guint timeout_ms)
{
  self->next = g_object_ref (next);
  self->proven = FALSE;
  sio_transport_set_revision (
      next, sio_transport_get_revision (self->transport));
  sio_transport_set_handler (next, handler, self);
  self->probe =
      sio_timer_start (self->context, timeout_ms, on_probe_overdue, self);
}

/* Tries to carry the session on over @next, which the server knows to be for
 * it. If that does not work, all stays as it is. */
void
sio_engine_upgrade (SioEngine *self, SioTransport *next)
{
  if (self->state != STATE_OPEN || self->next != NULL
      || !sio_transport_is_upgradable (self->transport)) {
    sio_transport_close (next);
    return;
  }
  try_next (self, next, &next_handler, PROBE_MS);
  sio_transport_send (next, SIO_ENGINE_PING, PROBE, strlen (PROBE));
}

/* At a server: the client asks to carry the session on over @next, for which it
 * has @timeout_ms. If that cannot be, @next is closed and all stays as it is. */
void
sio_engine_offer (SioEngine *self, SioTransport *next, guint timeout_ms)
{
  if (self->state != STATE_OPEN || self->next != NULL
      || !sio_transport_is_upgradable (self->transport))
    sio_transport_close (next);
  else
    try_next (self, next, &offered_handler, timeout_ms);
}

/* How many messages, heartbeat included, the peer may send a second, and at
 * once. */
void
sio_engine_limit_rate (SioEngine *self, guint per_second, guint burst)
{
  sio_rate_init (&self->rate, per_second, burst);
}

/* The server is known not to speak revision 3. */
void
sio_engine_expect_no_greeting (SioEngine *self)
{
  self->no_greeting = TRUE;
}

/* The server seems to speak the revision before. Returns FALSE if it has shown
 * that it does not. */
gboolean
sio_engine_set_old (SioEngine *self)
{
  if (self->state != STATE_OPEN || is_old (self))
    return self->state == STATE_OPEN;
  if (self->shown)
    return FALSE;
  sio_transport_set_revision (self->transport, SIO_ENGINE_OLD_REVISION);
  begin_heartbeat (self);
  return TRUE;
}

/* NULL once the session has ended. */
SioTransport *
sio_engine_get_transport (SioEngine *self)
{
  return self->transport;
}

/* What the handshake said, or NULL before it. */
const SioEngineHandshake *
sio_engine_get_handshake (SioEngine *self)
{
  return self->handshake;
}

/* Whether what is sent now goes out at once. */
gboolean
sio_engine_is_writable (SioEngine *self)
{
  return self->state == STATE_OPEN
      && sio_transport_is_writable (self->transport);
}

/* The context may have been blocked for longer than the server waits for us: what
 * is sent now would be lost with the connection. */
static gboolean
is_overdue (SioEngine *self)
{
  if (self->deadline != NULL
      && g_source_get_ready_time (self->deadline) <= g_get_monotonic_time ())
    self->overdue = TRUE;
  return self->overdue;
}

/* Returns FALSE if the session is not open. */
gboolean
sio_engine_send (SioEngine *self, const char *text, gsize length)
{
  return self->state == STATE_OPEN && !is_overdue (self)
      && sio_transport_send (self->transport, SIO_ENGINE_MESSAGE, text, length);
}

/* As sio_engine_send(), with the binary messages (GBytes, or NULL for none) that
 * belong to the text and follow it directly. */
gboolean
sio_engine_send_message (
    SioEngine *self, const char *text, gsize length, GPtrArray *attachments)
{
  guint count = attachments != NULL ? attachments->len : 0;
  gboolean sent = sio_engine_send (self, text, length);

  for (guint i = 0; sent && i < count; i++) {
    gsize size;
    gconstpointer bytes = g_bytes_get_data (attachments->pdata[i], &size);

    sent = sio_transport_send_binary (self->transport, bytes, size);
  }
  return sent;
}

/* Ends the session after what was sent; the handler is not called again. */
void
sio_engine_close (SioEngine *self)
{
  self->handler = NULL;
  if (self->state != STATE_CLOSED)
    shut (self, sio_transport_close);
}
