/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/testcheck.h"

#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>
#include <openssl/crypto.h>

#include "common/sdpsafe.h"
#include "icecandidate.h"
#include "sdpgate.h"
#include "sdpmunge.h"

/* The gate in front of the real webrtcbin: whatever a peer sends, what passes
 * neither ends the process nor makes a library complain, and every promise is
 * answered. */

#define VIDEO_CAPS \
  "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000"
#define AUDIO_CAPS                                                \
  "application/x-rtp,media=audio,encoding-name=OPUS,payload=111," \
  "clock-rate=48000,encoding-params=(string)2"

typedef struct {
  GstElement *pipeline;
  GstElement *webrtc;
  /* What the other end said last */
  SdpDescription *remote;
  gboolean gathers;
  /* webrtcbin took half of a negotiation: no further one may follow */
  gboolean failed;
  GMutex lock;
  GCond changed;
  /* guarded by lock; element-type utf8, from the ICE thread */
  GPtrArray *candidates;
} Leg;

static void
on_notify (GObject *webrtc, GParamSpec *pspec, gpointer data)
{
  Leg *leg = data;

  g_mutex_lock (&leg->lock);
  g_cond_broadcast (&leg->changed);
  g_mutex_unlock (&leg->lock);
}

static void
on_ice_candidate (GstElement *webrtc, guint mline, char *text, gpointer data)
{
  Leg *leg = data;

  g_mutex_lock (&leg->lock);
  g_ptr_array_add (leg->candidates, g_strdup (text));
  g_cond_broadcast (&leg->changed);
  g_mutex_unlock (&leg->lock);
}

static void
disable_upnp (GstElement *webrtc)
{
  GObject *ice = NULL;
  GObject *agent = NULL;

  g_object_get (webrtc, "ice-agent", &ice, NULL);
  g_object_get (ice, "agent", &agent, NULL);
  g_object_set (agent, "upnp", FALSE, NULL);
  g_object_unref (agent);
  g_object_unref (ice);
}

static Leg *
leg_new (void)
{
  Leg *leg = g_new0 (Leg, 1);

  g_mutex_init (&leg->lock);
  g_cond_init (&leg->changed);
  leg->candidates = g_ptr_array_new_with_free_func (g_free);
  leg->pipeline = gst_pipeline_new (NULL);
  leg->webrtc = gst_element_factory_make ("webrtcbin", NULL);
  fail_unless (leg->webrtc != NULL);
  g_object_set (
      leg->webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, NULL);
  disable_upnp (leg->webrtc);
  g_signal_connect (leg->webrtc, "notify", G_CALLBACK (on_notify), leg);
  g_signal_connect (
      leg->webrtc, "on-ice-candidate", G_CALLBACK (on_ice_candidate), leg);
  gst_bin_add (GST_BIN (leg->pipeline), leg->webrtc);
  fail_unless (gst_element_set_state (leg->pipeline, GST_STATE_PLAYING)
      != GST_STATE_CHANGE_FAILURE);
  return leg;
}

static gboolean
leg_wait (Leg *leg, const char *property, int value, guint seconds)
{
  gint64 deadline = test_deadline (seconds);
  gboolean in_time = TRUE;
  int now = -1;

  g_mutex_lock (&leg->lock);
  g_object_get (leg->webrtc, property, &now, NULL);
  while (now != value && in_time) {
    in_time = g_cond_wait_until (&leg->changed, &leg->lock, deadline);
    g_object_get (leg->webrtc, property, &now, NULL);
  }
  g_mutex_unlock (&leg->lock);
  return now == value;
}

/* A leg that is dropped while it gathers leaks its sockets. */
static void
leg_free (Leg *leg)
{
  if (leg->gathers)
    leg_wait (
        leg, "ice-gathering-state", GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE, 2);
  fail_unless (gst_element_set_state (leg->pipeline, GST_STATE_NULL)
      == GST_STATE_CHANGE_SUCCESS);
  g_signal_handlers_disconnect_by_data (leg->webrtc, leg);
  gst_object_unref (leg->pipeline);
  sdp_description_free (leg->remote);
  g_ptr_array_unref (leg->candidates);
  g_mutex_clear (&leg->lock);
  g_cond_clear (&leg->changed);
  g_free (leg);
}

