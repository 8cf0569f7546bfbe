/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio.h>

static void
on_connect (SioSocket *socket, gpointer data)
{
  g_autoptr (JsonNode) args = sio_json_parse ("[\"world\", 1.5]", -1, NULL);

  g_print ("connected as %s\n", sio_socket_get_id (socket));
  sio_socket_emit (socket, "hello", args, NULL);
}

static void
on_connect_error (
    SioSocket *socket, GError *error, gboolean will_retry, gpointer data)
{
  g_print ("not connected: %s\n", error->message);
  if (!will_retry)
    g_main_loop_quit (data);
}

static void
on_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_autofree char *text = sio_json_print (args, NULL, NULL);

  g_print ("%s %s\n", name, text);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SioManager) manager =
      sio_manager_new (argc > 1 ? argv[1] : "http://localhost:3000");
  SioSocket *socket = sio_manager_get_socket (manager, "/");

  g_signal_connect (socket, "connect", G_CALLBACK (on_connect), NULL);
  g_signal_connect (
      socket, "connect-error", G_CALLBACK (on_connect_error), loop);
  g_signal_connect (socket, "event", G_CALLBACK (on_event), NULL);
  sio_socket_connect (socket);
  g_main_loop_run (loop);
  return 0;
}
