/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-http-error.h"

#include "sio-error-private.h"
#include "sio-json-reader.h"

/* What an answer of HTTP means that is none of Engine.IO. */

#define MAX_REASON 200

/* What Engine.IO says in the body of a refusal: {"code":5,"message":"…"}. */
static char *
read_reason (const char *body, gsize length)
{
  g_autoptr (JsonNode) node = sio_json_parse (body, (gssize) length, NULL);
  JsonNode *message = NULL;
  const char *text;
  GString *out;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    message = json_object_get_member (json_node_get_object (node), "message");
  if (message == NULL || json_node_get_value_type (message) != G_TYPE_STRING)
    return NULL;
  out = g_string_new (": ");
  for (text = json_node_get_string (message);
       *text != '\0' && out->len < MAX_REASON; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    g_string_append_unichar (out, g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_string_free (out, FALSE);
}

static guint
read_retry_after (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  guint64 seconds;

  /* The form with a date is left out: clocks differ. */
  if (value == NULL
      || !g_ascii_string_to_unsigned (
          value, 10, 0, 24 * 60 * 60, &seconds, NULL))
    return 0;
  return (guint) seconds;
}

/* @body is what there is of it. */
GError *
sio_http_error_new (SoupMessageHeaders *headers, guint status,
    const char *phrase, const char *body, gsize length)
{
  g_autofree char *shown = g_str_to_ascii (phrase != NULL ? phrase : "", "C");
  g_autofree char *reason = read_reason (body, length);

  return sio_error_new_http_status (status, read_retry_after (headers),
      "the server answered with HTTP status %u %.60s%s", status, shown,
      reason != NULL ? reason : "");
}
