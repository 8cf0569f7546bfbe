/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialect.h"

#include "roomcontract.h"
#include "signaller-resources.h"

#include <gio/gio.h>
#include <sio/sio-json-reader.h>
#include <sio/sio-json-writer.h>
#include <string.h>

#define RESOURCE_DIR "/org/roomcall/signaller/dialects/"
/* Ids are opaque: socket.io's have 20 bytes. */
#define MAX_ID_LENGTH 256
/* Chromium's largest offers, with many codecs and tracks, stay under 64 KiB. */
#define MAX_SDP_LENGTH (256 * 1024)
#define MAX_CANDIDATE_LENGTH 4096
#define MAX_REASON_LENGTH 256
#define MAX_QUIET_MS 10000

static const char *const intent_names[] = {
  [DIALECT_JOIN] = "join",
  [DIALECT_LEAVE] = "leave",
  [DIALECT_OFFER] = "offer",
  [DIALECT_ANSWER] = "answer",
  [DIALECT_CANDIDATE] = "candidate",
  [DIALECT_END_CALL] = "end-call",
};
#define N_INTENTS G_N_ELEMENTS (intent_names)

static const char *const role_names[] = {
  ROOM_ROLE_OFFERER,
  ROOM_ROLE_ANSWERER,
  ROOM_ROLE_MANUAL,
};

/* One form of one message: its event and the template of its arguments. */
typedef struct {
  char *event;
  JsonTemplate *args;
} Form;

typedef struct {
  RoomEventKind kind;
  const char *role;
  Form *form;
} Rule;

struct _Dialect {
  char *name;
  /* Milliseconds; 0: the dialect has a roster message */
  guint roster_quiet;
  /* Form, for each intent; NULL: there is nothing to say */
  GPtrArray *out[N_INTENTS];
  /* Rule, in the order in which they are tried */
  GPtrArray *in;
};

GQuark
dialect_error_quark (void)
{
  return g_quark_from_static_string ("dialect-error");
}

/* --- reading a dialect --- */

static void
form_free (gpointer data)
{
  Form *form = data;

  g_free (form->event);
  g_clear_pointer (&form->args, json_template_free);
  g_free (form);
}

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_clear_pointer (&rule->form, form_free);
  g_free (rule);
}

static void
message_free (gpointer data)
{
  DialectMessage *message = data;

  g_free (message->event);
  json_node_unref (message->args);
  g_free (message);
}

static gboolean set_invalid (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static gboolean
set_invalid (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_clear_error (error);
  if (error != NULL)
    *error =
        g_error_new_valist (DIALECT_ERROR, DIALECT_ERROR_INVALID, format, args);
  va_end (args);
  return FALSE;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* ["event", argument, …] */
static Form *
form_new (JsonNode *node, GError **error)
{
  g_autoptr (JsonArray) args = json_array_new ();
  g_autoptr (JsonNode) args_node = NULL;
  g_autoptr (JsonTemplate) template = NULL;
  JsonArray *array = NULL;
  const char *event = NULL;
  Form *form;

  if (JSON_NODE_HOLDS_ARRAY (node))
    array = json_node_get_array (node);
  if (array != NULL && json_array_get_length (array) > 0) {
    JsonNode *first = json_array_get_element (array, 0);

    if (JSON_NODE_HOLDS_VALUE (first)
        && json_node_get_value_type (first) == G_TYPE_STRING)
      event = json_node_get_string (first);
  }
  if (event == NULL || event[0] == '\0' || event[0] == '$') {
    set_invalid (error,
        "a message is an array: the name of its event, then its arguments");
    return NULL;
  }
  for (guint i = 1; i < json_array_get_length (array); i++)
    json_array_add_element (
        args, json_node_copy (json_array_get_element (array, i)));
  args_node = json_node_init_array (json_node_alloc (), args);
  template = json_template_new (args_node, error);
  if (template == NULL)
    return NULL;

  form = g_new0 (Form, 1);
  form->event = g_strdup (event);
  form->args = g_steal_pointer (&template);
  return form;
}

static gboolean
read_intent (Dialect *self, const char *name, JsonNode *node, GError **error)
{
  g_autoptr (GPtrArray) forms = g_ptr_array_new_with_free_func (form_free);
  g_autoptr (GError) inner = NULL;
  gboolean is_list;
  gsize intent = 0;

  while (intent < N_INTENTS && g_strcmp0 (name, intent_names[intent]) != 0)
    intent++;
  if (intent == N_INTENTS)
    return set_invalid (error, "out: there is no intent “%s”", name);

  /* One message, or an array of messages. */
  is_list = JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) > 0
      && JSON_NODE_HOLDS_ARRAY (
          json_array_get_element (json_node_get_array (node), 0));
  for (guint i = 0;
       i < (is_list ? json_array_get_length (json_node_get_array (node)) : 1);
       i++) {
    Form *form = form_new (
        is_list ? json_array_get_element (json_node_get_array (node), i) : node,
        &inner);

    if (form == NULL)
      return set_invalid (error, "out.%s: %s", name, inner->message);
    g_ptr_array_add (forms, form);
  }
  self->out[intent] = g_steal_pointer (&forms);
  return TRUE;
}

static gboolean
read_role (Rule *rule, const char *role)
{
  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++) {
    if (g_strcmp0 (role, role_names[i]) == 0)
      rule->role = role_names[i];
  }
  return rule->role != NULL;
}

