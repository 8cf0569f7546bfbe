/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turnprobe.h"

#include "localaddresses.h"
#include "loopthread.h"

#include <stun/stunagent.h>
#include <stun/usages/turn.h>
#include <string.h>

/* Over UDP it is asked again as often as that, and given up with the last one; of
 * TCP the time to connect is part of it. A leg has to say within 10 s that it has
 * no relay, and libnice took 2 s of them to find out. */
#define INTERVAL_MS 750
#define MAX_INTERVALS 4
#define HEADER_LENGTH 20

struct _TurnProbe {
  char *user;
  char *password;
  gboolean is_tcp;
  TurnProbeDone done;
  gpointer data;

  GCancellable *cancellable;
  GSocketConnection *connection;
  GSource *timer;
  guint n_intervals;
  GSource *readable;

  StunAgent agent;
  StunMessage request;
  gsize request_length;
  guint8 request_bytes[STUN_MAX_MESSAGE_SIZE];
  StunMessage answer; /* the one that names the realm */
  guint8 answer_bytes[STUN_MAX_MESSAGE_SIZE];
  guint8 input[STUN_MAX_MESSAGE_SIZE];
  gsize input_length;
  gboolean is_signed; /* the request has the password in it */
  gboolean is_done;
};

static void
finish (TurnProbe *self, TurnProbeVerdict verdict, const char *text)
{
  if (self->is_done)
    return;
  self->is_done = TRUE;
  /* It may be connecting still. */
  g_cancellable_cancel (self->cancellable);
  loop_thread_clear_source (&self->timer);
  loop_thread_clear_source (&self->readable);
  self->done (verdict, text, self->data);
}

/* --- asking --- */

static void
send_request (TurnProbe *self)
{
  /* A few hundred bytes into an empty buffer; what is lost is sent again. */
  g_socket_send (g_socket_connection_get_socket (self->connection),
      (const char *) self->request_bytes, self->request_length, NULL, NULL);
}

static void
ask (TurnProbe *self)
{
  self->request_length =
      stun_usage_turn_create (&self->agent, &self->request, self->request_bytes,
          sizeof (self->request_bytes), self->is_signed ? &self->answer : NULL,
          STUN_USAGE_TURN_REQUEST_PORT_NORMAL, -1, -1, (guint8 *) self->user,
          strlen (self->user), (guint8 *) self->password,
          strlen (self->password), STUN_USAGE_TURN_COMPATIBILITY_RFC5766);
  send_request (self);
}

/* What was granted is not wanted. */
static void
give_back (TurnProbe *self)
{
  self->request_length =
      stun_usage_turn_create_refresh (&self->agent, &self->request,
          self->request_bytes, sizeof (self->request_bytes), &self->answer, 0,
          (guint8 *) self->user, strlen (self->user), (guint8 *) self->password,
          strlen (self->password), STUN_USAGE_TURN_COMPATIBILITY_RFC5766);
  send_request (self);
}

/* --- what it says --- */

static void
take_error (TurnProbe *self, const StunMessage *message)
{
  g_autofree char *text = NULL;
  int code = 0;

  if (stun_message_find_error ((StunMessage *) message, &code)
      != STUN_MESSAGE_RETURN_SUCCESS)
    code = 0;
  if (code == STUN_ERROR_UNAUTHORIZED && !self->is_signed) {
    self->is_signed = TRUE;
    self->answer = *message;
    memcpy (self->answer_bytes, self->input, self->input_length);
    self->answer.buffer = self->answer_bytes;
    ask (self);
    return;
  }
  switch (code) {
    case STUN_ERROR_UNAUTHORIZED:
    case 441: /* Wrong Credentials: RFC 8656, section 19.4 */
      finish (self, TURN_PROBE_REFUSED,
          "refuses the user name or the password (401)");
      return;
    case 403:
      finish (self, TURN_PROBE_REFUSED, "refuses us (403)");
      return;
    case STUN_ERROR_ALLOCATION_QUOTA_REACHED:
      finish (self, TURN_PROBE_FULL,
          "gives this user no further relay (486: its quota is used up)");
      return;
    default:
      text = g_strdup_printf ("gives no relay (error %d)", code);
      finish (self, TURN_PROBE_FULL, text);
      return;
  }
}

