/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialect-private.h"

#include "signaller-resources.h"

#include <gio/gio.h>
#include <sio/sio-json-reader.h>
#include <string.h>

#define RESOURCE_DIR "/org/roomcall/signaller/dialects/"
/* A dialect is written by hand. */
#define MAX_FILE_SIZE (256 * 1024)

GQuark
dialect_error_quark (void)
{
  return g_quark_from_static_string ("dialect-error");
}

/* --- dialects --- */

static void
message_free (gpointer data)
{
  DialectMessage *message = data;

  g_free (message->event);
  json_node_unref (message->args);
  g_free (message);
}

/**
 * dialect_new_from_text:
 * @text: a dialect as JSON
 * @length: its length in bytes; -1: it ends with a NUL
 * @error: where in the dialect something is wrong, and what
 *
 * Returns: (transfer full) (nullable): the dialect
 */
Dialect *
dialect_new_from_text (const char *text, gssize length, GError **error)
{
  g_autoptr (Dialect) self = g_new0 (Dialect, 1);
  g_autoptr (GHashTable) lines = g_hash_table_new (NULL, NULL);
  g_autoptr (JsonNode) root =
      sio_json_parse_with_lines (text, length, lines, error);

  if (root == NULL || !dialect_read (self, root, lines, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * dialect_new_from_file:
 * @path: a file with a dialect as JSON
 * @error: the file, where in it something is wrong, and what
 *
 * Returns: (transfer full) (nullable): the dialect
 */
Dialect *
dialect_new_from_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  Dialect *self = NULL;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  if (length > MAX_FILE_SIZE)
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_INVALID,
        "it is larger than %d bytes", MAX_FILE_SIZE);
  else
    self = dialect_new_from_text (text, (gssize) length, error);
  if (self == NULL)
    g_prefix_error (error, "%s: ", path);
  return self;
}

/**
 * dialect_new_builtin:
 * @name: the name of a dialect that is built in
 * @error: says which there are
 *
 * Returns: (transfer full) (nullable): the dialect
 */
Dialect *
dialect_new_builtin (const char *name, GError **error)
{
  g_autofree char *path = g_strconcat (RESOURCE_DIR, name, ".json", NULL);
  g_autofree char *names = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer data;
  gsize size;

  if (strchr (name, '/') == NULL)
    bytes = g_resource_lookup_data (
        signaller_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  if (bytes == NULL) {
    names = dialect_list_builtin ();
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_UNKNOWN,
        "There is no dialect “%s”. The built-in ones are: %s.", name, names);
    return NULL;
  }
  data = g_bytes_get_data (bytes, &size);
  return dialect_new_from_text (data, (gssize) size, error);
}

/**
 * dialect_list_builtin:
 *
 * Returns: (transfer full): the names of the built-in dialects, for people
 */
char *
dialect_list_builtin (void)
{
  g_auto (GStrv) files =
      g_resource_enumerate_children (signaller_get_resource (), RESOURCE_DIR,
          G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (files == NULL)
    return g_strdup ("");
  for (gsize i = 0; files[i] != NULL; i++) {
    if (g_str_has_suffix (files[i], ".json"))
      files[i][strlen (files[i]) - strlen (".json")] = '\0';
  }
  return g_strjoinv (", ", files);
}

/**
 * dialect_free:
 * @self: (transfer full): the dialect
 */
void
dialect_free (Dialect *self)
{
  g_free (self->name);
  g_free (self->ice_servers_url);
  for (gsize i = 0; i < DIALECT_N_INTENTS; i++)
    g_clear_pointer (&self->out[i], g_ptr_array_unref);
  g_clear_pointer (&self->in, g_ptr_array_unref);
  g_clear_pointer (&self->present_role, json_template_free);
  g_clear_pointer (&self->query, json_template_free);
  g_clear_pointer (&self->variables, json_node_unref);
  g_free (self);
}

/**
 * dialect_get_name:
 * @self: the dialect
 *
 * Returns: its name
 */
const char *
dialect_get_name (const Dialect *self)
{
  return self->name;
}

/**
 * dialect_get_roster_quiet:
 * @self: the dialect
 *
 * Returns: after how many milliseconds without a further arrival the roster is
 *   complete; 0: when the event of that kind comes, which also says that we are
 *   in the room
 */
guint
dialect_get_roster_quiet (const Dialect *self)
{
  return self->roster_quiet;
}

/**
 * dialect_get_trickle:
 * @self: the dialect
 *
 * Returns: whether candidates are sent on their own
 */
gboolean
dialect_get_trickle (const Dialect *self)
{
  return self->trickle;
}

/**
 * dialect_names_room:
 * @self: the dialect
 *
 * Returns: whether the server is told a room
 */
gboolean
dialect_names_room (const Dialect *self)
{
  return self->names_room;
}

/**
 * dialect_dials_room:
 * @self: the dialect
 *
 * Returns: whether the server is told the room by the query of the connection, so
 *   that another room takes another one
 */
gboolean
dialect_dials_room (const Dialect *self)
{
  return self->dials_room;
}

/**
 * dialect_build_query:
 * @self: the dialect
 * @vars: the dialect's own variables, and $room?, $name?, $client_id?
 * @error: the variable that has no value, or one that is no text
 *
 * Returns: (transfer full) (nullable): an object of texts, what to say in the query
 *   of a connection
 */
JsonNode *
dialect_build_query (const Dialect *self, TemplateVars *vars, GError **error)
{
  g_autoptr (JsonNode) query = NULL;
  g_autoptr (JsonObject) nothing = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (self->query == NULL)
    return json_node_init_object (json_node_alloc (), nothing);
  query = json_template_build (self->query, vars, error);
  if (query == NULL)
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (query));
  while (json_object_iter_next (&iter, &name, &value)) {
    if (json_node_get_value_type (value) == G_TYPE_STRING)
      continue;
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE,
        "the dialect “%s” says “%s” in the query, which must be a text",
        self->name, name);
    return NULL;
  }
  return g_steal_pointer (&query);
}

