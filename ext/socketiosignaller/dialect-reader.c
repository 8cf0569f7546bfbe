/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialect-private.h"

#include "roomcontract.h"
#include "signallersettings.h"

#define MAX_QUIET_MS 10000

static const char *const intent_names[] = {
  [DIALECT_JOIN] = "join",
  [DIALECT_LEAVE] = "leave",
  [DIALECT_OFFER] = "offer",
  [DIALECT_ANSWER] = "answer",
  [DIALECT_LATER_OFFER] = "later-offer",
  [DIALECT_LATER_ANSWER] = "later-answer",
  [DIALECT_CANDIDATE] = "candidate",
  [DIALECT_END_CALL] = "end-call",
  [DIALECT_REJECT] = "reject",
};
G_STATIC_ASSERT (G_N_ELEMENTS (intent_names) == DIALECT_N_INTENTS);

static const char *const role_names[] = {
  ROOM_ROLE_OFFERER,
  ROOM_ROLE_ANSWERER,
  ROOM_ROLE_LATE_OFFERER,
  ROOM_ROLE_MANUAL,
};

/* What the variables of the project are called; docs/dialects.md. */
static const char *const reserved_names[] = { "room", "self", "name",
  "client_id", "userdata", "peer", "type", "sdp", "candidate", "mline", "mid",
  "ufrag", "reason", "ice_servers", NULL };

/* Those of them that are known before there is a connection. */
static const char *const dialled_names[] = { "room", "name", "client_id",
  NULL };

typedef struct {
  Dialect *dialect;
  /* JsonNode -> line, from 1; nullable */
  GHashTable *lines;
} Reader;

const char *
dialect_intent_to_string (DialectIntent intent)
{
  return intent_names[intent];
}

gboolean
dialect_intent_from_string (const char *text, DialectIntent *intent)
{
  for (gsize i = 0; i < G_N_ELEMENTS (intent_names); i++) {
    if (g_strcmp0 (text, intent_names[i]) == 0) {
      *intent = i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
dialect_role_from_string (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++) {
    if (g_strcmp0 (text, role_names[i]) == 0)
      return role_names[i];
  }
  return NULL;
}

/* --- mistakes --- */

static gboolean set_invalid (Reader *reader, JsonNode *where, GError **error,
    const char *format, ...) G_GNUC_PRINTF (4, 5);

/* @where: the value that is wrong, or the one in which something is missing */
static gboolean
set_invalid (
    Reader *reader, JsonNode *where, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  guint line = GPOINTER_TO_UINT (g_hash_table_lookup (reader->lines, where));
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (
      error, DIALECT_ERROR, DIALECT_ERROR_INVALID, "line %u: %s", line, what);
  return FALSE;
}

/* Misspelt members would be passed over in silence. */
static gboolean
check_members (Reader *reader, JsonNode *node, const char *path,
    const char *const *known, GError **error)
{
  g_autofree char *names = g_strjoinv (", ", (char **) known);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return set_invalid (
        reader, node, error, "%s: expected an object of: %s", path, names);
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    if (!g_strv_contains (known, name))
      return set_invalid (reader, member, error,
          "%s: there is no “%s”, only: %s", path, name, names);
  }
  return TRUE;
}

static JsonNode *
get_member (JsonNode *node, const char *name)
{
  return json_object_get_member (json_node_get_object (node), name);
}

/* @node: (nullable): an object; @names: where its members' names go */
static void
add_members (JsonNode *node, GHashTable *names)
{
  JsonObjectIter iter;
  const char *name;

  if (node == NULL)
    return;
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, NULL))
    g_hash_table_add (names, (gpointer) name);
}

static gboolean
holds (JsonNode *node, GType type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == type;
}

static const char *
get_string (JsonNode *node)
{
  return holds (node, G_TYPE_STRING) ? json_node_get_string (node) : NULL;
}

