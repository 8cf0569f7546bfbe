/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peerleg-private.h"

#include "elements.h"
#include "fingerprint.h"
#include "iceagent.h"
#include "peerbin.h"
#include "webrtctuning.h"

GST_DEBUG_CATEGORY_EXTERN (gst_room_call_bin_debug);
#define GST_CAT_DEFAULT gst_room_call_bin_debug

G_DEFINE_QUARK (peer - leg - error - quark, peer_leg_error)

static void retire_if_idle (PeerLeg *self);

/* --- references and posts --- */

PeerLeg *
peer_leg_ref (PeerLeg *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
peer_leg_unref (gpointer data)
{
  PeerLeg *self = data;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_ptr_array_unref (self->inputs);
  g_ptr_array_unref (self->sends);
  g_clear_pointer (&self->tracks, g_ptr_array_unref);
  g_ptr_array_unref (self->candidates);
  g_ptr_array_unref (self->early);
  g_clear_pointer (&self->offer, gst_webrtc_session_description_free);
  g_clear_pointer (&self->local_offer, sdp_description_free);
  g_clear_pointer (&self->remote, sdp_description_free);
  g_clear_pointer (&self->deferred, sdp_description_free);
  g_clear_pointer (&self->relays, leg_relays_free);
  g_hash_table_unref (self->video_ssrcs);
  g_mutex_clear (&self->lock);
  loop_thread_unref (self->loop);
  g_free (self->remote_session);
  g_free (self->remote_leg);
  g_free (self->member);
  g_free (self->id);
  gst_clear_object (&self->webrtcbin);
  gst_clear_object (&self->peer_bin);
  g_free (self);
}

static void
post_free (gpointer data)
{
  LegPost *post = data;

  if (post->description != NULL)
    gst_webrtc_session_description_free (post->description);
  g_clear_error (&post->error);
  g_free (post->text);
  peer_leg_unref (post->leg);
  g_free (post);
}

static gboolean
post_run (gpointer data)
{
  LegPost *post = data;

  if (post->promised)
    post->leg->n_promises--;
  if (post->always || !g_atomic_int_get (&post->leg->closed))
    post->func (post->leg, post);
  if (post->promised)
    retire_if_idle (post->leg);
  return G_SOURCE_REMOVE;
}

LegPost *
leg_post_new (PeerLeg *leg, LegPostFunc func)
{
  LegPost *post = g_new0 (LegPost, 1);

  post->leg = peer_leg_ref (leg);
  post->func = func;
  return post;
}

void
leg_post_send (LegPost *post)
{
  loop_thread_post (post->leg->loop, post_run, post, post_free);
}

static GSource *
start_timer (guint ms, LegPost *post)
{
  GSource *source =
      loop_thread_add_timeout (post->leg->loop, ms, post_run, post, post_free);

  return source != NULL ? g_source_ref (source) : NULL;
}

GSource *
leg_add_timer (PeerLeg *self, guint ms, LegPostFunc func)
{
  return start_timer (ms, leg_post_new (self, func));
}

void
leg_clear_timer (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* --- failing --- */

void
leg_fail (PeerLeg *self, const GError *error)
{
  if (self->negotiator.state == NEGOTIATOR_CLOSED)
    return;
  negotiator_handle (&self->negotiator, NEGOTIATOR_EVENT_FAILED);
  self->funcs->failed (self, error, self->data);
}

void
leg_fail_description (PeerLeg *self, const char *what, const GError *cause)
{
  g_autoptr (GError) error = g_error_new (PEER_LEG_ERROR,
      PEER_LEG_ERROR_DESCRIPTION, "%s: %s", what, cause->message);

  leg_fail (self, error);
}

/* --- promises --- */

typedef struct {
  PeerLeg *leg;
  LegPostFunc func;
  const char *field; /* of the reply: "offer", "answer" or NULL */
} Promise;

static void
promise_free (gpointer data)
{
  Promise *promise = data;

  peer_leg_unref (promise->leg);
  g_free (promise);
}

/* On webrtcbin's thread. */
static void
promise_changed (GstPromise *gst_promise, gpointer data)
{
  Promise *promise = data;
  LegPost *post = leg_post_new (promise->leg, promise->func);
  const GstStructure *reply = NULL;

  post->promised = TRUE;
  if (gst_promise_wait (gst_promise) == GST_PROMISE_RESULT_REPLIED)
    reply = gst_promise_get_reply (gst_promise);
  if (reply != NULL && gst_structure_has_field (reply, "error"))
    gst_structure_get (reply, "error", G_TYPE_ERROR, &post->error, NULL);
  else if (promise->field != NULL && reply != NULL)
    gst_structure_get (reply, promise->field,
        GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &post->description, NULL);
  if (promise->field != NULL && post->description == NULL
      && post->error == NULL)
    post->error = g_error_new_literal (PEER_LEG_ERROR,
        PEER_LEG_ERROR_DESCRIPTION, "webrtcbin gave no description");
  leg_post_send (post);
  gst_promise_unref (gst_promise);
}

GstPromise *
leg_promise_new (PeerLeg *leg, LegPostFunc func, const char *field)
{
  Promise *promise = g_new0 (Promise, 1);

  promise->leg = peer_leg_ref (leg);
  promise->func = func;
  promise->field = field;
  leg->n_promises++;
  return gst_promise_new_with_change_func (
      promise_changed, promise, promise_free);
}

/* --- what webrtcbin tells us, on its threads --- */

static void
open_media (PeerLeg *self)
{
  webrtc_tuning_set_send_latency (self->webrtcbin);
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->tracks->len; i++)
    recv_branch_open (g_ptr_array_index (self->tracks, i));
  g_mutex_unlock (&self->lock);
  leg_negotiation_open_sends (self);
}

static void
transport_closed (PeerLeg *self, LegPost *post)
{
  g_autoptr (GError) error = g_error_new_literal (
      PEER_LEG_ERROR, PEER_LEG_ERROR_CLOSED, "The peer closed the connection");

  leg_fail (self, error);
}

static void
on_transport_state (GObject *transport, GParamSpec *pspec, PeerLeg *self)
{
  GstWebRTCDTLSTransportState state;

  g_object_get (transport, "state", &state, NULL);
  if (state == GST_WEBRTC_DTLS_TRANSPORT_STATE_CLOSED)
    leg_post_send (leg_post_new (self, transport_closed));
}

/* A page that closes its connection, or is gone, says so by DTLS (close_notify),
 * which webrtcbin does not take for an event: its connection-state changes 8 s
 * later, by ICE. */
static void
watch_transport (PeerLeg *self, GObject *transport)
{
  g_signal_connect_data (transport, "notify::state",
      G_CALLBACK (on_transport_state), peer_leg_ref (self),
      (GClosureNotify) (GCallback) peer_leg_unref, 0);
  on_transport_state (transport, NULL, self);
}

/* webrtcbin up to 1.28 never compares the certificate of the DTLS handshake
 * with the a=fingerprint of the signalling, which RFC 8827, section 6.5, makes
 * the heart of WebRTC's security. No media passes either way before. */
static void
verify (PeerLeg *self)
{
  g_autoptr (GObject) transport = webrtc_tuning_get_transport (self->webrtcbin);
  g_autofree char *pem = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GError) error = NULL;

  if (g_atomic_int_get (&self->verified))
    return;
  if (transport != NULL)
    g_object_get (transport, "remote-certificate", &pem, NULL);
  if (pem != NULL && self->remote != NULL
      && fingerprint_verify (pem,
          sdp_description_get_media (self->remote, self->remote->bundle_mline),
          &cause)) {
    g_atomic_int_set (&self->verified, TRUE);
    watch_transport (self, transport);
    open_media (self);
    self->funcs->connected (self, self->data);
    return;
  }
  error = g_error_new (PEER_LEG_ERROR, PEER_LEG_ERROR_FINGERPRINT,
      "The peer's certificate is not the one that the signalling named: %s",
      cause != NULL ? cause->message : "it showed none");
  leg_fail (self, error);
}

