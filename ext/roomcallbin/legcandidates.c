/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "icecandidate.h"
#include "peerleg-private.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* The candidates of a leg, ours and the peer's, and what is to be said when no
 * relay is among ours. */

/* libnice needs 2 s for a relay that does not answer over UDP; of one that closes
 * a TCP connection it never notices. */
#define RELAY_PATIENCE_MS 3000

/* --- ours --- */

void
leg_candidate_free (gpointer data)
{
  LegCandidate *candidate = data;

  g_free (candidate->mid);
  g_free (candidate->text);
  g_free (candidate);
}

static void
send_candidate (PeerLeg *self, const LegCandidate *candidate)
{
  self->funcs->send_candidate (
      self, candidate->mline, candidate->mid, candidate->text, self->data);
}

/* An application whose user has to accept the call may have dropped what came
 * before. If it hides its own addresses, too, these are all there is. */
void
leg_send_early_again (PeerLeg *self)
{
  for (guint i = 0; i < self->early->len; i++)
    send_candidate (self, g_ptr_array_index (self->early, i));
  g_ptr_array_set_size (self->early, 0);
}

static void
candidate_gathered (PeerLeg *self, LegPost *post)
{
  g_autofree char *told = NULL;
  g_autoptr (GstWebRTCSessionDescription) local = NULL;
  const GstSDPMedia *media = NULL;
  LegCandidate *candidate;

  self->has_relay =
      self->has_relay || strstr (post->text, " typ relay") != NULL;
  told = ice_filter_candidate (self->settings.candidate_types, post->text);
  if (!self->settings.trickle || told == NULL)
    return;
  g_object_get (self->webrtcbin, "local-description", &local, NULL);
  if (local != NULL
      && (guint) post->number < gst_sdp_message_medias_len (local->sdp))
    media = gst_sdp_message_get_media (local->sdp, post->number);
  candidate = g_new0 (LegCandidate, 1);
  candidate->mline = post->number;
  if (media != NULL)
    candidate->mid = g_strdup (gst_sdp_media_get_attribute_val (media, "mid"));
  candidate->text = g_steal_pointer (&told);
  send_candidate (self, candidate);
  if (!self->negotiated && self->local_offer != NULL)
    g_ptr_array_add (self->early, candidate);
  else
    leg_candidate_free (candidate);
}

void
leg_on_ice_candidate (
    GstElement *webrtcbin, guint mline, const char *candidate, PeerLeg *self)
{
  LegPost *post = leg_post_new (self, candidate_gathered);

  post->number = mline;
  post->text = g_strdup (candidate);
  leg_post_send (post);
}

/* --- relays --- */

static void
relays_answered (PeerLeg *self, LegPost *post)
{
  g_autoptr (GError) error = NULL;

  if (self->has_relay)
    return;
  self->funcs->without_relay (self, post->number, post->text, self->data);
  if (!self->settings.relay_only)
    return;
  error =
      g_error_new_literal (PEER_LEG_ERROR, PEER_LEG_ERROR_RELAY, post->text);
  leg_fail (self, error);
}

static void
on_relays_answered (LegRelaysVerdict verdict, const char *text, gpointer data)
{
  LegPost *post = leg_post_new (data, relays_answered);

  post->number = verdict;
  post->text = g_strdup (text);
  leg_post_send (post);
}

/* Why there is none libnice does not say. */
void
leg_ask_relays (PeerLeg *self)
{
  leg_clear_timer (&self->relay_timer);
  if (self->has_relay || g_atomic_int_get (&self->closed)
      || (!self->settings.relay_only && !self->has_turn))
    return;
  leg_relays_ask (self->relays, on_relays_answered, self);
}

static void
relay_is_late (PeerLeg *self, LegPost *post)
{
  leg_ask_relays (self);
}

/* A local description is being set. */
void
leg_begin_gathering (PeerLeg *self)
{
  if (!self->gathering)
    self->relay_timer = leg_add_timer (self, RELAY_PATIENCE_MS, relay_is_late);
  self->gathering = TRUE;
}

/* --- the peer's --- */

static gboolean
is_for_bundle (PeerLeg *self, int mline, const char *mid)
{
  guint named = 0;

  /* Nobody else shares the bundle's transport, and webrtcbin never opens
   * another. */
  if (self->remote == NULL)
    return TRUE;
  if (mid != NULL && *mid != '\0'
      && sdp_description_find_mid (self->remote, mid, &named) != NULL)
    return named == self->remote->bundle_mline;
  return mline < 0 || (guint) mline == self->remote->bundle_mline;
}

/**
 * peer_leg_take_candidate:
 * @self: the leg
 * @mline: index of the m-line it is for, -1: not known
 * @mid: (nullable): identification tag of the m-line it is for
 * @text: an ICE candidate as the peer wrote it, "" at the end
 *
 * Nonsense, and what cannot help, is dropped.
 */
void
peer_leg_take_candidate (
    PeerLeg *self, int mline, const char *mid, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IceCandidate) candidate = ice_candidate_parse (text, &error);
  g_autofree char *normal = NULL;

  if (candidate == NULL) {
    GST_INFO_OBJECT (self->peer_bin, "candidate dropped: %s", error->message);
    return;
  }
  /* webrtcbin takes whatever it does not understand for the end. It needs no
   * end: the checks that it has go on. */
  if (candidate->is_end || !ice_candidate_is_usable (candidate)
      || !is_for_bundle (self, mline, mid)
      || !ice_candidate_take_budget (&self->n_candidates))
    return;
  normal = ice_candidate_to_string (candidate);
  if (self->remote_set)
    g_signal_emit_by_name (self->webrtcbin, "add-ice-candidate",
        self->remote->bundle_mline, normal);
  else
    g_ptr_array_add (self->candidates, g_steal_pointer (&normal));
}
