/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "localaddresses.h"

#define NONE_KEY "roomcall-no-local-address"

/* The address that the machine would take by itself: a datagram socket is told,
 * and nothing is sent. */
static GInetAddress *
find_usual (GSocketAddress *remote)
{
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (remote),
          G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) local = NULL;

  if (socket == NULL || !g_socket_connect (socket, remote, NULL, NULL))
    return NULL;
  local = g_socket_get_local_address (socket, NULL);
  return G_IS_INET_SOCKET_ADDRESS (local) ? g_object_ref (
             g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)))
                                          : NULL;
}

/* Of several the usual one; else, of the same family, the first. */
static GInetAddress *
choose (GPtrArray *addresses, GSocketAddress *remote)
{
  g_autoptr (GInetAddress) usual = find_usual (remote);
  GInetAddress *first = NULL;

  for (guint i = 0; i < addresses->len; i++) {
    GInetAddress *address = g_ptr_array_index (addresses, i);

    if (usual != NULL && g_inet_address_equal (address, usual))
      return address;
    if (first == NULL
        && g_inet_address_get_family (address)
            == g_socket_address_get_family (remote))
      first = address;
  }
  return first;
}

static gboolean
bind_socket (GPtrArray *addresses, GSocket *socket, GSocketAddress *remote)
{
  GInetAddress *address = choose (addresses, remote);
  g_autoptr (GSocketAddress) local = NULL;

  if (address == NULL)
    return FALSE;
  local = g_inet_socket_address_new (address, 0);
  return g_socket_bind (socket, local, FALSE, NULL);
}

/* Each address of a name is tried with a socket of its own, which is bound here, as
 * the client itself can be given one address, of one family. */
static void
on_event (GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, GPtrArray *addresses)
{
  GSocketConnection *connection;
  g_autoptr (GSocketAddress) remote = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTING)
    return;
  connection = G_SOCKET_CONNECTION (stream);
  remote = g_socket_connection_get_remote_address (connection, NULL);
  if (remote != NULL
      && bind_socket (
          addresses, g_socket_connection_get_socket (connection), remote))
    return;
  /* It would come from any address otherwise. */
  g_object_set_data (G_OBJECT (client), NONE_KEY, GUINT_TO_POINTER (1));
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
}

static void
unref_addresses (gpointer addresses, GClosure *closure)
{
  g_ptr_array_unref (addresses);
}

/**
 * local_addresses_bind:
 * @addresses: (nullable) (element-type GInetAddress): the addresses, not changed any
 *   more; %NULL: any
 * @client: a client that has not connected yet, whose local address is not set
 *
 * Lets its connections come from these addresses alone: of those of the right
 * family from the one that the machine would take by itself if it is among them,
 * else from the first. Without one there is no connection.
 */
void
local_addresses_bind (GPtrArray *addresses, GSocketClient *client)
{
  if (addresses != NULL)
    g_signal_connect_data (client, "event", G_CALLBACK (on_event),
        g_ptr_array_ref (addresses), unref_addresses, 0);
}

/**
 * local_addresses_explain:
 * @client: a client that was given to local_addresses_bind(), and that could not
 *   connect
 * @error: what it says
 *
 * Returns: (transfer full): why, to come behind the name of the server
 */
char *
local_addresses_explain (GSocketClient *client, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
      && g_object_get_data (G_OBJECT (client), NONE_KEY) != NULL)
    return g_strdup ("cannot be reached from an address of ice-interfaces");
  return g_strdup_printf ("cannot be reached: %s", error->message);
}
