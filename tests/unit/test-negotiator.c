/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "negotiator.h"

#define HANDLE(n, event, action, to)                                        \
  G_STMT_START                                                              \
  {                                                                         \
    g_assert_cmpint (negotiator_handle ((n), NEGOTIATOR_EVENT_##event), ==, \
        NEGOTIATOR_##action);                                               \
    g_assert_cmpint ((n)->state, ==, NEGOTIATOR_##to);                      \
  }                                                                         \
  G_STMT_END

static void
test_offer (void)
{
  Negotiator n;

  negotiator_init (&n, FALSE);
  HANDLE (&n, WANT, CREATE_OFFER, CREATING);
  HANDLE (&n, CREATED, SEND_OFFER, OFFERED);
  HANDLE (&n, ANSWER, APPLY_ANSWER, APPLYING);
  HANDLE (&n, DONE, NOTHING, STABLE);
}

static void
test_answer (void)
{
  Negotiator n;

  negotiator_init (&n, FALSE);
  HANDLE (&n, OFFER, ANSWER_OFFER, ANSWERING);
  HANDLE (&n, DONE, NOTHING, STABLE);
}

static void
test_want_while_busy (void)
{
  Negotiator n;

  negotiator_init (&n, FALSE);
  HANDLE (&n, OFFER, ANSWER_OFFER, ANSWERING);
  HANDLE (&n, WANT, NOTHING, ANSWERING);
  HANDLE (&n, WANT, NOTHING, ANSWERING);
  HANDLE (&n, DONE, CREATE_OFFER, CREATING);
  HANDLE (&n, CREATED, SEND_OFFER, OFFERED);
  HANDLE (&n, ANSWER, APPLY_ANSWER, APPLYING);
  /* Wanted twice, offered once. */
  HANDLE (&n, DONE, NOTHING, STABLE);
}

static void
test_glare (void)
{
  Negotiator polite, impolite;

  negotiator_init (&polite, TRUE);
  negotiator_init (&impolite, FALSE);
  HANDLE (&polite, WANT, CREATE_OFFER, CREATING);
  HANDLE (&impolite, WANT, CREATE_OFFER, CREATING);
  HANDLE (&polite, CREATED, SEND_OFFER, OFFERED);
  HANDLE (&impolite, CREATED, SEND_OFFER, OFFERED);
  /* The offers cross: the polite one gives way, and offers again afterwards. */
  HANDLE (&impolite, OFFER, IGNORE, OFFERED);
  HANDLE (&polite, OFFER, YIELD_AND_ANSWER, ANSWERING);
  HANDLE (&polite, DONE, CREATE_OFFER, CREATING);
  HANDLE (&impolite, ANSWER, APPLY_ANSWER, APPLYING);
  /* The polite one's second offer arrives while the answer is being taken. */
  HANDLE (&polite, CREATED, SEND_OFFER, OFFERED);
  HANDLE (&impolite, OFFER, DEFER, APPLYING);
  HANDLE (&impolite, DONE, ANSWER_DEFERRED, ANSWERING);
  HANDLE (&impolite, DONE, NOTHING, STABLE);
  HANDLE (&polite, ANSWER, APPLY_ANSWER, APPLYING);
  HANDLE (&polite, DONE, NOTHING, STABLE);
}

static void
test_glare_before_sent (void)
{
  Negotiator n;

  negotiator_init (&n, TRUE);
  HANDLE (&n, WANT, CREATE_OFFER, CREATING);
  HANDLE (&n, OFFER, YIELD_AND_ANSWER, ANSWERING);
  /* The offer that was being made arrives late and is not sent. */
  HANDLE (&n, CREATED, NOTHING, ANSWERING);
  HANDLE (&n, DONE, CREATE_OFFER, CREATING);
}

/* The peer may offer as soon as it has our answer, before webrtcbin has
 * taken it. */
static void
test_offer_while_answering (void)
{
  Negotiator n;

  negotiator_init (&n, FALSE);
  HANDLE (&n, OFFER, ANSWER_OFFER, ANSWERING);
  HANDLE (&n, OFFER, DEFER, ANSWERING);
  HANDLE (&n, DONE, ANSWER_DEFERRED, ANSWERING);
  HANDLE (&n, DONE, NOTHING, STABLE);
}

static void
test_never_answered (void)
{
  Negotiator n;

  negotiator_init (&n, FALSE);
  HANDLE (&n, WANT, CREATE_OFFER, CREATING);
  HANDLE (&n, CREATED, SEND_OFFER, OFFERED);
  HANDLE (&n, TIMEOUT, ABANDON_OFFER, STABLE);
  /* The answer comes after all. */
  HANDLE (&n, ANSWER, REFUSE, STABLE);
  HANDLE (&n, WANT, CREATE_OFFER, CREATING);
}

static void
test_nonsense (void)
{
  Negotiator n;

  negotiator_init (&n, TRUE);
  HANDLE (&n, ANSWER, REFUSE, STABLE);
  HANDLE (&n, OFFER, ANSWER_OFFER, ANSWERING);
  HANDLE (&n, ANSWER, REFUSE, ANSWERING);
  HANDLE (&n, FAILED, FAIL, CLOSED);
}

static void
test_closed_is_final (void)
{
  Negotiator n;

  negotiator_init (&n, TRUE);
  HANDLE (&n, CLOSE, NOTHING, CLOSED);
  for (int event = 0; event < NEGOTIATOR_N_EVENTS; event++) {
    g_assert_cmpint (negotiator_handle (&n, (NegotiatorEvent) event), ==,
        NEGOTIATOR_NOTHING);
    g_assert_cmpint (n.state, ==, NEGOTIATOR_CLOSED);
  }
}

/* Whatever two sides do in whatever order, with messages in order but late,
 * both end stable and not both wait for an answer. */
static void
test_random_pair (void)
{
  for (guint32 seed = 0; seed < 2000; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    Negotiator n[2];
    NegotiatorEvent wire[2][64];
    guint head[2] = { 0, 0 }, tail[2] = { 0, 0 };
    guint wants = 6;

    negotiator_init (&n[0], TRUE);
    negotiator_init (&n[1], FALSE);
    for (guint step = 0; step < 400; step++) {
      guint i = g_rand_int_range (rand, 0, 2);
      NegotiatorEvent event;
      NegotiatorAction action;

      if (wants > 0 && g_rand_int_range (rand, 0, 4) == 0) {
        wants--;
        event = NEGOTIATOR_EVENT_WANT;
      } else if (n[i].state == NEGOTIATOR_CREATING && g_rand_boolean (rand)) {
        event = NEGOTIATOR_EVENT_CREATED;
      } else if (n[i].state == NEGOTIATOR_APPLYING && g_rand_boolean (rand)) {
        event = NEGOTIATOR_EVENT_DONE;
      } else if (n[i].state == NEGOTIATOR_ANSWERING && g_rand_boolean (rand)) {
        wire[!i][tail[!i]++ % 64] = NEGOTIATOR_EVENT_ANSWER;
        event = NEGOTIATOR_EVENT_DONE;
      } else if (head[i] != tail[i]) {
        event = wire[i][head[i]++ % 64];
      } else {
        continue;
      }
      action = negotiator_handle (&n[i], event);
      g_assert_cmpint (action, !=, NEGOTIATOR_REFUSE);
      g_assert_cmpint (action, !=, NEGOTIATOR_FAIL);
      if (action == NEGOTIATOR_SEND_OFFER)
        wire[!i][tail[!i]++ % 64] = NEGOTIATOR_EVENT_OFFER;
    }
    g_assert_cmpint (n[0].state, ==, NEGOTIATOR_STABLE);
    g_assert_cmpint (n[1].state, ==, NEGOTIATOR_STABLE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/negotiator/offer", test_offer);
  g_test_add_func ("/negotiator/answer", test_answer);
  g_test_add_func ("/negotiator/want-while-busy", test_want_while_busy);
  g_test_add_func ("/negotiator/glare", test_glare);
  g_test_add_func ("/negotiator/glare-before-sent", test_glare_before_sent);
  g_test_add_func (
      "/negotiator/offer-while-answering", test_offer_while_answering);
  g_test_add_func ("/negotiator/never-answered", test_never_answered);
  g_test_add_func ("/negotiator/nonsense", test_nonsense);
  g_test_add_func ("/negotiator/closed-is-final", test_closed_is_final);
  g_test_add_func ("/negotiator/random-pair", test_random_pair);
  return g_test_run ();
}
