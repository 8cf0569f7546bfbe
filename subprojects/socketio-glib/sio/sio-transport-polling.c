/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-transport-polling.h"

#include "sio-error-private.h"
#include "sio-http-error.h"
#include "sio-http-line.h"
#include "sio-timer.h"
#include "sio-transport-payload.h"

#include <string.h>

/* Engine.IO packets over long polling, at a client: one GET that the server
 * holds until it has something to say, and one POST at a time. */

/* How long what was sent before the end keeps a closed transport alive. */
#define LINGER_MS 2000
/* The answer to a POST says "ok". */
#define MAX_POST_ANSWER (64 * 1024)
/* What a server takes in one POST if it does not say: its own default. */
#define DEFAULT_MAX_POST (1000 * 1000)

typedef enum {
  STATE_OPEN,
  STATE_LINGERING, /* closed, and what was sent before is still on its way */
  STATE_CLOSED
} State;

typedef enum {
  PAUSE_NONE,
  PAUSE_POLLING, /* as soon as the GET is answered */
  PAUSE_POSTING, /* as soon as the POST is answered */
  PAUSE_DONE
} Pause;

struct _SioTransportPolling {
  SioTransport parent_instance;

  GMainContext *context; /* NULL when lingering */
  SioTarget *target;
  char *session;    /* NULL before the handshake */
  gboolean guessed; /* the revision is known from the first body */
  gsize max_message;
  guint max_packets;
  gsize max_buffered;
  gsize max_post;
  guint requests;

  State state;
  Pause pause;
  SioHttpLine *polls;
  SioHttpLine *posts;
  SioPayloadQueue unsent;
  GError *failure; /* to be told from the context */
  GSource *soon;   /* what cannot be done from within a call */
  GSource *linger;
};

G_DEFINE_FINAL_TYPE (
    SioTransportPolling, sio_transport_polling, SIO_TYPE_TRANSPORT)

static char *
next_resource (SioTransportPolling *self)
{
  SioTransport *transport = SIO_TRANSPORT (self);
  g_autofree char *resource = sio_target_dup_resource (self->target,
      sio_transport_get_revision (transport), "polling", self->session);

  /* So that nothing on the way takes one request for another. With b64 the
   * bodies of revision 3 are text; revision 4 does not know it, and has no
   * others. */
  return g_strdup_printf (
      "%s&b64=1&t=%x%x", resource, g_random_int (), self->requests++);
}

static void
drop_connections (SioTransportPolling *self)
{
  self->state = STATE_CLOSED;
  sio_timer_stop (&self->soon);
  sio_timer_stop (&self->linger);
  g_clear_pointer (&self->polls, sio_http_line_free);
  g_clear_pointer (&self->posts, sio_http_line_free);
}

/* Tells the handler that it is over, from the context. */
static void
fail (SioTransportPolling *self, const GError *error)
{
  g_object_ref (self);
  drop_connections (self);
  sio_transport_deliver_closed (SIO_TRANSPORT (self), error);
  g_object_unref (self);
}

static void
poll (SioTransportPolling *self)
{
  g_autofree char *resource = next_resource (self);

  sio_http_line_send (self->polls, "GET", resource, NULL, NULL, 0);
}

static void
post (SioTransportPolling *self)
{
  g_autofree char *resource = NULL;
  GString *body;

  if (self->session == NULL || self->unsent.packets.length == 0
      || self->pause != PAUSE_NONE || sio_http_line_is_busy (self->posts))
    return;
  resource = next_resource (self);
  body = sio_payload_queue_take (&self->unsent,
      sio_transport_get_revision (SIO_TRANSPORT (self)), FALSE,
      SIO_PAYLOAD_PACKETS, self->max_post);
  sio_http_line_send (self->posts, "POST", resource, "text/plain;charset=UTF-8",
      body->str, body->len);
  g_string_free (body, TRUE);
}

static gboolean
on_soon (gpointer data)
{
  SioTransportPolling *self = data;
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  sio_timer_stop (&self->soon);
  if (failure != NULL)
    fail (self, failure);
  else
    post (self);
  return G_SOURCE_REMOVE;
}

static void
post_soon (SioTransportPolling *self)
{
  if (self->soon == NULL)
    self->soon = sio_timer_start (self->context, 0, on_soon, self);
}

/* Goes on with pausing, if that is what is going on. */
static void
continue_pause (SioTransportPolling *self)
{
  if (self->pause == PAUSE_POLLING && !sio_http_line_is_busy (self->polls))
    self->pause = PAUSE_POSTING;
  if (self->pause == PAUSE_POSTING && !sio_http_line_is_busy (self->posts)) {
    self->pause = PAUSE_DONE;
    sio_transport_deliver_paused (SIO_TRANSPORT (self));
  }
}

