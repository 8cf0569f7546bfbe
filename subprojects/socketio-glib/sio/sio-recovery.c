/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-recovery.h"

#include "sio-text.h"

#include <string.h>

/* Both are the server's, and sent back to it. What is longer is neither: any
 * string at the end of an event may be an offset, a user's words as well. */
#define MAX_LENGTH 256

static const char *
peek_short (JsonNode *node)
{
  const char *text = sio_text_peek (node);

  return text != NULL && strlen (text) <= MAX_LENGTH ? text : NULL;
}

/* The server's answer to CONNECT came. Returns whether it has restored the
 * state, and sends what was missed. */
gboolean
sio_recovery_connected (SioRecovery *self, const SioPacket *reply)
{
  const char *pid = NULL;

  if (reply->payload != NULL)
    pid = peek_short (
        json_object_get_member (json_node_get_object (reply->payload), "pid"));
  if (pid != NULL && g_strcmp0 (pid, self->pid) == 0)
    return TRUE;
  sio_recovery_clear (self);
  self->pid = g_strdup (pid);
  return FALSE;
}

/* An event came. A server that can restore the state adds the offset as the last
 * argument, but not where it waits for an answer. */
void
sio_recovery_note (SioRecovery *self, const SioPacket *event)
{
  JsonArray *array = json_node_get_array (event->payload);
  guint length = json_array_get_length (array);
  const char *offset;

  if (self->pid == NULL || event->id != SIO_PACKET_NO_ID || length < 2)
    return;
  offset = peek_short (json_array_get_element (array, length - 1));
  if (offset == NULL)
    return;
  g_free (self->offset);
  self->offset = g_strdup (offset);
}

/* What CONNECT is to carry: @auth (an object, or NULL), and what is needed to
 * restore the state. NULL is nothing. Without an offset there is nothing to
 * restore, but a server may know us by the rest; npm's clients send it, too. */
JsonNode *
sio_recovery_dup_payload (const SioRecovery *self, JsonNode *auth)
{
  g_autoptr (JsonObject) object = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (self->pid == NULL)
    return auth != NULL ? json_node_ref (auth) : NULL;
  object = json_object_new ();
  json_object_set_string_member (object, "pid", self->pid);
  if (self->offset != NULL)
    json_object_set_string_member (object, "offset", self->offset);
  if (auth != NULL) {
    json_object_iter_init_ordered (&iter, json_node_get_object (auth));
    while (json_object_iter_next_ordered (&iter, &name, &value))
      json_object_set_member (object, name, json_node_ref (value));
  }
  return json_node_init_object (json_node_alloc (), object);
}

/* The session is over for good. */
void
sio_recovery_clear (SioRecovery *self)
{
  g_clear_pointer (&self->pid, g_free);
  g_clear_pointer (&self->offset, g_free);
}
