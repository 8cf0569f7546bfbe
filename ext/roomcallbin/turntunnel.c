/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "turntunnel.h"

#include "localaddresses.h"
#include "loopthread.h"
#include "turnframe.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* A connection for each network address of this machine, and the question why
 * there is no relay. The port is open to every program here. */
#define MAX_CONNECTIONS 16
/* To connect and to shake hands, in seconds. */
#define CONNECT_TIMEOUT 5
/* Who has connected here and then says nothing takes a place from libnice, which
 * asks for its relay at once. */
#define SILENCE_MS 5000
/* When there are no file descriptors left: the one that waits stays there. */
#define ACCEPT_PAUSE_MS 250
/* What libnice says is handed on as it comes. */
#define NEAR_SIZE 8192

struct _TurnTunnel {
  LoopThread *loop;
  char *host;
  guint port; /* there */
  guint local_port;
  gboolean is_tls;
  GTlsDatabase *authorities; /* nullable */
  GPtrArray *addresses;      /* nullable: GInetAddress */

  /* The thread's. */
  GSocketListener *listener;
  GCancellable *cancellable;
  GSource *pause;  /* nullable: before the next accept */
  guint n_pending; /* accepts, pauses and connections */
  guint n_connections;

  GMutex lock;
  GCond cond;
  /* Guarded by lock. */
  char *error; /* the last one */
  gboolean is_refusal;
  gboolean idle;
};

typedef struct _Connection Connection;

/* What goes one way. */
typedef struct {
  Connection *connection;
  GInputStream *from;
  GOutputStream *to;
  gboolean is_checked;
  guint8 *bytes;
  gsize size;
  gsize length; /* of what is there */
  gsize whole;  /* of what is being handed on of it */
} Way;

/* One connection of libnice's, and the one to the server that goes with it. */
struct _Connection {
  TurnTunnel *tunnel;
  GSocketConnection *near;
  GSocketConnection *far; /* nullable */
  GCancellable *cancellable;
  gulong cancel_handler;
  GSource *silence; /* nullable: until the near end has spoken */
  Way out, in;
  guint n_ways;
};

static void accept_next (TurnTunnel *self);
static void read_next (Way *way);

/* --- life --- */

static void
done_one (TurnTunnel *self)
{
  if (--self->n_pending > 0)
    return;
  g_mutex_lock (&self->lock);
  self->idle = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
}

static void
note_error (TurnTunnel *self, const char *text, gboolean is_refusal)
{
  g_mutex_lock (&self->lock);
  g_free (self->error);
  self->error = g_strdup (text);
  self->is_refusal = is_refusal;
  g_mutex_unlock (&self->lock);
}

static void
connection_free (Connection *connection)
{
  TurnTunnel *self = connection->tunnel;

  loop_thread_clear_source (&connection->silence);
  g_free (connection->out.bytes);
  g_free (connection->in.bytes);
  g_cancellable_disconnect (self->cancellable, connection->cancel_handler);
  g_object_unref (connection->cancellable);
  g_object_unref (connection->near);
  g_clear_object (&connection->far);
  g_free (connection);
  self->n_connections--;
  done_one (self);
}

/* --- a connection --- */

/* One way is closed, so is the other. */
static void
end_way (Way *way)
{
  Connection *connection = way->connection;

  g_cancellable_cancel (connection->cancellable);
  if (--connection->n_ways == 0)
    connection_free (connection);
}

static void
on_written (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;

  if (!g_output_stream_write_all_finish (
          G_OUTPUT_STREAM (stream), result, NULL, NULL)) {
    end_way (way);
    return;
  }
  /* Mostly none, and less than one message. */
  way->length -= way->whole;
  memmove (way->bytes, way->bytes + way->whole, way->length);
  read_next (way);
}

/* libnice would go to another server by itself, in clear, and unchecked (300 Try
 * Alternate: RFC 8489, section 10). */
static gboolean
check (Way *way)
{
  TurnTunnel *self = way->connection->tunnel;

  switch (turn_frames_check (way->bytes, way->length, &way->whole)) {
    case TURN_FRAMES_REDIRECT:
      note_error (self,
          "sends us to another server (300), which is not followed", TRUE);
      return FALSE;
    case TURN_FRAMES_NONSENSE:
      note_error (self, "does not answer as a TURN server", FALSE);
      return FALSE;
    case TURN_FRAMES_GOOD:
      break;
  }
  return TRUE;
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  gssize size =
      g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (size <= 0) {
    end_way (way);
    return;
  }
  way->length += (gsize) size;
  way->whole = way->length;
  if (!way->is_checked)
    loop_thread_clear_source (&way->connection->silence);
  else if (!check (way)) {
    end_way (way);
    return;
  }
  if (way->whole == 0)
    read_next (way);
  else
    g_output_stream_write_all_async (way->to, way->bytes, way->whole,
        G_PRIORITY_DEFAULT, way->connection->cancellable, on_written, way);
}

