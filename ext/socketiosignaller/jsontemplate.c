/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jsontemplate-private.h"

#include <sio/sio-json-reader.h>
#include <string.h>

/* A template is written by hand: deeper ones are mistakes. */
#define MAX_DEPTH 16

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
  TemplateKind kind;
} directives[] = {
  { "$each", TEMPLATE_EACH },
  { "$keys", TEMPLATE_KEYS },
  { "$of", TEMPLATE_OF },
  { "$json", TEMPLATE_JSON },
  { "$all", TEMPLATE_ALL },
  { "$any", TEMPLATE_ANY },
  { "$try", TEMPLATE_TRY },
};

typedef struct {
  /* Where we are, for errors: .userdata[1] */
  GString *path;
  guint depth;
  gboolean has_list;
  /* What is being read; after an error what is wrong */
  JsonNode *node;
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
template_alloc (TemplateKind kind)
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

static gboolean
is_part_nullable (const JsonTemplate *self)
{
  for (guint i = 0; i < self->parts->len; i++) {
    if (((JsonTemplate *) g_ptr_array_index (self->parts, i))->nullable)
      return TRUE;
  }
  return FALSE;
}

static JsonTemplate *
compile_variable (Compiler *compiler, const char *text, GError **error)
{
  g_autoptr (JsonTemplate) self = template_alloc (TEMPLATE_VARIABLE);

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
    node = sio_json_parse (composites[i].text, -1, error);
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

  self = template_alloc (TEMPLATE_LITERAL);
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

/* {"$peer": t}: the key is a variable's. */
static gboolean
compile_key (Compiler *compiler, JsonTemplate *self, const char *directive,
    JsonNode *node, GError **error)
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
        "“%s” takes an object of one member whose key is a variable",
        directive);
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
    case TEMPLATE_EACH:
      if (!enter_list (compiler, error)
          || !add_part (compiler, self, inside, error))
        return NULL;
      break;
    case TEMPLATE_KEYS:
      if (!enter_list (compiler, error)
          || !compile_key (compiler, self, key, inside, error))
        return NULL;
      break;
    case TEMPLATE_OF:
      if (!compile_key (compiler, self, key, inside, error))
        return NULL;
      self->nullable = are_parts_nullable (self);
      break;
    case TEMPLATE_ALL:
    case TEMPLATE_ANY:
      if (!JSON_NODE_HOLDS_ARRAY (inside)
          || json_array_get_length (json_node_get_array (inside)) == 0) {
        set_invalid (error, compiler, "“%s” takes an array of templates", key);
        return NULL;
      }
      for (guint i = 0;
           i < json_array_get_length (json_node_get_array (inside)); i++) {
        if (!add_part (compiler, self,
                json_array_get_element (json_node_get_array (inside), i),
                error))
          return NULL;
      }
      self->nullable = self->kind == TEMPLATE_ALL ? are_parts_nullable (self)
                                                  : is_part_nullable (self);
      break;
    default: /* $json, $try */
      if (!add_part (compiler, self, inside, error))
        return NULL;
      self->nullable = self->kind == TEMPLATE_TRY || are_parts_nullable (self);
      break;
  }
  return g_steal_pointer (&self);
}

static JsonTemplate *
compile_object (Compiler *compiler, JsonObject *object, GError **error)
{
  g_autoptr (JsonTemplate) self = template_alloc (TEMPLATE_OBJECT);
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
  g_autoptr (JsonTemplate) self = template_alloc (TEMPLATE_ARRAY);

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
  JsonNode *outer = compiler->node;
  JsonTemplate *self;

  compiler->node = node;
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
  if (self != NULL)
    compiler->node = outer;
  return self;
}

/**
 * json_template_new:
 * @root: the template as JSON, docs/dialects.md
 * @wrong: (out) (optional) (transfer none): the value in @root that is wrong
 * @error: where in the template something is wrong, and what
 *
 * Returns: (transfer full) (nullable): the template
 */
JsonTemplate *
json_template_new (JsonNode *root, JsonNode **wrong, GError **error)
{
  g_autoptr (GString) path = g_string_new (NULL);
  Compiler compiler = { .path = path };
  JsonTemplate *self = compile (&compiler, root, error);

  if (self == NULL && wrong != NULL)
    *wrong = compiler.node;
  return self;
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

/**
 * json_template_add_variables:
 * @self: the template
 * @names: (element-type utf8): a set, where the names of its variables go;
 *   they belong to @self
 */
void
json_template_add_variables (const JsonTemplate *self, GHashTable *names)
{
  if (self->name != NULL)
    g_hash_table_add (names, self->name);
  for (guint i = 0; i < self->parts->len; i++)
    json_template_add_variables (template_part (self, i), names);
}
