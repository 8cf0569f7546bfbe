/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include "soup-host.h"

#include <sio/sio-ws-frame.h>

#include <string.h>

#define WATCHDOG_S 40
/* What the library may take for its last words, and a little more. */
#define LINGER_MS 2500

static gboolean
on_watchdog (gpointer data)
{
  g_error ("the test is not over in time");
  return G_SOURCE_REMOVE;
}

/* Instruments make everything slower by this much. */
guint
fixture_time_factor (void)
{
  const char *factor = g_getenv ("TEST_TIMEOUT_FACTOR");

  return factor != NULL ? (guint) g_ascii_strtoull (factor, NULL, 10) : 1;
}

void
fixture_set_up (Fixture *self)
{
  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->watchdog =
      g_timeout_source_new_seconds (WATCHDOG_S * fixture_time_factor ());
  g_source_set_callback (self->watchdog, on_watchdog, NULL, NULL);
  g_source_attach (self->watchdog, self->context);
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
fixture_linger (Fixture *self, guint ms)
{
  g_autoptr (GSource) source = g_timeout_source_new (ms);
  gboolean over = FALSE;

  g_source_set_callback (source, set_flag, &over, NULL);
  g_source_attach (source, self->context);
  fixture_wait (self, over);
}

/* What is cancelled completes, what lingers may do so for its two seconds, and
 * then there is nothing left: a source that somebody forgot would be ready or
 * have a time at which it will be. */
void
fixture_tear_down (Fixture *self)
{
  gint64 deadline =
      g_get_monotonic_time () + LINGER_MS * fixture_time_factor () * 1000;
  gboolean empty = FALSE;

  g_source_destroy (self->watchdog);
  g_source_unref (self->watchdog);
  g_assert_true (g_main_context_acquire (self->context));
  while (!empty) {
    GPollFD fds[16];
    gint timeout, priority, count;
    gint left = (gint) ((deadline - g_get_monotonic_time ()) / 1000);

    g_main_context_prepare (self->context, &priority);
    count = g_main_context_query (
        self->context, G_MAXINT, &timeout, fds, G_N_ELEMENTS (fds));
    /* The context's own wake-up is always there. */
    empty = timeout == -1 && count == 1;
    g_assert_true (empty || left > 0);
    g_assert_cmpint (count, <=, G_N_ELEMENTS (fds));
    g_poll (fds, (guint) count,
        empty                               ? 0
            : timeout < 0 || timeout > left ? left
                                            : timeout);
    /* A wake-up may be what is left of something that is not a source yet. */
    empty = empty && fds[0].revents == 0;
    if (g_main_context_check (self->context, priority, fds, count))
      g_main_context_dispatch (self->context);
  }
  g_main_context_release (self->context);
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
}

void
fixture_wait_for_gone (Fixture *self, gpointer *weak)
{
  fixture_wait (self, *weak == NULL);
}

JsonNode *
json (const char *text)
{
  JsonNode *node = sio_json_parse (text, -1, NULL);

  g_assert_nonnull (node);
  return node;
}

char *
json_text (JsonNode *node)
{
  char *text = sio_json_print (node, NULL, NULL);

  g_assert_nonnull (text);
  return text;
}

static void
on_connect (SioSocket *socket, gpointer data)
{
  Log *self = data;

  self->connects++;
  g_string_append (self->lines, "connect\n");
}

static void
on_connect_error (
    SioSocket *socket, GError *error, gboolean will_retry, gpointer data)
{
  Log *self = data;

  self->connect_errors++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  g_string_append_printf (self->lines, "connect-error %d\n", will_retry);
}

static void
on_disconnect (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  Log *self = data;

  self->disconnects++;
  g_string_append_printf (
      self->lines, "disconnect %s %d\n", reason, will_retry);
}

static void
on_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  Log *self = data;
  g_autofree char *text = json_text (args);

  self->events++;
  g_string_append_printf (self->lines, "event %s %s\n", name, text);
}

void
log_watch (Log *self, SioSocket *socket)
{
  *self =
      (Log){ .socket = g_object_ref (socket), .lines = g_string_new (NULL) };
  g_signal_connect (socket, "connect", G_CALLBACK (on_connect), self);
  g_signal_connect (
      socket, "connect-error", G_CALLBACK (on_connect_error), self);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), self);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), self);
}

void
log_clear (Log *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_string_free (self->lines, TRUE);
  g_clear_error (&self->error);
}

SioServer *
server_new (void)
{
  SioServer *server = sio_server_new ();
  g_autoptr (GError) error = NULL;

  sio_server_listen (server, NULL, 0, &error);
  g_assert_no_error (error);
  return server;
}

