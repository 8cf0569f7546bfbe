/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontemplate.h"

#include "jsontext.h"

#include <string.h>

/* A template is written by hand: deeper ones are mistakes. */
#define MAX_DEPTH 16
/* A roster longer than this is not a call, and each row costs memory. */
#define MAX_ROWS 1024

typedef enum {
  KIND_LITERAL,
  KIND_VARIABLE,
  KIND_OBJECT,
  KIND_ARRAY,
  KIND_EACH,
  KIND_KEYS,
  KIND_JSON,
  KIND_ALL,
  KIND_TRY,
} Kind;

struct _JsonTemplate {
  Kind kind;
  /* Matches what is absent or null, and may build nothing. */
  gboolean nullable;
  /* The variable; the one of the key with KIND_KEYS */
  char *name;
  JsonNode *literal;
  /* JsonTemplate: members, elements, or the one inside */
  GPtrArray *parts;
  /* char *, one for each part of an object */
  GPtrArray *keys;
};

/* What has its own name because every dialect needs it (W3C's
 * RTCSessionDescriptionInit and RTCIceCandidateInit). */
static const struct {
  const char *name;
  const char *text;
} composites[] = {
  { "desc", "{\"type\":\"$type\",\"sdp\":\"$sdp\"}" },
  { "ice",
      "{\"candidate\":\"$candidate\",\"sdpMid\":\"$mid?\","
      "\"sdpMLineIndex\":\"$mline?\",\"usernameFragment\":\"$ufrag?\"}" },
};

static const struct {
  const char *name;
  Kind kind;
} directives[] = {
  { "$each", KIND_EACH },
  { "$keys", KIND_KEYS },
  { "$json", KIND_JSON },
  { "$all", KIND_ALL },
  { "$try", KIND_TRY },
};

typedef struct {
  /* Where we are, for errors: .userdata[1] */
  GString *path;
  guint depth;
  gboolean has_list;
} Compiler;

static JsonTemplate *compile (
    Compiler *compiler, JsonNode *node, GError **error);

GQuark
json_template_error_quark (void)
{
  return g_quark_from_static_string ("json-template-error");
}

/* --- reading a template --- */

static JsonTemplate *
template_alloc (Kind kind)
{
  JsonTemplate *self = g_new0 (JsonTemplate, 1);

  self->kind = kind;
  self->parts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) json_template_free);
  return self;
}

static void set_invalid (GError **error, Compiler *compiler, const char *format,
    ...) G_GNUC_PRINTF (3, 4);

static void
set_invalid (GError **error, Compiler *compiler, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, JSON_TEMPLATE_ERROR, JSON_TEMPLATE_ERROR_INVALID,
      "%s%s%s", compiler->path->str, compiler->path->len > 0 ? ": " : "", what);
}

