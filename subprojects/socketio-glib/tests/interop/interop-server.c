/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sio/sio.h>

/* This library's server for npm's client (test-npm-client.mjs). It prints its
 * port, and a line for each client that leaves. It uses the library as others
 * do: what is not exported is missed here. */

static JsonNode *
wrap (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

static const char *
first_string (JsonNode *args)
{
  JsonArray *array = json_node_get_array (args);

  return json_array_get_length (array) > 0
      ? json_array_get_string_element (array, 0)
      : NULL;
}

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
  if (first_string (args) != NULL)
    sio_server_socket_join (socket, first_string (args));
  if (ack != NULL)
    sio_ack_reply (ack, NULL);
}

/* The answer's arguments are the members, or the rooms. */
static void
on_members (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  g_autoptr (GPtrArray) members = sio_namespace_get_members (
      sio_server_socket_get_namespace (socket), first_string (args));
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) answer = wrap (array);

  for (guint i = 0; i < members->len; i++)
    json_array_add_string_element (
        array, sio_server_socket_get_id (members->pdata[i]));
  if (ack != NULL)
    sio_ack_reply (ack, answer);
}

static void
on_rooms (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  g_auto (GStrv) rooms = sio_server_socket_get_rooms (socket);
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) answer = wrap (array);

  for (guint i = 0; rooms[i] != NULL; i++)
    json_array_add_string_element (array, rooms[i]);
  if (ack != NULL)
    sio_ack_reply (ack, answer);
}

static void
on_room (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  sio_server_emit (data, "r", socket, "room", args);
}

static void
on_count (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  gint64 count = json_array_get_int_element (json_node_get_array (args), 0);

  for (gint64 i = 0; i < count; i++) {
    JsonArray *array = json_array_new ();
    g_autoptr (JsonNode) number = wrap (array);

    json_array_add_int_element (array, i);
    sio_server_socket_emit (socket, "count", number, NULL);
  }
}

static void
on_who (SioServerSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) answer = wrap (array);

  json_array_add_string_element (array, sio_server_socket_get_id (socket));
  json_array_add_element (
      array, json_node_copy (sio_server_socket_get_auth (socket)));
  json_array_add_string_element (
      array, sio_server_socket_get_handshake_query (socket, "room"));
  if (ack != NULL)
    sio_ack_reply (ack, answer);
}

static void
on_transport (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) answer = wrap (array);

  json_array_add_string_element (
      array, sio_server_socket_get_transport (socket));
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
on_shutdown (SioServerSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) words = wrap (array);

  json_array_add_string_element (array, "words");
  sio_server_emit (data, NULL, NULL, "last", words);
  sio_server_close (data);
}

static void
on_disconnect (SioServerSocket *socket, const char *reason, gpointer data)
{
  g_print ("%s left: %s\n", sio_server_socket_get_id (socket), reason);
}

static void
on_connection (gpointer where, SioServerSocket *socket, gpointer data)
{
  g_signal_connect (socket, "event::echo", G_CALLBACK (on_echo), NULL);
  g_signal_connect (socket, "event::ask", G_CALLBACK (on_ask), NULL);
  g_signal_connect (socket, "event::join", G_CALLBACK (on_join), NULL);
  g_signal_connect (socket, "event::members", G_CALLBACK (on_members), NULL);
  g_signal_connect (socket, "event::rooms", G_CALLBACK (on_rooms), NULL);
  g_signal_connect (socket, "event::room", G_CALLBACK (on_room), data);
  g_signal_connect (socket, "event::count", G_CALLBACK (on_count), NULL);
  g_signal_connect (socket, "event::who", G_CALLBACK (on_who), NULL);
  g_signal_connect (
      socket, "event::transport", G_CALLBACK (on_transport), NULL);
  g_signal_connect (socket, "event::leave", G_CALLBACK (on_leave), NULL);
  g_signal_connect (socket, "event::shutdown", G_CALLBACK (on_shutdown), data);
  g_signal_connect (socket, "disconnect", G_CALLBACK (on_disconnect), NULL);
}

static void
on_custom_connection (SioNamespace *nsp, SioServerSocket *socket, gpointer data)
{
  JsonArray *array = json_array_new ();
  g_autoptr (JsonNode) args = wrap (array);

  on_connection (nsp, socket, data);
  json_array_add_element (
      array, json_node_copy (sio_server_socket_get_auth (socket)));
  sio_server_socket_emit (socket, "hello", args, NULL);
}

static const char *
get_token (SioServerSocket *socket)
{
  JsonObject *auth = json_node_get_object (sio_server_socket_get_auth (socket));

  /* Clients of Socket.IO 2 have nothing but the query for the main namespace. */
  return json_object_has_member (auth, "token")
      ? json_object_get_string_member (auth, "token")
      : sio_server_socket_get_handshake_query (socket, "token");
}

static char *
on_authenticate (SioServer *server, SioServerSocket *socket, gpointer data)
{
  return get_token (socket) == NULL ? g_strdup ("not you") : NULL;
}

static gboolean
on_decided (gpointer data)
{
  SioServerSocket *socket = data;

  if (g_strcmp0 (get_token (socket), "right") == 0) {
    sio_server_socket_admit (socket);
  } else {
    g_autoptr (JsonNode) node = sio_json_parse ("{\"code\":7}", -1, NULL);

    sio_server_socket_refuse (socket, "not later", node);
  }
  return G_SOURCE_REMOVE;
}

static char *
on_authenticate_later (
    SioNamespace *nsp, SioServerSocket *socket, gpointer data)
{
  sio_server_socket_hold (socket);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 50, on_decided, g_object_ref (socket),
      g_object_unref);
  return NULL;
}

static void
on_namespace_requested (SioServer *server, const char *name, gpointer data)
{
  if (g_str_has_prefix (name, "/room-"))
    g_signal_connect (sio_server_add_namespace (server, name), "connection",
        G_CALLBACK (on_connection), server);
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SioServer) server = g_object_new (SIO_TYPE_SERVER, "allow-eio3",
      TRUE, "ping-interval", 200, "ping-timeout", 5000, NULL);
  SioNamespace *later = sio_server_add_namespace (server, "/later");
  g_autoptr (GError) error = NULL;

  g_signal_connect (server, "connection", G_CALLBACK (on_connection), server);
  g_signal_connect (server, "authenticate", G_CALLBACK (on_authenticate), NULL);
  g_signal_connect (
      server, "namespace-requested", G_CALLBACK (on_namespace_requested), NULL);
  g_signal_connect (sio_server_add_namespace (server, "custom"), "connection",
      G_CALLBACK (on_custom_connection), server);
  g_signal_connect (later, "connection", G_CALLBACK (on_connection), server);
  g_signal_connect (
      later, "authenticate", G_CALLBACK (on_authenticate_later), NULL);
  if (!sio_server_listen (server, NULL, 0, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_print ("%u\n", sio_server_get_port (server));
  g_main_loop_run (loop);
  return 0;
}
