/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-soup-exchange.h"

#include "sio-listener.h"
#include "sio-timer.h"

#include <errno.h>
#include <sys/socket.h>

/* How long a client may take to read its answer, after which the connection
 * ends. */
#define ANSWER_DEADLINE_MS 60000
/* And whose answer takes memory that others need. */
#define REVOKED_DEADLINE_MS 1

struct _SioSoupExchange {
  SoupServerMessage *message;
  gboolean held;
  GSource *watch;
  SioSoupExchangeGone gone;
  gpointer data;
};

SioSoupExchange *
sio_soup_exchange_new (SoupServerMessage *message)
{
  SioSoupExchange *self = g_new0 (SioSoupExchange, 1);

  self->message = g_object_ref (message);
  return self;
}

static GSocket *
get_socket (SioSoupExchange *self)
{
  GSocket *socket = sio_listener_get_socket (
      soup_server_message_get_remote_address (self->message));

  /* Of a connection that libsoup did not accept itself it knows none. */
  return socket != NULL ? socket
                        : soup_server_message_get_socket (self->message);
}

/* While a request is held libsoup does not look at its connection. */
static gboolean
on_stirred (GSocket *socket, GIOCondition condition, gpointer data)
{
  SioSoupExchange *self = data;
  char byte;
  ssize_t count =
      recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  sio_timer_stop (&self->watch);
  /* What comes unasked behind a request is left where it is. */
  if (count <= 0)
    self->gone (self->data);
  return G_SOURCE_REMOVE;
}

/* Keeps the client waiting. @gone is called if it does not. */
void
sio_soup_exchange_hold (
    SioSoupExchange *self, SioSoupExchangeGone gone, gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSocket *socket = get_socket (self);

  self->held = TRUE;
  self->gone = gone;
  self->data = data;
  soup_server_message_pause (self->message);
  sio_listener_set_deadline (
      soup_server_message_get_remote_address (self->message), 0);
  if (socket == NULL)
    return;
  self->watch =
      g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (on_stirred), self, NULL);
  g_source_attach (self->watch, context);
}

static gboolean
release (gpointer object)
{
  return G_SOURCE_REMOVE;
}

static void
release_later (gpointer object)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  /* Of the default priority: a busy server would never be idle. */
  g_autoptr (GSource) soon = g_timeout_source_new (0);

  g_source_set_callback (soon, release, object, g_object_unref);
  g_source_attach (soon, context);
}

/* Keeps the SoupServer until the message is done with: the answer is sent even if
 * nobody else keeps it, and it does not end under its own feet when a handler
 * drops it. */
void
sio_soup_exchange_keep_server (SoupServerMessage *message, SoupServer *soup)
{
  g_object_set_data_full (
      G_OBJECT (message), "sio-soup", g_object_ref (soup), release_later);
}

/* What a message's answer takes until it is out. */
typedef struct {
  SioShare share;
  GSocketAddress *remote;
} Answer;

static const char answer_key[] = "sio-answer";

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  sio_share_clear (&answer->share);
  g_clear_object (&answer->remote);
  g_free (answer);
}

/* The connection ends, and with that the message. */
static void
on_revoked (gpointer data)
{
  Answer *answer = data;

  sio_listener_set_deadline (answer->remote, REVOKED_DEADLINE_MS);
}

/* What the client is answered has a share of @budget until it has taken it. */
void
sio_soup_exchange_limit_unsent (SoupServerMessage *message, SioBudget *budget)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  Answer *answer = g_new0 (Answer, 1);

  sio_share_init (&answer->share, budget, on_revoked, answer);
  answer->remote = remote != NULL ? g_object_ref (remote) : NULL;
  g_object_set_data_full (G_OBJECT (message), answer_key, answer, answer_free);
}

static void
count_answer (SoupServerMessage *message, gsize length)
{
  Answer *answer = g_object_get_data (G_OBJECT (message), answer_key);

  if (answer != NULL && !sio_share_set (&answer->share, length))
    on_revoked (answer);
}

/* Frees the exchange. */
void
sio_soup_exchange_answer (SioSoupExchange *self, guint status, const char *type,
    const char *body, gsize length)
{
  soup_server_message_set_status (self->message, status,
      status == SIO_TOO_MANY_REQUESTS ? "Too Many Requests" : NULL);
  if (body != NULL)
    soup_server_message_set_response (
        self->message, type, SOUP_MEMORY_COPY, body, length);
  sio_listener_part (soup_server_message_get_remote_address (self->message),
      ANSWER_DEADLINE_MS);
  count_answer (self->message, length);
  sio_timer_stop (&self->watch);
  if (self->held)
    soup_server_message_unpause (self->message);
  g_object_unref (self->message);
  g_free (self);
}

/* Answers it with an error if it has not been answered. */
void
sio_soup_exchange_free (SioSoupExchange *self)
{
  sio_soup_exchange_answer (self, SOUP_STATUS_BAD_REQUEST, NULL, NULL, 0);
}