static void
take_message (TurnProbe *self)
{
  StunMessage message;
  StunValidationStatus status = stun_agent_validate (
      &self->agent, &message, self->input, self->input_length, NULL, NULL);
  /* A server that refuses us may do so without a signature (RFC 8489, section
   * 9.2.4): it is only words. */
  gboolean is_unsigned = status == STUN_VALIDATION_UNAUTHORIZED
      || status == STUN_VALIDATION_UNAUTHORIZED_BAD_REQUEST;

  /* Of another transaction, or not from whom it says. */
  if (status != STUN_VALIDATION_SUCCESS
      && (!is_unsigned || stun_message_get_class (&message) != STUN_ERROR))
    return;
  if (stun_message_get_class (&message) == STUN_ERROR) {
    take_error (self, &message);
  } else if (stun_message_get_class (&message) == STUN_RESPONSE) {
    if (self->is_signed)
      give_back (self);
    finish (self, TURN_PROBE_GRANTED, "gave no relay in time");
  }
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  TurnProbe *self = data;
  g_autoptr (GError) error = NULL;
  gsize wanted = sizeof (self->input) - self->input_length;
  gssize size;

  /* Over TCP messages follow each other: no more than this one's. */
  if (self->is_tcp && self->input_length < HEADER_LENGTH)
    wanted = HEADER_LENGTH - self->input_length;
  else if (self->is_tcp)
    wanted = MIN (wanted,
        HEADER_LENGTH + (self->input[2] << 8 | self->input[3])
            - self->input_length);
  size = g_socket_receive (
      socket, (char *) self->input + self->input_length, wanted, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (size <= 0) {
    finish (self, TURN_PROBE_SILENT,
        self->is_tcp ? "closes the connection" : "does not answer");
    return G_SOURCE_REMOVE;
  }
  self->input_length += (gsize) size;
  if (self->is_tcp
      && (self->input_length < HEADER_LENGTH
          || self->input_length < HEADER_LENGTH
                  + (gsize) (self->input[2] << 8 | self->input[3]))) {
    if (self->input_length < sizeof (self->input))
      return G_SOURCE_CONTINUE;
    finish (self, TURN_PROBE_SILENT, "does not answer as a TURN server");
    return G_SOURCE_REMOVE;
  }
  take_message (self);
  self->input_length = 0;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interval (gpointer data)
{
  TurnProbe *self = data;

  if (++self->n_intervals >= MAX_INTERVALS) {
    finish (self, TURN_PROBE_SILENT, "does not answer");
    return G_SOURCE_REMOVE;
  }
  if (self->connection != NULL && !self->is_tcp)
    send_request (self);
  return G_SOURCE_CONTINUE;
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer data)
{
  TurnProbe *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);
  GSocket *socket;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = data;
  if (connection == NULL) {
    g_autofree char *text =
        local_addresses_explain (G_SOCKET_CLIENT (client), error);

    finish (self, TURN_PROBE_SILENT, text);
    return;
  }
  self->connection = g_steal_pointer (&connection);
  socket = g_socket_connection_get_socket (self->connection);
  g_socket_set_blocking (socket, FALSE);
  self->readable = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (
      self->readable, (GSourceFunc) (GCallback) on_readable, self, NULL);
  g_source_attach (self->readable, g_main_context_get_thread_default ());
  ask (self);
}

/**
 * turn_probe_new:
 * @host: a name, or an address without brackets
 * @port: its port
 * @is_tcp: whether it is spoken to over TCP
 * @user: the user name
 * @password: the password
 * @addresses: (nullable) (element-type GInetAddress): where it may be asked from;
 *   %NULL: anywhere
 * @done: called with what it says, within 3 s; not before this returns
 * @data: handed to @done
 *
 * Returns: (transfer full): the question
 */
TurnProbe *
turn_probe_new (const char *host, guint port, gboolean is_tcp, const char *user,
    const char *password, GPtrArray *addresses, TurnProbeDone done,
    gpointer data)
{
  TurnProbe *self = g_new0 (TurnProbe, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address =
      g_network_address_new (host, (guint16) port);

  self->user = g_strdup (user);
  self->password = g_strdup (password);
  self->is_tcp = is_tcp;
  self->done = done;
  self->data = data;
  stun_agent_init (&self->agent, STUN_ALL_KNOWN_ATTRIBUTES,
      STUN_COMPATIBILITY_RFC5389, STUN_AGENT_USAGE_LONG_TERM_CREDENTIALS);
  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_source_new (INTERVAL_MS);
  g_source_set_callback (self->timer, on_interval, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  g_socket_client_set_enable_proxy (client, FALSE);
  local_addresses_bind (addresses, client);
  if (!is_tcp) {
    g_socket_client_set_socket_type (client, G_SOCKET_TYPE_DATAGRAM);
    g_socket_client_set_protocol (client, G_SOCKET_PROTOCOL_UDP);
  }
  g_socket_client_connect_async (
      client, address, self->cancellable, on_connected, self);
  return self;
}

/**
 * turn_probe_free:
 * @self: (transfer full): the question; on the thread that made it
 */
void
turn_probe_free (TurnProbe *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  loop_thread_clear_source (&self->timer);
  loop_thread_clear_source (&self->readable);
  g_clear_object (&self->connection);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}
