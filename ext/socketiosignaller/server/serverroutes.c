/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverroutes.h"

#include "httpanswer.h"
#include "secrettext.h"
#include "servermetrics.h"
#include "webpage.h"

#include <string.h>

#define BEARER "Bearer "

static void
answer_health (const ServerRoutes *self, SoupServerMessage *message)
{
  http_answer_text (message, "text/plain; charset=utf-8", g_strdup ("ok\n"));
}

static void
answer_metrics (const ServerRoutes *self, SoupServerMessage *message)
{
  if (self->print_metrics == NULL)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else
    http_answer_text (
        message, SERVER_METRICS_TYPE, self->print_metrics (self->data));
}

/* RFC 6750, section 2.1. Who may not come into a room is told no password either. */
static gboolean
knows_token (const ServerRoutes *self, SoupServerMessage *message)
{
  const char *given = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");

  if (self->token == NULL)
    return TRUE;
  return given != NULL
      && g_ascii_strncasecmp (given, BEARER, strlen (BEARER)) == 0
      && secret_text_equal (self->token, given + strlen (BEARER));
}

static void
answer_ice_servers (const ServerRoutes *self, SoupServerMessage *message)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  http_answer_set_header (message, "Cache-Control", "no-store");
  if (self->ice != NULL && server_ice_is_secret (self->ice)
      && !knows_token (self, message)) {
    http_answer_set_header (message, "WWW-Authenticate", "Bearer");
    soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
    return;
  }
  http_answer_text (message, "application/json",
      self->ice != NULL ? server_ice_print (self->ice, now)
                        : g_strdup ("{\"iceServers\":[]}"));
}

static const struct {
  const char *path;
  void (*answer) (const ServerRoutes *self, SoupServerMessage *message);
} routes[] = {
  { "/healthz", answer_health },
  { "/metrics", answer_metrics },
  { "/ice-servers", answer_ice_servers },
};

static void
answer_file (
    const ServerRoutes *self, SoupServerMessage *message, const char *path)
{
  g_autoptr (GError) error = NULL;
  const char *type = NULL;
  g_autoptr (GBytes) bytes = web_root_read (self->root, path, &type, &error);

  if (bytes != NULL)
    http_answer_bytes (message, type, bytes);
  else
    soup_server_message_set_status (message,
        g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY)
            ? SOUP_STATUS_SERVICE_UNAVAILABLE
            : SOUP_STATUS_NOT_FOUND,
        NULL);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path,
    GHashTable *query, gpointer data)
{
  const ServerRoutes *self = data;

  if (!http_answer_begin (message))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++) {
    if (g_str_equal (path, routes[i].path)) {
      routes[i].answer (self, message);
      return;
    }
  }
  if (self->root != NULL)
    answer_file (self, message, path);
  else
    web_page_answer (message, path);
}

/**
 * server_routes_serve:
 * @self: what is answered, which outlives @soup's handlers
 * @soup: the server
 */
void
server_routes_serve (ServerRoutes *self, SoupServer *soup)
{
  soup_server_add_handler (soup, NULL, on_request, self, NULL);
}

/**
 * server_routes_clear:
 * @self: what was answered
 */
void
server_routes_clear (ServerRoutes *self)
{
  g_clear_pointer (&self->ice, server_ice_free);
  g_clear_pointer (&self->root, web_root_free);
  g_clear_pointer (&self->token, g_free);
}