static gboolean
read_rule (Dialect *self, guint index, JsonNode *node, GError **error)
{
  g_autoptr (GError) inner = NULL;
  JsonObject *object;
  JsonNode *message;
  const char *kind;
  Rule *rule = g_new0 (Rule, 1);

  g_ptr_array_add (self->in, rule);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return set_invalid (error, "in[%u]: a rule is an object", index);
  object = json_node_get_object (node);
  kind = get_string (object, "is");
  if (kind == NULL || !room_event_kind_from_string (kind, &rule->kind))
    return set_invalid (error, "in[%u].is: “%s” is no kind of event", index,
        kind != NULL ? kind : "");
  if ((rule->kind == ROOM_EVENT_ROSTER || rule->kind == ROOM_EVENT_PEER_JOINED)
      && !read_role (rule, get_string (object, "role")))
    return set_invalid (error,
        "in[%u].role: who comes needs a role: offerer, answerer or manual",
        index);
  message = json_object_get_member (object, "message");
  if (message == NULL)
    return set_invalid (error, "in[%u].message is missing", index);
  rule->form = form_new (message, &inner);
  if (rule->form == NULL)
    return set_invalid (error, "in[%u].message: %s", index, inner->message);
  return TRUE;
}

static gboolean
read_roster (Dialect *self, JsonNode *node, GError **error)
{
  gint64 quiet = -1;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    JsonNode *value =
        json_object_get_member (json_node_get_object (node), "quiet-ms");

    if (value != NULL && JSON_NODE_HOLDS_VALUE (value)
        && json_node_get_value_type (value) == G_TYPE_INT64)
      quiet = json_node_get_int (value);
    if (quiet < 1 || quiet > MAX_QUIET_MS)
      return set_invalid (error,
          "roster.quiet-ms must be a number of milliseconds from 1 to %d",
          MAX_QUIET_MS);
    self->roster_quiet = (guint) quiet;
    return TRUE;
  }
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING
      && g_strcmp0 (json_node_get_string (node), "list") == 0)
    return TRUE;
  return set_invalid (error,
      "roster must be “list” if a message brings it, else "
      "{\"quiet-ms\": milliseconds without an arrival after which it is "
      "complete}");
}

static gboolean
has_roster_rule (Dialect *self)
{
  for (guint i = 0; i < self->in->len; i++) {
    if (((Rule *) g_ptr_array_index (self->in, i))->kind == ROOM_EVENT_ROSTER)
      return TRUE;
  }
  return FALSE;
}

