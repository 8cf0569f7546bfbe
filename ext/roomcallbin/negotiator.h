/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NegotiatorState:
 * @NEGOTIATOR_STABLE: nothing under way
 * @NEGOTIATOR_CREATING: webrtcbin makes our offer
 * @NEGOTIATOR_OFFERED: our offer was sent, the answer is awaited
 * @NEGOTIATOR_APPLYING: webrtcbin takes the answer
 * @NEGOTIATOR_ANSWERING: webrtcbin takes an offer and makes our answer
 * @NEGOTIATOR_CLOSED: nothing will be negotiated any more
 */
typedef enum {
  NEGOTIATOR_STABLE,
  NEGOTIATOR_CREATING,
  NEGOTIATOR_OFFERED,
  NEGOTIATOR_APPLYING,
  NEGOTIATOR_ANSWERING,
  NEGOTIATOR_CLOSED,
  NEGOTIATOR_N_STATES,
} NegotiatorState;

/**
 * NegotiatorEvent:
 * @NEGOTIATOR_EVENT_WANT: we have something to offer
 * @NEGOTIATOR_EVENT_CREATED: webrtcbin made our offer
 * @NEGOTIATOR_EVENT_OFFER: the peer's offer arrived
 * @NEGOTIATOR_EVENT_ANSWER: the peer's answer arrived
 * @NEGOTIATOR_EVENT_DONE: webrtcbin took the answer, or our answer was sent
 * @NEGOTIATOR_EVENT_FAILED: webrtcbin refused what it was given
 * @NEGOTIATOR_EVENT_TIMEOUT: the answer to a later offer does not come
 * @NEGOTIATOR_EVENT_CLOSE: the leg ends
 */
typedef enum {
  NEGOTIATOR_EVENT_WANT,
  NEGOTIATOR_EVENT_CREATED,
  NEGOTIATOR_EVENT_OFFER,
  NEGOTIATOR_EVENT_ANSWER,
  NEGOTIATOR_EVENT_DONE,
  NEGOTIATOR_EVENT_FAILED,
  NEGOTIATOR_EVENT_TIMEOUT,
  NEGOTIATOR_EVENT_CLOSE,
  NEGOTIATOR_N_EVENTS,
} NegotiatorEvent;

/**
 * NegotiatorAction:
 * @NEGOTIATOR_NOTHING: nothing to do
 * @NEGOTIATOR_CREATE_OFFER: have webrtcbin make an offer
 * @NEGOTIATOR_SEND_OFFER: send it
 * @NEGOTIATOR_APPLY_ANSWER: hand the answer to webrtcbin
 * @NEGOTIATOR_ANSWER_OFFER: hand the offer to webrtcbin and answer it
 * @NEGOTIATOR_YIELD_AND_ANSWER: the same, after dropping our own offer that
 *   crossed it
 * @NEGOTIATOR_DEFER: keep the offer until NEGOTIATOR_ANSWER_DEFERRED
 * @NEGOTIATOR_ANSWER_DEFERRED: now take the offer that was kept
 * @NEGOTIATOR_ABANDON_OFFER: forget our offer, which nobody answers
 * @NEGOTIATOR_IGNORE: drop what the peer sent: ours counts
 * @NEGOTIATOR_REFUSE: what the peer sent makes no sense now; warn and drop it
 * @NEGOTIATOR_FAIL: the leg cannot go on
 */
typedef enum {
  NEGOTIATOR_NOTHING,
  NEGOTIATOR_CREATE_OFFER,
  NEGOTIATOR_SEND_OFFER,
  NEGOTIATOR_APPLY_ANSWER,
  NEGOTIATOR_ANSWER_OFFER,
  NEGOTIATOR_YIELD_AND_ANSWER,
  NEGOTIATOR_DEFER,
  NEGOTIATOR_ANSWER_DEFERRED,
  NEGOTIATOR_ABANDON_OFFER,
  NEGOTIATOR_IGNORE,
  NEGOTIATOR_REFUSE,
  NEGOTIATOR_FAIL,
} NegotiatorAction;

/**
 * Negotiator:
 * @state: where the offer/answer exchange of one leg stands
 * @polite: whether our offer gives way when both cross
 * @wanted: an offer of ours is due as soon as the state is stable again
 * @deferred: the peer's next offer came while its answer was being taken
 *
 * Decides what happens next in the offer/answer exchange with one peer (JSEP,
 * RFC 8829; collisions as in W3C's "perfect negotiation"). It decides only: it
 * knows nothing of webrtcbin and does no I/O. Copyable; owned by the leg.
 */
typedef struct {
  NegotiatorState state;
  gboolean polite;
  gboolean wanted;
  gboolean deferred;
} Negotiator;

void negotiator_init (Negotiator *self, gboolean polite);
NegotiatorAction negotiator_handle (Negotiator *self, NegotiatorEvent event);
const char *negotiator_state_get_name (NegotiatorState state);

G_END_DECLS
