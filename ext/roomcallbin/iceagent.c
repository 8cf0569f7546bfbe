/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceagent.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <nice/agent.h>

/* How a relay is told that we go: again after 200 ms, and 600 ms later it is gone
 * itself (RFC 8489, section 6.2.1, would wait for half a minute). */
#define RELEASE_INITIAL_TIMEOUT_MS 200
#define RELEASE_RETRANSMISSIONS 2
/* libnice has always called back before. */
#define RELEASE_TIMEOUT_MS 3000

G_DEFINE_QUARK (ice - agent - error - quark, ice_agent_error)

/* Returns: (transfer full) (nullable): a NiceAgent */
static GObject *
get_agent (GstElement *webrtcbin)
{
  g_autoptr (GObject) ice = NULL;
  GObject *agent = NULL;

  g_object_get (webrtcbin, "ice-agent", &ice, NULL);
  if (ice != NULL
      && g_object_class_find_property (G_OBJECT_GET_CLASS (ice), "agent"))
    g_object_get (ice, "agent", &agent, NULL);
  if (agent != NULL && !NICE_IS_AGENT (agent))
    g_clear_object (&agent);
  return agent;
}

/* --- interfaces --- */

static gboolean
is_named (GPtrArray *patterns, const char *name)
{
  for (guint i = 0; i < patterns->len; i++) {
    if (g_pattern_spec_match_string (g_ptr_array_index (patterns, i), name))
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *
split (const char *patterns)
{
  GPtrArray *specs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  g_auto (GStrv) names = g_strsplit (patterns, ",", -1);

  for (char **name = names; *name != NULL; name++)
    g_ptr_array_add (specs, g_pattern_spec_new (g_strstrip (*name)));
  return specs;
}

/* Link-local IPv6 addresses are of no use beyond the link, and cannot be told
 * without their interface. */
static gboolean
is_usable (const struct ifaddrs *interface)
{
  const struct sockaddr *address = interface->ifa_addr;

  if (address == NULL || !(interface->ifa_flags & IFF_UP))
    return FALSE;
  if (address->sa_family == AF_INET6)
    return !IN6_IS_ADDR_LINKLOCAL (
        &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr);
  return address->sa_family == AF_INET;
}

/* @address: one that is_usable() */
static GInetAddress *
make_inet_address (const struct sockaddr *address)
{
  gconstpointer any = address;
  const struct sockaddr_in *ipv4 = any;
  const struct sockaddr_in6 *ipv6 = any;

  if (address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes (
        (const guint8 *) &ipv6->sin6_addr, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_new_from_bytes (
      (const guint8 *) &ipv4->sin_addr, G_SOCKET_FAMILY_IPV4);
}

/**
 * ice_agent_set_interfaces:
 * @webrtcbin: a webrtcbin that was just made
 * @patterns: (nullable): names of network interfaces, with * and ?, with commas
 *   between them; %NULL or "": all but the loopback
 * @addresses: (out) (transfer full) (nullable) (element-type GInetAddress): their
 *   addresses; %NULL: all
 * @error: set if none of them has an address, as %ICE_AGENT_ERROR
 *
 * Lets media use these interfaces alone, with the addresses that they have now.
 *
 * Returns: whether there is one
 */
gboolean
ice_agent_set_interfaces (GstElement *webrtcbin, const char *patterns,
    GPtrArray **addresses, GError **error)
{
  g_autoptr (GObject) agent = get_agent (webrtcbin);
  g_autoptr (GPtrArray) specs = NULL;
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) used = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *list = NULL;
  struct ifaddrs *interfaces = NULL;

  *addresses = NULL;
  if (patterns == NULL || patterns[0] == '\0')
    return TRUE;
  specs = split (patterns);
  if (getifaddrs (&interfaces) != 0)
    interfaces = NULL;
  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
    NiceAddress address;

    if (!is_usable (i))
      continue;
    if (!is_named (specs, i->ifa_name)) {
      if (!g_ptr_array_find_with_equal_func (
              others, i->ifa_name, g_str_equal, NULL))
        g_ptr_array_add (others, g_strdup (i->ifa_name));
      continue;
    }
    nice_address_init (&address);
    nice_address_set_from_sockaddr (&address, i->ifa_addr);
    nice_address_set_port (&address, 0);
    if (agent != NULL
        && nice_agent_add_local_address (NICE_AGENT (agent), &address))
      g_ptr_array_add (used, make_inet_address (i->ifa_addr));
  }
  if (interfaces != NULL)
    freeifaddrs (interfaces);
  /* Without any, libnice would use all of them. */
  if (used->len > 0) {
    *addresses = g_steal_pointer (&used);
    return TRUE;
  }
  g_ptr_array_add (others, NULL);
  list = g_strjoinv (" ", (char **) others->pdata);
  g_set_error (error, ICE_AGENT_ERROR, ICE_AGENT_ERROR_INTERFACE,
      "No network interface of the property ice-interfaces (%s) has an "
      "address; others that have one: %s",
      patterns, list);
  return FALSE;
}

/* --- relays --- */

typedef struct {
  gint refs; /* ours, and libnice's until it has called back; of one thread */
  gboolean done;
} Release;

static void
release_unref (Release *release)
{
  if (--release->refs == 0)
    g_free (release);
}

static void
on_released (GObject *agent, GAsyncResult *result, gpointer data)
{
  Release *release = data;

  release->done = TRUE;
  release_unref (release);
}

static gboolean
on_timeout (gpointer data)
{
  Release *release = data;

  release->done = TRUE;
  return G_SOURCE_REMOVE;
}

/**
 * ice_agent_release_relays:
 * @webrtcbin: a webrtcbin that has done its work, not yet stopped
 *
 * Gives the relays back what they have reserved for us, which webrtcbin up to
 * 1.26 forgets: a relay keeps an allocation for ten minutes, and allows a user only
 * so many. Waits for their answer, a second at most; not on a thread of
 * webrtcbin's or libnice's.
 */
void
ice_agent_release_relays (GstElement *webrtcbin)
{
  g_autoptr (GObject) agent = get_agent (webrtcbin);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GSource) timeout = NULL;
  Release *release;

  if (agent == NULL)
    return;
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  g_object_set (agent, "stun-initial-timeout", RELEASE_INITIAL_TIMEOUT_MS,
      "stun-max-retransmissions", RELEASE_RETRANSMISSIONS, NULL);
  release = g_new0 (Release, 1);
  release->refs = 2;
  timeout = g_timeout_source_new (RELEASE_TIMEOUT_MS);
  g_source_set_callback (timeout, on_timeout, release, NULL);
  g_source_attach (timeout, context);
  nice_agent_close_async (NICE_AGENT (agent), on_released, release);
  while (!release->done)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
  g_main_context_pop_thread_default (context);
  release_unref (release);
}

/* --- the way that is used --- */

static const char *
get_type_name (const NiceCandidate *candidate)
{
  switch (candidate->type) {
    case NICE_CANDIDATE_TYPE_HOST:
      return "host";
    case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
      return "srflx";
    case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
      return "prflx";
    default:
      return "relay";
  }
}

static char *
make_address (const NiceCandidate *candidate)
{
  char text[NICE_ADDRESS_STRING_LEN] = "";

  nice_address_to_string (&candidate->addr, text);
  return g_strdup_printf (
      nice_address_ip_version (&candidate->addr) == 6 ? "[%s]:%u" : "%s:%u",
      text, nice_address_get_port (&candidate->addr));
}

/**
 * ice_agent_get_pair:
 * @webrtcbin: a webrtcbin with one transport (max-bundle)
 *
 * Returns: (transfer full) (nullable): the candidate pair by which media go;
 *   %NULL: none yet
 */
IceAgentPair *
ice_agent_get_pair (GstElement *webrtcbin)
{
  g_autoptr (GObject) agent = get_agent (webrtcbin);
  NiceCandidate *local = NULL, *remote = NULL;
  IceAgentPair *pair;

  /* Its first stream, and the component that has RTCP in it (RFC 8858). */
  if (agent == NULL
      || !nice_agent_get_selected_pair (
          NICE_AGENT (agent), 1, NICE_COMPONENT_TYPE_RTP, &local, &remote))
    return NULL;
  pair = g_new0 (IceAgentPair, 1);
  pair->local_type = get_type_name (local);
  pair->remote_type = get_type_name (remote);
  pair->local_address = make_address (local);
  pair->remote_address = make_address (remote);
  return pair;
}

/**
 * ice_agent_pair_free:
 * @self: (transfer full): the pair
 */
void
ice_agent_pair_free (IceAgentPair *self)
{
  g_free (self->local_address);
  g_free (self->remote_address);
  g_free (self);
}
