/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icesource.h"

#include "common/testcheck.h"
#include "localcertificate.h"

#include <string.h>

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  Source *self = data;
  const char *token = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "X-Token");

  g_async_queue_push (
      self->asked, g_strdup (token != NULL ? token : "no token"));
  if (self->is_silent) {
    soup_server_message_pause (message);
    g_ptr_array_add (self->unanswered, g_object_ref (message));
    return;
  }
  soup_server_message_set_status (message, self->status, NULL);
  if (self->headers != NULL) {
    g_auto (GStrv) parts = g_strsplit (self->headers, ": ", 2);

    soup_message_headers_append (
        soup_server_message_get_response_headers (message), parts[0], parts[1]);
  }
  soup_server_message_set_response (message, "application/json",
      SOUP_MEMORY_COPY, self->body, strlen (self->body));
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer data)
{
  Source *self = data;
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GIOStream) stream = G_IO_STREAM (g_object_ref (connection));

  if (self->certificate != NULL) {
    g_object_unref (stream);
    stream = g_tls_server_connection_new (
        G_IO_STREAM (connection), self->certificate, NULL);
  }
  soup_server_accept_iostream (self->server, stream, local, remote, NULL);
  return TRUE;
}

/* Does not listen by libsoup's means, which leak. */
static void
listen_elsewhere (Source *self)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  if (self->is_secure)
    self->certificate = local_certificate_load ();
  self->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  self->service = g_socket_service_new ();
  fail_unless (
      g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  self->address = g_strdup_printf ("%s://localhost:%u/ice",
      self->is_secure ? "https" : "http",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

static gboolean
open_source (gpointer data)
{
  Source *self = data;

  if (self->is_other || self->is_secure) {
    listen_elsewhere (self);
  } else {
    self->server =
        g_object_ref (sio_server_get_soup_server (self->puppet->server));
    self->address = g_strdup ("/ice");
  }
  soup_server_add_handler (self->server, "/ice", on_request, self, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
close_source (gpointer data)
{
  Source *self = data;

  for (guint i = 0; i < self->unanswered->len; i++)
    soup_server_message_unpause (g_ptr_array_index (self->unanswered, i));
  g_ptr_array_set_size (self->unanswered, 0);
  soup_server_remove_handler (self->server, "/ice");
  if (self->service != NULL) {
    g_socket_service_stop (self->service);
    g_socket_listener_close (G_SOCKET_LISTENER (self->service));
    soup_server_disconnect (self->server);
  }
  g_clear_object (&self->service);
  g_clear_object (&self->server);
  g_clear_object (&self->certificate);
  return G_SOURCE_REMOVE;
}

void
source_open (Source *self)
{
  self->asked = g_async_queue_new_full (g_free);
  self->unanswered = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->status == 0)
    self->status = SOUP_STATUS_OK;
  if (self->body == NULL)
    self->body = "{\"iceServers\":[{\"urls\":\"stun:s\"}]}";
  fail_unless (loop_thread_call (self->puppet->thread, open_source, self, -1));
}

void
source_close (Source *self)
{
  fail_unless (loop_thread_call (self->puppet->thread, close_source, self, -1));
  g_ptr_array_unref (self->unanswered);
  g_async_queue_unref (self->asked);
  g_free (self->address);
}

void
source_is_asked (Source *self, const char *token)
{
  g_autofree char *asked =
      g_async_queue_timeout_pop (self->asked, 20 * G_USEC_PER_SEC);

  fail_unless_equals_string (asked, token);
}

Member *
member_asking (Source *source, const char *settings)
{
  g_autofree char *line = g_strdup_printf (
      "ice-servers-url=%s reconnection-delay=20 " PRESENT_DIALECT " %s",
      source->address, settings);

  return member_at (source->puppet, line);
}

void
member_enters (Member *self)
{
  member_tells (self, "joined");
  member_tells (self, "peer-joined peer answerer");
  member_tells (self, "roster-complete");
}