static gboolean
has_error (GstPromise *promise)
{
  const GstStructure *reply;

  fail_unless_equals_int (
      gst_promise_wait (promise), GST_PROMISE_RESULT_REPLIED);
  reply = gst_promise_get_reply (promise);
  return reply != NULL && gst_structure_has_field (reply, "error");
}

static gboolean
leg_set (Leg *leg, const char *action, GstWebRTCSDPType type,
    const GstSDPMessage *message)
{
  GstPromise *promise = gst_promise_new ();
  GstWebRTCSessionDescription *description;
  GstSDPMessage *copy;
  gboolean ok;

  gst_sdp_message_copy (message, &copy);
  description = gst_webrtc_session_description_new (type, copy);
  g_signal_emit_by_name (leg->webrtc, action, description, promise);
  ok = !has_error (promise);
  if (ok && g_str_equal (action, "set-local-description"))
    leg->gathers = TRUE;
  gst_webrtc_session_description_free (description);
  gst_promise_unref (promise);
  return ok;
}

static GstSDPMessage *
leg_create (Leg *leg, const char *action, const char *field)
{
  GstPromise *promise = gst_promise_new ();
  GstWebRTCSessionDescription *description = NULL;
  GstSDPMessage *message = NULL;

  g_signal_emit_by_name (leg->webrtc, action, NULL, promise);
  if (!has_error (promise))
    gst_structure_get (gst_promise_get_reply (promise), field,
        GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, NULL);
  if (description != NULL) {
    gst_sdp_message_copy (description->sdp, &message);
    gst_webrtc_session_description_free (description);
  }
  gst_promise_unref (promise);
  return message;
}

static void
leg_add_transceiver (Leg *leg, const char *text)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);
  GstWebRTCRTPTransceiver *transceiver = NULL;

  g_signal_emit_by_name (leg->webrtc, "add-transceiver",
      GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV, caps, &transceiver);
  fail_unless (transceiver != NULL);
  gst_object_unref (transceiver);
}