static void
read_next (Way *way)
{
  g_input_stream_read_async (way->from, way->bytes + way->length,
      way->size - way->length, G_PRIORITY_DEFAULT, way->connection->cancellable,
      on_read, way);
}

static void
begin_way (Connection *connection, Way *way, GSocketConnection *from,
    GSocketConnection *to, gsize size)
{
  way->connection = connection;
  way->from = g_io_stream_get_input_stream (G_IO_STREAM (from));
  way->to = g_io_stream_get_output_stream (G_IO_STREAM (to));
  way->size = size;
  way->bytes = g_malloc (size);
  connection->n_ways++;
  read_next (way);
}

static gboolean
on_silence (gpointer data)
{
  Connection *connection = data;

  g_cancellable_cancel (connection->cancellable);
  return G_SOURCE_REMOVE;
}

/* Media do not wait for more of them. */
static void
set_no_delay (GSocket *socket)
{
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
}

static char *
explain (GSocketClient *client, const GError *cause, GTlsCertificateFlags flags)
{
  if (flags & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_strdup ("shows a certificate of no authority that is trusted "
                     "(property turn-cafile)");
  if (flags & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_strdup ("shows a certificate for another name");
  if (flags & G_TLS_CERTIFICATE_EXPIRED)
    return g_strdup ("shows a certificate that has expired");
  if (flags != 0)
    return g_strdup ("shows a certificate that is not valid");
  if (cause->domain == G_TLS_ERROR)
    return g_strdup_printf ("does not speak TLS with us: %s", cause->message);
  return local_addresses_explain (client, cause);
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer data)
{
  Connection *connection = data;
  TurnTunnel *self = connection->tunnel;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  connection->far =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);
  if (connection->far == NULL) {
    const GTlsCertificateFlags flags =
        GPOINTER_TO_UINT (g_object_get_data (client, "certificate-errors"));

    text = explain (G_SOCKET_CLIENT (client), error, flags);
    note_error (self, text,
        flags != 0
            || g_error_matches (
                error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE));
    connection_free (connection);
    return;
  }
  note_error (self, NULL, FALSE);
  set_no_delay (g_socket_connection_get_socket (connection->near));
  /* The media's: it only waits at all while it connects. */
  g_socket_set_timeout (g_socket_connection_get_socket (connection->far), 0);
  connection->in.is_checked = TRUE;
  begin_way (connection, &connection->out, connection->near, connection->far,
      NEAR_SIZE);
  begin_way (connection, &connection->in, connection->far, connection->near,
      TURN_FRAME_MAX);
  connection->silence = g_timeout_source_new (SILENCE_MS);
  g_source_set_callback (connection->silence, on_silence, connection, NULL);
  g_source_attach (connection->silence, g_main_context_get_thread_default ());
}

static gboolean
on_accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
    GTlsCertificateFlags errors, GObject *client)
{
  g_object_set_data (
      client, "certificate-errors", GUINT_TO_POINTER ((guint) errors));
  return FALSE;
}

