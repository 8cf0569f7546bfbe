/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-transport-ws.h"

#include "sio-dial.h"
#include "sio-error.h"
#include "sio-timer.h"
#include "sio-ws-frame.h"

#include <string.h>

/* Engine.IO packets as WebSocket messages, over a connection on which the
 * handshake is done; the same for both ends. */

#define READ_SIZE (16 * 1024)
/* At most this much before other sources get their turn. */
#define READ_PER_TURN (64 * 1024)
/* Nor for longer than this, whatever is done with each message. */
#define TURN_US (5 * 1000)
/* How long those who have more to say than that may take of one round of the main
 * loop, all together. */
#define ROUND_US (10 * 1000)
/* How long unsent data keeps a closed transport alive. */
#define LINGER_MS 2000

typedef enum {
  STATE_OPEN,
  STATE_LINGERING, /* closed, and what was sent before is still on its way */
  STATE_CLOSED
} State;

struct _SioTransportWs {
  SioTransport parent_instance;

  GMainContext *context; /* NULL when lingering */
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  SioWsRole role;
  gsize max_buffered;
  State state;

  SioWsDecoder *decoder;
  GBytes *ping; /* to be answered at the end of the turn */
  GByteArray *unsent;
  gsize unsent_at;
  SioShare unsent_share; /* in what waits for all peers */
  GError *failure;       /* to be told from the context */

  gboolean exhausted; /* the last turn was, and there may be more */
  gint64 turn_ends;   /* monotonic */
  GSource *readable;
  GSource *writable;
  GSource *soon; /* what cannot be done from within a call */
  GSource *linger;

  SioShare share;        /* in what all peers have begun to send */
  guint message_timeout; /* ms; 0 = none */
  GSource *overdue;      /* while a message is unfinished */
};

G_DEFINE_FINAL_TYPE (SioTransportWs, sio_transport_ws, SIO_TYPE_TRANSPORT)

static gboolean on_readable (GObject *stream, gpointer data);
static gboolean on_writable (GObject *stream, gpointer data);
static gboolean on_received (gpointer data);

/* Ends the connection itself. A TLS connection is not asked to say goodbye: that
 * would block on a peer that does not read, and WebSocket has its own. */
static void
drop_connection (SioTransportWs *self)
{
  self->state = STATE_CLOSED;
  sio_timer_stop (&self->readable);
  sio_timer_stop (&self->writable);
  sio_timer_stop (&self->soon);
  sio_timer_stop (&self->linger);
  sio_timer_stop (&self->overdue);
  sio_share_clear (&self->share);
  sio_share_clear (&self->unsent_share);
  if (self->stream == NULL)
    return;
  sio_dial_hang_up (self->stream);
  g_clear_object (&self->stream);
}

static gsize
buffered (SioTransportWs *self)
{
  return self->unsent->len - self->unsent_at;
}

