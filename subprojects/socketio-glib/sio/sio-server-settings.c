/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-server-settings.h"

#include "sio-limits-private.h"

#define NUMBER(name, member, minimum, maximum, value) \
  SIO_NUMBER (SioServerSettings, name, member, minimum, maximum, value)

/**
 * SioServer:ping-interval:
 *
 * How often a client is asked whether it is there, in milliseconds. As all that
 * is said in the handshake, it holds for the clients to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:ping-timeout:
 *
 * How long a client may take to answer, in milliseconds.
 *
 * Since: 0.1
 */
/**
 * SioServer:connect-timeout:
 *
 * How long a client may be without a namespace, in milliseconds: from the
 * handshake to the answer to its CONNECT, and again after it has left the last.
 *
 * Since: 0.1
 */
/**
 * SioServer:upgrade-timeout:
 *
 * How long a client may take to change over from polling to WebSocket, in
 * milliseconds. After that it stays on polling.
 *
 * Since: 0.1
 */
/**
 * SioServer:request-timeout:
 *
 * How long a client may take from the TCP connection to the end of the head of
 * its request, in milliseconds. Takes effect with sio_server_listen().
 *
 * Since: 0.1
 */
/**
 * SioServer:exchange-timeout:
 *
 * How long it may take from the head of a request to the end of the answer, in
 * milliseconds; the time that a poll is held does not count. Takes effect for
 * the requests to come. Not with sio_server_attach(). A message over WebSocket
 * may take as long from its first byte to its last; that holds for the
 * connections to come, and with sio_server_attach() too.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-payload:
 *
 * The largest message a client may send, in bytes, and the largest body of a
 * POST; one that sends more is disconnected.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-unsent:
 *
 * How many bytes may wait for a client that does not take them; with more it is
 * disconnected. Holds for the clients to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-unsent-total:
 *
 * How many bytes may wait for all clients together, answers to requests of
 * Engine.IO's included; 0 is no limit. If there are more, the client that takes
 * least of them, so that most waits for it, is disconnected. Takes effect for
 * the connections to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-unfinished:
 *
 * How many bytes there may be, of all clients together, of what they have begun
 * to send: messages in fragments, bodies of requests, attachments whose packet is
 * not complete; 0 is no limit. If there are more, the client that holds most of
 * them is disconnected, or its request answered with 413. Takes effect for the
 * connections to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-messages-per-second:
 *
 * How many messages a client may send in the long run, in messages a second; 0
 * is no limit. All that it sends is a message: events, acknowledgements, each of
 * their attachments, the words of the protocol; and one counts once for each
 * 16 KiB that it begins. A client that sends more than
 * #SioServer:max-message-burst allows is disconnected: a WebSocket is closed
 * with 1008, a POST answered with 429, and the reason here is "transport error".
 * Holds for the clients to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-message-burst:
 *
 * How many messages a client may send at once, after a time in which it sent
 * few. In a call of eight, who joins sends an answer and up to 40 candidates to
 * each of seven at once, some 300 messages. Without effect if
 * #SioServer:max-messages-per-second is 0. Holds for the clients to come.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-connections:
 *
 * How many TCP connections there may be at a time; more are closed at once.
 * Takes effect with sio_server_listen().
 *
 * Since: 0.1
 */
/**
 * SioServer:max-connections-per-address:
 *
 * How many of them may come from one address. Clients behind one router, or
 * behind a proxy on this machine, share one. Takes effect with
 * sio_server_listen().
 *
 * Since: 0.1
 */
/**
 * SioServer:max-sessions:
 *
 * How many clients there may be at a time, on whatever transport; more are
 * answered with 503. A client that polls needs no connection to be one.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-sessions-per-address:
 *
 * How many of them may come from one address.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-namespaces:
 *
 * How many namespaces one client may be in at a time; further ones are refused.
 *
 * Since: 0.1
 */
/**
 * SioServer:max-rooms:
 *
 * How many rooms one socket may be in at a time, that of its own id included:
 * sio_server_socket_join() does nothing beyond that.
 *
 * Since: 0.1
 */

#define DAY_MS (24 * 60 * 60 * 1000)

/* clang-format off */
static const SioNumber numbers[] = {
  NUMBER ("ping-interval", ping_interval, 1, DAY_MS, 25000),
  NUMBER ("ping-timeout", ping_timeout, 1, DAY_MS, 20000),
  NUMBER ("connect-timeout", connect_timeout, 1, G_MAXINT, 45000),
  NUMBER ("upgrade-timeout", upgrade_timeout, 1, G_MAXINT, 10000),
  NUMBER ("request-timeout", request_timeout, 1, G_MAXINT, 10000),
  NUMBER ("exchange-timeout", exchange_timeout, 1, G_MAXINT, 60000),
  NUMBER ("max-payload", max_payload, 1000, 64 * 1000 * 1000, 1000000),
  NUMBER ("max-unsent", max_unsent, 1, G_MAXINT, 1024 * 1024),
  NUMBER (
      "max-unsent-total", max_unsent_total, 0, G_MAXINT, 16 * 1024 * 1024),
  NUMBER ("max-unfinished", max_unfinished, 0, G_MAXINT, 16 * 1024 * 1024),
  NUMBER ("max-messages-per-second", max_messages_per_second, 0, 1000000, 50),
  NUMBER ("max-message-burst", max_message_burst, 1, 1000000, 500),
  NUMBER ("max-connections", max_connections, 1, G_MAXINT, 256),
  NUMBER ("max-connections-per-address", max_connections_per_address,
      1, G_MAXINT, 64),
  NUMBER ("max-sessions", max_sessions, 1, G_MAXINT, 256),
  NUMBER ("max-sessions-per-address", max_sessions_per_address,
      1, G_MAXINT, 64),
  NUMBER ("max-namespaces", max_namespaces, 1, G_MAXINT, 16),
  NUMBER ("max-rooms", max_rooms, 1, G_MAXINT, 256),
};
/* clang-format on */

