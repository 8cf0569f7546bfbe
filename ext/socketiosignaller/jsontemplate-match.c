/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontemplate-private.h"

#include <sio/sio-json-reader.h>

/* A roster longer than this is not a call, and each row costs memory. */
#define MAX_ROWS 1024

static gboolean match (
    const JsonTemplate *self, JsonNode *value, TemplateVars *vars);

static gboolean
is_null (JsonNode *value)
{
  return value == NULL || JSON_NODE_HOLDS_NULL (value);
}

/* Matches into a set of its own, so that a failure leaves no trace. */
static gboolean
match_or_nothing (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  g_autoptr (TemplateVars) found = template_vars_new_row (vars);

  if (!match (self, value, found))
    return FALSE;
  template_vars_move_into (found, vars);
  return TRUE;
}

static gboolean
match_each (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (value))
    return FALSE;
  array = json_node_get_array (value);
  if (json_array_get_length (array) > MAX_ROWS)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++) {
    g_autoptr (TemplateVars) row = template_vars_new_row (vars);

    if (!match (
            template_part (self, 0), json_array_get_element (array, i), row))
      return FALSE;
    template_vars_take_row (vars, g_steal_pointer (&row));
  }
  return TRUE;
}

static gboolean
match_keys (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (value)
      || json_object_get_size (json_node_get_object (value)) > MAX_ROWS)
    return FALSE;
  json_object_iter_init_ordered (&iter, json_node_get_object (value));
  while (json_object_iter_next_ordered (&iter, &key, &member)) {
    g_autoptr (TemplateVars) row = template_vars_new_row (vars);

    template_vars_set_string (row, self->name, key);
    if (!match (template_part (self, 0), member, row))
      return FALSE;
    template_vars_take_row (vars, g_steal_pointer (&row));
  }
  return TRUE;
}

/* Known before: from what stands in front of it in the template. */
static gboolean
match_of (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  const char *key = template_vars_get_string (vars, self->name);

  return JSON_NODE_HOLDS_OBJECT (value) && key != NULL
      && match (template_part (self, 0),
          json_object_get_member (json_node_get_object (value), key), vars);
}

static gboolean
match_json (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  g_autoptr (JsonNode) inside = NULL;

  if (!JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_STRING)
    return FALSE;
  inside = sio_json_parse (json_node_get_string (value), -1, NULL);
  return inside != NULL && match (template_part (self, 0), inside, vars);
}

static gboolean
match_object (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  if (!JSON_NODE_HOLDS_OBJECT (value))
    return FALSE;
  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *member = json_object_get_member (
        json_node_get_object (value), g_ptr_array_index (self->keys, i));

    if (!match (template_part (self, i), member, vars))
      return FALSE;
  }
  return TRUE;
}

static gboolean
match_array (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (value))
    return FALSE;
  array = json_node_get_array (value);
  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *element = i < json_array_get_length (array)
        ? json_array_get_element (array, i)
        : NULL;

    if (!match (template_part (self, i), element, vars))
      return FALSE;
  }
  return TRUE;
}

static gboolean
match_variable (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  JsonNode *known = template_vars_get (vars, self->name);

  if (known != NULL)
    return json_node_equal (known, value);
  template_vars_set (vars, self->name, json_node_copy (value));
  return TRUE;
}

static gboolean
match (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  if (is_null (value))
    return self->nullable
        || (self->kind == TEMPLATE_LITERAL && is_null (self->literal));

  switch (self->kind) {
    case TEMPLATE_LITERAL:
      return json_node_equal (self->literal, value);
    case TEMPLATE_VARIABLE:
      return match_variable (self, value, vars);
    case TEMPLATE_OBJECT:
      return match_object (self, value, vars);
    case TEMPLATE_ARRAY:
      return match_array (self, value, vars);
    case TEMPLATE_EACH:
      return match_each (self, value, vars);
    case TEMPLATE_KEYS:
      return match_keys (self, value, vars);
    case TEMPLATE_OF:
      return match_of (self, value, vars);
    case TEMPLATE_JSON:
      return match_json (self, value, vars);
    case TEMPLATE_TRY:
      match_or_nothing (template_part (self, 0), value, vars);
      return TRUE;
    case TEMPLATE_ALL:
      for (guint i = 0; i < self->parts->len; i++) {
        if (!match (template_part (self, i), value, vars))
          return FALSE;
      }
      return TRUE;
    case TEMPLATE_ANY:
      for (guint i = 0; i < self->parts->len; i++) {
        if (match_or_nothing (template_part (self, i), value, vars))
          return TRUE;
      }
      return FALSE;
  }
  g_return_val_if_reached (FALSE);
}

/**
 * json_template_match:
 * @self: the template
 * @value: the value to take apart
 * @vars: variables that have a value must have the same one in @value; the others
 *   get theirs from it. Left as it is unless the value matches.
 *
 * Returns: whether the value has the form of the template
 */
gboolean
json_template_match (
    const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  return match_or_nothing (self, value, vars);
}
