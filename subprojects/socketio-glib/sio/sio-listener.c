/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sio-listener.h"

#include "sio-tally.h"
#include "sio-timer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* GSocketService would do but for three things: it accepts again at once after
 * an error, which without file descriptors is a busy loop; it knows no limits;
 * and GSocket's backlog of 10 makes 200 clients that come at once wait for up
 * to 124 s. */

#define BACKLOG 512
#define ACCEPTS_PER_TURN 64
/* Few beside the connections that one address may have: while each takes the
 * place of another, a request has some turns to come in. */
#define DISMISSALS_PER_TURN 16
/* After an error, such as no file descriptors left. */
#define PAUSE_MS 250
/* How many may be on their way out, shut down and not gone yet, while others take
 * their places: two turns' worth, since libsoup looks at them a turn later. */
#define MAX_LEAVING (2 * DISMISSALS_PER_TURN)
/* What an answer has left once nobody is accepted any more. */
#define PARTING_MS 2000
/* That are tried until one is free at all addresses of a host. */
#define MAX_FREE_PORTS 100

struct _SioListener {
  GMainContext *context;
  SioListenerFunc func;
  gpointer data;
  guint max_connections;
  guint max_per_address;
  guint deadline; /* that a connection begins with, ms; 0 = none */

  GPtrArray *sockets; /* of GSocket */
  GPtrArray *sources; /* of GSource, one for each */
  GSource *pause;
  guint port;

  GQueue guests;       /* of Guest, by when each began what it is at */
  SioTally *addresses; /* that they come from */
  GQueue leaving;      /* of Guest: had to give way, and are not gone yet */
  guint dismissals;    /* in this turn */
};

/* A connection that was accepted. It counts for as long as the connection
 * exists; it is also the data of its remote address, by which a request leads to
 * it. Either may go first, so both own it. */
typedef struct {
  SioListener *listener; /* NULL once that is gone */
  GList link;            /* in one of the listener's queues */
  GSocket *socket;
  char *address;
  GSource *deadline;
  gboolean parting; /* its last answer is on its way */
  gboolean leaving; /* it does not count any more */
} Guest;

static const char guest_key[] = "sio-guest";

static gboolean on_acceptable (
    GSocket *socket, GIOCondition condition, gpointer data);

/* How many connections there may be, how many of them from one address, and how
 * many milliseconds each has before sio_listener_set_deadline() says otherwise.
 * Without the call there are no limits. */
void
sio_listener_set_limits (
    SioListener *self, guint connections, guint per_address, guint deadline_ms)
{
  self->max_connections = connections;
  self->max_per_address = per_address;
  self->deadline = deadline_ms;
}

SioListener *
sio_listener_new (SioListenerFunc func, gpointer data)
{
  SioListener *self = g_new0 (SioListener, 1);

  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->data = data;
  self->max_connections = G_MAXUINT;
  self->max_per_address = G_MAXUINT;
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  self->addresses = sio_tally_new ();
  return self;
}

static void
guest_clear (gpointer data)
{
  Guest *guest = data;

  g_object_unref (guest->socket);
  g_free (guest->address);
}

static void
guest_release (gpointer guest)
{
  g_rc_box_release_full (guest, guest_clear);
}

/* Whether it is leaving or not, the listener knows nothing of it any more. */
static void
forget (Guest *guest)
{
  SioListener *self = g_steal_pointer (&guest->listener);

  if (self == NULL)
    return;
  if (guest->leaving) {
    g_queue_unlink (&self->leaving, &guest->link);
    return;
  }
  g_queue_unlink (&self->guests, &guest->link);
  sio_tally_remove (self->addresses, guest->address);
}

/* The connection is gone. */
static void
on_guest_gone (gpointer data, GObject *connection)
{
  Guest *guest = data;

  sio_timer_stop (&guest->deadline);
  forget (guest);
  guest_release (guest);
}

static gboolean
on_deadline (gpointer data)
{
  Guest *guest = data;

  sio_timer_stop (&guest->deadline);
  g_debug ("a connection took too long");
  /* Whoever reads from it sees its end and cleans up. */
  g_socket_shutdown (guest->socket, TRUE, TRUE, NULL);
  return G_SOURCE_REMOVE;
}

static Guest *
find_guest (GSocketAddress *remote)
{
  return remote != NULL ? g_object_get_data (G_OBJECT (remote), guest_key)
                        : NULL;
}

/* Gives the connection with that remote address until then, or for ever with 0;
 * then it is shut down. @remote is the very object that the listener gave; with
 * any other one nothing is done. */