/**
 * dialect_has_single_peer:
 * @self: the dialect
 *
 * Returns: whether its applications know one peer only, whose id, where there is
 *   one, is of no use but to tell it from a third party
 */
gboolean
dialect_has_single_peer (const Dialect *self)
{
  return self->single_peer;
}

/**
 * dialect_get_present_role:
 * @self: the dialect
 * @vars: variables that were given
 *
 * Returns: (nullable): our role towards the single peer, who is taken to be there
 *   from the beginning; %NULL: a message tells that it came
 */
const char *
dialect_get_present_role (const Dialect *self, TemplateVars *vars)
{
  g_autoptr (JsonNode) role = NULL;

  if (self->present_role == NULL)
    return NULL;
  role = json_template_build (self->present_role, vars, NULL);
  if (role == NULL || json_node_get_value_type (role) != G_TYPE_STRING)
    return NULL;
  return dialect_role_from_string (json_node_get_string (role));
}

/**
 * dialect_can_move:
 * @self: the dialect
 *
 * Returns: whether a connection may enter another room once it left one
 */
gboolean
dialect_can_move (const Dialect *self)
{
  return self->moves;
}

/**
 * dialect_get_ice_servers_url:
 * @self: the dialect
 *
 * Returns: (nullable): the path on the application's server from which its pages
 *   fetch their ICE servers
 */
const char *
dialect_get_ice_servers_url (const Dialect *self)
{
  return self->ice_servers_url;
}

gboolean
dialect_has_rule (const Dialect *self, RoomEventKind kind)
{
  for (guint i = 0; i < self->in->len; i++) {
    const DialectRule *rule = g_ptr_array_index (self->in, i);

    if (rule->kind == kind)
      return TRUE;
  }
  return FALSE;
}

/**
 * dialect_awaits_self:
 * @self: the dialect
 *
 * Returns: whether a message tells us our id, before which we cannot join
 */
gboolean
dialect_awaits_self (const Dialect *self)
{
  return dialect_has_rule (self, ROOM_EVENT_SELF_ID);
}

/**
 * dialect_awaits_entry:
 * @self: the dialect
 *
 * Returns: whether a message tells that we are in the room
 */
gboolean
dialect_awaits_entry (const Dialect *self)
{
  return self->roster_quiet == 0 || dialect_has_rule (self, ROOM_EVENT_ENTERED);
}

/**
 * dialect_awaits_ack:
 * @self: the dialect
 * @intent: what was said
 *
 * Returns: whether the acknowledgement of it says something
 */
gboolean
dialect_awaits_ack (const Dialect *self, DialectIntent intent)
{
  for (guint i = 0; i < self->in->len; i++) {
    const DialectRule *rule = g_ptr_array_index (self->in, i);

    if (rule->event == NULL && rule->ack_of == intent)
      return TRUE;
  }
  return FALSE;
}

