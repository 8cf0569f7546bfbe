/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-packet.h"

#include "sio-json-reader.h"
#include "sio-json-writer-private.h"

#include <string.h>

/* <type>[<attachments>-][/namespace,][<id>][payload], protocol revision 5. */

#define MAX_ID_DIGITS 15
#define MAX_ATTACHMENT_DIGITS 2

typedef struct {
  const char *at;
  const char *end;
} Cursor;

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA, "Socket.IO: %s", what);
  return FALSE;
}

static gboolean
is_binary (SioPacketType type)
{
  return type == SIO_PACKET_BINARY_EVENT || type == SIO_PACKET_BINARY_ACK;
}

static gboolean
is_event (SioPacketType type)
{
  return type == SIO_PACKET_EVENT || type == SIO_PACKET_BINARY_EVENT;
}

/* Takes a run of at most @max digits; FALSE if there are more. */
static gboolean
take_digits (Cursor *cursor, int max, guint64 *value)
{
  const char *start = cursor->at;

  *value = 0;
  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at)) {
    if (cursor->at - start == max)
      return FALSE;
    *value = *value * 10 + (guint64) (*cursor->at++ - '0');
  }
  return TRUE;
}

static gboolean
take_attachments (Cursor *cursor, SioPacket *packet, GError **error)
{
  const char *start = cursor->at;
  guint64 count;

  if (!take_digits (cursor, MAX_ATTACHMENT_DIGITS, &count)
      || count > SIO_PACKET_MAX_ATTACHMENTS || cursor->at == start
      || cursor->at == cursor->end || *cursor->at++ != '-')
    return fail (error, "wrong number of attachments");
  packet->attachments = (guint) count;
  return TRUE;
}

static gboolean
take_namespace (Cursor *cursor, SioPacket *packet, GError **error)
{
  const char *comma;
  gsize length;

  if (cursor->at == cursor->end || *cursor->at != '/') {
    packet->nsp = g_strdup ("/");
    return TRUE;
  }
  length = (gsize) (cursor->end - cursor->at);
  comma = memchr (cursor->at, ',', length);
  if (comma != NULL)
    length = (gsize) (comma - cursor->at);
  if (length > SIO_PACKET_MAX_NAMESPACE)
    return fail (error, "the namespace is too long");
  if (!g_utf8_validate_len (cursor->at, length, NULL))
    return fail (error, "the namespace is not UTF-8");
  packet->nsp = g_strndup (cursor->at, length);
  cursor->at += length + (comma != NULL);
  return TRUE;
}

static gboolean
take_id (Cursor *cursor, SioPacket *packet, GError **error)
{
  const char *start = cursor->at;
  guint64 id;

  if (!take_digits (cursor, MAX_ID_DIGITS, &id))
    return fail (error, "the acknowledgement id is too long");
  if (cursor->at > start)
    packet->id = id;
  return TRUE;
}

static gboolean
is_reserved (const char *event)
{
  static const char *const names[] = { "connect", "connect_error", "disconnect",
    "disconnecting", "newListener", "removeListener", NULL };

  return g_strv_contains (names, event);
}

/* An event's name is a string; a number is allowed by the reference decoder,
 * and stands for its decimal digits. */
static gboolean
check_event_name (JsonNode *payload, GError **error)
{
  JsonArray *array = json_node_get_array (payload);
  JsonNode *name;
  const char *text;

  if (json_array_get_length (array) == 0)
    return fail (error, "an event without a name");
  name = json_array_get_element (array, 0);
  switch (json_node_get_value_type (name)) {
    case G_TYPE_INT64:
    case G_TYPE_DOUBLE:
      return TRUE;
    case G_TYPE_STRING:
      break;
    default:
      return fail (error, "an event's name is neither string nor number");
  }
  text = json_node_get_string (name);
  if (strlen (text) > SIO_PACKET_MAX_EVENT)
    return fail (error, "an event's name is too long");
  if (is_reserved (text))
    return fail (error, "an event's name is reserved");
  return TRUE;
}

