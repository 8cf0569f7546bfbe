/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "serverclient.h"

#include "ratelimit.h"
#include "servername.h"

#include <string.h>

/* Of refusals that one client is the cause of, in the log. */
#define LOG_BURST 20
#define LOG_PER_SECOND 1
/* An offer that is refused has a dozen candidates behind it, which need no answer. */
#define WORDS_BURST 1
#define WORDS_PER_SECOND 1

struct _ServerClient {
  ServerMember member;
  ServerShared *shared;
  SioServerSocket *socket;
  /* From the option, the query or the first event; NONE: not known yet */
  ServerDialect dialect;
  /* From the query */
  char *room_name;
  RateLimit limit;
  RateLimit log_limit;
  RateLimit words_limit;
  gboolean limit_told;
};

/* --- the log --- */

/* What it is called while it is in no room, where it may have another name. */
static char *
name_socket (SioServerSocket *socket)
{
  return server_name_choose (NULL, sio_server_socket_get_auth (socket),
      sio_server_socket_get_id (socket), NULL);
}

static ServerLogClient
describe (SioServerSocket *socket, const char *name)
{
  return (ServerLogClient){
    .id = sio_server_socket_get_id (socket),
    .name = name,
    .address = sio_server_socket_get_address (socket),
  };
}

static void
log_room (ServerClient *self, const char *what, ServerRoom *room, guint size)
{
  ServerLogClient who = describe (self->socket, self->member.name);

  server_log_room (&self->shared->log, &who, what, room, size);
}

static void
log_refusal (
    ServerShared *shared, SioServerSocket *socket, const GError *refusal)
{
  g_autofree char *name = name_socket (socket);
  ServerLogClient who = describe (socket, name);

  server_log_refusal (&shared->log, &who, refusal->code, refusal->message);
}

static void
count_refusal (ServerShared *shared, const GError *refusal)
{
  shared->metrics.refusals[refusal->code]++;
}

/* --- words to it --- */

static void
tell (ServerMember *member, const char *event, JsonNode *argument)
{
  ServerClient *self = member->data;
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) args = NULL;
  g_autoptr (GError) error = NULL;

  json_array_add_element (array, json_node_ref (argument));
  args = json_node_init_array (json_node_alloc (), array);
  if (!sio_server_socket_emit (self->socket, event, args, &error))
    g_debug ("%s to %s: %s", event, member->id, error->message);
}

static void
tell_text (
    ServerClient *self, const char *event, const char *name, const char *value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) argument = NULL;

  json_object_set_string_member (object, name, value);
  argument = json_node_init_object (json_node_alloc (), object);
  tell (&self->member, event, argument);
}

static void
note_refusal (ServerClient *self, const GError *refusal)
{
  count_refusal (self->shared, refusal);
  if (rate_limit_take (&self->log_limit, g_get_monotonic_time ()))
    log_refusal (self->shared, self->socket, refusal);
}

static void
refuse (ServerClient *self, const GError *refusal)
{
  note_refusal (self, refusal);
  tell_text (self, "refused", "reason", refusal->message);
}

/* Of what was not asked for in so many words. */
static void
refuse_at_times (ServerClient *self, const GError *refusal)
{
  if (rate_limit_take (&self->words_limit, g_get_monotonic_time ()))
    refuse (self, refusal);
  else
    count_refusal (self->shared, refusal);
}

/* --- rooms --- */

static gboolean
enter (ServerClient *self, const char *name, ServerDialect dialect,
    JsonNode *userdata, GError **error)
{
  ServerMember *member = &self->member;
  ServerRoom *before = member->room;

  if (!server_rooms_enter (
          self->shared->rooms, member, name, dialect, userdata, error))
    return FALSE;
  if (member->room == before)
    return TRUE;
  self->dialect = dialect;
  log_room (self, "join", member->room, server_room_get_size (member->room));
  return TRUE;
}

/* Where a word of the client's is what brings it into its room. */
static gboolean
enter_by_itself (ServerClient *self, ServerDialect dialect)
{
  g_autoptr (GError) refusal = NULL;

  if (self->member.room != NULL
      || enter (self, self->room_name, dialect, NULL, &refusal))
    return TRUE;
  refuse_at_times (self, refusal);
  return FALSE;
}

