/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "variablestext.h"

#include <math.h>
#include <string.h>

/* Values of variables as people write them behind gst-launch-1.0. GStreamer's own
 * reader will not do: what it cannot read it quotes in a WARNING of its log, and
 * "1234" in quotes on stderr, and passwords are among these values. */

/* What else ends a value without quotes, or begins a list. */
#define MARKS ",;=\"()<>{}[] \t\r\n"

typedef enum {
  TYPE_ANY,
  TYPE_STRING,
  TYPE_INT,
  TYPE_DOUBLE,
  TYPE_BOOLEAN,
} Type;

/* As GstStructure has them. */
static const struct {
  const char *name;
  Type type;
} types[] = {
  { "string", TYPE_STRING },
  { "str", TYPE_STRING },
  { "s", TYPE_STRING },
  { "int", TYPE_INT },
  { "i", TYPE_INT },
  { "gint", TYPE_INT },
  { "gint64", TYPE_INT },
  { "double", TYPE_DOUBLE },
  { "d", TYPE_DOUBLE },
  { "gdouble", TYPE_DOUBLE },
  { "boolean", TYPE_BOOLEAN },
  { "bool", TYPE_BOOLEAN },
  { "b", TYPE_BOOLEAN },
  { "gboolean", TYPE_BOOLEAN },
};

/* --- words --- */

static gboolean
take_mark (const char **at, char mark)
{
  *at += strspn (*at, " \t\r\n");
  if (**at != mark)
    return FALSE;
  (*at)++;
  return TRUE;
}

static char *
take_word (const char **at)
{
  const char *start = *at + strspn (*at, " \t\r\n");
  gsize length = strcspn (start, MARKS);

  *at = start + length;
  return length > 0 ? g_strndup (start, length) : NULL;
}

static gboolean
is_octal (const char *at)
{
  return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7'
      && at[2] >= '0' && at[2] <= '7';
}

/* What is behind the first quote. Bytes may be octal, as gst_value_serialize() writes
 * what is no ASCII. */
static char *
take_quoted (const char **at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (; **at != '"'; (*at)++) {
    gboolean is_escaped = **at == '\\';

    if (is_escaped)
      (*at)++;
    if (**at == '\0')
      return NULL;
    if (is_escaped && is_octal (*at)) {
      g_string_append_c (text,
          (char) (((*at)[0] - '0') << 6 | ((*at)[1] - '0') << 3
              | ((*at)[2] - '0')));
      *at += 2;
    } else {
      g_string_append_c (text, **at);
    }
  }
  (*at)++;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- values --- */

static gboolean
take_type (const char **at, Type *type)
{
  g_autofree char *name = NULL;

  *type = TYPE_ANY;
  if (!take_mark (at, '('))
    return TRUE;
  name = take_word (at);
  if (name == NULL || !take_mark (at, ')'))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_equal (types[i].name, name)) {
      *type = types[i].type;
      return TRUE;
    }
  }
  return FALSE;
}

static JsonNode *
read_int (const char *text)
{
  gint64 value;

  return g_ascii_string_to_signed (
             text, 10, G_MININT64, G_MAXINT64, &value, NULL)
      ? json_node_init_int (json_node_alloc (), value)
      : NULL;
}

static JsonNode *
read_double (const char *text)
{
  char *end;
  double value = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (value)
      ? json_node_init_double (json_node_alloc (), value)
      : NULL;
}

static JsonNode *
read_boolean (const char *text)
{
  gboolean value = g_str_equal (text, "true");

  return value || g_str_equal (text, "false")
      ? json_node_init_boolean (json_node_alloc (), value)
      : NULL;
}

/* 0123 is no number: the zero of a password counts. */
static gboolean
is_like_number (const char *text)
{
  const char *digits = text[0] == '-' ? text + 1 : text;

  return g_ascii_isdigit (digits[0])
      && (digits[0] != '0' || !g_ascii_isdigit (digits[1]))
      && strspn (digits, "0123456789.") == strlen (digits);
}

static JsonNode *
read_any (const char *text)
{
  JsonNode *node = read_boolean (text);

  if (node == NULL && is_like_number (text))
    node = strchr (text, '.') == NULL ? read_int (text) : read_double (text);
  return node != NULL ? node : json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
take_value (const char **at)
{
  g_autofree char *text = NULL;
  gboolean is_quoted;
  Type type;

  if (!take_type (at, &type))
    return NULL;
  is_quoted = take_mark (at, '"');
  text = is_quoted ? take_quoted (at) : take_word (at);
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;
  switch (type) {
    case TYPE_INT:
      return read_int (text);
    case TYPE_DOUBLE:
      return read_double (text);
    case TYPE_BOOLEAN:
      return read_boolean (text);
    case TYPE_ANY:
      if (!is_quoted)
        return read_any (text);
      break;
    case TYPE_STRING:
      break;
  }
  return json_node_init_string (json_node_alloc (), text);
}

static gboolean
take_field (const char **at, JsonObject *object)
{
  g_autofree char *name = take_word (at);
  JsonNode *value;

  if (name == NULL || !g_utf8_validate (name, -1, NULL) || !take_mark (at, '='))
    return FALSE;
  value = take_value (at);
  if (value == NULL)
    return FALSE;
  json_object_set_member (object, name, value);
  return TRUE;
}

/**
 * variables_text_parse:
 * @text: a name that does not matter and the variables, as a #GstStructure is written:
 *   `v, role=offerer, seat=(int)7, passcode="12 34"`. Values are texts, whole and
 *   other numbers and booleans; without a type what they look like, in quotes texts
 *
 * Returns: (transfer full) (nullable): an object
 */
JsonNode *
variables_text_parse (const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *name = take_word (&text);

  if (name == NULL)
    return NULL;
  while (take_mark (&text, ',')) {
    if (!take_field (&text, object))
      return NULL;
  }
  take_mark (&text, ';');
  return take_mark (&text, '\0')
      ? json_node_init_object (json_node_alloc (), object)
      : NULL;
}