static gboolean
read_boolean (Reader *reader, JsonNode *node, const char *path,
    gboolean *target, GError **error)
{
  if (node == NULL)
    return TRUE;
  if (!holds (node, G_TYPE_BOOLEAN))
    return set_invalid (
        reader, node, error, "%s: expected true or false", path);
  *target = json_node_get_boolean (node);
  return TRUE;
}

static JsonTemplate *
read_template (Reader *reader, JsonNode *node, const char *path, GError **error)
{
  g_autoptr (GError) inner = NULL;
  JsonNode *wrong = node;
  JsonTemplate *template = json_template_new (node, &wrong, &inner);

  if (template == NULL)
    set_invalid (reader, wrong, error, "%s: %s", path, inner->message);
  return template;
}

/* --- messages --- */

static void
form_free (gpointer data)
{
  DialectForm *form = data;

  g_free (form->event);
  g_clear_pointer (&form->args, json_template_free);
  g_free (form);
}

/* ["event", argument, …] */
static DialectForm *
form_new (Reader *reader, JsonNode *node, const char *path, GError **error)
{
  g_autoptr (JsonArray) args = json_array_new ();
  g_autoptr (JsonNode) args_node = NULL;
  g_autoptr (JsonTemplate) template = NULL;
  JsonArray *array = NULL;
  const char *event = NULL;
  DialectForm *form;

  if (JSON_NODE_HOLDS_ARRAY (node))
    array = json_node_get_array (node);
  if (array != NULL && json_array_get_length (array) > 0)
    event = get_string (json_array_get_element (array, 0));
  if (event == NULL || event[0] == '\0' || event[0] == '$') {
    set_invalid (reader, node, error,
        "%s: a message is an array: the name of its event, then its arguments",
        path);
    return NULL;
  }
  /* The same nodes, of which the lines are known. */
  for (guint i = 1; i < json_array_get_length (array); i++)
    json_array_add_element (
        args, json_node_ref (json_array_get_element (array, i)));
  args_node = json_node_init_array (json_node_alloc (), args);
  template = read_template (reader, args_node, path, error);
  if (template == NULL)
    return NULL;

  form = g_new0 (DialectForm, 1);
  form->event = g_strdup (event);
  form->args = g_steal_pointer (&template);
  return form;
}

/* One message, or an array of messages. */
static GPtrArray *
read_forms (Reader *reader, JsonNode *node, const char *path, GError **error)
{
  g_autoptr (GPtrArray) forms = g_ptr_array_new_with_free_func (form_free);
  JsonArray *list = NULL;

  if (JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) > 0
      && JSON_NODE_HOLDS_ARRAY (
          json_array_get_element (json_node_get_array (node), 0)))
    list = json_node_get_array (node);
  for (guint i = 0; i < (list != NULL ? json_array_get_length (list) : 1);
       i++) {
    DialectForm *form = form_new (reader,
        list != NULL ? json_array_get_element (list, i) : node, path, error);

    if (form == NULL)
      return NULL;
    g_ptr_array_add (forms, form);
  }
  return g_steal_pointer (&forms);
}

static gboolean
read_out (Reader *reader, JsonNode *root, GError **error)
{
  JsonNode *out = get_member (root, "out");
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (out == NULL || !JSON_NODE_HOLDS_OBJECT (out))
    return set_invalid (reader, out != NULL ? out : root, error,
        "out must be an object of messages by intent");
  json_object_iter_init_ordered (&iter, json_node_get_object (out));
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    g_autofree char *path = g_strdup_printf ("out.%s", name);
    DialectIntent intent;

    if (!dialect_intent_from_string (name, &intent))
      return set_invalid (
          reader, member, error, "out: there is no intent “%s”", name);
    reader->dialect->out[intent] = read_forms (reader, member, path, error);
    if (reader->dialect->out[intent] == NULL)
      return FALSE;
  }
  return TRUE;
}

/* --- rules --- */

static gboolean
read_role (Reader *reader, JsonNode *rule, const char *name, const char *path,
    const char **role, GError **error)
{
  JsonNode *node = get_member (rule, name);

  *role = dialect_role_from_string (get_string (node));
  if (*role == NULL)
    return set_invalid (reader, node != NULL ? node : rule, error,
        "%s.%s: who comes needs a role: offerer, answerer, late-offerer or "
        "manual",
        path, name);
  return TRUE;
}

