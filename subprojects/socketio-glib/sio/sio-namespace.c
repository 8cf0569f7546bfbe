/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-namespace.h"

#include "sio-server-private.h"

/**
 * SioNamespace:
 *
 * A part of a #SioServer with sockets and rooms of its own, which clients reach
 * over the connection they have anyway. It knows nothing of the other
 * namespaces, nor of how its clients are connected.
 *
 * All of it is used from the thread-default main context in which the server
 * was created, and its signals are emitted there.
 *
 * Since: 0.1
 */

struct _SioNamespace {
  GObject parent_instance;

  char *name;
  SioLimits *limits;
  GHashTable *sockets; /* id -> SioServerSocket that is connected */
  GHashTable *secrets; /* that some of them were told -> SioServerSocket */
  SioRooms *rooms;
  gboolean closed;
};

enum { AUTHENTICATE, CONNECTION, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SioNamespace, sio_namespace, G_TYPE_OBJECT)

/* What to refuse the client with, or NULL. */
char *
sio_namespace_authenticate (SioNamespace *self, SioServerSocket *socket)
{
  char *refusal = NULL;

  g_signal_emit (self, signals[AUTHENTICATE], 0, socket, &refusal);
  return refusal;
}

void
sio_namespace_socket_began (SioNamespace *self, SioServerSocket *socket)
{
  g_hash_table_insert (
      self->sockets, (char *) sio_server_socket_get_id (socket), socket);
  if (sio_server_socket_peek_secret (socket) != NULL)
    g_hash_table_insert (
        self->secrets, (char *) sio_server_socket_peek_secret (socket), socket);
  g_signal_emit (self, signals[CONNECTION], 0, socket);
}

void
sio_namespace_socket_gone (SioNamespace *self, SioServerSocket *socket)
{
  g_hash_table_remove (self->sockets, sio_server_socket_get_id (socket));
  if (sio_server_socket_peek_secret (socket) != NULL)
    g_hash_table_remove (self->secrets, sio_server_socket_peek_secret (socket));
}

/* Who is connected and was told that, or NULL. */
SioServerSocket *
sio_namespace_find_secret (SioNamespace *self, const char *secret)
{
  return g_hash_table_lookup (self->secrets, secret);
}

SioRooms *
sio_namespace_get_rooms (SioNamespace *self)
{
  return self->rooms;
}

/* Nobody is let in any more, and everybody is sent away. */
void
sio_namespace_close (SioNamespace *self)
{
  GHashTableIter iter;
  gpointer socket;

  self->closed = TRUE;
  /* Each of them takes itself out, and its handlers may take out others. */
  for (;;) {
    g_hash_table_iter_init (&iter, self->sockets);
    if (!g_hash_table_iter_next (&iter, NULL, &socket))
      break;
    sio_server_socket_disconnect (socket);
  }
}

gboolean
sio_namespace_is_closed (SioNamespace *self)
{
  return self->closed;
}

/**
 * sio_namespace_get_name:
 * @self: a namespace
 *
 * Returns: (transfer none): its name, which begins with a slash
 *
 * Since: 0.1
 */
const char *
sio_namespace_get_name (SioNamespace *self)
{
  g_return_val_if_fail (SIO_IS_NAMESPACE (self), NULL);

  return self->name;
}

/**
 * sio_namespace_get_socket:
 * @self: a namespace
 * @id: a socket's id
 *
 * Returns: (transfer none) (nullable): the connected client with that id
 *
 * Since: 0.1
 */