static gboolean
is_name (const char *name)
{
  if (!g_ascii_islower (name[0]))
    return FALSE;
  for (; *name != '\0'; name++) {
    if (!g_ascii_islower (*name) && !g_ascii_isdigit (*name) && *name != '_')
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_part (
    Compiler *compiler, JsonTemplate *self, JsonNode *node, GError **error)
{
  JsonTemplate *part = compile (compiler, node, error);

  if (part == NULL)
    return FALSE;
  g_ptr_array_add (self->parts, part);
  return TRUE;
}

static gboolean
are_parts_nullable (const JsonTemplate *self)
{
  for (guint i = 0; i < self->parts->len; i++) {
    if (!((JsonTemplate *) g_ptr_array_index (self->parts, i))->nullable)
      return FALSE;
  }
  return self->parts->len > 0;
}

static JsonTemplate *
compile_variable (Compiler *compiler, const char *text, GError **error)
{
  g_autoptr (JsonTemplate) self = template_alloc (KIND_VARIABLE);

  self->nullable = g_str_has_suffix (text, "?");
  self->name = g_strndup (text, strlen (text) - (self->nullable ? 1 : 0));
  for (gsize i = 0; i < G_N_ELEMENTS (composites); i++) {
    g_autoptr (JsonNode) node = NULL;

    if (g_strcmp0 (self->name, composites[i].name) != 0)
      continue;
    if (self->nullable) {
      set_invalid (error, compiler, "“$%s” cannot have a question mark", text);
      return NULL;
    }
    node = json_text_parse (composites[i].text, -1, error);
    return node == NULL ? NULL : compile (compiler, node, error);
  }
  if (!is_name (self->name)) {
    set_invalid (error, compiler,
        "“$%s” is no variable: a name is lower-case letters, digits and _, "
        "with a question mark behind it if it may be absent; a text that "
        "begins with a dollar sign is written with two",
        text);
    return NULL;
  }
  return g_steal_pointer (&self);
}

static JsonTemplate *
compile_value (Compiler *compiler, JsonNode *node, GError **error)
{
  JsonTemplate *self;
  const char *text = NULL;

  if (JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    text = json_node_get_string (node);
  if (text != NULL && text[0] == '$' && text[1] != '$')
    return compile_variable (compiler, text + 1, error);

  self = template_alloc (KIND_LITERAL);
  if (text != NULL && text[0] == '$')
    self->literal = json_node_init_string (json_node_alloc (), text + 1);
  else
    self->literal = json_node_copy (node);
  return self;
}

static gboolean
enter_list (Compiler *compiler, GError **error)
{
  if (compiler->has_list) {
    set_invalid (error, compiler, "a template can have one list only");
    return FALSE;
  }
  compiler->has_list = TRUE;
  return TRUE;
}

/* {"$keys": {"$peer": t}}: the key goes to the variable. */
static gboolean
compile_keys (
    Compiler *compiler, JsonTemplate *self, JsonNode *node, GError **error)
{
  JsonObject *object = NULL;
  JsonObjectIter iter;
  const char *key = NULL;
  JsonNode *inside = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    object = json_node_get_object (node);
  if (object != NULL && json_object_get_size (object) == 1) {
    json_object_iter_init (&iter, object);
    json_object_iter_next (&iter, &key, &inside);
  }
  if (key == NULL || key[0] != '$' || !is_name (key + 1)) {
    set_invalid (error, compiler,
        "“$keys” takes an object of one member whose key is a variable");
    return FALSE;
  }
  self->name = g_strdup (key + 1);
  return add_part (compiler, self, inside, error);
}

static JsonTemplate *
compile_directive (
    Compiler *compiler, const char *key, JsonNode *inside, GError **error)
{
  g_autoptr (JsonTemplate) self = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (directives) && self == NULL; i++) {
    if (g_strcmp0 (key, directives[i].name) == 0)
      self = template_alloc (directives[i].kind);
  }
  if (self == NULL) {
    set_invalid (error, compiler,
        "there is no “%s”; a key that begins with a dollar sign is written "
        "with two",
        key);
    return NULL;
  }

  switch (self->kind) {
    case KIND_EACH:
      if (!enter_list (compiler, error)
          || !add_part (compiler, self, inside, error))
        return NULL;
      break;
    case KIND_KEYS:
      if (!enter_list (compiler, error)
          || !compile_keys (compiler, self, inside, error))
        return NULL;
      break;
    case KIND_ALL:
      if (!JSON_NODE_HOLDS_ARRAY (inside)
          || json_array_get_length (json_node_get_array (inside)) == 0) {
        set_invalid (error, compiler, "“$all” takes an array of templates");
        return NULL;
      }
      for (guint i = 0;
           i < json_array_get_length (json_node_get_array (inside)); i++) {
        if (!add_part (compiler, self,
                json_array_get_element (json_node_get_array (inside), i),
                error))
          return NULL;
      }
      self->nullable = are_parts_nullable (self);
      break;
    default: /* $json, $try */
      if (!add_part (compiler, self, inside, error))
        return NULL;
      self->nullable = self->kind == KIND_TRY || are_parts_nullable (self);
      break;
  }
  return g_steal_pointer (&self);
}

static JsonTemplate *
compile_object (Compiler *compiler, JsonObject *object, GError **error)
{
  g_autoptr (JsonTemplate) self = template_alloc (KIND_OBJECT);
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  self->keys = g_ptr_array_new_with_free_func (g_free);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &member)) {
    gsize length = compiler->path->len;
    gboolean is_directive = key[0] == '$' && key[1] != '$';

    g_string_append_printf (compiler->path, ".%s", key);
    if (is_directive && json_object_get_size (object) > 1) {
      set_invalid (error, compiler, "“%s” must be alone in its object", key);
      return NULL;
    }
    if (is_directive) {
      JsonTemplate *directive =
          compile_directive (compiler, key, member, error);

      g_string_truncate (compiler->path, length);
      return directive;
    }
    if (!add_part (compiler, self, member, error))
      return NULL;
    g_ptr_array_add (self->keys, g_strdup (key[0] == '$' ? key + 1 : key));
    g_string_truncate (compiler->path, length);
  }
  self->nullable = are_parts_nullable (self);
  return g_steal_pointer (&self);
}

static JsonTemplate *
compile_array (Compiler *compiler, JsonArray *array, GError **error)
{
  g_autoptr (JsonTemplate) self = template_alloc (KIND_ARRAY);

  for (guint i = 0; i < json_array_get_length (array); i++) {
    gsize length = compiler->path->len;

    g_string_append_printf (compiler->path, "[%u]", i);
    if (!add_part (compiler, self, json_array_get_element (array, i), error))
      return NULL;
    g_string_truncate (compiler->path, length);
  }
  self->nullable = are_parts_nullable (self);
  return g_steal_pointer (&self);
}

static JsonTemplate *
compile (Compiler *compiler, JsonNode *node, GError **error)
{
  JsonTemplate *self;

  if (compiler->depth >= MAX_DEPTH) {
    set_invalid (error, compiler, "it is nested deeper than %d", MAX_DEPTH);
    return NULL;
  }
  compiler->depth++;
  if (JSON_NODE_HOLDS_OBJECT (node))
    self = compile_object (compiler, json_node_get_object (node), error);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    self = compile_array (compiler, json_node_get_array (node), error);
  else
    self = compile_value (compiler, node, error);
  compiler->depth--;
  return self;
}