/* The text that the peer gets, or NULL if the leg refused the offer. */
static char *
leg_answer (Leg *leg, const char *offer)
{
  g_autoptr (SdpDescription) remote =
      sdp_gate_check (SDP_OFFER, offer, leg->remote, NULL);
  GstSDPMessage *answer;
  char *text = NULL;

  if (remote == NULL)
    return NULL;
  test_sdp_assert_safe (remote);
  if (!leg_set (leg, "set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER,
          remote->message))
    return NULL;
  sdp_description_free (leg->remote);
  leg->remote = g_steal_pointer (&remote);
  answer = leg_create (leg, "create-answer", "answer");
  if (answer == NULL)
    return NULL;
  if (sdp_prepare_answer (answer, leg->remote, NULL)
      && leg_set (
          leg, "set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, answer))
    text = sdp_from_webrtcbin (answer, leg->remote, NULL, NULL);
  leg->failed = text == NULL;
  gst_sdp_message_free (answer);
  return text;
}

static void
leg_offer_again (Leg *leg)
{
  GstWebRTCSessionDescription *local = NULL;
  GstSDPMessage *offer = NULL;

  g_object_get (leg->webrtc, "current-local-description", &local, NULL);
  if (!leg->failed && local != NULL && sdp_can_reoffer (local->sdp))
    offer = leg_create (leg, "create-offer", "offer");
  if (offer != NULL) {
    fail_unless_equals_int (gst_sdp_message_medias_len (offer),
        gst_sdp_message_medias_len (local->sdp));
    gst_sdp_message_free (offer);
  }
  g_clear_pointer (&local, gst_webrtc_session_description_free);
}

static const char *const offers[] = {
  "real/chromium-156-mesh-offer.sdp",
  "real/firefox-153-offer.sdp",
  "real/webrtcbin-1.22-offer.sdp",
  "real/webrtcbin-1.22-unbundled-offer.sdp",
  "hostile/bundle-backwards.sdp",
  "hostile/bundle-first-rejected.sdp",
  "hostile/sixteen-media.sdp",
};

/* A real offer, unchanged, is answered; so is the same one once more. */
GST_START_TEST (test_real_offers)
{
  TEST_WATCHDOG (60);

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++) {
    g_autofree char *offer = test_sdp_read (offers[i]);
    Leg *leg = leg_new ();

    for (guint round = 0; round < 2; round++) {
      g_autofree char *answer = leg_answer (leg, offer);
      g_autoptr (GError) error = NULL;
      g_autoptr (SdpDescription) read = NULL;

      fail_unless (answer != NULL, "%s, round %u", offers[i], round);
      read = sdp_gate_check (SDP_ANSWER, answer, leg->remote, &error);
      fail_unless (read != NULL, "%s: %s", offers[i],
          error != NULL ? error->message : "");
    }
    leg_free (leg);
  }
}
GST_END_TEST;

/* Mutants, a second one on the same leg, and our own offer after them. */
GST_START_TEST (test_mutated_offers)
{
  TEST_WATCHDOG (100);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);
  gint64 enough = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint legs = 0, answered = 0;

  while (legs < 300 && g_get_monotonic_time () < enough) {
    g_autofree char *seed =
        test_sdp_read (offers[legs % G_N_ELEMENTS (offers)]);
    Leg *leg = leg_new ();

    for (guint round = 0; round < 4 && !leg->failed; round++) {
      g_autofree char *mutant = test_sdp_mutate (rand, seed);
      g_autofree char *answer = leg_answer (leg, mutant);

      answered += answer != NULL;
    }
    leg_offer_again (leg);
    leg_free (leg);
    legs++;
  }
  GST_INFO ("%u legs, %u answers", legs, answered);
  fail_unless (answered > legs / 2);
}
GST_END_TEST;

