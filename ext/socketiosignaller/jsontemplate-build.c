/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontemplate-private.h"

#include <sio/sio-json-writer.h>

static gboolean build (const JsonTemplate *self, TemplateVars *vars,
    JsonNode **result, GError **error);

static gboolean
build_object (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *member = NULL;

    if (!build (template_part (self, i), vars, &member, error))
      return FALSE;
    if (member != NULL)
      json_object_set_member (
          object, g_ptr_array_index (self->keys, i), member);
  }
  if (!self->nullable || json_object_get_size (object) > 0)
    *result = json_node_init_object (json_node_alloc (), object);
  return TRUE;
}

static gboolean
build_array (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();
  guint n_absent = 0;

  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *element = NULL;

    if (!build (template_part (self, i), vars, &element, error))
      return FALSE;
    if (element == NULL) {
      n_absent++;
      continue;
    }
    /* Absent ones keep their place only before one that is there. */
    for (; n_absent > 0; n_absent--)
      json_array_add_null_element (array);
    json_array_add_element (array, element);
  }
  if (!self->nullable || json_array_get_length (array) > 0)
    *result = json_node_init_array (json_node_alloc (), array);
  return TRUE;
}

static gboolean
build_each (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < template_vars_get_n_rows (vars); i++) {
    JsonNode *element = NULL;

    if (!build (template_part (self, 0), template_vars_get_row (vars, i),
            &element, error))
      return FALSE;
    if (element == NULL)
      json_array_add_null_element (array);
    else
      json_array_add_element (array, element);
  }
  *result = json_node_init_array (json_node_alloc (), array);
  return TRUE;
}

static gboolean
set_unset (GError **error, const char *name)
{
  g_set_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_UNSET,
      "“$%s” has no value", name);
  return FALSE;
}

static gboolean
build_keys (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (guint i = 0; i < template_vars_get_n_rows (vars); i++) {
    TemplateVars *row = template_vars_get_row (vars, i);
    const char *key = template_vars_get_string (row, self->name);
    JsonNode *member = NULL;

    if (key == NULL)
      return set_unset (error, self->name);
    if (!build (template_part (self, 0), row, &member, error))
      return FALSE;
    if (member == NULL)
      json_object_set_null_member (object, key);
    else
      json_object_set_member (object, key, member);
  }
  *result = json_node_init_object (json_node_alloc (), object);
  return TRUE;
}

static gboolean
build_of (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const char *key = template_vars_get_string (vars, self->name);
  JsonNode *member = NULL;

  if (key == NULL)
    return set_unset (error, self->name);
  if (!build (template_part (self, 0), vars, &member, error))
    return FALSE;
  if (member != NULL) {
    json_object_set_member (object, key, member);
    *result = json_node_init_object (json_node_alloc (), object);
  }
  return TRUE;
}

static gboolean
merge_object (JsonNode **target, JsonNode *source, GError **error)
{
  g_autoptr (JsonObject) merged = NULL;
  JsonNode *sources[] = { *target, source };

  if (*target == NULL) {
    *target = json_node_copy (source);
    return TRUE;
  }
  merged = json_object_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    JsonObjectIter iter;
    const char *key;
    JsonNode *member;

    if (!JSON_NODE_HOLDS_OBJECT (sources[i])) {
      g_set_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_INVALID,
          "only objects can be put together, and one is a %s",
          json_node_type_name (sources[i]));
      return FALSE;
    }
    json_object_iter_init_ordered (&iter, json_node_get_object (sources[i]));
    while (json_object_iter_next_ordered (&iter, &key, &member))
      json_object_set_member (merged, key, json_node_copy (member));
  }
  json_node_unref (*target);
  *target = json_node_init_object (json_node_alloc (), merged);
  return TRUE;
}

static gboolean
build_all (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonNode) merged = NULL;

  for (guint i = 0; i < self->parts->len; i++) {
    g_autoptr (JsonNode) part = NULL;

    if (!build (template_part (self, i), vars, &part, error))
      return FALSE;
    if (part != NULL && !merge_object (&merged, part, error))
      return FALSE;
  }
  *result = g_steal_pointer (&merged);
  return TRUE;
}

/* The first one whose variables have values. */
static gboolean
build_any (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  for (guint i = 0; i < self->parts->len; i++) {
    g_clear_error (error);
    if (build (template_part (self, i), vars, result, error))
      return TRUE;
  }
  return FALSE;
}

/* Sets *result to NULL where nothing is to be written. */
static gboolean
build (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  JsonNode *value;

  *result = NULL;
  switch (self->kind) {
    case TEMPLATE_LITERAL:
      *result = json_node_copy (self->literal);
      return TRUE;
    case TEMPLATE_VARIABLE:
      value = template_vars_get (vars, self->name);
      if (value != NULL)
        *result = json_node_copy (value);
      else if (!self->nullable)
        return set_unset (error, self->name);
      return TRUE;
    case TEMPLATE_OBJECT:
      return build_object (self, vars, result, error);
    case TEMPLATE_ARRAY:
      return build_array (self, vars, result, error);
    case TEMPLATE_EACH:
      return build_each (self, vars, result, error);
    case TEMPLATE_KEYS:
      return build_keys (self, vars, result, error);
    case TEMPLATE_OF:
      return build_of (self, vars, result, error);
    case TEMPLATE_ALL:
      return build_all (self, vars, result, error);
    case TEMPLATE_ANY:
      return build_any (self, vars, result, error);
    case TEMPLATE_TRY:
      return build (template_part (self, 0), vars, result, error);
    case TEMPLATE_JSON: {
      g_autoptr (JsonNode) inside = NULL;
      g_autofree char *text = NULL;

      if (!build (template_part (self, 0), vars, &inside, error))
        return FALSE;
      if (inside != NULL) {
        text = sio_json_print (inside, NULL, error);
        if (text == NULL)
          return FALSE;
        *result = json_node_init_string (json_node_alloc (), text);
      }
      return TRUE;
    }
  }
  g_return_val_if_reached (FALSE);
}

/**
 * json_template_build:
 * @self: the template
 * @vars: the values of its variables
 * @error: the variable that has none
 *
 * Returns: (transfer full) (nullable): the value that json_template_match()
 *   would take apart into @vars
 */
JsonNode *
json_template_build (
    const JsonTemplate *self, TemplateVars *vars, GError **error)
{
  JsonNode *result = NULL;

  if (!build (self, vars, &result, error))
    return NULL;
  if (result != NULL)
    return result;
  /* Nothing to write inside something else is an empty one here. */
  result = json_node_alloc ();
  if (self->kind == TEMPLATE_OBJECT)
    json_node_take_object (
        json_node_init (result, JSON_NODE_OBJECT), json_object_new ());
  else if (self->kind == TEMPLATE_ARRAY)
    json_node_take_array (
        json_node_init (result, JSON_NODE_ARRAY), json_array_new ());
  else
    json_node_init_null (result);
  return result;
}
