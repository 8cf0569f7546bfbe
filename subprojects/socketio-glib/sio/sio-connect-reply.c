/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-connect-reply.h"

#include "sio-error-private.h"

#include <string.h>

/* What a server answers to CONNECT. */

static const char *
peek_string (JsonNode *node)
{
  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* The socket's id, of a CONNECT packet. Socket.IO 2 leaves it to the client to
 * make it of the session's, which is NULL with other servers. */
char *
sio_connect_reply_dup_id (
    const SioPacket *packet, const char *old_session, GError **error)
{
  const char *id = NULL;

  if (packet->payload == NULL && old_session != NULL) {
    gboolean root = strcmp (packet->nsp, "/") == 0;

    return g_strconcat (
        root ? "" : packet->nsp, root ? "" : "#", old_session, NULL);
  }

  if (packet->payload != NULL)
    id = peek_string (
        json_object_get_member (json_node_get_object (packet->payload), "sid"));
  if (id == NULL)
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_UNSUPPORTED,
        "the server gave no socket id, which is none of Socket.IO");
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
    /* Before Socket.IO 3 the data came instead of a message. */
    if (text == NULL && data == NULL)
      data = packet->payload;
  }
  message = peek_string (text);
  return sio_error_new_refused (
      message != NULL ? message : "the server refused the connection", data);
}
