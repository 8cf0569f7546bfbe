/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roompeer-private.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

/* A peer without a packet for so long is shown as disconnected; consent
 * freshness decides later whether it is gone. */
#define SILENCE_US (3 * G_TIME_SPAN_SECOND)
#define WATCH_INTERVAL_MS 1000
/* A call takes one, or two (room:join), and so does each attempt to make it anew;
 * one that ends holds its sockets for 2 s. */
#define LEGS_AT_ONCE 9
#define LEGS_PER_SECOND 1

/* --- telling the application --- */

static const char *
state_get_name (RoomPeerState state)
{
  static const char *const names[] = { "new", "ringing", "connecting",
    "connected", "disconnected", "reconnecting", "failed", "closed" };

  return names[state];
}

static void
post (RoomPeer *self, const char *name, const char *key, const char *value,
    const char *reason)
{
  GstStructure *s = gst_structure_new (name, "peer-id", G_TYPE_STRING, self->id,
      "slot", G_TYPE_INT, self->slot, key, G_TYPE_STRING, value, NULL);

  if (self->name != NULL)
    gst_structure_set (s, "peer-name", G_TYPE_STRING, self->name, NULL);
  if (reason != NULL)
    gst_structure_set (s, "reason", G_TYPE_STRING, reason, NULL);
  self->context->post (s, self->context->data);
}

void
peer_set_state (RoomPeer *self, RoomPeerState state, const char *reason)
{
  if (self->state == state)
    return;
  self->state = state;
  post (self, "roomcall/peer-state", "state", state_get_name (state), reason);
}

void
peer_warn (RoomPeer *self, const char *text)
{
  GST_WARNING_OBJECT (self->context->bin, "peer %s: %s", self->id, text);
  post (self, "roomcall/warning", "text", text, NULL);
}

/* --- timers --- */

void
peer_clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

GSource *
peer_add_source (RoomPeer *self, guint ms, GSourceFunc func)
{
  GSource *source =
      loop_thread_add_timeout (self->context->loop, ms, func, self, NULL);

  return source != NULL ? g_source_ref (source) : NULL;
}

void
peer_set_deadline (RoomPeer *self, guint ms, GSourceFunc func)
{
  peer_clear_source (&self->deadline);
  self->is_late = FALSE;
  if (ms > 0)
    self->deadline = peer_add_source (self, ms, func);
}

/* The call is over for a reason of ours: the peer is told, the room goes on. */
void
peer_give_up (RoomPeer *self, const char *reason)
{
  peer_warn (self, reason);
  room_signaller_end_call (self->context->signaller, self->id, reason);
  room_peer_end_call (self, ROOM_PEER_FAILED, reason);
}

gboolean
peer_answer_timed_out (gpointer data)
{
  peer_give_up (
      data, "Offer and answer were not exchanged in time (call-timeout)");
  return G_SOURCE_REMOVE;
}

static gboolean
watch_media (gpointer data)
{
  RoomPeer *self = data;
  gint64 last = 0;

  /* One that sends nothing by agreement is not missed. */
  if (self->leg == NULL || !peer_leg_is_sent_to (self->leg))
    return G_SOURCE_CONTINUE;
  for (guint i = 0; i < self->tracks->len; i++)
    last = MAX (
        last, recv_branch_get_last_time (g_ptr_array_index (self->tracks, i)));
  if (last == 0)
    return G_SOURCE_CONTINUE;
  if (g_get_monotonic_time () - last < SILENCE_US) {
    if (self->state == ROOM_PEER_DISCONNECTED)
      peer_set_state (self, ROOM_PEER_CONNECTED, NULL);
  } else if (self->state == ROOM_PEER_CONNECTED) {
    peer_set_state (
        self, ROOM_PEER_DISCONNECTED, "Nothing was received for 3 s");
  }
  return G_SOURCE_CONTINUE;
}

/* --- what a leg tells us --- */

