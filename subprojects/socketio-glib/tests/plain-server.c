/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "soup-host.h"

#include <glib-unix.h>
#include <sio/sio.h>
#include <stdlib.h>
#include <unistd.h>

/* A server as anybody would have it, in a process that is its own: what it takes
 * of the machine can be seen from outside. Its arguments are properties, such as
 * request-timeout=1000. It prints its port, has a page /page, answers what asks
 * for it with its own arguments, and ends with its standard input. */

static void
on_event (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  if (ack != NULL)
    sio_ack_reply (ack, args);
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  g_signal_connect (socket, "event", G_CALLBACK (on_event), NULL);
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer loop)
{
  char buffer[64];

  if (read (fd, buffer, sizeof buffer) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
set_property (SioServer *server, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  guint64 number;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (
          parts[1], 10, 0, G_MAXUINT, &number, NULL))
    return FALSE;
  g_object_set (server, parts[0], (guint) number, NULL);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SioServer) server = sio_server_new ();
  g_autoptr (GError) error = NULL;

  for (int i = 1; i < argc; i++) {
    if (!set_property (server, argv[i])) {
      g_printerr ("usage: plain-server [PROPERTY=NUMBER…]\n");
      return 2;
    }
  }
  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  soup_host_add_page (sio_server_get_soup_server (server));
  if (!sio_server_listen (server, NULL, 0, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, loop);
  g_print ("%u\n", sio_server_get_port (server));
  g_main_loop_run (loop);
  return 0;
}
