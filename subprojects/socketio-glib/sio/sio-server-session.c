/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-namespace.h"
#include "sio-packet-input.h"
#include "sio-random-id.h"
#include "sio-server-private.h"
#include "sio-timer.h"

#include <string.h>

/* A client's connection to a server, whatever carries it, and the sockets that
 * the client has over it: one for each namespace that it is in. */

struct _SioServerSession {
  SioServer *server; /* not owned; NULL once ended */
  SioEngine *engine;
  SioPacketInput *input;
  SioLimits *limits;
  GMainContext *context;
  char *id;
  char *address;
  GHashTable *query;
  gboolean old; /* speaks revision 3: Socket.IO 2 */

  GHashTable *sockets; /* namespace's name -> SioServerSocket, owned */
  GHashTable *left;    /* set of names, of namespaces it was in */
  guint connected;     /* how many of the sockets are */
  GSource *connect_due;
};

static void
session_clear (gpointer data)
{
  SioServerSession *self = data;

  sio_timer_stop (&self->connect_due);
  sio_packet_input_free (self->input);
  g_object_unref (self->engine);
  g_object_unref (self->limits);
  g_hash_table_unref (self->sockets);
  g_hash_table_unref (self->left);
  g_hash_table_unref (self->query);
  g_main_context_unref (self->context);
  g_free (self->address);
  g_free (self->id);
}

void
sio_server_session_unref (SioServerSession *self)
{
  g_rc_box_release_full (self, session_clear);
}

/* Ends the connection, after what was sent. Idempotent. */
void
sio_server_session_end (SioServerSession *self, const char *reason)
{
  SioServer *server = g_steal_pointer (&self->server);
  GHashTableIter iter;
  gpointer socket;

  if (server == NULL)
    return;
  g_rc_box_acquire (self);
  sio_timer_stop (&self->connect_due);
  sio_packet_input_reset (self->input);
  sio_engine_close (self->engine);
  /* Each of them takes itself out, and its handlers may take out others. */
  for (;;) {
    g_hash_table_iter_init (&iter, self->sockets);
    if (!g_hash_table_iter_next (&iter, NULL, &socket))
      break;
    sio_server_socket_end (socket, reason);
  }
  sio_server_session_gone (server, self);
  sio_server_session_unref (self);
}

static gboolean
on_connect_overdue (gpointer data)
{
  sio_server_session_end (data, SIO_REASON_FORCED_SERVER_CLOSE);
  return G_SOURCE_REMOVE;
}

static void
await_connect (SioServerSession *self)
{
  sio_timer_stop (&self->connect_due);
  self->connect_due = sio_timer_start (self->context,
      sio_server_peek_settings (self->server)->connect_timeout,
      on_connect_overdue, self);
}

/* A socket is in its namespace. */
void
sio_server_session_joined (SioServerSession *self)
{
  self->connected++;
  sio_timer_stop (&self->connect_due);
}

/* A socket has ended. What the client sent it before it knows is no error. */
void
sio_server_session_left (
    SioServerSession *self, SioServerSocket *socket, gboolean was_connected)
{
  const char *name =
      sio_namespace_get_name (sio_server_socket_get_namespace (socket));

  if (self->server != NULL && was_connected) {
    if (g_hash_table_size (self->left)
        >= sio_server_peek_settings (self->server)->max_namespaces)
      g_hash_table_remove_all (self->left);
    g_hash_table_add (self->left, g_strdup (name));
  }
  g_hash_table_remove (self->sockets, name);
  self->connected -= was_connected ? 1 : 0;
  if (self->server != NULL && was_connected && self->connected == 0)
    await_connect (self);
}

/* Sends a Socket.IO packet; FALSE without a connection. */
gboolean
sio_server_session_send (SioServerSession *self, const SioMessage *message)
{
  return sio_engine_send_message (
      self->engine, message->text, message->length, message->attachments);
}

static JsonNode *
new_refusal (gboolean old, const char *text, JsonNode *data)
{
  g_autoptr (JsonObject) object = NULL;

  /* Before Socket.IO 3 there was either of them. */
  if (old && data != NULL)
    return json_node_copy (data);
  if (old)
    return json_node_init_string (json_node_alloc (), text);
  object = json_object_new ();
  json_object_set_string_member (object, "message", text);
  if (data != NULL)
    json_object_set_member (object, "data", json_node_copy (data));
  return json_node_init_object (json_node_alloc (), object);
}

/* Sends CONNECT_ERROR. */
void
sio_server_session_refuse (
    SioServerSession *self, const char *nsp, const char *text, JsonNode *data)
{
  g_autoptr (JsonNode) node = new_refusal (self->old, text, data);
  g_autoptr (GError) error = NULL;
  g_autoptr (SioMessage) message = sio_message_new (SIO_PACKET_CONNECT_ERROR,
      nsp, node, sio_limits_peek (self->limits), &error);

  if (message != NULL)
    sio_server_session_send (self, message);
  else
    g_warning ("a client was not told why it is refused: %s", error->message);
}

/* With Socket.IO 2 a client makes it itself, of the session's. */
static char *
make_id (SioServerSession *self, const char *nsp)
{
  if (!self->old)
    return sio_random_id_new ();
  if (strcmp (nsp, "/") == 0)
    return g_strdup (self->id);
  return g_strconcat (nsp, "#", self->id, NULL);
}

