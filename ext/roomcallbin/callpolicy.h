/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CallPolicyMode:
 * @CALL_POLICY_AUTO: calls as the application's custom is, accepts every offer
 * @CALL_POLICY_ANSWER: calls nobody, accepts every offer
 * @CALL_POLICY_MANUAL: calls nobody, offers wait for somebody to accept them
 */
typedef enum {
  CALL_POLICY_AUTO,
  CALL_POLICY_ANSWER,
  CALL_POLICY_MANUAL,
} CallPolicyMode;

/**
 * CallPolicy:
 * @call_peer: (nullable): whom to call, and nobody else; %NULL: as @mode says
 * @accept_from: (nullable): whose offers to accept; %NULL: as @mode says
 * @max_calls: how many calls there may be at once, 0: no limit
 *
 * Who is called and whose offers are accepted; docs/calls.md. The patterns, with
 * * and ?, are for an id or a display name. It decides only, and does no I/O.
 */
typedef struct {
  CallPolicyMode mode;
  const char *call_peer;
  const char *accept_from;
  guint max_calls;
} CallPolicy;

/**
 * CallParty:
 * @id: what the signaller calls the peer
 * @name: (nullable): what it calls itself
 * @role: (nullable): ours towards it, one of the ROOM_ROLE_ words
 * @refrain: a call with it was hung up or rejected since it came
 * @n_calls: how many calls there are with others
 */
typedef struct {
  const char *id;
  const char *name;
  const char *role;
  gboolean refrain;
  guint n_calls;
} CallParty;

/**
 * CallDecision:
 * @CALL_NOT: it is not called
 * @CALL_NOW: it is called at once
 * @CALL_LATE: it is called if it has not called in a while
 */
typedef enum {
  CALL_NOT,
  CALL_NOW,
  CALL_LATE,
} CallDecision;

/**
 * OfferDecision:
 * @OFFER_ACCEPT: it is answered
 * @OFFER_RING: it waits for somebody to accept or reject it
 * @OFFER_REJECT: it is refused
 * @OFFER_BUSY: it is refused as there are too many calls
 */
typedef enum {
  OFFER_ACCEPT,
  OFFER_RING,
  OFFER_REJECT,
  OFFER_BUSY,
} OfferDecision;

gboolean call_policy_has_room (const CallPolicy *self, guint n_calls);
CallDecision call_policy_on_arrival (
    const CallPolicy *self, const CallParty *party);
OfferDecision call_policy_on_offer (
    const CallPolicy *self, const CallParty *party);

G_END_DECLS
