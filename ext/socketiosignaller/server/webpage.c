/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "webpage.h"

#include "httpanswer.h"
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

  http_answer_set_header (
      message, "Content-Security-Policy", "default-src 'self'");
  if (bytes != NULL)
    http_answer_bytes (message, type, bytes);
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}