static char *
make_offer (Leg *leg)
{
  GstSDPMessage *offer;
  char *text;

  leg_add_transceiver (leg, AUDIO_CAPS);
  leg_add_transceiver (leg, VIDEO_CAPS);
  offer = leg_create (leg, "create-offer", "offer");
  fail_unless (offer != NULL);
  fail_unless (
      leg_set (leg, "set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, offer));
  text = sdp_from_webrtcbin (offer, NULL, NULL, NULL);
  gst_sdp_message_free (offer);
  return text;
}

GST_START_TEST (test_mutated_answers)
{
  TEST_WATCHDOG (100);
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  gint64 enough = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  guint legs = 0, taken = 0;
  g_autofree char *seed = NULL;

  while (legs < 150 && g_get_monotonic_time () < enough) {
    Leg *leg = leg_new ();
    g_autofree char *text = make_offer (leg);
    g_autoptr (SdpDescription) offer =
        sdp_gate_check (SDP_OFFER, text, NULL, NULL);

    fail_unless (offer != NULL);
    if (seed == NULL) {
      Leg *other = leg_new ();

      seed = leg_answer (other, text);
      fail_unless (seed != NULL);
      leg_free (other);
    }
    for (guint i = 0; i < 8; i++) {
      g_autofree char *mutant = test_sdp_mutate (rand, seed);
      g_autoptr (SdpDescription) answer =
          sdp_gate_check (SDP_ANSWER, mutant, offer, NULL);

      if (answer == NULL)
        continue;
      test_sdp_assert_safe (answer);
      if (leg_set (leg, "set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER,
              answer->message)) {
        taken++;
        leg_offer_again (leg);
      }
      break;
    }
    leg_free (leg);
    legs++;
  }
  GST_INFO ("%u legs, %u answers", legs, taken);
  fail_unless (taken > legs / 4);
}
GST_END_TEST;

/* Hands over what the peer has gathered, as a signaller would. */
static void
leg_take_candidates (Leg *leg, Leg *from, guint mline)
{
  g_autoptr (GPtrArray) news = NULL;

  g_mutex_lock (&from->lock);
  news = g_steal_pointer (&from->candidates);
  from->candidates = g_ptr_array_new_with_free_func (g_free);
  g_mutex_unlock (&from->lock);
  for (guint i = 0; i < news->len; i++) {
    g_autoptr (IceCandidate) candidate =
        ice_candidate_parse (g_ptr_array_index (news, i), NULL);
    g_autofree char *text = NULL;

    fail_unless (candidate != NULL);
    text = ice_candidate_to_string (candidate);
    if (ice_candidate_is_usable (candidate))
      g_signal_emit_by_name (leg->webrtc, "add-ice-candidate", mline, text);
  }
}

/* The answerer takes the second m-line only. The transport, which belongs to
 * the first on our side and to the second on theirs, comes up all the same. */
GST_START_TEST (test_rejected_first)
{
  TEST_WATCHDOG (60);
  Leg *a = leg_new ();
  Leg *b = leg_new ();
  g_autofree char *offer_text = make_offer (a);
  g_autoptr (SdpDescription) own = NULL;
  g_autoptr (SdpDescription) answer = NULL;
  g_autofree char *answer_text = NULL;
  g_autoptr (GError) error = NULL;
  GstSDPMessage *made;

  own = sdp_gate_check (SDP_OFFER, offer_text, NULL, &error);
  b->remote = sdp_gate_check (SDP_OFFER, offer_text, NULL, &error);
  fail_unless (b->remote != NULL);
  fail_unless (sdp_gate_reject (b->remote, 0, &error));
  fail_unless_equals_int (b->remote->bundle_mline, 1);
  fail_unless (leg_set (b, "set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER,
      b->remote->message));
  made = leg_create (b, "create-answer", "answer");
  fail_unless (made != NULL);
  fail_unless (sdp_prepare_answer (made, b->remote, &error));
  fail_unless (
      leg_set (b, "set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, made));
  answer_text = sdp_from_webrtcbin (made, b->remote, NULL, NULL);
  gst_sdp_message_free (made);

  answer = sdp_gate_check (SDP_ANSWER, answer_text, own, &error);
  fail_unless (answer != NULL, "%s", error != NULL ? error->message : "");
  fail_unless_equals_int (answer->bundle_mline, 0);
  fail_unless (sdp_description_get_media (answer, 0)->rejected);
  fail_unless (leg_set (a, "set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER,
      answer->message));

  fail_unless (leg_wait (
      a, "ice-gathering-state", GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE, 10));
  fail_unless (leg_wait (
      b, "ice-gathering-state", GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE, 10));
  leg_take_candidates (a, b, answer->bundle_mline);
  leg_take_candidates (b, a, b->remote->bundle_mline);
  fail_unless (leg_wait (
      a, "connection-state", GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED, 15));
  fail_unless (leg_wait (
      b, "connection-state", GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED, 15));
  leg_free (a);
  leg_free (b);
}
GST_END_TEST;

static Suite *
sdpgatewebrtcbin_suite (void)
{
  Suite *suite = suite_create ("sdpgatewebrtcbin");
  TCase *tcase = tcase_create ("general");

  /* As roomcallbin, which is not here, has it: webrtc_tuning_keep_openssl(). */
  OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);

  suite_add_tcase (suite, tcase);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_real_offers);
  tcase_add_test (tcase, test_mutated_offers);
  tcase_add_test (tcase, test_mutated_answers);
  tcase_add_test (tcase, test_rejected_first);
  return suite;
}

TEST_CHECK_MAIN (sdpgatewebrtcbin)
