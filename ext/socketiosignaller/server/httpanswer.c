/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "httpanswer.h"

#include <string.h>

static const struct {
  const char *name;
  const char *value;
} headers[] = {
  { "X-Content-Type-Options", "nosniff" },
  { "Referrer-Policy", "no-referrer" },
  { "Cache-Control", "no-cache" },
  /* SoupServer 3.2 keeps the descriptor of a connection that the client closes
   * between two requests for ever. */
  { "Connection", "close" },
};

/**
 * http_answer_set_header:
 * @message: the request
 * @name: of a header field of the answer
 * @value: of it
 */
void
http_answer_set_header (
    SoupServerMessage *message, const char *name, const char *value)
{
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), name, value);
}

/**
 * http_answer_begin:
 * @message: a request
 *
 * Gives the answer what each answer has. One that is neither GET nor HEAD is
 * answered with 405.
 *
 * Returns: whether it is to be answered with something
 */
gboolean
http_answer_begin (SoupServerMessage *message)
{
  const char *method = soup_server_message_get_method (message);

  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    http_answer_set_header (message, headers[i].name, headers[i].value);
  if (g_strcmp0 (method, "GET") == 0 || g_strcmp0 (method, "HEAD") == 0)
    return TRUE;
  http_answer_set_header (message, "Allow", "GET, HEAD");
  soup_server_message_set_status (
      message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  return FALSE;
}

/**
 * http_answer_bytes:
 * @message: a request
 * @type: the content's type
 * @bytes: the content
 *
 * Answers with 200.
 */
void
http_answer_bytes (SoupServerMessage *message, const char *type, GBytes *bytes)
{
  http_answer_set_header (message, "Content-Type", type);
  soup_message_body_append_bytes (
      soup_server_message_get_response_body (message), bytes);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
}

/**
 * http_answer_text:
 * @message: a request
 * @type: the content's type
 * @text: (transfer full): the content
 *
 * Answers with 200.
 */
void
http_answer_text (SoupServerMessage *message, const char *type, char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  http_answer_bytes (message, type, bytes);
}