static void
leg_send_description (
    PeerLeg *leg, SdpType type, const char *sdp, gpointer data)
{
  RoomPeer *self = data;

  room_signaller_send_description (self->context->signaller, self->id,
      type == SDP_OFFER ? "offer" : "answer", sdp);
}

static void
leg_send_candidate (PeerLeg *leg, guint mline, const char *mid,
    const char *candidate, gpointer data)
{
  RoomPeer *self = data;

  room_signaller_send_candidate (
      self->context->signaller, self->id, mline, mid, candidate);
}

static void
leg_connecting (PeerLeg *leg, gpointer data)
{
  peer_note_connecting (data);
}

/* The lowest free one, or its own. Another connection that shows the peer ends
 * with that. */
void
peer_take_slot (RoomPeer *self)
{
  if (self->slot < 0)
    self->slot = self->context->take_slot (self, self->context->data);
}

static void
leg_connected (PeerLeg *leg, gpointer data)
{
  RoomPeer *self = data;

  peer_clear_source (&self->deadline);
  self->is_connected = TRUE;
  peer_note_connected (self);
  if (!peer_awaits_takeover (self)) {
    peer_take_slot (self);
    peer_set_state (self, ROOM_PEER_CONNECTED, NULL);
  }
  if (self->watch == NULL)
    self->watch = peer_add_source (self, WATCH_INTERVAL_MS, watch_media);
}

static gboolean
sends_video (PeerLeg *leg)
{
  const SdpDescription *remote = peer_leg_get_remote (leg);

  for (guint i = 0; i < remote->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (remote, i);

    if (media->kind == MEDIA_VIDEO && !media->rejected
        && (media->direction & SDP_DIRECTION_SEND))
      return TRUE;
  }
  return FALSE;
}

void
peer_show_track (RoomPeer *self, RecvBranch *branch)
{
  OutputTrack track = {
    .branch = branch,
    .peer_id = self->id,
    .title = self->name,
    .slot = self->slot,
    .stands_alone = recv_branch_get_kind (branch) == MEDIA_AUDIO
        && !sends_video (self->leg),
  };
  g_autofree char *stream_id = g_strdup_printf ("%s/%s/%s",
      self->context->settings.room != NULL ? self->context->settings.room : "",
      self->id, recv_branch_get_mid (branch));

  track.stream_id = stream_id;
  room_outputs_add_track (self->context->outputs, &track);
}

static void
leg_track_added (PeerLeg *leg, RecvBranch *branch, gpointer data)
{
  RoomPeer *self = data;

  g_ptr_array_add (self->tracks, branch);
  if (peer_awaits_takeover (self)) {
    peer_prepare_track (self, branch);
    return;
  }
  peer_take_slot (self);
  peer_show_track (self, branch);
}

static void
leg_without_relay (
    PeerLeg *leg, LegRelaysVerdict verdict, const char *reason, gpointer data)
{
  peer_note_without_relay (data, verdict, reason);
}

static void
leg_failed (PeerLeg *leg, const GError *error, gpointer data)
{
  if (g_error_matches (error, PEER_LEG_ERROR, PEER_LEG_ERROR_CLOSED))
    room_peer_hear_hang_up (data, error->message);
  else if (g_error_matches (error, PEER_LEG_ERROR, PEER_LEG_ERROR_ICE)
      || g_error_matches (error, PEER_LEG_ERROR, PEER_LEG_ERROR_RELAY))
    peer_lose_path (data, error->message);
  else
    peer_give_up (data, error->message);
}

static gboolean
is_sent (PeerLeg *leg, RecvBranch *branch)
{
  guint mline;
  const SdpMedia *media = sdp_description_find_mid (
      peer_leg_get_remote (leg), recv_branch_get_mid (branch), &mline);

  return media != NULL && !media->rejected
      && (media->direction & SDP_DIRECTION_SEND);
}