static void
log_part (ServerClient *self)
{
  ServerRoom *room = self->member.room;

  if (room != NULL)
    log_room (self, "part", room, server_room_get_size (room) - 1);
}

/* Whether a client that is held to one dialect may begin with this one. */
static gboolean
check_dialect (ServerClient *self, ServerDialect spoken, GError **error)
{
  if (self->dialect == SERVER_DIALECT_NONE || self->dialect == spoken)
    return TRUE;
  if (self->shared->dialect != SERVER_DIALECT_NONE)
    g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_DIALECT,
        "this server speaks the dialect %s, and you speak %s",
        server_dialect_get_name (self->dialect),
        server_dialect_get_name (spoken));
  else
    g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_DIALECT,
        "you began with the dialect %s, and this is %s",
        server_dialect_get_name (self->dialect),
        server_dialect_get_name (spoken));
  return FALSE;
}

static void
join (ServerClient *self, const char *name, ServerDialect dialect,
    JsonNode *userdata)
{
  g_autoptr (GError) refusal = NULL;

  if (!check_dialect (self, dialect, &refusal)
      || !enter (self, name, dialect, userdata, &refusal))
    refuse (self, refusal);
}

/* --- events --- */

static void
on_join (ServerClient *self, JsonNode *argument)
{
  join (self, server_json_get_text (server_json_get (argument, "channel")),
      SERVER_DIALECT_MESH, server_json_get (argument, "userdata"));
}

static void
on_join_room (ServerClient *self, JsonNode *argument)
{
  join (self, server_json_get_text (argument), SERVER_DIALECT_ROOMS, NULL);
}

static void
on_part (ServerClient *self, JsonNode *argument)
{
  ServerRoom *room = self->member.room;

  if (room == NULL || server_room_get_dialect (room) != SERVER_DIALECT_MESH
      || g_strcmp0 (
             server_json_get_text (argument), server_room_get_name (room))
          != 0)
    return;
  log_part (self);
  server_rooms_leave (self->shared->rooms, &self->member, TRUE);
}

static const struct {
  const char *event;
  void (*handle) (ServerClient *self, JsonNode *argument);
} handlers[] = {
  { "join", on_join },
  { "part", on_part },
  { "join-room", on_join_room },
};

/* What is for others; or else for nobody, which is said if it is a dialect's. */
static void
relay (ServerClient *self, const char *event, JsonNode *argument)
{
  ServerDialect spoken = server_dialect_guess (event, argument);
  ServerDialect dialect =
      self->dialect != SERVER_DIALECT_NONE ? self->dialect : spoken;
  const ServerRelay *found = server_dialect_find_relay (dialect, event);
  g_autoptr (GError) refusal = NULL;

  if (found == NULL) {
    /* Who has been in a room has events of its application's own. */
    if (self->member.name == NULL && spoken != SERVER_DIALECT_NONE
        && !check_dialect (self, spoken, &refusal))
      refuse_at_times (self, refusal);
    return;
  }
  if (self->member.room == NULL
      && (server_dialect_joins_by_word (dialect)
          || !enter_by_itself (self, dialect)))
    return;
  server_rooms_relay (self->shared->rooms, &self->member, found, argument);
  self->shared->metrics.messages[dialect]++;
}

static gboolean
take_message (ServerClient *self)
{
  g_autoptr (GError) refusal = NULL;

  if (rate_limit_take (&self->limit, g_get_monotonic_time ()))
    return TRUE;
  refusal = g_error_new_literal (SERVER_REFUSAL, SERVER_REFUSAL_RATE,
      "too many messages: some are dropped");
  if (self->limit_told)
    count_refusal (self->shared, refusal);
  else
    note_refusal (self, refusal);
  self->limit_told = TRUE;
  return FALSE;
}

/**
 * server_client_hear:
 * @self: who says something
 * @event: the event
 * @args: an array of its arguments
 *
 * What it says is for the server, for others, or of no matter.
 */
void
server_client_hear (ServerClient *self, const char *event, JsonNode *args)
{
  JsonArray *array = json_node_get_array (args);
  JsonNode *argument = json_array_get_length (array) > 0
      ? json_array_get_element (array, 0)
      : NULL;

  if (!take_message (self))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (g_str_equal (event, handlers[i].event)) {
      handlers[i].handle (self, argument);
      return;
    }
  }
  relay (self, event, argument);
}