static gboolean
read_dialect (Dialect *self, JsonNode *root, GError **error)
{
  JsonObject *object;
  JsonNode *out, *in;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (!JSON_NODE_HOLDS_OBJECT (root))
    return set_invalid (error, "a dialect is an object");
  object = json_node_get_object (root);
  self->name = g_strdup (get_string (object, "name"));
  if (self->name == NULL || self->name[0] == '\0')
    return set_invalid (error, "name is missing");
  if (!read_roster (self, json_object_get_member (object, "roster"), error))
    return FALSE;

  out = json_object_get_member (object, "out");
  if (out == NULL || !JSON_NODE_HOLDS_OBJECT (out))
    return set_invalid (error, "out must be an object of messages by intent");
  json_object_iter_init_ordered (&iter, json_node_get_object (out));
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    if (!read_intent (self, name, member, error))
      return FALSE;
  }
  if (self->out[DIALECT_JOIN] == NULL)
    return set_invalid (error, "out.join is missing");

  in = json_object_get_member (object, "in");
  if (in == NULL || !JSON_NODE_HOLDS_ARRAY (in))
    return set_invalid (error, "in must be an array of rules");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (in)); i++) {
    if (!read_rule (self, i,
            json_array_get_element (json_node_get_array (in), i), error))
      return FALSE;
  }
  if (self->roster_quiet == 0 && !has_roster_rule (self))
    return set_invalid (error,
        "roster is “list”, but no rule is for a message with the roster");
  return TRUE;
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
  g_autoptr (JsonNode) root = NULL;

  self->in = g_ptr_array_new_with_free_func (rule_free);
  root = sio_json_parse (text, length, error);
  if (root == NULL || !read_dialect (self, root, error))
    return NULL;
  return g_steal_pointer (&self);
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
  for (gsize i = 0; i < N_INTENTS; i++)
    g_clear_pointer (&self->out[i], g_ptr_array_unref);
  g_ptr_array_unref (self->in);
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
 * dialect_get_join_event:
 * @self: the dialect
 *
 * Returns: the event by which one enters a room, which tells dialects apart
 */
const char *
dialect_get_join_event (const Dialect *self)
{
  Form *form = g_ptr_array_index (self->out[DIALECT_JOIN], 0);

  return form->event;
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
    const Rule *rule = g_ptr_array_index (self->in, i);

    if (g_strcmp0 (event, rule->form->event) == 0)
      return TRUE;
  }
  return FALSE;
}

/* --- speaking --- */

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
  g_autoptr (GPtrArray) messages =
      g_ptr_array_new_with_free_func (message_free);
  const GPtrArray *forms = self->out[intent];

  for (guint i = 0; forms != NULL && i < forms->len; i++) {
    Form *form = g_ptr_array_index (forms, i);
    DialectMessage *message;
    JsonNode *args = json_template_build (form->args, vars, error);

    if (args == NULL) {
      g_prefix_error (error, "%s: ", intent_names[intent]);
      return NULL;
    }
    message = g_new0 (DialectMessage, 1);
    message->event = g_strdup (form->event);
    message->args = args;
    g_ptr_array_add (messages, message);
  }
  return g_steal_pointer (&messages);
}

/* --- listening --- */

static const char *
get_limited (TemplateVars *vars, const char *name, gsize limit)
{
  const char *text = template_vars_get_string (vars, name);

  return text != NULL && strlen (text) <= limit ? text : NULL;
}

static const char *
get_id (TemplateVars *vars)
{
  const char *id = get_limited (vars, "peer", MAX_ID_LENGTH);

  return id != NULL && id[0] != '\0' ? id : NULL;
}

static gboolean
add_member (
    RoomEvent *event, const Rule *rule, TemplateVars *vars, const char *self_id)
{
  const char *id = get_id (vars);
  JsonNode *userdata = template_vars_get (vars, "userdata");
  RoomMember *member;

  if (id == NULL)
    return FALSE;
  /* Several applications list oneself too. */
  if (g_strcmp0 (id, self_id) == 0)
    return TRUE;
  member = room_event_add_member (event, id, rule->role);
  member->name = g_strdup (get_limited (vars, "name", MAX_ID_LENGTH));
  member->client_id = g_strdup (get_limited (vars, "client_id", MAX_ID_LENGTH));
  if (userdata != NULL)
    member->userdata = sio_json_print (userdata, NULL, NULL);
  return TRUE;
}

static gboolean
fill_arrivals (
    RoomEvent *event, const Rule *rule, TemplateVars *vars, const char *self_id)
{
  if (rule->kind == ROOM_EVENT_PEER_JOINED)
    return add_member (event, rule, vars, self_id);
  for (guint i = 0; i < template_vars_get_n_rows (vars); i++) {
    if (!add_member (event, rule, template_vars_get_row (vars, i), self_id))
      return FALSE;
  }
  return TRUE;
}

