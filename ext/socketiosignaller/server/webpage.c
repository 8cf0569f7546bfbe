/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webpage.h"

#include "page-resources.h"

/* The whole table of what is served: a path is looked up in it and never put
 * together with another, so that nothing else can be reached. */
static const struct {
  const char *path;
  const char *resource;
  const char *type;
} files[] = {
  { "/", "/org/roomcall/page/index.html", "text/html; charset=utf-8" },
  { "/index.html", "/org/roomcall/page/index.html",
      "text/html; charset=utf-8" },
  { "/style.css", "/org/roomcall/page/style.css", "text/css; charset=utf-8" },
  { "/call.mjs", "/org/roomcall/page/call.mjs",
      "text/javascript; charset=utf-8" },
  { "/socketio.mjs", "/org/roomcall/page/socketio.mjs",
      "text/javascript; charset=utf-8" },
  { "/icon.svg", "/org/roomcall/page/icon.svg", "image/svg+xml" },
};

static const struct {
  const char *name;
  const char *value;
} headers[] = {
  { "X-Content-Type-Options", "nosniff" },
  { "Content-Security-Policy", "default-src 'self'" },
  { "Referrer-Policy", "no-referrer" },
  { "Cache-Control", "no-cache" },
  /* SoupServer 3.2 keeps the descriptor of a connection that the client closes
   * between two requests for ever. */
  { "Connection", "close" },
};

static GBytes *
find_file (const char *path, const char **type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    if (g_strcmp0 (path, files[i].path) == 0) {
      *type = files[i].type;
      return g_resource_lookup_data (page_get_resource (), files[i].resource,
          G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    }
  }
  return NULL;
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);
  const char *method = soup_server_message_get_method (message);
  const char *type = NULL;
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    soup_message_headers_replace (response, headers[i].name, headers[i].value);
  if (g_strcmp0 (method, "GET") != 0 && g_strcmp0 (method, "HEAD") != 0) {
    soup_message_headers_replace (response, "Allow", "GET, HEAD");
    soup_server_message_set_status (
        message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    return;
  }
  bytes = find_file (path, &type);
  if (bytes == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  soup_message_headers_replace (response, "Content-Type", type);
  soup_message_body_append_bytes (
      soup_server_message_get_response_body (message), bytes);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
}

/**
 * web_page_serve:
 * @server: the server
 *
 * Serves the page with which a browser joins a room, from memory.
 */
void
web_page_serve (SoupServer *server)
{
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
}