/* The event and its arguments, or the acknowledgement that is taken apart. */
static gboolean
read_source (Reader *reader, DialectRule *rule, JsonNode *node,
    const char *path, GError **error)
{
  JsonNode *message = get_member (node, "message");
  JsonNode *ack = get_member (node, "ack");
  JsonNode *args = get_member (node, "args");
  g_autofree char *inner_path = NULL;

  if ((message == NULL) == (ack == NULL))
    return set_invalid (reader, node, error,
        "%s.message is missing (or “ack” and “args”, but not both)", path);
  if (message != NULL) {
    DialectForm *form;

    inner_path = g_strconcat (path, ".message", NULL);
    form = form_new (reader, message, inner_path, error);
    if (form == NULL)
      return FALSE;
    rule->event = g_steal_pointer (&form->event);
    rule->args = g_steal_pointer (&form->args);
    form_free (form);
    return TRUE;
  }
  if (!dialect_intent_from_string (get_string (ack), &rule->ack_of)
      || rule->ack_of != DIALECT_JOIN)
    return set_invalid (reader, ack, error,
        "%s.ack: expected “join”, of which the acknowledgement is heard", path);
  if (args == NULL || !JSON_NODE_HOLDS_ARRAY (args))
    return set_invalid (reader, args != NULL ? args : node, error,
        "%s.args: expected an array, what the acknowledgement brings", path);
  inner_path = g_strconcat (path, ".args", NULL);
  rule->args = read_template (reader, args, inner_path, error);
  return rule->args != NULL;
}

/* @node: an object */
static gboolean
are_names (JsonNode *node)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, NULL)) {
    if (name[0] == '$')
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_object (Reader *reader, JsonNode *rule, const char *name, const char *path,
    JsonTemplate **target, GError **error)
{
  JsonNode *node = get_member (rule, name);
  g_autofree char *inner_path = g_strdup_printf ("%s.%s", path, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node) || !are_names (node))
    return set_invalid (
        reader, node, error, "%s: expected an object of variables", inner_path);
  *target = read_template (reader, node, inner_path, error);
  return *target != NULL;
}

static gboolean
read_conditions (Reader *reader, DialectRule *rule, JsonNode *node,
    const char *path, GError **error)
{
  JsonNode *when = get_member (node, "when");
  JsonNode *say = get_member (node, "say");
  g_autofree char *say_path = g_strconcat (path, ".say", NULL);

  if (when != NULL && !JSON_NODE_HOLDS_OBJECT (when))
    return set_invalid (reader, when, error,
        "%s.when: expected an object of what is remembered", path);
  if (when != NULL)
    rule->when = json_node_ref (when);
  if (!read_object (reader, node, "set", path, &rule->set, error)
      || !read_object (reader, node, "keep", path, &rule->keep, error))
    return FALSE;
  if (say != NULL)
    rule->say = read_forms (reader, say, say_path, error);
  return say == NULL || rule->say != NULL;
}

static void
rule_free (gpointer data)
{
  DialectRule *rule = data;

  g_free (rule->event);
  g_clear_pointer (&rule->args, json_template_free);
  g_clear_pointer (&rule->when, json_node_unref);
  g_clear_pointer (&rule->set, json_template_free);
  g_clear_pointer (&rule->keep, json_template_free);
  g_clear_pointer (&rule->say, g_ptr_array_unref);
  g_free (rule);
}

