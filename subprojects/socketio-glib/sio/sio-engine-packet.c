/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-engine-packet.h"

#include "sio-json-reader.h"
#include "sio-json-writer-private.h"

#include <string.h>

/* A server that could choose 0 would own our timers. */
#define MIN_PERIOD_MS 1
#define MAX_PERIOD_MS (24 * 60 * 60 * 1000)
#define MAX_SID_LENGTH 256

/* Takes one text packet of Engine.IO revision 4 apart; @packet points into
 * @text. */
gboolean
sio_engine_packet_parse (
    const char *text, gsize length, SioEnginePacket *packet, GError **error)
{
  if (length == 0 || text[0] < '0' || text[0] > '6') {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: unknown packet type");
    return FALSE;
  }
  packet->type = (SioEnginePacketType) (text[0] - '0');
  packet->payload = text + 1;
  packet->length = length - 1;
  return TRUE;
}

static gboolean
read_integer (JsonObject *object, const char *name, gint64 min, gint64 max,
    gint64 *value, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < min || json_node_get_int (node) > max) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: %s is not an integer within %" G_GINT64_FORMAT
        " to %" G_GINT64_FORMAT,
        name, min, max);
    return FALSE;
  }
  *value = json_node_get_int (node);
  return TRUE;
}

/* The session id goes back to the server in URLs, so only what needs no
 * escaping there is taken. */
static char *
read_sid (JsonObject *object, GError **error)
{
  static const char others[] = "-_.~";
  JsonNode *node = json_object_get_member (object, "sid");
  const char *sid = NULL;
  gsize length = 0;

  if (node != NULL && json_node_get_value_type (node) == G_TYPE_STRING)
    sid = json_node_get_string (node);
  while (sid != NULL && sid[length] != '\0'
      && (g_ascii_isalnum (sid[length])
          || strchr (others, sid[length]) != NULL))
    length++;
  if (length == 0 || length > MAX_SID_LENGTH || sid[length] != '\0') {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: the handshake has no session id that can be used");
    return NULL;
  }
  return g_strdup (sid);
}

/* Whether the session may go on over WebSocket. */
static gboolean
offers_websocket (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "upgrades");
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *name = json_array_get_element (array, i);

    if (json_node_get_value_type (name) == G_TYPE_STRING
        && g_str_equal (json_node_get_string (name), "websocket"))
      return TRUE;
  }
  return FALSE;
}

/* Reads the payload of an open packet. */
SioEngineHandshake *
sio_engine_handshake_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonNode) node = sio_json_parse (text, (gssize) length, error);
  g_autoptr (SioEngineHandshake) self = NULL;
  JsonObject *object;
  gint64 interval, timeout;

  if (node == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (node)) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Engine.IO: the handshake is not an object");
    return NULL;
  }
  object = json_node_get_object (node);
  self = g_new0 (SioEngineHandshake, 1);
  self->sid = read_sid (object, error);
  if (self->sid == NULL
      || !read_integer (object, "pingInterval", MIN_PERIOD_MS, MAX_PERIOD_MS,
          &interval, error)
      || !read_integer (
          object, "pingTimeout", MIN_PERIOD_MS, MAX_PERIOD_MS, &timeout, error))
    return NULL;
  self->ping_interval = (guint) interval;
  self->ping_timeout = (guint) timeout;
  self->websocket = offers_websocket (object);
  /* Servers before revision 4 do not send it. */
  if (json_object_has_member (object, "maxPayload")
      && !read_integer (
          object, "maxPayload", 1, G_MAXINT64, &self->max_payload, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* The payload of an open packet. The members are those the protocol's tests
 * compare with, in that order. */
char *
sio_engine_handshake_print (const SioEngineHandshake *self)
{
  GString *out = g_string_new ("{\"sid\":");

  sio_json_write_string (out, self->sid);
  g_string_append_printf (out,
      ",\"upgrades\":[%s],\"pingInterval\":%u,\"pingTimeout\":%u"
      ",\"maxPayload\":%" G_GINT64_FORMAT "}",
      self->websocket ? "\"websocket\"" : "", self->ping_interval,
      self->ping_timeout, self->max_payload);
  return g_string_free (out, FALSE);
}

SioEngineHandshake *
sio_engine_handshake_copy (const SioEngineHandshake *self)
{
  SioEngineHandshake *copy = g_memdup2 (self, sizeof *self);

  copy->sid = g_strdup (self->sid);
  return copy;
}

void
sio_engine_handshake_free (SioEngineHandshake *self)
{
  g_free (self->sid);
  g_free (self);
}
