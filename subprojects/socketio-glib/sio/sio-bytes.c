/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-bytes-private.h"

#include "sio-error.h"

/* Binary data within JSON. On the wire they are attachments, each with a
 * placeholder {"_placeholder":true,"num":0} where it belongs. A JsonNode has no
 * place for bytes, so in memory the placeholder holds them itself, in base64:
 * {"_placeholder":true,"base64":"AQID"}. */

#define MARK "_placeholder"
#define NUMBER "num"
#define CONTENT "base64"

/* The state of sio_bytes_expand(). */
typedef struct {
  GPtrArray *attachments; /* of GBytes */
  GPtrArray *nodes;       /* of JsonNode: what each has become */
  gsize left;             /* bytes */
} Expansion;

static gboolean
holds (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == type;
}

/* Whether it is Socket.IO's placeholder, in whatever state. */
gboolean
sio_bytes_is_placeholder (JsonObject *object)
{
  JsonNode *mark = json_object_get_member (object, MARK);

  return holds (mark, G_TYPE_BOOLEAN) && json_node_get_boolean (mark);
}

/* Whether it holds its bytes. */
gboolean
sio_bytes_are_in (JsonObject *object)
{
  return sio_bytes_is_placeholder (object)
      && holds (json_object_get_member (object, CONTENT), G_TYPE_STRING);
}

GBytes *
sio_bytes_from_object (JsonObject *object)
{
  const char *text = json_object_get_string_member (object, CONTENT);
  gsize size;
  guchar *data = g_base64_decode (text, &size);

  return g_bytes_new_take (data, size);
}

/**
 * sio_bytes_to_json:
 * @bytes: some bytes
 *
 * Makes a node that stands for binary data in the arguments of an event or of
 * an acknowledgement, wherever JSON may stand. It is sent as an attachment, as
 * a Buffer or an ArrayBuffer is in JavaScript.
 *
 * Returns: (transfer full): the node
 *
 * Since: 0.1
 */
JsonNode *
sio_bytes_to_json (GBytes *bytes)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  text = g_base64_encode (data, size);
  json_object_set_boolean_member (object, MARK, TRUE);
  json_object_set_string_member (object, CONTENT, text);
  return json_node_init_object (json_node_alloc (), object);
}

/**
 * sio_bytes_from_json:
 * @node: a node of an event's arguments, or of an acknowledgement's
 *
 * Returns: (transfer full) (nullable): the binary data that @node stands for,
 *   or %NULL if it stands for none
 *
 * Since: 0.1
 */
GBytes *
sio_bytes_from_json (JsonNode *node)
{
  JsonObject *object;

  g_return_val_if_fail (node != NULL, NULL);

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  return sio_bytes_are_in (object) ? sio_bytes_from_object (object) : NULL;
}

/* An attachment that is used twice is one node: what is used a thousand times
 * is no thousand copies. */
static JsonNode *
ref_content (Expansion *expansion, guint number)
{
  JsonNode **node = (JsonNode **) &expansion->nodes->pdata[number];

  if (*node == NULL) {
    GBytes *bytes = expansion->attachments->pdata[number];
    gsize size;
    gconstpointer data = g_bytes_get_data (bytes, &size);
    g_autofree char *text = g_base64_encode (data, size);

    *node = json_node_init_string (json_node_alloc (), text);
  }
  return json_node_ref (*node);
}

static gboolean
fill_placeholder (Expansion *expansion, JsonObject *object, GError **error)
{
  JsonNode *number = json_object_get_member (object, NUMBER);
  gint64 index = holds (number, G_TYPE_INT64) ? json_node_get_int (number) : -1;
  gsize size;

  if (index < 0 || index >= expansion->attachments->len) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_INVALID_DATA,
        "Socket.IO: a placeholder for no attachment");
    return FALSE;
  }
  size = g_bytes_get_size (expansion->attachments->pdata[index]);
  if (size > expansion->left) {
    g_set_error_literal (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
        "Socket.IO: the attachments are too large");
    return FALSE;
  }
  expansion->left -= size;
  json_object_remove_member (object, NUMBER);
  json_object_set_member (
      object, CONTENT, ref_content (expansion, (guint) index));
  return TRUE;
}

static gboolean expand_node (
    Expansion *expansion, JsonNode *node, GError **error);

static gboolean
expand_members (Expansion *expansion, JsonObject *object, GError **error)
{
  JsonObjectIter iter;
  JsonNode *value;

  if (sio_bytes_is_placeholder (object))
    return fill_placeholder (expansion, object, error);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, NULL, &value)) {
    if (!expand_node (expansion, value, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
expand_node (Expansion *expansion, JsonNode *node, GError **error)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return expand_members (expansion, json_node_get_object (node), error);
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      if (!expand_node (expansion, json_array_get_element (array, i), error))
        return FALSE;
    }
  }
  return TRUE;
}

/* Puts the attachments in the place of their placeholders. The error is
 * INVALID_DATA for one that stands for none of them, and TOO_LARGE if they take
 * more than @max_bytes, counted wherever they are used. */
gboolean
sio_bytes_expand (
    JsonNode *node, GPtrArray *attachments, gsize max_bytes, GError **error)
{
  Expansion expansion = {
    .attachments = attachments,
    .nodes = g_ptr_array_new (),
    .left = max_bytes,
  };
  gboolean good;

  g_ptr_array_set_size (expansion.nodes, (gint) attachments->len);
  good = expand_node (&expansion, node, error);
  for (guint i = 0; i < attachments->len; i++)
    g_clear_pointer ((JsonNode **) &expansion.nodes->pdata[i], json_node_unref);
  g_ptr_array_unref (expansion.nodes);
  return good;
}