static gboolean
read_rule (Reader *reader, guint index, JsonNode *node, GError **error)
{
  static const char *const known[] = { "is", "role", "later-role", "later",
    "message", "ack", "args", "when", "set", "keep", "say", "about", NULL };
  g_autofree char *path = g_strdup_printf ("in[%u]", index);
  g_autofree char *later_path = g_strconcat (path, ".later", NULL);
  DialectRule *rule = g_new0 (DialectRule, 1);
  JsonNode *is;

  g_ptr_array_add (reader->dialect->in, rule);
  if (!check_members (reader, node, path, known, error))
    return FALSE;
  is = get_member (node, "is");
  if (!room_event_kind_from_string (get_string (is), &rule->kind)) {
    g_autofree char *kinds = room_event_list_kinds ();

    return set_invalid (reader, is != NULL ? is : node, error,
        "%s.is: “%s” is no kind of event, expected one of: %s", path,
        get_string (is) != NULL ? get_string (is) : "", kinds);
  }
  if ((rule->kind == ROOM_EVENT_ROSTER || rule->kind == ROOM_EVENT_PEER_JOINED)
      && !read_role (reader, node, "role", path, &rule->role, error))
    return FALSE;
  if (get_member (node, "later-role") != NULL
      && !read_role (
          reader, node, "later-role", path, &rule->later_role, error))
    return FALSE;
  return read_boolean (reader, get_member (node, "later"), later_path,
             &rule->is_later, error)
      && read_source (reader, rule, node, path, error)
      && read_conditions (reader, rule, node, path, error);
}

static gboolean
read_in (Reader *reader, JsonNode *root, GError **error)
{
  JsonNode *in = get_member (root, "in");
  JsonArray *rules;

  if (in == NULL || !JSON_NODE_HOLDS_ARRAY (in))
    return set_invalid (
        reader, in != NULL ? in : root, error, "in must be an array of rules");
  rules = json_node_get_array (in);
  for (guint i = 0; i < json_array_get_length (rules); i++) {
    if (!read_rule (reader, i, json_array_get_element (rules, i), error))
      return FALSE;
  }
  return TRUE;
}

/* --- the rest --- */

static gboolean
read_roster (Reader *reader, JsonNode *root, GError **error)
{
  static const char *const known[] = { "quiet-ms", NULL };
  JsonNode *node = get_member (root, "roster");
  JsonNode *quiet;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    if (!check_members (reader, node, "roster", known, error))
      return FALSE;
    quiet = get_member (node, "quiet-ms");
    if (!holds (quiet, G_TYPE_INT64) || json_node_get_int (quiet) < 1
        || json_node_get_int (quiet) > MAX_QUIET_MS)
      return set_invalid (reader, quiet != NULL ? quiet : node, error,
          "roster.quiet-ms must be a number of milliseconds from 1 to %d",
          MAX_QUIET_MS);
    reader->dialect->roster_quiet = (guint) json_node_get_int (quiet);
    return TRUE;
  }
  if (g_strcmp0 (get_string (node), "list") == 0)
    return TRUE;
  return set_invalid (reader, node != NULL ? node : root, error,
      "roster must be “list” if a message brings it, else "
      "{\"quiet-ms\": milliseconds without an arrival after which it is "
      "complete}");
}

static gboolean
read_single_peer (Reader *reader, JsonNode *root, GError **error)
{
  static const char *const known[] = { "role", NULL };
  JsonNode *node = get_member (root, "single-peer");
  JsonNode *role;

  if (node == NULL)
    return TRUE;
  if (!check_members (reader, node, "single-peer", known, error))
    return FALSE;
  reader->dialect->single_peer = TRUE;
  role = get_member (node, "role");
  if (role == NULL)
    return TRUE;
  if (get_string (role) == NULL
      || (get_string (role)[0] != '$'
          && dialect_role_from_string (get_string (role)) == NULL))
    return set_invalid (reader, role, error,
        "single-peer.role: expected offerer, answerer, late-offerer, manual or a "
        "variable");
  reader->dialect->present_role =
      read_template (reader, role, "single-peer.role", error);
  return reader->dialect->present_role != NULL;
}

static gboolean
read_query (Reader *reader, JsonNode *root, GError **error)
{
  JsonNode *node = get_member (root, "query");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node) || !are_names (node))
    return set_invalid (reader, node, error,
        "query must be an object of texts and variables: {\"room\": \"$room?\"}");
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (get_string (value) == NULL)
      return set_invalid (reader, value, error,
          "query.%s: expected a text or a variable", name);
  }
  reader->dialect->query = read_template (reader, node, "query", error);
  return reader->dialect->query != NULL;
}