/* A page that closes its camera, or opens it again, on the same m-line. */
static void
leg_renegotiated (PeerLeg *leg, gpointer data)
{
  RoomPeer *self = data;

  for (guint i = 0; !peer_awaits_takeover (self) && i < self->tracks->len;
       i++) {
    RecvBranch *branch = g_ptr_array_index (self->tracks, i);

    room_outputs_pause_track (
        self->context->outputs, branch, !is_sent (leg, branch));
  }
}

static const PeerLegFuncs leg_funcs = {
  .send_description = leg_send_description,
  .send_candidate = leg_send_candidate,
  .connecting = leg_connecting,
  .renegotiated = leg_renegotiated,
  .connected = leg_connected,
  .track_added = leg_track_added,
  .without_relay = leg_without_relay,
  .failed = leg_failed,
};

/* --- legs --- */

static void
leg_retired (gpointer data)
{
  RoomPeerContext *context = data;

  context->n_legs_alive--;
  context->leg_retired (context->data);
}

/* Each leg is sockets and threads, and goes only after a while: a peer that
 * makes connection after connection must not use them up. */
gboolean
peer_may_begin (RoomPeer *self)
{
  return rate_limit_take (&self->legs, g_get_monotonic_time ());
}

gboolean
peer_make_leg (RoomPeer *self)
{
  RoomPeerContext *context = self->context;
  const RoomPeerSettings *common = &context->settings;
  g_autofree char *name = g_strdup_printf ("peer-%u", context->n_legs++);
  g_autoptr (LegAddresses) addresses =
      leg_servers_get_addresses (context->servers, self->id);
  g_autoptr (GError) error = NULL;
  PeerLegSettings settings = {
    .latency = common->latency,
    .receive_audio = common->receive_audio,
    .receive_video = common->receive_video,
    .do_retransmission = common->do_retransmission,
    .trickle = room_signaller_has_trickle (context->signaller),
    .relay_only = common->relay_only,
    .candidate_types = common->ice_candidate_types,
    .interfaces = common->ice_interfaces,
    .answer_timeout = common->call_timeout,
    .polite = !self->caller,
    .addresses = addresses,
    .authorities = common->turn_authorities,
    .member = common->member,
  };

  peer_forget_relays (self);
  if (leg_servers_are_ending (
          context->servers, self->id, g_get_real_time () / G_USEC_PER_SEC))
    room_signaller_refresh_ice_servers (context->signaller);
  if (context->n_legs_alive >= context->max_legs) {
    peer_give_up (self, "There are too many connections");
    return FALSE;
  }
  self->leg = peer_leg_new (
      context->loop, context->bin, name, &settings, &leg_funcs, self, &error);
  if (self->leg == NULL) {
    peer_give_up (self, error->message);
    return FALSE;
  }
  self->awaited = FALSE;
  context->n_legs_alive++;
  for (guint i = 0; i < context->inputs->len; i++)
    peer_leg_add_input (self->leg, g_ptr_array_index (context->inputs, i));
  return TRUE;
}

static void
add_leg_totals (RoomPeer *self, RoomStats *totals)
{
  for (guint i = 0; i < self->tracks->len; i++) {
    RecvBranch *track = g_ptr_array_index (self->tracks, i);
    guint64 frames, bytes;

    recv_branch_get_counters (track, &frames, &bytes);
    totals->frames_in[recv_branch_get_kind (track)] += frames;
    totals->bytes_in += bytes;
  }
  if (self->leg != NULL)
    peer_leg_add_sent (self->leg, totals);
}

void
peer_drop_held (RoomPeer *self)
{
  peer_clear_source (&self->crossing);
  g_clear_pointer (&self->held, sdp_description_free);
}

void
peer_drop_leg (RoomPeer *self)
{
  add_leg_totals (self, &self->past);
  peer_abandon_takeover (self);
  self->is_connected = FALSE;
  peer_clear_source (&self->deadline);
  peer_clear_source (&self->watch);
  while (self->tracks->len > 0) {
    room_outputs_remove_track (self->context->outputs,
        g_ptr_array_index (self->tracks, self->tracks->len - 1));
    g_ptr_array_remove_index (self->tracks, self->tracks->len - 1);
  }
  if (self->leg != NULL)
    peer_leg_retire (g_steal_pointer (&self->leg), self->context->patience,
        leg_retired, self->context);
}

