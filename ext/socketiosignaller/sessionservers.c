/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signallererror.h"
#include "signallersession-private.h"

/* How long the room waits for the list: what comes later is for later calls. */
#define HOLD_MS 2000
/* How often a refusal by a TURN server makes us ask for another list. */
#define REFUSALS_PER_SECOND 0.1
#define REFUSALS_AT_ONCE 2
/* How often the time until a list is asked for again that was not there doubles: up
 * to an hour. */
#define MAX_DOUBLINGS 6
/* The source of what was fetched; others are numbers of rules. */
#define SOURCE_FETCH (-1)

/* What one source has said. */
typedef struct {
  gint source;
  IceServers *servers;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  ice_servers_free (part->servers);
  g_free (part);
}

void
session_servers_init (SignallerSession *self)
{
  self->servers.parts = g_ptr_array_new_with_free_func (part_free);
  rate_limit_init (&self->servers.refusals, REFUSALS_PER_SECOND,
      REFUSALS_AT_ONCE, g_get_monotonic_time ());
}

/* Of a session whose fetch is over. */
void
session_servers_clear (SignallerSession *self)
{
  session_servers_stop (self);
  g_clear_pointer (&self->servers.parts, g_ptr_array_unref);
}

/* Whether the room is to be entered later, and will be. */
gboolean
session_servers_are_awaited (SignallerSession *self)
{
  return self->servers.hold_timer != NULL;
}

/* --- telling --- */

static gboolean
is_connected (SignallerSession *self)
{
  return self->state == SESSION_CONNECTED || self->state == SESSION_JOINING
      || self->state == SESSION_IN_ROOM;
}

static void
warn (SignallerSession *self, const char *text)
{
  g_autoptr (GError) error =
      g_error_new_literal (SIGNALLER_ERROR, SIGNALLER_ERROR_PROTOCOL, text);

  self->listener.warned (error, self->data);
}

static void
warn_of_dropped (SignallerSession *self, const IceServers *servers)
{
  for (guint i = 0; i < servers->dropped->len; i++)
    warn (self, g_ptr_array_index (servers->dropped, i));
}

/* Applications send STUN and TURN servers apart: all sources count together. */
static void
tell_all (SignallerSession *self)
{
  g_autoptr (IceServers) all = ice_servers_new ();

  for (guint i = 0; i < self->servers.parts->len; i++) {
    const Part *part = g_ptr_array_index (self->servers.parts, i);

    ice_servers_add_all (all, part->servers);
  }
  warn_of_dropped (self, all);
  self->listener.ice_servers (NULL, all, self->data);
}

static void
take_part (SignallerSession *self, gint source, IceServers *servers)
{
  Part *part = NULL;

  for (guint i = 0; i < self->servers.parts->len && part == NULL; i++) {
    Part *other = g_ptr_array_index (self->servers.parts, i);

    if (other->source == source)
      part = other;
  }
  if (part == NULL) {
    part = g_new0 (Part, 1);
    part->source = source;
    g_ptr_array_add (self->servers.parts, part);
  }
  g_clear_pointer (&part->servers, ice_servers_free);
  part->servers = servers;
  tell_all (self);
}

/* Bad ones cost nothing but themselves. */
static IceServers *
read_servers (SignallerSession *self, JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  IceServers *servers;

  if (node == NULL)
    return ice_servers_new ();
  servers =
      ice_servers_from_json (node, g_get_real_time () / G_USEC_PER_SEC, &error);
  if (servers == NULL)
    warn (self, error->message);
  else
    warn_of_dropped (self, servers);
  return servers;
}

/* --- in messages --- */

/* Before the peer itself: who is told of it may call it at once. */
void
session_servers_tell_of (SignallerSession *self, const RoomMember *member)
{
  g_autoptr (IceServers) servers = NULL;

  if (member->ice_servers == NULL)
    return;
  servers = read_servers (self, member->ice_servers);
  if (servers != NULL && self->state == SESSION_IN_ROOM)
    self->listener.ice_servers (member->id, servers, self->data);
}

/* Mostly before the join: that they come says nothing of where we are. */
void
session_servers_hear (SignallerSession *self, const RoomEvent *event)
{
  g_autoptr (IceServers) servers = NULL;

  if (!is_connected (self))
    return;
  servers = read_servers (self, event->ice_servers);
  if (servers == NULL || !is_connected (self))
    return;
  if (event->peer != NULL && self->single == NULL)
    self->listener.ice_servers (event->peer, servers, self->data);
  else
    take_part (self, (gint) event->rule, g_steal_pointer (&servers));
}