/**
 * json_template_new:
 * @root: the template as JSON, docs/dialects.md
 * @error: where in the template something is wrong, and what
 *
 * Returns: (transfer full) (nullable): the template
 */
JsonTemplate *
json_template_new (JsonNode *root, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Compiler compiler = { .path = path };

  return compile (&compiler, root, error);
}

/**
 * json_template_free:
 * @self: (transfer full): the template
 */
void
json_template_free (JsonTemplate *self)
{
  g_clear_pointer (&self->literal, json_node_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_ptr_array_unref (self->parts);
  g_free (self->name);
  g_free (self);
}

/* --- building --- */

static gboolean build (const JsonTemplate *self, TemplateVars *vars,
    JsonNode **result, GError **error);

static JsonTemplate *
part_at (const JsonTemplate *self, guint index)
{
  return g_ptr_array_index (self->parts, index);
}

static gboolean
build_object (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *member = NULL;

    if (!build (part_at (self, i), vars, &member, error))
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

    if (!build (part_at (self, i), vars, &element, error))
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

    if (!build (part_at (self, 0), template_vars_get_row (vars, i), &element,
            error))
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
    if (!build (part_at (self, 0), row, &member, error))
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

    if (!build (part_at (self, i), vars, &part, error))
      return FALSE;
    if (part != NULL && !merge_object (&merged, part, error))
      return FALSE;
  }
  *result = g_steal_pointer (&merged);
  return TRUE;
}

/* Sets *result to NULL where nothing is to be written. */
static gboolean
build (const JsonTemplate *self, TemplateVars *vars, JsonNode **result,
    GError **error)
{
  JsonNode *value;

  *result = NULL;
  switch (self->kind) {
    case KIND_LITERAL:
      *result = json_node_copy (self->literal);
      return TRUE;
    case KIND_VARIABLE:
      value = template_vars_get (vars, self->name);
      if (value != NULL)
        *result = json_node_copy (value);
      else if (!self->nullable)
        return set_unset (error, self->name);
      return TRUE;
    case KIND_OBJECT:
      return build_object (self, vars, result, error);
    case KIND_ARRAY:
      return build_array (self, vars, result, error);
    case KIND_EACH:
      return build_each (self, vars, result, error);
    case KIND_KEYS:
      return build_keys (self, vars, result, error);
    case KIND_ALL:
      return build_all (self, vars, result, error);
    case KIND_TRY:
      return build (part_at (self, 0), vars, result, error);
    case KIND_JSON: {
      g_autoptr (JsonNode) inside = NULL;
      g_autofree char *text = NULL;

      if (!build (part_at (self, 0), vars, &inside, error))
        return FALSE;
      if (inside != NULL) {
        text = json_text_print (inside);
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
  if (self->kind == KIND_OBJECT)
    json_node_take_object (
        json_node_init (result, JSON_NODE_OBJECT), json_object_new ());
  else if (self->kind == KIND_ARRAY)
    json_node_take_array (
        json_node_init (result, JSON_NODE_ARRAY), json_array_new ());
  else
    json_node_init_null (result);
  return result;
}

/* --- taking apart --- */

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

    if (!match (part_at (self, 0), json_array_get_element (array, i), row))
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
    if (!match (part_at (self, 0), member, row))
      return FALSE;
    template_vars_take_row (vars, g_steal_pointer (&row));
  }
  return TRUE;
}

static gboolean
match_json (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  g_autoptr (JsonNode) inside = NULL;

  if (!JSON_NODE_HOLDS_VALUE (value)
      || json_node_get_value_type (value) != G_TYPE_STRING)
    return FALSE;
  inside = json_text_parse (json_node_get_string (value), -1, NULL);
  return inside != NULL && match (part_at (self, 0), inside, vars);
}

static gboolean
match_object (const JsonTemplate *self, JsonNode *value, TemplateVars *vars)
{
  if (!JSON_NODE_HOLDS_OBJECT (value))
    return FALSE;
  for (guint i = 0; i < self->parts->len; i++) {
    JsonNode *member = json_object_get_member (
        json_node_get_object (value), g_ptr_array_index (self->keys, i));

    if (!match (part_at (self, i), member, vars))
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

    if (!match (part_at (self, i), element, vars))
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
        || (self->kind == KIND_LITERAL && is_null (self->literal));

  switch (self->kind) {
    case KIND_LITERAL:
      return json_node_equal (self->literal, value);
    case KIND_VARIABLE:
      return match_variable (self, value, vars);
    case KIND_OBJECT:
      return match_object (self, value, vars);
    case KIND_ARRAY:
      return match_array (self, value, vars);
    case KIND_EACH:
      return match_each (self, value, vars);
    case KIND_KEYS:
      return match_keys (self, value, vars);
    case KIND_JSON:
      return match_json (self, value, vars);
    case KIND_TRY:
      match_or_nothing (part_at (self, 0), value, vars);
      return TRUE;
    case KIND_ALL:
      for (guint i = 0; i < self->parts->len; i++) {
        if (!match (part_at (self, i), value, vars))
          return FALSE;
      }
      return TRUE;
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
