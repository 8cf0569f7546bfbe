/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-ws-dial.h"

#include "sio-engine-packet.h"
#include "sio-error.h"
#include "sio-ws-handshake.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* Connects to a WebSocket server. libsoup's client is not used for it: it gives
 * away neither the connection (so that a message could be bounded) nor the body
 * of a refusal, follows redirects with the credentials, and asks a proxy for
 * ws:// in a way that most refuse. */

typedef struct {
  SioWsTarget *target;
  char *key;
  char *request;
  GIOStream *stream;
  GByteArray *answer;
  char chunk[4096];
} Dial;

static gboolean
fail_uri (GError **error, const char *what)
{
  g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
      "the address of the server %s", what);
  return FALSE;
}

/* The host goes into a header, percent escapes undone. */
static gboolean
read_host (SioWsTarget *self, const char *host)
{
  if (host == NULL || host[0] == '\0')
    return FALSE;
  self->host = g_hostname_to_ascii (host);
  for (const char *at = self->host; at != NULL && *at != '\0'; at++) {
    if (!g_ascii_isgraph (*at) || strchr ("/\\@?#,", *at) != NULL)
      return FALSE;
  }
  return self->host != NULL;
}

static gboolean
read_scheme (SioWsTarget *self, GUri *uri, GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  int port = g_uri_get_port (uri);

  self->tls = strcmp (scheme, "https") == 0 || strcmp (scheme, "wss") == 0;
  if (!self->tls && strcmp (scheme, "http") != 0 && strcmp (scheme, "ws") != 0)
    return fail_uri (error, "must begin with http, https, ws or wss");
  if (g_uri_get_userinfo (uri) != NULL)
    return fail_uri (error, "must not hold a name or password");
  if (!read_host (self, g_uri_get_host (uri)))
    return fail_uri (error, "has no host that can be used");
  self->port = (guint16) (port > 0 ? port : self->tls ? 443 : 80);
  return TRUE;
}

static void
append_query (GString *resource, const char *query)
{
  g_autofree char *escaped = NULL;

  if (query == NULL || query[0] == '\0')
    return;
  /* What is a percent escape stays one. */
  escaped = g_uri_escape_string (
      query, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH "?%[]", FALSE);
  g_string_append_c (resource, '&');
  g_string_append (resource, escaped);
}

/* @uri is scheme, host and port, and may have a query; its path is not used, as
 * @path is where Engine.IO is. @query is added to what Engine.IO asks. */
SioWsTarget *
sio_ws_target_new (
    const char *uri, const char *path, const char *query, GError **error)
{
  g_autoptr (SioWsTarget) self = g_new0 (SioWsTarget, 1);
  g_autoptr (GUri) parsed = NULL;
  g_autofree char *escaped = NULL;
  GString *resource;

  parsed = g_uri_parse (
      uri, G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_HAS_PASSWORD, NULL);
  if (parsed == NULL) {
    fail_uri (error, "is not a URI");
    return NULL;
  }
  if (!read_scheme (self, parsed, error))
    return NULL;
  escaped = g_uri_escape_string (
      path, G_URI_RESERVED_CHARS_ALLOWED_IN_PATH "%", FALSE);
  resource = g_string_new (escaped[0] == '/' ? NULL : "/");
  g_string_append (resource, escaped);
  g_string_append (
      resource, "?EIO=" SIO_ENGINE_REVISION "&transport=websocket");
  append_query (resource, g_uri_get_query (parsed));
  append_query (resource, query);
  self->resource = g_string_free (resource, FALSE);
  return g_steal_pointer (&self);
}

void
sio_ws_target_free (SioWsTarget *self)
{
  g_free (self->host);
  g_free (self->resource);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_clear_object (&self->database);
  g_free (self);
}

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  sio_ws_target_free (dial->target);
  g_free (dial->key);
  g_free (dial->request);
  g_clear_object (&dial->stream);
  g_byte_array_unref (dial->answer);
  g_free (dial);
}

static char *
host_header (SioWsTarget *target)
{
  gboolean bracketed = strchr (target->host, ':') != NULL;
  guint16 usual = target->tls ? 443 : 80;
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, bracketed ? "[%s]" : "%s", target->host);
  if (target->port != usual)
    g_string_append_printf (out, ":%u", target->port);
  return g_string_free (out, FALSE);
}

/* Nobody wants a proxy to be asked for this machine itself, though GLib's
 * resolver does so when http_proxy is set. */
static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return g_ascii_strcasecmp (host, "localhost") == 0;
}

static GTlsConnection *
peek_tls (GIOStream *stream)
{
  if (G_IS_TCP_WRAPPER_CONNECTION (stream))
    stream = g_tcp_wrapper_connection_get_base_io_stream (
        G_TCP_WRAPPER_CONNECTION (stream));
  return G_IS_TLS_CONNECTION (stream) ? G_TLS_CONNECTION (stream) : NULL;
}

