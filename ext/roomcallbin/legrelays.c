/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "legrelays.h"

#include "turnprobe.h"
#include "turntunnel.h"
#include "webrtctuning.h"

/* One of the servers. */
typedef struct {
  LegRelays *relays;
  const IceServer *server;
  TurnTunnel *tunnel; /* nullable */
  TurnProbe *probe;
  char *said; /* once it was asked, or at once if it cannot be */
  gboolean is_final;
  gboolean is_outdated;
} Relay;

struct _LegRelays {
  IceServers *servers;
  GPtrArray *addresses; /* nullable: GInetAddress */
  GPtrArray *relays;    /* Relay */
  guint n_asked;        /* that have not answered yet */
  LegRelaysDone done;
  gpointer data;
};

static void
relay_free (gpointer data)
{
  Relay *relay = data;

  g_clear_pointer (&relay->probe, turn_probe_free);
  g_clear_pointer (&relay->tunnel, turn_tunnel_free);
  g_free (relay->said);
  g_free (relay);
}

/* libnice 0.1.21 knows no TLS: given turns: it speaks TURN in clear over TCP, and
 * tells everybody on the way the user name. Over TCP it comes from any address,
 * whichever it was given. */
static gboolean
relay_needs_tunnel (const Relay *relay)
{
  return relay->server->uri->scheme == ICE_URI_TURNS
      || (relay->server->uri->is_tcp && relay->relays->addresses != NULL);
}

static void
relay_open_tunnel (Relay *relay, GTlsDatabase *authorities)
{
  g_autoptr (GError) error = NULL;

  relay->tunnel = turn_tunnel_new (relay->server->uri->host,
      relay->server->uri->port, relay->server->uri->scheme == ICE_URI_TURNS,
      authorities, relay->relays->addresses, &error);
  if (relay->tunnel == NULL)
    relay->said = g_strdup_printf ("is not asked: %s", error->message);
}

/* Where libnice, and the question why it got nothing, find the server; NULL:
 * nowhere. */
static IceUri *
relay_get_uri (const Relay *relay)
{
  IceUri *uri;

  if (relay->tunnel == NULL && relay_needs_tunnel (relay))
    return NULL;
  uri = ice_uri_copy (relay->server->uri);
  if (relay->tunnel == NULL)
    return uri;
  g_free (uri->host);
  uri->host = g_strdup ("127.0.0.1");
  uri->port = turn_tunnel_get_port (relay->tunnel);
  uri->scheme = ICE_URI_TURN;
  return uri;
}

/**
 * leg_relays_new:
 * @servers: TURN servers; copied
 * @authorities: (nullable): whose certificates are trusted, of servers that are
 *   spoken to over TLS; %NULL: the system's
 * @addresses: (nullable) (element-type GInetAddress): of this machine, where they
 *   may be spoken to from, and which libnice was given; %NULL: all
 *
 * Returns: (transfer full): the relays
 */
LegRelays *
leg_relays_new (
    const IceServers *servers, GTlsDatabase *authorities, GPtrArray *addresses)
{
  LegRelays *self = g_new0 (LegRelays, 1);

  self->servers = ice_servers_copy (servers);
  self->addresses = addresses != NULL ? g_ptr_array_ref (addresses) : NULL;
  self->relays = g_ptr_array_new_with_free_func (relay_free);
  for (guint i = 0; i < self->servers->list->len; i++) {
    Relay *relay = g_new0 (Relay, 1);

    relay->relays = self;
    relay->server = g_ptr_array_index (self->servers->list, i);
    if (relay_needs_tunnel (relay))
      relay_open_tunnel (relay, authorities);
    g_ptr_array_add (self->relays, relay);
  }
  return self;
}

/**
 * leg_relays_free:
 * @self: (transfer full): the relays, cancelled if they were asked
 */
void
leg_relays_free (LegRelays *self)
{
  g_ptr_array_unref (self->relays);
  ice_servers_free (self->servers);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_free (self);
}

/**
 * leg_relays_add_to:
 * @self: the relays
 * @webrtcbin: a webrtcbin that was just made
 *
 * Lets it use them.
 */
void
leg_relays_add_to (LegRelays *self, GstElement *webrtcbin)
{
  for (guint i = 0; i < self->relays->len; i++) {
    const Relay *relay = g_ptr_array_index (self->relays, i);
    g_autoptr (IceUri) uri = relay_get_uri (relay);
    g_autofree char *address = NULL;

    if (uri == NULL)
      continue;
    address = ice_uri_to_string_with_user (
        uri, relay->server->username, relay->server->credential);
    webrtc_tuning_add_turn_server (webrtcbin, address);
  }
}