static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* Whether the packet's type may carry what it carries. */
static gboolean
check_payload (SioPacket *packet, GError **error)
{
  JsonNode *payload = packet->payload;

  switch (packet->type) {
    case SIO_PACKET_CONNECT:
      if (payload != NULL && !JSON_NODE_HOLDS_OBJECT (payload))
        return fail (error, "a CONNECT's payload is not an object");
      return TRUE;
    case SIO_PACKET_DISCONNECT:
      if (payload != NULL)
        return fail (error, "a DISCONNECT with a payload");
      return TRUE;
    case SIO_PACKET_CONNECT_ERROR:
      /* A string is what servers before revision 5 send. */
      if (payload == NULL
          || !(JSON_NODE_HOLDS_OBJECT (payload) || is_string (payload)))
        return fail (error, "a CONNECT_ERROR's payload is wrong");
      return TRUE;
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      if (payload == NULL || !JSON_NODE_HOLDS_ARRAY (payload))
        return fail (error, "an event's payload is not an array");
      return check_event_name (payload, error);
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
    default:
      if (payload == NULL || !JSON_NODE_HOLDS_ARRAY (payload))
        return fail (error, "an acknowledgement's payload is not an array");
      return TRUE;
  }
}

/* Each placeholder stands for one of the attachments. */
static gboolean
check_placeholders (JsonNode *node, guint attachments, GError **error)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      if (!check_placeholders (
              json_array_get_element (array, i), attachments, error))
        return FALSE;
    }
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    JsonNode *mark = json_object_get_member (object, "_placeholder");
    JsonObjectIter iter;
    JsonNode *value;

    if (mark != NULL && json_node_get_value_type (mark) == G_TYPE_BOOLEAN
        && json_node_get_boolean (mark)) {
      JsonNode *number = json_object_get_member (object, "num");

      if (number == NULL || json_node_get_value_type (number) != G_TYPE_INT64
          || json_node_get_int (number) < 0
          || json_node_get_int (number) >= attachments)
        return fail (error, "a placeholder for no attachment");
      return TRUE;
    }
    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, NULL, &value)) {
      if (!check_placeholders (value, attachments, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* Reads one Socket.IO packet. The error is INVALID_DATA for what the sender got
 * wrong, and TOO_LARGE for a payload that is over the reader's limits. */
SioPacket *
sio_packet_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (SioPacket) packet = g_new0 (SioPacket, 1);
  Cursor cursor = { text, text + length };

  packet->id = SIO_PACKET_NO_ID;
  if (length == 0 || text[0] < '0' || text[0] > '6') {
    fail (error, "unknown packet type");
    return NULL;
  }
  packet->type = (SioPacketType) (*cursor.at++ - '0');
  if ((is_binary (packet->type) && !take_attachments (&cursor, packet, error))
      || !take_namespace (&cursor, packet, error)
      || !take_id (&cursor, packet, error))
    return NULL;
  if (cursor.at < cursor.end) {
    packet->payload = sio_json_parse (cursor.at, cursor.end - cursor.at, error);
    if (packet->payload == NULL)
      return NULL;
  }
  if (!check_payload (packet, error))
    return NULL;
  if (is_binary (packet->type)
      && !check_placeholders (packet->payload, packet->attachments, error))
    return NULL;
  return g_steal_pointer (&packet);
}

void
sio_packet_free (SioPacket *self)
{
  g_free (self->nsp);
  g_clear_pointer (&self->payload, json_node_unref);
  g_free (self);
}

/* The name of an event packet. */
char *
sio_packet_dup_event (const SioPacket *self)
{
  JsonNode *name =
      json_array_get_element (json_node_get_array (self->payload), 0);

  if (is_string (name))
    return g_strdup (json_node_get_string (name));
  return sio_json_print (name, NULL, NULL);
}

/* The arguments of an event (what follows the name) or of an acknowledgement,
 * as a node that holds an array. */
JsonNode *
sio_packet_dup_arguments (const SioPacket *self)
{
  JsonArray *array = json_node_get_array (self->payload);
  JsonNode *node = json_node_alloc ();

  if (is_event (self->type)) {
    g_autoptr (JsonArray) rest = json_array_new ();

    for (guint i = 1; i < json_array_get_length (array); i++)
      json_array_add_element (rest, json_array_dup_element (array, i));
    return json_node_init_array (node, rest);
  }
  return json_node_init_array (node, array);
}

static GString *
print_head (SioPacketType type, const char *nsp, guint64 id)
{
  GString *out = g_string_new (NULL);

  g_string_append_c (out, '0' + (char) type);
  if (strcmp (nsp, "/") != 0) {
    g_string_append (out, nsp);
    g_string_append_c (out, ',');
  }
  if (id != SIO_PACKET_NO_ID)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, id);
  return out;
}

static char *
finish_print (GString *out, gboolean complete, gsize *length)
{
  if (!complete) {
    g_string_free (out, TRUE);
    return NULL;
  }
  *length = out->len;
  return g_string_free (out, FALSE);
}

/* A packet with @payload as it is, or without any if it is NULL. */
char *
sio_packet_print (SioPacketType type, const char *nsp, JsonNode *payload,
    gsize *length, GError **error)
{
  GString *out = print_head (type, nsp, SIO_PACKET_NO_ID);

  return finish_print (
      out, payload == NULL || sio_json_write (out, payload, error), length);
}

/* An event. @arguments is a node that holds an array, or NULL for none. */
char *
sio_packet_print_event (const char *nsp, guint64 id, const char *event,
    JsonNode *arguments, gsize *length, GError **error)
{
  GString *out = print_head (SIO_PACKET_EVENT, nsp, id);
  JsonArray *array = arguments != NULL ? json_node_get_array (arguments) : NULL;
  guint count = array != NULL ? json_array_get_length (array) : 0;
  gboolean complete = TRUE;

  g_string_append_c (out, '[');
  sio_json_write_string (out, event);
  for (guint i = 0; complete && i < count; i++) {
    g_string_append_c (out, ',');
    complete = sio_json_write (out, json_array_get_element (array, i), error);
  }
  g_string_append_c (out, ']');
  return finish_print (out, complete, length);
}

/* An acknowledgement. @arguments is a node that holds an array, or NULL. */
char *
sio_packet_print_ack (const char *nsp, guint64 id, JsonNode *arguments,
    gsize *length, GError **error)
{
  GString *out = print_head (SIO_PACKET_ACK, nsp, id);

  if (arguments == NULL) {
    g_string_append (out, "[]");
    return finish_print (out, TRUE, length);
  }
  return finish_print (out, sio_json_write (out, arguments, error), length);
}

/* Whether the caller may emit @event with @arguments. */
gboolean
sio_packet_check_event (const char *event, JsonNode *arguments, GError **error)
{
  if (strlen (event) > SIO_PACKET_MAX_EVENT
      || !g_utf8_validate (event, -1, NULL)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "an event's name is UTF-8 of at most %d bytes", SIO_PACKET_MAX_EVENT);
    return FALSE;
  }
  if (is_reserved (event)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "the event name \"%s\" is reserved by Socket.IO", event);
    return FALSE;
  }
  if (arguments != NULL && !JSON_NODE_HOLDS_ARRAY (arguments)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "the arguments of \"%s\" are not a JSON array", event);
    return FALSE;
  }
  return TRUE;
}

/* Whether @nsp can be said in a packet. */
gboolean
sio_packet_check_namespace (const char *nsp, GError **error)
{
  if (nsp[0] != '/' || strchr (nsp, ',') != NULL
      || strlen (nsp) > SIO_PACKET_MAX_NAMESPACE
      || !g_utf8_validate (nsp, -1, NULL)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "a namespace begins with a slash, has no comma and at most %d bytes",
        SIO_PACKET_MAX_NAMESPACE);
    return FALSE;
  }
  return TRUE;
}
