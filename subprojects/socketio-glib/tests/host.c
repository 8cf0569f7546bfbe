/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host.h"

#include "fixture.h"

static void
on_disconnecting (SioServerSocket *socket, const char *reason, gpointer data)
{
  Host *host = data;
  g_auto (GStrv) rooms = sio_server_socket_get_rooms (socket);

  g_string_append_printf (
      host->lines, "disconnecting %s %u\n", reason, g_strv_length (rooms));
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  Host *host = data;
  g_auto (GStrv) rooms = sio_server_socket_get_rooms (socket);

  g_assert_cmpuint (g_strv_length (rooms), ==, 0);
  g_string_append_printf (host->lines, "disconnect %s\n", reason);
}

static void
on_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  Host *host = data;
  g_autofree char *text = json_text (args);

  g_string_append_printf (host->lines, "event %s %s\n", name, text);
  if (ack != NULL) {
    g_assert_true (sio_ack_reply (ack, args));
    g_assert_false (sio_ack_reply (ack, args));
  }
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  Host *host = data;

  g_set_object (&host->socket, socket);
  host->connections++;
  g_signal_connect (socket, "event", G_CALLBACK (on_event), host);
  g_signal_connect (
      socket, "disconnecting", G_CALLBACK (on_disconnecting), host);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), host);
}

void
host_watch (Host *host, SioServer *server)
{
  *host = (Host){ .server = server, .lines = g_string_new (NULL) };
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), host);
}

void
host_clear (Host *host)
{
  sio_server_close (host->server);
  g_clear_object (&host->socket);
  g_string_free (host->lines, TRUE);
}