/* What an answer but 200 means. A refusal before the session is the server's
 * verdict; within it, the session is lost, and another may be had. */
static GError *
judge_status (SioTransportPolling *self, SioHttpAnswer *answer)
{
  GByteArray *body = sio_http_answer_get_body (answer);
  g_autoptr (GError) error = sio_http_error_new (
      sio_http_answer_get_headers (answer), sio_http_answer_get_status (answer),
      sio_http_answer_get_phrase (answer), (const char *) body->data,
      MIN (body->len, 4096));
  guint status = sio_http_answer_get_status (answer);

  if (self->session != NULL && status / 100 == 4
      && sio_error_get_retry_after (error) == 0)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
        "the session was refused: %s", error->message);
  return g_steal_pointer (&error);
}

/* The first body has the handshake, and shows the revision. A page that says
 * 200 to everything is not Engine.IO. */
static gboolean
check_first (
    SioTransportPolling *self, const char *text, gsize length, GError **error)
{
  guint revision = sio_payload_guess_revision (text, length);
  const char *colon =
      revision == SIO_ENGINE_OLD_REVISION ? strchr (text, ':') : NULL;

  sio_transport_set_revision (SIO_TRANSPORT (self), revision);
  self->guessed = TRUE;
  if (g_str_has_prefix (colon != NULL ? colon + 1 : text, "0{"))
    return TRUE;
  g_set_error_literal (error, SIO_ERROR, SIO_ERROR_HANDSHAKE,
      "what the server answers is not Engine.IO");
  return FALSE;
}

static gboolean
deliver (SioTransportPolling *self, GByteArray *body, GError **error)
{
  SioTransport *transport = SIO_TRANSPORT (self);
  SioPayloadReader reader = {
    .length = body->len,
    .max_packets = self->max_packets,
  };

  /* This refuses U+0000 too, which JSON cannot hold unescaped. */
  if (!g_utf8_validate_len ((const char *) body->data, body->len, NULL)) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: a payload is not UTF-8");
    return FALSE;
  }
  g_byte_array_append (body, (const guint8 *) "", 1);
  reader.text = (char *) body->data;
  if (!self->guessed && !check_first (self, reader.text, reader.length, error))
    return FALSE;
  reader.revision = sio_transport_get_revision (transport);
  return sio_transport_deliver_payload (
      transport, &reader, self->max_message, NULL, error);
}

static void
on_polled (gpointer data, SioHttpAnswer *answer, const GError *failure)
{
  g_autoptr (SioTransportPolling) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) body = NULL;

  if (self->state == STATE_LINGERING)
    return;
  if (answer == NULL) {
    fail (self, failure);
    return;
  }
  if (sio_http_answer_get_status (answer) != SOUP_STATUS_OK) {
    error = judge_status (self, answer);
    fail (self, error);
    return;
  }
  body = g_byte_array_ref (sio_http_answer_get_body (answer));
  if (!deliver (self, body, &error)) {
    fail (self, error);
    return;
  }
  if (self->state != STATE_OPEN || self->session == NULL)
    return;
  if (self->pause == PAUSE_NONE)
    poll (self);
  else
    continue_pause (self);
}

static void
on_posted (gpointer data, SioHttpAnswer *answer, const GError *failure)
{
  g_autoptr (SioTransportPolling) self = g_object_ref (data);
  g_autoptr (GError) error = NULL;

  if (answer == NULL) {
    fail (self, failure);
    return;
  }
  if (sio_http_answer_get_status (answer) != SOUP_STATUS_OK) {
    error = judge_status (self, answer);
    fail (self, error);
    return;
  }
  if (self->state == STATE_LINGERING && self->unsent.packets.length == 0) {
    drop_connections (self);
    return;
  }
  post (self);
  continue_pause (self);
}

/* Whether there is room for more. */
static gboolean
has_room (SioTransportPolling *self)
{
  if (self->state != STATE_OPEN || self->failure != NULL)
    return FALSE;
  /* What is sent in one turn goes with one request. */
  post_soon (self);
  if (self->unsent.bytes <= self->max_buffered)
    return TRUE;
  self->failure = g_error_new_literal (SIO_ERROR, SIO_ERROR_QUEUE_FULL,
      "the peer does not take what it is sent");
  return FALSE;
}

static gboolean
sio_transport_polling_send (SioTransport *transport, SioEnginePacketType type,
    const char *payload, gsize length)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  if (!has_room (self))
    return FALSE;
  sio_payload_queue_push (&self->unsent, type, payload, length);
  return TRUE;
}

static gboolean
sio_transport_polling_send_binary (
    SioTransport *transport, gconstpointer bytes, gsize length)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  if (!has_room (self))
    return FALSE;
  sio_payload_queue_push_binary (&self->unsent, bytes, length);
  return TRUE;
}

