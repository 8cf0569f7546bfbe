/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "soup-host.h"

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection,
    GObject *source, gpointer data)
{
  SoupHost *self = data;
  g_autoptr (GSocketAddress) local =
      g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_connection_get_remote_address (connection, NULL);

  soup_server_accept_iostream (
      self->soup, G_IO_STREAM (connection), local, remote, NULL);
  return TRUE;
}

GSocketService *
loopback_service_new (guint *port)
{
  GSocketService *service = g_socket_service_new ();
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  g_assert_true (
      g_socket_listener_add_address (G_SOCKET_LISTENER (service), address,
          G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return service;
}

SoupHost *
soup_host_new (void)
{
  SoupHost *self = g_new0 (SoupHost, 1);

  self->soup = g_object_new (SOUP_TYPE_SERVER, NULL);
  self->service = loopback_service_new (&self->port);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

static void
on_page (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (
      message, "text/plain", SOUP_MEMORY_STATIC, "page", 4);
}

void
soup_host_add_page (SoupServer *soup)
{
  soup_server_add_handler (soup, "/page", on_page, NULL, NULL);
}

void
soup_host_free (SoupHost *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  soup_server_disconnect (self->soup);
  g_object_unref (self->soup);
  g_free (self);
}
