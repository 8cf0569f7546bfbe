/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-json-reader-private.h"

#include <errno.h>
#include <string.h>

/* A reader of its own, because json-glib's parser overruns the stack at some
 * 50,000 brackets (3,000 on a small thread stack), takes `'x'`, `01`, `var x=`
 * and nothing at all for JSON, turns integers over 63 bits into -1 and cuts
 * strings at \u0000. */

/* JsonObject hashes its names without a secret: names that collide on purpose
 * make an object of n members cost n * n. */
#define MAX_MEMBERS 1024
#define MAX_NUMBER_LENGTH 128

typedef struct {
  const char *at;
  const char *end;
  guint depth;
  guint max_depth;
  guint values;
  /* Where lines are wanted: what they are counted in, and up to where that is
   * done */
  GHashTable *lines;
  const char *counted;
  guint line;
  GError **error;
} Reader;

static JsonNode *read_value (Reader *reader);

/* The line of the place that was reached. */
static guint
count_lines (Reader *reader)
{
  for (; reader->counted < reader->at; reader->counted++) {
    if (*reader->counted == '\n')
      reader->line++;
  }
  return reader->line;
}

static gpointer
fail (Reader *reader, SioError code, const char *what)
{
  if (reader->lines != NULL)
    g_set_error (reader->error, SIO_ERROR, code, "line %u: %s",
        count_lines (reader), what);
  else
    g_set_error (reader->error, SIO_ERROR, code, "JSON: %s", what);
  return NULL;
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end
      && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n'
          || *reader->at == '\r'))
    reader->at++;
}

/* Skips space, then takes @byte if it comes next. */
static gboolean
take (Reader *reader, char byte)
{
  skip_space (reader);
  if (reader->at == reader->end || *reader->at != byte)
    return FALSE;
  reader->at++;
  return TRUE;
}

static gboolean
read_hex4 (Reader *reader, guint *unit)
{
  *unit = 0;
  if (reader->end - reader->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (*reader->at++);

    if (digit < 0)
      return FALSE;
    *unit = *unit << 4 | (guint) digit;
  }
  return TRUE;
}

/* What follows `\u`. A half of a surrogate pair (a name that was cut within an
 * emoji) and U+0000 have no place in a C string; they become U+FFFD, since they
 * may be another member's words, for which this connection should not die. */
static gboolean
read_unicode_escape (Reader *reader, GString *out)
{
  guint unit, low;

  if (!read_hex4 (reader, &unit))
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00 && reader->end - reader->at >= 6
      && reader->at[0] == '\\' && reader->at[1] == 'u') {
    const char *mark = reader->at;

    reader->at += 2;
    if (!read_hex4 (reader, &low))
      return FALSE;
    if (low >= 0xdc00 && low < 0xe000) {
      g_string_append_unichar (
          out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
      return TRUE;
    }
    reader->at = mark;
  }
  if (unit == 0 || (unit >= 0xd800 && unit < 0xe000))
    unit = 0xfffd;
  g_string_append_unichar (out, unit);
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *out)
{
  static const char names[] = "\"\\/bfnrt";
  static const char values[] = "\"\\/\b\f\n\r\t";
  const char *name;
  char byte;

  if (reader->at == reader->end)
    return FALSE;
  byte = *reader->at++;
  if (byte == 'u')
    return read_unicode_escape (reader, out);
  name = byte != '\0' ? strchr (names, byte) : NULL;
  if (name == NULL)
    return FALSE;
  g_string_append_c (out, values[name - names]);
  return TRUE;
}

/* A string after its opening quote. */
static char *
read_string (Reader *reader)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (;;) {
    const char *run = reader->at;

    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\'
        && (guchar) *reader->at >= 0x20)
      reader->at++;
    g_string_append_len (out, run, reader->at - run);
    if (reader->at == reader->end)
      return fail (reader, SIO_ERROR_INVALID_DATA, "a string does not end");
    if (*reader->at == '"') {
      reader->at++;
      return g_string_free (g_steal_pointer (&out), FALSE);
    }
    if (*reader->at++ != '\\')
      return fail (
          reader, SIO_ERROR_INVALID_DATA, "a control character in a string");
    if (!read_escape (reader, out))
      return fail (reader, SIO_ERROR_INVALID_DATA, "a wrong escape");
  }
}

