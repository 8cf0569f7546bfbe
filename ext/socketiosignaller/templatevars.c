/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "templatevars.h"

struct _TemplateVars {
  /* name -> JsonNode */
  GHashTable *values;
  /* TemplateVars; NULL while there is none */
  GPtrArray *rows;
  /* Not owned: the set that this one is a row of */
  TemplateVars *outer;
};

static TemplateVars *
vars_new_in (TemplateVars *outer)
{
  TemplateVars *self = g_new0 (TemplateVars, 1);

  self->values = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_node_unref);
  self->outer = outer;
  return self;
}

/**
 * template_vars_new:
 *
 * Returns: (transfer full): an empty set
 */
TemplateVars *
template_vars_new (void)
{
  return vars_new_in (NULL);
}

/**
 * template_vars_free:
 * @self: (transfer full): the set, which must not be a row of another one
 */
void
template_vars_free (TemplateVars *self)
{
  g_hash_table_unref (self->values);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_free (self);
}

/**
 * template_vars_set:
 * @self: the set
 * @name: the variable, without its dollar sign
 * @value: (transfer full): its value
 *
 * Sets a variable, over an earlier value.
 */
void
template_vars_set (TemplateVars *self, const char *name, JsonNode *value)
{
  g_hash_table_replace (self->values, g_strdup (name), value);
}

/**
 * template_vars_set_string:
 * @self: the set
 * @name: the variable, without its dollar sign
 * @value: (nullable): its value; %NULL leaves the variable as it is
 */
void
template_vars_set_string (
    TemplateVars *self, const char *name, const char *value)
{
  if (value != NULL)
    template_vars_set (
        self, name, json_node_init_string (json_node_alloc (), value));
}

/**
 * template_vars_set_int:
 * @self: the set
 * @name: the variable, without its dollar sign
 * @value: its value
 */
void
template_vars_set_int (TemplateVars *self, const char *name, gint64 value)
{
  template_vars_set (
      self, name, json_node_init_int (json_node_alloc (), value));
}

/**
 * template_vars_get:
 * @self: the set
 * @name: the variable, without its dollar sign
 *
 * Returns: (transfer none) (nullable): its value here, else in the set that this
 *   one is a row of
 */
JsonNode *
template_vars_get (TemplateVars *self, const char *name)
{
  JsonNode *value = NULL;

  for (; self != NULL && value == NULL; self = self->outer)
    value = g_hash_table_lookup (self->values, name);
  return value;
}

/**
 * template_vars_get_string:
 * @self: the set
 * @name: the variable, without its dollar sign
 *
 * Returns: (transfer none) (nullable): its value if that is a string
 */
const char *
template_vars_get_string (TemplateVars *self, const char *name)
{
  JsonNode *value = template_vars_get (self, name);

  if (value == NULL || !JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (value);
}

/**
 * template_vars_get_int:
 * @self: the set
 * @name: the variable, without its dollar sign
 * @fallback: what to return where the value is not an integer
 *
 * Returns: its value if that is an integer
 */
gint64
template_vars_get_int (TemplateVars *self, const char *name, gint64 fallback)
{
  JsonNode *value = template_vars_get (self, name);

  if (value == NULL || !JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_INT64)
    return fallback;
  return json_node_get_int (value);
}

/**
 * template_vars_new_row:
 * @self: the set
 *
 * Returns: (transfer full): an empty set that sees the values of @self, for
 *   template_vars_take_row() of the same set
 */
TemplateVars *
template_vars_new_row (TemplateVars *self)
{
  return vars_new_in (self);
}

/**
 * template_vars_take_row:
 * @self: the set
 * @row: (transfer full): made by template_vars_new_row()
 *
 * Adds a row behind the others.
 */
void
template_vars_take_row (TemplateVars *self, TemplateVars *row)
{
  if (self->rows == NULL)
    self->rows =
        g_ptr_array_new_with_free_func ((GDestroyNotify) template_vars_free);
  row->outer = self;
  g_ptr_array_add (self->rows, row);
}

/**
 * template_vars_get_n_rows:
 * @self: the set
 *
 * Returns: how many rows it has
 */
guint
template_vars_get_n_rows (TemplateVars *self)
{
  return self->rows == NULL ? 0 : self->rows->len;
}

/**
 * template_vars_get_row:
 * @self: the set
 * @index: less than template_vars_get_n_rows()
 *
 * Returns: (transfer none): the row
 */
TemplateVars *
template_vars_get_row (TemplateVars *self, guint index)
{
  return g_ptr_array_index (self->rows, index);
}

/**
 * template_vars_move_into:
 * @self: the set, empty afterwards
 * @target: where its values and rows go, over the values there
 */
void
template_vars_move_into (TemplateVars *self, TemplateVars *target)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, self->values);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_hash_table_iter_steal (&iter);
    g_hash_table_replace (target->values, name, value);
  }
  for (guint i = 0; i < template_vars_get_n_rows (self); i++)
    template_vars_take_row (
        target, g_steal_pointer (&g_ptr_array_index (self->rows, i)));
  if (self->rows != NULL) {
    /* The rows live on in the target. */
    g_ptr_array_set_free_func (self->rows, NULL);
    g_clear_pointer (&self->rows, g_ptr_array_unref);
  }
}
