/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "poll-server.h"

#include <string.h>

static void
set_answer (PollServer *self, SoupServerMessage *message, guint status,
    const char *body, gsize length)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  /* libsoup 3.2 leaks connections that are kept. */
  soup_message_headers_replace (headers, "Connection", "close");
  if (self->header != NULL) {
    g_auto (GStrv) parts = g_strsplit (self->header, ": ", 2);

    soup_message_headers_append (headers, parts[0], parts[1]);
  }
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (
      message, "text/plain", SOUP_MEMORY_COPY, body, length);
}

static void
set_text (PollServer *self, SoupServerMessage *message, guint status,
    const char *body)
{
  set_answer (self, message, status, body, strlen (body));
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  PollServer *self = data;
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  const char *cookie = soup_message_headers_get_one (headers, "Cookie");

  g_free (self->host);
  self->host = g_strdup (soup_message_headers_get_one (headers, "Host"));
  g_string_append_printf (self->cookies, "%s\n", cookie != NULL ? cookie : "");
  if (self->refused != NULL && query != NULL
      && g_strcmp0 (g_hash_table_lookup (query, "EIO"), self->refused) == 0) {
    self->refusals++;
    set_text (self, message, 400, self->refusal);
  } else if (strcmp (soup_server_message_get_method (message), "CONNECT")
      == 0) {
    set_text (self, message, 403, "no tunnel");
  } else if (soup_message_headers_get_one (headers, "Upgrade") != NULL) {
    self->websockets++;
    if (self->mute) {
      soup_server_message_pause (message);
      g_ptr_array_add (self->muted, g_object_ref (message));
    } else {
      set_text (self, message, 400, "no WebSocket gets through here");
    }
  } else if (strcmp (soup_server_message_get_method (message), "POST") == 0) {
    self->posts++;
    g_string_append_len (self->posted, body->data, (gssize) body->length);
    g_string_append_c (self->posted, '\n');
    set_text (self, message, self->post_status, "ok");
  } else if (g_hash_table_lookup (query, "sid") == NULL) {
    self->handshakes++;
    set_text (self, message, self->handshake_status, self->handshake);
  } else {
    self->polls++;
    g_assert_null (self->held);
    soup_server_message_pause (message);
    self->held = g_object_ref (message);
  }
}

PollServer *
poll_server_new (void)
{
  PollServer *self = g_new0 (PollServer, 1);

  self->handshake = POLL_HANDSHAKE;
  self->handshake_status = 200;
  self->post_status = 200;
  self->posted = g_string_new (NULL);
  self->cookies = g_string_new (NULL);
  self->muted = g_ptr_array_new_with_free_func (g_object_unref);
  self->soup = soup_host_new ();
  self->port = self->soup->port;
  soup_server_add_handler (self->soup->soup, NULL, on_request, self, NULL);
  return self;
}

/* Answers the GET that waits. */
void
poll_server_answer (
    PollServer *self, guint status, const char *body, gsize length)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->held);

  g_assert_nonnull (message);
  set_answer (self, message, status, body, length);
  soup_server_message_unpause (message);
}

void
poll_server_say (PollServer *self, const char *body)
{
  poll_server_answer (self, 200, body, strlen (body));
}

void
poll_server_free (PollServer *self)
{
  if (self->held != NULL)
    poll_server_say (self, "6");
  for (guint i = 0; i < self->muted->len; i++)
    soup_server_message_unpause (self->muted->pdata[i]);
  soup_host_free (self->soup);
  g_ptr_array_unref (self->muted);
  g_free (self->host);
  g_string_free (self->posted, TRUE);
  g_string_free (self->cookies, TRUE);
  g_free (self);
}
