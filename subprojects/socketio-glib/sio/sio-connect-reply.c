/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-connect-reply.h"

#include "sio-error-private.h"

/* What a server answers to CONNECT. */

static const char *
peek_string (JsonNode *node)
{
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* The socket's id, of a CONNECT packet. */
char *
sio_connect_reply_dup_id (const SioPacket *packet, GError **error)
{
  const char *id = NULL;

  if (packet->payload != NULL)
    id = peek_string (
        json_object_get_member (json_node_get_object (packet->payload), "sid"));
  if (id == NULL)
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_UNSUPPORTED,
        "the server gave no socket id: it speaks Socket.IO 2, and version 3 or "
        "later is needed");
  return g_strdup (id);
}

/* The error that a CONNECT_ERROR packet stands for. */
GError *
sio_connect_reply_get_refusal (const SioPacket *packet)
{
  const char *message;
  JsonNode *text = packet->payload;
  JsonNode *data = NULL;

  if (JSON_NODE_HOLDS_OBJECT (packet->payload)) {
    JsonObject *object = json_node_get_object (packet->payload);

    text = json_object_get_member (object, "message");
    data = json_object_get_member (object, "data");
  }
  message = peek_string (text);
  return sio_error_new_refused (
      message != NULL ? message : "the server refused the connection", data);
}
