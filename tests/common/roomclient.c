/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roomclient.h"

#include <string.h>

static void
on_connect (SioSocket *socket, gpointer data)
{
  ((RoomClient *) data)->connected = TRUE;
}

static void
on_connect_error (
    SioSocket *socket, const GError *error, gboolean will_retry, gpointer data)
{
  RoomClient *self = data;

  g_free (self->refusal);
  self->refusal = g_strdup (error->message);
}

static void
on_event (SioSocket *socket, const char *event, JsonNode *args, SioAck *ack,
    gpointer data)
{
  g_autofree char *text = sio_json_print (args, NULL, NULL);

  g_ptr_array_add (
      ((RoomClient *) data)->heard, g_strconcat (event, text, NULL));
}

RoomClient *
room_client_new_with (const char *uri, const char *query, const char *auth)
{
  RoomClient *self = g_new0 (RoomClient, 1);
  g_autoptr (JsonNode) node = NULL;

  self->heard = g_ptr_array_new_with_free_func (g_free);
  self->manager = sio_manager_new (uri);
  g_object_set (self->manager, "query", query, NULL);
  self->socket = sio_manager_get_socket (self->manager, "/");
  if (auth != NULL) {
    node = sio_json_parse (auth, -1, NULL);
    g_assert_nonnull (node);
    g_object_set (self->socket, "auth", node, NULL);
  }
  g_signal_connect (self->socket, "connect", G_CALLBACK (on_connect), self);
  g_signal_connect (
      self->socket, "connect-error", G_CALLBACK (on_connect_error), self);
  g_signal_connect (self->socket, "event", G_CALLBACK (on_event), self);
  sio_socket_connect (self->socket);
  while (!self->connected && self->refusal == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (self->connected)
    room_client_hears (
        self, "client-id[{\"id\":\"%s\"}]", room_client_id (self));
  return self;
}

RoomServer *
room_client_serve (void)
{
  g_autoptr (GError) error = NULL;
  RoomServer *server = room_server_new ();

  room_server_listen (server, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (room_server_get_port (server), !=, 0);
  return server;
}

RoomClient *
room_client_join (RoomServer *server)
{
  return room_client_join_with (server, NULL, NULL);
}

RoomClient *
room_client_join_with (RoomServer *server, const char *query, const char *auth)
{
  g_autofree char *uri = room_server_get_uri (server);

  return room_client_new_with (uri, query, auth);
}

void
room_client_keep_line (const char *line, gpointer lines)
{
  g_ptr_array_add (lines, g_strdup (line));
}

void
room_client_free (RoomClient *self)
{
  g_signal_handlers_disconnect_by_data (self->socket, self);
  sio_manager_close (self->manager);
  g_object_unref (self->manager);
  g_ptr_array_unref (self->heard);
  g_free (self->refusal);
  g_free (self);
}

const char *
room_client_id (RoomClient *self)
{
  return sio_socket_get_id (self->socket);
}

void
room_client_say (RoomClient *self, const char *event, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) args = NULL;
  g_autoptr (GError) error = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  args = sio_json_parse (text, -1, &error);
  g_assert_no_error (error);
  sio_socket_emit (self->socket, event, args, &error);
  g_assert_no_error (error);
}

void
room_client_hears (RoomClient *self, const char *format, ...)
{
  g_autofree char *expected = NULL;
  g_autofree char *heard = NULL;
  va_list list;

  va_start (list, format);
  expected = g_strdup_vprintf (format, list);
  va_end (list);
  while (self->heard->len == 0)
    g_main_context_iteration (NULL, TRUE);
  heard = g_ptr_array_steal_index (self->heard, 0);
  g_assert_cmpstr (heard, ==, expected);
}

void
room_client_hears_refusal (RoomClient *self, const char *reason)
{
  room_client_hears (self, "refused[{\"reason\":\"%s\"}]", reason);
}

/* --- HTTP --- */

static void
store_result (GObject *source, GAsyncResult *done, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (done);
}

SoupMessage *
room_client_fetch (const char *uri, const char *method, const char *path,
    const char *header, char **body)
{
  g_autoptr (SoupSession) session =
      soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autofree char *address = g_strconcat (uri, path, NULL);
  SoupMessage *message = soup_message_new (method, address);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (header != NULL) {
    g_auto (GStrv) parts = g_strsplit (header, ": ", 2);

    soup_message_headers_replace (
        soup_message_get_request_headers (message), parts[0], parts[1]);
  }
  soup_session_send_and_read_async (
      session, message, G_PRIORITY_DEFAULT, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = soup_session_send_and_read_finish (session, result, &error);
  g_assert_no_error (error);
  if (body != NULL) {
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);

    *body = g_strndup (length > 0 ? data : "", length);
  }
  return message;
}