void
sio_listener_set_deadline (GSocketAddress *remote, guint delay_ms)
{
  Guest *guest = find_guest (remote);

  if (guest == NULL || guest->leaving)
    return;
  sio_timer_stop (&guest->deadline);
  if (delay_ms == 0 || guest->listener == NULL)
    return;
  guest->deadline =
      sio_timer_start (guest->listener->context, delay_ms, on_deadline, guest);
  g_queue_unlink (&guest->listener->guests, &guest->link);
  g_queue_push_tail_link (&guest->listener->guests, &guest->link);
}

/* As the above, for the answer after which the connection ends: the listener's
 * own end leaves it a little time. */
void
sio_listener_part (GSocketAddress *remote, guint delay_ms)
{
  Guest *guest = find_guest (remote);

  sio_listener_set_deadline (remote, delay_ms);
  if (guest != NULL)
    guest->parting = TRUE;
}

/* NULL if the listener did not give that address. */
GSocket *
sio_listener_get_socket (GSocketAddress *remote)
{
  Guest *guest = find_guest (remote);

  return guest != NULL ? guest->socket : NULL;
}

/* Without the port; empty for what is not of the internet. */
char *
sio_listener_dup_address (GSocketAddress *address)
{
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("");
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* Makes room: of the connections with a deadline, which are those that still
 * owe a request or are owed an answer, the one that has been at it for longest is
 * shut down; with @address only one from there. An honest one is through with
 * that in no time. FALSE if there is none. */
static gboolean
dismiss_oldest (SioListener *self, const char *address)
{
  GList *link = self->guests.head;
  Guest *guest;

  while (link != NULL) {
    guest = link->data;
    if (guest->deadline != NULL
        && (address == NULL || strcmp (guest->address, address) == 0))
      break;
    link = link->next;
  }
  /* What is shut down takes memory until whoever reads from it has noticed. */
  if (link == NULL || self->leaving.length >= MAX_LEAVING)
    return FALSE;
  g_debug ("a connection from %s gives way to another", guest->address);
  sio_timer_stop (&guest->deadline);
  self->dismissals++;
  guest->leaving = TRUE;
  sio_tally_remove (self->addresses, guest->address);
  g_queue_unlink (&self->guests, link);
  g_queue_push_tail_link (&self->leaving, link);
  g_socket_shutdown (guest->socket, TRUE, TRUE, NULL);
  return TRUE;
}

static gboolean
has_room (SioListener *self, const char *address)
{
  if (sio_tally_count (self->addresses, address) >= self->max_per_address)
    return dismiss_oldest (self, address);
  return self->guests.length < self->max_connections
      || dismiss_oldest (self, NULL);
}

/* Counts the connection in; FALSE if there are too many. */
static gboolean
admit (SioListener *self, GSocketConnection *connection, GSocket *socket,
    GSocketAddress *remote)
{
  g_autofree char *address = sio_listener_dup_address (remote);
  Guest *guest;

  if (!has_room (self, address)) {
    g_info ("too many connections, one from %s is refused", address);
    return FALSE;
  }
  guest = g_rc_box_new0 (Guest);
  guest->listener = self;
  guest->socket = g_object_ref (socket);
  guest->address = g_steal_pointer (&address);
  guest->link.data = guest;
  g_queue_push_tail_link (&self->guests, &guest->link);
  sio_tally_add (self->addresses, guest->address);
  g_object_weak_ref (G_OBJECT (connection), on_guest_gone, guest);
  g_object_set_data_full (
      G_OBJECT (remote), guest_key, g_rc_box_acquire (guest), guest_release);
  sio_listener_set_deadline (remote, self->deadline);
  return TRUE;
}

static void
welcome (SioListener *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection =
      g_socket_connection_factory_create_connection (socket);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  local = g_socket_connection_get_local_address (connection, NULL);
  remote = g_socket_connection_get_remote_address (connection, NULL);
  /* NULL when the client has gone already. */
  if (local == NULL || remote == NULL
      || !admit (self, connection, socket, remote)) {
    g_socket_close (socket, NULL);
    return;
  }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  self->func (connection, local, remote, self->data);
}

static void
attach_sources (SioListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++) {
    GSource *source =
        g_socket_create_source (self->sockets->pdata[i], G_IO_IN, NULL);

    g_source_set_callback (source, G_SOURCE_FUNC (on_acceptable), self, NULL);
    g_source_attach (source, self->context);
    g_ptr_array_add (self->sources, source);
  }
}

static void
detach_sources (SioListener *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (self->sources->pdata[i]);
  g_ptr_array_set_size (self->sources, 0);
}

