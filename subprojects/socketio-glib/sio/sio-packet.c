/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-packet.h"

#include "sio-json-reader-private.h"
#include "sio-json-writer.h"
#include "sio-text.h"

#include <string.h>

/* <type>[<attachments>-][/namespace,][<id>][payload], protocol revision 5. */

#define MAX_ATTACHMENT_DIGITS 2

typedef struct {
  const char *at;
  const char *end;
  const SioLimitValues *limits;
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
take_digits (Cursor *cursor, guint max, guint64 *value)
{
  const char *start = cursor->at;

  *value = 0;
  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at)) {
    if (cursor->at - start == (gssize) max)
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
      || count > cursor->limits->max_attachments || cursor->at == start
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
  if (length > cursor->limits->max_namespace_length)
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

  if (!take_digits (cursor, cursor->limits->max_ack_digits, &id))
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
check_event_name (
    JsonNode *payload, const SioLimitValues *limits, GError **error)
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
  if (strlen (text) > limits->max_event_length)
    return fail (error, "an event's name is too long");
  if (is_reserved (text))
    return fail (error, "an event's name is reserved");
  return TRUE;
}

/* Whether the packet's type may carry what it carries. */
static gboolean
check_payload (SioPacket *packet, const SioLimitValues *limits, GError **error)
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
          || !(JSON_NODE_HOLDS_OBJECT (payload)
              || sio_text_peek (payload) != NULL))
        return fail (error, "a CONNECT_ERROR's payload is wrong");
      return TRUE;
    case SIO_PACKET_EVENT:
    case SIO_PACKET_BINARY_EVENT:
      if (payload == NULL || !JSON_NODE_HOLDS_ARRAY (payload))
        return fail (error, "an event's payload is not an array");
      return check_event_name (payload, limits, error);
    case SIO_PACKET_ACK:
    case SIO_PACKET_BINARY_ACK:
    default:
      if (payload == NULL || !JSON_NODE_HOLDS_ARRAY (payload))
        return fail (error, "an acknowledgement's payload is not an array");
      return TRUE;
  }
}

/* Reads one Socket.IO packet, with the placeholders as they came. The error is
 * INVALID_DATA for what the sender got wrong, and TOO_LARGE for a payload that is
 * over the reader's limits; @attachments is how many follow in either case. */
SioPacket *
sio_packet_parse (const char *text, gsize length, const SioLimitValues *limits,
    guint *attachments, GError **error)
{
  g_autoptr (SioPacket) packet = g_new0 (SioPacket, 1);
  Cursor cursor = { text, text + length, limits };

  *attachments = 0;
  packet->size = length;
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
  *attachments = packet->attachments;
  if (cursor.at < cursor.end) {
    packet->payload = sio_json_read (cursor.at,
        (gsize) (cursor.end - cursor.at), limits->max_json_depth, error);
    if (packet->payload == NULL)
      return NULL;
  }
  if (!check_payload (packet, limits, error))
    return NULL;
  return g_steal_pointer (&packet);
}

SioPacket *
sio_packet_copy (const SioPacket *self)
{
  SioPacket *copy = g_memdup2 (self, sizeof *self);

  copy->nsp = g_strdup (self->nsp);
  copy->payload = self->payload != NULL ? json_node_ref (self->payload) : NULL;
  return copy;
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

  if (sio_text_peek (name) != NULL)
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

/* Whether the caller may emit @event with @arguments. */
gboolean
sio_packet_check_event (const char *event, JsonNode *arguments,
    const SioLimitValues *limits, GError **error)
{
  if (strlen (event) > limits->max_event_length
      || !g_utf8_validate (event, -1, NULL)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "an event's name is UTF-8 of at most %u bytes",
        limits->max_event_length);
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
sio_packet_check_namespace (
    const char *nsp, const SioLimitValues *limits, GError **error)
{
  if (nsp[0] != '/' || strchr (nsp, ',') != NULL
      || strlen (nsp) > limits->max_namespace_length
      || !g_utf8_validate (nsp, -1, NULL)) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_ARGUMENT,
        "a namespace begins with a slash, has no comma and at most %u bytes",
        limits->max_namespace_length);
    return FALSE;
  }
  return TRUE;
}