static void
state_changed (PeerLeg *self, LegPost *post)
{
  switch ((GstWebRTCPeerConnectionState) post->number) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      verify (self);
      break;
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED: {
      g_autoptr (GError) error =
          g_error_new_literal (PEER_LEG_ERROR, PEER_LEG_ERROR_ICE,
              g_atomic_int_get (&self->verified)
                  ? "The peer cannot be reached any more"
                  : "There is no network path to the peer");

      leg_fail (self, error);
      break;
    }
    default:
      break;
  }
}

static void
on_connection_state (GstElement *webrtcbin, GParamSpec *pspec, PeerLeg *self)
{
  LegPost *post = leg_post_new (self, state_changed);
  GstWebRTCPeerConnectionState state;

  g_object_get (webrtcbin, "connection-state", &state, NULL);
  post->number = state;
  leg_post_send (post);
}

static void
gathering_complete (PeerLeg *self, LegPost *post)
{
  leg_ask_relays (self);
  leg_negotiation_gathered (self);
  retire_if_idle (self);
}

static void
on_gathering_state (GstElement *webrtcbin, GParamSpec *pspec, PeerLeg *self)
{
  LegPost *post;
  GstWebRTCICEGatheringState state;

  g_object_get (webrtcbin, "ice-gathering-state", &state, NULL);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
    return;
  post = leg_post_new (self, gathering_complete);
  post->always = TRUE;
  leg_post_send (post);
}

