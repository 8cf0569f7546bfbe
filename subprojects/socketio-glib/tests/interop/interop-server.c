/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio.h>

/* This library's server for npm's client (test-npm-client.mjs). It prints its
 * port, and a line for each client that leaves. It uses the library as others
 * do: what is not exported is missed here. */

static void
on_echo (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  if (ack != NULL)
    sio_ack_reply (ack, args);
  else
    sio_server_socket_emit (socket, "echo", args, NULL);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  SioServerSocket *socket = SIO_SERVER_SOCKET (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer =
      sio_server_socket_emit_with_ack_finish (socket, result, &error);

  if (answer != NULL)
    sio_server_socket_emit (socket, "answered", answer, NULL);
  else
    g_printerr ("no answer: %s\n", error->message);
}

static void
on_ask (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  sio_server_socket_emit_with_ack_async (
      socket, "question", args, 10000, NULL, on_answer, NULL);
}

static void
on_join (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  JsonArray *array = json_node_get_array (args);

  if (json_array_get_length (array) > 0)
    sio_server_socket_join (socket, json_array_get_string_element (array, 0));
  if (ack != NULL)
    sio_ack_reply (ack, NULL);
}

static void
on_room (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  sio_server_emit (data, "r", socket, "room", args);
}

static void
on_who (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_autoptr (JsonNode) answer = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();

  json_array_add_string_element (array, sio_server_socket_get_id (socket));
  json_array_add_element (
      array, json_node_copy (sio_server_socket_get_auth (socket)));
  json_array_add_string_element (
      array, sio_server_socket_get_handshake_query (socket, "room"));
  json_node_take_array (answer, array);
  if (ack != NULL)
    sio_ack_reply (ack, answer);
}

static void
on_leave (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  sio_server_socket_disconnect (socket);
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  g_print ("%s left: %s\n", sio_server_socket_get_id (socket), reason);
}

static void
on_connection (SioServer *server, SioServerSocket *socket, gpointer data)
{
  g_signal_connect (socket, "event::echo", G_CALLBACK (on_echo), NULL);
  g_signal_connect (socket, "event::ask", G_CALLBACK (on_ask), NULL);
  g_signal_connect (socket, "event::join", G_CALLBACK (on_join), NULL);
  g_signal_connect (socket, "event::room", G_CALLBACK (on_room), server);
  g_signal_connect (socket, "event::who", G_CALLBACK (on_who), NULL);
  g_signal_connect (socket, "event::leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), NULL);
}

static char *
on_authenticate (SioServer *server, SioServerSocket *socket, gpointer data)
{
  JsonNode *token = json_object_get_member (
      json_node_get_object (sio_server_socket_get_auth (socket)), "token");

  return token == NULL ? g_strdup ("not you") : NULL;
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SioServer) server = g_object_new (
      SIO_TYPE_SERVER, "ping-interval", 200, "ping-timeout", 5000, NULL);
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), NULL);
  g_signal_connect (server, "authenticate", G_CALLBACK (on_authenticate), NULL);
  if (!sio_server_listen (server, NULL, 0, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("%u\n", sio_server_get_port (server));
  g_main_loop_run (loop);
  return 0;
}