/* Any signaller may have made it, of anything. */
static char *
dup_text (const GstStructure *info, const char *field)
{
  const char *text = gst_structure_get_string (info, field);

  return text != NULL && g_utf8_validate (text, -1, NULL) ? g_strdup (text)
                                                          : NULL;
}

/**
 * room_peer_new:
 * @context: its room
 * @id: what the signaller calls it
 * @role: our role towards it, one of the ROOM_ROLE_ words
 * @info: (nullable): what is known of it, as of the contract's peer-joined
 *
 * Returns: (transfer full): a peer without a call
 */
RoomPeer *
room_peer_new (RoomPeerContext *context, const char *id, const char *role,
    const GstStructure *info)
{
  RoomPeer *self = g_new0 (RoomPeer, 1);

  self->context = context;
  self->id = g_strdup (id);
  self->role = g_strdup (role);
  if (info != NULL) {
    self->name = dup_text (info, "name");
    self->client_id = dup_text (info, "client-id");
    self->userdata = dup_text (info, "userdata");
  }
  self->slot = -1;
  rate_limit_init (
      &self->legs, LEGS_PER_SECOND, LEGS_AT_ONCE, g_get_monotonic_time ());
  self->tracks = g_ptr_array_new ();
  self->candidates = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * room_peer_free:
 * @self: (transfer full): a peer whose call was ended
 */
void
room_peer_free (RoomPeer *self)
{
  g_warn_if_fail (self->leg == NULL);
  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->candidates);
  g_free (self->id);
  g_free (self->name);
  g_free (self->client_id);
  g_free (self->userdata);
  g_free (self->role);
  g_free (self->no_relay);
  g_free (self->member);
  g_free (self);
}

/**
 * room_peer_get_id:
 * @self: the peer
 *
 * Returns: (transfer none): what the signaller calls it
 */
const char *
room_peer_get_id (RoomPeer *self)
{
  return self->id;
}

/**
 * room_peer_get_name:
 * @self: the peer
 *
 * Returns: (transfer none) (nullable): what it calls itself
 */
const char *
room_peer_get_name (RoomPeer *self)
{
  return self->name;
}

/**
 * room_peer_get_role:
 * @self: the peer
 *
 * Returns: (transfer none) (nullable): ours towards it, a ROOM_ROLE_ word
 */
const char *
room_peer_get_role (RoomPeer *self)
{
  return self->role;
}

static void
set_text (GstStructure *structure, const char *field, const char *text)
{
  if (text != NULL)
    gst_structure_set (structure, field, G_TYPE_STRING, text, NULL);
}

/**
 * room_peer_describe:
 * @self: the peer
 * @structure: gets the fields that say who it is, and how its call stands
 */
void
room_peer_describe (RoomPeer *self, GstStructure *structure)
{
  gst_structure_set (structure, "peer-id", G_TYPE_STRING, self->id, "slot",
      G_TYPE_INT, self->slot, "state", G_TYPE_STRING,
      state_get_name (self->state), NULL);
  set_text (structure, "peer-name", self->name);
  set_text (structure, "client-id", self->client_id);
  set_text (structure, "userdata", self->userdata);
}

/**
 * room_peer_get_member:
 * @self: the peer
 *
 * Returns: (transfer none) (nullable): hex; the same for all connections of one
 *   program, whatever the signalling calls it. Unknown for browsers.
 */
const char *
room_peer_get_member (RoomPeer *self)
{
  return self->member;
}

/**
 * room_peer_get_slot:
 * @self: the peer
 *
 * Returns: its slot, -1 before its first media
 */
int
room_peer_get_slot (RoomPeer *self)
{
  return self->slot;
}

/**
 * room_peer_get_state:
 * @self: the peer
 *
 * Returns: how the call with it stands
 */
RoomPeerState
room_peer_get_state (RoomPeer *self)
{
  return self->state;
}

