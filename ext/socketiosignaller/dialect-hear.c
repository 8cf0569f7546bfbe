/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What messages that come mean to a dialect. */
#include "dialect-private.h"

#include <sio/sio-json-writer.h>
#include <string.h>

/* Ids are opaque: socket.io's have 20 bytes. */
#define MAX_ID_LENGTH 256
/* Chromium's largest offers, with many codecs and tracks, stay under 64 KiB. */
#define MAX_SDP_LENGTH (256 * 1024)
#define MAX_CANDIDATE_LENGTH 4096
#define MAX_REASON_LENGTH 256

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

static JsonNode *
ref_ice_servers (TemplateVars *vars)
{
  JsonNode *node = template_vars_get (vars, "ice_servers");

  return node != NULL ? json_node_ref (node) : NULL;
}

static gboolean
add_member (const Dialect *self, RoomEvent *event, const DialectRule *rule,
    TemplateVars *vars, const char *self_id)
{
  const char *id = get_id (vars);
  JsonNode *userdata = template_vars_get (vars, "userdata");
  RoomMember *member;

  if (id == NULL && self->single_peer
      && template_vars_get (vars, "peer") == NULL)
    id = DIALECT_SINGLE_PEER;
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
  member->ice_servers = ref_ice_servers (vars);
  return TRUE;
}

