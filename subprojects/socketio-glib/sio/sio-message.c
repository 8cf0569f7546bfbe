/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-message.h"

#include "sio-json-writer-private.h"

#include <string.h>

/* Writes packets: <type>[<attachments>-][/namespace,][<id>][payload]. */

typedef struct {
  SioJsonWriter json;
  SioPacketType type; /* as if there were no attachments */
  const char *nsp;
  guint64 id;
} Writer;

static void
begin (Writer *self, const SioLimitValues *limits)
{
  self->json.out = g_string_new (NULL);
  self->json.max_depth = limits->max_json_depth;
  self->json.attachments =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->json.max_attachments = limits->max_attachments;
}

static void
write_head (Writer *self, guint attachments)
{
  GString *out = self->json.out;
  guint type = self->type;

  if (attachments > 0)
    type += SIO_PACKET_BINARY_EVENT - SIO_PACKET_EVENT;
  g_string_append_c (out, (char) ('0' + type));
  if (attachments > 0)
    g_string_append_printf (out, "%u-", attachments);
  if (strcmp (self->nsp, "/") != 0) {
    g_string_append (out, self->nsp);
    g_string_append_c (out, ',');
  }
  if (self->id != SIO_PACKET_NO_ID)
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, self->id);
}

/* How many attachments there are is known only after the payload, and they are
 * rare: then the head is written anew. */
static void
rewrite_head (Writer *self, gsize head)
{
  GString *out = self->json.out;
  g_autoptr (GString) payload =
      g_string_new_len (out->str + head, (gssize) (out->len - head));

  g_string_truncate (out, 0);
  write_head (self, self->json.attachments->len);
  g_string_append_len (out, payload->str, (gssize) payload->len);
}

static SioMessage *
finish (Writer *self, gsize head, gboolean complete)
{
  GPtrArray *attachments = self->json.attachments;
  SioMessage *message;

  if (!complete) {
    g_string_free (self->json.out, TRUE);
    g_ptr_array_unref (attachments);
    return NULL;
  }
  if (attachments->len > 0)
    rewrite_head (self, head);
  message = g_new0 (SioMessage, 1);
  message->length = message->size = self->json.out->len;
  message->largest = message->length + 1;
  message->text = g_string_free (self->json.out, FALSE);
  if (attachments->len == 0) {
    g_ptr_array_unref (attachments);
    return message;
  }
  message->attachments = attachments;
  for (guint i = 0; i < attachments->len; i++) {
    gsize size = g_bytes_get_size (attachments->pdata[i]);

    message->size += size;
    message->largest = MAX (message->largest, size + 1);
  }
  return message;
}

/* A packet with @payload, or without any if it is NULL. What it holds goes as it
 * is: only events and acknowledgements have attachments. */
SioMessage *
sio_message_new (SioPacketType type, const char *nsp, JsonNode *payload,
    const SioLimitValues *limits, GError **error)
{
  Writer writer = { .type = type, .nsp = nsp, .id = SIO_PACKET_NO_ID };
  gboolean complete = TRUE;

  begin (&writer, limits);
  write_head (&writer, 0);
  if (payload != NULL) {
    SioJsonWriter plain = writer.json;

    plain.attachments = NULL;
    complete = sio_json_write (&plain, payload, error);
  }
  return finish (&writer, 0, complete);
}

/* An event. @arguments is a node that holds an array, or NULL for none. */
SioMessage *
sio_message_new_event (const char *nsp, guint64 id, const char *event,
    JsonNode *arguments, const SioLimitValues *limits, GError **error)
{
  Writer writer = { .type = SIO_PACKET_EVENT, .nsp = nsp, .id = id };
  JsonArray *array = arguments != NULL ? json_node_get_array (arguments) : NULL;
  guint count = array != NULL ? json_array_get_length (array) : 0;
  gboolean complete = TRUE;
  gsize head;

  begin (&writer, limits);
  write_head (&writer, 0);
  head = writer.json.out->len;
  g_string_append_c (writer.json.out, '[');
  sio_json_write_string (writer.json.out, event);
  /* The array of the packet is a level too, as the peer will count them. */
  writer.json.max_depth--;
  for (guint i = 0; complete && i < count; i++) {
    g_string_append_c (writer.json.out, ',');
    complete =
        sio_json_write (&writer.json, json_array_get_element (array, i), error);
  }
  g_string_append_c (writer.json.out, ']');
  return finish (&writer, head, complete);
}

/* An acknowledgement. @arguments is a node that holds an array, or NULL. */
SioMessage *
sio_message_new_ack (const char *nsp, guint64 id, JsonNode *arguments,
    const SioLimitValues *limits, GError **error)
{
  Writer writer = { .type = SIO_PACKET_ACK, .nsp = nsp, .id = id };
  gboolean complete = TRUE;
  gsize head;

  begin (&writer, limits);
  write_head (&writer, 0);
  head = writer.json.out->len;
  if (arguments == NULL)
    g_string_append (writer.json.out, "[]");
  else
    complete = sio_json_write (&writer.json, arguments, error);
  return finish (&writer, head, complete);
}

void
sio_message_free (SioMessage *self)
{
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_free (self->text);
  g_free (self);
}