static gboolean
read_ice_servers_url (Reader *reader, JsonNode *root, GError **error)
{
  JsonNode *node = get_member (root, "ice-servers-url");
  const char *path = get_string (node);

  if (node == NULL)
    return TRUE;
  if (path == NULL || !signaller_settings_is_server_path (path))
    return set_invalid (reader, node, error,
        "ice-servers-url must be a path on the server: \"/ice-servers\"");
  reader->dialect->ice_servers_url = g_strdup (path);
  return TRUE;
}

static gboolean
read_variables (Reader *reader, JsonNode *root, GError **error)
{
  JsonNode *node = get_member (root, "variables");
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return set_invalid (reader, node, error,
        "variables must be an object: name and value, null where it has to be "
        "given");
  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value)) {
    if (g_strv_contains (reserved_names, name))
      return set_invalid (reader, value, error,
          "variables: “%s” has a meaning already, take another name", name);
  }
  reader->dialect->variables = json_node_ref (node);
  return TRUE;
}

/* --- variables --- */

/* char *: what has a value when we speak: the project's, the dialect's, and what
 * its rules keep */
static GHashTable *
collect_known (const Dialect *self, JsonArray *rules)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (const char *const *name = reserved_names; *name != NULL; name++)
    g_hash_table_add (known, (gpointer) *name);
  if (self->variables != NULL)
    add_members (self->variables, known);
  for (guint i = 0; i < json_array_get_length (rules); i++)
    add_members (get_member (json_array_get_element (rules, i), "keep"), known);
  return g_steal_pointer (&known);
}

/* @template: (nullable); @where: what it was read from */
static gboolean
check_template (Reader *reader, const JsonTemplate *template, JsonNode *where,
    GHashTable *known, const char *path, GError **error)
{
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name;

  if (template != NULL)
    json_template_add_variables (template, used);
  g_hash_table_iter_init (&iter, used);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (!g_hash_table_contains (known, name))
      return set_invalid (reader, where, error,
          "%s: there is no variable “%s” that has a value here", path,
          (char *) name);
  }
  return TRUE;
}

static gboolean
check_forms (Reader *reader, const GPtrArray *forms, JsonNode *where,
    GHashTable *known, const char *path, GError **error)
{
  for (guint i = 0; forms != NULL && i < forms->len; i++) {
    DialectForm *form = g_ptr_array_index (forms, i);

    if (!check_template (reader, form->args, where, known, path, error))
      return FALSE;
  }
  return TRUE;
}

/* It is asked before the message is read: only what is remembered counts. */
static gboolean
check_when (Reader *reader, const DialectRule *rule, GHashTable *known,
    const char *path, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *wanted;

  if (rule->when == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, json_node_get_object (rule->when));
  while (json_object_iter_next_ordered (&iter, &name, &wanted)) {
    if (!g_hash_table_contains (known, name))
      return set_invalid (reader, rule->when, error,
          "%s.when: there is no variable “%s” that has a value here", path,
          name);
  }
  return TRUE;
}

/* A rule also knows what its message brings, and what it sets. */
static gboolean
check_rule (Reader *reader, guint index, JsonNode *node, GHashTable *outer,
    GError **error)
{
  const DialectRule *rule = g_ptr_array_index (reader->dialect->in, index);
  g_autofree char *path = g_strdup_printf ("in[%u]", index);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, outer);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_hash_table_add (known, name);
  json_template_add_variables (rule->args, known);
  if (!check_when (reader, rule, outer, path, error)
      || !check_template (
          reader, rule->set, get_member (node, "set"), known, path, error))
    return FALSE;
  add_members (get_member (node, "set"), known);
  return check_template (
             reader, rule->keep, get_member (node, "keep"), known, path, error)
      && check_forms (
          reader, rule->say, get_member (node, "say"), known, path, error);
}