static gboolean
skip_digits (Reader *reader)
{
  const char *start = reader->at;

  while (reader->at < reader->end && g_ascii_isdigit (*reader->at))
    reader->at++;
  return reader->at > start;
}

static JsonNode *
read_number (Reader *reader)
{
  const char *start = reader->at;
  char text[MAX_NUMBER_LENGTH + 1];
  gboolean whole = TRUE;
  JsonNode *node;
  double real;
  gsize length;

  if (*reader->at == '-')
    reader->at++;
  if (reader->at < reader->end && *reader->at == '0')
    reader->at++;
  else if (!skip_digits (reader))
    return fail (reader, SIO_ERROR_INVALID_DATA, "a wrong number");
  if (reader->at < reader->end && *reader->at == '.') {
    whole = FALSE;
    reader->at++;
    if (!skip_digits (reader))
      return fail (reader, SIO_ERROR_INVALID_DATA, "a wrong number");
  }
  if (reader->at < reader->end && (*reader->at == 'e' || *reader->at == 'E')) {
    whole = FALSE;
    reader->at++;
    if (reader->at < reader->end && (*reader->at == '+' || *reader->at == '-'))
      reader->at++;
    if (!skip_digits (reader))
      return fail (reader, SIO_ERROR_INVALID_DATA, "a wrong number");
  }
  length = (gsize) (reader->at - start);
  if (length > MAX_NUMBER_LENGTH)
    return fail (reader, SIO_ERROR_TOO_LARGE, "a number is too long");
  memcpy (text, start, length);
  text[length] = '\0';

  node = json_node_alloc ();
  if (whole) {
    gint64 integer;

    errno = 0;
    integer = g_ascii_strtoll (text, NULL, 10);
    if (errno == 0)
      return json_node_init_int (node, integer);
  }
  real = g_ascii_strtod (text, NULL);
  if (real - real != 0) {
    json_node_unref (node);
    return fail (reader, SIO_ERROR_TOO_LARGE, "a number is out of range");
  }
  return json_node_init_double (node, real);
}