static void
track_linked (PeerLeg *self, LegPost *post)
{
  /* What nobody asked for is let flow, as webrtcbin needs, but goes nowhere. */
  if (recv_branch_get_codec (post->track) != NULL
      && leg_negotiation_receives (self, recv_branch_get_kind (post->track)))
    self->funcs->track_added (self, post->track, self->data);
  /* The application may have stopped us from its handler of the new pad: the track
   * goes with the leg then. */
  if (!g_atomic_int_get (&self->closed))
    recv_branch_release (post->track);
}

static void
bin_failed (PeerLeg *self, LegPost *post)
{
  g_autoptr (GError) error = g_error_new (
      PEER_LEG_ERROR, PEER_LEG_ERROR_MEDIA, "%s", post->error->message);

  leg_fail (self, error);
}

static void
on_bin_failed (const GError *error, gpointer data)
{
  LegPost *post = leg_post_new (data, bin_failed);

  post->error = g_error_copy (error);
  leg_post_send (post);
}

/* The pad must be linked before this returns: see recv_branch_new(). */
static void
on_pad_added (GstElement *webrtcbin, GstPad *pad, PeerLeg *self)
{
  g_autoptr (GError) error = NULL;
  RecvBranch *track;
  LegPost *post;

  if (GST_PAD_DIRECTION (pad) != GST_PAD_SRC)
    return;
  track = recv_branch_new (GST_BIN (self->peer_bin), pad, &error);
  if (track == NULL) {
    on_bin_failed (error, self);
    return;
  }
  /* Now and not in the post, which may run when the leg is being freed, and
   * behind the first packets in any case: they would be dropped, and they are
   * those of a key frame. */
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->tracks, track);
  if (g_atomic_int_get (&self->verified))
    recv_branch_open (track);
  g_mutex_unlock (&self->lock);
  post = leg_post_new (self, track_linked);
  post->track = track;
  leg_post_send (post);
}

/* webrtcbin sets do-retransmission of every jitter buffer by its last m-line.
 * This handler runs after webrtcbin's own.
 *
 * By itself a jitter buffer asks for the next packet when it thinks it due, by the
 * spacing of the two before, and calls it lost soon after: of pictures that come in
 * no even time, as a shared screen's do, it then drops every second one as too late,
 * and never learns. What is missed is seen from the packet after it: on a screen
 * that stands, the last packet of a picture with the next picture. */
static void
on_new_jitterbuffer (GstElement *rtpbin, GstElement *jitterbuffer,
    guint session, guint ssrc, PeerLeg *self)
{
  gboolean video;

  g_mutex_lock (&self->lock);
  video = g_hash_table_contains (self->video_ssrcs, GUINT_TO_POINTER (ssrc));
  g_mutex_unlock (&self->lock);
  g_object_set (jitterbuffer, "do-retransmission",
      video && self->settings.do_retransmission, "rtx-next-seqnum", FALSE,
      NULL);
}

/* --- life --- */

static char *
make_id (void)
{
  return g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
}