/* glib-networking does not look at the certificate of a session that it
 * resumes, and resumes sessions that anything in the process began, whatever it
 * trusted. The verdict it keeps is right, so it is asked here each time. */
static gboolean
check_certificate (Dial *dial, GError **error)
{
  GTlsConnection *tls = peek_tls (dial->stream);

  if (!dial->target->tls || dial->target->insecure)
    return TRUE;
  if (tls != NULL && g_tls_connection_get_peer_certificate (tls) != NULL
      && g_tls_connection_get_peer_certificate_errors (tls) == 0)
    return TRUE;
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
      "the certificate of %s is not one to be trusted", dial->target->host);
  return FALSE;
}

static gboolean
accept_any (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static void
on_event (GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, gpointer data)
{
  SioWsTarget *target = data;

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  if (target->database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (stream), target->database);
  if (target->insecure)
    g_signal_connect (
        stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

/* Hands out the stream and what was read behind the answer. */
static void
succeed (GTask *task, gsize head_length)
{
  Dial *dial = g_task_get_task_data (task);

  g_byte_array_remove_range (dial->answer, 0, (guint) head_length);
  g_task_return_pointer (task, g_object_ref (dial->stream), g_object_unref);
}

static void read_on (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Dial *dial = g_task_get_task_data (task);
  GError *error = NULL;
  gsize head_length = 0;
  gssize count =
      g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (count < 0) {
    g_task_return_error (task, error);
    return;
  }
  g_byte_array_append (dial->answer, (guint8 *) dial->chunk, (guint) count);
  switch (sio_ws_handshake_read ((const char *) dial->answer->data,
      dial->answer->len, count == 0, dial->key, &head_length, &error)) {
    case SIO_WS_ANSWER_PARTIAL:
      read_on (g_steal_pointer (&task));
      break;
    case SIO_WS_ANSWER_ACCEPTED:
      succeed (task, head_length);
      break;
    case SIO_WS_ANSWER_REFUSED:
    default:
      g_task_return_error (task, error);
      break;
  }
}

/* Takes the task over. */
static void
read_on (GTask *task)
{
  Dial *dial = g_task_get_task_data (task);

  g_input_stream_read_async (g_io_stream_get_input_stream (dial->stream),
      dial->chunk, sizeof dial->chunk, G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), on_read, task);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (
          G_OUTPUT_STREAM (source), result, NULL, &error)) {
    g_task_return_error (task, error);
    return;
  }
  read_on (g_steal_pointer (&task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Dial *dial = g_task_get_task_data (task);
  GError *error = NULL;
  GCancellable *cancellable;
  g_autofree char *host = NULL;

  dial->stream = G_IO_STREAM (g_socket_client_connect_finish (
      G_SOCKET_CLIENT (source), result, &error));
  if (dial->stream == NULL || !check_certificate (dial, &error)) {
    g_task_return_error (task, error);
    return;
  }
  g_socket_set_option (
      g_socket_connection_get_socket (G_SOCKET_CONNECTION (dial->stream)),
      IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  host = host_header (dial->target);
  dial->request = sio_ws_handshake_print (
      host, dial->target->resource, dial->key, dial->target->headers);
  cancellable = g_task_get_cancellable (task);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (dial->stream),
      dial->request, strlen (dial->request), G_PRIORITY_DEFAULT, cancellable,
      on_written, g_steal_pointer (&task));
}

/* Takes @target over. There is no time limit but the cancellable. */
void
sio_ws_dial_async (SioWsTarget *target, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = NULL;
  Dial *dial = g_new0 (Dial, 1);
  GError *error = NULL;
  g_autofree char *host = host_header (target);
  g_autofree char *uri =
      g_strdup_printf ("%s://%s/", target->tls ? "https" : "http", host);

  dial->target = target;
  dial->key = sio_ws_handshake_new_key ();
  dial->answer = g_byte_array_new ();
  g_task_set_source_tag (task, sio_ws_dial_async);
  g_task_set_task_data (task, dial, dial_free);

  /* As a URI, so that the proxy resolver sees the scheme. */
  address = g_network_address_parse_uri (uri, target->port, &error);
  if (address == NULL) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  g_socket_client_set_tls (client, target->tls);
  g_socket_client_set_enable_proxy (client, !is_loopback (target->host));
  g_signal_connect (client, "event", G_CALLBACK (on_event), target);
  g_socket_client_connect_async (
      client, address, cancellable, on_connected, task);
}

/* Returns the stream, and in @received what came behind the handshake. */
GIOStream *
sio_ws_dial_finish (GAsyncResult *result, GBytes **received, GError **error)
{
  GTask *task = G_TASK (result);
  Dial *dial = g_task_get_task_data (task);
  GIOStream *stream = g_task_propagate_pointer (task, error);

  if (stream != NULL)
    *received = g_bytes_new (dial->answer->data, dial->answer->len);
  return stream;
}