/* --- coming and going --- */

/* NULL: not given, or empty. */
static const char *
get_query (SioServerSocket *socket, const char *name)
{
  const char *value = sio_server_socket_get_handshake_query (socket, name);

  return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *
get_room_name (SioServerSocket *socket)
{
  const char *name = get_query (socket, "room");

  return name != NULL ? name : SERVER_CLIENT_LOBBY;
}

/**
 * server_client_check:
 * @shared: what clients share
 * @socket: who wants to connect
 * @error: why not, as %SERVER_REFUSAL
 *
 * Returns: whether what it says with the connection is right
 */
gboolean
server_client_check (
    const ServerShared *shared, SioServerSocket *socket, GError **error)
{
  const char *dialect = get_query (socket, "dialect");

  if (strlen (get_room_name (socket)) > SERVER_ROOM_MAX_NAME) {
    g_set_error (error, SERVER_REFUSAL, SERVER_REFUSAL_NAME,
        "the name of the room is longer than %d bytes", SERVER_ROOM_MAX_NAME);
    return FALSE;
  }
  if (shared->dialect != SERVER_DIALECT_NONE || dialect == NULL
      || server_dialect_from_name (dialect) != SERVER_DIALECT_NONE)
    return TRUE;
  g_set_error_literal (error, SERVER_REFUSAL, SERVER_REFUSAL_DIALECT,
      "the dialects here are mesh, rooms, message and broadcast");
  return FALSE;
}

/**
 * server_client_note_stranger:
 * @shared: what clients share
 * @socket: who is not let in
 * @refusal: why, as %SERVER_REFUSAL
 */
void
server_client_note_stranger (
    ServerShared *shared, SioServerSocket *socket, const GError *refusal)
{
  count_refusal (shared, refusal);
  log_refusal (shared, socket, refusal);
}

/**
 * server_client_new:
 * @shared: what clients share, which outlives the client
 * @socket: who has connected
 *
 * Returns: (transfer full): the client
 */
ServerClient *
server_client_new (ServerShared *shared, SioServerSocket *socket)
{
  const char *dialect = get_query (socket, "dialect");
  gint64 now = g_get_monotonic_time ();
  ServerClient *self = g_new0 (ServerClient, 1);

  self->shared = shared;
  self->socket = g_object_ref (socket);
  self->member.id = sio_server_socket_get_id (socket);
  self->member.auth = sio_server_socket_get_auth (socket);
  self->member.tell = tell;
  self->member.data = self;
  self->dialect = shared->dialect != SERVER_DIALECT_NONE
      ? shared->dialect
      : server_dialect_from_name (dialect);
  self->room_name = g_strdup (get_room_name (socket));
  rate_limit_init (
      &self->limit, shared->messages_per_second, shared->messages_burst, now);
  rate_limit_init (&self->log_limit, LOG_PER_SECOND, LOG_BURST, now);
  rate_limit_init (&self->words_limit, WORDS_PER_SECOND, WORDS_BURST, now);
  return self;
}

/**
 * server_client_free:
 * @self: (transfer full): a client that is gone, or whose rooms are not used any more
 */
void
server_client_free (ServerClient *self)
{
  server_member_clear (&self->member);
  g_object_unref (self->socket);
  g_free (self->room_name);
  g_free (self);
}

/**
 * server_client_begin:
 * @self: a client
 *
 * Tells it who it is, and puts it where it is to be without saying anything.
 */
void
server_client_begin (ServerClient *self)
{
  g_autofree char *name = name_socket (self->socket);
  ServerLogClient who = describe (self->socket, name);

  self->shared->metrics.connections++;
  server_log_connect (
      &self->shared->log, &who, sio_server_socket_get_transport (self->socket));
  tell_text (self, "client-id", "id", self->member.id);
  if (self->dialect == SERVER_DIALECT_NONE)
    server_rooms_add_silent (
        self->shared->rooms, &self->member, self->room_name);
  else if (!server_dialect_joins_by_word (self->dialect))
    enter_by_itself (self, self->dialect);
}

/**
 * server_client_gone:
 * @self: a client
 *
 * It is disconnected: those who have to know are told.
 */
void
server_client_gone (ServerClient *self)
{
  log_part (self);
  server_rooms_remove (self->shared->rooms, &self->member);
}