/* Writes what the connection takes at once; FALSE on an error. */
static gboolean
flush (SioTransportWs *self, GError **error)
{
  while (buffered (self) > 0) {
    g_autoptr (GError) local = NULL;
    gssize count = g_pollable_output_stream_write_nonblocking (self->output,
        self->unsent->data + self->unsent_at, buffered (self), NULL, &local);

    if (count < 0
        && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      break;
    if (count < 0) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    self->unsent_at += (gsize) count;
  }
  if (buffered (self) == 0) {
    g_byte_array_set_size (self->unsent, 0);
    self->unsent_at = 0;
    sio_timer_stop (&self->writable);
  } else if (self->writable == NULL) {
    self->writable =
        g_pollable_output_stream_create_source (self->output, NULL);
    g_source_set_callback (
        self->writable, G_SOURCE_FUNC (on_writable), self, NULL);
    g_source_attach (self->writable, self->context);
  }
  return TRUE;
}

static void
append_frame (SioTransportWs *self, SioWsOpcode opcode, const char *head,
    gsize head_length, const char *data, gsize length)
{
  /* What is out is cut off when it is the larger part, not for each write. */
  if (self->unsent_at > self->unsent->len / 2) {
    g_byte_array_remove_range (self->unsent, 0, (guint) self->unsent_at);
    self->unsent_at = 0;
  }
  sio_ws_frame_append (self->unsent, opcode, self->role == SIO_WS_CLIENT,
      g_random_int (), head, head_length, data, length);
}

static void
append_close (SioTransportWs *self, guint code, const char *why)
{
  char payload[2] = { (char) (code >> 8), (char) (code & 0xff) };

  append_frame (self, SIO_WS_CLOSE, payload, sizeof payload, why, strlen (why));
}

/* Reads and forgets what has come: a connection that is closed with unread data
 * is reset, and a reset may overtake what was sent last. */
static void
discard_input (SioTransportWs *self)
{
  char buffer[READ_SIZE];
  gsize total = 0;
  gssize count;

  do {
    count = g_pollable_input_stream_read_nonblocking (
        self->input, buffer, sizeof buffer, NULL, NULL);
    total += count > 0 ? (gsize) count : 0;
  } while (count > 0 && total < READ_PER_TURN);
}

/* What is lingering is given up with the timer, which holds the last reference. */
static gboolean
on_linger_timeout (gpointer data)
{
  drop_connection (data);
  return G_SOURCE_REMOVE;
}

/* The timer was stopped, or its context has ended. Then the other source is left
 * to the context as well: GLib 2.74 leaks one that is destroyed meanwhile. */
static void
on_linger_ended (gpointer data)
{
  SioTransportWs *self = data;

  if (self->state == STATE_LINGERING)
    g_clear_pointer (&self->writable, g_source_unref);
  g_object_unref (self);
}

/* Nobody owns the transport any more but its timer, and that one belongs to the
 * context: the context is let go of, so that it can end, and what lingers with
 * it. */
static void
begin_lingering (SioTransportWs *self)
{
  self->state = STATE_LINGERING;
  self->linger = g_timeout_source_new (LINGER_MS);
  g_source_set_callback (
      self->linger, on_linger_timeout, g_object_ref (self), on_linger_ended);
  g_source_attach (self->linger, self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
}

/* From now on nobody is told anything. What is unsent gets a little time, as
 * long as the context lives. */
static void
finish (SioTransportWs *self)
{
  if (self->state != STATE_OPEN)
    return;
  sio_timer_stop (&self->readable);
  sio_timer_stop (&self->soon);
  sio_timer_stop (&self->overdue);
  sio_share_clear (&self->share);
  if (!flush (self, NULL) || buffered (self) == 0) {
    discard_input (self);
    drop_connection (self);
    return;
  }
  begin_lingering (self);
}

/* Tells the handler that it is over, from the context. */
static void
fail (SioTransportWs *self, const GError *error)
{
  g_object_ref (self);
  finish (self);
  sio_transport_deliver_closed (SIO_TRANSPORT (self), error);
  g_object_unref (self);
}

static gboolean
on_failure (gpointer data)
{
  SioTransportWs *self = data;
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  sio_timer_stop (&self->soon);
  fail (self, failure);
  return G_SOURCE_REMOVE;
}

static void
fail_soon (SioTransportWs *self, GError *failure)
{
  if (self->failure != NULL) {
    g_error_free (failure);
    return;
  }
  self->failure = failure;
  sio_timer_stop (&self->soon);
  self->soon = sio_timer_start (self->context, 0, on_failure, self);
}

static gboolean
on_writable (GObject *stream, gpointer data)
{
  g_autoptr (SioTransportWs) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;
  gboolean lingering = self->state == STATE_LINGERING;
  gboolean written = flush (self, &error);

  /* It is less than before. */
  sio_share_set (&self->unsent_share, buffered (self));
  if (lingering && (!written || buffered (self) == 0)) {
    discard_input (self);
    drop_connection (self);
    return G_SOURCE_REMOVE;
  }
  if (!written)
    fail (self, error);
  return G_SOURCE_CONTINUE;
}

/* In revision 3 a binary message has its packet's type before it. */
static gboolean
has_type (SioTransport *transport)
{
  return sio_transport_get_revision (transport) == SIO_ENGINE_OLD_REVISION;
}

static gboolean
deliver_binary (SioTransport *transport, const char *data, gsize length)
{
  guint typed = has_type (transport) ? 1 : 0;

  if (length < typed || (typed == 1 && data[0] != SIO_ENGINE_MESSAGE))
    return FALSE;
  sio_transport_deliver_binary (transport, data + typed, length - typed);
  return TRUE;
}

static void
fail_untyped (SioTransportWs *self)
{
  g_autoptr (GError) error = g_error_new_literal (SIO_ERROR, SIO_ERROR_PROTOCOL,
      "Engine.IO: a binary message has no packet's type");

  fail (self, error);
}

/* What has come is let go of, and the rest not read. */
static void
give_up_unfinished (SioTransportWs *self, SioError code, const char *why)
{
  if (self->state != STATE_OPEN || self->failure != NULL)
    return;
  sio_timer_stop (&self->readable);
  sio_timer_stop (&self->overdue);
  sio_share_set (&self->share, 0);
  sio_ws_decoder_forget (self->decoder);
  append_close (self, SIO_WS_CODE_POLICY, why);
  fail_soon (self, g_error_new_literal (SIO_ERROR, (gint) code, why));
}

/* Not from within a call of its own. */
static void
on_revoked (gpointer data)
{
  give_up_unfinished (data, SIO_ERROR_TOO_LARGE, "too much is unfinished");
}

static gboolean
on_overdue (gpointer data)
{
  give_up_unfinished (
      data, SIO_ERROR_TIMED_OUT, "a message takes too long to come");
  return G_SOURCE_REMOVE;
}

/* Nothing is unfinished. */
static void
settle (SioTransportWs *self)
{
  sio_timer_stop (&self->overdue);
  sio_share_set (&self->share, 0);
}

/* At the end of a turn: counts what is unfinished by then. */
static void
count_unfinished (SioTransportWs *self)
{
  gsize bytes;
  gboolean unfinished = sio_ws_decoder_get_unfinished (self->decoder, &bytes);

  if (self->state != STATE_OPEN || self->failure != NULL || !unfinished)
    return;
  if (self->overdue == NULL && self->message_timeout > 0)
    self->overdue = sio_timer_start (
        self->context, self->message_timeout, on_overdue, self);
  if (!sio_share_set (&self->share, bytes))
    on_revoked (self);
}

/* One message. FALSE if nothing more is to be read. */
static gboolean
handle_message (SioTransportWs *self, const SioWsMessage *message)
{
  SioTransport *transport = SIO_TRANSPORT (self);
  g_autoptr (GError) error = NULL;

  if (message->opcode == SIO_WS_TEXT || message->opcode == SIO_WS_BINARY)
    settle (self);
  if (message->opcode != SIO_WS_CLOSE
      && !sio_transport_admit (transport, message->length, &error)) {
    append_close (self, SIO_WS_CODE_POLICY, error->message);
    fail (self, error);
    return FALSE;
  }
  switch (message->opcode) {
    case SIO_WS_TEXT:
      sio_transport_deliver_packet (transport, message->data, message->length);
      break;
    case SIO_WS_BINARY:
      if (!deliver_binary (transport, message->data, message->length))
        fail_untyped (self);
      break;
    case SIO_WS_PING:
      g_clear_pointer (&self->ping, g_bytes_unref);
      self->ping = g_bytes_new (message->data, message->length);
      break;
    case SIO_WS_CLOSE:
      append_close (self, SIO_WS_CODE_NORMAL, "");
      fail (self, NULL);
      break;
    case SIO_WS_PONG:
    case SIO_WS_CONTINUATION:
    default:
      break;
  }
  return self->state == STATE_OPEN;
}

/* There are messages that have come, and it is somebody else's turn. */
static void
decode_later (SioTransportWs *self)
{
  self->exhausted = TRUE;
  if (self->failure != NULL)
    return;
  sio_timer_stop (&self->readable);
  sio_timer_stop (&self->soon);
  self->soon = sio_timer_start (self->context, 0, on_received, self);
}

/* FALSE if nothing more is to be read, or not now. */
static gboolean
decode (SioTransportWs *self)
{
  for (;;) {
    g_autoptr (GError) error = NULL;
    SioWsMessage message;

    switch (sio_ws_decoder_next (self->decoder, &message, &error)) {
      case SIO_WS_MORE:
        return TRUE;
      case SIO_WS_MESSAGE:
        if (!handle_message (self, &message))
          return FALSE;
        if (g_get_monotonic_time () < self->turn_ends)
          break;
        decode_later (self);
        return FALSE;
      case SIO_WS_BROKEN:
      default:
        append_close (self, sio_ws_decoder_get_close_code (self->decoder), "");
        fail (self, error);
        return FALSE;
    }
  }
}

static void
await_readable (SioTransportWs *self)
{
  self->readable = g_pollable_input_stream_create_source (self->input, NULL);
  g_source_set_callback (
      self->readable, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->readable, self->context);
}

/* Whether others are to be heard first: there are many who have much to say, and
 * in one round of the main loop each of them would have a turn before those who
 * have little. */
static gboolean
gives_way (SioTransportWs *self, GSource *source)
{
  gint64 now = g_get_monotonic_time ();
  gsize bytes;

  self->turn_ends = now + TURN_US;
  sio_ws_decoder_get_unfinished (self->decoder, &bytes);
  return (self->exhausted || bytes > READ_PER_TURN)
      && now - g_source_get_time (source) > ROUND_US;
}

static void
read_turn (SioTransportWs *self)
{
  gsize total = 0;

  self->exhausted = FALSE;
  while (total < READ_PER_TURN) {
    g_autoptr (GError) error = NULL;
    char buffer[READ_SIZE];
    gssize count = g_pollable_input_stream_read_nonblocking (
        self->input, buffer, sizeof buffer, NULL, &error);

    if (count < 0
        && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return;
    if (count <= 0) {
      fail (self, error);
      return;
    }
    total += (gsize) count;
    sio_ws_decoder_push (self->decoder, buffer, (gsize) count);
    if (!decode (self))
      return;
  }
  if (self->failure != NULL)
    return;
  /* The next round begins with somebody else. */
  self->exhausted = TRUE;
  sio_timer_stop (&self->readable);
  await_readable (self);
}

/* Only the last ping of a turn is answered (RFC 6455, section 5.5.3), and none
 * while much waits: a flood of pings must not become one of pongs. */
static void
answer_ping (SioTransportWs *self)
{
  g_autoptr (GBytes) ping = g_steal_pointer (&self->ping);
  GError *error = NULL;
  gconstpointer payload;
  gsize length;

  if (ping == NULL || self->state != STATE_OPEN || self->failure != NULL
      || buffered (self) >= READ_SIZE)
    return;
  payload = g_bytes_get_data (ping, &length);
  append_frame (self, SIO_WS_PONG, payload, length, NULL, 0);
  if (!flush (self, &error))
    fail_soon (self, error);
}

static gboolean
on_readable (GObject *stream, gpointer data)
{
  SioTransportWs *self = data;

  if (gives_way (self, self->readable))
    return G_SOURCE_CONTINUE;
  g_object_ref (self);
  read_turn (self);
  count_unfinished (self);
  answer_ping (self);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

/* What came together with the handshake's end, or in a turn that was too short. */
static gboolean
on_received (gpointer data)
{
  SioTransportWs *self = data;

  if (gives_way (self, self->soon))
    return G_SOURCE_CONTINUE;
  g_object_ref (self);
  sio_timer_stop (&self->soon);
  if (decode (self))
    await_readable (self);
  count_unfinished (self);
  answer_ping (self);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* What waits for the peer is let go of, in the middle of a message or not: there
 * is nothing more to be said to it. */
static void
on_unsent_revoked (gpointer data)
{
  g_autoptr (SioTransportWs) self = g_object_ref (data);

  if (self->state == STATE_LINGERING)
    drop_connection (self);
  if (self->state != STATE_OPEN)
    return;
  g_byte_array_unref (self->unsent);
  self->unsent = g_byte_array_new ();
  self->unsent_at = 0;
  sio_timer_stop (&self->writable);
  fail_soon (self,
      g_error_new_literal (SIO_ERROR, SIO_ERROR_QUEUE_FULL,
          "too much waits for all peers, and most for this one"));
}

static gboolean
send_message (SioTransportWs *self, SioWsOpcode opcode, const char *head,
    gsize head_length, const char *data, gsize length)
{
  GError *error = NULL;

  if (self->state != STATE_OPEN || self->failure != NULL)
    return FALSE;
  /* One message may be as large as it is allowed to be; but a peer that does
   * not take what it is sent gets no more. */
  if (buffered (self) > self->max_buffered) {
    fail_soon (self,
        g_error_new_literal (SIO_ERROR, SIO_ERROR_QUEUE_FULL,
            "the peer does not take what it is sent"));
    return FALSE;
  }
  append_frame (self, opcode, head, head_length, data, length);
  if (self->writable == NULL && !flush (self, &error)) {
    fail_soon (self, error);
    return FALSE;
  }
  if (sio_share_set (&self->unsent_share, buffered (self)))
    return TRUE;
  on_unsent_revoked (self);
  return FALSE;
}

static gboolean
sio_transport_ws_send (SioTransport *transport, SioEnginePacketType type,
    const char *payload, gsize length)
{
  char head = '0' + (char) type;

  return send_message (
      SIO_TRANSPORT_WS (transport), SIO_WS_TEXT, &head, 1, payload, length);
}

static gboolean
sio_transport_ws_send_binary (
    SioTransport *transport, gconstpointer bytes, gsize length)
{
  static const char type = SIO_ENGINE_MESSAGE;

  return send_message (SIO_TRANSPORT_WS (transport), SIO_WS_BINARY, &type,
      has_type (transport) ? 1 : 0, bytes, length);
}

static gboolean
sio_transport_ws_is_writable (SioTransport *transport)
{
  SioTransportWs *self = SIO_TRANSPORT_WS (transport);

  return self->state == STATE_OPEN && buffered (self) == 0;
}

static void
sio_transport_ws_close (SioTransport *transport)
{
  SioTransportWs *self = SIO_TRANSPORT_WS (transport);

  if (self->state != STATE_OPEN)
    return;
  append_close (self, SIO_WS_CODE_NORMAL, "");
  finish (self);
}

static void
sio_transport_ws_dispose (GObject *object)
{
  SioTransportWs *self = SIO_TRANSPORT_WS (object);

  drop_connection (self);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->ping, g_bytes_unref);
  G_OBJECT_CLASS (sio_transport_ws_parent_class)->dispose (object);
}

static void
sio_transport_ws_finalize (GObject *object)
{
  SioTransportWs *self = SIO_TRANSPORT_WS (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->decoder, sio_ws_decoder_free);
  g_clear_pointer (&self->unsent, g_byte_array_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (sio_transport_ws_parent_class)->finalize (object);
}

static void
sio_transport_ws_class_init (SioTransportWsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SioTransportClass *transport_class = SIO_TRANSPORT_CLASS (klass);

  object_class->dispose = sio_transport_ws_dispose;
  object_class->finalize = sio_transport_ws_finalize;
  transport_class->name = "websocket";
  transport_class->send = sio_transport_ws_send;
  transport_class->send_binary = sio_transport_ws_send_binary;
  transport_class->is_writable = sio_transport_ws_is_writable;
  transport_class->close = sio_transport_ws_close;
}

static void
sio_transport_ws_init (SioTransportWs *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->unsent = g_byte_array_new ();
}

/* What the peer has begun to send has a share of @budget, and @timeout_ms until
 * it is complete. */
void
sio_transport_ws_limit_unfinished (
    SioTransportWs *self, SioBudget *budget, guint timeout_ms)
{
  sio_share_init (&self->share, budget, on_revoked, self);
  self->message_timeout = timeout_ms;
}

/* What waits for the peer has a share of @budget. */
void
sio_transport_ws_limit_unsent (SioTransportWs *self, SioBudget *budget)
{
  sio_share_init (&self->unsent_share, budget, on_unsent_revoked, self);
}

/* Takes over @stream, on which the handshake is done and whose two sides can be
 * polled. @received is what was read behind the handshake. @max_message is the
 * limit for a message, finished or not, and @max_buffered for what may wait to
 * be sent before the connection is given up; both in bytes. */
SioTransport *
sio_transport_ws_new (GIOStream *stream, SioWsRole role, GBytes *received,
    gsize max_message, gsize max_buffered)
{
  SioTransportWs *self = g_object_new (SIO_TYPE_TRANSPORT_WS, NULL);

  self->stream = g_object_ref (stream);
  self->input = g_object_ref (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)));
  self->output = g_object_ref (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)));
  self->role = role;
  self->max_buffered = max_buffered;
  self->decoder = sio_ws_decoder_new (role == SIO_WS_SERVER, max_message);

  if (received != NULL && g_bytes_get_size (received) > 0) {
    gsize size;
    gconstpointer bytes = g_bytes_get_data (received, &size);

    sio_ws_decoder_push (self->decoder, bytes, size);
    self->soon = sio_timer_start (self->context, 0, on_received, self);
  } else {
    await_readable (self);
  }
  return SIO_TRANSPORT (self);
}
