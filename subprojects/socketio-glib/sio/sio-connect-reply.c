/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-connect-reply.h"

#include "sio-error-private.h"
#include "sio-text.h"

#include <string.h>

/* What a server answers to CONNECT. */

/* What is told of the server's words; all of them, were they meant for a
 * program, are in the data. */
#define MAX_MESSAGE 1000

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
    id = sio_text_peek (
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
  g_autofree char *shown = NULL;
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
  message = sio_text_peek (text);
  shown = sio_text_dup_shown (
      message != NULL ? message : "the server refused the connection",
      MAX_MESSAGE);
  return sio_error_new_refused (shown, data);
}
