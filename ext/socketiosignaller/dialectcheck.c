/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dialectcheck.h"

#include "iceservers.h"

#include <string.h>

/* What is told of one member's side of a recorded conversation. */
typedef struct {
  const Dialect *dialect;
  TemplateVars *memory;
  GString *text;
  guint n_faults;
} Check;

static const char *
get_string_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  if (!JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static void
append_replies (GString *text, const RoomEvent *event)
{
  for (guint i = 0; event->replies != NULL && i < event->replies->len; i++)
    g_string_append_printf (text, ", answered with “%s”",
        ((DialectMessage *) g_ptr_array_index (event->replies, i))->event);
}

/* How many, and why others are of no use: the rest is secret. */
static void
append_ice_servers (GString *text, JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IceServers) servers =
      ice_servers_from_json (node, g_get_real_time () / G_USEC_PER_SEC, &error);

  if (servers == NULL) {
    g_string_append_printf (text, ", %s", error->message);
    return;
  }
  g_string_append_printf (text, ", %u ICE servers", servers->list->len);
  for (guint i = 0; i < servers->dropped->len; i++)
    g_string_append_printf (text, ", dropped: %s",
        (const char *) g_ptr_array_index (servers->dropped, i));
}

static void
append_peers (GString *text, const RoomEvent *event)
{
  if (event->peers == NULL)
    g_string_append (text, " nobody else");
  for (guint i = 0; event->peers != NULL && i < event->peers->len; i++) {
    const RoomMember *member = g_ptr_array_index (event->peers, i);

    g_string_append_printf (
        text, "%s %s, we are %s", i > 0 ? ";" : "", member->id, member->role);
    if (member->ice_servers != NULL)
      append_ice_servers (text, member->ice_servers);
  }
}

/* Never the whole text: an SDP has keys in it. */
static void
append_event (GString *text, const RoomEvent *event)
{
  g_string_append_printf (
      text, "in[%u] %s:", event->rule, room_event_kind_to_string (event->kind));
  switch (event->kind) {
    case ROOM_EVENT_ROSTER:
    case ROOM_EVENT_PEER_JOINED:
      append_peers (text, event);
      break;
    case ROOM_EVENT_DESCRIPTION:
      g_string_append_printf (text, " %s of %s, %" G_GSIZE_FORMAT " bytes",
          event->type, event->peer != NULL ? event->peer : "the open call",
          strlen (event->text));
      break;
    case ROOM_EVENT_CANDIDATE:
      g_string_append_printf (text, " %s of %s, m-line %d, mid %s",
          event->text[0] != '\0' ? "one" : "the end of them",
          event->peer != NULL ? event->peer : "the open call", event->mline,
          event->mid != NULL ? event->mid : "not told");
      break;
    case ROOM_EVENT_ICE_SERVERS:
      g_string_append_printf (text, " for calls with %s",
          event->peer != NULL ? event->peer : "everybody");
      if (event->ice_servers != NULL)
        append_ice_servers (text, event->ice_servers);
      else
        g_string_append (text, ", none");
      break;
    case ROOM_EVENT_NOTHING:
      g_string_append (text, " it does not matter");
      break;
    case ROOM_EVENT_SELF_ID:
    case ROOM_EVENT_ENTERED:
      if (event->text != NULL)
        g_string_append_printf (text, " we are %s", event->text);
      if (event->ice_servers != NULL)
        append_ice_servers (text, event->ice_servers);
      break;
    default:
      g_string_append_printf (text, " %s%s%s",
          event->peer != NULL ? event->peer : "the one there is",
          event->text != NULL ? ", " : "",
          event->text != NULL ? event->text : "");
      break;
  }
  append_replies (text, event);
}

static void
check_heard (Check *check, const char *name, JsonNode *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RoomEvent) event =
      dialect_parse (check->dialect, name, args, check->memory, &error);

  if (event != NULL) {
    append_event (check->text, event);
    if (event->kind == ROOM_EVENT_SELF_ID || event->kind == ROOM_EVENT_ENTERED)
      template_vars_set_string (check->memory, "self", event->text);
  } else if (error != NULL) {
    g_string_append_printf (check->text, "FAULT: %s", error->message);
    check->n_faults++;
  } else if (dialect_knows (check->dialect, name)) {
    g_string_append (check->text, "dropped: our own message come back");
  } else {
    g_string_append (check->text, "not the dialect's: the signal “event”");
  }
}

