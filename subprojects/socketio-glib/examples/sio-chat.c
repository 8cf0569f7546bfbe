/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gunixinputstream.h>
#include <sio/sio.h>
#include <unistd.h>

/* A member of the chat that is Socket.IO's own example (examples/chat in its
 * repository): sio-chat NAME [URI]. Lines from the standard input are said, and
 * what the others say is printed. It ends with the input. */

typedef struct {
  const char *name;
  GMainLoop *loop;
  SioSocket *socket;
  GDataInputStream *input;
  gboolean joined; /* the server knows our name */
  gboolean reading;
  gboolean ended; /* the input */
  char *unsaid;   /* a line that waits until we have joined */
} Chat;

static const char *
get_string (JsonNode *args, const char *member)
{
  JsonArray *array = json_node_get_array (args);
  JsonNode *node = json_array_get_length (array) > 0
      ? json_array_get_element (array, 0)
      : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return "?";
  return json_object_get_string_member_with_default (
      json_node_get_object (node), member, "?");
}

static gint64
get_number (JsonNode *args, const char *member)
{
  JsonArray *array = json_node_get_array (args);
  JsonNode *node = json_array_get_length (array) > 0
      ? json_array_get_element (array, 0)
      : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return 0;
  return json_object_get_int_member_with_default (
      json_node_get_object (node), member, 0);
}

/* Sends an event with one string. */
static void
emit_text (Chat *chat, const char *event, const char *text)
{
  g_autoptr (JsonNode) args = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  g_autoptr (GError) error = NULL;

  json_array_add_string_element (array, text);
  json_node_take_array (args, array);
  if (!sio_socket_emit (chat->socket, event, args, &error))
    g_printerr ("not sent: %s\n", error->message);
}

/* Socket.IO's server ignores an event that comes together with the goodbye, and
 * this one's events have no acknowledgement to wait for. */
#define LAST_WORDS_MS 300

static gboolean
leave (gpointer data)
{
  Chat *chat = data;

  sio_socket_disconnect (chat->socket);
  g_main_loop_quit (chat->loop);
  return G_SOURCE_REMOVE;
}

static void read_line (Chat *chat);

/* Goes on as far as there is something to say, and somebody to say it to. */
static void
go_on (Chat *chat)
{
  if (!chat->joined)
    return;
  if (chat->unsaid != NULL) {
    emit_text (chat, "new message", chat->unsaid);
    g_clear_pointer (&chat->unsaid, g_free);
  }
  if (chat->ended)
    g_timeout_add (LAST_WORDS_MS, leave, chat);
  else if (!chat->reading)
    read_line (chat);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer data)
{
  Chat *chat = data;
  g_autoptr (GError) error = NULL;

  chat->reading = FALSE;
  chat->unsaid = g_data_input_stream_read_line_finish_utf8 (
      chat->input, result, NULL, &error);
  if (error != NULL)
    g_printerr ("not read: %s\n", error->message);
  chat->ended = chat->unsaid == NULL;
  go_on (chat);
}

static void
read_line (Chat *chat)
{
  chat->reading = TRUE;
  g_data_input_stream_read_line_async (
      chat->input, G_PRIORITY_DEFAULT, NULL, on_line, chat);
}

/* After each reconnection the server has to be told again. */
static void
on_connect (SioSocket *socket, gpointer data)
{
  Chat *chat = data;

  emit_text (chat, "add user", chat->name);
}

static void
on_connect_error (
    SioSocket *socket, GError *error, gboolean will_retry, gpointer data)
{
  Chat *chat = data;

  g_printerr ("not connected: %s\n", error->message);
  if (!will_retry)
    g_main_loop_quit (chat->loop);
}

static void
on_disconnect (
    SioSocket *socket, const char *reason, gboolean will_retry, gpointer data)
{
  Chat *chat = data;

  chat->joined = FALSE;
  g_print ("disconnected: %s\n", reason);
  if (!will_retry)
    g_main_loop_quit (chat->loop);
}

static void
on_login (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  Chat *chat = data;

  g_print ("%" G_GINT64_FORMAT " in the chat\n", get_number (args, "numUsers"));
  chat->joined = TRUE;
  go_on (chat);
}

static void
on_new_message (SioSocket *socket, const char *name, JsonNode *args,
    SioAck *ack, gpointer data)
{
  g_print (
      "%s: %s\n", get_string (args, "username"), get_string (args, "message"));
}

/* "user joined", "user left", "typing" and "stop typing". */
static void
on_user_event (SioSocket *socket, const char *name, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_print ("%s: %s\n", name, get_string (args, "username"));
}

int
main (int argc, char **argv)
{
  static const char *const user_events[] = { "event::user joined",
    "event::user left", "event::typing", "event::stop typing" };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInputStream) input =
      g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (input);
  g_autoptr (SioManager) manager = NULL;
  Chat chat = { .loop = loop, .input = lines };

  if (argc < 2) {
    g_printerr ("Usage: %s NAME [URI]\n", argv[0]);
    return 2;
  }
  chat.name = argv[1];
  manager = sio_manager_new (argc > 2 ? argv[2] : "http://localhost:3000");
  chat.socket = sio_manager_get_socket (manager, "/");
  g_signal_connect (chat.socket, "connect", G_CALLBACK (on_connect), &chat);
  g_signal_connect (
      chat.socket, "connect-error", G_CALLBACK (on_connect_error), &chat);
  g_signal_connect (
      chat.socket, "disconnect", G_CALLBACK (on_disconnect), &chat);
  g_signal_connect (chat.socket, "event::login", G_CALLBACK (on_login), &chat);
  g_signal_connect (
      chat.socket, "event::new message", G_CALLBACK (on_new_message), &chat);
  for (guint i = 0; i < G_N_ELEMENTS (user_events); i++)
    g_signal_connect (
        chat.socket, user_events[i], G_CALLBACK (on_user_event), &chat);
  sio_socket_connect (chat.socket);
  g_main_loop_run (loop);
  g_free (chat.unsaid);
  return 0;
}