static gboolean
sio_transport_polling_is_writable (SioTransport *transport)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  return self->state == STATE_OPEN && self->session != NULL
      && self->unsent.packets.length == 0 && self->pause == PAUSE_NONE
      && !sio_http_line_is_busy (self->posts);
}

static void
sio_transport_polling_opened (
    SioTransport *transport, const SioEngineHandshake *handshake)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  self->session = g_strdup (handshake->sid);
  if (handshake->max_payload > 0)
    self->max_post = (gsize) MIN (handshake->max_payload, DEFAULT_MAX_POST);
}

static void
sio_transport_polling_pause (SioTransport *transport)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  if (self->state == STATE_OPEN && self->pause == PAUSE_NONE)
    self->pause = PAUSE_POLLING;
}

static void
sio_transport_polling_resume (SioTransport *transport)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  if (self->state != STATE_OPEN || self->pause == PAUSE_NONE)
    return;
  self->pause = PAUSE_NONE;
  if (!sio_http_line_is_busy (self->polls))
    poll (self);
  post_soon (self);
}

static void
sio_transport_polling_hand_over (SioTransport *transport, SioTransport *next)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  sio_payload_queue_hand_over (&self->unsent, next);
  drop_connections (self);
}

static gboolean
on_linger_timeout (gpointer data)
{
  drop_connections (data);
  return G_SOURCE_REMOVE;
}

/* Nobody owns the transport any more but this timer, and that one belongs to
 * the context, which is let go of. */
static void
begin_lingering (SioTransportPolling *self)
{
  self->state = STATE_LINGERING;
  sio_timer_stop (&self->soon);
  self->linger = g_timeout_source_new (LINGER_MS);
  g_source_set_callback (
      self->linger, on_linger_timeout, g_object_ref (self), g_object_unref);
  g_source_attach (self->linger, self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
  post (self);
}

/* The GET stays: without it the server would take the connection for lost, and
 * not for closed. */
static void
sio_transport_polling_close (SioTransport *transport)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (transport);

  if (self->state != STATE_OPEN)
    return;
  if (self->session == NULL || self->failure != NULL) {
    drop_connections (self);
    return;
  }
  sio_payload_queue_push (&self->unsent, SIO_ENGINE_CLOSE, NULL, 0);
  self->pause = PAUSE_NONE;
  begin_lingering (self);
}

static void
sio_transport_polling_dispose (GObject *object)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (object);

  drop_connections (self);
  g_clear_error (&self->failure);
  sio_payload_queue_clear (&self->unsent);
  G_OBJECT_CLASS (sio_transport_polling_parent_class)->dispose (object);
}

static void
sio_transport_polling_finalize (GObject *object)
{
  SioTransportPolling *self = SIO_TRANSPORT_POLLING (object);

  g_free (self->session);
  sio_target_unref (self->target);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (sio_transport_polling_parent_class)->finalize (object);
}

static void
sio_transport_polling_class_init (SioTransportPollingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SioTransportClass *transport_class = SIO_TRANSPORT_CLASS (klass);

  object_class->dispose = sio_transport_polling_dispose;
  object_class->finalize = sio_transport_polling_finalize;
  transport_class->name = "polling";
  transport_class->send = sio_transport_polling_send;
  transport_class->send_binary = sio_transport_polling_send_binary;
  transport_class->is_writable = sio_transport_polling_is_writable;
  transport_class->close = sio_transport_polling_close;
  transport_class->opened = sio_transport_polling_opened;
  transport_class->pause = sio_transport_polling_pause;
  transport_class->resume = sio_transport_polling_resume;
  transport_class->hand_over = sio_transport_polling_hand_over;
}

static void
sio_transport_polling_init (SioTransportPolling *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->max_post = DEFAULT_MAX_POST;
  g_queue_init (&self->unsent.packets);
}

/* Asks for a session. @revision is what the server is asked to speak; what it
 * does speak is seen from its answer. @max_message is the limit for a packet,
 * @max_body and @max_packets those for one answer of the server, and
 * @max_buffered that for what may wait to be sent before the session is given
 * up; all but @max_packets in bytes. */
SioTransport *
sio_transport_polling_new (SioTarget *target, guint revision, gsize max_message,
    gsize max_body, guint max_packets, gsize max_buffered)
{
  SioTransportPolling *self = g_object_new (SIO_TYPE_TRANSPORT_POLLING, NULL);

  self->target = sio_target_ref (target);
  self->max_message = max_message;
  self->max_packets = max_packets;
  self->max_buffered = max_buffered;
  sio_transport_set_revision (SIO_TRANSPORT (self), revision);
  self->polls = sio_http_line_new (target, max_body, on_polled, self);
  self->posts = sio_http_line_new (target, MAX_POST_ANSWER, on_posted, self);
  poll (self);
  return SIO_TRANSPORT (self);
}