static gboolean
fill_arrivals (const Dialect *self, RoomEvent *event, const DialectRule *rule,
    TemplateVars *vars, const char *self_id)
{
  event->later_role = rule->later_role;
  if (rule->kind == ROOM_EVENT_PEER_JOINED)
    return add_member (self, event, rule, vars, self_id);
  for (guint i = 0; i < template_vars_get_n_rows (vars); i++) {
    if (!add_member (
            self, event, rule, template_vars_get_row (vars, i), self_id))
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
make_event (const Dialect *self, const DialectRule *rule, TemplateVars *vars,
    const char *self_id)
{
  g_autoptr (RoomEvent) event = room_event_new (rule->kind);
  gboolean good = TRUE;

  event->peer = g_strdup (get_id (vars));
  if (event->peer == NULL && template_vars_get (vars, "peer") != NULL)
    return NULL;

  switch (rule->kind) {
    case ROOM_EVENT_SELF_ID:
    case ROOM_EVENT_ENTERED:
      event->text = g_strdup (get_limited (vars, "self", MAX_ID_LENGTH));
      event->ice_servers = ref_ice_servers (vars);
      good = event->text != NULL || rule->kind == ROOM_EVENT_ENTERED;
      break;
    case ROOM_EVENT_ROSTER:
    case ROOM_EVENT_PEER_JOINED:
      good = fill_arrivals (self, event, rule, vars, self_id);
      break;
    case ROOM_EVENT_DESCRIPTION:
      event->is_later = rule->is_later;
      good = fill_description (event, vars);
      break;
    case ROOM_EVENT_CANDIDATE:
      good = fill_candidate (event, vars);
      break;
    case ROOM_EVENT_PEER_LEFT:
      good = event->peer != NULL || self->single_peer;
      G_GNUC_FALLTHROUGH;
    case ROOM_EVENT_CALL_ENDED:
    case ROOM_EVENT_REFUSED:
      event->text = g_strdup (get_limited (vars, "reason", MAX_REASON_LENGTH));
      break;
    case ROOM_EVENT_ICE_SERVERS:
      event->ice_servers = ref_ice_servers (vars);
      break;
    case ROOM_EVENT_NOTHING:
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

/* Whether what the rule wants to be remembered is. */
static gboolean
is_due (const DialectRule *rule, TemplateVars *memory)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *wanted;

  if (rule->when == NULL)
    return TRUE;
  json_object_iter_init (&iter, json_node_get_object (rule->when));
  while (json_object_iter_next (&iter, &name, &wanted)) {
    JsonNode *value = template_vars_get (memory, name);

    if (value == NULL ? !JSON_NODE_HOLDS_NULL (wanted)
                      : !json_node_equal (value, wanted))
      return FALSE;
  }
  return TRUE;
}

/* Sets @target's variables to what the template @object makes of @vars. */
static gboolean
assign (const JsonTemplate *object, TemplateVars *vars, TemplateVars *target,
    gboolean only_missing, GError **error)
{
  g_autoptr (JsonNode) values = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    return TRUE;
  values = json_template_build (object, vars, error);
  if (values == NULL)
    return FALSE;
  json_object_iter_init (&iter, json_node_get_object (values));
  while (json_object_iter_next (&iter, &name, &value)) {
    if (!only_missing || template_vars_get (target, name) == NULL)
      template_vars_set (target, name, json_node_copy (value));
  }
  return TRUE;
}

/* What one rule makes of a message; NULL without an error if it is not its. */
static RoomEvent *
apply_rule (const Dialect *self, const DialectRule *rule, JsonNode *args,
    TemplateVars *memory, GError **error)
{
  g_autoptr (TemplateVars) vars = template_vars_new_row (memory);
  g_autoptr (RoomEvent) event = NULL;

  if (!is_due (rule, memory) || !json_template_match (rule->args, args, vars)
      || !assign (rule->set, vars, vars, TRUE, NULL))
    return NULL;
  event =
      make_event (self, rule, vars, template_vars_get_string (memory, "self"));
  if (event == NULL)
    return NULL;
  /* What is said may have what is kept. */
  if (!assign (rule->keep, vars, memory, FALSE, error))
    return NULL;
  if (rule->say != NULL) {
    event->replies = dialect_build_forms (rule->say, vars, "say", error);
    if (event->replies == NULL)
      return NULL;
  }
  return g_steal_pointer (&event);
}

static RoomEvent *
parse (const Dialect *self, const char *name, DialectIntent ack_of,
    JsonNode *args, TemplateVars *memory, GError **error)
{
  for (guint i = 0; i < self->in->len; i++) {
    const DialectRule *rule = g_ptr_array_index (self->in, i);
    g_autoptr (GError) inner = NULL;
    g_autoptr (RoomEvent) event = NULL;

    if (g_strcmp0 (name, rule->event) != 0
        || (name == NULL && rule->ack_of != ack_of))
      continue;
    event = apply_rule (self, rule, args, memory, &inner);
    if (inner != NULL) {
      g_propagate_error (error, g_steal_pointer (&inner));
      return NULL;
    }
    if (event == NULL)
      continue;
    event->rule = i;
    return is_echo (event, template_vars_get_string (memory, "self"))
        ? NULL
        : g_steal_pointer (&event);
  }
  if (name == NULL || dialect_knows (self, name))
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE,
        "“%s”%s came in a form that the dialect “%s” does not know",
        name != NULL ? name : dialect_intent_to_string (ack_of),
        name != NULL ? "" : "’s acknowledgement", self->name);
  return NULL;
}

/**
 * dialect_parse:
 * @self: the dialect
 * @event: the event that came
 * @args: its arguments, an array
 * @memory: $room and $self, whose echoes are left out, where they have a value;
 *   the dialect's own variables; what the dialect remembers of earlier messages
 * @error: set where the dialect knows the event but not this form of it
 *
 * Returns: (transfer full) (nullable): what it means; %NULL without an error where
 *   it is none of the dialect's events, or an echo of our own
 */
RoomEvent *
dialect_parse (const Dialect *self, const char *event, JsonNode *args,
    TemplateVars *memory, GError **error)
{
  return parse (self, event, DIALECT_JOIN, args, memory, error);
}

/**
 * dialect_parse_ack:
 * @self: the dialect
 * @intent: what was said and acknowledged
 * @args: what the acknowledgement brought, an array
 * @memory: as with dialect_parse()
 * @error: set where the dialect does not know this form of it
 *
 * Returns: (transfer full) (nullable): what it means
 */
RoomEvent *
dialect_parse_ack (const Dialect *self, DialectIntent intent, JsonNode *args,
    TemplateVars *memory, GError **error)
{
  return parse (self, NULL, intent, args, memory, error);
}

/* Forms of offers and answers may be the same but for the type. */
static gboolean
is_of_type (DialectIntent intent, TemplateVars *vars)
{
  const char *type = template_vars_get_string (vars, "type");

  switch (intent) {
    case DIALECT_OFFER:
    case DIALECT_LATER_OFFER:
      return type == NULL || g_strcmp0 (type, "offer") == 0;
    case DIALECT_ANSWER:
    case DIALECT_LATER_ANSWER:
      return type == NULL || g_strcmp0 (type, "answer") == 0;
    default:
      return TRUE;
  }
}

/**
 * dialect_recognize:
 * @self: the dialect
 * @event: an event that another program of the application sent
 * @args: its arguments, an array
 * @vars: what is known; its variables are added if the message is recognized
 * @intent: (out): what it said
 *
 * Returns: whether we would say something in this form
 */
gboolean
dialect_recognize (const Dialect *self, const char *event, JsonNode *args,
    TemplateVars *vars, DialectIntent *intent)
{
  for (gsize i = 0; i < DIALECT_N_INTENTS; i++) {
    const GPtrArray *forms = self->out[i];

    for (guint j = 0; forms != NULL && j < forms->len; j++) {
      const DialectForm *form = g_ptr_array_index (forms, j);
      g_autoptr (TemplateVars) found = template_vars_new_row (vars);

      if (g_strcmp0 (form->event, event) != 0
          || !json_template_match (form->args, args, found)
          || !is_of_type (i, found))
        continue;
      template_vars_move_into (found, vars);
      *intent = i;
      return TRUE;
    }
  }
  return FALSE;
}
