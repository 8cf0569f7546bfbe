/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-json-writer-private.h"

#include "sio-bytes-private.h"
#include "sio-json-reader.h"

#include <math.h>

/* A writer of its own, because json-glib prints 1e21 as `1e+21.0` and infinity
 * as `inf.0`, which no JSON parser takes. */

void
sio_json_write_string (GString *out, const char *string)
{
  static const char names[] = "btn\0fr";
  g_autofree char *valid = NULL;

  if (!g_utf8_validate (string, -1, NULL))
    string = valid = g_utf8_make_valid (string, -1);

  g_string_append_c (out, '"');
  for (;;) {
    const char *run = string;
    guchar byte;

    while ((guchar) *string >= 0x20 && *string != '"' && *string != '\\')
      string++;
    g_string_append_len (out, run, string - run);
    byte = (guchar) *string++;
    if (byte == '\0')
      break;
    if (byte == '"' || byte == '\\')
      g_string_append_printf (out, "\\%c", byte);
    else if (byte >= '\b' && byte <= '\r' && byte != '\v')
      g_string_append_printf (out, "\\%c", names[byte - '\b']);
    else
      g_string_append_printf (out, "\\u%04x", byte);
  }
  g_string_append_c (out, '"');
}

/* The shortest text that reads back as the same number; what JSON cannot say
 * (infinity, NaN) becomes null, and -0 becomes 0, as JSON.stringify() does it. */
static void
write_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (value == 0)
    value = 0;
  if (!isfinite (value)) {
    g_string_append (out, "null");
    return;
  }
  for (int digits = 15; digits <= 17; digits++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, value);
    if (digits == 17 || g_ascii_strtod (text, NULL) == value)
      break;
  }
  g_string_append (out, text);
}

static void
write_scalar (GString *out, JsonNode *node)
{
  switch (json_node_get_value_type (node)) {
    case G_TYPE_STRING: {
      const char *string = json_node_get_string (node);

      sio_json_write_string (out, string != NULL ? string : "");
      break;
    }
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      break;
    case G_TYPE_DOUBLE:
    case G_TYPE_FLOAT:
      write_double (out, json_node_get_double (node));
      break;
    default:
      g_string_append_printf (
          out, "%" G_GINT64_FORMAT, json_node_get_int (node));
      break;
  }
}

static gboolean write_node (
    const SioJsonWriter *self, JsonNode *node, guint depth, GError **error);

static gboolean
write_array (
    const SioJsonWriter *self, JsonArray *array, guint depth, GError **error)
{
  guint length = json_array_get_length (array);

  g_string_append_c (self->out, '[');
  for (guint i = 0; i < length; i++) {
    if (i > 0)
      g_string_append_c (self->out, ',');
    if (!write_node (self, json_array_get_element (array, i), depth, error))
      return FALSE;
  }
  g_string_append_c (self->out, ']');
  return TRUE;
}

static gboolean
write_placeholder (
    const SioJsonWriter *self, JsonObject *object, GError **error)
{
  if (self->attachments->len >= self->max_attachments) {
    g_set_error (error, SIO_ERROR, SIO_ERROR_TOO_LARGE,
        "a packet has at most %u binary attachments", self->max_attachments);
    return FALSE;
  }
  g_string_append_printf (
      self->out, "{\"_placeholder\":true,\"num\":%u}", self->attachments->len);
  g_ptr_array_add (self->attachments, sio_bytes_from_object (object));
  return TRUE;
}

static gboolean
write_object (
    const SioJsonWriter *self, JsonObject *object, guint depth, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  gboolean first = TRUE;

  if (self->attachments != NULL && sio_bytes_are_in (object))
    return write_placeholder (self, object, error);
  g_string_append_c (self->out, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (!first)
      g_string_append_c (self->out, ',');
    first = FALSE;
    sio_json_write_string (self->out, name);
    g_string_append_c (self->out, ':');
    if (!write_node (self, value, depth, error))
      return FALSE;
  }
  g_string_append_c (self->out, '}');
  return TRUE;
}

static gboolean
write_node (
    const SioJsonWriter *self, JsonNode *node, guint depth, GError **error)
{
  switch (json_node_get_node_type (node)) {
    case JSON_NODE_NULL:
      g_string_append (self->out, "null");
      return TRUE;
    case JSON_NODE_VALUE:
      write_scalar (self->out, node);
      return TRUE;
    case JSON_NODE_ARRAY:
    case JSON_NODE_OBJECT:
    default:
      break;
  }
  if (depth == self->max_depth) {
    g_set_error_literal (
        error, SIO_ERROR, SIO_ERROR_TOO_LARGE, "JSON: nested too deeply");
    return FALSE;
  }
  if (JSON_NODE_HOLDS_ARRAY (node))
    return write_array (self, json_node_get_array (node), depth + 1, error);
  return write_object (self, json_node_get_object (node), depth + 1, error);
}

/* Appends @node; what was appended before an error stays there. */
gboolean
sio_json_write (const SioJsonWriter *self, JsonNode *node, GError **error)
{
  return write_node (self, node, 0, error);
}

/**
 * sio_json_print:
 * @node: a value
 * @length: (out) (optional): where to put the length of the text in bytes
 * @error: where to put the error
 *
 * Writes a value as JSON on one line, without space. Doubles are as short as
 * they can be read back; infinity and NaN become `null`; what is not UTF-8 in a
 * string becomes U+FFFD.
 *
 * The error is %SIO_ERROR_TOO_LARGE if @node is nested deeper than
 * %SIO_JSON_MAX_DEPTH.
 *
 * Returns: (transfer full): the text, or %NULL with @error set
 *
 * Since: 0.1
 */
char *
sio_json_print (JsonNode *node, gsize *length, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const SioJsonWriter writer = { .out = out, .max_depth = SIO_JSON_MAX_DEPTH };

  if (!sio_json_write (&writer, node, error))
    return NULL;
  if (length != NULL)
    *length = out->len;
  return g_string_free (g_steal_pointer (&out), FALSE);
}
