/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iceagent.h"

#include <nice/agent.h>

/* How a relay is told that we go: again after 200 ms, and 600 ms later it is gone
 * itself (RFC 8489, section 6.2.1, would wait for half a minute). */
#define RELEASE_INITIAL_TIMEOUT_MS 200
#define RELEASE_RETRANSMISSIONS 2
/* libnice has always called back before. */
#define RELEASE_TIMEOUT_MS 3000

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