/* A misspelt variable would have no value when it is needed, in a call. */
static gboolean
check_variables (Reader *reader, JsonNode *root, GError **error)
{
  Dialect *self = reader->dialect;
  JsonNode *out = get_member (root, "out");
  JsonArray *rules = json_node_get_array (get_member (root, "in"));
  g_autoptr (GHashTable) known = collect_known (self, rules);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, json_node_get_object (out));
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    g_autofree char *path = g_strdup_printf ("out.%s", name);
    DialectIntent intent;

    if (dialect_intent_from_string (name, &intent)
        && !check_forms (reader, self->out[intent], member, known, path, error))
      return FALSE;
  }
  for (guint i = 0; i < json_array_get_length (rules); i++) {
    if (!check_rule (
            reader, i, json_array_get_element (rules, i), known, error))
      return FALSE;
  }
  /* These are asked for before anything is heard. */
  g_hash_table_remove_all (known);
  add_members (self->variables, known);
  if (self->present_role != NULL
      && !check_template (reader, self->present_role,
          get_member (get_member (root, "single-peer"), "role"), known,
          "single-peer.role", error))
    return FALSE;
  for (const char *const *dialled = dialled_names; *dialled != NULL; dialled++)
    g_hash_table_add (known, (gpointer) *dialled);
  return check_template (
      reader, self->query, get_member (root, "query"), known, "query", error);
}

static gboolean
dials_room (const Dialect *self)
{
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);

  if (self->query != NULL)
    json_template_add_variables (self->query, used);
  return g_hash_table_contains (used, "room");
}

/* Where everybody is in one place, no message of ours says where. */
static gboolean
names_room (const Dialect *self)
{
  g_autoptr (GHashTable) used = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < DIALECT_N_INTENTS; i++) {
    for (guint j = 0; self->out[i] != NULL && j < self->out[i]->len; j++)
      json_template_add_variables (
          ((DialectForm *) g_ptr_array_index (self->out[i], j))->args, used);
  }
  return g_hash_table_contains (used, "room");
}

/* @root: what the dialect is read from; @lines: where its values are in the
 * text. Fills @self. */
gboolean
dialect_read (Dialect *self, JsonNode *root, GHashTable *lines, GError **error)
{
  static const char *const known[] = { "$schema", "name", "about", "roster",
    "trickle", "moves", "single-peer", "query", "ice-servers-url", "variables",
    "out", "in", NULL };
  Reader reader = { .dialect = self, .lines = lines };
  JsonNode *name;

  self->in = g_ptr_array_new_with_free_func (rule_free);
  self->trickle = TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    return set_invalid (&reader, root, error, "a dialect is an object");
  if (!check_members (&reader, root, "the dialect", known, error))
    return FALSE;
  name = get_member (root, "name");
  if (get_string (name) == NULL || get_string (name)[0] == '\0')
    return set_invalid (
        &reader, name != NULL ? name : root, error, "name is missing");
  self->name = g_strdup (get_string (name));
  if (!read_roster (&reader, root, error)
      || !read_boolean (&reader, get_member (root, "trickle"), "trickle",
          &self->trickle, error)
      || !read_boolean (
          &reader, get_member (root, "moves"), "moves", &self->moves, error)
      || !read_single_peer (&reader, root, error)
      || !read_query (&reader, root, error)
      || !read_ice_servers_url (&reader, root, error)
      || !read_variables (&reader, root, error)
      || !read_out (&reader, root, error) || !read_in (&reader, root, error)
      || !check_variables (&reader, root, error))
    return FALSE;
  self->names_room = names_room (self);
  self->dials_room = dials_room (self);
  if (self->roster_quiet == 0 && !dialect_has_rule (self, ROOM_EVENT_ROSTER))
    return set_invalid (&reader, get_member (root, "roster"), error,
        "roster is “list”, but no rule is for a message with the roster");
  if (self->moves && self->out[DIALECT_LEAVE] == NULL)
    return set_invalid (&reader, get_member (root, "moves"), error,
        "moves: without out.leave no room can be left");
  return TRUE;
}