static JsonNode *
read_array (Reader *reader)
{
  g_autoptr (JsonArray) array = json_array_new ();

  if (!take (reader, ']')) {
    do {
      JsonNode *element = read_value (reader);

      if (element == NULL)
        return NULL;
      json_array_add_element (array, element);
    } while (take (reader, ','));
    if (!take (reader, ']'))
      return fail (reader, SIO_ERROR_INVALID_DATA, "an array does not end");
  }
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
read_object (Reader *reader)
{
  g_autoptr (JsonObject) object = json_object_new ();
  guint members = 0;

  if (!take (reader, '}')) {
    do {
      g_autofree char *name = NULL;
      JsonNode *value;

      if (++members > MAX_MEMBERS)
        return fail (
            reader, SIO_ERROR_TOO_LARGE, "an object has too many members");
      if (!take (reader, '"'))
        return fail (reader, SIO_ERROR_INVALID_DATA, "a name is missing");
      name = read_string (reader);
      if (name == NULL)
        return NULL;
      if (!take (reader, ':'))
        return fail (reader, SIO_ERROR_INVALID_DATA, "a colon is missing");
      value = read_value (reader);
      if (value == NULL)
        return NULL;
      json_object_set_member (object, name, value);
    } while (take (reader, ','));
    if (!take (reader, '}'))
      return fail (reader, SIO_ERROR_INVALID_DATA, "an object does not end");
  }
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
read_word (Reader *reader)
{
  static const struct {
    const char *word;
    JsonNodeType type;
    gboolean value;
  } words[] = {
    { "true", JSON_NODE_VALUE, TRUE },
    { "false", JSON_NODE_VALUE, FALSE },
    { "null", JSON_NODE_NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    gsize length = strlen (words[i].word);

    if ((gsize) (reader->end - reader->at) < length
        || memcmp (reader->at, words[i].word, length) != 0)
      continue;
    reader->at += length;
    if (words[i].type == JSON_NODE_NULL)
      return json_node_init_null (json_node_alloc ());
    return json_node_init_boolean (json_node_alloc (), words[i].value);
  }
  return fail (reader, SIO_ERROR_INVALID_DATA, "a value is missing");
}

static JsonNode *
read_container (Reader *reader)
{
  gboolean array = *reader->at++ == '[';
  JsonNode *node;

  if (reader->depth == reader->max_depth)
    return fail (reader, SIO_ERROR_TOO_LARGE, "nested too deeply");
  reader->depth++;
  node = array ? read_array (reader) : read_object (reader);
  reader->depth--;
  return node;
}

static JsonNode *
read_any (Reader *reader)
{
  if (*reader->at == '[' || *reader->at == '{')
    return read_container (reader);
  if (*reader->at == '"') {
    g_autofree char *string = NULL;

    reader->at++;
    string = read_string (reader);
    return string != NULL ? json_node_init_string (json_node_alloc (), string)
                          : NULL;
  }
  if (*reader->at == '-' || g_ascii_isdigit (*reader->at))
    return read_number (reader);
  return read_word (reader);
}

static JsonNode *
read_value (Reader *reader)
{
  guint line = 0;
  JsonNode *node;

  skip_space (reader);
  if (reader->at == reader->end)
    return fail (reader, SIO_ERROR_INVALID_DATA, "a value is missing");
  if (++reader->values > SIO_JSON_MAX_VALUES)
    return fail (reader, SIO_ERROR_TOO_LARGE, "too many values");

  if (reader->lines != NULL)
    line = count_lines (reader);
  node = read_any (reader);
  if (node != NULL && reader->lines != NULL)
    g_hash_table_insert (reader->lines, node, GUINT_TO_POINTER (line));
  return node;
}

static JsonNode *
read_text (Reader *reader, gsize length)
{
  g_autoptr (JsonNode) node = NULL;

  /* Refuses zero bytes too. */
  if (!g_utf8_validate_len (reader->at, length, NULL))
    return fail (reader, SIO_ERROR_INVALID_DATA, "not UTF-8");
  node = read_value (reader);
  if (node == NULL)
    return NULL;
  skip_space (reader);
  if (reader->at != reader->end)
    return fail (reader, SIO_ERROR_INVALID_DATA, "text after the value");
  return g_steal_pointer (&node);
}

/* As sio_json_parse(), with another depth. */
JsonNode *
sio_json_read (const char *text, gsize length, guint max_depth, GError **error)
{
  Reader reader = {
    .at = text,
    .end = length > 0 ? text + length : text,
    .max_depth = max_depth,
    .error = error,
  };

  return read_text (&reader, length);
}

/**
 * sio_json_parse:
 * @text: JSON text
 * @length: its length in bytes, or -1 if it ends with a zero byte
 * @error: where to put the error
 *
 * Reads JSON as RFC 8259 defines it, from a source that need not be trusted.
 * Integers that do not fit 64 bits become doubles; U+0000 and halves of
 * surrogate pairs become U+FFFD; of members with the same name the last wins.
 *
 * %SIO_ERROR_INVALID_DATA is text that is not JSON. %SIO_ERROR_TOO_LARGE is
 * over a limit: %SIO_JSON_MAX_DEPTH levels, 65,536 values, 1,024 members of one
 * object, numbers of 128 digits or out of a double's range.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 *
 * Since: 0.1
 */
JsonNode *
sio_json_parse (const char *text, gssize length, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;

  return sio_json_read (text, size, SIO_JSON_MAX_DEPTH, error);
}

/**
 * sio_json_parse_with_lines:
 * @text: JSON text
 * @length: its length in bytes, or -1 if it ends with a zero byte
 * @lines: (element-type JsonNode guint): a table that hashes pointers, where each
 *   value's line goes, from 1; its keys are not owned and not to be followed
 * @error: where to put the error
 *
 * As sio_json_parse(), for text that people write: the error begins with the
 * line, and @lines tells where what was read began.
 *
 * Returns: (transfer full): the value, or %NULL with @error set
 *
 * Since: 0.1
 */
JsonNode *
sio_json_parse_with_lines (
    const char *text, gssize length, GHashTable *lines, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  Reader reader = {
    .at = text,
    .end = text + size,
    .max_depth = SIO_JSON_MAX_DEPTH,
    .lines = lines,
    .counted = text,
    .line = 1,
    .error = error,
  };

  return read_text (&reader, size);
}
