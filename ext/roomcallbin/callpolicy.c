/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "callpolicy.h"

#include "roomcontract.h"

static gboolean
matches (const char *pattern, const CallParty *party)
{
  /* GLib aborts on what is none. */
  if (!g_utf8_validate (pattern, -1, NULL))
    return FALSE;
  return g_pattern_match_simple (pattern, party->id)
      || (party->name != NULL && g_pattern_match_simple (pattern, party->name));
}

/**
 * call_policy_has_room:
 * @self: the policy
 * @n_calls: how many calls there are
 *
 * Returns: whether there may be one more
 */
gboolean
call_policy_has_room (const CallPolicy *self, guint n_calls)
{
  return self->max_calls == 0 || n_calls < self->max_calls;
}

/* What the application's pages would do. */
static CallDecision
by_custom (const CallParty *party)
{
  if (g_strcmp0 (party->role, ROOM_ROLE_OFFERER) == 0)
    return CALL_NOW;
  return g_strcmp0 (party->role, ROOM_ROLE_LATE_OFFERER) == 0 ? CALL_LATE
                                                              : CALL_NOT;
}

/**
 * call_policy_on_arrival:
 * @self: the policy
 * @party: a peer that is there, and with which there is no call
 *
 * Returns: whether we call it
 */
CallDecision
call_policy_on_arrival (const CallPolicy *self, const CallParty *party)
{
  if (party->refrain || !call_policy_has_room (self, party->n_calls))
    return CALL_NOT;
  if (self->call_peer == NULL)
    return self->mode == CALL_POLICY_AUTO ? by_custom (party) : CALL_NOT;
  if (!matches (self->call_peer, party))
    return CALL_NOT;
  /* It calls us by custom: what does not cross need not be sorted out. */
  return g_strcmp0 (party->role, ROOM_ROLE_ANSWERER) == 0
          || g_strcmp0 (party->role, ROOM_ROLE_LATE_OFFERER) == 0
      ? CALL_LATE
      : CALL_NOW;
}

/**
 * call_policy_on_offer:
 * @self: the policy
 * @party: who offers a call, and with whom there is none
 *
 * Returns: what becomes of the offer
 */
OfferDecision
call_policy_on_offer (const CallPolicy *self, const CallParty *party)
{
  gboolean manual = self->mode == CALL_POLICY_MANUAL;

  if (!call_policy_has_room (self, party->n_calls))
    return OFFER_BUSY;
  if (self->accept_from == NULL)
    return manual ? OFFER_RING : OFFER_ACCEPT;
  if (matches (self->accept_from, party))
    return OFFER_ACCEPT;
  return manual ? OFFER_RING : OFFER_REJECT;
}