SioServerSocket *
sio_namespace_get_socket (SioNamespace *self, const char *id)
{
  g_return_val_if_fail (SIO_IS_NAMESPACE (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return g_hash_table_lookup (self->sockets, id);
}

/**
 * sio_namespace_get_members:
 * @self: a namespace
 * @room: (nullable): a room, or %NULL for all clients
 *
 * Returns: (transfer full) (element-type SioServerSocket): the clients in the
 *   room, in the order in which they joined it; those of the namespace are in
 *   no order. Nobody in it is an empty array.
 *
 * Since: 0.1
 */
GPtrArray *
sio_namespace_get_members (SioNamespace *self, const char *room)
{
  GPtrArray *list;
  GPtrArray *members;
  GHashTableIter iter;
  gpointer socket;

  g_return_val_if_fail (SIO_IS_NAMESPACE (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  if (room != NULL) {
    members = sio_rooms_members (self->rooms, room);
    for (guint i = 0; members != NULL && i < members->len; i++)
      g_ptr_array_add (list, g_object_ref (members->pdata[i]));
    return list;
  }
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket))
    g_ptr_array_add (list, g_object_ref (socket));
  return list;
}

/**
 * sio_namespace_emit:
 * @self: a namespace
 * @room: (nullable): a room, or %NULL for all clients
 * @except: (nullable): a client that is left out
 * @event: the event's name, at most 256 bytes
 * @args: (nullable) (transfer none): a node that holds an array of the
 *   arguments, or %NULL for none
 *
 * Sends an event to many clients. One of them may also be meant, since each is
 * in the room of its id.
 *
 * Returns: %FALSE, with a warning, if @event and @args can be sent to nobody:
 *   a reserved name, arguments that are no array or are nested too deeply
 *
 * Since: 0.1
 */
gboolean
sio_namespace_emit (SioNamespace *self, const char *room,
    SioServerSocket *except, const char *event, JsonNode *args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SioMessage) message = NULL;
  g_autoptr (GPtrArray) members = NULL;
  const SioLimitValues *limits;

  g_return_val_if_fail (SIO_IS_NAMESPACE (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);

  limits = sio_limits_peek (self->limits);
  if (sio_packet_check_event (event, args, limits, &error))
    message = sio_message_new_event (
        self->name, SIO_PACKET_NO_ID, event, args, limits, &error);
  if (message == NULL) {
    g_warning ("an event was not sent: %s", error->message);
    return FALSE;
  }
  members = sio_namespace_get_members (self, room);
  for (guint i = 0; i < members->len; i++) {
    if (members->pdata[i] != except)
      sio_server_socket_send (members->pdata[i], message);
  }
  return TRUE;
}

/* The first handler that has something against the client decides. */
gboolean
sio_namespace_accumulate_refusal (GSignalInvocationHint *hint, GValue *result,
    const GValue *value, gpointer data)
{
  g_value_copy (value, result);
  return g_value_get_string (value) == NULL;
}

static void
sio_namespace_finalize (GObject *object)
{
  SioNamespace *self = SIO_NAMESPACE (object);

  g_hash_table_unref (self->sockets);
  g_hash_table_unref (self->secrets);
  sio_rooms_free (self->rooms);
  g_object_unref (self->limits);
  g_free (self->name);
  G_OBJECT_CLASS (sio_namespace_parent_class)->finalize (object);
}

static void
sio_namespace_class_init (SioNamespaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sio_namespace_finalize;

  /**
   * SioNamespace::authenticate:
   * @self: the namespace
   * @socket: who wants to connect; its sio_server_socket_get_auth() and
   *   sio_server_socket_get_handshake_query() say what it brings
   *
   * Decides whether a client is let in; without a handler each is. A handler
   * that cannot decide at once calls sio_server_socket_hold() and returns %NULL.
   *
   * Returns: (transfer full) (nullable): %NULL to let it in, else the message
   *   with which it is refused
   *
   * Since: 0.1
   */
  signals[AUTHENTICATE] = g_signal_new ("authenticate", SIO_TYPE_NAMESPACE,
      G_SIGNAL_RUN_LAST, 0, sio_namespace_accumulate_refusal, NULL, NULL,
      G_TYPE_STRING, 1, SIO_TYPE_SERVER_SOCKET);
  /**
   * SioNamespace::connection:
   * @self: the namespace
   * @socket: the client
   *
   * A client is connected.
   *
   * Since: 0.1
   */
  signals[CONNECTION] =
      g_signal_new ("connection", SIO_TYPE_NAMESPACE, G_SIGNAL_RUN_LAST, 0,
          NULL, NULL, NULL, G_TYPE_NONE, 1, SIO_TYPE_SERVER_SOCKET);
}

static void
sio_namespace_init (SioNamespace *self)
{
  self->sockets = g_hash_table_new (g_str_hash, g_str_equal);
  self->secrets = g_hash_table_new (g_str_hash, g_str_equal);
  self->rooms = sio_rooms_new ();
}

SioNamespace *
sio_namespace_new (const char *name, SioLimits *limits)
{
  SioNamespace *self = g_object_new (SIO_TYPE_NAMESPACE, NULL);

  self->name = g_strdup (name);
  self->limits = g_object_ref (limits);
  return self;
}
