/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a socket asks to be let into its namespace, and waits for the answer. */
#include "sio-connect-request.h"
#include "sio-socket-private.h"
#include "sio-timer.h"

#include <string.h>

/* The server will still answer to CONNECT, and is then told that we left: one
 * that has not taken us in yet would end the connection for it. */
void
sio_socket_owe_disconnect (SioSocket *self)
{
  self->owed = sio_manager_get_epoch (self->manager);
}

gboolean
sio_socket_owes_disconnect (SioSocket *self)
{
  return self->owed == sio_manager_get_epoch (self->manager);
}

static gboolean
on_reply_overdue (gpointer data)
{
  SioSocket *self = data;
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
      self->awaiting_auth
          ? "nobody provided what authenticates the connection to %s in time"
          : "the server did not answer the connection to %s in time",
      self->nsp);

  sio_timer_stop (&self->reply_due);
  if (!sio_manager_fail (self->manager, error)) {
    if (!self->awaiting_auth)
      sio_socket_owe_disconnect (self);
    sio_socket_end_refused (self, error);
  }
  return G_SOURCE_REMOVE;
}

static SioMessage *
make_connect (SioSocket *self, JsonNode *auth, GError **error)
{
  const SioLimitValues *limits = sio_limits_peek (self->limits);
  g_autoptr (JsonNode) payload = NULL;
  g_autofree char *name = NULL;

  if (sio_manager_get_old_session (self->manager) != NULL) {
    name = sio_connect_request_print_old (self->nsp, auth);
    return sio_message_new (SIO_PACKET_CONNECT, name, NULL, limits, error);
  }
  payload = sio_recovery_dup_payload (&self->recovery, auth);
  return sio_message_new (
      SIO_PACKET_CONNECT, self->nsp, payload, limits, error);
}

/* CONNECT goes out. */
static void
send_connect (SioSocket *self, JsonNode *auth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SioMessage) message = make_connect (self, auth, &error);

  self->awaiting_auth = FALSE;
  if (message == NULL)
    sio_socket_end_refused (self, error);
  else
    sio_manager_send (self->manager, message);
}

/* A server of Socket.IO 2 has taken us in long ago. */
static gboolean
on_joined_before (gpointer data)
{
  SioSocket *self = data;
  SioPacket packet = { .type = SIO_PACKET_CONNECT, .nsp = self->nsp };

  sio_timer_stop (&self->reply_due);
  sio_socket_handle_packet (self, &packet);
  return G_SOURCE_REMOVE;
}

/* Whether the server speaks of the main namespace unasked; there is no place for
 * auth then. */
static gboolean
is_unasked (SioSocket *self)
{
  SioRoot root = sio_manager_get_root (self->manager);

  if (root == SIO_ROOT_ON_REQUEST || strcmp (self->nsp, "/") != 0)
    return FALSE;
  if (root == SIO_ROOT_JOINED) {
    sio_timer_stop (&self->reply_due);
    self->reply_due = sio_timer_start (
        sio_manager_get_context (self->manager), 0, on_joined_before, self);
  }
  return TRUE;
}

void
sio_socket_await_reply (SioSocket *self)
{
  sio_timer_stop (&self->reply_due);
  self->reply_due = sio_timer_start (sio_manager_get_context (self->manager),
      sio_manager_get_timeout (self->manager), on_reply_overdue, self);
}

/* The manager has a connection. */
void
sio_socket_engine_opened (SioSocket *self)
{
  if (self->state != STATE_WAITING)
    return;
  /* Socket.IO 2 forgets the query of who comes before it has let us into the main
   * namespace. */
  if (strcmp (self->nsp, "/") != 0
      && sio_manager_get_root (self->manager) == SIO_ROOT_AWAITED) {
    sio_socket_await_reply (self);
    return;
  }
  self->state = STATE_CONNECTING;
  self->awaiting_auth = TRUE;
  sio_socket_await_reply (self);
  if (is_unasked (self)) {
    self->awaiting_auth = FALSE;
    return;
  }
  g_object_ref (self);
  if (!sio_socket_ask_auth (self) && self->awaiting_auth)
    send_connect (self, self->auth);
  g_object_unref (self);
}

/* There was a connection when the socket was asked to connect. */
static gboolean
on_turn (gpointer data)
{
  SioSocket *self = data;

  sio_timer_stop (&self->reply_due);
  sio_socket_engine_opened (self);
  return G_SOURCE_REMOVE;
}

void
sio_socket_await_turn (SioSocket *self)
{
  self->reply_due = sio_timer_start (
      sio_manager_get_context (self->manager), 0, on_turn, self);
}

/**
 * sio_socket_provide_auth:
 * @self: a socket
 * @auth: (nullable) (transfer none): a node that holds an object, or %NULL
 *
 * Answers #SioSocket::auth-requested, for this connection only. Does nothing
 * when no answer is waited for, as after the connection has ended.
 *
 * Since: 0.1
 */
void
sio_socket_provide_auth (SioSocket *self, JsonNode *auth)
{
  g_return_if_fail (SIO_IS_SOCKET (self));
  g_return_if_fail (auth == NULL || JSON_NODE_HOLDS_OBJECT (auth));

  if (self->awaiting_auth)
    send_connect (self, auth);
}