/**
 * dialect_can_say:
 * @self: the dialect
 * @intent: what to say
 *
 * Returns: whether it has words for it
 */
gboolean
dialect_can_say (const Dialect *self, DialectIntent intent)
{
  return self->out[intent] != NULL;
}

/**
 * dialect_get_join_event:
 * @self: the dialect
 *
 * Returns: (nullable): the event by which one enters a room, which tells dialects
 *   apart
 */
const char *
dialect_get_join_event (const Dialect *self)
{
  const GPtrArray *forms = self->out[DIALECT_JOIN];

  return forms != NULL ? ((DialectForm *) g_ptr_array_index (forms, 0))->event
                       : NULL;
}

/**
 * dialect_knows:
 * @self: the dialect
 * @event: an event that came
 *
 * Returns: whether the dialect has a rule for that event
 */
gboolean
dialect_knows (const Dialect *self, const char *event)
{
  for (guint i = 0; i < self->in->len; i++) {
    const DialectRule *rule = g_ptr_array_index (self->in, i);

    if (g_strcmp0 (event, rule->event) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A role that a variable gives is known only now. */
static gboolean
check_present_role (const Dialect *self, TemplateVars *vars, GError **error)
{
  if (self->present_role == NULL
      || dialect_get_present_role (self, vars) != NULL)
    return TRUE;
  g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE,
      "the dialect “%s” takes our role from a variable, which must be offerer, "
      "answerer, late-offerer or manual",
      self->name);
  return FALSE;
}

/**
 * dialect_fill_variables:
 * @self: the dialect
 * @given: (nullable): an object of values by name
 * @vars: where the dialect's own variables go, with the value that is given or
 *   else the dialect's
 * @error: the variable that is missing, that there is none, or that it gives no
 *   role where it has to
 *
 * Returns: whether each has a value, and all that is given is one of them
 */
gboolean
dialect_fill_variables (
    const Dialect *self, JsonNode *given, TemplateVars *vars, GError **error)
{
  JsonObject *own =
      self->variables != NULL ? json_node_get_object (self->variables) : NULL;
  JsonObject *values = given != NULL ? json_node_get_object (given) : NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (values != NULL) {
    json_object_iter_init_ordered (&iter, values);
    while (json_object_iter_next_ordered (&iter, &name, &value)) {
      if (own != NULL && json_object_has_member (own, name))
        continue;
      g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE,
          "the dialect “%s” has no variable “%s”", self->name, name);
      return FALSE;
    }
  }
  if (own == NULL)
    return check_present_role (self, vars, error);
  json_object_iter_init_ordered (&iter, own);
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (values != NULL && json_object_has_member (values, name))
      value = json_object_get_member (values, name);
    if (JSON_NODE_HOLDS_NULL (value)) {
      g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_VARIABLE,
          "the dialect “%s” needs a value for “%s”", self->name, name);
      return FALSE;
    }
    template_vars_set (vars, name, json_node_copy (value));
  }
  return check_present_role (self, vars, error);
}

/* --- speaking --- */

/* @forms: (nullable): DialectForm; @what: for the error, what they are */
GPtrArray *
dialect_build_forms (const GPtrArray *forms, TemplateVars *vars,
    const char *what, GError **error)
{
  g_autoptr (GPtrArray) messages =
      g_ptr_array_new_with_free_func (message_free);

  for (guint i = 0; forms != NULL && i < forms->len; i++) {
    DialectForm *form = g_ptr_array_index (forms, i);
    DialectMessage *message;
    JsonNode *args = json_template_build (form->args, vars, error);

    if (args == NULL) {
      g_prefix_error (error, "%s: ", what);
      return NULL;
    }
    message = g_new0 (DialectMessage, 1);
    message->event = g_strdup (form->event);
    message->args = args;
    g_ptr_array_add (messages, message);
  }
  return g_steal_pointer (&messages);
}

/**
 * dialect_build:
 * @self: the dialect
 * @intent: what to say
 * @vars: the variables of that intent
 * @error: the variable that has no value
 *
 * Returns: (transfer full) (nullable) (element-type DialectMessage): the messages
 *   to send, in that order; none where the dialect has no words for it
 */
GPtrArray *
dialect_build (const Dialect *self, DialectIntent intent, TemplateVars *vars,
    GError **error)
{
  return dialect_build_forms (
      self->out[intent], vars, dialect_intent_to_string (intent), error);
}