/* What the recorded program knew of itself we know of its messages. */
static void
check_said (Check *check, const char *name, JsonNode *args)
{
  static const char *const learnt[] = { "room", "self" };
  g_autoptr (TemplateVars) vars = template_vars_new_row (check->memory);
  DialectIntent intent;

  if (!dialect_recognize (check->dialect, name, args, vars, &intent)) {
    g_string_append (check->text, "not what we would say");
    return;
  }
  g_string_append_printf (
      check->text, "out.%s", dialect_intent_to_string (intent));
  for (gsize i = 0; i < G_N_ELEMENTS (learnt); i++)
    template_vars_set_string (
        check->memory, learnt[i], template_vars_get_string (vars, learnt[i]));
}

/* [time, "in" or "out", event, argument, …] */
static gboolean
check_line (Check *check, JsonNode *node)
{
  g_autoptr (JsonArray) args = json_array_new ();
  g_autoptr (JsonNode) args_node = NULL;
  const char *direction = NULL, *name = NULL;
  JsonArray *line;
  gboolean is_in;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  line = json_node_get_array (node);
  if (json_array_get_length (line) >= 3) {
    direction = get_string_element (line, 1);
    name = get_string_element (line, 2);
  }
  is_in = g_strcmp0 (direction, "in") == 0;
  if (name == NULL || (!is_in && g_strcmp0 (direction, "out") != 0))
    return FALSE;
  for (guint i = 3; i < json_array_get_length (line); i++)
    json_array_add_element (
        args, json_node_ref (json_array_get_element (line, i)));
  args_node = json_node_init_array (json_node_alloc (), args);

  g_string_append_printf (check->text, "  %-3s  %-24s ", direction, name);
  if (is_in)
    check_heard (check, name, args_node);
  else
    check_said (check, name, args_node);
  g_string_append_c (check->text, '\n');
  return TRUE;
}

static gboolean
check_side (Check *check, const char *side, JsonNode *lines, GError **error)
{
  g_autoptr (TemplateVars) memory = template_vars_new ();
  JsonArray *array = json_node_get_array (lines);

  check->memory = memory;
  dialect_fill_variables (check->dialect, NULL, memory, NULL);
  g_string_append_printf (check->text, "%s\n", side);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (check_line (check, json_array_get_element (array, i)))
      continue;
    g_set_error (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE,
        "%s[%u]: expected [time, \"in\" or \"out\", event, argument, …]", side,
        i);
    return FALSE;
  }
  return TRUE;
}

/**
 * dialect_check_capture:
 * @dialect: a dialect
 * @capture: an object: each member that is an array is the traffic of one program,
 *   of lines [time, "in" or "out", event, argument, …]
 * @n_faults: (out): how many messages of known events have a form that the dialect
 *   does not know
 * @error: where the capture is none
 *
 * Returns: (transfer full) (nullable): for people, what each message would do
 */
char *
dialect_check_capture (
    const Dialect *dialect, JsonNode *capture, guint *n_faults, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Check check = { .dialect = dialect, .text = text };
  JsonObjectIter iter;
  const char *side;
  JsonNode *lines;

  if (!JSON_NODE_HOLDS_OBJECT (capture)) {
    g_set_error_literal (error, DIALECT_ERROR, DIALECT_ERROR_MESSAGE,
        "a capture is an object of arrays, one for each program");
    return NULL;
  }
  json_object_iter_init_ordered (&iter, json_node_get_object (capture));
  while (json_object_iter_next_ordered (&iter, &side, &lines)) {
    if (JSON_NODE_HOLDS_ARRAY (lines)
        && !check_side (&check, side, lines, error))
      return NULL;
  }
  *n_faults = check.n_faults;
  return g_string_free (g_steal_pointer (&text), FALSE);
}
