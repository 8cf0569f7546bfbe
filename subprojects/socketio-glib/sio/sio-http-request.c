/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-http-request.h"

#include <string.h>

/* The head of a request. No encoding is offered: nothing here inflates what a
 * server sends. */

/* Headers that are the request's own, and ones that would change where the
 * request ends. */
static gboolean
is_own_header (const char *name)
{
  static const char *const names[] = { "Host", "Connection", "Upgrade",
    "Content-Length", "Content-Type", "Transfer-Encoding", "Expect",
    "Accept-Encoding", "TE" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  }
  return g_ascii_strncasecmp (name, "Sec-WebSocket-", 14) == 0;
}

static void
append_header (const char *name, const char *value, gpointer data)
{
  GString *out = data;

  if (is_own_header (name) || strpbrk (name, "\r\n: ") != NULL
      || strpbrk (value, "\r\n") != NULL)
    return;
  g_string_append_printf (out, "%s: %s\r\n", name, value);
}

/* All but those that the caller says itself. */
void
sio_http_request_append_headers (GString *out, SoupMessageHeaders *headers)
{
  soup_message_headers_foreach (headers, append_header, out);
}

/* @authority is the Host header's value, @resource begins with a slash, and
 * @type is that of a body of @length bytes; NULL if there is none. */
char *
sio_http_request_print (const char *method, const char *authority,
    const char *resource, SoupMessageHeaders *headers, const char *type,
    gsize length)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n",
      method, resource, authority);
  if (type != NULL)
    g_string_append_printf (out,
        "Content-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n", type,
        length);
  sio_http_request_append_headers (out, headers);
  g_string_append (out, "\r\n");
  return g_string_free (out, FALSE);
}