static void
on_client_event (GSocketClient *client, GSocketClientEvent event,
    GSocketConnectable *connectable, GIOStream *stream, TurnTunnel *self)
{
  if (event == G_SOCKET_CLIENT_CONNECTED)
    set_no_delay (
        g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  if (self->authorities != NULL)
    g_tls_connection_set_database (
        G_TLS_CONNECTION (stream), self->authorities);
  g_signal_connect_object (stream, "accept-certificate",
      G_CALLBACK (on_accept_certificate), client, 0);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
connect_far (TurnTunnel *self, GSocketConnection *near)
{
  Connection *connection = g_new0 (Connection, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address =
      g_network_address_new (self->host, (guint16) self->port);

  connection->tunnel = self;
  connection->near = g_object_ref (near);
  connection->cancellable = g_cancellable_new ();
  connection->cancel_handler = g_cancellable_connect (self->cancellable,
      G_CALLBACK (on_cancelled), connection->cancellable, NULL);
  self->n_connections++;
  self->n_pending++;
  g_socket_client_set_timeout (client, CONNECT_TIMEOUT);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, self->is_tls);
  local_addresses_bind (self->addresses, client);
  g_signal_connect (client, "event", G_CALLBACK (on_client_event), self);
  g_socket_client_connect_async (
      client, address, connection->cancellable, on_connected, connection);
}

/* --- the port --- */

static gboolean
on_pause_over (gpointer data)
{
  TurnTunnel *self = data;

  loop_thread_clear_source (&self->pause);
  accept_next (self);
  done_one (self);
  return G_SOURCE_REMOVE;
}

static void
pause_accepting (TurnTunnel *self)
{
  self->n_pending++;
  self->pause = g_timeout_source_new (ACCEPT_PAUSE_MS);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}

static void
on_accepted (GObject *listener, GAsyncResult *result, gpointer data)
{
  TurnTunnel *self = data;
  g_autoptr (GSocketConnection) near = g_socket_listener_accept_finish (
      G_SOCKET_LISTENER (listener), result, NULL, NULL);

  if (g_cancellable_is_cancelled (self->cancellable)) {
    done_one (self);
    return;
  }
  if (near != NULL && self->n_connections < MAX_CONNECTIONS)
    connect_far (self, near);
  if (near != NULL)
    accept_next (self);
  else
    pause_accepting (self);
  done_one (self);
}

static void
accept_next (TurnTunnel *self)
{
  self->n_pending++;
  g_socket_listener_accept_async (
      self->listener, self->cancellable, on_accepted, self);
}

static gboolean
begin (gpointer data)
{
  accept_next (data);
  return G_SOURCE_REMOVE;
}

/**
 * turn_tunnel_new:
 * @host: whom to connect to, and the name that its certificate must have
 * @port: its port
 * @is_tls: whether it is spoken to over TLS, and not TCP
 * @authorities: (nullable): whose certificates are trusted; %NULL: the system's
 * @addresses: (nullable) (element-type GInetAddress): where it may come from; %NULL:
 *   anywhere
 * @error: set if there is no TLS here, or no port
 *
 * Returns: (transfer full) (nullable): a tunnel that has connected nothing yet
 */
TurnTunnel *
turn_tunnel_new (const char *host, guint port, gboolean is_tls,
    GTlsDatabase *authorities, GPtrArray *addresses, GError **error)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) here = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  TurnTunnel *self;

  if (is_tls && !g_tls_backend_supports_tls (g_tls_backend_get_default ())) {
    g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE,
        "There is no TLS here: install the package glib-networking");
    return NULL;
  }
  if (!g_socket_listener_add_address (listener, here, G_SOCKET_TYPE_STREAM,
          G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    return NULL;
  self = g_new0 (TurnTunnel, 1);
  self->host = g_strdup (host);
  self->port = port;
  self->local_port =
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->is_tls = is_tls;
  self->authorities = authorities != NULL ? g_object_ref (authorities) : NULL;
  self->addresses = addresses != NULL ? g_ptr_array_ref (addresses) : NULL;
  self->listener = g_steal_pointer (&listener);
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->loop = loop_thread_new ("turn-tunnel");
  loop_thread_post (self->loop, begin, self, NULL);
  return self;
}

static gboolean
end (gpointer data)
{
  TurnTunnel *self = data;

  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  if (self->pause != NULL) {
    loop_thread_clear_source (&self->pause);
    done_one (self);
  }
  return G_SOURCE_REMOVE;
}

/**
 * turn_tunnel_free:
 * @self: (transfer full): the tunnel; what goes through it is cut off
 */
void
turn_tunnel_free (TurnTunnel *self)
{
  loop_thread_post (self->loop, end, self, NULL);
  g_mutex_lock (&self->lock);
  while (!self->idle)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  loop_thread_free (self->loop);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_clear_object (&self->authorities);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->host);
  g_free (self->error);
  g_free (self);
}

/**
 * turn_tunnel_get_port:
 * @self: the tunnel
 *
 * Returns: its port at 127.0.0.1
 */
guint
turn_tunnel_get_port (TurnTunnel *self)
{
  return self->local_port;
}

/**
 * turn_tunnel_dup_error:
 * @self: the tunnel
 * @is_refusal: (out): whether it is we who do not talk to this server, as its
 *   certificate is not right, or as it names another one
 *
 * Returns: (transfer full) (nullable): why the last connection to the server could
 *   not be made, or was ended here, to come behind its name; %NULL: it could, or
 *   nobody has tried
 */
char *
turn_tunnel_dup_error (TurnTunnel *self, gboolean *is_refusal)
{
  char *error;

  g_mutex_lock (&self->lock);
  error = g_strdup (self->error);
  *is_refusal = self->is_refusal;
  g_mutex_unlock (&self->lock);
  return error;
}