/* The client wants into the namespace with what it brings, which is taken. */
static void
join_namespace (SioServerSession *self, const char *name, JsonNode *taken)
{
  g_autoptr (JsonNode) auth = taken;
  SioNamespace *nsp = sio_server_find_namespace (self->server, name);
  g_autofree char *id = make_id (self, name);
  g_autoptr (SioServerSocket) socket = NULL;

  if (self->server == NULL)
    return;
  if (nsp == NULL || id == NULL) {
    sio_server_session_refuse (self, name, "Invalid namespace", NULL);
    return;
  }
  if (g_hash_table_size (self->sockets)
      >= sio_server_peek_settings (self->server)->max_namespaces) {
    sio_server_session_refuse (self, name, "too many namespaces", NULL);
    return;
  }
  socket = sio_server_socket_new (self, nsp, id, auth, self->limits);
  g_hash_table_remove (self->left, name);
  g_hash_table_insert (self->sockets, g_strdup (name), g_object_ref (socket));
  sio_server_socket_begin (socket);
}

static JsonNode *
new_object (void)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  return node;
}

/* What a client of Socket.IO 2 has behind the name of a namespace. */
static JsonNode *
read_query (const char *text)
{
  g_autoptr (GHashTable) query = soup_form_decode (text);
  JsonNode *node = new_object ();
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, query);
  while (g_hash_table_iter_next (&iter, &name, &value))
    json_object_set_string_member (json_node_get_object (node), name, value);
  return node;
}

static JsonNode *
read_auth (const SioPacket *packet, const char *query)
{
  if (query != NULL)
    return read_query (query);
  return packet->payload != NULL ? json_node_ref (packet->payload)
                                 : new_object ();
}

static void
on_packet (gpointer data, SioPacket *packet)
{
  SioServerSession *self = data;
  char *query = self->old ? strchr (packet->nsp, '?') : NULL;
  SioServerSocket *socket;

  if (query != NULL)
    *query++ = '\0';
  socket = g_hash_table_lookup (self->sockets, packet->nsp);
  if (packet->type == SIO_PACKET_CONNECT && socket == NULL) {
    join_namespace (self, packet->nsp, read_auth (packet, query));
    return;
  }
  if (socket != NULL && sio_server_socket_handle_packet (socket, packet))
    return;
  if (socket == NULL
      && (packet->type == SIO_PACKET_DISCONNECT
          || g_hash_table_contains (self->left, packet->nsp)))
    return;
  g_info ("a client is disconnected: a packet out of order");
  sio_server_session_end (self, SIO_REASON_FORCED_SERVER_CLOSE);
}

static void
on_broken (gpointer data, const GError *error)
{
  g_info ("a client is disconnected: %s", error->message);
  sio_server_session_end (data, SIO_REASON_PARSE_ERROR);
}

static const SioPacketInputHandler input_handler = {
  .packet = on_packet,
  .broken = on_broken,
};

static void
on_message (gpointer data, const char *text, gsize length)
{
  SioServerSession *self = g_rc_box_acquire (data);

  sio_packet_input_text (self->input, text, length);
  sio_server_session_unref (self);
}

static void
on_binary (gpointer data, gconstpointer bytes, gsize length)
{
  SioServerSession *self = g_rc_box_acquire (data);

  sio_packet_input_binary (self->input, bytes, length);
  sio_server_session_unref (self);
}

static void
on_closed (gpointer data, const char *reason, const GError *error)
{
  if (error != NULL)
    g_debug ("a client's connection ended: %s", error->message);
  sio_server_session_end (data, reason);
}

static const SioEngineHandler engine_handler = {
  .message = on_message,
  .binary = on_binary,
  .closed = on_closed,
};

SioEngine *
sio_server_session_get_engine (SioServerSession *self)
{
  return self->engine;
}

/* Engine.IO's, with which others could take the session over. */
const char *
sio_server_session_get_id (SioServerSession *self)
{
  return self->id;
}

const char *
sio_server_session_get_address (SioServerSession *self)
{
  return self->address;
}

GHashTable *
sio_server_session_get_query (SioServerSession *self)
{
  return self->query;
}

const SioServerSettings *
sio_server_session_peek_settings (SioServerSession *self)
{
  return sio_server_peek_settings (self->server);
}

gboolean
sio_server_session_is_old (SioServerSession *self)
{
  return self->old;
}

/* Socket.IO 2 takes its clients into the main namespace unasked. */
void
sio_server_session_begin (SioServerSession *self)
{
  if (self->old)
    join_namespace (self, "/", new_object ());
}

SioServerSession *
sio_server_session_new (SioServer *server, const SioEngineArrival *arrival)
{
  SioServerSession *self = g_rc_box_new0 (SioServerSession);
  const SioServerSettings *settings = sio_server_peek_settings (server);

  self->server = server;
  self->context = g_main_context_ref_thread_default ();
  self->limits = g_object_ref (sio_server_get_limits (server));
  self->input = sio_packet_input_new (
      self->context, self->limits, TRUE, &input_handler, self);
  sio_packet_input_limit_unfinished (self->input, arrival->budget);
  self->id = g_strdup (arrival->handshake->sid);
  self->address = g_strdup (arrival->address);
  self->query = arrival->query != NULL
      ? g_hash_table_ref (arrival->query)
      : g_hash_table_new (g_str_hash, g_str_equal);
  self->old = sio_transport_get_revision (arrival->transport)
      == SIO_ENGINE_OLD_REVISION;
  self->sockets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->engine = sio_engine_new_server (
      arrival->transport, arrival->handshake, &engine_handler, self);
  sio_engine_limit_rate (self->engine, settings->max_messages_per_second,
      settings->max_message_burst);
  await_connect (self);
  return self;
}