static void
connect_webrtcbin (PeerLeg *self)
{
  g_autoptr (GstElement) rtpbin =
      gst_bin_get_by_name (GST_BIN (self->webrtcbin), "rtpbin");
  struct {
    gpointer instance;
    const char *signal;
    GCallback callback;
  } handlers[] = {
    { self->webrtcbin, "on-ice-candidate", G_CALLBACK (leg_on_ice_candidate) },
    { self->webrtcbin, "notify::connection-state",
        G_CALLBACK (on_connection_state) },
    { self->webrtcbin, "notify::ice-gathering-state",
        G_CALLBACK (on_gathering_state) },
    { self->webrtcbin, "pad-added", G_CALLBACK (on_pad_added) },
    { rtpbin, "new-jitterbuffer", G_CALLBACK (on_new_jitterbuffer) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++) {
    if (handlers[i].instance != NULL)
      g_signal_connect_data (handlers[i].instance, handlers[i].signal,
          handlers[i].callback, peer_leg_ref (self),
          (GClosureNotify) (GCallback) peer_leg_unref, 0);
  }
}

/**
 * peer_leg_new:
 * @loop: the owner's thread, on which this is called
 * @bin: the bin that is to hold the leg
 * @name: unique in @bin; never made of what a peer sent
 * @settings: copied
 * @funcs: called on @loop until peer_leg_retire(); must outlive the leg
 * @data: handed to @funcs
 * @error: set if a plugin is missing
 *
 * Makes a connection that has nothing to send yet and has not begun.
 *
 * Returns: (transfer full) (nullable): the leg, to be given to peer_leg_retire()
 */
PeerLeg *
peer_leg_new (LoopThread *loop, GstBin *bin, const char *name,
    const PeerLegSettings *settings, const PeerLegFuncs *funcs, gpointer data,
    GError **error)
{
  PeerLeg *self = g_new0 (PeerLeg, 1);
  g_autoptr (GPtrArray) local = NULL;

  self->refs = 1;
  self->loop = loop_thread_ref (loop);
  self->bin = bin;
  self->settings = *settings;
  self->settings.member = self->member = g_strdup (settings->member);
  self->settings.addresses = NULL;
  self->settings.interfaces = NULL;
  self->settings.authorities = NULL;
  if (settings->relay_only)
    self->settings.candidate_types &= ICE_FILTER_RELAY;
  self->has_turn = settings->addresses->turn->list->len > 0;
  self->id = make_id ();
  self->funcs = funcs;
  self->data = data;
  negotiator_init (&self->negotiator, settings->polite);
  self->inputs = g_ptr_array_new ();
  self->sends = g_ptr_array_new_with_free_func ((GDestroyNotify) send_leg_free);
  self->tracks =
      g_ptr_array_new_with_free_func ((GDestroyNotify) recv_branch_free);
  self->candidates = g_ptr_array_new_with_free_func (g_free);
  self->early = g_ptr_array_new_with_free_func (leg_candidate_free);
  self->video_ssrcs = g_hash_table_new (NULL, NULL);
  g_mutex_init (&self->lock);

  self->peer_bin = gst_object_ref_sink (room_peer_bin_new (
      name, on_bin_failed, peer_leg_ref (self), peer_leg_unref));
  self->webrtcbin = elements_make (GST_BIN (self->peer_bin), "webrtcbin",
      "gstreamer1.0-plugins-bad gstreamer1.0-nice", error);
  if (self->webrtcbin == NULL) {
    gst_clear_object (&self->peer_bin);
    peer_leg_unref (self);
    return NULL;
  }
  gst_object_ref (self->webrtcbin);
  g_object_set (self->webrtcbin, "bundle-policy",
      GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", settings->latency,
      "ice-transport-policy",
      settings->relay_only ? GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY
                           : GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL,
      NULL);
  if (settings->addresses->stun != NULL)
    g_object_set (
        self->webrtcbin, "stun-server", settings->addresses->stun, NULL);
  webrtc_tuning_apply (self->webrtcbin);
  if (!ice_agent_set_interfaces (
          self->webrtcbin, settings->interfaces, &local, error)) {
    gst_clear_object (&self->peer_bin);
    peer_leg_unref (self);
    return NULL;
  }
  self->relays =
      leg_relays_new (settings->addresses->turn, settings->authorities, local);
  leg_relays_add_to (self->relays, self->webrtcbin);
  connect_webrtcbin (self);

  gst_bin_add (bin, self->peer_bin);
  gst_element_sync_state_with_parent (self->peer_bin);
  return self;
}

static void
retired (PeerLeg *self, LegPost *post)
{
  self->retired (self->retired_data);
}

/* Tracks hold pads of webrtcbin's, and pads hold transports. */
static void
free_connection (gpointer data, gpointer unused)
{
  PeerLeg *self = data;
  GPtrArray *tracks;

  g_mutex_lock (&self->lock);
  tracks = self->tracks;
  self->tracks = NULL;
  g_mutex_unlock (&self->lock);
  g_ptr_array_unref (tracks);
  gst_clear_object (&self->webrtcbin);
}

/* On a worker: here nothing of webrtcbin's is under way, and the loop thread
 * goes on with the other peers while it takes its time. */
static void
stop_on_worker (GstElement *peer_bin, gpointer data)
{
  PeerLeg *self = data;
  LegPost *post = leg_post_new (self, retired);

  ice_agent_release_relays (self->webrtcbin);
  gst_element_set_state (peer_bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (peer_bin), self->webrtcbin);
  webrtc_tuning_free_on_clock (free_connection, self);
  leg_relays_close (self->relays);
  /* The bin's error handler refers to the leg. */
  gst_clear_object (&self->peer_bin);
  post->always = TRUE;
  leg_post_send (post);
  /* The owner's reference. */
  peer_leg_unref (self);
}

static void
retire_now (PeerLeg *self)
{
  g_autoptr (GstElement) rtpbin =
      gst_bin_get_by_name (GST_BIN (self->webrtcbin), "rtpbin");

  leg_clear_timer (&self->retire_timer);
  g_signal_handlers_disconnect_by_data (self->webrtcbin, self);
  if (rtpbin != NULL)
    g_signal_handlers_disconnect_by_data (rtpbin, self);
  /* Out of the bin first: while it is stopped nobody else waits for its state
   * lock. */
  gst_bin_remove (self->bin, self->peer_bin);
  gst_element_call_async (self->peer_bin, stop_on_worker, self, NULL);
}

/* webrtcbin adds elements to itself while it takes or makes a description. One
 * that it adds while it is stopped runs on: one leg in 600 left a thread behind,
 * for which gst_deinit() waited for ever. */
static gboolean
is_idle (PeerLeg *self)
{
  return self->n_promises == 0 && (self->gathered || !self->gathering);
}

static void
retire_if_idle (PeerLeg *self)
{
  if (self->retire_timer != NULL && is_idle (self))
    retire_now (self);
}

static void
retire_timed_out (PeerLeg *self, LegPost *post)
{
  retire_now (self);
}

/**
 * peer_leg_say_goodbye:
 * @self: the leg
 *
 * Tells the peer that the connection will not be needed any more.
 */
void
peer_leg_say_goodbye (PeerLeg *self)
{
  if (g_atomic_int_get (&self->verified))
    webrtc_tuning_say_goodbye (self->webrtcbin);
}

/**
 * peer_leg_retire:
 * @self: (transfer full): the leg
 * @patience: how long to wait for what webrtcbin is doing and for the end of
 *   gathering, in milliseconds: a webrtcbin that is stopped before leaks its
 *   sockets, but of some the end is never reported
 * @retired_func: called when nothing is left of it
 * @data: handed to @retired_func
 *
 * Ends the connection. Nothing is sent or received any more when this returns,
 * and no callback but @retired_func is called; the rest takes up to 2 s. The
 * outputs of its tracks must have been removed.
 */
void
peer_leg_retire (
    PeerLeg *self, guint patience, PeerLegRetired retired_func, gpointer data)
{
  LegPost *timeout;

  g_atomic_int_set (&self->closed, TRUE);
  self->retired = retired_func;
  self->retired_data = data;
  leg_negotiation_close (self);
  leg_relays_cancel (self->relays);
  g_ptr_array_set_size (self->sends, 0);
  g_ptr_array_set_size (self->inputs, 0);
  /* From here on its state is the worker's alone. */
  gst_element_set_locked_state (self->peer_bin, TRUE);

  if (is_idle (self)) {
    retire_now (self);
    return;
  }
  timeout = leg_post_new (self, retire_timed_out);
  timeout->always = TRUE;
  self->retire_timer = start_timer (patience, timeout);
}

/**
 * peer_leg_has_media:
 * @self: the leg
 *
 * Returns: whether anything flows either way, by the last descriptions. Without,
 *   as between two members that only receive, webrtcbin never connects.
 */
gboolean
peer_leg_has_media (PeerLeg *self)
{
  return self->sends->len > 0 || peer_leg_is_sent_to (self);
}

/**
 * peer_leg_is_sent_to:
 * @self: the leg
 *
 * Returns: whether the peer sends anything, by its last description
 */
gboolean
peer_leg_is_sent_to (PeerLeg *self)
{
  for (guint i = 0; self->remote != NULL && i < self->remote->media->len; i++) {
    const SdpMedia *media = sdp_description_get_media (self->remote, i);

    if (!media->rejected && (media->direction & SDP_DIRECTION_SEND))
      return TRUE;
  }
  return FALSE;
}

/**
 * peer_leg_is_for_offer:
 * @self: the leg
 * @offer: an offer of the peer
 *
 * A second offer is either for the connection that there is, or the peer has
 * made a new one, as a page does that was loaded again. Our own members say so;
 * else the o= line tells, of offers only as webrtcbin's answers repeat ours;
 * else the certificate, of which a browser makes one for each connection.
 *
 * Returns: whether @offer is for this connection
 */
gboolean
peer_leg_is_for_offer (PeerLeg *self, const SdpDescription *offer)
{
  const SdpMedia *first;

  if (self->remote == NULL)
    return TRUE;
  if (offer->leg != NULL && self->remote_leg != NULL)
    return g_str_equal (offer->leg, self->remote_leg);
  if (self->remote_session != NULL)
    return g_strcmp0 (offer->session_id, self->remote_session) == 0;
  first = sdp_description_get_media (offer, offer->bundle_mline);
  return first->fingerprint_len > 0
      && sdp_media_same_fingerprint (first,
          sdp_description_get_media (self->remote, self->remote->bundle_mline));
}

/**
 * peer_leg_get_offer:
 * @self: the leg
 *
 * Returns: (transfer none) (nullable): our last offer, to check an answer by
 */
const SdpDescription *
peer_leg_get_offer (PeerLeg *self)
{
  return self->local_offer;
}

/**
 * peer_leg_get_remote:
 * @self: the leg
 *
 * Returns: (transfer none) (nullable): the peer's last description
 */
const SdpDescription *
peer_leg_get_remote (PeerLeg *self)
{
  return self->remote;
}

void
leg_add_sent (SendLeg *send, RoomStats *totals)
{
  guint64 frames, bytes;

  send_leg_get_counters (send, &frames, &bytes);
  totals->frames_out[send_branch_get_kind (send_leg_get_branch (send))] +=
      frames;
  totals->bytes_out += bytes;
}

/**
 * peer_leg_add_sent:
 * @self: the leg
 * @totals: the encoded frames that were sent, and their size, are added to them
 */
void
peer_leg_add_sent (PeerLeg *self, RoomStats *totals)
{
  room_stats_add (totals, &self->sent_before);
  for (guint i = 0; i < self->sends->len; i++)
    leg_add_sent (g_ptr_array_index (self->sends, i), totals);
}

/**
 * peer_leg_write_path:
 * @self: the leg
 * @structure: gets the fields that say by which way its media go, once they do
 */
void
peer_leg_write_path (PeerLeg *self, GstStructure *structure)
{
  g_autoptr (IceAgentPair) pair = ice_agent_get_pair (self->webrtcbin);

  if (pair == NULL)
    return;
  gst_structure_set (structure, "local-candidate-type", G_TYPE_STRING,
      pair->local_type, "local-address", G_TYPE_STRING, pair->local_address,
      "remote-candidate-type", G_TYPE_STRING, pair->remote_type,
      "remote-address", G_TYPE_STRING, pair->remote_address, NULL);
}