/* --- fetched --- */

static void
release_join (SignallerSession *self)
{
  if (self->servers.hold_timer == NULL)
    return;
  session_clear_timer (&self->servers.hold_timer);
  if (self->wanted && self->knows_self && self->state == SESSION_CONNECTED)
    session_step (self, SESSION_WANT, NULL);
}

static gboolean
on_hold_over (gpointer data)
{
  release_join (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_refresh (gpointer data)
{
  SignallerSession *self = data;

  session_clear_timer (&self->servers.refresh_timer);
  /* Else with the next connection. */
  if (is_connected (self))
    session_servers_fetch (self);
  return G_SOURCE_REMOVE;
}

static void
refresh_after (SignallerSession *self, guint seconds)
{
  session_set_timer (
      self, &self->servers.refresh_timer, seconds * 1000, on_refresh);
}

static void
take_fetched (SignallerSession *self, IceServers *servers)
{
  guint refresh =
      ice_servers_get_refresh (servers, g_get_real_time () / G_USEC_PER_SEC);

  self->servers.is_fetched = TRUE;
  self->servers.failure_told = FALSE;
  self->servers.n_missed = 0;
  warn_of_dropped (self, servers);
  if (refresh > 0)
    refresh_after (self, refresh);
  take_part (self, SOURCE_FETCH, servers);
}

/* What there is goes on to count; a server that is out of order is told of once.
 * It is asked again, ever less often: there may be no list there at all. */
static void
miss_fetched (SignallerSession *self, const GError *error)
{
  refresh_after (self, ICE_SERVERS_MIN_REFRESH << self->servers.n_missed);
  self->servers.n_missed = MIN (self->servers.n_missed + 1, MAX_DOUBLINGS);
  if (self->servers.failure_told)
    return;
  self->servers.failure_told = TRUE;
  self->listener.warned (error, self->data);
}

static void
on_fetched (IceServers *servers, const GError *error, gpointer data)
{
  SignallerSession *self = data;

  self->servers.fetch = NULL;
  if (self->state == SESSION_IDLE || self->state == SESSION_FAILED) {
    g_clear_pointer (&servers, ice_servers_free);
    if (self->ended != NULL && self->farewell_timer == NULL)
      session_end (self);
    return;
  }
  if (servers != NULL)
    take_fetched (self, servers);
  else
    miss_fetched (self, error);
  release_join (self);
}

/* Returns (nullable): where the list is. */
static const char *
get_url (SignallerSession *self)
{
  const char *url = self->settings->ice_servers_url;

  if (url == NULL)
    url = dialect_get_ice_servers_url (self->dialect);
  return url == NULL || g_str_equal (url, SIGNALLER_NO_ICE_SERVERS) ? NULL
                                                                    : url;
}

/**
 * signaller_session_has_ice_servers_url:
 * @self: the session
 *
 * Returns: whether there is somewhere to ask for ICE servers
 */
gboolean
signaller_session_has_ice_servers_url (SignallerSession *self)
{
  return get_url (self) != NULL;
}

/* Asks for the list, where there is one; the first time the join waits for it. */
void
session_servers_fetch (SignallerSession *self)
{
  const char *url = get_url (self);

  if (url == NULL || self->servers.fetch != NULL)
    return;
  session_clear_timer (&self->servers.refresh_timer);
  self->servers.fetch = ice_fetch_new (self->settings, url, on_fetched, self);
  if (!self->servers.is_fetched && !self->was_joined)
    session_set_timer (self, &self->servers.hold_timer, HOLD_MS, on_hold_over);
}

/**
 * signaller_session_refresh_ice_servers:
 * @self: the session
 *
 * Asks for the list anew, as what it held is refused by who is named there; not
 * as often as it is refused, which each connection with a peer may be.
 */
void
signaller_session_refresh_ice_servers (SignallerSession *self)
{
  if (is_connected (self) && self->servers.fetch == NULL
      && rate_limit_take (&self->servers.refusals, g_get_monotonic_time ()))
    session_servers_fetch (self);
}

/* Returns whether a fetch is still to end, which it will do soon. */
gboolean
session_servers_stop (SignallerSession *self)
{
  session_clear_timer (&self->servers.hold_timer);
  session_clear_timer (&self->servers.refresh_timer);
  if (self->servers.fetch == NULL)
    return FALSE;
  ice_fetch_cancel (self->servers.fetch);
  return TRUE;
}
