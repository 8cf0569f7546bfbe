/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-http-error.h"

#include "sio-error-private.h"
#include "sio-json-reader.h"
#include "sio-text.h"

/* What an answer of HTTP means that is none of Engine.IO. */

#define MAX_PHRASE 60
#define MAX_REASON 200

/* The longest time to wait that is taken for one. */
#define MAX_RETRY_AFTER_S (24 * 60 * 60)

/* What Engine.IO says in the body of a refusal: {"code":5,"message":"…"}. */
static JsonObject *
read_refusal (const char *body, gsize length)
{
  g_autoptr (JsonNode) node = sio_json_parse (body, (gssize) length, NULL);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      ? json_node_dup_object (node)
      : NULL;
}

static int
read_code (JsonObject *refusal)
{
  JsonNode *code = json_object_get_member (refusal, "code");
  gint64 value;

  if (code == NULL || json_node_get_value_type (code) != G_TYPE_INT64)
    return -1;
  value = json_node_get_int (code);
  return value >= 0 && value <= G_MAXINT ? (int) value : -1;
}

static char *
read_reason (JsonObject *refusal)
{
  const char *message =
      sio_text_peek (json_object_get_member (refusal, "message"));
  g_autofree char *shown =
      message != NULL ? sio_text_dup_shown (message, MAX_REASON) : NULL;

  return shown != NULL ? g_strconcat (": ", shown, NULL) : NULL;
}

/* The seconds from @now, or from what the server says is now, to a date. */
static guint
count_seconds (const char *date, const char *server_now, GDateTime *now)
{
  g_autoptr (GDateTime) then = soup_date_time_new_from_http_string (date);
  g_autoptr (GDateTime) theirs = server_now != NULL
      ? soup_date_time_new_from_http_string (server_now)
      : NULL;
  GTimeSpan span;

  if (then == NULL)
    return 0;
  span = g_date_time_difference (then, theirs != NULL ? theirs : now);
  return (guint) (CLAMP (
      span / G_TIME_SPAN_SECOND, 0, (GTimeSpan) MAX_RETRY_AFTER_S));
}

/* RFC 9110, section 10.2.3. Clocks differ, so that a date is held against the
 * server's own Date. */
static guint
read_retry_after (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (value == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (
          value, 10, 0, MAX_RETRY_AFTER_S, &seconds, NULL))
    return (guint) seconds;
  now = g_date_time_new_now_utc ();
  return count_seconds (
      value, soup_message_headers_get_one (headers, "Date"), now);
}

/* @body is what there is of it. */
GError *
sio_http_error_new (SoupMessageHeaders *headers, guint status,
    const char *phrase, const char *body, gsize length)
{
  g_autofree char *shown =
      sio_text_dup_shown (phrase != NULL ? phrase : "", MAX_PHRASE);
  g_autoptr (JsonObject) refusal = read_refusal (body, length);
  g_autofree char *reason = refusal != NULL ? read_reason (refusal) : NULL;
  GError *error = sio_error_new_http_status (status, read_retry_after (headers),
      "the server answered with HTTP status %u %s%s", status, shown,
      reason != NULL ? reason : "");

  if (refusal != NULL)
    sio_error_set_engine_code (error, read_code (refusal));
  return error;
}