SioManager *
manager_for (SioServer *server)
{
  g_autofree char *uri =
      g_strdup_printf ("http://127.0.0.1:%u", sio_server_get_port (server));
  SioManager *manager = sio_manager_new (uri);

  g_object_set (
      manager, "reconnection-delay", 10, "reconnection-delay-max", 100, NULL);
  return manager;
}

Raw *
raw_new (GSocketConnection *connection)
{
  Raw *self = g_new0 (Raw, 1);

  self->connection = g_object_ref (connection);
  self->received = g_byte_array_new ();
  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
  return self;
}

/* The kernel completes the connection, whoever runs or not. */
Raw *
raw_connect (guint port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", (guint16) port, NULL, &error);
  g_assert_no_error (error);
  return raw_new (connection);
}

void
raw_free (Raw *self)
{
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_object_unref (self->connection);
  g_byte_array_unref (self->received);
  g_free (self);
}

/* What the peer does not take is lost. */
void
raw_send (Raw *self, const void *data, gsize length)
{
  g_socket_send (g_socket_connection_get_socket (self->connection), data,
      length, NULL, NULL);
}

void
raw_send_text (Raw *self, const char *text)
{
  raw_send (self, text, strlen (text));
}

void
raw_send_frame (Raw *self, gboolean masked, const char *text)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  sio_ws_frame_append (
      out, SIO_WS_TEXT, masked, 0x12345678, NULL, 0, text, strlen (text));
  raw_send (self, out->data, out->len);
}

/* As a server: not masked. */
void
raw_send_binary (Raw *self, const char *bytes)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  sio_ws_frame_append (
      out, SIO_WS_BINARY, FALSE, 0, NULL, 0, bytes, strlen (bytes));
  raw_send (self, out->data, out->len);
}

/* Takes what has come; an error is an end. */
void
raw_read (Raw *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  char buffer[4096];
  g_autoptr (GError) error = NULL;
  gssize count;

  while (
      (count = g_socket_receive (socket, buffer, sizeof buffer, NULL, &error))
      > 0)
    g_byte_array_append (self->received, (guint8 *) buffer, (guint) count);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    self->ended = TRUE;
}

gboolean
raw_has (Raw *self, const char *text)
{
  raw_read (self);
  return self->received->len > 0
      && memmem (self->received->data, self->received->len, text, strlen (text))
      != NULL;
}

/* The messages that a client sent since its handshake, a line each. */
char *
raw_dup_messages (Raw *self)
{
  GString *lines = g_string_new (NULL);
  SioWsDecoder *decoder = sio_ws_decoder_new (TRUE, 1000000);
  SioWsMessage message;

  raw_read (self);
  sio_ws_decoder_push (decoder, self->received->data, self->received->len);
  while (sio_ws_decoder_next (decoder, &message, NULL) == SIO_WS_MESSAGE) {
    g_string_append_len (lines, message.data, (gssize) message.length);
    g_string_append_c (lines, '\n');
  }
  sio_ws_decoder_free (decoder);
  return g_string_free (lines, FALSE);
}

/* Asks to become a WebSocket of Engine.IO. */
void
raw_upgrade (Raw *self)
{
  raw_send_text (self,
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
      "Upgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n\r\n");
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer data)
{
  RawServer *self = data;

  g_clear_pointer (&self->guest, raw_free);
  self->guest = raw_new (connection);
  self->guests++;
  return TRUE;
}

RawServer *
raw_server_new (void)
{
  RawServer *self = g_new0 (RawServer, 1);

  self->service = loopback_service_new (&self->port);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

void
raw_server_free (RawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_clear_pointer (&self->guest, raw_free);
  g_free (self);
}

/* Answers the handshake of the last guest, once it is there; TRUE from then
 * on. */
gboolean
raw_server_serve (RawServer *self)
{
  g_autofree char *text = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *accept = NULL;
  g_autoptr (GChecksum) checksum = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;
  char *key;

  if (self->guest == NULL)
    return FALSE;
  if (self->accepted == self->guests)
    return TRUE;
  if (!raw_has (self->guest, "\r\n\r\n"))
    return FALSE;
  text = g_strndup (
      (char *) self->guest->received->data, self->guest->received->len);
  key = strstr (text, "Sec-WebSocket-Key: ") + 19;
  *strchr (key, '\r') = '\0';
  checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (checksum, (guchar *) key, -1);
  g_checksum_update (
      checksum, (guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (checksum, digest, &size);
  accept = g_base64_encode (digest, size);
  answer = g_strdup_printf (
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
      accept);
  raw_send_text (self->guest, answer);
  g_byte_array_set_size (self->guest->received, 0);
  self->accepted = self->guests;
  return TRUE;
}