static gboolean
fill_description (RoomEvent *event, TemplateVars *vars)
{
  const char *type = template_vars_get_string (vars, "type");

  if (g_strcmp0 (type, "offer") == 0)
    event->type = "offer";
  else if (g_strcmp0 (type, "answer") == 0)
    event->type = "answer";
  event->text = g_strdup (get_limited (vars, "sdp", MAX_SDP_LENGTH));
  return event->type != NULL && event->text != NULL;
}

/* A receiver that was not told who sent a candidate goes by the user name
 * fragment, which Chromium also writes into the candidate (" ufrag QMAW"). */
static char *
candidate_with_ufrag (const char *candidate, const char *ufrag)
{
  if (candidate[0] == '\0' || ufrag == NULL
      || strstr (candidate, " ufrag ") != NULL)
    return g_strdup (candidate);
  return g_strconcat (candidate, " ufrag ", ufrag, NULL);
}

static gboolean
fill_candidate (RoomEvent *event, TemplateVars *vars)
{
  const char *candidate = "";
  gint64 mline = template_vars_get_int (vars, "mline", -1);

  if (template_vars_get (vars, "candidate") != NULL)
    candidate = get_limited (vars, "candidate", MAX_CANDIDATE_LENGTH);
  if (candidate == NULL)
    return FALSE;
  event->mid = g_strdup (get_limited (vars, "mid", MAX_ID_LENGTH));
  event->mline = mline >= 0 && mline <= G_MAXINT16 ? (gint) mline : -1;
  event->text = candidate_with_ufrag (
      candidate, get_limited (vars, "ufrag", MAX_ID_LENGTH));
  return TRUE;
}

/* Takes the captured variables for what the rule says that they are. */
static RoomEvent *
make_event (const Rule *rule, TemplateVars *vars, const char *self_id)
{
  g_autoptr (RoomEvent) event = room_event_new (rule->kind);
  gboolean good = TRUE;

  event->peer = g_strdup (get_id (vars));
  if (event->peer == NULL && template_vars_get (vars, "peer") != NULL)
    return NULL;

  switch (rule->kind) {
    case ROOM_EVENT_ROSTER:
    case ROOM_EVENT_PEER_JOINED:
      good = fill_arrivals (event, rule, vars, self_id);
      break;
    case ROOM_EVENT_DESCRIPTION:
      good = fill_description (event, vars);
      break;
    case ROOM_EVENT_CANDIDATE:
      good = fill_candidate (event, vars);
      break;
    case ROOM_EVENT_PEER_LEFT:
      good = event->peer != NULL;
      G_GNUC_FALLTHROUGH;
    case ROOM_EVENT_CALL_ENDED:
    case ROOM_EVENT_REFUSED:
      event->text = g_strdup (get_limited (vars, "reason", MAX_REASON_LENGTH));
      break;
  }
  return good ? g_steal_pointer (&event) : NULL;
}

/* Some servers send to everybody, the sender included. */
static gboolean
is_echo (RoomEvent *event, const char *self_id)
{
  if (event->kind == ROOM_EVENT_PEER_JOINED)
    return event->peers == NULL;
  return event->peer != NULL && g_strcmp0 (event->peer, self_id) == 0;
}

/**
 * dialect_parse:
 * @self: the dialect
 * @event: the event that came
 * @args: its arguments, an array
 * @self_id: (nullable): our own id, whose echoes are left out
 * @error: set where the dialect knows the event but not this form of it
 *
 * Returns: (transfer full) (nullable): what it means; %NULL without an error where
 *   it is none of the dialect's events, or an echo of our own
 */
RoomEvent *
dialect_parse (const Dialect *self, const char *event, JsonNode *args,
    const char *self_id, GError **error)
{
  for (guint i = 0; i < self->in->len; i++) {
    const Rule *rule = g_ptr_array_index (self->in, i);
    g_autoptr (TemplateVars) vars = NULL;
    g_autoptr (RoomEvent) found = NULL;

    if (g_strcmp0 (event, rule->form->event) != 0)
      continue;
    vars = template_vars_new ();
    if (!json_template_match (rule->form->args, args, vars))
      continue;
    found = make_event (rule, vars, self_id);
    if (found == NULL)
      continue;
    return is_echo (found, self_id) ? NULL : g_steal_pointer (&found);
  }
  if (dialect_knows (self, event))
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE,
        "“%s” came in a form that the dialect “%s” does not know", event,
        self->name);
  return NULL;
}
