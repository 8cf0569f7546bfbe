/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "negotiator.h"

/*
 * What one (state, event) leads to. Collisions are the only place where
 * politeness counts, so that the table has one column for each.
 *
 * webrtcbin 1.22 has no rollback, and webrtcbin in have-local-offer refuses a
 * remote offer. So an offer of ours that may cross another is committed
 * (set-local-description) only when its answer is there, and giving way is
 * simply forgetting it.
 */
typedef enum {
  KEEP,    /* nothing happens */
  CREATE,  /* make an offer */
  LATER,   /* remember that an offer is due */
  SEND,    /* send the offer that was made */
  APPLY,   /* take the answer */
  ANSWER,  /* take the offer */
  DEFER,   /* keep the offer until webrtcbin is done */
  COLLIDE, /* both offered: politeness decides */
  SETTLE,  /* stable again: take the deferred offer, make the one due */
  ABANDON, /* nobody answers: as if it had not been offered */
  REFUSE,
  FAIL,
  CLOSE,
} Step;

/* clang-format off */
static const Step steps[NEGOTIATOR_N_STATES][NEGOTIATOR_N_EVENTS] = {
  /*                  WANT    CREATED  OFFER      ANSWER  DONE    FAILED  TIMEOUT  CLOSE */
  [NEGOTIATOR_STABLE] =
                    { CREATE, KEEP,    ANSWER,    REFUSE, KEEP,   FAIL,   KEEP,    CLOSE },
  [NEGOTIATOR_CREATING] =
                    { KEEP,   SEND,    COLLIDE,   REFUSE, KEEP,   FAIL,   KEEP,    CLOSE },
  [NEGOTIATOR_OFFERED] =
                    { LATER,  KEEP,    COLLIDE,   APPLY,  KEEP,   FAIL,   ABANDON, CLOSE },
  [NEGOTIATOR_APPLYING] =
                    { LATER,  KEEP,    DEFER,     REFUSE, SETTLE, FAIL,   KEEP,    CLOSE },
  [NEGOTIATOR_ANSWERING] =
                    { LATER,  KEEP,    DEFER,     REFUSE, SETTLE, FAIL,   KEEP,    CLOSE },
  [NEGOTIATOR_CLOSED] =
                    { KEEP,   KEEP,    KEEP,      KEEP,   KEEP,   KEEP,   KEEP,    KEEP  },
};
/* clang-format on */

/**
 * negotiator_init:
 * @self: to be filled
 * @polite: whether our offer gives way when both sides offer at once; must be
 *   opposite on the two sides
 */
void
negotiator_init (Negotiator *self, gboolean polite)
{
  *self = (Negotiator){ .state = NEGOTIATOR_STABLE, .polite = polite };
}

/**
 * negotiator_handle:
 * @self: the negotiator
 * @event: what happened
 *
 * Moves to the next state.
 *
 * Returns: what is to be done now
 */
NegotiatorAction
negotiator_handle (Negotiator *self, NegotiatorEvent event)
{
  switch (steps[self->state][event]) {
    case KEEP:
      return NEGOTIATOR_NOTHING;
    case CREATE:
      self->wanted = FALSE;
      self->state = NEGOTIATOR_CREATING;
      return NEGOTIATOR_CREATE_OFFER;
    case LATER:
      self->wanted = TRUE;
      return NEGOTIATOR_NOTHING;
    case SEND:
      self->state = NEGOTIATOR_OFFERED;
      return NEGOTIATOR_SEND_OFFER;
    case APPLY:
      self->state = NEGOTIATOR_APPLYING;
      return NEGOTIATOR_APPLY_ANSWER;
    case ANSWER:
      self->state = NEGOTIATOR_ANSWERING;
      return NEGOTIATOR_ANSWER_OFFER;
    case DEFER:
      self->deferred = TRUE;
      return NEGOTIATOR_DEFER;
    case COLLIDE:
      if (!self->polite)
        return NEGOTIATOR_IGNORE;
      /* What we wanted to offer is still to be offered. */
      self->wanted = TRUE;
      self->state = NEGOTIATOR_ANSWERING;
      return NEGOTIATOR_YIELD_AND_ANSWER;
    case SETTLE:
      self->state = NEGOTIATOR_STABLE;
      if (self->deferred) {
        self->deferred = FALSE;
        self->state = NEGOTIATOR_ANSWERING;
        return NEGOTIATOR_ANSWER_DEFERRED;
      }
      if (!self->wanted)
        return NEGOTIATOR_NOTHING;
      return negotiator_handle (self, NEGOTIATOR_EVENT_WANT);
    case ABANDON:
      self->state = NEGOTIATOR_STABLE;
      return NEGOTIATOR_ABANDON_OFFER;
    case REFUSE:
      return NEGOTIATOR_REFUSE;
    case FAIL:
      self->state = NEGOTIATOR_CLOSED;
      return NEGOTIATOR_FAIL;
    case CLOSE:
      self->state = NEGOTIATOR_CLOSED;
      return NEGOTIATOR_NOTHING;
  }
  return NEGOTIATOR_NOTHING;
}

/**
 * negotiator_state_get_name:
 * @state: a state
 *
 * Returns: (transfer none): its name for logs
 */
const char *
negotiator_state_get_name (NegotiatorState state)
{
  static const char *const names[NEGOTIATOR_N_STATES] = {
    [NEGOTIATOR_STABLE] = "stable",
    [NEGOTIATOR_CREATING] = "creating",
    [NEGOTIATOR_OFFERED] = "offered",
    [NEGOTIATOR_APPLYING] = "applying",
    [NEGOTIATOR_ANSWERING] = "answering",
    [NEGOTIATOR_CLOSED] = "closed",
  };
  return names[state];
}