/**
 * room_peer_has_call:
 * @self: the peer
 *
 * Returns: whether there is a call with it, or one is being made, anew maybe
 */
gboolean
room_peer_has_call (RoomPeer *self)
{
  return self->leg != NULL || self->recovering || self->awaited;
}

/**
 * room_peer_is_ringing:
 * @self: the peer
 *
 * Returns: whether a call that it offers waits to be accepted
 */
gboolean
room_peer_is_ringing (RoomPeer *self)
{
  return self->leg == NULL && self->held != NULL;
}

/**
 * room_peer_is_refrained_from:
 * @self: the peer
 *
 * Returns: whether it is not to be called, as a call with it was hung up or
 *   rejected since it came
 */
gboolean
room_peer_is_refrained_from (RoomPeer *self)
{
  return self->refrain;
}

/**
 * room_peer_set_refrain:
 * @self: the peer
 * @refrain: whether it is not to be called unless somebody asks for it
 */
void
room_peer_set_refrain (RoomPeer *self, gboolean refrain)
{
  self->refrain = refrain;
}

static gboolean
has_ufrag (const SdpDescription *description, const char *ufrag)
{
  for (guint i = 0; description != NULL && i < description->media->len; i++) {
    if (g_strcmp0 (sdp_description_get_media (description, i)->ufrag, ufrag)
        == 0)
      return TRUE;
  }
  return FALSE;
}

/**
 * room_peer_has_ufrag:
 * @self: the peer
 * @ufrag: (nullable): the ICE user fragment that a candidate names
 *
 * Returns: whether it is this peer's
 */
gboolean
room_peer_has_ufrag (RoomPeer *self, const char *ufrag)
{
  return ufrag != NULL
      && (has_ufrag (self->held, ufrag)
          || (self->leg != NULL
              && has_ufrag (peer_leg_get_remote (self->leg), ufrag)));
}

/**
 * room_peer_has_certificate_of:
 * @self: the peer
 * @description: what somebody sent
 *
 * Returns: whether the call with it is one with the certificate that @description
 *   names
 */
gboolean
room_peer_has_certificate_of (RoomPeer *self, const SdpDescription *description)
{
  const SdpDescription *remote =
      self->leg != NULL ? peer_leg_get_remote (self->leg) : NULL;

  return remote != NULL
      && sdp_media_same_fingerprint (
          sdp_description_get_media (remote, remote->bundle_mline),
          sdp_description_get_media (description, description->bundle_mline));
}

/**
 * room_peer_add_input:
 * @self: the peer
 * @input: an input that is ready
 */
void
room_peer_add_input (RoomPeer *self, SendBranch *input)
{
  if (self->leg != NULL)
    peer_leg_add_input (self->leg, input);
}

/**
 * room_peer_remove_input:
 * @self: the peer
 * @input: an input that goes
 */
void
room_peer_remove_input (RoomPeer *self, SendBranch *input)
{
  if (self->leg != NULL)
    peer_leg_remove_input (self->leg, input);
}

/**
 * room_peer_add_totals:
 * @self: the peer
 * @totals: what has flowed both ways since it is there is added to them
 */
void
room_peer_add_totals (RoomPeer *self, RoomStats *totals)
{
  room_stats_add (totals, &self->past);
  add_leg_totals (self, totals);
}

/**
 * room_peer_get_stats:
 * @self: the peer
 *
 * Returns: (transfer full): who it is, what has flowed both ways, and which way
 */
GstStructure *
room_peer_get_stats (RoomPeer *self)
{
  GstStructure *structure = gst_structure_new ("peer", "peer-id", G_TYPE_STRING,
      self->id, "slot", G_TYPE_INT, self->slot, "state", G_TYPE_STRING,
      state_get_name (self->state), NULL);
  RoomStats totals = { 0 };

  room_peer_add_totals (self, &totals);
  room_stats_write (&totals, structure);
  if (self->leg != NULL)
    peer_leg_write_path (self->leg, structure);
  return structure;
}