static gboolean
on_pause_over (gpointer data)
{
  SioListener *self = data;

  sio_timer_stop (&self->pause);
  attach_sources (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_acceptable (GSocket *listening, GIOCondition condition, gpointer data)
{
  SioListener *self = data;

  self->dismissals = 0;
  for (int i = 0;
       i < ACCEPTS_PER_TURN && self->dismissals < DISMISSALS_PER_TURN; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GSocket) socket = g_socket_accept (listening, NULL, &error);

    if (socket != NULL) {
      welcome (self, socket);
      continue;
    }
    /* The client may be gone before it was accepted. */
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
        && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED)) {
      g_info ("no connection is accepted for a while: %s", error->message);
      detach_sources (self);
      self->pause =
          sio_timer_start (self->context, PAUSE_MS, on_pause_over, self);
    }
    break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
bind_address (
    SioListener *self, GInetAddress *address, guint port, GError **error)
{
  g_autoptr (GSocketAddress) wanted =
      g_inet_socket_address_new (address, (guint16) port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM,
          G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, wanted, TRUE, error))
    return FALSE;
  g_socket_set_listen_backlog (socket, BACKLOG);
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_listen (socket, error))
    return FALSE;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return FALSE;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_ptr_array_add (self->sockets, g_steal_pointer (&socket));
  return TRUE;
}

static GList *
lookup (const char *host, GError **error)
{
  GInetAddress *address = g_inet_address_new_from_string (host);
  g_autoptr (GResolver) resolver = NULL;

  if (address != NULL)
    return g_list_append (NULL, address);
  resolver = g_resolver_get_default ();
  return g_resolver_lookup_by_name (resolver, host, NULL, error);
}

/* Returns: FALSE if the port that one of @addresses had is somebody else's at
 * another; @error is why the first that failed did */
static gboolean
bind_each (
    SioListener *self, const GList *addresses, guint port, GError **error)
{
  gboolean same = TRUE;

  for (const GList *l = addresses; l != NULL; l = l->next) {
    g_autoptr (GError) local = NULL;

    if (bind_address (self, l->data, port, &local)) {
      port = self->port;
      continue;
    }
    if (self->sockets->len > 0
        && g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
      same = FALSE;
    if (*error == NULL)
      *error = g_steal_pointer (&local);
  }
  return same;
}

/* Listens at each address of @host, a name or an address, with port 0 at any
 * free port, the same for all of them. A name that is not in this machine's
 * tables is asked for over the network, meanwhile nothing else happens. It is
 * enough if one address can be had; but of a free port, which nobody asked for
 * by its number, all. Once only. */
gboolean
sio_listener_bind (
    SioListener *self, const char *host, guint port, GError **error)
{
  g_autoptr (GError) first = NULL;
  GList *addresses = lookup (host, error);

  if (addresses == NULL)
    return FALSE;
  for (guint i = 1; !bind_each (self, addresses, port, &first) && port == 0
       && i < MAX_FREE_PORTS;
       i++) {
    g_ptr_array_set_size (self->sockets, 0);
    g_clear_error (&first);
  }
  g_resolver_free_addresses (addresses);
  if (self->sockets->len == 0) {
    g_propagate_prefixed_error (error, g_steal_pointer (&first),
        "cannot listen at %s, port %u: ", host, port);
    return FALSE;
  }
  attach_sources (self);
  return TRUE;
}

guint
sio_listener_get_port (SioListener *self)
{
  return self->port;
}

guint
sio_listener_get_connections (SioListener *self)
{
  return self->guests.length;
}

/* Nobody is left to whom a request is owed, and its answer has its time. */
static void
release_guest (SioListener *self, Guest *guest)
{
  gboolean pending = guest->deadline != NULL;

  forget (guest);
  sio_timer_stop (&guest->deadline);
  if (pending && guest->parting)
    guest->deadline =
        sio_timer_start (self->context, PARTING_MS, on_deadline, guest);
  else if (pending)
    g_socket_shutdown (guest->socket, TRUE, TRUE, NULL);
}

/* Connections without a deadline live on. The others are shut down, at once or
 * when what they are answered is out. */
void
sio_listener_free (SioListener *self)
{
  detach_sources (self);
  sio_timer_stop (&self->pause);
  while (self->guests.length > 0)
    release_guest (self, self->guests.head->data);
  while (self->leaving.length > 0)
    forget (self->leaving.head->data);
  sio_tally_free (self->addresses);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->sockets);
  g_main_context_unref (self->context);
  g_free (self);
}