enum {
  PROP_PATH = G_N_ELEMENTS (numbers) + 1,
  PROP_ALLOWED_HOSTS,
  PROP_ALLOWED_ORIGINS,
  PROP_ALLOW_EIO3,
  N_PROPS
};

G_STATIC_ASSERT (N_PROPS <= SIO_SERVER_SETTINGS_END);

gboolean
sio_server_settings_set (SioServerSettings *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_PATH:
      g_free (self->path);
      self->path = g_value_dup_string (value);
      if (self->path == NULL)
        self->path = g_strdup ("");
      return TRUE;
    case PROP_ALLOWED_HOSTS:
      g_strfreev (self->allowed_hosts);
      self->allowed_hosts = g_value_dup_boxed (value);
      return TRUE;
    case PROP_ALLOWED_ORIGINS:
      g_strfreev (self->allowed_origins);
      self->allowed_origins = g_value_dup_boxed (value);
      return TRUE;
    case PROP_ALLOW_EIO3:
      self->allow_eio3 = g_value_get_boolean (value);
      return TRUE;
    default:
      if (id == 0 || id > G_N_ELEMENTS (numbers))
        return FALSE;
      G_STRUCT_MEMBER (guint, self, numbers[id - 1].offset) =
          g_value_get_uint (value);
      return TRUE;
  }
}

gboolean
sio_server_settings_get (const SioServerSettings *self, guint id, GValue *value)
{
  switch (id) {
    case PROP_PATH:
      g_value_set_string (value, self->path);
      return TRUE;
    case PROP_ALLOWED_HOSTS:
      g_value_set_boxed (value, self->allowed_hosts);
      return TRUE;
    case PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, self->allowed_origins);
      return TRUE;
    case PROP_ALLOW_EIO3:
      g_value_set_boolean (value, self->allow_eio3);
      return TRUE;
    default:
      if (id == 0 || id > G_N_ELEMENTS (numbers))
        return FALSE;
      g_value_set_uint (
          value, G_STRUCT_MEMBER (guint, self, numbers[id - 1].offset));
      return TRUE;
  }
}

void
sio_server_settings_clear (SioServerSettings *self)
{
  g_clear_pointer (&self->allowed_hosts, g_strfreev);
  g_clear_pointer (&self->allowed_origins, g_strfreev);
  g_clear_pointer (&self->path, g_free);
}

void
sio_server_settings_install (GObjectClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_object_class_install_property (klass, i + 1,
        g_param_spec_uint (numbers[i].name, NULL, NULL, numbers[i].minimum,
            numbers[i].maximum, numbers[i].value, flags));
  /**
   * SioServer:path:
   *
   * Where Engine.IO is, the slash at its end included. May change while the
   * server does not listen.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_PATH,
      g_param_spec_string ("path", NULL, NULL, "/socket.io/", flags));
  /**
   * SioServer:allowed-hosts:
   *
   * By which names requests may ask for the server, beside those that are always
   * its own: any address, "localhost" and names below it, the machine's name and
   * that with ".local". An entry is a name, which then may have any port, or a
   * name and a port; "*" is any. Another name is answered with 403: a page could
   * have its own one resolved to this server ("DNS rebinding"). A server that has
   * a name of its own, or is behind a proxy that hands the name on, needs it
   * here. May change at any time, for the requests to come.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOWED_HOSTS,
      g_param_spec_boxed ("allowed-hosts", NULL, NULL, G_TYPE_STRV, flags));
  /**
   * SioServer:allowed-origins:
   *
   * The origins whose pages may connect, as in "https://example.org"; "*" is
   * any. With %NULL it is the server itself, as the page's request names it.
   * Programs that send no origin may always connect.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOWED_ORIGINS,
      g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, flags));
  /**
   * SioServer:allow-eio3:
   *
   * Whether clients of Socket.IO 2, which speak Engine.IO 3, may connect. Their
   * protocol makes the id of a socket of that of its session: who learns it,
   * such as the members of a room that ids are shown to, can take over a session
   * that polls. May change at any time, for the clients to come.
   *
   * Since: 0.1
   */
  g_object_class_install_property (klass, PROP_ALLOW_EIO3,
      g_param_spec_boolean ("allow-eio3", NULL, NULL, FALSE, flags));
}
