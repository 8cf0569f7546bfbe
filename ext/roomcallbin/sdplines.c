/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sdplines.h"

#include <string.h>

G_DEFINE_QUARK (sdp - gate - error - quark, sdp_gate_error)

/* Cuts one line off at *cursor; the line end is overwritten. */
static char *
take_line (char **cursor)
{
  char *line = *cursor;
  char *end = strchr (line, '\n');

  if (end == NULL) {
    *cursor = line + strlen (line);
    return line;
  }
  *cursor = end + 1;
  *end = '\0';
  if (end > line && end[-1] == '\r')
    end[-1] = '\0';
  return line;
}

static gboolean
has_control (const char *line)
{
  for (const char *p = line; *p != '\0'; p++) {
    if (((guchar) *p < 0x20 && *p != '\t') || *p == 0x7f)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_line (const char *line, guint number, GError **error)
{
  if (strlen (line) > SDP_GATE_MAX_LINE) {
    g_set_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_LIMIT,
        "line %u of the SDP is over %u bytes", number, SDP_GATE_MAX_LINE);
    return FALSE;
  }
  if (!g_ascii_islower (line[0]) || line[1] != '=') {
    g_set_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_SYNTAX,
        "line %u of the SDP is not of the form x=value", number);
    return FALSE;
  }
  if (has_control (line)) {
    g_set_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_SYNTAX,
        "line %u of the SDP has a control character", number);
    return FALSE;
  }
  return TRUE;
}

/**
 * sdp_lines_parse:
 * @text: what a peer sent, of any length
 * @error: a #SdpGateError
 *
 * Lines may end in CRLF or LF. Empty lines are allowed at the end only.
 *
 * Returns: (transfer full) (nullable): the lines, or %NULL
 *
 * Since: 0.1
 */
SdpLines *
sdp_lines_parse (const char *text, GError **error)
{
  g_autoptr (SdpLines) self = NULL;
  gsize length = strnlen (text, SDP_GATE_MAX_BYTES + 1);
  char *cursor;

  if (length > SDP_GATE_MAX_BYTES) {
    g_set_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_LIMIT,
        "the SDP is over %u bytes", SDP_GATE_MAX_BYTES);
    return NULL;
  }
  if (!g_utf8_validate (text, (gssize) length, NULL)) {
    g_set_error_literal (
        error, SDP_GATE_ERROR, SDP_GATE_ERROR_SYNTAX, "the SDP is not UTF-8");
    return NULL;
  }
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;

  self = g_new0 (SdpLines, 1);
  self->text = g_strndup (text, length);
  self->lines = g_array_new (FALSE, FALSE, sizeof (SdpLine));
  cursor = self->text;
  while (*cursor != '\0') {
    char *line = take_line (&cursor);
    SdpLine entry = { .type = line[0] };

    if (self->lines->len == SDP_GATE_MAX_LINES) {
      g_set_error (error, SDP_GATE_ERROR, SDP_GATE_ERROR_LIMIT,
          "the SDP has over %u lines", SDP_GATE_MAX_LINES);
      return NULL;
    }
    if (!check_line (line, self->lines->len + 1, error))
      return NULL;
    entry.value = line + 2;
    g_array_append_val (self->lines, entry);
  }
  return g_steal_pointer (&self);
}

/**
 * sdp_lines_free:
 * @self: (transfer full) (nullable): lines
 *
 * Since: 0.1
 */
void
sdp_lines_free (SdpLines *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_array_unref (self->lines);
  g_free (self);
}

/**
 * sdp_take_word:
 * @cursor: (inout): where to read; left behind the word and its spaces
 *
 * Cuts the next space-separated word off, in place.
 *
 * Returns: (transfer none) (nullable): the word, %NULL at the end
 *
 * Since: 0.1
 */
char *
sdp_take_word (char **cursor)
{
  char *word = *cursor + strspn (*cursor, " \t");
  gsize length = strcspn (word, " \t");

  if (length == 0) {
    *cursor = word;
    return NULL;
  }
  *cursor = word + length;
  if (word[length] != '\0') {
    word[length] = '\0';
    *cursor += 1;
    *cursor += strspn (*cursor, " \t");
  }
  return word;
}

/**
 * sdp_take_uint:
 * @cursor: (inout): where to read; left behind the digits
 * @max: the largest value allowed
 * @value: (out): the number
 *
 * No sign, no space, no base prefix, no overflow.
 *
 * Returns: whether there was a number from 0 to @max
 *
 * Since: 0.1
 */
gboolean
sdp_take_uint (char **cursor, guint max, guint *value)
{
  const char *p = *cursor;
  guint64 sum = 0;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++) {
    sum = sum * 10 + (guint64) (*p - '0');
    if (sum > max)
      return FALSE;
  }
  *value = (guint) sum;
  *cursor += p - *cursor;
  return TRUE;
}

/**
 * sdp_is_token:
 * @text: (nullable): any text
 * @max: the longest length allowed, in bytes
 *
 * Returns: whether @text is a token of RFC 8866, section 9
 *
 * Since: 0.1
 */
gboolean
sdp_is_token (const char *text, gsize max)
{
  gsize length;

  if (text == NULL)
    return FALSE;
  for (length = 0; text[length] != '\0'; length++) {
    char c = text[length];

    if (length == max || c <= 0x20 || c >= 0x7f
        || strchr ("\"(),/:;<=>?@[\\]", c) != NULL)
      return FALSE;
  }
  return length > 0;
}
