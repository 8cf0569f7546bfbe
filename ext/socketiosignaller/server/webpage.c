/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webpage.h"

#include "httpanswer.h"
#include "page-resources.h"

/* The whole table of what is served: a path is looked up in it and never put
 * together with another, so that nothing else can be reached. */
static const char *const files[] = {
  "/index.html",
  "/style.css",
  "/call.css",
  "/icon.svg",
  "/icons.svg",
  "/call.mjs",
  "/chat.mjs",
  "/chatpanel.mjs",
  "/devices.mjs",
  "/dialects/broadcast.mjs",
  "/dialects/mesh.mjs",
  "/dialects/message.mjs",
  "/dialects/rooms.mjs",
  "/dom.mjs",
  "/entry.mjs",
  "/grid.mjs",
  "/invitation.mjs",
  "/main.mjs",
  "/media.mjs",
  "/panels.mjs",
  "/people.mjs",
  "/person.mjs",
  "/room.mjs",
  "/socketio.mjs",
  "/spectrum.mjs",
  "/tile.mjs",
  "/view.mjs",
  "/words.mjs",
};

static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".mjs", "text/javascript; charset=utf-8" },
  { ".svg", "image/svg+xml" },
};

/* Its own files and its own server, and nothing written into the document. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/* What it asks for, and no page in it. */
static const char permissions[] =
    "camera=(self), microphone=(self), display-capture=(self)";

static const char *
find_type (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_has_suffix (path, types[i].suffix))
      return types[i].type;
  }
  g_return_val_if_reached ("application/octet-stream");
}

static GBytes *
find_file (const char *path, const char **type)
{
  if (g_strcmp0 (path, "/") == 0)
    path = "/index.html";
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    if (g_strcmp0 (path, files[i]) == 0) {
      g_autofree char *resource =
          g_strconcat ("/org/roomcall/page", path, NULL);

      *type = find_type (path);
      return g_resource_lookup_data (
          page_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    }
  }
  return NULL;
}

/**
 * web_page_answer:
 * @message: a request, begun with http_answer_begin()
 * @path: what it asks for
 *
 * Answers with a file of the page with which a browser joins a room, from memory,
 * or with 404.
 */
void
web_page_answer (SoupServerMessage *message, const char *path)
{
  const char *type = NULL;
  g_autoptr (GBytes) bytes = find_file (path, &type);

  http_answer_set_header (message, "Content-Security-Policy", policy);
  http_answer_set_header (message, "Permissions-Policy", permissions);
  if (bytes != NULL)
    http_answer_bytes (message, type, bytes);
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}