/* --- asking --- */

/* A time-limited credential that is over is refused as any wrong one. */
static char *
describe_end (const IceServer *server)
{
  g_autoptr (GDateTime) end = NULL;
  g_autofree char *text = NULL;

  if (server->expires == 0
      || server->expires > g_get_real_time () / G_USEC_PER_SEC)
    return g_strdup ("");
  end = g_date_time_new_from_unix_utc (server->expires);
  if (end != NULL)
    text = g_date_time_format (end, "%Y-%m-%d %H:%M:%S UTC");
  return g_strdup_printf (
      ", which expired at %s", text != NULL ? text : "some time");
}

static const char *
get_transport (const IceUri *uri)
{
  if (uri->scheme == ICE_URI_TURNS)
    return "TLS";
  return uri->is_tcp ? "TCP" : "UDP";
}

static void
answered (LegRelays *self)
{
  g_autoptr (GString) text = g_string_new ("No TURN server gives us a relay. ");
  gboolean is_final = TRUE;
  gboolean is_outdated = self->relays->len == 0;

  if (self->relays->len == 0)
    g_string_assign (text, "There is no TURN server to relay the media");
  for (guint i = 0; i < self->relays->len; i++) {
    const Relay *relay = g_ptr_array_index (self->relays, i);
    g_autofree char *place = ice_uri_dup_place (relay->server->uri);

    g_string_append_printf (text, "%s%s (%s) %s", i == 0 ? "" : "; ", place,
        get_transport (relay->server->uri), relay->said);
    is_final = is_final && relay->is_final;
    is_outdated = is_outdated || relay->is_outdated;
  }
  self->done ((is_final ? LEG_RELAYS_FINAL : 0)
          | (is_outdated ? LEG_RELAYS_OUTDATED : 0),
      text->str, self->data);
}

static void
on_probed (TurnProbeVerdict verdict, const char *text, gpointer data)
{
  Relay *relay = data;
  g_autofree char *end = describe_end (relay->server);

  relay->is_final = relay->is_outdated = verdict == TURN_PROBE_REFUSED;
  /* The tunnel closes the connection, and knows why. */
  if (relay->tunnel != NULL && verdict == TURN_PROBE_SILENT)
    relay->said = turn_tunnel_dup_error (relay->tunnel, &relay->is_final);
  if (relay->said == NULL)
    relay->said = g_strconcat (text, relay->is_outdated ? end : "", NULL);
  if (--relay->relays->n_asked == 0)
    answered (relay->relays);
}

/**
 * leg_relays_ask:
 * @self: the relays, of which none can be had
 * @done: called once, within 4 s, unless leg_relays_cancel() is called first
 * @data: handed to @done
 *
 * Asks why.
 */
void
leg_relays_ask (LegRelays *self, LegRelaysDone done, gpointer data)
{
  if (self->done != NULL)
    return;
  self->done = done;
  self->data = data;
  for (guint i = 0; i < self->relays->len; i++) {
    Relay *relay = g_ptr_array_index (self->relays, i);
    g_autoptr (IceUri) uri = relay_get_uri (relay);

    if (uri == NULL)
      continue;
    relay->probe = turn_probe_new (uri->host, uri->port, uri->is_tcp,
        relay->server->username, relay->server->credential,
        relay->tunnel == NULL ? self->addresses : NULL, on_probed, relay);
    self->n_asked++;
  }
  if (self->n_asked == 0)
    answered (self);
}

/**
 * leg_relays_cancel:
 * @self: the relays
 *
 * From here on nothing is called back.
 */
void
leg_relays_cancel (LegRelays *self)
{
  for (guint i = 0; i < self->relays->len; i++) {
    Relay *relay = g_ptr_array_index (self->relays, i);

    g_clear_pointer (&relay->probe, turn_probe_free);
  }
}

/**
 * leg_relays_close:
 * @self: the relays
 *
 * Ends what goes to them through a tunnel, when libnice has done with it. Any
 * thread; what is left is leg_relays_free().
 */
void
leg_relays_close (LegRelays *self)
{
  for (guint i = 0; i < self->relays->len; i++) {
    Relay *relay = g_ptr_array_index (self->relays, i);

    g_clear_pointer (&relay->tunnel, turn_tunnel_free);
  }
}
